package store

import (
	"context"
	"encoding/hex"
	"time"

	"alongside/conversations"
	"alongside/store/live"
)

// The words in which the outbox asks whether a message may go now. They are
// declared where they are kept.
type (
	// Rate is how quickly one sender may send.
	Rate = live.Rate
	// Permit says whether a message may go.
	Permit = live.Permit
	// Limit names what keeps a message waiting.
	Limit = live.Limit
)

// The limits that a permit names.
const (
	LimitSender = live.LimitSender
	LimitChat   = live.LimitChat
	LimitPaused = live.LimitPaused
)

// Sender is who sends on a channel, as far as its carrier counts: a number or
// messaging service, or a bot. The name is not kept as it is.
type Sender struct {
	Channel conversations.Channel
	Name    string
	Rate    Rate
}

// Permits asks whether messages of one sender may go now, the most urgent first,
// and counts those that may. All processes share what is counted; alone says
// that Redis did not answer within its budget, so that this process decided by
// itself. It never fails, and takes no longer than [live.Budget].
func (s *Store) Permits(ctx context.Context, from Sender, sends []Send) (permits []Permit, alone bool) {
	asks := make([]live.Ask, len(sends))
	for i, m := range sends {
		asks[i] = live.Ask{Prompt: m.Urgency >= conversations.Prompt, Parts: m.Parts, Chat: s.chat(from, m)}
	}
	return s.permits.Take(ctx, s.secret(from.Name), from.Rate, asks)
}

// Pause tells all processes that a carrier answered this message with the wish to
// hear nothing for a while. It returns whether the whole sender waits, or the
// message's chat alone.
func (s *Store) Pause(ctx context.Context, from Sender, m Send, after time.Duration) (whole bool) {
	return s.permits.Pause(ctx, s.secret(from.Name), s.chat(from, m), after)
}

// chat names the chat of a message where chats have a limit.
func (s *Store) chat(from Sender, m Send) string {
	if from.Rate.PerChat <= 0 {
		return ""
	}
	return s.secret(string(m.To.Channel) + " " + m.To.Value)
}

// secret is a name under which Redis may know somebody: always the same, and
// saying nothing without our keys.
func (s *Store) secret(name string) string {
	return hex.EncodeToString(s.keys.Hash("permit", name)[:16])
}
