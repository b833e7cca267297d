package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

func ids(sends []store.Send) (list []conversations.MessageID) {
	for _, s := range sends {
		list = append(list, s.ID)
	}
	return list
}

func (f *fixture) claim() []conversations.MessageID {
	f.Helper()
	sends, err := f.store.Claim(f.Context(), f.now, 100)
	if err != nil {
		f.Fatalf("claim: %v", err)
	}
	return ids(sends)
}

func (f *fixture) result(r store.SendResult) {
	f.Helper()
	if err := f.store.WriteResults(f.Context(), []store.SendResult{r}, f.now); err != nil {
		f.Fatalf("write results: %v", err)
	}
}

func (f *fixture) sent(id conversations.MessageID) {
	f.Helper()
	f.result(store.SendResult{ID: id, Delivery: conversations.Sent, ProviderID: "SM" + string(id)})
}

// delivery is how a message fares, by a report that changes nothing.
func (f *fixture) delivery(id conversations.MessageID) conversations.Delivery {
	f.Helper()
	change, err := f.store.RecordDelivery(f.Context(), id, conversations.SMS, "", conversations.Queued, "", f.now)
	if err != nil {
		f.Fatalf("look at message %s: %v", id, err)
	}
	return change.From
}

func (f *fixture) wantDelivery(id conversations.MessageID, want conversations.Delivery) {
	f.Helper()
	if got := f.delivery(id); got != want {
		f.Errorf("message %s is %q, want %q", id, got, want)
	}
}

func (f *fixture) wantClaimed(want ...conversations.MessageID) {
	f.Helper()
	got := f.claim()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("claimed (-want +got):\n%s", diff)
	}
}

func TestSecondMessageWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		first, done := f.answer(at, "one", conversations.Answer)
		if len(done.Claimed) != 1 || done.Waiting {
			f.Fatalf("the first message: %+v", done)
		}
		second, done := f.answer(at, "two", conversations.Answer)
		if len(done.Claimed) != 0 || !done.Waiting {
			f.Fatalf("the second message: %+v", done)
		}
		f.wantClaimed()
		f.sent(first.ID)
		f.wantClaimed(second.ID)
		f.wantClaimed()
	})
}

func TestOvertaking(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		first, _ := f.answer(at, "one", conversations.Answer)
		prompt, _ := f.answer(at, "a prompt", conversations.Prompt)
		second, _ := f.answer(at, "two", conversations.Answer)
		third, _ := f.answer(at, "three", conversations.Answer)
		crisis, done := f.answer(at, "crisis words", conversations.Crisis)
		if !done.Waiting {
			f.Error("crisis words went while another message was on its way")
		}
		f.sent(first.ID)
		for _, want := range []conversations.MessageID{crisis.ID, second.ID, third.ID, prompt.ID} {
			f.wantClaimed(want)
			f.sent(want)
		}
	})
}

func TestAnswerOvertakesQueuedPrompts(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		first, _ := f.answer(at, "one", conversations.Answer)
		prompt, _ := f.answer(at, "a prompt", conversations.Prompt)
		f.sent(first.ID)
		second, done := f.answer(at, "two", conversations.Answer)
		if diff := cmp.Diff([]conversations.MessageID{second.ID}, ids(done.Claimed)); diff != "" {
			f.Errorf("claimed (-want +got):\n%s", diff)
		}
		f.sent(second.ID)
		f.wantClaimed(prompt.ID)
	})
}

func TestMessagesOfOneTurnGoInOrder(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		turn := f.turn(f.load(f.text(at, "yes")))
		prompt, answer, later := f.say("p", conversations.Prompt), f.say("a", conversations.Answer), f.say("l", conversations.Prompt)
		later.NotBefore = f.now.Add(time.Hour)
		turn.Messages = []store.Message{prompt, later, answer}
		done := f.commit(turn)
		if diff := cmp.Diff([]conversations.MessageID{answer.ID, prompt.ID}, ids(done.Claimed)); diff != "" || done.Waiting {
			f.Errorf("waiting %t, claimed (-want +got):\n%s", done.Waiting, diff)
		}
		f.sent(answer.ID)
		f.sent(prompt.ID)
		f.wantClaimed()
		f.now = later.NotBefore
		f.wantClaimed(later.ID)
	})
}

// What is held until tomorrow is not ahead of what may go today; what failed a
// moment ago and is to be tried again is.
func TestRetriedKeepsItsPlace(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		first, _ := f.answer(at, "one", conversations.Answer)
		f.result(store.SendResult{ID: first.ID, Delivery: conversations.Queued, NotBefore: f.now.Add(time.Minute), Code: "429"})
		second, done := f.answer(at, "two", conversations.Answer)
		if !done.Waiting {
			f.Error("the second message overtook one that is to be tried again")
		}
		f.wantClaimed()
		f.now = f.now.Add(time.Minute)
		sends, err := f.store.Claim(f.Context(), f.now, 10)
		if err != nil || len(sends) != 1 || sends[0].ID != first.ID || sends[0].Attempts != 1 {
			f.Fatalf("claimed %+v (%v), want the first message at its second try", sends, err)
		}
		f.sent(first.ID)
		f.wantClaimed(second.ID)
	})
}

func TestResults(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		for _, end := range []conversations.Delivery{conversations.Failed, conversations.Unknown, conversations.Dropped} {
			_, at := f.client()
			m, _ := f.answer(at, "one", conversations.Answer)
			f.result(store.SendResult{ID: m.ID, Delivery: end, Code: "21211"})
			f.wantDelivery(m.ID, end)
			next, done := f.answer(at, "two", conversations.Answer)
			if len(done.Claimed) != 1 {
				f.Errorf("after %q message %s waits", end, next.ID)
			}
		}
		_, at := f.client()
		m, _ := f.answer(at, "one", conversations.Answer)
		err := f.store.WriteResults(f.Context(), []store.SendResult{{ID: m.ID, Delivery: conversations.Delivered}}, f.now)
		if err == nil {
			f.Error("an attempt ended as delivered")
		}
	})
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		m, _ := f.answer(at, "one", conversations.Answer)
		f.result(store.SendResult{ID: m.ID, Delivery: conversations.Failed, Code: "21610", Blocked: true})
		facts := f.load(f.text(at, "hello")).Facts
		if len(facts.Reach) != 1 || !facts.Reach[0].Blocked {
			f.Errorf("reach of client %s: %+v, want it blocked", client, facts.Reach)
		}
	})
}

// A process that lost its claim does not know what became of the message,
// unless it was sent: that is a fact.
func TestResultAfterTheClaim(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		failed, _ := f.answer(at, "one", conversations.Answer)
		f.now = f.now.Add(46 * time.Second)
		expired, err := f.store.Expire(f.Context(), f.now, 10)
		if err != nil || !slices.Equal(expired, []conversations.MessageID{failed.ID}) {
			f.Fatalf("expired %v (%v)", expired, err)
		}
		f.result(store.SendResult{ID: failed.ID, Delivery: conversations.Queued, NotBefore: f.now})
		f.wantDelivery(failed.ID, conversations.Unknown)
		f.sent(failed.ID)
		f.wantDelivery(failed.ID, conversations.Sent)
	})
}

func TestExpire(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		_, other := f.client()
		lost, _ := f.answer(at, "one", conversations.Answer)
		renewed, _ := f.answer(other, "two", conversations.Answer)
		waiting, _ := f.answer(at, "three", conversations.Answer)
		expire := func(want ...conversations.MessageID) {
			f.Helper()
			got, err := f.store.Expire(f.Context(), f.now, 10)
			if err != nil {
				f.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				f.Errorf("expired (-want +got):\n%s", diff)
			}
		}
		f.now = f.now.Add(29 * time.Second)
		if err := f.store.Renew(f.Context(), []conversations.MessageID{renewed.ID}, f.now); err != nil {
			f.Fatal(err)
		}
		f.now = f.now.Add(10 * time.Second)
		expire()
		f.now = f.now.Add(10 * time.Second)
		expire(lost.ID)
		f.wantClaimed(waiting.ID)
		unknown, err := f.store.Unknowns(f.Context(), f.now, 10)
		if err != nil {
			f.Fatal(err)
		}
		if len(unknown) != 1 || unknown[0].ID != lost.ID || unknown[0].To != at || unknown[0].Text != "one" || unknown[0].Asked != 0 {
			f.Errorf("unknown: %+v", unknown)
		}
	})
}

func TestUnknownIsAskedAboutAndSettled(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		asked := func(want int) {
			f.Helper()
			list, err := f.store.Unknowns(f.Context(), f.now, 10)
			if err != nil {
				f.Fatal(err)
			}
			if len(list) != want {
				f.Errorf("%d of unknown outcome, want %d", len(list), want)
			}
		}
		_, at := f.client()
		m, _ := f.answer(at, "one", conversations.Answer)
		f.result(store.SendResult{ID: m.ID, Delivery: conversations.Unknown, Code: "timeout"})
		asked(1)
		ask := func(next time.Time) {
			f.Helper()
			if err := f.store.AskedUnknown(f.Context(), m.ID, next, f.now); err != nil {
				f.Fatal(err)
			}
		}
		ask(f.now.Add(time.Minute))
		asked(0)
		f.now = f.now.Add(time.Minute)
		asked(1)
		ask(time.Time{})
		f.now = f.now.Add(1000 * time.Hour)
		asked(0)
		if err := f.store.Settle(f.Context(), m.ID, store.SendResult{Delivery: conversations.Queued}, f.now); err == nil {
			f.Error("a message of unknown outcome was queued again")
		}
		if err := f.store.Settle(f.Context(), m.ID, store.SendResult{Delivery: conversations.Failed, Code: "not_found"}, f.now); err != nil {
			f.Fatal(err)
		}
		f.wantDelivery(m.ID, conversations.Failed)
		if err := f.store.Settle(f.Context(), m.ID, store.SendResult{Delivery: conversations.Sent}, f.now); err != nil {
			f.Fatal(err)
		}
		f.wantDelivery(m.ID, conversations.Failed)
	})
}

// Two answers may have the same words. What the provider accepted is one of
// them; the other one stays unknown, and a person is shown it.
func TestWhatAnotherMessageWasIsNotFound(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		first, _ := f.answer(at, "the same words", conversations.Answer)
		f.result(store.SendResult{ID: first.ID, Delivery: conversations.Sent, ProviderID: "SM1"})
		lost, _ := f.answer(at, "the same words", conversations.Answer)
		f.result(store.SendResult{ID: lost.ID, Delivery: conversations.Unknown, Code: "expired"})
		settle := func(id string) error {
			return f.store.Settle(f.Context(), lost.ID, store.SendResult{ID: lost.ID, Delivery: conversations.Sent, ProviderID: id}, f.now)
		}
		if err := settle("SM1"); !errors.Is(err, store.ErrAnothers) {
			f.Errorf("another's id settled it: %v", err)
		}
		f.wantDelivery(lost.ID, conversations.Unknown)
		if err := settle("SM2"); err != nil {
			f.Fatal(err)
		}
		f.wantDelivery(lost.ID, conversations.Sent)
	})
}

func TestRelease(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		m, _ := f.answer(at, "one", conversations.Answer)
		if err := f.open("two").Release(f.Context(), []conversations.MessageID{m.ID}, f.now); err != nil {
			f.Fatal(err)
		}
		f.wantDelivery(m.ID, conversations.Sending)
		if err := f.store.Release(f.Context(), []conversations.MessageID{m.ID}, f.now); err != nil {
			f.Fatal(err)
		}
		age, count, err := f.store.OldestQueued(f.Context(), f.now.Add(time.Second))
		if err != nil || age != time.Second || count != 1 {
			f.Errorf("oldest %v of %d (%v), want 1s of 1", age, count, err)
		}
		f.wantClaimed(m.ID)
	})
}

func TestDeliveryNeverGoesBackwards(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		all := conversations.Deliveries
		// Every report on every state that the outbox can leave behind.
		for _, left := range []conversations.Delivery{
			conversations.Sending, conversations.Queued, conversations.Sent, conversations.Failed, conversations.Unknown, conversations.Dropped,
		} {
			for _, report := range all {
				_, other := f.client()
				m, _ := f.answer(other, "one", conversations.Answer)
				if left != conversations.Sending {
					f.result(store.SendResult{ID: m.ID, Delivery: left, NotBefore: f.now.Add(time.Hour)})
				}
				change, err := f.store.RecordDelivery(f.Context(), m.ID, conversations.SMS, "SM1", report, "30003", f.now)
				if err != nil {
					f.Fatal(err)
				}
				want := left
				if report.After(left) && report != conversations.Sending {
					want = report
				}
				if change.From != left || change.To != want || change.Changed != (want != left) {
					f.Errorf("report %q on %q: %+v", report, left, change)
				}
				f.wantDelivery(m.ID, want)
			}
		}
		m, _ := f.answer(at, "one", conversations.Answer)
		for _, report := range []conversations.Delivery{conversations.Read, conversations.Delivered, conversations.Sent, conversations.Undelivered} {
			change, err := f.store.RecordDelivery(f.Context(), m.ID, conversations.SMS, "SM1", report, "", f.now)
			if err != nil || change.Client != client || change.To != conversations.Read {
				f.Errorf("report %q: %+v (%v)", report, change, err)
			}
		}
		f.sent(m.ID) // Our own result comes after the reports.
		f.wantDelivery(m.ID, conversations.Read)
		_, err := f.store.RecordDelivery(f.Context(), "nobody", conversations.SMS, "SM1", conversations.Sent, "", f.now)
		f.wantErr(err, store.ErrNotFound)
		_, err = f.store.RecordDelivery(f.Context(), m.ID, conversations.Telegram, "SM1", conversations.Sent, "", f.now)
		f.wantErr(err, store.ErrNotFound)
	})
}
