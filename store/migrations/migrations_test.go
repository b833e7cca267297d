package migrations_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // The driver "pgx".
	_ "modernc.org/sqlite"             // The driver "sqlite".

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/migrations"
	"alongside/store/seal"
	"alongside/store/storetest"
)

// old is a database that stopped at an older migration.
type old struct {
	*sql.DB
	url     string
	dialect migrations.Dialect
}

// eachOld gives the test both databases as an older version left them.
func eachOld(t *testing.T, version int64, test func(t *testing.T, db old)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		from := old{dialect: migrations.SQLite}
		driver, address := "sqlite", filepath.Join(t.TempDir(), "old.db")
		from.url, address = "sqlite:"+address, "file:"+address+"?_pragma=foreign_keys(1)"
		if db.Name != "sqlite" {
			// A schema of its own stands for an empty database.
			from.dialect, driver, address = migrations.PostgreSQL, "pgx", db.URL+"&search_path=old"
			from.url = address
		}
		var err error
		if from.DB, err = sql.Open(driver, address); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = from.Close() })
		if db.Name != "sqlite" {
			from.run(t, "CREATE SCHEMA old")
		}
		if err := migrations.UpTo(t.Context(), from.DB, from.dialect, version); err != nil {
			t.Fatal(err)
		}
		test(t, from)
	})
}

func (db old) run(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// What was on the caseload before the conversations of migration 3 is there
// after it: the tables that are built anew keep their rows.
func TestConversationsKeepTheRows(t *testing.T) {
	t.Parallel()
	eachOld(t, 2, func(t *testing.T, db old) {
		db.run(t,
			`INSERT INTO specialists (id, name, created_at) VALUES ('s1', 'Sam', 1)`,
			`INSERT INTO clients (id, specialist, full_name, name, named, language, zone, wakes, detail, created_at)
				VALUES ('c1', 's1', 'John Example', 'John', TRUE, 'en', 'Europe/London', 660, FALSE, 2)`,
			`INSERT INTO appointments (id, client, kind, at, status, created_at, changed_at) VALUES ('a1', 'c1', 'first', 9000, 'booked', 3, 3)`,
			`INSERT INTO conversations (peer, revision, started_at, changed_at) VALUES ('c1', 3, 4, 5)`,
			`INSERT INTO messages (id, direction, peer, revision, channel, at, kind) VALUES ('m1', 'in', 'c1', 1, 'sms', 10, 'text')`,
			`INSERT INTO messages (id, direction, peer, revision, channel, at, key, urgency, delivery) VALUES ('m2', 'out', 'c1', 1, 'sms', 11, 'k', 2, 'sent')`,
			`INSERT INTO events (peer, revision, kind, message, at, detail) VALUES ('c1', 1, 'text', 'm1', 10, '{"said":["k"]}')`,
			`INSERT INTO events (peer, revision, kind, at) VALUES ('c1', 2, 'reminder', 20)`,
			`DELETE FROM events WHERE kind = 'reminder'`, // A gap in the count.
			`INSERT INTO events (peer, revision, kind, at) VALUES ('c1', 3, 'closed', 30)`,
			`INSERT INTO flags (id, peer, reason, message, detail, raised_at, settled_at, settled_by) VALUES ('f1', 'c1', 'late', 'm1', 'd', 10, 11, 's1')`,
			`INSERT INTO flags (id, peer, reason, message, raised_at) VALUES ('f3', 'c1', 'may_not_have_been_sent', 'm2', 13)`,
			`INSERT INTO flags (id, peer, reason, message, raised_at) VALUES ('f2', 'c1', 'may_not_have_been_sent', 'm2', 12)`,
			`INSERT INTO flags (id, peer, reason, raised_at) VALUES ('f4', 'c1', 'no_answer', 14)`,
			`INSERT INTO flags (id, peer, reason, raised_at) VALUES ('f5', 'c1', 'no_answer', 14)`,
			`INSERT INTO alerts (id, peer, message, danger, raised_at) VALUES ('w1', 'c1', 'm1', 'self', 10)`,
			`INSERT INTO alerts (id, peer, message, danger, raised_at, acknowledged_at, acknowledged_by) VALUES ('w2', 'c1', 'm1', 'voices', 11, 12, 's1')`,
		)
		if err := store.Migrate(t.Context(), db.url, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		keys, err := seal.Parse(seal.New())
		if err != nil {
			t.Fatal(err)
		}
		now := time.UnixMilli(100_000).UTC()
		s, err := store.Open(t.Context(), store.Config{DatabaseURL: db.url, Keys: keys, Owner: "one", Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		at := func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

		client, err := s.Client(t.Context(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(store.Client{
			ID: "c1", Specialist: "s1", FullName: "John Example", Name: "John", Named: true, Language: "en", Zone: "Europe/London", Wakes: 660,
			CreatedAt: at(2),
		}, client); diff != "" {
			t.Errorf("client (-want +got):\n%s", diff)
		}
		page, err := s.Conversation(t.Context(), "c1", "", 0)
		if err != nil {
			t.Fatal(err)
		}
		wantEvents := []store.ThreadEvent{
			{Revision: 1, Kind: conversations.EventText, Message: "m1", At: at(10), Detail: []byte(`{"said":["k"]}`)},
			{Revision: 3, Kind: conversations.EventClosed, At: at(30), Detail: []byte(`{}`)},
		}
		if diff := cmp.Diff(wantEvents, page.Events); diff != "" || len(page.Messages) != 2 || len(page.Appointments) != 1 {
			t.Errorf("%d messages, %d appointments, events (-want +got):\n%s", len(page.Messages), len(page.Appointments), diff)
		}
		flags, _, err := s.Flags(t.Context(), store.FlagFilter{Client: "c1", Settled: true})
		if err != nil {
			t.Fatal(err)
		}
		unsent := conversations.FlagMayNotBeSent
		wantFlags := []store.Flag{
			{ID: "f1", Client: "c1", Peer: "c1", Reason: conversations.FlagLate, Message: "m1", Detail: "d", RaisedAt: at(10), SettledAt: at(11), SettledBy: "s1"},
			{ID: "f2", Client: "c1", Peer: "c1", Reason: unsent, Message: "m2", RaisedAt: at(12)},
			{ID: "f3", Client: "c1", Peer: "c1", Reason: unsent, Message: "m2", RaisedAt: at(13), SettledAt: at(13), SettledBy: "turn"},
			{ID: "f4", Client: "c1", Peer: "c1", Reason: conversations.FlagNoAnswer, RaisedAt: at(14)},
			{ID: "f5", Client: "c1", Peer: "c1", Reason: conversations.FlagNoAnswer, RaisedAt: at(14)},
		}
		if diff := cmp.Diff(wantFlags, flags); diff != "" {
			t.Errorf("flags (-want +got):\n%s", diff)
		}
		alerts, _, err := s.Alerts(t.Context(), store.AlertFilter{})
		if err != nil {
			t.Fatal(err)
		}
		wantAlerts := []store.Alert{
			{ID: "w1", Client: "c1", Peer: "c1", Message: "m1", Danger: understand.DangerSelf, RaisedAt: at(10)},
			{ID: "w2", Client: "c1", Peer: "c1", Message: "m1", Danger: understand.DangerVoices, RaisedAt: at(11), AcknowledgedAt: at(12), AcknowledgedBy: "s1"},
		}
		if diff := cmp.Diff(wantAlerts, alerts); diff != "" {
			t.Errorf("alerts (-want +got):\n%s", diff)
		}
		// And what comes next goes on: new kinds are taken, and counted after the old.
		loaded, err := s.Load(t.Context(), conversations.Event{Kind: conversations.EventHeld, Client: "c1"}, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(t.Context(), store.Turn{Loaded: loaded, Now: now, Effects: []conversations.Effect{
			conversations.Hold{Reason: "person"},
			conversations.RaiseFlag{Reason: conversations.FlagHold},
			conversations.RaiseFlag{Reason: unsent, Message: "m2"},
		}}); err != nil {
			t.Fatal(err)
		}
		page, err = s.Conversation(t.Context(), "c1", "", 0)
		if err != nil || len(page.Events) != 3 || page.Events[2].Kind != conversations.EventHeld || len(page.Flags) != 4 {
			t.Errorf("after one more turn: events %+v, flags %+v (%v)", page.Events, page.Flags, err)
		}
	})
}

// A record that was closed before series ended with it asks nothing any more, and
// an open one asks on.
func TestClosedRecordsAskNothing(t *testing.T) {
	t.Parallel()
	eachOld(t, 8, func(t *testing.T, db old) {
		const client = `INSERT INTO clients (id, specialist, full_name, name, named, language, zone, wakes, detail, created_at, closed_at) VALUES `
		db.run(t,
			`INSERT INTO specialists (id, name, created_at) VALUES ('s1', 'Sam', 1)`,
			client+`('c1', 's1', 'John Example', 'John', TRUE, 'en', 'Europe/London', 660, FALSE, 2, 50)`,
			client+`('c2', 's1', 'Ann Example', 'Ann', TRUE, 'en', 'Europe/London', 660, FALSE, 2, 0)`,
			`INSERT INTO check_ins (id, client, kind, created_at, rhythm, due) VALUES ('k1', 'c1', 'week', 3, '{}', 900)`,
			`INSERT INTO check_ins (id, client, kind, created_at, rhythm, due) VALUES ('k2', 'c2', 'week', 3, '{}', 900)`,
			`INSERT INTO events (peer, revision, kind, at) VALUES ('c1', 1, 'nudge', 30)`,
		)
		if err := store.Migrate(t.Context(), db.url, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][2]int64{"k1": {0, 50}, "k2": {900, 0}} {
			var due, ended int64
			if err := db.QueryRowContext(t.Context(), "SELECT due, ended_at FROM check_ins WHERE id = '"+id+"'").Scan(&due, &ended); err != nil {
				t.Fatal(err)
			}
			if due != want[0] || ended != want[1] {
				t.Errorf("%s is due at %d and ended at %d, want %v", id, due, ended, want)
			}
		}
		var kind string
		if err := db.QueryRowContext(t.Context(), "SELECT kind FROM events WHERE peer = 'c1'").Scan(&kind); err != nil || kind != "nudge" {
			t.Errorf("the events: %q, %v", kind, err)
		}
	})
}
