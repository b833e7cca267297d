package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// caller makes the calls of the set-up.
var caller = &http.Client{Timeout: 60 * time.Second}

// service is the real binary, serving.
type service struct {
	cmd               *exec.Cmd
	console, webhooks string
	token             string
	redisURL          string
	databaseURL       string
	exited            chan struct{}
}

// start migrates, makes a token and serves, and waits until it is ready.
func start(ctx context.Context, c Config, carrierURL string) (*service, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	ports, err := freePorts(ctx, 3)
	if err != nil {
		return nil, err
	}
	s := &service{
		console: "http://" + ports[0], webhooks: "http://" + ports[1],
		redisURL: c.RedisURL, databaseURL: c.DatabaseURL, exited: make(chan struct{}),
	}
	env := append(os.Environ(),
		"DATABASE_URL="+c.DatabaseURL, "REDIS_URL="+c.RedisURL, "SECRET_KEYS="+base64.StdEncoding.EncodeToString(key),
		"CONSOLE_ADDR="+ports[0], "WEBHOOK_ADDR="+ports[1], "METRICS_ADDR="+ports[2],
		"PUBLIC_URL="+s.webhooks, "TWILIO_ACCOUNT_SID=AC"+strings.Repeat("0", 32), "TWILIO_AUTH_TOKEN=carrier-token",
		"TWILIO_FROM=+447700900000", "TWILIO_API_URL="+carrierURL, "PATHWAY=ips", "ALLOW_UNREVIEWED=true", "LOG_LEVEL=warn",
		"SMS_RATE=0", // It measures the program, not what a carrier would let it do.
	)
	c.Progress("bringing the database up")
	if out, err := command(ctx, env, c.Program, "migrate").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrate: %w: %s", err, out)
	}
	token := command(ctx, env, c.Program, "token", "bench")
	out, err := token.Output()
	if err != nil {
		return nil, fmt.Errorf("make a token: %w", err)
	}
	s.token = strings.TrimSpace(string(out))
	s.cmd = command(ctx, env, c.Program, "serve")
	s.cmd.Stdout, s.cmd.Stderr = c.Log, c.Log
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	go func() { _ = s.cmd.Wait(); close(s.exited) }()
	if err := s.ready(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func command(ctx context.Context, env []string, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // G204: the program is this one, named by whoever measures.
	cmd.Env = env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 25 * time.Second
	return cmd
}

// ready waits for /readyz.
func (s *service) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		if code, _, err := s.call(ctx, http.MethodGet, s.console+"/readyz", nil); err == nil && code == http.StatusOK {
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("the service ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("the service is not ready: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *service) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
}

func (s *service) call(ctx context.Context, method, address string, body any) (int, []byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	var payload io.Reader
	if body != nil {
		payload = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, address, payload)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := caller.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	out, err := io.ReadAll(answer.Body)
	return answer.StatusCode, out, err
}

// create posts to the API and returns the id of what was made.
func (s *service) create(ctx context.Context, path string, body any) (string, error) {
	code, out, err := s.call(ctx, http.MethodPost, s.console+"/api/v1"+path, body)
	if err != nil {
		return "", err
	}
	if code < 200 || code > 299 {
		return "", fmt.Errorf("POST %s: %d: %s", path, code, out)
	}
	var made struct {
		ID string `json:"id"`
	}
	if len(out) > 0 {
		if err := json.Unmarshal(out, &made); err != nil {
			return "", err
		}
	}
	return made.ID, nil
}

// seed fills the caseload through the API: specialists with twenty clients
// each, all agreed, each with an appointment next week.
func (s *service) seed(ctx context.Context, c Config) error {
	began := time.Now()
	var specialist []string
	for i := range (c.Clients + 19) / 20 {
		id, err := s.create(ctx, "/specialists", map[string]any{"name": "Sam " + strconv.Itoa(i)})
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		specialist = append(specialist, id)
	}
	next := make(chan int)
	var failed atomic.Value
	var all sync.WaitGroup
	var done atomic.Int64
	for range 16 {
		all.Go(func() {
			for i := range next {
				if err := s.seedClient(ctx, specialist[i/20], i); err != nil {
					failed.CompareAndSwap(nil, err)
				}
				if n := done.Add(1); n%500 == 0 {
					c.Progress(fmt.Sprintf("%d of %d clients on the caseload after %s", n, c.Clients, time.Since(began).Round(time.Second)))
				}
			}
		})
	}
	for i := range c.Clients {
		if failed.Load() != nil || ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	all.Wait()
	if err, ok := failed.Load().(error); ok {
		return fmt.Errorf("seed: %w", err)
	}
	return ctx.Err()
}

func (s *service) seedClient(ctx context.Context, specialist string, i int) error {
	id, err := s.create(ctx, "/clients", map[string]any{
		"specialist": specialist, "full_name": "Client " + strconv.Itoa(i), "name": "Client", "language": "en", "mobile": number(i),
	})
	if err != nil {
		return err
	}
	if _, err := s.create(ctx, "/clients/"+id+"/agreements", map[string]any{
		"channel": "sms", "agreement": "given", "how": "in person",
	}); err != nil {
		return err
	}
	at := time.Now().AddDate(0, 0, 9).Truncate(time.Hour)
	_, err = s.create(ctx, "/clients/"+id+"/appointments", map[string]any{
		"kind": "regular", "at": at.Format(time.RFC3339), "minutes": 45, "place": "Cafe Nero",
	})
	return err
}

// freePorts finds ports of loopback that nobody listens on.
func freePorts(ctx context.Context, n int) ([]string, error) {
	var out []string
	var held []net.Listener
	// All are held until the last is found: one that is let go may be given again.
	defer func() {
		for _, l := range held {
			_ = l.Close()
		}
	}()
	for range n {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		held = append(held, l)
		out = append(out, l.Addr().String())
	}
	return out, nil
}
