package conversations

import (
	"maps"
	"slices"
	"time"
)

// While a specialist is away somebody else reads what their clients write, and
// acts on it. The client hears of it once, with the next thing that is said to
// them, in the assistant's own words: what a person says is signed by that
// person (rule 8). From then on everything that names who reads and who acts
// names the cover; whom they meet and who asked for something stays as it is.

// AbsenceID names one absence of a specialist.
type AbsenceID string

// Cover is who stands in for a client's specialist at the moment of a turn. The
// zero value is nobody: the specialist is there.
type Cover struct {
	// Absence is the one that holds; empty if none does.
	Absence AbsenceID
	// ID and Name are the cover's, or, where they are away too, their cover's;
	// empty where that one is away as well: the pathway's lead stands in.
	ID   SpecialistID
	Name string
	// Until is the end of the absence.
	Until time.Time
}

// Covered is what a client was told last of who stands in.
type Covered struct {
	// Cover is empty for the lead.
	Cover SpecialistID `json:"cover,omitempty"`
	// Until is the end that was named, in Unix milliseconds.
	Until int64 `json:"until"`
}

// cover is the first name of who stands in; empty if nobody does, or nobody
// whose name is known.
func (s *step) cover() string {
	switch c := s.facts.Cover; {
	case c.Absence == "":
		return ""
	case c.ID == "":
		return s.rules.Pathway.Lead.Name
	default:
		return c.Name
	}
}

// namesOwn are the keys whose "specialist" is whom the client meets, agreed
// something with or is asked about, and nobody in their place.
var namesOwn = []string{
	"optin.question", "optin.unsure", "optin.welcome", "optin.thanks", "optin.declined", "start.welcome_back", "pause.over",
	"source.agreed", "source.asked", "help", "specialist_real", "appointment.reminder", "appointment.reminder_at",
	"appointment.reminder_confirmed", "appointment.reminder_confirmed_at", "appointment.confirmed", "appointment.confirmed_condition",
	"appointment.details", "appointment.details_at", "appointment.next", "appointment.next_at", "appointment.with", "appointment.free_one",
	"appointment.free_two", "appointment.free_three", "correction.confirmed", "question.check_in", "question.task", "question.feedback",
	"feedback.ask", "feedback.thanks", "feedback.more", "feedback.more_again", "feedback_hard.open", "feedback_hard.later", "lead.noted",
	"lead.weekly", "lead.closing", "lead.closing_found", "lead.closing_wanted", "task.ask", "task.ask_found", "cover.told", "cover.back",
}

// namesActor are those whose "specialist" has just done or asked something: who
// is away, if it was they; else, while they are away, the cover.
var namesActor = []string{
	"appointment.moved", "appointment.agreed", "appointment.cancelled", "appointment.another_time", "appointment.another_time_one",
	"appointment.another_time_two", "appointment.another_time_three", "call.ring", "call.ring_from", "person.settled", "lead.offer", "lead.offer_found",
}

// named puts the cover's name where words name who reads and who acts. Words
// that a person signed are left as they are.
func (s *step) named(m Say) Say {
	cover := s.cover()
	if cover == "" || m.Nudge != "" || m.Vars["specialist"] != s.facts.Specialist.Name {
		return m
	}
	if slices.Contains(namesOwn, m.Key) || slices.Contains(namesActor, m.Key) && s.event.By == s.facts.Specialist.ID {
		return m
	}
	m.Vars = maps.Clone(m.Vars)
	m.Vars["specialist"] = cover
	return m
}

// tellCover says who stands in, or that the specialist is back before their
// time: once, before the next thing that goes at once to a client who agreed to
// texts. Words for danger stand alone, and nothing is told to whoever else may
// hold the phone.
func (s *step) tellCover() {
	c, was := s.facts.Cover, s.state.Covered
	if c.Absence == "" && was != nil && s.now.UnixMilli() >= was.Until {
		s.state.Covered, was = nil, nil // As was said.
	}
	if c.Absence == "" && was == nil || !s.facts.Known() || s.facts.Client.Closed || s.borrowed() || s.quiet {
		return
	}
	now := Covered{Cover: c.ID, Until: c.Until.UnixMilli()}
	name := s.cover()
	if c.Absence != "" && (name == "" || was != nil && *was == now) {
		return
	}
	at := -1
	for i, e := range s.effects {
		m, ok := e.(Say)
		switch {
		case !ok:
		case m.Urgency == Crisis:
			return
		case at < 0 && m.NotBefore.IsZero() && s.reach(m.Channel).Agreement == AgreementGiven && !toOthers[m.Key]:
			at = i
		}
	}
	if at < 0 {
		return
	}
	with, _ := s.effects[at].(Say)
	m := Say{
		Key: "cover.back", Vars: map[string]any{"specialist": s.facts.Specialist.Name},
		Channel: with.Channel, Language: with.Language, Urgency: with.Urgency, Until: with.Until, Closes: with.Closes,
	}
	s.state.Covered = nil
	if c.Absence != "" {
		m.Key, s.state.Covered = "cover.told", &now
		m.Vars["cover"], m.Vars["day"] = name, Day(s.backOn(c.Until))
	}
	if name := s.facts.Client.Name; m.Urgency == Prompt && s.facts.Client.Named && name != "" {
		m.Vars["name"] = name
	}
	s.effects = slices.Insert(s.effects, at, Effect(m))
}

// toOthers are the keys of what is said where it may not be the client who reads.
var toOthers = map[string]bool{
	"third_party": true, "third_party_alerted": true, "third_party_again": true, "person.for_now": true, "condolence": true,
	"wrong_person": true, "link.expired": true,
}

// backOn is the first moment from an end on at which the service reads.
func (s *step) backOn(until time.Time) time.Time {
	until = until.In(s.now.Location())
	if open := s.readingHours().Next(until); !open.IsZero() {
		return open
	}
	return until
}
