package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// conversation is a part of one conversation, and what stands now.
type conversation struct {
	Client   conversations.ClientID `json:"client" example:"01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10" doc:"Empty for an unknown sender."`
	Revision int64                  `json:"revision" example:"7" doc:"Counts what happened; it grows with every change."`
	Messages []message              `json:"messages" nullable:"false" doc:"What went both ways over all channels, oldest first."`
	Events   []event                `json:"events" nullable:"false" doc:"What happened during these messages, oldest first."`
	Before   string                 `json:"before" example:"" doc:"Send it as before to read what was said earlier; empty at the beginning."`

	Open         *question     `json:"open_question,omitempty" doc:"What the client was asked and has not answered; left out if nothing."`
	Waiting      []question    `json:"waiting_questions" nullable:"false" doc:"Questions that wait for their turn: one is asked at a time."`
	Flags        []flag        `json:"flags" nullable:"false" doc:"What a person still has to look at, the longest waiting first."`
	Alerts       []alert       `json:"alerts" nullable:"false" doc:"Danger that a person has to read of now, the longest waiting first."`
	Reach        []reach       `json:"reach" nullable:"false" doc:"The channels on which the client has an address."`
	Appointments []appointment `json:"appointments" nullable:"false" doc:"In order of time, cancelled ones included."`
	Agreements   []agreement   `json:"agreements" nullable:"false" doc:"Everything that was ever said about being texted, oldest first."`
}

// message is one message, in or out.
type message struct {
	ID         conversations.MessageID `json:"id" example:"01982c61-90c8-7a53-b2e8-1fad5c7b9032"`
	Direction  string                  `json:"direction" enum:"in,out" example:"in" doc:"in: the client sent it. out: we did."`
	Channel    conversations.Channel   `json:"channel" enum:"sms,telegram" example:"sms"`
	At         time.Time               `json:"at" example:"2026-11-23T10:15:00Z" doc:"When it came, or when it was decided to send it."`
	Text       string                  `json:"text" example:"yh thats fine see u thurs" doc:"What was written."`
	Unreadable bool                    `json:"unreadable,omitempty" example:"false" doc:"The text is there, but none of the present keys opens it."`

	Kind       conversations.EventKind `json:"kind,omitempty" example:"text" doc:"in: text, button, edited, linked, blocked or unblocked."`
	Choice     string                  `json:"choice,omitempty" example:"confirm" doc:"in: the button that was pressed."`
	Media      []medium                `json:"media,omitempty" doc:"in: what came with the text, or instead of it."`
	Understood *understood             `json:"understood,omitempty" doc:"in: what the assistant took it to mean."`
	Corrected  *correction             `json:"corrected,omitempty" doc:"in: how a person put right what was understood; the latest holds."`
	ForLead    bool                    `json:"for_lead,omitempty" example:"false" doc:"in: it is what the client thinks of the service: for the lead, not for the specialist. Without the scope admin the text is left out."`
	Unhandled  string                  `json:"unhandled,omitempty" example:"render" doc:"in: the assistant failed on it, for this named reason; it is tried again, and a person is shown it."`

	Delivery    conversations.Delivery      `json:"delivery,omitempty" example:"delivered" doc:"out: what became of it; the table is at the top of this description."`
	Means       string                      `json:"means,omitempty" example:"reached the phone" doc:"out: the same in plain words."`
	Reason      string                      `json:"reason,omitempty" example:"30003" doc:"out: why it was held, not sent or lost: a named reason, or the provider's code."`
	ReasonMeans string                      `json:"reason_means,omitempty" example:"the phone is switched off or has no signal" doc:"out: the same in plain words."`
	NotBefore   *time.Time                  `json:"not_before,omitempty" doc:"out: while it waits, when it may go."`
	SentAt      *time.Time                  `json:"sent_at,omitempty" doc:"out: when the provider took it."`
	SettledAt   *time.Time                  `json:"settled_at,omitempty" doc:"out: when its delivery last changed."`
	Attempts    int                         `json:"attempts,omitempty" example:"1" doc:"out: how often it was tried."`
	Parts       int                         `json:"parts,omitempty" example:"1" doc:"out: how many SMS it counts as."`
	Words       string                      `json:"words,omitempty" example:"appointment.confirmed" doc:"out: the key of its words in the catalogue."`
	Language    string                      `json:"language,omitempty" example:"en"`
	Buttons     []string                    `json:"buttons,omitempty" doc:"out: the labels under it."`
	Appointment conversations.AppointmentID `json:"appointment,omitempty" doc:"out: the appointment that it speaks of."`
	Offer       conversations.OfferID       `json:"offer,omitempty" doc:"out: the offer that it shows."`
	Matter      conversations.Matter        `json:"matter,omitempty" example:"appointments" doc:"out: what it is about, in the terms in which a client stops one kind: appointments, leads, check_ins, tasks or nudges; left out for answers."`
}

// medium is something that is not text. It is noted, never looked into.
type medium struct {
	Kind conversations.MediaKind `json:"kind" enum:"picture,voice_note,place,file" example:"picture"`
	Type string                  `json:"type,omitempty" example:"image/jpeg"`
}

// understood is what the assistant took a text to mean.
type understood struct {
	Intent    understand.Intent `json:"intent" example:"confirm" doc:"What the client wants."`
	Value     string            `json:"value,omitempty" example:"2026-11-27T15:00" doc:"The time, number or language that was named."`
	Sure      int               `json:"sure" example:"95" doc:"0 to 100; below 60 nothing is changed and a person is shown it."`
	Why       string            `json:"why" example:"\"fine\" says yes to the open question" doc:"Why it was taken so."`
	Danger    understand.Danger `json:"danger,omitempty" doc:"What kind of danger was read from it. It is no score."`
	Condition string            `json:"condition,omitempty" example:"unless mum's ill" doc:"The client's own words of a condition."`
	Also      []otherMeaning    `json:"also,omitempty" doc:"What else was said in the same text."`
	Others    []otherMeaning    `json:"others,omitempty" doc:"How else it could be meant."`
}

// otherMeaning is another thing that was said, or that could be meant.
type otherMeaning struct {
	Intent understand.Intent `json:"intent" example:"change"`
	Value  string            `json:"value,omitempty" example:""`
	Sure   int               `json:"sure" example:"20"`
}

// event is one turn of a conversation.
type event struct {
	Revision int64                   `json:"revision" example:"7"`
	Kind     conversations.EventKind `json:"kind" example:"text" doc:"What happened."`
	At       time.Time               `json:"at" example:"2026-11-23T10:15:00Z"`
	Message  conversations.MessageID `json:"message,omitempty" doc:"The message that it brought."`
	Detail   map[string]any          `json:"detail,omitempty" doc:"What it changed: ids and named reasons."`
}

// question is something that the assistant waits to hear.
type question struct {
	ID          conversations.QuestionID    `json:"id" example:"q7"`
	Kind        conversations.QuestionKind  `json:"kind" enum:"optin,appointment,reschedule,confirm_time,lead,why_not,scale,follow_up,task,feedback,which,pause,quiet,stop_kind" example:"appointment" doc:"optin: may we text you? appointment: do you come? reschedule: which time would suit? confirm_time: did you mean this time? lead: would you like this job? why_not: why is it not for you? scale: a check-in. follow_up: what followed its answer. task: did you get to it? feedback: what do you think of the service? which: which of these did you mean? pause: for how long? quiet: from when to when are texts welcome? stop_kind: which texts should stop?"`
	Appointment conversations.AppointmentID `json:"appointment,omitempty"`
	Offer       conversations.OfferID       `json:"offer,omitempty" doc:"The offer that it is about."`
	CheckIn     conversations.CheckInID     `json:"check_in,omitempty" doc:"The series that it belongs to."`
	Task        conversations.TaskID        `json:"task,omitempty" doc:"The task that it is about."`
	Put         int                         `json:"put" example:"1" doc:"How often it was put; at most twice."`
	AskedAt     *time.Time                  `json:"asked_at,omitempty" doc:"When it was put last."`
	Date        string                      `json:"date,omitempty" example:"2026-11-27" doc:"The day that the client named so far."`
	Clock       string                      `json:"clock,omitempty" example:"15:00" doc:"The time that the client named so far."`
}

// alert is danger that a person has to read of now.
type alert struct {
	ID             string                  `json:"id" example:"01982c62-c5d0-7b64-83d9-20be6d8ca143"`
	Danger         understand.Danger       `json:"danger" example:"self" doc:"What kind. It is no score and no level."`
	Message        conversations.MessageID `json:"message,omitempty" doc:"The text."`
	RaisedAt       time.Time               `json:"raised_at" example:"2026-11-23T10:15:00Z"`
	AcknowledgedAt *time.Time              `json:"acknowledged_at,omitempty" doc:"When somebody said that they are on it; that closes nothing."`
	AcknowledgedBy string                  `json:"acknowledged_by,omitempty"`
}

// agreement is one line of the ledger.
type agreement struct {
	Channel   conversations.Channel   `json:"channel" enum:"sms,telegram" example:"sms"`
	Agreement conversations.Agreement `json:"agreement" enum:"none,asked,given,declined,stopped,doubted" example:"given"`
	How       string                  `json:"how" example:"in person"`
	Message   conversations.MessageID `json:"message,omitempty" doc:"The text that said so."`
	At        time.Time               `json:"at" example:"2026-11-23T10:15:00Z"`
}

// exampleConversation is a confirmation.
var exampleConversation = conversation{
	Client: exampleClient, Revision: 7,
	Messages: []message{{
		ID: exampleMessage, Direction: "in", Channel: conversations.SMS, At: exampleNow, Text: "yh thats fine see u thurs",
		Kind:       conversations.EventText,
		Understood: &understood{Intent: understand.Confirm, Sure: 95, Why: `"fine" says yes to the open question`},
	}, {
		ID: "01982c61-91f4-7b10-9c44-55aa01b2c3d4", Direction: "out", Channel: conversations.SMS, At: exampleNow,
		Text:     "Thank you. See you on Thursday 26 November at 2pm.",
		Delivery: conversations.Delivered, Means: deliveries[conversations.Delivered],
		SentAt: &exampleNow, SettledAt: &exampleNow, Attempts: 1, Parts: 1, Words: "appointment.confirmed", Language: "en",
		Appointment: exampleAppointment,
	}},
	Events: []event{{
		Revision: 7, Kind: conversations.EventText, At: exampleNow, Message: exampleMessage,
	}},
	Waiting: []question{}, Flags: []flag{}, Alerts: []alert{},
	Reach: johnInFull.Reach, Appointments: []appointment{exampleMeeting},
	Agreements: []agreement{{
		Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person", At: exampleNow,
	}},
}

// ThreadQuery asks for one part of a conversation.
type ThreadQuery struct {
	Before string `query:"before" maxLength:"100" example:"120.340" doc:"The before of the part read last; leave it out for the latest."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" example:"50" doc:"The most messages wanted."`
}

func (a *API) conversation() {
	add(a, operation{
		id: "get-conversation", method: http.MethodGet, path: "/clients/{client}/conversation", tag: "Conversations",
		summary: "Read a client's conversation",
		description: "What was said on all channels, with what became of each message and what the assistant understood and why; " +
			"and what stands now: the open question, what a person has to look at, appointments and agreements. " +
			"What the client thinks of the service is for the lead: without the scope admin it reads " + ForLead + ".",
		scope: scopeRead, gives: exampleConversation, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *struct {
		OfClient
		ThreadQuery
	},
	) (*body[conversation], error) {
		t, err := a.Store.Conversation(ctx, in.Client, in.Before, in.Limit)
		if err != nil {
			return nil, err
		}
		out := conversationOf(ctx, t)
		return &body[conversation]{Body: out}, a.withFallbacks(ctx, out.Flags)
	})
}

// ForLead stands in the place of a text that only the lead reads.
const ForLead = "(feedback for the lead)"

// conversationOf is a conversation as the bearer of the token may read it: what
// a client thinks of the service is for the lead.
func conversationOf(ctx context.Context, t store.ConversationPage) conversation {
	if !callOf(ctx).lead {
		t = withoutFeedback(t)
	}
	c := conversation{
		Client: t.Client, Revision: t.Revision, Before: t.Before,
		Messages: each(t.Messages, messageOf), Events: each(t.Events, eventOf), Waiting: each(t.Queued, questionOf),
		Flags: each(t.Flags, flagOf), Alerts: each(t.Alerts, alertOf), Reach: reachOf(t.Reach),
		Appointments: each(t.Appointments, appointmentOf), Agreements: each(t.Agreements, agreementOf),
	}
	if t.Open != nil {
		q := questionOf(*t.Open)
		c.Open = &q
	}
	return c
}

// withoutFeedback leaves out what a client thinks of the service: that there was
// a text stays to be seen.
func withoutFeedback(t store.ConversationPage) store.ConversationPage {
	hidden := map[conversations.MessageID]bool{}
	t.Messages, t.Events = slices.Clone(t.Messages), slices.Clone(t.Events)
	for i, m := range t.Messages {
		if m.ForLead {
			hidden[m.ID] = true
			t.Messages[i] = store.ThreadMessage{
				ID: m.ID, In: m.In, Channel: m.Channel, At: m.At, Revision: m.Revision, Kind: m.Kind, Text: ForLead, ForLead: true,
			}
		}
	}
	for i, e := range t.Events {
		if hidden[e.Message] {
			t.Events[i].Detail = nil // It names the flags.
		}
	}
	t.Flags = slices.DeleteFunc(slices.Clone(t.Flags), store.Flag.ForLead)
	return t
}

func messageOf(m store.ThreadMessage) message {
	out := message{
		ID: m.ID, Direction: "out", Channel: m.Channel, At: m.At.Truncate(time.Second), Text: m.Text, Unreadable: m.Unreadable,
		Kind: m.Kind, Choice: m.Choice, Unhandled: m.Unhandled,
		Delivery: m.Delivery, Means: deliveries[m.Delivery], NotBefore: instant(m.NotBefore), SentAt: instant(m.SentAt),
		SettledAt: instant(m.SettledAt), Attempts: m.Attempts, Parts: m.Parts, Words: m.Key, Language: m.Language,
		Buttons: m.Buttons, Appointment: m.Appointment, Understood: understoodOf(m.Understood),
		Corrected: correctionOf(m.Correction), ForLead: m.ForLead, Offer: m.Offer, Matter: m.Matter,
	}
	if m.In {
		out.Direction = "in"
	}
	for _, x := range m.Media {
		out.Media = append(out.Media, medium{Kind: x.Kind, Type: x.Type})
	}
	// A message that waits says why it was held; one that has ended, how.
	out.Reason = m.Code
	if out.Reason == "" && m.Delivery == conversations.Queued {
		out.Reason = m.Held
	}
	out.ReasonMeans = plainReason(out.Reason)
	return out
}

func understoodOf(r *understand.Reading) *understood {
	if r == nil {
		return nil
	}
	u := &understood{
		Intent: r.Intent, Value: r.Value(), Sure: r.Sure, Why: r.Why, Danger: r.Danger, Condition: r.Condition,
	}
	for _, also := range r.Also {
		u.Also = append(u.Also, otherMeaning{Intent: also.Intent, Value: also.Value(), Sure: also.Sure})
	}
	for _, other := range r.Others {
		u.Others = append(u.Others, otherMeaning{Intent: other.Intent, Value: other.Value, Sure: other.Sure})
	}
	return u
}

func eventOf(e store.ThreadEvent) event {
	return event{Revision: e.Revision, Kind: e.Kind, At: e.At.Truncate(time.Second), Message: e.Message, Detail: objectOf(e.Detail)}
}

func questionOf(q conversations.Question) question {
	out := question{
		ID: q.ID, Kind: q.Kind, Appointment: q.Appointment, Offer: q.Offer, CheckIn: q.CheckIn, Task: q.Task,
		Put: q.Put, Date: q.Date, Clock: q.Clock,
	}
	if q.AskedAt != 0 {
		out.AskedAt = instant(q.AskedTime())
	}
	return out
}

func alertOf(a store.Alert) alert {
	return alert{
		ID: string(a.ID), Danger: a.Danger, Message: a.Message, RaisedAt: a.RaisedAt.Truncate(time.Second),
		AcknowledgedAt: instant(a.AcknowledgedAt), AcknowledgedBy: string(a.AcknowledgedBy),
	}
}

func agreementOf(e store.AgreementEntry) agreement {
	return agreement{Channel: e.Channel, Agreement: e.Agreement, How: e.How, Message: e.Message, At: e.At.Truncate(time.Second)}
}
