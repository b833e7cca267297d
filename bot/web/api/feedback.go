package api

import (
	"context"
	"net/http"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// feedback is what a client thinks of the service.
type feedback struct {
	Client     conversations.ClientID  `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Message    conversations.MessageID `json:"message" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The text that said it."`
	Number     int                     `json:"number" example:"4" doc:"1 to 5; 0 if only words came."`
	Words      string                  `json:"words" example:"sam really listens" doc:"What was written; empty for a button."`
	Unreadable bool                    `json:"unreadable,omitempty" example:"false" doc:"There are words, but none of the present keys opens them."`
	At         time.Time               `json:"at" example:"2026-11-23T10:15:00Z"`
}

func feedbackOf(f store.Feedback) feedback {
	return feedback{
		Client: f.Client, Message: f.Message, Number: f.Number, Words: f.Words, Unreadable: f.Unreadable, At: f.At.Truncate(time.Second),
	}
}

func (a *API) feedback() {
	asked := exampleOutcome
	asked.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d6", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text: "How is our service for you? Reply 1 (bad) to 5 (good), or in your own words.", Delivery: conversations.Sending,
		Means: deliveries[conversations.Sending], Parts: 1, Words: "feedback.ask", Language: "en",
	}}
	asked.Open = &question{ID: "q10", Kind: conversations.AskFeedback, Put: 1, AskedAt: &exampleNow}
	add(a, operation{
		id: "ask-feedback", method: http.MethodPost, path: "/clients/{client}/feedback/ask", tag: "Check-ins",
		summary:     "Ask a client what they think of the service",
		description: "What they answer goes to the lead, not to their specialist. " + mayWait,
		scope:       scopeWrite, gives: asked, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfClient) (*body[outcome], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		return a.outcome(ctx, conversations.Event{Kind: conversations.EventFeedback, Client: in.Client})
	})
	add(a, operation{
		id: "list-feedback", method: http.MethodGet, path: "/feedback", tag: "Check-ins",
		summary:     "List what clients think of the service",
		description: "The newest first. It is for the lead, and so needs a token with the scope admin.",
		scope:       scopeAdmin,
		gives: list[feedback]{Items: []feedback{{
			Client: exampleClient, Message: exampleMessage, Number: 4, Words: "sam really listens", At: exampleNow,
		}}},
	}, func(ctx context.Context, in *struct{ PageQuery }) (*body[list[feedback]], error) {
		all, next, err := a.Store.Feedback(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[feedback]]{Body: listOf(all, next, feedbackOf)}, nil
	})
}
