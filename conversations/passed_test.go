package conversations_test

import (
	"slices"
	"testing"

	"alongside/conversations"

	"pgregory.net/rapid"
)

// TestWhoReturnsHasNoPermission: whatever held before, whoever comes back is
// asked nothing, is sent nothing and has agreed to nothing; a stop stays one.
func TestWhoReturnsHasNoPermission(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		facts.Client.Closed, event.Kind = true, conversations.EventReturned
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if !facts.Known() {
			return
		}
		if said := says(effects); len(said) > 0 || after.Open != nil || len(after.Queue) > 0 || len(after.Closed) > 0 {
			t.Fatalf("said %v, open %v, waiting %v, closed %v", said, after.Open, after.Queue, after.Closed)
		}
		for _, r := range facts.Reach {
			now := agreementOn(facts, effects, r.Channel)
			if now == conversations.AgreementGiven || now == conversations.AgreementAsked {
				t.Fatalf("%s is %s", r.Channel, now)
			}
			if r.Agreement == conversations.AgreementStopped && r.Channel != event.From.Channel && now != conversations.AgreementStopped {
				t.Fatalf("a stop on %s became %s", r.Channel, now)
			}
		}
		if ended := slices.ContainsFunc(effects, func(e conversations.Effect) bool {
			_, is := e.(conversations.EndCheckIn)
			return is
		}); ended != (len(facts.CheckIns) > 0) {
			t.Fatalf("%d series, ended: %t", len(facts.CheckIns), ended)
		}
	})
}

// TestAHandoverTellsNobody: the words about it go by a person's tap alone.
func TestAHandoverTellsNobody(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		for _, m := range says(effects) {
			if m.Key == conversations.TellPassedOn && event.Kind != conversations.EventTellPassedOn && event.Kind != conversations.EventResend {
				t.Fatalf("%s told of a hand-over", event.Kind)
			}
		}
	})
}

// TestWhatMayHaveArrivedIsNotSaidAgain, and what did not is said once.
func TestWhatMayHaveArrivedIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		event.Kind = conversations.EventResend
		rapidDice(t).team(&event, &facts, &s)
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		u := facts.Unreceived
		marked := slices.ContainsFunc(effects, func(e conversations.Effect) bool {
			r, is := e.(conversations.Resent)
			return is && r.Message == u.Message
		})
		said := says(effects)
		failed := u.Delivery == conversations.Failed || u.Delivery == conversations.Undelivered
		switch {
		case len(said) > 1:
			t.Fatalf("%d messages for one", len(said))
		case len(said) == 1 && (u.Again || !failed || !marked || said[0].Urgency != conversations.Prompt):
			t.Fatalf("%s was said again (%s, again %t, marked %t)", said[0].Key, u.Delivery, u.Again, marked)
		}
	})
}
