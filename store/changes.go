package store

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
	"alongside/store/live"
)

// Change says that something of a client changed that an open page may show; ids
// alone.
type Change = live.Change

// Follow hands on what changes, in any process that shares this Redis, until ctx
// ends. connected is told when it begins to work and when it stops: what changes
// in between is not heard of, and whoever shows it has to look for themselves.
// Without Redis it never works. Both are called by one goroutine and must not
// block.
func (s *Store) Follow(ctx context.Context, heard func([]Change), connected func(bool)) {
	if s.live == nil {
		connected(false)
		<-ctx.Done()
		return
	}
	s.live.Follow(ctx, heard, connected)
}

// announcer tells the open pages what changed. What changes only leaves a note
// here: nothing that is committed, sent or reported waits for it or fails by it.
// One goroutine takes the notes, as many as there are by then, asks the caseload
// once whose they are, and announces them together.
type announcer struct {
	caseload *caseload.Caseload
	live     *live.States
	log      *slog.Logger

	mu       sync.Mutex
	clients  map[conversations.ClientID]bool
	messages map[conversations.MessageID]bool
	flags    map[string]bool
	stranger bool
	wake     chan struct{}

	stop context.CancelFunc
	done chan struct{}
}

const (
	// apart is how long notes gather after an announcement: what comes alone goes
	// at once, and a flood costs a few statements a second.
	apart = 50 * time.Millisecond
	// mostNotes bounds what gathers while the database does not answer. What is
	// over is not announced: pages look for themselves when they are opened.
	mostNotes = 10_000
)

func newAnnouncer(c *caseload.Caseload, l *live.States, log *slog.Logger) *announcer {
	ctx, stop := context.WithCancel(context.Background())
	a := &announcer{caseload: c, live: l, log: log, wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	a.clear()
	go a.run(ctx)
	return a
}

func (a *announcer) clear() {
	a.clients, a.messages, a.flags, a.stranger = map[conversations.ClientID]bool{}, map[conversations.MessageID]bool{}, map[string]bool{}, false
}

// note leaves a note; a nil announcer has nobody to tell.
func (a *announcer) note(leave func()) {
	if a == nil {
		return
	}
	a.mu.Lock()
	if len(a.clients)+len(a.messages)+len(a.flags) < mostNotes {
		leave()
	}
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// client says that something of a client changed; empty is an unknown sender.
func (a *announcer) client(id conversations.ClientID) {
	a.note(func() {
		if id == "" {
			a.stranger = true
			return
		}
		a.clients[id] = true
	})
}

// of says what became of messages.
func (a *announcer) of(ids ...conversations.MessageID) {
	if len(ids) == 0 {
		return
	}
	a.note(func() {
		for _, id := range ids {
			a.messages[id] = true
		}
	})
}

// flag says that a flag was taken down.
func (a *announcer) flag(id string) { a.note(func() { a.flags[id] = true }) }

func (a *announcer) run(ctx context.Context) {
	defer close(a.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		a.tell(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(apart):
		}
	}
}

// tell announces what was noted.
func (a *announcer) tell(ctx context.Context) {
	a.mu.Lock()
	touched := caseload.Touched{
		Clients: slices.Collect(maps.Keys(a.clients)), Messages: slices.Collect(maps.Keys(a.messages)), Flags: slices.Collect(maps.Keys(a.flags)),
	}
	var changes []Change
	if a.stranger {
		changes = append(changes, Change{})
	}
	a.clear()
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	whose, err := a.caseload.Changes(ctx, touched)
	if err != nil {
		if ctx.Err() == nil {
			a.log.WarnContext(ctx, "open pages were not told of a change", "error", err)
		}
		return
	}
	for _, w := range whose {
		changes = append(changes, Change(w))
	}
	// While Redis is away nobody hears, and every page knows that and asks.
	_ = a.live.Announce(ctx, changes)
}

// close waits for the announcement under way.
func (a *announcer) close() {
	if a == nil {
		return
	}
	a.stop()
	<-a.done
}
