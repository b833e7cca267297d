package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"alongside/bot/carrier"
	"alongside/bot/carrier/spec"
	"alongside/store/storetest"
)

// The tests of this folder are black-box: the real binary, real HTTP, a real
// database and, where it is installed, a real Redis. The one double is the
// carrier, at the edge of the machine.

var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "alongside-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "alongside")
	build := exec.Command("go", "build", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const (
	testAccount  = "AC00000000000000000000000000000000"
	testToken    = "carrier-token"
	testNumber   = "+447700900000"
	testBot      = "7000000001:carrier-bot-token"
	testSecret   = "test-webhook-secret"
	testKeys     = "3q2+796tvu/erb7v3q2+796tvu8AAQIDBAUGBwgJCgs="
	johnsNumber  = "+447700900123"
	answerWithin = 20 * time.Second
	awaitWithin  = 90 * time.Second
)

// service is the real binary, serving, with a carrier of its own.
type service struct {
	t        *testing.T
	carrier  *carrier.Carrier
	env      []string
	console  string
	webhooks string
	metrics  string
	token    string
	cmd      *exec.Cmd
	exited   chan struct{}
	log      *storetest.Log
	ahead    time.Duration
}

// now is the service's clock.
func (s *service) now() time.Time { return time.Now().Add(s.ahead) }

// serve starts a service on the database and Redis given, ready to be used.
func serve(t *testing.T, database, redis string, more ...string) *service {
	t.Helper()
	s := newService(t, database, redis, more...)
	s.start()
	return s
}

func newService(t *testing.T, database, redis string, more ...string) *service {
	t.Helper()
	ahead := noonAhead()
	config := carrier.Config{
		Now:        func() time.Time { return time.Now().Add(ahead) },
		AccountSID: testAccount, AuthToken: testToken, From: testNumber, BotToken: testBot,
	}
	if checker, err := spec.Find(); err == nil {
		config.Check = checker
	} else {
		t.Logf("requests are not checked against the official descriptions: %v", err)
	}
	s := &service{t: t, carrier: carrier.New(config), log: &storetest.Log{}, ahead: ahead}
	t.Cleanup(s.carrier.Close)
	provider := httptest.NewServer(s.carrier.Handler())
	t.Cleanup(provider.Close)
	ports := freePorts(t, 3)
	s.console, s.webhooks, s.metrics = "http://"+ports[0], "http://"+ports[1], "http://"+ports[2]
	s.carrier.SetInbound(s.webhooks+"/webhooks/twilio/messages#rc=2&rp=all", "")
	s.env = append(os.Environ(),
		"DATABASE_URL="+database, "REDIS_URL="+redis, "SECRET_KEYS="+testKeys,
		"CONSOLE_ADDR="+ports[0], "WEBHOOK_ADDR="+ports[1], "METRICS_ADDR="+ports[2], "PUBLIC_URL="+s.webhooks,
		"TWILIO_ACCOUNT_SID="+testAccount, "TWILIO_AUTH_TOKEN="+testToken, "TWILIO_FROM="+testNumber,
		"TWILIO_API_URL="+provider.URL, "TELEGRAM_BOT_TOKEN="+testBot, "TELEGRAM_WEBHOOK_SECRET="+testSecret,
		"SMS_RATE=0", // The limits have tests of their own.
		"TELEGRAM_API_URL="+provider.URL, "ALLOW_UNREVIEWED=true", "CLOCK_AHEAD="+ahead.String(),
	)
	s.env = append(s.env, more...)
	t.Cleanup(func() {
		for _, v := range s.carrier.Violations() {
			t.Errorf("a request was not as the official description says: %s", v)
		}
		if t.Failed() {
			t.Logf("the service logged:\n%s", s.log)
		}
		for _, private := range []string{johnsNumber, "7700900123", "John Example", testToken, testBot, testKeys} {
			if strings.Contains(s.log.String(), private) {
				t.Errorf("the log holds %q", private)
			}
		}
	})
	return s
}

// noonAhead is how far the clock of a test runs ahead of the machine's, so
// that it is about noon on a plain Tuesday: what a test expects must not depend
// on when it runs.
func noonAhead() time.Duration {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	now := time.Now().In(zone)
	noon := time.Date(now.Year(), now.Month(), now.Day()+7, 12, 0, 0, 0, zone)
	for noon.Weekday() != time.Tuesday || noon.Month() == time.December && noon.Day() > 15 || noon.Month() == time.January {
		noon = noon.AddDate(0, 0, 1)
	}
	return noon.Sub(now).Round(time.Second)
}

func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	var held []net.Listener
	for range n {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, l)
		out = append(out, l.Addr().String())
	}
	for _, l := range held {
		_ = l.Close()
	}
	return out
}

// run runs one command of the program to its end.
func (s *service) run(args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = s.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// start serves and waits until it is ready. It may be called again after stop
// or kill.
func (s *service) start() {
	s.t.Helper()
	if s.token == "" {
		if _, err := s.run("migrate"); err != nil {
			s.t.Fatalf("migrate: %v", err)
		}
		token, err := s.run("token", "test")
		if err != nil {
			s.t.Fatalf("token: %v", err)
		}
		s.token = token
	}
	s.cmd = exec.Command(program, "serve")
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = s.env, s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	exited := make(chan struct{})
	s.exited = exited
	cmd := s.cmd
	go func() { _ = cmd.Wait(); close(exited) }()
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); <-exited })
	s.await("the service is ready", func() bool {
		select {
		case <-exited:
			s.t.Fatalf("the service ended:\n%s", s.log)
		default:
		}
		code, _ := s.get(s.console + "/readyz")
		return code == http.StatusOK
	})
}

// kill is kill -9.
func (s *service) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	<-s.exited
}

// stop is a graceful stop.
func (s *service) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(40 * time.Second):
		s.t.Fatal("the service did not stop")
	}
}

// await asks until it is so.
func (s *service) await(what string, is func() bool) {
	s.t.Helper()
	if !s.wait(is) {
		s.t.Fatalf("waited for nothing: %s", what)
	}
}

// wait asks until it is so, or for too long.
func (s *service) wait(is func() bool) bool {
	ctx, cancel := context.WithTimeout(s.t.Context(), awaitWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

func (s *service) get(address string) (int, string) {
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body)
}

// call calls the API and decodes its answer into out, if not nil.
func (s *service) call(method, path string, body, out any) int {
	s.t.Helper()
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		payload = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.console+"/api/v1"+path, payload)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if out != nil && answer.StatusCode < 300 {
		if err := json.Unmarshal(raw, out); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	if answer.StatusCode >= 400 {
		s.t.Logf("%s %s: %d %s", method, path, answer.StatusCode, raw)
	}
	return answer.StatusCode
}

type madeID struct {
	ID string `json:"id"`
}

// create makes something through the API and returns its id.
func (s *service) create(path string, body any) string {
	s.t.Helper()
	var made madeID
	if code := s.call(http.MethodPost, path, body, &made); code >= 300 {
		s.t.Fatalf("POST %s: %d", path, code)
	}
	return made.ID
}

// john puts John on the caseload: agreed, with an appointment in three days.
func (s *service) john() (client string) {
	s.t.Helper()
	specialist := s.create("/specialists", map[string]any{"name": "Sam"})
	return s.client(specialist, "John Example", johnsNumber)
}

func (s *service) client(specialist, name, number string) string {
	s.t.Helper()
	first, _, _ := strings.Cut(name, " ")
	client := s.create("/clients", map[string]any{
		"specialist": specialist, "full_name": name, "name": first, "language": "en", "mobile": number,
	})
	s.create("/clients/"+client+"/agreements", map[string]any{"channel": "sms", "agreement": "given", "how": "in person"})
	at := s.now().AddDate(0, 0, 9).Truncate(time.Hour)
	s.create("/clients/"+client+"/appointments", map[string]any{
		"kind": "regular", "at": at.Format(time.RFC3339), "minutes": 45, "place": "Cafe Nero",
	})
	return client
}

// heard waits until the number has been sent n messages in all, and returns
// what they say.
func (s *service) heard(number string, n int) []string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), answerWithin)
	defer cancel()
	sent, err := s.carrier.AwaitSMS(ctx, number, n)
	if err != nil {
		s.t.Fatalf("%d messages were sent, %d expected: %v", len(sent), n, err)
	}
	var out []string
	for _, m := range sent {
		out = append(out, m.Body)
	}
	return out
}

// databases runs a test on every database that there is: SQLite with the Redis
// inside the process, PostgreSQL with a Redis of the test's own.
func databases(t *testing.T, test func(t *testing.T, database string, redis storetest.RedisServer)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		var redis storetest.RedisServer
		if db.Name != "sqlite" {
			redis = storetest.Redis(t)
		}
		test(t, db.URL, redis)
	})
}

// sqliteFile is an empty, migrated database.
func sqliteFile(t *testing.T) string { return storetest.SQLite(t).URL }
