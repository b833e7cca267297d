package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"alongside/bot/web"
	"alongside/store/storetest"
)

// stores answers the health checks as a test wants them answered.
type stores struct {
	sql, redis atomic.Pointer[error]
}

func (s *stores) Ping(context.Context) error {
	if err := s.sql.Load(); err != nil {
		return *err
	}
	return nil
}

func (s *stores) LiveError() error {
	if err := s.redis.Load(); err != nil {
		return *err
	}
	return nil
}

// hooks mounts one webhook.
type hooks map[string]http.HandlerFunc

func (h hooks) Routes(mux *http.ServeMux) {
	for pattern, f := range h {
		mux.HandleFunc(pattern, f)
	}
}

// running is a server on free ports for the length of a test.
type running struct {
	web.Addresses
	log    *storetest.Log
	stores *stores
	stop   func() error
}

func run(t *testing.T, c web.Config) *running {
	t.Helper()
	r := &running{log: &storetest.Log{}, stores: &stores{}}
	c.ConsoleAddr, c.WebhookAddr, c.MetricsAddr = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	c.Store = r.stores
	c.Registry = prometheus.NewRegistry()
	c.Logger = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Addresses = s.Addresses()
	ctx, cancel := context.WithCancel(context.Background()) //nolint:usetesting // The test's own ends before its clean-up runs.
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = r.stop() })
	return r
}

type answer struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// client keeps no connections, so that a stop need not wait for idle ones.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func TestHealth(t *testing.T) {
	t.Parallel()
	down := errors.New("connect to host=db.internal user=alongside: refused")
	rows := map[string]struct {
		sql, redis   error
		path         string
		status       int
		body, logged string
	}{
		"alive":                  {nil, nil, "/healthz", 200, `{"status":"ok","redis":"ok"}`, ""},
		"redis_down_is_degraded": {nil, down, "/healthz", 200, `{"status":"degraded","redis":"degraded"}`, ""},
		"sql_down_is_alive":      {down, nil, "/healthz", 200, `{"status":"ok","redis":"ok"}`, ""},
		"ready":                  {nil, nil, "/readyz", 200, `{"status":"ok"}`, ""},
		"redis_down_is_ready":    {nil, down, "/readyz", 200, `{"status":"ok"}`, ""},
		"sql_down_is_not_ready": {
			down, nil, "/readyz", 503,
			`{"status":"unavailable","reason":"the database is not reachable, or its tables are not those of this version (run: alongside migrate); the log has the details"}`,
			"db.internal",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, web.Config{})
			if row.sql != nil {
				r.stores.sql.Store(&row.sql)
			}
			if row.redis != nil {
				r.stores.redis.Store(&row.redis)
			}
			for _, at := range []string{r.Console, r.Webhooks} {
				got := send(t, http.MethodGet, "http://"+at+row.path, "")
				if got.status != row.status || got.body != row.body+"\n" {
					t.Errorf("got %d %s, want %d %s", got.status, got.body, row.status, row.body)
				}
				if got.header.Get("Content-Type") != "application/json" {
					t.Errorf("content type %q", got.header.Get("Content-Type"))
				}
			}
			if row.logged != "" && strings.Count(r.log.String(), row.logged) != 1 {
				t.Errorf("the cause must be logged once for many probes; the log:\n%s", r.log)
			}
			if got := send(t, http.MethodGet, "http://"+r.Metrics+"/healthz", ""); got.status != 404 {
				t.Errorf("the metrics listener answers health checks with %d", got.status)
			}
		})
	}
}

func TestReadyAgainIsSaid(t *testing.T) {
	t.Parallel()
	r := run(t, web.Config{})
	down := errors.New("gone")
	r.stores.sql.Store(&down)
	send(t, http.MethodGet, "http://"+r.Console+"/readyz", "")
	r.stores.sql.Store(nil)
	if got := send(t, http.MethodGet, "http://"+r.Console+"/readyz", ""); got.status != 200 {
		t.Errorf("status %d", got.status)
	}
	if !strings.Contains(r.log.String(), "ready again") {
		t.Errorf("the log does not say so:\n%s", r.log)
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	r := run(t, web.Config{ConsoleURL: "https://console.service.example", PublicURL: "http://hooks.service.example"})
	for name, row := range map[string]struct {
		url  string
		hsts string
	}{
		"page":         {"http://" + r.Console + "/", "max-age=63072000"},
		"health":       {"http://" + r.Console + "/healthz", "max-age=63072000"},
		"missing":      {"http://" + r.Console + "/nothing", "max-age=63072000"},
		"webhook_http": {"http://" + r.Webhooks + "/readyz", ""},
		"metrics":      {"http://" + r.Metrics + "/metrics", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(t, http.MethodGet, row.url, "").header
			want := map[string]string{
				"X-Content-Type-Options":    "nosniff",
				"Referrer-Policy":           "no-referrer",
				"Content-Security-Policy":   "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
				"Cache-Control":             "no-store",
				"Strict-Transport-Security": row.hsts,
			}
			for key, value := range want {
				if got.Get(key) != value {
					t.Errorf("%s: %q, want %q", key, got.Get(key), value)
				}
			}
			if !regexp.MustCompile(`^[A-Z2-7]{20,}$`).MatchString(got.Get("X-Request-Id")) {
				t.Errorf("X-Request-Id: %q", got.Get("X-Request-Id"))
			}
		})
	}
}

func TestTheEmptyConsoleSaysWhatIsThere(t *testing.T) {
	t.Parallel()
	r := run(t, web.Config{})
	got := send(t, http.MethodGet, "http://"+r.Console+"/", "")
	for _, part := range []string{"<h1>Alongside</h1>", "/api/v1/openapi.json", "/healthz", "/readyz"} {
		if !strings.Contains(got.body, part) {
			t.Errorf("the page does not show %s", part)
		}
	}
	if strings.Contains(got.body, "://") {
		t.Error("the page leads to another host")
	}
}

func TestHomeTakesThePlaceOfThePage(t *testing.T) {
	t.Parallel()
	home := http.NewServeMux()
	home.HandleFunc("GET /phones", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		_, _ = io.WriteString(w, "two phones")
	})
	r := run(t, web.Config{Home: home})
	got := send(t, http.MethodGet, "http://"+r.Console+"/phones", "")
	if got.body != "two phones" || got.header.Get("Content-Security-Policy") != "default-src 'self'" {
		t.Errorf("got %+v", got)
	}
	if got := send(t, http.MethodGet, "http://"+r.Console+"/healthz", ""); got.status != 200 {
		t.Errorf("health is gone: %d", got.status)
	}
	if !strings.Contains(r.log.String(), `route="GET /phones"`) {
		t.Errorf("the log does not know the inner route:\n%s", r.log)
	}
}

func TestAPanicIsAnAnswerAndALine(t *testing.T) {
	t.Parallel()
	const secret = "John Mbeki 07700900123"
	var none []int
	home := http.NewServeMux()
	home.HandleFunc("GET /value", func(http.ResponseWriter, *http.Request) { panic(secret) })
	home.HandleFunc("GET /runtime", func(http.ResponseWriter, *http.Request) { _ = none[7] })
	home.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half an ans")
		_ = http.NewResponseController(w).Flush()
		panic(secret)
	})
	r := run(t, web.Config{Home: home})
	for _, path := range []string{"/value", "/runtime"} {
		got := send(t, http.MethodGet, "http://"+r.Console+path, "")
		id := got.header.Get("X-Request-Id")
		if got.status != 500 || got.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got.body, id) {
			t.Errorf("%s: got %+v", path, got)
		}
		if !strings.Contains(r.log.String(), id) {
			t.Errorf("%s: the log does not know %s", path, id)
		}
	}
	resp, err := client.Get("http://" + r.Console + "/late")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("half an answer looks like a whole one")
	}
	if !strings.Contains(r.log.String(), "index out of range [7]") {
		t.Error("the log does not say what the runtime said")
	}
	if strings.Contains(r.log.String(), "John") {
		t.Error("the log holds the value of a panic")
	}
}

func TestTheLogKnowsRoutesOnly(t *testing.T) {
	t.Parallel()
	const secret = "447700900123"
	r := run(t, web.Config{Webhooks: []web.Webhooks{hooks{
		"POST /webhooks/{kind}": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
	}}})
	send(t, http.MethodPost, "http://"+r.Webhooks+"/webhooks/"+secret+"?from="+secret, secret,
		"X-Request-Id", secret, "User-Agent", secret, "Authorization", "Bearer "+secret)
	send(t, http.MethodGet, "http://"+r.Console+"/"+secret, "")
	send(t, http.MethodGet, "http://"+r.Console+"//"+secret+"/../x?"+secret, "")
	metrics := send(t, http.MethodGet, "http://"+r.Metrics+"/metrics", "").body
	for _, want := range []string{
		`listener="webhooks",route="POST /webhooks/{kind}",status="4xx"`,
		`listener="console",route="none",status="4xx"`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no metric %s in:\n%s", want, metrics)
		}
	}
	if strings.Contains(metrics, secret) {
		t.Error("a metric holds what a caller sent")
	}
	log := r.log.String()
	if strings.Contains(log, secret) || strings.Contains(log, "127.0.0.1:0") {
		t.Errorf("the log holds what a caller sent:\n%s", log)
	}
	if !regexp.MustCompile(`listener=webhooks route="POST /webhooks/\{kind\}" status=403 ms=[0-9.]+ request=[A-Z2-7]+`).MatchString(log) {
		t.Errorf("no line for the webhook in:\n%s", log)
	}
}

func TestTooManyWebhooksAreSentAway(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	r := run(t, web.Config{MaxWebhooks: 1, Webhooks: []web.Webhooks{hooks{
		"POST /webhooks/x": func(w http.ResponseWriter, _ *http.Request) {
			entered <- struct{}{}
			<-leave
			w.WriteHeader(http.StatusNoContent)
		},
	}}})
	first := make(chan int, 1)
	go func() {
		resp, err := client.Post("http://"+r.Webhooks+"/webhooks/x", "text/plain", nil)
		if err != nil {
			first <- 0
			return
		}
		defer resp.Body.Close()
		first <- resp.StatusCode
	}()
	<-entered
	over := send(t, http.MethodPost, "http://"+r.Webhooks+"/webhooks/x", "")
	if over.status != 503 || over.header.Get("Retry-After") == "" {
		t.Errorf("the second: %+v", over)
	}
	if got := send(t, http.MethodGet, "http://"+r.Webhooks+"/readyz", ""); got.status != 200 {
		t.Errorf("a full process is not ready: %d", got.status)
	}
	close(leave)
	if got := <-first; got != 204 {
		t.Errorf("the first: %d", got)
	}
	if m := send(t, http.MethodGet, "http://"+r.Metrics+"/metrics", "").body; !strings.Contains(m, "alongside_http_webhooks_over_limit_total 1") {
		t.Error("it was not counted")
	}
}

func TestABodyIsBounded(t *testing.T) {
	t.Parallel()
	r := run(t, web.Config{Webhooks: []web.Webhooks{hooks{
		"POST /webhooks/x": func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			var over *http.MaxBytesError
			if errors.As(err, &over) {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
			if n > web.MaxBody {
				t.Errorf("%d bytes were read", n)
			}
		},
	}}})
	// A caller that sends far too much must still be able to read that it was.
	for size, want := range map[int]int{web.MaxBody: 200, web.MaxBody + 1: 413, 10 << 20: 413} {
		if got := send(t, http.MethodPost, "http://"+r.Webhooks+"/webhooks/x", strings.Repeat("x", size)); got.status != want {
			t.Errorf("%d bytes: %d, want %d", size, got.status, want)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	home := http.NewServeMux()
	home.HandleFunc("POST /act", func(http.ResponseWriter, *http.Request) {})
	r := run(t, web.Config{Home: home, ConsoleURL: "https://console.service.example"})
	for name, row := range map[string]struct {
		headers []string
		want    int
	}{
		"program":             {nil, 200},
		"own_page":            {[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		"own_page_by_a_proxy": {[]string{"Origin", "https://console.service.example"}, 200},
		"another_site":        {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another_origin":      {[]string{"Origin", "https://elsewhere.example"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := send(t, http.MethodPost, "http://"+r.Console+"/act", "", row.headers...); got.status != row.want {
				t.Errorf("status %d, want %d", got.status, row.want)
			}
		})
	}
}

func TestAStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	r := run(t, web.Config{Webhooks: []web.Webhooks{hooks{
		"POST /webhooks/x": func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-leave
			w.WriteHeader(http.StatusNoContent)
		},
	}}})
	status := make(chan int, 1)
	go func() {
		resp, err := client.Post("http://"+r.Webhooks+"/webhooks/x", "text/plain", nil)
		if err != nil {
			status <- 0
			return
		}
		defer resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()
	// The console has nothing to finish: when it takes no more connections, the stop is under way.
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.Console)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request under way: %v", err)
	default:
	}
	close(leave)
	if got := <-status; got != 204 {
		t.Errorf("the request under way got %d", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("a graceful stop returned %v", err)
	}
}

func TestListenNamesEveryAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	at := taken.Addr().String()
	s, err := web.New(web.Config{
		ConsoleAddr: at, WebhookAddr: "127.0.0.1:0", MetricsAddr: at,
		Store: &stores{}, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), "listen for console") || !strings.Contains(err.Error(), "listen for metrics") {
		t.Errorf("got %v", err)
	}
	if got := s.Addresses(); got != (web.Addresses{}) {
		t.Errorf("it kept %+v", got)
	}
}

func TestNewNamesAWrongConsoleURL(t *testing.T) {
	t.Parallel()
	_, err := web.New(web.Config{
		ConsoleAddr: "127.0.0.1:0", ConsoleURL: "console.example",
		Store: &stores{}, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err == nil || !strings.HasPrefix(err.Error(), "CONSOLE_URL: ") {
		t.Errorf("got %v", err)
	}
}
