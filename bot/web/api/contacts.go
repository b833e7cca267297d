package api

import (
	"context"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newContact is what a client said about being spoken of with an employer.
type newContact struct {
	Employer string `json:"employer" minLength:"1" maxLength:"200" example:"Beeston Computers" doc:"The employer, named as in the lead; capitals and spaces do not matter."`
	Contact  string `json:"contact" enum:"yes,no,maybe" example:"maybe" doc:"What the client said. Maybe is no, until it is yes."`
	Words    string `json:"words,omitempty" maxLength:"600" example:"That I have repaired computers for ten years" doc:"What may be said, in the client's own terms."`
	On       string `json:"on,omitempty" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"a day such as 2026-11-20" example:"2026-11-20" doc:"When they said so; left out: today."`
	By       string `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
}

// contact is what holds for one employer.
type contact struct {
	Employer   string     `json:"employer" example:"Beeston Computers"`
	Contact    string     `json:"contact" enum:"yes,no,maybe" example:"maybe" doc:"What the client said."`
	Permitted  bool       `json:"permitted" example:"false" doc:"Whether the employer may be spoken to: for yes alone."`
	Words      string     `json:"words,omitempty" example:"That I have repaired computers for ten years" doc:"What may be said."`
	On         string     `json:"on" example:"2026-11-20" doc:"When they said so."`
	By         string     `json:"by" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who recorded it."`
	RecordedAt *time.Time `json:"recorded_at" doc:"When it was recorded."`
	Unreadable bool       `json:"unreadable,omitempty" example:"false" doc:"None of the present keys opens the name or the words."`
}

var exampleContact = contact{
	Employer: "Beeston Computers", Contact: "maybe", Words: "That I have repaired computers for ten years", On: "2026-11-20",
	By: exampleSpecialist, RecordedAt: &exampleNow,
}

func contactOf(e store.EmployerContact) contact {
	return contact{
		Employer: e.Employer, Contact: string(e.Permitted), Permitted: e.Permitted.Permits(), Words: e.Words, On: e.On, By: string(e.RecordedBy),
		RecordedAt: instant(e.RecordedAt), Unreadable: e.Unreadable,
	}
}

func (a *API) contacts() {
	listed := func(ctx context.Context, id conversations.ClientID) (*body[list[contact]], error) {
		all, err := a.Store.EmployerContacts(ctx, id)
		if err != nil {
			return nil, err
		}
		return &body[list[contact]]{Body: listOf(all, "", contactOf)}, nil
	}
	add(a, operation{
		id: "list-employer-contacts", method: http.MethodGet, path: "/clients/{client}/employer-contacts", tag: "Leads",
		summary:     "List which employers may be spoken to about a client",
		description: "What the client said about each employer last. An employer who is not here may not be spoken to.",
		scope:       scopeRead, gives: list[contact]{Items: []contact{exampleContact}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[list[contact]], error) {
		if _, err := a.Store.Client(ctx, in.Client); err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
	add(a, operation{
		id: "set-employer-contact", method: http.MethodPut, path: "/clients/{client}/employer-contacts", tag: "Leads",
		summary: "Say whether an employer may be spoken to about a client",
		description: "It holds until something else is said about the same employer; what was said before is kept. " +
			"It is for the people of the team: nothing is ever sent to an employer, and the client is told nothing by this.",
		scope: scopeWrite, takes: newContact{
			Employer: exampleContact.Employer, Contact: exampleContact.Contact, Words: exampleContact.Words, On: exampleContact.On, By: exampleSpecialist,
		},
		gives: list[contact]{Items: []contact{exampleContact}}, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newContact
	},
	) (*body[list[contact]], error) {
		c, by, err := a.changeBy(ctx, in.Client, in.Body.By)
		if err != nil {
			return nil, err
		}
		at, err := a.on(in.Body.On, c.Zone)
		if err != nil {
			return nil, err
		}
		on := in.Body.On
		if on == "" {
			zone, err := time.LoadLocation(c.Zone)
			if err != nil {
				return nil, invalid(problem.Fault{Field: "body.on", Message: "is needed: the client's time zone is not known"})
			}
			on = at.In(zone).Format(time.DateOnly)
		}
		err = a.Store.SetEmployerContact(ctx, in.Client, store.EmployerContact{
			Employer: in.Body.Employer, Permitted: conversations.EmployerContact(in.Body.Contact), Words: in.Body.Words, On: on, RecordedBy: by,
		})
		if err != nil {
			return nil, err
		}
		return listed(ctx, in.Client)
	})
}
