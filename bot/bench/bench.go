// Package bench measures the whole path of a text: a signed webhook comes in,
// the answer is accepted by the carrier. The service is the real binary in a
// process of its own; load maker and pretend carrier are this process.
//
// It measures and counts, and judges nothing: what is fast enough is said
// elsewhere. It speaks to loopback only, and ends what it started.
package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"alongside/bot/carrier"
)

// Config says what is measured. Every field must be set but Progress.
type Config struct {
	// Program is the binary to serve with.
	Program string
	// DatabaseURL and RedisURL are the service's own; an empty RedisURL is its
	// in-process Redis. Database names the kind in the row ("sqlite",
	// "postgresql+redis").
	DatabaseURL, RedisURL string
	// Clients on the caseload, and how many text at once.
	Clients, Concurrency int
	// Duration of the measured part.
	Duration time.Duration
	// Progress is told in plain words how far it is; nil means nobody asks.
	Progress func(string)
	// Log takes what the service logs.
	Log io.Writer
}

// Row is one result. Times are milliseconds; it is printed as one line of JSON.
type Row struct {
	Database    string  `json:"database"`
	Concurrency int     `json:"concurrency"`
	Clients     int     `json:"clients"`
	Seconds     float64 `json:"seconds"`
	// Texts that were acknowledged, and how many a second of those answered
	// within the measured time.
	Texts      int64   `json:"texts"`
	TextsPerS  float64 `json:"texts_per_s"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	Lost       int64   `json:"lost"`
	Doubled    int64   `json:"doubled"`
	Refused    int64   `json:"refused"`
	CPUPer1000 float64 `json:"cpu_s_per_1000"`
	// CPU says where it went, in seconds per 1,000 texts: the service, this
	// process (load maker and carrier), Redis, PostgreSQL.
	CPU   map[string]float64 `json:"cpu_by_process"`
	RSSMB float64            `json:"rss_mb"`
}

// texts are what clients write; each has exactly one answer, whatever was said
// before it. A thanks, which has none, would count as lost.
var texts = []string{
	"when am i seeing sam next", "yes ill be there", "what time is it again", "gonna be 10 mins late sorry",
	"can sam ring me", "pryd mae'r apwyntiad nesa?", "what can i text on here", "bydda i yna, diolch",
}

// number is the made-up number of client i. Ofcom sets aside a thousand mobile
// numbers for fiction, too few for a caseload; the North American plan sets
// aside 555-0100 to 555-0199 in each of its area codes.
func number(i int) string { return fmt.Sprintf("+1%03d55501%02d", firstArea+i/perArea, i%perArea) }

const (
	firstArea  = 201
	perArea    = 100
	maxClients = (999 - firstArea + 1) * perArea
)

// index is the client of a number; -1 if it is none of ours.
func index(number string) int {
	var area, last int
	if _, err := fmt.Sscanf(number, "+1%03d55501%02d", &area, &last); err != nil {
		return -1
	}
	return (area-firstArea)*perArea + last
}

// Run measures once.
func Run(ctx context.Context, c Config) (Row, error) {
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	if c.Clients < c.Concurrency || c.Clients > maxClients {
		return Row{}, fmt.Errorf("clients: between the concurrency (%d) and %d, please", c.Concurrency, maxClients)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := newLoad(c)
	pretend := carrier.New(carrier.Config{
		Keep: -1, OnSMS: l.accepted, Statuses: []string{}, Logger: slog.New(slog.DiscardHandler),
	})
	defer pretend.Close()
	address, stop, err := listen(ctx, pretend.Handler())
	if err != nil {
		return Row{}, err
	}
	defer stop()
	s, err := start(ctx, c, "http://"+address)
	if err != nil {
		return Row{}, err
	}
	defer s.stop()
	pretend.SetInbound(s.webhooks+"/webhooks/twilio/messages", "")
	if err := s.seed(ctx, c); err != nil {
		return Row{}, err
	}
	if err := l.settle(ctx, time.Second); err != nil {
		return Row{}, err
	}
	c.Progress("warming up")
	l.run(ctx, pretend, time.Second)
	if err := l.settle(ctx, time.Second); err != nil {
		return Row{}, err
	}
	l.reset()
	c.Progress(fmt.Sprintf("measuring for %s at concurrency %d", c.Duration, c.Concurrency))
	before := s.cpu(ctx)
	began := time.Now()
	l.run(ctx, pretend, c.Duration)
	took := time.Since(began)
	if err := l.settle(ctx, 2*time.Second); err != nil {
		return Row{}, err
	}
	return l.row(c, took, before, s.cpu(ctx), s.rss()), nil
}

// load is the people who text.
type load struct {
	clients, concurrency int
	// waiting holds for each client the moment its text left, in nanoseconds of
	// the monotonic clock, or 0.
	waiting []client
	began   time.Time

	acknowledged, refused, doubled atomic.Int64
	answers                        atomic.Int64

	mu    sync.Mutex
	times []time.Duration
}

// client is one person: at most one text of theirs is under way.
type client struct {
	answered chan struct{}
	open     atomic.Bool
}

func newLoad(c Config) *load {
	l := &load{clients: c.Clients, concurrency: c.Concurrency, waiting: make([]client, c.Clients), began: time.Now()}
	for i := range l.waiting {
		l.waiting[i].answered = make(chan struct{}, 1)
	}
	return l
}

func (l *load) reset() {
	l.acknowledged.Store(0)
	l.refused.Store(0)
	l.doubled.Store(0)
	l.answers.Store(0)
	l.mu.Lock()
	l.times = l.times[:0]
	l.mu.Unlock()
}

// accepted is the carrier taking an answer.
func (l *load) accepted(m carrier.Message) {
	i := index(m.To)
	l.answers.Add(1)
	if i < 0 || i >= len(l.waiting) {
		return
	}
	if l.waiting[i].open.CompareAndSwap(true, false) {
		l.waiting[i].answered <- struct{}{}
		return
	}
	l.doubled.Add(1)
}

// answerWithin is how long a person waits before the text counts as lost.
const answerWithin = 20 * time.Second

// run lets people text for a while, so many at once.
func (l *load) run(ctx context.Context, c *carrier.Carrier, d time.Duration) {
	end := time.Now().Add(d)
	var all sync.WaitGroup
	for w := range l.concurrency {
		all.Go(func() {
			var times []time.Duration
			for n := 0; time.Now().Before(end) && ctx.Err() == nil; n++ {
				i := (w + n*l.concurrency) % l.clients
				if took, ok := l.text(ctx, c, i, texts[n%len(texts)]); ok {
					times = append(times, took)
				}
			}
			l.mu.Lock()
			l.times = append(l.times, times...)
			l.mu.Unlock()
		})
	}
	all.Wait()
}

func (l *load) text(ctx context.Context, c *carrier.Carrier, i int, text string) (time.Duration, bool) {
	p := &l.waiting[i]
	if !p.open.CompareAndSwap(false, true) {
		return 0, false
	}
	began := time.Now()
	d := c.SMS(ctx, number(i), text)
	if d.Status < 200 || d.Status > 299 {
		p.open.Store(false)
		l.refused.Add(1)
		return 0, false
	}
	l.acknowledged.Add(1)
	t := time.NewTimer(answerWithin)
	defer t.Stop()
	select {
	case <-p.answered:
		return time.Since(began), true
	case <-t.C:
	case <-ctx.Done():
	}
	return 0, false
}

// settle waits until no answer has come for the given time.
func (l *load) settle(ctx context.Context, quiet time.Duration) error {
	for last := int64(-1); last != l.answers.Load(); {
		last = l.answers.Load()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(quiet):
		}
	}
	return nil
}

// listen serves a handler on a port of loopback that is free.
func listen(ctx context.Context, h http.Handler) (string, func(), error) {
	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen for the carrier: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(socket) }()
	return socket.Addr().String(), func() { _ = server.Close() }, nil
}
