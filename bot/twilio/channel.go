// Package twilio is the SMS channel: it takes texts and delivery reports from
// Twilio's signed webhooks, hands them on as conversations.Event, and sends
// what the outbox has committed through Twilio's Messages API.
//
// It never decides what a text means or whether a message may go, stores
// nothing, repeats nothing by itself, fetches no media, and never logs a text,
// a number or a token. It believes no address of the request: what Twilio
// signed is built from the configuration.
package twilio

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/twilio/twilio-go/client"

	"alongside/bot/outbox"
	"alongside/conversations"
)

// The paths that Routes mounts, below Config.PublicURL.
const (
	// MessagesPath takes inbound texts. The address that Twilio is given should
	// end in "#rc=3&rp=all" (connection overrides), or a 503 of ours loses the
	// text: without them Twilio repeats a webhook only after connection failures.
	MessagesPath = "/webhooks/twilio/messages"
	// StatusPath takes status callbacks; Send puts it into each message.
	StatusPath = "/webhooks/twilio/status"
)

// handleFor is how long an event may take. Twilio gives up on a webhook after
// 15 s; what is left is for the network and for our answer.
const handleFor = 10 * time.Second

// Channel is the SMS channel. It is safe for concurrent use; make one with New.
type Channel struct {
	cfg        Config
	handle     func(ctx context.Context, ev conversations.Event) error
	validators []client.RequestValidator
	http       *http.Client
	base       string // of the public address, without a slash at its end
	log        *slog.Logger
}

var (
	_ outbox.Sender = (*Channel)(nil)
	_ outbox.Asker  = (*Channel)(nil)
)

// New makes the channel. Handle is called once for each event that arrives; it
// returns nil when the event is stored for good (also when it was stored
// before), and an error when the provider must try again. The error names every
// fault of the configuration and repeats no token.
func New(cfg Config, handle func(ctx context.Context, ev conversations.Event) error) (*Channel, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	c := &Channel{cfg: cfg, handle: handle, base: trimSlash(cfg.PublicURL), log: cfg.Logger}
	for _, token := range cfg.AuthTokens {
		c.validators = append(c.validators, client.NewRequestValidator(token))
	}
	// A redirect is never followed: a 307 would carry a person's words to wherever it points.
	followNothing := *cfg.HTTPClient
	followNothing.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &followNothing
	return c, nil
}

// Channel is conversations.SMS.
func (c *Channel) Channel() conversations.Channel { return conversations.SMS }

// Routes mounts the two webhooks.
func (c *Channel) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+MessagesPath, c.serveMessage)
	mux.HandleFunc("POST "+StatusPath, c.serveStatus)
}

// handOn gives an event to the product. The work goes on when the provider
// hangs up, because a half-done turn helps nobody, but not for ever.
func (c *Channel) handOn(r *http.Request, ev conversations.Event) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), handleFor)
	defer cancel()
	return c.handle(ctx, ev)
}
