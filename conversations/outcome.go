package conversations

import "slices"

// Outcome is whether an appointment happened. The zero value: nobody has said.
type Outcome string

// The outcomes.
const (
	Attended Outcome = "attended"
	Missed   Outcome = "missed"
	// Excused: it did not happen, and everybody knew before.
	Excused Outcome = "excused"
)

// Outcomes lists every outcome.
var Outcomes = []Outcome{Attended, Missed, Excused}

// HeldBy is how an attended appointment was held: what makes it a contact
// (rule 11). A text is none of these.
type HeldBy string

// The ways in which people meet.
const (
	FaceToFace HeldBy = "face_to_face"
	Telephone  HeldBy = "telephone"
	Video      HeldBy = "video"
)

// HeldBys lists every way.
var HeldBys = []HeldBy{FaceToFace, Telephone, Video}

// happened is a person saying whether an appointment happened. The client is
// told nothing by it: a missed one asks the specialist what to do (call, visit,
// send "shall we find another time?"), and never anything of the client (rule 7).
func (s *step) happened() {
	a := s.event.Appointment
	o := s.event.Outcome
	if !slices.Contains(Outcomes, o) || a.At.After(s.now) {
		return
	}
	how := s.event.HeldBy
	if o != Attended {
		how = ""
	}
	s.do(SetOutcome{ID: a.ID, Outcome: o, HeldBy: how})
	s.do(DropQueued{Appointment: a.ID, Reason: "past"})
	s.settle(a.ID)
	s.do(SettleFlags{Reason: FlagMissed, Appointment: a.ID})
	s.closeAbout(a.ID, "")
	switch {
	case o == Missed:
		s.do(RaiseFlag{Reason: FlagMissed, Appointment: a.ID})
	case o == Attended && a.Kind == First && how == FaceToFace:
		// The pathway counts from the first meeting.
		s.do(Reached{Milestone: MilestoneStarted, At: a.At})
	}
	s.nextInLine()
}
