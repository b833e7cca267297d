package conversations_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// settings reads "wakes=11 rests=18 rest_days=1,5 paused=2026-12-07 stop=leads
// allow=leads detail=true guarded=false leads=2", the line of a specialist who
// sets by hand what the client may set by text.
func (s *stage) settings(t *testing.T, fields []string) conversations.Settings {
	t.Helper()
	var x conversations.Settings
	number := func(v string) int {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, f := range fields {
		k, v, _ := strings.Cut(f, "=")
		switch k {
		case "wakes":
			x.Wakes = new(number(v) * 60)
		case "rests":
			x.Rests = new(number(v) * 60)
		case "rest_days":
			days := []time.Weekday{}
			for d := range strings.SplitSeq(v, ",") {
				days = append(days, time.Weekday(number(d)))
			}
			x.RestDays = &days
		case "paused":
			at := time.Time{}
			if v != "" {
				var err error
				if at, err = time.ParseInLocation(time.DateOnly, v, s.zone); err != nil {
					t.Fatal(err)
				}
			}
			x.PausedUntil = &at
		case "stop":
			x.Stop = []conversations.Matter{conversations.Matter(v)}
		case "allow":
			x.Allow = []conversations.Matter{conversations.Matter(v)}
		case "detail":
			x.Detail = new(v == "true")
		case "guarded":
			x.Guarded = new(v == "true")
		case "replan":
			x.Replan = true
		case "reminders":
			offsets := []int{}
			for m := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' }) {
				offsets = append(offsets, number(m))
			}
			x.Reminders = &offsets
		case "leads":
			x.LeadsAWeek = new(number(v))
		default:
			t.Fatalf("settings %q: no such setting", f)
		}
	}
	return x
}

// wasSet writes what a setting changed.
func wasSet(x conversations.Settings) string {
	text := "set"
	clock := func(name string, v *int) {
		if v != nil {
			text += fmt.Sprintf(" %s=%02d:%02d", name, *v/60, *v%60)
		}
	}
	clock("wakes", x.Wakes)
	clock("rests", x.Rests)
	if x.RestDays != nil {
		text += fmt.Sprintf(" rest_days=%v", *x.RestDays)
	}
	if x.PausedUntil != nil {
		if x.PausedUntil.IsZero() {
			text += " paused=no"
		} else {
			text += " paused=" + x.PausedUntil.Format(stageTime)
		}
	}
	if len(x.Stop) > 0 {
		text += fmt.Sprintf(" stop=%v", x.Stop)
	}
	if len(x.Allow) > 0 {
		text += fmt.Sprintf(" allow=%v", x.Allow)
	}
	if x.Detail != nil {
		text += fmt.Sprintf(" detail=%t", *x.Detail)
	}
	if x.Guarded != nil {
		text += fmt.Sprintf(" guarded=%t", *x.Guarded)
	}
	if x.LeadsAWeek != nil {
		text += fmt.Sprintf(" leads_a_week=%d", *x.LeadsAWeek)
	}
	return text
}

func drawSettings(t *rapid.T) conversations.Settings {
	var x conversations.Settings
	some := func(name string) bool { return rapid.Bool().Draw(t, name) }
	minutes := func(name string) *int { return new(rapid.IntRange(0, 24*60-1).Draw(t, name)) }
	if some("sets wakes") {
		x.Wakes = minutes("wakes")
	}
	if some("sets rests") {
		x.Rests = minutes("rests")
	}
	if some("sets days") {
		x.RestDays = new(rapid.SliceOfDistinct(rapid.Map(rapid.IntRange(0, 6), func(d int) time.Weekday { return time.Weekday(d) }), rapid.ID).Draw(t, "days"))
	}
	if some("sets pause") {
		x.PausedUntil = new(time.Date(2026, 11, rapid.IntRange(1, 60).Draw(t, "until"), 0, 0, 0, 0, time.UTC))
	}
	x.Stop = rapid.SliceOfDistinct(rapid.SampledFrom(conversations.Matters), rapid.ID).Draw(t, "stop")
	x.Allow = rapid.SliceOfDistinct(rapid.SampledFrom(conversations.Matters), rapid.ID).Draw(t, "allow")
	if some("sets detail") {
		x.Detail = new(some("detail"))
	}
	if some("sets guarded") {
		x.Guarded = new(some("guarded"))
	}
	return x
}

// Setting the same twice is setting it once; what is nil stays; who is guarded
// has no detail; and the client that was given is not changed.
func TestWithHoldsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := conversations.Client{ID: "c1", Stopped: []conversations.Matter{conversations.MatterLeads}}.With(drawSettings(t))
		before, _ := json.Marshal(c)
		x := drawSettings(t)
		once := c.With(x)
		if after, _ := json.Marshal(c); string(after) != string(before) {
			t.Fatalf("the client given was changed: %s, then %s", before, after)
		}
		if diff := cmp.Diff(once, once.With(x)); diff != "" {
			t.Fatalf("twice is not once: %s", diff)
		}
		if diff := cmp.Diff(c, c.With(conversations.Settings{}), cmp.Transformer("json", func(c conversations.Client) string {
			raw, _ := json.Marshal(c)
			return string(raw)
		})); diff != "" {
			t.Fatalf("setting nothing changed something: %s", diff)
		}
		if once.Guarded && once.Detail {
			t.Fatal("guarded, and texts say the place")
		}
	})
}

// A specialist sets by hand what a client may set by text, and nothing is sent.
func TestSettingByHandSendsNothing(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		event.Kind, event.Settings = conversations.EventSettings, drawSettings(t)
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if got := says(effects); len(got) != 0 {
			t.Fatalf("%s was said", got[0].Key)
		}
		set := 0
		for _, e := range effects {
			if _, is := e.(conversations.Set); is {
				set++
			}
		}
		if want := boolInt(facts.Known() && !event.Settings.IsZero()); set != want {
			t.Fatalf("%d settings were written, want %d", set, want)
		}
	})
}

// What the client wished holds in every state and for every event: nothing
// unasked goes in a pause, about what was stopped, after the hour of rest or on
// a day of rest, and where texts may come again by that very turn, it says so.
func TestWishesHoldInEveryState(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		if !facts.Known() {
			return
		}
		facts.Client = facts.Client.With(drawSettings(t))
		state.Declined = s.now.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "declined")) * time.Hour).UnixMilli()
		state.Hello = conversations.Repeats{Since: s.now.Add(-time.Minute).UnixMilli(), Times: rapid.IntRange(0, 5).Draw(t, "hellos")}
		state.Unsure, state.FedBack = state.Hello, state.Hello
		if event.Kind == conversations.EventSettings {
			event.Settings = drawSettings(t)
		}
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		c := facts.Client
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Set:
				c = c.With(e.Settings)
			case conversations.Say:
				if e.Urgency == conversations.Prompt && agreementOn(facts, nil, e.Channel) != conversations.AgreementAsked {
					keepsToWishes(t, &s, c, e)
				}
			}
		}
	})
}

func keepsToWishes(t *rapid.T, s *stage, c conversations.Client, m conversations.Say) {
	when := s.now
	if !m.NotBefore.IsZero() {
		when = m.NotBefore.In(s.zone)
	}
	switch minutes := when.Hour()*60 + when.Minute(); {
	case m.Key == "optin.question":
		// The one text that comes before any wish could be known on this channel.
	case s.now.Before(c.PausedUntil):
		t.Fatalf("%s goes in a pause until %s", m.Key, c.PausedUntil)
	case m.Matter != "" && slices.Contains(c.Stopped, m.Matter):
		t.Fatalf("%s goes, and %s is stopped", m.Key, m.Matter)
	case c.Rests > 0 && minutes >= c.Rests:
		t.Fatalf("%s goes at %s, after the hour of rest", m.Key, when)
	case slices.Contains(c.RestDays, when.Weekday()):
		t.Fatalf("%s goes on a %s", m.Key, when.Weekday())
	}
}
