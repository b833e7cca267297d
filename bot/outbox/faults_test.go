package outbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"alongside/conversations"

	"github.com/google/go-cmp/cmp"
)

// These tests, in which hours pass as well, are of what goes wrong around the
// outbox, and of its end.

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
		if err := <-b.ended; err != nil {
			t.Logf("the end says: %v", err) // The bad one may not be written.
		}
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
