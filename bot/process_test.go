package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"alongside/store/storetest"
)

// The program as a process: it starts, stops, and stays out of the way.

// A graceful stop in the middle of texts: what was acknowledged is on the
// caseload once and answered once, by this process or the next.
func TestStoppedUnderLoad(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		specialist := s.create("/specialists", map[string]any{"name": "Sam"})
		const people, each = 20, 5
		clients := make([]string, people)
		for i := range people {
			clients[i] = s.client(specialist, fmt.Sprintf("Client %d", i), fictional(i))
			s.heard(fictional(i), 1)
		}
		acknowledged := make([]int, people)
		started := make(chan struct{}, people*each)
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				for range each {
					started <- struct{}{}
					if d := s.text(fictional(i), "when am i seeing sam next"); d.Status == http.StatusOK {
						acknowledged[i]++
					}
				}
			})
		}
		for range people * each / 2 {
			<-started
		}
		s.stop()
		all.Wait()
		s.start()
		total := 0
		for i := range people {
			total += acknowledged[i]
			why := "not looked at"
			s.wait(func() bool {
				why = s.accountFor(clients[i], fictional(i), acknowledged[i])
				return why == ""
			})
			if why != "" {
				t.Errorf("client %d: %s", i, why)
			}
			for _, m := range s.conversation(clients[i]).Messages {
				if m.Delivery == "unknown" {
					t.Errorf("client %d: a graceful stop left a message of which nobody knows whether it went", i)
				}
			}
		}
		t.Logf("%d of %d texts were acknowledged around the stop", total, people*each)
	})
}

// Without a secret Telegram's updates are polled.
func TestTelegramIsPolledWithoutASecret(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "", "TELEGRAM_WEBHOOK_SECRET=")
	const stranger = 7003
	s.press(s.carrier.TelegramStart(stranger, ""))
	if said := s.told(stranger, 1); !strings.Contains(said[0].Text, "code") {
		t.Errorf("somebody without a code was told: %q", said[0].Text)
	}
}

// The Redis inside a process is its own: a second one on the same database
// would not see what the first remembers, and refuses to start.
func TestSecondProcessWithoutRedisRefuses(t *testing.T) {
	t.Parallel()
	first := serve(t, sqliteFile(t), "")
	ports := freePorts(t, 3)
	env := first.env
	first.env = append(first.env[:len(first.env):len(first.env)],
		"CONSOLE_ADDR="+ports[0], "WEBHOOK_ADDR="+ports[1], "METRICS_ADDR="+ports[2])
	_, err := first.run("serve")
	first.env = env
	if err == nil || !strings.Contains(err.Error(), "REDIS_URL") {
		t.Errorf("the second process ended with: %v", err)
	}
}

// Two instances that start at once bring the database up together.
func TestTwoMigrateAtOnce(t *testing.T) {
	t.Parallel()
	s := newService(t, "sqlite:"+t.TempDir()+"/new.db", "")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := s.run("migrate"); err != nil {
				t.Errorf("migrate: %v", err)
			}
		})
	}
	all.Wait()
	s.start()
}

func TestHealthTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	for _, args := range [][]string{{"health"}, {"health", "--ready"}} {
		if out, err := s.run(args...); err != nil || !strings.Contains(out, "ok") {
			t.Errorf("%v: %q, %v", args, out, err)
		}
	}
	code, metrics := s.get(s.metrics + "/metrics")
	for _, name := range []string{"alongside_queue_messages", "alongside_queue_age_seconds"} {
		if code != http.StatusOK || !strings.Contains(metrics, name) {
			t.Errorf("/metrics: %d, without %s", code, name)
		}
	}
	s.stop()
	if _, err := s.run("health"); err == nil {
		t.Error("a service that has stopped is said to be alive")
	}
}
