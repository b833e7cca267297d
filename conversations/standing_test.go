package conversations_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alongside/conversations"
)

// staged is the pathway of the tests with stages and a budget.
func staged(p conversations.Pathway) conversations.Pathway {
	all := conversations.Matters
	p.Stages = []conversations.StageRule{
		{Stage: conversations.StageReferred, Sends: []conversations.Matter{conversations.MatterAppointments}},
		{Stage: conversations.StageActive, Sends: all},
		{Stage: conversations.StageInWork, Sends: all, InWork: true},
		{Stage: conversations.StageExited},
	}
	p.Budget = conversations.Budget{ADay: 1, AWeek: 3, Leads: 1, CheckIns: 1}
	return p
}

// Whatever the state and the event: nothing unasked goes to somebody in
// hospital, bereaved, in custody or dead, nothing that is none of the client's
// stage, nothing of work to who has none, and the dead are written to by nobody.
func TestNothingGoesInAWrongMoment(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		s.rules.Pathway = staged(s.rules.Pathway)
		facts, state, event := drawScene(t, &s)
		if !facts.Known() {
			return
		}
		facts.Client.Stage = rapid.SampledFrom(conversations.Stages).Draw(t, "stage")
		facts.Client.Circumstance = rapid.SampledFrom(append([]conversations.Circumstance{""}, conversations.Circumstances...)).Draw(t, "circumstance")
		if rapid.Bool().Draw(t, "due") {
			// What falls due for somebody who may be texted: few scenes come to that.
			facts.Reach = []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}}
			facts.Client.Closed, facts.Client.Held, facts.Client.PausedUntil, facts.Client.Stopped = false, false, time.Time{}, nil
			facts.CheckIns = []conversations.CheckIn{{ID: "k1", Kind: conversations.CheckInPayday}, {ID: "k2", Kind: conversations.CheckInWeek}}
			facts.Tasks = []conversations.Task{{ID: "t1", What: "Print the CV", Status: conversations.TaskOpen}}
			event = rapid.SampledFrom([]conversations.Event{
				{Kind: conversations.EventOffered, Offer: conversations.Offer{ID: "o9", Lead: conversations.Lead{ID: "l9", Title: "Gardener"}}},
				{Kind: conversations.EventCheckIn, CheckIn: "k1"},
				{Kind: conversations.EventCheckIn, CheckIn: "k2"},
				{Kind: conversations.EventTask, Task: "t1"},
			}).Draw(t, "what")
		}
		if rapid.Bool().Draw(t, "sets") {
			event = conversations.Event{
				Kind: conversations.EventCircumstance, By: "s1",
				Circumstance: rapid.SampledFrom(append([]conversations.Circumstance{""}, conversations.Circumstances...)).Draw(t, "set"),
			}
		}
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		stage, circumstance := facts.Client.Stage, facts.Client.Circumstance
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.SetStage:
				stage = e.Stage
			case conversations.SetCircumstance:
				if circumstance == conversations.Died {
					t.Fatal("died, and it was taken back")
				}
				circumstance = e.Circumstance
			case conversations.Say:
				if e.Urgency == conversations.Crisis {
					continue
				}
				if circumstance == conversations.Died {
					t.Fatalf("%s goes to somebody who has died", e.Key)
				}
				if e.Urgency != conversations.Prompt {
					continue
				}
				if circumstance != "" {
					t.Fatalf("%s goes unasked: %s", e.Key, circumstance)
				}
				if e.Matter != "" && !slices.Contains(s.rules.Pathway.Rule(stage).Sends, e.Matter) {
					t.Fatalf("%s goes at stage %s", e.Key, stage)
				}
				if e.Key == "checkin.payday" && !s.rules.Pathway.Rule(stage).InWork {
					t.Fatalf("%s goes at stage %s", e.Key, stage)
				}
			}
		}
		if circumstance == conversations.Died && facts.Client.Circumstance != conversations.Died && (after.Open != nil || len(after.Queue) > 0) {
			t.Fatal("died, and a question is left")
		}
	})
}

// Over any weeks of leads, check-ins and tasks nothing goes beyond the budget.
func TestBudgetHoldsOverWeeks(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		s.rules.Pathway = staged(s.rules.Pathway)
		s.facts.Client.Stage = conversations.StageActive
		s.facts.Client.Detail = true
		s.facts.Reach = []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}}
		s.facts.CheckIns = []conversations.CheckIn{{ID: "k1", Kind: conversations.CheckInWeek}, {ID: "k2", Kind: conversations.CheckInWellbeing, Words: "Out today?"}}
		s.facts.Tasks = []conversations.Task{{ID: "t1", What: "Print the CV", Status: conversations.TaskOpen}}
		now := time.Date(2026, time.October, 20, 9, 0, 0, 0, s.zone)
		var state conversations.State
		type text struct {
			at     time.Time
			matter conversations.Matter
		}
		var went []text
		for i := range rapid.IntRange(5, 40).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
			event := conversations.Event{Kind: rapid.SampledFrom([]conversations.EventKind{
				conversations.EventOffered, conversations.EventCheckIn, conversations.EventTask, conversations.EventText, conversations.EventTimeout,
			}).Draw(t, "kind")}
			switch event.Kind {
			case conversations.EventOffered:
				event.Offer = conversations.Offer{ID: conversations.OfferID("o" + string(rune('a'+i))), Lead: conversations.Lead{ID: "l1", Title: "Gardener"}}
			case conversations.EventCheckIn:
				event.CheckIn = rapid.SampledFrom([]conversations.CheckInID{"k1", "k2"}).Draw(t, "series")
			case conversations.EventTask:
				event.Task = "t1"
			case conversations.EventTimeout:
				if state.Open == nil {
					continue
				}
				event.Question = state.Open.ID
			default:
				event.Text, event.From = rapid.SampledFrom([]string{"1", "2", "3", "not for me", "ok"}).Draw(t, "text"), conversations.Address{Channel: conversations.SMS, Value: "+447700900001"}
			}
			var effects []conversations.Effect
			state, effects = conversations.Next(s.rules, s.facts, state, event, now)
			for _, e := range effects {
				switch e := e.(type) {
				case conversations.Offered:
					s.facts.Offers = append([]conversations.Offer{e.Offer}, s.facts.Offers...)
				case conversations.DropQueued:
					went = slices.DeleteFunc(went, func(x text) bool {
						return x.at.After(now) && (e.Offer != "" && x.matter == conversations.MatterLeads || e.Offer == "" && e.Appointment == "" && (e.Matter == "" || e.Matter == x.matter))
					})
				case conversations.Say:
					if e.Urgency == conversations.Prompt && e.Matter != "" && e.Matter != conversations.MatterAppointments {
						at := now
						if !e.NotBefore.IsZero() {
							at = e.NotBefore
						}
						went = append(went, text{at.In(s.zone), e.Matter})
					}
				}
			}
		}
		for _, x := range went {
			day, week, kind := 0, 0, 0
			for _, y := range went {
				if y.at.After(x.at) {
					continue
				}
				midnight := time.Date(x.at.Year(), x.at.Month(), x.at.Day(), 0, 0, 0, 0, s.zone)
				if !y.at.Before(midnight) {
					day++
				}
				if !y.at.Before(midnight.AddDate(0, 0, -6)) {
					week++
					if y.matter == x.matter {
						kind++
					}
				}
			}
			if day > 1 || week > 3 || kind > 1 && (x.matter == conversations.MatterLeads || x.matter == conversations.MatterCheckIns) {
				t.Fatalf("%s at %s: %d that day, %d that week, %d of its kind: %v", x.matter, x.at, day, week, kind, went)
			}
		}
	})
}

// Died cancels everything for ever; the others are taken back, and the
// reminders that still help are set again.
func TestCircumstances(t *testing.T) {
	t.Parallel()
	s := newStage(t, loadLexicons(t))
	s.facts.Reach = []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}}
	now := time.Date(2026, time.November, 23, 11, 0, 0, 0, s.zone)
	s.facts.Appointments = []conversations.Appointment{{ID: "a1", Kind: conversations.Regular, At: now.Add(72 * time.Hour), Status: conversations.Booked}}
	for _, c := range conversations.Circumstances {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			facts := s.facts
			_, effects := conversations.Next(s.rules, facts, conversations.State{}, conversations.Event{Kind: conversations.EventCircumstance, Circumstance: c}, now)
			var dropped, cancelled, closed bool
			for _, e := range effects {
				switch e := e.(type) {
				case conversations.DropQueued:
					dropped = e.Reason == string(c)
				case conversations.SetAppointment:
					cancelled = e.Status == conversations.Cancelled
				case conversations.Close:
					closed = true
				case conversations.Say:
					t.Errorf("it says %s", e.Key)
				}
			}
			if died := c == conversations.Died; !dropped || cancelled != died || closed != died {
				t.Errorf("dropped %t, cancelled %t, closed %t", dropped, cancelled, closed)
			}
			facts.Client.Circumstance = c
			_, effects = conversations.Next(s.rules, facts, conversations.State{}, conversations.Event{Kind: conversations.EventCircumstance}, now)
			reminds := slices.ContainsFunc(effects, func(e conversations.Effect) bool { _, ok := e.(conversations.Remind); return ok })
			if reminds != (c != conversations.Died) {
				t.Errorf("taken back: reminders are set: %t", reminds)
			}
		})
	}
}
