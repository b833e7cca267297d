package api

import "alongside/conversations"

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
