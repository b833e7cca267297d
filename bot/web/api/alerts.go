package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// alertInFull is an alert with all that was done about it.
type alertInFull struct {
	ID             conversations.AlertID   `json:"id" example:"01982c62-c5d0-7b64-83d9-20be6d8ca143"`
	Client         conversations.ClientID  `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10" doc:"Empty for an unknown sender."`
	Sender         string                  `json:"sender,omitempty" example:"~3q2-7wEBZr0" doc:"Names an unknown sender; left out for a client."`
	Danger         understand.Danger       `json:"danger,omitempty" example:"self" doc:"What kind of danger was read from the text. It is no score and no level: a person needs to read this now."`
	Threat         bool                    `json:"threat" example:"false" doc:"Staff are threatened: the lead is told at once, too."`
	Message        conversations.MessageID `json:"message,omitempty" doc:"The text."`
	RaisedAt       time.Time               `json:"raised_at" example:"2026-11-23T10:15:00Z"`
	AcknowledgedAt *time.Time              `json:"acknowledged_at,omitempty" doc:"When somebody said that they are on it; that closes nothing."`
	AcknowledgedBy string                  `json:"acknowledged_by,omitempty" example:"" doc:"Who did: a specialist's id, duty or lead."`
	Outcome        string                  `json:"outcome,omitempty" example:"" doc:"How it ended, in a person's words."`
	Unreadable     bool                    `json:"unreadable,omitempty" example:"false" doc:"There is an outcome, but none of the present keys opens it."`
	ClosedAt       *time.Time              `json:"closed_at,omitempty" doc:"When that was recorded; left out while the alert is open."`
	ClosedBy       string                  `json:"closed_by,omitempty" example:"" doc:"Who did."`
	Route          string                  `json:"route,omitempty" example:"Ring the client. If you cannot reach them and life may be at risk, call 999." doc:"What staff of this service do with danger, in its own words."`
	Ahead          []appointment           `json:"ahead,omitempty" doc:"When the client is met next, and who else is there (with). Nobody but the specialist, the duty person and the lead is told of a threat by itself: tell whoever is to meet the client. With a single alert only."`
	Told           []told                  `json:"told,omitempty" doc:"Who was told, and how that went. With a single alert only."`
}

// told is one telling of an alert to one person.
type told struct {
	Watcher     string                 `json:"watcher" example:"duty" doc:"A specialist's id, duty or lead."`
	Via         conversations.PageVia  `json:"via" enum:"sms,email" example:"sms"`
	Kind        conversations.PageKind `json:"kind" enum:"page.alert,page.again,page.outcome" example:"page.alert" doc:"page.alert: a text needs a person now. page.again: it still does. page.outcome: it has no outcome yet."`
	Step        int                    `json:"step" example:"1" doc:"Counts the rounds: first the specialist and the duty person, then the lead, then all again."`
	At          time.Time              `json:"at" example:"2026-11-23T10:15:00Z"`
	Delivery    conversations.Delivery `json:"delivery" enum:"queued,sending,sent,delivered,read,undelivered,failed,unknown,dropped" example:"delivered"`
	Means       string                 `json:"means" example:"reached the phone" doc:"The same in plain words."`
	Code        string                 `json:"code,omitempty" example:"" doc:"A named reason, or the provider's code."`
	ReasonMeans string                 `json:"reason_means,omitempty" example:"" doc:"The same in plain words."`
	Tries       int                    `json:"tries" example:"1" doc:"How often it was attempted."`
	SentAt      *time.Time             `json:"sent_at,omitempty"`
}

// taken says who is on an alert.
type taken struct {
	By string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who is on it: a specialist's id, or duty or lead for the pathway's people."`
}

// ended says how an alert ended.
type ended struct {
	Outcome string `json:"outcome" maxLength:"2000" example:"Rang John at 10:20. He is with his sister; his care team knows." doc:"What was done and how it ended, in a sentence or two for whoever reads it next."`
	By      string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who says so: a specialist's id, or duty or lead for the pathway's people."`
}

const exampleRoute = "Ring the client. If you cannot reach them and life may be at risk, call 999."

var exampleAlert = alertInFull{
	ID: exampleFlag, Client: exampleClient, Danger: understand.DangerSelf, Message: exampleMessage, RaisedAt: exampleNow, Route: exampleRoute,
	Told: []told{{
		Watcher: "duty", Via: conversations.PageSMS, Kind: conversations.PageAlert, Step: 1, At: exampleNow,
		Delivery: conversations.Delivered, Means: deliveries[conversations.Delivered], Tries: 1, SentAt: &exampleNow,
	}},
}

func (a *API) alertInFullOf(from store.Alert) alertInFull {
	out := alertInFull{
		ID: from.ID, Client: from.Client, Danger: from.Danger, Threat: from.Threat, Message: from.Message,
		RaisedAt: from.RaisedAt.Truncate(time.Second), AcknowledgedAt: instant(from.AcknowledgedAt), AcknowledgedBy: string(from.AcknowledgedBy),
		Outcome: from.Outcome, Unreadable: from.Unreadable, ClosedAt: instant(from.ClosedAt), ClosedBy: string(from.ClosedBy),
		Route: a.Route,
	}
	if from.Client == "" {
		out.Sender = senderOf(from.Peer)
	}
	return out
}

func toldOf(p store.AlertPage) told {
	return told{
		Watcher: p.Watcher, Via: p.Via, Kind: p.Kind, Step: p.Step, At: p.At.Truncate(time.Second), Delivery: p.Delivery,
		Means: deliveries[p.Delivery], Code: p.Code, ReasonMeans: plainReason(p.Code), Tries: p.Tries, SentAt: instant(p.SentAt),
	}
}

// OfAlert names an alert in a path.
type OfAlert struct {
	Alert conversations.AlertID `path:"alert" maxLength:"100" example:"01982c62-c5d0-7b64-83d9-20be6d8ca143" doc:"The alert's id."`
}

func (a *API) alerts() {
	short := exampleAlert
	short.Told = nil
	add(a, operation{
		id: "list-alerts", method: http.MethodGet, path: "/alerts", tag: "Alerts",
		summary: "List the alerts",
		description: "Danger that a person has to read of: those without an outcome, the longest waiting first; then, if wanted, those " +
			"that have one, the latest first. An empty list says that nothing was read as danger; it does not say that everybody is well.",
		scope: scopeRead, gives: list[alertInFull]{Items: []alertInFull{short}},
	}, func(ctx context.Context, in *struct {
		Specialist conversations.SpecialistID `query:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Only this specialist's clients, with those for whose specialist they stand in just now."`
		Closed     bool                       `query:"closed" example:"false" doc:"Also those that have an outcome."`
		PageQuery
	},
	) (*body[list[alertInFull]], error) {
		all, next, err := a.Store.Alerts(ctx, store.AlertFilter{Specialist: in.Specialist, Closed: in.Closed, Page: in.page()})
		if err != nil {
			return nil, err
		}
		return &body[list[alertInFull]]{Body: listOf(all, next, a.alertInFullOf)}, nil
	})
	add(a, operation{
		id: "get-alert", method: http.MethodGet, path: "/alerts/{alert}", tag: "Alerts",
		summary: "Read an alert",
		description: "With everybody who was told, how that went, what staff of this service do with danger, and when the client is met next: " +
			"where staff are threatened, the lead tells whoever else is to meet them.",
		scope: scopeRead, gives: exampleAlert, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfAlert) (*body[alertInFull], error) {
		return a.alert(ctx, in.Alert)
	})
	a.acknowledge()
	a.recordOutcome()
	a.holds()
}

// alert reads one alert with everybody who was told, and when the client is met
// next.
func (a *API) alert(ctx context.Context, id conversations.AlertID) (*body[alertInFull], error) {
	found, err := a.Store.DueAlert(ctx, id)
	if err != nil {
		return nil, err
	}
	out := a.alertInFullOf(found.Alert)
	out.Ahead, out.Told = each(found.Appointments, appointmentOf), each(found.Pages, toldOf)
	return &body[alertInFull]{Body: out}, nil
}

func (a *API) acknowledge() {
	on := exampleAlert
	on.AcknowledgedAt, on.AcknowledgedBy = &exampleNow, exampleSpecialist
	add(a, operation{
		id: "acknowledge-alert", method: http.MethodPost, path: "/alerts/{alert}/acknowledge", tag: "Alerts",
		summary: "Say that you are on it",
		description: "Nobody else is told from then on; the alert stays open until an outcome is recorded, and comes back on the next working " +
			"morning without one. It counts for everything that the same person had written until then. Of several who say so the first counts.",
		scope: scopeWrite, takes: taken{By: exampleSpecialist}, gives: on, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfAlert
		Body taken
	},
	) (*body[alertInFull], error) {
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		now := a.Now()
		this, err := a.Store.AcknowledgeAlert(ctx, in.Alert, by, now)
		if err != nil {
			return nil, err
		}
		err = a.sameEpisode(ctx, this, func(other store.Alert) error {
			_, err := a.Store.AcknowledgeAlert(ctx, other.ID, by, now)
			return err
		})
		if err != nil {
			return nil, err
		}
		return a.alert(ctx, in.Alert)
	})
}

func (a *API) recordOutcome() {
	over := exampleAlert
	over.AcknowledgedAt, over.AcknowledgedBy, over.ClosedAt, over.ClosedBy = &exampleNow, exampleSpecialist, &exampleNow, exampleSpecialist
	over.Outcome = "Rang John at 10:20. He is with his sister; his care team knows."
	add(a, operation{
		id: "record-outcome", method: http.MethodPost, path: "/alerts/{alert}/outcome", tag: "Alerts",
		summary: "Record how an alert ended",
		description: "This, and nothing else, closes an alert, and with it those of the same person that had been acknowledged by then. " +
			"A hold stays until somebody releases the client. Silence is no outcome.",
		scope: scopeWrite, gives: over, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: ended{Outcome: over.Outcome, By: exampleSpecialist},
	}, func(ctx context.Context, in *struct {
		OfAlert
		Body ended
	},
	) (*body[alertInFull], error) {
		if strings.TrimSpace(in.Body.Outcome) == "" {
			return nil, invalid(problem.Fault{
				Field: "body.outcome", Message: "is missing: an alert is closed by what was done and how it ended, in a sentence for whoever reads it next " +
					"(such as: rang her, she is with her sister, her care team knows); to say only that you are on it, acknowledge it",
			})
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		now := a.Now()
		this, err := a.Store.CloseAlert(ctx, in.Alert, in.Body.Outcome, by, now)
		if err != nil {
			return nil, err
		}
		err = a.sameEpisode(ctx, this, func(other store.Alert) error {
			if other.AcknowledgedAt.IsZero() {
				return nil
			}
			_, err := a.Store.CloseAlert(ctx, other.ID, in.Body.Outcome, by, now)
			var refusal *store.Refusal
			if errors.As(err, &refusal) && refusal.Code == store.RefusedClosed {
				err = nil // Somebody else was quicker.
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return a.alert(ctx, in.Alert)
	})
}

// sameEpisode does the same to the open alerts of the same person that were
// raised by now.
func (a *API) sameEpisode(ctx context.Context, this store.Alert, do func(store.Alert) error) error {
	const most = 200
	open, _, err := a.Store.Alerts(ctx, store.AlertFilter{Page: store.Page{Limit: most}})
	if err != nil {
		return err
	}
	for _, other := range open {
		if other.Peer == this.Peer && other.ID != this.ID {
			if err := do(other); err != nil {
				return err
			}
		}
	}
	return nil
}

// pathwayPeople are those of the team who are no specialists of the caseload.
var pathwayPeople = []string{"duty", "lead"}

// ofTheTeam refuses who is nobody of the team: who is on an alert must be found
// again.
func (a *API) ofTheTeam(ctx context.Context, by string) (conversations.SpecialistID, error) {
	id := conversations.SpecialistID(by)
	if slices.Contains(pathwayPeople, by) {
		return id, nil
	}
	_, err := a.Store.Specialist(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = invalid(problem.Fault{Field: "body.by", Message: "is nobody of the team: send a specialist's id, or duty or lead"})
	}
	return id, err
}

// changeBy is what a change by somebody of the team begins with: the client,
// whose record must be open, and who does it.
func (a *API) changeBy(ctx context.Context, id conversations.ClientID, by string) (store.Client, conversations.SpecialistID, error) {
	c, err := a.openClient(ctx, id)
	if err != nil {
		return c, "", err
	}
	who, err := a.ofTheTeam(ctx, by)
	return c, who, err
}
