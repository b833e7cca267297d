package api

import (
	"context"
	"net/http"
	"time"

	"alongside/conversations"
)

// freeTimes are times at which a specialist would meet.
type freeTimes struct {
	Times []time.Time `json:"times" nullable:"false" maxItems:"200" example:"[\"2026-11-27T15:00:00Z\"]" doc:"When you would meet, with offsets: times to come, at most 200. A client who asks for another time is offered the next three by number; nothing moves before your yes."`
}

var samsTimes = freeTimes{Times: []time.Time{
	time.Date(2026, time.November, 27, 15, 0, 0, 0, time.UTC), time.Date(2026, time.November, 30, 13, 0, 0, 0, time.UTC),
}}

// OfSpecialist names a specialist in a path.
type OfSpecialist struct {
	Specialist conversations.SpecialistID `path:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist's id."`
}

func (a *API) freeTimes() {
	add(a, operation{
		id: "get-free-times", method: http.MethodGet, path: "/specialists/{specialist}/free-times", tag: "Specialists",
		summary:     "Read when a specialist would meet",
		description: "The times to come, soonest first. A time that an appointment takes is gone by itself.",
		scope:       scopeRead, gives: samsTimes, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[freeTimes], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		return a.timesOf(ctx, in.Specialist)
	})
	add(a, operation{
		id: "set-free-times", method: http.MethodPut, path: "/specialists/{specialist}/free-times", tag: "Specialists",
		summary:     "Say when a specialist would meet",
		description: "Replaces the times to come; an empty list takes them all away, and clients are then asked for a time of their own.",
		scope:       scopeWrite, takes: samsTimes, gives: samsTimes, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Body freeTimes
	},
	) (*body[freeTimes], error) {
		if err := a.Store.SetFreeTimes(ctx, in.Specialist, in.Body.Times); err != nil {
			return nil, err
		}
		return a.timesOf(ctx, in.Specialist)
	})
}

func (a *API) timesOf(ctx context.Context, specialist conversations.SpecialistID) (*body[freeTimes], error) {
	times, err := a.Store.FreeTimes(ctx, specialist, a.Now())
	if err != nil {
		return nil, err
	}
	return &body[freeTimes]{Body: freeTimes{Times: each(times, func(t time.Time) time.Time { return t.UTC().Truncate(time.Second) })}}, nil
}
