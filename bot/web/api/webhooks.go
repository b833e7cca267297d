package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/hooks"
	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newHook is another system that wants to be told what happens.
type newHook struct {
	URL   string                    `json:"url" minLength:"1" maxLength:"1000" example:"https://system.example/alongside" doc:"Where it is told: https, outside the network of this service. No redirect is followed."`
	Kinds []conversations.EventKind `json:"kinds" minItems:"1" maxItems:"60" nullable:"false" example:"[\"appointment_booked\",\"appointment_moved\",\"appointment_cancelled\"]" doc:"The kinds of event that it is told of, as the conversation lists them."`
}

// hook is one, as the API shows it.
type hook struct {
	ID  string `json:"id" example:"01982c71-2b00-7c11-8d3e-6b0f2a4c8e10"`
	URL string `json:"url" example:"https://system.example/alongside"`
	// Secret is told once.
	Secret       string                    `json:"secret,omitempty" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" doc:"With it each delivery is signed. It is told once, when the webhook is made."`
	Kinds        []conversations.EventKind `json:"kinds" nullable:"false" example:"[\"appointment_booked\"]"`
	CreatedAt    *time.Time                `json:"created_at" doc:"When it was made."`
	FailingSince *time.Time                `json:"failing_since,omitempty" doc:"Since when nothing has arrived; left out while the latest did."`
	DisabledAt   *time.Time                `json:"disabled_at,omitempty" doc:"When it was given up, after three days in which nothing arrived. To send a delivery again takes it into use."`
}

// hookDelivery is one thing that was told, or is to be.
type hookDelivery struct {
	ID        string                  `json:"id" example:"01982c72-3c00-7c11-8d3e-6b0f2a4c8e10" doc:"The header webhook-id of every attempt."`
	Type      conversations.EventKind `json:"type" example:"appointment_booked"`
	At        *time.Time              `json:"at" doc:"When it happened."`
	State     store.HookState         `json:"state" enum:"waiting,delivered,given_up" example:"delivered" doc:"waiting: it is tried again at due, for a day. given_up: it can be sent again."`
	Attempts  int                     `json:"attempts" example:"1"`
	Answer    int                     `json:"answer,omitempty" example:"204" doc:"The status of the latest answer; left out where there was none."`
	Fault     string                  `json:"fault,omitempty" example:"" doc:"answer: it answered, and not 2xx. timeout, connect: it could not be reached. inside: its name leads inside the network."`
	Due       *time.Time              `json:"due,omitempty" doc:"When it is tried next."`
	SettledAt *time.Time              `json:"settled_at,omitempty" doc:"When it arrived, or was given up."`
}

const (
	exampleHook     = "01982c71-2b00-7c11-8d3e-6b0f2a4c8e10"
	exampleDelivery = "01982c72-3c00-7c11-8d3e-6b0f2a4c8e10"
)

var exampleHeard = hook{ID: exampleHook, URL: "https://system.example/alongside", Kinds: []conversations.EventKind{conversations.EventBooked}, CreatedAt: &exampleNow}

func hookOf(h store.Hook) hook {
	return hook{
		ID: h.ID, URL: h.URL, Kinds: append([]conversations.EventKind{}, h.Kinds...), CreatedAt: instant(h.CreatedAt),
		FailingSince: instant(h.FailingSince), DisabledAt: instant(h.DisabledAt),
	}
}

func hookDeliveryOf(d store.HookDelivery) hookDelivery {
	out := hookDelivery{
		ID: d.ID, Type: d.Event, At: instant(d.At), State: d.State, Attempts: d.Attempts, Answer: d.Answer, Fault: d.Fault, SettledAt: instant(d.SettledAt),
	}
	if d.State == store.HookWaiting {
		out.Due = instant(d.Due)
	}
	return out
}

// OfHook names a webhook in a path.
type OfHook struct {
	Hook string `path:"hook" maxLength:"100" example:"01982c71-2b00-7c11-8d3e-6b0f2a4c8e10" doc:"The webhook's id."`
}

func (a *API) webhooks() {
	made := exampleHeard
	made.Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	add(a, operation{
		id: "make-webhook", method: http.MethodPost, path: "/webhooks", tag: "Webhooks",
		summary: "Tell another system what happens",
		description: "Each event of these kinds is posted to it as JSON: its type, its timestamp and, under data, ids; never a text, a name or a number. " +
			"It is signed after the Standard Webhooks specification (webhook-id, webhook-timestamp, webhook-signature), and tried again for a day " +
			"until the answer is 2xx. The same may arrive twice, with the same webhook-id, and in another order.",
		scope: scopeAdmin, status: http.StatusCreated, gives: made,
		takes: newHook{URL: "https://system.example/alongside", Kinds: []conversations.EventKind{conversations.EventBooked}},
	}, func(ctx context.Context, in *struct{ Body newHook }) (*created[hook], error) {
		if fault := hooks.URLFault(in.Body.URL, a.PrivateHooks); fault != "" {
			return nil, invalid(problem.Fault{Field: "body.url", Message: fault})
		}
		secret := hooks.NewSecret()
		id, err := a.Store.AddHook(ctx, in.Body.URL, secret, in.Body.Kinds)
		if err != nil {
			return nil, err
		}
		if err := a.Store.Audit(ctx, "", "webhook_made", id); err != nil {
			return nil, err
		}
		h, err := a.Store.Hook(ctx, id)
		if err != nil {
			return nil, err
		}
		out := hookOf(h)
		out.Secret = secret
		return &created[hook]{Location: Prefix + "/webhooks/" + id, Body: out}, nil
	})
	add(a, operation{
		id: "list-webhooks", method: http.MethodGet, path: "/webhooks", tag: "Webhooks",
		summary: "List the webhooks", description: "Those that nobody has ended, without their secrets.",
		scope: scopeAdmin, gives: list[hook]{Items: []hook{exampleHeard}},
	}, func(ctx context.Context, _ *struct{}) (*body[list[hook]], error) {
		all, err := a.Store.Hooks(ctx)
		if err != nil {
			return nil, err
		}
		return &body[list[hook]]{Body: listOf(all, "", hookOf)}, nil
	})
	add(a, operation{
		id: "get-webhook", method: http.MethodGet, path: "/webhooks/{hook}", tag: "Webhooks",
		summary: "Read a webhook", description: "With whether it works.", scope: scopeAdmin, gives: exampleHeard, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfHook) (*body[hook], error) {
		h, err := a.Store.Hook(ctx, in.Hook)
		if err != nil {
			return nil, err
		}
		return &body[hook]{Body: hookOf(h)}, nil
	})
	add(a, operation{
		id: "end-webhook", method: http.MethodDelete, path: "/webhooks/{hook}", tag: "Webhooks",
		summary: "End a webhook", description: "What waits for it is not delivered.", scope: scopeAdmin, gives: exampleHeard, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfHook) (*body[hook], error) {
		h, err := a.Store.Hook(ctx, in.Hook)
		if err == nil {
			err = a.Store.EndHook(ctx, in.Hook)
		}
		if err == nil {
			err = a.Store.Audit(ctx, "", "webhook_ended", in.Hook)
		}
		if err != nil {
			return nil, err
		}
		return &body[hook]{Body: hookOf(h)}, nil
	})
	a.hookDeliveries()
}

func (a *API) hookDeliveries() {
	example := hookDelivery{
		ID: exampleDelivery, Type: conversations.EventBooked, At: &exampleNow, State: store.HookDelivered, Attempts: 1, Answer: 204, SettledAt: &exampleNow,
	}
	add(a, operation{
		id: "list-deliveries", method: http.MethodGet, path: "/webhooks/{hook}/deliveries", tag: "Webhooks",
		summary: "List what was told to a webhook", description: "The latest first, each with what became of it.",
		scope: scopeAdmin, gives: list[hookDelivery]{Items: []hookDelivery{example}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfHook
		PageQuery
	},
	) (*body[list[hookDelivery]], error) {
		if _, err := a.Store.Hook(ctx, in.Hook); err != nil {
			return nil, err
		}
		page, next, err := a.Store.HookDeliveries(ctx, in.Hook, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[hookDelivery]]{Body: listOf(page, next, hookDeliveryOf)}, nil
	})
	again := example
	again.State, again.Attempts, again.Answer, again.SettledAt, again.Due = store.HookWaiting, 0, 0, nil, &exampleNow
	add(a, operation{
		id: "resend-delivery", method: http.MethodPost, path: "/webhooks/{hook}/deliveries/{delivery}/resend", tag: "Webhooks",
		summary: "Tell a webhook something again", description: "At once, under the same webhook-id. A webhook that was disabled is in use again.",
		scope: scopeAdmin, gives: again, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfHook
		Delivery string `path:"delivery" maxLength:"100" example:"01982c72-3c00-7c11-8d3e-6b0f2a4c8e10" doc:"The delivery's id."`
	},
	) (*body[hookDelivery], error) {
		if err := a.Store.ResendHook(ctx, in.Hook, in.Delivery); err != nil {
			return nil, err
		}
		d, err := a.Store.DueHook(ctx, in.Delivery)
		if err != nil {
			return nil, err
		}
		return &body[hookDelivery]{Body: hookDeliveryOf(d.HookDelivery)}, nil
	})
}
