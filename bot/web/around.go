package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	"alongside/bot/web/problem"
)

// around is what every request goes through, from the outside in: an id, the
// log and the metrics, the headers that every answer has, the limit of the
// body, and a net under it all.
func (s *Server) around(listener string, https bool, m *measures, next http.Handler) http.Handler {
	underWay := m.underWay.WithLabelValues(listener)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now() // How long a request takes is measured on the real clock.
		underWay.Inc()
		// Always made here: an id that a caller sends could be anything.
		id := rand.Text()
		a := &answering{ResponseWriter: w}
		defer func() {
			underWay.Dec()
			s.record(r, m, listener, id, a.status(), time.Since(began))
		}()
		setHeaders(a.Header(), id, https)
		incoming := r.Body
		r.Body = http.MaxBytesReader(a, incoming, MaxBody)
		defer hearOut(a, r, incoming)
		defer func() {
			if v := recover(); v != nil {
				s.broke(v, r, a, id)
			}
		}()
		next.ServeHTTP(a, r)
	})
}

// maxHeardOut is how much of a refused body is read and thrown away, in bytes.
const maxHeardOut = 16 << 20

// hearOut reads the rest of a body that was refused, within bounds. Otherwise
// the connection is reset while the caller still sends, and a caller that sends
// too much never reads that it was too much.
func hearOut(a *answering, r *http.Request, body io.Reader) {
	// Whoever asked first (Expect: 100-continue) has not begun to send.
	if a.code < http.StatusBadRequest || r.ContentLength > maxHeardOut || r.Header.Get("Expect") != "" {
		return
	}
	_, _ = io.CopyN(io.Discard, body, maxHeardOut)
}

// setHeaders gives the answer the headers of one that is data: nothing in it
// may run, load, frame, or be kept. A page sets its own policy over it.
func setHeaders(h http.Header, id string, https bool) {
	h.Set(problem.RequestHeader, id)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if https {
		// Two years, as browsers' own lists ask. Without includeSubDomains: other
		// hosts of the domain are not ours.
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// broke turns a panic into a 500 with the id under which the log has it. The
// value of a panic may hold anything, so that only its type is logged, unless
// it is the runtime's own.
func (s *Server) broke(v any, r *http.Request, a *answering, id string) {
	if v == http.ErrAbortHandler { //nolint:errorlint // The documented sentinel is a panic's value and never wrapped.
		a.cut = true
		panic(v)
	}
	what := fmt.Sprintf("%T", v)
	if fault, ok := v.(runtime.Error); ok {
		what = fault.Error()
	}
	s.log.ErrorContext(r.Context(), "a request panicked", "route", r.Pattern, "request", id, "panic", what, "stack", string(debug.Stack()))
	if a.code != 0 {
		// Half an answer is out: it must not look like a whole one.
		a.cut = true
		panic(http.ErrAbortHandler)
	}
	problem.Internal().Write(a)
}

// atMost bounds how many requests are under way. What is over is answered 503
// at once: a provider that tries again loses nothing, one that waits does.
func atMost(n int, m *measures, next http.Handler) http.Handler {
	slots := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		default:
			m.over.Inc()
			w.Header().Set("Retry-After", "1")
			http.Error(w, "Too many requests at once; try again.", http.StatusServiceUnavailable)
		}
	})
}

// sameOrigin refuses what another site has a browser send here. Programs send
// no such headers and pass.
func sameOrigin(consoleURL string, next http.Handler) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	if consoleURL != "" {
		// A proxy may have changed the host that the request was sent to.
		u, err := url.Parse(consoleURL)
		if err != nil {
			return nil, errors.New("CONSOLE_URL: must be a whole address that begins with https:// (or http://)")
		}
		if err := protection.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, errors.New("CONSOLE_URL: must be a whole address that begins with https:// (or http://)")
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if protection.Check(r) != nil {
			problem.New(http.StatusForbidden, "cross_origin",
				"A page of another site sent this request. Only pages of this service and programs may.").Write(w)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// answering remembers what was answered.
type answering struct {
	http.ResponseWriter
	code int
	cut  bool
}

func (a *answering) WriteHeader(code int) {
	// An informational answer is not yet the answer.
	if a.code == 0 && code >= http.StatusOK {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answering) Write(p []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Flush sends what was written so far, for pages that stay open.
func (a *answering) Flush() {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// status is what the caller saw: 500 for a connection that was cut.
func (a *answering) status() int {
	switch {
	case a.cut:
		return http.StatusInternalServerError
	case a.code == 0:
		return http.StatusOK // What net/http sends for a handler that wrote nothing.
	}
	return a.code
}
