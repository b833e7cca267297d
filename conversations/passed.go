package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// A client who is handed to another specialist takes everything along: what is
// unread, the diary, the tasks. They are told by words that a person sends, and
// never by themselves (rule 7).

// TellPassedOn is the key of those words.
const TellPassedOn = "passed.on"

// ToldBefore is why something is not said: the client has been told already.
const ToldBefore policy.Reason = "told_before"

// PassedOn is why a message is taken back: it named the specialist from before.
const PassedOn policy.Reason = "passed_on"

// Handover is the last time that a client was handed to another specialist.
type Handover struct {
	From Specialist
	To   SpecialistID
	// Told says that the client was told of it.
	Told bool
}

// SetSpecialist puts the client on another specialist's caseload.
type SetSpecialist struct{ ID SpecialistID }

// ToldOfHandover records that the client was told of the last hand-over.
type ToldOfHandover struct{}

func (SetSpecialist) effect()  {}
func (ToldOfHandover) effect() {}

// passedOn hands the client to another specialist. What waits for its hour with
// the name of the one from before is said anew; free times were theirs.
func (s *step) passedOn() {
	to := s.event.To
	if !s.facts.Known() || s.facts.Client.Closed || to.ID == "" || to.ID == s.facts.Specialist.ID {
		return
	}
	s.do(SetSpecialist{ID: to.ID})
	before := s.offsets()
	s.facts.Specialist, s.facts.Free = to, nil
	if !slices.Equal(before, s.offsets()) {
		s.remindAll()
	}
	s.sayUnsentAnew()
}

// sayUnsentAnew writes the reminders anew that are said and wait for their hour.
func (s *step) sayUnsentAnew() {
	var again []Reminded
	s.state.Reminded = slices.DeleteFunc(s.state.Reminded, func(r Reminded) bool {
		waits := r.Appointment != "" && r.From > s.now.UnixMilli()
		if waits {
			again = append(again, r)
		}
		return waits
	})
	for _, mark := range again {
		s.do(DropQueued{Appointment: mark.Appointment, Matter: MatterAppointments, Reason: string(PassedOn)})
		unseen := func(q Question) bool { return q.Appointment == mark.Appointment && s.unseen(q) }
		if q := s.state.Open; q != nil && unseen(*q) {
			s.state.Open = nil
		}
		s.state.Queue = slices.DeleteFunc(s.state.Queue, unseen)
		if a, ok := s.facts.Appointment(mark.Appointment); ok && a.At.UnixMilli() == mark.Stands {
			mark.From = 0
			s.remindOf(a, mark)
		}
	}
}

// tellPassedOn says the words that a person approved, once for each hand-over.
func (s *step) tellPassedOn() {
	h := s.facts.Handover
	if !s.facts.Known() || h == nil || h.To != s.facts.Specialist.ID {
		return
	}
	if h.Told {
		s.do(Skip{Key: TellPassedOn, Reason: string(ToldBefore)})
		return
	}
	if s.sayPassedOn(*h) {
		s.do(ToldOfHandover{})
	}
}

func (s *step) sayPassedOn(h Handover) bool {
	vars := map[string]any{"specialist": s.facts.Specialist.Name, "former": h.From.Name, "signed": s.facts.Specialist.Name}
	if s.event.Signed != "" {
		vars["signed"] = s.event.Signed
	}
	return s.prompt(policy.Unasked, Say{Key: TellPassedOn, Vars: vars}, time.Time{})
}
