package outbox

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// The waits between the tries to bring an event to its conversation: about ten
// minutes in all. What is not taken by then is still on the message's row.
const (
	eventAgain, eventAgainMax = 250 * time.Millisecond, time.Minute
	eventTries                = 16
)

// eventOf returns the event that follows from a result, if any. What was an
// answer to somebody who is not on the caseload is recorded on its row alone.
func eventOf(s store.Send, r store.SendResult) (conversations.Event, bool) {
	ev := conversations.Event{Client: s.Client, Message: s.ID, Channel: s.To.Channel, Reason: r.Code}
	switch r.Delivery {
	case conversations.Failed:
		ev.Kind = conversations.EventUndelivered
	case conversations.Dropped:
		ev.Kind = conversations.EventDropped
	default:
		return conversations.Event{}, false
	}
	return ev, s.Client != ""
}

// report brings an event to its conversation, beside everything else, and tries
// again until it is taken.
func (o *Outbox) report(ctx context.Context, ev conversations.Event) {
	o.events.Go(func() {
		wait := eventAgain
		for range eventTries {
			err := o.tell(ctx, ev)
			if err == nil {
				return
			}
			o.log.Warn("an event of the outbox was not taken yet",
				"kind", string(ev.Kind), "message_id", string(ev.Message), "error", err)
			if !sleep(ctx, wait) {
				break
			}
			wait = min(2*wait, eventAgainMax)
		}
		o.log.Error("an event of the outbox was given up", "kind", string(ev.Kind), "message_id", string(ev.Message))
	})
}

// tell brings an event to its conversation once. A repeat is as good.
func (o *Outbox) tell(ctx context.Context, ev conversations.Event) error {
	select {
	case o.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-o.slots }()
	return ignoreRepeat(o.event(ctx, ev))
}
