package main_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/bot/schedule"
	"alongside/bot/turn"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"

	"github.com/google/go-cmp/cmp"
)

// nudging is a caseload with the turns and the jobs of one process at work, and
// nothing that sends.
type nudging struct {
	*testing.T
	store   *store.Store
	turn    *turn.Runner
	sam     conversations.SpecialistID
	clients []conversations.ClientID
	now     atomic.Int64
	made    atomic.Int64
	// before is asked before each turn of a nudge, by its number; it may fail it.
	before func(n int64) error
	turns  atomic.Int64
}

// onEachNudging runs a test with so many clients who agreed, on every database.
func onEachNudging(t *testing.T, clients int, test func(n *nudging)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		keys, err := seal.Parse(seal.New())
		ok(t, err)
		n := &nudging{T: t}
		n.now.Store(time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC).UnixMilli())
		n.store, err = store.Open(t.Context(), store.Config{DatabaseURL: db.URL, Keys: keys, Owner: "one", Now: n.clock})
		ok(t, err)
		t.Cleanup(func() { _ = n.store.Close() })
		words, err := templates.LoadEmbedded()
		ok(t, err)
		way, err := templates.Pathway("ips")
		ok(t, err)
		way.Languages = []string{"en", "cy"}
		lexicons, err := understand.Compile(nil)
		ok(t, err)
		n.turn = turn.New(turn.Config{
			Store: n.store, Words: words, Now: n.clock, Rules: conversations.Rules{Pathway: way, Lexicons: lexicons},
			NewID: func() string { return fmt.Sprintf("m%06d", n.made.Add(1)) },
		})
		n.sam, err = n.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
		ok(t, err)
		for i := range clients {
			id, err := n.store.AddClient(t.Context(), store.NewClient{
				Specialist: n.sam, FullName: "John Example", Language: "en", Mobile: fmt.Sprintf("+4477009%05d", i),
			})
			ok(t, err)
			n.clients = append(n.clients, id)
			n.run(conversations.Event{Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"})
		}
		test(n)
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (n *nudging) clock() time.Time { return time.UnixMilli(n.now.Load()).UTC() }

func (n *nudging) run(ev conversations.Event) {
	n.Helper()
	ok(n.T, n.turn.Run(n.Context(), ev))
}

// event is the turn, as the jobs see it.
func (n *nudging) event(ctx context.Context, ev conversations.Event) error {
	if ev.Kind == conversations.EventNudge && n.before != nil {
		if err := n.before(n.turns.Add(1)); err != nil {
			return err
		}
	}
	return n.turn.Run(ctx, ev)
}

// leap works what is due, as one process.
func (n *nudging) leap() error {
	_, _, err := schedule.New(schedule.Config{Store: n.store, Event: n.event, Now: n.clock, Logger: slog.New(slog.DiscardHandler)}).Leap(n.Context())
	return err
}

// nudge adds one to every client.
func (n *nudging) nudge(words map[string]string, at time.Time) conversations.NudgeID {
	n.Helper()
	id, err := n.store.AddNudge(n.Context(), store.NewNudge{Nudge: conversations.Nudge{Words: words, Bulk: true}, By: n.sam, Clients: n.clients, At: at})
	ok(n.T, err)
	return id
}

// fates counts what became of a nudge: state, delivery and reason.
func (n *nudging) fates(id conversations.NudgeID) map[string]int {
	n.Helper()
	counts, err := n.store.NudgeCounts(n.Context(), id)
	ok(n.T, err)
	out := map[string]int{}
	for _, c := range counts {
		out[fmt.Sprintf("%s %s %s", c.State, c.Delivery, c.Reason)] += c.Count
	}
	return out
}

func (n *nudging) said(client conversations.ClientID) (texts []string) {
	n.Helper()
	page, err := n.store.Conversation(n.Context(), client, "", 50)
	ok(n.T, err)
	for _, m := range page.Messages {
		if !m.In && m.Key == "nudge.own" {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

var english = map[string]string{"en": "I hope that your week goes well."}

// A job ends anywhere, is run again, by two processes at once: each client gets
// the nudge once.
func TestANudgeIsSaidOnceToEach(t *testing.T) {
	t.Parallel()
	onEachNudging(t, 40, func(n *nudging) {
		n.run(conversations.Event{Kind: conversations.EventHeld, Client: n.clients[3], By: n.sam})
		n.run(conversations.Event{Kind: conversations.EventAgreement, Client: n.clients[5], Channel: conversations.SMS, Agreement: conversations.AgreementStopped, How: "in person"})
		id := n.nudge(english, time.Time{})
		broken := errors.New("the process ends")
		n.before = func(i int64) error {
			if i > 10 && i < 30 {
				return broken
			}
			return nil
		}
		if err := n.leap(); err == nil {
			n.Fatal("the job did not notice that turns failed")
		}
		nudge, err := n.store.Nudge(n.Context(), id)
		ok(n.T, err)
		if nudge.State != store.NudgeRunning {
			n.Fatalf("half-way it is %s", nudge.State)
		}
		n.before = nil
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { _ = n.leap() })
		}
		both.Wait()
		ok(n.T, n.leap())
		want := map[string]int{"said queued ": 38, "skipped  hold": 1, "skipped  stopped": 1}
		if diff := cmp.Diff(want, n.fates(id)); diff != "" {
			n.Errorf("what became of it (-want +got):\n%s", diff)
		}
		for i, c := range n.clients {
			times := 1
			if i == 3 || i == 5 {
				times = 0
			}
			if texts := n.said(c); len(texts) != times || times > 0 && texts[0] != "Sam: I hope that your week goes well." {
				n.Errorf("client %d was told %q", i, texts)
			}
		}
		if nudge, err = n.store.Nudge(n.Context(), id); err != nil || nudge.State != store.NudgeDone {
			n.Errorf("in the end it is %s (%v)", nudge.State, err)
		}
	})
}

// A stop half-way: what no carrier has is taken back, the rest is not said, and
// the next nudge finds the budget as if there had been none.
func TestANudgeIsStoppedHalfWay(t *testing.T) {
	t.Parallel()
	onEachNudging(t, 30, func(n *nudging) {
		id := n.nudge(english, time.Time{})
		n.before = func(i int64) error {
			if i == 12 {
				return n.store.StopNudge(n.Context(), id)
			}
			return nil
		}
		ok(n.T, n.leap())
		fates := n.fates(id)
		back, never := fates["taken_back dropped nudge_stopped"], fates["stopped  nudge_stopped"]
		if back+never != 30 || back == 0 || never == 0 {
			n.Fatalf("what became of it: %v", fates)
		}
		for _, err := range []error{n.store.StopNudge(n.Context(), id), n.store.CancelNudge(n.Context(), id), n.store.SetNudge(n.Context(), id, store.NudgeChange{Says: true, Words: english})} {
			if !errors.Is(err, store.ErrConflict) {
				n.Errorf("once it is stopped: %v", err)
			}
		}
		n.before = nil
		again := n.nudge(map[string]string{"en": "I hope that your day goes well."}, time.Time{})
		ok(n.T, n.leap())
		if diff := cmp.Diff(map[string]int{"said queued ": 30}, n.fates(again)); diff != "" {
			n.Errorf("the next one (-want +got):\n%s", diff)
		}
	})
}

// Before it begins it can be changed and cancelled; the job of the time before
// does nothing.
func TestANudgeIsChangedBeforeItBegins(t *testing.T) {
	t.Parallel()
	onEachNudging(t, 2, func(n *nudging) {
		in := func(d time.Duration) time.Time { return n.clock().Add(d) }
		id, cancelled := n.nudge(english, in(time.Hour)), n.nudge(english, in(time.Hour))
		later := in(2 * time.Hour)
		ok(n.T, n.store.SetNudge(n.Context(), id, store.NudgeChange{At: &later, Says: true, Words: map[string]string{"en": "See you soon."}}))
		ok(n.T, n.store.CancelNudge(n.Context(), cancelled))
		n.now.Add((90 * time.Minute).Milliseconds())
		ok(n.T, n.leap())
		if got := append(n.said(n.clients[0]), n.said(n.clients[1])...); len(got) > 0 {
			n.Errorf("too early: %q", got)
		}
		n.now.Add((31 * time.Minute).Milliseconds())
		ok(n.T, n.leap())
		if diff := cmp.Diff([]string{"Sam: See you soon."}, n.said(n.clients[0])); diff != "" {
			n.Error(diff)
		}
		if diff := cmp.Diff(map[string]int{"stopped  cancelled": 2}, n.fates(cancelled)); diff != "" {
			n.Error(diff)
		}
	})
}

// The same request twice makes one nudge, of the same maker.
func TestANudgeIsMadeOnce(t *testing.T) {
	t.Parallel()
	onEachNudging(t, 1, func(n *nudging) {
		made := func(once string) conversations.NudgeID {
			id, err := n.store.AddNudge(n.Context(), store.NewNudge{
				Nudge: conversations.Nudge{Template: "nudge.well_done"}, By: n.sam, Clients: n.clients, Once: once,
			})
			ok(n.T, err)
			return id
		}
		first, again, other, none, noneAgain := made("a"), made("a"), made("b"), made(""), made("")
		if first != again || first == other || none == noneAgain {
			n.Errorf("made %s, %s, %s, %s, %s", first, again, other, none, noneAgain)
		}
	})
}

// What waits in memory to be sent is asked about once more: a message of a nudge
// that was stopped since does not go. One that a person wrote to this client alone
// goes in spite of a hold.
func TestANudgeIsAskedAboutBeforeItGoes(t *testing.T) {
	t.Parallel()
	onEachNudging(t, 2, func(n *nudging) {
		id := n.nudge(english, time.Time{})
		ok(n.T, n.leap())
		// The welcome goes first on each line; then the nudge can be claimed.
		claimed := n.claim()
		ok(n.T, n.store.StopNudge(n.Context(), id))
		reasons, err := n.store.Still(n.Context(), claimed, n.clock())
		ok(n.T, err)
		if len(claimed) != 2 || reasons[claimed[0]] != conversations.NudgeStopped || reasons[claimed[1]] != conversations.NudgeStopped {
			n.Errorf("claimed %d, reasons %v", len(claimed), reasons)
		}
		n.now.Add((24 * time.Hour).Milliseconds())
		n.run(conversations.Event{Kind: conversations.EventHeld, Client: n.clients[0], By: n.sam})
		_, err = n.store.AddNudge(n.Context(), store.NewNudge{Nudge: conversations.Nudge{Words: english}, By: n.sam, Clients: n.clients[:1]})
		ok(n.T, err)
		ok(n.T, n.leap())
		page, err := n.store.Conversation(n.Context(), n.clients[0], "", 50)
		ok(n.T, err)
		last := page.Messages[len(page.Messages)-1]
		reasons, err = n.store.Still(n.Context(), []conversations.MessageID{last.ID}, n.clock())
		ok(n.T, err)
		if last.Key != "nudge.own" || reasons[last.ID] != "" {
			n.Errorf("the last message is %s, and %q keeps it", last.Key, reasons[last.ID])
		}
	})
}

// claim takes the nudges that are due, once what was said before them is sent.
func (n *nudging) claim() (nudges []conversations.MessageID) {
	n.Helper()
	for range 5 {
		sends, err := n.store.Claim(n.Context(), n.clock(), 100)
		ok(n.T, err)
		for _, s := range sends {
			if s.Text == "Sam: "+english["en"] {
				nudges = append(nudges, s.ID)
			}
		}
		if len(nudges) > 0 {
			return nudges
		}
		var results []store.SendResult
		for _, client := range n.clients {
			page, err := n.store.Conversation(n.Context(), client, "", 50)
			ok(n.T, err)
			for _, m := range page.Messages {
				if m.Delivery == conversations.Sending {
					results = append(results, store.SendResult{ID: m.ID, Delivery: conversations.Sent, ProviderID: "SM" + string(m.ID)})
				}
			}
		}
		ok(n.T, n.store.WriteResults(n.Context(), results, n.clock()))
	}
	return nil
}
