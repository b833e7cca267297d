package console

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// Open pages hear at GET /live that something changed which they may show, and
// then fetch themselves again (templates/console/live.js): what they show is made
// in one place, and scoped and audited there. What goes out here is a client's id
// at the most.
//
//	here      changes will be told from now on
//	away      they will not, until here comes again: the page has to ask
//	change    of this client ("*": of anybody) something changed

const (
	// mostStreams bounds the pages that one account holds open on one process.
	// Over HTTP/1.1 a browser has six connections to a host at the most.
	mostStreams = 12
	// beat is how often a silent stream says that it is there, so that proxies keep
	// it, and whether its session still holds is asked.
	beat = 20 * time.Second
	// writeWithin bounds one write to a page that takes nothing more.
	writeWithin = 10 * time.Second
	// kept is how long a change is remembered for a page that was rendered before
	// it and came to listen after it; slack is by how much the clocks of two
	// processes may differ and how long a page takes to make.
	kept, slack = time.Minute, 5 * time.Second
	// mostKept bounds what is remembered, and mostPending what waits for one page;
	// past them it is "anybody".
	mostKept, mostPending = 5000, 100
)

// anybody stands for every client, nobodys for what is no client's.
const anybody, nobodys = "*", "-"

// hub tells the open pages of this process what changed.
type hub struct {
	now func() time.Time

	mu      sync.Mutex
	streams map[*stream]bool
	// here says that changes are heard of; since is from when on none was missed.
	here   bool
	since  time.Time
	recent []happened
	ended  chan struct{}
	over   bool
}

// happened is a change with the moment at which it was heard of.
type happened struct {
	at time.Time
	store.Change
}

// stream is one open page. All of it is kept by the hub's lock.
type stream struct {
	who     signin.Who
	here    bool
	told    bool
	pending []string
	wake    chan struct{}
}

func newHub(now func() time.Time) *hub {
	return &hub{now: now, streams: map[*stream]bool{}, ended: make(chan struct{})}
}

// Follow listens for changes until ctx ends, and tells the open pages.
func (c *Console) Follow(ctx context.Context) {
	if c.Changes == nil {
		return
	}
	c.hub.connected(false)
	c.Changes(ctx, c.hub.heard, c.hub.connected)
	c.hub.connected(false)
}

// HangUp ends every open stream, and lets none begin: without it a graceful stop
// would wait for pages that stay open all day.
func (c *Console) HangUp() {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if !c.hub.over {
		c.hub.over = true
		close(c.hub.ended)
	}
}

func (h *hub) connected(here bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.here == here {
		return
	}
	h.here, h.since, h.recent = here, h.now(), nil
	for s := range h.streams {
		if here {
			s.add(anybody) // What was missed nobody knows.
		}
		s.rouse()
	}
}

func (h *hub) heard(changes []store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	for _, change := range changes {
		h.recent = append(h.recent, happened{now, change})
		for s := range h.streams {
			s.take(change)
		}
	}
	h.forget(now)
}

// forget lets go of what no page will ask for any more.
func (h *hub) forget(now time.Time) {
	old := now.Add(-kept)
	gone := max(0, len(h.recent)-mostKept)
	for gone < len(h.recent) && h.recent[gone].at.Before(old) {
		gone++
	}
	if gone > 0 {
		h.since = h.recent[gone-1].at.Add(time.Millisecond)
		h.recent = slices.Delete(h.recent, 0, gone)
	}
}

// open begins a stream for a page that was rendered at a moment; nil if the
// account has too many, or if the process is about to stop.
func (h *hub) open(who signin.Who, rendered time.Time) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	same := 0
	for s := range h.streams {
		if s.who.Account == who.Account {
			same++
		}
	}
	if h.over || same >= mostStreams {
		return nil
	}
	s := &stream{who: who, wake: make(chan struct{}, 1)}
	h.streams[s] = true
	switch from := rendered.Add(-slack); {
	case !h.here || from.Before(h.since):
		s.add(anybody)
	default:
		for _, was := range h.recent {
			if !was.at.Before(from) {
				s.take(was.Change)
			}
		}
	}
	s.rouse()
	return s
}

func (h *hub) close(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, s)
}

// again notes who the person is by now: what they cover may have changed.
func (h *hub) again(s *stream, who signin.Who) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.who = who
}

// next takes what is to be told to a page.
func (h *hub) next(s *stream) (lines []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !s.told || s.here != h.here {
		s.told, s.here = true, h.here
		word := "away"
		if h.here {
			word = "here"
		}
		lines = append(lines, "event: "+word+"\ndata:\n\n")
	}
	if s.here {
		for _, of := range s.pending {
			lines = append(lines, "event: change\ndata: "+of+"\n\n")
		}
		s.pending = nil
	}
	return lines
}

// take notes a change that the person may see.
func (s *stream) take(change store.Change) {
	if s.who.Sees(change.Specialist) {
		s.add(string(change.Client))
		s.rouse()
	}
}

// add notes a client for the page; an unknown sender is on lists alone.
func (s *stream) add(of string) {
	if of == "" {
		of = nobodys
	}
	switch {
	case slices.Contains(s.pending, of) || slices.Contains(s.pending, anybody):
	case of == anybody || len(s.pending) >= mostPending:
		s.pending = []string{anybody}
	default:
		s.pending = append(s.pending, of)
	}
}

func (s *stream) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// live is the route of the streams. It is not bounded as a page is, and it asks
// again and again at the door, which is require, whether the session holds.
func (c *Console) live(require func(http.Handler) http.Handler) http.Handler {
	return signin.Automatic(require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := signin.From(r.Context())
		if site := r.Header.Get("Sec-Fetch-Site"); !ok || reads(who) != nil || site != "" && site != "same-origin" {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		millis, _ := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
		s := c.hub.open(who, time.UnixMilli(millis))
		if s == nil {
			w.Header().Set("Retry-After", "15")
			http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
			return
		}
		defer c.hub.close(s)
		c.stream(w, r, s, func() (signin.Who, bool) { return ask(require, r) })
	})))
}

// stream writes to one page until it is closed, its session ends, or the program
// does. again says who the person is by now.
func (c *Console) stream(w http.ResponseWriter, r *http.Request, s *stream, again func() (signin.Who, bool)) {
	line := http.NewResponseController(w)
	// The listener's limits are those of a page that ends.
	_ = line.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep it for itself.
	send := func(text string) error {
		_ = line.SetWriteDeadline(time.Now().Add(writeWithin))
		if _, err := io.WriteString(w, text); err != nil {
			return fmt.Errorf("write to an open page: %w", err)
		}
		return line.Flush()
	}
	if send("retry: 3000\n\n") != nil {
		return
	}
	beats := time.NewTicker(c.beat)
	defer beats.Stop()
	for {
		var text string
		select {
		case <-r.Context().Done():
			return
		case <-c.hub.ended:
			return
		case <-s.wake:
			for _, l := range c.hub.next(s) {
				text += l
			}
		case <-beats.C:
			who, ok := again()
			if !ok || reads(who) != nil {
				return
			}
			c.hub.again(s, who)
			text = ":\n\n"
		}
		if text != "" && send(text) != nil {
			return
		}
	}
}

// ask asks at the door who is at the other end of a request that was let in
// before.
func ask(require func(http.Handler) http.Handler, r *http.Request) (who signin.Who, ok bool) {
	ctx, cancel := context.WithTimeout(r.Context(), writeWithin)
	defer cancel()
	require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		who, ok = signin.From(r.Context())
	})).ServeHTTP(nowhere{}, r.WithContext(ctx))
	return who, ok
}

// nowhere takes the page that the door shows to somebody whom it does not let in.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

// readings remembers who was written down as the reader of whom. A page that
// fetches itself again is the same reading: it is written down again after a
// while, not with every text. That the page says so itself lets nobody read
// unseen, for the first fetch is always written down.
type readings struct {
	mu   sync.Mutex
	last map[reader]time.Time
}

type reader struct {
	account store.AccountID
	client  conversations.ClientID
}

// oneReading is how long fetches by a page itself are one reading; mostReadings
// bounds what is remembered.
const (
	oneReading   = 10 * time.Minute
	mostReadings = 10_000
)

// fresh says whether a reading has to be written down.
func (l *readings) fresh(by reader, automatic bool, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !automatic || now.Sub(l.last[by]) >= oneReading
}

func (l *readings) written(by reader, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil || len(l.last) >= mostReadings {
		l.last = map[reader]time.Time{}
	}
	l.last[by] = now
}

// read writes down that somebody read a client's page.
func (c *Console) read(r *http.Request, who signin.Who, client conversations.ClientID) error {
	by := reader{who.Account, client}
	if !c.readings.fresh(by, signin.IsAutomatic(r), c.Now()) {
		return nil
	}
	if err := c.Audit(r.Context(), who, "client.read", client); err != nil {
		return err
	}
	c.readings.written(by, c.Now())
	return nil
}
