package conversations

import (
	"slices"
	"testing"
	"time"

	"alongside/conversations/understand"

	"github.com/google/go-cmp/cmp"
)

// What the reader does not name yet, or what needs a message's id, is shown
// here on a step of its own.

func newStep(reading understand.Reading, open *Question) *step {
	zone := time.UTC
	now := time.Date(2026, 11, 25, 14, 0, 0, 0, zone)
	if open != nil {
		open.AskedAt, open.Put = now.Add(-time.Minute).UnixMilli(), 1
	}
	return &step{
		rules: Rules{
			Lexicons: &understand.Lexicons{},
			Pathway:  Pathway{Languages: []string{"en"}, Zone: zone, Reading: Hours{From: 9 * 60, To: 17 * 60}},
		},
		facts: Facts{
			Client: Client{ID: "c1", Zone: zone}, Specialist: Specialist{Name: "Sam"},
			Reach:    []Reach{{Channel: SMS, Agreement: AgreementGiven}},
			CheckIns: []CheckIn{{ID: "s1", Kind: CheckInWeek}, {ID: "s2", Kind: CheckInHours}},
		},
		state:   State{Open: open, Asked: 3},
		event:   Event{Kind: EventText, From: Address{Channel: SMS}, Message: "m1"},
		now:     now,
		reading: reading,
	}
}

func (s *step) saidKeys() []string {
	var keys []string
	for _, e := range s.effects {
		if m, ok := e.(Say); ok {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

func (s *step) raised() []FlagReason {
	var reasons []FlagReason
	for _, e := range s.effects {
		if f, ok := e.(RaiseFlag); ok {
			reasons = append(reasons, f.Reason)
		}
	}
	return reasons
}

func TestMoreHours(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]*Question{
		"nothing_is_open":         nil,
		"beside_the_check_in":     {ID: "q1", Kind: AskScale, CheckIn: "s2", Shown: true},
		"as_what_would_help":      {ID: "q1", Kind: AskFollowUp, CheckIn: "s2", Number: 3},
		"while_a_reminder_is_put": {ID: "q1", Kind: AskAppointment},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStep(understand.Reading{Intent: understand.Other, Topic: understand.TopicMoreHours, Sure: 60}, open)
			if !s.freeWords() {
				t.Fatal("the wish went unheard")
			}
			if diff := cmp.Diff([]FlagReason{FlagMoreHours}, s.raised()); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"more_hours.open"}, s.saidKeys()); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if stays := open != nil && open.Kind == AskAppointment; stays != (s.state.Open != nil) {
				t.Errorf("open afterwards: %v", s.state.Open)
			}
		})
	}
}

func TestMoreHoursBesideANumber(t *testing.T) {
	t.Parallel()
	s := newStep(understand.Reading{Intent: understand.Rating, Number: 4, Topic: understand.TopicMoreHours, Sure: 90},
		&Question{ID: "q1", Kind: AskScale, CheckIn: "s2", Shown: true})
	s.rated()
	if diff := cmp.Diff([]FlagReason{FlagMoreHours}, s.raised()); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	if !slices.Contains(s.effects, Effect(RecordAnswer{CheckIn: "s2", Number: 4})) {
		t.Errorf("the answer is not kept: %v", s.effects)
	}
	if diff := cmp.Diff([]string{"more_hours.open"}, s.saidKeys()); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestStopAskingMeThat(t *testing.T) {
	t.Parallel()
	for _, kind := range []QuestionKind{AskScale, AskFollowUp} {
		s := newStep(understand.Reading{Intent: understand.Other, Topic: understand.TopicStopKind, Sure: 60},
			&Question{ID: "q1", Kind: kind, CheckIn: "s1", Shown: true, Number: 3})
		if !s.freeWords() {
			t.Fatalf("%s: not understood as the end of the series", kind)
		}
		if !slices.Contains(s.effects, Effect(EndCheckIn{ID: "s1"})) {
			t.Errorf("%s: the series goes on: %v", kind, s.effects)
		}
		if _, there := s.series("s2"); !there || len(s.facts.CheckIns) != 1 {
			t.Errorf("%s: left are %v, want s2 alone", kind, s.facts.CheckIns)
		}
		if s.state.Open != nil {
			t.Errorf("%s: still open: %v", kind, s.state.Open)
		}
		if diff := cmp.Diff([]string{"checkin.ended"}, s.saidKeys()); diff != "" {
			t.Errorf("%s: said (-want +got):\n%s", kind, diff)
		}
	}
}

func TestEndAllCheckIns(t *testing.T) {
	t.Parallel()
	s := newStep(understand.Reading{}, &Question{ID: "q1", Kind: AskScale, CheckIn: "s1"})
	s.state.Queue = []Question{{ID: "q2", Kind: AskScale, CheckIn: "s2"}, {ID: "q3", Kind: AskAppointment, Appointment: "a1"}}
	s.endCheckIn("")
	if len(s.facts.CheckIns) != 0 || s.state.Open != nil || len(s.state.Queue) != 1 || s.state.Queue[0].ID != "q3" {
		t.Errorf("left: %v, open %v, queue %v", s.facts.CheckIns, s.state.Open, s.state.Queue)
	}
}

// Praise or a complaint that nobody asked for is the specialist's like any
// text; the lead gets it when the client says so, with the first text's id.
func TestFeedbackIsOfferedToTheLead(t *testing.T) {
	t.Parallel()
	s := newStep(understand.Reading{Intent: understand.Other, Topic: understand.TopicFeedback, Sure: 60}, nil)
	s.event.Message = "m7"
	if !s.freeWords() {
		t.Fatal("not understood as feedback")
	}
	if diff := cmp.Diff([]FlagReason{FlagMessage}, s.raised()); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	q := s.state.Open
	if q == nil || q.Kind != AskFeedback || !q.Shown || q.Message != "m7" {
		t.Fatalf("open: %v", q)
	}
	for _, row := range []struct {
		choice Choice
		want   []Effect
		said   string
	}{
		{ChooseYes, []Effect{
			RecordFeedback{Message: "m7"}, RaiseFlag{Reason: FlagFeedback, Message: "m7", Detail: "lead"},
		}, "feedback.passed"},
		{ChooseNo, nil, "feedback.kept"},
	} {
		open := *q
		next := newStep(understand.Reading{}, &open)
		next.event = Event{Kind: EventButton, From: Address{Channel: SMS}, Button: "q4:" + string(row.choice), Message: "m8"}
		next.button()
		var got []Effect
		for _, e := range next.effects {
			switch e.(type) {
			case RecordFeedback, RaiseFlag:
				got = append(got, e)
			}
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.choice, diff)
		}
		if diff := cmp.Diff([]string{row.said}, next.saidKeys()); diff != "" {
			t.Errorf("%s: said (-want +got):\n%s", row.choice, diff)
		}
		if next.state.Open != nil {
			t.Errorf("%s: still open", row.choice)
		}
	}
}

// While somebody else may hold the phone, and while a question is open, nothing
// is offered.
func TestFeedbackIsNotOfferedToSomebodyElse(t *testing.T) {
	t.Parallel()
	s := newStep(understand.Reading{Intent: understand.Other, Topic: understand.TopicFeedback, Sure: 60, ThirdParty: true}, nil)
	s.freeWords()
	if s.state.Open != nil {
		t.Errorf("open: %v", s.state.Open)
	}
	if diff := cmp.Diff([]string{"third_party"}, s.saidKeys()); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

// The words of a check-in, by what the lock screen may show.
func TestCheckInWords(t *testing.T) {
	t.Parallel()
	own := "Did you sleep?"
	for _, row := range []struct {
		name                     string
		kind                     CheckInKind
		words                    string
		detail, guarded, borrows bool
		want                     string
	}{
		{"week", CheckInWeek, "", false, false, false, "checkin.week"},
		{"week_guarded", CheckInWeek, "", true, true, false, "checkin.week"},
		{"own_with_detail", CheckInWellbeing, own, true, false, false, "checkin.wellbeing"},
		{"own_without_detail", CheckInWellbeing, own, false, false, false, "checkin.announced"},
		{"own_guarded", CheckInWellbeing, own, true, true, false, "checkin.plain"},
		{"own_on_a_borrowed_phone", CheckInWellbeing, own, true, false, true, "checkin.plain"},
		{"own_without_words", CheckInWellbeing, " ", false, false, false, "checkin.plain"},
		{"first_day_with_detail", CheckInFirstDay, "", true, false, false, "checkin.first_day"},
		{"first_day_without", CheckInFirstDay, "", false, false, false, "checkin.plain"},
		{"busy_day_with_detail", CheckInBusyDay, "", true, false, false, "checkin.busy_day"},
		{"payday_with_detail", CheckInPayday, "", true, false, false, "checkin.payday"},
		{"payday_guarded", CheckInPayday, "", true, true, false, "checkin.plain"},
		{"hours_with_detail", CheckInHours, "", true, false, false, "checkin.hours"},
		{"hours_without", CheckInHours, "", false, false, false, "checkin.plain"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newStep(understand.Reading{}, nil)
			s.facts.Client.Detail, s.facts.Client.Guarded = row.detail, row.guarded
			if row.borrows {
				s.state.Borrowed = s.now.UnixMilli()
			}
			if got, _ := s.checkInWords(CheckIn{Kind: row.kind, Words: row.words}); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}
