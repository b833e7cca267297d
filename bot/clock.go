package main

import (
	"sync/atomic"
	"time"
)

// clock is the one clock of the program: turn, schedule, outbox and web all
// ask it. It runs with the machine's, ahead of it by an offset that only demo
// and the tests of the real binary ever change, and never turns back.
type clock struct{ ahead atomic.Int64 }

// Now is the present moment in UTC.
func (c *clock) Now() time.Time {
	return time.Now().UTC().Add(time.Duration(c.ahead.Load()))
}

// Advance moves the clock forward; a negative step does nothing.
func (c *clock) Advance(step time.Duration) {
	if step > 0 {
		c.ahead.Add(int64(step))
	}
}

// startAt makes the clock show t now.
func (c *clock) startAt(t time.Time) { c.ahead.Store(int64(time.Until(t))) }
