package live

import (
	"errors"
	"testing"
	"time"
)

// errCut stands for a connection that was cut.
var errCut = errors.New("cut")

// full stands for what a Redis without room answers.
type full struct{}

func (full) Error() string { return "OOM command not allowed" }
func (full) RedisError()   {}

func TestBreaker(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	b := &breaker{now: func() time.Time { return now }}
	allowed := func(want bool, when string) {
		t.Helper()
		if b.allow() != want {
			t.Errorf("%s: a call is allowed: %v, want %v", when, !want, want)
		}
	}

	b.settle(reading, errCut)
	b.settle(reading, errCut)
	b.settle(reading, nil)
	b.settle(reading, errCut)
	b.settle(writing, errCut)
	allowed(true, "never three failures in a row")
	b.settle(reading, errCut)
	allowed(false, "three failures in a row")

	now = now.Add(rest - time.Millisecond)
	allowed(false, "just before the rest is over")
	now = now.Add(time.Millisecond)
	allowed(true, "after the rest, the probe")
	allowed(false, "while the probe is under way")
	b.settle(writing, errCut)
	allowed(false, "after a probe that failed")

	now = now.Add(rest)
	allowed(true, "the second probe")
	b.release()
	allowed(true, "a probe whose caller gave up is given to the next")
	b.settle(reading, nil)
	allowed(true, "after a probe that went well")
	allowed(true, "and from then on")
	if err := b.err(); err != nil {
		t.Errorf("a Redis that answers again is still called degraded: %v", err)
	}
}

func TestBreakerTellsARefusalFromAnOutage(t *testing.T) {
	t.Parallel()
	b := &breaker{now: time.Now}
	if err := b.err(); err != nil {
		t.Errorf("degraded before the first call: %v", err)
	}
	b.settle(writing, full{})
	b.settle(pinging, errCut)
	b.settle(reading, nil)
	if err := b.err(); !errors.Is(err, full{}) {
		t.Errorf("reads hide that writes are refused: %v", err)
	}
	b.settle(writing, nil)
	if err := b.err(); err != nil {
		t.Errorf("degraded after all is well: %v", err)
	}
}
