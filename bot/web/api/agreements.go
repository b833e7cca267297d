package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
)

// newAgreement is what a client said to a specialist, or what they are to be
// asked.
type newAgreement struct {
	Channel   conversations.Channel   `json:"channel" enum:"sms,telegram" example:"sms"`
	Agreement conversations.Agreement `json:"agreement" enum:"given,asked,declined,stopped" example:"given" doc:"given: the client said yes to you. asked: send them the question. declined: they said no to you. stopped: they told you to stop."`
	How       string                  `json:"how,omitempty" maxLength:"100" example:"in person" doc:"How they said it: in person, by phone, by letter. It is needed for all but asked, and stays in the record."`
}

// newLink is a code that joins a Telegram account to a client.
type newLink struct {
	Code      string     `json:"code" example:"7K4MQ2RD" doc:"What the client types to the bot; spaces, dashes and case do not matter."`
	URL       string     `json:"url" example:"https://t.me/alongside_example_bot?start=7K4MQ2RD" doc:"What the client taps instead; empty while the bot's name is not known."`
	ExpiresAt *time.Time `json:"expires_at" doc:"After this the code does nothing."`
}

// linkFor is how long a link code lives: until the next weekly meeting.
const linkFor = 7 * 24 * time.Hour

func (a *API) agreements() {
	add(a, operation{
		id: "record-agreement", method: http.MethodPost, path: "/clients/{client}/agreements", tag: "Clients",
		summary: "Record what a client said to being texted, or have them asked",
		description: "An agreement that is given is followed by a welcome, which says that an assistant writes and how to stop it. " +
			"To have a client asked, who was never asked on this channel, sends them one question. " +
			"After a no or a stop, only what the client tells you themselves is recorded here.",
		scope: scopeWrite, takes: newAgreement{Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person"},
		gives: johnInFull, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newAgreement
	},
	) (*body[clientInFull], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		how := strings.TrimSpace(in.Body.How)
		if how == "" && in.Body.Agreement != conversations.AgreementAsked {
			return nil, invalid(problem.Fault{Field: "body.how", Message: "is missing; say how the client said so, such as in person or by phone"})
		}
		c, err := a.inFull(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		if err := mayRecord(c.Reach, in.Body); err != nil {
			return nil, err
		}
		return a.happened(ctx, conversations.Event{
			Kind: conversations.EventAgreement, Client: in.Client,
			Channel: in.Body.Channel, Agreement: in.Body.Agreement, How: how,
		})
	})
	add(a, operation{
		id: "make-telegram-link", method: http.MethodPost, path: "/clients/{client}/telegram-link", tag: "Clients",
		summary: "Make a link that joins the client's Telegram account",
		description: "The client taps the link or types the code to the bot: that is their agreement to Telegram. " +
			"It works once, for a week, and ends the client's earlier one. Whoever has it can join, so give it to nobody else.",
		scope: scopeWrite, status: http.StatusCreated, refuses: []int{http.StatusNotFound, http.StatusConflict},
		gives: newLink{Code: "7K4MQ2RD", URL: "https://t.me/alongside_example_bot?start=7K4MQ2RD", ExpiresAt: &exampleNow},
	}, func(ctx context.Context, in *OfClient) (*body[newLink], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		if a.DeepLink == nil {
			return nil, problem.New(http.StatusConflict, "no_telegram",
				"Telegram is not set up here. Whoever runs this service can add it with TELEGRAM_BOT_TOKEN.")
		}
		code, expires, err := a.Store.MakeLink(ctx, in.Client, linkFor, a.Now())
		if err != nil {
			return nil, err
		}
		return &body[newLink]{Body: newLink{Code: code, URL: a.DeepLink(code), ExpiresAt: instant(expires)}}, nil
	})
}

// mayRecord says why an agreement cannot be recorded, nil if it can. The
// client's own word stands until the client says another.
func mayRecord(on []reach, n newAgreement) error {
	stands := conversations.Agreement("")
	for _, r := range on {
		if r.Channel == n.Channel {
			stands = r.Agreement
		}
	}
	conflict := func(code, detail string) error { return problem.New(http.StatusConflict, code, detail) }
	switch {
	case stands == "" && n.Channel == conversations.Telegram:
		return conflict("no_address", "This client has no Telegram account here yet. Make a Telegram link and give it to them: using it is the agreement.")
	case stands == "":
		return conflict("no_address", "This client has no mobile number here yet. Add it first.")
	case n.Agreement != conversations.AgreementAsked:
		return nil
	}
	switch stands {
	case conversations.AgreementGiven:
		return conflict("agreed", "This client has agreed already: there is nothing to ask.")
	case conversations.AgreementAsked:
		return conflict("asked", "This client was asked and has not answered yet. Ask them when you meet, and record what they say.")
	case conversations.AgreementDeclined:
		return conflict("declined", "This client said no, and is not asked again by text. If they tell you otherwise, record that it was given.")
	case conversations.AgreementStopped:
		return conflict("stopped", "This client said stop, and is not asked by text. They can text START, or tell you: then record that it was given.")
	case conversations.AgreementDoubted:
		return conflict("doubted", "Somebody answered that this is not the client's number. Settle that first: change the number, or record what the client tells you.")
	case conversations.AgreementNone:
	}
	return nil
}
