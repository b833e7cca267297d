package outbox

import (
	"context"
	"time"
)

// settlePause is how long to look away while attempts are under way.
const settlePause = 200 * time.Microsecond

// Settle sends everything that may go at this moment of the program's clock, and
// returns once it is written what became of it. It is for whoever moves the clock
// in leaps (the simulated year): a claim would end in the middle of one. Run must
// be under way.
func (o *Outbox) Settle(ctx context.Context) error {
	for {
		if err := o.still(ctx); err != nil {
			return err
		}
		sends, err := o.rows.Claim(ctx, o.now(), o.lanes.workers)
		if err != nil {
			return err
		}
		if len(sends) == 0 {
			return o.still(ctx) // What another sweep had claimed by then.
		}
		o.Offer(sends)
	}
}

// still waits until nothing is in our hands.
func (o *Outbox) still(ctx context.Context) error {
	for !o.lanes.empty() || o.writer.pending() > 0 {
		t := time.NewTimer(settlePause)
		select {
		case <-t.C:
		case <-o.idle:
		case <-ctx.Done():
		}
		t.Stop()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
