package conversations_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"alongside/conversations"
)

// The leads and tasks of the stage.

// lead reads "o1 PC repair assistant | area Kentish Town | hours 12 | pay £12.60
// an hour | more No till. | closes Fri 2026-11-27 17:00".
func (s *stage) lead(t *testing.T, text string) conversations.Offer {
	t.Helper()
	parts := strings.Split(text, " | ")
	id, title, _ := strings.Cut(parts[0], " ")
	o := conversations.Offer{
		ID: conversations.OfferID(id), Status: conversations.OfferOpen, At: s.now,
		Lead: conversations.Lead{ID: conversations.LeadID("lead_" + id), Title: title},
	}
	for _, part := range parts[1:] {
		key, value, _ := strings.Cut(part, " ")
		switch key {
		case "area":
			o.Lead.Area = value
		case "hours":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			o.Lead.Hours = n
		case "pay":
			o.Lead.Pay = value
		case "more":
			o.Lead.More = value
		case "closes":
			o.Lead.Closes = s.time(t, value)
		case "filled":
			o.Lead.Filled = true
		default:
			t.Fatalf("lead %q: no such part", part)
		}
	}
	return o
}

// leadEvent reads the input lines that are events of leads and tasks.
func (s *stage) leadEvent(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	switch word {
	case "offer":
		return conversations.Event{Kind: conversations.EventOffered, Offer: s.lead(t, rest)}, true
	case "lead_changed":
		// The lead as it was, with what changed.
		id, change, _ := strings.Cut(rest, " ")
		o := s.lead(t, id+" | "+change)
		for _, known := range s.facts.Offers {
			if known.ID == o.ID {
				known.Lead.Filled = o.Lead.Filled
				if !o.Lead.Closes.IsZero() {
					known.Lead.Closes = o.Lead.Closes
				}
				o.Lead = known.Lead
			}
		}
		return conversations.Event{Kind: conversations.EventLeadChanged, Offer: o}, true
	case "task_due":
		return conversations.Event{Kind: conversations.EventTask, Task: conversations.TaskID(rest)}, true
	}
	return conversations.Event{}, false
}

// leadFact reads the lines that put a lead or a task on the caseload, and the
// client's settings that matter to them.
func (s *stage) leadFact(t *testing.T, word, rest string) bool {
	t.Helper()
	id, text, _ := strings.Cut(rest, " ")
	switch word {
	case "offered":
		status, text, _ := strings.Cut(text, " ")
		o := s.lead(t, id+" "+text)
		o.Status = conversations.OfferStatus(status)
		s.facts.Offers = append([]conversations.Offer{o}, s.facts.Offers...)
	case "task":
		s.facts.Tasks = append(s.facts.Tasks, conversations.Task{
			ID: conversations.TaskID(id), What: text, Status: conversations.TaskOpen,
		})
	default:
		return false
	}
	return true
}

// leadClient reads the settings of a client that matter to leads and tasks.
func (s *stage) leadClient(t *testing.T, key, value string) bool {
	t.Helper()
	c := &s.facts.Client
	switch key {
	case "held":
		c.Held = true
	case "guarded":
		c.Guarded = true
	case "stopped":
		c.Stopped = append(c.Stopped, conversations.Matter(value))
	case "leads":
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		c.LeadsAWeek = n
	default:
		return false
	}
	return true
}

// applyLead does the effects of leads and tasks to the stage.
func (s *stage) applyLead(e conversations.Effect) (string, bool) {
	switch e := e.(type) {
	case conversations.Offered:
		s.facts.Offers = append([]conversations.Offer{e.Offer}, s.facts.Offers...)
		return fmt.Sprintf("offer %s: %s", e.Offer.ID, e.Offer.Status), true
	case conversations.SetOffer:
		for i := range s.facts.Offers {
			if s.facts.Offers[i].ID == e.ID {
				s.facts.Offers[i].Status = e.Status
			}
		}
		text := fmt.Sprintf("offer %s: %s", e.ID, e.Status)
		for _, why := range e.Why {
			text += " " + string(why)
		}
		return text, true
	case conversations.SetTask:
		s.facts.Tasks = slices.Clone(s.facts.Tasks)
		for i := range s.facts.Tasks {
			if s.facts.Tasks[i].ID == e.ID {
				s.facts.Tasks[i].Status = e.Status
			}
		}
		// What is done is not among the facts of the next turn.
		s.facts.Tasks = slices.DeleteFunc(s.facts.Tasks, func(t conversations.Task) bool { return t.Status == conversations.TaskDone })
		return fmt.Sprintf("task %s: %s", e.ID, e.Status), true
	case conversations.Set:
		return s.set(e.Settings), true
	}
	return "", false
}

func (s *stage) set(set conversations.Settings) string {
	c, text := &s.facts.Client, "set"
	if set.LeadsAWeek != nil {
		c.LeadsAWeek = *set.LeadsAWeek
		text += fmt.Sprintf(" leads a week %d", c.LeadsAWeek)
	}
	for _, m := range set.Stop {
		c.Stopped = append(slices.Clone(c.Stopped), m)
		text += " stop " + string(m)
	}
	for _, m := range set.Allow {
		c.Stopped = slices.DeleteFunc(slices.Clone(c.Stopped), func(k conversations.Matter) bool { return k == m })
		text += " allow " + string(m)
	}
	return text
}
