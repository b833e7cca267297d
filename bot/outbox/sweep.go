package outbox

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
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
		slow, prompts := o.slow()
		n, ok := o.claim(ctx, room, slow)
		// Of what nobody asked for, only as much as the carrier takes soon.
		for i, c := range slow {
			if free := min(prompts[c], room-n); ok && free > 0 {
				var more int
				more, ok = o.claim(ctx, free, slices.Concat(slow[:i], slow[i+1:]))
				n += more
			}
		}
		if !ok || n < room {
			return
		}
	}
}

// claim takes so many messages at most into memory, and none that nobody asked for
// on the channels of slow. It returns how many, and false if there is no more to do.
func (o *Outbox) claim(ctx context.Context, room int, slow []conversations.Channel) (int, bool) {
	claim, cancel := context.WithTimeout(ctx, databaseTimeout)
	sends, err := o.rows.Claim(claim, o.now(), room, slow...)
	cancel()
	if err != nil {
		o.log.Warn("nothing was claimed", "error", err)
		return 0, false
	}
	jobs := make([]job, len(sends))
	for i, s := range sends {
		jobs[i] = job{Send: s, swept: true}
	}
	if !o.lanes.add(jobs, backlog*o.lanes.workers) {
		o.giveBack(jobs)
		return 0, false
	}
	o.pump()
	return len(sends), true
}
