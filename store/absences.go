package store

import (
	"context"
	"errors"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Who stands in for whom, what happened meanwhile, and whom a client would have
// asked when nothing is heard of them; see package caseload for each.
type (
	// Absence is a time in which somebody stands in for a specialist.
	Absence = caseload.Absence
	// Meanwhile is what happened with one client within a time.
	Meanwhile = caseload.Meanwhile
	// FallbackContact is somebody whom a client named for when nothing is heard of
	// them.
	FallbackContact = caseload.FallbackContact
)

const (
	// longestAbsence is how long one may be: who is away for longer hands over.
	longestAbsence = 400 * 24 * time.Hour
	// mostFallbackContacts is how many a client may name.
	mostFallbackContacts = 10
)

// SetAbsence writes an absence, a new one where it has no id, and returns it.
// What was entered wrongly is refused: see [Refusals]; a specialist cannot cover
// for themselves ([RefusedValue]), and has one absence at a time
// ([RefusedOverlaps]). That the cover may be away as well is no fault: then their
// cover stands in, or the lead. [ErrNotFound] if the specialist or the absence is
// not there; its specialist never changes.
func (s *Store) SetAbsence(ctx context.Context, a Absence, by conversations.SpecialistID, now time.Time) (Absence, error) {
	var c checks
	if a.Cover == "" {
		c.refuse("cover", RefusedEmpty, "Please choose who stands in.")
	}
	of := a.Specialist
	if a.ID != "" {
		was, err := s.caseload.Absence(ctx, a.ID)
		if err != nil {
			return Absence{}, err
		}
		of = was.Specialist
	}
	if a.Cover != "" && a.Cover == of {
		c.refuse("cover", RefusedValue, "Nobody stands in for themselves. Please choose somebody else.")
	}
	switch {
	case !a.Until.After(a.From):
		c.refuse("until", RefusedValue, "This ends before it begins.")
	case !a.Until.After(now):
		c.refuse("until", RefusedPast, "This is over already.")
	case a.Until.Sub(a.From) > longestAbsence:
		c.refuse("until", RefusedValue, "This is longer than a year. Who is away for so long hands over their clients.")
	}
	if err := c.err(); err != nil {
		return Absence{}, err
	}
	if _, err := s.caseload.Specialist(ctx, of); err != nil {
		return Absence{}, err
	}
	set, err := s.caseload.SetAbsence(ctx, a, by)
	switch {
	case errors.Is(err, caseload.ErrOverlaps):
		err = &Refusal{Code: RefusedOverlaps, Field: "from", Text: "This specialist is away at some of that time already. Please change that absence instead."}
	case errors.Is(err, caseload.ErrClosed):
		err = &Refusal{Code: RefusedClosed, Field: "until", Text: "This absence is over. Please write a new one."}
	case errors.Is(err, caseload.ErrNotFound):
		err = &Refusal{Code: RefusedUnknown, Field: "cover", Text: "There is no such specialist on the caseload."}
	}
	return set, err
}

// EndAbsence ends an absence now, or takes it back if it has not begun; one that
// is over is left as it is. [ErrNotFound] if there is none with the id.
func (s *Store) EndAbsence(ctx context.Context, id conversations.AbsenceID, by conversations.SpecialistID) error {
	return s.caseload.EndAbsence(ctx, id, by)
}

// Absence returns one absence, or [ErrNotFound].
func (s *Store) Absence(ctx context.Context, id conversations.AbsenceID) (Absence, error) {
	return s.caseload.Absence(ctx, id)
}

// Absences lists those of a specialist, the latest first, at most 200; none for
// one who is not there.
func (s *Store) Absences(ctx context.Context, specialist conversations.SpecialistID) ([]Absence, error) {
	return s.caseload.Absences(ctx, specialist)
}

// Cover says who stands in for a specialist at a moment: the cover of the absence
// that holds, where they are away too their own, and where that one is away as
// well nobody on the caseload (no ID): the lead. The zero value if the specialist
// is there.
func (s *Store) Cover(ctx context.Context, specialist conversations.SpecialistID, now time.Time) (conversations.Cover, error) {
	return s.caseload.Cover(ctx, specialist, now)
}

// Meanwhile reads what happened with the clients of an absent specialist while
// they were away, until now if they still are, in the order in which the clients
// were added. Who had nothing is left out; lead says whether what only the lead
// sees is in it. [ErrNotFound] if there is no such absence.
func (s *Store) Meanwhile(ctx context.Context, id conversations.AbsenceID, lead bool, now time.Time) (Absence, []Meanwhile, error) {
	a, err := s.caseload.Absence(ctx, id)
	if err != nil {
		return Absence{}, nil, err
	}
	until := a.Until
	if now.Before(until) {
		until = now.Add(time.Millisecond)
	}
	list, err := s.caseload.Meanwhile(ctx, a.Specialist, a.From, until, lead)
	return a, list, err
}

// SetFallbackContact writes a fallback contact, a new one where it has no id, and
// returns its id. What was entered wrongly is refused, all of it at once: see
// [Refusals]. [ErrNotFound] for an unknown client, and for one who has no such
// contact.
func (s *Store) SetFallbackContact(ctx context.Context, f FallbackContact) (string, error) {
	var c checks
	f.Name = c.line("name", f.Name, true, longestName)
	f.Relation = c.line("relation", f.Relation, true, longestThing)
	f.Phone = c.phone("phone", f.Phone)
	f.Words = c.lines("words", f.Words, false, longestPassage)
	if f.Tell = known(&c, "tell", f.Tell, conversations.Tells); len(f.Tell) == 0 && c.err() == nil {
		c.refuse("tell", RefusedEmpty, "Please say what this person may be told: at the least that we would like to hear from the client.")
	}
	if _, err := time.Parse(time.DateOnly, f.On); err != nil {
		c.refuse("on", RefusedValue, "This is not a day such as 2026-11-20.")
	}
	if err := c.err(); err != nil {
		return "", err
	}
	if f.ID == "" {
		all, err := s.caseload.FallbackContacts(ctx, f.Client)
		if err != nil {
			return "", err
		}
		if len(all[f.Client]) >= mostFallbackContacts {
			return "", &Refusal{Code: RefusedLong, Field: "name", Text: "These are 10 fallback contacts already. Please remove one first."}
		}
	}
	return s.caseload.SetFallbackContact(ctx, f)
}

// RemoveFallbackContact ends one: who they are is forgotten, that there was one is
// not. [ErrNotFound] if the client has none with the id.
func (s *Store) RemoveFallbackContact(ctx context.Context, client conversations.ClientID, id string, by conversations.SpecialistID) error {
	return s.caseload.RemoveFallbackContact(ctx, client, id, by)
}

// FallbackContacts lists those of the clients, in the order in which each named
// them first.
func (s *Store) FallbackContacts(ctx context.Context, clients ...conversations.ClientID) (map[conversations.ClientID][]FallbackContact, error) {
	return s.caseload.FallbackContacts(ctx, clients...)
}
