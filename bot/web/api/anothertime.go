package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
)

// preview is what would be said if it were sent now.
type preview struct {
	Client   conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Messages []unsent               `json:"messages" nullable:"false" doc:"What would go; empty: nothing."`
	Not      []unsaid               `json:"not" nullable:"false" doc:"What would not go, and why."`
}

// unsent is a message in the client's own language, as their channel shows it.
type unsent struct {
	Channel   conversations.Channel `json:"channel" enum:"sms,telegram" example:"sms"`
	Language  string                `json:"language" example:"en"`
	Text      string                `json:"text" example:"Sam asked me to write: shall we find another time to meet? If you would like to, just text me a day and time."`
	Parts     int                   `json:"parts" example:"1" doc:"How many SMS it takes; 0 on other channels."`
	Words     string                `json:"words" example:"appointment.another_time"`
	NotBefore *time.Time            `json:"not_before,omitempty" doc:"It waits until then; left out: it goes at once."`
	Reason    string                `json:"reason,omitempty" example:"quiet_hours" doc:"Why it waits."`
	Means     string                `json:"reason_means,omitempty" example:"it waits until the hours in which this client may be texted" doc:"The same in plain words."`
}

// unsaid is a message that would not go.
type unsaid struct {
	Words  string `json:"words" example:"appointment.another_time"`
	Reason string `json:"reason" example:"kind_stopped"`
	Means  string `json:"means" example:"the client wants no texts of this kind" doc:"The same in plain words."`
}

var examplePreview = preview{
	Client: exampleClient, Not: []unsaid{},
	Messages: []unsent{{
		Channel: conversations.SMS, Language: "en", Parts: 1, Words: "appointment.another_time",
		Text: "Sam asked me to write: shall we find another time to meet? If you would like to, just text me a day and time.",
	}},
}

// previewed says what an event would have said.
func (a *API) previewed(ctx context.Context, ev conversations.Event) (preview, error) {
	ev.At = a.Now()
	t, err := a.Preview(ctx, ev)
	if err != nil {
		return preview{}, err
	}
	out := preview{Client: ev.Client, Messages: []unsent{}, Not: []unsaid{}}
	for _, m := range t.Messages {
		out.Messages = append(out.Messages, unsent{
			Channel: m.Channel, Language: m.Language, Text: m.Text, Parts: m.Parts, Words: m.Key,
			NotBefore: instant(m.NotBefore), Reason: m.Held, Means: plainReason(m.Held),
		})
	}
	for _, e := range t.Effects {
		if s, is := e.(conversations.Skip); is {
			out.Not = append(out.Not, unsaid{Words: s.Key, Reason: s.Reason, Means: plainReason(s.Reason)})
		}
	}
	return out, nil
}

// signedPreview is what an event would send, signed by who would send it; empty:
// the client's specialist.
func (a *API) signedPreview(ctx context.Context, ev conversations.Event, by string) (*body[preview], error) {
	var err error
	if ev.Signed, err = a.firstName(ctx, by); err != nil {
		return nil, err
	}
	p, err := a.previewed(ctx, ev)
	return &body[preview]{Body: p}, err
}

// signedOutcome takes an event through its conversation, signed by who sends it.
func (a *API) signedOutcome(ctx context.Context, ev conversations.Event, by string) (*body[outcome], error) {
	var err error
	if ev.By, err = a.ofTheTeam(ctx, by); err != nil {
		return nil, err
	}
	if ev.Signed, err = a.firstName(ctx, by); err != nil {
		return nil, err
	}
	return a.outcome(ctx, ev)
}

func (a *API) anotherTime() {
	add(a, operation{
		id: "preview-another-time", method: http.MethodGet, path: "/appointments/{appointment}/another-time", tag: "Appointments",
		summary: "Read what a client would be sent about another time",
		description: "After an appointment that did not happen: kind words in the client's language, with your free times where there are some. " +
			"Nothing is sent by reading them.",
		scope: scopeRead, gives: examplePreview, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfAppointment
		By string `query:"by" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who would send it; left out: the client's specialist."`
	},
	) (*body[preview], error) {
		ev, err := a.missed(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		return a.signedPreview(ctx, ev, in.By)
	})
	said := exampleOutcome
	said.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d8", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text: examplePreview.Messages[0].Text, Delivery: conversations.Sending, Means: deliveries[conversations.Sending],
		Parts: 1, Words: "appointment.another_time", Language: "en",
	}}
	said.Open = &question{ID: "q8", Kind: conversations.AskReschedule, Put: 1, AskedAt: &exampleNow}
	add(a, operation{
		id: "send-another-time", method: http.MethodPost, path: "/appointments/{appointment}/another-time", tag: "Appointments",
		summary: "Ask a client for another time after an appointment that did not happen",
		description: "Only when you say so, and once: a second tap, while the client has not answered, sends nothing. The time that they name is put before you; " +
			"nothing is booked by itself. " + mayWait,
		scope: scopeWrite, takes: holder{By: exampleSpecialist}, gives: said, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfAppointment
		Body holder
	},
	) (*body[outcome], error) {
		ev, err := a.missed(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		return a.signedOutcome(ctx, ev, in.Body.By)
	})
}

// missed is the event of asking for another time after an appointment, if that
// one did not happen.
func (a *API) missed(ctx context.Context, id conversations.AppointmentID) (conversations.Event, error) {
	m, err := a.Store.Appointment(ctx, id)
	if err != nil {
		return conversations.Event{}, err
	}
	if err := a.open(ctx, m.Client); err != nil {
		return conversations.Event{}, err
	}
	if !m.Attendance.FellThrough() {
		return conversations.Event{}, problem.New(http.StatusConflict, "not_missed",
			"Nobody has said that this appointment did not happen. Say whether it happened first, or move it if it is still ahead.")
	}
	return conversations.Event{
		Kind: conversations.EventAttendance, Client: m.Client, Appointment: m.Appointment, Attendance: m.Attendance, AnotherTime: true,
	}, nil
}

// firstName is the name that a client reads for somebody of the team; empty for
// the client's own specialist, and where nobody is named.
func (a *API) firstName(ctx context.Context, by string) (string, error) {
	switch by {
	case "":
		return "", nil
	case "duty":
		return a.Pathway.Duty.Name, nil
	case "lead":
		return a.Pathway.Lead.Name, nil
	}
	s, err := a.Store.Specialist(ctx, conversations.SpecialistID(by))
	if isMissing(err) {
		return "", invalid(problem.Fault{Field: "by", Message: "is nobody of the team: send a specialist's id, or duty or lead"})
	}
	return s.Name, err
}
