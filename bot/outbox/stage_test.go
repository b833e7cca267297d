package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// hands is a clock that stands still until a test moves it.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// stage is one database with a caseload on it.
type stage struct {
	*testing.T
	db    storetest.DB
	keys  *seal.Keys
	clock *hands
	first *store.Store // of a process that commits and sends nothing itself
	sam   conversations.SpecialistID
	made  atomic.Int64
	redis redis.UniversalClient // nil: the processes share no limits
}

// onEach runs a test on every database that this machine has.
func onEach(t *testing.T, test func(s *stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		keys, err := seal.Parse(seal.New())
		if err != nil {
			t.Fatal(err)
		}
		s := &stage{T: t, db: db, keys: keys, clock: &hands{at: noon}}
		s.first = s.open("first")
		s.sam, err = s.first.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam", Phone: "+447700900999", Email: "sam@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		test(s)
	})
}

// open opens the store of one more process.
func (s *stage) open(owner string) *store.Store {
	s.Helper()
	st, err := store.Open(s.Context(), store.Config{
		DatabaseURL: s.db.URL, Keys: s.keys, Owner: owner, Now: s.clock.now, Logger: slog.New(slog.DiscardHandler),
		Redis: s.redis, SendClock: s.clock.now,
	})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = st.Close() })
	return st
}

// client adds a client who agreed to texts.
func (s *stage) client() conversations.ClientID {
	s.Helper()
	id, err := s.first.AddClient(s.Context(), store.NewClient{
		Specialist: s.sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London",
		Mobile: fmt.Sprintf("+4477009%05d", s.made.Add(1)),
	})
	if err != nil {
		s.Fatal(err)
	}
	s.agree(id, conversations.AgreementGiven)
	return id
}

func (s *stage) agree(id conversations.ClientID, a conversations.Agreement) {
	s.Helper()
	s.commit(s.first, id, []conversations.Effect{
		conversations.SetAgreement{Channel: conversations.SMS, Agreement: a, How: "in person"},
	})
}

// say is a message that a turn has rendered; urgency 2 unless given.
func (s *stage) say(id string) store.Message {
	return store.Message{
		ID: conversations.MessageID(id), Channel: conversations.SMS, Key: "test.words", Urgency: conversations.Answer,
		Text: "hello", Parts: 1, Language: "en", Until: s.clock.now().Add(24 * time.Hour),
	}
}

// commit makes one turn with these effects and messages.
func (s *stage) commit(st *store.Store, client conversations.ClientID, effects []conversations.Effect, messages ...store.Message) store.Committed {
	s.Helper()
	for {
		loaded, err := st.Load(s.Context(), conversations.Event{Kind: conversations.EventAgreement, Client: client}, s.clock.now())
		if err != nil {
			s.Fatal(err)
		}
		t := store.Turn{Loaded: loaded, State: loaded.State, Effects: effects, Messages: messages, Now: s.clock.now()}
		t.State.Version = conversations.StateVersion
		done, err := st.Commit(s.Context(), t)
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err != nil {
			s.Fatal(err)
		}
		return done
	}
}

// leave commits messages that nobody has claimed, as a process leaves them that
// stops gracefully.
func (s *stage) leave(client conversations.ClientID, messages ...store.Message) {
	s.Helper()
	done := s.commit(s.first, client, nil, messages...)
	var ids []conversations.MessageID
	for _, c := range done.Claimed {
		ids = append(ids, c.ID)
	}
	if err := s.first.Release(s.Context(), ids, s.clock.now()); err != nil {
		s.Fatal(err)
	}
}

// fate is what the caseload says of a message.
type fate struct {
	Delivery conversations.Delivery
	Code     string
}

func (s *stage) fates(client conversations.ClientID) map[string]fate {
	s.Helper()
	page, err := s.first.Conversation(s.Context(), client, "", 100)
	if err != nil {
		s.Fatal(err)
	}
	out := map[string]fate{}
	for _, m := range page.Messages {
		if !m.In {
			out[string(m.ID)] = fate{m.Delivery, m.Code}
		}
	}
	return out
}

// live is one running outbox on a real store.
type live struct {
	*Outbox
	s     *stage
	store *store.Store
	heard *listener
	wrote chan ended
	stop  context.CancelFunc
	ended chan error
}

// start runs the outbox of a process. Its sweeps are quick, because its clock
// stands still.
func (s *stage) start(owner string, c Config, senders ...Sender) *live {
	s.Helper()
	l := &live{s: s, store: s.open(owner), heard: &listener{}, wrote: make(chan ended, 10_000), ended: make(chan error, 1)}
	c.Store, c.Senders, c.Event, c.Now = l.store, senders, l.heard.event, s.clock.now
	c.Logger = slog.New(slog.DiscardHandler)
	c.Every, c.Reconcile = or(c.Every, 10*time.Millisecond), or(c.Reconcile, 10*time.Millisecond)
	l.Outbox = New(c)
	l.settled = func(e ended) { l.wrote <- e }
	var ctx context.Context
	ctx, l.stop = context.WithCancel(s.Context())
	go func() { l.ended <- l.Run(ctx) }()
	s.Cleanup(l.stop)
	return l
}

// turn commits messages in the outbox's own process and hands them over.
func (l *live) turn(client conversations.ClientID, messages ...store.Message) {
	l.s.Helper()
	done := l.s.commit(l.store, client, nil, messages...)
	l.Offer(done.Claimed)
	if done.Waiting {
		l.Kick(client)
	}
}

// await waits for n results to be written.
func (l *live) await(n int) {
	l.s.Helper()
	for range n {
		select {
		case <-l.wrote:
		case <-time.After(20 * time.Second):
			l.s.Fatal("nothing was written for 20 seconds")
		}
	}
}

// until waits for something that no signal tells.
func (s *stage) until(what string, ok func() bool) {
	s.Helper()
	deadline := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			s.Fatalf("in 20 seconds not: %s", what)
		}
	}
}

func (l *live) end() {
	l.s.Helper()
	l.stop()
	if err := <-l.ended; err != nil {
		l.s.Error(err)
	}
}
