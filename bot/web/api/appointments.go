package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// over is how long after its start an appointment can still be changed; the
// conversation looks no further back either.
const over = 4 * time.Hour

// newAppointment is an appointment to be booked.
type newAppointment struct {
	Kind    conversations.AppointmentKind `json:"kind" enum:"informal_chat,first,regular,review,interview,first_day,assessment,employer_review,exit" example:"regular" doc:"What it is for. Clients are not told."`
	At      time.Time                     `json:"at" example:"2026-11-26T14:00:00Z" doc:"When it starts, with an offset: in the future, at most two years ahead, and on a whole minute."`
	Minutes int                           `json:"minutes,omitempty" minimum:"0" maximum:"1440" example:"45" doc:"How long it lasts; left out: not said."`
	Place   string                        `json:"place,omitempty" maxLength:"200" example:"the library cafe" doc:"Where, in your words. A client who did not choose detail reads the usual place."`
	With    string                        `json:"with,omitempty" maxLength:"200" example:"Ann, who runs the workshop" doc:"Who else will be there, in your words; the client reads it when they ask. Left out: nobody."`
}

// movedAppointment is another time for an appointment.
type movedAppointment struct {
	At time.Time `json:"at" example:"2026-11-27T15:00:00Z" doc:"The new start, with an offset: in the future, at most two years ahead, and on a whole minute."`
}

// appointment is an appointment as the API shows it.
type appointment struct {
	ID         conversations.AppointmentID     `json:"id" example:"01982c60-5be0-7e42-a1f7-0d9c4b6a8f21"`
	Client     conversations.ClientID          `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Kind       conversations.AppointmentKind   `json:"kind" enum:"informal_chat,first,regular,review,interview,first_day,assessment,employer_review,exit" example:"regular"`
	At         time.Time                       `json:"at" example:"2026-11-26T14:00:00Z" doc:"When it starts, in the client's own zone."`
	Minutes    int                             `json:"minutes" example:"45" doc:"How long it lasts; 0: not said."`
	Place      string                          `json:"place" example:"the library cafe"`
	With       string                          `json:"with,omitempty" example:"Ann, who runs the workshop" doc:"Who else will be there; left out: nobody."`
	Status     conversations.AppointmentStatus `json:"status" enum:"booked,confirmed,change_asked,cannot,cancelled" example:"confirmed" doc:"booked: no answer yet, which is not a no. confirmed: the client said that they will come. change_asked: they asked for another time, and this one stands until you decide. cannot: they cannot come. cancelled: you called it off."`
	Proposed   *time.Time                      `json:"proposed,omitempty" doc:"The time that the client asks for instead; left out if none."`
	Attendance conversations.Attendance        `json:"attendance,omitempty" enum:"attended,missed,excused" example:"" doc:"Whether it happened; left out while nobody has said."`
	Mechanism  conversations.Mechanism         `json:"mechanism,omitempty" enum:"face_to_face,telephone,video" example:"" doc:"How it was held, if it was attended."`
}

var exampleMeeting = appointment{
	ID: exampleAppointment, Client: exampleClient, Kind: conversations.Regular,
	At: time.Date(2026, time.November, 26, 14, 0, 0, 0, time.UTC), Minutes: 45, Place: "the library cafe",
	Status: conversations.Booked,
}

func appointmentOf(a store.Appointment) appointment {
	return appointment{
		ID: a.ID, Client: a.Client, Kind: a.Kind, At: a.At.Truncate(time.Second), Minutes: a.Minutes, Place: a.Place, With: a.With,
		Status: a.Status, Proposed: instant(a.Proposed), Attendance: a.Attendance, Mechanism: a.Mechanism,
	}
}

// OfAppointment names an appointment in a path.
type OfAppointment struct {
	Appointment conversations.AppointmentID `path:"appointment" maxLength:"100" example:"01982c60-5be0-7e42-a1f7-0d9c4b6a8f21" doc:"The appointment's id."`
}

func (a *API) appointments() {
	add(a, operation{
		id: "book-appointment", method: http.MethodPost, path: "/clients/{client}/appointments", tag: "Appointments",
		summary: "Book an appointment",
		description: "Its reminders are set; a client who did not agree to texts gets none. " +
			"One before the client's waking hour is booked and flagged.",
		scope: scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: newAppointment{Kind: conversations.Regular, At: exampleMeeting.At, Minutes: 45, Place: "the library cafe"},
		gives: exampleMeeting,
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newAppointment
	},
	) (*created[appointment], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		if fault := a.wrongTime(in.Body.At); fault != "" {
			return nil, invalid(problem.Fault{Field: "body.at", Message: fault})
		}
		id := conversations.AppointmentID(a.NewID())
		err := a.Event(ctx, conversations.Event{
			Kind: conversations.EventBooked, At: a.Now(), Client: in.Client,
			Appointment: conversations.Appointment{
				ID: id, Kind: in.Body.Kind, At: in.Body.At.UTC(), Minutes: in.Body.Minutes, Place: in.Body.Place, With: in.Body.With,
				Status: conversations.Booked,
			},
		})
		if err != nil {
			return nil, err
		}
		booked, err := a.Store.Appointment(ctx, id)
		if err != nil {
			return nil, err
		}
		return &created[appointment]{Location: Prefix + "/appointments/" + string(id), Body: appointmentOf(booked)}, nil
	})
	add(a, operation{
		id: "list-appointments", method: http.MethodGet, path: "/clients/{client}/appointments", tag: "Appointments",
		summary:     "List a client's appointments",
		description: "In order of time, cancelled ones included; of very many the latest.",
		scope:       scopeRead, gives: list[appointment]{Items: []appointment{exampleMeeting}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[appointment]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		all, err := a.Store.Appointments(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[appointment]]{Body: listOf(all, "", appointmentOf)}, nil
	})
	add(a, operation{
		id: "get-appointment", method: http.MethodGet, path: "/appointments/{appointment}", tag: "Appointments",
		summary:     "Read an appointment",
		description: "With what the client said to it.",
		scope:       scopeRead, gives: exampleMeeting, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfAppointment) (*body[appointment], error) {
		m, err := a.Store.Appointment(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		return &body[appointment]{Body: appointmentOf(m)}, nil
	})
	a.moveAppointment()
	a.cancelAppointment()
}

func (a *API) moveAppointment() {
	moved := exampleMeeting
	moved.At = time.Date(2026, time.November, 27, 15, 0, 0, 0, time.UTC)
	add(a, operation{
		id: "move-appointment", method: http.MethodPatch, path: "/appointments/{appointment}", tag: "Appointments",
		summary: "Move an appointment",
		description: "To the time that the client asked for, it is agreed; to any other, the client is asked. " +
			"Reminders of the old time are taken back.",
		scope: scopeWrite, takes: movedAppointment{At: moved.At}, gives: moved,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfAppointment
		Body movedAppointment
	},
	) (*body[appointment], error) {
		m, err := a.changeable(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		if fault := a.wrongTime(in.Body.At); fault != "" {
			return nil, invalid(problem.Fault{Field: "body.at", Message: fault})
		}
		if m.At.Equal(in.Body.At) {
			return &body[appointment]{Body: appointmentOf(m)}, nil
		}
		now, err := a.changed(ctx, m, conversations.EventMoved, in.Body.At.UTC())
		if err == nil && !now.At.Equal(in.Body.At) {
			err = store.ErrConflict // Somebody cancelled it in between, or moved it again.
		}
		if err != nil {
			return nil, err
		}
		return &body[appointment]{Body: appointmentOf(now)}, nil
	})
}

func (a *API) cancelAppointment() {
	cancelled := exampleMeeting
	cancelled.Status = conversations.Cancelled
	add(a, operation{
		id: "cancel-appointment", method: http.MethodPost, path: "/appointments/{appointment}/cancel", tag: "Appointments",
		summary:     "Cancel an appointment",
		description: "The client is told where they agreed to that, and its reminders are taken back. To cancel one that is cancelled changes nothing.",
		scope:       scopeWrite, gives: cancelled, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfAppointment) (*body[appointment], error) {
		m, err := a.Store.Appointment(ctx, in.Appointment)
		if err != nil {
			return nil, err
		}
		if m.Status == conversations.Cancelled {
			return &body[appointment]{Body: appointmentOf(m)}, nil
		}
		if m, err = a.changeable(ctx, in.Appointment); err != nil {
			return nil, err
		}
		now, err := a.changed(ctx, m, conversations.EventCancelled, m.At)
		if err == nil && now.Status != conversations.Cancelled {
			err = store.ErrConflict
		}
		if err != nil {
			return nil, err
		}
		return &body[appointment]{Body: appointmentOf(now)}, nil
	})
}

// changeable reads an appointment that can still be changed.
func (a *API) changeable(ctx context.Context, id conversations.AppointmentID) (store.Appointment, error) {
	m, err := a.Store.Appointment(ctx, id)
	if err != nil {
		return m, err
	}
	if err := a.open(ctx, m.Client); err != nil {
		return m, err
	}
	switch {
	case m.Status == conversations.Cancelled:
		err = problem.New(http.StatusConflict, "cancelled", "This appointment was cancelled. Book another one.")
	case m.At.Before(a.Now().Add(-over)):
		err = problem.New(http.StatusConflict, "over", "This appointment is over. Book another one.")
	}
	return m, err
}

// changed takes a change of an appointment through its turn and reads it again.
func (a *API) changed(ctx context.Context, m store.Appointment, kind conversations.EventKind, at time.Time) (store.Appointment, error) {
	to := m.Appointment
	to.At = at
	if err := a.Event(ctx, conversations.Event{Kind: kind, At: a.Now(), Client: m.Client, Appointment: to}); err != nil {
		return store.Appointment{}, err
	}
	return a.Store.Appointment(ctx, m.ID)
}

// wrongTime says what is wrong with the start of an appointment, or "".
func (a *API) wrongTime(at time.Time) string { return conversations.StartFault(at, a.Now()) }
