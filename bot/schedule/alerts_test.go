package schedule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/bot/outbox"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
)

// The team of these tests. Nothing of it may stand in a log.
const (
	samsPhone = "+447700900201"
	dutyPhone = "+447700900202"
	leadPhone = "+447700900203"
	dutyMail  = "duty@example.org"
)

// office takes what the team is told, and answers as it is told.
type office struct {
	mu   sync.Mutex
	got  []string // address: text
	ends map[string]outbox.Result
	// asked says what is found of a message that may have gone.
	asked func() (outbox.Result, bool, error)
}

func (o *office) take(to, text string) outbox.Result {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got = append(o.got, to+": "+text)
	if r, ok := o.ends[to]; ok {
		return r
	}
	return outbox.Result{Outcome: outbox.Sent, ProviderID: fmt.Sprintf("SM%d", len(o.got))}
}

func (o *office) Channel() conversations.Channel { return conversations.SMS }

func (o *office) Send(_ context.Context, m outbox.Message) outbox.Result {
	if !strings.HasPrefix(string(m.ID), PageMessage) {
		panic("a provider could not tell a page's reports from a message's")
	}
	return o.take(m.To.Value, m.Text)
}

func (o *office) Ask(context.Context, outbox.Message, time.Time) (outbox.Result, bool, error) {
	return o.asked()
}

func (o *office) mail(_ context.Context, id, to, text string) outbox.Result {
	if id == "" {
		panic("a letter without an id")
	}
	return o.take(to, text)
}

// heard is what was said since it was last asked.
func (o *office) heard() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	got := o.got
	o.got = nil
	return got
}

// A scene is a schedule on a real store, with one alert.
type scene struct {
	*testing.T
	*Schedule
	office *office
	now    time.Time
	log    *bytes.Buffer
	john   conversations.ClientID
	alert  conversations.AlertID
}

// raised is a scene on a Saturday night in which somebody is in danger.
func raised(t *testing.T, from string, effect conversations.RaiseAlert) *scene {
	t.Helper()
	s := &scene{T: t, office: &office{ends: map[string]outbox.Result{}}, log: &bytes.Buffer{}}
	s.now = time.Date(2026, time.November, 28, 2, 30, 0, 0, time.UTC)
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	keys, err := seal.Parse(seal.New())
	check(t, err)
	st, err := store.Open(t.Context(), store.Config{
		DatabaseURL: storetest.SQLite(t).URL, Keys: keys, Owner: "a", Now: s.clock, Logger: logger,
	})
	check(t, err)
	t.Cleanup(func() {
		_ = st.Close()
		for _, private := range []string{"7700900", "John", "example.org"} {
			if strings.Contains(s.log.String(), private) {
				t.Errorf("the log holds %q:\n%s", private, s.log)
			}
		}
	})
	sam, err := st.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam", Phone: samsPhone})
	check(t, err)
	s.john, err = st.AddClient(t.Context(), store.NewClient{
		Specialist: sam, FullName: "John Example", Name: "John", Language: "en", Zone: "Europe/London", Mobile: "+447700900123",
	})
	check(t, err)
	s.Schedule = New(Config{
		Store: st, Now: s.clock, Logger: logger, Phones: s.office, Mail: s.office.mail,
		Event: func(context.Context, conversations.Event) error { return nil },
		Pathway: conversations.Pathway{
			Zone: time.UTC, Reading: conversations.Hours{From: 9 * 60, To: 17 * 60}, AcknowledgeWithin: 15,
			Duty: conversations.Staff{Name: "Dee", Mobile: dutyPhone, Email: dutyMail}, Lead: conversations.Staff{Name: "Lee", Mobile: leadPhone},
		},
		PageText: func(k conversations.PageKind, _ conversations.AlertID) (string, error) { return string(k), nil },
	})
	loaded, err := st.Load(t.Context(), conversations.Event{
		Kind: conversations.EventText, Text: "i want to die", ProviderID: "SM1",
		From: conversations.Address{Channel: conversations.SMS, Value: from},
	}, s.now)
	check(t, err)
	_, err = st.Commit(t.Context(), store.Turn{
		Loaded: loaded, Inbound: "in1", State: conversations.State{Version: conversations.StateVersion},
		Effects: []conversations.Effect{effect}, Now: s.now,
	})
	check(t, err)
	open, _, err := st.Alerts(t.Context(), store.AlertFilter{})
	check(t, err)
	if len(open) != 1 {
		t.Fatalf("%d alerts", len(open))
	}
	s.alert = open[0].ID
	return s
}

func (s *scene) clock() time.Time { return s.now }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// step is where the alert stands.
func (s *scene) step() int {
	s.Helper()
	a, err := s.c.Store.Alert(s.Context(), s.alert)
	check(s.T, err)
	return a.Step
}

// work does what the jobs would do now, until there is nothing more, and
// returns what people were told.
func (s *scene) work() []string {
	s.Helper()
	for before := -1; before != len(s.office.got); {
		before = len(s.office.got)
		check(s.T, s.decide(s.Context(), s.alert, s.step()))
		for _, p := range s.pages() {
			_, err := s.deliver(s.Context(), p.ID)
			check(s.T, err)
		}
	}
	return s.office.heard()
}

func (s *scene) pages() []store.AlertPage {
	s.Helper()
	list, err := s.c.Store.Pages(s.Context(), s.alert)
	check(s.T, err)
	return list
}

// says compares what people are told now, in any order.
func (s *scene) says(want ...string) {
	s.Helper()
	got := s.work()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("people were told (-want +got):\n%s", diff)
	}
}

var selfHarm = conversations.RaiseAlert{Danger: understand.DangerSelf}

const johnsPhone = "+447700900123"

func TestAlertGoesUpUntilSomebodyHasIt(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert", samsPhone+": page.alert")
	s.now = s.now.Add(14 * time.Minute)
	s.says()
	s.now = s.now.Add(time.Minute)
	s.says(leadPhone + ": page.alert")
	s.now = s.now.Add(15 * time.Minute)
	s.says(dutyMail+": page.again", dutyPhone+": page.again", leadPhone+": page.again", samsPhone+": page.again")
	_, err := s.c.Store.AcknowledgeAlert(t.Context(), s.alert, "duty", s.now)
	check(t, err)
	s.now = s.now.Add(24 * time.Hour)
	s.says()
	s.now = time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
	s.says(dutyMail+": page.outcome", dutyPhone+": page.outcome", samsPhone+": page.outcome")
	_, err = s.c.Store.CloseAlert(t.Context(), s.alert, "Rang her; she is with her sister.", "duty", s.now)
	check(t, err)
	s.now = s.now.AddDate(0, 0, 7)
	s.says()
}

func TestARefusedPhoneGoesUpAtOnce(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]outbox.Result{
		"refused":     {Outcome: outbox.Refused, Code: "21614"},
		"unknown":     {Outcome: outbox.Unknown, Code: "timeout"},
		"tried_again": {Outcome: outbox.Retry, Code: "503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := raised(t, johnsPhone, selfHarm)
			s.office.ends[samsPhone] = end
			told := strings.Join(s.work(), "\n")
			if !strings.Contains(told, leadPhone) {
				t.Errorf("the lead was not told at once:\n%s", told)
			}
			tries := strings.Count(told, samsPhone)
			if (tries > 1) != (end.Outcome == outbox.Retry) {
				t.Errorf("%d attempts at a phone that ended in %v", tries, end)
			}
		})
	}
}

func TestAnUnknownSenderReachesDuty(t *testing.T) {
	t.Parallel()
	s := raised(t, "+447700900999", selfHarm)
	s.says(dutyMail+": page.alert", dutyPhone+": page.alert")
}

func TestNobodyToTellIsSaid(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	s.c.Phones, s.c.Mail = nil, nil
	s.says()
	if !strings.Contains(s.log.String(), "nobody who could be told") {
		t.Errorf("it was not said: %s", s.log)
	}
	s.c.Phones = s.office
	s.now = s.now.Add(15 * time.Minute)
	if len(s.work()) == 0 {
		t.Error("nobody is told although there is somebody now")
	}
}

// A report of the provider's that a page did not arrive goes up at once, too.
func TestAPageThatDidNotArriveGoesUp(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	s.work()
	for _, p := range s.pages() {
		if p.Via == conversations.PageSMS && p.Watcher == watcherDuty {
			mine, err := s.Reported(t.Context(), conversations.Event{
				Kind: conversations.EventDelivery, Message: conversations.MessageID(PageMessage + p.ID),
				Delivery: conversations.Undelivered, Reason: "30003",
			})
			if !mine || err != nil {
				t.Fatal(mine, err)
			}
		}
	}
	s.says(leadPhone + ": page.alert")
	if mine, _ := s.Reported(t.Context(), conversations.Event{Kind: conversations.EventDelivery, Message: "m1"}); mine {
		t.Error("the report on a client's message was taken")
	}
	if mine, err := s.Reported(t.Context(), conversations.Event{Kind: conversations.EventDelivery, Message: PageMessage + "none"}); !mine || err != nil {
		t.Error("the report on a page that is gone is the schedule's as well", err)
	}
}

// A page of a process that ended is looked for at the provider before it is
// sent again, and sent when it surely did not go.
func TestAPageThatWasLeftBehind(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asked func() (outbox.Result, bool, error)
		want  conversations.Delivery
		sent  bool
	}{
		"it_had_gone": {
			func() (outbox.Result, bool, error) {
				return outbox.Result{Outcome: outbox.Sent, ProviderID: "SM9"}, true, nil
			}, conversations.Sent, false,
		},
		"it_had_not": {func() (outbox.Result, bool, error) { return outbox.Result{}, false, nil }, conversations.Sent, true},
		"nobody_can_tell": {
			func() (outbox.Result, bool, error) { return outbox.Result{}, false, errors.New("away") }, conversations.Unknown, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := raised(t, johnsPhone, selfHarm)
			s.office.asked = tt.asked
			check(t, s.decide(t.Context(), s.alert, 0))
			s.now = s.now.Add(4 * left)
			check(t, s.sweepOnce(t.Context()))
			told := strings.Join(s.office.heard(), "\n")
			if strings.Contains(told, samsPhone) != tt.sent || !strings.Contains(told, dutyMail) {
				t.Errorf("told:\n%s", told)
			}
			for _, p := range s.pages() {
				if p.Via == conversations.PageSMS && p.Step == 1 && p.Delivery != tt.want {
					t.Errorf("the page to %s is %s", p.Watcher, p.Delivery)
				}
			}
		})
	}
}

// The sweep decides where a job is lost: nothing of an alert hangs on one row.
func TestTheSweepDecidesWhereAJobIsLost(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	s.now = s.now.Add(time.Minute)
	s.office.asked = func() (outbox.Result, bool, error) { return outbox.Result{}, false, nil }
	check(t, s.sweepOnce(t.Context()))
	if len(s.pages()) == 0 {
		t.Fatal("nobody is told")
	}
	s.now = s.now.Add(time.Minute)
	check(t, s.sweepOnce(t.Context()))
	if told := s.office.heard(); len(told) < 3 {
		t.Errorf("told: %v", told)
	}
}

// An alert of before people were told of alerts has neither a time nor a job.
func TestTheSweepFindsAnAlertThatNobodyWasToldOf(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	_, err := s.c.Store.AddPages(t.Context(), s.alert, 0, nil, time.Time{}, s.now)
	check(t, err)
	check(t, s.sweepOnce(t.Context()))
	if len(s.pages()) == 0 {
		t.Fatal("nobody is told")
	}
}

// What is acknowledged before a page went need not be told any more.
func TestAnAcknowledgedAlertIsNotPaged(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	check(t, s.decide(t.Context(), s.alert, 0))
	_, err := s.c.Store.AcknowledgeAlert(t.Context(), s.alert, "duty", s.now)
	check(t, err)
	s.says()
	for _, p := range s.pages() {
		if p.Delivery != conversations.Dropped {
			t.Errorf("the page to %s is %s", p.Watcher, p.Delivery)
		}
	}
}

// A decision for a step that is over does nothing; one that cannot be made is
// put off and never given up.
func TestDecisionsThatAreStaleOrFail(t *testing.T) {
	t.Parallel()
	s := raised(t, johnsPhone, selfHarm)
	check(t, s.decide(t.Context(), s.alert, 7))
	check(t, s.decide(t.Context(), "none", 0))
	if len(s.pages()) > 0 {
		t.Fatal("a stale decision told somebody")
	}
	_ = s.c.Store.Close()
	for _, attempt := range []int{1, 25} {
		job := jobOf(store.AlertArgs{Alert: s.alert}, attempt)
		job.CreatedAt = s.now
		var put *river.JobSnoozeError
		if err := (&alerts{Schedule: s.Schedule}).Work(t.Context(), job); !errors.As(err, &put) || put.Duration > time.Minute {
			t.Errorf("attempt %d: %v", attempt, err)
		}
		page := jobOf(store.PageArgs{Page: "p"}, attempt)
		page.CreatedAt = s.now
		if err := (&pages{Schedule: s.Schedule}).Work(t.Context(), page); !errors.As(err, &put) {
			t.Errorf("attempt %d: %v", attempt, err)
		}
	}
}

// A hold that comes back is an event of its client.
func TestHoldComesBack(t *testing.T) {
	t.Parallel()
	r := &turns{}
	if err := on(r).holds().Work(t.Context(), jobOf(store.RecallArgs{Client: "john"}, 1)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]conversations.Event{{Kind: conversations.EventHoldDue, Client: "john"}}, r.events()); diff != "" {
		t.Error(diff)
	}
}
