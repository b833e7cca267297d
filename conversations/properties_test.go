package conversations_test

import (
	"slices"
	"testing"

	"alongside/conversations"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What holds whatever the state and the event.

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

// TestNextHoldsItsPromises: see promises_test.go for what they are.
func TestNextHoldsItsPromises(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		once, err := take(s.rules, facts, state, event, s.now)
		if err != nil {
			t.Fatalf("%s: %v", event.Kind, err)
		}
		// It says the same again.
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if diff := cmp.Diff(once.after, after); diff != "" || len(effects) != len(once.effects) {
			t.Fatalf("two answers to one question (%d effects, then %d): %s", len(once.effects), len(effects), diff)
		}
	})
}

// TestAStaleTimerDoesNothing: a timer whose question neither is open nor waits.
func TestAStaleTimerDoesNothing(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		event = conversations.Event{Kind: conversations.EventTimeout, Question: event.Question}
		waits := state.Open != nil && state.Open.ID == event.Question
		for _, q := range state.Queue {
			waits = waits || q.ID == event.Question
		}
		if waits {
			return
		}
		// What is past is forgotten whatever happens, so the state is compared with
		// that after another event that does nothing.
		idle, _ := conversations.Next(s.rules, facts, state, conversations.Event{Kind: conversations.EventDelivery}, s.now)
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if len(effects) != 0 {
			t.Fatalf("a stale timer for %s had effects: %#v", event.Question, effects)
		}
		if diff := cmp.Diff(idle, after); diff != "" {
			t.Fatalf("a stale timer changed the state: %s", diff)
		}
	})
}

// TestTheSameEventTwiceIsOnce: what comes again after its effects are on the
// caseload changes and says nothing. Texts are left out, because the caseload
// knows a text by its id and two equal texts are two; and so are the events
// that are new each time they come (see again).
func TestTheSameEventTwiceIsOnce(t *testing.T) {
	t.Parallel()
	again := map[conversations.EventKind]string{
		conversations.EventText:            "known by its id",
		conversations.EventEdited:          "known by its id",
		conversations.EventLinked:          "the code of the link can be used once",
		conversations.EventBooked:          "the id of the appointment can be used once",
		conversations.EventUndelivered:     "each message fails once; what failed is shown",
		conversations.EventUnknown:         "as above",
		conversations.EventDropped:         "as above",
		conversations.EventNumberChanged:   "a person's act, and a new number each time",
		conversations.EventAgreement:       "a person asks to be asked again",
		conversations.EventHoldDue:         "it comes back every working day",
		conversations.EventRing:            "each call is announced",
		conversations.EventSettled:         "a person's act",
		conversations.EventSettings:        "a person's act; the same settings are the same",
		conversations.EventCheckIn:         "a series falls due again and again",
		conversations.EventFeedback:        "as a check-in",
		conversations.EventTask:            "as a check-in",
		conversations.EventLeadChanged:     "a person's act: a lead is filled, or closes at another time",
		conversations.EventReminderAllowed: "a person's tap lets the next one go",
		conversations.EventAttendance:      "a person's act; the same said again is the same",
	}
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		if again[event.Kind] != "" {
			return
		}
		s.facts = facts
		s.facts.Appointments = append([]conversations.Appointment(nil), facts.Appointments...)
		s.facts.Offers = append([]conversations.Offer(nil), facts.Offers...)
		s.facts.Tasks = append([]conversations.Task(nil), facts.Tasks...)
		s.facts.Reach = append([]conversations.Reach(nil), facts.Reach...)
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		for _, e := range effects {
			s.apply(e)
		}
		if c := facts.Corrected; c != nil {
			done := *c
			done.Done, done.Now = true, event.Meaning
			s.facts.Corrected = &done
		}
		_, twice := conversations.Next(s.rules, s.facts, after, event, s.now)
		got := slices.DeleteFunc(lasting(twice), func(e conversations.Effect) bool {
			// A reminder that a pause kept back may go when the pause ends; until then
			// each time it comes the specialist is told.
			f, is := e.(conversations.RaiseFlag)
			return is && f.Reason == conversations.FlagNotSent && event.Kind == conversations.EventReminder
		})
		if len(got) > 0 {
			t.Fatalf("%s %s a second time: %#v\nfirst: %#v", event.Kind, event.Button, got, effects)
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
