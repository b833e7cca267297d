package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// newCorrection is what a text means, as a person read it.
type newCorrection struct {
	Intent   understand.Intent          `json:"intent" enum:"confirm,change,cannot,late,attending_question,interested,not_interested,more_info,rating,done,not_yet,want_help,optin_yes,optin_no,stop,start,help,next_appointment,call_me,language,wrong_person,crisis,distress,social,other,keep" example:"change" doc:"What the client wants; the table is at the top of this description. The same intent as before says that it was read right."`
	Date     string                     `json:"date,omitempty" format:"date" example:"2026-11-27" doc:"The day that is meant, for change and call_me."`
	Clock    string                     `json:"clock,omitempty" maxLength:"5" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"a time of day such as 15:00" example:"15:00" doc:"The time of that day, where the client's clock runs."`
	Number   int                        `json:"number,omitempty" minimum:"1" maximum:"5" example:"4" doc:"The answer to a check-in, for rating: 1 (hard) to 5 (good)."`
	Language string                     `json:"language,omitempty" maxLength:"20" pattern:"^[a-z]{2,3}$" patternDescription:"the tag of a language, such as cy" example:"cy" doc:"The language that is wanted, for language."`
	Danger   understand.Danger          `json:"danger,omitempty" enum:"self,overdose,others,by_others,someone_else,voices" example:"self" doc:"What kind of danger, for crisis; left out: to the client themselves. The reviewed words go out at once, and people are alerted."`
	By       conversations.SpecialistID `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist who read it."`
}

// correction is how a text was put right.
type correction struct {
	Intent     understand.Intent          `json:"intent" example:"change" doc:"What a person says that it means."`
	Means      string                     `json:"means" example:"wants another time" doc:"The same in plain words."`
	Value      string                     `json:"value,omitempty" example:"2026-11-27T15:00" doc:"The time, number or language that is meant."`
	Danger     understand.Danger          `json:"danger,omitempty" doc:"What kind of danger."`
	Unreadable bool                       `json:"unreadable,omitempty" example:"false" doc:"It was put right, but none of the present keys opens how."`
	By         conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who did."`
	At         time.Time                  `json:"at" example:"2026-11-23T10:20:00Z"`
}

func correctionOf(c *store.Correction) *correction {
	if c == nil {
		return nil
	}
	value := understand.Reading{
		Intent: c.Meaning.Intent, When: understand.When{Date: c.Meaning.Date, Clock: c.Meaning.Clock}, Number: c.Meaning.Number,
		Language: c.Meaning.Language,
	}
	return &correction{
		Intent: c.Meaning.Intent, Means: intentsSaid[c.Meaning.Intent], Value: value.Value(), Danger: c.Meaning.Danger,
		Unreadable: c.Unreadable, By: c.By, At: c.At.Truncate(time.Second),
	}
}

func (a *API) corrections() {
	put := exampleOutcome
	put.Said, put.Open, put.Detail = []message{}, nil, nil
	add(a, operation{
		id: "correct-message", method: http.MethodPost, path: "/clients/{client}/messages/{message}/correction", tag: "Conversations",
		summary: "Put right what was understood of a text",
		description: "What the wrong reading did to the caseload is undone where things have not moved on, and what the text means is done; " +
			"what could not be undone is flagged. The client is told what holds now if they were told something that is not so. " +
			"A person's reading counts from then on; it can be put right again.",
		scope: scopeWrite, refuses: []int{http.StatusNotFound, http.StatusConflict},
		takes: newCorrection{Intent: understand.Change, Date: "2026-11-27", Clock: "15:00", By: exampleSpecialist}, gives: put,
	}, func(ctx context.Context, in *struct {
		OfClient
		Message conversations.MessageID `path:"message" maxLength:"100" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032" doc:"The id of the text, as the conversation shows it."`
		Body    newCorrection
	},
	) (*body[outcome], error) {
		c, err := a.Store.Client(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		if err := a.textOf(ctx, in.Client, in.Message); err != nil {
			return nil, err
		}
		if err := a.colleague(ctx, in.Body.By); err != nil {
			return nil, err
		}
		if faults := a.senseless(in.Body, c.Zone); len(faults) > 0 {
			return nil, invalid(faults...)
		}
		return a.outcome(ctx, conversations.Event{
			Kind: conversations.EventCorrected, Client: in.Client, Message: in.Message, By: in.Body.By,
			Meaning: conversations.Meaning{
				Intent: in.Body.Intent, Date: in.Body.Date, Clock: in.Body.Clock, Number: in.Body.Number, Language: in.Body.Language,
				Danger: in.Body.Danger,
			},
		})
	})
}

// textOf refuses a message that is no text of the client's.
func (a *API) textOf(ctx context.Context, client conversations.ClientID, id conversations.MessageID) error {
	read, err := a.Store.ReadingOf(ctx, id)
	if err != nil && !isMissing(err) {
		return err
	}
	if err != nil || read.Client != client || read.Kind != conversations.EventText {
		return problem.New(http.StatusConflict, "no_text",
			"This is no text that this client sent, so there is nothing to put right. The conversation shows the ids of their texts.")
	}
	return nil
}

// senseless says what makes no sense in a meaning.
func (a *API) senseless(m newCorrection, zone string) []problem.Fault {
	var faults []problem.Fault
	fault := func(field, message string) { faults = append(faults, problem.Fault{Field: field, Message: message}) }
	timed := m.Intent == understand.Change || m.Intent == understand.CallMe
	switch {
	case m.Date == "" && m.Clock == "":
	case !timed:
		field := "body.date"
		if m.Date == "" {
			field = "body.clock"
		}
		fault(field, "belongs to change and call_me alone")
	case m.Date == "":
		fault("body.date", "is needed beside a time of day")
	default:
		where, err := time.LoadLocation(zone)
		if err != nil {
			where = time.UTC
		}
		if message := a.wrongDay(m.Date, m.Clock, where); message != "" {
			fault("body.date", message)
		}
	}
	switch {
	case m.Intent == understand.Rating && m.Number == 0:
		fault("body.number", "is needed for a rating: 1 (hard) to 5 (good)")
	case m.Intent != understand.Rating && m.Number != 0:
		fault("body.number", "belongs to rating alone")
	}
	switch {
	case m.Intent == understand.Language && m.Language == "":
		fault("body.language", "is needed: the tag of the language that is wanted, such as cy")
	case m.Intent != understand.Language && m.Language != "":
		fault("body.language", "belongs to language alone")
	}
	if m.Danger != "" && m.Intent != understand.Crisis {
		fault("body.danger", "belongs to crisis alone")
	}
	return faults
}

// wrongDay says what is wrong with a day, or with a time of a day, or "".
func (a *API) wrongDay(date, clock string, zone *time.Location) string {
	end, form := date+" "+clock, time.DateOnly+" 15:04"
	if clock == "" {
		end = date + " 23:59" // A day is over when it ends.
	}
	at, err := time.ParseInLocation(form, end, zone)
	switch {
	case err != nil:
		return "must be a day, such as 2026-11-27"
	case !at.After(a.Now()):
		return "lies in the past: nobody can mean it"
	case at.After(a.Now().AddDate(conversations.FarthestYears, 0, 0)):
		return "is more than two years ahead; check the year"
	}
	return ""
}
