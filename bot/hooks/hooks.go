// Package hooks tells other systems what happened: signed after the Standard
// Webhooks specification, with kinds and ids and never a text, a name or a number.
//
// It follows no redirect, goes to no address inside the network unless it is
// allowed to, and believes nothing of an answer but its status. It changes no
// conversation; what became of each attempt is written down.
package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"alongside/store"
)

const (
	// within bounds one attempt, as the specification advises.
	within = 15 * time.Second
	// connectWithin bounds the connection alone.
	connectWithin = 5 * time.Second
	// hears is how much of an answer is read, in bytes: enough to use the
	// connection again.
	hears = 16 << 10
	// longestURL bounds an address, in bytes.
	longestURL = 1000
)

// waits are how long after each attempt the next comes: a day in all.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
}

// Sender delivers. Make one with New.
type Sender struct {
	store interface {
		DueHook(ctx context.Context, delivery string) (store.DueHook, error)
		SettleHook(ctx context.Context, d store.DueHook, r store.HookResult) error
	}
	now    func() time.Time
	log    *slog.Logger
	client *http.Client
}

// New returns a Sender. Private lets it go to addresses of the machine and of the
// network around it.
func New(s *store.Store, private bool, now func() time.Time, log *slog.Logger) *Sender {
	dial := &net.Dialer{Timeout: connectWithin}
	if !private {
		// The address is looked at after the name was resolved, so that no name
		// leads inside.
		dial.Control = func(_, address string, _ syscall.RawConn) error {
			if at, err := netip.ParseAddrPort(address); err != nil || inside(at.Addr()) {
				return errInside
			}
			return nil
		}
	}
	return &Sender{
		store: s, now: now, log: log,
		client: &http.Client{
			Timeout:       within,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				// No proxy of the environment: it would resolve names itself.
				DialContext: dial.DialContext, TLSHandshakeTimeout: connectWithin, ResponseHeaderTimeout: within,
				MaxResponseHeaderBytes: hears, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			},
		},
	}
}

var errInside = errors.New("the address is inside the network")

// shared is the block that providers share among customers (RFC 6598), and others
// that lead nowhere outside.
var shared = []netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// inside says whether an address is of the machine or of the network around it, or
// leads to one that may be.
func inside(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return true
	}
	for _, block := range shared {
		if block.Contains(a) {
			return true
		}
	}
	return false
}

// URLFault says what is wrong with the address of a hook, in words that follow the
// name of a field; "" if nothing is. It repeats nothing of it. Private allows plain
// http to this machine.
func URLFault(raw string, private bool) string {
	u, err := url.Parse(raw)
	switch {
	case len(raw) > longestURL:
		return fmt.Sprintf("is longer than %d characters", longestURL)
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return "must be a whole address, such as https://system.example/alongside"
	case u.User != nil:
		return "must not hold a user or a password"
	case u.Fragment != "":
		return "must not hold a fragment (#…)"
	}
	at, err := netip.ParseAddr(u.Hostname())
	local := err == nil && at.Unmap().IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local || !private):
		return "must begin with https://"
	case !private && (local || err == nil && inside(at)):
		return "is inside the network, where this service does not go"
	}
	return ""
}

// secretMark begins every secret (Standard Webhooks).
const secretMark = "whsec_"

// NewSecret makes a secret with which deliveries are signed.
func NewSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // It never fails: without randomness the program ends.
	return secretMark + base64.StdEncoding.EncodeToString(key)
}

// Sign is the header webhook-signature of a body (Standard Webhooks, v1).
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretMark))
	if err != nil {
		return "", errors.New("the secret of a hook cannot be read")
	}
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// told is what another system reads.
type told struct {
	Type      string          `json:"type"`
	Timestamp string          `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Deliver makes one attempt at a delivery that still waits, and writes down what
// became of it. Again is how long to wait for the next; 0 when there is none. An
// error is a failure to read or write the caseload.
func (s *Sender) Deliver(ctx context.Context, id string) (again time.Duration, err error) {
	d, err := s.store.DueHook(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Over {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	answer, fault := s.post(ctx, d)
	if ctx.Err() != nil {
		return 0, context.Canceled // The process is ending: it is tried again by the next.
	}
	r := store.HookResult{State: store.HookDelivered, Answer: answer, Fault: fault}
	if fault != "" {
		r.State = store.HookGivenUp
		if d.Attempts < len(waits) {
			again = waits[d.Attempts]
			r.State, r.Due = store.HookWaiting, s.now().Add(again)
		}
		s.log.WarnContext(ctx, "another system was not told", "hook", d.Hook, "delivery", d.ID, "attempt", d.Attempts+1, "status", answer, "fault", fault)
	}
	return again, s.store.SettleHook(context.WithoutCancel(ctx), d, r)
}

// Named reasons why something did not arrive.
const (
	faultAnswer  = "answer"  // it answered, and not 2xx
	faultInside  = "inside"  // its name leads inside the network
	faultTimeout = "timeout" // it did not answer in time
	faultConnect = "connect" // it could not be reached, or the connection broke
	faultSecret  = "secret"  // its secret cannot be read
)

func (s *Sender) post(ctx context.Context, d store.DueHook) (answer int, fault string) {
	body, err := json.Marshal(told{Type: string(d.Event), Timestamp: d.At.UTC().Format(time.RFC3339), Data: d.Data})
	if err != nil {
		return 0, faultSecret
	}
	now := s.now()
	signature, err := Sign(d.Secret, d.ID, now, body)
	if err != nil {
		return 0, faultSecret
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		return 0, faultConnect
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Alongside")
	r.Header.Set("Webhook-Id", d.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", signature)
	w, err := s.client.Do(r)
	var slow net.Error
	switch {
	case errors.Is(err, errInside):
		return 0, faultInside
	case errors.As(err, &slow) && slow.Timeout():
		return 0, faultTimeout
	case err != nil:
		return 0, faultConnect // The error repeats the address.
	}
	defer func() { _ = w.Body.Close() }()
	_, _ = io.CopyN(io.Discard, w.Body, hears)
	if w.StatusCode < 200 || w.StatusCode > 299 {
		return w.StatusCode, faultAnswer
	}
	return w.StatusCode, ""
}
