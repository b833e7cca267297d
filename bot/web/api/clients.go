package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// newClient is a client to be added.
type newClient struct {
	Specialist conversations.SpecialistID `json:"specialist" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Whose caseload the client is on."`
	FullName   string                     `json:"full_name" minLength:"1" maxLength:"200" example:"John Example" doc:"For the team alone; never in a text."`
	Name       string                     `json:"name,omitempty" maxLength:"200" example:"John" doc:"What the client likes to be called."`
	Named      bool                       `json:"named,omitempty" example:"true" doc:"The client agreed to be called by name in texts. Others may see the screen."`
	Language   string                     `json:"language,omitempty" maxLength:"20" example:"cy" doc:"The tag of the language the client wants texts in: en or cy. Leave it out while it is not known."`
	Zone       string                     `json:"zone,omitempty" maxLength:"60" example:"Europe/London" doc:"The time zone in which the client lives; Europe/London if left out."`
	Mobile     string                     `json:"mobile" minLength:"1" maxLength:"40" example:"07700 900123" doc:"The client's own mobile number. Nothing is sent to it before an agreement."`
	Wakes      string                     `json:"wakes,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"a time of day such as 11:00" example:"11:00" doc:"The client's waking hour: nothing unasked goes before it. Left out: the service's own."`
	Detail     bool                       `json:"detail,omitempty" example:"false" doc:"The client wants places and names in texts. Without it a text says the usual place."`
	Stage      conversations.Stage        `json:"stage,omitempty" enum:"referred,informal_chat,waiting,accepted,active,in_work,between_jobs" example:"referred" doc:"Where they stand on the pathway, since today; left out: nobody has said, and no text waits for it."`
}

// Client is a client as lists show them. It is exported because the description
// leaves out the fields of a type within another that is not.
type Client struct {
	ID         conversations.ClientID     `json:"id" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"`
	Specialist conversations.SpecialistID `json:"specialist" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Whose caseload the client is on."`
	FullName   string                     `json:"full_name" example:"John Example" doc:"For the team alone; never in a text."`
	Name       string                     `json:"name" example:"John" doc:"What the client likes to be called; empty if not said."`
	Named      bool                       `json:"named" example:"true" doc:"The client agreed to be called by name in texts."`
	Language   string                     `json:"language" example:"cy" doc:"Empty while it is not known."`
	Zone       string                     `json:"zone" example:"Europe/London"`
	Wakes      string                     `json:"wakes" example:"11:00" doc:"The client's waking hour; empty: the service's own."`
	Detail     bool                       `json:"detail" example:"false" doc:"The client wants places and names in texts."`
	Stage      conversations.Stage        `json:"stage" example:"active" doc:"Where they stand on the pathway; empty where nobody has said."`
	// Circumstance is in hospital, bereaved, in custody or died.
	Circumstance conversations.Circumstance `json:"circumstance" example:"" doc:"Why nothing unasked goes to them; empty if there is no such reason."`
	HeldSince    *time.Time                 `json:"held_since,omitempty" doc:"Since when the client is on hold: leads, check-ins, tasks and bulk nudges wait until a person releases them."`
	CreatedAt    *time.Time                 `json:"created_at" doc:"When the client was added."`
	ClosedAt     *time.Time                 `json:"closed_at,omitempty" doc:"When the client left the service; left out while they are with it."`
	ReturnedAt   *time.Time                 `json:"returned_at,omitempty" doc:"When they last came back to it; left out if they never left."`
}

// clientInFull is a client with how they can be reached.
type clientInFull struct {
	Client
	Reach []reach `json:"reach" nullable:"false" doc:"The channels on which the client has an address, the preferred one first."`
	// Settings are in full here, with what lists show too.
	Settings Settings `json:"settings" doc:"What the client chose by text, or a specialist set for them."`
	// Revision counts the turns of the conversation.
	Revision int64 `json:"revision" example:"7" doc:"Counts what happened in the client's conversation; it grows with every change."`
}

// reach is one channel of a client.
type reach struct {
	Channel   conversations.Channel   `json:"channel" enum:"sms,telegram" example:"sms"`
	Address   string                  `json:"address" example:"+447700900123" doc:"The mobile number, or the id of the Telegram chat."`
	Agreement conversations.Agreement `json:"agreement" enum:"none,asked,given,declined,stopped,doubted" example:"given" doc:"What the client said to being texted on this channel."`
	Means     string                  `json:"means" example:"agreed to be texted" doc:"The same in plain words."`
	Fault     string                  `json:"fault,omitempty" example:"30005" doc:"The provider's code when a message to it failed last; left out while it works, as far as is known."`
	FaultSays string                  `json:"fault_means,omitempty" example:"the number is not in use" doc:"The same in plain words."`
	FaultAt   *time.Time              `json:"fault_at,omitempty" doc:"When that was."`
	Mend      string                  `json:"mend,omitempty" example:"" doc:"What can be done about it."`
	Blocked   bool                    `json:"blocked" example:"false" doc:"The client's carrier, or Telegram, does not take our messages just now; only the client can undo that."`
}

var john = Client{
	ID: exampleClient, Specialist: exampleSpecialist, FullName: "John Example", Name: "John", Named: true,
	Language: "cy", Zone: "Europe/London", Wakes: "11:00", CreatedAt: &exampleNow,
}

var johnInFull = clientInFull{Client: john, Revision: 7, Reach: []reach{{
	Channel: conversations.SMS, Address: "+447700900123", Agreement: conversations.AgreementGiven,
	Means: agreementsSaid[conversations.AgreementGiven],
}}, Settings: Settings{Wakes: "11:00", RestDays: []string{}, Stopped: []conversations.Matter{}, Reminders: []int{}}}

func clientOf(c store.Client) Client {
	return Client{
		ID: c.ID, Specialist: c.Specialist, FullName: c.FullName, Name: c.Name, Named: c.Named, Language: c.Language,
		Zone: c.Zone, Wakes: clock(c.Wakes), Detail: c.Detail, Stage: c.Stage, Circumstance: c.Circumstance, HeldSince: instant(c.HeldAt),
		CreatedAt: instant(c.CreatedAt), ClosedAt: instant(c.ClosedAt), ReturnedAt: instant(c.ReturnedAt),
	}
}

// clock writes minutes after midnight as HH:MM; 0 means not said.
func clock(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// minutesOf reads HH:MM, which the schema has checked; "" is 0.
func minutesOf(clock string) int {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

func reachOf(list []store.Reach) []reach {
	out := make([]reach, 0, len(list))
	for _, r := range list {
		out = append(out, reach{
			Channel: r.Channel, Address: r.Address, Agreement: r.Agreement, Means: agreementsSaid[r.Agreement], Blocked: r.Blocked,
			Fault: r.Fault, FaultSays: plainReason(r.Fault), FaultAt: instant(r.FaultAt), Mend: mends[r.Fault],
		})
	}
	return out
}

// OfClient names a client in a path. It is exported, like the others that are
// embedded in a request, because huma fills no field of a type that is not.
type OfClient struct {
	Client conversations.ClientID `path:"client" maxLength:"100" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10" doc:"The client's id."`
}

// inFull reads a client with how they can be reached.
func (a *API) inFull(ctx context.Context, id conversations.ClientID) (clientInFull, error) {
	c, err := a.Store.Client(ctx, id)
	if err != nil {
		return clientInFull{}, err
	}
	stands, err := a.Store.Conversation(ctx, id, "", 1)
	if err != nil {
		return clientInFull{}, err
	}
	return clientInFull{Client: clientOf(c), Reach: reachOf(stands.Reach), Settings: settingsOf(c), Revision: stands.Revision}, nil
}

// open says why a client's record cannot be changed; nil if it can.
func (a *API) open(ctx context.Context, id conversations.ClientID) error {
	_, err := a.openClient(ctx, id)
	return err
}

// openClient reads a client whose record can be changed, or says why it cannot.
func (a *API) openClient(ctx context.Context, id conversations.ClientID) (store.Client, error) {
	c, err := a.Store.Client(ctx, id)
	if err == nil && !c.ClosedAt.IsZero() {
		err = problem.New(http.StatusConflict, "closed",
			"This client's record is closed: they have left the service. If they come back, take them back (return-client); the history stays.")
	}
	return c, err
}

func (a *API) clients() {
	add(a, operation{
		id: "add-client", method: http.MethodPost, path: "/clients", tag: "Clients",
		summary: "Add a client",
		description: "Nothing is sent by this: a client is texted only after an agreement. " +
			"A number that belongs to another client whose record is open is refused.",
		scope: scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusConflict},
		takes: newClient{
			Specialist: exampleSpecialist, FullName: "John Example", Name: "John", Named: true, Language: "cy",
			Zone: "Europe/London", Mobile: "07700 900123", Wakes: "11:00",
		},
		gives: johnInFull,
	}, func(ctx context.Context, in *struct{ Body newClient }) (*created[clientInFull], error) {
		n := in.Body
		if n.Stage != "" && a.Pathway.Rule(n.Stage).Stage == "" {
			return nil, invalid(problem.Fault{Field: "body.stage", Message: "is no stage of this pathway, which has " + a.stageNames()})
		}
		if lacks := a.Pathway.Lacks(n.Stage, nil); len(lacks) > 0 {
			return nil, invalid(problem.Fault{Field: "body.stage", Message: "needs a milestone that a new client has not reached: add them at an earlier stage first"})
		}
		id, err := a.Store.AddClient(ctx, store.NewClient{
			Specialist: n.Specialist, FullName: n.FullName, Name: n.Name, Named: n.Named, Language: n.Language,
			Zone: n.Zone, Mobile: n.Mobile, Wakes: minutesOf(n.Wakes), Detail: n.Detail, Stage: n.Stage, StageAt: a.Now(),
		})
		if err != nil {
			return nil, err
		}
		c, err := a.inFull(ctx, id)
		if err != nil {
			return nil, err
		}
		return &created[clientInFull]{Location: Prefix + "/clients/" + string(id), Body: c}, nil
	})
	add(a, operation{
		id: "list-clients", method: http.MethodGet, path: "/clients", tag: "Clients",
		summary:     "List the clients",
		description: "In the order in which they were added, closed records included; of all specialists, or of one.",
		scope:       scopeRead, gives: list[Client]{Items: []Client{john}},
	}, func(ctx context.Context, in *struct {
		Specialist conversations.SpecialistID `query:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Only this specialist's clients, with those for whose specialist they stand in just now."`
		PageQuery
	},
	) (*body[list[Client]], error) {
		page, next, err := a.Store.Clients(ctx, in.Specialist, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[Client]]{Body: listOf(page, next, clientOf)}, nil
	})
	add(a, operation{
		id: "get-client", method: http.MethodGet, path: "/clients/{client}", tag: "Clients",
		summary:     "Read a client",
		description: "With the channels on which they can be reached, and what they agreed to on each.",
		scope:       scopeRead, gives: johnInFull, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[clientInFull], error) {
		c, err := a.inFull(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		return &body[clientInFull]{Body: c}, nil
	})
	a.changeMobile()
	a.closeClient()
}

// newMobile is another number of a client.
type newMobile struct {
	Mobile string `json:"mobile" minLength:"1" maxLength:"40" example:"07700 900124" doc:"The client's new mobile number."`
}

func (a *API) changeMobile() {
	changed := johnInFull
	changed.Reach = []reach{{
		Channel: conversations.SMS, Address: "+447700900124", Agreement: conversations.AgreementNone,
		Means: agreementsSaid[conversations.AgreementNone],
	}}
	add(a, operation{
		id: "change-mobile", method: http.MethodPut, path: "/clients/{client}/mobile", tag: "Clients",
		summary: "Change a client's mobile number",
		description: "What was agreed on the old number does not carry over, because somebody else may hold it: record an agreement anew. " +
			"What waited for the old number is taken back. The same number again changes nothing.",
		scope: scopeWrite, takes: newMobile{Mobile: "07700 900124"}, gives: changed,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newMobile
	},
	) (*body[clientInFull], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		to, err := a.Store.CheckMobile(ctx, in.Client, in.Body.Mobile)
		if err != nil {
			return nil, err
		}
		now, err := a.inFull(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		for _, r := range now.Reach {
			if r.Channel == conversations.SMS && r.Address == to {
				return &body[clientInFull]{Body: now}, nil
			}
		}
		return a.happened(ctx, conversations.Event{
			Kind: conversations.EventNumberChanged, Client: in.Client, From: conversations.Address{Channel: conversations.SMS, Value: to},
		})
	})
}

func (a *API) closeClient() {
	closed := johnInFull
	closed.ClosedAt = &exampleNow
	add(a, operation{
		id: "close-client", method: http.MethodPost, path: "/clients/{client}/close", tag: "Clients",
		summary: "Close a client's record",
		description: "The client leaves the service: texting ends, what waits is taken back, and the history stays. " +
			"What they still write is read for danger and shown to the team. A record that is closed already stays as it is.",
		scope: scopeWrite, gives: closed, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfClient) (*body[clientInFull], error) {
		c, err := a.inFull(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		if c.ClosedAt != nil {
			return &body[clientInFull]{Body: c}, nil
		}
		return a.happened(ctx, conversations.Event{Kind: conversations.EventClosed, Client: in.Client})
	})
}

// happened takes an event through its turn and answers with the client as they
// are then.
func (a *API) happened(ctx context.Context, ev conversations.Event) (*body[clientInFull], error) {
	ev.At = a.Now()
	if err := a.Event(ctx, ev); err != nil {
		return nil, err
	}
	c, err := a.inFull(ctx, ev.Client)
	if err != nil {
		return nil, err
	}
	return &body[clientInFull]{Body: c}, nil
}
