package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newFallbackContact is somebody whom a client names for when nothing is heard of
// them.
type newFallbackContact struct {
	Name     string               `json:"name" minLength:"1" maxLength:"400" example:"Ann Price" doc:"Who it is."`
	Relation string               `json:"relation" minLength:"1" maxLength:"200" example:"my sister" doc:"Who they are to the client, in the client's own terms."`
	Phone    string               `json:"phone" minLength:"1" maxLength:"40" example:"07700 900555" doc:"Where a person of the team rings them. Nothing is ever sent there."`
	Tell     []conversations.Tell `json:"tell" nullable:"false" minItems:"1" maxItems:"5" enum:"reaching,service,appointments,work,worry" example:"[\"reaching\"]" doc:"What they may be told. reaching: that we would like to hear from the client; service: who we are; appointments: when and where the client is to meet us; work: how it goes with work; worry: that we are worried."`
	Words    string               `json:"words,omitempty" maxLength:"600" example:"not about my health" doc:"What the client said about that."`
	On       string               `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"When the client agreed to it; left out: today."`
	By       string               `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who writes it down: a specialist's id, or duty or lead for the pathway's people."`
}

// fallbackContact is one as it holds.
type fallbackContact struct {
	ID         string                     `json:"id" example:"01982c66-0b10-7d66-8e70-8f90a1b2c3d4"`
	Name       string                     `json:"name" example:"Ann Price"`
	Relation   string                     `json:"relation" example:"my sister"`
	Phone      string                     `json:"phone" example:"+447700900555" doc:"E.164. A person rings it; the assistant never writes there."`
	Tell       []conversations.Tell       `json:"tell" nullable:"false" enum:"reaching,service,appointments,work,worry" example:"[\"reaching\"]" doc:"What they may be told, and no more."`
	Words      string                     `json:"words,omitempty" example:"not about my health" doc:"What the client said about that."`
	On         string                     `json:"on" example:"2026-11-20" doc:"When the client agreed to it as it stands."`
	By         conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who wrote it down."`
	RecordedAt time.Time                  `json:"recorded_at" example:"2026-11-23T10:15:00Z"`
	Unreadable bool                       `json:"unreadable,omitempty" example:"false" doc:"None of the present keys opens it."`
}

var exampleFallback = fallbackContact{
	ID: "01982c66-0b10-7d66-8e70-8f90a1b2c3d4", Name: "Ann Price", Relation: "my sister", Phone: "+447700900555",
	Tell: []conversations.Tell{conversations.TellReaching}, Words: "not about my health", On: "2026-11-20", By: exampleSpecialist, RecordedAt: exampleNow,
}

func fallbackOf(f store.FallbackContact) fallbackContact {
	return fallbackContact{
		ID: f.ID, Name: f.Name, Relation: f.Relation, Phone: f.Phone, Tell: f.Tell, Words: f.Words, On: f.On, By: f.RecordedBy,
		RecordedAt: f.RecordedAt.Truncate(time.Second), Unreadable: f.Unreadable,
	}
}

// OfFallback names a fallback contact in a path.
type OfFallback struct {
	OfClient
	Contact string `path:"contact" maxLength:"100" example:"01982c66-0b10-7d66-8e70-8f90a1b2c3d4" doc:"The fallback contact's id."`
}

func (a *API) fallbackContacts() {
	takes := newFallbackContact{
		Name: "Ann Price", Relation: "my sister", Phone: "07700 900555", Tell: exampleFallback.Tell, Words: exampleFallback.Words, On: exampleFallback.On,
		By: exampleSpecialist,
	}
	gives := list[fallbackContact]{Items: []fallbackContact{exampleFallback}}
	add(a, operation{
		id: "list-fallback-contacts", method: http.MethodGet, path: "/clients/{client}/fallback-contacts", tag: "Clients",
		summary:     "List whom a client named for when nothing is heard of them",
		description: "With what each may be told. They stand with the flag `silent` too. A person gets in touch with them; the assistant never does.",
		scope:       scopeRead, gives: gives, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[fallbackContact]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return a.fallbacksOf(ctx, in.Client)
	})
	add(a, operation{
		id: "add-fallback-contact", method: http.MethodPost, path: "/clients/{client}/fallback-contacts", tag: "Clients",
		summary:     "Write down whom a client names for when nothing is heard of them",
		description: "It is part of what the client agreed to. Nothing is sent to anybody by this.",
		scope:       scopeWrite, takes: takes, gives: gives, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newFallbackContact
	},
	) (*body[list[fallbackContact]], error) {
		return a.setFallback(ctx, in.Client, "", in.Body)
	})
	add(a, operation{
		id: "change-fallback-contact", method: http.MethodPut, path: "/clients/{client}/fallback-contacts/{contact}", tag: "Clients",
		summary:     "Change a fallback contact, or what they may be told",
		description: "It takes the place of what stood there. What was agreed before, and who wrote it down, is kept.",
		scope:       scopeWrite, takes: takes, gives: gives, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfFallback
		Body newFallbackContact
	},
	) (*body[list[fallbackContact]], error) {
		return a.setFallback(ctx, in.Client, in.Contact, in.Body)
	})
	add(a, operation{
		id: "remove-fallback-contact", method: http.MethodDelete, path: "/clients/{client}/fallback-contacts/{contact}", tag: "Clients",
		summary:     "Remove a fallback contact",
		description: "Who they are is forgotten at once; that there was one is not. The id of the token is noted as who did.",
		scope:       scopeWrite, status: http.StatusNoContent, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfFallback) (*struct{}, error) {
		return nil, a.Store.RemoveFallbackContact(ctx, in.Client, in.Contact, conversations.SpecialistID(callOf(ctx).token))
	})
}

func (a *API) setFallback(ctx context.Context, client conversations.ClientID, id string, n newFallbackContact) (*body[list[fallbackContact]], error) {
	c, by, err := a.changeBy(ctx, client, n.By)
	if err != nil {
		return nil, err
	}
	at, err := a.on(n.On, c.Zone)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, invalid(problem.Fault{Field: "body.on", Message: "is needed: the client's time zone is not known"})
	}
	_, err = a.Store.SetFallbackContact(ctx, store.FallbackContact{
		ID: id, Client: client, Name: n.Name, Relation: n.Relation, Phone: n.Phone, Tell: n.Tell, Words: n.Words, On: at.In(zone).Format(time.DateOnly), RecordedBy: by,
	})
	if err != nil {
		return nil, err
	}
	return a.fallbacksOf(ctx, client)
}

func (a *API) fallbacksOf(ctx context.Context, client conversations.ClientID) (*body[list[fallbackContact]], error) {
	all, err := a.Store.FallbackContacts(ctx, client)
	if err != nil {
		return nil, err
	}
	return &body[list[fallbackContact]]{Body: listOf(all[client], "", fallbackOf)}, nil
}

// withFallbacks puts the clients' fallback contacts beside the flags of silence.
func (a *API) withFallbacks(ctx context.Context, flags []flag) error {
	var silent []conversations.ClientID
	for _, f := range flags {
		if f.Reason == conversations.FlagSilent {
			silent = append(silent, f.Client)
		}
	}
	all, err := a.Store.FallbackContacts(ctx, silent...)
	if err != nil {
		return err
	}
	for i := range flags {
		if flags[i].Reason == conversations.FlagSilent {
			flags[i].Fallback = each(all[flags[i].Client], fallbackOf)
		}
	}
	return nil
}
