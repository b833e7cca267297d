package twilio

import (
	"context"
	"errors"
	"fmt"
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

// TestSendSays compares what reaches the carrier with what was to be sent.
func TestSendSays(t *testing.T) {
	t.Parallel()
	const service = "MG0123456789abcdef0123456789abcdef"
	rows := map[string]struct {
		from  string
		until time.Time
		text  string
		valid time.Duration
	}{
		"from_a_number":     {from: ourPhone, until: noon.Add(90 * time.Minute), text: "Sam: see you thursday", valid: 90 * time.Minute},
		"from_a_service":    {from: service, until: noon.Add(time.Minute), text: "hi", valid: time.Minute},
		"welsh":             {from: ourPhone, until: noon.Add(time.Minute), text: "Wyt ti'n dod ddydd Iau? ŵ ŷ & + = %", valid: time.Minute},
		"whole_seconds":     {from: ourPhone, until: noon.Add(1999 * time.Millisecond), text: "hi", valid: time.Second},
		"ten_hours_at_most": {from: ourPhone, until: noon.AddDate(0, 0, 3), text: "hi", valid: 10 * time.Hour},
		"without_an_end":    {from: ourPhone, text: "hi", valid: 10 * time.Hour},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(ours *Config, theirs *carrier.Config) {
				ours.From = row.from
				theirs.MessagingServiceSID = service
			})
			m := reminder()
			m.Text, m.Until = row.text, row.until
			r := s.Send(t.Context(), m)
			if r.Outcome != outbox.Sent || r.ProviderID == "" || r.Code != "" {
				t.Fatalf("result %+v", r)
			}
			got, ok := s.carrier.Message(r.ProviderID)
			if !ok || got.To != john || got.From != ourPhone || got.Body != row.text || got.ValidityPeriod != row.valid ||
				(got.MessagingServiceSID == service) != (row.from == service) ||
				got.StatusCallback != publicly+StatusPath+"?m=m1#rc=3&rp=ct,rt,5xx" {
				t.Errorf("the carrier has %+v", got)
			}
		})
	}
}

// TestAnswers goes through every way in which the API can answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	ours := func(code int) string {
		return fmt.Sprintf(`{"code":%d,"message":"about %s","more_info":"https://x","status":400}`, code, john)
	}
	const page = "<html><body>upstream error for " + john + "</body></html>"
	type header = map[string]string
	retry := func(code string, after time.Duration) outbox.Result {
		return outbox.Result{Outcome: outbox.Retry, Code: code, After: after}
	}
	refused := func(code string) outbox.Result { return outbox.Result{Outcome: outbox.Refused, Code: code} }
	unknown := func(code string) outbox.Result { return outbox.Result{Outcome: outbox.Unknown, Code: code} }
	rows := map[string]struct {
		status int
		header header
		body   string
		want   outbox.Result
	}{
		"created":                      {201, nil, `{"sid":"` + sid("9") + `","status":"queued"}`, outbox.Result{Outcome: outbox.Sent, ProviderID: sid("9")}},
		"ok":                           {200, nil, `{"sid":"` + sid("9") + `"}`, outbox.Result{Outcome: outbox.Sent, ProviderID: sid("9")}},
		"created_without_a_sid":        {201, nil, `{"status":"queued"}`, unknown("unreadable_answer")},
		"created_with_a_strange_sid":   {201, nil, `{"sid":"` + john + `"}`, unknown("unreadable_answer")},
		"created_cut_off":              {201, nil, `{"sid":"SM`, unknown("unreadable_answer")},
		"created_empty":                {201, nil, ``, unknown("unreadable_answer")},
		"success_of_somebody_else":     {200, nil, page, unknown("unreadable_answer")},
		"redirect":                     {307, header{"Location": "https://elsewhere.example.org/"}, "", retry("307", 0)},
		"stopped_by_the_person":        {400, nil, ours(21610), outbox.Result{Outcome: outbox.Refused, Code: "21610", Blocked: true}},
		"not_a_number":                 {400, nil, ours(21211), refused("21211")},
		"not_reachable":                {400, nil, ours(21612), refused("21612")},
		"not_a_mobile":                 {400, nil, ours(21614), refused("21614")},
		"too_long":                     {400, nil, ours(21617), refused("21617")},
		"no_text":                      {400, nil, ours(21602), refused("21602")},
		"country_not_switched_on":      {400, nil, ours(21408), refused("21408")},
		"country_not_switched_on_403":  {403, nil, ours(21408), refused("21408")},
		"a_code_nobody_knows":          {400, nil, ours(29999), refused("29999")},
		"wrong_token":                  {401, nil, ours(20003), retry("20003", 0)},
		"unauthorised_html":            {401, nil, page, retry("401", 0)},
		"forbidden":                    {403, nil, ours(20403), retry("20403", 0)},
		"forbidden_new_code":           {403, nil, ours(29998), retry("29998", 0)},
		"trial_account":                {403, nil, ours(21608), retry("21608", 0)},
		"account_gone":                 {404, nil, ours(20404), retry("20404", 0)},
		"another_service":              {404, nil, page, retry("404", 0)},
		"method":                       {405, nil, ours(20004), retry("20004", 0)},
		"sender_not_ours":              {400, nil, ours(21606), retry("21606", 0)},
		"callback_refused":             {400, nil, ours(21609), retry("21609", 0)},
		"no_messaging_service":         {400, nil, ours(21701), retry("21701", 0)},
		"suspended":                    {400, nil, ours(30002), retry("30002", 0)},
		"bad_request_of_a_proxy":       {400, nil, page, retry("400", 0)},
		"timeout_of_a_proxy":           {408, nil, page, unknown("408")},
		"timeout_of_twilio":            {408, nil, ours(20408), retry("20408", 0)},
		"too_many":                     {429, header{"Retry-After": "7"}, ours(20429), retry("20429", 7*time.Second)},
		"too_many_without_a_time":      {429, nil, ours(20429), retry("20429", 0)},
		"too_many_of_a_proxy":          {429, header{"Retry-After": "3"}, page, retry("429", 3*time.Second)},
		"rate_limit_as_400":            {400, header{"Retry-After": "2"}, ours(14107), retry("14107", 2*time.Second)},
		"queue_full":                   {429, nil, ours(21611), retry("21611", 0)},
		"retry_after_a_date":           {429, header{"Retry-After": "Tue, 10 Nov 2026 12:00:30 GMT"}, ours(20429), retry("20429", 30*time.Second)},
		"retry_after_in_the_past":      {429, header{"Retry-After": "Tue, 10 Nov 2026 11:00:00 GMT"}, ours(20429), retry("20429", 0)},
		"retry_after_a_week":           {429, header{"Retry-After": "604800"}, ours(20429), retry("20429", time.Hour)},
		"retry_after_for_ever":         {429, header{"Retry-After": "9223372036854775807"}, ours(20429), retry("20429", time.Hour)},
		"retry_after_negative":         {429, header{"Retry-After": "-5"}, ours(20429), retry("20429", 0)},
		"retry_after_rubbish":          {429, header{"Retry-After": "soon"}, ours(20429), retry("20429", 0)},
		"server_error":                 {500, nil, ours(20500), unknown("20500")},
		"server_error_with_a_time":     {500, header{"Retry-After": "5"}, ours(20500), unknown("20500")},
		"server_error_html":            {500, nil, page, unknown("500")},
		"bad_gateway":                  {502, nil, page, unknown("502")},
		"unavailable_says_twilio":      {503, nil, ours(20503), retry("20503", 0)},
		"unavailable_with_a_time":      {503, header{"Retry-After": "5"}, page, retry("503", 5*time.Second)},
		"unavailable_says_a_proxy":     {503, nil, page, unknown("503")},
		"gateway_timeout":              {504, nil, page, unknown("504")},
		"gateway_timeout_with_a_time":  {504, header{"Retry-After": "5"}, page, unknown("504")},
		"a_code_that_is_no_number":     {400, nil, `{"code":"` + john + `"}`, retry("400", 0)},
		"a_status_that_does_not_exist": {599, nil, "", unknown("599")},
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
			s := start(t, func(ours *Config, _ *carrier.Config) { ours.APIURL = api.URL })
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
		fault carrier.Fault
		want  outbox.Result
	}{
		"too_many":     {carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 4}, outbox.Result{Outcome: outbox.Retry, Code: "20429", After: 4 * time.Second}},
		"unavailable":  {carrier.Fault{Kind: carrier.FaultStatus, Status: 503}, outbox.Result{Outcome: outbox.Retry, Code: "20503"}},
		"html":         {carrier.Fault{Kind: carrier.FaultHTML, Status: 502}, outbox.Result{Outcome: outbox.Unknown, Code: "502"}},
		"stopped":      {carrier.Fault{Kind: carrier.FaultError, Code: 21610}, outbox.Result{Outcome: outbox.Refused, Code: "21610", Blocked: true}},
		"close_before": {carrier.Fault{Kind: carrier.FaultCloseBefore}, outbox.Result{Outcome: outbox.Unknown, Code: "connection_lost"}},
		"close_after":  {carrier.Fault{Kind: carrier.FaultCloseAfter}, outbox.Result{Outcome: outbox.Unknown, Code: "connection_lost"}},
		"garbage":      {carrier.Fault{Kind: carrier.FaultGarbage}, outbox.Result{Outcome: outbox.Unknown, Code: "unreadable_answer"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			if err := s.carrier.Inject(row.fault); err != nil {
				t.Fatal(err)
			}
			r := s.Send(t.Context(), reminder())
			s.watch.Show(r)
			if diff := cmp.Diff(row.want, r); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if row.fault.Kind != carrier.FaultStatus || s.carrier.Accepted() == 0 {
				return
			}
			t.Error("the carrier has accepted it all the same")
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
	rows := map[string]struct {
		dial func(context.Context, string, string) (net.Conn, error)
		api  func(t *testing.T) string
		ctx  func(ctx context.Context) (context.Context, context.CancelFunc)
		want outbox.Result
	}{
		"no_such_host":       {dial: noName, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"connection_refused": {api: nobodyListens, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"tls_fails":          {api: untrusted, want: outbox.Result{Outcome: outbox.Retry, Code: "not_connected"}},
		"no_connection_in_time": {
			dial: slow,
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Millisecond)
			},
			want: outbox.Result{Outcome: outbox.Retry, Code: "timeout"},
		},
		"no_time_at_all": {
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithDeadline(ctx, time.Unix(0, 0))
			},
			want: outbox.Result{Outcome: outbox.Retry, Code: "timeout"},
		},
		"cancelled_before": {
			ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return ctx, cancel
			},
			want: outbox.Result{Outcome: outbox.Retry, Code: "cancelled"},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(ours *Config, _ *carrier.Config) {
				if row.api != nil {
					ours.APIURL = row.api(t)
				}
				ours.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: row.dial}}
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
			if s.carrier.Accepted() != 0 {
				t.Error("the carrier has accepted it all the same")
			}
		})
	}
}

// TestLostOnTheWay: whoever has the request may have read it, whatever then goes wrong.
func TestLostOnTheWay(t *testing.T) {
	t.Parallel()
	type end = func(w http.ResponseWriter, r *http.Request, hangUp context.CancelFunc)
	rows := map[string]struct {
		end  end
		want string
	}{
		"cancelled": {func(_ http.ResponseWriter, r *http.Request, hangUp context.CancelFunc) {
			hangUp()
			<-r.Context().Done()
		}, "cancelled"},
		"closed": {func(http.ResponseWriter, *http.Request, context.CancelFunc) { panic(http.ErrAbortHandler) }, "connection_lost"},
		"answer_cut_off": {func(w http.ResponseWriter, _ *http.Request, _ context.CancelFunc) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"sid":"`)
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
			s := start(t, func(ours *Config, _ *carrier.Config) { ours.APIURL = api.URL })
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
	s := start(t, func(ours *Config, _ *carrier.Config) {
		ours.HTTPClient = &http.Client{Timeout: 50 * time.Millisecond}
	})
	if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultHang, For: time.Minute}); err != nil {
		t.Fatal(err)
	}
	r := s.Send(t.Context(), reminder())
	if diff := cmp.Diff(outbox.Result{Outcome: outbox.Unknown, Code: "timeout"}, r); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// TestATransportThatTellsNothing: without a trace nothing is sure.
func TestATransportThatTellsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, func(ours *Config, _ *carrier.Config) {
		ours.HTTPClient = &http.Client{Transport: mute{}}
	})
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Unknown {
		t.Errorf("result %+v", r)
	}
}

type mute struct{}

func (mute) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("about " + john) }

func TestNothingToAskTwilioFor(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		change func(*outbox.Message)
		want   string
	}{
		"too_late":        {func(m *outbox.Message) { m.Until = noon }, "expired"},
		"almost_too_late": {func(m *outbox.Message) { m.Until = noon.Add(999 * time.Millisecond) }, "expired"},
		"long_ago":        {func(m *outbox.Message) { m.Until = time.Unix(0, 0) }, "expired"},
		"no_number":       {func(m *outbox.Message) { m.To.Value = "" }, "no_address"},
		"another_channel": {func(m *outbox.Message) { m.To.Channel = conversations.Telegram }, "no_address"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(ours *Config, _ *carrier.Config) { ours.APIURL = nobodyListens(t) })
			m := reminder()
			row.change(&m)
			if diff := cmp.Diff(outbox.Result{Outcome: outbox.Refused, Code: row.want}, s.Send(t.Context(), m)); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheSecondToken: while one token replaces the other, requests go out with whichever Twilio knows.
func TestTheSecondToken(t *testing.T) {
	t.Parallel()
	s := start(t, func(ours *Config, _ *carrier.Config) { ours.AuthTokens = []string{token2, token} })
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Errorf("result %+v", r)
	}
}

// TestEnvironmentOfTheLibrary: twilio-go would send to another host because of these.
func TestEnvironmentOfTheLibrary(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "sydney")
	t.Setenv("TWILIO_REGION", "au1")
	s := start(t, nil)
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Errorf("result %+v", r)
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
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}
