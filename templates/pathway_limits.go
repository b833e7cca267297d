package templates

import (
	"strings"
	"unicode/utf8"

	"alongside/conversations"
)

// limitsFile is what a pathway says of how much and how often. All of it may be
// left out: a pathway without a budget bounds nothing.
type limitsFile struct {
	Budget     budgetFile     `yaml:"budget"`
	Unanswered unansweredFile `yaml:"unanswered"`
	CheckIns   []seriesFile   `yaml:"check_ins"`
	Feedback   feedbackFile   `yaml:"feedback"`
	Basis      at[string]     `yaml:"lawful_basis"`
	Keep       at[spanFile]   `yaml:"keep"`
}

type budgetFile struct {
	ADay     at[int] `yaml:"a_day"`
	AWeek    at[int] `yaml:"a_week"`
	CheckIns at[int] `yaml:"check_ins_a_week"`
}

type unansweredFile struct {
	Questions at[int] `yaml:"questions"`
	Days      at[int] `yaml:"days"`
}

type seriesFile struct {
	Kind  at[string]   `yaml:"kind"`
	Rule  at[string]   `yaml:"rule"`
	From  at[string]   `yaml:"from"`
	After at[spanFile] `yaml:"after"`
	Clock at[string]   `yaml:"at"`
}

type feedbackFile struct {
	From  at[string]   `yaml:"from"`
	Every at[spanFile] `yaml:"every"`
}

// What holds of a budget where a pathway says nothing else (DESIGN.md, rule 10),
// and when silence is put before a specialist.
const (
	usualADay, usualAWeek, usualCheckIns  = 1, 3, 1
	usualUnanswered, usualUnansweredDays  = 2, 7
	mostADay, mostAWeek, longestUnsettled = 5, 20, 60
	longestBasis                          = 200
)

// limits checks how much and how often.
func (c *pathwayCheck) limits(p limitsFile, out *conversations.Pathway) {
	if b := p.Budget; b.ADay.line+b.AWeek.line+b.CheckIns.line > 0 {
		out.Budget = conversations.Budget{
			ADay:     c.number("budget: a_day", b.ADay, usualADay, 0, mostADay),
			AWeek:    c.number("budget: a_week", b.AWeek, usualAWeek, 0, mostAWeek),
			CheckIns: c.number("budget: check_ins_a_week", b.CheckIns, usualCheckIns, 0, 7),
			Leads:    out.LeadsAWeek,
		}
	}
	out.Unanswered = conversations.Unanswered{
		Questions: c.number("unanswered: questions", p.Unanswered.Questions, usualUnanswered, 1, 10),
		Days:      c.number("unanswered: days", p.Unanswered.Days, usualUnansweredDays, 1, longestUnsettled),
	}
	for _, f := range p.CheckIns {
		out.CheckIns = append(out.CheckIns, c.series(f))
	}
	if f := p.Feedback; f.From.line > 0 || f.Every.line > 0 {
		out.Feedback = conversations.FeedbackRule{
			From: oneName(c, "feedback: from", f.From, conversations.Milestones), Every: c.span("feedback: every", f.Every),
		}
	}
	out.Basis = strings.TrimSpace(p.Basis.value)
	if utf8.RuneCountInString(out.Basis) > longestBasis {
		c.fault(p.Basis.line, "lawful_basis", "want at most %d characters", longestBasis)
	}
	if p.Keep.line > 0 {
		out.Keep = c.span("keep", p.Keep)
	}
}

// series checks one check-in: either a rhythm or a span after a milestone.
func (c *pathwayCheck) series(f seriesFile) conversations.Series {
	s := conversations.Series{Kind: oneName(c, "check_ins: kind", f.Kind, conversations.CheckInKinds), Rule: f.Rule.value}
	if f.Clock.line > 0 {
		s.Clock = max(0, c.clock("check_ins: at", f.Clock))
	}
	switch {
	case f.Rule.line > 0 && f.From.line > 0:
		c.fault(f.From.line, "check_ins: from", "want either a rule or a milestone that it follows")
	case f.Rule.line > 0:
		if err := conversations.CheckRule(s.Rule); err != nil {
			c.fault(f.Rule.line, "check_ins: rule", "%v", err)
		}
	case f.From.line > 0:
		s.From, s.After = oneName(c, "check_ins: from", f.From, conversations.Milestones), c.span("check_ins: after", f.After)
	}
	return s
}
