package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"
)

const (
	// writeBatch is the most results that are written in one transaction.
	writeBatch = 500
	// The waits between two tries while the database is away.
	writeAgain, writeAgainMax = 50 * time.Millisecond, 2 * time.Second
	// maxStrikes is how often a result may be refused by a database that takes
	// others before it is given up; its claim then expires and becomes unknown.
	maxStrikes = 5
	// maxSingles is how many refusals in a row mean that the database is away
	// and not that these results are bad.
	maxSingles = 3
)

// ended is a message whose result, or release, has to be written.
type ended struct {
	lane    *lane // nil: no lane waits for it
	send    store.Send
	result  store.SendResult
	release bool
	kick    bool // what was released is swept for at once
	strikes int
}

// writer writes results back, as many at once as wait, and never waits for
// more. It keeps them until the database has them or the process ends.
type writer struct {
	o    *Outbox
	wake chan struct{}

	mu      sync.Mutex
	waiting []ended
	writing int           // what the running loop holds
	drained chan struct{} // closed when nothing is left; set by drain
}

func newWriter(o *Outbox) *writer { return &writer{o: o, wake: make(chan struct{}, 1)} }

func (w *writer) add(l *lane, s store.Send, r store.SendResult) {
	w.put(ended{lane: l, send: s, result: r})
}

// release gives claims back that were surely not attempted.
func (w *writer) release(l *lane, jobs []job, kick bool) {
	all := make([]ended, len(jobs))
	for i, j := range jobs {
		all[i] = ended{lane: l, send: j.Send, release: true, kick: kick}
	}
	w.put(all...)
}

func (w *writer) put(e ...ended) {
	w.mu.Lock()
	w.waiting = append(w.waiting, e...)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// pending counts what is not in the database yet.
func (w *writer) pending() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiting) + w.writing
}

// drain waits until everything is written, for at most d.
func (w *writer) drain(d time.Duration) error {
	done := make(chan struct{})
	w.mu.Lock()
	w.drained = done
	w.tell()
	w.mu.Unlock()
	bound := time.NewTimer(d)
	defer bound.Stop()
	select {
	case <-done:
		return nil
	case <-bound.C:
		return fmt.Errorf("stop the outbox: %d results are not written; their messages become unknown", w.pending())
	}
}

// tell wakes drain when nothing is left. The caller holds mu.
func (w *writer) tell() {
	if w.drained != nil && len(w.waiting)+w.writing == 0 {
		close(w.drained)
		w.drained = nil
	}
}

// take adds what waits to what the loop still holds.
func (w *writer) take(held []ended) []ended {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), max(0, writeBatch-len(held)))
	held = append(held, w.waiting[:n]...)
	w.waiting = append([]ended(nil), w.waiting[n:]...)
	w.writing = len(held)
	return held
}

func (w *writer) keep(held []ended) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writing = len(held)
	w.tell()
}

// run writes until ctx ends.
func (w *writer) run(ctx context.Context) {
	var held []ended
	again := writeAgain
	for {
		if held = w.take(held); len(held) == 0 {
			select {
			case <-w.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		before := len(held)
		held = w.round(ctx, held)
		w.keep(held)
		if len(held) == 0 || len(held) < before {
			again = writeAgain
		}
		if len(held) == 0 {
			continue
		}
		if !sleep(ctx, again) {
			return
		}
		again = min(2*again, writeAgainMax)
	}
}

// round tries once to write all that is held and returns what is left.
func (w *writer) round(ctx context.Context, held []ended) []ended {
	err := w.write(ctx, held)
	if err == nil {
		w.settled(held)
		return nil
	}
	w.o.log.Warn("results of sends were not written yet", "messages", len(held), "error", err)
	if len(held) == 1 {
		return held
	}
	// One bad result must not keep the others back.
	var failed, done []ended
	left := held
	for row := 0; len(left) > 0 && row < maxSingles; left = left[1:] {
		if err := w.write(ctx, left[:1]); err != nil {
			failed = append(failed, left[0])
			row++
			continue
		}
		done = append(done, left[0])
		row = 0
	}
	w.settled(done)
	if len(done) == 0 {
		return append(left, failed...)
	}
	for _, e := range failed {
		if e.strikes++; e.strikes < maxStrikes {
			left = append(left, e)
			continue
		}
		w.o.log.Error("the result of a send cannot be written; its message becomes unknown",
			"message_id", string(e.send.ID), "delivery", string(e.result.Delivery))
		w.let(e)
	}
	return left
}

// write puts results and releases into the database, the results first: what
// stood behind them becomes claimable only then.
func (w *writer) write(ctx context.Context, all []ended) error {
	ctx, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	var results []store.SendResult
	var back []conversations.MessageID
	for _, e := range all {
		if e.release {
			back = append(back, e.send.ID)
			continue
		}
		results = append(results, e.result)
	}
	now := w.o.now()
	if len(results) > 0 {
		if err := w.o.rows.WriteResults(ctx, results, now); err != nil {
			return fmt.Errorf("write %d results: %w", len(results), err)
		}
	}
	if len(back) > 0 {
		// Should this fail, the results above are written twice, which changes
		// nothing: they are no longer claimed.
		if err := w.o.rows.Release(ctx, back, now); err != nil {
			return fmt.Errorf("release %d claims: %w", len(back), err)
		}
	}
	return nil
}

// settled frees the lanes of what needs no more writing.
func (w *writer) settled(done []ended) {
	for _, e := range done {
		w.let(e)
		w.o.settled(e)
	}
}

// let takes a message off its lane. What was given back leaves the next sweep
// to its time: claiming it at once, and again, would turn in a circle for as
// long as its reason lasts.
func (w *writer) let(e ended) {
	if e.lane != nil && w.o.lanes.written(e.lane, 1) && !e.release || e.kick {
		w.o.kickNow()
	}
}
