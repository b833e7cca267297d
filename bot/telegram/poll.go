package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	// pollFor is how long Telegram holds a poll that has nothing to bring.
	pollFor = 25 * time.Second
	// pollSize is how many updates one poll may bring; it is Telegram's most.
	pollSize = 100
	// leaseWait is how long a process that does not poll waits before it asks for the lease again.
	leaseWait = 5 * time.Second
)

var errAnswer = errors.New("the answer to a poll cannot be read")

// poll fetches updates until the context ends, while this process has the
// lease. Telegram forgets an update when a poll asks for the one after it: that
// is asked only once handle has returned nil, so that an update is never
// skipped. One that cannot be stored holds up the others, and is tried again
// and again: they could not be stored either.
func (c *Channel) poll(ctx context.Context) {
	var p poller
	defer c.stopPolling(ctx, &p)
	wait := firstWait
	for ctx.Err() == nil {
		if !c.leased(ctx, &p) {
			c.pause(ctx, leaseWait)
			continue
		}
		updates, a, err := c.getUpdates(ctx, p.offset, pollFor)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			c.log.WarnContext(ctx, "telegram not polled", "code", a.name())
			if a.code == http.StatusConflict {
				// Somebody has set a webhook since, or polls as well without our lease.
				watch, _ := watched(ctx)
				_ = c.deleteWebhook(watch) // Where it fails, the next poll fails too, and says why.
			}
			c.pause(ctx, max(wait, a.after))
			wait = min(2*wait, lastWait)
			continue
		}
		wait = firstWait
		if len(updates) == 0 {
			// All before the offset is confirmed now. Without one the next poll begins at whatever
			// waits: after a quiet week Telegram numbers anew, and maybe lower.
			p.offset = 0
			continue
		}
		for _, raw := range updates {
			if !c.takePolled(ctx, &p, raw) {
				break
			}
		}
	}
}

// poller is where polling stands.
type poller struct {
	offset int64 // the first update that was not handled; 0: whatever waits
	held   bool  // the lease
}

// leased takes or renews the lease.
func (c *Channel) leased(ctx context.Context, p *poller) bool {
	held, err := c.cfg.Lease(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.log.WarnContext(ctx, "lease for polling telegram not asked", "err", err)
		}
		held = false
	}
	if held != p.held && ctx.Err() == nil {
		c.log.InfoContext(ctx, "lease for polling telegram", "held", held)
	}
	if !held {
		p.offset = 0 // Whoever polls meanwhile confirms what it handles.
	}
	p.held = held
	return held
}

// takePolled hands one update on, until it is stored; false when polling must stop or begin anew.
func (c *Channel) takePolled(ctx context.Context, p *poller, raw json.RawMessage) bool {
	u, err := decode(raw)
	if err != nil {
		// It will never be read, and must not keep the others from being.
		var at struct {
			ID int64 `json:"update_id"`
		}
		if json.Unmarshal(raw, &at) != nil || at.ID <= 0 {
			c.log.ErrorContext(ctx, "telegram brings something that is no update")
			return c.pause(ctx, lastWait) // It cannot be confirmed, and comes again at once.
		}
		c.cfg.Count("poll", malformed)
		c.log.ErrorContext(ctx, "telegram update cannot be read", "update_id", at.ID)
		p.offset = at.ID + 1
		return true
	}
	for wait := firstWait; ; wait = min(2*wait, lastWait/2) {
		if ctx.Err() != nil || !c.leased(ctx, p) {
			return false
		}
		if c.take(ctx, "poll", u) == nil {
			p.offset = u.ID + 1
			return true
		}
		if !c.pause(ctx, wait) {
			return false
		}
	}
}

// stopPolling confirms what was handled, so that the next process does not begin with it, and gives the lease back.
func (c *Channel) stopPolling(ctx context.Context, p *poller) {
	if !p.held {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopFor)
	defer cancel()
	if p.offset > 0 {
		if _, a, err := c.getUpdates(ctx, p.offset, 0); err != nil {
			c.log.InfoContext(ctx, "last poll failed: what was handled comes again", "code", a.name())
		}
	}
	if err := c.cfg.Release(ctx); err != nil {
		c.log.WarnContext(ctx, "lease for polling telegram not given back", "err", err)
	}
}

// getUpdates is one poll. The library's own loop confirms updates before they are handled, and it has no single call.
func (c *Channel) getUpdates(ctx context.Context, offset int64, wait time.Duration) ([]json.RawMessage, *attempt, error) {
	a := &attempt{}
	asked := struct {
		Offset         int64    `json:"offset,omitempty"`
		Limit          int      `json:"limit"`
		Timeout        int      `json:"timeout"`
		AllowedUpdates []string `json:"allowed_updates"`
	}{offset, pollSize, int(wait / time.Second), allowedUpdates}
	if wait == 0 {
		asked.Limit = 1
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, a, errAnswer
	}
	ctx, cancel := context.WithTimeout(ctx, wait+callFor)
	defer cancel()
	answer, err := c.exchange(ctx, a, "getUpdates", "application/json", body)
	if err != nil {
		return nil, a, err
	}
	var told struct {
		OK     bool              `json:"ok"`
		Result []json.RawMessage `json:"result"`
	}
	if json.Unmarshal(answer, &told) != nil || !told.OK {
		return nil, a, errAnswer
	}
	return told.Result, a, nil
}
