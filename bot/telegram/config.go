package telegram

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// defaultAPI is where Telegram's Bot API is.
const defaultAPI = "https://api.telegram.org"

// errLibrary stands for what the client library says of a token: its own words might repeat it.
var errLibrary = errors.New("TELEGRAM_BOT_TOKEN: the client library refuses it")

// Config says which bot is used and how updates come. BotToken is required.
type Config struct {
	// BotToken is what BotFather gave ("<bot id>:<secret>").
	BotToken string
	// WebhookSecret makes Telegram bring updates to PublicURL, with this secret
	// (1 to 256 of A–Z a–z 0–9 _ -). Empty: they are fetched by long polling.
	WebhookSecret string
	// PublicURL is the address under which Telegram reaches us, without
	// /webhooks/telegram. Required with a secret; Telegram calls https only.
	PublicURL string
	// APIURL replaces https://api.telegram.org, for a pretend carrier or a local Bot API server. Empty: Telegram's.
	APIURL string

	// Lease takes or renews the right to poll, for LeaseFor; false when another
	// process has it. Nil: this is the only process.
	Lease func(ctx context.Context) (held bool, err error)
	// Release gives the right back, when polling stops. Nil: it is left to expire.
	Release func(ctx context.Context) error

	// HTTPClient makes the requests. It must have no Timeout below a minute,
	// because a poll waits, and its transport must support net/http/httptrace,
	// as http.Transport does: it tells what was surely not sent. Nil: one of our own.
	HTTPClient *http.Client
	// Count is told what became of each update, by its way ("webhook", "poll",
	// and "press" for the answers to buttons): "accepted", "ignored", "forged",
	// "malformed", "too_large", "unavailable" or "dropped". Nil: nobody is told.
	Count func(way, outcome string)
	// Logger is told ids, codes and named reasons only. Nil: nothing is logged.
	Logger *slog.Logger
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// LeaseFor is how long a lease must last once Config.Lease has granted it: a
// poll, the handling of one update, and a reserve. It is renewed before each.
const LeaseFor = pollFor + handleFor + 20*time.Second

var (
	botToken      = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{1,128}$`)
	webhookSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	linkCode      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// Validate returns every fault, each as a sentence that names the variable of
// the environment and never its value; none for a usable configuration.
func (cfg Config) Validate() []error {
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New(text)) }
	if cfg.BotToken == "" {
		fault("TELEGRAM_BOT_TOKEN: is missing")
	} else if !botToken.MatchString(cfg.BotToken) {
		fault("TELEGRAM_BOT_TOKEN: must be the bot's number, a colon and its secret, as BotFather gave it")
	}
	if cfg.WebhookSecret != "" && !webhookSecret.MatchString(cfg.WebhookSecret) {
		fault("TELEGRAM_WEBHOOK_SECRET: must be 1 to 256 letters, digits, _ or -")
	}
	if cfg.APIURL != "" {
		if reason := badAddress(cfg.APIURL); reason != "" {
			fault("TELEGRAM_API_URL: " + reason)
		}
	}
	if cfg.WebhookSecret != "" {
		if reason := badAddress(cfg.PublicURL); reason != "" {
			fault("PUBLIC_URL: " + reason)
		} else if cfg.APIURL == "" && !strings.HasPrefix(cfg.PublicURL, "https://") {
			fault("PUBLIC_URL: must begin with https://, because Telegram calls nothing else (or leave TELEGRAM_WEBHOOK_SECRET empty, and updates are fetched)")
		}
	}
	return faults
}

// badAddress says what is wrong with a base address, or "".
func badAddress(address string) string {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return "is missing"
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "must be a whole address that begins with https:// (or http://)"
	case u.User != nil:
		return "must not hold a user name or a password"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#"):
		return "must end before any ? or #"
	}
	return ""
}

func (cfg Config) check() error { return errors.Join(cfg.Validate()...) }

func (cfg Config) withDefaults() Config {
	if cfg.APIURL == "" {
		cfg.APIURL = defaultAPI
	}
	cfg.APIURL = strings.TrimRight(cfg.APIURL, "/")
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	if cfg.Lease == nil {
		cfg.Lease = func(context.Context) (bool, error) { return true, nil }
	}
	if cfg.Release == nil {
		cfg.Release = func(context.Context) error { return nil }
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = newHTTPClient()
	}
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// newHTTPClient keeps more connections than Go's two per host. Each request has its own time limit.
func newHTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}, Timeout: LeaseFor}
}
