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

// This file puts into words what a client can talk about beside appointments:
// leads, tasks, check-ins, settings, holds and alerts.

// sinceEver is the beginning of every plot in demo and talk.
var sinceEver = time.Time{}

// addPlan puts the rest of a client's part of the caseload into words.
func (w *world) addPlan(ctx context.Context, v *carrier.ClientView, p *person, zone *time.Location) error {
	offers, _, err := w.store.Offers(ctx, p.client, store.Page{})
	if err != nil {
		return fmt.Errorf("read the offers: %w", err)
	}
	for _, o := range offers {
		v.Facts = append(v.Facts, offerView(o))
	}
	tasks, err := w.store.Tasks(ctx, p.client)
	if err != nil {
		return fmt.Errorf("read the tasks: %w", err)
	}
	for _, t := range tasks {
		v.Facts = append(v.Facts, carrier.FactView{Kind: "Task", Text: upperFirst(t.What), State: api.SayTask(t.Status), Tone: taskTones[t.Status]})
	}
	if err := w.addCheckIns(ctx, v, p); err != nil {
		return err
	}
	c, err := w.store.Client(ctx, p.client)
	if err != nil {
		return fmt.Errorf("read the client: %w", err)
	}
	v.Held = !c.HeldAt.IsZero()
	v.Settings = settingsWords(c, w.now(), zone)
	return nil
}

func (w *world) addCheckIns(ctx context.Context, v *carrier.ClientView, p *person) error {
	series, err := w.store.CheckIns(ctx, p.client)
	if err != nil {
		return fmt.Errorf("read the check-ins: %w", err)
	}
	answers, err := w.store.Answers(ctx, p.client, sinceEver)
	if err != nil {
		return fmt.Errorf("read the answers: %w", err)
	}
	for _, s := range series {
		f := carrier.FactView{Kind: "Check-in", Text: checkInWords(s), State: "no answer yet"}
		var numbers []string
		for _, a := range answers {
			if a.CheckIn == s.ID {
				numbers = append(numbers, fmt.Sprint(a.Number))
			}
		}
		if len(numbers) > 0 {
			f.State = "answered " + strings.Join(numbers[max(0, len(numbers)-5):], ", ") + " of 5 (not a measure of health)"
		}
		if !s.EndedAt.IsZero() {
			f.State = "ended"
		}
		v.Facts = append(v.Facts, f)
	}
	return nil
}

func offerView(o store.Offer) carrier.FactView {
	v := carrier.FactView{Kind: "Lead", Text: o.Lead.Title, State: api.SayOffer(o.Status), Tone: offerTones[o.Status]}
	if o.Lead.Filled {
		v.State += "; it is filled"
	}
	if len(o.Why) > 0 {
		var why []string
		for _, p := range o.Why {
			why = append(why, strings.ReplaceAll(string(p), "_", " "))
		}
		v.State += ": " + strings.Join(why, ", ")
	}
	return v
}

var offerTones = map[conversations.OfferStatus]carrier.Tone{
	conversations.OfferOpen:       carrier.ToneWaiting,
	conversations.OfferInterested: carrier.ToneGood,
	conversations.OfferApplied:    carrier.ToneGood,
}

var taskTones = map[conversations.TaskStatus]carrier.Tone{
	conversations.TaskOpen:   carrier.ToneWaiting,
	conversations.TaskNotYet: carrier.ToneWaiting,
	conversations.TaskDone:   carrier.ToneGood,
	conversations.TaskHelp:   carrier.ToneWarn,
}

// checkInWords says what a series asks about.
func checkInWords(c store.CheckIn) string {
	if c.Words != "" {
		return "“" + c.Words + "”"
	}
	return checkInKinds[c.Kind]
}

var checkInKinds = map[conversations.CheckInKind]string{
	conversations.CheckInWeek:      "How was the week?",
	conversations.CheckInWellbeing: "An item of the wellbeing plan",
	conversations.CheckInFirstDay:  "How was the first day?",
	conversations.CheckInBusyDay:   "Before a busy day",
	conversations.CheckInPayday:    "Before payday",
	conversations.CheckInHours:     "Are the hours right?",
}

// settingsWords says what the client chose, in short lines; nothing where it is
// all as for everybody.
func settingsWords(c store.Client, now time.Time, zone *time.Location) []string {
	var lines []string
	if c.Wakes != 0 {
		lines = append(lines, fmt.Sprintf("No texts before %02d:%02d", c.Wakes/60, c.Wakes%60))
	}
	if c.Rests != 0 {
		lines = append(lines, fmt.Sprintf("No texts after %02d:%02d", c.Rests/60, c.Rests%60))
	}
	if len(c.RestDays) > 0 {
		var days []string
		for _, d := range c.RestDays {
			days = append(days, d.String())
		}
		lines = append(lines, "No texts on "+strings.Join(days, ", "))
	}
	if c.PausedUntil.After(now) {
		lines = append(lines, "Paused until "+c.PausedUntil.In(zone).Format("Monday 2 January"))
	}
	for _, m := range c.Stopped {
		lines = append(lines, "No texts about "+strings.ReplaceAll(string(m), "_", "-"))
	}
	switch {
	case c.Guarded:
		lines = append(lines, "Somebody else reads the phone: neutral words")
	case c.Detail:
		lines = append(lines, "Places and names in texts")
	}
	if c.LeadsAWeek != 0 {
		lines = append(lines, fmt.Sprintf("%d leads a week at most", c.LeadsAWeek))
	}
	return lines
}

// alertView says how an alert stands.
func alertView(a store.Alert) carrier.AlertView {
	v := carrier.AlertView{Text: "A person needs to read this now"}
	switch {
	case a.Threat && a.Danger == "":
		v.Text += " (a threat to staff)"
	case a.Danger != "":
		v.Text += " (" + dangerWords(a.Danger) + ")"
	}
	v.State = "nobody is on it yet"
	if !a.AcknowledgedAt.IsZero() {
		v.State, v.Acknowledged = "Sam is on it; what came of it is not written down yet", true
	}
	return v
}

// meaningWords says what a person says that a text means.
func meaningWords(m conversations.Meaning) string {
	return meaningOf(understand.Reading{
		Intent: m.Intent, When: understand.When{Date: m.Date, Clock: m.Clock}, Number: m.Number, Language: m.Language, Danger: m.Danger,
	})
}

// readAs says what was understood of a text, with how sure, and what a person
// made of it.
func readAs(m store.ThreadMessage) (read, corrected string) {
	if m.Understood != nil {
		read = meaningOf(*m.Understood) + ", " + sureWords(m.Understood.Sure)
	}
	if m.Correction != nil {
		corrected = meaningWords(m.Correction.Meaning)
	}
	return read, corrected
}

// sureWords says in words how sure a reading is (0 to 100).
func sureWords(sure int) string {
	switch {
	case sure >= 85:
		return "certain"
	case sure >= 60:
		return "fairly sure"
	}
	return "not sure"
}

// deskActs are the small buttons beside the phones. The first few are always
// there; the rest are behind "More".
func deskActs() []carrier.DeskAct {
	return []carrier.DeskAct{
		{Do: "offer", Label: "Offer a lead"},
		{Do: "task", Label: "Ask about a task"},
		{Do: "checkin", Label: "Check-in"},
		{Do: "ring", Label: "I’ll ring"},
		{Do: "filled", Label: "The lead is filled", More: true},
		{Do: "feedback", Label: "Ask for feedback", More: true},
		{Do: "move", Label: "Agree to the time asked for", More: true},
		{Do: "cancel", Label: "Call the appointment off", More: true},
		{Do: "settled", Label: "It is the client’s number", More: true},
	}
}

// deskMeanings are what "put it right" offers.
func deskMeanings() []carrier.DeskMeaning {
	var out []carrier.DeskMeaning
	for _, name := range correctable() {
		i := understand.Intent(name)
		if i == understand.Keep || i == understand.OptinYes || i == understand.OptinNo {
			continue // They answer questions that the demo's people are past.
		}
		m := carrier.DeskMeaning{Intent: name, Label: upperFirst(api.SayIntent(i))}
		switch i {
		case understand.Change:
			m.Ask = "When? fri 3pm"
		case understand.Rating:
			m.Ask = "Which number? 1 to 5"
		case understand.Language:
			m.Ask = "Which? cy or en"
		default: // The others are said without a value.
		}
		out = append(out, m)
	}
	return out
}

// does is what somebody at the page did for the specialist.
func (d *demo) does(ctx context.Context, phone string, act carrier.DeskDone) (string, error) {
	i := slices.IndexFunc(d.people, func(p *person) bool { return p.id == phone && p.client != "" })
	if i < 0 || d.desk == nil {
		return "", hint("There is nobody with this phone on the caseload.")
	}
	said, err := d.desk.do(ctx, d.people[i], act)
	if err == nil {
		return said, nil
	}
	if h, ok := hinted(err); ok {
		return "", h
	}
	d.log.ErrorContext(ctx, "an act at the desk failed", "act", act.Do, "error", err)
	return "", hint("That did not work.")
}
