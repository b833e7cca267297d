package outbox

import (
	"context"
	"runtime/debug"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Named reasons of the outbox itself, beside the providers' codes and the
// store's reasons; shown to people as they are.
const (
	// reasonTooLate: the message's end passed before it could be sent.
	reasonTooLate = "too_late"
	// reasonNoChannel: nothing is configured that could send on the channel.
	reasonNoChannel = "channel_not_configured"
	// reasonHeldBack: the provider said that we send too much.
	reasonHeldBack = "held_back"
	// reasonTimeout: the adapter did not answer in time.
	reasonTimeout = "timeout"
	// reasonPanic: the adapter broke in the middle of an attempt.
	reasonPanic = "panic"
	// reasonStopped is the store's word for a client who said stop; crisis words
	// are attempted all the same.
	reasonStopped = "stopped"
)

// pump starts as many attempts as may run. Before Run there are none.
func (o *Outbox) pump() {
	if !o.begun.Load() {
		return
	}
	for {
		l, j, ok := o.lanes.next()
		if !ok {
			return
		}
		go o.one(l, j)
	}
}

// one takes the first message of a lane to a result and goes on with whatever
// may start then.
func (o *Outbox) one(l *lane, j job) {
	v := o.attempt(l, j)
	switch {
	case v.parked:
		o.pump()
		return
	case v.release:
		back := o.lanes.done(l, true)
		o.writer.release(l, append([]job{j}, back...), v.kick)
	default:
		// What could not be sent now must not be overtaken by what stands behind
		// it, and a person who blocked us would refuse that, too.
		behind := v.result.Delivery == conversations.Queued || v.result.Blocked
		back := o.lanes.done(l, behind)
		o.conclude(l, j.Send, v.result)
		if len(back) > 0 {
			o.writer.release(l, back, false)
		}
	}
	o.lanes.leave(j)
	o.pump()
	select {
	case o.idle <- struct{}{}:
	default:
	}
}

// verdict is what became of one message: a result to be written, or a claim to
// be given back because it was surely not attempted, or neither because it
// waits in its lane.
type verdict struct {
	result  store.SendResult
	release bool
	parked  bool
	// kick: what was released is looked for at once, because something more urgent
	// may have waited behind it.
	kick bool
}

func (o *Outbox) attempt(l *lane, j job) verdict {
	now := o.now()
	if tooLate(j.Send, now) {
		return o.drop(j, reasonTooLate)
	}
	sender := o.senders[j.To.Channel]
	if sender == nil {
		return verdict{result: store.SendResult{ID: j.ID, Delivery: conversations.Failed, Code: reasonNoChannel}}
	}
	if until := o.lanes.heldUntil(j.To.Channel); !until.IsZero() {
		if o.hasTime(j.Send, until) && o.lanes.again(l, j) {
			return verdict{parked: true}
		}
		if until.After(now) {
			return o.putBack(j, until)
		}
	}
	if v, wait := o.permit(l, j); wait {
		return v
	}
	// What nobody asked for is always asked about: its appointment may have been
	// moved while it waited for a worker.
	if j.Urgency == conversations.Prompt || j.allowed.IsZero() || now.Sub(j.allowed) >= fresh || now.Before(j.allowed) {
		reason, err := o.checker.still(j.ID)
		if err != nil {
			return verdict{release: true}
		}
		if reason != "" && !(j.Urgency == conversations.Crisis && reason == reasonStopped) {
			return o.drop(j, reason)
		}
	}
	started := o.now()
	if !o.hasTime(j.Send, started) {
		return verdict{release: true}
	}
	r := o.send(sender, j.Send)
	ended := o.now()
	o.metrics.Attempted(j.To.Channel, r.Outcome, ended.Sub(started))
	return verdict{result: o.judge(j.Send, r, ended)}
}

// hasTime says whether an attempt that begins at the moment given ends within
// the message's claim.
func (o *Outbox) hasTime(s store.Send, begin time.Time) bool {
	return s.Deadline.Sub(begin) >= o.timeout+claimMargin
}

func (o *Outbox) drop(j job, reason string) verdict {
	o.metrics.Dropped(j.To.Channel, reason)
	return verdict{result: store.SendResult{ID: j.ID, Delivery: conversations.Dropped, Code: reason}}
}

// putBack queues a message until its channel is free again, spread a little.
func (o *Outbox) putBack(j job, until time.Time) verdict {
	at := until.Add(time.Duration(chance() * float64(time.Second)))
	return verdict{result: store.SendResult{
		ID: j.ID, Delivery: conversations.Queued, NotBefore: at, Code: reasonHeldBack,
	}}
}

// send makes one attempt and always comes back, with Unknown if the adapter
// breaks or outstays its time. What an adapter says after that is still worth
// knowing if it is Sent.
func (o *Outbox) send(sender Sender, s store.Send) Result {
	// An attempt that has begun is not cut short by a stop: whoever cancels it
	// would not know whether it was sent.
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	answer := make(chan Result, 1)
	left := make(chan struct{})
	go func() {
		defer cancel()
		r := o.call(ctx, sender, s)
		answer <- r
		select {
		case <-left:
			if r.Outcome == Sent {
				o.writer.add(nil, s, o.judge(s, r, o.now()))
			}
		default:
		}
	}()
	// The adapter gets a moment beyond its timeout to say what it saw.
	bound := time.NewTimer(o.timeout + claimMargin/2)
	defer bound.Stop()
	select {
	case r := <-answer:
		return r
	case <-bound.C:
		close(left)
		select {
		case r := <-answer: // At the last moment.
			return r
		default:
		}
		o.log.Error("a channel adapter outstayed its time", "message_id", string(s.ID), "channel", string(s.To.Channel))
		return Result{Outcome: Unknown, Code: reasonTimeout}
	}
}

func (o *Outbox) call(ctx context.Context, sender Sender, s store.Send) (r Result) {
	defer func() {
		if p := recover(); p != nil {
			// The value may hold the text; the stack holds none.
			o.log.Error("a channel adapter panicked", "message_id", string(s.ID),
				"channel", string(s.To.Channel), "stack", string(debug.Stack()))
			r = Result{Outcome: Unknown, Code: reasonPanic}
		}
	}()
	return sender.Send(ctx, message(s))
}

func message(s store.Send) Message {
	m := Message{ID: s.ID, To: s.To, Text: s.Text, Until: ends(s)}
	for _, b := range s.Buttons {
		m.Buttons = append(m.Buttons, Button(b))
	}
	return m
}

// judge turns what an adapter said into what is written.
func (o *Outbox) judge(s store.Send, r Result, now time.Time) store.SendResult {
	out := store.SendResult{ID: s.ID, ProviderID: r.ProviderID, Code: r.Code, Blocked: r.Blocked}
	switch r.Outcome {
	case Sent:
		out.Delivery = conversations.Sent
		o.metrics.Sent(s.To.Channel, now.Sub(s.Committed))
	case Refused:
		out.Delivery = conversations.Failed
	case Retry:
		if tooMany(r.Code) {
			o.tooMuch(s, now, r.After)
		}
		at, ok := retryAt(now, ends(s), s.Attempts, r.After, chance())
		out.Delivery, out.NotBefore = conversations.Queued, at
		if !ok {
			out.Delivery, out.NotBefore = conversations.Failed, time.Time{}
			if out.Code == "" {
				out.Code = reasonTooLate
			}
		}
	case Unknown:
		out.Delivery = conversations.Unknown
	default:
		// An outcome that this version does not know gets the most care.
		out.Delivery = conversations.Unknown
	}
	return out
}

// keepBack holds a whole channel for as long as its provider asked.
func (o *Outbox) keepBack(c conversations.Channel, now time.Time, wait time.Duration) {
	h, isNew := o.lanes.keepBack(c, now.Add(wait))
	if !isNew {
		return
	}
	o.metrics.Held(c, wait)
	o.log.Warn("a channel is held back", "channel", string(c), "seconds", wait.Seconds())
	time.AfterFunc(wait, func() {
		o.lanes.free(c, h)
		o.pump()
	})
}
