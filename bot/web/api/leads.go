package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/leads"
	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newLead is a job lead to be added.
type newLead struct {
	Title  string                     `json:"title" minLength:"1" maxLength:"200" example:"PC repair assistant" doc:"The job, as clients read it. A title, an area and a pay have 60 characters each: they stand together in one text."`
	Area   string                     `json:"area,omitempty" maxLength:"200" example:"Beeston" doc:"Where it is, as clients read it."`
	Pay    string                     `json:"pay,omitempty" maxLength:"200" example:"£12.60 an hour" doc:"What is paid, as clients read it."`
	Hours  int                        `json:"hours,omitempty" minimum:"0" maximum:"168" example:"12" doc:"Hours a week; left out: not known."`
	More   string                     `json:"more,omitempty" maxLength:"2000" example:"Workshop behind the shop, no till, start at 11." doc:"What who asks for more is told, at most 600 characters. What an employer said in confidence does not belong here."`
	Closes *time.Time                 `json:"closes,omitempty" example:"2026-12-04T17:00:00Z" doc:"The last moment to apply, with an offset; left out: none is known."`
	By     conversations.SpecialistID `json:"by,omitempty" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist who found it."`
	Job    *Job                       `json:"job,omitempty" example:"{\"district\":\"NG9\",\"starts\":\"11:00\"}" doc:"What is known of the work, for matching it with wishes. None of it is told to clients by itself."`
}

// leadChange is what became of a lead.
type leadChange struct {
	Filled    *bool      `json:"filled,omitempty" example:"true" doc:"Somebody else has the job, or does not have it after all."`
	Closes    *time.Time `json:"closes,omitempty" example:"2026-12-04T17:00:00Z" doc:"The last moment to apply, with an offset."`
	OpenEnded bool       `json:"open_ended,omitempty" example:"false" doc:"There is no last moment to apply after all. Not together with closes."`
	Hours     *int       `json:"hours,omitempty" minimum:"0" maximum:"168" example:"12" doc:"Hours a week; 0: not known."`
	Job       *Job       `json:"job,omitempty" example:"{\"district\":\"NG9\",\"starts\":\"11:00\"}" doc:"What is known of the work. It replaces all that was known before."`
}

// lead is a job lead as the API shows it.
type lead struct {
	ID         conversations.LeadID       `json:"id" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Title      string                     `json:"title" example:"PC repair assistant"`
	Area       string                     `json:"area" example:"Beeston" doc:"Empty if not said."`
	Pay        string                     `json:"pay" example:"£12.60 an hour" doc:"Empty if not said."`
	Hours      int                        `json:"hours" example:"12" doc:"Hours a week; 0: not known."`
	More       string                     `json:"more" example:"Workshop behind the shop, no till, start at 11." doc:"What who asks for more is told."`
	Job        *Job                       `json:"job,omitempty" doc:"What is known of the work; left out if nothing is. None of it is told to clients by itself."`
	Unreadable bool                       `json:"unreadable,omitempty" example:"false" doc:"There is more, but none of the present keys opens it."`
	Closes     *time.Time                 `json:"closes,omitempty" doc:"The last moment to apply; left out if none is known."`
	Filled     bool                       `json:"filled" example:"false" doc:"Somebody else has the job: it is offered to nobody any more."`
	FilledAt   *time.Time                 `json:"filled_at,omitempty" doc:"When that was heard."`
	By         conversations.SpecialistID `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who found it; empty if not said."`
	CreatedAt  *time.Time                 `json:"created_at" doc:"When it was added."`
	ChangedAt  *time.Time                 `json:"changed_at" doc:"When it last changed."`
}

var leadCloses = time.Date(2026, time.December, 4, 17, 0, 0, 0, time.UTC)

var repairs = lead{
	ID: exampleLead, Title: "PC repair assistant", Area: "Beeston", Pay: "£12.60 an hour", Hours: 12,
	More: "Workshop behind the shop, no till, start at 11.", Closes: &leadCloses, By: exampleSpecialist, Job: &repairsJob,
	CreatedAt: &exampleNow, ChangedAt: &exampleNow,
}

func leadOf(l store.Lead) lead {
	return lead{
		ID: l.ID, Title: l.Title, Area: l.Area, Pay: l.Pay, Hours: l.Hours, More: l.More, Job: jobOf(l.Work), Unreadable: l.Unreadable,
		Closes: instant(l.Closes), Filled: l.Filled, FilledAt: instant(l.FilledAt), By: l.CreatedBy,
		CreatedAt: instant(l.CreatedAt), ChangedAt: instant(l.ChangedAt),
	}
}

// OfLead names a lead in a path.
type OfLead struct {
	Lead conversations.LeadID `path:"lead" maxLength:"100" example:"01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f" doc:"The lead's id."`
}

func (a *API) leads() {
	add(a, operation{
		id: "add-lead", method: http.MethodPost, path: "/leads", tag: "Leads",
		summary: "Add a job lead",
		description: "Nobody is told by this. All but the job may be told to clients; the job is for the people who match it with their wishes. " +
			"Where it has a last day, those to whom it was offered hear two working days before that it closes soon.",
		scope: scopeWrite, status: http.StatusCreated,
		takes: newLead{
			Title: repairs.Title, Area: repairs.Area, Pay: repairs.Pay, Hours: repairs.Hours, More: repairs.More,
			Closes: &leadCloses, By: exampleSpecialist, Job: &repairsJob,
		},
		gives: repairs,
	}, func(ctx context.Context, in *struct{ Body newLead }) (*created[lead], error) {
		n := in.Body
		if err := a.colleague(ctx, n.By); err != nil {
			return nil, err
		}
		add := store.NewLead{Title: n.Title, Area: n.Area, Pay: n.Pay, Hours: n.Hours, More: n.More, By: n.By, Work: workOf(n.Job)}
		if n.Closes != nil {
			add.Closes = *n.Closes
		}
		id, err := a.desk().Add(ctx, add)
		if err != nil {
			return nil, err
		}
		l, err := a.Store.Lead(ctx, id)
		if err != nil {
			return nil, err
		}
		return &created[lead]{Location: Prefix + "/leads/" + string(id), Body: leadOf(l)}, nil
	})
	add(a, operation{
		id: "list-leads", method: http.MethodGet, path: "/leads", tag: "Leads",
		summary:     "List the job leads",
		description: "The newest first: every one, or those that can still be had.",
		scope:       scopeRead, gives: list[lead]{Items: []lead{repairs}},
	}, func(ctx context.Context, in *struct {
		Open bool `query:"open" example:"true" doc:"Only those that are neither filled nor closed."`
		PageQuery
	},
	) (*body[list[lead]], error) {
		leads, next, err := a.Store.Leads(ctx, store.LeadFilter{Open: in.Open, Now: a.Now(), Page: in.page()})
		if err != nil {
			return nil, err
		}
		return &body[list[lead]]{Body: listOf(leads, next, leadOf)}, nil
	})
	add(a, operation{
		id: "get-lead", method: http.MethodGet, path: "/leads/{lead}", tag: "Leads",
		summary:     "Read a job lead",
		description: "One lead by id.",
		scope:       scopeRead, gives: repairs, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfLead) (*body[lead], error) {
		l, err := a.Store.Lead(ctx, in.Lead)
		if err != nil {
			return nil, err
		}
		return &body[lead]{Body: leadOf(l)}, nil
	})
	a.changeLead()
}

func (a *API) changeLead() {
	yes := true
	filled := repairs
	filled.Filled, filled.FilledAt = true, &exampleNow
	add(a, operation{
		id: "change-lead", method: http.MethodPatch, path: "/leads/{lead}", tag: "Leads",
		summary: "Say that a lead is filled, when it closes, or what is known of the work",
		description: "That it is filled is told to the conversation of every client to whom it was offered: what still waits to offer it is taken back; " +
			"who wanted it hears of it from a person, and the specialist is shown that. That it closes soon is said two working days before the last day, at once if that " +
			"has come. If it fails on the way, send it again: nobody is told twice.",
		scope: scopeWrite, takes: leadChange{Filled: &yes}, gives: filled, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfLead
		Body leadChange
	},
	) (*body[lead], error) {
		change := store.LeadChange{Filled: in.Body.Filled, Closes: in.Body.Closes, Hours: in.Body.Hours}
		if in.Body.Job != nil {
			work := workOf(in.Body.Job)
			change.Work = &work
		}
		switch {
		case in.Body.OpenEnded && in.Body.Closes != nil:
			return nil, invalid(problem.Fault{Field: "body.open_ended", Message: "cannot stand beside closes: send one of them"})
		case in.Body.OpenEnded:
			change.Closes = &time.Time{}
		case change.Closes == nil && change.Filled == nil && change.Hours == nil && change.Work == nil:
			return nil, invalid(problem.Fault{Field: "body", Message: "changes nothing: send filled, closes, open_ended, hours or job"})
		}
		l, err := a.desk().Change(ctx, in.Lead, change)
		if err != nil {
			return nil, err
		}
		return &body[lead]{Body: leadOf(l)}, nil
	})
}

// desk is where leads are kept.
func (a *API) desk() leads.Desk {
	return leads.Desk{Store: a.Store, Event: a.Event, Now: a.Now, Pathway: a.Pathway}
}

// colleague refuses a person who is not on the team; empty is nobody.
func (a *API) colleague(ctx context.Context, by conversations.SpecialistID) error {
	if by == "" {
		return nil
	}
	_, err := a.Store.Specialist(ctx, by)
	if isMissing(err) {
		return invalid(problem.Fault{Field: "body.by", Message: "is no specialist of this service; the list of specialists has their ids"})
	}
	return err
}
