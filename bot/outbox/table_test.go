package outbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"
	shared "alongside/store/live"
)

// table is the store's contract in memory, for the tests in which hours pass:
// under synctest nothing may wait for a real database. What the contract means
// on real ones is tested in engine_test.go.
type table struct {
	mu    sync.Mutex
	rows  map[conversations.MessageID]*row
	seq   int
	away  bool              // every call fails
	fails map[string]bool   // these calls fail
	must  map[string]string // message id → why it must not go
	calls map[string]int
	// permits are the limits, of each process alone.
	permits map[string]*shared.Permits
}

type row struct {
	store.Send
	seq       int
	owner     string
	delivery  conversations.Delivery
	notBefore time.Time
	code      string
	blocked   bool
	nextAsk   time.Time
	noAsk     bool
}

var errAway = errors.New("the database is away")

func newTable() *table {
	return &table{rows: map[conversations.MessageID]*row{}, must: map[string]string{}, fails: map[string]bool{}, calls: map[string]int{}}
}

// commit stores a message, claimed by owner unless that is empty.
func (t *table) commit(owner string, s store.Send) store.Send {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	s.Committed = now
	t.seq++
	r := &row{Send: s, seq: t.seq, delivery: conversations.Queued}
	if owner != "" {
		r.delivery, r.owner, r.Claimed, r.Deadline = conversations.Sending, owner, now, now.Add(claimLife)
	}
	t.rows[s.ID] = r
	return r.Send
}

func (t *table) of(id string) row {
	t.mu.Lock()
	defer t.mu.Unlock()
	return *t.rows[conversations.MessageID(id)]
}

func (t *table) set(do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do()
}

// at is one process's view of the table.
func (t *table) at(owner string) rows { return process{t, owner} }

type process struct {
	*table
	owner string
}

func (p process) enter(call string) error {
	p.calls[call]++
	if p.away || p.fails[call] {
		return errAway
	}
	return nil
}

func (p process) Claim(_ context.Context, now time.Time, limit int, slow ...conversations.Channel) ([]store.Send, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("claim"); err != nil {
		return nil, err
	}
	var open []*row
	busy := map[line]bool{}
	for _, r := range p.rows {
		switch r.delivery {
		case conversations.Queued:
			open = append(open, r)
		case conversations.Sending:
			busy[lineOf(r.Send)] = true
		default: // Ended: it keeps nothing back.
		}
	}
	slices.SortFunc(open, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.Urgency, b.Urgency), cmp.Compare(a.seq, b.seq))
	})
	var out []store.Send
	for _, r := range open {
		key := lineOf(r.Send)
		if busy[key] || len(out) == limit || r.Urgency >= conversations.Prompt && slices.Contains(slow, r.To.Channel) {
			continue
		}
		if r.notBefore.After(now) {
			busy[key] = busy[key] || r.Attempts > 0 // What failed is not overtaken.
			continue
		}
		busy[key] = true
		r.delivery, r.owner, r.Claimed, r.Deadline = conversations.Sending, p.owner, now, now.Add(claimLife)
		out = append(out, r.Send)
	}
	return out, nil
}

func (p process) Still(_ context.Context, ids []conversations.MessageID, _ time.Time) (map[conversations.MessageID]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("still"); err != nil {
		return nil, err
	}
	out := map[conversations.MessageID]string{}
	for _, id := range ids {
		if why := p.must[string(id)]; why != "" {
			out[id] = why
		}
	}
	return out, nil
}

func (p process) limits() *shared.Permits {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.permits == nil {
		p.permits = map[string]*shared.Permits{}
	}
	if p.permits[p.owner] == nil {
		p.permits[p.owner] = shared.NewPermits(nil, nil)
	}
	return p.permits[p.owner]
}

func chatOf(from store.Sender, m store.Send) string {
	if from.Rate.PerChat == 0 {
		return ""
	}
	return m.To.Value
}

func (p process) Permits(ctx context.Context, from store.Sender, sends []store.Send) ([]store.Permit, bool) {
	asks := make([]shared.Ask, len(sends))
	for i, m := range sends {
		asks[i] = shared.Ask{Prompt: m.Urgency >= conversations.Prompt, Parts: m.Parts, Chat: chatOf(from, m)}
	}
	return p.limits().Take(ctx, from.Name, from.Rate, asks)
}

func (p process) Pause(ctx context.Context, from store.Sender, m store.Send, after time.Duration) bool {
	return p.limits().Pause(ctx, from.Name, chatOf(from, m), after)
}

func (p process) WriteResults(_ context.Context, results []store.SendResult, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("write"); err != nil {
		return err
	}
	for _, res := range results {
		if res.Code == "poison" {
			return errors.New("this one cannot be written")
		}
	}
	for _, res := range results {
		r := p.rows[res.ID]
		mine := r.delivery == conversations.Sending && r.owner == p.owner
		if !mine && (res.Delivery != conversations.Sent || !res.Delivery.After(r.delivery)) {
			continue
		}
		r.delivery, r.code, r.notBefore, r.blocked = res.Delivery, res.Code, res.NotBefore, res.Blocked
		r.Attempts++
		r.nextAsk = now
	}
	return nil
}

func (p process) Release(_ context.Context, ids []conversations.MessageID, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("release"); err != nil {
		return err
	}
	for _, id := range ids {
		if r := p.rows[id]; r.delivery == conversations.Sending && r.owner == p.owner {
			r.delivery, r.owner = conversations.Queued, ""
		}
	}
	return nil
}

func (p process) Expire(_ context.Context, now time.Time, _ int) ([]conversations.MessageID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("expire"); err != nil {
		return nil, err
	}
	var ids []conversations.MessageID
	for id, r := range p.rows {
		if r.delivery == conversations.Sending && r.Deadline.Before(now) {
			r.delivery, r.nextAsk = conversations.Unknown, now
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (p process) Unknowns(_ context.Context, now time.Time, _ int) ([]store.Send, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("unknowns"); err != nil {
		return nil, err
	}
	var out []store.Send
	for _, r := range p.rows {
		if r.delivery == conversations.Unknown && !r.noAsk && !r.nextAsk.After(now) {
			out = append(out, r.Send)
		}
	}
	return out, nil
}

func (p process) AskedUnknown(_ context.Context, id conversations.MessageID, next, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("asked"); err != nil {
		return err
	}
	p.rows[id].nextAsk, p.rows[id].noAsk = next, next.IsZero()
	return nil
}

func (p process) Settle(_ context.Context, id conversations.MessageID, res store.SendResult, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.enter("settle"); err != nil {
		return err
	}
	if r := p.rows[id]; res.Delivery.After(r.delivery) {
		r.delivery, r.code = res.Delivery, res.Code
	}
	return nil
}
