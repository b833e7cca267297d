package main_test

import (
	"slices"
	"strings"
	"testing"

	"alongside/bot/carrier"
)

// fact finds a line of what else is on the caseload.
func (h holder) fact(kind string) carrier.FactView {
	i := slices.IndexFunc(h.on.Facts, func(f carrier.FactView) bool { return f.Kind == kind })
	if i < 0 {
		return carrier.FactView{}
	}
	return h.on.Facts[i]
}

// desk does what the specialist's buttons do.
func (d *demonstration) desk(person, do string, more ...string) {
	d.t.Helper()
	what := map[string]any{"phone": person, "do": "desk_" + do}
	for i := 0; i < len(more); i += 2 {
		what[more[i]] = more[i+1]
	}
	d.act(what)
}

// TestDemoDesk does what the specialist can do beside John's phone, and reads
// on the caseload what came of it.
func TestDemoDesk(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	d.until("John is reminded", reminded("john"))
	if s := d.state(); len(s.Caseload.Acts) < 4 || len(s.Caseload.Meanings) < 10 {
		t.Fatalf("the page has %d buttons and %d meanings", len(s.Caseload.Acts), len(s.Caseload.Meanings))
	}

	// A text that is not understood is put right, by hand.
	d.text("john", "blue bicycle seventeen")
	unread := func(m carrier.MessageView) bool { return m.Inbound && m.Correctable }
	s := d.until("the text is on the caseload", func(s shown) bool { return slices.ContainsFunc(s.person("john").on.Messages, unread) })
	list := s.person("john").on.Messages
	text := list[slices.IndexFunc(list, unread)]
	if !strings.HasSuffix(text.Read, "not sure") || text.Corrected != "" {
		t.Errorf("it was read as %q, put right to %q", text.Read, text.Corrected)
	}
	d.desk("john", "correct", "on", text.ID, "intent", "confirm")
	d.until("the appointment is confirmed", stands("john", "confirmed"))
	s = d.until("the text says so", func(s shown) bool {
		return slices.ContainsFunc(s.person("john").on.Messages, func(m carrier.MessageView) bool {
			return m.ID == text.ID && m.Corrected == "yes, that is fine"
		})
	})

	// A lead goes out, is answered, and is filled.
	before := len(s.person("john").heard())
	d.desk("john", "offer")
	d.until("the lead is announced", func(s shown) bool { return len(s.person("john").heard()) > before })
	d.text("john", "1")
	d.text("john", "1")
	d.until("John is interested", func(s shown) bool { return s.person("john").fact("Lead").State == "the client is interested" })
	d.desk("john", "filled")
	d.until("a person tells him", func(s shown) bool {
		return slices.ContainsFunc(s.person("john").on.Attention, func(a string) bool { return strings.Contains(a, "is filled; a person tells them") })
	})

	// Danger: an alert, which ends with what came of it, and a hold, which does not.
	d.text("john", "i want to kill myself tonight")
	d.until("the alert stands", func(s shown) bool { return len(s.person("john").on.Alerts) == 1 && s.person("john").on.Held })
	s = d.until("Sam and whoever is on duty are told", func(s shown) bool { return len(s.Team) >= 2 })
	told := s.Team[0].Phone + s.Team[1].Phone
	if !strings.Contains(told, "Sam’s phone") || !strings.Contains(told, "on duty") || strings.Contains(s.Team[0].Text+s.Team[1].Text, "John") {
		t.Errorf("the team is told: %+v", s.Team)
	}
	d.desk("john", "acknowledge")
	d.until("somebody is on it", func(s shown) bool {
		return len(s.person("john").on.Alerts) == 1 && s.person("john").on.Alerts[0].Acknowledged
	})
	d.desk("john", "outcome", "text", "Rang him, his sister is there.")
	d.until("the alert is closed", func(s shown) bool { return len(s.person("john").on.Alerts) == 0 && s.person("john").on.Held })
	d.desk("john", "release")
	d.until("the hold is over", func(s shown) bool { return !s.person("john").on.Held })
}
