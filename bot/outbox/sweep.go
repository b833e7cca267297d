package outbox

import (
	"context"
	"time"
)

// sweeps claims what nobody has claimed: at every kick, and every now and then.
func (o *Outbox) sweeps(ctx context.Context) {
	for {
		o.sweep(context.WithoutCancel(ctx))
		// Processes that started together drift apart.
		t := time.NewTimer(o.every + time.Duration(chance()*maxJitter*float64(o.every)))
		select {
		case <-o.kick:
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// sweep claims what is due until nothing more is, or until there is enough to
// do; then whatever is written back sweeps again. A claim is not cut short by a
// stop: it could be committed and nobody would know.
func (o *Outbox) sweep(ctx context.Context) {
	for round := 0; ; round++ {
		room, least := o.lanes.room()
		if round == 0 {
			room = max(room, least)
		}
		if room == 0 {
			return
		}
		claim, cancel := context.WithTimeout(ctx, databaseTimeout)
		sends, err := o.rows.Claim(claim, o.now(), room)
		cancel()
		if err != nil {
			o.log.Warn("nothing was claimed", "error", err)
			return
		}
		jobs := make([]job, len(sends))
		for i, s := range sends {
			jobs[i] = job{Send: s, swept: true}
		}
		if !o.lanes.add(jobs, backlog*o.lanes.workers) {
			o.giveBack(jobs)
			return
		}
		o.pump()
		if len(sends) < room {
			return
		}
	}
}
