package conversations

import "time"

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
//	offered ──▶ interested | not_interested | applied       offered ──▶ withdrawn (filled, closed, taken back)
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

// offered is a specialist offering a lead.
func (s *step) offered() {}

// leadChanged is a lead that was filled, or that closes soon.
func (s *step) leadChanged() {}

// putOffer puts an offer that had to wait.
func (s *step) putOffer(Question) {}

// aboutLead is what a client says to an offer.
func (s *step) aboutLead() { s.handOver(FlagNotUnderstood) }

// whyNot takes the reason why a lead is not for them.
func (s *step) whyNot() bool { return false }

// chooseLead is a press under an offer.
func (s *step) chooseLead(Question, Choice) {}
