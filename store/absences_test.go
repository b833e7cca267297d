package store_test

import (
	"slices"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// another adds a specialist.
func (f *fixture) another(name, phone string) conversations.SpecialistID {
	f.Helper()
	f.tick()
	id, err := f.store.AddSpecialist(f.Context(), store.NewSpecialist{Name: name, Phone: phone})
	if err != nil {
		f.Fatal(err)
	}
	return id
}

// away writes an absence from and until so many hours from now.
func (f *fixture) away(who, cover conversations.SpecialistID, from, until int) store.Absence {
	f.Helper()
	f.tick()
	a, err := f.store.SetAbsence(f.Context(), store.Absence{
		Specialist: who, Cover: cover, From: f.now.Add(time.Duration(from) * time.Hour), Until: f.now.Add(time.Duration(until) * time.Hour),
	}, "duty", f.now)
	if err != nil {
		f.Fatal(err)
	}
	return a
}

// covered is who stands in for the client's specialist, as a turn sees it.
func (f *fixture) covered(client conversations.ClientID) string {
	f.Helper()
	l := f.load(conversations.Event{Kind: conversations.EventReminder, Client: client})
	switch c := l.Facts.Cover; {
	case c.Absence == "":
		return "nobody"
	case c.ID == "":
		return "lead"
	default:
		return c.Name
	}
}

// The cover, theirs where they are away too, and then the lead; nobody before and
// after, nobody once it has ended early.
func TestWhoStandsIn(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		maria, noor := f.another("Maria", "07700 900301"), f.another("Noor", "07700 900302")
		is := func(want string) {
			f.Helper()
			if got := f.covered(client); got != want {
				f.Errorf("%s stands in, want %s", got, want)
			}
		}
		is("nobody")
		sams := f.away(f.sam, maria, 1, 100)
		is("nobody")
		f.now = f.now.Add(time.Hour)
		is("Maria")
		// By the address that writes, with the names that the client reads.
		l := f.load(f.text(at, "hello"))
		want := conversations.Cover{Absence: sams.ID, ID: maria, Name: "Maria", Until: sams.Until.Truncate(time.Millisecond)}
		got := l.Facts.Cover
		got.Until = got.Until.UTC()
		if diff := cmp.Diff(want, got); diff != "" {
			f.Errorf("cover (-want +got):\n%s", diff)
		}
		marias := f.away(maria, noor, 0, 10)
		is("Noor")
		f.away(noor, f.sam, 0, 5)
		is("lead")
		f.now = f.now.Add(6 * time.Hour)
		is("Noor")
		if err := f.store.EndAbsence(f.Context(), marias.ID, "duty"); err != nil {
			f.Fatal(err)
		}
		is("Maria")
		if c, err := f.store.Cover(f.Context(), f.sam, f.now); err != nil || c.ID != maria {
			f.Errorf("cover %+v, %v", c, err)
		}

		// Longer, with another cover; and then back at once.
		f.tick()
		sams.Cover, sams.Until = noor, sams.Until.Add(48*time.Hour)
		if _, err := f.store.SetAbsence(f.Context(), sams, "duty", f.now); err != nil {
			f.Fatal(err)
		}
		is("Noor")
		f.tick()
		if err := f.store.EndAbsence(f.Context(), sams.ID, "duty"); err != nil {
			f.Fatal(err)
		}
		is("nobody")
		over, err := f.store.Absence(f.Context(), sams.ID)
		if err != nil || over.Until.After(f.now) {
			f.Errorf("it ends at %v: %v", over.Until, err)
		}
		if err := f.store.EndAbsence(f.Context(), sams.ID, "duty"); err != nil {
			f.Errorf("ended twice: %v", err)
		}
		f.tick()
		sams.Until = f.now.Add(time.Hour)
		_, err = f.store.SetAbsence(f.Context(), sams, "duty", f.now)
		if r := store.Refusals(err); len(r) != 1 || r[0].Code != store.RefusedClosed {
			f.Errorf("changed when it was over: %v", err)
		}
		// One that has not begun is taken back.
		next := f.away(f.sam, maria, 24, 48)
		if err := f.store.EndAbsence(f.Context(), next.ID, "duty"); err != nil {
			f.Fatal(err)
		}
		_, err = f.store.Absence(f.Context(), next.ID)
		f.wantErr(err, store.ErrNotFound)
		all, err := f.store.Absences(f.Context(), f.sam)
		if err != nil || len(all) != 1 {
			f.Errorf("%d absences: %v", len(all), err)
		}
	})
}

func TestAbsencesThatAreRefused(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		maria := f.another("Maria", "07700 900301")
		f.away(f.sam, maria, 24, 48)
		hours := func(n int) time.Time { return f.now.Add(time.Duration(n) * time.Hour) }
		for name, row := range map[string]struct {
			a    store.Absence
			code string
		}{
			"for_themselves":     {store.Absence{Specialist: f.sam, Cover: f.sam, From: hours(100), Until: hours(110)}, store.RefusedValue},
			"nobody":             {store.Absence{Specialist: f.sam, From: hours(100), Until: hours(110)}, store.RefusedEmpty},
			"somebody_unknown":   {store.Absence{Specialist: f.sam, Cover: "nobody", From: hours(100), Until: hours(110)}, store.RefusedUnknown},
			"ends_before_it":     {store.Absence{Specialist: f.sam, Cover: maria, From: hours(100), Until: hours(90)}, store.RefusedValue},
			"over_already":       {store.Absence{Specialist: f.sam, Cover: maria, From: hours(-100), Until: hours(-90)}, store.RefusedPast},
			"longer_than_a_year": {store.Absence{Specialist: f.sam, Cover: maria, From: hours(100), Until: hours(100 + 24*500)}, store.RefusedValue},
			"begins_within":      {store.Absence{Specialist: f.sam, Cover: maria, From: hours(30), Until: hours(60)}, store.RefusedOverlaps},
			"holds_the_other":    {store.Absence{Specialist: f.sam, Cover: maria, From: hours(1), Until: hours(60)}, store.RefusedOverlaps},
		} {
			_, err := f.store.SetAbsence(f.Context(), row.a, "duty", f.now)
			if r := store.Refusals(err); len(r) != 1 || r[0].Code != row.code {
				f.Errorf("%s: %v, want %s", name, err, row.code)
			}
		}
		_, err := f.store.SetAbsence(f.Context(), store.Absence{Specialist: "nobody", Cover: maria, From: hours(1), Until: hours(2)}, "duty", f.now)
		f.wantErr(err, store.ErrNotFound)
		// One after the other is no overlap, and neither is that of the cover.
		f.away(f.sam, maria, 50, 60)
		f.away(maria, f.sam, 24, 48)
	})
}

// What the cover's lists hold while an absence lasts, what the specialist finds
// afterwards, and that nobody else's clients are among it.
func TestTheListsOfTheCover(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		maria, noor := f.another("Maria", "07700 900301"), f.another("Noor", "07700 900302")
		lists := func(of conversations.SpecialistID) (n int) {
			f.Helper()
			clients, _, err := f.store.Clients(f.Context(), of, store.Page{})
			if err != nil {
				f.Fatal(err)
			}
			flags, _, err := f.store.Flags(f.Context(), store.FlagFilter{Specialist: of})
			if err != nil {
				f.Fatal(err)
			}
			alerts, _, err := f.store.Alerts(f.Context(), store.AlertFilter{Specialist: of, Closed: true})
			if err != nil {
				f.Fatal(err)
			}
			under, err := f.store.UnderwayOf(f.Context(), of)
			if err != nil {
				f.Fatal(err)
			}
			if len(clients) != len(flags) || len(flags) != len(alerts) || len(alerts) != len(under) {
				f.Errorf("%d clients, %d flags, %d alerts, %d under way", len(clients), len(flags), len(alerts), len(under))
			}
			return len(clients)
		}
		f.do(f.text(at, "before"))
		f.tick()
		a := f.away(f.sam, maria, 0, 100)
		f.tick()
		f.do(f.text(at, "something"), conversations.RaiseFlag{Reason: conversations.FlagMessage}, conversations.RaiseAlert{Danger: understand.DangerSelf})
		f.tick()
		f.do(conversations.Event{Kind: conversations.EventBooked, Client: client}, conversations.Book{
			Appointment: conversations.Appointment{ID: "a1", Kind: conversations.Regular, At: f.now.Add(48 * time.Hour)},
		})
		f.tick()
		for who, want := range map[conversations.SpecialistID]int{f.sam: 1, maria: 1, noor: 0} {
			if got := lists(who); got != want {
				f.Errorf("%s has %d, want %d", who, got, want)
			}
		}
		f.away(maria, noor, 0, 10)
		f.tick()
		if got := lists(noor); got != 1 {
			f.Errorf("the cover's cover has %d", got)
		}
		alerts, _, err := f.store.Alerts(f.Context(), store.AlertFilter{})
		if err != nil || len(alerts) != 1 {
			f.Fatal(alerts, err)
		}
		due, err := f.store.DueAlert(f.Context(), alerts[0].ID)
		if err != nil || due.Specialist.ID != f.sam || due.Cover.Absence != a.ID || due.Covering.ID != noor || due.Covering.Phone != "+447700900302" {
			f.Errorf("the alert is told %+v, %+v: %v", due.Cover, due.Covering, err)
		}

		got, all, err := f.store.Meanwhile(f.Context(), a.ID, false, f.now)
		if err != nil || got.ID != a.ID || len(all) != 1 {
			f.Fatalf("%+v, %+v: %v", got, all, err)
		}
		m := all[0]
		if m.Client != client || len(m.Texts) != 1 || len(m.Flags) != 1 || m.Open != 1 || !slices.Equal(m.Appointments, []conversations.AppointmentID{"a1"}) ||
			len(m.Alerts) != 1 || m.Alerts[0] != alerts[0].ID {
			f.Errorf("meanwhile %+v", m)
		}
		f.now = f.now.Add(101 * time.Hour)
		f.do(f.text(at, "afterwards"), conversations.RaiseFlag{Reason: conversations.FlagMessage, Detail: "lead"})
		if lists(maria) != 0 {
			f.Error("the cover's lists hold the clients after the return")
		}
		f.tick()
		if _, all, err = f.store.Meanwhile(f.Context(), a.ID, true, f.now); err != nil || len(all) != 1 || len(all[0].Texts) != 1 {
			f.Errorf("at the return %+v: %v", all, err)
		}
		_, _, err = f.store.Meanwhile(f.Context(), "nothing", true, f.now)
		f.wantErr(err, store.ErrNotFound)
	})
}

// Whom a client named is kept sealed, changed by a row of its own, and forgotten
// when it is removed.
func TestFallbackContacts(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		other, _ := f.client()
		ann := store.FallbackContact{
			Client: client, Name: "Ann Price", Relation: "my sister", Phone: "029 2018 0123", Tell: []conversations.Tell{conversations.TellReaching},
			Words: "not about my health", On: "2026-11-20", RecordedBy: f.sam,
		}
		id, err := f.store.SetFallbackContact(f.Context(), ann)
		if err != nil {
			f.Fatal(err)
		}
		of := func() []store.FallbackContact {
			f.Helper()
			all, err := f.store.FallbackContacts(f.Context(), client, other)
			if err != nil || len(all[other]) != 0 {
				f.Fatalf("the other client has %+v: %v", all[other], err)
			}
			return all[client]
		}
		want := ann
		want.ID, want.Phone, want.RecordedAt = id, "+442920180123", f.now.Truncate(time.Millisecond)
		if diff := cmp.Diff([]store.FallbackContact{want}, of()); diff != "" {
			f.Errorf("(-want +got):\n%s", diff)
		}
		f.tick()
		ann.ID, ann.Tell, ann.On = id, []conversations.Tell{conversations.TellReaching, conversations.TellWorry}, "2026-11-22"
		if again, err := f.store.SetFallbackContact(f.Context(), ann); err != nil || again != id {
			f.Errorf("changed: %s, %v", again, err)
		}
		if got := of(); len(got) != 1 || len(got[0].Tell) != 2 || got[0].On != "2026-11-22" {
			f.Errorf("changed: %+v", got)
		}
		wrong := ann
		wrong.Client = other
		_, err = f.store.SetFallbackContact(f.Context(), wrong)
		f.wantErr(err, store.ErrNotFound)
		f.wantErr(f.store.RemoveFallbackContact(f.Context(), other, id, f.sam), store.ErrNotFound)
		_, err = f.store.SetFallbackContact(f.Context(), store.FallbackContact{Client: client, Phone: "12", Tell: []conversations.Tell{"all"}})
		if r := store.Refusals(err); len(r) != 5 {
			f.Errorf("refused %d: %v", len(r), err)
		}
		nothing := ann
		nothing.ID, nothing.Tell = "", nil
		if _, err = f.store.SetFallbackContact(f.Context(), nothing); len(store.Refusals(err)) != 1 {
			f.Errorf("nothing may be told: %v", err)
		}
		if err := f.store.RemoveFallbackContact(f.Context(), client, id, f.sam); err != nil {
			f.Fatal(err)
		}
		if got := of(); len(got) != 0 {
			f.Errorf("removed: %+v", got)
		}
		f.wantErr(f.store.RemoveFallbackContact(f.Context(), client, id, f.sam), store.ErrNotFound)
	})
}
