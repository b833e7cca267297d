package store

import (
	"context"
	"time"

	"alongside/conversations"
)

// Park stores an event whose turn failed, so that it can be answered 2xx: the
// text whole, a flag that shows it to a person, and a RetryTurnArgs job. Code
// is a named reason, never a person's words. Loaded may be zero if it was Load
// that failed.
//
// It returns ErrDuplicate if the event is stored already. Only what a person
// did (a text, a button …) can be parked; other events have their own cause to
// come again.
func (s *Store) Park(
	ctx context.Context, ev conversations.Event, loaded Loaded, inbound conversations.MessageID, code string, now time.Time,
) error {
	err := s.caseload.Park(ctx, ev, loaded, inbound, code, now)
	if err == nil {
		s.pages.of(inbound)
		s.pages.client(loaded.Client)
	}
	return err
}

// Parked returns the event of a parked row for another try, and which try that
// is, from 1. Its Message is the row's id, by which Load and Commit know it
// from a repeated delivery; Commit completes the row, whatever Turn.Inbound is,
// and takes down the flag. ErrDuplicate says that it was handled meanwhile,
// ErrNotFound that there is no such row.
func (s *Store) Parked(ctx context.Context, id conversations.MessageID) (ev conversations.Event, attempts int, err error) {
	return s.caseload.Parked(ctx, id)
}
