// Package leak is the assertion that no secret and no personal datum appears in
// an error or a log. The tests of every channel adapter run it.
//
// It is for tests alone and is never part of the program.
package leak

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Watch keeps what was logged and what it was shown. Make one with New.
type Watch struct {
	mu      sync.Mutex
	seen    bytes.Buffer
	secrets []string
}

// New watches until the test ends, and then fails it if a secret (a token, a
// number, a text) appears anywhere: as it is, or as an address, a quoted string
// or basic authentication writes it. The failure names a secret by its place
// in the list.
func New(t testing.TB, secrets ...string) *Watch {
	t.Helper()
	w := &Watch{secrets: secrets}
	t.Cleanup(func() {
		for _, fault := range w.Faults() {
			t.Error(fault)
		}
	})
	return w
}

// Logger is a logger of every level whose lines are watched.
func (w *Watch) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write takes the lines of a log.
func (w *Watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.Write(p)
}

// Show has values watched: results, errors with everything that they wrap,
// answers.
func (w *Watch) Show(values ...any) {
	for _, v := range values {
		_, _ = fmt.Fprintf(w, "%v\n%+v\n%#v\n", v, v, v)
		if err, ok := v.(error); ok && err != nil {
			w.Show(errors.Unwrap(err))
		}
	}
}

// Log is everything that was seen so far.
func (w *Watch) Log() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.String()
}

// Faults says which secrets were seen.
func (w *Watch) Faults() []string {
	seen := w.Log()
	var faults []string
	for i, secret := range w.secrets {
		for _, form := range forms(secret) {
			if at := strings.Index(seen, form); at >= 0 {
				line := seen[strings.LastIndexByte(seen[:at], '\n')+1:]
				line, _, _ = strings.Cut(line, "\n")
				faults = append(faults, fmt.Sprintf("secret %d is in an error or a log: %s", i+1, strings.ReplaceAll(line, form, "<secret>")))
				break
			}
		}
	}
	return faults
}

// forms lists the ways in which a secret may be written.
func forms(secret string) []string {
	quoted := strconv.Quote(secret)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1],
		base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}
