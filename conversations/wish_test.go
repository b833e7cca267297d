package conversations

import (
	"testing"
	"time"

	"alongside/conversations/understand"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What the reader does not name yet is shown here on a step of its own: what is
// set, what is said, who is told, and what is asked.

// outcome is what a step did about a wish.
type outcome struct {
	Set   []Settings
	Said  []string
	Flags []FlagReason
	Open  QuestionKind
}

func (s *step) outcome() outcome {
	o := outcome{Said: s.saidKeys(), Flags: s.raised()}
	for _, e := range s.effects {
		if set, ok := e.(Set); ok {
			o.Set = append(o.Set, set.Settings)
		}
	}
	if s.state.Open != nil {
		o.Open = s.state.Open.Kind
	}
	return o
}

// wishStep is a step in the middle of Wednesday 25 November 2026, in the
// service's hours, with an appointment on the next day.
func wishStep(c Client, open *Question) *step {
	s := newStep(understand.Reading{Intent: understand.Other, Sure: 60}, open)
	s.rules.Pathway.Sending = Hours{From: 10 * 60, To: 18 * 60}
	c.ID, c.Zone = "c1", time.UTC
	s.facts.Client = c
	s.facts.Appointments = []Appointment{{ID: "a1", Status: Booked, At: s.now.AddDate(0, 0, 1)}}
	return s
}

func day(d int) *time.Time { return new(time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC)) }

func TestWishes(t *testing.T) {
	t.Parallel()
	monday, friday := []time.Weekday{time.Monday}, []time.Weekday{time.Friday}
	zone := time.UTC
	paused := Client{PausedUntil: time.Date(2026, 12, 9, 0, 0, 0, 0, zone)}
	tests := []struct {
		name   string
		client Client
		open   *Question
		about  understand.Topic
		limit  limit
		want   outcome
	}{
		{
			"not_before_eleven",
			Client{},
			nil, understand.TopicQuiet,
			limit{from: new(11 * 60)},
			outcome{Set: []Settings{{Wakes: new(11 * 60)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"not_after_four_keeps_the_reminder_open",
			Client{},
			&Question{ID: "q1", Kind: AskAppointment, Appointment: "a1"}, understand.TopicQuiet,
			limit{until: new(16 * 60)},
			outcome{Set: []Settings{{Rests: new(16 * 60)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}, Open: AskAppointment},
		},
		{
			"not_on_mondays_beside_fridays",
			Client{RestDays: friday},
			nil, understand.TopicQuiet,
			limit{days: monday},
			outcome{
				Set: []Settings{{RestDays: &[]time.Weekday{time.Monday, time.Friday}}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings},
			},
		},
		{
			"only_on_fridays",
			Client{},
			nil, understand.TopicQuiet,
			limit{days: friday, only: true},
			outcome{
				Set: []Settings{{RestDays: &[]time.Weekday{
					time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Saturday,
				}}}, Said: []string{"quiet.set_only"}, Flags: []FlagReason{FlagSettings},
			},
		},
		{
			"any_time_again",
			Client{Wakes: 11 * 60, RestDays: monday},
			nil, understand.TopicQuiet,
			limit{anyTime: true},
			outcome{
				Set:  []Settings{{Wakes: new(0), Rests: new(0), RestDays: &[]time.Weekday{}}},
				Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings},
			},
		},
		{
			"no_hour_would_be_left",
			Client{Wakes: 11 * 60},
			nil, understand.TopicQuiet,
			limit{until: new(11 * 60)},
			outcome{Said: []string{"quiet_none.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"no_day_would_be_left",
			Client{RestDays: []time.Weekday{1, 2, 3, 4}},
			nil, understand.TopicQuiet,
			limit{days: friday},
			outcome{Said: []string{"quiet_none.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{"not_so_early", Client{}, nil, understand.TopicQuiet, limit{side: sideFrom}, outcome{Said: []string{"quiet.ask_from"}, Open: AskQuiet}},
		{"not_so_late", Client{}, nil, understand.TopicQuiet, limit{side: sideUntil}, outcome{Said: []string{"quiet.ask_until"}, Open: AskQuiet}},
		{"unclear_hours_are_asked", Client{}, nil, understand.TopicQuiet, limit{}, outcome{Said: []string{"quiet.ask"}, Open: AskQuiet}},
		{
			"unclear_hours_are_asked_once",
			Client{},
			&Question{ID: "q1", Kind: AskQuiet}, understand.TopicQuiet,
			limit{},
			outcome{Said: []string{"handed_over.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"two_weeks",
			Client{},
			nil, understand.TopicPause,
			limit{end: time.Date(2026, 12, 9, 14, 0, 0, 0, zone)},
			outcome{Set: []Settings{{PausedUntil: day(9)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"a_pause_leaves_the_open_question",
			Client{},
			&Question{ID: "q1", Kind: AskAppointment, Appointment: "a1"}, understand.TopicPause,
			limit{end: *day(7)},
			outcome{Set: []Settings{{PausedUntil: day(7)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}, Open: AskAppointment},
		},
		{"for_a_while", Client{}, nil, understand.TopicPause, limit{}, outcome{Said: []string{"pause.ask"}, Open: AskPause}},
		{
			"until_yesterday_is_asked",
			Client{},
			nil, understand.TopicPause,
			limit{end: time.Date(2026, 11, 24, 0, 0, 0, 0, zone)},
			outcome{Said: []string{"pause.ask"}, Open: AskPause},
		},
		{
			"for_ten_years_is_asked",
			Client{},
			nil, understand.TopicPause,
			limit{end: time.Date(2036, 1, 1, 0, 0, 0, 0, zone)},
			outcome{Said: []string{"pause.ask"}, Open: AskPause},
		},
		{
			"for_a_while_is_asked_once",
			Client{},
			&Question{ID: "q1", Kind: AskPause}, understand.TopicPause,
			limit{},
			outcome{Said: []string{"handed_over.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"a_length_in_words_answers",
			Client{},
			&Question{ID: "q1", Kind: AskPause}, understand.TopicPause,
			limit{end: *day(16)},
			outcome{Set: []Settings{{PausedUntil: day(16)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"back_early", paused, nil, understand.TopicPause,
			limit{back: true},
			outcome{Set: []Settings{{PausedUntil: &time.Time{}}}, Said: []string{"pause.over"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"no_more_leads",
			Client{},
			nil, understand.TopicStopKind,
			limit{stop: []Matter{MatterLeads}},
			outcome{Set: []Settings{{Stop: []Matter{MatterLeads}}}, Said: []string{"kinds.stopped"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"leads_again",
			Client{Stopped: []Matter{MatterLeads}},
			nil, understand.TopicStopKind,
			limit{allow: []Matter{MatterLeads}},
			outcome{Set: []Settings{{Allow: []Matter{MatterLeads}}}, Said: []string{"kinds.allowed"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"leads_again_ends_a_pause", paused, nil, understand.TopicStopKind,
			limit{allow: []Matter{MatterLeads}},
			outcome{
				Set:  []Settings{{Allow: []Matter{MatterLeads}, PausedUntil: &time.Time{}}},
				Said: []string{"kinds.allowed"}, Flags: []FlagReason{FlagSettings},
			},
		},
		{
			"stop_these_after_an_offer_is_asked",
			Client{},
			&Question{ID: "q1", Kind: AskLead, Offer: "o1"}, understand.TopicStopKind,
			limit{},
			outcome{Said: []string{"kinds.ask"}, Open: AskStopKind},
		},
		{
			"stop_these_after_nothing_goes_to_a_person",
			Client{},
			nil, understand.TopicStopKind,
			limit{},
			outcome{Said: []string{"limits.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"stop_these_is_asked_once",
			Client{},
			&Question{ID: "q1", Kind: AskStopKind, Matter: MatterLeads}, understand.TopicStopKind,
			limit{},
			outcome{Said: []string{"limits.open"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"detail",
			Client{},
			nil, understand.TopicWordingDetail,
			limit{},
			outcome{Set: []Settings{{Detail: new(true)}}, Said: []string{"wording.detailed"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"plain",
			Client{Detail: true},
			nil, understand.TopicWordingPlain,
			limit{},
			outcome{Set: []Settings{{Detail: new(false)}}, Said: []string{"wording.plain"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"detail_on_a_guarded_phone_is_for_a_person",
			Client{Guarded: true},
			nil, understand.TopicWordingDetail,
			limit{},
			outcome{Said: []string{"message.open"}, Flags: []FlagReason{FlagGuarded}},
		},
		{
			"somebody_else_reads_the_phone",
			Client{Detail: true},
			nil, understand.TopicPrivacy,
			limit{},
			outcome{
				Set: []Settings{{Guarded: new(true), Detail: new(false)}}, Said: []string{"guarded.set"}, Flags: []FlagReason{FlagGuarded},
			},
		},
		{
			"telegram_is_not_offered",
			Client{},
			nil, understand.TopicChannelTelegram,
			limit{},
			outcome{Said: []string{"telegram_none.open"}, Flags: []FlagReason{FlagChannel}},
		},
		{
			"sms_is_agreed", Client{}, nil, understand.TopicChannelSMS, limit{}, outcome{Said: []string{"sms.set"}, Flags: []FlagReason{FlagChannel}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := wishStep(tt.client, tt.open)
			if !s.wish(tt.about, tt.limit) {
				t.Fatal("it was not taken for a wish")
			}
			if diff := cmp.Diff(tt.want, s.outcome()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What the reader names comes to the settings whole.
func TestLimitOf(t *testing.T) {
	t.Parallel()
	wednesday := []time.Weekday{time.Wednesday}
	for name, row := range map[string]struct {
		read understand.Limit
		want limit
	}{
		"nothing":              {understand.Limit{}, limit{}},
		"no_time_and_no_kind":  {understand.Limit{Kind: "far", NotBefore: "25:00"}, limit{}},
		"before_and_a_pause":   {understand.Limit{NotBefore: "11:00", Days: 14}, limit{from: new(660), end: time.Date(2026, 12, 9, 14, 0, 0, 0, time.UTC)}},
		"not_on":               {understand.Limit{NotOn: wednesday}, limit{days: wednesday}},
		"only_on":              {understand.Limit{OnlyOn: wednesday}, limit{days: wednesday, only: true}},
		"on_again":             {understand.Limit{On: wednesday}, limit{days: wednesday, again: true}},
		"any_time":             {understand.Limit{AnyTime: true}, limit{anyTime: true}},
		"mornings_again":       {understand.Limit{AnyBefore: true}, limit{from: new(0)}},
		"evenings_again":       {understand.Limit{AnyAfter: true}, limit{until: new(0)}},
		"no_more_of_one_kind":  {understand.Limit{Kind: "leads"}, limit{stop: []Matter{MatterLeads}}},
		"one_kind_comes_again": {understand.Limit{Allow: "checkins"}, limit{allow: []Matter{MatterCheckIns}}},
	} {
		s := wishStep(Client{}, nil)
		s.reading.Limit = row.read
		if diff := cmp.Diff(row.want, s.limit(), cmp.AllowUnexported(limit{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// "Fewer texts" that names a length or an hour is that; otherwise a person sets it.
func TestFewerTexts(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		limit limit
		said  []string
	}{
		"for_two_weeks":     {limit{end: *day(9)}, []string{"pause.set"}},
		"not_in_the_night":  {limit{until: new(20 * 60)}, []string{"quiet.set"}},
		"fewer_and_no_more": {limit{}, nil},
	} {
		s := wishStep(Client{}, nil)
		if took := s.wish(understand.TopicLimits, row.limit); took != (row.said != nil) {
			t.Errorf("%s was taken for a wish: %t", name, took)
		}
		if diff := cmp.Diff(row.said, s.saidKeys()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// "I'm back" from somebody who was not away is something else.
func TestBackWithoutAPause(t *testing.T) {
	t.Parallel()
	s := wishStep(Client{}, nil)
	if s.wish(understand.TopicPause, limit{back: true}) || len(s.effects) > 0 {
		t.Errorf("it ended a pause that there was not: %v", s.effects)
	}
}

// Somebody else who holds the phone silences nobody, and gets no link.
func TestSomebodyElseSettlesNothing(t *testing.T) {
	t.Parallel()
	for _, about := range []understand.Topic{
		understand.TopicQuiet, understand.TopicPause, understand.TopicStopKind, understand.TopicWordingPlain, understand.TopicWordingDetail, understand.TopicPrivacy, understand.TopicChannelTelegram, understand.TopicChannelSMS,
	} {
		s := wishStep(Client{}, nil)
		s.rules.Pathway.TelegramBot, s.facts.FreshLink = "a_bot", "k7"
		s.reading.ThirdParty = true
		s.wish(about, limit{from: new(660), end: *day(9), stop: []Matter{MatterLeads}})
		want := outcome{Said: []string{"third_party"}, Flags: []FlagReason{FlagMessage}}
		if diff := cmp.Diff(want, s.outcome()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", about, diff)
		}
	}
}

func TestAnswersToQuestionsAboutSettings(t *testing.T) {
	t.Parallel()
	number := func(n int) understand.Reading {
		return understand.Reading{Intent: understand.Choose, Number: n, Sure: 90}
	}
	at := func(clock string) understand.Reading {
		return understand.Reading{Intent: understand.Change, When: understand.When{Clock: clock}, Sure: 80}
	}
	leads := Question{ID: "q1", Kind: AskStopKind, Matter: MatterLeads}
	tests := []struct {
		name    string
		open    Question
		reading understand.Reading
		want    outcome
	}{
		{
			"one_week",
			Question{ID: "q1", Kind: AskPause},
			number(1),
			outcome{Set: []Settings{{PausedUntil: day(2)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"two_weeks",
			Question{ID: "q1", Kind: AskPause},
			number(2),
			outcome{Set: []Settings{{PausedUntil: day(9)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"the_third_is_four_weeks",
			Question{ID: "q1", Kind: AskPause},
			number(3),
			outcome{Set: []Settings{{PausedUntil: day(23)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"four_means_four_weeks",
			Question{ID: "q1", Kind: AskPause},
			number(4),
			outcome{Set: []Settings{{PausedUntil: day(23)}}, Said: []string{"pause.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"from_eleven",
			Question{ID: "q1", Kind: AskQuiet, Number: sideFrom},
			at("11:00"),
			outcome{Set: []Settings{{Wakes: new(660)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"until_five",
			Question{ID: "q1", Kind: AskQuiet, Number: sideUntil},
			at("17:00"),
			outcome{Set: []Settings{{Rests: new(17 * 60)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"a_bare_hour_in_the_morning",
			Question{ID: "q1", Kind: AskQuiet},
			at("11:00"),
			outcome{Set: []Settings{{Wakes: new(660)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"a_bare_hour_late_in_the_day",
			Question{ID: "q1", Kind: AskQuiet},
			at("17:00"),
			outcome{Set: []Settings{{Rests: new(17 * 60)}}, Said: []string{"quiet.set"}, Flags: []FlagReason{FlagSettings}},
		},
		{
			"only_leads", leads, number(1),
			outcome{Set: []Settings{{Stop: []Matter{MatterLeads}}}, Said: []string{"kinds.stopped"}, Flags: []FlagReason{FlagSettings}},
		},
		{"all_texts", leads, number(2), outcome{Flags: []FlagReason{FlagStopped}}},
		{"neither", leads, number(3), outcome{Said: []string{"kinds.as_is"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := wishStep(Client{}, &tt.open)
			s.reading = tt.reading
			if !s.settingAnswered() {
				t.Fatal("it was not taken for the answer")
			}
			if diff := cmp.Diff(tt.want, s.outcome()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoAnswerToAQuestionAboutSettings(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		open    Question
		reading understand.Reading
	}{
		"another_number":             {Question{ID: "q1", Kind: AskStopKind, Matter: MatterLeads}, understand.Reading{Intent: understand.Choose, Number: 5}},
		"a_day_is_no_hour":           {Question{ID: "q1", Kind: AskQuiet, Number: sideFrom}, understand.Reading{Intent: understand.Change, When: understand.When{Date: "2026-12-01", Clock: "11:00"}}},
		"an_hour_that_may_be_either": {Question{ID: "q1", Kind: AskQuiet}, understand.Reading{Intent: understand.Change, When: understand.When{Clock: "13:30"}}},
		"somebody_else_answers":      {Question{ID: "q1", Kind: AskPause}, understand.Reading{Intent: understand.Choose, Number: 2, ThirdParty: true}},
		"words_are_left_to_others":   {Question{ID: "q1", Kind: AskPause}, understand.Reading{Intent: understand.CallMe}},
	} {
		s := wishStep(Client{}, &row.open)
		s.reading = row.reading
		if s.settingAnswered() || len(s.effects) > 0 {
			t.Errorf("%s was taken for the answer: %v", name, s.effects)
		}
	}
}

// Whatever was wished, either some hour of the week stays open or nothing was
// set: nobody is silenced by hours.
func TestQuietTimesLeaveAnHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.Ptr(rapid.IntRange(0, 24*60-1), true)
		l := limit{
			from: minutes.Draw(t, "from"), until: minutes.Draw(t, "until"), only: rapid.Bool().Draw(t, "only"),
			days: rapid.SliceOfDistinct(rapid.Map(rapid.IntRange(0, 6), func(d int) time.Weekday { return time.Weekday(d) }), rapid.ID).Draw(t, "days"),
		}
		s := wishStep(Client{Wakes: rapid.SampledFrom([]int{0, 11 * 60}).Draw(t, "wakes")}, nil)
		s.wish(understand.TopicQuiet, l)
		if open := s.hours().OpenAWeek(); len(s.outcome().Set) > 0 && open < leastOpen {
			t.Fatalf("%d minutes a week are left", open)
		}
		if len(s.outcome().Set) == 0 && s.state.Open == nil && len(s.outcome().Flags) == 0 {
			t.Fatal("nothing was set, asked or shown")
		}
	})
}
