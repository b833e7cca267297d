package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newOffer is a lead that is to be offered to a client.
type newOffer struct {
	Lead conversations.LeadID       `json:"lead" minLength:"1" maxLength:"100" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f" doc:"The lead. It goes to one client once."`
	By   conversations.SpecialistID `json:"by,omitempty" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist who offers it."`
}

// offer is a lead that was offered to one client.
type offer struct {
	ID        conversations.OfferID      `json:"id" example:"01982c63-5c41-7a8b-8d2e-1f3a5b7c9d0e"`
	Client    conversations.ClientID     `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Lead      offeredLead                `json:"lead" doc:"The lead as it is now."`
	Status    conversations.OfferStatus  `json:"status" enum:"offered,interested,not_interested,applied,withdrawn" example:"offered" doc:"What the client said to it."`
	Means     string                     `json:"means" example:"no answer yet, which is not a no" doc:"The same in plain words."`
	Why       []conversations.Preference `json:"why" nullable:"false" doc:"The reasons that the client gave against it, in the terms of the preferences."`
	OfferedAt time.Time                  `json:"offered_at" example:"2026-11-23T10:15:00Z"`
	ChangedAt *time.Time                 `json:"changed_at" doc:"When it last changed."`

	EmployerContact string `json:"employer_contact" enum:"yes,no" example:"no" doc:"Whether this employer may be spoken to about this client. Maybe, and not recorded, is no."`
	EmployerWords   string `json:"employer_words,omitempty" example:"That I have repaired computers for ten years" doc:"What may be said to the employer, where they may be spoken to."`
}

// offeredLead is a lead as far as an offer shows it.
type offeredLead struct {
	ID     conversations.LeadID `json:"id" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Title  string               `json:"title" example:"PC repair assistant"`
	Area   string               `json:"area" example:"Beeston"`
	Pay    string               `json:"pay" example:"£12.60 an hour"`
	Hours  int                  `json:"hours" example:"12"`
	Closes *time.Time           `json:"closes,omitempty"`
	Filled bool                 `json:"filled" example:"false"`
}

var exampleOffered = offer{
	ID: exampleOffer, Client: exampleClient, Status: conversations.OfferOpen, Means: offersSaid[conversations.OfferOpen],
	Lead: offeredLead{ID: exampleLead, Title: repairs.Title, Area: repairs.Area, Pay: repairs.Pay, Hours: repairs.Hours, Closes: &leadCloses},
	Why:  []conversations.Preference{}, OfferedAt: exampleNow, ChangedAt: &exampleNow,
	EmployerContact: string(conversations.ContactNo),
}

func offerOf(o store.Offer, said store.EmployerContact) offer {
	out := offer{
		ID: o.ID, Client: o.Client, Status: o.Status, Means: offersSaid[o.Status], Why: o.Why,
		OfferedAt: o.At.Truncate(time.Second), ChangedAt: instant(o.ChangedAt),
		Lead: offeredLead{
			ID: o.Lead.ID, Title: o.Lead.Title, Area: o.Lead.Area, Pay: o.Lead.Pay, Hours: o.Lead.Hours,
			Closes: instant(o.Lead.Closes), Filled: o.Lead.Filled,
		},
	}
	out.EmployerContact, out.EmployerWords = contactSaid(said)
	if out.Why == nil {
		out.Why = []conversations.Preference{}
	}
	return out
}

func (a *API) offers() {
	add(a, operation{
		id: "offer-lead", method: http.MethodPost, path: "/clients/{client}/offers", tag: "Leads",
		summary: "Offer a lead to a client",
		description: "The client is texted about it when they may be: one question at a time, in their hours, and not at all if they want no leads. " +
			"The conversation shows what went and what waits. Who did not choose detail reads that there is a lead, and sees it when they reply.",
		scope: scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: newOffer{Lead: exampleLead, By: exampleSpecialist}, gives: exampleOffered,
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newOffer
	},
	) (*created[offer], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		if err := a.colleague(ctx, in.Body.By); err != nil {
			return nil, err
		}
		l, err := a.offerable(ctx, in.Client, in.Body.Lead)
		if err != nil {
			return nil, err
		}
		made, err := a.offer(ctx, in.Client, l, in.Body.By)
		if err != nil {
			return nil, err
		}
		said, err := a.Store.EmployerContacts(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &created[offer]{Location: Prefix + "/clients/" + string(in.Client) + "/offers", Body: offerOf(made, contactIn(said, made.Work.Employer))}, nil
	})
	add(a, operation{
		id: "list-offers", method: http.MethodGet, path: "/clients/{client}/offers", tag: "Leads",
		summary:     "List what was offered to a client",
		description: "The newest first, with what the client said to each.",
		scope:       scopeRead, gives: list[offer]{Items: []offer{exampleOffered}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfClient
		PageQuery
	},
	) (*body[list[offer]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		offers, next, err := a.Store.Offers(ctx, in.Client, in.page())
		if err != nil {
			return nil, err
		}
		said, err := a.Store.EmployerContacts(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[offer]]{Body: listOf(offers, next, func(o store.Offer) offer {
			return offerOf(o, contactIn(said, o.Work.Employer))
		})}, nil
	})
	add(a, operation{
		id: "list-offers-of-lead", method: http.MethodGet, path: "/leads/{lead}/offers", tag: "Leads",
		summary:     "List to whom a lead was offered",
		description: "In the order in which the clients were added, with what each said to it.",
		scope:       scopeRead, gives: list[offer]{Items: []offer{exampleOffered}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfLead
		PageQuery
	},
	) (*body[list[offer]], error) {
		l, err := a.Store.Lead(ctx, in.Lead)
		if err != nil {
			return nil, err
		}
		contacts, err := a.Store.ContactsWith(ctx, l.Work.Employer)
		if err != nil {
			return nil, err
		}
		offers, next, err := a.Store.OffersOfLead(ctx, in.Lead, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[offer]]{Body: listOf(offers, next, func(o store.Offer) offer { return offerOf(o, contacts[o.Client]) })}, nil
	})
}

// offer offers a lead to a client and reads what came of it.
func (a *API) offer(ctx context.Context, client conversations.ClientID, l store.Lead, by conversations.SpecialistID) (store.Offer, error) {
	id := conversations.OfferID(a.NewID())
	err := a.Event(ctx, conversations.Event{
		Kind: conversations.EventOffered, At: a.Now(), Client: client, By: by,
		Offer: conversations.Offer{ID: id, Lead: l.Lead, Status: conversations.OfferOpen, At: a.Now()},
	})
	if err != nil {
		return store.Offer{}, err
	}
	made, found, err := a.offerTo(ctx, client, func(o store.Offer) bool { return o.ID == id })
	if err == nil && !found {
		err = store.ErrConflict // It was filled, or offered by somebody else, in between.
	}
	return made, err
}

// offerable reads a lead that can be offered to the client.
func (a *API) offerable(ctx context.Context, client conversations.ClientID, id conversations.LeadID) (store.Lead, error) {
	l, err := a.Store.Lead(ctx, id)
	switch {
	case isMissing(err):
		return l, invalid(problem.Fault{Field: "body.lead", Message: "is no lead on the caseload; the list of leads has their ids"})
	case err != nil:
		return l, err
	case l.Filled:
		return l, problem.New(http.StatusConflict, "filled", "This lead is filled, so it is offered to nobody any more. If the job is free again, change the lead first.")
	case !l.Closes.IsZero() && !l.Closes.After(a.Now()):
		return l, problem.New(http.StatusConflict, "closed_lead", "The last moment to apply for this lead has gone by. If there is a later one, change the lead first.")
	}
	_, found, err := a.offerTo(ctx, client, func(o store.Offer) bool { return o.Lead.ID == id })
	if err == nil && found {
		err = alreadyOffered()
	}
	return l, err
}

func alreadyOffered() *problem.Problem {
	return problem.New(http.StatusConflict, "offered",
		"This lead has been offered to this client already; a lead goes to a client once. Their offers show what they said.")
}

// offerTo finds an offer to a client.
func (a *API) offerTo(ctx context.Context, client conversations.ClientID, is func(store.Offer) bool) (store.Offer, bool, error) {
	page := store.Page{Limit: mostOnAPage}
	for {
		offers, next, err := a.Store.Offers(ctx, client, page)
		if err != nil {
			return store.Offer{}, false, err
		}
		for _, o := range offers {
			if is(o) {
				return o, true, nil
			}
		}
		if page.After = next; next == "" {
			return store.Offer{}, false, nil
		}
	}
}

func isOffered(err error) bool {
	return errors.Is(err, store.ErrOffered) || errors.Is(err, store.ErrConflict)
}

func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }
