package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// flag is something that a person of the team has to look at.
type flag struct {
	ID          string                      `json:"id" example:"01982c62-c5d0-7b64-83d9-20be6d8ca143"`
	Client      conversations.ClientID      `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10" doc:"Empty for an unknown sender."`
	Sender      string                      `json:"sender,omitempty" example:"~3q2-7wEBZr0" doc:"Names an unknown sender; left out for a client."`
	Reason      conversations.FlagReason    `json:"reason" example:"change_asked" doc:"The table is at the top of this description."`
	Means       string                      `json:"means" example:"the client asks for another time" doc:"The same in plain words."`
	Appointment conversations.AppointmentID `json:"appointment,omitempty" doc:"The appointment that it is about."`
	Offer       conversations.OfferID       `json:"offer,omitempty" doc:"The offer that it is about."`
	Task        conversations.TaskID        `json:"task,omitempty" doc:"The task that it is about."`
	Message     conversations.MessageID     `json:"message,omitempty" doc:"The message that it is about."`
	Condition   string                      `json:"condition,omitempty" example:"unless mum's ill" doc:"The client's own words of a condition."`
	Unreadable  bool                        `json:"unreadable,omitempty" example:"false" doc:"There is a condition, but none of the present keys opens it."`
	Detail      string                      `json:"detail,omitempty" example:"30003" doc:"A named reason, or the provider's code."`
	DetailMeans string                      `json:"detail_means,omitempty" example:"the phone is switched off or has no signal" doc:"The same in plain words."`
	RaisedAt    time.Time                   `json:"raised_at" example:"2026-11-23T10:15:00Z"`
	Fallback    []fallbackContact           `json:"fallback_contacts,omitempty" doc:"For silent: whom the client named for when nothing is heard of them, and what each may be told. Left out if they named nobody."`
}

// unknownSender is somebody who texted and is not on the caseload.
type unknownSender struct {
	ID      string                `json:"id" example:"~3q2-7wEBZr0" doc:"Names this sender; it is not their number."`
	Channel conversations.Channel `json:"channel" enum:"sms,telegram" example:"sms"`
	Address string                `json:"address" example:"+447700900456" doc:"The number, or the id of the Telegram chat; empty if none of the present keys opens it."`
	First   time.Time             `json:"first_at" example:"2026-11-23T10:15:00Z" doc:"When they first wrote."`
	Latest  time.Time             `json:"latest_at" example:"2026-11-23T10:15:00Z" doc:"When they wrote last."`
}

var exampleOpenFlag = flag{
	ID: exampleFlag, Client: exampleClient, Reason: conversations.FlagChangeAsked,
	Means: flagsSaid[conversations.FlagChangeAsked], Appointment: exampleAppointment, Message: exampleMessage, RaisedAt: exampleNow,
}

func flagOf(f store.Flag) flag {
	sender := ""
	if f.Client == "" {
		sender = senderOf(f.Peer)
	}
	return flag{
		Sender: sender,
		ID:     f.ID, Client: f.Client, Reason: f.Reason, Means: flagsSaid[f.Reason], Appointment: f.Appointment, Offer: f.Offer, Task: f.Task,
		Message: f.Message, Condition: f.Condition, Unreadable: f.Unreadable, Detail: f.Detail, DetailMeans: detailMeans(f),
		RaisedAt: f.RaisedAt.Truncate(time.Second),
	}
}

// detailMeans says the detail of a flag in plain words.
func detailMeans(f store.Flag) string {
	if f.Reason == conversations.FlagCallMe && f.Detail != "" {
		return "the time that they wish for, where their clock runs"
	}
	return plainReason(f.Detail)
}

func unknownSenderOf(s store.UnknownSender) unknownSender {
	return unknownSender{
		ID: senderOf(s.Peer), Channel: s.From.Channel, Address: s.From.Value,
		First: s.First.Truncate(time.Second), Latest: s.Latest.Truncate(time.Second),
	}
}

// The store's names of unknown senders begin with a question mark, which cannot
// stand in an address as it is. Here they begin with a tilde, which can.
func senderOf(peer string) string {
	if rest, marked := strings.CutPrefix(peer, "?"); marked {
		return "~" + rest
	}
	return peer
}

func peerOf(sender string) string {
	if rest, marked := strings.CutPrefix(sender, "~"); marked {
		return "?" + rest
	}
	return sender
}

func (a *API) flags() {
	add(a, operation{
		id: "list-flags", method: http.MethodGet, path: "/flags", tag: "Conversations",
		summary: "List what a person has to look at",
		description: "The longest waiting first; of everybody, unknown senders included, or of one specialist's clients, with those for whose specialist they stand in just now. " +
			"What is for the lead (detail lead) is listed for a token with the scope admin alone.",
		scope: scopeRead, gives: list[flag]{Items: []flag{exampleOpenFlag}},
	}, func(ctx context.Context, in *struct {
		Specialist conversations.SpecialistID `query:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Only this specialist's clients, with those for whose specialist they stand in just now."`
		PageQuery
	},
	) (*body[list[flag]], error) {
		flags, next, err := a.Store.Flags(ctx, store.FlagFilter{Specialist: in.Specialist, NotForLead: !callOf(ctx).lead, Page: in.page()})
		if err != nil {
			return nil, err
		}
		out := listOf(flags, next, flagOf)
		return &body[list[flag]]{Body: out}, a.withFallbacks(ctx, out.Items)
	})
	add(a, operation{
		id: "close-flag", method: http.MethodPost, path: "/flags/{flag}/close", tag: "Conversations",
		summary:     "Say that a person looked at it",
		description: "The id of the token is noted as who did. To close a flag that is closed changes nothing.",
		scope:       scopeWrite, status: http.StatusNoContent, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		Flag string `path:"flag" maxLength:"100" example:"01982c62-c5d0-7b64-83d9-20be6d8ca143" doc:"The flag's id."`
	},
	) (*struct{}, error) {
		return nil, a.Store.CloseFlag(ctx, in.Flag, callOf(ctx).token, a.Now())
	})
	a.unknownSenders()
}

func (a *API) unknownSenders() {
	add(a, operation{
		id: "list-unknown-senders", method: http.MethodGet, path: "/unknown-senders", tag: "Conversations",
		summary:     "List who texted and is not on the caseload",
		description: "Whoever wrote last first. Nothing about the service was revealed to them.",
		scope:       scopeRead, gives: list[unknownSender]{Items: []unknownSender{exampleStranger}},
	}, func(ctx context.Context, in *struct{ PageQuery }) (*body[list[unknownSender]], error) {
		senders, next, err := a.Store.UnknownSenders(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return &body[list[unknownSender]]{Body: listOf(senders, next, unknownSenderOf)}, nil
	})
	add(a, operation{
		id: "get-unknown-conversation", method: http.MethodGet, path: "/unknown-senders/{sender}/conversation", tag: "Conversations",
		summary:     "Read what an unknown sender wrote",
		description: "Like a client's conversation, without reach, appointments and agreements.",
		scope:       scopeRead, gives: exampleStrangersConversation, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		Sender string `path:"sender" maxLength:"100" example:"~3q2-7wEBZr0" doc:"The sender's id."`
		ThreadQuery
	},
	) (*body[conversation], error) {
		t, err := a.Store.UnknownConversation(ctx, peerOf(in.Sender), in.Before, in.Limit)
		if err == nil && t.Client != "" {
			err = store.ErrNotFound // A client's conversation is read under the client.
		}
		if err != nil {
			return nil, err
		}
		return &body[conversation]{Body: conversationOf(ctx, t)}, nil
	})
}

var exampleStranger = unknownSender{
	ID: "~3q2-7wEBZr0", Channel: conversations.SMS, Address: "+447700900456", First: exampleNow, Latest: exampleNow,
}

var exampleStrangersConversation = conversation{
	Revision: 1,
	Messages: []message{{
		ID: exampleMessage, Direction: "in", Channel: conversations.SMS, At: exampleNow, Text: "hi is this the job people",
		Kind: conversations.EventText,
	}},
	Events: []event{}, Waiting: []question{}, Flags: []flag{}, Alerts: []alert{}, Reach: []reach{},
	Appointments: []appointment{}, Agreements: []agreement{},
}
