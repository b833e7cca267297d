package telegram

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/bot/outbox"
	"alongside/conversations"
)

// TestSendSays compares what reaches the person with what was to be sent.
func TestSendSays(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		text    string
		buttons []outbox.Button
		want    [][]carrier.Button
	}{
		"with_buttons": {"Sam: see you thursday", reminder().Buttons, [][]carrier.Button{{{Text: "Yes", Data: "q1:yes"}}, {{Text: "No", Data: "q1:no"}}}},
		"without":      {"hi", nil, nil},
		"no_markup":    {"*not bold* _or_ <b>this</b> & \"that\" [x](https://example.org)", nil, nil},
		"welsh":        {"Wyt ti'n dod ddydd Iau? ŵ ŷ 👍", []outbox.Button{{Label: "Ydw, \"iawn\"", Data: "q1:ŵ"}}, [][]carrier.Button{{{Text: "Ydw, \"iawn\"", Data: "q1:ŵ"}}}},
		"longest":      {strings.Repeat("x", maxText), []outbox.Button{{Label: "x", Data: strings.Repeat("d", maxData)}}, [][]carrier.Button{{{Text: "x", Data: strings.Repeat("d", maxData)}}}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			if _, err := s.carrier.TelegramStart(john, ""); err != nil {
				t.Fatal(err)
			}
			s.settle(t)
			m := reminder()
			m.Text, m.Buttons, m.Until = row.text, row.buttons, time.Time{}
			r := s.Send(t.Context(), m)
			if r.Outcome != outbox.Sent || r.ProviderID == "" || r.Code != "" {
				t.Fatalf("result %+v", r)
			}
			got := s.carrier.TelegramSentTo(john)
			if len(got) != 1 || got[0].Text != row.text || got[0].ParseMode != "" {
				t.Fatalf("the carrier has %+v", got)
			}
			if diff := cmp.Diff(row.want, got[0].Buttons); diff != "" {
				t.Errorf("buttons (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnswers goes through every way in which the API can answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	told := func(code, description, more string) string {
		return `{"ok":false,"error_code":` + code + `,"description":"` + description + `"` + more + `}`
	}
	const page = "<html><body>upstream error for 5000000001</body></html>"
	type header = map[string]string
	retry := func(code string, after time.Duration) outbox.Result {
		return outbox.Result{Outcome: outbox.Retry, Code: code, After: after}
	}
	refused := func(code string) outbox.Result { return outbox.Result{Outcome: outbox.Refused, Code: code} }
	unknown := func(code string) outbox.Result { return outbox.Result{Outcome: outbox.Unknown, Code: code} }
	blocked := outbox.Result{Outcome: outbox.Refused, Code: "403", Blocked: true}
	rows := map[string]struct {
		status int
		header header
		body   string
		want   outbox.Result
	}{
		"sent":                        {200, nil, `{"ok":true,"result":{"message_id":77}}`, outbox.Result{Outcome: outbox.Sent, ProviderID: "77"}},
		"sent_without_an_id":          {200, nil, `{"ok":true,"result":{}}`, unknown("unreadable_answer")},
		"sent_with_nothing":           {200, nil, `{"ok":true,"result":null}`, unknown("unreadable_answer")},
		"sent_cut_off":                {200, nil, `{"ok":true,"result":{"message_`, unknown("unreadable_answer")},
		"sent_with_another_shape":     {200, nil, `{"ok":true,"result":[1]}`, unknown("unreadable_answer")},
		"success_of_somebody_else":    {200, nil, page, unknown("unreadable_answer")},
		"empty":                       {200, nil, "", unknown("unreadable_answer")},
		"not_ok_and_no_code":          {200, nil, `{"ok":false}`, unknown("unreadable_answer")},
		"redirect":                    {302, header{"Location": "https://elsewhere.example.org/"}, "", retry("302", 0)},
		"blocked":                     {403, nil, told("403", "Forbidden: bot was blocked by the user", ""), blocked},
		"deactivated":                 {403, nil, told("403", "Forbidden: user is deactivated", ""), blocked},
		"never_started":               {403, nil, told("403", "Forbidden: bot can't initiate conversation with a user", ""), blocked},
		"forbidden_by_a_proxy":        {403, nil, page, retry("403", 0)},
		"chat_not_found":              {400, nil, told("400", "Bad Request: chat not found", ""), refused("chat_not_found")},
		"migrated":                    {400, nil, told("400", "Bad Request: group chat was upgraded", `,"parameters":{"migrate_to_chat_id":-1005}`), refused("migrated")},
		"bad_request":                 {400, nil, told("400", "Bad Request: BUTTON_DATA_INVALID for 5000000001", ""), refused("400")},
		"bad_request_of_a_proxy":      {400, nil, page, retry("400", 0)},
		"too_large":                   {413, nil, told("413", "Request Entity Too Large", ""), refused("413")},
		"wrong_token":                 {401, nil, told("401", "Unauthorized", ""), retry("401", 0)},
		"not_found":                   {404, nil, told("404", "Not Found", ""), retry("404", 0)},
		"another_service":             {404, nil, page, retry("404", 0)},
		"conflict":                    {409, nil, told("409", "Conflict", ""), retry("409", 0)},
		"timeout_of_a_proxy":          {408, nil, page, unknown("408")},
		"too_many":                    {429, nil, told("429", "Too Many Requests: retry after 7", `,"parameters":{"retry_after":7}`), retry("429", 7*time.Second)},
		"too_many_without_a_time":     {429, nil, told("429", "Too Many Requests", ""), retry("429", 0)},
		"too_many_for_a_day":          {429, nil, told("429", "Too Many Requests", `,"parameters":{"retry_after":86400}`), retry("429", time.Hour)},
		"too_many_negative":           {429, nil, told("429", "Too Many Requests", `,"parameters":{"retry_after":-1}`), retry("429", 0)},
		"too_many_of_a_proxy":         {429, header{"Retry-After": "3"}, page, retry("429", 3*time.Second)},
		"server_error":                {500, nil, told("500", "Internal Server Error", ""), unknown("500")},
		"bad_gateway_says_telegram":   {502, nil, told("502", "Bad Gateway", ""), unknown("502")},
		"bad_gateway_says_a_proxy":    {502, nil, page, unknown("502")},
		"unavailable":                 {503, nil, told("503", "Service Unavailable", ""), unknown("503")},
		"unavailable_with_a_time":     {503, header{"Retry-After": "5"}, page, retry("503", 5*time.Second)},
		"gateway_timeout":             {504, header{"Retry-After": "5"}, page, unknown("504")},
		"code_and_status_disagree":    {200, nil, told("500", "Internal Server Error", ""), unknown("500")},
		"code_of_a_block_under_a_200": {200, nil, told("403", "Forbidden: bot was blocked by the user", ""), blocked},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				for k, v := range row.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(row.status)
				_, _ = io.WriteString(w, row.body)
			}))
			t.Cleanup(api.Close)
			s := prepare(t, func(cfg *Config) { cfg.APIURL = api.URL + "/" })
			r := s.Send(t.Context(), reminder())
			s.watch.Show(r)
			if diff := cmp.Diff(row.want, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if requests != 1 {
				t.Errorf("%d requests were made", requests)
			}
		})
	}
}

// TestTheCarriersFaults sends over the pretend carrier with each fault of an answer.
func TestTheCarriersFaults(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		fault    carrier.Fault
		want     outbox.Result
		accepted int64
	}{
		"too_many":     {carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 4}, outbox.Result{Outcome: outbox.Retry, Code: "429", After: 4 * time.Second}, 0},
		"html":         {carrier.Fault{Kind: carrier.FaultHTML, Status: 502}, outbox.Result{Outcome: outbox.Unknown, Code: "502"}, 0},
		"blocked":      {carrier.Fault{Kind: carrier.FaultError, Code: 403}, outbox.Result{Outcome: outbox.Refused, Code: "403", Blocked: true}, 0},
		"close_before": {carrier.Fault{Kind: carrier.FaultCloseBefore}, outbox.Result{Outcome: outbox.Unknown, Code: "connection_lost"}, 0},
		"close_after":  {carrier.Fault{Kind: carrier.FaultCloseAfter}, outbox.Result{Outcome: outbox.Unknown, Code: "connection_lost"}, 1},
		"garbage":      {carrier.Fault{Kind: carrier.FaultGarbage}, outbox.Result{Outcome: outbox.Unknown, Code: "unreadable_answer"}, 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			if _, err := s.carrier.TelegramStart(john, ""); err != nil {
				t.Fatal(err)
			}
			s.settle(t)
			if err := s.carrier.Inject(row.fault); err != nil {
				t.Fatal(err)
			}
			r := s.Send(t.Context(), reminder())
			s.watch.Show(r)
			if diff := cmp.Diff(row.want, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if got := s.carrier.TelegramAccepted(); got != row.accepted {
				t.Errorf("the carrier has accepted %d", got)
			}
		})
	}
}

// TestPeopleWhoCannotBeReached: nobody has blocked us on purpose in each of these, but only they can change it.
func TestPeopleWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	rows := map[string]func(t *testing.T, s *service){
		"never_started": func(*testing.T, *service) {},
		"blocked": func(t *testing.T, s *service) {
			if _, err := s.carrier.TelegramStart(john, ""); err != nil {
				t.Fatal(err)
			}
			s.carrier.TelegramBlock(john)
		},
		"gone": func(t *testing.T, s *service) {
			if _, err := s.carrier.TelegramStart(john, ""); err != nil {
				t.Fatal(err)
			}
			s.carrier.TelegramDeactivate(john)
		},
	}
	for name, happens := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			s.carrier.TelegramPerson(john, carrier.Profile{})
			happens(t, s)
			s.settle(t)
			r := s.Send(t.Context(), reminder())
			if r.Outcome != outbox.Refused {
				t.Errorf("result %+v", r)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	// A name that does not resolve, without asking anybody's name server.
	noName := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nobody.example.org", IsNotFound: true}}
	}
	slow := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	gone := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	}
	rows := map[string]struct {
		dial func(context.Context, string, string) (net.Conn, error)
		api  func(t *testing.T) string
		ctx  func(ctx context.Context) (context.Context, context.CancelFunc)
		want outbox.Result
	}{
		"no_such_host":       {dial: noName, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"connection_refused": {api: nobodyListens, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"tls_fails":          {api: untrusted, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"no_connection_in_time": {dial: slow, ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 5*time.Millisecond)
		}, want: outbox.Result{Outcome: outbox.Retry, Code: "timeout"}},
		"no_time_at_all": {ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithDeadline(ctx, time.Unix(0, 0))
		}, want: outbox.Result{Outcome: outbox.Retry, Code: "timeout"}},
		"cancelled_before": {ctx: gone, want: outbox.Result{Outcome: outbox.Retry, Code: "cancelled"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := prepare(t, func(cfg *Config) {
				if row.api != nil {
					cfg.APIURL = row.api(t)
				}
				cfg.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: row.dial}}
			})
			ctx := t.Context()
			if row.ctx != nil {
				var cancel context.CancelFunc
				ctx, cancel = row.ctx(ctx)
				defer cancel()
			}
			r := s.Send(ctx, reminder())
			s.watch.Show(r)
			if diff := cmp.Diff(row.want, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLostOnTheWay: whoever has the request may have read it, whatever then goes wrong.
func TestLostOnTheWay(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		end  func(w http.ResponseWriter, r *http.Request, hangUp context.CancelFunc)
		want string
	}{
		"cancelled": {func(_ http.ResponseWriter, r *http.Request, hangUp context.CancelFunc) {
			hangUp()
			<-r.Context().Done()
		}, "cancelled"},
		"closed": {func(http.ResponseWriter, *http.Request, context.CancelFunc) { panic(http.ErrAbortHandler) }, "connection_lost"},
		"answer_cut_off": {func(w http.ResponseWriter, _ *http.Request, _ context.CancelFunc) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"ok":true`)
			panic(http.ErrAbortHandler)
		}, "connection_lost"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				row.end(w, r, cancel)
			}))
			t.Cleanup(api.Close)
			s := prepare(t, func(cfg *Config) { cfg.APIURL = api.URL })
			r := s.Send(ctx, reminder())
			if diff := cmp.Diff(outbox.Result{Outcome: outbox.Unknown, Code: row.want}, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTimeoutAfterWriting: the deadline passes while the API holds the request.
func TestTimeoutAfterWriting(t *testing.T) {
	t.Parallel()
	s := prepare(t, func(cfg *Config) { cfg.HTTPClient = &http.Client{Timeout: 50 * time.Millisecond} })
	if _, err := s.carrier.TelegramStart(john, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultHang, For: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outbox.Result{Outcome: outbox.Unknown, Code: "timeout"}, s.Send(t.Context(), reminder())); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// TestATransportThatTellsNothing: without a trace nothing is sure, and its error, address and all, goes nowhere.
func TestATransportThatTellsNothing(t *testing.T) {
	t.Parallel()
	s := prepare(t, func(cfg *Config) { cfg.HTTPClient = &http.Client{Transport: mute{}} })
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Unknown {
		t.Errorf("result %+v", r)
	}
}

type mute struct{}

func (mute) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New(r.URL.String())
}

func TestNothingToAskTelegramFor(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		change func(*outbox.Message)
		want   string
	}{
		"too_late":          {func(m *outbox.Message) { m.Until = noon }, "expired"},
		"too_long":          {func(m *outbox.Message) { m.Text = strings.Repeat("x", maxText+1) }, "too_long"},
		"too_long_in_utf16": {func(m *outbox.Message) { m.Text = strings.Repeat("👍", maxText/2+1) }, "too_long"},
		"no_text":           {func(m *outbox.Message) { m.Text = " \n" }, "no_text"},
		"no_chat":           {func(m *outbox.Message) { m.To.Value = "" }, "no_address"},
		"a_group":           {func(m *outbox.Message) { m.To.Value = "-1001" }, "no_address"},
		"a_name":            {func(m *outbox.Message) { m.To.Value = "@john" }, "no_address"},
		"another_channel":   {func(m *outbox.Message) { m.To.Channel = conversations.SMS }, "no_address"},
		"long_data":         {func(m *outbox.Message) { m.Buttons[0].Data = strings.Repeat("ŵ", 33) }, "bad_button"},
		"no_data":           {func(m *outbox.Message) { m.Buttons[1].Data = "" }, "bad_button"},
		"no_label":          {func(m *outbox.Message) { m.Buttons[0].Label = "" }, "bad_button"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := prepare(t, func(cfg *Config) { cfg.APIURL = nobodyListens(t) })
			m := reminder()
			row.change(&m)
			if diff := cmp.Diff(outbox.Result{Outcome: outbox.Refused, Code: row.want}, s.Send(t.Context(), m)); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// nobodyListens is an address of this machine at which nobody is.
func nobodyListens(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// untrusted is the address of a server whose certificate nobody knows.
func untrusted(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // It would report the bad certificate.
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// TestSendAsksFor compares the form itself: what the carrier keeps does not tell of previews.
func TestSendAsksFor(t *testing.T) {
	t.Parallel()
	form := map[string]string{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Error(err)
		}
		for name := range r.Form {
			form[name] = r.Form.Get(name)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":1}}`)
	}))
	t.Cleanup(api.Close)
	s := prepare(t, func(cfg *Config) { cfg.APIURL = api.URL })
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	want := map[string]string{
		"chat_id": "5000000001", "text": "Sam: see you thursday", "link_preview_options": `{"is_disabled":true}`,
		"reply_markup": `{"inline_keyboard":[[{"text":"Yes","callback_data":"q1:yes"}],[{"text":"No","callback_data":"q1:no"}]]}`,
	}
	if diff := cmp.Diff(want, form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

// TestTheLibrarysErrors: nothing reads their texts, and still no token is in them.
func TestTheLibrarysErrors(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*http.Client{
		"transport": {Transport: mute{}}, "refused": nil,
	} {
		s := prepare(t, func(cfg *Config) {
			cfg.HTTPClient = client
			cfg.APIURL = nobodyListens(t)
		})
		_, err := s.bot.GetMe(t.Context())
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		s.watch.Show(err)
	}
}
