package conversations

import (
	"slices"
	"strings"
)

// Side says what a reason speaks for.
type Side string

// The sides. To ask is neither: one duty that does not fit can often be left
// out of a job, and what is not known can be found out. That is for a person to
// do, and no reason to keep a job from somebody.
const (
	SideFor     Side = "for"
	SideAgainst Side = "against"
	SideAsk     Side = "ask"
)

// Aspect is what a reason is about.
type Aspect string

// The aspects.
const (
	AspectHours      Aspect = "hours"
	AspectStart      Aspect = "start"
	AspectTimes      Aspect = "times"
	AspectArea       Aspect = "area"
	AspectTrait      Aspect = "trait"
	AspectPermanence Aspect = "permanence"
	AspectSaid       Aspect = "said"
)

// Reason is one reason for or against a job, in parts, so that it can be said in
// any language ("13 hours a week: within their under 16").
type Reason struct {
	Side   Side
	Aspect Aspect
	// Number is what the job has, Limit what they wish (hours, or minutes after
	// midnight); 0 where not known or not bounded. More says that the limit is
	// the least and not the most.
	Number, Limit int
	More          bool
	Times         Times
	Trait         Trait
	Area          string
	Permanence    Permanence
	Said          Preference
	// Duty is the one duty that a trait comes from; empty where it is the work as
	// a whole.
	Duty string
}

// Match is how a job suits somebody, with every reason, in a fixed order.
type Match struct{ Reasons []Reason }

// Fits says that nothing speaks against it.
func (m Match) Fits() bool { return len(m.of(SideAgainst)) == 0 }

// For lists the reasons for the job.
func (m Match) For() []Reason { return m.of(SideFor) }

// Against lists those against it.
func (m Match) Against() []Reason { return m.of(SideAgainst) }

// Ask lists what should be asked about first.
func (m Match) Ask() []Reason { return m.of(SideAsk) }

func (m Match) of(s Side) []Reason {
	var list []Reason
	for _, r := range m.Reasons {
		if r.Side == s {
			list = append(list, r)
		}
	}
	return list
}

// MatchJob compares what is known of a job with what somebody wishes. It never
// adds up a score: which reason weighs most is for the people to say.
func MatchJob(j Job, w Wishes) Match {
	var m Match
	m.hours(j, w)
	m.times(j, w)
	m.area(j, w)
	m.traits(j, w)
	if len(w.Permanence) > 0 {
		m.known(j.Permanence != "", slices.Contains(w.Permanence, j.Permanence), Reason{Aspect: AspectPermanence, Permanence: j.Permanence})
	}
	for _, p := range w.Said {
		m.add(SideAsk, Reason{Aspect: AspectSaid, Said: p})
	}
	return m
}

func (m *Match) add(s Side, r Reason) {
	r.Side = s
	m.Reasons = append(m.Reasons, r)
}

// known adds a reason on the side that it is on; what is not known is asked.
func (m *Match) known(known, fits bool, r Reason) {
	switch {
	case !known:
		m.add(SideAsk, r)
	case fits:
		m.add(SideFor, r)
	default:
		m.add(SideAgainst, r)
	}
}

func (m *Match) hours(j Job, w Wishes) {
	if w.Below > 0 {
		m.known(j.Hours > 0, j.Hours < w.Below, Reason{Aspect: AspectHours, Number: j.Hours, Limit: w.Below})
	}
	if w.AtLeast > 0 {
		m.known(j.Hours > 0, j.Hours >= w.AtLeast, Reason{Aspect: AspectHours, Number: j.Hours, Limit: w.AtLeast, More: true})
	}
	if w.NotBefore > 0 {
		m.known(j.Starts > 0, j.Starts >= w.NotBefore, Reason{Aspect: AspectStart, Number: j.Starts, Limit: w.NotBefore})
	}
}

// times: one of several that does not fit may be left out ("only the weekends
// would not do"); where every one is unwanted the job is.
func (m *Match) times(j Job, w Wishes) {
	if len(w.NotAt) == 0 {
		return
	}
	if len(j.Times) == 0 {
		m.add(SideAsk, Reason{Aspect: AspectTimes})
		return
	}
	for _, t := range j.Times {
		if slices.Contains(w.NotAt, t) {
			m.add(SideAgainst, Reason{Aspect: AspectTimes, Times: t})
		} else {
			m.add(SideFor, Reason{Aspect: AspectTimes, Times: t})
		}
	}
}

func (m *Match) area(j Job, w Wishes) {
	if len(w.Areas) == 0 {
		return
	}
	m.known(strings.TrimSpace(j.Area) != "", slices.ContainsFunc(w.Areas, func(a string) bool { return sameArea(a, j.Area) }),
		Reason{Aspect: AspectArea, Area: j.Area})
}

// sameArea compares two names of a place as people write them. The first half
// of a postcode takes in the whole of it: "NG9" that of "NG9 2AB".
func sameArea(reach, area string) bool {
	reach, area = strings.ToLower(strings.TrimSpace(reach)), strings.ToLower(strings.TrimSpace(area))
	return reach != "" && (reach == area || strings.HasPrefix(area, reach+" "))
}

// traits: one that the whole work has, or every duty of it, speaks for itself.
// One that a single duty brings is asked about: that duty may be left out.
func (m *Match) traits(j Job, w Wishes) {
	for _, t := range w.Avoids {
		duties := j.with(t)
		switch {
		case slices.Contains(j.Traits, t), len(duties) > 0 && len(duties) == len(j.Duties):
			m.add(SideAgainst, Reason{Aspect: AspectTrait, Trait: t})
		case len(duties) > 0:
			for _, d := range duties {
				m.add(SideAsk, Reason{Aspect: AspectTrait, Trait: t, Duty: d})
			}
		}
	}
	for _, t := range w.Likes {
		if slices.Contains(j.Traits, t) || len(j.with(t)) > 0 {
			m.add(SideFor, Reason{Aspect: AspectTrait, Trait: t})
		}
	}
}

// with lists the duties that bring a trait.
func (j Job) with(t Trait) []string {
	var list []string
	for _, d := range j.Duties {
		if slices.Contains(d.Traits, t) {
			list = append(list, d.Text)
		}
	}
	return list
}

// After are the wishes once a client has said why a job is not for them. What
// was wished before stays; a reason only ever narrows it, and one that names no
// bound of its own takes that of the job they turned down.
func (w Wishes) After(p Preference, j Job) Wishes {
	w.NotAt, w.Avoids, w.Areas, w.Said = slices.Clone(w.NotAt), slices.Clone(w.Avoids), slices.Clone(w.Areas), slices.Clone(w.Said)
	avoid := func(list ...Trait) {
		for _, t := range list {
			if !slices.Contains(w.Avoids, t) {
				w.Avoids = append(w.Avoids, t)
			}
		}
		w.Likes = slices.DeleteFunc(slices.Clone(w.Likes), func(t Trait) bool { return slices.Contains(list, t) })
	}
	not := func(t Times) {
		if !slices.Contains(w.NotAt, t) {
			w.NotAt = append(w.NotAt, t)
		}
	}
	switch {
	case p == PreferFewerHours && j.Hours > 0:
		if w.Below == 0 || j.Hours < w.Below {
			w.Below = j.Hours
		}
	case p == PreferMoreHours && j.Hours > 0:
		w.AtLeast = max(w.AtLeast, j.Hours+1)
	case p == PreferLaterStart && j.Starts > 0:
		w.NotBefore = max(w.NotBefore, j.Starts+halfHour)
	case p == PreferNearer && slices.ContainsFunc(w.Areas, func(a string) bool { return sameArea(a, j.Area) }) && len(w.Areas) > 1:
		w.Areas = slices.DeleteFunc(w.Areas, func(a string) bool { return sameArea(a, j.Area) })
	case p == PreferNotPublic:
		avoid(TraitPublic)
	case p == PreferFewerPeople:
		// Too many people: those who come and go, and those who are about.
		avoid(TraitPublic, TraitCrowds)
	case p == PreferNoEvenings:
		not(TimesEvenings)
	case p == PreferNoNights:
		not(TimesNights)
	case p == PreferNoWeekends:
		not(TimesWeekends)
	case p == PreferNoShifts:
		not(TimesShifts)
	case p == PreferNoLifting:
		avoid(TraitLifting)
	case p == PreferNoTill:
		avoid(TraitTill)
	case p == PreferQuieter:
		avoid(TraitNoise, TraitCrowds)
	case p == PreferNoPressure:
		avoid(TraitPressure)
	case p == PreferNotNow:
		// Says nothing about the work.
	default:
		if !slices.Contains(w.Said, p) {
			w.Said = append(w.Said, p)
		}
	}
	return w
}

// halfHour is how much later a day has to begin, at the least, for somebody who
// found the one before too early; in minutes.
const halfHour = 30
