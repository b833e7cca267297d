package conversations_test

import (
	"slices"
	"testing"

	"alongside/conversations"

	"pgregory.net/rapid"
)

// TestWhatNobodyHasSeenIsNotAnswered: a number, a yes or a no that comes before
// the words of a question have gone closes neither the question nor its matter.
func TestWhatNobodyHasSeenIsNotAnswered(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		q := state.Open
		if q == nil || q.Kind == conversations.AskOptIn || q.Stands != 0 && q.Stands <= s.now.UnixMilli() {
			return
		}
		// What is answered here is nothing that was asked before either.
		q.From, state.Queue, state.Closed = s.now.UnixMilli()+1, nil, nil
		for i := range facts.Appointments {
			facts.Appointments[i].Status = conversations.Booked // nothing else is owed
		}
		event.Kind, event.From.Channel = conversations.EventText, conversations.SMS
		event.Text = rapid.SampledFrom([]string{"1", "2", "3", "4", "no", "nah"}).Draw(t, "text")
		event.OptOut, event.Media = "", nil
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if agreementOn(facts, effects, conversations.SMS) != conversations.AgreementGiven {
			return
		}
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.SetOffer, conversations.SetTask, conversations.RecordAnswer, conversations.RecordFeedback, conversations.SetAppointment:
				t.Fatalf("%q did %#v before %s was seen", event.Text, e, q.Kind)
			}
		}
		kept := func(x conversations.Question) bool { return x.ID == q.ID && x.Put == q.Put }
		if (after.Open == nil || !kept(*after.Open)) && !slices.ContainsFunc(after.Queue, kept) {
			t.Fatalf("%q ended %s, which nobody has seen", event.Text, q.Kind)
		}
	})
}
