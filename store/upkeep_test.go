package store_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// noon is the moment at which the clock of these tests stands still.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// opener opens a store on the database of a test.
type opener func(t *testing.T, owner string, now func() time.Time, keys *seal.Keys) *store.Store

// onBoth runs a test on every database, with as many stores as it opens.
func onBoth(t *testing.T, test func(t *testing.T, open opener)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		test(t, func(t *testing.T, owner string, now func() time.Time, keys *seal.Keys) *store.Store {
			t.Helper()
			s, err := store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: owner, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		})
	})
}

func newKeys(t *testing.T, texts ...string) *seal.Keys {
	t.Helper()
	if len(texts) == 0 {
		texts = []string{seal.New()}
	}
	keys, err := seal.Parse(strings.Join(texts, ","))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// addSam adds a specialist.
func addSam(t *testing.T, s *store.Store) conversations.SpecialistID {
	t.Helper()
	id, err := s.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam", Phone: "07700 900001", Email: "sam@service.example"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// newJohn is a client to be added.
func newJohn(specialist conversations.SpecialistID) store.NewClient {
	return store.NewClient{
		Specialist: specialist, FullName: "John Example", Name: "John", Named: true, Language: "en",
		Mobile: "07700 900123", Wakes: 11 * 60,
	}
}

func addClient(t *testing.T, s *store.Store, n store.NewClient) conversations.ClientID {
	t.Helper()
	id, err := s.AddClient(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// refusals are field and code of what was refused.
func refusals(err error) []string {
	var all []string
	for _, refusal := range store.Refusals(err) {
		all = append(all, refusal.Field+" "+refusal.Code)
	}
	return all
}

func TestSpecialists(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		first := addSam(t, s)
		want := store.Specialist{ID: first, Name: "Sam", Phone: "+447700900001", Email: "sam@service.example", CreatedAt: noon}
		got, err := s.Specialist(t.Context(), first)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		for _, id := range []conversations.SpecialistID{"", "nobody", "no\x00body", "\xff"} {
			if _, err := s.Specialist(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a specialist who is not there: %v", err)
			}
		}
		_, err = s.AddSpecialist(t.Context(), store.NewSpecialist{Name: "S\x00m", Phone: "116123", Email: "sam@"})
		if diff := cmp.Diff([]string{"name bad_characters", "email bad_value", "phone short_code"}, refusals(err)); diff != "" {
			t.Errorf("refusals (-want +got):\n%s", diff)
		}

		added := map[conversations.SpecialistID]bool{first: true}
		for range 6 {
			id, err := s.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Alex"})
			if err != nil {
				t.Fatal(err)
			}
			added[id] = true
		}
		page, pages := store.Page{Limit: 3}, 0
		for {
			list, next, err := s.Specialists(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for _, each := range list {
				if !added[each.ID] {
					t.Errorf("page %d repeats or makes up %s", pages, each.ID)
				}
				delete(added, each.ID)
			}
			pages++
			if page.After = next; next == "" {
				break
			}
		}
		if pages != 3 || len(added) != 0 {
			t.Errorf("%d pages left out %d", pages, len(added))
		}
	})
}

func TestClients(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		specialist := addSam(t, s)
		id := addClient(t, s, newJohn(specialist))
		want := store.Client{
			ID: id, Specialist: specialist, FullName: "John Example", Name: "John", Named: true, Language: "en",
			Zone: "Europe/London", Wakes: 11 * 60, CreatedAt: noon,
		}
		got, err := s.Client(t.Context(), id)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		reach, err := s.Reach(t.Context(), id)
		wantReach := []store.Reach{{
			Reach:   conversations.Reach{Channel: conversations.SMS, Agreement: conversations.AgreementNone},
			Address: "+447700900123", Active: true,
		}}
		if diff := cmp.Diff(wantReach, reach); err != nil || diff != "" {
			t.Errorf("reach: %v (-want +got):\n%s", err, diff)
		}
		for _, nobody := range []conversations.ClientID{"", "nobody", "no\x00body", "\xff"} {
			if _, err := s.Client(t.Context(), nobody); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a client who is not there: %v", err)
			}
			if _, err := s.Reach(t.Context(), nobody); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the reach of a client who is not there: %v", err)
			}
		}

		other := addSam(t, s)
		second := newJohn(other)
		second.Mobile = "07700 900124"
		theirs := addClient(t, s, second)
		for _, row := range []struct {
			of   conversations.SpecialistID
			want []conversations.ClientID
		}{{"", []conversations.ClientID{id, theirs}}, {specialist, []conversations.ClientID{id}}, {other, []conversations.ClientID{theirs}}, {"nobody", nil}} {
			var ids []conversations.ClientID
			page := store.Page{Limit: 1}
			for {
				list, next, err := s.Clients(t.Context(), row.of, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, client := range list {
					ids = append(ids, client.ID)
				}
				if page.After = next; next == "" {
					break
				}
			}
			// Both were added in the same millisecond of this clock.
			slices.Sort(ids)
			slices.Sort(row.want)
			if diff := cmp.Diff(row.want, ids); diff != "" {
				t.Errorf("clients of %q (-want +got):\n%s", row.of, diff)
			}
		}
	})
}

func TestClientsThatAreRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		oldKey, newKey := seal.New(), seal.New()
		before := open(t, "one", atNoon, newKeys(t, oldKey))
		s := open(t, "two", atNoon, newKeys(t, newKey, oldKey))
		specialist := addSam(t, s)
		id := addClient(t, before, newJohn(specialist)) // Stored under the older key.
		for name, row := range map[string]struct {
			change func(*store.NewClient)
			want   []string
		}{
			"number_taken":           {func(*store.NewClient) {}, []string{"mobile number_taken"}},
			"number_taken_elsewise":  {func(n *store.NewClient) { n.Mobile = "+44 (0) 7700-900-123" }, []string{"mobile number_taken"}},
			"no_specialist":          {func(n *store.NewClient) { n.Specialist, n.Mobile = "", "07700 900125" }, []string{"specialist empty"}},
			"specialist_not_there":   {func(n *store.NewClient) { n.Specialist, n.Mobile = "nobody", "07700 900125" }, []string{"specialist not_found"}},
			"specialist_nonsense":    {func(n *store.NewClient) { n.Specialist, n.Mobile = "\x00\xff", "07700 900125" }, []string{"specialist not_found"}},
			"name_to_be_used_absent": {func(n *store.NewClient) { n.Name = " " }, []string{"name empty"}},
			"everything_at_once": {func(n *store.NewClient) {
				*n = store.NewClient{FullName: "J\nE", Name: strings.Repeat("x", 41), Language: "Welsh", Zone: "Mars", Mobile: "SHOUT", Wakes: 1440}
			}, []string{
				"full_name bad_characters", "name too_long", "language bad_value", "zone bad_value", "mobile sender_name",
				"wakes bad_value", "specialist empty",
			}},
		} {
			n := newJohn(specialist)
			row.change(&n)
			_, err := s.AddClient(t.Context(), n)
			if diff := cmp.Diff(row.want, refusals(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
			}
			for _, refusal := range store.Refusals(err) {
				for _, data := range []string{"900123", "7700900123", "John", string(id)} {
					if strings.Contains(refusal.Text, data) && data != "900123" || strings.Contains(refusal.Error(), data) {
						t.Errorf("%s: the refusal repeats data", name)
					}
				}
			}
		}
		if list, _, err := s.Clients(t.Context(), "", store.Page{}); err != nil || len(list) != 1 {
			t.Errorf("%d clients are there (%v), want the one", len(list), err)
		}

		// A change of number: their own is free to them, to nobody else.
		if got, err := s.CheckMobile(t.Context(), id, "07700 900123"); err != nil || got != "+447700900123" {
			t.Errorf("the client's own number: %q, %v", got, err)
		}
		if _, err := s.CheckMobile(t.Context(), "another", "07700 900123"); !cmp.Equal(refusals(err), []string{"mobile number_taken"}) {
			t.Errorf("another client's number: %v", err)
		}
		if _, err := s.CheckMobile(t.Context(), id, "07700"); !cmp.Equal(refusals(err), []string{"mobile short_code"}) {
			t.Errorf("no number: %v", err)
		}
	})
}

func TestTheSameNumberManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		specialist := addSam(t, s)
		var added, taken atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := s.AddClient(t.Context(), newJohn(specialist))
				switch {
				case err == nil:
					added.Add(1)
				case cmp.Equal(refusals(err), []string{"mobile number_taken"}):
					taken.Add(1)
				default:
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		if added.Load() != 1 || taken.Load() != 7 {
			t.Errorf("%d were added and %d refused, want 1 and 7", added.Load(), taken.Load())
		}
	})
}

func TestAClosedClientsNumberIsFree(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		specialist := addSam(t, s)
		id := addClient(t, s, newJohn(specialist))
		takeTurn(t, s, conversations.Event{Kind: conversations.EventClosed, Client: id}, noon, conversations.Close{})
		if client, err := s.Client(t.Context(), id); err != nil || !client.ClosedAt.Equal(noon) {
			t.Errorf("closed at %v (%v), want %v", client.ClosedAt, err, noon)
		}
		if reach, err := s.Reach(t.Context(), id); err != nil || len(reach) != 1 || reach[0].Active {
			t.Errorf("reach %+v (%v), want the number, not active", reach, err)
		}
		if _, _, err := s.MakeLink(t.Context(), id, time.Hour, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link for a closed record: %v", err)
		}
		addClient(t, s, newJohn(specialist))
	})
}

// telegram is a text from an account that nobody has.
func telegram(text, update string) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.Telegram, Value: "4711"},
		ProviderID: update, Text: text,
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		oldKey, newKey := seal.New(), seal.New()
		s := open(t, "one", atNoon, newKeys(t, oldKey))
		after := open(t, "two", atNoon, newKeys(t, newKey, oldKey))
		id := addClient(t, s, newJohn(addSam(t, s)))
		kind := func(s *store.Store, text string, at time.Time) conversations.EventKind {
			t.Helper()
			loaded, err := s.Load(t.Context(), telegram(text, "bot/"+text), at)
			if err != nil {
				t.Fatal(err)
			}
			if linked := loaded.Event.Kind == conversations.EventLinked; linked != (loaded.Client == id) {
				t.Errorf("the event is %s, the client %q", loaded.Event.Kind, loaded.Client)
			}
			return loaded.Event.Kind
		}
		earlier, _, err := s.MakeLink(t.Context(), id, time.Hour, noon)
		if err != nil {
			t.Fatal(err)
		}
		code, expires, err := s.MakeLink(t.Context(), id, time.Hour, noon)
		if err != nil || !expires.Equal(noon.Add(time.Hour)) || len(code) != 8 || code == earlier {
			t.Fatalf("a code of %d characters until %v, %v", len(code), expires, err)
		}
		if got := kind(s, earlier, noon); got != conversations.EventText {
			t.Errorf("the earlier code still links: %s", got)
		}
		typed := " " + strings.ToLower(code[:4]) + " - " + code[4:]
		for name, each := range map[string]*store.Store{"same_keys": s, "newer_key": after} {
			if got := kind(each, typed, noon.Add(time.Hour-time.Millisecond)); got != conversations.EventLinked {
				t.Errorf("%s: a typed code is taken for a %s", name, got)
			}
		}
		if got := kind(s, code, noon.Add(time.Hour)); got != conversations.EventText {
			t.Errorf("an expired code links: %s", got)
		}
		takeTurn(t, s, telegram(code, "bot/joins"), noon, conversations.JoinAccount{})
		reach, err := s.Reach(t.Context(), id)
		if err != nil || len(reach) != 2 {
			t.Fatalf("reach %+v, %v", reach, err)
		}
		for _, each := range reach {
			if each.Channel == conversations.Telegram && each.Address != "4711" {
				t.Errorf("the account that joined is %+v", each)
			}
		}
		if _, _, err := s.MakeLink(t.Context(), "nobody", time.Hour, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link for nobody: %v", err)
		}
	})
}

func TestLinksMadeAtOnceLeaveOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		id := addClient(t, s, newJohn(addSam(t, s)))
		codes := make(chan string, 8)
		var all sync.WaitGroup
		for range cap(codes) {
			all.Go(func() {
				code, _, err := s.MakeLink(t.Context(), id, time.Hour, noon)
				if err != nil {
					t.Errorf("%v", err)
				}
				codes <- code
			})
		}
		all.Wait()
		close(codes)
		live := 0
		for code := range codes {
			loaded, err := s.Load(t.Context(), telegram(code, "bot/"+code), noon)
			if err != nil {
				t.Fatal(err)
			}
			if loaded.Event.Kind == conversations.EventLinked {
				live++
			}
		}
		if live != 1 {
			t.Errorf("%d codes are live, want 1", live)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		oldKey, newKey := seal.New(), seal.New()
		before := open(t, "one", atNoon, newKeys(t, oldKey))
		var clock atomic.Int64
		clock.Store(noon.UnixMilli())
		s := open(t, "two", func() time.Time { return time.UnixMilli(clock.Load()).UTC() }, newKeys(t, newKey, oldKey))
		plain, err := before.CreateToken(t.Context(), "console of the ward", []string{"clients:read", "clients:write"}, noon)
		if err != nil || !strings.HasPrefix(plain, "alongside_") {
			t.Fatalf("%v", err)
		}
		info, err := s.Token(t.Context(), plain)
		want := store.TokenInfo{
			ID: info.ID, Name: "console of the ward", Scopes: []string{"clients:read", "clients:write"}, CreatedAt: noon,
		}
		if diff := cmp.Diff(want, info); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		used := func() time.Time {
			t.Helper()
			list, err := s.Tokens(t.Context())
			if err != nil || len(list) != 1 {
				t.Fatalf("%d tokens, %v", len(list), err)
			}
			return list[0].UsedAt
		}
		for _, row := range []struct{ move, want time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Second, time.Minute}} {
			clock.Add(row.move.Milliseconds())
			if _, err := s.Token(t.Context(), plain); err != nil {
				t.Fatal(err)
			}
			if got := used(); !got.Equal(noon.Add(row.want)) {
				t.Errorf("used at %v, want %v", got, noon.Add(row.want))
			}
		}
		for name, wrong := range map[string]string{
			"empty": "", "another": "alongside_" + strings.Repeat("a", 26), "capitals": strings.ToUpper(plain), "cut": plain[:len(plain)-1],
			"nonsense": "alongside_\x00\xff",
		} {
			if _, err := s.Token(t.Context(), wrong); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want %v", name, err, store.ErrNotFound)
			}
		}
		for range 2 {
			if err := s.RevokeToken(t.Context(), info.ID, noon); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Token(t.Context(), plain); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token that ended: %v", err)
		}
		if err := s.RevokeToken(t.Context(), "nothing", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ending nothing: %v", err)
		}
		_, err = s.CreateToken(t.Context(), "", []string{"clients read"}, noon)
		if diff := cmp.Diff([]string{"name empty", "scopes bad_value"}, refusals(err)); diff != "" {
			t.Errorf("refusals (-want +got):\n%s", diff)
		}
		_, err = s.CreateToken(t.Context(), "x", nil, noon)
		if diff := cmp.Diff([]string{"scopes empty"}, refusals(err)); diff != "" {
			t.Errorf("refusals (-want +got):\n%s", diff)
		}
	})
}

func TestLeases(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		keys := newKeys(t)
		one, two := open(t, "one", atNoon, keys), open(t, "two", atNoon, keys)
		held := func(s *store.Store, at time.Duration, want bool, when string) {
			t.Helper()
			got, err := s.Lease(t.Context(), "telegram", time.Minute, noon.Add(at))
			if err != nil || got != want {
				t.Errorf("%s: held %v (%v), want %v", when, got, err, want)
			}
		}
		held(one, 0, true, "free")
		held(two, 0, false, "taken")
		held(one, 30*time.Second, true, "renewed")
		held(two, 89*time.Second, false, "renewed and not over")
		held(two, 90*time.Second, true, "over")
		held(one, 91*time.Second, false, "lost")
		if err := one.ReleaseLease(t.Context(), "telegram"); err != nil {
			t.Fatal(err)
		}
		held(one, 92*time.Second, false, "another's is not released")
		if err := two.ReleaseLease(t.Context(), "telegram"); err != nil {
			t.Fatal(err)
		}
		held(one, 93*time.Second, true, "released")
		if other, err := two.Lease(t.Context(), "single", time.Minute, noon); err != nil || !other {
			t.Errorf("a lease of another name: %v, %v", other, err)
		}
	})
}

func TestOneOfManyGetsALease(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		keys := newKeys(t)
		for round := range 3 {
			var held atomic.Int64
			var all sync.WaitGroup
			for _, owner := range []string{"one", "two", "three", "four"} {
				s := open(t, owner, atNoon, keys)
				all.Go(func() {
					got, err := s.Lease(t.Context(), "telegram", time.Minute, noon.Add(time.Duration(round)*time.Minute))
					if err != nil {
						t.Errorf("%v", err)
					}
					if got {
						held.Add(1)
					}
				})
			}
			all.Wait()
			if held.Load() != 1 {
				t.Errorf("round %d: %d hold the lease, want 1", round, held.Load())
			}
		}
	})
}

// takeTurn takes one event through Load and Commit.
func takeTurn(t *testing.T, s *store.Store, ev conversations.Event, now time.Time, effects ...conversations.Effect) store.Committed {
	t.Helper()
	loaded, err := s.Load(t.Context(), ev, now)
	if err != nil {
		t.Fatalf("load %s: %v", ev.Kind, err)
	}
	done, err := s.Commit(t.Context(), store.Turn{Loaded: loaded, State: loaded.State, Effects: effects, Now: now})
	if err != nil {
		t.Fatalf("commit %s: %v", ev.Kind, err)
	}
	return done
}
