package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// callFor bounds one call of the Bot API, polls apart.
	callFor = 15 * time.Second
	// maxAnswer bounds an answer of the Bot API, in bytes; a hundred updates of the longest texts are about 2 MB.
	maxAnswer = 8 << 20
	// longestWait bounds how long Telegram can make us wait: a limit of one chat
	// must not silence it for a day, and asking again only costs another 429.
	longestWait = time.Hour
)

// attempt is what was seen of one call: the client library's errors do not tell
// the HTTP status, nor whether anything was sent, and hold the answer's body.
type attempt struct {
	status int           // HTTP; 0: no answer
	code   int           // Telegram's error_code; 0: the answer was not Telegram's JSON, or a success
	after  time.Duration // how long Telegram asks us to wait; 0: it does not say
	lost   string        // why there is no answer: "timeout", "cancelled", "not_connected", "connection_lost"
	unsent bool          // surely: not one byte of the call left
}

// name is Telegram's code, or the HTTP status, or why there is none.
func (a *attempt) name() string {
	switch {
	case a.lost != "":
		return a.lost
	case a.code != 0:
		return strconv.Itoa(a.code)
	case a.status < 200 || a.status > 299:
		return strconv.Itoa(a.status)
	}
	return "unreadable_answer"
}

type attemptKey struct{}

// watched returns a context whose calls of the Bot API are written down in the attempt.
func watched(ctx context.Context) (context.Context, *attempt) {
	a := &attempt{}
	return context.WithValue(ctx, attemptKey{}, a), a
}

// caller is the HTTP client that the library is given.
type caller struct{ channel *Channel }

// errLost is what the library is told when there is no answer. The true error
// holds the address, and with it the token; it is looked at here and forgotten.
var errLost = errors.New("no answer")

// Do makes one call and reads the whole answer.
func (d *caller) Do(req *http.Request) (*http.Response, error) {
	a, ok := req.Context().Value(attemptKey{}).(*attempt)
	if !ok {
		a = &attempt{} // Nobody wants to know.
	}
	ctx, cancel := context.WithTimeout(req.Context(), callFor)
	defer cancel()
	// The library writes its form through a pipe. As bytes, the transport can send it
	// again by itself where an idle connection turns out to be closed.
	form, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		a.lost, a.unsent = "bad_request", true
		return nil, errLost
	}
	answer, err := d.channel.exchange(ctx, a, path.Base(req.URL.Path), req.Header.Get("Content-Type"), form)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(bytes.NewReader(answer)), Request: req}, nil
}

// exchange calls a method of the Bot API and reads the answer, and writes down
// what it saw. Its error is errLost and nothing else.
func (c *Channel) exchange(ctx context.Context, a *attempt, method, contentType string, body []byte) ([]byte, error) {
	if ctx.Err() != nil {
		a.lost, a.unsent = reasonOf(ctx.Err(), true), true
		return nil, errLost
	}
	var line connection
	address := c.cfg.APIURL + "/bot" + c.cfg.BotToken + "/" + method
	//nolint:gosec // G704: the host is the configuration's; the method is the client library's or ours.
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, line.trace()), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		a.lost, a.unsent = "bad_request", true
		return nil, errLost
	}
	if len(body) > 0 { // The library announces a form that it then does not send.
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("User-Agent", "alongside")
	resp, err := c.http.Do(req) //nolint:gosec // G704: as above.
	if err != nil {
		a.unsent = line.unused()
		a.lost = reasonOf(err, a.unsent)
		return nil, errLost
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		a.lost = reasonOf(err, false)
		return nil, errLost
	}
	a.read(resp, answer)
	return answer, nil
}

// read writes down what an answer says of itself.
func (a *attempt) read(resp *http.Response, answer []byte) {
	a.status = resp.StatusCode
	seconds, err := strconv.Atoi(strings.TrimSpace(resp.Header.Get("Retry-After")))
	if err != nil {
		seconds = 0
	}
	var told struct {
		OK         bool `json:"ok"`
		ErrorCode  int  `json:"error_code"`
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if json.Unmarshal(answer, &told) == nil && !told.OK {
		a.code = told.ErrorCode
		seconds = max(seconds, told.Parameters.RetryAfter)
	}
	a.after = time.Duration(min(max(seconds, 0), int(longestWait/time.Second))) * time.Second
}

// connection watches how far a call got.
type connection struct{ asked, got atomic.Bool }

// trace has the transport report. It asks for a connection again when it
// repeats a call by itself, which it does with a POST only if not a byte of it
// was written: so the last connection decides.
func (l *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { l.got.Store(false); l.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { l.got.Store(true) },
	}
}

// unused reports whether there surely never was a connection to write to. What
// happens after that is of no use as a limit: the transport writes beside us,
// and may do so after it has given up on us.
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
