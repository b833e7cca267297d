package api

import (
	"context"
	"net/http"

	"alongside/bot/web/problem"
	"alongside/conversations"
)

// newReturn is how a client comes back.
type newReturn struct {
	By         string                     `json:"by" minLength:"1" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Who records it: a specialist's id, or duty or lead for the pathway's people."`
	Stage      conversations.Stage        `json:"stage,omitempty" enum:"referred,informal_chat,waiting,accepted,active,in_work,between_jobs" example:"referred" doc:"Where they stand now; left out: referred, where the pathway has that."`
	Specialist conversations.SpecialistID `json:"specialist,omitempty" maxLength:"100" example:"01982c5e-a210-7f4b-8c3d-2e4f6a8b0c1d" doc:"Whose caseload they are on now; left out: the one from before."`
	Mobile     string                     `json:"mobile,omitempty" maxLength:"40" example:"07700 900124" doc:"Their mobile number, if it is another one now."`
}

func (a *API) returns() {
	back := johnInFull
	back.Stage, back.ReturnedAt = conversations.StageReferred, &exampleNow
	back.Reach = []reach{{
		Channel: conversations.SMS, Address: "+447700900123", Agreement: conversations.AgreementNone,
		Means: agreementsSaid[conversations.AgreementNone],
	}}
	add(a, operation{
		id: "return-client", method: http.MethodPost, path: "/clients/{client}/return", tag: "Clients",
		summary: "Take a client back who had left",
		description: "They are referred again: history, numbers and wishes are as they were. No permission holds: nothing is sent until you ask them anew " +
			"or record what they say (record-agreement); a stop or a no stays one. What they were asked before answers nothing, check-ins that they had chosen are over, and what they had " +
			"reached before counts no more. A number that belongs to somebody else by now is refused: send their new one.",
		scope: scopeWrite, takes: newReturn{By: exampleSpecialist}, gives: back, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newReturn
	},
	) (*body[clientInFull], error) {
		ev, err := a.comesBack(ctx, in.Client, in.Body)
		if err != nil {
			return nil, err
		}
		var to conversations.Specialist
		if in.Body.Specialist != "" {
			if to, err = a.taker(ctx, "body.specialist", in.Body.Specialist); err != nil {
				return nil, err
			}
		}
		out, err := a.happened(ctx, ev)
		if err != nil || to.ID == "" || to.ID == out.Body.Specialist {
			return out, err
		}
		return a.happened(ctx, conversations.Event{Kind: conversations.EventPassedOn, Client: in.Client, To: to, By: ev.By})
	})
}

// comesBack is the event of a return, if the client can come back so.
func (a *API) comesBack(ctx context.Context, id conversations.ClientID, n newReturn) (conversations.Event, error) {
	ev := conversations.Event{Kind: conversations.EventReturned, Client: id, Stage: n.Stage}
	c, err := a.Store.Client(ctx, id)
	switch {
	case err != nil:
		return ev, err
	case c.ClosedAt.IsZero():
		return ev, problem.New(http.StatusConflict, "not_closed", "This client's record is open: they have not left.")
	case c.Circumstance == conversations.Died:
		return ev, problem.New(http.StatusConflict, "died", "It is recorded that this client has died, and that is for ever. If it was a mistake, add them as a new client.")
	}
	if ev.By, err = a.ofTheTeam(ctx, n.By); err != nil {
		return ev, err
	}
	if ev.Stage == "" && a.Pathway.Rule(conversations.StageReferred).Stage != "" {
		ev.Stage = conversations.StageReferred
	}
	if ev.Stage != "" && a.Pathway.Rule(ev.Stage).Stage == "" {
		return ev, invalid(problem.Fault{Field: "body.stage", Message: "is no stage of this pathway, which has " + a.stageNames()})
	}
	if lacks := a.Pathway.Lacks(ev.Stage, nil); len(lacks) > 0 {
		return ev, invalid(problem.Fault{Field: "body.stage", Message: "needs a milestone, and what was reached before counts no more: take them back at an earlier stage first"})
	}
	if n.Mobile == "" {
		return ev, a.Store.CheckReturn(ctx, id)
	}
	ev.From.Channel = conversations.SMS
	ev.From.Value, err = a.Store.CheckMobile(ctx, id, n.Mobile)
	return ev, err
}
