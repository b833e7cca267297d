package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver "pgx".
	_ "modernc.org/sqlite"             // The driver "sqlite".

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
	"alongside/store/storetest"
)

// BenchmarkFigures counts a year of a service with ALONGSIDE_CLIENTS clients (2,000
// if it is not set): of two years each has twelve meetings and as many reminders,
// twelve texts, and what came of them.
func BenchmarkFigures(b *testing.B) {
	clients := 2000
	if n, err := strconv.Atoi(os.Getenv("ALONGSIDE_CLIENTS")); err == nil {
		clients = n
	}
	for _, db := range storetest.Databases(b) {
		b.Run(db.Name, func(b *testing.B) {
			f := newFixture(b, db, nil)
			fill(f, clients)
			period, _ := figures.ParsePeriod("2026", time.UTC)
			month, _ := figures.ParsePeriod("2026-10", time.UTC)
			for name, filter := range map[string]store.FiguresFilter{
				"everybody_a_year":  {Period: period, Everybody: true, Feedback: true},
				"everybody_a_month": {Period: month, Everybody: true, Feedback: true},
				"one_caseload":      {Period: period, Specialists: []conversations.SpecialistID{"s7"}, Feedback: true},
			} {
				b.Run(name, func(b *testing.B) {
					for range b.N {
						// Beside the store: what it keeps does not count here.
						if _, err := f.beside.Figures(b.Context(), filter); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			b.Run("kept", func(b *testing.B) {
				for range b.N {
					if _, err := f.store.Figures(b.Context(), store.FiguresFilter{Period: period, Everybody: true}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// fill makes a service of specialists with 25 clients each, in SQL that both
// databases speak.
func fill(f *fixture, clients int) {
	f.Helper()
	driver, address := "pgx", f.db.URL
	if path, ok := strings.CutPrefix(f.db.URL, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+path+"?_pragma=busy_timeout(20000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	const day = int64(24 * time.Hour / time.Millisecond)
	now := f.now.UnixMilli()
	list := func(name string, n int) string {
		return fmt.Sprintf("%s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM %s WHERE i < %d)", name, name, n-1)
	}
	// When the k-th thing of client c happened: spread over two years.
	at := fmt.Sprintf("(%d - CAST((c.i * 37 + k.i * 7919) %% 730 AS BIGINT) * %d - (c.i %% 500) * 60000)", now, day)
	each := func(n int, insert, columns string) string {
		return fmt.Sprintf("%s WITH RECURSIVE %s, %s SELECT %s FROM nums c CROSS JOIN few k", insert, list("nums", clients), list("few", n), columns)
	}
	for _, s := range []string{
		"INSERT INTO specialists (id, name, created_at) WITH RECURSIVE " + list("nums", clients/25) + " SELECT 's' || i, 'Sam', 1 FROM nums",
		each(1, "INSERT INTO clients (id, specialist, full_name, name, named, language, zone, wakes, detail, created_at)",
			"'c' || c.i, 's' || (c.i / 25), 'John Example', 'John', TRUE, 'en', 'Europe/London', 0, FALSE, 1"),
		each(1, "INSERT INTO milestones (client, milestone, at, recorded_at)", "'c' || c.i, 'referred', "+at+", 1"),
		each(1, "INSERT INTO milestones (client, milestone, at, recorded_at)", fmt.Sprintf("'c' || c.i, 'accepted', %s + %d, 1", at, 7*day)),
		each(1, "INSERT INTO milestones (client, milestone, at, recorded_at)", fmt.Sprintf("'c' || c.i, 'started', %s + %d, 1", at, 14*day)),
		each(1, "INSERT INTO referral_sources (client, at, source, recorded_at)", "'c' || c.i, "+at+", CASE WHEN c.i % 3 = 0 THEN 'gp' WHEN c.i % 3 = 1 THEN 'self' ELSE 'community' END, 1"),
		each(12, "INSERT INTO appointments (id, client, kind, at, status, created_at, changed_at, attendance, mechanism)",
			"'a' || c.i || '-' || k.i, 'c' || c.i, 'regular', "+at+`, CASE WHEN k.i % 2 = 0 THEN 'confirmed' ELSE 'booked' END, 1, 1,
			CASE WHEN k.i % 5 = 0 THEN 'missed' WHEN k.i % 11 = 0 THEN '' ELSE 'attended' END,
			CASE WHEN k.i % 5 = 0 OR k.i % 11 = 0 THEN '' WHEN k.i % 3 = 0 THEN 'telephone' ELSE 'face_to_face' END`),
		each(12, "INSERT INTO messages (id, direction, peer, revision, channel, at, key, urgency, delivery, appointment)",
			"'r' || c.i || '-' || k.i, 'out', 'c' || c.i, 1, 'sms', "+at+", 'appointment.reminder', 2, 'delivered', 'a' || c.i || '-' || k.i"),
		each(12, "INSERT INTO messages (id, direction, peer, revision, channel, at, kind)", "'t' || c.i || '-' || k.i, 'in', 'c' || c.i, 1, 'sms', "+at+", 'text'"),
		each(3, "INSERT INTO flags (id, peer, reason, message, raised_at, settled_at, settled_by)",
			fmt.Sprintf("'f' || c.i || '-' || k.i, 'c' || c.i, 'question', 't' || c.i || '-' || k.i, %s, %s + (c.i %% 100) * 3600000, 's1'", at, at)),
		each(4, "INSERT INTO contacts (id, specialist, client, party, mechanism, at, recorded_at)",
			"'x' || c.i || '-' || k.i, 's' || (c.i / 25), 'c' || c.i, CASE WHEN k.i = 0 THEN 'employer' ELSE 'client' END, 'video', "+at+", 1"),
		each(1, "INSERT INTO jobs (id, client, work, way, type, hours, started_at, recorded_at)",
			"'j' || c.i, 'c' || c.i, CASE WHEN c.i % 9 = 0 THEN 'volunteering' ELSE 'paid' END, 'new', CASE WHEN c.i % 2 = 0 THEN 'shop' ELSE 'repair' END, c.i % 40, "+at+" + 1, 1"),
		each(2, "INSERT INTO tasks (id, client, what, status, created_at, changed_at)", "'k' || c.i || '-' || k.i, 'c' || c.i, '', 'done', "+at+", "+at),
	} {
		if _, err := db.ExecContext(f.Context(), s); err != nil {
			f.Fatalf("%.80s: %v", s, err)
		}
	}
	if _, err := db.ExecContext(f.Context(), "ANALYZE"); err != nil {
		f.Fatal(err)
	}
}
