package carrier

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is defined as HMAC-SHA1.
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Forgery says how a webhook differs from a genuine one.
type Forgery string

// The ways in which somebody else's webhook can look. The zero value is genuine.
const (
	Genuine        Forgery = ""
	Unsigned       Forgery = "unsigned"        // no X-Twilio-Signature at all
	WrongSignature Forgery = "wrong_signature" // signed with another token
	WrongAccount   Forgery = "wrong_account"   // well signed, but for another account: AccountSid is not ours
)

// Sign computes X-Twilio-Signature: base64(HMAC-SHA1(token, address + each parameter's name and value, by name)).
// The address is the public one, with its query and without its fragment.
func Sign(token, address string, params url.Values) string {
	address, _, _ = strings.Cut(address, "#")
	keys := make([]string, 0, len(params))
	for key := range params {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, key := range keys {
		for _, value := range params[key] {
			mac.Write([]byte(key))
			mac.Write([]byte(value))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// routeTable says where public addresses are really served on this machine.
type routeTable struct {
	mu sync.RWMutex
	to map[string]string
}

// Route makes everything that is posted to a public origin ("https://alongside.example.org") go to another one
// ("http://127.0.0.1:8081") instead. What is signed, and the Host header, stay those of the public address, as they
// would behind a proxy.
func (c *Carrier) Route(public, actual string) {
	c.routes.mu.Lock()
	defer c.routes.mu.Unlock()
	if c.routes.to == nil {
		c.routes.to = make(map[string]string)
	}
	c.routes.to[strings.TrimRight(public, "/")] = strings.TrimRight(actual, "/")
}

// resolve answers the address to post to.
func (c *Carrier) resolve(u *url.URL) string {
	c.routes.mu.RLock()
	defer c.routes.mu.RUnlock()
	origin := u.Scheme + "://" + u.Host
	address := u.String()
	if actual, ok := c.routes.to[origin]; ok {
		return actual + strings.TrimPrefix(address, origin)
	}
	return address
}

// newClient makes the client of all webhooks. It does not follow redirects, uses no proxy, and connects only to
// addresses of this machine or of a private network: a pretend carrier must not reach a real person's server.
func newClient() *http.Client {
	dialer := &net.Dialer{
		Timeout: 5 * time.Second, // Twilio's connect timeout.
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("read address: %w", err)
			}
			if ip := at.Addr().Unmap(); !ip.IsLoopback() && !ip.IsPrivate() {
				return errOutside
			}
			return nil
		},
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, MaxIdleConns: 256, MaxIdleConnsPerHost: 128,
			IdleConnTimeout: 30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var errOutside = errors.New("the pretend carrier posts only to this machine and private networks")

// overrides are Twilio's connection overrides, as far as they matter here: how often and after what a webhook is
// repeated. Without any, it is repeated once, and only when no connection came about.
type overrides struct {
	retries int
	after   []string // ct (no connection), rt (no answer in time), 4xx, 5xx, all
}

func readOverrides(fragment string) overrides {
	o := overrides{retries: 1, after: []string{"ct"}}
	for pair := range strings.SplitSeq(fragment, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch key {
		case "rc":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 5 {
				o.retries = n
			}
		case "rp":
			o.after = strings.Split(value, ",")
		}
	}
	return o
}

func (o overrides) again(status int, err error) bool {
	if slices.Contains(o.after, "all") && (err != nil || status >= 400) {
		return true
	}
	switch {
	case err != nil && errors.Is(err, context.DeadlineExceeded):
		return slices.Contains(o.after, "rt")
	case err != nil:
		return slices.Contains(o.after, "ct")
	case status >= 500:
		return slices.Contains(o.after, "5xx")
	case status >= 400:
		return slices.Contains(o.after, "4xx")
	}
	return false
}

// posted is how the service answered a webhook.
type posted struct {
	status      int // of the last attempt; zero: no answer
	contentType string
	body        string
	attempts    int
	err         error // of the last attempt
}

// failed says that Twilio would now turn to the fallback.
func (p posted) failed() bool { return p.err != nil || p.status >= 400 }

// post sends a form to a webhook as Twilio does, with repeats as its address asks.
func (c *Carrier) post(ctx context.Context, address string, form url.Values, forge Forgery) posted {
	bare, fragment, _ := strings.Cut(address, "#")
	o := readOverrides(fragment)
	u, err := url.Parse(bare)
	if err != nil || u.Host == "" {
		return posted{err: errors.New("post webhook: the address cannot be read")}
	}
	target, body := c.resolve(u), form.Encode()
	header := http.Header{
		"Content-Type":               {"application/x-www-form-urlencoded; charset=UTF-8"},
		"User-Agent":                 {"TwilioProxy/1.1"},
		"Accept":                     {"*/*"},
		"I-Twilio-Idempotency-Token": {NewSID("")[2:]},
	}
	switch forge {
	case Unsigned:
	case WrongSignature:
		header.Set("X-Twilio-Signature", Sign("not-"+c.cfg.AuthToken, bare, form))
	default:
		header.Set("X-Twilio-Signature", Sign(c.cfg.AuthToken, bare, form))
	}
	var p posted
	for attempt := 1; ; attempt++ {
		p = c.postOnce(ctx, target, u.Host, body, header)
		p.attempts = attempt
		if attempt > o.retries || !o.again(p.status, p.err) || ctx.Err() != nil {
			return p
		}
	}
}

func (c *Carrier) postOnce(ctx context.Context, target, host, body string, header http.Header) posted {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		return posted{err: errors.New("post webhook: the address cannot be used")}
	}
	req.Header, req.Host = header, host
	resp, err := c.client.Do(req)
	if err != nil {
		var wrapped *url.Error // Its text holds the address, and our message id travels in that.
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return posted{err: fmt.Errorf("post webhook: %w", err)}
	}
	defer func() { _ = resp.Body.Close() }()
	return posted{status: resp.StatusCode, contentType: resp.Header.Get("Content-Type"), body: readAll(resp.Body, 64<<10)}
}
