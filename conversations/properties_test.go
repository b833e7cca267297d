package conversations_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"alongside/conversations"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What holds whatever the state and the event.

func drawChannel(t *rapid.T) conversations.Channel {
	return rapid.SampledFrom(conversations.Channels).Draw(t, "channel")
}

func drawAppointments(t *rapid.T, now time.Time) []conversations.Appointment {
	var out []conversations.Appointment
	for i := range rapid.IntRange(0, 3).Draw(t, "appointments") {
		a := conversations.Appointment{
			ID: conversations.AppointmentID(fmt.Sprintf("a%d", i+1)), Kind: conversations.Regular,
			At:     now.Add(time.Duration(rapid.IntRange(-3, 200).Draw(t, "hours")) * time.Hour),
			Status: rapid.SampledFrom(conversations.AppointmentStatuses[:4]).Draw(t, "status"),
			Place:  "Cafe Nero",
		}
		if rapid.Bool().Draw(t, "proposed") {
			a.Proposed = a.At.Add(24 * time.Hour)
		}
		out = append(out, a)
	}
	return out
}

func drawCheckIns(t *rapid.T) []conversations.CheckIn {
	var out []conversations.CheckIn
	for i := range rapid.IntRange(0, 2).Draw(t, "check-ins") {
		c := conversations.CheckIn{
			ID:   conversations.CheckInID(fmt.Sprintf("s%d", i+1)),
			Kind: rapid.SampledFrom(conversations.CheckInKinds).Draw(t, "of"),
		}
		if c.Kind == conversations.CheckInWellbeing {
			c.Words = "Have you been outside today?"
		}
		out = append(out, c)
	}
	return out
}

func drawFacts(t *rapid.T, s *stage) conversations.Facts {
	f := s.facts
	f.Client.Language = rapid.SampledFrom([]string{"en", "cy", ""}).Draw(t, "language")
	f.Client.Closed = rapid.Bool().Draw(t, "closed")
	f.Client.Detail = rapid.Bool().Draw(t, "detail")
	f.Client.Held = rapid.Bool().Draw(t, "held")
	f.Client.Wakes = rapid.SampledFrom([]int{0, 7 * 60, 11 * 60, 19 * 60}).Draw(t, "wakes")
	for _, c := range conversations.Channels {
		if rapid.Bool().Draw(t, "reachable") {
			f.Reach = append(f.Reach, conversations.Reach{
				Channel: c, Agreement: rapid.SampledFrom(conversations.Agreements).Draw(t, "agreement"),
				Blocked: rapid.Bool().Draw(t, "blocked"),
			})
		}
	}
	f.Appointments = drawAppointments(t, s.now)
	f.CheckIns = drawCheckIns(t)
	f.Client.Guarded = rapid.Bool().Draw(t, "guarded")
	return f
}

func drawQuestion(t *rapid.T, s *stage, f conversations.Facts, n int) conversations.Question {
	q := conversations.Question{
		ID:      conversations.QuestionID(fmt.Sprintf("q%d", n)),
		Kind:    rapid.SampledFrom(conversations.QuestionKinds).Draw(t, "kind"),
		Put:     rapid.IntRange(0, 2).Draw(t, "put"),
		AskedAt: s.now.Add(-time.Duration(rapid.IntRange(0, 48).Draw(t, "asked")) * time.Hour).UnixMilli(),
	}
	if q.Kind != conversations.AskOptIn && len(f.Appointments) > 0 {
		a := rapid.SampledFrom(f.Appointments).Draw(t, "about")
		q.Appointment, q.Stands = a.ID, a.At.UnixMilli()
	}
	if q.Kind == conversations.AskScale || q.Kind == conversations.AskFollowUp {
		q.Appointment, q.Stands = "", 0
		q.CheckIn = rapid.SampledFrom([]conversations.CheckInID{"s1", "s2"}).Draw(t, "series")
		q.Shown, q.Number = rapid.Bool().Draw(t, "shown"), rapid.IntRange(1, 5).Draw(t, "number")
	}
	if q.Kind == conversations.AskFeedback {
		q.Appointment, q.Stands = "", 0
		q.Shown = rapid.Bool().Draw(t, "offered")
	}
	if q.Kind == conversations.AskTime {
		q.Date, q.Clock = s.now.AddDate(0, 0, 3).Format(time.DateOnly), "15:00"
	}
	return q
}

func drawState(t *rapid.T, s *stage, f conversations.Facts) conversations.State {
	st := conversations.State{Version: conversations.StateVersion, Asked: 9}
	if rapid.Bool().Draw(t, "open") {
		q := drawQuestion(t, s, f, 1)
		q.Put = max(q.Put, 1)
		st.Open = &q
	}
	if rapid.Bool().Draw(t, "rang") {
		at := s.now.Add(time.Duration(rapid.IntRange(-90, 90).Draw(t, "ring")) * time.Minute)
		st.Ring = &conversations.Ring{At: at.UnixMilli(), Said: s.now.Add(-2 * time.Hour).UnixMilli()}
	}
	if rapid.Bool().Draw(t, "rated") {
		st.Closed = append(st.Closed, conversations.ClosedQuestion{
			ID: "q7", Kind: conversations.AskScale, CheckIn: "s1", Choice: conversations.ChooseTwo, At: s.now.Add(-time.Hour).UnixMilli(),
		})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "queue") {
		st.Queue = append(st.Queue, drawQuestion(t, s, f, i+2))
	}
	if f.Client.Held {
		st.Recall = s.now.Add(time.Duration(rapid.IntRange(-24, 72).Draw(t, "recall")) * time.Hour).UnixMilli()
		for _, a := range f.Appointments {
			if rapid.Bool().Draw(t, "reminder waits") {
				before := rapid.SampledFrom([]int{0, 1440, 4320}).Draw(t, "waits before")
				st.Held = append(st.Held, conversations.Reminded{Appointment: a.ID, Stands: a.At.UnixMilli(), Before: before})
			}
		}
	}
	return st
}

// ordinary texts, numbers, times, risk, stops: what people send.
var drawnTexts = []string{
	"1", "2", "3", "yes", "no", "yh thats fine", "cant make it", "friday 3pm?", "can we do another day", "half 3", "monday",
	"gonna be late", "where is it", "when am i seeing sam", "ring me", "ta x", "help", "cymraeg plis", "im not john", "",
	"cant stop crying", "the cat ate it", "i want to kill myself", "ive took all my tablets", "STOP", "START",
	"4", "5", "i meant 1", "cant make it then", "can we do 4", "ring me at 4", "its me again", "rubbish week, boss shouting",
	"pls dont text me no more", "CANCEL", "iawn diolch", "whenever suits", "👍", "это кто?", "leave it as it was",
}

func drawEvent(t *rapid.T, f conversations.Facts, s *stage) conversations.Event {
	e := conversations.Event{
		Kind: rapid.SampledFrom(conversations.EventKinds).Draw(t, "event"),
		From: conversations.Address{Channel: drawChannel(t), Value: "x"},
		Text: rapid.SampledFrom(drawnTexts).Draw(t, "text"),
	}
	e.Button = rapid.SampledFrom([]string{"q1:confirm", "q1:yes", "q2:cannot", "q3:change", "q1:keep", "q1:1", "q7:4", "q1:show", "x", ""}).Draw(t, "button")
	e.Question = conversations.QuestionID(rapid.SampledFrom([]string{"q1", "q2", "q8"}).Draw(t, "question"))
	e.CheckIn = rapid.SampledFrom([]conversations.CheckInID{"s1", "s9"}).Draw(t, "check-in")
	e.Ring = s.now.Add(time.Duration(rapid.IntRange(-60, 300).Draw(t, "rings")) * time.Minute)
	e.Channel = drawChannel(t)
	e.Agreement = rapid.SampledFrom(conversations.Agreements).Draw(t, "to")
	e.Before = rapid.SampledFrom([]int{0, 1440, 4320}).Draw(t, "before")
	e.Appointment = conversations.Appointment{ID: "new", Kind: conversations.Regular, At: s.now.Add(50 * time.Hour)}
	if len(f.Appointments) > 0 && rapid.Bool().Draw(t, "known appointment") {
		e.Appointment = rapid.SampledFrom(f.Appointments).Draw(t, "appointment")
		if rapid.Bool().Draw(t, "other time") {
			e.Appointment.At = e.Appointment.At.Add(24 * time.Hour)
		}
	}
	e.Blocked = rapid.Bool().Draw(t, "carrier blocked")
	return e
}

func drawScene(t *rapid.T, s *stage) (conversations.Facts, conversations.State, conversations.Event) {
	s.now = time.Date(2026, 11, 23, 0, 0, 0, 0, s.zone).Add(time.Duration(rapid.IntRange(0, 14*24*60).Draw(t, "now")) * time.Minute)
	f := drawFacts(t, s)
	if rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
		f = conversations.Facts{}
	}
	return f, drawState(t, s, f), drawEvent(t, f, s)
}

func says(effects []conversations.Effect) []conversations.Say {
	var out []conversations.Say
	for _, e := range effects {
		if m, ok := e.(conversations.Say); ok {
			out = append(out, m)
		}
	}
	return out
}

func agreementOn(f conversations.Facts, effects []conversations.Effect, c conversations.Channel) conversations.Agreement {
	now := conversations.AgreementNone
	for _, r := range f.Reach {
		if r.Channel == c {
			now = r.Agreement
		}
	}
	for _, e := range effects {
		if a, ok := e.(conversations.SetAgreement); ok && (a.Channel == c || a.Channel == "") {
			now = a.Agreement
		}
	}
	return now
}

func TestNextHoldsItsPromises(t *testing.T) {
	t.Parallel()
	lexicons := loadLexicons(t)
	base := newStage(t, lexicons)
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		rawBefore, _ := json.Marshal(state)
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)

		// It changes nothing that it was given, and says the same again.
		if rawAfter, _ := json.Marshal(state); string(rawAfter) != string(rawBefore) {
			t.Fatalf("the state given was changed:\n%s\n%s", rawBefore, rawAfter)
		}
		again, effects2 := conversations.Next(s.rules, facts, state, event, s.now)
		if diff := cmp.Diff(after, again); diff != "" {
			t.Fatalf("two answers to one question: %s", diff)
		}
		if len(effects) != len(effects2) {
			t.Fatalf("%d effects, then %d", len(effects), len(effects2))
		}

		// The state survives its JSON form.
		raw, err := json.Marshal(after)
		if err != nil {
			t.Fatal(err)
		}
		back, err := conversations.ParseState(raw)
		if err != nil {
			t.Fatal(err)
		}
		if rawBack, _ := json.Marshal(back); string(rawBack) != string(raw) {
			t.Fatalf("state through JSON: %s, then %s", raw, rawBack)
		}

		// A question is put at most twice, and what is open was put.
		if q := after.Open; q != nil && (q.Put < 1 || q.Put > 2+boolInt(state.Open != nil && state.Open.Put > 2)) {
			t.Fatalf("the open question was put %d times", q.Put)
		}

		asked := 0
		for _, m := range says(effects) {
			if m.Question != "" {
				asked++
				if after.Open == nil || after.Open.ID != m.Question {
					t.Fatalf("%s puts %s, which is not open", m.Key, m.Question)
				}
			}
			if m.Language == "" {
				t.Fatalf("%s has no language", m.Key)
			}
			if m.Urgency == conversations.Crisis {
				continue
			}
			// After a stop nothing is sent but an answer to danger.
			if facts.Known() && agreementOn(facts, effects, m.Channel) == conversations.AgreementStopped {
				t.Fatalf("%s was said on a channel that is stopped", m.Key)
			}
			// Unasked texts keep to agreement and hours.
			if m.Urgency == conversations.Prompt {
				when := s.now
				if !m.NotBefore.IsZero() {
					when = m.NotBefore.In(s.zone)
				}
				if a := agreementOn(facts, effects, m.Channel); a != conversations.AgreementGiven && a != conversations.AgreementAsked {
					t.Fatalf("%s was said unasked to somebody whose agreement is %s", m.Key, a)
				}
				if wd := when.Weekday(); wd == time.Saturday || wd == time.Sunday || when.Hour() < 10 ||
					when.Hour()*60+when.Minute() < facts.Client.Wakes {
					t.Fatalf("%s goes at %s", m.Key, when)
				}
			}
		}
		if asked > 1 {
			t.Fatalf("%d questions in one turn", asked)
		}
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Stop stops, in every state; danger is answered first, in every state.
func TestStopAndRiskInEveryState(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		event.Kind, event.From.Channel = conversations.EventText, conversations.SMS
		if q := state.Open; q != nil && q.Kind == conversations.AskOptIn {
			// To "may we text you?" any such words are a no; see opt_in_no.txt.
			state.Open = nil
		}
		event.Text = rapid.SampledFrom([]string{"STOP", "stop", "Unsubscribe", "pls dont text me no more", "take me off ur list"}).Draw(t, "stop")
		if facts.Known() {
			after, effects := conversations.Next(s.rules, facts, state, event, s.now)
			if got := says(effects); len(got) != 0 {
				t.Fatalf("%q was answered with %s", event.Text, got[0].Key)
			}
			if a := agreementOn(facts, effects, conversations.SMS); a != conversations.AgreementStopped {
				t.Fatalf("after %q the agreement is %s", event.Text, a)
			}
			if after.Open != nil || len(after.Queue) > 0 {
				t.Fatalf("after %q something is still open", event.Text)
			}
		}
		event.Text = rapid.SampledFrom([]string{"i want to kill myself", "ive took all my tablets", "dwi isio marw"}).Draw(t, "risk")
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		said := says(effects)
		if len(said) == 0 || said[0].Urgency != conversations.Crisis {
			t.Fatalf("danger was not answered first: %v", said)
		}
		alerted := false
		for _, e := range effects {
			_, is := e.(conversations.RaiseAlert)
			alerted = alerted || is
		}
		if !alerted {
			t.Fatal("danger alerted nobody")
		}
	})
}

// Every text ends with a person able to see it: whatever was asked and
// understood, it is answered, flagged, or one of the few that need neither.
func TestNoTextFallsIntoAHole(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		event.Kind = conversations.EventText
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		var intent string
		seen := false
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Understood:
				intent = string(e.Reading.Intent)
			case conversations.Say, conversations.RaiseFlag, conversations.RaiseAlert, conversations.SetAgreement:
				seen = true
			}
		}
		if intent == "" {
			t.Fatal("what was understood is not kept")
		}
		if state.Ring != nil && (intent == "confirm" || intent == "keep") {
			return // "ok" to a call that was announced needs nothing
		}
		if !seen && intent != "social" && intent != "help" && intent != "optin_yes" {
			t.Fatalf("%q (%s) was neither answered nor shown to anybody", event.Text, intent)
		}
	})
}
