package conversations

import "slices"

// Attendance is whether an appointment happened. The zero value: nobody has said.
type Attendance string

// How an appointment can have gone.
const (
	Attended Attendance = "attended"
	Missed   Attendance = "missed"
	// Excused: it did not happen, and everybody knew before.
	Excused Attendance = "excused"
)

// Attendances lists every one.
var Attendances = []Attendance{Attended, Missed, Excused}

// FellThrough says that the appointment did not happen, so that another time may
// be asked for.
func (a Attendance) FellThrough() bool { return a == Missed || a == Excused }

// Mechanism is how an attended appointment was held: what makes it a contact
// (rule 11). A text is none of these.
type Mechanism string

// The ways in which people meet.
const (
	FaceToFace Mechanism = "face_to_face"
	Telephone  Mechanism = "telephone"
	Video      Mechanism = "video"
)

// Mechanisms lists every way.
var Mechanisms = []Mechanism{FaceToFace, Telephone, Video}

// happened is a person saying whether an appointment happened. The client is
// told nothing by it: a missed one asks the specialist what to do (call, visit,
// send "shall we find another time?"), and never anything of the client (rule 7).
func (s *step) happened() {
	a := s.event.Appointment
	o := s.event.Attendance
	if !slices.Contains(Attendances, o) || a.At.After(s.now) {
		return
	}
	if s.event.AnotherTime {
		s.askAnotherTime(a)
		return
	}
	how := s.event.Mechanism
	if o != Attended {
		how = ""
	}
	s.do(SetAttendance{ID: a.ID, Attendance: o, Mechanism: how})
	s.do(DropQueued{Appointment: a.ID, Reason: "past"})
	s.settle(a.ID)
	s.do(SettleFlags{Reason: FlagMissed, Appointment: a.ID})
	s.do(SettleFlags{Reason: FlagNotSent, Appointment: a.ID})
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
