package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// These tests let hours pass. Each runs in a bubble in which time jumps to the
// next timer as soon as everything waits.

// bench is one outbox on a table.
type bench struct {
	*Outbox
	table *table
	heard *listener
	start time.Time
	stop  context.CancelFunc
	ended chan error
}

func newBench(t *testing.T, tb *table, owner string, c Config, senders ...Sender) *bench {
	t.Helper()
	b := &bench{table: tb, heard: &listener{}, start: time.Now(), ended: make(chan error, 1)}
	c.Senders, c.Event, c.Now = senders, b.heard.event, time.Now
	c.Logger = slog.New(slog.DiscardHandler)
	b.Outbox = newOn(tb.at(owner), c)
	return b
}

func (b *bench) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b.stop = stop
	go func() { b.ended <- b.Run(ctx) }()
}

// end stops the outbox gracefully.
func (b *bench) end(t *testing.T) {
	t.Helper()
	b.stop()
	if err := <-b.ended; err != nil {
		t.Error(err)
	}
}

// pass lets time pass in the bubble.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// sms is a message to John, or to whom the id names before a slash.
func sms(id string) store.Send {
	return store.Send{
		ID: conversations.MessageID(id), Client: "john", Text: "hello", Urgency: conversations.Answer,
		To: conversations.Address{Channel: conversations.SMS, Value: "+447700900001"},
	}
}

func (b *bench) offer(sends ...store.Send) {
	for i, s := range sends {
		sends[i] = b.table.commit("a", s)
	}
	b.Offer(sends)
}

// since gives moments as distances from the start of the bench.
func (b *bench) since(times []time.Time) (out []time.Duration) {
	for _, at := range times {
		out = append(out, at.Sub(b.start).Truncate(100*time.Millisecond))
	}
	return out
}

func TestEachOutcome(t *testing.T) {
	t.Parallel()
	type want struct {
		Delivery conversations.Delivery
		Code     string
		Events   []conversations.Event
	}
	tests := map[string]struct {
		answer func(ctx context.Context, m Message, try int) Result
		change func(s *store.Send)
		want   want
	}{
		"sent": {want: want{Delivery: conversations.Sent}},
		"refused": {
			answer: func(context.Context, Message, int) Result { return Result{Outcome: Refused, Code: "21211"} },
			want: want{conversations.Failed, "21211", []conversations.Event{{
				Kind: conversations.EventUndelivered, Client: "john", Message: "m", Channel: conversations.SMS,
				Urgency: conversations.Answer, Reason: "21211",
			}}},
		},
		"refused_by_the_person": {
			answer: func(context.Context, Message, int) Result {
				return Result{Outcome: Refused, Code: "21610", Blocked: true}
			},
			want: want{conversations.Failed, "21610", []conversations.Event{{
				Kind: conversations.EventUndelivered, Client: "john", Message: "m", Channel: conversations.SMS,
				Urgency: conversations.Answer, Blocked: true, Reason: "21610",
			}}},
		},
		"refused_to_a_stranger_is_no_event": {
			answer: func(context.Context, Message, int) Result { return Result{Outcome: Refused, Code: "21211"} },
			change: func(s *store.Send) { s.Client = "" },
			want:   want{Delivery: conversations.Failed, Code: "21211"},
		},
		"unknown": {
			answer: func(context.Context, Message, int) Result { return Result{Code: "500"} },
			want:   want{Delivery: conversations.Unknown, Code: "500"},
		},
		"an_outcome_nobody_knows": {
			answer: func(context.Context, Message, int) Result { return Result{Outcome: 42} },
			want:   want{Delivery: conversations.Unknown},
		},
		"retry": {
			answer: func(context.Context, Message, int) Result { return Result{Outcome: Retry, Code: "connect"} },
			want:   want{Delivery: conversations.Queued, Code: "connect"},
		},
		"panic": {
			answer: func(context.Context, Message, int) Result { panic("a bug") },
			want:   want{Delivery: conversations.Unknown, Code: reasonPanic},
		},
		"too_late": {
			change: func(s *store.Send) { s.Until = time.Now() },
			want: want{conversations.Dropped, reasonTooLate, []conversations.Event{{
				Kind: conversations.EventDropped, Client: "john", Message: "m", Channel: conversations.SMS,
				Urgency: conversations.Answer, Reason: reasonTooLate,
			}}},
		},
		"no_sender": {
			change: func(s *store.Send) { s.To = conversations.Address{Channel: conversations.Telegram, Value: "7"} },
			want: want{conversations.Failed, reasonNoChannel, []conversations.Event{{
				Kind: conversations.EventUndelivered, Client: "john", Message: "m", Channel: conversations.Telegram,
				Urgency: conversations.Answer, Reason: reasonNoChannel,
			}}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPhone(conversations.SMS)
				p.answer = tt.answer
				d := &desk{phone: p} // So that an unknown one is asked about, later.
				b := newBench(t, newTable(), "a", Config{}, d)
				b.run(t)
				s := sms("m")
				if tt.change != nil {
					tt.change(&s)
				}
				b.offer(s)
				synctest.Wait()
				r := b.table.of("m")
				got := want{r.delivery, r.code, b.heard.events()}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				b.end(t)
			})
		})
	}
}

// Nothing is sent before Run, and what was offered before then is.
func TestOfferBeforeRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		b := newBench(t, newTable(), "a", Config{}, p)
		b.offer(sms("early"))
		pass(time.Second)
		if got := p.ids(); got != nil {
			t.Fatalf("%v was sent before Run", got)
		}
		b.run(t)
		synctest.Wait()
		if diff := cmp.Diff([]string{"early"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		b.end(t)
		if err := b.Run(t.Context()); err == nil {
			t.Error("it ran a second time")
		}
	})
}

// The messages of one turn go in their order, one after another.
func TestOneTurnInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(time.Second)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		b.offer(sms("1"), sms("2"), sms("3"))
		pass(4 * time.Second)
		if diff := cmp.Diff([]string{"1", "2", "3"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]time.Duration{0, time.Second, 2 * time.Second}, b.since(p.times())); diff != "" {
			t.Error(diff)
		}
		p.noneTwice(t)
		b.end(t)
	})
}

// A message that could not be sent is not overtaken by the next of its turn,
// and both go when the provider is back.
func TestRetryIsNotOvertaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, try int) Result {
			if m.ID == "1" && try < 3 {
				return Result{Outcome: Retry, Code: "connect"}
			}
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		b.offer(sms("1"), sms("2"))
		pass(3 * time.Minute)
		if diff := cmp.Diff([]string{"1", "1", "1", "1", "2"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		// 5 s, 15 s and a minute, each up to a fifth and a sweep later.
		for i, most := range []time.Duration{0, 8 * time.Second, 28 * time.Second, 102 * time.Second} {
			if at := b.since(p.times())[i]; at > most {
				t.Errorf("attempt %d after %v, want at most %v", i, at, most)
			}
		}
		b.end(t)
	})
}

// A provider that is away until the message's end: it fails, once, in time.
func TestRetryUntilTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(context.Context, Message, int) Result { return Result{Outcome: Retry, Code: "connect"} }
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		s := sms("m")
		s.Until = time.Now().Add(time.Hour)
		b.offer(s)
		pass(2 * time.Hour)
		if r := b.table.of("m"); r.delivery != conversations.Failed || r.code != "connect" {
			t.Errorf("it is %s (%s)", r.delivery, r.code)
		}
		times := b.since(p.times())
		if last := times[len(times)-1]; last >= time.Hour || last < 50*time.Minute {
			t.Errorf("the last of %d attempts was after %v", len(times), last)
		}
		if n := len(b.heard.events()); n != 1 {
			t.Errorf("%d events", n)
		}
		b.end(t)
	})
}

// A 429 holds the whole channel back, for as long as was asked, and no other.
func TestTooManyHoldsTheChannelBack(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{
		"short_waits_in_memory":       5 * time.Second,
		"long_goes_to_the_database":   90 * time.Second,
		"unnamed_waits_as_we_like_it": 0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				wait := after
				if wait == 0 {
					wait = backoffs[0]
				}
				tg, p := newPhone(conversations.Telegram), newPhone(conversations.SMS)
				tg.answer = func(_ context.Context, m Message, _ int) Result {
					if time.Since(noonOf(t)) < wait {
						return Result{Outcome: Retry, Code: "429", After: after}
					}
					return accepted(m)
				}
				b := newBench(t, newTable(), "a", Config{}, tg, p)
				b.run(t)
				telegram := func(id, client string) store.Send {
					s := sms(id)
					s.Client, s.To = conversations.ClientID(client), conversations.Address{Channel: conversations.Telegram, Value: client}
					return s
				}
				b.offer(telegram("first", "john"))
				synctest.Wait()
				for i := range 5 {
					b.offer(telegram(fmt.Sprint("later", i), fmt.Sprint("client", i)))
				}
				b.offer(sms("other_channel"))
				synctest.Wait()
				if diff := cmp.Diff([]string{"other_channel"}, p.ids()); diff != "" {
					t.Error(diff)
				}
				pass(wait - time.Second)
				if diff := cmp.Diff([]string{"first"}, tg.ids()); diff != "" {
					t.Errorf("while it is held back: %s", diff)
				}
				pass(15 * time.Second)
				if got := len(tg.ids()); got != 7 {
					t.Errorf("%d attempts in the end, want 7: %v", got, tg.ids())
				}
				writes := 1
				if wait > 15*time.Second {
					writes = 2 // It was put back once.
				}
				for i := range 5 {
					if r := b.table.of(fmt.Sprint("later", i)); r.delivery != conversations.Sent || r.Attempts != writes {
						t.Errorf("later%d is %s after %d writes, want sent after %d", i, r.delivery, r.Attempts, writes)
					}
				}
				b.end(t)
			})
		})
	}
}

// noonOf is when the bubble of a test began.
func noonOf(*testing.T) time.Time { return time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC) }

// An adapter that ignores its context does not hold a worker for ever; what it
// says too late is still believed if it is good news.
func TestAdapterOutstaysItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			if m.ID == "slow" {
				<-time.After(20 * time.Second)
			}
			return accepted(m)
		}
		d := &desk{phone: p}
		b := newBench(t, newTable(), "a", Config{Workers: 1}, d)
		b.run(t)
		other := sms("other")
		other.Client = "amina"
		b.offer(sms("slow"))
		b.offer(other)
		pass(13 * time.Second)
		if r := b.table.of("slow"); r.delivery != conversations.Unknown || r.code != reasonTimeout {
			t.Errorf("slow is %s (%s)", r.delivery, r.code)
		}
		if r := b.table.of("other"); r.delivery != conversations.Sent {
			t.Errorf("other is %s", r.delivery)
		}
		pass(8 * time.Second)
		if r := b.table.of("slow"); r.delivery != conversations.Sent {
			t.Errorf("slow is %s in the end", r.delivery)
		}
		b.end(t)
	})
}

// A message whose claim is about to end is not attempted: it is given back and
// claimed anew.
func TestNoAttemptOutlivesItsClaim(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(9 * time.Second)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{Workers: 1}, p)
		b.run(t)
		for i := range 5 {
			s := sms(fmt.Sprint(i))
			s.Client = conversations.ClientID(fmt.Sprint("client", i))
			b.offer(s)
		}
		pass(time.Minute)
		for i := range 5 {
			if r := b.table.of(fmt.Sprint(i)); r.delivery != conversations.Sent {
				t.Errorf("%d is %s", i, r.delivery)
			}
		}
		for i, at := range p.times() {
			id := p.ids()[i]
			if left := b.table.of(id).Deadline.Sub(at); left < 15*time.Second {
				t.Errorf("%s was attempted with %v of its claim left", id, left)
			}
		}
		p.noneTwice(t)
		b.end(t)
	})
}

// STOP between commit and send; crisis words go all the same.
func TestPolicyOnceMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		tb := newTable()
		b := newBench(t, tb, "a", Config{}, p)
		crisis, stopped, moved := sms("crisis"), sms("stopped"), sms("moved")
		crisis.Urgency, stopped.Client, moved.Client = conversations.Crisis, "amina", "owen"
		for _, s := range []store.Send{crisis, stopped, moved} {
			tb.commit("", s)
		}
		tb.must = map[string]string{"crisis": "stopped", "stopped": "stopped", "moved": "appointment_moved"}
		b.run(t)
		synctest.Wait()
		if diff := cmp.Diff([]string{"crisis"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		if r := tb.of("stopped"); r.delivery != conversations.Dropped || r.code != "stopped" {
			t.Errorf("it is %s (%s)", r.delivery, r.code)
		}
		if r := tb.of("moved"); r.delivery != conversations.Dropped || r.code != "appointment_moved" {
			t.Errorf("it is %s (%s)", r.delivery, r.code)
		}
		if n := len(b.heard.events()); n != 2 {
			t.Errorf("%d events, want one for each that was dropped", n)
		}
		b.end(t)
	})
}

// A message handed over long before it goes is asked about again; one that goes
// at once is not.
func TestPolicyIsAskedAgainAfterASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(1200 * time.Millisecond)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		b.offer(sms("1"), sms("2"))
		pass(500 * time.Millisecond)
		if n := b.table.calls["still"]; n != 0 {
			t.Errorf("the policy was asked %d times about a message that was just committed", n)
		}
		b.table.set(func() { b.table.must["2"] = "stopped" })
		pass(3 * time.Second)
		if diff := cmp.Diff([]string{"1"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		b.end(t)
	})
}
