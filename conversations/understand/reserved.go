package understand

import "strings"

// reservedWords are the words that Twilio acts on by itself when one of them
// is the whole text (Twilio, "Default keywords" for opt-out handling). They
// are the same in every language.
var reservedWords = map[string]Intent{
	"stop": Stop, "stopall": Stop, "unsubscribe": Stop, "cancel": Stop, "end": Stop, "quit": Stop,
	"revoke": Stop, "optout": Stop,
	"start": Start, "yes": Start, "unstop": Start,
	"help": Help, "info": Help,
}

// ReservedWord reports whether the whole text is one word that the carrier
// acts on by itself: Stop, Start or Help, and "" when it is not. Case and
// surrounding space do not matter; anything else does ("stop." is not one).
// A reserved word need not be the intent: "YES" may answer a question and
// "CANCEL" may be about the appointment.
func ReservedWord(text string) Intent {
	return reservedWords[strings.ToLower(strings.TrimSpace(text))]
}
