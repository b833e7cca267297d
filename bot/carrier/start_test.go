package carrier_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	twilioapi "github.com/twilio/twilio-go/rest/api/v2010"

	"alongside/bot/carrier"
)

const (
	account = "AC0123456789abcdef0123456789abcdef"
	token   = "0123456789abcdef"
	service = "+447700900000"
	john    = "+447700900001"
	gwen    = "+447700900002"
)

// start serves a carrier and ends it with the test. Every test asserts at its end that nothing violated a protocol,
// unless it says which violations it expects.
func start(t *testing.T, cfg carrier.Config) (*carrier.Carrier, string) {
	t.Helper()
	cfg.AccountSID, cfg.AuthToken, cfg.From = account, token, service
	c := carrier.New(cfg)
	server := httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	return c, server.URL
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// redirected is twilio-go's client with another base address; it is how the product points it at the carrier.
type redirected struct {
	twilioclient.Client
	base string
}

func (r *redirected) SendRequest(method, address string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	return r.Client.SendRequest(method, strings.Replace(address, "https://api.twilio.com", r.base, 1), data, headers, body...)
}

func twilioAt(base, sid, secret string) *twilioapi.ApiService {
	c := &redirected{Client: twilioclient.Client{Credentials: twilioclient.NewCredentials(sid, secret)}, base: base}
	c.SetAccountSid(sid)
	return twilioapi.NewApiServiceWithClient(c)
}

func send(api *twilioapi.ApiService, to, body string, more ...func(*twilioapi.CreateMessageParams)) (*twilioapi.ApiV2010Message, error) {
	p := (&twilioapi.CreateMessageParams{}).SetTo(to).SetFrom(service).SetBody(body)
	for _, fn := range more {
		fn(p)
	}
	return api.CreateMessage(p)
}

// hook is the service's side of webhooks: it keeps what it was sent.
type hook struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
	// answer decides the answer; nil answers 204.
	answer func(n int, w http.ResponseWriter)
}

type call struct {
	address   string // path and query, as requested
	form      url.Values
	body      string
	signature string
	header    http.Header
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var raw strings.Builder
		buf := make([]byte, 64<<10)
		for {
			n, err := r.Body.Read(buf)
			raw.Write(buf[:n])
			if err != nil {
				break
			}
		}
		form, _ := url.ParseQuery(raw.String())
		h.mu.Lock()
		h.calls = append(h.calls, call{r.RequestURI, form, raw.String(), r.Header.Get("X-Twilio-Signature"), r.Header.Clone()})
		n, answer := len(h.calls), h.answer
		h.mu.Unlock()
		if answer != nil {
			answer(n, w)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) got() []call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]call(nil), h.calls...)
}

// values answers one parameter of each call, in the order in which they came.
func (h *hook) values(key string) []string {
	var out []string
	for _, c := range h.got() {
		out = append(out, c.form.Get(key))
	}
	return out
}

// genuine says whether twilio-go's own validator accepts a call.
func (h *hook) genuine(c call, public string) bool {
	v := twilioclient.NewRequestValidator(token)
	return v.ValidateBody(public+c.address, []byte(c.body), c.signature)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
