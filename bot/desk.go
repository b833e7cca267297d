package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
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

// desk is what a specialist can do in demo and talk: each act is an event like
// those of the API, and says in a sentence what came of it.
type desk struct {
	*world
	specialist conversations.SpecialistID
	leads      []conversations.LeadID // on the caseload, in the order in which they are offered
	zone       *time.Location
}

// hint is what cannot be done, in words for the person who tried.
type hint string

func (h hint) Error() string { return string(h) }

// hinted finds what a person may read in an error.
func hinted(err error) (hint, bool) {
	var h hint
	ok := errors.As(err, &h)
	return h, ok
}

// deskNumber is where the specialist rings from.
const deskNumber = "0115 496 0001"

// The phones on which Sam and the duty person are told of danger in demo and talk.
const (
	deskPhone = "+447700900201"
	dutyPhone = "+447700900202"
)

// newDesk puts a specialist on the caseload, with job leads and times at which
// they would meet.
func newDesk(ctx context.Context, w *world, monday time.Time) (*desk, error) {
	sam, err := w.store.AddSpecialist(ctx, store.NewSpecialist{Name: "Sam", Phone: deskPhone})
	if err != nil {
		return nil, fmt.Errorf("add a specialist: %w", err)
	}
	d := &desk{world: w, specialist: sam, zone: monday.Location()}
	on := func(days, hour, minute int) time.Time {
		return time.Date(monday.Year(), monday.Month(), monday.Day()+days, hour, minute, 0, 0, monday.Location())
	}
	for _, l := range []store.NewLead{
		{
			Title: "PC repair assistant", Area: "Beeston", Pay: "£12.60 an hour", Hours: 12, By: sam, Closes: on(8, 17, 0),
			More: "A small workshop behind the shop: no till, nobody to serve, start at 11.",
		},
		{
			Title: "Library shelver", Area: "Sneinton", Pay: "£12.21 an hour", Hours: 10, By: sam,
			More: "Quiet, before the library opens to the public. No weekends.",
		},
		{Title: "Greenhouse hand", Area: "Wollaton", Pay: "£12.40 an hour", Hours: 15, By: sam, More: "Afternoons. A twenty minute walk from the bus."},
	} {
		id, err := w.store.AddLead(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("add a lead: %w", err)
		}
		d.leads = append(d.leads, id)
	}
	if err := w.store.SetFreeTimes(ctx, sam, []time.Time{on(4, 11, 30), on(4, 15, 0), on(7, 14, 0)}); err != nil {
		return nil, fmt.Errorf("set free times: %w", err)
	}
	return d, nil
}

// plan gives a client a task and the check-ins that they chose.
func (d *desk) plan(ctx context.Context, p *person) error {
	if p.task != "" {
		if _, err := d.store.AddTask(ctx, store.NewTask{Client: p.client, What: p.task}); err != nil {
			return fmt.Errorf("add a task: %w", err)
		}
	}
	for _, c := range p.checkIns {
		c.Client = p.client
		if _, err := d.store.AddCheckIn(ctx, c); err != nil {
			return fmt.Errorf("add a check-in: %w", err)
		}
	}
	return nil
}

// event takes an event through the conversation and says what came of it.
func (d *desk) event(ctx context.Context, done string, ev conversations.Event) (string, error) {
	before, err := d.store.Conversation(ctx, ev.Client, "", 1)
	if err != nil {
		return "", err
	}
	ev.By = d.specialist
	if err := d.turn.Run(ctx, ev); err != nil {
		return "", err
	}
	now, err := d.store.Conversation(ctx, ev.Client, "", 10)
	if err != nil {
		return "", err
	}
	return done + d.cameOf(before, now, ev.Kind), nil
}

// cameOf says why a client reads nothing just now; empty where they do, or
// where nothing was to be said.
func (d *desk) cameOf(before, now store.ConversationPage, kind conversations.EventKind) string {
	if len(now.Queued) > len(before.Queued) {
		return " It waits for its turn: one question at a time."
	}
	for _, m := range now.Messages {
		if !m.In && m.Revision > before.Revision && m.Held != "" {
			return fmt.Sprintf(" It goes on %s: %s.", m.NotBefore.In(d.zone).Format("Monday 2 January at 15:04"), api.SayReason(m.Held))
		}
	}
	for _, e := range now.Events {
		var detail struct {
			Said    []string
			Skipped []struct{ Reason string }
		}
		if e.Revision <= before.Revision || e.Kind != kind || json.Unmarshal(e.Detail, &detail) != nil || len(detail.Said) > 0 {
			continue
		}
		if len(detail.Skipped) > 0 {
			return " Nothing is said: " + api.SayReason(detail.Skipped[0].Reason) + "."
		}
	}
	return ""
}

// do is an act by its name, as demo and talk have it.
func (d *desk) do(ctx context.Context, p *person, act carrier.DeskDone) (string, error) {
	switch act.Do {
	case "offer":
		return d.offer(ctx, p)
	case "filled":
		return d.filled(ctx, p)
	case "task":
		return d.askTask(ctx, p)
	case "checkin":
		return d.askCheckIn(ctx, p, act.Value)
	case "feedback":
		return d.plainly(ctx, p, conversations.EventFeedback, "Asked what they think of the service.")
	case "ring":
		in, err := time.ParseDuration(cmp.Or(act.Value, "30m"))
		if err != nil {
			in = 0
		}
		return d.ring(ctx, p, in)
	case "move":
		return d.move(ctx, p, act.Value)
	case "cancel":
		return d.cancel(ctx, p)
	case "hold":
		return d.plainly(ctx, p, conversations.EventHeld, "On hold: leads, check-ins, tasks and bulk nudges wait; reminders wait for a tap.")
	case "release":
		return d.plainly(ctx, p, conversations.EventReleased, "The hold is over.")
	case "remind":
		return d.remind(ctx, p)
	case "settled":
		return d.plainly(ctx, p, conversations.EventSettled, "Settled: the number is the client's.")
	case "correct":
		return d.correct(ctx, p, conversations.MessageID(act.Message), act.Intent, act.Value)
	case "settings":
		return d.set(ctx, p, act.Value)
	case "acknowledge":
		return d.acknowledge(ctx, p, "")
	case "outcome":
		if act.Value == "" {
			return "", hint("Say what came of it in a few words.")
		}
		return d.acknowledge(ctx, p, act.Value)
	}
	return "", hint("That is nothing that a specialist can do here.")
}

// offer offers the next lead that the client has not been offered.
func (d *desk) offer(ctx context.Context, p *person) (string, error) {
	offers, _, err := d.store.Offers(ctx, p.client, store.Page{})
	if err != nil {
		return "", err
	}
	for _, id := range d.leads {
		if slices.ContainsFunc(offers, func(o store.Offer) bool { return o.Lead.ID == id }) {
			continue
		}
		l, err := d.store.Lead(ctx, id)
		if err != nil {
			return "", err
		}
		if l.Filled || !l.Closes.IsZero() && !l.Closes.After(d.now()) {
			continue
		}
		return d.event(ctx, "Offered: "+l.Title+".", conversations.Event{
			Kind: conversations.EventOffered, Client: p.client,
			Offer: conversations.Offer{ID: conversations.OfferID(newID()), Lead: l.Lead, Status: conversations.OfferOpen, At: d.now()},
		})
	}
	return "", hint("There is no lead left that was not offered yet.")
}

// filled says that somebody else has the job that was offered last.
func (d *desk) filled(ctx context.Context, p *person) (string, error) {
	offers, _, err := d.store.Offers(ctx, p.client, store.Page{})
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(offers, func(o store.Offer) bool { return o.Status != conversations.OfferWithdrawn && !o.Lead.Filled })
	if i < 0 {
		return "", hint("No lead is offered just now; offer one first.")
	}
	yes := true
	l, err := d.store.SetLead(ctx, offers[i].Lead.ID, store.LeadChange{Filled: &yes})
	if err != nil {
		return "", err
	}
	told, _, err := d.store.OffersOfLead(ctx, l.ID, store.Page{})
	if err != nil {
		return "", err
	}
	said := ""
	for _, o := range told {
		o.Lead = l.Lead
		came, err := d.event(ctx, "Filled: "+l.Title+".", conversations.Event{Kind: conversations.EventLeadChanged, Client: o.Client, Offer: o.Offer})
		if err != nil {
			return "", err
		}
		if o.Client == p.client {
			said = came
		}
	}
	return said, nil
}

// askTask asks after the first task that is not settled.
func (d *desk) askTask(ctx context.Context, p *person) (string, error) {
	tasks, err := d.store.Tasks(ctx, p.client)
	if err != nil {
		return "", err
	}
	for _, t := range tasks {
		if t.Status != conversations.TaskDone && t.Status != conversations.TaskDropped {
			return d.event(ctx, "Asked after the task: "+t.What+".", conversations.Event{Kind: conversations.EventTask, Client: p.client, Task: t.ID})
		}
	}
	return "", hint("There is no task to ask after.")
}

// askCheckIn asks the check-in of the kind, or the first that runs.
func (d *desk) askCheckIn(ctx context.Context, p *person, kind string) (string, error) {
	all, err := d.store.CheckIns(ctx, p.client)
	if err != nil {
		return "", err
	}
	var chosen []string
	for _, c := range all {
		if !c.EndedAt.IsZero() {
			continue
		}
		if kind == "" || string(c.Kind) == kind {
			return d.event(ctx, "Asked the check-in: "+checkInWords(c), conversations.Event{Kind: conversations.EventCheckIn, Client: p.client, CheckIn: c.ID})
		}
		chosen = append(chosen, string(c.Kind))
	}
	if len(chosen) == 0 {
		return "", hint("The client has chosen no check-in, or ended those there were.")
	}
	return "", hint("The client chose these: " + strings.Join(chosen, ", ") + ".")
}

// ring announces a call.
func (d *desk) ring(ctx context.Context, p *person, in time.Duration) (string, error) {
	if in <= 0 || in > 7*24*time.Hour {
		return "", hint("Say how soon you ring, at most in a week: 30m, 2h.")
	}
	at := d.now().Add(in + time.Minute - 1).Truncate(time.Minute)
	return d.event(ctx, "Announced a call at "+at.In(d.zone).Format("15:04")+".", conversations.Event{
		Kind: conversations.EventRing, Client: p.client, Ring: at, RingFrom: deskNumber,
	})
}

// next is the client's next appointment.
func (d *desk) next(ctx context.Context, p *person) (store.Appointment, error) {
	all, err := d.store.Appointments(ctx, p.client)
	if err != nil {
		return store.Appointment{}, err
	}
	for _, a := range all {
		if a.At.After(d.now()) && a.Status != conversations.Cancelled {
			return a, nil
		}
	}
	return store.Appointment{}, hint("There is no appointment to come.")
}

// move moves the next appointment to a time in people's words, or to the one
// that the client asked for.
func (d *desk) move(ctx context.Context, p *person, words string) (string, error) {
	a, err := d.next(ctx, p)
	if err != nil {
		return "", err
	}
	to := a.Proposed
	if words != "" {
		w := d.when(words, a.At)
		if to, err = time.ParseInLocation(time.DateOnly+" 15:04", w.Date+" "+w.Clock, d.zone); err != nil || w.Ambiguous {
			return "", hint("Say a day and a time: fri 3pm.")
		}
	}
	if to.IsZero() {
		return "", hint("The client asked for no other time: say one, such as fri 3pm.")
	}
	if !to.After(d.now()) {
		return "", hint("That time has gone by.")
	}
	moved := a.Appointment
	moved.At = to.UTC()
	return d.event(ctx, "Moved to "+to.In(d.zone).Format("Monday 2 January, 15:04")+".",
		conversations.Event{Kind: conversations.EventMoved, Client: p.client, Appointment: moved})
}

// when reads a time as the assistant reads a client's.
func (d *desk) when(words string, appointment time.Time) understand.When {
	return d.rules.Lexicons.Read(understand.Query{
		Text: words, Lang: "en", Asked: understand.AskedReschedule, Appointment: appointment.In(d.zone), Now: d.now().In(d.zone),
	}).When
}

func (d *desk) cancel(ctx context.Context, p *person) (string, error) {
	a, err := d.next(ctx, p)
	if err != nil {
		return "", err
	}
	return d.event(ctx, "Called off "+a.At.In(d.zone).Format("Monday 2 January, 15:04")+".",
		conversations.Event{Kind: conversations.EventCancelled, Client: p.client, Appointment: a.Appointment})
}

// remind lets the reminder of the next appointment go in spite of a hold.
func (d *desk) remind(ctx context.Context, p *person) (string, error) {
	a, err := d.next(ctx, p)
	if err != nil {
		return "", err
	}
	return d.event(ctx, "Let the reminder go, if one waits.", conversations.Event{
		Kind: conversations.EventReminderAllowed, Client: p.client, Appointment: conversations.Appointment{ID: a.ID, At: a.At},
	})
}

// plainly takes an event that needs nothing but the client.
func (d *desk) plainly(ctx context.Context, p *person, kind conversations.EventKind, done string) (string, error) {
	return d.event(ctx, done, conversations.Event{Kind: kind, Client: p.client})
}

// acknowledge says that a person is on the alerts of the client; with an
// outcome it ends them.
func (d *desk) acknowledge(ctx context.Context, p *person, outcome string) (string, error) {
	page, err := d.store.Conversation(ctx, p.client, "", 1)
	if err != nil {
		return "", err
	}
	if len(page.Alerts) == 0 {
		return "", hint("No alert stands.")
	}
	for _, a := range page.Alerts {
		if outcome != "" {
			_, err = d.store.CloseAlert(ctx, a.ID, outcome, d.specialist, d.now())
		} else {
			_, err = d.store.AcknowledgeAlert(ctx, a.ID, d.specialist, d.now())
		}
		if err != nil {
			return "", err
		}
	}
	if outcome != "" {
		return "Wrote down what came of it; the alert is closed. A hold stays until somebody ends it.", nil
	}
	return "Sam is on it. That closes nothing: what came of it does.", nil
}

// set sets what the client may choose by text, in words: "detail on",
// "stop leads".
func (d *desk) set(ctx context.Context, p *person, words string) (string, error) {
	const teach = hint("Say one of: detail on, detail off, guarded on, guarded off, stop <kind>, allow <kind>, pause 14, pause off, wakes 10. " +
		"Kinds: appointments, leads, check_ins, tasks, nudges.")
	what, value, _ := strings.Cut(words, " ")
	on, number := value == "on", 0
	var s conversations.Settings
	switch what {
	case "detail", "guarded":
		if !on && value != "off" {
			return "", teach
		}
		if s.Detail = &on; what == "guarded" {
			s.Detail, s.Guarded = nil, &on
			if on {
				s.Detail = new(bool) // It does not come back by itself.
			}
		}
	case "stop", "allow":
		if !slices.Contains(conversations.Matters, conversations.Matter(value)) {
			return "", teach
		}
		if kinds := []conversations.Matter{conversations.Matter(value)}; what == "stop" {
			s.Stop = kinds
		} else {
			s.Allow = kinds
		}
	case "pause":
		until := time.Time{}
		if value != "off" {
			if _, err := fmt.Sscanf(value, "%d", &number); err != nil || number < 1 || number > 366 {
				return "", teach
			}
			until = d.now().AddDate(0, 0, number)
		}
		s.PausedUntil = &until
	case "wakes":
		if _, err := fmt.Sscanf(value, "%d", &number); err != nil || number < 0 || number > 23 {
			return "", teach
		}
		number *= 60
		s.Wakes = &number
	default:
		return "", teach
	}
	return d.event(ctx, "Set: "+words+".", conversations.Event{Kind: conversations.EventSettings, Client: p.client, Settings: s})
}
