package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"
)

// maxAnswer bounds an answer of the API, in bytes; a page of a hundred messages is some 200 KiB.
const maxAnswer = 4 << 20

// longestWait bounds how long the API can make us wait: a clock that is wrong
// somewhere must not silence everybody for a week.
const longestWait = time.Hour

// refusal is an answer of the API that is no success. It holds no words of the
// answer: Twilio's repeat the number.
type refusal struct {
	status int
	code   int           // Twilio's own; 0: the answer was not Twilio's JSON
	after  time.Duration // from Retry-After; 0: it did not say
}

func (r *refusal) Error() string { return "twilio answered " + r.name() }

// name is Twilio's code, or the HTTP status where there is none.
func (r *refusal) name() string {
	if r.code != 0 {
		return strconv.Itoa(r.code)
	}
	return strconv.Itoa(r.status)
}

// lost is a request without an answer. It does not hold the error that it came
// from: the text of a url.Error is the address, which holds a number.
type lost struct {
	reason string // "timeout", "cancelled", "not_connected", "connection_lost", "unreadable_answer"
	unsent bool   // surely: not one byte of it left
}

func (l *lost) Error() string { return "twilio did not answer: " + l.reason }

// api returns twilio-go's Messages API for one attempt: the library has no
// context of its own, so that each attempt has a client that carries one.
func (c *Channel) api(ctx context.Context) *openapi.ApiService {
	// Not NewRequestHandler: it moves requests to wherever TWILIO_EDGE and TWILIO_REGION say.
	return openapi.NewApiService(&client.RequestHandler{Client: &caller{ctx: ctx, channel: c}})
}

// caller is the client.BaseClient of one attempt. Unlike the library's own it
// honours a context and APIURL, keeps Retry-After, tells what was surely not
// sent, and has no text of a request or an answer in its errors.
type caller struct {
	ctx     context.Context //nolint:containedctx // The interface has no parameter for it; a caller lives for one call.
	channel *Channel
}

var _ client.BaseClient = (*caller)(nil)

// AccountSid is the account that the library puts into its paths.
func (a *caller) AccountSid() string { return a.channel.cfg.AccountSID }

// SetTimeout does nothing: the context and Config.HTTPClient bound a call.
func (a *caller) SetTimeout(time.Duration) {}

// SetOauth does nothing: the account's token is used.
func (a *caller) SetOauth(client.OAuth) {}

// OAuth is none.
func (a *caller) OAuth() client.OAuth { return nil }

// SendRequest makes one request, with the first token that Twilio knows: a 401
// did nothing, and the second token is there for when the first has been
// retired. Its error is a *refusal or a *lost.
func (a *caller) SendRequest(method, rawURL string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	var err error
	for _, token := range a.channel.cfg.AuthTokens {
		var answer *http.Response
		answer, err = a.sendOnce(token, method, rawURL, data, headers, body)
		var no *refusal
		if err == nil || !errors.As(err, &no) || no.status != http.StatusUnauthorized {
			return answer, err
		}
	}
	return nil, err
}

func (a *caller) sendOnce(token, method, rawURL string, data url.Values, headers map[string]any, body []byte) (*http.Response, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, &lost{reason: "bad_address", unsent: true}
	}
	address := a.channel.cfg.APIURL + u.EscapedPath()
	var content io.Reader = bytes.NewReader(body)
	switch {
	case method == http.MethodGet || method == http.MethodDelete:
		if len(data) > 0 {
			u.RawQuery = data.Encode()
		}
	case len(body) == 0:
		content = strings.NewReader(data.Encode())
	}
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}

	if a.ctx.Err() != nil {
		return nil, &lost{reason: reasonOf(a.ctx.Err(), true), unsent: true}
	}
	var line connection
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(a.ctx, line.trace()), method, address, content)
	if err != nil {
		return nil, &lost{reason: "bad_address", unsent: true}
	}
	for name, value := range headers {
		req.Header.Set(name, fmt.Sprint(value))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "alongside twilio-go/"+client.LibraryVersion)
	req.SetBasicAuth(a.channel.cfg.AccountSID, token)

	resp, err := a.channel.http.Do(req)
	if err != nil {
		return nil, &lost{reason: reasonOf(err, line.unused()), unsent: line.unused()}
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, a.refused(resp, answer)
	}
	if err != nil {
		return nil, &lost{reason: reasonOf(err, false)}
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, nil
}

// refused reads what there is to know from an answer that is no success.
func (a *caller) refused(resp *http.Response, answer []byte) *refusal {
	no := &refusal{status: resp.StatusCode, after: retryAfter(resp.Header, a.channel.cfg.Now())}
	var told client.TwilioRestError
	if json.Unmarshal(answer, &told) == nil && told.Code > 0 {
		no.code = told.Code
	}
	return no
}

// retryAfter reads the header of that name, which holds seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if seconds, err := strconv.Atoi(value); err == nil {
		d = time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), longestWait)
}

// connection watches how far a request got.
type connection struct{ asked, got atomic.Bool }

// trace has the transport report. It asks for a connection again when it
// repeats a request by itself, which it does with a POST only if not a byte of
// it was written: so the last connection decides.
func (l *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { l.got.Store(false); l.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { l.got.Store(true) },
	}
}

// unused reports whether there surely never was a connection to write to: the
// name did not resolve, nobody listened, TLS failed, or it took too long. What
// happens after that (WroteHeaders, WroteRequest) is of no use as a limit: the
// transport writes beside us, and may do so after it has given up on us.
func (l *connection) unused() bool { return l.asked.Load() && !l.got.Load() }

// reasonOf names why there is no answer. Nothing of the error's text is kept.
func reasonOf(err error, unused bool) string {
	var slow net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	case unused:
		return "not_connected"
	}
	return "connection_lost"
}
