package conversations

import "alongside/conversations/understand"

// The topics of a reading that are about leads.
const (
	topicJobs       understand.Topic = "jobs"        // any jobs?
	topicFewerLeads understand.Topic = "fewer_leads" // fewer of them
	topicMoreLeads  understand.Topic = "more_leads"  // more of them
	topicApplied    understand.Topic = "applied"     // has applied for that one
	topicReason     understand.Topic = "reason"      // why a lead is not for them
)

// leadTopic does what a text says about leads beside yes and no. It reports
// whether the text says such a thing.
func (s *step) leadTopic() bool {
	switch s.reading.Topic {
	case topicApplied:
		s.applied()
	case topicJobs:
		s.anyJobs()
	case topicFewerLeads:
		s.leadsAWeek(-1)
	case topicMoreLeads:
		s.leadsAWeek(1)
	default:
		return false
	}
	return true
}

// reason says whether a reading is a reason against a lead.
func reason(r understand.Reading) bool {
	return r.Topic == topicReason || r.Topic == topicMoreHours
}

// preferences are the reasons against a lead in the terms of the client's
// preferences, as far as the reading names them. What it does not name is for
// the specialist to read.
func preferences(r understand.Reading) []Preference {
	if r.Topic == topicMoreHours {
		return []Preference{PreferMoreHours}
	}
	if p := preferenceOf(reasonKind(r)); r.Topic == topicReason && p != "" {
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

// reasonKind is what the reading names as the reason. It names none yet, so
// that each reason goes to the specialist in the client's words.
func reasonKind(understand.Reading) string { return "" }
