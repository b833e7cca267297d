package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newHandover is to whom a client is handed.
type newHandover struct {
	To conversations.SpecialistID `json:"to" minLength:"1" maxLength:"100" example:"01982c5e-a210-7f4b-8c3d-2e4f6a8b0c1d" doc:"The specialist who takes over."`
	By string                     `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// newHandovers is to whom a caseload is handed, or a part of it.
type newHandovers struct {
	To      conversations.SpecialistID `json:"to" minLength:"1" maxLength:"100" example:"01982c5e-a210-7f4b-8c3d-2e4f6a8b0c1d" doc:"The specialist who takes over."`
	By      string                     `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
	Clients []conversations.ClientID   `json:"clients,omitempty" maxItems:"500" example:"[\"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10\"]" doc:"Which of the specialist's clients; left out: all whose record is open."`
}

// handover is one time that a client was handed on.
type handover struct {
	Client conversations.ClientID     `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	From   conversations.SpecialistID `json:"from" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
	To     conversations.SpecialistID `json:"to" example:"01982c5e-a210-7f4b-8c3d-2e4f6a8b0c1d"`
	By     conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
	At     time.Time                  `json:"at" example:"2026-11-23T10:15:00Z"`
	ToldAt *time.Time                 `json:"told_at,omitempty" doc:"When a person had the client told; left out if nobody did."`
}

// passed is what became of handing one client on.
type passed struct {
	Client conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Handed bool                   `json:"handed" example:"true"`
	Reason string                 `json:"reason,omitempty" example:"" doc:"Why not."`
	Means  string                 `json:"means,omitempty" example:"" doc:"The same in plain words."`
}

const examplePriya = "01982c5e-a210-7f4b-8c3d-2e4f6a8b0c1d"

var exampleHandover = handover{
	Client: exampleClient, From: exampleSpecialist, To: examplePriya, By: exampleSpecialist, At: exampleNow,
}

func handoverOf(h store.Handover) handover {
	return handover{
		Client: h.Client, From: h.From, To: h.To, By: h.By, At: h.At.Truncate(time.Second), ToldAt: instant(h.ToldAt),
	}
}

func (a *API) handovers() {
	a.handOver()
	a.handOverMany()
	a.tellHandover()
	a.listHandovers()
	a.returns()
	a.resends()
}

// taker reads who takes over, as the conversation needs to know them.
func (a *API) taker(ctx context.Context, field string, id conversations.SpecialistID) (conversations.Specialist, error) {
	s, err := a.Store.Specialist(ctx, id)
	if isMissing(err) {
		return conversations.Specialist{}, invalid(problem.Fault{Field: field, Message: "is no specialist: send the id of one"})
	}
	return conversations.Specialist{ID: s.ID, Name: s.Name, Reminders: s.Reminders}, err
}

func sameSpecialist() *problem.Problem {
	return problem.New(http.StatusConflict, "same_specialist", "This client is on that specialist's caseload already.")
}

func (a *API) handOver() {
	theirs := johnInFull
	theirs.Specialist = examplePriya
	add(a, operation{
		id: "hand-over", method: http.MethodPost, path: "/clients/{client}/hand-over", tag: "Clients",
		summary: "Hand a client to another specialist",
		description: "They take everything along: the whole conversation, what nobody has read yet, open alerts, the diary and the tasks. " +
			"Reminders name the new specialist from now on, also those that wait for their hour. The client is told nothing by this: read and send tell-hand-over.",
		scope: scopeWrite, takes: newHandover{To: examplePriya, By: exampleSpecialist}, gives: theirs,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newHandover
	},
	) (*body[clientInFull], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		to, err := a.taker(ctx, "body.to", in.Body.To)
		switch {
		case err != nil:
			return nil, err
		case to.ID == c.Specialist:
			return nil, sameSpecialist()
		}
		return a.happened(ctx, conversations.Event{Kind: conversations.EventPassedOn, Client: in.Client, To: to, By: by})
	})
}

func (a *API) handOverMany() {
	add(a, operation{
		id: "hand-over-caseload", method: http.MethodPost, path: "/specialists/{specialist}/hand-over", tag: "Specialists",
		summary: "Hand a caseload to another specialist, or a part of it",
		description: "Each client as in hand-over, one after the other; the answer says of each whether they were. " +
			"Sent again it hands over those who are left. Nobody is told by this.",
		scope: scopeWrite, takes: newHandovers{To: examplePriya, By: exampleSpecialist},
		gives: list[passed]{Items: []passed{{Client: exampleClient, Handed: true}}}, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Body newHandovers
	},
	) (*body[list[passed]], error) {
		from, err := a.Store.Specialist(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		to, err := a.taker(ctx, "body.to", in.Body.To)
		if err != nil {
			return nil, err
		}
		if to.ID == from.ID {
			return nil, sameSpecialist()
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		clients, err := a.caseloadOf(ctx, from.ID, in.Body.Clients)
		if err != nil {
			return nil, err
		}
		out := list[passed]{Items: []passed{}}
		for _, id := range clients {
			p := passed{Client: id}
			if p.Reason, err = a.handOn(ctx, id, from.ID, to, by); err != nil {
				return nil, err
			}
			p.Handed, p.Means = p.Reason == "", plainReason(p.Reason)
			out.Items = append(out.Items, p)
		}
		return &body[list[passed]]{Body: out}, nil
	})
}

// caseloadOf is the clients named, each once, or all of a specialist whose record
// is open.
func (a *API) caseloadOf(ctx context.Context, of conversations.SpecialistID, named []conversations.ClientID) ([]conversations.ClientID, error) {
	if len(named) > 0 {
		seen := map[conversations.ClientID]bool{}
		return slices.DeleteFunc(slices.Clone(named), func(id conversations.ClientID) bool {
			was := seen[id]
			seen[id] = true
			return was
		}), nil
	}
	var all []conversations.ClientID
	for page := (store.Page{Limit: mostOnAPage}); ; {
		clients, next, err := a.Store.Clients(ctx, of, page)
		if err != nil {
			return nil, err
		}
		for _, c := range clients {
			if c.ClosedAt.IsZero() {
				all = append(all, c.ID)
			}
		}
		if next == "" {
			return all, nil
		}
		page.After = next
	}
}

// handOn hands one client of a specialist on, or says why not.
func (a *API) handOn(ctx context.Context, id conversations.ClientID, from conversations.SpecialistID, to conversations.Specialist, by conversations.SpecialistID) (string, error) {
	c, err := a.Store.Client(ctx, id)
	switch {
	case isMissing(err):
		return "no_client", nil
	case err != nil:
		return "", err
	case c.Specialist != from:
		return "not_theirs", nil
	case !c.ClosedAt.IsZero():
		return "closed", nil
	}
	return "", a.Event(ctx, conversations.Event{Kind: conversations.EventPassedOn, At: a.Now(), Client: id, To: to, By: by})
}

func (a *API) tellHandover() {
	words := examplePreview
	words.Messages = []unsent{{
		Channel: conversations.SMS, Language: "en", Parts: 1, Words: conversations.TellPassedOn,
		Text: "Hi John. Sam asked me to write: from now on Priya is there for you instead of Sam, and reads what you text here. Your appointments stay as they are.",
	}}
	add(a, operation{
		id: "preview-hand-over", method: http.MethodGet, path: "/clients/{client}/hand-over/words", tag: "Clients",
		summary: "Read what a client would be told of a hand-over", description: "In the client's language, as their channel shows it. Nothing is sent by reading it.",
		scope: scopeRead, gives: words, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		By string `query:"by" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who would send it; left out: the client's specialist."`
	},
	) (*body[preview], error) {
		ev, err := a.handedOver(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return a.signedPreview(ctx, ev, in.By)
	})
	said := exampleOutcome
	said.Open = nil
	said.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d8", Direction: "out", Channel: conversations.SMS, At: exampleNow, Text: words.Messages[0].Text,
		Delivery: conversations.Sending, Means: deliveries[conversations.Sending], Parts: 1, Words: conversations.TellPassedOn, Language: "en",
	}}
	add(a, operation{
		id: "tell-hand-over", method: http.MethodPost, path: "/clients/{client}/hand-over/words", tag: "Clients",
		summary: "Tell a client of a hand-over",
		description: "Only when you say so, and once for each hand-over: a second tap sends nothing. It is signed by who sends it. For words of your own send a nudge. " +
			mayWait,
		scope: scopeWrite, takes: holder{By: exampleSpecialist}, gives: said, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body holder
	},
	) (*body[outcome], error) {
		ev, err := a.handedOver(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return a.signedOutcome(ctx, ev, in.Body.By)
	})
}

// handedOver is the event of telling a client of the last hand-over, if there was
// one.
func (a *API) handedOver(ctx context.Context, id conversations.ClientID) (conversations.Event, error) {
	if err := a.open(ctx, id); err != nil {
		return conversations.Event{}, err
	}
	all, err := a.Store.HandoversOf(ctx, id)
	if err != nil {
		return conversations.Event{}, err
	}
	if len(all) == 0 {
		return conversations.Event{}, problem.New(http.StatusConflict, "not_handed_over", "This client was not handed to another specialist: there is nothing to tell.")
	}
	return conversations.Event{Kind: conversations.EventTellPassedOn, Client: id}, nil
}

func (a *API) listHandovers() {
	add(a, operation{
		id: "list-hand-overs", method: http.MethodGet, path: "/clients/{client}/hand-overs", tag: "Clients",
		summary: "List the hand-overs of a client", description: "The newest first, with whether the client was told.",
		scope: scopeRead, gives: list[handover]{Items: []handover{exampleHandover}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[handover]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		all, err := a.Store.HandoversOf(ctx, in.Client)
		return &body[list[handover]]{Body: listOf(all, "", handoverOf)}, err
	})
	add(a, operation{
		id: "list-handed-over", method: http.MethodGet, path: "/specialists/{specialist}/hand-overs", tag: "Specialists",
		summary: "List whom a specialist took over", description: "The newest first, 200 at the most, with whether each client was told.",
		scope: scopeRead, gives: list[handover]{Items: []handover{exampleHandover}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[list[handover]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		all, err := a.Store.HandoversTo(ctx, in.Specialist)
		return &body[list[handover]]{Body: listOf(all, "", handoverOf)}, err
	})
}
