// Package year lets a service live through months in minutes: the real
// turn, policy, store, outbox and schedule, with clients who text back as people
// do and specialists who book, move, ask and record. Only the clock, the carrier
// and the people are pretended.
//
// What goes out is looked at in the moment in which the carrier accepts it, by
// rules that are written down once more here and share no code with those that
// let it go (audit.go). It finds what is wrong and says so; it decides nothing.
package year

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"alongside/bot/outbox"
	"alongside/bot/schedule"
	"alongside/conversations"
	"alongside/store"
)

// Clock is the program's clock: it stands still until the year moves it, and
// never turns back.
type Clock struct{ at atomic.Int64 }

// NewClock returns a clock that shows t.
func NewClock(t time.Time) *Clock {
	c := &Clock{}
	c.at.Store(t.UnixNano())
	return c
}

// Now is the present moment, in UTC.
func (c *Clock) Now() time.Time { return time.Unix(0, c.at.Load()).UTC() }

// to moves the clock forward; a moment that has gone by moves nothing.
func (c *Clock) to(t time.Time) {
	if ns := t.UnixNano(); ns > c.at.Load() {
		c.at.Store(ns)
	}
}

// Config is what a year needs. Every field but Sent and Progress must be set.
type Config struct {
	// Store, Event (turn.Run), Outbox and Schedule are those of a program whose
	// clock is Clock and whose senders are Phones'. The outbox runs, the schedule
	// was not started: the year works its jobs.
	Store    *store.Store
	Event    func(context.Context, conversations.Event) error
	Outbox   *outbox.Outbox
	Schedule *schedule.Schedule
	Clock    *Clock
	Phones   *Phones
	Pathway  conversations.Pathway
	// Clients come to the service in the first weeks, twenty to a specialist;
	// Until ends the year.
	Clients int
	Until   time.Time
	// Seed makes the people what they are: the same one, the same people.
	Seed uint64
	// Sent is told of each text that was accepted, in their order; nil if nobody
	// asks. Progress is told now and then how far it is.
	Sent     func(Sent)
	Progress func(at time.Time, sent int)
}

// Sent is one text that the carrier accepted.
type Sent struct {
	At     time.Time // in the client's zone
	Client int       // counted from 1: the person's number in this year, and nothing else of them
	Key    string
	Held   string
}

// atOnce is how many people act side by side at the same moment.
const atOnce = 8

// life is a year under way.
type life struct {
	Config
	agenda  agenda
	clients []*client
	sams    []*specialist
	leads   []conversations.LeadID
	audit   *audit
	// job is when the next job falls due, as the last moment left it.
	job time.Time
}

// Run lets the year pass and says what came of it. An error is one of the
// program or of the machine: what went out and should not have is no error but
// in the report.
func Run(ctx context.Context, c Config) (Report, error) {
	l := &life{Config: c}
	l.audit = newAudit(l)
	c.Phones.arrived = l.arrived
	began := c.Clock.Now()
	if err := l.settle(ctx); err != nil {
		return Report{}, fmt.Errorf("people the service: %w", err)
	}
	var shown time.Time
	for {
		next, err := l.next(ctx)
		if err != nil {
			return Report{}, err
		}
		if next.IsZero() || next.After(c.Until) {
			return l.audit.report(ctx, began, c.Until)
		}
		c.Clock.to(next)
		if err := l.moment(ctx); err != nil {
			return Report{}, fmt.Errorf("at %s: %w", c.Clock.Now().Format(time.RFC3339), err)
		}
		if now := c.Clock.Now(); c.Progress != nil && now.Sub(shown) >= 7*24*time.Hour {
			shown = now
			c.Progress(now, l.audit.count())
		}
	}
}

// next is the moment at which something happens next: somebody acts, a job falls
// due, or a message that waits may go.
func (l *life) next(ctx context.Context) (time.Time, error) {
	queued, err := l.Store.NextQueued(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if now := l.Clock.Now(); !queued.IsZero() && !queued.After(now) {
		// It was due and is not claimed: something else goes first on its line.
		queued = now.Add(time.Second)
	}
	next := l.agenda.next()
	for _, t := range []time.Time{l.job, queued} {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next, nil
}

// moment lets everything happen that happens at this moment, until nothing more
// comes of it.
func (l *life) moment(ctx context.Context) error {
	for {
		acts := l.agenda.due(l.Clock.Now())
		if err := l.act(ctx, acts); err != nil {
			return err
		}
		worked, next, err := l.Schedule.Leap(ctx)
		if err != nil {
			return err
		}
		l.job = next
		if err := l.Outbox.Settle(ctx); err != nil {
			return err
		}
		// What was sent may come back as an event, and only that sets new jobs.
		if n := l.agenda.next(); worked == 0 && (n.IsZero() || n.After(l.Clock.Now())) {
			return nil
		}
	}
}

// act lets people act, those of one person one after the other.
func (l *life) act(ctx context.Context, acts []act) error {
	var order []int
	byWho := map[int][]act{}
	for _, a := range acts {
		if byWho[a.who] == nil {
			order = append(order, a.who)
		}
		byWho[a.who] = append(byWho[a.who], a)
	}
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	faults := make([]error, len(order))
	for i, who := range order {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			for _, a := range byWho[who] {
				if err := a.do(ctx); err != nil {
					faults[i] = fmt.Errorf("%s: %w", a.name, err)
					return
				}
			}
		})
	}
	all.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// chanceOf is the chance of one person, the same in every run of a seed however
// the others' turns fall.
func (l *life) chanceOf(who int) *rand.Rand { return rand.New(rand.NewPCG(l.Seed, uint64(who))) }

// An act is something that somebody does at a moment.
type act struct {
	at   time.Time
	who  int // the client it is about: what is about one person keeps its order
	name string
	do   func(context.Context) error
}

// agenda holds what people are going to do.
type agenda struct {
	mu   sync.Mutex
	acts []act // in the order of their moments
}

// grid is the grid on which people act: what they do at about the same time
// falls together, which is much of what a year costs.
const grid = 5 * time.Minute

func (a *agenda) add(x act) {
	x.at = x.at.Add(grid - 1).Truncate(grid)
	a.mu.Lock()
	defer a.mu.Unlock()
	i, _ := slices.BinarySearchFunc(a.acts, x.at, func(y act, t time.Time) int {
		if y.at.After(t) {
			return 1
		}
		return -1 // Behind those of the same moment.
	})
	a.acts = slices.Insert(a.acts, i, x)
}

func (a *agenda) next() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.acts) == 0 {
		return time.Time{}
	}
	return a.acts[0].at
}

// due takes out what is to be done by now.
func (a *agenda) due(now time.Time) []act {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(a.acts) && !a.acts[n].at.After(now) {
		n++
	}
	out := slices.Clone(a.acts[:n])
	a.acts = a.acts[n:]
	return out
}
