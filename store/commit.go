package store

import "context"

// Commit writes a turn: in SQL as one transaction, which it may share with
// other turns that are waiting at the same moment, then in Redis as far as
// that goes.
//
// Its messages are committed already claimed by this process, unless others to
// the same person have to go first (Committed.Waiting) or they are for later;
// the caller sends Committed.Claimed in their order and writes the results.
//
// The error is ErrConflict if the conversation moved on since Load (load
// again), ErrDuplicate if the event was committed before, and otherwise a
// failure after which the turn may be tried again.
func (s *Store) Commit(ctx context.Context, t Turn) (Committed, error) {
	done, err := s.caseload.Commit(ctx, t)
	if err == nil {
		s.remember(ctx, t, done.Revision)
		s.pages.client(t.Loaded.Client)
	}
	return done, err
}
