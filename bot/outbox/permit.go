package outbox

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Limits is how quickly we may send on one channel. All processes share them.
//
// Carriers queue what comes too quickly, in its order (Twilio: up to ten hours of
// it for each number) or refuse it (Telegram). Either way a big batch would stand
// in front of an answer. So the queue is ours, where answers overtake: a message
// waits here until the carrier would send it at once.
type Limits struct {
	// Sender is who sends, as the carrier counts: a number, a messaging service,
	// a bot. Processes that send as the same one share its limits.
	Sender string
	// PerSecond is in SMS parts, or in messages where there are no parts; 0 means
	// that we do not limit ourselves. A carrier's wish that we wait is then kept
	// by the process that heard it.
	PerSecond int
	// PerChat is the least time between two messages to one chat; 0 means none.
	PerChat time.Duration
}

// on says whether there is anything to ask.
func (l Limits) on() bool { return l.PerSecond > 0 || l.PerChat > 0 }

// promptRoom is how many unasked messages a process holds in its memory: half a
// second's worth, which is enough to keep its attempts going. The rest waits in the
// database, where the answer to somebody whose own prompt waits still overtakes
// it, and where every process finds it.
func (l Limits) promptRoom() int {
	if l.PerSecond <= 0 {
		return math.MaxInt
	}
	return max(1, l.PerSecond/2)
}

const (
	// promptPatience is how long an unasked message waits in memory for its
	// permit before it is given back: as long as it is claimed, the answer to the
	// same person stands behind it.
	promptPatience = time.Second
	// permitBatch is the most messages that are asked about at once.
	permitBatch = 100
	// permitTimeout bounds a question about a permit; the store answers much
	// sooner (live.Budget).
	permitTimeout = 2 * time.Second
)

// permits asks whether messages may go, for as many at once as wait.
type permits struct {
	o   *Outbox
	ask chan permitQuestion
	// alone says of each channel that the last answer came without Redis. Only
	// run touches it.
	alone map[conversations.Channel]bool
}

type permitQuestion struct {
	send  store.Send
	reply chan store.Permit
}

func newPermits(o *Outbox) *permits {
	return &permits{o: o, ask: make(chan permitQuestion, permitBatch), alone: map[conversations.Channel]bool{}}
}

// may asks for one message. One that gets no answer at all may go: that is a fault
// of ours, and the carrier's own limits stand behind.
func (p *permits) may(s store.Send) store.Permit {
	bound := time.NewTimer(permitTimeout)
	defer bound.Stop()
	q := permitQuestion{send: s, reply: make(chan store.Permit, 1)}
	select {
	case p.ask <- q:
	case <-bound.C:
		return store.Permit{}
	}
	select {
	case permit := <-q.reply:
		return permit
	case <-bound.C:
		return store.Permit{}
	}
}

// run answers until ctx ends.
func (p *permits) run(ctx context.Context) {
	for {
		var batch []permitQuestion
		select {
		case q := <-p.ask:
			batch = append(batch, q)
		case <-ctx.Done():
			return
		}
	more:
		for len(batch) < permitBatch {
			select {
			case q := <-p.ask:
				batch = append(batch, q)
			default:
				break more
			}
		}
		p.answer(ctx, batch)
	}
}

// answer asks for a batch, channel by channel, the most urgent first.
func (p *permits) answer(ctx context.Context, batch []permitQuestion) {
	slices.SortStableFunc(batch, func(a, b permitQuestion) int {
		return cmp.Or(cmp.Compare(a.send.To.Channel, b.send.To.Channel), cmp.Compare(a.send.Urgency, b.send.Urgency))
	})
	for len(batch) > 0 {
		channel := batch[0].send.To.Channel
		n := 0
		for n < len(batch) && batch[n].send.To.Channel == channel {
			n++
		}
		sends := make([]store.Send, n)
		for i := range sends {
			sends[i] = batch[i].send
		}
		given, alone := p.o.rows.Permits(ctx, p.o.from(channel), sends)
		if alone {
			p.o.metrics.Alone(channel)
		}
		if alone != p.alone[channel] {
			p.alone[channel] = alone
			p.o.log.Warn("who shares the limit of sending has changed", "channel", string(channel), "alone", alone)
		}
		for i := range sends {
			batch[i].reply <- given[i]
		}
		batch = batch[n:]
	}
}

// from is the sender on a channel, as the store knows it.
func (o *Outbox) from(c conversations.Channel) store.Sender {
	l := o.limits[c]
	return store.Sender{Channel: c, Name: string(c) + " " + l.Sender, Rate: store.Rate{PerSecond: l.PerSecond, PerChat: l.PerChat}}
}

// permit asks whether a message may go now. Where it may not, it says what
// becomes of it meanwhile.
func (o *Outbox) permit(l *lane, j job) (v verdict, wait bool) {
	if !o.limits[j.To.Channel].on() {
		return verdict{}, false
	}
	now := o.now()
	p := o.permits.may(j.Send)
	if p.Wait <= 0 {
		if !j.asked.IsZero() {
			o.metrics.Waited(j.To.Channel, string(j.limit), now.Sub(j.asked))
		}
		return verdict{}, false
	}
	first := j.asked.IsZero()
	if first {
		j.asked = now
	}
	j.limit = p.Limit
	until := now.Add(p.Wait)
	switch {
	case j.Urgency >= conversations.Prompt && p.Limit == store.LimitPaused:
		return o.putBack(j, until), true
	case j.Urgency >= conversations.Prompt && until.Sub(j.asked) > promptPatience:
		// One that has not waited yet has kept nobody behind it, and would only be
		// claimed again at once.
		return verdict{release: true, kick: !first}, true
	case !o.hasTime(j.Send, until) && p.Limit == store.LimitPaused:
		return o.putBack(j, until), true
	case !o.hasTime(j.Send, until):
		return verdict{release: true}, true
	}
	if !o.lanes.park(l, j) {
		return verdict{release: true}, true
	}
	time.AfterFunc(p.Wait, func() {
		o.lanes.wake(l)
		o.pump()
	})
	return verdict{parked: true}, true
}

// tooMuch does what a carrier asks that says that we send too much: everybody
// waits who sends as this sender, or the chat alone if nothing says that it is
// more than that.
func (o *Outbox) tooMuch(s store.Send, now time.Time, after time.Duration) {
	wait := min(after, maxAfter)
	if wait <= 0 {
		wait = backoffs[0]
	}
	whole := true
	if o.limits[s.To.Channel].on() {
		ctx, cancel := context.WithTimeout(context.Background(), permitTimeout)
		defer cancel()
		whole = o.rows.Pause(ctx, o.from(s.To.Channel), s, wait)
	}
	if whole {
		o.keepBack(s.To.Channel, now, wait)
		return
	}
	o.metrics.Held(s.To.Channel, wait)
	o.log.Warn("a chat is held back", "message_id", string(s.ID), "channel", string(s.To.Channel), "seconds", wait.Seconds())
}

// slow lists the channels that have no room for more unasked messages, and room
// says how many there is for on the others that are limited.
func (o *Outbox) slow() (slow []conversations.Channel, room map[conversations.Channel]int) {
	room = make(map[conversations.Channel]int, len(o.limits))
	for c, l := range o.limits {
		if l.PerSecond <= 0 {
			continue
		}
		slow = append(slow, c)
		room[c] = max(0, l.promptRoom()-o.lanes.promptsOf(c))
	}
	slices.Sort(slow)
	return slow, room
}

// within keeps the unasked messages for which there is room, and returns the
// others.
func (o *Outbox) within(jobs []job) (kept, over []job) {
	room := map[conversations.Channel]int{}
	if len(o.limits) > 0 {
		_, room = o.slow()
	}
	for _, j := range jobs {
		free, limited := room[j.To.Channel]
		if !limited || j.Urgency < conversations.Prompt {
			kept = append(kept, j)
			continue
		}
		if free == 0 {
			over = append(over, j)
			continue
		}
		room[j.To.Channel] = free - 1
		kept = append(kept, j)
	}
	return kept, over
}
