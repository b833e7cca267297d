package conversations

import (
	"slices"
	"testing"
	"time"

	"alongside/conversations/understand"
	"alongside/locales"
)

// read is a step for a client who agreed, with one reading and one question.
func read(t *testing.T, r understand.Reading, open *Question) *step {
	t.Helper()
	lexicons, err := locales.Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	return &step{
		rules: Rules{Lexicons: lexicons, Pathway: Pathway{Languages: []string{"en", "cy"}, Zone: time.UTC, AnswerWithin: 60}},
		facts: Facts{
			Client: Client{ID: "c1"}, Reach: []Reach{{Channel: SMS, Agreement: AgreementGiven}},
			Appointments: []Appointment{{ID: "a1", At: time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC), Status: Booked}},
		},
		state:   State{Open: open, Asked: 9},
		event:   Event{Kind: EventText, From: Address{Channel: SMS}, Text: "some words that were read before this test"},
		now:     time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC),
		reading: r,
	}
}

func (s *step) did() []string {
	var out []string
	for _, e := range s.effects {
		switch e := e.(type) {
		case Say:
			out = append(out, e.Key)
		case SetAgreement:
			out = append(out, string(e.Agreement))
		case SetAppointment:
			out = append(out, string(e.Status))
		}
	}
	return out
}

// What is done with readings of one sureness or another: the labelled lines say
// how often each is right (see sureEnough).
func TestHowSureIsEnough(t *testing.T) {
	t.Parallel()
	reminder := func() *Question {
		return &Question{ID: "q1", Kind: AskAppointment, Appointment: "a1", Put: 1, Stands: time.Date(2026, 11, 26, 14, 0, 0, 0, time.UTC).UnixMilli()}
	}
	other := []understand.Alternative{{Intent: understand.Help, Sure: 13}}
	for name, c := range map[string]struct {
		reading understand.Reading
		open    *Question
		want    []string
	}{
		"a_plain_stop_stops":                 {understand.Reading{Intent: understand.Stop, Sure: 60, Plain: true}, reminder(), []string{"stopped"}},
		"a_narrow_stop_is_asked":             {understand.Reading{Intent: understand.Stop, Sure: 99}, reminder(), []string{"kinds.ask"}},
		"a_doubtful_stop_is_asked":           {understand.Reading{Intent: understand.Stop, Sure: 59}, reminder(), []string{"kinds.ask"}},
		"with_nothing_at_hand_all_are_meant": {understand.Reading{Intent: understand.Stop, Sure: 59}, nil, []string{"kinds.ask_all"}},
		"said_while_it_is_asked_it_is_plain": {understand.Reading{Intent: understand.Stop, Sure: 30}, &Question{ID: "q1", Kind: AskStopKind, Put: 1}, []string{"stopped"}},
		"the_number_for_all":                 {understand.Reading{Intent: understand.Choose, Number: 1, Sure: 99}, &Question{ID: "q1", Kind: AskStopKind, Put: 1}, []string{"stopped"}},
		"the_number_for_none":                {understand.Reading{Intent: understand.Choose, Number: 2, Sure: 99}, &Question{ID: "q1", Kind: AskStopKind, Put: 1}, []string{"kinds.as_is"}},
		"a_doubtful_yes_is_put_again":        {understand.Reading{Intent: understand.Confirm, Sure: 59, Others: other}, reminder(), []string{"handed_over.with_appointment"}},
		"a_sure_yes_is_one":                  {understand.Reading{Intent: understand.Confirm, Sure: 60, Others: other}, reminder(), []string{"confirmed", "appointment.confirmed"}},
		"a_doubtful_language_is_not_set":     {understand.Reading{Intent: understand.Language, Language: "cy", Sure: 39}, nil, []string{"handed_over.later"}},
		"a_doubtful_courtesy_is_passed_on":   {understand.Reading{Intent: understand.Social, Sure: 50}, nil, []string{"message.later"}},
		"somebody_else_perhaps":              {understand.Reading{Intent: understand.WrongPerson, Sure: 50, Others: other}, reminder(), []string{"third_party"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := read(t, c.reading, c.open)
			s.respond()
			if got := s.did(); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
