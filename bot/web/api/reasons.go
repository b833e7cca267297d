package api

import (
	"fmt"
	"strings"

	"alongside/conversations"
)

// SayMatch says in plain words one reason for or against a job: "13 hours a
// week: within their under 16".
func SayMatch(r conversations.Reason) string {
	switch r.Aspect {
	case conversations.AspectHours:
		return sayHours(r)
	case conversations.AspectStart:
		return sayStart(r)
	case conversations.AspectTimes:
		switch r.Side {
		case conversations.SideAsk:
			return "when it is done is not known: ask"
		case conversations.SideFor:
			return string(r.Times) + ": nothing against them"
		default:
			return string(r.Times) + ": " + timesUnwanted(r.Times)
		}
	case conversations.AspectArea:
		switch r.Side {
		case conversations.SideAsk:
			return "where it is is not known: ask"
		case conversations.SideFor:
			return r.Area + ": within their reach"
		default:
			return r.Area + ": not where they can get to"
		}
	case conversations.AspectTrait:
		said := traitsSaid[r.Trait]
		switch r.Side {
		case conversations.SideAsk:
			return r.Duty + " (" + said + "): ask whether this duty can be left out"
		case conversations.SideFor:
			return said + ": they like that"
		default:
			return said + ": they do not want that"
		}
	case conversations.AspectPermanence:
		switch r.Side {
		case conversations.SideAsk:
			return "how long it lasts is not known: ask"
		case conversations.SideFor:
			return permanencesSaid[r.Permanence] + ": they would take that"
		default:
			return permanencesSaid[r.Permanence] + ": not what they would take"
		}
	case conversations.AspectSaid:
		return "they said: " + preferencesSaid[r.Said]
	}
	return strings.ReplaceAll(string(r.Aspect), "_", " ")
}

func sayHours(r conversations.Reason) string {
	wish := fmt.Sprintf("their under %d", r.Limit)
	if r.More {
		wish = fmt.Sprintf("their at least %d", r.Limit)
	}
	switch r.Side {
	case conversations.SideAsk:
		return "how many hours a week is not known: ask (" + wish + ")"
	case conversations.SideFor:
		return fmt.Sprintf("%d hours a week: within %s", r.Number, wish)
	default:
		return fmt.Sprintf("%d hours a week: outside %s", r.Number, wish)
	}
}

func sayStart(r conversations.Reason) string {
	wish := "their not before " + clock(r.Limit)
	switch r.Side {
	case conversations.SideAsk:
		return "when a day begins is not known: ask (" + wish + ")"
	case conversations.SideFor:
		return "begins at " + clock(r.Number) + ": within " + wish
	default:
		return "begins at " + clock(r.Number) + ": too early for " + wish
	}
}

func timesUnwanted(t conversations.Times) string {
	if t == conversations.TimesShifts {
		return "does not want shifts that change"
	}
	return "does not want " + string(t)
}

// traitsSaid say in plain words what work is like.
var traitsSaid = map[conversations.Trait]string{
	conversations.TraitPublic:   "meeting customers",
	conversations.TraitCrowds:   "many people about",
	conversations.TraitAlone:    "mostly alone",
	conversations.TraitTeam:     "with others",
	conversations.TraitIndoors:  "indoors",
	conversations.TraitOutdoors: "outdoors in all weathers",
	conversations.TraitMess:     "dirt and smells",
	conversations.TraitLifting:  "lifting",
	conversations.TraitTill:     "the till",
	conversations.TraitPressure: "pressure of time",
	conversations.TraitChange:   "no two days alike",
	conversations.TraitRoutine:  "the same each day",
	conversations.TraitNoise:    "noise",
	conversations.TraitDriving:  "driving",
	conversations.TraitPhone:    "speaking on the telephone",
}

// permanencesSaid say in plain words how long a job lasts.
var permanencesSaid = map[conversations.Permanence]string{
	conversations.Permanent: "permanent",
	conversations.FixedTerm: "for a fixed term",
	conversations.Seasonal:  "for a season",
	conversations.ZeroHours: "without fixed hours",
}

// preferencesSaid say in plain words what somebody wants of work.
var preferencesSaid = map[conversations.Preference]string{
	conversations.PreferFewerHours:    "fewer hours",
	conversations.PreferMoreHours:     "more hours",
	conversations.PreferNearer:        "nearer to home",
	conversations.PreferNotPublic:     "no customers",
	conversations.PreferFewerPeople:   "fewer people",
	conversations.PreferLaterStart:    "a later start",
	conversations.PreferNoEvenings:    "no evenings",
	conversations.PreferNoNights:      "no nights",
	conversations.PreferNoWeekends:    "no weekends",
	conversations.PreferNoShifts:      "no shifts that change",
	conversations.PreferNoLifting:     "no lifting",
	conversations.PreferNoTill:        "no till",
	conversations.PreferQuieter:       "quieter",
	conversations.PreferBetterPay:     "better pay",
	conversations.PreferOtherWork:     "other work",
	conversations.PreferNoPressure:    "no pressure",
	conversations.PreferNotNow:        "not now",
	conversations.PreferSomethingElse: "something else",
}
