package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// Settings are what a client may choose by text.
type Settings struct {
	Wakes       string                 `json:"wakes" example:"11:00" doc:"The client's waking hour: nothing unasked goes before it; empty: the service's own."`
	Rests       string                 `json:"rests" example:"18:00" doc:"From when on nothing unasked goes; empty: the service's own."`
	RestDays    []string               `json:"rest_days" nullable:"false" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"Days on which nothing unasked goes, beside those of the service."`
	PausedUntil *time.Time             `json:"paused_until,omitempty" doc:"Until when nothing unasked goes; left out if the client asked for no pause."`
	Stopped     []conversations.Matter `json:"stopped" nullable:"false" enum:"appointments,leads,check_ins,tasks,nudges" doc:"What the client wants no texts about."`
	Detail      bool                   `json:"detail" example:"false" doc:"The client wants places and names in texts."`
	Guarded     bool                   `json:"guarded" example:"false" doc:"Somebody else reads the phone: the wording stays neutral, and only a person switches it back."`
	LeadsAWeek  int                    `json:"leads_a_week" example:"0" doc:"How many leads a week the client wishes for; 0: the service's own number."`
	Reminders   []int                  `json:"reminders" nullable:"false" doc:"How long before an appointment this client is reminded, in minutes, the longest first; empty: as their specialist or the pathway has it."`
}

// newSettings is what a specialist sets; what is left out stays.
type newSettings struct {
	Wakes       *string                `json:"wakes,omitempty" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$" patternDescription:"a time of day such as 11:00, or empty" example:"11:00" doc:"The waking hour: nothing unasked goes before it. Empty takes it away."`
	Rests       *string                `json:"rests,omitempty" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$" patternDescription:"a time of day such as 18:00, or empty" example:"18:00" doc:"From when on nothing unasked goes. Empty takes it away."`
	RestDays    *[]string              `json:"rest_days,omitempty" maxItems:"7" enum:"mon,tue,wed,thu,fri,sat,sun" example:"[\"tue\"]" doc:"Days on which nothing unasked goes; replaces those before. An empty list takes them away."`
	PausedUntil *time.Time             `json:"paused_until,omitempty" example:"2026-12-07T09:00:00Z" doc:"Begins a pause that ends then, with an offset. Not together with resume."`
	Resume      bool                   `json:"resume,omitempty" example:"false" doc:"Ends a pause. The reminders that fell into it are set anew."`
	Stop        []conversations.Matter `json:"stop,omitempty" maxItems:"5" enum:"appointments,leads,check_ins,tasks,nudges" example:"[\"leads\"]" doc:"What the client wants no texts about any more."`
	Allow       []conversations.Matter `json:"allow,omitempty" maxItems:"5" enum:"appointments,leads,check_ins,tasks,nudges" example:"[\"tasks\"]" doc:"What the client wants texts about again."`
	Detail      *bool                  `json:"detail,omitempty" example:"false" doc:"The client wants places and names in texts."`
	Guarded     *bool                  `json:"guarded,omitempty" example:"false" doc:"Somebody else reads the phone; that takes detail away. False switches back, to plain wording: speak to the client first, and not by text."`
	LeadsAWeek  *int                   `json:"leads_a_week,omitempty" minimum:"0" maximum:"20" example:"2" doc:"How many leads a week the client wishes for; 0: the service's own number."`
	Reminders   *[]int                 `json:"reminders,omitempty" maxItems:"4" example:"[2880,240]" doc:"How long before an appointment this client is reminded, in minutes, the longest first: 120 to 40320, four at the most. What is ahead is planned anew. An empty list takes them away; who wants no reminders at all stops appointments."`
	By          string                 `json:"by,omitempty" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The specialist who sets it."`
}

// dayNames are the days of the week as the API writes them, Sunday first like
// time.Weekday.
var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func settingsOf(c store.Client) Settings {
	s := Settings{
		Wakes: clock(c.Wakes), Rests: clock(c.Rests), RestDays: []string{}, PausedUntil: instant(c.PausedUntil),
		Stopped: append([]conversations.Matter{}, c.Stopped...), Detail: c.Detail, Guarded: c.Guarded, LeadsAWeek: c.LeadsAWeek,
		Reminders: append([]int{}, c.Reminders...),
	}
	for _, d := range c.RestDays {
		s.RestDays = append(s.RestDays, dayNames[d])
	}
	return s
}

func (a *API) settings() {
	eleven, tuesday := "11:00", []string{"tue"}
	set := johnInFull
	set.Settings.RestDays = tuesday
	add(a, operation{
		id: "set-settings", method: http.MethodPatch, path: "/clients/{client}/settings", tag: "Clients",
		summary: "Set what a client may choose by text",
		description: "For a client who told you instead of the assistant. Nothing is sent by this: the two of you have spoken about it. " +
			"What is left out stays. A pause, and a kind that is stopped, hold back what waits; appointments stopped means no reminders.",
		scope: scopeWrite, takes: newSettings{Wakes: &eleven, RestDays: &tuesday, Stop: []conversations.Matter{conversations.MatterLeads}},
		gives: set, refuses: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *struct {
		OfClient
		Body newSettings
	},
	) (*body[clientInFull], error) {
		if err := a.open(ctx, in.Client); err != nil {
			return nil, err
		}
		by := conversations.SpecialistID(in.Body.By)
		if err := a.colleague(ctx, by); err != nil {
			return nil, err
		}
		settings, faults := a.settingsFrom(in.Body)
		if len(faults) > 0 {
			return nil, invalid(faults...)
		}
		return a.happened(ctx, conversations.Event{Kind: conversations.EventSettings, Client: in.Client, Settings: settings, By: by})
	})
}

// settingsFrom reads what is to be set.
func (a *API) settingsFrom(n newSettings) (conversations.Settings, []problem.Fault) {
	var faults []problem.Fault
	fault := func(field, message string) { faults = append(faults, problem.Fault{Field: field, Message: message}) }
	s := conversations.Settings{
		Wakes: minutesIn(n.Wakes), Rests: minutesIn(n.Rests), Stop: n.Stop, Allow: n.Allow, Detail: n.Detail, Guarded: n.Guarded,
		LeadsAWeek: n.LeadsAWeek, Reminders: n.Reminders,
	}
	if n.RestDays != nil {
		days := []time.Weekday{}
		for d, name := range dayNames {
			if slices.Contains(*n.RestDays, name) {
				days = append(days, time.Weekday(d))
			}
		}
		s.RestDays = &days
	}
	switch {
	case n.Resume && n.PausedUntil != nil:
		fault("body.resume", "cannot stand beside paused_until: send one of them")
	case n.Resume:
		s.PausedUntil = &time.Time{}
	case n.PausedUntil != nil:
		until := n.PausedUntil.UTC()
		s.PausedUntil = &until
	}
	for _, f := range s.Faults(a.Now()) {
		fault("body."+f.Part, f.Says)
	}
	if s.Guarded != nil && *s.Guarded {
		// Places and names come back when the client asks for them, not by themselves.
		s.Detail = new(bool)
	}
	if s.IsZero() && len(faults) == 0 {
		fault("body", "sets nothing: send at least one setting")
	}
	return s, faults
}

// minutesIn reads HH:MM that was sent; empty is 0, nil stays nil.
func minutesIn(clock *string) *int {
	if clock == nil {
		return nil
	}
	minutes := minutesOf(*clock)
	return &minutes
}
