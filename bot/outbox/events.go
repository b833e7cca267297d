package outbox

import (
	"context"
	"errors"
	"time"

	"alongside/conversations"
	"alongside/store"
)

const (
	// The waits between the tries to bring an event to its conversation, and how
	// many there are: about ten minutes in all.
	eventAgain, eventAgainMax = 250 * time.Millisecond, time.Minute
	eventTries                = 16
	// eventTimeout bounds one turn.
	eventTimeout = 20 * time.Second
	// eventsAtOnce bounds the turns that the outbox causes at the same time.
	eventsAtOnce = 4
)

// eventOf returns the event that follows from a result, if any. What was an
// answer to somebody who is not on the caseload is recorded on its row alone.
func eventOf(s store.Send, r store.SendResult) (conversations.Event, bool) {
	ev := conversations.Event{
		Client: s.Client, Message: s.ID, Channel: s.To.Channel,
		Urgency: s.Urgency, Blocked: r.Blocked, Reason: r.Code,
	}
	if s.Appointment != "" {
		ev.Appointment = conversations.Appointment{ID: s.Appointment, At: s.Stands}
	}
	switch r.Delivery {
	case conversations.Failed:
		ev.Kind = conversations.EventUndelivered
	case conversations.Dropped:
		ev.Kind = conversations.EventDropped
	case conversations.Unknown:
		ev.Kind = conversations.EventUnknown
	default:
		return conversations.Event{}, false
	}
	return ev, s.Client != ""
}

// conclude has a result written. What a person has to hear of is brought to its
// conversation first: should this process end in between, the claim expires and
// the person hears that the message may not have been sent. The other way round
// they might never hear of it.
func (o *Outbox) conclude(l *lane, s store.Send, r store.SendResult) {
	ev, ok := eventOf(s, r)
	if !ok || r.Delivery == conversations.Unknown { // Unknown is asked about first.
		o.writer.add(l, s, r)
		return
	}
	o.events.Go(func() {
		written := false
		wait := eventAgain
		for range eventTries {
			err := o.tell(ev)
			if err == nil {
				break
			}
			o.log.Warn("an event of the outbox was not taken yet",
				"kind", string(ev.Kind), "message_id", string(ev.Message), "error", err)
			if !written && s.Deadline.Sub(o.now()) < claimMargin+wait {
				o.writer.add(l, s, r)
				written = true
			}
			if !o.rest(wait) {
				return
			}
			wait = min(2*wait, eventAgainMax)
		}
		if !written {
			o.writer.add(l, s, r)
		}
	})
}

// tell brings an event to its conversation once. A repeat is as good.
func (o *Outbox) tell(ev conversations.Event) error {
	o.slots <- struct{}{}
	defer func() { <-o.slots }()
	ctx, cancel := context.WithTimeout(context.Background(), eventTimeout)
	defer cancel()
	if err := o.event(ctx, ev); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	return nil
}

// rest waits, and returns false if the outbox ended before.
func (o *Outbox) rest(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-o.quit:
		return false
	}
}
