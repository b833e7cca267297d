package conversations

import (
	"slices"

	"alongside/conversations/policy"
)

// Circumstance is why nothing unasked goes to a client just now, as a
// specialist has set it. What the client writes is answered as ever; the dead
// are written to by nobody.
type Circumstance string

// The circumstances. The zero value is none.
const (
	InHospital Circumstance = Circumstance(policy.InHospital)
	Bereaved   Circumstance = Circumstance(policy.Bereaved)
	InCustody  Circumstance = Circumstance(policy.InCustody)
	// Died cancels everything for ever.
	Died Circumstance = Circumstance(policy.Died)
)

// Circumstances lists every circumstance.
var Circumstances = []Circumstance{InHospital, Bereaved, InCustody, Died}

// newCircumstance sets or takes back a circumstance. What waits in the outbox
// unasked is dropped, not kept for later: by then it is another day. Appointments
// stand until a person decides, except those of somebody who has died.
func (s *step) newCircumstance() {
	c, was := s.event.Circumstance, s.facts.Client.Circumstance
	if !s.facts.Known() || c == was || was == Died || c != "" && !slices.Contains(Circumstances, c) {
		return
	}
	s.do(SetCircumstance{Circumstance: c})
	s.facts.Client.Circumstance = c
	switch c {
	case Died:
		s.do(DropQueued{Everything: true, Reason: string(c)})
		for _, a := range s.facts.Appointments {
			if a.At.After(s.now) {
				s.do(SetAppointment{ID: a.ID, Status: Cancelled})
			}
		}
		s.state.Held, s.state.Recall = nil, 0
		s.closeAll()
		s.do(Close{})
		s.endSeries()
	case "":
		s.remindAll()
		s.nextInLine()
	default:
		s.do(DropQueued{Reason: string(c)})
		// Nobody has seen what was dropped, and nothing answers it.
		s.state.Queue = slices.DeleteFunc(s.state.Queue, s.unseen)
		if q := s.state.Open; q != nil && s.unseen(*q) {
			s.state.Open = nil
		}
		s.state.Reminded = slices.DeleteFunc(s.state.Reminded, func(r Reminded) bool { return r.From > s.now.UnixMilli() })
	}
}

// newStage sets where the client stands. Leaving the service closes the record,
// as ever; what may not go at the new stage is taken back.
func (s *step) newStage() {
	st := s.event.Stage
	if m := s.event.Milestone; m != "" && st == "" {
		s.reachedNow(m)
		return
	}
	if !s.facts.Known() || st == s.facts.Client.Stage || !slices.Contains(Stages, st) {
		return
	}
	s.do(SetStage{Stage: st})
	s.facts.Client.Stage = st
	if m := st.Milestone(); m != "" {
		at := s.event.At
		if at.IsZero() || at.After(s.now) {
			at = s.now
		}
		s.do(Reached{Milestone: m, At: at})
	}
	if st == StageExited {
		s.closed()
		return
	}
	over := slices.DeleteFunc(slices.Clone(Matters), s.stageSends)
	s.endQuestions(over, policy.WrongStage)
	s.nextInLine()
}

// stageSends says whether something unasked about a matter may go at the
// client's stage. News of the diary has no matter and always may; so may
// everything where the pathway has no stages, or nobody said where they stand.
func (s *step) stageSends(m Matter) bool {
	p, st := s.rules.Pathway, s.facts.Client.Stage
	if m == "" || st == "" || len(p.Stages) == 0 {
		return true
	}
	return slices.Contains(p.Rule(st).Sends, m)
}

// inWork says whether check-ins about work in hand may go.
func (s *step) inWork() bool {
	p, st := s.rules.Pathway, s.facts.Client.Stage
	return st == "" || len(p.Stages) == 0 || p.Rule(st).InWork
}

// aboutWork says whether a check-in is about work in hand.
func (k CheckInKind) aboutWork() bool {
	return k == CheckInFirstDay || k == CheckInBusyDay || k == CheckInPayday || k == CheckInHours
}
