package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// Lead is a job lead that a specialist found. What an employer said in
// confidence is no part of it: all of it may be told to the client.
type Lead struct {
	ID LeadID
	// Title is the job ("PC repair assistant"), Area where it is, Pay what is
	// paid, each in the specialist's words; Area and Pay may be empty.
	Title, Area, Pay string
	// Hours is how many hours a week; 0 if not known.
	Hours int
	// More is what else is known, said to who asks for more; may be empty.
	More string
	// Closes is the last moment to apply; zero if none is known.
	Closes time.Time
	// Filled says that somebody else has the job.
	Filled bool
}

// Offer is a lead sent to one client.
type Offer struct {
	ID     OfferID
	Lead   Lead
	Status OfferStatus
	// At is when it was offered.
	At time.Time
}

// OfferStatus is what the client said to an offer.
//
//	offered ──▶ interested | not_interested | applied       (each into each other: people change their minds)
//	offered | interested ──▶ withdrawn                      (filled, closed, taken back)
type OfferStatus string

// The statuses of an offer. No answer leaves it offered: silence is no refusal.
const (
	OfferOpen          OfferStatus = "offered"
	OfferInterested    OfferStatus = "interested"
	OfferNotInterested OfferStatus = "not_interested"
	OfferApplied       OfferStatus = "applied"
	OfferWithdrawn     OfferStatus = "withdrawn"
)

// OfferStatuses lists every status, in the order of the drawing.
var OfferStatuses = []OfferStatus{OfferOpen, OfferInterested, OfferNotInterested, OfferApplied, OfferWithdrawn}

// Preference is a reason against a lead in the terms of the client's
// preferences for work: it feeds what is offered next.
type Preference string

// The preferences that a reason can name.
const (
	PreferFewerHours    Preference = "fewer_hours"
	PreferMoreHours     Preference = "more_hours"
	PreferNearer        Preference = "nearer"
	PreferNotPublic     Preference = "not_public"
	PreferFewerPeople   Preference = "fewer_people"
	PreferLaterStart    Preference = "later_start"
	PreferNoEvenings    Preference = "no_evenings"
	PreferNoNights      Preference = "no_nights"
	PreferNoWeekends    Preference = "no_weekends"
	PreferNoShifts      Preference = "no_shifts"
	PreferNoLifting     Preference = "no_lifting"
	PreferNoTill        Preference = "no_till"
	PreferQuieter       Preference = "quieter"
	PreferBetterPay     Preference = "better_pay"
	PreferOtherWork     Preference = "other_work"
	PreferNoPressure    Preference = "no_pressure"
	PreferNotNow        Preference = "not_now"
	PreferSomethingElse Preference = "something_else"
)

// Preferences lists every preference.
var Preferences = []Preference{
	PreferFewerHours, PreferMoreHours, PreferNearer, PreferNotPublic, PreferFewerPeople, PreferLaterStart, PreferNoEvenings,
	PreferNoNights, PreferNoWeekends, PreferNoShifts, PreferNoLifting, PreferNoTill, PreferQuieter, PreferBetterPay,
	PreferOtherWork, PreferNoPressure, PreferNotNow, PreferSomethingElse,
}

// leadOptions are the numbered answers of a lead that is shown in full,
// announced those of one that is only announced, and moreOptions what is left
// once more of it was told.
var (
	leadOptions = []Choice{ChooseInterested, ChooseNotForMe, ChooseMore}
	announced   = []Choice{ChooseShow}
	moreOptions = []Choice{ChooseInterested, ChooseNotForMe}
)

// closesSoon is how near the last day to apply must be to be said with a lead.
const closesSoon = 7 * 24 * time.Hour

// findOffer finds an offer among the facts.
func (s *step) findOffer(id OfferID) (Offer, bool) {
	i := slices.IndexFunc(s.facts.Offers, func(o Offer) bool { return o.ID == id })
	if i < 0 || id == "" {
		return Offer{}, false
	}
	return s.facts.Offers[i], true
}

// setOfferFact lets the rest of the turn act on what has just been decided.
func (s *step) setOfferFact(o Offer) {
	s.facts.Offers = slices.Clone(s.facts.Offers)
	for i := range s.facts.Offers {
		if s.facts.Offers[i].ID == o.ID {
			s.facts.Offers[i] = o
		}
	}
}

// standing says whether a lead can still be had, as far as the caseload knows.
func (o Offer) standing(now time.Time) bool {
	return o.Status != OfferWithdrawn && !o.Lead.Filled && (o.Lead.Closes.IsZero() || o.Lead.Closes.After(now))
}

// openly says whether an unasked text may name what it is about. Without the
// client's wish for detail, on a guarded phone and on one that somebody else
// has just written from it is announced only, and shown when they ask (rule 6).
func (s *step) openly() bool {
	return s.detailed() && !s.lent()
}

// lent says whether somebody else may hold the phone just now, whatever the
// event: forgetPast takes the mark away after a while.
func (s *step) lent() bool { return s.state.Borrowed != 0 || s.borrowed() }

// offered is a specialist offering a lead: it goes to the caseload, and is put
// to the client when policy lets it. How many go in a week is decided before.
func (s *step) offered() {
	o := s.event.Offer
	if _, twice := s.findOffer(o.ID); twice || o.ID == "" {
		return
	}
	if o.Lead.Filled {
		s.do(Skip{Key: "lead.offer", Reason: "lead_filled"})
		return
	}
	o.Status, o.At = OfferOpen, s.now
	s.do(Offered{Offer: o})
	s.facts.Offers = append([]Offer{o}, s.facts.Offers...)
	s.putLead(s.newOffer(o), o)
}

func (s *step) newOffer(o Offer) Question {
	q := s.newQuestion(AskLead, Appointment{})
	q.Offer = o.ID
	return q
}

// putLead puts an offer unasked, or lets it wait for its turn.
func (s *step) putLead(q Question, o Offer) {
	m := s.leadWords("lead.offer", o)
	q.Shown = len(m.Options) == len(leadOptions)
	s.putAllowed(q, m, o.Lead.Closes)
}

// putAllowed is put for what may be stopped by itself: where policy says never,
// that is recorded at once, and the question does not wait for its turn.
func (s *step) putAllowed(q Question, m Say, latest time.Time) {
	c := s.channel()
	if c == "" || policy.May(policy.Unasked, s.standingFor(c, m.Matter), s.hours(), s.now, latest).Decision == policy.Never {
		s.prompt(policy.Unasked, m, latest)
		return
	}
	s.put(q, m, latest)
}

// leadWords are the words of an unasked text about a lead: in full where the
// client wants that, else an announcement under the key with "_found".
func (s *step) leadWords(key string, o Offer) Say {
	m := Say{Key: key, Vars: s.leadVars(o), Options: leadOptions, Offer: o.ID, Matter: MatterLeads}
	m.Vars["specialist"] = s.facts.Specialist.Name
	if s.openly() {
		return m
	}
	m.Key, m.Options = key+"_found", announced
	m.Vars = s.withSpecialist()
	s.addClosing(m.Vars, o)
	return m
}

// leadVars are the particulars of a lead, as far as they are known.
func (s *step) leadVars(o Offer) map[string]any {
	vars := map[string]any{"title": o.Lead.Title}
	if o.Lead.Area != "" {
		vars["area"] = o.Lead.Area
	}
	if o.Lead.Hours > 0 {
		vars["hours"] = o.Lead.Hours
	}
	if o.Lead.Pay != "" {
		vars["pay"] = o.Lead.Pay
	}
	s.addClosing(vars, o)
	return vars
}

// addClosing says until when one can apply, where that is near.
func (s *step) addClosing(vars map[string]any, o Offer) {
	if c := o.Lead.Closes; c.After(s.now) && c.Sub(s.now) <= closesSoon {
		vars["until"] = Day(c.In(s.now.Location()))
	}
}

// putOffer puts an offer that had to wait, if it still stands unanswered. The
// question gets an id of its own, so that the timer for which it waited, and
// which may still run, does not end it.
func (s *step) putOffer(q Question) {
	if o, ok := s.findOffer(q.Offer); ok && o.Status == OfferOpen && o.standing(s.now) {
		s.putLead(s.newOffer(o), o)
	}
}

// leadChanged is a lead that was filled, or that closes soon.
func (s *step) leadChanged() {
	o, ok := s.findOffer(s.event.Offer.ID)
	if !ok || o.Status == OfferWithdrawn {
		return
	}
	o.Lead = s.event.Offer.Lead
	s.setOfferFact(o)
	switch {
	case o.Lead.Filled:
		s.filled(o)
	case o.Lead.Closes.After(s.now) && o.Lead.Closes.Sub(s.now) <= closesSoon:
		s.closing(o)
	}
}

// filled takes an offer back. Who wanted the lead hears it from a person
// (rule 7); who had applied keeps that on record.
func (s *step) filled(o Offer) {
	wanted := o.Status == OfferInterested || o.Status == OfferApplied
	if o.Status == OfferOpen || o.Status == OfferInterested {
		s.setOffer(&o, OfferWithdrawn, nil)
	}
	s.do(DropQueued{Offer: o.ID, Reason: "lead_filled"})
	s.closeOffer(o.ID, "")
	if wanted {
		s.flagOffer(FlagLeadFilled, o)
	}
	s.nextInLine()
}

// closing says once that a lead closes soon, to who has not answered or wants it.
func (s *step) closing(o Offer) {
	mark := Reminded{Offer: o.ID, Stands: o.Lead.Closes.UnixMilli()}
	if slices.Contains(s.state.Reminded, mark) || o.Status != OfferOpen && o.Status != OfferInterested {
		return
	}
	s.state.Reminded = append(s.state.Reminded, mark)
	if o.Status == OfferInterested {
		s.prompt(policy.Unasked, Say{
			Key: "lead.closing_wanted", Offer: o.ID, Matter: MatterLeads,
			Vars: map[string]any{"specialist": s.facts.Specialist.Name, "until": Day(o.Lead.Closes.In(s.now.Location()))},
		}, o.Lead.Closes)
		return
	}
	if q, waits := s.waitingFor(o.ID); waits && q.Put >= 2 {
		s.do(Skip{Key: "lead.closing", Reason: "put_twice"})
		return
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool { return q.Offer == o.ID && q.Put == 0 })
	q, m := s.newOffer(o), s.leadWords("lead.closing", o)
	m.Vars["until"] = Day(o.Lead.Closes.In(s.now.Location()))
	q.Shown = len(m.Options) == len(leadOptions)
	s.putAllowed(q, m, o.Lead.Closes)
}

// waitingFor is the question about one offer that was put and not answered.
func (s *step) waitingFor(id OfferID) (Question, bool) {
	if q := s.state.Open; q != nil && q.Offer == id && q.Kind == AskLead {
		return *q, true
	}
	for _, q := range slices.Backward(s.state.Queue) {
		if q.Offer == id && q.Kind == AskLead && q.Put > 0 {
			return q, true
		}
	}
	return Question{}, false
}

// closeOffer ends every question about an offer, open or waiting.
func (s *step) closeOffer(id OfferID, c Choice) {
	if q := s.state.Open; q != nil && q.Offer == id {
		s.closeQuestion(c)
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool {
		if q.Offer == id {
			s.remember(q, c)
		}
		return q.Offer == id
	})
}

// setOffer writes what the client said to an offer, or what became of it.
func (s *step) setOffer(o *Offer, st OfferStatus, why []Preference) {
	s.do(SetOffer{ID: o.ID, Status: st, Why: why})
	o.Status = st
	s.setOfferFact(*o)
}

func (s *step) flagOffer(r FlagReason, o Offer) {
	s.do(RaiseFlag{Reason: r, Offer: o.ID, Message: s.event.Message, Detail: s.event.Reason})
}
