// Package web is the listeners and their middleware: one for the console and
// the API, one that the providers call, one for Prometheus.
//
// The internet reaches the second alone. What is served comes from others: the
// API, the pages and the webhooks are handed in. Web decides nothing about a
// request but whether it is small, early and rare enough to be looked at, and
// it never logs an address, a query, a header or a body.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"alongside/bot/web/feed"
)

// The time limits of every connection. A client of ours is a provider, a
// browser or a program: none has a reason to be slower, and a slow one must not
// hold a connection for ever.
const (
	// headersWithin is how long the header of a request may take to arrive.
	headersWithin = 5 * time.Second
	// readWithin is how long a whole request may take to arrive: a mebibyte over
	// a poor line.
	readWithin = 20 * time.Second
	// answerWithin is how long an answer may take from the end of the header on:
	// a provider waits 15 s for a webhook.
	answerWithin = 40 * time.Second
	// idleFor is how long a connection is kept for its next request. It is longer
	// than the 60 s of usual proxies, so that they close first.
	idleFor = 75 * time.Second
	// maxHeader bounds the header of a request, in bytes.
	maxHeader = 32 << 10
	// MaxBody bounds the body of every request, in bytes. Handlers have lower
	// limits of their own where they know better.
	MaxBody = 1 << 20
)

// What a Server does unless the configuration says otherwise.
const (
	// DefaultMaxWebhooks is how many webhooks are handled at once. Their turns
	// share transactions, so that more would only wait longer than the provider.
	DefaultMaxWebhooks = 256
	// DefaultStopWithin is how long a graceful stop waits for requests under way.
	DefaultStopWithin = 20 * time.Second
)

// Webhooks is a channel adapter that mounts its routes.
type Webhooks interface{ Routes(*http.ServeMux) }

// Stores is what the health checks ask: a *store.Store.
type Stores interface {
	// Ping says whether SQL is reachable and migrated.
	Ping(context.Context) error
	// LiveError says what is wrong with Redis; nil when nothing is.
	LiveError() error
}

// Config says what is served and where. Store, Registry and Logger must be set.
type Config struct {
	// ConsoleAddr, WebhookAddr and MetricsAddr are host:port; port 0 takes any
	// that is free (see [Server.Addresses]). An empty one is not listened on.
	ConsoleAddr, WebhookAddr, MetricsAddr string
	// ConsoleURL and PublicURL are the addresses that people open and providers
	// call. Nothing is built from them here: one that begins with https:// lets
	// the listener tell browsers to use nothing else.
	ConsoleURL, PublicURL string

	// API serves everything below /api/v1/. Nil: nothing does.
	API http.Handler
	// Calendar serves feed.Pattern: diaries at secret addresses. Nil: nothing does.
	Calendar http.Handler
	// Home serves the rest of the console, with a Content-Security-Policy of its
	// own where its pages need one. Nil: a plain page that says what is there.
	Home http.Handler
	// Stopping is told when a graceful stop begins, so that answers which go on for
	// as long as a page is open end. Nil: there are none.
	Stopping func()
	// Webhooks are the adapters.
	Webhooks []Webhooks
	// MaxWebhooks is how many webhooks are handled at once; what is over is
	// answered 503, so that the provider tries again. 0: DefaultMaxWebhooks.
	MaxWebhooks int

	// Store answers the health checks.
	Store Stores
	// Registry takes the metrics of the listeners and serves all that is in it.
	Registry *prometheus.Registry
	// Logger is given route patterns, statuses and ids only.
	Logger *slog.Logger
	// StopWithin bounds a graceful stop. 0: DefaultStopWithin.
	StopWithin time.Duration
}

// Server is the three listeners. Make one with New, then Run it once; Listen
// before it tells the addresses first.
type Server struct {
	listeners  []*listener
	stopWithin time.Duration
	log        *slog.Logger
}

// A listener is one address and what is served there.
type listener struct {
	name, address string
	server        *http.Server
	socket        net.Listener
}

// Addresses are where a Server listens, as host:port with the true port; empty
// where it does not.
type Addresses struct{ Console, Webhooks, Metrics string }

// New puts the listeners together; nothing is opened yet. It returns an error
// if the registry holds these metrics already or ConsoleURL is no address, and
// panics if two webhooks have the same route: a mistake in the wiring.
func New(c Config) (*Server, error) {
	s := &Server{stopWithin: c.StopWithin, log: c.Logger}
	if s.stopWithin <= 0 {
		s.stopWithin = DefaultStopWithin
	}
	if c.MaxWebhooks <= 0 {
		c.MaxWebhooks = DefaultMaxWebhooks
	}
	m, err := newMeasures(c.Registry)
	if err != nil {
		return nil, fmt.Errorf("register the metrics of the listeners: %w", err)
	}
	h := &health{store: c.Store, log: c.Logger}
	pages, err := console(c, h)
	if err != nil {
		return nil, err
	}
	s.add("console", c.ConsoleAddr, s.around("console", secure(c.ConsoleURL), m, pages))
	s.add("webhooks", c.WebhookAddr, s.around("webhooks", secure(c.PublicURL), m, webhooks(c, h, m)))
	if c.Stopping != nil {
		for _, l := range s.listeners {
			l.server.RegisterOnShutdown(c.Stopping)
		}
	}
	s.add("metrics", c.MetricsAddr, s.around("metrics", false, m, metrics(c.Registry)))
	return s, nil
}

func (s *Server) add(name, address string, handler http.Handler) {
	if address == "" {
		return
	}
	s.listeners = append(s.listeners, &listener{
		name: name, address: address,
		server: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headersWithin,
			ReadTimeout:       readWithin,
			WriteTimeout:      answerWithin,
			IdleTimeout:       idleFor,
			MaxHeaderBytes:    maxHeader,
			// What net/http itself has to say names addresses of callers.
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
		},
	})
}

// console puts the API, the pages and the health checks together.
func console(c Config, h *health) (http.Handler, error) {
	mux := http.NewServeMux()
	h.routes(mux)
	if c.API != nil {
		mux.Handle("/api/v1/", c.API)
	}
	if c.Calendar != nil {
		mux.Handle(feed.Pattern, c.Calendar)
	}
	if c.Home != nil {
		mux.Handle("/", c.Home)
	} else {
		mux.HandleFunc("GET /{$}", serveEmpty)
	}
	return sameOrigin(c.ConsoleURL, mux)
}

// webhooks puts the adapters' routes and the health checks together. Only the
// former are counted against the limit: a full process is still alive.
func webhooks(c Config, h *health, m *measures) http.Handler {
	adapters := http.NewServeMux()
	for _, a := range c.Webhooks {
		a.Routes(adapters)
	}
	mux := http.NewServeMux()
	h.routes(mux)
	mux.Handle("/", atMost(c.MaxWebhooks, m, adapters))
	return mux
}

// Listen opens all addresses, or none. It returns every address that cannot be
// had.
func (s *Server) Listen(ctx context.Context) error {
	var faults []error
	for _, l := range s.listeners {
		if l.socket != nil {
			continue
		}
		socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
		if err != nil {
			faults = append(faults, fmt.Errorf("listen for %s: %w", l.name, err))
			continue
		}
		l.socket = socket
	}
	if len(faults) > 0 {
		s.close()
	}
	return errors.Join(faults...)
}

func (s *Server) close() {
	for _, l := range s.listeners {
		if l.socket != nil {
			_ = l.socket.Close()
			l.socket = nil
		}
	}
}

// Addresses tells where the Server listens, from Listen on.
func (s *Server) Addresses() Addresses {
	var a Addresses
	for _, l := range s.listeners {
		if l.socket == nil {
			continue
		}
		at := l.socket.Addr().String()
		switch l.name {
		case "console":
			a.Console = at
		case "webhooks":
			a.Webhooks = at
		default:
			a.Metrics = at
		}
	}
	return a
}

// Run serves until ctx ends, and then stops gracefully: no listener takes
// another request, those under way finish, and the metrics can be read until
// the others are done. It returns nil after a graceful stop, and an error if a
// listener failed or requests had to be cut off. It listens first where Listen
// was not called.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Listen(ctx); err != nil {
		return err
	}
	at := s.Addresses()
	s.log.InfoContext(ctx, "listening", "console", at.Console, "webhooks", at.Webhooks, "metrics", at.Metrics)
	ended := make(chan error, len(s.listeners))
	running := 0
	for _, l := range s.listeners {
		running++
		go func() {
			err := l.server.Serve(l.socket)
			if errors.Is(err, http.ErrServerClosed) {
				err = nil
			}
			if err != nil {
				err = fmt.Errorf("serve %s: %w", l.name, err)
			}
			ended <- err
		}()
	}
	var faults []error
	if running == 0 {
		<-ctx.Done()
	} else {
		select {
		case <-ctx.Done():
		case err := <-ended: // One listener failed: half a service is none.
			faults = append(faults, err)
			running--
		}
	}
	faults = append(faults, s.shutdown(ctx)...)
	for range running {
		faults = append(faults, <-ended)
	}
	return errors.Join(faults...)
}

// shutdown lets the requests under way finish: console and webhooks together,
// the metrics after them.
func (s *Server) shutdown(ctx context.Context) []error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.stopWithin)
	defer cancel()
	stop := func(l *listener) error {
		err := l.server.Shutdown(ctx)
		if err == nil {
			return nil
		}
		_ = l.server.Close()
		return fmt.Errorf("stop %s: requests were cut off: %w", l.name, err)
	}
	results := make(chan error, len(s.listeners))
	waiting := 0
	var last *listener
	for _, l := range s.listeners {
		if l.name == "metrics" {
			last = l
			continue
		}
		waiting++
		go func() { results <- stop(l) }()
	}
	var faults []error
	for range waiting {
		faults = append(faults, <-results)
	}
	if last != nil {
		faults = append(faults, stop(last))
	}
	return faults
}

// secure says whether the address is an https one.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Scheme, "https")
}

// serveEmpty is the console before it has pages.
func serveEmpty(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, emptyPage)
}

// emptyPage needs no style and no script, so that the strictest policy holds.
const emptyPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Alongside</title>
</head>
<body>
<main>
<h1>Alongside</h1>
<p>The service is running. There are no pages for specialists here yet; what there is:</p>
<ul>
<li>the API, below <code>/api/v1</code>, with a bearer token (<code>alongside token</code> makes one);
what it offers is described in <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></li>
<li><a href="/healthz">/healthz</a>: whether it is alive, and how Redis does</li>
<li><a href="/readyz">/readyz</a>: whether it can take work</li>
</ul>
</main>
</body>
</html>
`
