package conversations_test

import (
	"strings"
	"testing"

	"alongside/conversations"

	"pgregory.net/rapid"
)

// While a client is on hold no reminder goes without a person's tap, and
// nothing that a hold stops goes at all; danger always ends in a hold of whom
// one can hold; each hold has its morning; and a release leaves nothing behind.
func TestHoldInEveryState(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		held, recalled, began := facts.Client.Held, false, false
		alerted := false
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Hold:
				if held {
					t.Fatal("who is on hold was put on hold again")
				}
				held, began = true, true
			case conversations.Release:
				held = false
			case conversations.Recall:
				recalled = true
				if !e.At.After(s.now) || after.Recall != e.At.UnixMilli() {
					t.Fatalf("it comes back at %s, and it is %s", e.At, s.now)
				}
			case conversations.RaiseAlert:
				alerted = true
			case conversations.Say:
				unasked := e.Urgency == conversations.Prompt
				reminder := strings.HasPrefix(e.Key, "appointment.reminder")
				stopped := e.Matter != "" && e.Matter != conversations.MatterAppointments
				if held && unasked && (stopped || reminder && event.Kind != conversations.EventReminderAllowed) {
					t.Fatalf("%s goes to a client on hold, on %s", e.Key, event.Kind)
				}
			}
		}
		if began && !recalled {
			t.Fatal("a hold began that never comes back")
		}
		if alerted && facts.Known() && !facts.Client.Closed && !held {
			t.Fatal("danger, and no hold")
		}
		if !held && facts.Client.Held && (len(after.Held) > 0 || after.Recall != 0) {
			t.Fatalf("released, and still: %+v", after)
		}
	})
}

// A reminder that waits is never lost in silence: it stays, goes, or says why not.
func TestAReminderThatWaitsIsAccountedFor(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, _ := drawScene(t, &s)
		if !facts.Client.Held || len(facts.Appointments) == 0 || facts.Client.Closed {
			return
		}
		a := rapid.SampledFrom(facts.Appointments).Draw(t, "reminded")
		event := conversations.Event{Kind: conversations.EventReminder, Before: 1440, Appointment: a}
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if !a.At.After(s.now) {
			return
		}
		waits := false
		for _, r := range after.Held {
			waits = waits || r.Appointment == a.ID && r.Before == 1440
		}
		said := false
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Skip:
				said = said || e.Appointment == a.ID
			case conversations.RaiseFlag:
				said = said || e.Reason == conversations.FlagReminderWaits && e.Appointment == a.ID
			}
		}
		if !waits && !said {
			t.Fatalf("the reminder of %+v is gone: %+v", a, effects)
		}
	})
}
