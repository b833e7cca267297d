package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// profile is the path of what is known of a client below the client's own. Forms
// below it come back to it.
const profile = "/profile"

// profilePage is what is known of a client beside the conversation, with the form
// for each part of it.
type profilePage struct {
	Client    store.Client
	Zone      *time.Location
	May, Open bool
	// At is the part whose form was refused, Fault why; Form is what had been typed.
	At, Fault string
	Form      url.Values
	Today     string

	Notes, Access []store.Note
	Reach         []store.Reach
	Stages        []conversations.StageRule
	Milestones    []store.Milestone
	Due           []due
	CheckIns      []store.CheckIn
	Wishes        store.Wishes
	Contacts      []store.EmployerContact
	Fallback      []store.FallbackContact
}

func (c *Console) profileRoutes() map[string]handler {
	return map[string]handler{"GET /clients/{client}" + profile: c.profile}
}

func (c *Console) profileActs() map[string]act {
	return map[string]act{
		profile + "/notes":                     c.addNote,
		profile + "/notes/{note}/strike":       c.strikeNote,
		profile + "/settings":                  open(c.settings),
		profile + "/mobile":                    open(c.mobile),
		profile + "/stage":                     open(c.stage),
		profile + "/milestones":                open(c.milestone),
		profile + "/steps/{step}/done":         open(c.doStep),
		profile + "/wishes":                    open(c.wishes),
		profile + "/employers":                 open(c.employer),
		profile + "/fallback":                  open(c.fallback),
		profile + "/fallback/{contact}/remove": open(c.removeFallback),
		profile + "/check-ins":                 open(c.addCheckIn),
		profile + "/check-ins/{series}/rhythm": open(c.rhythm),
		profile + "/check-ins/{series}/end":    open(c.endCheckIn),
	}
}

// toProfile is the address of a client's profile, with what was done and where to
// look.
func toProfile(client conversations.ClientID, done, anchor string) string {
	return "/clients/" + url.PathEscape(string(client)) + profile + "?done=" + url.QueryEscape(done) + "#" + anchor
}

func (c *Console) profile(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if err := c.Audit(r.Context(), who, "client.read", client.ID); err != nil {
		return err
	}
	return c.showProfile(w, r, who, client, http.StatusOK, nil)
}

// showProfile renders the profile; with a fault, as it is after a form of it was
// refused.
func (c *Console) showProfile(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, status int, f *fault) error {
	ctx := r.Context()
	p := profilePage{
		Client: client, Zone: zoneOf(client.Zone), May: who.May(signin.ChangeClients), Open: client.ClosedAt.IsZero(), Form: url.Values{},
		Stages: c.Pathway.Stages, Today: c.Now().In(zoneOf(client.Zone)).Format(time.DateOnly),
	}
	if f != nil {
		_, below, _ := strings.Cut(r.Pattern, profile+"/")
		p.At, _, _ = strings.Cut(below, "/")
		p.Fault, p.Form = f.key, r.PostForm
	}
	notes, err := c.Store.Notes(ctx, client.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Kind == store.NoteAccess {
			p.Access = append(p.Access, n)
		} else {
			p.Notes = append(p.Notes, n)
		}
	}
	if err := c.readProfile(ctx, &p); err != nil {
		return err
	}
	p.keep(doing{client: client, zone: p.Zone, now: c.Now(), form: p.Form})
	c.Render(w, r, status, "profile", p)
	return nil
}

// readProfile reads what the page shows beside the notes.
func (c *Console) readProfile(ctx context.Context, p *profilePage) (err error) {
	id := p.Client.ID
	if p.Reach, err = c.Store.Reach(ctx, id); err != nil {
		return err
	}
	if p.Milestones, err = c.Store.Milestones(ctx, id); err != nil {
		return err
	}
	if p.CheckIns, err = c.Store.CheckIns(ctx, id); err != nil {
		return err
	}
	p.CheckIns = slices.DeleteFunc(p.CheckIns, func(s store.CheckIn) bool { return !s.EndedAt.IsZero() })
	if p.Wishes, err = c.Store.Wishes(ctx, id); err != nil {
		return err
	}
	if p.Contacts, err = c.Store.EmployerContacts(ctx, id); err != nil {
		return err
	}
	fallback, err := c.Store.FallbackContacts(ctx, id)
	if err != nil {
		return err
	}
	p.Fallback = fallback[id]
	if !p.Open {
		return nil
	}
	u, err := c.Store.Underway(ctx, id)
	if err != nil {
		return err
	}
	p.Due = slices.DeleteFunc(c.dueOf(u, ""), func(d due) bool { return d.Kind != "step" })
	return nil
}

// keep leaves in the form what had been typed, as far as it could be read.
func (p *profilePage) keep(d doing) {
	switch p.At {
	case "settings":
		x, _ := settingsIn(d)
		now := conversations.Client{
			Wakes: d.client.Wakes, Rests: d.client.Rests, RestDays: d.client.RestDays, PausedUntil: d.client.PausedUntil,
			Stopped: d.client.Stopped, Detail: d.client.Detail, Guarded: d.client.Guarded, LeadsAWeek: d.client.LeadsAWeek,
		}.With(x)
		p.Client.Wakes, p.Client.Rests, p.Client.RestDays, p.Client.PausedUntil = now.Wakes, now.Rests, now.RestDays, now.PausedUntil
		p.Client.Stopped, p.Client.Detail, p.Client.Guarded, p.Client.LeadsAWeek = now.Stopped, now.Detail, now.Guarded, now.LeadsAWeek
	case "wishes":
		said := p.Wishes.Counts.Said
		p.Wishes.Counts, _ = d.wishesIn()
		p.Wishes.Counts.Said = said
	}
}

// Stopped says that a client wants no texts about something.
func (p profilePage) Stopped(m conversations.Matter) bool {
	return slices.Contains(p.Client.Stopped, m)
}

// Rests says that nothing unasked goes on a day.
func (p profilePage) Rests(day int) bool {
	return slices.Contains(p.Client.RestDays, time.Weekday(day))
}

// Days are the days of a week as people count them, from Monday.
func (profilePage) Days() []int { return []int{1, 2, 3, 4, 5, 6, 0} }

// Mobile is the client's number.
func (p profilePage) Mobile() string {
	for _, r := range p.Reach {
		if r.Channel == conversations.SMS {
			return r.Address
		}
	}
	return ""
}

// Paused is the last day of a pause; empty without one.
func (p profilePage) Paused(now time.Time) string {
	if p.Client.PausedUntil.After(now) {
		return p.Client.PausedUntil.In(p.Zone).Format(time.DateOnly)
	}
	return ""
}

// Wording is plain, detail or guarded.
func (p profilePage) Wording() string {
	switch {
	case p.Client.Guarded:
		return "guarded"
	case p.Client.Detail:
		return "detail"
	}
	return "plain"
}

// What can be chosen on the page.

// Matters lists what texts can be about.
func (profilePage) Matters() []conversations.Matter { return conversations.Matters }

// Wordings lists how texts can be worded.
func (profilePage) Wordings() []string { return []string{"plain", "detail", "guarded"} }

// AllMilestones lists what can be reached.
func (profilePage) AllMilestones() []conversations.Milestone { return conversations.Milestones }

// Kinds lists the kinds of check-ins.
func (profilePage) Kinds() []conversations.CheckInKind { return conversations.CheckInKinds }

// Times, Traits and Permanences are the terms of work.
func (profilePage) Times() []conversations.Times { return conversations.AllTimes }

// Traits lists what work can be like.
func (profilePage) Traits() []conversations.Trait { return conversations.Traits }

// Permanences lists how long work can last.
func (profilePage) Permanences() []conversations.Permanence { return conversations.Permanences }

// Answers lists what a client can say about an employer.
func (profilePage) Answers() []conversations.EmployerContact { return conversations.EmployerContacts }

// Tells lists what somebody may be told.
func (profilePage) Tells() []conversations.Tell { return conversations.Tells }

// Feels is what a client likes or avoids of a trait.
func (p profilePage) Feels(t conversations.Trait) string {
	switch {
	case slices.Contains(p.Wishes.Counts.Likes, t):
		return "likes"
	case slices.Contains(p.Wishes.Counts.Avoids, t):
		return "avoids"
	}
	return "open"
}

// NotAt says that a client does not want to work at a time.
func (p profilePage) NotAt(t conversations.Times) bool {
	return slices.Contains(p.Wishes.Counts.NotAt, t)
}

// Takes says that a client would take a job of a permanence.
func (p profilePage) Takes(k conversations.Permanence) bool {
	return slices.Contains(p.Wishes.Counts.Permanence, k)
}

// Areas are where a client can get to, as they stand in the form.
func (p profilePage) Areas() string { return strings.Join(p.Wishes.Counts.Areas, ", ") }
