package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/live"
)

// Load reads what a turn starts from: facts and revision from SQL in one round
// trip, the state from Redis. A state that is missing there, belongs to another
// revision, or cannot be had within its budget comes from its snapshot.
//
// Events that bring an address and no client belong to whoever has the address,
// or used to have it before their record was closed; nobody is an unknown
// sender, with zero Facts. A text that is a valid link code, from an address
// that nobody has, becomes EventLinked.
//
// The error is ErrDuplicate for a ProviderID that was committed before, and
// ErrNotFound for a client that is not on the caseload.
func (s *Store) Load(ctx context.Context, ev conversations.Event, now time.Time) (Loaded, error) {
	// While Redis does not work it is not asked: writing after each turn finds
	// out when it does again.
	withSnapshot := s.live == nil || s.live.Err() != nil
	loaded, err := s.caseload.Load(ctx, ev, now, withSnapshot)
	if err != nil || withSnapshot || loaded.Client == "" || loaded.Revision == 0 {
		return loaded, err
	}
	entry, found, err := s.live.Get(ctx, loaded.Client)
	if err == nil && found && entry.Revision == loaded.Revision {
		loaded.State = entry.State
		return loaded, nil
	}
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "the state comes from its snapshot", "client", loaded.Client, "error", err)
	}
	return s.caseload.Load(ctx, ev, now, true)
}

// remember gives Redis the state that a turn left. What goes wrong is only
// logged: the snapshot has it.
func (s *Store) remember(ctx context.Context, t Turn, revision int64) {
	if s.live == nil || t.Loaded.Client == "" {
		return
	}
	if err := s.live.Set(ctx, t.Loaded.Client, live.Entry{Revision: revision, State: t.State}); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "the state stays in its snapshot only", "client", t.Loaded.Client, "error", err)
	}
}
