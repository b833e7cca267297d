package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// Spent is one unasked text that counts against the budget.
type Spent struct {
	// At is when it goes, in Unix milliseconds.
	At     int64  `json:"at"`
	Matter Matter `json:"matter"`
	// Offer is the one that it speaks of, if any.
	Offer OfferID `json:"offer,omitempty"`
}

// remembered is for how long a text counts: a week on the calendar and a day
// for the clock changes and the hours of its ends.
const remembered = 8 * 24 * time.Hour

// counts says whether texts about a matter count against the budget: reminders
// do not, and neither does news of the diary, which has no matter (rule 10).
func (m Matter) counts() bool { return m != "" && m != MatterAppointments }

// budget is what the pathway, and the client's own wish about leads, leave for
// texts of one matter. A pathway without a budget sets no bound.
func (s *step) budget(m Matter) policy.Budget {
	p := s.rules.Pathway.Budget
	if p == (Budget{}) {
		return policy.Budget{ADay: -1, AWeek: -1, Kind: -1}
	}
	b := policy.Budget{ADay: p.ADay, AWeek: p.AWeek, Kind: -1}
	switch m {
	case MatterLeads:
		b.Kind = p.Leads
		if w := s.facts.Client.LeadsAWeek; w > 0 {
			// Who wishes for more gets more, and not at the cost of the rest.
			b.Kind, b.AWeek = w, max(b.AWeek, b.AWeek+w-p.Leads)
		}
	case MatterCheckIns:
		b.Kind = p.CheckIns
		if n := s.chosenAWeek(); n > p.CheckIns {
			// As with leads: a rhythm that the client chose is their wish.
			b.Kind, b.AWeek = n, max(b.AWeek, b.AWeek+n-p.CheckIns)
		}
	default:
	}
	return b
}

// chosenAWeek is on how many days of the week that ends today the client chose to
// be asked, over all series.
func (s *step) chosenAWeek() int {
	n := 0
	y, m, d := s.now.Date()
	for _, c := range s.facts.CheckIns {
		for back := 6; back >= 0; back-- {
			day := time.Date(y, m, d-back, 12, 0, 0, 0, s.now.Location())
			if c.Rhythm.dayFrom(s.rules.Pathway, s.facts, day).Equal(day) {
				n++
			}
		}
	}
	return n
}

// within moves a verdict to where the budget has room, or refuses it where
// there is none before latest (zero: any time).
func (s *step) within(m Matter, v policy.Verdict, h policy.Hours, latest time.Time) policy.Verdict {
	if !m.counts() || v.Decision == policy.Never {
		return v
	}
	at := s.now
	if v.Decision == policy.Later {
		at = v.At
	}
	var all, kind []time.Time
	for _, x := range s.state.Spent {
		all = append(all, time.UnixMilli(x.At))
		if x.Matter == m {
			kind = append(kind, time.UnixMilli(x.At))
		}
	}
	b := s.budget(m)
	for try := at; ; {
		free := b.Next(all, kind, try)
		if free.IsZero() {
			return policy.Verdict{Reason: policy.OverBudget}
		}
		open := h.Next(free)
		if open.IsZero() || !latest.IsZero() && !open.Before(latest) {
			return policy.Verdict{Reason: policy.OverBudget}
		}
		if !open.Equal(free) {
			// The open hour may lie on a later day, of which the budget knows more.
			try = open
			if !b.Next(all, kind, open).Equal(open) {
				continue
			}
		}
		if open.Equal(at) {
			return v
		}
		return policy.Verdict{Decision: policy.Later, At: open, Reason: policy.OverBudget}
	}
}

// spend notes a text that was just said, or will be at its hour.
func (s *step) spend(m Say) {
	if !m.Matter.counts() || s.rules.Pathway.Budget == (Budget{}) {
		return
	}
	at := s.now
	if !m.NotBefore.IsZero() {
		at = m.NotBefore
	}
	s.state.Spent = append(s.state.Spent, Spent{At: at.UnixMilli(), Matter: m.Matter, Offer: m.Offer})
}

// unspend gives back what was taken from the outbox before it went.
func (s *step) unspend(d DropQueued) {
	s.state.Spent = slices.DeleteFunc(s.state.Spent, func(x Spent) bool {
		switch {
		case x.At <= s.now.UnixMilli() || d.Owed || d.Appointment != "":
			return false
		case d.Offer != "":
			// Another lead may wait for its hour, and still goes.
			return x.Offer == d.Offer
		default:
			return d.Matter == "" || d.Matter == x.Matter
		}
	})
}
