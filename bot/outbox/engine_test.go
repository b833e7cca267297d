package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// These tests run the outbox on every real database.

func TestResultsAreOnTheCaseload(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			switch m.ID {
			case "refused":
				return Result{Outcome: Refused, Code: "21211"}
			case "blocked":
				return Result{Outcome: Refused, Code: "21610", Blocked: true}
			case "retry":
				return Result{Outcome: Retry, Code: "connect"}
			case "unknown":
				return Result{Outcome: Unknown, Code: "500"}
			}
			return accepted(m)
		}
		l := s.start("a", Config{}, &desk{phone: p}) // A desk, so that the unknown one is not given up at once.
		got := map[string]fate{}
		clients := map[string]conversations.ClientID{}
		for _, id := range []string{"sent", "refused", "blocked", "retry", "unknown"} {
			clients[id] = s.client()
			l.turn(clients[id], s.say(id))
		}
		l.await(5)
		for id, c := range clients {
			got[id] = s.fates(c)[id]
		}
		want := map[string]fate{
			"sent":    {conversations.Sent, ""},
			"refused": {conversations.Failed, "21211"},
			"blocked": {conversations.Failed, "21610"},
			"retry":   {conversations.Queued, "connect"},
			"unknown": {conversations.Unknown, "500"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
		reach, err := s.first.Reach(s.Context(), clients["blocked"])
		if err != nil || len(reach) != 1 || !reach[0].Blocked {
			s.Errorf("the reach of who blocked us is %+v, %v", reach, err)
		}
		if n := len(l.heard.events()); n != 2 {
			s.Errorf("%d events, want one for each that failed", n)
		}
		l.end()
	})
}

func TestProviderDownThenUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, try int) Result {
			if m.ID == "1" && try < 2 {
				return Result{Outcome: Retry, Code: "connect"}
			}
			return accepted(m)
		}
		l := s.start("a", Config{}, p)
		john := s.client()
		l.turn(john, s.say("1"), s.say("2"))
		l.await(2) // One is put back, the other given back behind it.
		s.clock.move(10 * time.Second)
		l.await(1)
		s.clock.move(30 * time.Second)
		l.await(2)
		if diff := cmp.Diff([]string{"1", "1", "1", "2"}, p.ids()); diff != "" {
			s.Error(diff)
		}
		want := map[string]fate{"1": {conversations.Sent, ""}, "2": {conversations.Sent, ""}}
		if diff := cmp.Diff(want, s.fates(john)); diff != "" {
			s.Error(diff)
		}
		l.end()
	})
}

func TestStopBetweenCommitAndSend(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		john := s.client()
		prompt, crisis := s.say("prompt"), s.say("crisis")
		prompt.Urgency, crisis.Urgency = conversations.Prompt, conversations.Crisis
		late := s.say("late")
		late.Until = s.clock.now().Add(time.Minute)
		amina := s.client()
		s.leave(john, crisis, prompt)
		s.leave(amina, late)
		s.agree(john, conversations.AgreementStopped)
		s.clock.move(time.Minute)
		p := newPhone(conversations.SMS)
		l := s.start("a", Config{}, p)
		l.await(3)
		if diff := cmp.Diff([]string{"crisis"}, p.ids()); diff != "" {
			s.Error(diff)
		}
		want := map[string]fate{"crisis": {conversations.Sent, ""}, "prompt": {conversations.Dropped, "stopped"}}
		if diff := cmp.Diff(want, s.fates(john)); diff != "" {
			s.Error(diff)
		}
		if diff := cmp.Diff(map[string]fate{"late": {conversations.Dropped, "too_late"}}, s.fates(amina)); diff != "" {
			s.Error(diff)
		}
		var reasons []string
		for _, ev := range l.heard.events() {
			reasons = append(reasons, string(ev.Kind)+" "+ev.Reason)
		}
		slices.Sort(reasons)
		if diff := cmp.Diff([]string{"dropped stopped", "dropped too_late"}, reasons); diff != "" {
			s.Error(diff)
		}
		l.end()
	})
}

// What is committed while another message to the same person is under way waits
// for it and goes right after it; crisis words go before the rest.
func TestMessagesWaitForTheOneUnderWay(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		p := newPhone(conversations.SMS)
		hold := make(chan struct{})
		p.answer = func(_ context.Context, m Message, _ int) Result {
			if m.ID == "first" {
				<-hold
			}
			return accepted(m)
		}
		l := s.start("a", Config{}, p)
		john := s.client()
		l.turn(john, s.say("first"))
		<-p.called
		l.turn(john, s.say("second"))
		crisis := s.say("crisis")
		crisis.Urgency = conversations.Crisis
		l.turn(john, crisis)
		close(hold)
		l.await(3)
		if diff := cmp.Diff([]string{"first", "crisis", "second"}, p.ids()); diff != "" {
			s.Error(diff)
		}
		p.noneTwice(s.T)
		l.end()
	})
}

// A process dies with messages in its hands. The next one sends none of them
// again: it asks where it can, and has a person told where it cannot.
func TestCrash(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		dead := make(chan struct{})
		s.Cleanup(func() { close(dead) })
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-dead // It reached the phone, and nobody ever hears of it.
			return Result{}
		}
		st := s.open("killed")
		killed := New(Config{
			Store: st, Senders: []Sender{p}, Now: s.clock.now, Workers: 1,
			Event: (&listener{}).event, Logger: slog.New(slog.DiscardHandler),
		})
		killed.begin(s.Context()) // Never ended, and never sweeping.
		john, amina := s.client(), s.client()
		for i, c := range []conversations.ClientID{john, amina} {
			m := s.say(fmt.Sprint("claimed", i))
			killed.Offer(s.commit(st, c, nil, m).Claimed)
		}
		<-p.called

		q := newPhone(conversations.SMS)
		d := &desk{phone: q, ask: func(m Message) (Result, bool, error) {
			return accepted(m), m.ID == "claimed0", nil
		}}
		l := s.start("next", Config{}, d)
		l.turn(s.client(), s.say("new"))
		l.await(1)
		s.clock.move(time.Minute) // Beyond the claim and its grace.
		s.until("the first was found", func() bool { return s.fates(john)["claimed0"].Delivery == conversations.Sent })
		s.until("the second is unknown", func() bool { return s.fates(amina)["claimed1"].Delivery == conversations.Unknown })
		if n := len(l.heard.events()); n != 0 {
			s.Errorf("%d events before the provider was asked for the last time", n)
		}
		s.until("both were asked about", func() bool { return len(d.askedAt()) == 2 })
		s.clock.move(10 * time.Minute)
		s.until("a person was told", func() bool { return len(l.heard.events()) > 0 })
		want := []conversations.Event{{
			Kind: conversations.EventUnknown, Client: amina, Message: "claimed1", Channel: conversations.SMS, Urgency: conversations.Answer,
		}}
		if diff := cmp.Diff(want, l.heard.events()); diff != "" {
			s.Error(diff)
		}
		if diff := cmp.Diff([]string{"new"}, q.ids()); diff != "" {
			s.Errorf("the next process sent: %s", diff)
		}
		l.end()
	})
}

// A process stops while it works through a batch; another one takes over. All
// arrive, none twice, none unknown.
func TestHandOver(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		p := newPhone(conversations.SMS)
		var clients []conversations.ClientID
		for i := range 20 {
			c := s.client()
			clients = append(clients, c)
			s.leave(c, s.say(fmt.Sprint("a", i)), s.say(fmt.Sprint("b", i)))
		}
		a := s.start("a", Config{Workers: 4}, p)
		for range 8 {
			<-p.called
		}
		a.end()
		b := s.start("b", Config{Workers: 4}, p)
		s.until("all are sent", func() bool { return len(p.ids()) == 40 })
		b.end()
		for _, c := range clients {
			for id, f := range s.fates(c) {
				if f.Delivery != conversations.Sent {
					s.Errorf("%s is %s (%s)", id, f.Delivery, f.Code)
				}
			}
		}
		p.noneTwice(s.T)
	})
}

// Two processes on one database, half of the messages handed over in memory and
// half left to the sweeps: each is sent exactly once, and each person gets
// theirs in order.
func TestTwoProcessesSendEachOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		const people, each = 100, 5
		p := newPhone(conversations.SMS)
		c := Config{Every: 50 * time.Millisecond, Reconcile: time.Second}
		a, b := s.start("a", c, p), s.start("b", c, p)
		var clients []conversations.ClientID
		for range people {
			clients = append(clients, s.client())
		}
		name := func(i, turn int) string { return fmt.Sprintf("%d/%d", i, turn) }
		for i, c := range clients {
			if i%2 == 0 {
				continue
			}
			var left []store.Message
			for turn := range each {
				left = append(left, s.say(name(i, turn)))
			}
			s.leave(c, left...)
		}
		for turn := range each {
			for i := 0; i < people; i += 2 {
				[]*live{a, b}[(i/2+turn)%2].turn(clients[i], s.say(name(i, turn)))
			}
		}
		s.until("all are sent", func() bool { return len(p.ids()) >= people*each })
		a.end()
		b.end()
		p.noneTwice(s.T)
		next := map[string]int{}
		for _, id := range p.ids() {
			person, turn, _ := strings.Cut(id, "/")
			if want := fmt.Sprint(next[person]); turn != want {
				s.Errorf("person %s got message %s before %s", person, turn, want)
			}
			next[person]++
		}
		for i, c := range clients {
			fates := s.fates(c)
			for turn := range each {
				if f := fates[name(i, turn)]; f.Delivery != conversations.Sent {
					s.Errorf("%d/%d is %s (%s)", i, turn, f.Delivery, f.Code)
				}
			}
		}
	})
}

// An answer to somebody who is not on the caseload goes back where the text
// came from; that it failed is recorded and told nobody.
func TestAnswerToAStranger(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *stage) {
		p := newPhone(conversations.SMS)
		p.answer = func(context.Context, Message, int) Result { return Result{Outcome: Refused, Code: "21211"} }
		l := s.start("a", Config{}, p)
		loaded, err := l.store.Load(s.Context(), conversations.Event{
			Kind: conversations.EventText, Text: "who is this", ProviderID: "SM1",
			From: conversations.Address{Channel: conversations.SMS, Value: "+447700900555"},
		}, s.clock.now())
		if err != nil {
			s.Fatal(err)
		}
		done, err := l.store.Commit(s.Context(), store.Turn{
			Loaded: loaded, Inbound: "in", State: conversations.State{Version: conversations.StateVersion},
			Messages: []store.Message{s.say("answer")}, Now: s.clock.now(),
		})
		if err != nil {
			s.Fatal(err)
		}
		l.Offer(done.Claimed)
		l.await(1)
		if diff := cmp.Diff([]string{"answer"}, p.ids()); diff != "" {
			s.Error(diff)
		}
		if got := l.heard.events(); got != nil {
			s.Errorf("events: %v", got)
		}
		l.end()
	})
}
