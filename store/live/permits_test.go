package live_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"alongside/store/live"
)

// Every rule about limits is tested where Redis decides, in the process and on a
// server and a cluster, and where a process decides alone.
func eachPermits(t *testing.T, test func(t *testing.T, p, other *live.Permits, clock *stopped)) {
	t.Helper()
	start := func() *stopped {
		clock := &stopped{}
		clock.at.Store(time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC).UnixMilli())
		return clock
	}
	each(t, func(t *testing.T, client redis.UniversalClient) {
		clock := start()
		test(t, live.NewPermits(live.New(client, clock.now), clock.now), live.NewPermits(live.New(client, clock.now), clock.now), clock)
	})
	t.Run("alone", func(t *testing.T) {
		t.Parallel()
		clock := start()
		p := live.NewPermits(nil, clock.now)
		test(t, p, p, clock)
	})
}

var (
	answer = live.Ask{Parts: 1}
	prompt = live.Ask{Prompt: true, Parts: 1}
)

func take(t *testing.T, p *live.Permits, r live.Rate, asks ...live.Ask) []live.Permit {
	t.Helper()
	permits, _ := p.Take(t.Context(), "s", r, asks)
	if len(permits) != len(asks) {
		t.Fatalf("%d permits for %d messages", len(permits), len(asks))
	}
	return permits
}

// goes counts how many of n such messages may go at this moment.
func goes(t *testing.T, p *live.Permits, r live.Rate, a live.Ask, n int) (gone int) {
	t.Helper()
	for range n {
		if take(t, p, r, a)[0].Wait == 0 {
			gone++
		}
	}
	return gone
}

func TestPermitsKeepPartOfTheRateForAnswers(t *testing.T) {
	t.Parallel()
	r := live.Rate{PerSecond: 10}
	eachPermits(t, func(t *testing.T, p, other *live.Permits, clock *stopped) {
		if n := goes(t, p, r, prompt, 5); n != 1 {
			t.Errorf("%d unasked texts went at once", n)
		}
		if n := goes(t, other, r, answer, 5); n != 2 {
			t.Errorf("%d answers went at once behind an unasked text", n)
		}
		// One that has been refused goes before any unasked text of anybody.
		clock.move(300 * time.Millisecond)
		if n := goes(t, p, r, prompt, 1); n != 0 {
			t.Error("an unasked text went before an answer that waits")
		}
		if n := goes(t, other, r, answer, 1); n != 1 {
			t.Error("the answer that waited did not go")
		}
	})
}

// In no second, wherever it begins, go more parts than the rate says.
func TestPermitsNeverExceedTheRate(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{1, 4, 10, 30} {
		t.Run(fmt.Sprint(rate, "_a_second"), func(t *testing.T) {
			t.Parallel()
			r := live.Rate{PerSecond: rate}
			eachPermits(t, func(t *testing.T, p, other *live.Permits, clock *stopped) {
				var gone []int64
				prompts := 0
				for step := range 200 {
					clock.move(20 * time.Millisecond)
					for _, from := range []*live.Permits{p, other} {
						asks := []live.Ask{prompt, prompt}
						if step%50 == 0 {
							asks = []live.Ask{answer, answer, prompt}
						}
						for i, permit := range take(t, from, r, asks...) {
							if permit.Wait == 0 {
								gone = append(gone, clock.now().UnixMilli())
							}
							if permit.Wait == 0 && asks[i].Prompt {
								prompts++
							}
						}
					}
				}
				for i := range gone {
					if j := i + rate; j < len(gone) && gone[j]-gone[i] < 1000 {
						t.Fatalf("%d parts went within %d ms", rate+1, gone[j]-gone[i])
					}
				}
				if rate > 4 && (len(gone) < rate || prompts == 0) {
					t.Errorf("only %d parts went in four seconds, %d of them unasked", len(gone), prompts)
				}
			})
		})
	}
}

func TestPermitsCountParts(t *testing.T) {
	t.Parallel()
	r := live.Rate{PerSecond: 4}
	eachPermits(t, func(t *testing.T, p, _ *live.Permits, clock *stopped) {
		if n := goes(t, p, r, live.Ask{Parts: 10}, 1); n != 1 {
			t.Fatal("a long text did not go at all")
		}
		got := take(t, p, r, answer, answer)
		want := []live.Permit{{2500 * time.Millisecond, live.LimitSender}, {2750 * time.Millisecond, live.LimitSender}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("behind ten parts (-want +got):\n%s", diff)
		}
		clock.move(2500 * time.Millisecond)
		if n := goes(t, p, r, answer, 3); n != 1 {
			t.Errorf("%d went when it was paid for", n)
		}
	})
}

func TestPermitsOfOneChat(t *testing.T) {
	t.Parallel()
	r := live.Rate{PerSecond: 30, PerChat: time.Second}
	john, amina := live.Ask{Chat: "john"}, live.Ask{Chat: "amina"}
	eachPermits(t, func(t *testing.T, p, other *live.Permits, clock *stopped) {
		got := take(t, p, r, john, john, amina)
		want := []live.Permit{{}, {time.Second, live.LimitChat}, {}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		clock.move(999 * time.Millisecond)
		if n := goes(t, other, r, john, 1); n != 0 {
			t.Error("two messages to one chat within a second")
		}
		clock.move(time.Millisecond)
		if n := goes(t, other, r, john, 2); n != 1 {
			t.Errorf("%d went after a second", n)
		}
	})
}

// What one process is told to wait the others wait as well.
func TestPermitsPausedByTheProvider(t *testing.T) {
	t.Parallel()
	r := live.Rate{PerSecond: 30, PerChat: time.Second}
	paused := func(wait time.Duration) []live.Permit { return []live.Permit{{wait, live.LimitPaused}} }
	eachPermits(t, func(t *testing.T, p, other *live.Permits, clock *stopped) {
		john, amina, owen := live.Ask{Chat: "john"}, live.Ask{Chat: "amina"}, live.Ask{Chat: "owen"}
		if p.Pause(t.Context(), "s", "john", 10*time.Second) {
			t.Error("everybody waits because of one chat")
		}
		if diff := cmp.Diff(paused(10*time.Second), take(t, other, r, john)); diff != "" {
			t.Error(diff)
		}
		if n := goes(t, other, r, amina, 1); n != 1 {
			t.Error("another chat waits, too")
		}
		clock.move(time.Second)
		if !other.Pause(t.Context(), "s", "amina", 5*time.Second) {
			t.Error("two chats were refused, and the bot does not wait")
		}
		if diff := cmp.Diff(paused(5*time.Second), take(t, p, r, owen)); diff != "" {
			t.Error(diff)
		}
		clock.move(5 * time.Second)
		if n := goes(t, p, r, owen, 1); n != 1 {
			t.Error("the bot waits for longer than it was asked to")
		}
		if diff := cmp.Diff(paused(4*time.Second), take(t, p, r, john)); diff != "" {
			t.Error(diff)
		}
		// A number has no chats: it waits at once.
		if !p.Pause(t.Context(), "s", "", time.Minute) {
			t.Error("the number does not wait")
		}
		if diff := cmp.Diff(paused(time.Minute), take(t, other, r, answer)); diff != "" {
			t.Error(diff)
		}
	})
}

// Redis ends in the middle: answers go on, at the whole rate; unasked texts go at
// a quarter of it; what was sent before is not forgotten.
func TestPermitsAlone(t *testing.T) {
	t.Parallel()
	clock := &stopped{}
	clock.at.Store(1_795_000_000_000)
	client, stop, err := live.InProcess()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	p, r := live.NewPermits(live.New(client, clock.now), clock.now), live.Rate{PerSecond: 10}
	if n := goes(t, p, r, answer, 9); n != 3 {
		t.Fatalf("%d answers at once", n)
	}
	stop()
	permits, alone := p.Take(t.Context(), "s", r, []live.Ask{answer})
	if !alone || permits[0].Wait == 0 {
		t.Errorf("alone %v; the change gave a second burst: %v", alone, permits)
	}
	count := func(a live.Ask) (n int) {
		for range 1000 {
			clock.move(10 * time.Millisecond)
			n += goes(t, p, r, a, 1)
		}
		return n
	}
	if n := count(prompt); n < 18 || n > 21 {
		t.Errorf("%d unasked texts in ten seconds, want about 20", n)
	}
	if n := count(answer); n < 79 || n > 82 {
		t.Errorf("%d answers in ten seconds, want about 80", n)
	}
}

// A Redis that took another's place may have a clock that is behind.
func TestPermitsOfAClockThatWasPutBack(t *testing.T) {
	t.Parallel()
	r := live.Rate{PerSecond: 10, PerChat: time.Second}
	each(t, func(t *testing.T, client redis.UniversalClient) {
		clock := &stopped{}
		clock.at.Store(1_795_000_000_000)
		p := live.NewPermits(live.New(client, clock.now), clock.now)
		take(t, p, r, live.Ask{Chat: "john"})
		clock.move(-24 * time.Hour)
		if n := goes(t, p, r, live.Ask{Chat: "john"}, 1); n != 1 {
			t.Error("nothing goes for a day")
		}
	})
	t.Run("alone", func(t *testing.T) {
		t.Parallel()
		clock := &stopped{}
		clock.at.Store(1_795_000_000_000)
		p := live.NewPermits(nil, clock.now)
		for range 2 {
			if permits, alone := p.Take(t.Context(), "s", r, []live.Ask{{Chat: "john"}}); !alone || permits[0].Wait != 0 {
				t.Errorf("alone %v, %v", alone, permits)
			}
			clock.move(-24 * time.Hour)
		}
	})
}

// Without a clock of the test's the time is Redis's.
func TestPermitsByTheClockOfRedis(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client redis.UniversalClient) {
		p := live.NewPermits(live.New(client, time.Now), nil)
		permits, alone := p.Take(t.Context(), "s", live.Rate{PerSecond: 1}, []live.Ask{prompt, prompt})
		if alone || permits[0].Wait != 0 || permits[1].Wait <= 0 || permits[1].Wait > time.Second {
			t.Errorf("alone %v, %v", alone, permits)
		}
	})
}
