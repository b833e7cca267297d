package api

import (
	"context"
	"net/http"

	"alongside/conversations"
	"alongside/store"
)

// Mends say in plain words what can be done about an address that failed.
var mends = map[string]string{
	"21211": "Ask the client for their mobile number and put it in (change-mobile); record the agreement anew, then send again what did not arrive.",
	"21614": "Ask the client for a mobile number and put it in (change-mobile); record the agreement anew, then send again what did not arrive.",
	"30003": "Wait until the phone is on again and send again what did not arrive, or reach them another way.",
	"30005": "Ask the client for their number now and put it in (change-mobile); record the agreement anew, then send again what did not arrive.",
	"30006": "Ask the client for a mobile number and put it in (change-mobile); record the agreement anew, then send again what did not arrive.",
	"403":   "Only the client can undo it, by writing to the bot. Until then reach them by SMS, where they agreed to it, or another way.",
}

// OfMessage names a message of a client in a path.
type OfMessage struct {
	OfClient
	Message conversations.MessageID `path:"message" maxLength:"100" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The message's id."`
}

func (a *API) resends() {
	again := examplePreview
	again.Messages = []unsent{{
		Channel: conversations.SMS, Language: "en", Parts: 1, Words: "appointment.reminder",
		Text: "Hi John. Sam asked me to remind you: you are meeting on Thursday 26 November at 2pm. Reply 1 to confirm, 2 to change, 3 if you can't make it.",
	}}
	add(a, operation{
		id: "preview-resend", method: http.MethodGet, path: "/clients/{client}/messages/{message}/resend", tag: "Conversations",
		summary: "Read what would be sent in place of a message that did not arrive", description: "Written from what is true now. Nothing is sent by reading it.",
		scope: scopeRead, gives: again, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfMessage) (*body[preview], error) {
		ev, err := a.unreceived(ctx, in.Client, in.Message)
		if err != nil {
			return nil, err
		}
		p, err := a.previewed(ctx, ev)
		return &body[preview]{Body: p}, err
	})
	said := exampleOutcome
	said.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d9", Direction: "out", Channel: conversations.SMS, At: exampleNow, Text: again.Messages[0].Text,
		Delivery: conversations.Sending, Means: deliveries[conversations.Sending], Parts: 1, Words: "appointment.reminder", Language: "en",
		Appointment: exampleAppointment,
	}}
	said.Open = &question{ID: "q9", Kind: conversations.AskAppointment, Appointment: exampleAppointment, Put: 1, AskedAt: &exampleNow}
	add(a, operation{
		id: "resend-message", method: http.MethodPost, path: "/clients/{client}/messages/{message}/resend", tag: "Conversations",
		summary: "Send again what did not arrive",
		description: "As a new message, written from what is true now, and only once: a second tap sends nothing. Not what may have arrived, what is over or was answered, " +
			"and not an answer to what the client wrote then: write to them anew. The detail of the answer says why nothing went. " + mayWait,
		scope: scopeWrite, takes: holder{By: exampleSpecialist}, gives: said, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfMessage
		Body holder
	},
	) (*body[outcome], error) {
		ev, err := a.unreceived(ctx, in.Client, in.Message)
		if err != nil {
			return nil, err
		}
		return a.signedOutcome(ctx, ev, in.Body.By)
	})
}

// unreceived is the event of saying a message again, if it is one of ours to this
// client.
func (a *API) unreceived(ctx context.Context, client conversations.ClientID, id conversations.MessageID) (conversations.Event, error) {
	if err := a.open(ctx, client); err != nil {
		return conversations.Event{}, err
	}
	ours, err := a.Store.IsToClient(ctx, id, client)
	if err == nil && !ours {
		err = store.ErrNotFound
	}
	return conversations.Event{Kind: conversations.EventResend, Client: client, Message: id}, err
}
