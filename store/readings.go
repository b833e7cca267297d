package store

import (
	"context"

	"alongside/conversations"
	"alongside/store/caseload"
)

// What was understood of a text, and put right; see package caseload for each.
type (
	// TextReading is a text with what was understood of it.
	TextReading = caseload.TextReading
	// Correction is a person putting right what was understood of a text.
	Correction = caseload.Correction
)

// ReadingOf returns what was understood of a text that came in, and how it was
// put right since; or [ErrNotFound]. To put it right is an event like any other
// (EventCorrected, with the client and the message).
func (s *Store) ReadingOf(ctx context.Context, message conversations.MessageID) (TextReading, error) {
	return s.caseload.ReadingOf(ctx, message)
}
