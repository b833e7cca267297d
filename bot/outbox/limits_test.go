package outbox

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// The limits over minutes, in a bubble: of processes that have no Redis, so that
// each keeps to its own share.

func toChat(id, chat string, u conversations.Urgency) store.Send {
	s := sms(id)
	s.Client, s.Urgency = conversations.ClientID(chat), u
	s.To = conversations.Address{Channel: conversations.Telegram, Value: chat}
	return s
}

var thirty = map[conversations.Channel]Limits{
	conversations.Telegram: {Sender: "7000000001", PerSecond: 30, PerChat: time.Second},
}

// since is when each message arrived, counted from the start of the bubble.
func since(p *phone, t *testing.T) map[string]time.Duration {
	out := map[string]time.Duration{}
	at := p.times()
	for i, id := range p.ids() {
		out[id] = at[i].Sub(noonOf(t))
	}
	return out
}

// Who says three things to one person says one a second, and nobody else waits.
func TestOneMessageASecondToAChat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.Telegram)
		b := newBench(t, newTable(), "a", Config{Limits: thirty}, p)
		b.run(t)
		b.offer(toChat("john1", "john", 2), toChat("john2", "john", 2), toChat("amina", "amina", 2), toChat("john3", "john", 2))
		pass(5 * time.Second)
		want := map[string]time.Duration{"john1": 0, "amina": 0, "john2": time.Second, "john3": 2 * time.Second}
		if diff := cmp.Diff(want, since(p, t)); diff != "" {
			t.Error(diff)
		}
		b.end(t)
	})
}

// One chat that Telegram wants to hear nothing in keeps the others from nothing;
// two mean that it is about the bot.
func TestARefusedChatWaitsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.Telegram)
		p.answer = func(_ context.Context, m Message, try int) Result {
			if try == 0 && (m.ID == "john" || m.ID == "amina") {
				return Result{Outcome: Retry, Code: "429", After: 10 * time.Second}
			}
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{Limits: thirty}, p)
		b.run(t)
		b.offer(toChat("john", "john", 2))
		synctest.Wait()
		b.offer(toChat("john_again", "john", 2), toChat("owen", "owen", 2))
		synctest.Wait()
		if diff := cmp.Diff([]string{"john", "owen"}, p.ids()); diff != "" {
			t.Errorf("one chat was refused (-want +got):\n%s", diff)
		}
		b.offer(toChat("amina", "amina", 2))
		synctest.Wait()
		b.offer(toChat("beth", "beth", 2))
		pass(9 * time.Second)
		if diff := cmp.Diff([]string{"john", "owen", "amina"}, p.ids()); diff != "" {
			t.Errorf("two chats were refused (-want +got):\n%s", diff)
		}
		pass(30 * time.Second)
		if got := len(p.ids()); got != 7 {
			t.Errorf("%d attempts in the end, want 7: %v", got, p.ids())
		}
		b.end(t)
	})
}

// A batch of 500 on two processes that have lost Redis: each sends a quarter of
// what the number may, so that both together stay within it; an answer every few
// seconds goes at once, and all is sent once.
func TestABatchWithoutRedis(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb, p := newTable(), newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(300 * time.Millisecond)
			return accepted(m)
		}
		for i := range 500 {
			s := sms(fmt.Sprint("prompt", i))
			s.Client, s.Urgency, s.Until = conversations.ClientID(fmt.Sprint("client", i)), conversations.Prompt, time.Now().Add(time.Hour)
			s.To.Value = fmt.Sprint("number", i)
			tb.commit("", s)
		}
		a, b := newBench(t, tb, "a", Config{Limits: ten}, p), newBench(t, tb, "b", Config{Limits: ten}, p)
		a.run(t)
		b.run(t)
		for i := range 20 {
			pass(3 * time.Second)
			s := sms(fmt.Sprint("answer", i))
			s.Client, s.To.Value = conversations.ClientID(fmt.Sprint("person", i)), fmt.Sprint("number of person", i)
			began := time.Since(noonOf(t))
			if i%2 == 0 {
				a.Offer([]store.Send{tb.commit("a", s)})
			} else {
				b.Offer([]store.Send{tb.commit("b", s)})
			}
			pass(time.Second)
			if at, ok := since(p, t)[string(s.ID)]; !ok || at != began {
				t.Errorf("answer %d went %v after it was committed (%v)", i, at-began, ok)
			}
		}
		pass(5 * time.Minute)
		p.noneTwice(t)
		if got := len(p.ids()); got != 520 {
			t.Errorf("%d went, want 520", got)
		}
		at := p.times()
		for i := 10; i < len(at); i++ {
			if at[i].Sub(at[i-10]) < time.Second {
				t.Fatalf("eleven texts went within %v", at[i].Sub(at[i-10]))
			}
		}
		if took := at[len(at)-1].Sub(at[0]); took > 3*time.Minute {
			t.Errorf("the batch took %v", took)
		}
		a.end(t)
		b.end(t)
	})
}

// Long texts on a slow number: what has to wait for long is left in the database,
// and looked for no more often than by the sweeps.
func TestLongWaitsDoNotTurnInACircle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tb, p := newTable(), newPhone(conversations.SMS)
		for i := range 5 {
			s := sms(fmt.Sprint("prompt", i))
			s.Client, s.Urgency, s.Parts, s.Until = conversations.ClientID(fmt.Sprint("client", i)), conversations.Prompt, 10, time.Now().Add(time.Hour)
			tb.commit("", s)
		}
		slow := map[conversations.Channel]Limits{conversations.SMS: {Sender: "+447700900000", PerSecond: 1}}
		b := newBench(t, tb, "a", Config{Limits: slow}, p)
		b.run(t)
		pass(5 * time.Minute)
		if got := len(p.ids()); got != 5 {
			t.Errorf("%d went, want 5", got)
		}
		if n := tb.calls["claim"]; n > 1000 {
			t.Errorf("the database was asked %d times in five minutes", n)
		}
		b.end(t)
	})
}
