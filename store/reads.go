package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// The read models of console and API; see package caseload for each.
type (
	// Appointment is an appointment as the team sees it.
	Appointment = caseload.Appointment
	// ConversationPage is a part of one conversation, and what stands now.
	ConversationPage = caseload.Thread
	// ThreadMessage is one message of it, in or out, with what became of it.
	ThreadMessage = caseload.ThreadMessage
	// ThreadEvent is one turn of it.
	ThreadEvent = caseload.ThreadEvent
	// AgreementEntry is one line of the ledger of agreements.
	AgreementEntry = caseload.AgreementEntry
	// Flag is something that a person of the team has to look at.
	Flag = caseload.Flag
	// FlagFilter says which flags are wanted; the zero value is every one that
	// stands.
	FlagFilter = caseload.FlagFilter
	// UnknownSender is somebody whose address is nobody's on the caseload.
	UnknownSender = caseload.UnknownSender
	// Counts are what stands on the caseload just now.
	Counts = caseload.Counts
)

// Appointment returns one appointment, or [ErrNotFound].
func (s *Store) Appointment(ctx context.Context, id conversations.AppointmentID) (Appointment, error) {
	return s.caseload.Appointment(ctx, id)
}

// Appointments returns the appointments of a client, cancelled ones included,
// in order of time; of very many the latest 200. None for a client who is not
// on the caseload.
func (s *Store) Appointments(ctx context.Context, client conversations.ClientID) ([]Appointment, error) {
	return s.caseload.Appointments(ctx, client)
}

// Conversation returns the part of a client's conversation that ends at the
// cursor before (empty: now), with at most limit messages (0 means 50, 200 are
// the most), and what stands now; or [ErrNotFound], or [ErrCursor].
func (s *Store) Conversation(ctx context.Context, client conversations.ClientID, before string, limit int) (ConversationPage, error) {
	return s.caseload.Thread(ctx, string(client), before, limit)
}

// UnknownConversation is [Store.Conversation] of an unknown sender, by the peer
// that [Store.UnknownSenders] and [Flag] name.
func (s *Store) UnknownConversation(ctx context.Context, peer, before string, limit int) (ConversationPage, error) {
	return s.caseload.Thread(ctx, peer, before, limit)
}

// UnknownSenders returns a page of the unknown senders, whoever wrote last
// first, and the cursor of the next page, empty after the last.
func (s *Store) UnknownSenders(ctx context.Context, page Page) (list []UnknownSender, next string, err error) {
	return s.caseload.UnknownSenders(ctx, page)
}

// Flags returns a page of the flags that a filter asks for, the longest waiting
// first, and the cursor of the next page, empty after the last.
func (s *Store) Flags(ctx context.Context, filter FlagFilter) (list []Flag, next string, err error) {
	return s.caseload.Flags(ctx, filter)
}

// CloseFlag takes a flag down: the person named by (an id, never a name) looked
// at it. To close one that is down changes nothing; [ErrNotFound] if there is
// none with the id.
func (s *Store) CloseFlag(ctx context.Context, id, by string, now time.Time) error {
	err := s.caseload.CloseFlag(ctx, id, by, now)
	if err == nil {
		s.pages.flag(id)
	}
	return err
}

// Counts counts what stands; it costs the same with a long history.
func (s *Store) Counts(ctx context.Context, now time.Time) (Counts, error) {
	return s.caseload.Counts(ctx, now)
}

// MakeLink makes a code by which a client joins a Telegram account once, before
// it expires, and ends the client's earlier one. It is eight characters, which
// may be typed in any case, with spaces and dashes; only a keyed hash is stored.
// [ErrNotFound] for a client who is not on the caseload or whose record is
// closed.
func (s *Store) MakeLink(ctx context.Context, client conversations.ClientID, ttl time.Duration, now time.Time) (code string, expires time.Time, err error) {
	return s.caseload.MakeLink(ctx, client, ttl, now)
}

// Lease takes or renews a lease for this process until now + ttl, and says
// whether the process holds it. Of any number that ask at once for a free one,
// one gets it. Whoever holds a lease renews it well before it ends, and stops
// what it is for as soon as the answer is false or an error.
func (s *Store) Lease(ctx context.Context, name string, ttl time.Duration, now time.Time) (held bool, err error) {
	return s.caseload.Lease(ctx, name, ttl, now)
}

// ReleaseLease gives a lease of this process back, so that the next process
// need not wait for its end. A lease of another process is left alone.
func (s *Store) ReleaseLease(ctx context.Context, name string) error {
	return s.caseload.ReleaseLease(ctx, name)
}
