package api

import (
	"context"
	"net/http"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Wishes are a client's preferences for work.
type Wishes struct {
	Below      int                        `json:"below,omitempty" minimum:"0" maximum:"168" example:"16" doc:"Fewer hours a week than this; left out: no bound."`
	AtLeast    int                        `json:"at_least,omitempty" minimum:"0" maximum:"168" example:"8" doc:"Not fewer hours a week than this; left out: no bound."`
	NotBefore  string                     `json:"not_before,omitempty" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$" patternDescription:"a time of day such as 11:00, or empty" example:"11:00" doc:"The earliest start of a day."`
	NotAt      []conversations.Times      `json:"not_at,omitempty" maxItems:"6" enum:"mornings,afternoons,evenings,nights,weekends,shifts" example:"[\"evenings\",\"nights\"]" doc:"When they do not want to work."`
	Areas      []string                   `json:"areas,omitempty" maxItems:"60" example:"[\"NG9\",\"NG7\"]" doc:"Where they can get to, as they say it: districts, or first halves of postcodes. Left out: anywhere."`
	Likes      []conversations.Trait      `json:"likes,omitempty" maxItems:"15" enum:"public,crowds,alone,team,indoors,outdoors,mess,lifting,till,pressure,change,routine,noise,driving,phone" example:"[\"routine\"]" doc:"What they like about work."`
	Avoids     []conversations.Trait      `json:"avoids,omitempty" maxItems:"15" enum:"public,crowds,alone,team,indoors,outdoors,mess,lifting,till,pressure,change,routine,noise,driving,phone" example:"[\"public\",\"lifting\",\"till\"]" doc:"What they do not want at work."`
	Permanence []conversations.Permanence `json:"permanence,omitempty" maxItems:"4" enum:"permanent,fixed_term,seasonal,zero_hours" example:"[\"permanent\"]" doc:"The kinds that they would take; left out: any."`
	Said       []conversations.Preference `json:"said,omitempty" maxItems:"18" enum:"fewer_hours,more_hours,nearer,not_public,fewer_people,later_start,no_evenings,no_nights,no_weekends,no_shifts,no_lifting,no_till,quieter,better_pay,other_work,no_pressure,not_now,something_else" example:"[\"better_pay\"]" doc:"What matters to them and nothing above can hold; a person reads it beside every match."`
}

// newWishes is what a person writes of them.
type newWishes struct {
	Wishes
	By string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who does: a specialist's id, or duty or lead for the pathway's people."`
}

// clientWishes is all that is known of a client's wishes.
type clientWishes struct {
	Client     conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Counts     Wishes                 `json:"counts" doc:"What leads are compared with: what was written, narrowed by each answer that counts. It is worked out when it is read."`
	Written    Wishes                 `json:"written" doc:"What a person wrote."`
	WrittenBy  string                 `json:"written_by,omitempty" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
	WrittenAt  *time.Time             `json:"written_at,omitempty" doc:"Left out if nobody has written any."`
	Answers    []wishAnswer           `json:"answers" nullable:"false" doc:"The reasons that the client gave against leads, the oldest first. One that is put right or taken back is gone from here."`
	Unreadable bool                   `json:"unreadable,omitempty" example:"false" doc:"Wishes are written, but none of the present keys opens them."`
}

// wishAnswer is one reason against one lead.
type wishAnswer struct {
	Preference conversations.Preference `json:"preference" enum:"fewer_hours,more_hours,nearer,not_public,fewer_people,later_start,no_evenings,no_nights,no_weekends,no_shifts,no_lifting,no_till,quieter,better_pay,other_work,no_pressure,not_now,something_else" example:"fewer_people"`
	Means      string                   `json:"means" example:"fewer people" doc:"The same in plain words."`
	Offer      conversations.OfferID    `json:"offer" example:"01982c63-5c41-7a8b-8d2e-1f3a5b7c9d0e" doc:"The offer that it was given against."`
	Lead       conversations.LeadID     `json:"lead" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Title      string                   `json:"title" example:"PC repair assistant" doc:"The lead's."`
	Message    conversations.MessageID  `json:"message,omitempty" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The text that said so."`
	Text       string                   `json:"text,omitempty" example:"not for me, too many people" doc:"What it says."`
	At         time.Time                `json:"at" example:"2026-11-23T10:15:00Z"`
	Counts     bool                     `json:"counts" example:"true" doc:"It came after the wishes were written. Whoever wrote them had it before them."`
}

var johnsWishes = Wishes{
	Below: 16, NotBefore: "11:00", NotAt: []conversations.Times{conversations.TimesEvenings, conversations.TimesNights, conversations.TimesShifts},
	Areas:  []string{"NG9", "NG7"},
	Avoids: []conversations.Trait{conversations.TraitPublic, conversations.TraitLifting, conversations.TraitTill},
}

func exampleWishes() clientWishes {
	counts := johnsWishes
	counts.Avoids = append([]conversations.Trait{}, counts.Avoids...)
	counts.Avoids = append(counts.Avoids, conversations.TraitCrowds)
	return clientWishes{
		Client: exampleClient, Counts: counts, Written: johnsWishes, WrittenBy: exampleSpecialist, WrittenAt: &exampleNow,
		Answers: []wishAnswer{{
			Preference: conversations.PreferFewerPeople, Means: preferencesSaid[conversations.PreferFewerPeople], Offer: exampleOffer,
			Lead: exampleLead, Title: repairs.Title, Message: exampleMessage, Text: "not for me, too many people", At: exampleNow, Counts: true,
		}},
	}
}

func wishesFrom(w Wishes) conversations.Wishes {
	return conversations.Wishes{
		Below: w.Below, AtLeast: w.AtLeast, NotBefore: minutesOf(w.NotBefore), NotAt: w.NotAt, Areas: w.Areas, Likes: w.Likes,
		Avoids: w.Avoids, Permanence: w.Permanence, Said: w.Said,
	}
}

func wishesOf(w conversations.Wishes) Wishes {
	return Wishes{
		Below: w.Below, AtLeast: w.AtLeast, NotBefore: clock(w.NotBefore), NotAt: w.NotAt, Areas: w.Areas, Likes: w.Likes,
		Avoids: w.Avoids, Permanence: w.Permanence, Said: w.Said,
	}
}

func clientWishesOf(id conversations.ClientID, w store.Wishes, lead bool) clientWishes {
	return clientWishes{
		Client: id, Counts: wishesOf(w.Counts), Written: wishesOf(w.Written), WrittenBy: string(w.By), WrittenAt: instant(w.At), Unreadable: w.Unreadable,
		Answers: each(w.Answers, func(a store.WishAnswer) wishAnswer {
			if a.ForLead && !lead {
				a.Text = ForLead
			}
			return wishAnswer{
				Preference: a.Preference, Means: preferencesSaid[a.Preference], Offer: a.Offer, Lead: a.Lead, Title: a.Title,
				Message: a.Message, Text: a.Text, At: a.At.Truncate(time.Second), Counts: a.Counts,
			}
		}),
	}
}

func (a *API) wishes() {
	read := func(ctx context.Context, id conversations.ClientID) (*body[clientWishes], error) {
		w, err := a.Store.Wishes(ctx, id)
		if err != nil {
			return nil, err
		}
		return &body[clientWishes]{Body: clientWishesOf(id, w, callOf(ctx).lead)}, nil
	}
	add(a, operation{
		id: "get-wishes", method: http.MethodGet, path: "/clients/{client}/wishes", tag: "Leads",
		summary:     "Read what a client wishes of work",
		description: "What a person wrote, what the client said against leads since, and what follows from both.",
		scope:       scopeRead, gives: exampleWishes(), refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[clientWishes], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return read(ctx, in.Client)
	})
	add(a, operation{
		id: "set-wishes", method: http.MethodPut, path: "/clients/{client}/wishes", tag: "Leads",
		summary: "Write what a client wishes of work",
		description: "It replaces what was written before, and takes in what the client answered until now: begin with what counts, as it is read. " +
			"Answers that come later count on top. Nobody is told.",
		scope: scopeWrite, takes: newWishes{Wishes: johnsWishes, By: exampleSpecialist}, gives: exampleWishes(),
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newWishes
	},
	) (*body[clientWishes], error) {
		_, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		if err := a.Store.SetWishes(ctx, in.Client, wishesFrom(in.Body.Wishes), by); err != nil {
			return nil, err
		}
		return read(ctx, in.Client)
	})
}
