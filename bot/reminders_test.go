package main_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// beside is another process of the same service, with the same carrier.
func (s *service) beside() *service {
	s.t.Helper()
	ports := freePorts(s.t, 3)
	other := *s
	other.console, other.webhooks, other.metrics = "http://"+ports[0], "http://"+ports[1], "http://"+ports[2]
	// Providers go on calling the first: it lives through the test.
	other.env = append(s.env[:len(s.env):len(s.env)], "CONSOLE_ADDR="+ports[0], "WEBHOOK_ADDR="+ports[1], "METRICS_ADDR="+ports[2])
	other.start()
	return &other
}

// A thousand reminders fall due at once, on three processes. One is killed, one
// is stopped for a minute and goes on: each reminder is accepted once, or shown
// to a person as one that may not have been sent; none goes twice.
func TestAThousandRemindersAtOnce(t *testing.T) {
	t.Parallel()
	database, ok := storetest.Postgres(t)
	redis := storetest.Redis(t)
	if !ok || redis.URL == "" {
		t.Skip("three processes need PostgreSQL and Redis; the continuous build has both")
	}
	const people = 999 // The numbers of fiction are a thousand, and one is the service's own.
	first := serve(t, database, redis.URL)
	killed, stopped := first.beside(), first.beside()

	keys, err := seal.Parse(testKeys)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Config{
		DatabaseURL: database, Redis: redis.Client, Keys: keys, Owner: "test", Now: first.now,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	sam, err := st.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
	if err != nil {
		t.Fatal(err)
	}
	commit := func(client conversations.ClientID, effects ...conversations.Effect) error {
		loaded, err := st.Load(t.Context(), conversations.Event{Kind: conversations.EventAgreement, Client: client}, first.now())
		if err != nil {
			return err
		}
		state := loaded.State
		state.Version = conversations.StateVersion
		_, err = st.Commit(t.Context(), store.Turn{Loaded: loaded, State: state, Effects: effects, Now: first.now()})
		return err
	}
	number := func(i int) string { return fmt.Sprintf("+447700900%03d", i+1) }
	stands := first.now().AddDate(0, 0, 1).Truncate(time.Hour)
	// The first has two meetings; the second of them they have confirmed.
	again := stands.Add(2 * time.Hour)
	clients := make([]conversations.ClientID, people)
	side := func(do func(i int) error) {
		var all sync.WaitGroup
		free := make(chan struct{}, 16)
		for i := range people {
			free <- struct{}{}
			all.Go(func() {
				defer func() { <-free }()
				if err := do(i); err != nil {
					t.Errorf("client %d: %v", i, err)
				}
			})
		}
		all.Wait()
	}
	side(func(i int) error {
		id, err := st.AddClient(t.Context(), store.NewClient{
			Specialist: sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London", Mobile: number(i),
		})
		if err != nil {
			return err
		}
		clients[i] = id
		effects := []conversations.Effect{
			conversations.SetAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"},
			conversations.Book{Appointment: conversations.Appointment{ID: conversations.AppointmentID(fmt.Sprintf("a%d", i)), Kind: conversations.Regular, At: stands}},
		}
		if i == 0 {
			effects = append(effects, conversations.Book{Appointment: conversations.Appointment{
				ID: "second", Kind: conversations.Regular, At: again, Status: conversations.Confirmed,
			}})
		}
		return commit(id, effects...)
	})
	if t.Failed() {
		t.FailNow()
	}
	due := first.now().Add(10 * time.Second)
	side(func(i int) error {
		effects := []conversations.Effect{conversations.Remind{Appointment: conversations.AppointmentID(fmt.Sprintf("a%d", i)), Stands: stands, Before: 1440, At: due}}
		if i == 0 {
			effects = append(effects, conversations.Remind{Appointment: "second", Stands: again, Before: 1440, At: due})
		}
		return commit(clients[i], effects...)
	})

	first.await("a fifth of them have gone", func() bool { return first.carrier.Accepted() >= 200 })
	killed.kill()
	first.await("a third of them have gone", func() bool { return first.carrier.Accepted() >= 350 })
	if err := stopped.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	minute, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	<-minute.Done()
	if err := stopped.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}

	// books says what is wrong with those of one client; "" if nothing.
	books := func(i int) (why string, unknown int) {
		want := 1
		if i == 0 {
			want = 2
		}
		page, err := st.Conversation(t.Context(), clients[i], "", 20)
		if err != nil {
			return err.Error(), 0
		}
		said, accepted := map[conversations.AppointmentID]int{}, 0
		for _, m := range page.Messages {
			if m.In || !strings.HasPrefix(m.Key, "appointment.reminder") {
				continue
			}
			said[m.Appointment]++
			switch m.Delivery {
			case conversations.Sent, conversations.Delivered, conversations.Read:
				accepted++
			case conversations.Unknown:
				unknown++
			default:
				return fmt.Sprintf("a reminder is %s (%s)", m.Delivery, m.Code), unknown
			}
		}
		went := len(first.carrier.SentTo(number(i)))
		for id, n := range said {
			if n > 1 {
				return fmt.Sprintf("the reminder of %s was said %d times", id, n), unknown
			}
		}
		switch {
		case len(said) != want:
			return fmt.Sprintf("%d reminders were said, want %d", len(said), want), unknown
		case went > want:
			return fmt.Sprintf("the carrier accepted %d, want %d: one went twice", went, want), unknown
		case went < accepted, accepted+unknown != want:
			return fmt.Sprintf("%d accepted by the carrier, %d on the caseload, %d shown to a person", went, accepted, unknown), unknown
		}
		return "", unknown
	}
	shown := 0
	for i := range people {
		why, unknown := books(i)
		first.wait(func() bool {
			if why != "" {
				why, unknown = books(i)
			}
			return why == ""
		})
		shown += unknown
		if why != "" {
			t.Errorf("client %d: %s", i, why)
			if i > 5 && t.Failed() {
				break
			}
		}
	}
	t.Logf("%d accepted, %d of the reminders are shown to a person as unknown", first.carrier.Accepted(), shown)
}
