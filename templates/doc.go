// Package templates holds what people see: the catalogue of messages with the
// renderer that turns one of them into a text, and the pathways, one file per
// service.
//
// It never decides what is said, to whom or when, and never sends anything:
// package conversations names a key of the catalogue and its variables, and
// gets back the text in the client's language, for the client's channel. It is
// strict: a missing word, a missing variable, a variable too many or a language
// that is not there is an error, and then nothing is sent. No error repeats the
// value of a variable.
//
// # Where the words are
//
//   - messages/*.toml is the catalogue: what each message is for, what it
//     needs, what it may cost;
//   - locales/active.<tag>.toml holds the words themselves, one file a language;
//   - wording.toml lists what our words must never say, and what they must;
//   - pathways/*.yaml describes one service each, with its crisis words.
//
// [Load] reads them all, and reports every fault of them at once.
package templates
