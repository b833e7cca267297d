package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

func (f *fixture) event(client conversations.ClientID, kind conversations.EventKind, effects ...conversations.Effect) store.Committed {
	f.Helper()
	return f.do(conversations.Event{Kind: kind, Client: client}, effects...)
}

func (f *fixture) facts(client conversations.ClientID) conversations.Facts {
	f.Helper()
	return f.load(conversations.Event{Kind: conversations.EventReminder, Client: client}).Facts
}

func TestAppointmentEffects(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		london := f.facts(client).Client.Zone
		at := func(d time.Duration) time.Time { return f.now.Add(d).In(london) }
		book := func(id conversations.AppointmentID, when time.Time) conversations.Appointment {
			a := conversations.Appointment{ID: id, Kind: conversations.Regular, At: when, Minutes: 45, Place: "the library", Status: conversations.Booked}
			f.event(client, conversations.EventBooked, conversations.Book{Appointment: a})
			return a
		}
		want := func(appointments ...conversations.Appointment) {
			f.Helper()
			if diff := cmp.Diff(appointments, f.facts(client).Appointments, sameZone); diff != "" {
				f.Errorf("appointments (-want +got):\n%s", diff)
			}
		}
		later := book("later", at(48*time.Hour))
		soon := book("soon", at(24*time.Hour))
		running := book("running", at(-3*time.Hour))
		book("past", at(-5*time.Hour))
		want(running, soon, later)

		f.event(client, conversations.EventMoved, conversations.SetAppointment{ID: "soon", Status: conversations.ChangeAsked, Proposed: at(72 * time.Hour)})
		soon.Status, soon.Proposed = conversations.ChangeAsked, at(72*time.Hour)
		want(running, soon, later)
		f.event(client, conversations.EventMoved, conversations.SetAppointment{ID: "soon", Status: conversations.Booked, At: at(72 * time.Hour)})
		soon.Status, soon.At, soon.Proposed = conversations.Booked, at(72*time.Hour), time.Time{}
		want(running, later, soon)
		f.event(client, conversations.EventCancelled, conversations.SetAppointment{ID: "later", Status: conversations.Cancelled})
		want(running, soon)

		other, _ := f.client()
		turn := f.turn(f.load(conversations.Event{Kind: conversations.EventMoved, Client: other}),
			conversations.SetAppointment{ID: "soon", Status: conversations.Cancelled})
		if _, err := f.store.Commit(f.Context(), turn); err == nil {
			f.Error("a turn changed somebody else's appointment")
		}
		want(running, soon)
	})
}

func TestAgreementEffects(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		reach := func(want ...conversations.Reach) {
			f.Helper()
			if diff := cmp.Diff(want, f.facts(client).Reach); diff != "" {
				f.Errorf("reach (-want +got):\n%s", diff)
			}
		}
		set := func(e ...conversations.Effect) { f.event(client, conversations.EventAgreement, e...) }
		chat := conversations.Address{Channel: conversations.Telegram, Value: "4242"}
		for i, a := range conversations.Agreements {
			set(conversations.SetAgreement{Channel: conversations.SMS, Agreement: a, How: "in person"})
			want := conversations.Reach{Channel: conversations.SMS, Agreement: a}
			if a == conversations.AgreementDoubted {
				want.Before = conversations.Agreements[i-1] // Once the doubt is settled it holds again.
			}
			reach(want)
		}
		f.do(conversations.Event{Kind: conversations.EventNumberChanged, Client: client, From: chat}, conversations.SetAddress{},
			conversations.SetAgreement{Channel: conversations.Telegram, Agreement: conversations.AgreementGiven, How: "link"})
		set(conversations.SetBlocked{Channel: conversations.SMS, Blocked: true})
		facts := f.facts(client).Reach
		slices.SortFunc(facts, func(a, b conversations.Reach) int { return len(a.Channel) - len(b.Channel) })
		if diff := cmp.Diff([]conversations.Reach{
			{Channel: conversations.SMS, Agreement: conversations.AgreementDoubted, Blocked: true, Before: conversations.AgreementStopped},
			{Channel: conversations.Telegram, Agreement: conversations.AgreementGiven},
		}, facts); diff != "" {
			f.Errorf("reach (-want +got):\n%s", diff)
		}
		set(conversations.SetAgreement{Agreement: conversations.AgreementStopped, How: "text"}, conversations.SetBlocked{})
		for _, r := range f.facts(client).Reach {
			if r.Agreement != conversations.AgreementStopped || r.Blocked {
				f.Errorf("after a stop on every channel: %+v", r)
			}
		}
	})
}

func TestLanguageAndClose(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.event(client, conversations.EventAgreement, conversations.SetLanguage{Language: "cy"})
		if got := f.facts(client).Client.Language; got != "cy" {
			f.Errorf("language %q", got)
		}
		f.event(client, conversations.EventClosed, conversations.Close{})
		loaded := f.load(f.text(at, "hello"))
		if loaded.Client != client || !loaded.Facts.Client.Closed {
			f.Errorf("a closed client's text: client %q, closed %t", loaded.Client, loaded.Facts.Client.Closed)
		}
		// The number may be given to somebody else, whose texts are then theirs.
		other, _ := f.client()
		f.do(conversations.Event{Kind: conversations.EventNumberChanged, Client: other, From: at}, conversations.SetAddress{})
		if got := f.load(f.text(at, "hello")).Client; got != other {
			f.Errorf("the number's new owner is %q, want %q", got, other)
		}
	})
}

func TestNumberChanged(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, old := f.client()
		_, taken := f.client()
		waiting, _ := f.answer(old, "one", conversations.Answer)
		fresh := number(900)
		f.do(conversations.Event{Kind: conversations.EventNumberChanged, Client: client, From: fresh}, conversations.SetAddress{})
		if got := f.load(f.text(old, "hello")).Client; got != "" {
			f.Errorf("the old number still belongs to %q", got)
		}
		if got := f.load(f.text(fresh, "hello")).Client; got != client {
			f.Errorf("the new number belongs to %q", got)
		}
		f.wantStill(map[conversations.MessageID]string{waiting.ID: "address_changed"}, waiting.ID)
		turn := f.turn(f.load(conversations.Event{Kind: conversations.EventNumberChanged, Client: client, From: taken}), conversations.SetAddress{})
		_, err := f.store.Commit(f.Context(), turn)
		f.wantErr(err, store.ErrConflict)
		if got := f.load(f.text(fresh, "hello")).Client; got != client {
			f.Errorf("after a refused number the client's is gone: %q", got)
		}
	})
}

func TestLinkCodeJoins(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		chat := conversations.Address{Channel: conversations.Telegram, Value: "4242"}
		code, _, err := f.beside.MakeLink(f.Context(), client, time.Hour, f.now)
		if err != nil {
			f.Fatal(err)
		}
		typed := " " + code[:4] + "-" + code[4:] + " "
		for name, ev := range map[string]conversations.Event{
			"typed": f.text(chat, typed),
			"link":  {Kind: conversations.EventLinked, From: chat, LinkCode: code},
		} {
			loaded := f.load(ev)
			if loaded.Client != client || loaded.Event.Kind != conversations.EventLinked || loaded.Event.LinkCode != code || loaded.Event.Client != client {
				f.Errorf("%s: client %q, event %+v", name, loaded.Client, loaded.Event)
			}
		}
		if got := f.load(f.text(at, typed)).Event.Kind; got != conversations.EventText {
			f.Errorf("a client's own code in a text of theirs: %q", got)
		}
		late := f.text(chat, typed)
		f.now = f.now.Add(2 * time.Hour)
		if got := f.load(late).Client; got != "" {
			f.Errorf("a code that expired belongs to %q", got)
		}
		f.now = f.now.Add(-2 * time.Hour)

		one, two := f.turn(f.load(f.text(chat, typed)), conversations.JoinAccount{}), f.turn(
			f.load(f.text(conversations.Address{Channel: conversations.Telegram, Value: "666"}, typed)), conversations.JoinAccount{})
		m := f.say("welcome", conversations.Answer)
		m.Channel = conversations.Telegram
		one.Messages = []store.Message{m}
		f.now = f.now.Add(time.Second) // Preferred from now on.
		one.Now = f.now
		done := f.commit(one)
		if len(done.Claimed) != 1 || done.Claimed[0].To != chat {
			f.Errorf("the welcome goes to %+v", done.Claimed)
		}
		// Twice is once, also when both were loaded before either was committed.
		two.Loaded.Revision++
		_, err = f.store.Commit(f.Context(), two)
		f.wantErr(err, store.ErrConflict)
		loaded := f.load(f.text(chat, "hello"))
		want := []conversations.Reach{
			{Channel: conversations.Telegram, Agreement: conversations.AgreementNone}, {Channel: conversations.SMS, Agreement: conversations.AgreementNone},
		}
		if diff := cmp.Diff(want, loaded.Facts.Reach); diff != "" || loaded.Client != client {
			f.Errorf("client %q, reach (-want +got):\n%s", loaded.Client, diff)
		}
		if got := f.load(f.text(conversations.Address{Channel: conversations.Telegram, Value: "666"}, typed)).Client; got != "" {
			f.Errorf("a used code belongs to %q", got)
		}
	})
}

func TestDropQueued(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		rows := map[string]struct {
			drop conversations.DropQueued
			want []string // what still waits
		}{
			"prompts":     {conversations.DropQueued{Reason: "stopped"}, []string{"answer", "crisis", "owed1", "owed2"}},
			"everything":  {conversations.DropQueued{Everything: true, Reason: "stopped"}, []string{"crisis"}},
			"owed":        {conversations.DropQueued{Owed: true, Appointment: "a1", Reason: "replaced"}, []string{"answer", "crisis", "owed2", "prompt1", "prompt2"}},
			"appointment": {conversations.DropQueued{Appointment: "a1", Reason: "moved"}, []string{"answer", "crisis", "owed1", "owed2", "prompt2"}},
		}
		for name, row := range rows {
			client, at := f.client()
			f.answer(at, "first", conversations.Answer) // on its way, and stays
			turn := f.turn(f.load(f.text(at, "yes")))
			names := map[conversations.MessageID]string{}
			for _, kind := range []struct {
				name        string
				urgency     conversations.Urgency
				appointment conversations.AppointmentID
				held        string
			}{
				{"crisis", conversations.Crisis, "a1", ""},
				{"answer", conversations.Answer, "", ""},
				{"owed1", conversations.Answer, "a1", "quiet_hours"},
				{"owed2", conversations.Answer, "a2", "quiet_hours"},
				{"prompt1", conversations.Prompt, "a1", ""},
				{"prompt2", conversations.Prompt, "a2", ""},
			} {
				m := f.say(kind.name, kind.urgency)
				m.Held = kind.held
				m.Appointment, names[m.ID] = kind.appointment, kind.name
				turn.Messages = append(turn.Messages, m)
			}
			f.commit(turn)
			// What the dropping turn itself says is not dropped.
			dropping := f.turn(f.load(conversations.Event{Kind: conversations.EventMoved, Client: client}), row.drop)
			own := f.say("own", conversations.Prompt)
			own.Appointment = "a1"
			dropping.Messages = []store.Message{own}
			f.commit(dropping)
			var got []string
			for id, name := range names {
				if f.delivery(id) == conversations.Queued {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(row.want, got); diff != "" {
				f.Errorf("%s: still waiting (-want +got):\n%s", name, diff)
			}
			f.wantDelivery(own.ID, conversations.Queued)
		}
	})
}

func (f *fixture) wantStill(want map[conversations.MessageID]string, ids ...conversations.MessageID) {
	f.Helper()
	got, err := f.store.Still(f.Context(), ids, f.now)
	if err != nil {
		f.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func TestStill(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		agree := func(a conversations.Agreement) conversations.Effect {
			return conversations.SetAgreement{Channel: conversations.SMS, Agreement: a, How: "text"}
		}
		starts := f.now.Add(24 * time.Hour)
		rows := map[string]struct {
			then                   conversations.Effect
			kind                   conversations.EventKind
			prompt, answer, crisis string
		}{
			"nothing":   {conversations.Skip{Key: "x", Reason: "y"}, conversations.EventAgreement, "", "", ""},
			"stopped":   {agree(conversations.AgreementStopped), conversations.EventAgreement, "stopped", "stopped", ""},
			"doubted":   {agree(conversations.AgreementDoubted), conversations.EventAgreement, "doubted", "doubted", ""},
			"declined":  {agree(conversations.AgreementDeclined), conversations.EventAgreement, "declined", "", ""},
			"asked":     {agree(conversations.AgreementAsked), conversations.EventAgreement, "not_agreed", "", ""},
			"blocked":   {conversations.SetBlocked{Channel: conversations.SMS, Blocked: true}, conversations.EventAgreement, "blocked", "", ""},
			"closed":    {conversations.Close{}, conversations.EventClosed, "closed", "", ""},
			"moved":     {conversations.SetAppointment{ID: "a", Status: conversations.Booked, At: starts.Add(time.Hour)}, conversations.EventMoved, "appointment_moved", "appointment_moved", ""},
			"cancelled": {conversations.SetAppointment{ID: "a", Status: conversations.Cancelled}, conversations.EventCancelled, "appointment_cancelled", "appointment_cancelled", ""},
			"confirmed": {conversations.SetAppointment{ID: "a", Status: conversations.Confirmed}, conversations.EventMoved, "", "", ""},
		}
		for name, row := range rows {
			client, at := f.client()
			id := conversations.AppointmentID("a-" + name)
			if e, ok := row.then.(conversations.SetAppointment); ok {
				e.ID = id
				row.then = e
			}
			turn := f.turn(f.load(f.text(at, "yes")), agree(conversations.AgreementGiven), conversations.Book{Appointment: conversations.Appointment{
				ID: id, Kind: conversations.Regular, At: starts, Status: conversations.Booked,
			}})
			var all []conversations.MessageID
			want := map[conversations.MessageID]string{}
			for urgency, reason := range map[conversations.Urgency]string{
				conversations.Prompt: row.prompt, conversations.Answer: row.answer, conversations.Crisis: row.crisis,
			} {
				m := f.say("words", urgency)
				m.Appointment, m.Stands = id, starts
				turn.Messages, all = append(turn.Messages, m), append(all, m.ID)
				if reason != "" {
					want[m.ID] = reason
				}
			}
			f.commit(turn)
			f.wantStill(map[conversations.MessageID]string{}, all...)
			f.event(client, row.kind, row.then)
			f.Log(name)
			f.wantStill(want, all...)
		}

		_, at := f.client()
		late, _ := f.answer(at, "one", conversations.Crisis)
		stranger, _ := f.answer(number(700), "two", conversations.Answer)
		f.wantStill(map[conversations.MessageID]string{}, late.ID, stranger.ID, "no such message")
		f.now = f.now.Add(24*time.Hour + time.Millisecond)
		f.wantStill(map[conversations.MessageID]string{late.ID: "too_late", stranger.ID: "too_late"}, late.ID, stranger.ID)
	})
}

// The last word of the turn that ended an agreement goes; what comes before it
// does not, nor is the opt-in question held for want of an agreement.
func TestStillKnowsTheTurn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		before, _ := f.answer(at, "before", conversations.Answer)
		turn := f.turn(f.load(f.text(at, "wrong number")),
			conversations.SetAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementDoubted, How: "text"})
		last := f.say("Sorry.", conversations.Answer)
		turn.Messages = []store.Message{last}
		f.commit(turn)
		f.wantStill(map[conversations.MessageID]string{before.ID: "doubted"}, before.ID, last.ID)

		client, _ := f.client()
		asking := f.turn(f.load(conversations.Event{Kind: conversations.EventAgreement, Client: client}),
			conversations.SetAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementAsked, How: "by letter"})
		question, news := f.say("May we?", conversations.Prompt), f.say("News.", conversations.Prompt)
		question.Question = "q1"
		asking.Messages = []store.Message{question, news}
		f.commit(asking)
		f.wantStill(map[conversations.MessageID]string{news.ID: "not_agreed"}, question.ID, news.ID)
	})
}

func TestCrisisSaid(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		f.answer(at, "crisis words", conversations.Crisis)
		said := f.now
		f.now = f.now.Add(time.Minute)
		f.answer(at, "one", conversations.Answer)
		if got := f.facts(client).CrisisSaid; !got.Equal(said) {
			f.Errorf("crisis words were said %v, want %v", got, said)
		}
	})
}

func TestAlertedUntilAnOutcome(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		if f.facts(client).Alerted {
			f.Error("alerted before any danger")
		}
		f.do(f.text(at, "x"), conversations.RaiseAlert{Danger: understand.DangerSelf})
		if !f.facts(client).Alerted {
			f.Error("not alerted while an alert is open")
		}
		if f.facts(client).Taken {
			f.Error("taken on before anybody said so")
		}
		open, _, err := f.store.Alerts(f.Context(), store.AlertFilter{})
		if err != nil || len(open) != 1 {
			f.Fatalf("%d alerts: %v", len(open), err)
		}
		if _, err := f.store.AcknowledgeAlert(f.Context(), open[0].ID, f.sam, f.now); err != nil {
			f.Fatal(err)
		}
		if !f.facts(client).Alerted {
			f.Error("an acknowledgement closed it")
		}
		if !f.facts(client).Taken {
			f.Error("not taken on after somebody said so")
		}
		if _, err := f.store.CloseAlert(f.Context(), open[0].ID, "He is with his sister.", f.sam, f.now); err != nil {
			f.Fatal(err)
		}
		if f.facts(client).Alerted {
			f.Error("still alerted after an outcome")
		}
		f.do(f.text(at, "y"), conversations.RaiseAlert{Danger: understand.DangerOverdose})
		if f.facts(client).Taken {
			f.Error("the next alert counts as taken on")
		}
	})
}

func TestFlagAndAlertEffects(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		for _, reason := range conversations.FlagReasons {
			f.do(f.text(at, "x"), conversations.RaiseFlag{Reason: reason, Appointment: "a1", Condition: "unless it rains", Detail: "d"})
		}
		for _, danger := range []understand.Danger{
			understand.DangerSelf, understand.DangerOverdose, understand.DangerOthers, understand.DangerByOthers,
			understand.DangerSomeoneElse, understand.DangerVoices,
		} {
			f.do(f.text(at, "x"), conversations.RaiseAlert{Danger: danger}, conversations.Understood{Reading: understand.Reading{Intent: understand.Crisis}})
		}
		turn := f.turn(f.load(f.text(at, "x")), conversations.SettleFlags{})
		if _, err := f.store.Commit(f.Context(), turn); err == nil {
			f.Error("every flag was settled")
		}
		f.do(f.text(at, "x"), conversations.SettleFlags{Reason: conversations.FlagLate, Appointment: "a1"},
			conversations.SettleFlags{Reason: conversations.FlagCannot}, conversations.SettleFlags{Reason: conversations.FlagQuestion, Appointment: "a2"})
		counts, err := f.beside.Counts(f.Context(), f.now)
		if err != nil {
			f.Fatal(err)
		}
		if want := len(conversations.FlagReasons) - 2; counts.OpenFlags != want {
			f.Errorf("%d open flags, want %d", counts.OpenFlags, want)
		}
	})
}

// Every kind and every status of an appointment, and every channel, can be
// written to the caseload.
func TestAppointmentKinds(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		for _, kind := range conversations.AppointmentKinds {
			f.event(client, conversations.EventBooked, conversations.Book{Appointment: conversations.Appointment{
				ID: conversations.AppointmentID(kind), Kind: kind, At: f.now,
			}})
		}
		for _, status := range conversations.AppointmentStatuses {
			f.event(client, conversations.EventMoved, conversations.SetAppointment{ID: "first", Status: status})
		}
		for _, channel := range conversations.Channels {
			f.do(f.text(conversations.Address{Channel: channel, Value: "1"}, "hello"))
		}
	})
}

// Every kind of event can be written to the caseload.
func TestEventKinds(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		for _, kind := range conversations.EventKinds {
			f.do(conversations.Event{Kind: kind, Client: client, From: at, ProviderID: "id-" + string(kind)})
		}
		if got := f.load(conversations.Event{Kind: conversations.EventReminder, Client: client}).Revision; got != int64(len(conversations.EventKinds)) {
			f.Errorf("revision %d after %d events", got, len(conversations.EventKinds))
		}
	})
}

// worker collects the jobs of one kind.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	got chan any
}

func (w *worker[T]) Work(_ context.Context, job *river.Job[T]) error {
	w.got <- job.Args
	return nil
}

func TestJobs(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		got := make(chan any, 10)
		workers := river.NewWorkers()
		river.AddWorker(workers, &worker[store.ReminderArgs]{got: got})
		river.AddWorker(workers, &worker[store.TimeoutArgs]{got: got})
		river.AddWorker(workers, &worker[store.RetryTurnArgs]{got: got})
		stop, err := f.store.StartJobs(f.Context(), store.JobConfig{Workers: workers})
		if err != nil {
			f.Fatal(err)
		}
		client, _ := f.client()
		stands := f.now.Add(time.Hour)
		f.event(client, conversations.EventBooked,
			conversations.Remind{Appointment: "a1", Stands: stands, Before: 60, At: f.now.Add(-time.Second)},
			conversations.Expect{Question: "q1", At: f.now.Add(-time.Second)},
			conversations.Expect{Question: "q2", At: f.now.Add(time.Hour)})
		want := map[any]bool{
			store.ReminderArgs{Client: client, Appointment: "a1", StandsMs: stands.UnixMilli(), Before: 60}: true,
			store.TimeoutArgs{Client: client, Question: "q1", Revision: 1}:                                  true,
		}
		for range 2 {
			select {
			case args := <-got:
				if !want[args] {
					f.Errorf("job %+v", args)
				}
				delete(want, args)
			case <-time.After(30 * time.Second):
				f.Fatal("no job ran")
			}
		}
		if err := stop(f.Context()); err != nil {
			f.Errorf("stop: %v", err)
		}
		if len(got) > 0 {
			f.Errorf("a job ran before its time: %+v", <-got)
		}
	})
}
