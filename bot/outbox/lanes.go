package outbox

import (
	"slices"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// line names what must not hear two messages at once: one person on one
// channel. Somebody who is not on the caseload is their address.
type line struct {
	client  conversations.ClientID
	channel conversations.Channel
	address string
}

func lineOf(s store.Send) line {
	l := line{client: s.Client, channel: s.To.Channel}
	if s.Client == "" {
		l.address = s.To.Value
	}
	return l
}

// job is one claimed message in memory.
type job struct {
	store.Send
	// allowed is when the policy was last asked; zero if not since the claim.
	allowed time.Time
	// swept: it was found in the database, where others may wait behind it.
	swept bool
	// asked is when its permit was first asked for in vain, limit what kept it.
	asked time.Time
	limit store.Limit
}

// lane holds the claimed messages of one line, in the order in which they go.
// It exists from the first claim until the last result is in the database.
type lane struct {
	line line
	jobs []job
	// busy: a worker has its first message, or it waits for its channel.
	busy bool
	// unwritten counts what has ended and is not in the database yet.
	unwritten int
	// waiting: another message of this line waits in the database; it can be
	// claimed only when this lane is done.
	waiting bool
}

// hold keeps a channel back after the provider said that we send too much.
type hold struct {
	until time.Time
	lanes []*lane
}

// lanes decides which message goes next. Lanes take turns; those whose first
// message is more urgent go before the others. It starts no goroutine and
// touches no clock: the outbox does both.
type lanes struct {
	mu sync.Mutex
	// workers is how many messages are attempted at once; prompts is how many of
	// these may be unasked ones, so that a big batch does not delay an answer.
	workers, prompts int

	byLine map[line]*lane
	// ready lists the lanes that could go on, by urgency.
	ready [4][]*lane
	// held holds the channels that have to wait.
	held map[conversations.Channel]*hold
	// parked holds the lanes whose first message waits for its permit. They are
	// busy, and take no worker.
	parked map[*lane]bool
	// unasked counts the prompts in memory by channel, waiting or under way.
	unasked map[conversations.Channel]int

	running        int // attempts under way
	runningPrompts int
	queued         int // messages that wait in a lane
	closed         bool
}

func newLanes(workers int) *lanes {
	return &lanes{
		workers: workers,
		prompts: max(1, workers-workers/4),
		byLine:  make(map[line]*lane),
		held:    make(map[conversations.Channel]*hold),
		parked:  make(map[*lane]bool),
		unasked: make(map[conversations.Channel]int),
	}
}

// class is the place of a lane in ready; the lower goes first.
func class(l *lane) int { return min(max(int(l.jobs[0].Urgency), 1), len(lanes{}.ready)-1) }

// add puts claimed messages into their lanes, in the order given. It takes all
// of them or, once closed or with more than limit messages waiting, none.
func (ls *lanes) add(jobs []job, limit int) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed || ls.queued+len(jobs) > limit {
		return false
	}
	for _, j := range jobs {
		key := lineOf(j.Send)
		l := ls.byLine[key]
		if l == nil {
			l = &lane{line: key}
			ls.byLine[key] = l
		}
		if slices.ContainsFunc(l.jobs, func(k job) bool { return k.ID == j.ID }) {
			continue // Handed over and swept as well: the row is one, and so is the attempt.
		}
		l.jobs = append(l.jobs, j)
		l.waiting = l.waiting || j.swept
		ls.queued++
		ls.count(j, 1)
		if len(l.jobs) == 1 && !l.busy {
			ls.list(l)
		}
	}
	return true
}

func (ls *lanes) list(l *lane) {
	c := class(l)
	ls.ready[c] = append(ls.ready[c], l)
}

// next hands out the lane whose first message goes now, or false if nothing
// may start. The caller ends it with done and leave, or with again.
func (ls *lanes) next() (*lane, job, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed || ls.running >= ls.workers {
		return nil, job{}, false
	}
	for c := range ls.ready {
		prompt := c >= int(conversations.Prompt)
		if prompt && ls.runningPrompts >= ls.prompts {
			break
		}
		if len(ls.ready[c]) == 0 {
			continue
		}
		l := ls.ready[c][0]
		ls.ready[c] = ls.ready[c][1:]
		j := l.jobs[0]
		l.jobs = l.jobs[1:]
		l.busy = true
		ls.queued--
		ls.running++
		if prompt {
			ls.runningPrompts++
		}
		return l, j, true
	}
	return nil, job{}, false
}

// leave frees the worker that next took for a message. It comes after done and
// after the result was handed on, so that idle means that nothing is left to do.
func (ls *lanes) leave(j job) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.count(j, -1)
	ls.freeWorker(j)
}

// count keeps the number of prompts in memory.
func (ls *lanes) count(j job, by int) {
	if j.Urgency >= conversations.Prompt {
		ls.unasked[j.To.Channel] += by
	}
}

// promptsOf returns how many prompts of a channel are in memory.
func (ls *lanes) promptsOf(c conversations.Channel) int {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.unasked[c]
}

func (ls *lanes) freeWorker(j job) {
	ls.running--
	if j.Urgency >= conversations.Prompt {
		ls.runningPrompts--
	}
}

// done says that the message which next handed out has a result that will be
// written; leave frees its worker. With stop, what stands behind it in the lane is given back too, because it
// must not overtake: done returns these messages, and counts them as unwritten.
func (ls *lanes) done(l *lane, stop bool) []job {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.busy = false
	l.unwritten++
	var back []job
	if stop || ls.closed {
		back = l.jobs
		for _, j := range back {
			ls.count(j, -1)
		}
		l.jobs = nil
		ls.queued -= len(back)
		l.unwritten += len(back)
	}
	if len(l.jobs) > 0 {
		ls.list(l)
	}
	return back
}

// again ends what next began without an attempt: the message waits in its lane
// until its channel is free. It returns false if the channel is free already,
// or everything is being closed; then the message is the caller's still.
func (ls *lanes) again(l *lane, j job) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	h := ls.held[l.line.channel]
	if h == nil || ls.closed {
		return false
	}
	ls.freeWorker(j)
	l.jobs = slices.Insert(l.jobs, 0, j)
	ls.queued++
	h.lanes = append(h.lanes, l) // Still busy: nobody else lists it.
	return true
}

// park ends what next began without an attempt: the message waits in its lane for
// wake. It returns false if everything is being closed; then the message is the
// caller's still.
func (ls *lanes) park(l *lane, j job) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed {
		return false
	}
	ls.freeWorker(j)
	l.jobs = slices.Insert(l.jobs, 0, j)
	ls.queued++
	ls.parked[l] = true // Still busy: nobody else lists it.
	return true
}

// wake lets a lane go on that park has stopped.
func (ls *lanes) wake(l *lane) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if !ls.parked[l] {
		return // Closed meanwhile.
	}
	delete(ls.parked, l)
	l.busy = false
	if len(l.jobs) > 0 {
		ls.list(l)
	}
}

// keepBack holds a channel until the moment given, or longer if it was held
// longer already; fresh says that the caller has to free it at that moment.
func (ls *lanes) keepBack(c conversations.Channel, until time.Time) (h *hold, fresh bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	old := ls.held[c]
	if old != nil && !until.After(old.until) {
		return old, false
	}
	h = &hold{until: until}
	if old != nil {
		h.lanes = old.lanes
	}
	ls.held[c] = h
	return h, true
}

// heldUntil returns until when a channel is held; the zero time if it is not.
func (ls *lanes) heldUntil(c conversations.Channel) time.Time {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if h := ls.held[c]; h != nil {
		return h.until
	}
	return time.Time{}
}

// free ends a hold, unless a longer one has taken its place.
func (ls *lanes) free(c conversations.Channel, h *hold) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.held[c] != h {
		return
	}
	delete(ls.held, c)
	for _, l := range h.lanes {
		l.busy = false
		if len(l.jobs) > 0 {
			ls.list(l)
		}
	}
}

// written notes that n results of a lane are in the database. It returns true
// if the lane is done and another message of its line waits for that.
func (ls *lanes) written(l *lane, n int) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.unwritten -= n
	if l.busy || l.unwritten > 0 || len(l.jobs) > 0 {
		return false
	}
	if ls.byLine[l.line] == l {
		delete(ls.byLine, l.line)
	}
	return l.waiting
}

// await notes that messages of these clients wait in the database; without
// clients, that it may be anybody's. It returns true if one of them may wait for
// nothing that is in our hands.
func (ls *lanes) await(clients []conversations.ClientID) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	free := len(clients) == 0
	if free {
		for _, l := range ls.byLine {
			l.waiting = true
		}
	}
	for _, id := range clients {
		found := false
		for _, c := range conversations.Channels {
			if l := ls.byLine[line{client: id, channel: c}]; l != nil {
				l.waiting, found = true, true
			}
		}
		free = free || !found
	}
	return free
}

// room returns how many more messages may be claimed so that each can be
// attempted before its claim ends, and how many may be claimed in any case:
// crisis words that wait in the database are not kept there by what is in
// memory. Once closed both are 0.
func (ls *lanes) room() (free, least int) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed {
		return 0, 0
	}
	return max(0, 2*ls.workers-ls.queued-ls.running), 1 + ls.workers/8
}

// close takes every message out that was not begun, and lets none begin.
func (ls *lanes) close() map[*lane][]job {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.closed = true
	out := make(map[*lane][]job)
	for _, l := range ls.byLine {
		if len(l.jobs) == 0 {
			continue
		}
		out[l] = l.jobs
		l.unwritten += len(l.jobs)
		ls.queued -= len(l.jobs)
		for _, j := range l.jobs {
			ls.count(j, -1)
		}
		l.jobs = nil
	}
	for l := range ls.parked {
		l.busy = false
	}
	clear(ls.parked)
	for _, h := range ls.held {
		for _, l := range h.lanes {
			l.busy = false
		}
	}
	clear(ls.held)
	clear(ls.ready[:])
	return out
}

// idle says whether no attempt is under way.
func (ls *lanes) idle() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.running == 0
}

// empty says whether no message is in memory, begun or not.
func (ls *lanes) empty() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.running == 0 && ls.queued == 0
}
