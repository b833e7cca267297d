package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// asks are the ages, counted from the claim, at which a provider is asked about
// a message that may have been sent. Its list may lag behind, so that it counts
// as not sent only when it is missing there at the last of them.
var asks = [...]time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

const (
	// askAgain is the wait after a last ask that got no answer at all, and
	// askUntil is the age at which a person is told even so.
	askAgain, askUntil = 5 * time.Minute, time.Hour
	// unknownBatch is how many expired claims and unknown outcomes are looked at
	// in one round.
	unknownBatch = 100
)

// nextAsk returns when a provider is asked again about a message of this age;
// false means that there is nothing more to ask. answered says whether the last
// ask got an answer.
func nextAsk(age time.Duration, answered bool) (time.Duration, bool) {
	for _, a := range asks {
		if age < a {
			return a - age, true
		}
	}
	if !answered && age < askUntil {
		return askAgain, true
	}
	return 0, false
}

// reconciles looks after claims that expired and outcomes that nobody knows.
func (o *Outbox) reconciles(ctx context.Context) {
	for {
		o.expire(ctx)
		o.reconcile(ctx)
		if !sleep(ctx, o.reconcileEvery+time.Duration(chance()*maxJitter*float64(o.reconcileEvery))) {
			return
		}
	}
}

// expire makes claims unknown whose process did not come back in time.
func (o *Outbox) expire(ctx context.Context) {
	if o.writer.pending() > 0 {
		return // Our own results may be late because the database was away.
	}
	ctx, cancel := context.WithTimeout(ctx, databaseTimeout)
	defer cancel()
	ids, err := o.rows.Expire(ctx, o.now(), unknownBatch)
	if err != nil {
		o.log.Warn("claims were not looked at", "error", err)
		return
	}
	for _, id := range ids {
		o.log.Warn("a claim expired; its message may have been sent", "message_id", string(id))
	}
}

// reconcile asks about the messages whose time for it has come.
func (o *Outbox) reconcile(ctx context.Context) {
	list, cancel := context.WithTimeout(ctx, databaseTimeout)
	unknowns, err := o.rows.Unknowns(list, o.now(), unknownBatch)
	cancel()
	if err != nil {
		o.log.Warn("unknown deliveries were not looked at", "error", err)
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	// A provider that does not answer keeps the others waiting, but not for long.
	few := make(chan struct{}, 8)
	for _, s := range unknowns {
		select {
		case few <- struct{}{}:
		case <-ctx.Done():
			return
		}
		all.Go(func() {
			defer func() { <-few }()
			if err := o.settle(ctx, s); err != nil {
				o.log.Warn("an unknown delivery was not settled yet", "message_id", string(s.ID), "error", err)
			}
		})
	}
}

// settle finds out about one message, or has a person told. Whatever it does is
// safe to repeat, and an error leaves the message for the next round.
func (o *Outbox) settle(ctx context.Context, s store.Send) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout+2*databaseTimeout)
	defer cancel()
	now := o.now()
	asker, ok := o.senders[s.To.Channel].(Asker)
	if !ok {
		return o.giveUp(ctx, s, now)
	}
	age := now.Sub(s.Claimed)
	if age < asks[0] {
		return o.rows.AskedUnknown(ctx, s.ID, s.Claimed.Add(asks[0]), now)
	}
	r, found, err := o.ask(ctx, asker, s)
	if err != nil {
		o.log.Warn("a provider was not asked", "message_id", string(s.ID), "channel", string(s.To.Channel), "error", err)
	}
	now = o.now()
	if err == nil && found {
		switch r.Outcome {
		case Sent:
			err := o.rows.Settle(ctx, s.ID, store.SendResult{
				ID: s.ID, Delivery: conversations.Sent, ProviderID: r.ProviderID, Code: r.Code,
			}, now)
			if !errors.Is(err, store.ErrAnothers) {
				return err
			}
			// The same words went to the same person in another message: this one
			// was not found.
		case Refused:
			return o.settleFailed(ctx, s, r, now)
		case Unknown, Retry: // The provider has it and cannot say yet: ask again.
		}
	}
	if wait, more := nextAsk(age, err == nil); more {
		return o.rows.AskedUnknown(ctx, s.ID, now.Add(wait), now)
	}
	return o.giveUp(ctx, s, now)
}

func (o *Outbox) ask(ctx context.Context, asker Asker, s store.Send) (r Result, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the channel adapter panicked")
		}
	}()
	return asker.Ask(ctx, message(s), s.Claimed)
}

// settleFailed records that the provider refused a message after all. The
// conversation hears of it first: should we end in between, it hears of it
// again, and not never.
func (o *Outbox) settleFailed(ctx context.Context, s store.Send, r Result, now time.Time) error {
	result := store.SendResult{
		ID: s.ID, Delivery: conversations.Failed, ProviderID: r.ProviderID, Code: r.Code, Blocked: r.Blocked,
	}
	if ev, ok := eventOf(s, result); ok {
		if err := o.tell(ev); err != nil {
			return err
		}
	}
	return o.rows.Settle(ctx, s.ID, result, now)
}

// giveUp has a person told that a message may not have been sent, and asks no
// more. A status report may still settle it.
func (o *Outbox) giveUp(ctx context.Context, s store.Send, now time.Time) error {
	if ev, ok := eventOf(s, store.SendResult{Delivery: conversations.Unknown}); ok {
		if err := o.tell(ev); err != nil {
			return err
		}
	}
	return o.rows.AskedUnknown(ctx, s.ID, time.Time{}, now)
}
