// Package console is the specialists' pages: who needs me today, the caseload,
// and one client with everything that can be done for them.
//
// Every page works without JavaScript, on a narrow phone, and asks no other host
// for anything. What a person does is a form that is posted, becomes an event of
// the client's conversation, and is answered 303. The console decides nothing
// about a conversation, keeps nothing, and never puts a text, a name or a number
// into an address, a log or an error.
package console
