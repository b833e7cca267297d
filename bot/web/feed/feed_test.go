package feed_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"alongside/bot/web/feed"
	"alongside/conversations"
	"alongside/store"
)

var theDay = time.Date(2026, time.November, 26, 14, 0, 0, 0, time.UTC)

// entry is one appointment, changed by change.
func entry(change func(*store.Entry)) store.Entry {
	e := store.Entry{
		ID: "a1", Kind: conversations.Regular, FullName: "John Mbeki", At: theDay, Minutes: 45, Place: "Hafan Cafe", Status: conversations.Booked,
		CreatedAt: theDay.AddDate(0, 0, -7), ChangedAt: theDay.AddDate(0, 0, -6),
	}
	change(&e)
	return e
}

// TestAnotherParserReadsTheDiary reads what is written with a library that others
// made.
func TestAnotherParserReadsTheDiary(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ŵyth, naw; deg\\ ", 12) + "\nsecond line"
	body := feed.Write([]store.Entry{
		entry(func(*store.Entry) {}),
		entry(func(e *store.Entry) {
			e.ID, e.Status, e.Sequence, e.At = "a2", conversations.Confirmed, 3, theDay.Add(time.Hour)
		}),
		entry(func(e *store.Entry) { e.ID, e.Status, e.Sequence, e.Minutes = "a3", conversations.Cancelled, 1, 0 }),
		entry(func(e *store.Entry) { e.ID, e.Place = "a4", long }),
	})
	calendar, err := ics.ParseCalendar(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	type read struct{ UID, Summary, Status, Sequence, Start, Duration, Place string }
	var got []read
	for _, e := range calendar.Events() {
		of := func(p ics.ComponentProperty) string {
			if v := e.GetProperty(p); v != nil {
				return v.Value
			}
			return ""
		}
		got = append(got, read{
			of(ics.ComponentPropertyUniqueId), of(ics.ComponentPropertySummary), of(ics.ComponentPropertyStatus), of(ics.ComponentPropertySequence),
			of(ics.ComponentPropertyDtStart), of("DURATION"), of(ics.ComponentPropertyLocation),
		})
		start, err := e.GetStartAt()
		if err != nil || start.Location() != time.UTC {
			t.Errorf("the start is %v (%v)", start, err)
		}
	}
	want := []read{
		{"a1@alongside", "J. M.", "TENTATIVE", "0", "20261126T140000Z", "PT45M", "Hafan Cafe"},
		{"a2@alongside", "J. M.", "CONFIRMED", "3", "20261126T150000Z", "PT45M", "Hafan Cafe"},
		{"a3@alongside", "J. M.", "CANCELLED", "1", "20261126T140000Z", "", "Hafan Cafe"},
		{"a4@alongside", "J. M.", "TENTATIVE", "0", "20261126T140000Z", "PT45M", long},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestLinesAreFoldedBetweenLetters(t *testing.T) {
	t.Parallel()
	body := string(feed.Write([]store.Entry{entry(func(e *store.Entry) { e.Place = strings.Repeat("ŵ", 200) })}))
	if strings.Count(body, "\n") != strings.Count(body, "\r\n") || !strings.HasSuffix(body, "END:VCALENDAR\r\n") {
		t.Error("not every line ends in CRLF")
	}
	for _, line := range strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("a line has %d bytes, or half a letter", len(line))
		}
	}
	if !strings.Contains(strings.ReplaceAll(body, "\r\n ", ""), strings.Repeat("ŵ", 200)) {
		t.Error("unfolded it is not what it was")
	}
}

func TestADiaryTellsNothingThatIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*store.Entry){
		"an_interview":     func(e *store.Entry) { e.Kind = conversations.Interview },
		"a_first_day":      func(e *store.Entry) { e.Kind = conversations.FirstDay },
		"an_assessment":    func(e *store.Entry) { e.Kind = conversations.Assessment },
		"an_employer":      func(e *store.Entry) { e.Kind = conversations.EmployerReview },
		"somebody_watches": func(e *store.Entry) { e.Guarded = true },
	} {
		if body := string(feed.Write([]store.Entry{entry(change)})); strings.Contains(body, "Hafan") {
			t.Errorf("%s: the place is told", name)
		}
	}
	if body := string(feed.Write([]store.Entry{entry(func(*store.Entry) {})})); strings.Contains(body, "Mbeki") || strings.Contains(body, "John") || strings.Contains(body, "regular") {
		t.Error("more than initials is told")
	}
	for name, want := range map[string]string{"John Mbeki": "J. M.", "siân ap-rhys": "S. A. R.", "  Łucja": "Ł.", "": "?", "007": "?"} {
		if got := feed.Initials(name); got != want {
			t.Errorf("initials %q, want %q", got, want)
		}
	}
}

// diary is a store with one calendar.
type diary struct{ entries []store.Entry }

const secret = "abcdefghijklmnopqrstuvwxyz"

func (d *diary) CalendarOf(_ context.Context, plain string) (store.Calendar, error) {
	if plain != secret {
		return store.Calendar{}, store.ErrNotFound
	}
	return store.Calendar{ID: "k1", Specialist: "s1"}, nil
}

func (d *diary) Diary(context.Context, conversations.SpecialistID, time.Time) ([]store.Entry, error) {
	return d.entries, nil
}

func TestADiaryThatDidNotChangeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	d := &diary{entries: []store.Entry{entry(func(*store.Entry) {})}}
	mux := http.NewServeMux()
	mux.Handle(feed.Pattern, &feed.Feed{Store: d, Now: func() time.Time { return theDay }, Logger: slog.New(slog.DiscardHandler)})
	get := func(path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	first := get(feed.Path(secret), "")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || first.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(first.Header().Get("Cache-Control"), "private") || tag == "" {
		t.Fatalf("%d %v", first.Code, first.Header())
	}
	if again := get(feed.Path(secret), tag); again.Code != 304 || again.Body.Len() > 0 {
		t.Errorf("again: %d", again.Code)
	}
	d.entries[0].Sequence, d.entries[0].At = 1, theDay.Add(time.Hour)
	if moved := get(feed.Path(secret), tag); moved.Code != 200 || !strings.Contains(moved.Body.String(), "SEQUENCE:1\r\n") {
		t.Errorf("moved: %d", moved.Code)
	}
	for _, path := range []string{"/calendar/" + secret, "/calendar/x.ics", "/calendar/" + strings.Repeat("b", 26) + ".ics", "/calendar/" + strings.Repeat("%C3%A9", 26) + ".ics"} {
		if w := get(path, ""); w.Code != 404 {
			t.Errorf("what opens nothing: %d", w.Code)
		}
	}
}
