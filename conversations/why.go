package conversations

import "alongside/conversations/understand"

// leadTopic does what a text says about leads beside yes and no. It reports
// whether the text says such a thing.
func (s *step) leadTopic() bool {
	if isWishForLeads(s.reading.Topic) && s.reading.Topic != understand.TopicJobs && s.borrowed() {
		// Somebody else settles nothing.
		s.flag(FlagMessage, "")
		s.read("message")
		return true
	}
	switch s.reading.Topic {
	case understand.TopicApplied:
		s.applied()
	case understand.TopicJobs:
		s.anyJobs()
	case understand.TopicFewerLeads:
		s.leadsAWeek(-1)
	case understand.TopicMoreLeads:
		s.leadsAWeek(1)
	default:
		return false
	}
	return true
}

// reason says whether a reading is a reason against a lead.
func reason(r understand.Reading) bool {
	return r.Topic == understand.TopicReason || r.Topic == understand.TopicMoreHours
}

// preferences are the reasons against a lead in the terms of the client's
// preferences, as far as the reading names them. What it does not name is for
// the specialist to read.
func preferences(r understand.Reading) []Preference {
	if r.Topic == understand.TopicMoreHours {
		return []Preference{PreferMoreHours}
	}
	if p := preferenceOf(r.Limit.Kind); r.Topic == understand.TopicReason && p != "" {
		return []Preference{p}
	}
	return nil
}

// preferenceOf puts what a lead has too much of into the terms of the
// preferences. Hours may be too many or too few: a person reads which.
func preferenceOf(kind string) Preference {
	switch kind {
	case "far":
		return PreferNearer
	case "people":
		return PreferFewerPeople
	case "early":
		return PreferLaterStart
	case "money":
		return PreferBetterPay
	case "physical":
		return PreferNoLifting
	default:
		return ""
	}
}
