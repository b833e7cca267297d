package store

import (
	"context"
	"errors"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Leads, and what clients say to them; see package caseload for each.
type (
	// Lead is a job lead as the team sees it.
	Lead = caseload.Lead
	// LeadFilter says which leads are wanted; the zero value is every one.
	LeadFilter = caseload.LeadFilter
	// LeadChange is what changes about a lead; what is nil stays.
	LeadChange = caseload.LeadChange
	// Offer is a lead that was offered to one client, as the team sees it.
	Offer = caseload.Offer
	// Preference is one thing that a client wants of work, and who said so.
	Preference = caseload.Preference
)

// The longest that the parts of a lead may be, in characters: title, area and
// pay stand together in one text.
const (
	longestTitle = 60
	longestMore  = 600
	mostHours    = 168 // a week has no more
)

// NewLead is a job lead to be added, as a person entered it. All of it may be
// told to clients: what an employer said in confidence is no part of it.
type NewLead struct {
	// Title is needed; Area and Pay may be empty.
	Title, Area, Pay string
	// Hours is how many hours a week; 0 if not known.
	Hours int
	// More is what else is known, said to who asks for more; may be empty.
	More string
	// Work is what is known of the work; none of it is told to clients by itself.
	Work Work
	// Closes is the last moment to apply; zero if none is known. SayClosing is
	// when those who were offered it hear that it closes soon; zero: never.
	Closes, SayClosing time.Time
	// By is the person of the team who found it; may be empty.
	By conversations.SpecialistID
}

// AddLead adds a job lead; it is offered to nobody by that. What was entered
// wrongly is refused, all of it at once: see [Refusals].
func (s *Store) AddLead(ctx context.Context, n NewLead) (conversations.LeadID, error) {
	var c checks
	checked := caseload.NewLead{
		Title: c.line("title", n.Title, true, longestTitle), Area: c.line("area", n.Area, false, longestTitle),
		Pay: c.line("pay", n.Pay, false, longestTitle), Hours: c.upTo("hours", n.Hours, mostHours),
		More: c.lines("more", n.More, false, longestMore), Work: c.work(n.Work), Closes: n.Closes, SayClosing: n.SayClosing, By: n.By,
	}
	if !n.Closes.IsZero() && !n.Closes.After(s.now()) {
		c.refuse("closes", RefusedPast, "This moment is past. Please leave it empty if there is no last day to apply.")
	}
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.AddLead(ctx, checked)
}

// Lead returns one lead, or [ErrNotFound].
func (s *Store) Lead(ctx context.Context, id conversations.LeadID) (Lead, error) {
	return s.caseload.Lead(ctx, id)
}

// Leads returns a page of the leads, the newest first, and the cursor of the
// next page, empty after the last.
func (s *Store) Leads(ctx context.Context, filter LeadFilter) (list []Lead, next string, err error) {
	return s.caseload.Leads(ctx, filter)
}

// SetLead changes a lead and returns it as it is now, or [ErrNotFound]. What was
// entered wrongly is refused: see [Refusals]. Nobody is told by that: whoever calls it brings an EventLeadChanged to each client
// of [Store.OffersOfLead] whose offer is open. A message that offers a filled
// lead does not go any more.
func (s *Store) SetLead(ctx context.Context, id conversations.LeadID, change LeadChange) (Lead, error) {
	var c checks
	if change.Hours != nil {
		c.upTo("hours", *change.Hours, mostHours)
	}
	if change.Work != nil {
		work := c.work(*change.Work)
		change.Work = &work
	}
	if err := c.err(); err != nil {
		return Lead{}, err
	}
	return s.caseload.SetLead(ctx, id, change)
}

// Offers returns a page of what was offered to a client, the newest first, and
// the cursor of the next page, empty after the last. None for a client who is
// not on the caseload.
func (s *Store) Offers(ctx context.Context, client conversations.ClientID, page Page) (list []Offer, next string, err error) {
	return s.caseload.Offers(ctx, client, page)
}

// OffersOfLead returns a page of the clients to whom a lead was offered, in the
// order of their ids, and the cursor of the next page, empty after the last.
func (s *Store) OffersOfLead(ctx context.Context, lead conversations.LeadID, page Page) (list []Offer, next string, err error) {
	return s.caseload.OffersOfLead(ctx, lead, page)
}

// Preferences returns what a client wants of work as far as it is recorded, in
// the order in which it was said; none for a client who is not on the caseload.
func (s *Store) Preferences(ctx context.Context, client conversations.ClientID) ([]Preference, error) {
	return s.caseload.Preferences(ctx, client)
}

// FreeTimes returns the times from a moment on at which a specialist would
// meet, soonest first; at most 200.
func (s *Store) FreeTimes(ctx context.Context, specialist conversations.SpecialistID, from time.Time) ([]time.Time, error) {
	return s.caseload.FreeTimes(ctx, specialist, from)
}

// mostFreeTimes is how many free times a specialist may name: two weeks of half
// hours.
const mostFreeTimes = 200

// SetFreeTimes replaces the times from now on at which a specialist would meet.
// A time that an appointment takes later is gone by itself. Times that are past
// and too many of them are refused; [ErrNotFound] for an unknown specialist.
func (s *Store) SetFreeTimes(ctx context.Context, specialist conversations.SpecialistID, times []time.Time) error {
	var c checks
	if len(times) > mostFreeTimes {
		c.refuse("times", RefusedLong, "These are more than 200 times. Please name fewer.")
	}
	for _, at := range times {
		if !at.After(s.now()) {
			c.refuse("times", RefusedPast, "One of these times is past. Please name times to come.")
			break
		}
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.SetFreeTimes(ctx, specialist, times, s.now())
}

// knownClient makes a refusal of a client who is not on the caseload.
func knownClient(err error) error {
	if errors.Is(err, caseload.ErrNotFound) {
		return &Refusal{Code: RefusedUnknown, Field: "client", Text: "There is no such client on the caseload."}
	}
	return err
}
