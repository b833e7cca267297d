package bench

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/outbox"
	"alongside/bot/schedule"
	"alongside/bot/turn"
	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// Reminders with the real turn, store, schedule and outbox: only the carrier and
// the clock are pretended.

// hands is a clock that stands still until a test moves it.
type hands struct{ at atomic.Int64 }

func (h *hands) now() time.Time  { return time.UnixMilli(h.at.Load()).UTC() }
func (h *hands) set(t time.Time) { h.at.Store(t.UnixMilli()) }
func (h *hands) to(hour string)  { h.set(on(h.now(), hour)) }

// on is an hour of a day; in November London's clock is UTC's.
func on(day time.Time, hour string) time.Time {
	t, err := time.Parse("15:04", hour)
	if err != nil {
		panic(err)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// got is what a phone was handed.
type got struct {
	id       conversations.MessageID
	to, text string
	at       time.Time
}

// phone is the pretend carrier.
type phone struct {
	clock *hands
	// down says that the carrier cannot be reached.
	down atomic.Bool
	// gate holds what goes to the numbers in held until it is closed; each is told
	// on waits.
	gate, waits chan struct{}
	held        map[string]bool

	mu  sync.Mutex
	all []got
}

func (p *phone) Channel() conversations.Channel { return conversations.SMS }

func (p *phone) Send(_ context.Context, m outbox.Message) outbox.Result {
	if p.down.Load() {
		return outbox.Result{Outcome: outbox.Retry, Code: "connect"}
	}
	p.mu.Lock()
	held := p.held[m.To.Value]
	p.mu.Unlock()
	if held {
		p.waits <- struct{}{}
		<-p.gate
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, got{m.ID, m.To.Value, m.Text, p.clock.now()})
	return outbox.Result{Outcome: outbox.Sent, ProviderID: "SM" + string(m.ID)}
}

func (p *phone) hold(number string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[number] = true
}

// forget forgets what was handed over so far: the welcomes.
func (p *phone) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = nil
}

// sent is what every number was handed, in order.
func (p *phone) sent() map[string][]got {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string][]got{}
	for _, g := range p.all {
		out[g.to] = append(out[g.to], g)
	}
	return out
}

// world is one service whose processes come and go.
type world struct {
	*testing.T
	db           storetest.DB
	redis        storetest.RedisServer
	keys         *seal.Keys
	clock        *hands
	phone        *phone
	words        *templates.Words
	sam          conversations.SpecialistID
	made, people atomic.Int64
}

func newWorld(t *testing.T, db storetest.DB, at time.Time) *world {
	t.Helper()
	keys, err := seal.Parse(seal.New())
	fatal(t, err)
	words, err := templates.LoadEmbedded()
	fatal(t, err)
	w := &world{T: t, db: db, keys: keys, clock: &hands{}, words: words}
	if db.Name != "sqlite" {
		w.redis = storetest.Redis(t)
	}
	w.clock.set(at)
	w.phone = &phone{clock: w.clock, gate: make(chan struct{}), waits: make(chan struct{}, 100), held: map[string]bool{}}
	return w
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// process is one running program.
type process struct {
	w        *world
	store    *store.Store
	turn     *turn.Runner
	outbox   *outbox.Outbox
	schedule *schedule.Schedule
	end      func()
}

// start runs a process. Rules are the pathway's, changed as a test wishes.
func (w *world) start(owner string, workers int, change func(*conversations.Pathway)) *process {
	w.Helper()
	p := &process{w: w}
	quiet := slog.New(slog.DiscardHandler)
	var err error
	p.store, err = store.Open(w.Context(), store.Config{
		DatabaseURL: w.db.URL, Redis: w.redis.Client, Keys: w.keys, Owner: owner, Now: w.clock.now, Logger: quiet,
	})
	fatal(w.T, err)
	pathway, err := templates.Pathway("ips")
	fatal(w.T, err)
	if change != nil {
		change(&pathway)
	}
	p.turn = turn.New(turn.Config{
		Store: p.store, Words: w.words, Rules: conversations.Rules{Pathway: pathway}, Now: w.clock.now, Logger: quiet,
		NewID: func() string { return fmt.Sprintf("%s-%06d", owner, w.made.Add(1)) },
		Offer: func(sends []store.Send, waiting bool) {
			p.outbox.Offer(sends)
			if waiting {
				p.outbox.Kick()
			}
		},
	})
	p.outbox = outbox.New(outbox.Config{
		Store: p.store, Senders: []outbox.Sender{w.phone}, Event: p.turn.Run, Now: w.clock.now, Logger: quiet, Workers: workers,
		Timeout: 24 * time.Second, Every: 20 * time.Millisecond, Reconcile: 50 * time.Millisecond,
	})
	p.schedule = schedule.New(schedule.Config{Store: p.store, Event: p.turn.Run, Now: w.clock.now, Logger: quiet, Pathway: pathway})
	ctx, stop := context.WithCancel(context.WithoutCancel(w.Context()))
	ran := make(chan error, 1)
	go func() { ran <- p.outbox.Run(ctx) }()
	p.end = sync.OnceFunc(func() {
		stop()
		if err := <-ran; err != nil {
			w.Errorf("stop %s: %v", owner, err)
		}
		if err := p.schedule.Stop(context.WithoutCancel(w.Context())); err != nil {
			w.Errorf("stop the schedule of %s: %v", owner, err)
		}
		_ = p.store.Close()
	})
	w.Cleanup(p.end)
	return p
}

func (p *process) run(ev conversations.Event) {
	p.w.Helper()
	fatal(p.w.T, p.turn.Run(p.w.Context(), ev))
}

// client adds one who agreed to texts, with a number of fiction's own.
func (p *process) client() (conversations.ClientID, string) {
	w := p.w
	w.Helper()
	var err error
	if w.sam == "" {
		w.sam, err = p.store.AddSpecialist(w.Context(), store.NewSpecialist{Name: "Sam"})
		fatal(w.T, err)
	}
	number := fmt.Sprintf("+447700900%03d", w.people.Add(1))
	id, err := p.store.AddClient(w.Context(), store.NewClient{
		Specialist: w.sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London", Mobile: number,
		Stage: conversations.StageActive, StageAt: w.clock.now(),
	})
	fatal(w.T, err)
	p.run(conversations.Event{
		Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person",
	})
	return id, number
}

// book books an appointment whose one reminder goes so long before.
func (p *process) book(client conversations.ClientID, id string, at time.Time, before time.Duration) {
	p.w.Helper()
	p.run(conversations.Event{
		Kind: conversations.EventSettings, Client: client, Settings: conversations.Settings{Reminders: &[]int{int(before.Minutes())}},
	})
	p.run(conversations.Event{Kind: conversations.EventBooked, Client: client, Appointment: conversations.Appointment{
		ID: conversations.AppointmentID(id), Kind: conversations.Regular, At: at, Minutes: 45, Status: conversations.Booked,
	}})
}

// until waits for what no signal tells.
func (w *world) until(what string, ok func() bool) {
	w.Helper()
	end := time.NewTimer(2 * time.Minute)
	defer end.Stop()
	for !ok() {
		again := time.NewTimer(20 * time.Millisecond)
		select {
		case <-again.C:
		case <-end.C:
			w.Fatalf("waited for nothing: %s", what)
		}
	}
}

// reminders are those of one client that the carrier was handed.
func (p *process) reminders(client conversations.ClientID, number string) (texts []string) {
	p.w.Helper()
	page, err := p.store.Conversation(p.w.Context(), client, "", 100)
	fatal(p.w.T, err)
	keys := map[conversations.MessageID]string{}
	for _, m := range page.Messages {
		keys[m.ID] = m.Key
	}
	for _, g := range p.w.phone.sent()[number] {
		if strings.HasPrefix(keys[g.id], "appointment.reminder") {
			texts = append(texts, g.text)
		}
	}
	return texts
}

// Twelve hours down, over a night, with reminders due at 20:00, 03:00 and 08:00 and an
// appointment at 07:00. Afterwards nothing goes at night and nothing for what is
// past, and the specialist sees what was skipped.
func TestTwelveHoursDownOverNight(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		// Tuesday: the reminders were planned by hours that the pathway has no more.
		w := newWorld(t, db, time.Date(2026, time.November, 24, 17, 50, 0, 0, time.UTC))
		planning := w.start("planning", 4, func(p *conversations.Pathway) { p.Sending = conversations.Hours{From: 0, To: 24 * 60} })
		type case_ struct {
			at     string // of Wednesday
			before time.Duration
			id     conversations.ClientID
			number string
			flag   string // what the specialist sees of it
			goes   bool
		}
		cases := map[string]*case_{
			"evening_of_the_next_day_due_20":   {at: "20:00", before: 24 * time.Hour, goes: true},
			"gone_by_due_20":                   {at: "07:00", before: 11 * time.Hour, flag: "past"},
			"gone_by_due_03":                   {at: "07:00", before: 4 * time.Hour, flag: "past"},
			"too_soon_due_03":                  {at: "10:30", before: 7*time.Hour + 30*time.Minute, flag: "too_late"},
			"afternoon_due_03":                 {at: "15:00", before: 12 * time.Hour, goes: true},
			"afternoon_due_08":                 {at: "14:00", before: 6 * time.Hour, goes: true},
			"said_by_day_while_nobody_took_it": {at: "17:50", before: 24 * time.Hour, goes: true},
		}
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			c := cases[name]
			c.id, c.number = planning.client()
		}
		w.until("the welcomes have gone", func() bool { return len(w.phone.sent()) == len(cases) })
		w.phone.forget()
		w.phone.down.Store(true)
		for name, c := range cases {
			planning.book(c.id, "a-"+name, on(w.clock.now().AddDate(0, 0, 1), c.at), c.before)
		}
		planning.end()
		done := func(p *process, kind conversations.EventKind, names ...string) func() bool {
			return func() bool {
				for _, name := range names {
					page, err := p.store.Conversation(w.Context(), cases[name].id, "", 50)
					fatal(t, err)
					if !slices.ContainsFunc(page.Events, func(e store.ThreadEvent) bool { return e.Kind == kind }) {
						return false
					}
				}
				return true
			}
		}

		// The evening before: one falls due and is said, and the carrier is away.
		evening := w.start("evening", 4, nil)
		fatal(t, evening.schedule.Start(w.Context()))
		w.until("the one of ten to six is said", done(evening, conversations.EventReminder, "said_by_day_while_nobody_took_it"))
		w.clock.to("19:59")
		evening.end()
		w.phone.down.Store(false)

		w.clock.set(on(w.clock.now().AddDate(0, 0, 1), "08:00"))
		morning := w.start("morning", 4, nil)
		fatal(t, morning.schedule.Start(w.Context()))
		w.until("every reminder is looked at", done(morning, conversations.EventReminder, slices.Collect(maps.Keys(cases))...))
		w.until("what waited in the outbox is looked at", done(morning, conversations.EventDropped, "said_by_day_while_nobody_took_it"))
		w.clock.to("09:59")
		if sent := w.phone.sent(); len(sent) > 0 {
			t.Errorf("before ten there went %v", sent)
		}
		flags, _, err := morning.store.Flags(w.Context(), store.FlagFilter{Specialist: w.sam})
		fatal(t, err)
		shown := map[conversations.AppointmentID]string{}
		for _, f := range flags {
			if f.Reason == conversations.FlagNotSent {
				shown[f.Appointment] += f.Detail
			}
		}
		want := map[conversations.AppointmentID]string{}
		for name, c := range cases {
			if c.flag != "" {
				want[conversations.AppointmentID("a-"+name)] = c.flag
			}
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("what the specialist sees was skipped (-want +got):\n%s", diff)
		}

		w.clock.to("10:00")
		w.until("what still helps has gone", func() bool { return len(w.phone.sent()) >= 4 })
		morning.end()
		for name, c := range cases {
			sent := w.phone.sent()[c.number]
			if c.goes != (len(sent) == 1) || len(sent) > 1 {
				t.Errorf("%s: %d texts", name, len(sent))
			}
			for _, g := range sent {
				if g.at.Hour() < 10 || g.at.Hour() >= 18 {
					t.Errorf("%s: it went at %s", name, g.at.Format("15:04"))
				}
			}
		}
	})
}

// A hundred appointments are moved or cancelled by one process while another has
// their reminders in its hands: none for the old time goes, and of each that was
// moved exactly one for the new.
func TestMovedWhileItsReminderIsClaimed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		const meetings, workers = 100, 8
		w := newWorld(t, db, time.Date(2026, time.November, 24, 11, 0, 0, 0, time.UTC))
		one := w.start("one", workers, nil)
		old, moved := on(w.clock.now().AddDate(0, 0, 1), "11:00"), on(w.clock.now().AddDate(0, 0, 2), "12:00")
		event := func(kind conversations.EventKind, client conversations.ClientID, at time.Time) conversations.Event {
			return conversations.Event{
				Kind: kind, Client: client, Before: 24 * 60, Appointment: conversations.Appointment{
					ID: conversations.AppointmentID("a-" + string(client)), Kind: conversations.Regular, At: at, Minutes: 45,
				},
			}
		}
		add := func() (conversations.ClientID, string) {
			id, number := one.client()
			one.book(id, "a-"+string(id), old, 24*time.Hour)
			return id, number
		}
		clients, numbers := make([]conversations.ClientID, meetings), make([]string, meetings)
		settled := func(id conversations.ClientID) {
			w.until("the welcome has gone", func() bool {
				page, err := one.store.Conversation(w.Context(), id, "", 5)
				fatal(t, err)
				return !slices.ContainsFunc(page.Messages, func(m store.ThreadMessage) bool { return m.Delivery != conversations.Sent })
			})
		}
		for i := range meetings {
			clients[i], numbers[i] = add()
		}
		for _, id := range clients {
			settled(id)
		}
		full := make([]conversations.ClientID, workers-workers/4) // The rest is kept for answers.
		for i := range full {
			id, number := add()
			full[i] = id
			settled(id)
			w.phone.hold(number)
		}
		// The first process has its hands full, so that what it claims next waits there.
		for _, id := range full {
			one.run(event(conversations.EventReminder, id, old))
			<-w.phone.waits
		}
		var all sync.WaitGroup
		for _, c := range clients {
			all.Go(func() {
				if err := one.turn.Run(w.Context(), event(conversations.EventReminder, c, old)); err != nil {
					t.Errorf("remind: %v", err)
				}
			})
		}
		all.Wait()
		claimed := 0
		for _, c := range clients {
			page, err := one.store.Conversation(w.Context(), c, "", 5)
			fatal(t, err)
			for _, m := range page.Messages {
				if m.Delivery == conversations.Sending {
					claimed++
				}
			}
		}
		if claimed != meetings {
			t.Errorf("%d reminders are claimed, want all %d: the test shows nothing", claimed, meetings)
		}
		other := w.start("other", 4, nil)
		w.phone.forget()
		free := make(chan struct{}, 8)
		for i, c := range clients {
			kind, at := conversations.EventMoved, moved
			if i%2 == 1 {
				kind, at = conversations.EventCancelled, old
			}
			free <- struct{}{}
			all.Go(func() {
				defer func() { <-free }()
				if err := other.turn.Run(w.Context(), event(kind, c, at)); err != nil {
					t.Errorf("change %d: %v", i, err)
				}
			})
		}
		all.Wait()
		close(w.phone.gate)
		w.until("everybody has the news", func() bool { return len(w.phone.sent()) >= meetings+len(full) })

		// The next day the new reminders fall due, on both processes, and with them
		// those of the old time once more.
		w.clock.set(moved.Add(-24 * time.Hour))
		for _, c := range clients {
			for _, p := range []*process{one, other} {
				for _, at := range []time.Time{moved, old} {
					all.Go(func() {
						if err := p.turn.Run(w.Context(), event(conversations.EventReminder, c, at)); err != nil {
							t.Errorf("remind: %v", err)
						}
					})
				}
			}
			all.Wait()
		}
		w.until("the new reminders have gone", func() bool {
			sent := w.phone.sent()
			for i := 0; i < meetings; i += 2 {
				if len(sent[numbers[i]]) < 2 {
					return false
				}
			}
			return true
		})
		other.end()
		for i, c := range clients {
			texts := one.reminders(c, numbers[i])
			want := 1 - i%2
			if len(texts) != want {
				t.Errorf("meeting %d: %d reminders went, want %d: %q", i, len(texts), want, texts)
			}
			for _, text := range texts {
				if !strings.Contains(text, "Thursday 26 November") || strings.Contains(text, "Wednesday") {
					t.Errorf("meeting %d: %q", i, text)
				}
			}
		}
	})
}
