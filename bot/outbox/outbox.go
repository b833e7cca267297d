package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// What the outbox does unless the configuration says otherwise.
const (
	// DefaultWorkers is how many messages are attempted at once.
	DefaultWorkers = 64
	// DefaultTimeout is how long one attempt may take.
	DefaultTimeout = 10 * time.Second
	// DefaultEvery is how often the database is asked for what nobody claimed.
	DefaultEvery = time.Second
	// DefaultReconcile is how often expired claims and unknown outcomes are
	// looked at.
	DefaultReconcile = 5 * time.Second
	// DefaultStopWithin is how long a graceful stop waits for the attempts under
	// way, and as long again for their results to be written.
	DefaultStopWithin = 15 * time.Second
)

const (
	// claimMargin is what must be left of a claim after the longest attempt, for
	// the result to be written. With a claim of 30 s and an attempt of 10 s a
	// message may wait 15 s in memory.
	claimMargin = 5 * time.Second
	// fresh is how long the policy's word holds: the transaction that claims a
	// new message has just checked it. It is for answers, which should be quick.
	fresh = time.Second
	// backlog is how many messages may wait in memory for each worker. More are
	// given back: another process may be idle.
	backlog = 16
	// databaseTimeout bounds one call to the store. It is longer than SQLite
	// waits for a lock (5 s).
	databaseTimeout = 10 * time.Second
)

// Config says what an Outbox works with. Store, Senders, Event, Now and Logger
// must be set; the rest has defaults.
type Config struct {
	Store *store.Store
	// Senders are the channel adapters, at most one for each channel.
	Senders []Sender
	// Event takes what the outbox found out to the conversation (turn.Run):
	// undelivered, unknown_delivery, dropped. It is called again after an error,
	// so it must be safe to repeat.
	Event func(context.Context, conversations.Event) error
	Now   func() time.Time
	// Logger is given ids, channels and codes only.
	Logger  *slog.Logger
	Metrics Metrics
	// Limits are the carriers' limits; a channel that is missing has none.
	Limits map[conversations.Channel]Limits

	// Workers, Timeout, Every, Reconcile and StopWithin: see the defaults; 0
	// means the default. Timeout must leave room within a claim of 30 s.
	Workers    int
	Timeout    time.Duration
	Every      time.Duration
	Reconcile  time.Duration
	StopWithin time.Duration
}

// Metrics are called as things happen, from several goroutines; a nil function
// is not called. The labels come from closed lists.
type Metrics struct {
	// Attempted: one attempt ended, after this time.
	Attempted func(c conversations.Channel, o Outcome, took time.Duration)
	// Sent: a message was accepted, this long after it was committed.
	Sent func(c conversations.Channel, after time.Duration)
	// Dropped: a message was not sent, for this named reason.
	Dropped func(c conversations.Channel, reason string)
	// Held: a provider said that we send too much, and the channel waits.
	Held func(c conversations.Channel, wait time.Duration)
	// Waited: a message got its permit after it had waited this long for it; limit
	// is what kept it last: rate, chat or paused.
	Waited func(c conversations.Channel, limit string, wait time.Duration)
	// Alone: permits were given without Redis, from this process's own share.
	Alone func(c conversations.Channel)
}

// rows is the part of the store that the outbox uses. It is narrowed so that a
// test can take the database away underneath the real store.
type rows interface {
	Claim(ctx context.Context, now time.Time, limit int, slow ...conversations.Channel) ([]store.Send, error)
	Still(ctx context.Context, ids []conversations.MessageID, now time.Time) (map[conversations.MessageID]string, error)
	WriteResults(ctx context.Context, results []store.SendResult, now time.Time) error
	Release(ctx context.Context, ids []conversations.MessageID, now time.Time) error
	Expire(ctx context.Context, now time.Time, limit int) ([]conversations.MessageID, error)
	Unknowns(ctx context.Context, now time.Time, limit int) ([]store.Send, error)
	AskedUnknown(ctx context.Context, id conversations.MessageID, next, now time.Time) error
	Settle(ctx context.Context, id conversations.MessageID, result store.SendResult, now time.Time) error
	Permits(ctx context.Context, from store.Sender, sends []store.Send) (permits []store.Permit, alone bool)
	Pause(ctx context.Context, from store.Sender, m store.Send, after time.Duration) (whole bool)
}

// Outbox sends committed messages. It is safe for concurrent use.
type Outbox struct {
	rows    rows
	senders map[conversations.Channel]Sender
	event   func(context.Context, conversations.Event) error
	now     func() time.Time
	log     *slog.Logger
	metrics Metrics
	limits  map[conversations.Channel]Limits

	timeout, every, reconcileEvery, stopWithin time.Duration

	lanes   *lanes
	checker *checker
	permits *permits
	writer  *writer
	kick    chan struct{}
	// idle is told whenever an attempt ends while the outbox stops.
	idle chan struct{}

	state  atomic.Int32
	events sync.WaitGroup
	slots  chan struct{} // bounds the events under way
	quit   chan struct{} // closed when no event is tried again

	// begun says that attempts may start.
	begun atomic.Bool

	// settled is told of everything that was written back. Tests wait for it.
	settled func(ended)
}

// The states of an Outbox: it is made, runs once, and has stopped.
const (
	made int32 = iota
	running
	stopped
)

// New returns an Outbox that takes messages at once and sends them from Run on.
// It panics if two senders serve the same channel, or if Timeout leaves no room
// within a claim: both are mistakes in the wiring.
func New(c Config) *Outbox { return newOn(c.Store, c) }

func newOn(r rows, c Config) *Outbox {
	o := &Outbox{
		rows: r, senders: make(map[conversations.Channel]Sender), event: c.Event, now: c.Now,
		log: c.Logger, metrics: c.Metrics.filled(), limits: c.Limits,
		timeout: or(c.Timeout, DefaultTimeout), every: or(c.Every, DefaultEvery),
		reconcileEvery: or(c.Reconcile, DefaultReconcile), stopWithin: or(c.StopWithin, DefaultStopWithin),
		kick: make(chan struct{}, 1), idle: make(chan struct{}, 1), slots: make(chan struct{}, eventsAtOnce),
		quit:    make(chan struct{}),
		settled: func(ended) {},
	}
	if o.timeout+claimMargin >= claimLife {
		panic(fmt.Sprintf("outbox: an attempt of %v does not fit into a claim of %v", o.timeout, claimLife))
	}
	for _, s := range c.Senders {
		if _, twice := o.senders[s.Channel()]; twice {
			panic("outbox: two senders for " + string(s.Channel()))
		}
		o.senders[s.Channel()] = s
	}
	workers := c.Workers
	if workers <= 0 {
		workers = DefaultWorkers
	}
	o.lanes = newLanes(workers)
	o.checker = newChecker(o)
	o.permits = newPermits(o)
	o.writer = newWriter(o)
	return o
}

// claimLife is how long a claim lasts (store.Send.Deadline).
const claimLife = 30 * time.Second

func or(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// Offer hands over messages that the caller's transaction has just claimed
// (store.Committed.Claimed), in their order. It never blocks: what finds no
// room in memory is given back to the database, where a sweep finds it.
func (o *Outbox) Offer(sends []store.Send) {
	if len(sends) == 0 {
		return
	}
	now := o.now()
	jobs := make([]job, len(sends))
	for i, s := range sends {
		jobs[i] = job{Send: s, allowed: now}
	}
	jobs, over := o.within(jobs)
	if len(over) > 0 {
		o.giveBack(over)
	}
	if len(jobs) == 0 || o.lanes.add(jobs, backlog*o.lanes.workers) {
		o.pump()
		return
	}
	o.giveBack(jobs)
}

// Kick sweeps as soon as it makes sense. With the clients of messages that wait
// (store.Committed.Waiting) that is when what is under way to them has been
// written; without, at once and again when whatever is under way has been. It
// never blocks.
func (o *Outbox) Kick(waiting ...conversations.ClientID) {
	if o.lanes.await(waiting) {
		o.kickNow()
	}
}

func (o *Outbox) kickNow() {
	select {
	case o.kick <- struct{}{}:
	default: // A sweep is due already, and will see what this one would see.
	}
}

// Run sends until ctx ends, and then stops gracefully: nothing new is begun,
// what was surely not attempted is given back, the attempts under way finish,
// and their results are written. It returns an error if some could not be
// written; these messages become unknown. An Outbox runs once.
func (o *Outbox) Run(ctx context.Context) error {
	if !o.state.CompareAndSwap(made, running) {
		return errors.New("this outbox ran before")
	}
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	o.begin(work)

	var loops sync.WaitGroup
	loops.Go(func() { o.sweeps(ctx) })
	loops.Go(func() { o.reconciles(ctx) })
	<-ctx.Done()

	// Lanes first: a claim that is still on its way finds them closed and is
	// given back, too.
	for l, jobs := range o.lanes.close() {
		o.writer.release(l, jobs, false)
	}
	loops.Wait()
	o.awaitAttempts()
	o.awaitEvents()
	o.state.Store(stopped)
	return o.writer.drain(o.stopWithin)
}

// begin starts what answers to work alone.
func (o *Outbox) begin(work context.Context) {
	go o.checker.run(work)
	go o.permits.run(work)
	go o.writer.run(work)
	o.begun.Store(true)
	o.pump()
}

// awaitAttempts waits for the attempts under way. Each ends by its own timeout,
// so the bound is for a machine that hangs.
func (o *Outbox) awaitAttempts() {
	bound := time.NewTimer(o.timeout + o.stopWithin)
	defer bound.Stop()
	for !o.lanes.idle() {
		select {
		case <-o.idle:
		case <-bound.C:
			o.log.Error("attempts did not end in time; their messages become unknown")
			return
		}
	}
}

// awaitEvents waits for the events under way, and ends their repeats. What was
// not taken by then leaves its message to expire.
func (o *Outbox) awaitEvents() {
	all := make(chan struct{})
	go func() { o.events.Wait(); close(all) }()
	bound := time.NewTimer(o.stopWithin)
	defer bound.Stop()
	select {
	case <-all:
	case <-bound.C:
		o.log.Error("events of the outbox were not taken in time")
	}
	close(o.quit)
}

// giveBack releases messages that no lane holds, without waiting.
func (o *Outbox) giveBack(jobs []job) {
	if o.state.Load() != stopped {
		o.writer.release(nil, jobs, false)
		return
	}
	// The writer has gone: a turn was committed after the outbox stopped. If
	// this fails the claims expire, and a person is asked to look.
	ids := idsOf(jobs)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), databaseTimeout)
		defer cancel()
		if err := o.rows.Release(ctx, ids, o.now()); err != nil {
			o.log.Error("claims were not given back", "messages", len(ids), "error", err)
		}
	}()
}

func idsOf(jobs []job) []conversations.MessageID {
	ids := make([]conversations.MessageID, len(jobs))
	for i, j := range jobs {
		ids[i] = j.ID
	}
	return ids
}

// chance is the jitter of a wait.
func chance() float64 { return rand.Float64() }

func (m Metrics) filled() Metrics {
	if m.Attempted == nil {
		m.Attempted = func(conversations.Channel, Outcome, time.Duration) {}
	}
	if m.Sent == nil {
		m.Sent = func(conversations.Channel, time.Duration) {}
	}
	if m.Dropped == nil {
		m.Dropped = func(conversations.Channel, string) {}
	}
	if m.Held == nil {
		m.Held = func(conversations.Channel, time.Duration) {}
	}
	if m.Waited == nil {
		m.Waited = func(conversations.Channel, string, time.Duration) {}
	}
	if m.Alone == nil {
		m.Alone = func(conversations.Channel) {}
	}
	return m
}
