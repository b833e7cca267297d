package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Claim takes queued messages that are due for this process until 30 seconds
// from now: at most limit, at most one per person and channel, the most urgent
// first, and none where another is still being sent. It is the sweep for what
// nobody claimed at its commit; most calls find nothing and write nothing. On
// the channels of slow only what is more urgent than a prompt is taken: their
// carriers take no more unasked texts just now.
func (s *Store) Claim(ctx context.Context, now time.Time, limit int, slow ...conversations.Channel) ([]Send, error) {
	return s.caseload.Claim(ctx, now, limit, slow...)
}

// Still asks once more, right before messages are sent, whether they are true
// and allowed, and returns a named reason for each that must not go:
// address_changed, too_late, appointment_cancelled, appointment_moved,
// offer_withdrawn (or its lead is filled), stopped, not_agreed, declined, doubted,
// closed, blocked, paused, kind_stopped or hold. Crisis words are attempted
// whatever was agreed; answers to unknown senders only have to be in time.
func (s *Store) Still(ctx context.Context, ids []conversations.MessageID, now time.Time) (map[conversations.MessageID]string, error) {
	return s.caseload.Still(ctx, ids, now)
}

// WriteResults records what became of claimed messages, all of them or none.
// Sent is always recorded; anything else only while this process holds the
// claim. Queued means that it surely was not sent, and may go at NotBefore.
// Blocked marks the address: the carrier does not take our texts for it.
func (s *Store) WriteResults(ctx context.Context, results []SendResult, now time.Time) error {
	err := s.caseload.WriteResults(ctx, results, now)
	if err == nil {
		ids := make([]conversations.MessageID, 0, len(results))
		for _, r := range results {
			ids = append(ids, r.ID)
		}
		s.pages.of(ids...)
	}
	return err
}

// Renew gives claims of this process another 30 seconds. A claim that another
// process ended meanwhile stays ended.
func (s *Store) Renew(ctx context.Context, ids []conversations.MessageID, now time.Time) error {
	return s.caseload.Renew(ctx, ids, now)
}

// Release gives back claims of this process whose messages surely were not
// attempted, as at a graceful stop. Anybody may claim them at once.
func (s *Store) Release(ctx context.Context, ids []conversations.MessageID, now time.Time) error {
	return s.caseload.Release(ctx, ids, now)
}

// Expire makes messages unknown whose claims ended 15 seconds ago or longer
// without a result, and returns them: they may have been sent.
func (s *Store) Expire(ctx context.Context, now time.Time, limit int) ([]conversations.MessageID, error) {
	expired, err := s.caseload.Expire(ctx, now, limit)
	s.pages.of(expired...)
	return expired, err
}

// Unknowns returns messages of unknown outcome about which the provider may be
// asked now. Send.Claimed is about when they were sent, Send.Asked how often it
// was asked already.
func (s *Store) Unknowns(ctx context.Context, now time.Time, limit int) ([]Send, error) {
	return s.caseload.Unknowns(ctx, now, limit)
}

// ErrAnothers says that what a provider was found to have accepted is another message of
// ours to the same person, with the same words.
var ErrAnothers = caseload.ErrAnothers

// Settle records what became of a message of unknown outcome: Sent, or surely
// Failed; anything else is an error. One that was settled meanwhile stays as it
// is. [ErrAnothers] if the provider's id belongs to another message already.
func (s *Store) Settle(ctx context.Context, id conversations.MessageID, r SendResult, now time.Time) error {
	err := s.caseload.Settle(ctx, id, r, now)
	if err == nil {
		s.pages.of(id)
	}
	return err
}

// AskedUnknown notes that the provider was asked about a message and could not
// tell, and when to ask again; the zero time means never.
func (s *Store) AskedUnknown(ctx context.Context, id conversations.MessageID, next, _ time.Time) error {
	return s.caseload.AskedUnknown(ctx, id, next)
}

// OldestQueued tells for how long the message that has waited longest could
// have gone, and how many there are that could go now.
func (s *Store) OldestQueued(ctx context.Context, now time.Time) (age time.Duration, count int, err error) {
	return s.caseload.OldestQueued(ctx, now)
}
