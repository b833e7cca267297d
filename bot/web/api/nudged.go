package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// nudge is a nudge as the API shows it.
type nudge struct {
	ID         conversations.NudgeID      `json:"id" example:"01982c65-2d30-7a10-9c55-11bb22cc33dd"`
	State      store.NudgeState           `json:"state" enum:"planned,running,done,cancelled,stopped" example:"running" doc:"How far it is. Only a planned one can be changed."`
	Means      string                     `json:"means" example:"it is being sent" doc:"The same in plain words."`
	By         conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
	Template   string                     `json:"template" example:"" doc:"Words from the list; empty if they are the specialist's own."`
	Words      map[string]string          `json:"words" nullable:"false" doc:"The specialist's own words, by language."`
	Unreadable bool                       `json:"unreadable,omitempty" example:"false" doc:"There are words, but none of the present keys opens them."`
	Instead    string                     `json:"instead" example:"" doc:"The language for who has none of theirs among the words; empty: they get nothing."`
	Bulk       bool                       `json:"bulk" example:"true" doc:"It goes to many, and waits for who is on hold."`
	At         *time.Time                 `json:"at" doc:"When it begins, or began."`
	CreatedAt  *time.Time                 `json:"created_at"`
	ChangedAt  *time.Time                 `json:"changed_at"`
	StartedAt  *time.Time                 `json:"started_at,omitempty" doc:"When the first client's turn came."`
	EndedAt    *time.Time                 `json:"ended_at,omitempty" doc:"When it was decided for the last one, cancelled or stopped."`
	Progress   *nudgeProgress             `json:"progress,omitempty" doc:"What became of it so far; lists leave it out."`
}

// nudgeProgress counts clients.
type nudgeProgress struct {
	Clients int           `json:"clients" example:"3" doc:"To how many it was to go."`
	Planned int           `json:"planned" example:"1" doc:"Whose turn is still to come."`
	Said    int           `json:"said" example:"1" doc:"For whom a message was made: those that follow, down to dropped."`
	Later   int           `json:"later" example:"0" doc:"Whose message waits for their hour."`
	Queued  int           `json:"queued" example:"0" doc:"Whose message is about to be handed to the carrier."`
	Sent    int           `json:"sent" example:"1" doc:"Whose message the carrier has."`
	Unknown int           `json:"unknown" example:"0" doc:"Whose message may not have been sent; it is not repeated."`
	Failed  int           `json:"failed" example:"0" doc:"Whose message could not be sent, or did not reach the phone."`
	Dropped int           `json:"dropped" example:"0" doc:"Whose message was not sent on purpose."`
	Skipped int           `json:"skipped" example:"1" doc:"Who were left out."`
	Stopped int           `json:"stopped" example:"0" doc:"To whom it was not said any more."`
	Reasons []nudgeReason `json:"reasons" nullable:"false" doc:"Why some get nothing, or later."`
}

type nudgeReason struct {
	Reason string `json:"reason" example:"hold"`
	Means  string `json:"means" example:"the client is on hold until a person releases them"`
	Count  int    `json:"count" example:"1"`
}

// nudgeClient is what became of a nudge for one client.
type nudgeClient struct {
	Client   conversations.ClientID  `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	State    string                  `json:"state" enum:"planned,said,skipped,stopped,taken_back" example:"said" doc:"Taken back: it was stopped before the carrier had it."`
	Message  conversations.MessageID `json:"message,omitempty" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The message in the client's conversation."`
	Delivery conversations.Delivery  `json:"delivery,omitempty" example:"sent" doc:"What became of that message; the front page lists the states."`
	Reason   string                  `json:"reason,omitempty" example:"" doc:"Why nothing goes, or later."`
	Means    string                  `json:"means,omitempty" example:"" doc:"The same in plain words."`
	Due      *time.Time              `json:"due,omitempty" doc:"When the message may go, while it waits."`
	At       *time.Time              `json:"at,omitempty" doc:"When it was decided."`
}

// nudgeStates say in plain words how far a nudge is.
var nudgeStates = map[store.NudgeState]string{
	store.NudgePlanned:   "it has not begun",
	store.NudgeRunning:   "it is being sent",
	store.NudgeDone:      "it was decided for each client; some messages may still wait for their hour",
	store.NudgeCancelled: "it was cancelled before it began",
	store.NudgeStopped:   "it was stopped; what no carrier had was taken back",
}

const exampleNudgeID = "01982c65-2d30-7a10-9c55-11bb22cc33dd"

var exampleNudge = nudge{
	ID: exampleNudgeID, State: store.NudgeRunning, Means: nudgeStates[store.NudgeRunning], By: exampleSpecialist, Words: exampleSays.Words, Bulk: true,
	At: &exampleNow, CreatedAt: &exampleNow, ChangedAt: &exampleNow, StartedAt: &exampleNow,
	Progress: &nudgeProgress{Clients: 3, Planned: 1, Said: 1, Sent: 1, Skipped: 1, Reasons: []nudgeReason{{Reason: "hold", Means: reasons["hold"], Count: 1}}},
}

func nudgeOf(n store.Nudge) nudge {
	out := nudge{
		ID: n.ID, State: n.State, Means: nudgeStates[n.State], By: n.By, Template: n.Template, Words: n.Words, Unreadable: n.Unreadable,
		Instead: n.Instead, Bulk: n.Bulk, At: instant(n.At), CreatedAt: instant(n.CreatedAt), ChangedAt: instant(n.ChangedAt),
		StartedAt: instant(n.StartedAt), EndedAt: instant(n.EndedAt),
	}
	if out.Words == nil {
		out.Words = map[string]string{}
	}
	return out
}

func progressOf(counts []store.NudgeCount) *nudgeProgress {
	p := &nudgeProgress{Reasons: []nudgeReason{}}
	why := map[string]int{}
	for _, c := range counts {
		p.Clients += c.Count
		if c.Reason != "" {
			if i, known := why[c.Reason]; known {
				p.Reasons[i].Count += c.Count
			} else {
				why[c.Reason] = len(p.Reasons)
				p.Reasons = append(p.Reasons, nudgeReason{Reason: c.Reason, Means: plainReason(c.Reason), Count: c.Count})
			}
		}
		*p.place(c) += c.Count
		if c.State == "said" {
			p.Said += c.Count
		}
	}
	return p
}

// place is where a count belongs.
func (p *nudgeProgress) place(c store.NudgeCount) *int {
	switch c.Fate() {
	case store.FatePlanned:
		return &p.Planned
	case store.FateSkipped:
		return &p.Skipped
	case store.FateStopped:
		return &p.Stopped
	case store.FateLater:
		return &p.Later
	case store.FateQueued:
		return &p.Queued
	case store.FateSent:
		return &p.Sent
	case store.FateFailed:
		return &p.Failed
	case store.FateDropped:
		return &p.Dropped
	default:
		return &p.Unknown
	}
}

// OfNudge names a nudge in a path.
type OfNudge struct {
	Nudge conversations.NudgeID `path:"nudge" maxLength:"100" example:"01982c65-2d30-7a10-9c55-11bb22cc33dd" doc:"The nudge's id."`
}

func (a *API) makeNudge() {
	add(a, operation{
		id: "send-nudge", method: http.MethodPost, path: "/nudges", tag: "Nudges",
		summary: "Send a nudge, now or later",
		description: "It is sent in the background, to one client after the other, each in their language and on their channel, within their hours. " +
			"Who is chosen is settled now; whether each may be texted is decided when their turn comes. An answer is a message to the client's specialist. " +
			"What clients write meanwhile is answered first.",
		scope: scopeWrite, status: http.StatusAccepted, gives: exampleNudge,
		takes: newNudge{NudgeWanted: exampleWanted, Once: "tuesday-hello"},
	}, func(ctx context.Context, in *struct{ Body newNudge }) (*created[nudge], error) {
		w := in.Body
		chosen, err := a.chosen(ctx, w.NudgeWanted)
		if err != nil {
			return nil, err
		}
		if err := a.checked(w.Words, w.Confirmed); err != nil {
			return nil, err
		}
		n := store.NewNudge{Nudge: w.says(chosen), By: chosen.by.ID, Once: w.Once, At: w.moment()}
		for _, l := range chosen.clients {
			n.Clients = append(n.Clients, l.Client)
		}
		id, err := a.Store.AddNudge(ctx, n)
		if err != nil {
			return nil, err
		}
		made, err := a.nudgeInFull(ctx, id)
		if err != nil {
			return nil, err
		}
		return &created[nudge]{Location: Prefix + "/nudges/" + string(id), Body: made}, nil
	})
}

// nudgeInFull reads a nudge with what became of it.
func (a *API) nudgeInFull(ctx context.Context, id conversations.NudgeID) (nudge, error) {
	n, err := a.Store.Nudge(ctx, id)
	if err != nil {
		return nudge{}, err
	}
	counts, err := a.Store.NudgeCounts(ctx, id)
	if err != nil {
		return nudge{}, err
	}
	out := nudgeOf(n)
	out.Progress = progressOf(counts)
	return out, nil
}

func (a *API) readNudges() {
	listed := exampleNudge
	listed.Progress = nil
	add(a, operation{
		id: "list-nudges", method: http.MethodGet, path: "/nudges", tag: "Nudges",
		summary: "List the nudges", description: "The newest first.",
		scope: scopeRead, gives: list[nudge]{Items: []nudge{listed}},
	}, func(ctx context.Context, in *struct{ PageQuery }) (*body[list[nudge]], error) {
		nudges, next, err := a.Store.Nudges(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[nudge]]{Body: listOf(nudges, next, nudgeOf)}, nil
	})
	add(a, operation{
		id: "get-nudge", method: http.MethodGet, path: "/nudges/{nudge}", tag: "Nudges",
		summary: "Read a nudge, and how far it is", description: "With how many have it, wait for it, and were left out and why.",
		scope: scopeRead, gives: exampleNudge, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfNudge) (*body[nudge], error) {
		n, err := a.nudgeInFull(ctx, in.Nudge)
		return &body[nudge]{Body: n}, err
	})
	add(a, operation{
		id: "list-nudged", method: http.MethodGet, path: "/nudges/{nudge}/clients", tag: "Nudges",
		summary: "List what became of a nudge for each client", description: "In the order in which the clients were added.",
		scope:   scopeRead,
		gives:   list[nudgeClient]{Items: []nudgeClient{{Client: exampleClient, State: "said", Message: exampleMessage, Delivery: conversations.Sent, At: &exampleNow}}},
		refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfNudge
		PageQuery
	},
	) (*body[list[nudgeClient]], error) {
		if _, err := a.Store.Nudge(ctx, in.Nudge); err != nil {
			return nil, err
		}
		clients, next, err := a.Store.NudgeClients(ctx, in.Nudge, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[nudgeClient]]{Body: listOf(clients, next, func(n store.NudgeClient) nudgeClient {
			return nudgeClient{
				Client: n.Client, State: n.State, Message: n.Message, Delivery: n.Delivery, Reason: n.Reason, Means: plainReason(n.Reason),
				Due: instant(n.Due), At: instant(n.At),
			}
		})}, nil
	})
}

// nudgeChange is what changes about a nudge that has not begun.
type nudgeChange struct {
	NudgeSays
	At        *time.Time `json:"at,omitempty" example:"2026-11-24T11:00:00Z" doc:"When it is to go, with an offset."`
	Confirmed []string   `json:"confirmed,omitempty" maxItems:"20" example:"[\"lock_screen\"]" doc:"The codes of findings that the specialist has read and wants to let pass."`
}

func (a *API) changeNudge() {
	later := exampleNow.Add(24 * time.Hour)
	planned := exampleNudge
	planned.State, planned.Means, planned.At, planned.StartedAt = store.NudgePlanned, nudgeStates[store.NudgePlanned], &later, nil
	planned.Progress = &nudgeProgress{Clients: 3, Planned: 3, Reasons: []nudgeReason{}}
	refuses := []int{http.StatusNotFound, http.StatusConflict}
	add(a, operation{
		id: "change-nudge", method: http.MethodPatch, path: "/nudges/{nudge}", tag: "Nudges",
		summary: "Change a nudge that has not begun", description: "Its words, as a whole, or when it goes. To whom it goes stays: cancel it and make another.",
		scope: scopeWrite, takes: nudgeChange{At: &later}, gives: planned, refuses: refuses,
	}, func(ctx context.Context, in *struct {
		OfNudge
		Body nudgeChange
	},
	) (*body[nudge], error) {
		c := in.Body
		says := c.Template != "" || len(c.Words) > 0
		switch {
		case !says && c.Instead != "":
			return nil, invalid(problem.Fault{Field: "body.instead", Message: "stands without words: send them together"})
		case !says && c.At == nil:
			return nil, invalid(problem.Fault{Field: "body", Message: "changes nothing: send words, template or at"})
		}
		if err := a.checked(c.Words, c.Confirmed); err != nil {
			return nil, err
		}
		change := store.NudgeChange{At: c.At, Says: says, Template: c.Template, Words: c.Words, Instead: c.Instead}
		if err := a.Store.SetNudge(ctx, in.Nudge, change); err != nil {
			return nil, err
		}
		n, err := a.nudgeInFull(ctx, in.Nudge)
		return &body[nudge]{Body: n}, err
	})
	cancelled := planned
	cancelled.State, cancelled.Means, cancelled.EndedAt = store.NudgeCancelled, nudgeStates[store.NudgeCancelled], &exampleNow
	add(a, operation{
		id: "cancel-nudge", method: http.MethodDelete, path: "/nudges/{nudge}", tag: "Nudges",
		summary: "Cancel a nudge that has not begun", description: "The record stays. One that has begun is stopped instead.",
		scope: scopeWrite, gives: cancelled, refuses: refuses,
	}, func(ctx context.Context, in *OfNudge) (*body[nudge], error) {
		if err := a.Store.CancelNudge(ctx, in.Nudge); err != nil {
			return nil, err
		}
		n, err := a.nudgeInFull(ctx, in.Nudge)
		return &body[nudge]{Body: n}, err
	})
	stopped := exampleNudge
	stopped.State, stopped.Means, stopped.EndedAt = store.NudgeStopped, nudgeStates[store.NudgeStopped], &exampleNow
	add(a, operation{
		id: "stop-nudge", method: http.MethodPost, path: "/nudges/{nudge}/stop", tag: "Nudges",
		summary: "Stop a nudge half-way",
		description: "It is said to nobody any more, and what no carrier has been handed is taken back, also what waits for its hour. " +
			"What is being sent in this moment cannot be.",
		scope: scopeWrite, gives: stopped, refuses: refuses,
	}, func(ctx context.Context, in *OfNudge) (*body[nudge], error) {
		if err := a.Store.StopNudge(ctx, in.Nudge); err != nil {
			return nil, err
		}
		n, err := a.nudgeInFull(ctx, in.Nudge)
		return &body[nudge]{Body: n}, err
	})
}
