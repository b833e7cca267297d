// Package conversations is the domain of Alongside: what may be said to a
// client, when, and what a client's words change on the caseload.
//
// It is pure. [Next] takes the rules, the facts, the state, one event and the
// moment, and returns the new state and the effects. It reads no clock, does
// no I/O, keeps nothing between calls, and never sees a phone number or a
// chat id: people are ids here, and their addresses stay in the store.
//
// # Words
//
// The words are those of the design. Two were added because the code needed
// them and the field has no shorter ones:
//
//   - a flag is something a person of the team has to look at (a text that was
//     not understood, a proposed time, a delivery that failed). An alert is the
//     flag of rule 1: danger, with a clock.
//   - an agreement is what a client said to being texted on one channel.
package conversations
