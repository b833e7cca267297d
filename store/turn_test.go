package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
)

func TestTurn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		loaded := f.load(f.text(at, "yes"))
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			f.Fatal(err)
		}
		want := conversations.Facts{
			Client:     conversations.Client{ID: client, Name: "John", Named: true, Language: "en", Zone: london},
			Specialist: conversations.Specialist{ID: f.sam, Name: "Sam"},
			Reach:      []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementNone}},
		}
		want.FreshLink = loaded.Facts.FreshLink
		if diff := cmp.Diff(want, loaded.Facts, sameZone); diff != "" || len(want.FreshLink) != 8 {
			f.Errorf("facts, with the fresh code %q (-want +got):\n%s", want.FreshLink, diff)
		}
		turn := f.turn(loaded)
		m := f.say("Thank you, John.", conversations.Answer)
		m.Buttons = []store.Button{{Label: "1", Data: "q1:confirm"}}
		turn.Messages = []store.Message{m}
		done := f.commit(turn)
		wantDone := store.Committed{Revision: 1, Claimed: []store.Send{{
			ID: m.ID, Client: client, To: at, Text: "Thank you, John.", Buttons: m.Buttons, Urgency: conversations.Answer, Parts: 1, Until: m.Until,
			Committed: f.now, Claimed: f.now, Deadline: f.now.Add(30 * time.Second),
		}}}
		if diff := cmp.Diff(wantDone, done); diff != "" {
			f.Errorf("committed (-want +got):\n%s", diff)
		}
		again := f.load(f.text(at, "yes"))
		if again.Revision != 1 || again.State.Asked != 1 {
			f.Errorf("revision %d with %d questions, want 1 and 1", again.Revision, again.State.Asked)
		}
		// What the claim hands out is what the commit handed out.
		if err := f.store.Release(f.Context(), []conversations.MessageID{m.ID}, f.now); err != nil {
			f.Fatal(err)
		}
		claimed, err := f.store.Claim(f.Context(), f.now, 10)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff(wantDone.Claimed, claimed); diff != "" {
			f.Errorf("claimed (-want +got):\n%s", diff)
		}
	})
}

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func TestStaleRevisionIsAConflict(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		one, two := f.load(f.text(at, "one")), f.load(f.text(at, "two"))
		f.commit(f.turn(one))
		// Also without any effect and without a row of its own.
		two.Event.Kind = conversations.EventReminder
		_, err := f.store.Commit(f.Context(), store.Turn{Loaded: two, Now: f.now})
		f.wantErr(err, store.ErrConflict)
		// What came with the conflict is not stored: it comes again.
		again := f.text(at, "three")
		stale := two
		stale.Event = again
		_, err = f.store.Commit(f.Context(), f.turn(stale))
		f.wantErr(err, store.ErrConflict)
		f.commit(f.turn(f.load(again)))
	})
}

func TestTwiceIsOnce(t *testing.T) {
	t.Parallel()
	withRedis(t, func(f *fixture) {
		_, at := f.client()
		ev := f.text(at, "yes")
		before := f.load(ev)
		f.do(ev)

		_, err := f.store.Load(f.Context(), ev, f.now)
		f.wantErr(err, store.ErrDuplicate)
		if err := f.redis.FlushAll(f.Context()).Err(); err != nil {
			f.Fatal(err)
		}
		_, err = f.store.Load(f.Context(), ev, f.now)
		f.wantErr(err, store.ErrDuplicate)
		_, err = f.open("after a restart").Load(f.Context(), ev, f.now)
		f.wantErr(err, store.ErrDuplicate)
		// Loaded before the first was committed: duplicate before conflict.
		_, err = f.store.Commit(f.Context(), f.turn(before))
		f.wantErr(err, store.ErrDuplicate)
	})
}

func TestTenTimesAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		ev := f.text(at, "yes")
		stores := []*store.Store{f.store, f.open("two")}
		turns := make([]store.Turn, 10)
		for i := range turns {
			turns[i] = f.turn(f.load(ev))
			turns[i].Messages = []store.Message{f.say("thanks", conversations.Answer)}
		}
		won, lost := race(f, turns, func(i int) *store.Store { return stores[i%2] })
		if won != 1 || lost != 9 {
			f.Errorf("%d committed and %d refused, want 1 and 9", won, lost)
		}
	})
}

// race commits turns at once, and counts those that were committed and those
// that were duplicates or conflicts.
func race(f *fixture, turns []store.Turn, by func(i int) *store.Store) (won, lost int) {
	f.Helper()
	errs := make([]error, len(turns))
	var all sync.WaitGroup
	for i, turn := range turns {
		all.Go(func() { _, errs[i] = by(i).Commit(f.Context(), turn) })
	}
	all.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case errors.Is(err, store.ErrDuplicate), errors.Is(err, store.ErrConflict):
			lost++
		default:
			f.Errorf("commit: %v", err)
		}
	}
	return won, lost
}

// Two processes, many clients, every client's two texts at once: each text is
// committed exactly once, however often it has to be loaded again.
func TestTwoStores(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		stores := []*store.Store{f.store, f.open("two")}
		const clients, texts = 10, 6
		var addresses []conversations.Address
		for range clients {
			_, at := f.client()
			addresses = append(addresses, at)
		}
		var all sync.WaitGroup
		for c := range clients {
			for n := range texts {
				ev := f.text(addresses[c], fmt.Sprint(n))
				all.Go(func() {
					s := stores[n%2]
					for {
						loaded, err := s.Load(f.Context(), ev, f.now)
						if err != nil {
							f.Errorf("load: %v", err)
							return
						}
						turn := f.turn(loaded)
						turn.Messages = []store.Message{f.say("thanks", conversations.Answer)}
						_, err = s.Commit(f.Context(), turn)
						if errors.Is(err, store.ErrConflict) {
							continue
						}
						if err != nil {
							f.Errorf("commit: %v", err)
						}
						return
					}
				})
			}
		}
		all.Wait()
		for _, at := range addresses {
			loaded := f.load(f.text(at, "after"))
			if loaded.Revision != texts || loaded.State.Asked != texts {
				f.Errorf("revision %d, %d questions, want %d", loaded.Revision, loaded.State.Asked, texts)
			}
		}
		f.sendAll(stores)
	})
}

// sendAll sends what is queued through both stores at once, and fails when a
// message is claimed twice or two are on their way to one person.
func (f *fixture) sendAll(stores []*store.Store) {
	f.Helper()
	var mu sync.Mutex
	seen, busy := map[conversations.MessageID]int{}, map[string]bool{}
	claimed := 0
	// Those of the commits: the first of each client.
	for f.expireAll() > 0 {
	}
	var all sync.WaitGroup
	for _, s := range stores {
		all.Go(func() {
			for idle := 0; idle < 20; {
				sends, err := s.Claim(f.Context(), f.now, 3)
				if err != nil {
					f.Errorf("claim: %v", err)
					return
				}
				if len(sends) == 0 {
					idle++
					continue
				}
				mu.Lock()
				for _, m := range sends {
					seen[m.ID]++
					claimed++
					if busy[m.To.Value] {
						f.Errorf("two messages on their way to one person")
					}
					busy[m.To.Value] = true
				}
				mu.Unlock()
				var results []store.SendResult
				for _, m := range sends {
					results = append(results, store.SendResult{ID: m.ID, Delivery: conversations.Sent, ProviderID: "x"})
				}
				mu.Lock()
				for _, m := range sends {
					busy[m.To.Value] = false
				}
				err = s.WriteResults(f.Context(), results, f.now)
				mu.Unlock()
				if err != nil {
					f.Errorf("write results: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	for id, n := range seen {
		if n != 1 {
			f.Errorf("message %s was claimed %d times", id, n)
		}
	}
	if _, waiting, err := f.store.OldestQueued(f.Context(), f.now); err != nil || waiting != 0 {
		f.Errorf("%d messages still wait (%v)", waiting, err)
	}
	if claimed == 0 {
		f.Error("nothing was claimed")
	}
}

// expireAll ends the claims that nobody sends.
func (f *fixture) expireAll() int {
	f.Helper()
	f.now = f.now.Add(time.Hour)
	list, err := f.store.Expire(f.Context(), f.now, 1000)
	if err != nil {
		f.Fatal(err)
	}
	return len(list)
}

// One turn that the database refuses must not hurt those that share its
// transaction.
func TestPoisonedTurn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		poisons := map[string]func(*store.Turn){
			"status": func(t *store.Turn) {
				t.Effects = append(t.Effects, conversations.Book{Appointment: conversations.Appointment{ID: "x", Kind: "seance"}})
			},
			"no_such": func(t *store.Turn) {
				t.Effects = append(t.Effects, conversations.SetAppointment{ID: "nowhere", Status: conversations.Booked})
			},
			"duplicate":  func(t *store.Turn) { t.Loaded.Event.ProviderID = "SM-known" },
			"conflict":   func(t *store.Turn) { f.do(f.text(t.Loaded.Event.From, "meanwhile")) },
			"message_id": func(t *store.Turn) { t.Messages[0].ID = "out-known" },
		}
		_, first := f.client()
		ev := f.text(first, "known")
		ev.ProviderID = "SM-known"
		known := f.turn(f.load(ev))
		m := f.say("known", conversations.Answer)
		m.ID = "out-known"
		known.Messages = []store.Message{m}
		f.commit(known)

		for name, poison := range poisons {
			turns := make([]store.Turn, 64)
			for i := range turns {
				_, at := f.client()
				turns[i] = f.turn(f.load(f.text(at, "yes")))
				turns[i].Messages = []store.Message{f.say("thanks", conversations.Answer)}
			}
			poison(&turns[40])
			errs := make([]error, len(turns))
			var all sync.WaitGroup
			for i, turn := range turns {
				all.Go(func() { _, errs[i] = f.store.Commit(f.Context(), turn) })
			}
			all.Wait()
			for i, err := range errs {
				if (err != nil) != (i == 40) {
					f.Errorf("%s: turn %d: %v", name, i, err)
				}
			}
		}
	})
}

func TestUnknownEffect(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		turn := f.turn(f.load(f.text(at, "yes")))
		turn.Effects = []conversations.Effect{nil}
		if _, err := f.store.Commit(f.Context(), turn); err == nil {
			f.Error("an effect that the caseload does not know was committed")
		}
	})
}

func TestUnknownSender(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		at := number(500)
		ev := f.text(at, "hello")
		loaded := f.load(ev)
		if loaded.Client != "" || loaded.Facts.Known() || loaded.Revision != 0 {
			f.Fatalf("loaded %+v", loaded)
		}
		one, two := f.turn(loaded), f.turn(loaded)
		two.Loaded.Event = f.text(at, "again")
		m := f.say("This is a service.", conversations.Answer)
		m.Channel = ""
		one.Messages = []store.Message{m}
		done := f.commit(one)
		if len(done.Claimed) != 1 || done.Claimed[0].To != at || done.Claimed[0].Client != "" {
			f.Errorf("claimed %+v", done.Claimed)
		}
		_, err := f.store.Commit(f.Context(), two)
		f.wantErr(err, store.ErrConflict)
		again := f.load(f.text(at, "again"))
		if !again.Facts.Answered.Equal(f.now) || again.Revision != 1 {
			f.Errorf("answered %v at revision %d", again.Facts.Answered, again.Revision)
		}
		f.result(store.SendResult{ID: m.ID, Delivery: conversations.Unknown})
		lost, err := f.store.Unknowns(f.Context(), f.now, 1)
		if err != nil || len(lost) != 1 || lost[0].To != at {
			f.Errorf("unknown %+v (%v)", lost, err)
		}
		// A report on a message to nobody finds its conversation by the message.
		f.do(conversations.Event{Kind: conversations.EventUnknown, Message: m.ID}, conversations.RaiseFlag{Reason: conversations.FlagMayNotBeSent})
		turn := f.turn(f.load(f.text(at, "again")), conversations.SetLanguage{Language: "cy"})
		if _, err := f.store.Commit(f.Context(), turn); err == nil {
			f.Error("the language of nobody was set")
		}
		_, err = f.store.Load(f.Context(), conversations.Event{Kind: conversations.EventReminder, Client: "nobody"}, f.now)
		f.wantErr(err, store.ErrNotFound)
	})
}

func TestRedisBehindAheadEmptyDead(t *testing.T) {
	t.Parallel()
	withRedis(t, func(f *fixture) {
		client, at := f.client()
		want := func(when string, asked int) {
			f.Helper()
			if got := f.load(f.text(at, "x")).State.Asked; got != asked {
				f.Errorf("%s: %d questions, want %d", when, got, asked)
			}
		}
		f.do(f.text(at, "one"))
		want("written", 1)
		keys, err := f.redis.Keys(f.Context(), "*"+string(client)+"*").Result()
		if err != nil || len(keys) != 1 {
			f.Fatalf("keys %v (%v)", keys, err)
		}
		old, err := f.redis.Get(f.Context(), keys[0]).Result()
		if err != nil {
			f.Fatal(err)
		}
		// Proof that it is read: only its content changes.
		f.set(keys[0], `{"r":1,"s":{"v":1,"asked":77}}`)
		want("from Redis", 77)
		f.set(keys[0], old)
		f.do(f.text(at, "two"))
		f.set(keys[0], old)
		want("behind", 2)
		f.set(keys[0], `{"r":9,"s":{"v":1,"asked":99}}`)
		want("ahead", 2)
		if err := f.redis.FlushAll(f.Context()).Err(); err != nil {
			f.Fatal(err)
		}
		want("empty", 2)
		_ = f.redis.Close()
		want("dead", 2)
		f.do(f.text(at, "three"))
		want("dead", 3)
		if f.store.LiveError() == nil {
			f.Error("a dead Redis is not told")
		}
	})
}

func (f *fixture) set(key, value string) {
	f.Helper()
	if err := f.redis.Set(f.Context(), key, value, 0).Err(); err != nil {
		f.Fatal(err)
	}
}
