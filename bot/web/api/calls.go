package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
)

// newRing is a call that is announced.
type newRing struct {
	At   time.Time `json:"at" example:"2026-11-23T14:00:00Z" doc:"When you ring, with an offset: in the future, at most a week ahead, and on a whole minute."`
	From string    `json:"from,omitempty" maxLength:"30" pattern:"^[+]?[0-9][0-9 ()-]{2,28}$" patternDescription:"a telephone number" example:"0115 496 0001" doc:"The number that the client's phone will show, as they should read it; left out if it shows none."`
}

// farthestRing is how far ahead a call is announced: what is further is an
// appointment.
const farthestRing = 7 * 24 * time.Hour

func (a *API) calls() {
	said := exampleOutcome
	said.Open = nil
	said.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d7", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text: "Sam will ring you on Monday 23 November at 2pm, from 0115 496 0001.", Delivery: conversations.Sending,
		Means: deliveries[conversations.Sending], Parts: 1, Words: "call.ring_from", Language: "en",
	}}
	add(a, operation{
		id: "announce-call", method: http.MethodPost, path: "/clients/{client}/ring", tag: "Conversations",
		summary: "Tell a client that you are about to ring",
		description: "Who fears an unknown number picks up one that was announced. It goes before the call or not at all. " +
			"A call that is missed is never mentioned. " + mayWait,
		scope: scopeWrite, takes: newRing{At: exampleNow.Add(4 * time.Hour).Truncate(time.Hour), From: "0115 496 0001"}, gives: said,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newRing
	},
	) (*body[outcome], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		if fault := a.wrongRing(in.Body.At); fault != "" {
			return nil, invalid(problem.Fault{Field: "body.at", Message: fault})
		}
		return a.outcome(ctx, conversations.Event{
			Kind: conversations.EventRing, Client: in.Client, Ring: in.Body.At.UTC(), RingFrom: in.Body.From,
		})
	})
	settled := exampleOutcome
	settled.Said, settled.Open, settled.Detail = []message{}, nil, nil
	add(a, operation{
		id: "settle-number", method: http.MethodPost, path: "/clients/{client}/settled", tag: "Conversations",
		summary: "Say that the number is the client's after all",
		description: "After somebody answered that it is not, or wrote for the client: you have spoken to them and know. " +
			"Until then nothing personal is said there. Where nothing was in doubt, it changes nothing. " +
			"If the number is somebody else's, change the client's mobile number instead.",
		scope: scopeWrite, gives: settled, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfClient) (*body[outcome], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		return a.outcome(ctx, conversations.Event{Kind: conversations.EventSettled, Client: in.Client})
	})
}

// wrongRing says what is wrong with the moment of a call, or "".
func (a *API) wrongRing(at time.Time) string {
	now := a.Now()
	switch {
	case !at.After(now):
		return "lies in the past; announce a call before it"
	case at.After(now.Add(farthestRing)):
		return "is more than a week ahead; book an appointment instead"
	case at.Second() != 0 || at.Nanosecond() != 0:
		return "must be on a whole minute"
	}
	return ""
}
