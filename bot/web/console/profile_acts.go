package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// addNote writes down what the next person should know, or what the client needs
// so that they can read, hear or come. It can be done in a closed record, too.
func (c *Console) addNote(ctx context.Context, d doing) (did, error) {
	kind := store.NoteKind(d.form.Get("kind"))
	where := "notes"
	if kind == store.NoteAccess {
		where = "access"
	}
	_, err := c.Store.AddNote(ctx, d.client.ID, store.Note{
		Kind: kind, Words: d.form.Get("words"), By: by(d.who), Author: d.who.Name, Account: d.who.Account,
	})
	return did{"note", where}, err
}

// strikeNote strikes a note out; it stays to be read.
func (c *Console) strikeNote(ctx context.Context, d doing) (did, error) {
	return did{"note_struck", "notes"}, c.Store.StrikeNote(ctx, d.client.ID, d.path("note"), d.who.Name)
}

// clockOf reads a time of day as minutes after midnight; empty is 0, which is the
// service's own.
func clockOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, wrong("fault.clock")
	}
	return t.Hour()*60 + t.Minute(), nil
}

// settings sets what the client may choose by text, and told the person instead.
// Only what differs is set.
func (c *Console) settings(ctx context.Context, d doing) (did, error) {
	x, err := settingsIn(d)
	if err != nil {
		return did{}, err
	}
	for _, f := range x.Faults(d.now) {
		return did{}, wrong("fault.settings_" + f.Part)
	}
	done := did{"settings", "settings"}
	if x.IsZero() {
		return done, nil
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventSettings, Settings: x}, done)
}

func settingsIn(d doing) (x conversations.Settings, err error) {
	wakes, err := clockOf(d.form.Get("wakes"))
	if err != nil {
		return x, err
	}
	rests, err := clockOf(d.form.Get("rests"))
	if err != nil {
		return x, err
	}
	if wakes != d.client.Wakes || rests != d.client.Rests {
		x.Wakes, x.Rests = &wakes, &rests // Together: one is held against the other.
	}
	var days []time.Weekday
	for day := range 7 {
		if slices.Contains(d.form["rest_day"], strconv.Itoa(day)) {
			days = append(days, time.Weekday(day))
		}
	}
	before := slices.Sorted(slices.Values(d.client.RestDays))
	if !slices.Equal(days, before) {
		if days == nil {
			days = []time.Weekday{}
		}
		x.RestDays = &days
	}
	for _, m := range conversations.Matters {
		switch stop := slices.Contains(d.form["stop"], string(m)); {
		case stop && !slices.Contains(d.client.Stopped, m):
			x.Stop = append(x.Stop, m)
		case !stop && slices.Contains(d.client.Stopped, m):
			x.Allow = append(x.Allow, m)
		}
	}
	if err := pauseIn(d, &x); err != nil {
		return x, err
	}
	detail, guarded := d.form.Get("wording") == "detail", d.form.Get("wording") == "guarded"
	if guarded != d.client.Guarded {
		x.Guarded = &guarded
	}
	if detail != d.client.Detail {
		x.Detail = &detail
	}
	if leads, err := strconv.Atoi(d.form.Get("leads")); err != nil || leads < 0 || leads > 20 {
		return x, wrong("fault.leads")
	} else if leads != d.client.LeadsAWeek {
		x.LeadsAWeek = &leads
	}
	return x, nil
}

// pauseIn reads the last day of a pause; an empty one ends the pause that there is.
func pauseIn(d doing, x *conversations.Settings) error {
	paused := ""
	if d.client.PausedUntil.After(d.now) {
		paused = d.client.PausedUntil.In(d.zone).Format(time.DateOnly)
	}
	switch day := d.form.Get("paused"); day {
	case paused:
	case "":
		x.PausedUntil = &time.Time{}
	default:
		last, err := time.ParseInLocation(time.DateOnly, day, d.zone)
		if err != nil {
			return wrong("fault.day")
		}
		// To the last minute of it, so that the same day stands in the form again.
		until := last.AddDate(0, 0, 1).Add(-time.Minute).UTC()
		x.PausedUntil = &until
	}
	return nil
}

// mobile takes down another number. What was agreed on the old one does not carry
// over: somebody else may hold it.
func (c *Console) mobile(ctx context.Context, d doing) (did, error) {
	to, err := c.Store.CheckMobile(ctx, d.client.ID, d.form.Get("mobile"))
	if err != nil {
		return did{}, err
	}
	done := did{"mobile", "mobile"}
	reach, err := c.Store.Reach(ctx, d.client.ID)
	if err != nil || slices.ContainsFunc(reach, func(r store.Reach) bool { return r.Channel == conversations.SMS && r.Address == to }) {
		return done, err
	}
	return c.happens(ctx, d, conversations.Event{
		Kind: conversations.EventNumberChanged, From: conversations.Address{Channel: conversations.SMS, Value: to},
	}, done)
}

// on reads a day on which something was reached or said; it lies not ahead, and
// is today where it is left out.
func (d doing) on() (time.Time, error) {
	day := d.form.Get("on")
	if day == "" {
		return d.now, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, day, d.zone)
	switch {
	case err != nil:
		return at, wrong("fault.day")
	case at.After(d.now):
		return at, wrong("fault.ahead")
	}
	return at, nil
}

// stage sets where the client stands on the pathway.
func (c *Console) stage(ctx context.Context, d doing) (did, error) {
	stage := conversations.Stage(d.form.Get("stage"))
	if c.Pathway.Rule(stage).Stage == "" {
		return did{}, wrong("fault.form")
	}
	u, err := c.Store.Underway(ctx, d.client.ID)
	if err != nil {
		return did{}, err
	}
	switch {
	case len(c.Pathway.Lacks(stage, u.Progress.Reached)) > 0:
		return did{}, wrong("fault.milestone_missing")
	case stage == conversations.StageExited && d.form.Get("certain") == "":
		return did{}, wrong("fault.exit")
	}
	return c.reached(ctx, d, conversations.Event{Stage: stage}, did{"stage", "stage"})
}

// milestone records what was reached.
func (c *Console) milestone(ctx context.Context, d doing) (did, error) {
	m := conversations.Milestone(d.form.Get("milestone"))
	if !slices.Contains(conversations.Milestones, m) {
		return did{}, wrong("fault.form")
	}
	return c.reached(ctx, d, conversations.Event{Milestone: m}, did{"milestone", "stage"})
}

// reached is one of both, on the day that the form says.
func (c *Console) reached(ctx context.Context, d doing, ev conversations.Event, done did) (did, error) {
	at, err := d.on()
	if err != nil {
		return did{}, err
	}
	ev.Kind, ev.At, ev.Client, ev.By = conversations.EventStage, at, d.client.ID, by(d.who)
	return done, c.Event(ctx, ev)
}

// doStep says that a step of the pathway is done.
func (c *Console) doStep(ctx context.Context, d doing) (did, error) {
	step := d.path("step")
	if !slices.ContainsFunc(c.Pathway.Steps, func(s conversations.Step) bool { return s.Name == step }) {
		return did{}, store.ErrNotFound
	}
	return did{"step", "steps"}, c.Store.DoStep(ctx, d.client.ID, step, by(d.who))
}

// number reads a whole number; empty is 0.
func (d doing) number(name string) (int, error) {
	text := strings.TrimSpace(d.form.Get(name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, wrong("fault.bad_value")
	}
	return n, nil
}

// several reads the values of a form that were ticked.
func several[T ~string](values []string) []T {
	list := make([]T, 0, len(values))
	for _, v := range values {
		list = append(list, T(v))
	}
	return list
}

// wishes writes what the client wishes of work: it takes in what they answered
// against leads until now.
func (c *Console) wishes(ctx context.Context, d doing) (did, error) {
	have, err := c.Store.Wishes(ctx, d.client.ID)
	if err != nil {
		return did{}, err
	}
	w, err := d.wishesIn()
	if err != nil {
		return did{}, err
	}
	w.Said = have.Counts.Said
	return did{"wishes", "wishes"}, c.Store.SetWishes(ctx, d.client.ID, w, by(d.who))
}

// wishesIn reads wishes from their form.
func (d doing) wishesIn() (w conversations.Wishes, err error) {
	w.NotAt, w.Permanence = several[conversations.Times](d.form["not_at"]), several[conversations.Permanence](d.form["permanence"])
	for area := range strings.SplitSeq(d.form.Get("areas"), ",") {
		if area = strings.TrimSpace(area); area != "" {
			w.Areas = append(w.Areas, area)
		}
	}
	for _, t := range conversations.Traits {
		switch d.form.Get("trait-" + string(t)) {
		case "likes":
			w.Likes = append(w.Likes, t)
		case "avoids":
			w.Avoids = append(w.Avoids, t)
		}
	}
	if w.Below, err = d.number("below"); err != nil {
		return w, err
	}
	if w.AtLeast, err = d.number("at_least"); err != nil {
		return w, err
	}
	w.NotBefore, err = clockOf(d.form.Get("not_before"))
	return w, err
}

// employer takes down whether an employer may be spoken to about the client.
func (c *Console) employer(ctx context.Context, d doing) (did, error) {
	at, err := d.on()
	if err != nil {
		return did{}, err
	}
	return did{"employer", "employers"}, c.Store.SetEmployerContact(ctx, d.client.ID, store.EmployerContact{
		Employer: d.form.Get("employer"), Permitted: conversations.EmployerContact(d.form.Get("contact")), Words: d.form.Get("words"),
		On: at.In(d.zone).Format(time.DateOnly), RecordedBy: by(d.who),
	})
}

// fallback takes down whom the client named for when nothing is heard of them.
func (c *Console) fallback(ctx context.Context, d doing) (did, error) {
	at, err := d.on()
	if err != nil {
		return did{}, err
	}
	_, err = c.Store.SetFallbackContact(ctx, store.FallbackContact{
		Client: d.client.ID, Name: d.form.Get("name"), Relation: d.form.Get("relation"), Phone: d.form.Get("phone"),
		Tell: several[conversations.Tell](d.form["tell"]), Words: d.form.Get("words"), On: at.In(d.zone).Format(time.DateOnly), RecordedBy: by(d.who),
	})
	return did{"fallback", "fallback"}, err
}

func (c *Console) removeFallback(ctx context.Context, d doing) (did, error) {
	return did{"fallback_gone", "fallback"}, c.Store.RemoveFallbackContact(ctx, d.client.ID, d.path("contact"), by(d.who))
}

// rruleDays are the days of a week as RFC 5545 (section 3.3.10) writes them.
var rruleDays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// rhythmIn reads when a check-in is asked by the clock: weekly, monthly, or only by
// a person.
func (d doing) rhythmIn() (r conversations.Rhythm, err error) {
	switch d.form.Get("rhythm") {
	case "":
		return r, nil
	case "week":
		day, err := d.number("day")
		if err != nil || day < 0 || day > 6 {
			return r, wrong("fault.form")
		}
		r.Rule, r.Since = "FREQ=WEEKLY;BYDAY="+rruleDays[day], d.now.In(d.zone).Format(time.DateOnly)
	case "month":
		if r.MonthDay, err = d.number("month_day"); err != nil || r.MonthDay < 1 || r.MonthDay > 31 {
			return r, wrong("fault.month_day")
		}
	default:
		return r, wrong("fault.form")
	}
	if r.Clock, err = clockOf(d.form.Get("at")); err != nil {
		return r, err
	}
	return r, store.CheckRhythm(r)
}

// addCheckIn adds a series that the client chose. Nothing is sent by it.
func (c *Console) addCheckIn(ctx context.Context, d doing) (did, error) {
	r, err := d.rhythmIn()
	if err != nil {
		return did{}, err
	}
	n := store.NewCheckIn{Client: d.client.ID, Kind: conversations.CheckInKind(d.form.Get("kind")), Rhythm: r}
	if n.Kind == conversations.CheckInWellbeing {
		n.Words = d.form.Get("words") // Every other kind has words of its own.
	}
	done := did{"check_in", "check-ins"}
	if r.IsZero() {
		_, err = c.Store.AddCheckIn(ctx, n)
		return done, err
	}
	series, err := c.Store.Chosen(n)
	if err != nil {
		return did{}, err
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventSettings, Series: series}, done)
}

// seriesOf reads a series of the client that has not ended.
func (c *Console) seriesOf(ctx context.Context, d doing) (store.CheckIn, error) {
	all, err := c.Store.CheckIns(ctx, d.client.ID)
	if err != nil {
		return store.CheckIn{}, err
	}
	i := slices.IndexFunc(all, func(s store.CheckIn) bool { return string(s.ID) == d.path("series") && s.EndedAt.IsZero() })
	if i < 0 {
		return store.CheckIn{}, store.ErrNotFound
	}
	return all[i], nil
}

// rhythm changes when a series is asked by the clock.
func (c *Console) rhythm(ctx context.Context, d doing) (did, error) {
	s, err := c.seriesOf(ctx, d)
	if err != nil {
		return did{}, err
	}
	r, err := d.rhythmIn()
	if err != nil {
		return did{}, err
	}
	return c.happens(ctx, d, conversations.Event{
		Kind: conversations.EventSettings, Series: conversations.CheckIn{ID: s.ID, Kind: s.Kind, Rhythm: r},
	}, did{"check_in", "check-ins"})
}

func (c *Console) endCheckIn(ctx context.Context, d doing) (did, error) {
	return did{"check_in_ended", "check-ins"}, c.Store.EndCheckIn(ctx, d.client.ID, conversations.CheckInID(d.path("series")), by(d.who))
}
