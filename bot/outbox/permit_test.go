package outbox

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// counter is a carrier that notes what it was given when, by the test's clock.
type counter struct {
	*phone
	clock *hands
	mu    sync.Mutex
	came  []arrival
}

type arrival struct {
	id string
	at time.Time
}

func newCounter(clock *hands) *counter {
	c := &counter{phone: newPhone(conversations.SMS), clock: clock}
	c.answer = func(_ context.Context, m Message, _ int) Result {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.came = append(c.came, arrival{string(m.ID), c.clock.now()})
		return accepted(m)
	}
	return c
}

func (c *counter) all() []arrival {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]arrival(nil), c.came...)
}

// place is where in the order a message came, or -1.
func (c *counter) place(id string) int {
	for i, a := range c.all() {
		if a.id == id {
			return i
		}
	}
	return -1
}

// ten is the limit of these tests: eight unasked texts a second, one every beat,
// and two more parts for answers.
var ten = map[conversations.Channel]Limits{conversations.SMS: {Sender: "+447700900000", PerSecond: 10}}

const beat = 125 * time.Millisecond

// batch leaves a text that nobody asked for to each of n clients.
func (s *stage) batch(n int) (clients []conversations.ClientID) {
	s.Helper()
	for i := range n {
		id := s.client()
		m := s.say(fmt.Sprint("prompt", i))
		m.Urgency = conversations.Prompt
		s.leave(id, m)
		clients = append(clients, id)
	}
	return clients
}

// Two processes share what one number may send: of a batch one text goes at
// every beat of the clock, whichever process sends it, and never a second one.
func TestTwoProcessesShareALimit(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		s.redis = storetest.Redis(s).Client
		const n = 24
		s.batch(n)
		c := newCounter(s.clock)
		a, b := s.start("a", Config{Limits: ten}, c), s.start("b", Config{Limits: ten}, c)
		for i := range n {
			s.until(fmt.Sprint("text ", i), func() bool { return len(c.all()) > i })
			s.clock.move(beat)
		}
		at := map[time.Time]int{}
		for _, came := range c.all() {
			at[came.at]++
		}
		if len(c.all()) != n || len(at) != n {
			s.Errorf("%d texts at %d beats, want %d at as many", len(c.all()), len(at), n)
		}
		a.end()
		b.end()
	})
}

// Answers go while a batch goes, also to somebody whose own text of the batch
// still waits.
func TestAnswersOvertakeALimitedBatch(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		s.redis = storetest.Redis(s).Client
		const n = 60
		clients := s.batch(n)
		john, amina := s.client(), s.client()
		c := newCounter(s.clock)
		a, b := s.start("a", Config{Limits: ten}, c), s.start("b", Config{Limits: ten}, c)
		beats := 0
		on := func(until func() bool) {
			s.Helper()
			s.until("the batch goes on", func() bool {
				if came := len(c.all()); came > beats {
					beats = came
					s.clock.move(beat)
				}
				return until()
			})
		}
		on(func() bool { return len(c.all()) >= 5 })
		// The clock stands: nothing of the batch can go, and these can.
		s.until("the batch stands", func() bool { return len(c.all()) > beats })
		beats = len(c.all())
		a.turn(john, s.say("john"))
		b.turn(amina, s.say("amina"))
		s.until("answers while the batch stands", func() bool { return c.place("john") >= 0 && c.place("amina") >= 0 })
		if j, am := c.place("john"), c.place("amina"); max(j, am) != beats+1 {
			s.Errorf("the answers came as numbers %d and %d, after %d", j, am, beats)
		}
		before := len(c.all())
		late := clients[n-1]
		a.turn(late, s.say("late"))
		on(func() bool { return c.place("late") >= 0 })
		if place := c.place("late"); place > before+12 || c.place(fmt.Sprint("prompt", n-1)) >= 0 && c.place(fmt.Sprint("prompt", n-1)) < place-12 {
			s.Errorf("the answer to one of the batch came as number %d, committed after %d", place, before)
		}
		a.end()
		b.end()
	})
}

// A carrier's wish to wait that one process hears is kept by the other, for
// answers as well.
func TestRetryAfterIsShared(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		s.redis = storetest.Redis(s).Client
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, try int) Result {
			if m.ID == "refused" && try == 0 {
				return Result{Outcome: Retry, Code: "20429", After: 30 * time.Second}
			}
			return accepted(m)
		}
		a, b := s.start("a", Config{Limits: ten}, p), s.start("b", Config{Limits: ten}, p)
		john, amina, owen := s.client(), s.client(), s.client()
		a.turn(john, s.say("refused"))
		a.await(1)
		prompt := s.say("prompt")
		prompt.Urgency = conversations.Prompt
		b.turn(amina, s.say("answer"))
		b.turn(owen, prompt)
		b.await(2)
		want := fate{conversations.Queued, reasonHeldBack}
		for id, client := range map[string]conversations.ClientID{"answer": amina, "prompt": owen} {
			if diff := cmp.Diff(want, s.fates(client)[id]); diff != "" {
				s.Errorf("%s (-want +got):\n%s", id, diff)
			}
		}
		if diff := cmp.Diff([]string{"refused"}, p.ids()); diff != "" {
			s.Error(diff)
		}
		s.clock.move(40 * time.Second)
		// The other process's own hold is by the machine's clock; it waits for it no longer than the test lasts.
		a.stop()
		s.until("all went afterwards", func() bool {
			s.clock.move(beat)
			return len(p.ids()) >= 4
		})
		if n := strings.Count(strings.Join(p.ids(), " "), "refused"); n != 2 {
			s.Errorf("what was refused was tried %d times", n)
		}
		b.end()
	})
}

// Redis dies in the middle: both go on, each with its own share, and answers
// without a pause.
func TestLimitsWithoutRedis(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		server := storetest.Redis(s)
		s.redis = server.Client
		const n = 16
		s.batch(n)
		c := newCounter(s.clock)
		var alone sync.Map
		config := Config{Limits: ten, Metrics: Metrics{Alone: func(c conversations.Channel) { alone.Store(c, true) }}}
		a, b := s.start("a", config, c), s.start("b", config, c)
		s.until("it begins", func() bool { s.clock.move(beat / 5); return len(c.all()) >= 4 })
		server.Stop()
		john, amina := s.client(), s.client()
		a.turn(john, s.say("john"))
		b.turn(amina, s.say("amina"))
		s.until("answers without Redis", func() bool { return c.place("john") >= 0 && c.place("amina") >= 0 })
		s.until("the batch ends", func() bool { s.clock.move(beat / 5); return len(c.all()) >= n+2 })
		if _, said := alone.Load(conversations.SMS); !said {
			s.Error("nobody was told that Redis is away")
		}
		seen := map[string]int{}
		for _, came := range c.all() {
			seen[came.id]++
		}
		for id, times := range seen {
			if times != 1 {
				s.Errorf("%s went %d times", id, times)
			}
		}
		a.end()
		b.end()
	})
}

// A message that waits for its permit takes no worker, and a stop gives it back.
func TestLanesParked(t *testing.T) {
	t.Parallel()
	ls := newLanes(1)
	ls.add([]job{smsJob("a", "john", conversations.Prompt), smsJob("b", "john", conversations.Prompt)}, 10)
	l, j, _ := ls.next()
	if !ls.park(l, j) {
		t.Fatal("it could not wait")
	}
	ls.add([]job{smsJob("c", "amina", conversations.Answer)}, 10)
	if diff := cmp.Diff([]string{"c"}, starts(ls)); diff != "" {
		t.Error(diff)
	}
	if n := ls.promptsOf(conversations.SMS); n != 2 {
		t.Errorf("%d prompts in memory", n)
	}
	var back []string
	for _, jobs := range ls.close() {
		back = append(back, jobIDs(jobs)...)
	}
	if diff := cmp.Diff([]string{"a", "b"}, back); diff != "" {
		t.Error(diff)
	}
	ls.wake(l)
	if got := starts(ls); got != nil || ls.promptsOf(conversations.SMS) != 0 || ls.park(l, j) {
		t.Errorf("after the end %v started, %d prompts", got, ls.promptsOf(conversations.SMS))
	}
}

// What finds no room among the unasked messages is left in the database.
func TestOnlySomePromptsAreHeld(t *testing.T) {
	t.Parallel()
	o := newOn((&table{}).at("a"), Config{Limits: ten, Now: noonNow})
	var jobs []job
	for i := range 8 {
		jobs = append(jobs, smsJob(fmt.Sprint("prompt", i), fmt.Sprint("client", i), conversations.Prompt))
	}
	jobs = append(jobs, smsJob("answer", "john", conversations.Answer))
	kept, over := o.within(jobs)
	if diff := cmp.Diff([]string{"prompt0", "prompt1", "prompt2", "prompt3", "prompt4", "answer"}, jobIDs(kept)); diff != "" {
		t.Error(diff)
	}
	if len(over) != 3 {
		t.Errorf("%d are given back", len(over))
	}
}

func noonNow() time.Time { return noon }

var _ rows = (*store.Store)(nil)
