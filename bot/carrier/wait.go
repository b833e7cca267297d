package carrier

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// bell wakes everybody who waits for something to change. Ringing it costs one atomic read while nobody waits,
// which is why the path of a send can afford it.
type bell struct {
	mu      sync.Mutex
	ch      chan struct{}
	waiting atomic.Bool
}

// listen must be called before the condition is looked at, or a change in between would be missed.
func (b *bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	b.waiting.Store(true)
	return b.ch
}

func (b *bell) ring() {
	if !b.waiting.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
	b.waiting.Store(false)
}

// Await returns when done answers true; it looks again whenever something changes at the carrier. The error is the
// context's, and says that the wait was in vain. done must not call Await.
func (c *Carrier) Await(ctx context.Context, done func() bool) error {
	for {
		changed := c.changed.listen()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("await the carrier: %w", ctx.Err())
		}
	}
}

// AwaitSMS waits until at least n messages to this number were accepted, and returns them, oldest first.
func (c *Carrier) AwaitSMS(ctx context.Context, to string, n int) ([]Message, error) {
	var got []Message
	err := c.Await(ctx, func() bool { got = c.SentTo(to); return len(got) >= n })
	return got, err
}

// AwaitTelegram waits until the bot has sent at least n messages to this chat, and returns them, oldest first.
func (c *Carrier) AwaitTelegram(ctx context.Context, chat int64, n int) ([]ChatMessage, error) {
	var got []ChatMessage
	err := c.Await(ctx, func() bool { got = c.TelegramSentTo(chat); return len(got) >= n })
	return got, err
}

// Settle waits until the carrier has nothing more to post: every status callback and every Telegram webhook update
// was answered, or was given up. Updates that wait for getUpdates do not count.
func (c *Carrier) Settle(ctx context.Context) error { return c.Await(ctx, c.Settled) }

// Settled says whether Settle would return at once.
func (c *Carrier) Settled() bool { return c.pending.Load() == 0 }

// begun and finished count what Settle waits for.
func (c *Carrier) begun() { c.pending.Add(1) }

func (c *Carrier) finished() {
	if c.pending.Add(-1) == 0 {
		c.changed.ring()
	}
}

// sleepUntil waits for an instant on the carrier's clock: real time brings it, and so does Advance. It is false if
// the carrier was closed first. The caller works out the instant before anybody can know that there is something to
// wait for; else a clock that is moved at once would be missed.
func (c *Carrier) sleepUntil(due time.Time) bool {
	for {
		changed := c.changed.listen()
		left := due.Sub(c.Now())
		if left <= 0 {
			return true
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-changed:
			timer.Stop()
		case <-c.closing:
			timer.Stop()
			return false
		}
	}
}

// background answers a context that ends when the carrier is closed.
func (c *Carrier) background() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-c.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
