package conversations

import (
	"slices"
	"time"
)

// Leaving the service, and coming back to it.

// Reopen opens the record of a client who was closed: history, numbers and
// wishes are as they were. It keeps the address of a channel only where nobody
// else has it by now.
type Reopen struct{}

func (Reopen) effect() {}

// endSeries ends what would be asked by the clock: whoever comes back chooses
// anew.
func (s *step) endSeries() {
	if len(s.facts.CheckIns) > 0 {
		s.do(EndCheckIn{})
		s.facts.CheckIns = nil
	}
	s.facts.Tasks = slices.Clone(s.facts.Tasks)
	for i := range s.facts.Tasks {
		if t := &s.facts.Tasks[i]; !t.Ask.IsZero() {
			s.do(SetDue{Task: t.ID})
			t.Ask = time.Time{}
		}
	}
	s.state.Planned = nil
}

// returned is a client who left and is referred again. No permission holds any
// more: they are asked anew, and a stop or a no stays one. What was asked before answers nothing, and
// a lead from then is not offered any more. The dead stay what they are.
func (s *step) returned() {
	if !s.facts.Known() || !s.facts.Client.Closed || s.facts.Client.Circumstance == Died {
		return
	}
	if s.event.From.Value != "" {
		s.do(SetAddress{})
	}
	s.do(Reopen{})
	s.facts.Client.Closed, s.facts.Reached = false, nil
	for _, r := range s.facts.Reach {
		another := s.event.From.Value != "" && s.event.From.Channel == r.Channel
		if r.Agreement == AgreementGiven || r.Agreement == AgreementAsked || another {
			s.do(SetAgreement{Channel: r.Channel, Agreement: AgreementNone, How: "returned"})
			s.setReach(r.Channel, AgreementNone, r.Blocked)
		}
	}
	s.endSeries()
	for _, o := range s.facts.Offers {
		if o.Status == OfferOpen {
			s.setOffer(&o, OfferWithdrawn, nil)
		}
	}
	// Ids count on: a button from before belongs to no question of now.
	s.state = State{Asked: s.state.Asked, Crisis: s.state.Crisis, Recall: s.state.Recall, Spent: s.state.Spent}
	if st := s.event.Stage; slices.Contains(Stages, st) && st != StageExited {
		s.do(SetStage{Stage: st})
		s.facts.Client.Stage = st
		if m := st.Milestone(); m != "" {
			s.do(Reached{Milestone: m, At: s.now})
		}
	}
}
