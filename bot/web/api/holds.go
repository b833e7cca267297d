package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// holding says whether a client is on hold.
type holding struct {
	Client conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Held   bool                   `json:"held" example:"true" doc:"Leads, check-ins, tasks and bulk nudges wait. What the client writes is answered, and news of their appointments goes."`
	Since  *time.Time             `json:"since,omitempty" doc:"Since when; left out if they are not on hold."`
	Reason string                 `json:"reason,omitempty" example:"person" doc:"alert: danger began it. person: somebody of the team did."`
}

// let is a reminder that a person let go.
type let struct {
	Reminder *message `json:"reminder,omitempty" doc:"What goes, and when; left out if it is no longer worth sending."`
	Reason   string   `json:"reason,omitempty" example:"" doc:"Why nothing goes."`
}

// holder says who of the team does it.
type holder struct {
	By string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

func (a *API) holds() {
	held := holding{Client: exampleClient, Held: true, Since: &exampleNow, Reason: "person"}
	for _, way := range []struct {
		verb, summary, description string
		kind                       conversations.EventKind
		gives                      holding
	}{
		{
			"hold", "Put a client on hold",
			"Leads, check-ins, tasks and bulk nudges stop until somebody releases the client; each appointment reminder waits for a person. " +
				"It silences nobody: what the client writes is answered. It comes back to the duty list every working day. Danger does the same by itself.",
			conversations.EventHeld, held,
		},
		{
			"release", "Release a client from a hold",
			"What a hold stopped goes on from here; what was not sent meanwhile is not sent later, except reminders that still help. Alerts stay as they are.",
			conversations.EventReleased,
			holding{Client: exampleClient},
		},
	} {
		add(a, operation{
			id: way.verb + "-client", method: http.MethodPost, path: "/clients/{client}/" + way.verb, tag: "Alerts",
			summary: way.summary, description: way.description,
			scope: scopeWrite, takes: holder{By: exampleSpecialist}, gives: way.gives, refuses: []int{http.StatusNotFound, http.StatusConflict},
		}, func(ctx context.Context, in *struct {
			OfClient
			Body holder
		},
		) (*body[holding], error) {
			_, by, err := a.changeBy(ctx, in.Client, in.Body.By)
			if err != nil {
				return nil, err
			}
			if err := a.Event(ctx, conversations.Event{Kind: way.kind, At: a.Now(), Client: in.Client, By: by}); err != nil {
				return nil, err
			}
			c, err := a.Store.Client(ctx, in.Client)
			if err != nil {
				return nil, err
			}
			return &body[holding]{Body: holdingOf(c)}, nil
		})
	}
	a.letRemind()
}

func holdingOf(c store.Client) holding {
	return holding{Client: c.ID, Held: !c.HeldAt.IsZero(), Since: instant(c.HeldAt), Reason: c.HeldReason}
}

func (a *API) letRemind() {
	said := exampleConversation.Messages[1]
	said.Words, said.Text = "appointment.reminder", "Hi John. Sam asked me to remind you: you are meeting on Thursday 26 November at 2pm. Reply 1 to confirm, 2 to change, 3 if you can't make it."
	add(a, operation{
		id: "let-remind", method: http.MethodPost, path: "/clients/{client}/appointments/{appointment}/remind", tag: "Alerts",
		summary: "Let a reminder go in spite of a hold",
		description: "While a client is on hold each reminder waits for this. It is written anew from what is true now, and keeps to the hours " +
			"in which the client may be texted.",
		scope: scopeWrite, takes: holder{By: exampleSpecialist}, gives: let{Reminder: &said}, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		OfAppointment
		Body holder
	},
	) (*body[let], error) {
		if err := a.waits(ctx, in.Client, in.Appointment); err != nil {
			return nil, err
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		before, err := a.Store.Conversation(ctx, in.Client, "", 1)
		if err != nil {
			return nil, err
		}
		err = a.Event(ctx, conversations.Event{
			Kind: conversations.EventReminderAllowed, At: a.Now(), Client: in.Client, By: by,
			Appointment: conversations.Appointment{ID: in.Appointment},
		})
		if err != nil {
			return nil, err
		}
		now, err := a.Store.Conversation(ctx, in.Client, "", 20)
		if err != nil {
			return nil, err
		}
		return &body[let]{Body: letOf(now, before.Revision, in.Appointment)}, nil
	})
}

// waits refuses where no reminder of an appointment waits for a person.
func (a *API) waits(ctx context.Context, client conversations.ClientID, id conversations.AppointmentID) error {
	m, err := a.Store.Appointment(ctx, id)
	if err == nil && m.Client != client {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	t, err := a.Store.Conversation(ctx, client, "", 1)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(t.Flags, func(f store.Flag) bool {
		return f.Reason == conversations.FlagReminderWaits && f.Appointment == id
	}) {
		return problem.New(http.StatusConflict, "nothing_waits",
			"No reminder of this appointment waits for you: none has fallen due while the client was on hold, or somebody let it go before.")
	}
	return nil
}

// letOf finds what the tap had said.
func letOf(t store.ConversationPage, after int64, id conversations.AppointmentID) let {
	for _, m := range slices.Backward(t.Messages) {
		if !m.In && m.Revision > after && m.Appointment == id && strings.HasPrefix(m.Key, "appointment.reminder") {
			said := messageOf(m)
			return let{Reminder: &said}
		}
	}
	return let{Reason: "the reminder is no longer worth sending, or the client may not be texted now; the conversation says why"}
}
