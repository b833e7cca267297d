package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// rhythm is when a check-in is asked by the clock.
type rhythm struct {
	Rule      string                        `json:"rule,omitempty" maxLength:"200" example:"FREQ=WEEKLY;BYDAY=FR" doc:"A rhythm as RFC 5545 (section 3.3.10) writes it, daily or slower."`
	Milestone conversations.Milestone       `json:"milestone,omitempty" enum:"referred,accepted,started,risk_assessed,employer_contact,job_offer,job_start,job_end,exited,benefits_advice" example:"" doc:"Once, counted from when this was last reached."`
	After     *span                         `json:"after,omitempty" doc:"How long after the milestone; left out: on the day itself."`
	Meeting   conversations.AppointmentKind `json:"meeting,omitempty" enum:"informal_chat,first,regular,review,interview,first_day,assessment,employer_review,exit" example:"" doc:"Before each appointment of this kind."`
	MonthDay  int                           `json:"month_day,omitempty" minimum:"1" maximum:"31" example:"25" doc:"A day of every month, such as payday; 31 is the last."`
	On        string                        `json:"on,omitempty" format:"date" example:"" doc:"Once, on this day."`
	Before    int                           `json:"before,omitempty" minimum:"0" maximum:"14" example:"0" doc:"How many days before that day (meeting, month_day, on)."`
	At        string                        `json:"at,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"a time such as 14:00" example:"14:00" doc:"The time of day on the client's clock; left out: the first moment at which unasked texts may go."`
}

// span is how long after something.
type span struct {
	WorkingDays int `json:"working_days,omitempty" minimum:"0" maximum:"400" example:"0"`
	Days        int `json:"days,omitempty" minimum:"0" maximum:"400" example:"1"`
	Weeks       int `json:"weeks,omitempty" minimum:"0" maximum:"104" example:"0"`
	Months      int `json:"months,omitempty" minimum:"0" maximum:"24" example:"0"`
}

// checkInChange is what changes about a series.
type checkInChange struct {
	Rhythm   *rhythm `json:"rhythm,omitempty" example:"{\"rule\":\"FREQ=WEEKLY;BYDAY=FR\",\"at\":\"14:00\"}" doc:"Another rhythm."`
	NoRhythm bool    `json:"no_rhythm,omitempty" example:"false" doc:"It is asked only when a person asks it. Not together with rhythm."`
}

// offeredCheckIn is a series that the pathway lets a specialist offer.
type offeredCheckIn struct {
	Kind   conversations.CheckInKind `json:"kind" enum:"week,wellbeing,first_day,busy_day,payday,hours" example:"week"`
	Rhythm *rhythm                   `json:"rhythm" doc:"As it is offered: the client may want another."`
}

var fridays = rhythm{Rule: "FREQ=WEEKLY;BYDAY=FR", At: "14:00"}

// rhythmFrom reads a rhythm that was sent; its intervals count from today.
func rhythmFrom(r *rhythm, today time.Time) conversations.Rhythm {
	if r == nil {
		return conversations.Rhythm{}
	}
	out := conversations.Rhythm{
		Rule: r.Rule, Milestone: r.Milestone, Meeting: r.Meeting, MonthDay: r.MonthDay, On: r.On, Before: r.Before, Clock: minutesOf(r.At),
	}
	if out.Rule != "" {
		out.Since = today.Format(time.DateOnly)
	}
	if s := r.After; s != nil {
		out.After = conversations.Span{WorkingDays: s.WorkingDays, Days: s.Days, Weeks: s.Weeks, Months: s.Months}
	}
	return out
}

func rhythmOf(r conversations.Rhythm) *rhythm {
	if r.IsZero() {
		return nil
	}
	out := &rhythm{
		Rule: r.Rule, Milestone: r.Milestone, Meeting: r.Meeting, MonthDay: r.MonthDay, On: r.On, Before: r.Before, At: clock(r.Clock),
	}
	if s := r.After; !s.IsZero() {
		out.After = &span{WorkingDays: s.WorkingDays, Days: s.Days, Weeks: s.Weeks, Months: s.Months}
	}
	return out
}

// rhythmFor reads and checks a rhythm for a client: one that could never fall due
// is refused, where that can be told today.
func (a *API) rhythmFor(c store.Client, r *rhythm) (conversations.Rhythm, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return conversations.Rhythm{}, err
	}
	now := a.Now().In(zone)
	out := rhythmFrom(r, now)
	if r != nil && out.IsZero() {
		return out, invalid(problem.Fault{
			Field: "body.rhythm", Message: "says no day: send one of rule, milestone, meeting, month_day and on, or leave rhythm out",
		})
	}
	if err := store.CheckRhythm(out); err != nil {
		return out, err
	}
	facts := conversations.Facts{Client: conversations.Client{Zone: zone, Wakes: c.Wakes, Rests: c.Rests, RestDays: c.RestDays}}
	if (out.Rule != "" || out.On != "") && conversations.NextCheckIn(a.Pathway, facts, out, now).IsZero() {
		field := "rule"
		if out.On != "" {
			field = "on"
		}
		return out, invalid(problem.Fault{Field: "body.rhythm." + field, Message: "never comes any more: choose a day that lies ahead"})
	}
	return out, nil
}

// addByRhythm adds a series that is asked by the clock: its turn writes it
// together with its first moment.
func (a *API) addByRhythm(ctx context.Context, client store.Client, n newCheckIn) (conversations.CheckInID, error) {
	r, err := a.rhythmFor(client, n.Rhythm)
	if err != nil {
		return "", err
	}
	series, err := a.Store.Chosen(store.NewCheckIn{Client: client.ID, Kind: n.Kind, Words: n.Words, Rhythm: r})
	if err != nil {
		return "", err
	}
	return series.ID, a.Event(ctx, conversations.Event{
		Kind: conversations.EventSettings, At: a.Now(), Client: client.ID, Series: series, By: conversations.SpecialistID(callOf(ctx).token),
	})
}

func (a *API) changeCheckIn() {
	add(a, operation{
		id: "change-check-in", method: http.MethodPatch, path: "/clients/{client}/check-ins/{check_in}", tag: "Check-ins",
		summary:     "Change when a check-in is asked",
		description: "As the client wishes. When it is next due is worked out with it; what was set for the older rhythm is not asked any more. Nothing is sent by this.",
		scope:       scopeWrite, takes: checkInChange{Rhythm: &fridays}, gives: weekly,
		refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfCheckIn
		Body checkInChange
	},
	) (*body[checkIn], error) {
		client, err := a.openClient(ctx, in.Client)
		if err != nil {
			return nil, err
		}
		c, err := a.series(ctx, in.Client, in.CheckIn)
		switch {
		case err != nil:
			return nil, err
		case !c.EndedAt.IsZero():
			return nil, problem.New(http.StatusConflict, "ended", "This check-in has ended. Add it anew if the client chooses it again.")
		case in.Body.NoRhythm && in.Body.Rhythm != nil:
			return nil, invalid(problem.Fault{Field: "body.no_rhythm", Message: "cannot stand beside rhythm: send one of them"})
		case !in.Body.NoRhythm && in.Body.Rhythm == nil:
			return nil, invalid(problem.Fault{Field: "body", Message: "changes nothing: send rhythm or no_rhythm"})
		}
		if c.Rhythm, err = a.rhythmFor(client, in.Body.Rhythm); err != nil {
			return nil, err
		}
		err = a.Event(ctx, conversations.Event{
			Kind: conversations.EventSettings, At: a.Now(), Client: in.Client, By: conversations.SpecialistID(callOf(ctx).token),
			Series: conversations.CheckIn{ID: c.ID, Kind: c.Kind, Rhythm: c.Rhythm},
		})
		if err == nil {
			c, err = a.series(ctx, in.Client, in.CheckIn)
		}
		if err != nil {
			return nil, err
		}
		return &body[checkIn]{Body: checkInOf(c)}, nil
	})
}

func (a *API) offeredCheckIns() {
	add(a, operation{
		id: "list-offered-check-ins", method: http.MethodGet, path: "/check-ins", tag: "Check-ins",
		summary:     "List the check-ins that a specialist may offer",
		description: "As the pathway's file has them. The client chooses, agrees the wording, and may want another rhythm.",
		scope:       scopeRead, gives: list[offeredCheckIn]{Items: []offeredCheckIn{{Kind: conversations.CheckInWeek, Rhythm: &fridays}}},
	}, func(context.Context, *struct{}) (*body[list[offeredCheckIn]], error) {
		return &body[list[offeredCheckIn]]{Body: listOf(a.Pathway.CheckIns, "", func(s conversations.Series) offeredCheckIn {
			return offeredCheckIn{
				Kind:   s.Kind,
				Rhythm: rhythmOf(conversations.Rhythm{Rule: s.Rule, Milestone: s.From, After: s.After, Clock: s.Clock}),
			}
		})}, nil
	})
}

// asksAfter is when a client is asked after a task by the clock; the zero time
// for never.
func (a *API) asksAfter(ctx context.Context, client conversations.ClientID, due time.Time, remind bool, status conversations.TaskStatus) (time.Time, error) {
	if due.IsZero() || !remind || status == conversations.TaskDone || status == conversations.TaskDropped {
		return time.Time{}, nil
	}
	c, err := a.Store.Client(ctx, client)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.Time{}, err
	}
	who := conversations.Client{Zone: zone, Wakes: c.Wakes, Rests: c.Rests, RestDays: c.RestDays}
	return conversations.TaskAsk(a.Pathway, who, due, a.Now().In(zone)), nil
}

// stepTask is the step of a task of the action plan.
const stepTask = "task"

var sayTask = map[string]string{"en": "A task of the action plan is not done yet", "cy": "Nid yw tasg o'r cynllun gweithredu wedi'i gwneud eto"}

// tasksDue are a client's tasks on the list of the specialist: the assistant asks
// the client once, and what is still not done is for the two of them.
func (a *API) tasksDue(u store.Underway) []due {
	var out []due
	today := a.Now().In(u.Zone).Format(time.DateOnly)
	for _, t := range u.Tasks {
		by := t.Due
		if by.IsZero() {
			by = t.ChangedAt.In(u.Zone)
		}
		late := !t.Due.IsZero() && by.Format(time.DateOnly) < today
		if !late && t.Status != conversations.TaskNotYet {
			continue // Its day is today.
		}
		out = append(out, due{
			Client: u.Client, Step: stepTask, Text: sayTask, By: by.Format(time.DateOnly), Since: t.CreatedAt.Truncate(time.Second), Late: late,
			Task: t.ID, What: strings.TrimSpace(t.What),
		})
	}
	return out
}
