package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newSpecialist is a specialist to be added.
type newSpecialist struct {
	Name  string `json:"name" minLength:"1" maxLength:"200" example:"Sam" doc:"The first name that clients know. It is in texts."`
	Phone string `json:"phone,omitempty" maxLength:"40" example:"07700 900201" doc:"Their own mobile number, for alerts. Clients never see it."`
	Email string `json:"email,omitempty" maxLength:"254" example:"sam@service.example" doc:"Their e-mail address, for alerts. Clients never see it."`
}

// specialist is a specialist as the API shows them.
type specialist struct {
	ID        conversations.SpecialistID `json:"id" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"`
	Name      string                     `json:"name" example:"Sam" doc:"The first name that clients know."`
	Phone     string                     `json:"phone" example:"+447700900201" doc:"E.164; empty if none."`
	Email     string                     `json:"email" example:"sam@service.example" doc:"Empty if none."`
	Reminders []int                      `json:"reminders,omitempty" doc:"How long before an appointment their clients are reminded, in minutes, the longest first; left out: as the pathway says. A client's own come before these."`
	CreatedAt *time.Time                 `json:"created_at" doc:"When they were added."`
}

// changedSpecialist is what can be changed of a specialist.
type changedSpecialist struct {
	Reminders *[]int `json:"reminders" maxItems:"4" example:"[2880,240]" doc:"How long before an appointment their clients are reminded, in minutes, the longest first: 120 to 40320, four at the most. An empty list takes the pathway's again."`
}

var sam = specialist{
	ID: exampleSpecialist, Name: "Sam", Phone: "+447700900201", Email: "sam@service.example", CreatedAt: &exampleNow,
}

func specialistOf(s store.Specialist) specialist {
	return specialist{ID: s.ID, Name: s.Name, Phone: s.Phone, Email: s.Email, Reminders: s.Reminders, CreatedAt: instant(s.CreatedAt)}
}

func (a *API) specialists() {
	add(a, operation{
		id: "add-specialist", method: http.MethodPost, path: "/specialists", tag: "Specialists",
		summary:     "Add a specialist",
		description: "Every client belongs to one. The name is the one that clients know and read in texts.",
		scope:       scopeWrite, status: http.StatusCreated,
		takes: newSpecialist{Name: "Sam", Phone: "07700 900201", Email: "sam@service.example"}, gives: sam,
	}, func(ctx context.Context, in *struct{ Body newSpecialist }) (*created[specialist], error) {
		id, err := a.Store.AddSpecialist(ctx, store.NewSpecialist{Name: in.Body.Name, Phone: in.Body.Phone, Email: in.Body.Email})
		if err != nil {
			return nil, err
		}
		s, err := a.Store.Specialist(ctx, id)
		if err != nil {
			return nil, err
		}
		return &created[specialist]{Location: Prefix + "/specialists/" + string(id), Body: specialistOf(s)}, nil
	})
	add(a, operation{
		id: "list-specialists", method: http.MethodGet, path: "/specialists", tag: "Specialists",
		summary:     "List the specialists",
		description: "In the order in which they were added.",
		scope:       scopeRead, gives: list[specialist]{Items: []specialist{sam}},
	}, func(ctx context.Context, in *struct{ PageQuery }) (*body[list[specialist]], error) {
		page, next, err := a.Store.Specialists(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[specialist]]{Body: listOf(page, next, specialistOf)}, nil
	})
	add(a, operation{
		id: "get-specialist", method: http.MethodGet, path: "/specialists/{specialist}", tag: "Specialists",
		summary:     "Read a specialist",
		description: "One specialist by id.",
		scope:       scopeRead, gives: sam, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[specialist], error) {
		s, err := a.Store.Specialist(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		return &body[specialist]{Body: specialistOf(s)}, nil
	})
	set := sam
	set.Reminders = []int{2880, 240}
	add(a, operation{
		id: "change-specialist", method: http.MethodPatch, path: "/specialists/{specialist}", tag: "Specialists",
		summary: "Set when a specialist's clients are reminded",
		description: "For those who have no reminders of their own (set-settings). The reminders of what is in the diary are planned anew at once; " +
			"none goes twice, and none goes at night.",
		scope: scopeWrite, takes: changedSpecialist{Reminders: &set.Reminders}, gives: set, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Body changedSpecialist
	},
	) (*body[specialist], error) {
		if in.Body.Reminders == nil {
			return nil, invalid(problem.Fault{Field: "body.reminders", Message: "is needed: a list of minutes, or an empty one"})
		}
		if err := a.Store.SetReminders(ctx, in.Specialist, *in.Body.Reminders); err != nil {
			return nil, err
		}
		s, err := a.Store.Specialist(ctx, in.Specialist)
		if err != nil {
			return nil, err
		}
		return &body[specialist]{Body: specialistOf(s)}, nil
	})
}
