package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/caseload"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// The conformance suite: every test runs on each database that this machine
// has. A fixture is a store under test with what a test needs beside it.
type fixture struct {
	testing.TB
	db       storetest.DB
	keys     *seal.Keys
	redis    redis.UniversalClient
	store    *store.Store
	beside   *caseload.Caseload // upkeep, and a look at the rows
	now      time.Time
	made     atomic.Int64
	sam      conversations.SpecialistID
	provider atomic.Int64
}

// theDay is a Monday on which nothing changes.
var theDay = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// onEach runs a test on every database, with a store without Redis.
func onEach(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		test(newFixture(t, db, nil))
	})
}

// withRedis is onEach with a Redis.
func withRedis(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		test(newFixture(t, db, storetest.Redis(t).Client))
	})
}

func newFixture(t testing.TB, db storetest.DB, client redis.UniversalClient) *fixture {
	t.Helper()
	keys, err := seal.Parse(seal.New())
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{TB: t, db: db, keys: keys, redis: client, now: theDay}
	f.store = f.open("one")
	f.beside, err = caseload.Open(t.Context(), caseload.Config{
		DatabaseURL: db.URL, Seal: keys, Owner: "beside", Now: func() time.Time { return f.now }, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.beside.Close() })
	f.sam, err = f.beside.AddSpecialist(t.Context(), caseload.NewSpecialist{Name: "Sam", Phone: "+447700900999", Email: "sam@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// open opens one more store on the same database and Redis.
func (f *fixture) open(owner string) *store.Store {
	f.Helper()
	s, err := store.Open(f.Context(), store.Config{
		DatabaseURL: f.db.URL, Redis: f.redis, Keys: f.keys, Owner: owner,
		Now: func() time.Time { return f.now }, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.Errorf("close: %v", err)
		}
	})
	return s
}

// number is the n-th of the fictional mobiles.
func number(n int64) conversations.Address {
	return conversations.Address{Channel: conversations.SMS, Value: fmt.Sprintf("+4477009%05d", n)}
}

// client adds a client with the next number, who agreed to texts.
func (f *fixture) client() (conversations.ClientID, conversations.Address) {
	f.Helper()
	at := number(f.made.Add(1))
	id, err := f.beside.AddClient(f.Context(), caseload.NewClient{
		Specialist: f.sam, FullName: "John Example", Name: "John", Named: true, Language: "en", Zone: "Europe/London", Mobile: at.Value,
	})
	if err != nil {
		f.Fatal(err)
	}
	return id, at
}

func (f *fixture) id(prefix string) conversations.MessageID {
	return conversations.MessageID(fmt.Sprintf("%s%d", prefix, f.made.Add(1)))
}

// text is a text that came from an address.
func (f *fixture) text(from conversations.Address, words string) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventText, At: f.now, From: from, Text: words,
		ProviderID: fmt.Sprintf("SM%d", f.provider.Add(1)),
	}
}

func (f *fixture) load(ev conversations.Event) store.Loaded {
	f.Helper()
	loaded, err := f.store.Load(f.Context(), ev, f.now)
	if err != nil {
		f.Fatalf("load: %v", err)
	}
	return loaded
}

// turn is a turn on what was loaded, with the effects; it brings a row if the
// event does.
func (f *fixture) turn(loaded store.Loaded, effects ...conversations.Effect) store.Turn {
	t := store.Turn{Loaded: loaded, State: loaded.State, Effects: effects, Now: f.now}
	t.State.Version = conversations.StateVersion
	t.State.Asked++
	switch loaded.Event.Kind {
	case conversations.EventText, conversations.EventButton, conversations.EventEdited, conversations.EventLinked:
		t.Inbound = f.id("in")
	default:
	}
	return t
}

// say is a message of a turn.
func (f *fixture) say(words string, urgency conversations.Urgency) store.Message {
	return store.Message{
		ID: f.id("out"), Channel: conversations.SMS, Key: "test.words", Urgency: urgency, Text: words, Parts: 1, Language: "en",
		Until: f.now.Add(24 * time.Hour),
	}
}

func (f *fixture) commit(t store.Turn) store.Committed {
	f.Helper()
	done, err := f.store.Commit(f.Context(), t)
	if err != nil {
		f.Fatalf("commit: %v", err)
	}
	return done
}

// do loads and commits an event with its effects.
func (f *fixture) do(ev conversations.Event, effects ...conversations.Effect) store.Committed {
	f.Helper()
	return f.commit(f.turn(f.load(ev), effects...))
}

// answer loads a text and commits an answer to it.
func (f *fixture) answer(from conversations.Address, words string, urgency conversations.Urgency) (store.Message, store.Committed) {
	f.Helper()
	t := f.turn(f.load(f.text(from, "yes")))
	m := f.say(words, urgency)
	t.Messages = []store.Message{m}
	return m, f.commit(t)
}

func (f *fixture) wantErr(got, want error) {
	f.Helper()
	if !errors.Is(got, want) {
		f.Errorf("error %v, want %v", got, want)
	}
}

var background = context.Background()
