package telegram

import (
	"context"
	"time"

	"github.com/go-telegram/bot"
)

// How long to wait before Telegram is tried again: doubling, between these.
const (
	firstWait = time.Second
	lastWait  = time.Minute
)

// stopFor bounds what is still to be told to Telegram, and to whoever keeps the lease, once polling ends.
const stopFor = 3 * time.Second

// maxConnections is how many updates Telegram may bring at once; it is
// Telegram's own default, and keeps the updates of one chat in their order.
const maxConnections = 40

// allowedUpdates are the kinds of updates that mean something to us.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// Start begins, in the background, what needs Telegram itself: it learns the
// bot's name, and then tells Telegram where to bring updates or begins to fetch
// them. It returns at once, because the service starts also when Telegram is
// away; each step is tried until it works. The context ends it, and so does
// Close. Start is called once.
func (c *Channel) Start(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	c.working.Go(func() {
		if !c.insist(ctx, "getMe", c.learnName) {
			return
		}
		if c.cfg.WebhookSecret != "" {
			c.insist(ctx, "setWebhook", c.setWebhook)
			return
		}
		if c.insist(ctx, "deleteWebhook", c.deleteWebhook) {
			c.poll(ctx)
		}
	})
}

// Close ends what Start began and waits for it, and for the presses that are
// being answered: the update in hand is finished, the lease given back. The
// listener of the webhook must have been closed before.
func (c *Channel) Close() {
	if c.stop != nil {
		c.stop()
	}
	c.working.Wait()
}

// insist repeats a step until it works; false when the context ended first.
func (c *Channel) insist(ctx context.Context, step string, do func(context.Context) error) bool {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		watch, a := watched(ctx)
		if do(watch) == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		c.log.WarnContext(ctx, "telegram cannot be reached or refuses", "step", step, "code", a.name(), "again_in_s", int(max(wait, a.after).Seconds()))
		if !c.pause(ctx, max(wait, a.after)) {
			return false
		}
	}
}

func (c *Channel) learnName(ctx context.Context) error {
	me, err := c.bot.GetMe(ctx)
	if err != nil {
		return err
	}
	if me.Username != "" { // Every bot has one; without it there are no links, and all else works.
		c.username.Store(&me.Username)
	}
	return nil
}

func (c *Channel) setWebhook(ctx context.Context) error {
	_, err := c.bot.SetWebhook(ctx, &bot.SetWebhookParams{
		URL: c.cfg.PublicURL + WebhookPath, SecretToken: c.cfg.WebhookSecret,
		AllowedUpdates: allowedUpdates, MaxConnections: maxConnections,
	})
	return err
}

// deleteWebhook: while there is one, Telegram gives nothing to who asks. What waits is kept.
func (c *Channel) deleteWebhook(ctx context.Context) error {
	_, err := c.bot.DeleteWebhook(ctx, &bot.DeleteWebhookParams{})
	return err
}
