package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/bot/web/record"
	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// newHeld is a contact that was no appointment.
type newHeld struct {
	With      figures.Party           `json:"with,omitempty" enum:"client,employer" example:"client" doc:"With whom it was; left out: the client."`
	Mechanism conversations.Mechanism `json:"mechanism" enum:"face_to_face,telephone,video" example:"telephone" doc:"How it was held. A text is no contact."`
	At        time.Time               `json:"at" example:"2026-11-20T14:00:00Z" doc:"When."`
	By        string                  `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
}

// held is one that was recorded.
type held struct {
	ID        string                     `json:"id" example:"01982c65-1b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Client    conversations.ClientID     `json:"client,omitempty" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10" doc:"Left out for one with an employer about nobody."`
	With      figures.Party              `json:"with" enum:"client,employer" example:"client"`
	Mechanism conversations.Mechanism    `json:"mechanism" enum:"face_to_face,telephone,video" example:"telephone"`
	At        *time.Time                 `json:"at" doc:"When."`
	By        conversations.SpecialistID `json:"by,omitempty" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who recorded it."`
}

// newReferral is who referred a client.
type newReferral struct {
	Source figures.Source `json:"source" enum:"gp,primary_care,community,hospital,social_care,job_centre,voluntary,self,other" example:"gp" doc:"gp and primary_care are primary care; community is a community mental health team, voluntary a charity."`
	On     string         `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"On which day; left out: today."`
	By     string         `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
}

// referral is one time that a client was referred.
type referral struct {
	At     time.Time      `json:"at" example:"2026-11-20T00:00:00Z"`
	Source figures.Source `json:"source" example:"gp" doc:"Empty where nobody has said."`
}

// newPost is a piece of work.
type newPost struct {
	Work  figures.Work    `json:"work" enum:"paid,volunteering" example:"paid" doc:"A paid job counts once 4 paid hours were worked."`
	Way   figures.Way     `json:"way,omitempty" enum:"new,retained,returned" example:"new" doc:"New to them; at risk and kept; or gone back to. Left out: new."`
	Type  figures.JobType `json:"type" enum:"office,shop,food,cleaning,warehouse,driving,care,health,teaching,building,repair,computing,outdoors,factory,security,arts,other" example:"repair" doc:"The kind of work."`
	Title string          `json:"title,omitempty" maxLength:"60" example:"PC repair" doc:"What they do there."`
	Hours int             `json:"hours,omitempty" minimum:"0" maximum:"168" example:"12" doc:"A week; 0 or left out: not known."`
	On    string          `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"The first day; left out: today."`
	By    string          `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
}

// endedPost is the end of one.
type endedPost struct {
	On string `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"The last day; left out: today."`
	By string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
}

// post is a piece of work that was recorded.
type post struct {
	ID         string          `json:"id" example:"01982c65-4b20-7c3d-9e4f-5a6b7c8d9e0f"`
	Work       figures.Work    `json:"work" enum:"paid,volunteering" example:"paid"`
	Way        figures.Way     `json:"way" enum:"new,retained,returned" example:"new"`
	Type       figures.JobType `json:"type" example:"repair"`
	Title      string          `json:"title" example:"PC repair"`
	Unreadable bool            `json:"unreadable,omitempty" example:"false" doc:"There is a title, but none of the present keys opens it."`
	Hours      int             `json:"hours" example:"12" doc:"A week; 0: not known."`
	Started    *time.Time      `json:"started" doc:"The first day."`
	Ended      *time.Time      `json:"ended,omitempty" doc:"The last day; left out while it goes on."`
}

const exampleJob = "01982c65-4b20-7c3d-9e4f-5a6b7c8d9e0f"

var (
	exampleHeld = held{ID: "01982c65-1b20-7c3d-9e4f-5a6b7c8d9e0f", Client: exampleClient, With: figures.WithClient, Mechanism: conversations.Telephone, At: &exampleNow, By: exampleSpecialist}
	examplePost = post{ID: exampleJob, Work: figures.Paid, Way: figures.NewJob, Type: "repair", Title: "PC repair", Hours: 12, Started: &exampleNow}
)

func heldOf(x store.Contact) held {
	return held{ID: x.ID, Client: x.Client, With: x.With, Mechanism: x.Mechanism, At: instant(x.At), By: x.RecordedBy}
}

func postOf(j store.Job) post {
	return post{
		ID: j.ID, Work: j.Work, Way: j.Way, Type: j.Type, Title: j.Title, Unreadable: j.Unreadable, Hours: j.Hours, Started: instant(j.Started), Ended: instant(j.Ended),
	}
}

func (a *API) records() {
	a.held()
	a.referrals()
	a.work()
}

func (a *API) recorder() record.Recorder { return record.Recorder{Store: a.Store, Event: a.Event} }

func (a *API) held() {
	listed := func(ctx context.Context, client conversations.ClientID, of conversations.SpecialistID) (*body[list[held]], error) {
		all, err := a.Store.Contacts(ctx, client, of)
		if err != nil {
			return nil, err
		}
		return &body[list[held]]{Body: listOf(all, "", heldOf)}, nil
	}
	add(a, operation{
		id: "add-contact", method: http.MethodPost, path: "/clients/{client}/contacts", tag: "Figures",
		summary: "Record a contact that was no appointment",
		description: "With the client, or with an employer about them; the first of those is a milestone. An appointment that was attended is a contact already, " +
			"and a text never is one. Nothing is sent by this.",
		scope: scopeWrite, takes: newHeld{With: figures.WithClient, Mechanism: conversations.Telephone, At: exampleNow, By: exampleSpecialist},
		gives: list[held]{Items: []held{exampleHeld}}, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newHeld
	},
	) (*body[list[held]], error) {
		_, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		n := store.Contact{Client: in.Client, With: in.Body.With, Mechanism: in.Body.Mechanism, At: in.Body.At, RecordedBy: by}
		if n.With == "" {
			n.With = figures.WithClient
		}
		if _, err := a.recorder().Contact(ctx, n); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client, "")
	})
	add(a, operation{
		id: "list-contacts", method: http.MethodGet, path: "/clients/{client}/contacts", tag: "Figures",
		summary: "List the contacts of a client that were no appointments", description: "The latest first, those with employers included; of very many the latest 200.",
		scope: scopeRead, gives: list[held]{Items: []held{exampleHeld}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[held]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client, "")
	})
	withEmployer := exampleHeld
	withEmployer.Client, withEmployer.With = "", figures.WithEmployer
	add(a, operation{
		id: "add-contact-with-employer", method: http.MethodPost, path: "/specialists/{specialist}/contacts", tag: "Figures",
		summary: "Record a specialist's contact with an employer about nobody", description: "One about a client is recorded for that client.",
		scope: scopeWrite, takes: newHeld{With: figures.WithEmployer, Mechanism: conversations.FaceToFace, At: exampleNow, By: exampleSpecialist},
		gives: list[held]{Items: []held{withEmployer}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfSpecialist
		Body newHeld
	},
	) (*body[list[held]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		by, err := a.ofTheTeam(ctx, in.Body.By)
		if err != nil {
			return nil, err
		}
		if in.Body.With == figures.WithClient {
			return nil, invalid(problem.Fault{Field: "body.with", Message: "is employer here: a contact with a client is recorded for that client"})
		}
		_, err = a.recorder().Contact(ctx, store.Contact{
			Specialist: in.Specialist, With: figures.WithEmployer, Mechanism: in.Body.Mechanism, At: in.Body.At, RecordedBy: by,
		})
		if err != nil {
			return nil, err
		}
		return listed(ctx, "", in.Specialist)
	})
	add(a, operation{
		id: "list-contacts-with-employers", method: http.MethodGet, path: "/specialists/{specialist}/contacts", tag: "Figures",
		summary: "List a specialist's contacts with employers about nobody", description: "The latest first; of very many the latest 200.",
		scope: scopeRead, gives: list[held]{Items: []held{withEmployer}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfSpecialist) (*body[list[held]], error) {
		if _, err := a.Store.Specialist(ctx, in.Specialist); err != nil {
			return nil, err
		}
		return listed(ctx, "", in.Specialist)
	})
}

func (a *API) referrals() {
	example := list[referral]{Items: []referral{{At: exampleNow, Source: figures.SourceGP}}}
	listed := func(ctx context.Context, client conversations.ClientID) (*body[list[referral]], error) {
		all, err := a.Store.Referrals(ctx, client)
		if err != nil {
			return nil, err
		}
		return &body[list[referral]]{Body: listOf(all, "", func(r store.Referral) referral { return referral{At: r.At, Source: r.Source} })}, nil
	}
	add(a, operation{
		id: "add-referral", method: http.MethodPost, path: "/clients/{client}/referrals", tag: "Figures",
		summary:     "Say who referred a client",
		description: "On the day of a referral that is known it says by whom; on any other day it records the referral too. The stage stays as it is.",
		scope:       scopeWrite, takes: newReferral{Source: figures.SourceGP, On: "2026-11-20", By: exampleSpecialist}, gives: example,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newReferral
	},
	) (*body[list[referral]], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		if err := a.recorder().Referral(ctx, c, at, in.Body.Source, by); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
	add(a, operation{
		id: "list-referrals", method: http.MethodGet, path: "/clients/{client}/referrals", tag: "Figures",
		summary: "List when a client was referred, and by whom", description: "The oldest first.",
		scope: scopeRead, gives: example, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[referral]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
}

// OfJob names work of a client in a path.
type OfJob struct {
	OfClient
	Job string `path:"job" maxLength:"100" example:"01982c65-4b20-7c3d-9e4f-5a6b7c8d9e0f" doc:"The id of the work."`
}

func (a *API) work() {
	example := list[post]{Items: []post{examplePost}}
	listed := func(ctx context.Context, client conversations.ClientID) (*body[list[post]], error) {
		all, err := a.Store.Jobs(ctx, client)
		if err != nil {
			return nil, err
		}
		return &body[list[post]]{Body: listOf(all, "", postOf)}, nil
	}
	add(a, operation{
		id: "add-job", method: http.MethodPost, path: "/clients/{client}/jobs", tag: "Figures",
		summary: "Record a client's work",
		description: "The start of a paid job that is new, or that they went back to, is the milestone job_start, if none of those days is recorded. " +
			"The stage stays as it is. Nothing is sent by this.",
		scope: scopeWrite, takes: newPost{Work: figures.Paid, Way: figures.NewJob, Type: "repair", Title: "PC repair", Hours: 12, On: "2026-11-20", By: exampleSpecialist},
		gives: example, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newPost
	},
	) (*body[list[post]], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		n := store.Job{
			Client: in.Client, Work: in.Body.Work, Way: in.Body.Way, Type: in.Body.Type, Title: in.Body.Title, Hours: in.Body.Hours, Started: at, RecordedBy: by,
		}
		if n.Way == "" {
			n.Way = figures.NewJob
		}
		if _, err := a.recorder().Job(ctx, n); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
	add(a, operation{
		id: "list-jobs", method: http.MethodGet, path: "/clients/{client}/jobs", tag: "Figures",
		summary: "List a client's work", description: "The oldest first; of very much the latest 200.",
		scope: scopeRead, gives: example, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[post]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
	ended := examplePost
	ended.Ended = &exampleNow
	add(a, operation{
		id: "end-job", method: http.MethodPost, path: "/clients/{client}/jobs/{job}/end", tag: "Figures",
		summary:     "Say that a client's work has ended",
		description: "The end of a paid job is the milestone job_end. To lose a job is a step to the next: the stage stays as it is until you set it.",
		scope:       scopeWrite, takes: endedPost{On: "2026-11-20", By: exampleSpecialist}, gives: list[post]{Items: []post{ended}},
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfJob
		Body endedPost
	},
	) (*body[list[post]], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		if err := a.recorder().EndJob(ctx, in.Client, in.Job, at, by); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
}
