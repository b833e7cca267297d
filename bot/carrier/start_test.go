package carrier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	twilioapi "github.com/twilio/twilio-go/rest/api/v2010"

	"alongside/bot/carrier"
	"alongside/bot/carrier/spec"
)

const (
	account = "AC0123456789abcdef0123456789abcdef"
	token   = "0123456789abcdef"
	service = "+447700900000"
	john    = "+447700900001"
	gwen    = "+447700900002"
)

// start serves a carrier and ends it with the test. Where the official descriptions are, every request of the client
// libraries and every answer of the carrier is judged against them.
func start(t *testing.T, cfg carrier.Config) (*carrier.Carrier, string) {
	t.Helper()
	cfg.AccountSID, cfg.AuthToken, cfg.From = account, token, service
	if cfg.Check == nil {
		cfg.Check = judge{official(t), t}
	}
	c := carrier.New(cfg)
	server := httptest.NewServer(judgeAnswers(t, c.Handler()))
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	return c, server.URL
}

// official is nil where there are no descriptions; then nothing is judged by them, and judgeAnswers still looks for
// each field of Twilio's message.
func official(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := spec.Find()
	if err != nil && !errors.Is(err, spec.ErrAbsent) {
		t.Fatal(err)
	}
	return s
}

// judge fails the test at once on a violation, except for those that a test of refusals makes on purpose.
type judge struct {
	*spec.Spec
	t *testing.T
}

var onPurpose = regexp.MustCompile(`To is required and missing|To has not the format phone-number|AccountSid has not its pattern|chat_id is required`)

func (j judge) TwilioRequest(r *http.Request, form url.Values) []string {
	return j.report(j.Spec.TwilioRequest(r, form))
}

func (j judge) TelegramRequest(method string, params map[string]string) []string {
	return j.report(j.Spec.TelegramRequest(method, params))
}

func (j judge) report(found []string) []string {
	var out []string
	for _, v := range found {
		if !onPurpose.MatchString(v) {
			j.t.Error(v)
			out = append(out, v)
		}
	}
	return out
}

// messageFields is every field of Twilio's message resource, as its documentation lists them.
var messageFields = strings.Fields("account_sid api_version body date_created date_sent date_updated direction error_code " +
	"error_message from messaging_service_sid num_media num_segments price price_unit sid status subresource_uris to uri")

// judgeAnswers judges whatever the carrier answers with success.
func judgeAnswers(t *testing.T, next http.Handler) http.Handler {
	s := official(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := &keeper{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(kept, r)
		body := kept.body.Bytes()
		if kept.status >= 300 || len(body) == 0 || !json.Valid(body) {
			return // A refusal, or a fault on demand.
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/2010-04-01/"):
			for _, v := range s.TwilioAnswer(r, kept.status, body) {
				t.Error(v)
			}
			if !strings.HasSuffix(r.URL.Path, "/Messages.json") || r.Method == http.MethodPost {
				var fields map[string]any
				_ = json.Unmarshal(body, &fields)
				for _, name := range messageFields {
					if _, ok := fields[name]; !ok {
						t.Errorf("the message has no %s", name)
					}
				}
			}
		case strings.HasPrefix(r.URL.Path, "/bot"):
			var answer struct {
				OK     bool
				Result json.RawMessage
			}
			if err := json.Unmarshal(body, &answer); err != nil || !answer.OK || len(answer.Result) == 0 {
				t.Errorf("a success has no result: %v", err)
			}
			for _, v := range s.TelegramResult(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], answer.Result) {
				t.Error(v)
			}
		}
	})
}

// keeper keeps what was answered.
type keeper struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *keeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
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
