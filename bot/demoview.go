package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"alongside/bot/carrier"
	"alongside/bot/web/api"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// caseload is what the page shows beside the phones: what the store says now.
func (d *demo) caseload(ctx context.Context) (carrier.CaseloadView, error) {
	view := carrier.CaseloadView{Specialist: "Sam"}
	for _, p := range d.people {
		if d.world == nil || p.client == "" {
			continue
		}
		page, err := d.world.store.Conversation(ctx, p.client, "", shown)
		if err != nil {
			return view, fmt.Errorf("read the caseload: %w", err)
		}
		view.Clients = append(view.Clients, viewOf(p, page))
	}
	return view, nil
}

// shown is how many messages and events of a conversation the page shows.
const shown = 30

func viewOf(p *person, page store.ConversationPage) carrier.ClientView {
	v := carrier.ClientView{Phone: p.id, Name: p.fullName, Channel: "SMS"}
	for _, r := range page.Reach {
		if r.Channel == conversations.Telegram && r.Agreement == conversations.AgreementGiven {
			v.Channel = "Telegram"
		}
	}
	for _, a := range page.Appointments {
		v.Appointments = append(v.Appointments, appointmentView(a))
	}
	if q := page.Open; q != nil {
		v.Question = questionWords(*q)
	}
	for _, a := range page.Alerts {
		v.Attention = append(v.Attention, "A person needs to read this now ("+dangerWords(a.Danger)+")")
	}
	for _, f := range slices.Backward(page.Flags) {
		text := api.SayFlag(f.Reason)
		if f.Condition != "" {
			text += ": “" + f.Condition + "”"
		}
		v.Attention = append(v.Attention, upperFirst(text))
	}
	for _, m := range slices.Backward(page.Messages) {
		v.Messages = append(v.Messages, messageView(m))
		if m.In && m.Understood != nil && v.Understood == nil {
			v.Understood = understoodView(m)
		}
	}
	for _, e := range slices.Backward(page.Events) {
		v.Events = append(v.Events, carrier.EventView{At: e.At, Text: eventWords[e.Kind]})
	}
	return v
}

func appointmentView(a store.Appointment) carrier.AppointmentView {
	v := carrier.AppointmentView{Line: a.At.Format("Monday 2 January, 15:04")}
	if a.Place != "" {
		v.Line += ", " + a.Place
	}
	switch a.Status {
	case conversations.Booked:
		v.State, v.Tone = "booked, not answered yet", carrier.ToneWaiting
	case conversations.Confirmed:
		v.State, v.Tone = "confirmed", carrier.ToneGood
	case conversations.ChangeAsked:
		v.State, v.Tone = "another time asked for", carrier.ToneWarn
		if !a.Proposed.IsZero() {
			v.State = "asked for " + a.Proposed.In(a.At.Location()).Format("Monday 2 January, 15:04")
		}
	case conversations.Cannot:
		v.State, v.Tone = "cannot come", carrier.ToneWarn
	case conversations.Cancelled:
		v.State = "cancelled"
	}
	return v
}

func messageView(m store.ThreadMessage) carrier.MessageView {
	v := carrier.MessageView{At: m.At, Inbound: m.In, Channel: string(m.Channel), Text: m.Text}
	if m.In {
		if m.Kind == conversations.EventButton {
			v.Text = "pressed: " + m.Choice
		}
		return v
	}
	v.State = api.SayDelivery(m.Delivery)
	switch m.Delivery {
	case conversations.Delivered, conversations.Read:
		v.Tone = carrier.ToneGood
	case conversations.Queued, conversations.Sending, conversations.Sent:
		v.Tone = carrier.ToneWaiting
	case conversations.Undelivered, conversations.Failed, conversations.Unknown, conversations.Dropped:
		v.Tone = carrier.ToneWarn
	}
	return v
}

func understoodView(m store.ThreadMessage) *carrier.UnderstoodView {
	r := m.Understood
	meaning := strings.ReplaceAll(string(r.Intent), "_", " ")
	if value := r.Value(); value != "" {
		meaning += ": " + value
	}
	sure := "not sure"
	switch {
	case r.Sure >= 85:
		sure = "certain"
	case r.Sure >= 60:
		sure = "fairly sure"
	}
	return &carrier.UnderstoodView{Heard: m.Text, Meaning: meaning, Why: r.Why, Sure: sure}
}

func questionWords(q conversations.Question) string {
	switch q.Kind {
	case conversations.AskOptIn:
		return "May we text you?"
	case conversations.AskAppointment:
		return "Coming, another time, or not?"
	case conversations.AskReschedule:
		return "Which day and time would suit?"
	case conversations.AskTime:
		return fmt.Sprintf("Is %s at %s right?", q.Date, q.Clock)
	}
	return string(q.Kind)
}

func dangerWords(d understand.Danger) string { return strings.ReplaceAll(string(d), "_", " ") }

// eventWords say what happened, one line for each kind of event.
var eventWords = map[conversations.EventKind]string{
	conversations.EventText:          "a text came in",
	conversations.EventButton:        "a button was pressed",
	conversations.EventEdited:        "a text was edited",
	conversations.EventLinked:        "the Telegram account was joined",
	conversations.EventBlocked:       "the bot was blocked",
	conversations.EventUnblocked:     "the bot was unblocked",
	conversations.EventAgreement:     "an agreement was recorded",
	conversations.EventBooked:        "an appointment was booked",
	conversations.EventMoved:         "an appointment was moved",
	conversations.EventCancelled:     "an appointment was cancelled",
	conversations.EventReminder:      "a reminder fell due",
	conversations.EventTimeout:       "a question found no answer",
	conversations.EventUndelivered:   "a message did not arrive",
	conversations.EventUnknown:       "nobody can tell whether a message arrived",
	conversations.EventDropped:       "a message was taken back",
	conversations.EventNumberChanged: "the number was changed",
	conversations.EventClosed:        "the record was closed",
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// caseload prints what the specialist sees.
func (t *talk) caseload(ctx context.Context) error {
	page, err := t.world.store.Conversation(ctx, t.john.client, "", shown)
	if err != nil {
		return fmt.Errorf("read the caseload: %w", err)
	}
	v := viewOf(t.john, page)
	t.say("  -- %s --", v.Name)
	for _, a := range v.Appointments {
		t.say("  appointment  %s: %s", a.Line, a.State)
	}
	if v.Question != "" {
		t.say("  open         %s", v.Question)
	}
	for _, a := range v.Attention {
		t.say("  look at      %s", a)
	}
	if u := v.Understood; u != nil {
		t.say("  understood   %s (%s): %s", u.Meaning, u.Sure, u.Why)
	}
	for _, m := range slices.Backward(v.Messages[:min(len(v.Messages), 6)]) {
		who := "assistant"
		if m.Inbound {
			who = "John"
		}
		t.say("  %s  %-9s %s", m.At.Format(time.TimeOnly), who, oneLine(m.Text))
	}
	return nil
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 70 {
		return string(runes[:69]) + "…"
	}
	return text
}
