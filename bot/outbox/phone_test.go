package outbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"alongside/conversations"
)

// phone is a channel at the edge of the machine: it remembers what reached it
// and answers as it is told.
type phone struct {
	channel conversations.Channel
	// answer says how an attempt ends; nil: sent. try counts from 0.
	answer func(ctx context.Context, m Message, try int) Result

	mu     sync.Mutex
	got    []string // message ids, in the order in which the attempts began
	at     []time.Time
	tries  map[conversations.MessageID]int
	under  map[conversations.Address]int
	most   int // attempts at once, at most
	now    int
	clash  bool // two attempts at once to one address
	called chan conversations.MessageID
}

func newPhone(c conversations.Channel) *phone {
	return &phone{
		channel: c, tries: map[conversations.MessageID]int{}, under: map[conversations.Address]int{},
		called: make(chan conversations.MessageID, 10_000),
	}
}

func (p *phone) Channel() conversations.Channel { return p.channel }

func (p *phone) Send(ctx context.Context, m Message) Result {
	p.mu.Lock()
	try := p.tries[m.ID]
	p.tries[m.ID]++
	p.got = append(p.got, string(m.ID))
	p.at = append(p.at, time.Now())
	p.under[m.To]++
	p.clash = p.clash || p.under[m.To] > 1
	p.now++
	p.most = max(p.most, p.now)
	p.mu.Unlock()
	p.called <- m.ID
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.under[m.To]--
		p.now--
	}()
	if p.answer == nil {
		return accepted(m)
	}
	return p.answer(ctx, m, try)
}

func accepted(m Message) Result { return Result{Outcome: Sent, ProviderID: "provider-" + string(m.ID)} }

func (p *phone) ids() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *phone) times() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.at)
}

// noneTwice fails if two attempts to one address were under way at once, or if
// a message was attempted more than once.
func (p *phone) noneTwice(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clash {
		t.Error("two sends to one address at once")
	}
	for id, n := range maps.All(p.tries) {
		if n > 1 {
			t.Errorf("message %s was attempted %d times", id, n)
		}
	}
}

// desk is a phone whose provider can be asked afterwards.
type desk struct {
	*phone
	ask func(m Message) (Result, bool, error)
	mu2 sync.Mutex
	// asked are the moments at which it was.
	asked []time.Time
}

func (d *desk) Ask(_ context.Context, m Message, _ time.Time) (Result, bool, error) {
	d.mu2.Lock()
	d.asked = append(d.asked, time.Now())
	d.mu2.Unlock()
	if d.ask == nil {
		return Result{}, false, errors.New("nobody at the desk")
	}
	return d.ask(m)
}

func (d *desk) askedAt() []time.Time {
	d.mu2.Lock()
	defer d.mu2.Unlock()
	return slices.Clone(d.asked)
}

// listener takes the events of the outbox.
type listener struct {
	mu  sync.Mutex
	got []conversations.Event
	// err, if set, is the answer.
	err error
}

func (l *listener) event(_ context.Context, ev conversations.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	l.got = append(l.got, ev)
	return nil
}

func (l *listener) events() []conversations.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}
