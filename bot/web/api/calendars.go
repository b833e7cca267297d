package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/feed"
	"alongside/conversations"
	"alongside/store"
)

// calendar is one secret address of a specialist's diary.
type calendar struct {
	ID         string                     `json:"id" example:"01982c70-1a00-7c11-8d3e-6b0f2a4c8e10"`
	Specialist conversations.SpecialistID `json:"specialist" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Whose diary it is."`
	// Address is told once.
	Address   string     `json:"address,omitempty" example:"/calendar/abcdefghijklmnopqrstuvwxyz.ics" doc:"The secret address, below that of the console. It is told once, when it is made; whoever has it reads the diary."`
	CreatedAt *time.Time `json:"created_at,omitempty" doc:"When it was made."`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"When it was read last, to the hour; left out: never."`
	EndedAt   *time.Time `json:"ended_at,omitempty" doc:"When it was ended."`
}

const exampleCalendar = "01982c70-1a00-7c11-8d3e-6b0f2a4c8e10"

func calendarOf(k store.Calendar) calendar {
	return calendar{ID: k.ID, Specialist: k.Specialist, CreatedAt: instant(k.CreatedAt), UsedAt: instant(k.UsedAt), EndedAt: instant(k.EndedAt)}
}

func (a *API) calendars() {
	example := calendar{ID: exampleCalendar, Specialist: exampleSpecialist, CreatedAt: &exampleNow}
	made := example
	made.Address = feed.Path("abcdefghijklmnopqrstuvwxyz")
	add(a, operation{
		id: "make-calendar", method: http.MethodPost, path: "/specialists/{specialist}/calendars", tag: "Specialists",
		summary: "Make a secret address for a specialist's diary",
		description: "Calendars such as Outlook and Google subscribe to it (iCalendar). It tells initials and times, never a name, and a place " +
			"only where that says nothing about anybody. The address is told once; who has it needs no other key, so end it when it is lost.",
		scope: scopeWrite, status: http.StatusCreated, gives: made, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[calendar], error) {
		id, secret, err := a.Store.AddCalendar(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		if err := a.Store.Audit(ctx, "", "calendar_made", id); err != nil {
			return nil, err
		}
		now := a.Now()
		return &body[calendar]{Body: calendar{ID: id, Specialist: in.Specialist, Address: feed.Path(secret), CreatedAt: instant(now)}}, nil
	})
	add(a, operation{
		id: "list-calendars", method: http.MethodGet, path: "/specialists/{specialist}/calendars", tag: "Specialists",
		summary:     "List the addresses of a specialist's diary",
		description: "Those that are in force, without their secrets.",
		scope:       scopeRead, gives: list[calendar]{Items: []calendar{example}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[list[calendar]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		all, err := a.Store.Calendars(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		return &body[list[calendar]]{Body: listOf(all, "", calendarOf)}, nil
	})
	ended := example
	ended.CreatedAt, ended.EndedAt = nil, &exampleNow
	add(a, operation{
		id: "end-calendar", method: http.MethodDelete, path: "/specialists/{specialist}/calendars/{calendar}", tag: "Specialists",
		summary:     "End an address of a specialist's diary",
		description: "From now on it opens nothing. What calendars have read of it is with them.",
		scope:       scopeWrite, gives: ended, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Calendar string `path:"calendar" maxLength:"100" example:"01982c70-1a00-7c11-8d3e-6b0f2a4c8e10" doc:"The address's id."`
	},
	) (*body[calendar], error) {
		if err := a.Store.EndCalendar(ctx, in.Calendar, in.Specialist); err != nil {
			return nil, err
		}
		if err := a.Store.Audit(ctx, "", "calendar_ended", in.Calendar); err != nil {
			return nil, err
		}
		now := a.Now()
		return &body[calendar]{Body: calendar{ID: in.Calendar, Specialist: in.Specialist, EndedAt: instant(now)}}, nil
	})
}
