package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Waiting is a message of ours that waits for its moment.
type Waiting = caseload.Waiting

// Waiting returns what was decided for a client unasked and still waits, the
// soonest first: what answers them does not wait for their hours.
func (s *Store) Waiting(ctx context.Context, client conversations.ClientID) ([]Waiting, error) {
	return s.caseload.Waiting(ctx, client)
}

// Postpone moves a message that waits to a later moment, with the end of the
// hours that this moment lies in and a named reason. One that is not as it was
// read, because it went or was taken back meanwhile, stays as it is.
func (s *Store) Postpone(ctx context.Context, w Waiting, to, closes time.Time, reason string) error {
	return s.caseload.Postpone(ctx, w, to, closes, reason)
}
