package live_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"alongside/conversations"
	"alongside/store/live"
)

// john is the client of these tests.
const john conversations.ClientID = "019a8b5e-0000-7000-8000-000000000001"

// entry makes a state that a turn might leave behind.
func entry(revision int64) live.Entry {
	return live.Entry{Revision: revision, State: conversations.State{
		Version: conversations.StateVersion,
		Open:    &conversations.Question{ID: "q7", Kind: conversations.AskAppointment, Appointment: "a1", Put: 1, AskedAt: 1795341600000},
		Asked:   7,
	}}
}

// stopped is a clock that a test moves by hand.
type stopped struct{ at atomic.Int64 }

func (s *stopped) now() time.Time        { return time.UnixMilli(s.at.Load()) }
func (s *stopped) move(by time.Duration) { s.at.Add(by.Milliseconds()) }
func want(t *testing.T, s *live.States, want live.Entry) {
	t.Helper()
	got, found, err := s.Get(t.Context(), john)
	if err != nil || !found {
		t.Fatalf("Get: found %v, %v", found, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the state (-want +got):\n%s", diff)
	}
}

// each runs a test against the in-process Redis and, where it is installed,
// against redis-server, as one server and as a cluster.
func each(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	t.Run("in_process", func(t *testing.T) {
		t.Parallel()
		client, stop, err := live.InProcess()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		test(t, client)
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		test(t, connect(t, "redis://"+serve(t).address))
	})
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		server := serve(t, "--cluster-enabled", "yes")
		node := connect(t, "redis://"+server.address)
		if err := node.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
			t.Fatal(err)
		}
		for {
			// The node says "ok" as soon as it has seen its own slots.
			info, err := node.Do(t.Context(), "CLUSTER", "INFO").Text()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(info, "cluster_state:ok") {
				break
			}
		}
		client := connect(t, "redis://"+server.address+"?cluster=true")
		for {
			// The client's first question is where the slots are, which on a busy
			// machine takes longer than a state may be waited for.
			err := client.Get(t.Context(), "ready").Err()
			if err == nil || errors.Is(err, redis.Nil) {
				break
			}
			if t.Context().Err() != nil {
				t.Fatal(err)
			}
		}
		test(t, client)
	})
}

func TestStatesAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client redis.UniversalClient) {
		states := live.New(client, time.Now)
		if _, found, err := states.Get(t.Context(), john); found || err != nil {
			t.Fatalf("before the first Set: found %v, %v", found, err)
		}
		for _, revision := range []int64{5, 6, 3} { // 3: what Redis is given last, it keeps; SQL decides.
			if err := states.Set(t.Context(), john, entry(revision)); err != nil {
				t.Fatalf("Set: %v", err)
			}
			want(t, states, entry(revision))
		}
		if _, found, err := states.Get(t.Context(), john+"x"); found || err != nil {
			t.Errorf("another client: found %v, %v", found, err)
		}
		const key = "alongside:{" + string(john) + "}:state"
		left, err := client.TTL(t.Context(), key).Result()
		if err != nil || left <= live.Kept-time.Hour || left > live.Kept {
			t.Errorf("the state goes after %v (%v), want %v", left, err, live.Kept)
		}
		// A script over two keys is refused by a cluster unless they live together.
		other := "alongside:{" + string(john) + "}:other"
		if err := client.Eval(t.Context(), "return redis.call('GET', KEYS[2])", []string{key, other}).Err(); !errors.Is(err, redis.Nil) {
			t.Errorf("two keys of one client do not go together: %v", err)
		}
		if err := states.Err(); err != nil {
			t.Errorf("degraded: %v", err)
		}
	})
}

func TestWhatCannotBeUsedIsNotUsed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, client redis.UniversalClient) {
		states := live.New(client, time.Now)
		for name, row := range map[string]struct {
			value string
			want  error
		}{
			"cut":           {`{"r":4,"s":{"v":1,"op`, nil},
			"not_ours":      {`hello`, nil},
			"newer_program": {`{"r":4,"s":{"v":99,"asked":3}}`, live.ErrNewer},
		} {
			if err := client.Set(t.Context(), "alongside:{"+string(john)+"}:state", row.value, 0).Err(); err != nil {
				t.Fatal(err)
			}
			got, found, err := states.Get(t.Context(), john)
			if found || !errors.Is(err, row.want) || got.Revision != 0 {
				t.Errorf("%s: found %v, %v, want not found and %v", name, found, err, row.want)
			}
			if err := states.Err(); err != nil {
				t.Errorf("%s: degraded: %v", name, err)
			}
		}
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if _, found, err := states.Get(t.Context(), john); found || err != nil {
			t.Errorf("emptied: found %v, %v", found, err)
		}
	})
}

func TestAServerThatStopsAndComesBack(t *testing.T) {
	t.Parallel()
	server := serve(t)
	var clock stopped
	states := live.New(connect(t, "redis://"+server.address), clock.now)
	if err := states.Set(t.Context(), john, entry(1)); err != nil {
		t.Fatal(err)
	}
	server.stop()
	for range 3 {
		if _, found, err := states.Get(t.Context(), john); err == nil || errors.Is(err, live.ErrAway) || found {
			t.Fatalf("stopped: found %v, %v", found, err)
		}
	}
	if err := states.Set(t.Context(), john, entry(2)); !errors.Is(err, live.ErrAway) {
		t.Errorf("after three failures: %v, want %v", err, live.ErrAway)
	}
	if states.Err() == nil {
		t.Error("not degraded")
	}
	clock.move(time.Minute)
	if _, _, err := states.Get(t.Context(), john); err == nil || errors.Is(err, live.ErrAway) {
		t.Errorf("the probe: %v, want a try that fails", err)
	}
	if _, _, err := states.Get(t.Context(), john); !errors.Is(err, live.ErrAway) {
		t.Errorf("after the probe: %v, want %v", err, live.ErrAway)
	}

	server.start()
	if _, _, err := states.Get(t.Context(), john); !errors.Is(err, live.ErrAway) {
		t.Errorf("before the rest is over: %v, want %v", err, live.ErrAway)
	}
	clock.move(time.Minute)
	if _, found, err := states.Get(t.Context(), john); err != nil || found {
		t.Errorf("back, and empty: found %v, %v", found, err)
	}
	if err := states.Set(t.Context(), john, entry(2)); err != nil {
		t.Errorf("back: %v", err)
	}
	want(t, states, entry(2))
	if err := states.Err(); err != nil {
		t.Errorf("still degraded: %v", err)
	}
}

// TestAServerThatHangs: connections are taken and never answered. Every call
// ends within its budget, although the client of this test would wait for ever.
func TestAServerThatHangs(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var taken atomic.Int64
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			taken.Add(1)
			t.Cleanup(func() { _ = connection.Close() })
		}
	}()
	client := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs: []string{listener.Addr().String()}, MaxRetries: -1, ContextTimeoutEnabled: true, ReadTimeout: -1, WriteTimeout: -1,
	})
	defer func() { _ = client.Close() }()
	var clock stopped
	states := live.New(client, clock.now)
	for range 3 {
		if _, found, err := states.Get(t.Context(), john); !timedOut(err) || found {
			t.Fatalf("found %v, %v, want the end of the budget", found, err)
		}
	}
	before := taken.Load()
	for range 100 {
		if _, _, err := states.Get(t.Context(), john); !errors.Is(err, live.ErrAway) {
			t.Fatalf("%v, want %v", err, live.ErrAway)
		}
	}
	if after := taken.Load(); after != before {
		t.Errorf("%d connections were made while Redis is left alone", after-before)
	}
	if states.Err() == nil {
		t.Error("not degraded")
	}
	if err := states.Ping(t.Context()); !timedOut(err) {
		t.Errorf("Ping: %v, want the end of the budget", err)
	}
}

// timedOut says whether the budget ended a call: as its context, or as the
// deadline that the connection had from it.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestACallerThatGivesUpIsNoFailure(t *testing.T) {
	t.Parallel()
	client, stop, err := live.InProcess()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	states := live.New(client, time.Now)
	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	for range 5 {
		if _, _, err := states.Get(given, john); !errors.Is(err, context.Canceled) {
			t.Fatalf("%v, want %v", err, context.Canceled)
		}
	}
	if err := states.Set(t.Context(), john, entry(1)); err != nil {
		t.Errorf("Set: %v", err)
	}
	if err := states.Err(); err != nil {
		t.Errorf("degraded: %v", err)
	}
}

func TestAServerThatIsFull(t *testing.T) {
	t.Parallel()
	client := connect(t, "redis://"+serve(t).address)
	var clock stopped
	states := live.New(client, clock.now)
	if err := states.Set(t.Context(), john, entry(1)); err != nil {
		t.Fatal(err)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := states.Set(t.Context(), john, entry(2)); err == nil || errors.Is(err, live.ErrAway) {
			t.Fatalf("Set: %v, want a refusal", err)
		}
		want(t, states, entry(1))
	}
	if states.Err() == nil {
		t.Error("not degraded although writes are refused")
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if err := states.Set(t.Context(), john, entry(2)); err != nil {
		t.Errorf("Set: %v", err)
	}
	if err := states.Err(); err != nil {
		t.Errorf("still degraded: %v", err)
	}
}

func TestPingEndsTheRest(t *testing.T) {
	t.Parallel()
	server := serve(t)
	var clock stopped
	states := live.New(connect(t, "redis://"+server.address), clock.now)
	server.stop()
	for range 3 {
		if err := states.Ping(t.Context()); err == nil {
			t.Fatal("a stopped server answers")
		}
	}
	if err := states.Set(t.Context(), john, entry(1)); !errors.Is(err, live.ErrAway) {
		t.Errorf("%v, want %v", err, live.ErrAway)
	}
	server.start()
	if err := states.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := states.Set(t.Context(), john, entry(1)); err != nil {
		t.Errorf("Set: %v", err)
	}
	if err := states.Err(); err != nil {
		t.Errorf("still degraded: %v", err)
	}
}

func connect(t *testing.T, url string) redis.UniversalClient {
	t.Helper()
	client, err := live.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// server is a redis-server that a test started for itself.
type server struct {
	t       *testing.T
	address string
	args    []string
	running *exec.Cmd
	ended   chan struct{}
}

// serve starts a redis-server that keeps nothing, on a port of its own, and
// stops it when the test ends. Without one installed the test is skipped,
// unless ALONGSIDE_REQUIRE names redis.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if strings.Contains(os.Getenv("ALONGSIDE_REQUIRE"), "redis") {
			t.Fatal("redis-server is required and not installed")
		}
		t.Skip("redis-server is not installed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	s := &server{t: t, address: address, args: append([]string{
		"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory,
		"--logfile", filepath.Join(directory, "redis.log"),
	}, args...)}
	s.start()
	t.Cleanup(func() {
		if s.running != nil {
			s.stop()
		}
	})
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.running = exec.Command("redis-server", s.args...)
	if err := s.running.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func(running *exec.Cmd, ended chan<- struct{}) {
		_ = running.Wait()
		close(ended)
	}(s.running, s.ended)
	client := redis.NewClient(&redis.Options{Addr: s.address, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = client.Close() }()
	for client.Ping(context.Background()).Err() != nil {
		select {
		case <-s.ended:
			s.t.Fatal("redis-server did not start")
		default:
		}
	}
}

func (s *server) stop() {
	_ = s.running.Process.Kill()
	<-s.ended
	s.running = nil
}
