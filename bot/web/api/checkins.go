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

// newCheckIn is a series of check-ins that a client chose.
type newCheckIn struct {
	Kind  conversations.CheckInKind `json:"kind" enum:"week,wellbeing,first_day,busy_day,payday,hours" example:"week" doc:"week: how has your week been? wellbeing: an item of the client's wellbeing plan, in their words. first_day: how was the first day? busy_day: before a day that they find hard. payday: is everything well before payday? hours: are the hours right?"`
	Words string                    `json:"words,omitempty" maxLength:"200" example:"" doc:"The client's own question, at most 80 characters: needed for wellbeing, and empty for every other kind. Nothing in it may come from an employer, a relative or a clinician."`

	Rhythm *rhythm `json:"rhythm,omitempty" example:"{\"rule\":\"FREQ=WEEKLY;BYDAY=FR\",\"at\":\"14:00\"}" doc:"When it is asked by the clock, as the client chose: one of rule, milestone, meeting, month_day and on. Left out: only when a person asks it."`
}

// checkIn is a series of check-ins as the API shows it.
type checkIn struct {
	ID         conversations.CheckInID   `json:"id" example:"01982c64-7b90-7d41-9a52-6c7d8e9fa0b1"`
	Client     conversations.ClientID    `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Kind       conversations.CheckInKind `json:"kind" enum:"week,wellbeing,first_day,busy_day,payday,hours" example:"week"`
	Words      string                    `json:"words" example:"" doc:"The client's own question; empty for a kind that has words of its own."`
	Unreadable bool                      `json:"unreadable,omitempty" example:"false" doc:"There are words, but none of the present keys opens them."`
	Rhythm     *rhythm                   `json:"rhythm,omitempty" doc:"When it is asked by the clock; left out where only a person asks it."`
	NextDue    *time.Time                `json:"next_due,omitempty" doc:"When it is next asked by the clock; left out if that is not known yet, or never. Quiet hours may move it within its day."`
	CreatedAt  *time.Time                `json:"created_at" doc:"When it was chosen."`
	EndedAt    *time.Time                `json:"ended_at,omitempty" doc:"When it ended; left out while it runs."`
	EndedBy    string                    `json:"ended_by,omitempty" example:"turn" doc:"Who ended it: turn if the client did by a text, or left; else an id."`
}

// answers are what a client answered to check-ins.
type answers struct {
	// Note is part of every answer that shows numbers (rule 12).
	Note  string         `json:"note" example:"not a measure of health" doc:"Say this wherever you show the numbers."`
	Items []checkInPoint `json:"items" nullable:"false" doc:"Oldest first, over all series; of very many the latest 1,000."`
}

// checkInPoint is one answer.
type checkInPoint struct {
	CheckIn conversations.CheckInID   `json:"check_in" example:"01982c64-7b90-7d41-9a52-6c7d8e9fa0b1"`
	Kind    conversations.CheckInKind `json:"kind" enum:"week,wellbeing,first_day,busy_day,payday,hours" example:"week"`
	Number  int                       `json:"number" example:"4" doc:"1 (hard) to 5 (good), as the client put it."`
	Message conversations.MessageID   `json:"message" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The text that gave it."`
	At      time.Time                 `json:"at" example:"2026-11-23T10:15:00Z"`
}

// noMeasure is said beside every number of a check-in.
const noMeasure = "not a measure of health"

var weekly = checkIn{
	ID: exampleCheckIn, Client: exampleClient, Kind: conversations.CheckInWeek, Rhythm: &fridays, NextDue: &exampleNow, CreatedAt: &exampleNow,
}

func checkInOf(c store.CheckIn) checkIn {
	return checkIn{
		ID: c.ID, Client: c.Client, Kind: c.Kind, Words: c.Words, Unreadable: c.Unreadable,
		Rhythm: rhythmOf(c.Rhythm), NextDue: instant(c.Due),
		CreatedAt: instant(c.CreatedAt), EndedAt: instant(c.EndedAt), EndedBy: c.EndedBy,
	}
}

// OfCheckIn names a series of a client in a path.
type OfCheckIn struct {
	OfClient
	CheckIn conversations.CheckInID `path:"check_in" maxLength:"100" example:"01982c64-7b90-7d41-9a52-6c7d8e9fa0b1" doc:"The id of the series."`
}

func (a *API) checkIns() {
	add(a, operation{
		id: "add-check-in", method: http.MethodPost, path: "/clients/{client}/check-ins", tag: "Check-ins",
		summary:     "Add a check-in that a client chose",
		description: "Check-ins are off until the client chooses them and agrees the wording, and they may end them by a text. Nothing is sent by this: with a rhythm it is asked by the clock from then on.",
		scope:       scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: newCheckIn{Kind: conversations.CheckInWeek, Rhythm: &fridays}, gives: weekly,
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newCheckIn
	},
	) (*created[checkIn], error) {
		client, err := a.openClient(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		var id conversations.CheckInID
		if in.Body.Rhythm != nil {
			id, err = a.addByRhythm(ctx, client, in.Body)
		} else {
			id, err = a.Store.AddCheckIn(ctx, store.NewCheckIn{Client: in.Client, Kind: in.Body.Kind, Words: in.Body.Words})
		}
		if err != nil {
			return nil, err
		}
		c, err := a.series(ctx, in.Client, id)
		if err != nil {
			return nil, err
		}
		return &created[checkIn]{Location: Prefix + "/clients/" + string(in.Client) + "/check-ins", Body: checkInOf(c)}, nil
	})
	add(a, operation{
		id: "list-check-ins", method: http.MethodGet, path: "/clients/{client}/check-ins", tag: "Check-ins",
		summary:     "List the check-ins that a client chose",
		description: "In the order in which they were added, ended ones included.",
		scope:       scopeRead, gives: list[checkIn]{Items: []checkIn{weekly}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[checkIn]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		all, err := a.Store.CheckIns(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[list[checkIn]]{Body: listOf(all, "", checkInOf)}, nil
	})
	add(a, operation{
		id: "end-check-in", method: http.MethodDelete, path: "/clients/{client}/check-ins/{check_in}", tag: "Check-ins",
		summary:     "End a check-in",
		description: "It is not asked again; its answers stay. The id of the token is noted as who did. To end one that has ended changes nothing.",
		scope:       scopeWrite, status: http.StatusNoContent, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfCheckIn) (*struct{}, error) {
		return nil, a.Store.EndCheckIn(ctx, in.Client, in.CheckIn, conversations.SpecialistID(callOf(ctx).token))
	})
	a.changeCheckIn()
	a.offeredCheckIns()
	a.askCheckIn()
	a.answers()
}

func (a *API) askCheckIn() {
	asked := exampleOutcome
	asked.Said = []message{{
		ID: "01982c64-91f4-7b10-9c44-55aa01b2c3d5", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text: "How has your week been? Reply 1 (hard) to 5 (good).", Delivery: conversations.Sending,
		Means: deliveries[conversations.Sending], Parts: 1, Words: "checkin.week", Language: "en",
	}}
	asked.Open = &question{ID: "q9", Kind: conversations.AskScale, CheckIn: exampleCheckIn, Put: 1, AskedAt: &exampleNow}
	add(a, operation{
		id: "ask-check-in", method: http.MethodPost, path: "/clients/{client}/check-ins/{check_in}/ask", tag: "Check-ins",
		summary:     "Ask a client a check-in",
		description: "One question, answered with 1 to 5; a low answer is shown to a person the same working day. " + mayWait,
		scope:       scopeWrite, gives: asked, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *OfCheckIn) (*body[outcome], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		c, err := a.series(ctx, in.Client, in.CheckIn)
		if err != nil {
			return nil, err
		}
		if !c.EndedAt.IsZero() {
			return nil, problem.New(http.StatusConflict, "ended", "This check-in has ended. Add it anew if the client chooses it again.")
		}
		return a.outcome(ctx, conversations.Event{Kind: conversations.EventCheckIn, Client: in.Client, CheckIn: in.CheckIn})
	})
}

func (a *API) answers() {
	add(a, operation{
		id: "list-answers", method: http.MethodGet, path: "/clients/{client}/answers", tag: "Check-ins",
		summary: "Read what a client answered to check-ins",
		description: "Points of a plot. They are not a measure of health, and every answer of this operation says so. " +
			"What a person found to be no answer is left out.",
		scope: scopeRead, refuses: []int{http.StatusNotFound},
		gives: answers{Note: noMeasure, Items: []checkInPoint{{
			CheckIn: exampleCheckIn, Kind: conversations.CheckInWeek, Number: 4, Message: exampleMessage, At: exampleNow,
		}}},
	}, func(ctx context.Context, in *struct {
		OfClient
		Since time.Time `query:"since" example:"2026-09-01T00:00:00Z" doc:"Only answers from this moment on; leave it out for all."`
	},
	) (*body[answers], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		all, err := a.Store.CheckIns(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		kinds := map[conversations.CheckInID]conversations.CheckInKind{}
		for _, c := range all {
			kinds[c.ID] = c.Kind
		}
		points, err := a.Store.Answers(ctx, in.Client, in.Since)
		if err != nil {
			return nil, err
		}
		return &body[answers]{Body: answers{Note: noMeasure, Items: each(points, func(p store.Answer) checkInPoint {
			return checkInPoint{
				CheckIn: p.CheckIn, Kind: kinds[p.CheckIn], Number: p.Number, Message: p.Message, At: p.At.Truncate(time.Second),
			}
		})}}, nil
	})
}

// series reads one series of a client.
func (a *API) series(ctx context.Context, client conversations.ClientID, id conversations.CheckInID) (store.CheckIn, error) {
	all, err := a.Store.CheckIns(ctx, client)
	if err != nil {
		return store.CheckIn{}, err
	}
	i := slices.IndexFunc(all, func(c store.CheckIn) bool { return c.ID == id })
	if i < 0 {
		return store.CheckIn{}, store.ErrNotFound
	}
	return all[i], nil
}
