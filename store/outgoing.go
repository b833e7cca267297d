package store

import (
	"context"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Outgoing is a message of ours as it was committed, with what it speaks of as
// that is now.
type Outgoing = caseload.Outgoing

// Outgoing returns a message of ours, or [ErrNotFound].
func (s *Store) Outgoing(ctx context.Context, id conversations.MessageID) (Outgoing, error) {
	return s.caseload.Outgoing(ctx, id)
}
