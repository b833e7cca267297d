package conversations

import (
	"time"

	"alongside/conversations/policy"
)

// settledPerson is a specialist saying that the number is the client's after
// all. What held before the doubt holds again; where nothing was agreed before,
// nothing is agreed now. The client gets one neutral text, so that they know
// that we write again and how to end it.
func (s *step) settledPerson() {
	if s.state.Borrowed != 0 {
		s.giveBack()
		s.do(SettleFlags{Reason: FlagThirdParty})
	}
	for _, r := range s.facts.Reach {
		if r.Agreement != AgreementDoubted || s.event.Channel != "" && s.event.Channel != r.Channel {
			continue
		}
		s.do(SettleFlags{Reason: FlagWrongPerson})
		switch r.Before {
		case AgreementGiven:
			s.grant(r.Channel, "settled")
			s.prompt(policy.Unasked, Say{Key: "person.settled", Channel: r.Channel, Vars: s.withSpecialist()}, time.Time{})
			s.remindAll()
		case AgreementAsked:
			s.do(SetAgreement{Channel: r.Channel, Agreement: AgreementAsked, How: "settled"})
			s.setReach(r.Channel, AgreementAsked, r.Blocked)
			s.askOptIn(r.Channel)
		default:
			s.do(SetAgreement{Channel: r.Channel, Agreement: AgreementNone, How: "settled"})
			s.setReach(r.Channel, AgreementNone, r.Blocked)
		}
	}
}

// borrowedWords are what is said to a phone that somebody else holds, or held a
// while ago. To who writes for the client: that more cannot be said. To who
// writes after them ("it's me again"): why less is said for now, and until
// when. We do not take their word for who they are: a relative who wants to
// know would write the same, and a password would be one more thing to forget
// or to be made to tell. Where they asked for nothing it is taken (see back). So nothing personal is said until the [sitting] is
// over; everything written meanwhile is read by a person, and changes nothing
// by itself.
func (s *step) borrowedWords() (string, map[string]any) {
	vars := s.withSpecialist()
	if s.reading.ThirdParty || s.state.Borrowed == 0 {
		return "third_party", vars
	}
	vars["clock"] = Clock(time.UnixMilli(s.state.Borrowed).Add(sitting).In(s.now.Location()))
	return "person.for_now", vars
}
