// Package telegram is the Telegram channel: it takes updates from Telegram, by
// webhook or by long polling, hands them on as conversations.Event, and sends
// what the outbox has committed as plain text with buttons.
//
// It never decides what a text means or whether a message may go, stores
// nothing, writes to no group or channel, uses no markup (a person's own words
// may be in a message), and never logs a text, a chat or a token. Telegram is
// told that an update has arrived only after it was handled; the client
// library's own receiving side says so before, and is not used.
package telegram

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot"

	"alongside/bot/outbox"
	"alongside/conversations"
)

// WebhookPath takes updates, below Config.PublicURL.
const WebhookPath = "/webhooks/telegram"

// handleFor is how long one update may take. Telegram waits for a minute or so,
// but holds back the updates after it meanwhile.
const handleFor = 10 * time.Second

// Channel is the Telegram channel. It is safe for concurrent use. Make one with
// New, begin with Start, end with Close.
type Channel struct {
	cfg    Config
	handle func(ctx context.Context, ev conversations.Event) error
	botID  string
	secret [sha256.Size]byte // of the webhook's secret
	bot    *bot.Bot
	http   *http.Client
	log    *slog.Logger

	username atomic.Pointer[string] // from getMe
	stop     context.CancelFunc     // of what Start began
	working  sync.WaitGroup
	presses  chan struct{} // a place for each press that is being answered
	pause    func(ctx context.Context, d time.Duration) bool
}

var _ outbox.Sender = (*Channel)(nil)

// New makes the channel; nothing is asked of Telegram yet. Handle is called
// once for each event that arrives; it returns nil when the event is stored for
// good (also when it was stored before, or parked because a turn failed), and
// an error when it could not be stored and must come again. The error of New
// names every fault of the configuration and repeats no token.
func New(cfg Config, handle func(ctx context.Context, ev conversations.Event) error) (*Channel, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	id, _, _ := strings.Cut(cfg.BotToken, ":")
	c := &Channel{
		cfg: cfg, handle: handle, botID: id, secret: sha256.Sum256([]byte(cfg.WebhookSecret)), log: cfg.Logger,
		presses: make(chan struct{}, maxPresses), pause: pause,
	}
	followNothing := *cfg.HTTPClient
	followNothing.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &followNothing
	var err error
	c.bot, err = bot.New(cfg.BotToken,
		bot.WithSkipGetMe(), // A Telegram that is away must not keep us from starting.
		bot.WithServerURL(cfg.APIURL),
		bot.WithHTTPClient(pollFor, &caller{channel: c}),
		bot.WithUpdatesChannelCap(0),
		// Its own handlers write texts and addresses to the standard log.
		bot.WithErrorsHandler(func(error) { c.log.Debug("telegram library reported an error") }),
		bot.WithDebugHandler(func(string, ...any) {}),
	)
	if err != nil {
		return nil, errLibrary
	}
	return c, nil
}

// Channel is conversations.Telegram.
func (c *Channel) Channel() conversations.Channel { return conversations.Telegram }

// Routes mounts the webhook. Without a secret it refuses everything.
func (c *Channel) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+WebhookPath, c.serveUpdate)
}

// DeepLink is the address that opens the bot with a link code (A–Z a–z 0–9 _ -,
// at most 64), for a page or a letter. It is "" until Telegram has told the
// bot's name, and for a code that Telegram would not carry.
func (c *Channel) DeepLink(code string) string {
	name := c.username.Load()
	if name == nil || !linkCode.MatchString(code) {
		return ""
	}
	return "https://t.me/" + *name + "?start=" + code
}

// handOn gives an event to the product. The work goes on when whoever brought
// it hangs up or is told to stop, because a half-done turn helps nobody, but
// not for ever.
func (c *Channel) handOn(ctx context.Context, ev conversations.Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleFor)
	defer cancel()
	return c.handle(ctx, ev)
}

// pause waits, and returns false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
