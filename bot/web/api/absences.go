package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newAbsence is when a specialist is away, and who stands in.
type newAbsence struct {
	From  string                     `json:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-30" doc:"The first day away; it may be past, for who is ill."`
	Until string                     `json:"until" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-12-04" doc:"The last day away. Clients are told the next day on which the service reads texts."`
	Cover conversations.SpecialistID `json:"cover" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2d" doc:"Who stands in: another specialist. Where they are away as well their own cover does, and where that one is away too the lead."`
	By    string                     `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who writes it down: a specialist's id, or duty or lead for the pathway's people."`
}

// absence is a time in which somebody stands in for a specialist.
type absence struct {
	ID         conversations.AbsenceID    `json:"id" example:"01982c65-3a10-7c55-9d60-7e8f90a1b2c3"`
	Specialist conversations.SpecialistID `json:"specialist" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who is away."`
	Cover      conversations.SpecialistID `json:"cover" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2d" doc:"Who was named to stand in."`
	From       time.Time                  `json:"from" example:"2026-11-30T00:00:00Z"`
	Until      time.Time                  `json:"until" example:"2026-12-05T00:00:00Z" doc:"The end, which does not belong to it."`
	Holds      bool                       `json:"holds" example:"false" doc:"It holds just now."`
	StandsIn   string                     `json:"stands_in" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2d" doc:"Who stands in just now: a specialist's id, or lead where the cover and theirs are away too; empty if it does not hold."`
	By         conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who wrote it down, or changed it last."`
	ChangedAt  time.Time                  `json:"changed_at" example:"2026-11-23T10:15:00Z"`
}

// meanwhile is what happened with one client while their specialist was away.
type meanwhile struct {
	Client       conversations.ClientID     `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Texts        counted                    `json:"texts" doc:"What they wrote; the texts stand in their conversation."`
	Flags        counted                    `json:"flags" doc:"What was put before a person."`
	Open         int                        `json:"open" example:"1" doc:"How many of these flags still stand."`
	Appointments counted                    `json:"appointments" doc:"Those that were booked, moved, answered, called off or recorded."`
	Alerts       counted                    `json:"alerts" doc:"The alerts about them."`
	CoveredBy    conversations.SpecialistID `json:"covered_by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2d" doc:"Who was named to stand in."`
}

// counted is how many there were, and which.
type counted struct {
	Count int      `json:"count" example:"1"`
	IDs   []string `json:"ids" nullable:"false" example:"[\"01982c61-90c8-7a53-b2e8-1fad5c7b9032\"]" doc:"At most the last hundred."`
}

// mostIDs bounds the ids of one kind of one client.
const mostIDs = 100

func countedOf[T ~string](ids []T) counted {
	c := counted{Count: len(ids), IDs: []string{}}
	for _, id := range ids[max(0, len(ids)-mostIDs):] {
		c.IDs = append(c.IDs, string(id))
	}
	return c
}

// summary is what happened while a specialist was away.
type summary struct {
	Absence absence     `json:"absence"`
	Clients []meanwhile `json:"clients" nullable:"false" doc:"In the order in which they were added; who had nothing is left out."`
}

const (
	exampleAbsenceID = "01982c65-3a10-7c55-9d60-7e8f90a1b2c3"
	exampleCover     = "01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2d"
)

var (
	exampleAbsence = absence{
		ID: exampleAbsenceID, Specialist: exampleSpecialist, Cover: exampleCover, By: exampleSpecialist, ChangedAt: exampleNow,
		From: time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, time.December, 5, 0, 0, 0, 0, time.UTC),
	}
	exampleNewAbsence = newAbsence{From: "2026-11-30", Until: "2026-12-04", Cover: exampleCover, By: exampleSpecialist}
	exampleSummary    = summary{Absence: exampleAbsence, Clients: []meanwhile{{
		Client: exampleClient, Texts: countedOf([]string{exampleMessage}), Flags: countedOf([]string{exampleFlag}), Open: 1,
		Appointments: countedOf([]string{exampleAppointment}), Alerts: countedOf([]string(nil)), CoveredBy: exampleCover,
	}}}
)

// OfAbsence names an absence in a path.
type OfAbsence struct {
	Absence conversations.AbsenceID `path:"absence" maxLength:"100" example:"01982c65-3a10-7c55-9d60-7e8f90a1b2c3" doc:"The absence's id."`
}

func (a *API) absenceOf(ctx context.Context, from store.Absence) (absence, error) {
	now := a.Now()
	out := absence{
		ID: from.ID, Specialist: from.Specialist, Cover: from.Cover, From: a.local(from.From), Until: a.local(from.Until),
		By: from.ChangedBy, ChangedAt: from.ChangedAt.Truncate(time.Second), Holds: !from.From.After(now) && from.Until.After(now),
	}
	if !out.Holds {
		return out, nil
	}
	cover, err := a.Store.Cover(ctx, from.Specialist, now)
	if out.StandsIn = string(cover.ID); cover.ID == "" {
		out.StandsIn = pathwayLead
	}
	return out, err
}

// pathwayLead names the pathway's lead where a specialist's id could stand.
const pathwayLead = "lead"

// serviceZone is where the service's own clock runs.
func (a *API) serviceZone() *time.Location {
	if a.Pathway.Zone != nil {
		return a.Pathway.Zone
	}
	return time.UTC
}

func (a *API) local(t time.Time) time.Time { return t.In(a.serviceZone()).Truncate(time.Second) }

// absenceFrom reads the days of an absence on the service's own clock.
func (a *API) absenceFrom(ctx context.Context, n newAbsence) (store.Absence, conversations.SpecialistID, error) {
	by, err := a.ofTheTeam(ctx, n.By)
	if err != nil {
		return store.Absence{}, "", err
	}
	from, notFrom := time.ParseInLocation(time.DateOnly, n.From, a.serviceZone())
	until, notUntil := time.ParseInLocation(time.DateOnly, n.Until, a.serviceZone())
	switch {
	case notFrom != nil:
		return store.Absence{}, "", invalid(problem.Fault{Field: "body.from", Message: "is no day: write it as 2026-11-20"})
	case notUntil != nil:
		return store.Absence{}, "", invalid(problem.Fault{Field: "body.until", Message: "is no day: write it as 2026-11-20"})
	}
	y, m, d := until.Date()
	return store.Absence{Cover: n.Cover, From: from, Until: time.Date(y, m, d+1, 0, 0, 0, 0, a.serviceZone())}, by, nil
}

func (a *API) absences() {
	add(a, operation{
		id: "add-absence", method: http.MethodPost, path: "/specialists/{specialist}/absences", tag: "Specialists",
		summary: "Say that a specialist is away, and who stands in",
		description: "While it holds the cover's lists hold the clients too, alerts reach the cover in the specialist's place, and texts name the cover as who reads and acts. " +
			"Each client is told once who stands in, with the next thing that is said to them. A specialist has one absence at a time.",
		scope: scopeWrite, status: http.StatusCreated, takes: exampleNewAbsence, gives: exampleAbsence,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Body newAbsence
	},
	) (*created[absence], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		n, by, err := a.absenceFrom(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		n.Specialist = in.Specialist
		set, err := a.Store.SetAbsence(ctx, n, by, a.Now())
		if err != nil {
			return nil, err
		}
		out, err := a.absenceOf(ctx, set)
		return &created[absence]{Location: Prefix + "/absences/" + string(set.ID), Body: out}, err
	})
	add(a, operation{
		id: "list-absences", method: http.MethodGet, path: "/specialists/{specialist}/absences", tag: "Specialists",
		summary: "List when a specialist is away", description: "The latest first, at most 200.",
		scope: scopeRead, gives: list[absence]{Items: []absence{exampleAbsence}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[list[absence]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		all, err := a.Store.Absences(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		out := list[absence]{Items: []absence{}}
		for _, each := range all {
			one, err := a.absenceOf(ctx, each)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, one)
		}
		return &body[list[absence]]{Body: out}, nil
	})
	a.oneAbsence()
}

func (a *API) oneAbsence() {
	add(a, operation{
		id: "get-absence", method: http.MethodGet, path: "/absences/{absence}", tag: "Specialists",
		summary: "Read an absence", description: "One absence by id, and who stands in just now.",
		scope: scopeRead, gives: exampleAbsence, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfAbsence) (*body[absence], error) {
		from, err := a.Store.Absence(ctx, in.Absence)
		if err != nil {
			return nil, err
		}
		out, err := a.absenceOf(ctx, from)
		return &body[absence]{Body: out}, err
	})
	add(a, operation{
		id: "change-absence", method: http.MethodPut, path: "/absences/{absence}", tag: "Specialists",
		summary: "Change an absence",
		description: "Its days and who stands in. A client who was told of another end or another cover is told anew, with the next thing that is said to them. " +
			"One that is over is not changed.",
		scope: scopeWrite, takes: exampleNewAbsence, gives: exampleAbsence, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfAbsence
		Body newAbsence
	},
	) (*body[absence], error) {
		if _, err := a.Store.Absence(ctx, in.Absence); err != nil {
			return nil, err
		}
		n, by, err := a.absenceFrom(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		n.ID = in.Absence
		set, err := a.Store.SetAbsence(ctx, n, by, a.Now())
		if err != nil {
			return nil, err
		}
		out, err := a.absenceOf(ctx, set)
		return &body[absence]{Body: out}, err
	})
	add(a, operation{
		id: "end-absence", method: http.MethodDelete, path: "/absences/{absence}", tag: "Specialists",
		summary: "End an absence now",
		description: "The specialist is back: a client who was told of a later day is told so once. One that has not begun is taken back, and one that is over is left as it is. " +
			"The id of the token is noted as who did.",
		scope: scopeWrite, status: http.StatusNoContent, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfAbsence) (*struct{}, error) {
		return nil, a.Store.EndAbsence(ctx, in.Absence, conversations.SpecialistID(callOf(ctx).token))
	})
	add(a, operation{
		id: "get-absence-summary", method: http.MethodGet, path: "/absences/{absence}/summary", tag: "Specialists",
		summary: "Read what happened while a specialist was away",
		description: "Per client, counted and with ids: what they wrote, what was put before a person, which appointments changed, which alerts there were; until now while it still holds. " +
			"What only the lead sees is in it for a token with the scope admin alone.",
		scope: scopeRead, gives: exampleSummary, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfAbsence) (*body[summary], error) {
		from, all, err := a.Store.Meanwhile(ctx, in.Absence, callOf(ctx).lead, a.Now())
		if err != nil {
			return nil, err
		}
		out := summary{}
		out.Absence, err = a.absenceOf(ctx, from)
		out.Clients = each(all, func(m store.Meanwhile) meanwhile {
			return meanwhile{
				Client: m.Client, Texts: countedOf(m.Texts), Flags: countedOf(m.Flags), Open: m.Open, Appointments: countedOf(m.Appointments),
				Alerts: countedOf(m.Alerts), CoveredBy: from.Cover,
			}
		})
		return &body[summary]{Body: out}, err
	})
}
