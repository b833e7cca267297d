package conversations_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/locales"

	"github.com/google/go-cmp/cmp"
)

// Whole dialogues are the tests of the flows: see testdata/README.md for the
// form of the files. What comes out is compared whole, so that a reply which
// is gone fails as one that is new does; the state is serialised and read back
// between every two turns.

var update = flag.Bool("update", false, "write what came out into the dialogue files")

func TestDialogues(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues found: %v", err)
	}
	lexicons := loadLexicons(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want), lexicons)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the dialogue went another way (-want +got):\n%s", diff)
			}
		})
	}
}

func loadLexicons(t testing.TB) *understand.Lexicons {
	t.Helper()
	l, err := locales.Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stage is the little world a dialogue is played in: the caseload as far as
// Next sees it, changed by the effects alone.
type stage struct {
	rules conversations.Rules
	facts conversations.Facts
	state conversations.State
	now   time.Time
	zone  *time.Location
	// texts are what came in, so that a person can put its reading right; about
	// is the one that the event in hand is about.
	texts []correctable
	about conversations.MessageID
	to    conversations.Specialist // to whom the client is handed
	// seen gathers the kinds of events that came in and of effects that came out.
	seen map[string]bool
	// by is who acts for the team; empty for who usually does.
	by conversations.SpecialistID
}

const stageTime = "Mon 2006-01-02 15:04"

func testRules(l *understand.Lexicons, zone *time.Location) conversations.Rules {
	return conversations.Rules{Lexicons: l, Pathway: conversations.Pathway{
		Name: "test", Service: "the team", Languages: []string{"en", "cy"}, Zone: zone,
		Sending: conversations.Hours{From: 10 * 60, To: 18 * 60}, Reading: conversations.Hours{From: 9 * 60, To: 17 * 60},
		Holidays:  map[string]bool{"2026-12-25": true, "2026-12-28": true, "2027-01-01": true},
		Reminders: []int{3 * 24 * 60, 24 * 60}, AnswerWithin: 24 * 60,
	}}
}

func newStage(t testing.TB, l *understand.Lexicons) *stage {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{rules: testRules(l, zone), zone: zone}
	s.facts.Client = conversations.Client{ID: "c1", Name: "John", Named: true, Language: "en", Zone: zone}
	s.facts.Specialist = conversations.Specialist{ID: "s1", Name: "Sam"}
	return s
}

// play runs the lines of a dialogue that are input and writes the whole file
// anew, with what came out after each.
func play(t *testing.T, file string, l *understand.Lexicons) string {
	t.Helper()
	s := newStage(t, l)
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(file))
	blank := true
	for lines.Scan() {
		line := lines.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "  "):
			// Output of the turn before, or the gap after it: written anew.
			if line == "" && !blank {
				blank = true
				out.WriteString("\n")
			}
			continue
		case strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		default:
			out.WriteString(line + "\n")
			for _, o := range s.line(t, line) {
				out.WriteString("  " + o + "\n")
			}
		}
		blank = false
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// line does one input line.
func (s *stage) line(t *testing.T, line string) []string {
	t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	if event, ok := s.personEvent(t, word, rest); ok {
		return s.turn(t, event)
	}
	if event, ok := s.clockEvent(t, word, rest); ok {
		return s.turn(t, event)
	}
	if event, ok := s.silence(t, word, rest); ok {
		return s.turn(t, event)
	}
	if event, ok := s.event(t, word, rest); ok {
		return s.turn(t, event)
	}
	if s.absent(t, word, rest) {
		return nil
	}
	fields := strings.Fields(rest)
	switch word {
	case "now":
		s.now = s.time(t, rest)
	case "later":
		d, err := time.ParseDuration(rest)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		s.now = s.now.Add(d)
	case "client":
		s.client(t, fields)
	case "sams_reminders":
		s.facts.Specialist.Reminders = nil
		for _, f := range fields {
			m, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			s.facts.Specialist.Reminders = append(s.facts.Specialist.Reminders, m)
		}
	case "alert_closed":
		s.facts.Alerted = false
	case "alert_taken":
		s.facts.Taken = true
	case "stages":
		s.rules.Pathway = staged(s.rules.Pathway)
	case "languages":
		s.rules.Pathway.Languages = fields
	case "bot":
		// Telegram is offered, and a code is ready.
		s.rules.Pathway.TelegramBot, s.facts.FreshLink = rest, "k7Q2v9Xw4"
	case "duty":
		s.rules.Pathway.Duty.Name = rest
	case "reach":
		s.reach(conversations.Channel(fields[0]), conversations.Agreement(fields[1]))
	case "checkin":
		s.checkIn(t, rest)
	case "asks":
		// "asks t1 Fri 2026-11-27 10:00": the task is asked after then.
		for i := range s.facts.Tasks {
			if string(s.facts.Tasks[i].ID) == fields[0] {
				s.facts.Tasks[i].Ask = s.time(t, strings.Join(fields[1:], " "))
			}
		}
	case "asks_feedback":
		s.rules.Pathway.Feedback = conversations.FeedbackRule{
			From: conversations.MilestoneStarted, Every: conversations.Span{Months: 6},
		}
	case "kind":
		// "kind a1 review"
		for i := range s.facts.Appointments {
			if string(s.facts.Appointments[i].ID) == fields[0] {
				s.facts.Appointments[i].Kind = conversations.AppointmentKind(fields[1])
			}
		}
	case "free":
		s.free(t, rest)
	case "with":
		s.with(rest)
	case "lasts":
		s.lasts(t, fields)
	case "appointment":
		s.facts.Appointments = append(s.facts.Appointments, s.appointment(t, rest))
	default:
		if !s.leadFact(t, word, rest) {
			t.Fatalf("%q: no such line", line)
		}
	}
	return nil
}

func (s *stage) client(t *testing.T, fields []string) {
	t.Helper()
	for _, f := range fields {
		k, v, _ := strings.Cut(f, "=")
		switch k {
		case "unknown":
			s.facts = conversations.Facts{}
		case "closed":
			s.facts.Client.Closed = true
		case "language":
			s.facts.Client.Language = v
		case "detail":
			s.facts.Client.Detail = true
		case "unnamed":
			s.facts.Client.Named = false
		case "wakes":
			h, err := strconv.Atoi(v)
			if err != nil {
				t.Fatal(err)
			}
			s.facts.Client.Wakes = h * 60
		case "guarded":
			s.facts.Client.Guarded = true
		case "held":
			s.facts.Client.Held = true
		case "paused":
			s.facts.Client.PausedUntil = s.now.AddDate(0, 0, 14)
		case "stopped":
			s.facts.Client.Stopped = append(s.facts.Client.Stopped, conversations.Matter(v))
		default:
			if !s.leadClient(t, k, v) {
				t.Fatalf("client %q: no such setting", f)
			}
		}
	}
}

// event reads the input lines that are events.
func (s *stage) event(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	from := func(c conversations.Channel) conversations.Address {
		return conversations.Address{Channel: c, Value: "x"}
	}
	fields := strings.Fields(rest)
	switch word {
	case "<", "sms<":
		return conversations.Event{Kind: conversations.EventText, From: from(conversations.SMS), Text: rest}, true
	case "telegram<":
		return conversations.Event{Kind: conversations.EventText, From: from(conversations.Telegram), Text: rest}, true
	case "carrier<":
		return conversations.Event{
			Kind: conversations.EventText, From: from(conversations.SMS), Text: rest, OptOut: strings.ToLower(rest),
		}, true
	case "carrier_start<":
		return conversations.Event{
			Kind: conversations.EventText, From: from(conversations.SMS), Text: rest, OptOut: "start",
		}, true
	case "edits<":
		return conversations.Event{Kind: conversations.EventEdited, From: from(conversations.Telegram), Text: rest}, true
	case "picture<":
		return conversations.Event{
			Kind: conversations.EventText, From: from(conversations.SMS), Text: rest,
			Media: []conversations.Media{{Kind: conversations.Picture, Type: "image/jpeg"}},
		}, true
	case "code<":
		return conversations.Event{
			Kind: conversations.EventText, From: from(conversations.Telegram), Text: "/start " + rest, LinkCode: rest,
		}, true
	case "press":
		return conversations.Event{Kind: conversations.EventButton, From: from(conversations.Telegram), Button: rest}, true
	case "linked", "blocked", "unblocked":
		return conversations.Event{Kind: conversations.EventKind(word), From: from(conversations.Telegram)}, true
	case "agreement":
		return conversations.Event{
			Kind: conversations.EventAgreement, Channel: conversations.Channel(fields[0]),
			Agreement: conversations.Agreement(fields[1]), How: "in person",
		}, true
	case "book":
		return conversations.Event{Kind: conversations.EventBooked, Appointment: s.appointment(t, rest)}, true
	case "move":
		return conversations.Event{Kind: conversations.EventMoved, Appointment: s.appointment(t, rest)}, true
	case "cancel":
		return conversations.Event{
			Kind: conversations.EventCancelled, Appointment: conversations.Appointment{ID: conversations.AppointmentID(rest)},
		}, true
	case "reminder":
		before, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatalf("reminder %q: %v", rest, err)
		}
		return conversations.Event{
			Kind: conversations.EventReminder, Before: before,
			Appointment: s.appointment(t, strings.TrimPrefix(rest, fields[0]+" ")),
		}, true
	case "hold", "release", "hold_due":
		kind := map[string]conversations.EventKind{
			"hold": conversations.EventHeld, "release": conversations.EventReleased, "hold_due": conversations.EventHoldDue,
		}[word]
		return conversations.Event{Kind: kind, By: "s1"}, true
	case "stage":
		return conversations.Event{Kind: conversations.EventStage, Stage: conversations.Stage(rest), By: "s1"}, true
	case "attendance":
		// "attended face_to_face a1 Thu 2026-11-26 14:00", "missed - a1 …"
		return conversations.Event{
			Kind: conversations.EventAttendance, Attendance: conversations.Attendance(fields[0]), By: "s1",
			Mechanism:   conversations.Mechanism(strings.TrimPrefix(fields[1], "-")),
			Appointment: s.first(s.appointment(t, strings.Join(fields[2:], " "))),
		}, true
	case "circumstance":
		return conversations.Event{
			Kind: conversations.EventCircumstance, Circumstance: conversations.Circumstance(strings.TrimPrefix(rest, "none")), By: "s1",
		}, true
	case "let_remind":
		return conversations.Event{
			Kind: conversations.EventReminderAllowed, By: "s1",
			Appointment: conversations.Appointment{ID: conversations.AppointmentID(rest)},
		}, true
	case "crisis_undelivered":
		return conversations.Event{
			Kind: conversations.EventUndelivered, Channel: conversations.SMS, Message: "m1", Reason: fields[0],
			Urgency: conversations.Crisis, Blocked: slices.Contains(fields, "blocked"),
		}, true
	case "correct":
		return s.correct(t, rest), true
	case "settings":
		return conversations.Event{Kind: conversations.EventSettings, Settings: s.settings(t, fields), By: "s1"}, true
	case "timeout":
		return conversations.Event{Kind: conversations.EventTimeout, Question: conversations.QuestionID(rest)}, true
	case "undelivered", "unknown_delivery", "dropped":
		return conversations.Event{
			Kind: conversations.EventKind(word), Channel: conversations.SMS, Message: "m1", Reason: fields[0],
			Blocked: slices.Contains(fields, "blocked"),
		}, true
	case "delivery":
		return conversations.Event{
			Kind: conversations.EventDelivery, Channel: conversations.SMS, Message: "m1", Delivery: conversations.Delivery(rest),
		}, true
	case "number_changed", "close":
		kind := map[string]conversations.EventKind{
			"number_changed": conversations.EventNumberChanged, "close": conversations.EventClosed,
		}[word]
		return conversations.Event{Kind: kind, From: from(conversations.SMS)}, true
	}
	if word == "nudge" {
		return s.nudgeEvent(t, rest), true
	}
	return s.teamEvent(t, word, rest)
}

func (s *stage) time(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(stageTime, text, s.zone)
	if err != nil {
		t.Fatalf("%q: write times as %q: %v", text, stageTime, err)
	}
	if at.Format(stageTime) != text {
		t.Fatalf("%q is a %s", text, at.Format("Mon"))
	}
	return at
}

// appointment reads "a1 Thu 2026-11-26 14:00 Cafe Nero".
func (s *stage) appointment(t *testing.T, text string) conversations.Appointment {
	t.Helper()
	f := strings.Fields(text)
	if len(f) < 4 {
		t.Fatalf("appointment %q: want id, weekday, date, time", text)
	}
	return conversations.Appointment{
		ID: conversations.AppointmentID(f[0]), Kind: conversations.Regular, Status: conversations.Booked,
		At: s.time(t, strings.Join(f[1:4], " ")), Place: strings.Join(f[4:], " "),
	}
}

// first makes an appointment the first meeting.
func (s *stage) first(a conversations.Appointment) conversations.Appointment {
	a.Kind = conversations.First
	return a
}

// turn is one step as the program takes it: the state through JSON, the
// effects onto the caseload, and everything that came out in words.
func (s *stage) turn(t *testing.T, event conversations.Event) []string {
	t.Helper()
	raw, err := json.Marshal(s.state)
	if err != nil {
		t.Fatal(err)
	}
	state, err := conversations.ParseState(raw)
	if err != nil {
		t.Fatal(err)
	}
	before := open(state)
	if s.by != "" {
		event.By = s.by
	}
	s.see(string(event.Kind))
	s.keepText(event)
	s.about = event.Message
	after, effects := conversations.Next(s.rules, s.facts, state, event, s.now)
	var out []string
	for _, e := range effects {
		s.see(fmt.Sprintf("%T", e))
		if line := s.apply(e); line != "" {
			out = append(out, line)
		}
	}
	s.state = after
	if after.Open != nil {
		s.see("question " + string(after.Open.Kind))
	}
	s.facts.Corrected = nil
	if now := open(after); now != before {
		out = append(out, "open: "+now)
	}
	if len(effects) == 0 {
		out = append(out, "nothing")
	}
	return out
}

func open(s conversations.State) string {
	var parts []string
	show := func(q conversations.Question) string {
		text := fmt.Sprintf("%s %s", q.ID, q.Kind)
		if q.Appointment != "" {
			text += " " + string(q.Appointment)
		}
		for _, about := range []string{string(q.Offer), string(q.Task)} {
			if about != "" {
				text += " " + about
			}
		}
		if q.Date != "" {
			text += " " + q.Date
		}
		if q.Clock != "" {
			text += " " + q.Clock
		}
		return text + " put " + strconv.Itoa(q.Put)
	}
	if s.Open == nil {
		parts = append(parts, "none")
	} else {
		parts = append(parts, show(*s.Open))
	}
	for _, q := range s.Queue {
		parts = append(parts, "waits: "+show(q))
	}
	return strings.Join(parts, ", ")
}

// vars writes the variables of a message in the order of their names.
func vars(v map[string]any) string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		switch x := v[k].(type) {
		case conversations.When:
			fmt.Fprintf(&b, " %s=%q", k, time.Time(x).Format(stageTime))
		case conversations.Day:
			fmt.Fprintf(&b, " %s=%q", k, time.Time(x).Format("Mon 2006-01-02"))
		case conversations.Piece:
			fmt.Fprintf(&b, " %s=(%s%s)", k, x.Key, vars(x.Vars))
		case conversations.Clock:
			fmt.Fprintf(&b, " %s=%q", k, time.Time(x).Format("15:04"))
		default:
			fmt.Fprintf(&b, " %s=%v", k, x)
		}
	}
	return b.String()
}
