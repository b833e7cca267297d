package api

import (
	"context"

	"alongside/conversations"
	"alongside/store"
)

// outcome is what an event made of a conversation: who asks for something to be
// said reads here what was said, and why nothing was.
type outcome struct {
	Client   conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Revision int64                  `json:"revision" example:"8" doc:"Counts what happened; it grows with every change."`
	Said     []message              `json:"said" nullable:"false" doc:"What was put into the outbox by this; empty: nothing. A message that waits says until when, and why."`
	Detail   map[string]any         `json:"detail,omitempty" doc:"What else it changed: ids and named reasons, such as why nothing was said."`
	Open     *question              `json:"open_question,omitempty" doc:"What the client is being asked now; left out if nothing."`
	Waiting  []question             `json:"waiting_questions" nullable:"false" doc:"Questions that wait for their turn: one is asked at a time."`
}

// mayWait is said of every operation that has something said unasked.
const mayWait = "It is said when the client may be texted, and after what is being asked just now; " +
	"not at all if they want nothing of this kind. The answer says what went and what waits."

var exampleOutcome = outcome{
	Client: exampleClient, Revision: 8,
	Said: []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d4", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text: "Did you get to look up job descriptions? Reply 1 done, 2 not yet, 3 would like help.", Delivery: conversations.Sending,
		Means: deliveries[conversations.Sending], Parts: 1, Words: "task.ask", Language: "en",
	}},
	Open:    &question{ID: "q8", Kind: conversations.AskTask, Task: exampleTask, Put: 1, AskedAt: &exampleNow},
	Waiting: []question{},
}

// latest is how many messages back an outcome looks for what was just said.
const latest = 20

// outcome takes an event through its turn and says what came of it.
func (a *API) outcome(ctx context.Context, ev conversations.Event) (*body[outcome], error) {
	before, err := a.Store.Conversation(ctx, ev.Client, "", 1)
	if err != nil {
		return nil, err
	}
	ev.At = a.Now()
	if err := a.Event(ctx, ev); err != nil {
		return nil, err
	}
	now, err := a.Store.Conversation(ctx, ev.Client, "", latest)
	if err != nil {
		return nil, err
	}
	return &body[outcome]{Body: outcomeOf(now, before.Revision, ev.Kind)}, nil
}

func outcomeOf(t store.ConversationPage, after int64, kind conversations.EventKind) outcome {
	out := outcome{Client: t.Client, Revision: t.Revision, Said: []message{}, Waiting: each(t.Queued, questionOf)}
	if t.Open != nil {
		q := questionOf(*t.Open)
		out.Open = &q
	}
	// Somebody may have texted in the same moment: only what this event did counts.
	for _, e := range t.Events {
		if e.Revision <= after || e.Kind != kind {
			continue
		}
		out.Detail = objectOf(e.Detail)
		for _, m := range t.Messages {
			if !m.In && m.Revision == e.Revision {
				out.Said = append(out.Said, messageOf(m))
			}
		}
	}
	return out
}
