package outbox

import (
	"context"
	"errors"
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

// The database goes away between the send and its record: nothing is sent
// twice, and the record is made when it is back.
func TestDatabaseAwayForTheRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		b := newBench(t, newTable(), "a", Config{}, p)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			b.table.set(func() { b.table.away = true })
			return accepted(m)
		}
		b.run(t)
		b.offer(sms("m"))
		pass(20 * time.Second)
		if r := b.table.of("m"); r.delivery != conversations.Sending {
			t.Fatalf("it is %s with the database away", r.delivery)
		}
		b.table.set(func() { b.table.away = false })
		pass(5 * time.Second)
		if r := b.table.of("m"); r.delivery != conversations.Sent {
			t.Errorf("it is %s", r.delivery)
		}
		p.noneTwice(t)
		b.end(t)
	})
}

// The database is away for longer than the claim lasts. What is known to be
// unsent does not become unknown: our own record comes before our own expiry.
func TestDatabaseAwayForLongerThanTheClaim(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		b := newBench(t, newTable(), "a", Config{}, p)
		p.answer = func(_ context.Context, m Message, try int) Result {
			if try > 0 {
				return accepted(m)
			}
			b.table.set(func() { b.table.away = true })
			return Result{Outcome: Retry, Code: "connect"}
		}
		b.run(t)
		b.offer(sms("m"))
		pass(time.Minute)
		b.table.set(func() { b.table.away = false })
		b.expire(t.Context())
		pass(time.Minute)
		if r := b.table.of("m"); r.delivery != conversations.Sent {
			t.Errorf("it is %s", r.delivery)
		}
		b.end(t)
	})
}

// While the policy cannot be asked nothing that depends on it is sent, and it
// goes when the policy can be asked again.
func TestPolicyCannotBeAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		tb := newTable()
		tb.fails["still"] = true
		tb.commit("", sms("m"))
		b := newBench(t, tb, "a", Config{}, p)
		b.run(t)
		pass(20 * time.Second)
		if got := p.ids(); got != nil {
			t.Fatalf("%v was sent", got)
		}
		tb.set(func() { tb.fails["still"] = false })
		pass(5 * time.Second)
		if diff := cmp.Diff([]string{"m"}, p.ids()); diff != "" {
			t.Error(diff)
		}
		if n := tb.calls["claim"]; n > 60 {
			t.Errorf("claimed %d times in 25 seconds", n)
		}
		b.end(t)
	})
}

// One result that the database refuses does not keep the others back.
func TestBadResultDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			if m.ID == "bad" {
				return Result{Code: "poison"}
			}
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		for _, id := range []string{"bad", "good", "better", "best"} {
			s := sms(id)
			s.Client = conversations.ClientID(id)
			b.offer(s)
		}
		pass(3 * time.Second)
		for _, id := range []string{"good", "better", "best"} {
			if r := b.table.of(id); r.delivery != conversations.Sent {
				t.Errorf("%s is %s", id, r.delivery)
			}
		}
		b.stop()
		<-b.ended // It may say that the bad one is not written.
	})
}

// Expired claims, by whether the provider can be asked and what it says.
func TestUnknownIsReconciled(t *testing.T) {
	t.Parallel()
	type want struct {
		Delivery conversations.Delivery
		Events   []conversations.EventKind
	}
	minutes := func(m ...float64) (d []time.Duration) {
		for _, x := range m {
			d = append(d, time.Duration(x*float64(time.Minute)))
		}
		return d
	}
	tests := map[string]struct {
		sender func(p *phone) Sender
		want   want
		asks   []time.Duration // ages, at most 6 s early
	}{
		"nobody_to_ask": {
			sender: func(p *phone) Sender { return p },
			want:   want{conversations.Unknown, []conversations.EventKind{conversations.EventUnknown}},
		},
		"found": {
			sender: func(p *phone) Sender {
				return &desk{phone: p, ask: func(m Message) (Result, bool, error) { return accepted(m), true, nil }}
			},
			want: want{Delivery: conversations.Sent},
			asks: minutes(0.5),
		},
		"found_as_refused": {
			sender: func(p *phone) Sender {
				return &desk{phone: p, ask: func(Message) (Result, bool, error) {
					return Result{Outcome: Refused, Code: "30003"}, true, nil
				}}
			},
			want: want{conversations.Failed, []conversations.EventKind{conversations.EventUndelivered}},
			asks: minutes(0.5),
		},
		"never_found": {
			sender: func(p *phone) Sender {
				return &desk{phone: p, ask: func(Message) (Result, bool, error) { return Result{}, false, nil }}
			},
			want: want{conversations.Unknown, []conversations.EventKind{conversations.EventUnknown}},
			asks: minutes(0.5, 2, 10),
		},
		"never_answered": {
			sender: func(p *phone) Sender { return &desk{phone: p} },
			want:   want{conversations.Unknown, []conversations.EventKind{conversations.EventUnknown}},
			asks:   minutes(0.5, 2, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tb, p := newTable(), newPhone(conversations.SMS)
				tb.commit("a process that was killed", sms("m"))
				sender := tt.sender(p)
				b := newBench(t, tb, "a", Config{}, sender)
				b.run(t)
				pass(29 * time.Second)
				if r := tb.of("m"); r.delivery != conversations.Sending {
					t.Errorf("it is %s before the claim ends", r.delivery)
				}
				pass(3 * time.Hour)
				var kinds []conversations.EventKind
				for _, ev := range b.heard.events() {
					kinds = append(kinds, ev.Kind)
				}
				if diff := cmp.Diff(tt.want, want{tb.of("m").delivery, kinds}); diff != "" {
					t.Error(diff)
				}
				if got := p.ids(); got != nil {
					t.Errorf("%v was sent", got)
				}
				if d, ok := sender.(*desk); ok {
					got := b.since(d.askedAt())
					if len(got) != len(tt.asks) {
						t.Fatalf("asked at %v, want about %v", got, tt.asks)
					}
					for i, at := range got {
						// Each ask may come a round later than the one before made it due.
						if at < tt.asks[i] || at > tt.asks[i]+time.Duration(i+1)*7*time.Second {
							t.Errorf("asked at %v, want about %v", got, tt.asks)
							break
						}
					}
				}
				b.end(t)
			})
		})
	}
}

// The event of a failure is brought again until it is taken, before the result
// is written; and the result is written in any case before the claim ends.
func TestEventIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(context.Context, Message, int) Result { return Result{Outcome: Refused, Code: "21211"} }
		b := newBench(t, newTable(), "a", Config{}, p)
		b.heard.err = errors.New("not now")
		b.run(t)
		b.offer(sms("m"))
		pass(5 * time.Second)
		if r := b.table.of("m"); r.delivery != conversations.Sending {
			t.Errorf("it is %s before anybody heard of it", r.delivery)
		}
		pass(24 * time.Second)
		if r := b.table.of("m"); r.delivery != conversations.Failed {
			t.Errorf("it is %s just before its claim ends", r.delivery)
		}
		b.heard.mu.Lock()
		b.heard.err = nil
		b.heard.mu.Unlock()
		pass(2 * time.Minute)
		if n := len(b.heard.events()); n != 1 {
			t.Errorf("%d events", n)
		}
		b.end(t)
	})
}

// A graceful stop: what is under way finishes and is recorded, what was not
// begun is given back, what comes afterwards, too.
func TestStopGracefully(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(3 * time.Second)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{Workers: 1}, p)
		b.run(t)
		b.offer(sms("under_way"), sms("behind"))
		other := sms("other")
		other.Client = "amina"
		b.offer(other)
		synctest.Wait()
		b.stop()
		synctest.Wait()
		late := sms("while_stopping")
		late.Client = "owen"
		b.offer(late)
		if err := <-b.ended; err != nil {
			t.Error(err)
		}
		after := sms("after_the_end")
		after.Client = "beth"
		b.offer(after)
		synctest.Wait()
		want := map[string]conversations.Delivery{
			"under_way": conversations.Sent, "behind": conversations.Queued, "other": conversations.Queued,
			"while_stopping": conversations.Queued, "after_the_end": conversations.Queued,
		}
		got := map[string]conversations.Delivery{}
		for id := range want {
			got[id] = b.table.of(id).delivery
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"under_way"}, p.ids()); diff != "" {
			t.Error(diff)
		}
	})
}

// With the database away, a stop says that results were not written.
func TestStopWithTheDatabaseAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		b := newBench(t, newTable(), "a", Config{}, p)
		b.run(t)
		b.offer(sms("m"))
		b.table.set(func() { b.table.away = true })
		synctest.Wait()
		b.stop()
		if err := <-b.ended; err == nil {
			t.Error("a stop with unwritten results was called good")
		}
	})
}

// A message that waits behind another one goes as soon as that is recorded, and
// not at the next sweep.
func TestKickGoesWhenTheLineIsFree(t *testing.T) {
	t.Parallel()
	for name, clients := range map[string][]conversations.ClientID{"named": {"john"}, "unnamed": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPhone(conversations.SMS)
				p.answer = func(_ context.Context, m Message, _ int) Result {
					<-time.After(5 * time.Second)
					return accepted(m)
				}
				b := newBench(t, newTable(), "a", Config{Every: time.Hour}, p)
				b.run(t)
				synctest.Wait()
				b.offer(sms("first"))
				b.table.commit("", sms("waiting"))
				b.Kick(clients...)
				pass(time.Minute)
				if diff := cmp.Diff([]time.Duration{0, 5 * time.Second}, b.since(p.times())); diff != "" {
					t.Error(diff)
				}
				p.noneTwice(t)
				b.end(t)
			})
		})
	}
}

// Answers do not wait for a batch of prompts, even when the provider is slow.
func TestAnswersOvertakeABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(8 * time.Second)
			return accepted(m)
		}
		tb := newTable()
		b := newBench(t, tb, "a", Config{Workers: 8}, p)
		for i := range 100 {
			s := sms(fmt.Sprint("prompt", i))
			s.Client, s.Urgency = conversations.ClientID(fmt.Sprint("client", i)), conversations.Prompt
			tb.commit("", s)
		}
		b.run(t)
		pass(time.Second)
		b.offer(sms("answer"))
		synctest.Wait()
		if got := p.ids(); got[len(got)-1] != "answer" {
			t.Errorf("the answer waits behind %d prompts", len(got))
		}
		pass(10 * time.Minute)
		for i := range 100 {
			if r := tb.of(fmt.Sprint("prompt", i)); r.delivery != conversations.Sent {
				t.Fatalf("prompt%d is %s", i, r.delivery)
			}
		}
		if p.most > 8 {
			t.Errorf("%d attempts at once with 8 workers", p.most)
		}
		b.end(t)
	})
}

// More than fits into memory is given back, and goes all the same.
func TestOfferBeyondTheBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(time.Second)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{Workers: 1}, p)
		b.run(t)
		for i := range 30 {
			s := sms(fmt.Sprint(i))
			s.Client = conversations.ClientID(fmt.Sprint("client", i))
			b.offer(s)
		}
		pass(2 * time.Minute)
		for i := range 30 {
			if r := b.table.of(fmt.Sprint(i)); r.delivery != conversations.Sent {
				t.Errorf("%d is %s", i, r.delivery)
			}
		}
		p.noneTwice(t)
		b.end(t)
	})
}
