package api

import (
	"strings"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// SayDelivery says in plain words what became of a message; the state itself
// where there are none.
func SayDelivery(d conversations.Delivery) string {
	if words, ok := deliveries[d]; ok {
		return words
	}
	return string(d)
}

// SayFlag says in plain words what a person should look at.
func SayFlag(r conversations.FlagReason) string {
	if words, ok := flagsSaid[r]; ok {
		return words
	}
	return string(r)
}

// SayIntent says in plain words what a person wants with a text.
func SayIntent(i understand.Intent) string {
	if words, ok := intentsSaid[i]; ok {
		return words
	}
	return strings.ReplaceAll(string(i), "_", " ")
}

// SayOffer says in plain words what a client said to an offer.
func SayOffer(s conversations.OfferStatus) string {
	if words, ok := offersSaid[s]; ok {
		return words
	}
	return string(s)
}

// SayTask says in plain words how a task stands.
func SayTask(s conversations.TaskStatus) string {
	if words, ok := tasksSaid[s]; ok {
		return words
	}
	return string(s)
}

// SayReason says in plain words why a message was held, dropped or refused;
// empty for none.
func SayReason(code string) string { return plainReason(code) }
