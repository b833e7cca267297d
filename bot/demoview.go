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
	view := carrier.CaseloadView{Specialist: "Sam", Acts: deskActs(), Meanings: deskMeanings()}
	for _, p := range d.people {
		if d.world == nil || p.client == "" {
			continue
		}
		page, err := d.world.store.Conversation(ctx, p.client, "", shown)
		if err != nil {
			return view, fmt.Errorf("read the caseload: %w", err)
		}
		v := d.world.viewOf(p, page)
		if err := d.world.addPlan(ctx, &v, p, londonZone()); err != nil {
			return view, err
		}
		view.Clients = append(view.Clients, v)
	}
	return view, nil
}

// shown is how many messages and events of a conversation the page shows.
const shown = 30

// viewOf puts a client's part of the caseload into words.
func (w *world) viewOf(p *person, page store.ConversationPage) carrier.ClientView {
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
		v.Alerts = append(v.Alerts, alertView(a))
	}
	for _, f := range slices.Backward(page.Flags) {
		if f.ForLead() {
			continue // What a client thinks of the service is not for the specialist.
		}
		text := api.SayFlag(f.Reason)
		if f.Condition != "" {
			text += ": “" + f.Condition + "”"
		}
		v.Attention = append(v.Attention, upperFirst(text))
	}
	for _, m := range slices.Backward(page.Messages) {
		v.Messages = append(v.Messages, w.messageView(m, page.Messages))
		if m.In && m.Understood != nil && v.Understood == nil && !m.ForLead {
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
		v.State, v.Tone = "no answer yet", carrier.ToneWaiting
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

func (w *world) messageView(m store.ThreadMessage, all []store.ThreadMessage) carrier.MessageView {
	v := carrier.MessageView{At: m.At, Inbound: m.In, Channel: string(m.Channel), Text: m.Text}
	if m.In {
		v.ID, v.Correctable = string(m.ID), m.Kind == conversations.EventText
		v.Read, v.Corrected = readAs(m)
		switch {
		case m.ForLead:
			v.Text, v.Read, v.Corrected, v.Correctable = api.ForLead, "", "", false
		case m.Kind == conversations.EventButton:
			v.Text = "pressed “" + w.label(m.Choice, all) + "”"
		case m.Channel == conversations.Telegram && strings.HasPrefix(m.Text, "/start"):
			v.Text = "opened the bot with the invitation" // The code is of no use to anybody any more.
		case m.Text == "" && len(m.Media) > 0:
			v.Text = mediaWords[m.Media[0].Kind]
		}
		return v
	}
	v.State = api.SayDelivery(m.Delivery)
	if m.Channel == conversations.Telegram && m.Delivery == conversations.Sent {
		// Telegram says no more than this about a bot's message.
		v.State, v.Tone = "sent", carrier.ToneGood
		return v
	}
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

// label is what stood on the button whose data came back: the message that
// carried it has the labels in the order of its options.
func (w *world) label(data string, all []store.ThreadMessage) string {
	question, choice, _ := strings.Cut(data, ":")
	for _, m := range all {
		if m.In || string(m.Question) != question {
			continue
		}
		for _, words := range w.words.Messages() {
			if i := slices.Index(words.Options, conversations.Choice(choice)); words.Key == m.Key && i >= 0 && i < len(m.Buttons) {
				return m.Buttons[i]
			}
		}
	}
	return strings.ReplaceAll(choice, "_", " ")
}

var mediaWords = map[conversations.MediaKind]string{
	conversations.Picture:   "a picture",
	conversations.VoiceNote: "a voice note",
	conversations.Place:     "a place on the map",
	conversations.OtherFile: "a file",
}

func understoodView(m store.ThreadMessage) *carrier.UnderstoodView {
	r := m.Understood
	meaning := meaningOf(*r)
	for _, also := range r.Also {
		if r.Intent == understand.Change && also.Intent == understand.Cannot {
			continue // Who proposes another time cannot come at this one: it is said already.
		}
		meaning += "; also: " + meaningOf(also)
	}
	return &carrier.UnderstoodView{Heard: m.Text, Meaning: upperFirst(meaning), Why: r.Why, Sure: sureWords(r.Sure)}
}

// meaningOf is an intent with its value, as a colleague would say it.
func meaningOf(r understand.Reading) string {
	words := api.SayIntent(r.Intent)
	switch {
	case r.Intent == understand.Crisis && r.Danger != "":
		return words + " (" + dangerWords(r.Danger) + ")"
	case !r.When.IsZero():
		return words + ": " + whenWords(r.When)
	case r.Number != 0 && r.Value() != "":
		return fmt.Sprintf("%s: %d", words, r.Number)
	case r.Language == "cy":
		return words + ": Welsh"
	case r.Language == "en":
		return words + ": English"
	}
	return words
}

// whenWords says a day and a time of day in full, as far as each is known.
func whenWords(w understand.When) string {
	if w.Ambiguous {
		return "the day or time is not clear"
	}
	day, err := time.Parse(time.DateOnly, w.Date)
	switch {
	case err != nil:
		return w.Clock
	case w.Clock == "":
		return day.Format("Monday 2 January")
	}
	return day.Format("Monday 2 January, ") + w.Clock
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
		return "Is " + whenWords(understand.When{Date: q.Date, Clock: q.Clock}) + " right?"
	case conversations.AskLead:
		return "Would you like this job?"
	case conversations.AskWhyNot:
		return "Why is it not for you?"
	case conversations.AskScale:
		return "How is it, from 1 to 5?"
	case conversations.AskFollowUp:
		return "Do you want to say more?"
	case conversations.AskTask:
		return "Did you get to it?"
	case conversations.AskFeedback:
		return "What do you think of the service?"
	case conversations.AskWhich:
		return "Which of these did you mean?"
	case conversations.AskPause:
		return "For how long?"
	case conversations.AskQuiet:
		return "From when to when are texts welcome?"
	case conversations.AskStopKind:
		return "Which texts should stop?"
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

	conversations.EventOffered:         "a lead was offered",
	conversations.EventLeadChanged:     "a lead changed",
	conversations.EventCheckIn:         "a check-in fell due",
	conversations.EventTask:            "a task was asked after",
	conversations.EventFeedback:        "feedback was asked for",
	conversations.EventRing:            "a call was announced",
	conversations.EventCorrected:       "a reading was put right",
	conversations.EventSettings:        "settings were changed",
	conversations.EventSettled:         "the number was settled",
	conversations.EventHeld:            "a hold began",
	conversations.EventReleased:        "the hold ended",
	conversations.EventHoldDue:         "the hold came back to the duty list",
	conversations.EventReminderAllowed: "a reminder was let through",
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// londonZone is where the people of demo and talk are.
func londonZone() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return zone
}
