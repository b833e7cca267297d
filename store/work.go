package store

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// The work behind leads, what clients wish of work, and whether an employer may
// be spoken to; see package caseload for each.
type (
	// Work is what is known of the work behind a lead, beside what clients read.
	Work = caseload.Work
	// Wishes are what a client wants of work, written and from answers.
	Wishes = caseload.Wishes
	// WishAnswer is one reason that a client gave against an offer.
	WishAnswer = caseload.WishAnswer
	// EmployerContact is what a client said about being spoken of with an employer.
	EmployerContact = caseload.EmployerContact
)

// The longest that the words about work may be, and the most of a list.
const (
	longestThing   = 80  // an employer, a district, a duty
	longestPassage = 300 // a place, a way there, what may be said
	mostDuties     = 20
	mostAreas      = 30
)

// work checks what is known of the work behind a lead.
func (c *checks) work(w Work) Work {
	j := &w.Job
	j.Hours = 0 // They are the lead's.
	j.Starts = c.upTo("job.starts", j.Starts, 24*60-1)
	j.Area = c.line("job.district", j.Area, false, longestThing)
	j.Times = known(c, "job.times", j.Times, conversations.AllTimes)
	j.Traits = known(c, "job.traits", j.Traits, conversations.Traits)
	if j.Permanence != "" && !slices.Contains(conversations.Permanences, j.Permanence) {
		c.refuse("job.permanence", RefusedValue, "There is no such permanence.")
	}
	if len(j.Duties) > mostDuties {
		c.refuse("job.duties", RefusedLong, "These are more than 20 duties. Please name the main ones.")
		j.Duties = nil
	}
	j.Duties = slices.Clone(j.Duties)
	for i := range j.Duties {
		d := &j.Duties[i]
		d.Text = c.line("job.duties", d.Text, true, longestThing)
		d.Traits = known(c, "job.duties", d.Traits, conversations.Traits)
	}
	w.Employer = c.line("job.employer", w.Employer, false, longestThing)
	w.Place = c.lines("job.place", w.Place, false, longestPassage)
	w.Travel = c.lines("job.travel", w.Travel, false, longestPassage)
	w.Environment = c.lines("job.environment", w.Environment, false, longestPassage)
	return w
}

// known checks that every word is one of a list, and returns each once.
func known[T ~string](c *checks, field string, words, all []T) []T {
	var list []T
	for _, w := range words {
		if !slices.Contains(all, w) {
			c.refuse(field, RefusedValue, "This holds a word that is not known here.")
			return nil
		}
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// SetWishes replaces what was written of a client's wishes. What the client
// answered before is taken to be in it; what they answer from now on counts on
// top. What was entered wrongly is refused: see [Refusals]. The error is
// [ErrNotFound] for a client who is not on the caseload.
func (s *Store) SetWishes(ctx context.Context, client conversations.ClientID, w conversations.Wishes, by conversations.SpecialistID) error {
	var c checks
	w.Below = c.upTo("below", w.Below, mostHours)
	w.AtLeast = c.upTo("at_least", w.AtLeast, mostHours)
	if w.Below > 0 && w.AtLeast >= w.Below {
		c.refuse("at_least", RefusedValue, "This leaves no number of hours: it must be less than below.")
	}
	w.NotBefore = c.upTo("not_before", w.NotBefore, 24*60-1)
	w.NotAt = known(&c, "not_at", w.NotAt, conversations.AllTimes)
	w.Likes = known(&c, "likes", w.Likes, conversations.Traits)
	w.Avoids = known(&c, "avoids", w.Avoids, conversations.Traits)
	if slices.ContainsFunc(w.Likes, func(t conversations.Trait) bool { return slices.Contains(w.Avoids, t) }) {
		c.refuse("likes", RefusedValue, "This holds something that stands under avoids as well.")
	}
	w.Permanence = known(&c, "permanence", w.Permanence, conversations.Permanences)
	w.Said = known(&c, "said", w.Said, conversations.Preferences)
	if len(w.Areas) > mostAreas {
		c.refuse("areas", RefusedLong, "These are more than 30 areas. Please name fewer.")
		w.Areas = nil
	}
	w.Areas = slices.Clone(w.Areas)
	for i, area := range w.Areas {
		w.Areas[i] = c.line("areas", area, true, longestThing)
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.SetWishes(ctx, client, w, by)
}

// Wishes reads the wishes of one client with the texts of their answers; the
// zero value for a client of whom nothing is known.
func (s *Store) Wishes(ctx context.Context, client conversations.ClientID) (Wishes, error) {
	return s.caseload.Wishes(ctx, client)
}

// WishesOf reads the wishes of the open clients of one specialist, or (empty) of
// all, without the texts of their answers. Who has none is left out.
func (s *Store) WishesOf(ctx context.Context, specialist conversations.SpecialistID) (map[conversations.ClientID]Wishes, error) {
	return s.caseload.WishesOf(ctx, specialist)
}

// SetEmployerContact records whether an employer may be spoken to about a
// client; the latest holds, and none is overwritten. What was entered wrongly is
// refused: see [Refusals]. The error is [ErrNotFound] for a client who is not on
// the caseload.
func (s *Store) SetEmployerContact(ctx context.Context, client conversations.ClientID, e EmployerContact) error {
	var c checks
	e.Employer = c.line("employer", e.Employer, true, longestThing)
	e.Words = c.lines("words", e.Words, false, longestPassage)
	if !slices.Contains(conversations.EmployerContacts, e.Permitted) {
		c.refuse("contact", RefusedValue, "This is yes, no or maybe.")
	}
	if _, err := time.Parse(time.DateOnly, e.On); err != nil {
		c.refuse("on", RefusedValue, "This is not a day such as 2026-11-20.")
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.SetEmployerContact(ctx, client, e)
}

// EmployerContacts lists what a client said about employers, the latest of each;
// none for a client who is not on the caseload.
func (s *Store) EmployerContacts(ctx context.Context, client conversations.ClientID) ([]EmployerContact, error) {
	return s.caseload.EmployerContacts(ctx, client)
}

// SameEmployer says whether two names are of one employer: capitals and spaces
// do not matter.
func SameEmployer(a, b string) bool { return caseload.SameEmployer(a, b) }

// ContactsWith reads what every client said about one employer; none for no name.
func (s *Store) ContactsWith(ctx context.Context, employer string) (map[conversations.ClientID]EmployerContact, error) {
	return s.caseload.ContactsWith(ctx, employer)
}
