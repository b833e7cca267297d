// Package carrier is a pretend carrier for trying and testing: it speaks Twilio's Messages API and Telegram's Bot API
// over real HTTP, so that the demo, the terminal talk, the tests and the benchmark run the same client libraries as
// production, and it lets the people on the other end text, press, block and switch off.
//
// It never reads or writes anything of the product's: it imports nothing of ours, and knows a client only as a number
// or a chat. It never reaches the internet: addresses outside this machine and its private networks are refused.
// It has no accounts of its own and its control endpoint asks for no password, so it must listen on loopback only.
package carrier

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Checker judges a request that came in against the provider's official description and answers what is wrong with it,
// one sentence each, without repeating values. The package carrier/spec has the real one.
type Checker interface {
	// TwilioRequest judges a call of the Messages API; form holds its body's or its query's parameters.
	TwilioRequest(r *http.Request, form url.Values) []string
	// TelegramRequest judges a call of the Bot API by its method's name and its parameters as they were sent.
	TelegramRequest(method string, params map[string]string) []string
}

// Config says what the carrier pretends to be. The zero value of each field is usable unless its comment says otherwise.
type Config struct {
	// AccountSID and AuthToken are what Twilio's basic authentication must carry and what signs every webhook.
	// Empty: a made-up account ("AC" and 32 zeros, token "carrier-token").
	AccountSID, AuthToken string
	// From is the service's own number in E.164; inbound texts are addressed to it. Empty: +447700900000.
	From string
	// MessagingServiceSID ("MG…") is the messaging service that may be named instead of From. Empty: there is none.
	MessagingServiceSID string
	// AdvancedOptOut makes inbound STOP, START and HELP carry OptOutType, as Twilio does where the account turned it on.
	AdvancedOptOut bool
	// InboundURL is the public address of the inbound webhook, as Twilio would be told it: it is what is signed.
	// A fragment holds connection overrides ("#rc=3&rp=all"). It may be set later with SetInbound. Empty: texts get no answer.
	InboundURL string
	// InboundFallbackURL is tried when InboundURL has failed. Empty: the text is lost to the service, as with Twilio.
	InboundFallbackURL string
	// Statuses are the statuses that are posted to a message's StatusCallback on its way, the last being the
	// final one. Nil: queued, sending, sent, delivered. Empty but not nil: no callback is ever posted.
	Statuses []string
	// Pace is the pause between two statuses of a message. Zero: they follow one another at once.
	Pace time.Duration
	// CallbackWorkers bounds the status callbacks in flight. Zero: 16.
	CallbackWorkers int
	// Keep is how many messages of each protocol are kept for reading, fetching and listing; older ones are forgotten.
	// Zero: 100,000. Negative: none (the benchmark's choice; OnSMS and OnTelegram still see each).
	Keep int

	// BotToken is Telegram's token of the bot ("<id>:<secret>"). Empty: "7000000001:carrier-bot-token".
	BotToken string
	// BotUsername is the bot's name without "@". Empty: "alongside_demo_bot".
	BotUsername string
	// WebhookSecret is sent in X-Telegram-Bot-Api-Secret-Token until setWebhook names another.
	WebhookSecret string
	// WebhookURL is where updates are posted until setWebhook names another. Empty: they wait for getUpdates.
	WebhookURL string
	// Backoff answers how long to wait before an update is posted again, given how often it was (1, 2, …).
	// Nil: 1 s, doubling to at most 1 min. It is measured on the carrier's clock.
	Backoff func(attempt int) time.Duration

	// Now is the carrier's clock. Nil: time.Now. SetClock and Advance move it further.
	Now func() time.Time
	// Advance, when given, moves the whole product's clock in place of the carrier's own; Now must follow it.
	Advance func(time.Duration)
	// AnswerTimeout is how long a webhook may take to answer. Zero: 15 s, which is Twilio's.
	AnswerTimeout time.Duration
	// OnSMS is called for each accepted outbound SMS, on the request's goroutine and before its answer; it must be quick.
	OnSMS func(Message)
	// OnTelegram is the same for each Telegram message that the bot sent.
	OnTelegram func(ChatMessage)
	// Check judges every request; what it finds is kept in Violations. Nil: only what the carrier itself notices is.
	Check Checker
	// Logger is told ids and codes only. Nil: nothing is logged.
	Logger *slog.Logger

	// Phones are the people whom the demo page shows. See DemoPage.
	Phones []Phone
	// Team are the phones of the service's own people. The demo page shows what reaches them in one list.
	Team []TeamPhone
	// Caseload answers what the demo page shows as the caseload. Nil: the panel says that nothing is connected.
	Caseload CaseloadReader
	// Desk does what somebody at the demo page does for the specialist, and says in a sentence what came of it; the text
	// of an error is shown as it is. Nil: the page has no such buttons.
	Desk func(ctx context.Context, phone string, done DeskDone) (said string, err error)
	// Zone is the time zone that the demo page shows. Nil: Europe/London, or UTC where the zone is not known.
	Zone *time.Location
}

// Carrier is the pretend carrier. It is safe for concurrent use. Make one with New and end it with Close.
type Carrier struct {
	cfg      Config
	log      *slog.Logger
	client   *http.Client
	closing  chan struct{}
	closed   sync.Once
	changed  bell
	pending  atomic.Int64 // webhooks and callbacks that are still to be posted
	skew     atomic.Int64 // nanoseconds by which SetClock and Advance moved the clock
	faults   faultList
	problems problemList
	routes   routeTable

	sms      smsLog
	jobs     callbackQueue
	telegram telegramSide
}

// New makes a carrier; it starts no listener and, until there is something to post, no goroutine.
func New(cfg Config) *Carrier {
	cfg.AccountSID = orElse(cfg.AccountSID, "AC"+strings.Repeat("0", 32))
	cfg.AuthToken = orElse(cfg.AuthToken, "carrier-token")
	cfg.From = orElse(cfg.From, "+447700900000")
	cfg.BotToken = orElse(cfg.BotToken, "7000000001:carrier-bot-token")
	cfg.BotUsername = orElse(cfg.BotUsername, "alongside_demo_bot")
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Statuses == nil {
		cfg.Statuses = []string{StatusQueued, StatusSending, StatusSent, StatusDelivered}
	}
	if cfg.CallbackWorkers <= 0 {
		cfg.CallbackWorkers = 16
	}
	switch {
	case cfg.Keep == 0:
		cfg.Keep = 100_000
	case cfg.Keep < 0:
		cfg.Keep = 0
	}
	if cfg.AnswerTimeout <= 0 {
		cfg.AnswerTimeout = 15 * time.Second
	}
	if cfg.Backoff == nil {
		cfg.Backoff = defaultBackoff
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Carrier{cfg: cfg, log: cfg.Logger, client: newClient(), closing: make(chan struct{})}
	c.sms.init(cfg.Keep, cfg.InboundURL, cfg.InboundFallbackURL)
	c.telegram.init(cfg)
	return c
}

// Close ends what the carrier still had to post and frees its connections. It may be called twice.
func (c *Carrier) Close() {
	c.closed.Do(func() { close(c.closing) })
	c.changed.ring()
	c.client.CloseIdleConnections()
}

// Handler answers both protocols, and the control endpoint under /_carrier/. Twilio's side is
// /2010-04-01/…, Telegram's is /bot<token>/<method>; the address of the listener is the base address of both.
func (c *Carrier) Handler() http.Handler {
	control := c.controlHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, twilioPrefix):
			c.serveTwilio(w, r)
		case strings.HasPrefix(r.URL.Path, "/bot"), strings.HasPrefix(r.URL.Path, "/file/bot"):
			c.serveTelegram(w, r)
		case strings.HasPrefix(r.URL.Path, "/_carrier/"):
			control.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// Now is the carrier's time.
func (c *Carrier) Now() time.Time {
	return c.cfg.Now().Add(time.Duration(c.skew.Load()))
}

// Advance moves the clock forward: the product's, where Config.Advance is given, else the carrier's own.
// Whatever the carrier was waiting for on its clock is looked at again.
func (c *Carrier) Advance(d time.Duration) {
	if c.cfg.Advance != nil {
		c.cfg.Advance(d)
	} else {
		c.skew.Add(int64(d))
	}
	c.Wake()
}

// SetClock moves the clock to an instant. With Config.Advance it can only go forward: an earlier instant is an error.
func (c *Carrier) SetClock(now time.Time) error {
	d := now.Sub(c.Now())
	if d < 0 && c.cfg.Advance != nil {
		return errors.New("set clock: the product's clock only goes forward")
	}
	c.Advance(d)
	return nil
}

// Wake tells the carrier that the clock behind Config.Now was moved by somebody else, so that repeats which have
// become due on it are posted at once.
func (c *Carrier) Wake() { c.changed.ring() }

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// defaultBackoff is quicker than either provider, so that a demo is not kept waiting.
func defaultBackoff(attempt int) time.Duration {
	return min(time.Second<<min(attempt-1, 6), time.Minute)
}

// readAll reads at most limit bytes; a body of a webhook's answer that is longer is cut.
func readAll(r io.Reader, limit int64) string {
	b, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return ""
	}
	return string(b)
}
