package caseload_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/conversations/understand"
	"alongside/store/caseload"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// open opens a caseload with the keys of a list.
func open(t *testing.T, url, list string) *caseload.Caseload {
	t.Helper()
	keys, err := seal.Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	c, err := caseload.Open(t.Context(), caseload.Config{
		DatabaseURL: url, Seal: keys, Owner: "one", Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// must ends the test at an error.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestEverySealedColumnIsKnown holds the list of what is sealed against the
// tables: what it forgets could not be opened any more once a key is replaced.
func TestEverySealedColumnIsKnown(t *testing.T) {
	t.Parallel()
	c := open(t, storetest.SQLite(t).URL, seal.New())
	want := must(c.Columns(t.Context(), "BYTEA"))(t)
	got := append(caseload.SealedColumns(), caseload.HashColumns()...)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-tables +known to Reseal):\n%s", diff)
	}
}

// TestAKeyIsReplaced seals something in every column under one key, seals all of
// it again under another, and takes the first one out.
func TestAKeyIsReplaced(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		older, newer := seal.New(), seal.New()
		before := open(t, db.URL, older)
		client := fill(t, before)
		for _, column := range caseload.SealedColumns() {
			table, name, _ := strings.Cut(column, ".")
			if n := must(before.Values(t.Context(), table, name))(t); n == 0 {
				t.Errorf("%s: nothing is in it, so that nothing is shown of it", column)
			}
		}
		if err := before.Close(); err != nil {
			t.Fatal(err)
		}

		both := open(t, db.URL, newer+","+older)
		var tables []string
		sum := must(both.Reseal(t.Context(), func(r caseload.Resealed) { tables = append(tables, r.Table) }))(t)
		if sum.Done < int64(len(caseload.SealedColumns())) || sum.Unreadable != 0 || !slices.Contains(tables, "messages") {
			t.Errorf("%+v in %q", sum, tables)
		}
		again := must(both.Reseal(t.Context(), nil))(t)
		if again.Done != 0 || again.Rows != sum.Rows {
			t.Errorf("a second time: %+v", again)
		}
		outlived := must(both.Outlived(t.Context()))(t)
		if diff := cmp.Diff(caseload.Outlived{Tokens: 1, Calendars: 1, RecoveryCodes: 8, LinkCodes: 1}, outlived); diff != "" {
			t.Errorf("what ends with the key (-want +got):\n%s", diff)
		}
		if err := both.Close(); err != nil {
			t.Fatal(err)
		}

		after := open(t, db.URL, newer)
		if left := must(after.Reseal(t.Context(), nil))(t); left.Unreadable != 0 || left.Done != 0 {
			t.Errorf("with the new key alone: %+v", left)
		}
		// What is found by a hash is found by the new key's.
		loaded := must(after.Load(t.Context(), text("SM9", "hello"), noon, true))(t)
		if loaded.Client != client {
			t.Errorf("a text comes from client %q, want %q", loaded.Client, client)
		}
		if a := must(after.AccountByLogin(t.Context(), "sam@service.example"))(t); a.Login != "sam@service.example" {
			t.Error("the account's login is another")
		}
		known := must(after.Imported(t.Context(), caseload.ImportClients, []string{"NHS1"}))(t)
		if row := known["NHS1"]; row.Subject != string(client) || row.Columns["full name"] != "John Example" {
			t.Errorf("%d rows that were imported are found", len(known))
		}
		if list := must(after.EmployerContacts(t.Context(), client))(t); len(list) != 1 || list[0].Employer != "Example Bakery" || list[0].Words != "hours only" {
			t.Errorf("%d employer contacts", len(list))
		}
	})
}

// TestWithoutTheOldKeyNothingIsLost leaves what it cannot open as it is.
func TestWithoutTheOldKeyNothingIsLost(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	older := seal.New()
	before := open(t, db.URL, older)
	fill(t, before)
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	stranger := open(t, db.URL, seal.New())
	sum := must(stranger.Reseal(t.Context(), nil))(t)
	if sum.Done != 0 || sum.Unreadable == 0 {
		t.Errorf("%+v", sum)
	}
	if err := stranger.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, db.URL, older)
	if sum := must(again.Reseal(t.Context(), nil))(t); sum.Unreadable != 0 {
		t.Errorf("with the old key again: %+v", sum)
	}
}

func text(id, words string) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventText, From: conversations.Address{Channel: conversations.SMS, Value: "+447700900123"}, Text: words, ProviderID: id,
	}
}

// fill puts a value into every sealed column and returns a client.
func fill(t *testing.T, c *caseload.Caseload) conversations.ClientID {
	t.Helper()
	ctx := t.Context()
	sam := must(c.AddSpecialist(ctx, caseload.NewSpecialist{Name: "Sam", Phone: "+447700900999", Email: "sam@service.example"}))(t)
	client := must(c.AddClient(ctx, caseload.NewClient{Specialist: sam, FullName: "John Example", Zone: "Europe/London", Mobile: "+447700900123"}))(t)
	must(c.CreateToken(ctx, "a token", []string{"read"}, noon))(t)
	must(c.AddLead(ctx, caseload.NewLead{Title: "Baker's assistant", More: "early", Work: caseload.Work{Employer: "Example Bakery"}}))(t)
	must(c.AddTask(ctx, caseload.NewTask{Client: client, What: "write a CV"}))(t)
	must(c.AddCheckIn(ctx, caseload.NewCheckIn{Client: client, Kind: conversations.CheckInWellbeing, Words: "out today?"}))(t)
	must(c.AddNudge(ctx, caseload.NewNudge{
		Nudge: conversations.Nudge{Words: map[string]string{"en": "see you there"}}, By: sam, At: noon, Clients: []conversations.ClientID{client},
	}))(t)
	must(c.SetFallbackContact(ctx, caseload.FallbackContact{Client: client, Name: "Ann", Relation: "sister", Phone: "+447700900124", On: "2026-11-01"}))(t)
	must(c.AddNote(ctx, client, caseload.Note{Kind: caseload.NotePlain, Words: "likes mornings", Author: "Sam"}))(t)
	must(c.AddJob(ctx, caseload.Job{Client: client, Work: figures.Paid, Way: figures.NewJob, Type: "food", Title: "baker", Started: noon}))(t)
	must(c.AddHook(ctx, "https://other.example/hook", "secret", []conversations.EventKind{conversations.EventText}))(t)
	if _, _, err := c.AddCalendar(ctx, sam); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		c.Import(ctx, caseload.Import{Kind: caseload.ImportClients, Rows: []caseload.ImportedRow{{
			Reference: "NHS1", Subject: string(client), Columns: map[string]string{"full name": "John Example"},
		}}}),
		c.SetEmployerContact(ctx, client, caseload.EmployerContact{Employer: "Example Bakery", Permitted: conversations.ContactYes, Words: "hours only", On: "2026-11-01"}),
		c.SetWishes(ctx, client, conversations.Wishes{Below: 16}, sam),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := c.MakeLink(ctx, client, time.Hour, noon); err != nil {
		t.Fatal(err)
	}
	signIn(ctx, t, c, sam)

	first := text("SM1", "yes unless mum's ill")
	first.Media = []conversations.Media{{Kind: conversations.Picture, Ref: "ME1"}}
	commit(t, c, first, "m1",
		conversations.Book{Appointment: conversations.Appointment{ID: "a1", Kind: conversations.Regular, At: noon.Add(time.Hour), Place: "the library", With: "Priya"}},
		conversations.RaiseFlag{Reason: conversations.FlagMessage, Condition: "unless mum's ill"},
		conversations.RaiseAlert{Threat: true},
		conversations.Understood{Reading: understand.Reading{Intent: understand.Confirm}},
		conversations.Undoable{Undo: conversations.Undo{}},
	)
	commit(t, c, conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: "m1"}, "",
		conversations.Correct{Message: "m1", Meaning: conversations.Meaning{Intent: understand.Late}, By: sam})
	stranger := text("SM2", "who is this")
	stranger.From.Value = "+447700900125"
	commit(t, c, stranger, "m2")
	parked := text("SM3", "hello?")
	if err := c.Park(ctx, parked, caseload.Loaded{}, "m3", "panic", noon); err != nil {
		t.Fatal(err)
	}
	alerts, _, err := c.Alerts(ctx, caseload.AlertFilter{})
	if err != nil || len(alerts) != 1 {
		t.Fatalf("%d alerts (%v)", len(alerts), err)
	}
	must(c.CloseAlert(ctx, alerts[0].ID, "Rang; all is well.", sam, noon))(t)
	return client
}

// signIn makes an account with everything that it can have.
func signIn(ctx context.Context, t *testing.T, c *caseload.Caseload, sam conversations.SpecialistID) {
	t.Helper()
	account, code, err := c.AddAccount(ctx, caseload.NewAccount{
		Login: "sam@service.example", Name: "Sam", Role: caseload.RoleSpecialist, Specialist: sam, Language: "en",
	}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if right := must(c.UseOneTimeCode(ctx, account, code, "argon2id", "first secret", noon))(t); !right {
		t.Fatal("the one-time code is not right")
	}
	must(c.ConfirmTwoStep(ctx, account, 1, 8))(t)
	if err := c.SetNextTwoStep(ctx, account, "next secret"); err != nil {
		t.Fatal(err)
	}
	must(c.AddSession(ctx, caseload.NewSession{Account: account, Stage: caseload.StageOpen, Shows: "codes", EndsAt: noon.Add(time.Hour)}))(t)
}

// commit takes one event with its effects, and answers with a button.
func commit(t *testing.T, c *caseload.Caseload, ev conversations.Event, inbound conversations.MessageID, effects ...conversations.Effect) {
	t.Helper()
	loaded := must(c.Load(t.Context(), ev, noon, true))(t)
	turn := caseload.Turn{Loaded: loaded, Inbound: inbound, State: loaded.State, Effects: effects, Now: noon}
	turn.State.Version = conversations.StateVersion
	if inbound != "" && loaded.Client != "" {
		turn.Messages = []caseload.Message{{
			ID: inbound + "-answer", Channel: conversations.SMS, Key: "appointment.confirmed", Urgency: conversations.Answer, Text: "Thank you.", Language: "en", Parts: 1,
			Buttons: []caseload.Button{{Label: "OK", Data: "q1:1"}},
		}}
	}
	must(c.Commit(t.Context(), turn))(t)
}
