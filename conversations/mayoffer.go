package conversations

import (
	"time"

	"alongside/conversations/policy"
)

// WaitsItsTurn is why a lead waits while something else is being asked.
const WaitsItsTurn policy.Reason = "another_question"

// MayOffer says when a client would hear of a lead that was offered to them
// now, by everything that decides over it: their agreement and their hours, what
// they stopped or paused, a hold, their stage and circumstance, the question
// that is open, and how much goes in a week. A verdict of later names the moment
// before which they do not. Nothing is changed by asking.
func MayOffer(rules Rules, facts Facts, state State, lead Lead, now time.Time) policy.Verdict {
	s := &step{rules: rules, facts: facts, state: state.clone(), event: Event{Kind: EventOffered}}
	s.now = now.In(s.zone())
	s.forgetPast()
	m := Say{Key: "lead.offer", Matter: MatterLeads, Channel: s.channel()}
	if m.Channel == "" {
		return policy.Verdict{Reason: policy.Unreachable}
	}
	if lead.Filled {
		return policy.Verdict{Reason: policy.TooLate}
	}
	if v := policy.May(policy.Unasked, s.standingFor(m.Channel, m.Matter), s.hours(), s.now, lead.Closes); v.Decision == policy.Never {
		return v
	}
	o := s.state.Open
	if o == nil || s.now.Sub(o.AskedTime()) >= patience {
		return s.may(policy.Unasked, m, lead.Closes)
	}
	// It waits for the floor, behind what waits for it already.
	s.now = o.AskedTime().Add(patience).In(s.now.Location())
	for _, q := range s.state.Queue {
		if w := (Say{Channel: m.Channel, Matter: matterOf(q.Kind)}); q.Put == 0 && w.Matter != "" {
			if v := s.may(policy.Unasked, w, time.Time{}); v.Decision != policy.Never {
				w.NotBefore = v.At
				s.spend(w)
			}
		}
	}
	v := s.may(policy.Unasked, m, lead.Closes)
	if v.Decision == policy.Now {
		v = policy.Verdict{Decision: policy.Later, At: s.now, Reason: WaitsItsTurn}
	}
	return v
}
