package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// todayPage is who needs the reader, in order.
type todayPage struct {
	Alerts []store.NamedAlert
	// Texts wait for an answer, Proposals for a decision, Undelivered for another
	// way, Others for a look: each one line per client, the longest waiting first.
	Texts, Proposals, Undelivered, Others []waiting
	Meetings                              []store.NamedAppointment
	Due                                   []due
	// Everybody says that it is about all caseloads. Of and Specialists let whoever
	// sees them all choose one.
	Everybody   bool
	Of          conversations.SpecialistID
	Specialists []store.Specialist
	Nothing     bool
	Hour        int
}

// waiting is one client on a list, for one reason or several.
type waiting struct {
	store.Named
	Peer    string
	Reasons []conversations.FlagReason
	Since   time.Time
	// Meeting is what a proposal is about, in the client's own zone.
	Meeting conversations.Appointment
	Flag    string
}

// due is something that the pathway, a meeting or the action plan asks for.
type due struct {
	Client conversations.ClientID
	Name   string
	// Kind is step, attendance or task; Text is the pathway's own words of a step
	// by language, What the task in the words of the plan.
	Kind string
	// Step is the pathway's name of a step.
	Step string
	Text map[string]string
	What string
	By   time.Time
	Late bool
}

func (c *Console) today(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx, now := r.Context(), c.Now()
	p := todayPage{Of: conversations.SpecialistID(r.URL.Query().Get("of"))}
	of := own(who, p.Of)
	p.Everybody = len(of) == 0
	var err error
	if p.Specialists, err = c.choices(ctx, who); err != nil {
		return err
	}
	from := midnight(now, c.zone())
	all, err := c.Store.Today(ctx, store.TodayFilter{
		Specialists: of, Everybody: p.Everybody, NotForLead: !lead(who), From: from, To: from.AddDate(0, 0, 1),
	})
	if err != nil {
		return err
	}
	p.Alerts, p.Meetings, p.Hour = all.Alerts, all.Appointments, now.In(c.zone()).Hour()
	for _, f := range all.Flags {
		p.sort(f, now, c.zone())
	}
	if p.Due, err = c.due(ctx, of); err != nil {
		return err
	}
	p.Nothing = len(p.Alerts)+len(p.Texts)+len(p.Proposals)+len(p.Undelivered)+len(p.Others)+len(p.Meetings)+len(p.Due) == 0
	c.Render(w, r, http.StatusOK, "today", p)
	return nil
}

// choices are the specialists of whom somebody can choose one: who sees all.
func (c *Console) choices(ctx context.Context, who signin.Who) ([]store.Specialist, error) {
	if !who.Sees("") {
		return nil, nil
	}
	list, _, err := c.Store.Specialists(ctx, store.Page{Limit: 200})
	return list, err
}

// zone is where the service is: a day of the reader's begins by it.
func (c *Console) zone() *time.Location { return zoneOf("Europe/London") }

func midnight(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// Which list a flag is on. What is on none of these is a text if it holds one,
// and else something to look at.
var (
	proposals   = []conversations.FlagReason{conversations.FlagChangeAsked, conversations.FlagProposalUnclear, conversations.FlagCannot}
	undelivered = []conversations.FlagReason{
		conversations.FlagUndelivered, conversations.FlagMayNotBeSent, conversations.FlagNotSent, conversations.FlagAnswerNotSent,
		conversations.FlagBlocked,
	}
	// notices hold a text and wait for no answer to it.
	notices = []conversations.FlagReason{conversations.FlagCorrected, conversations.FlagNotUndone, conversations.FlagSettings}
)

// sort puts a flag on its list.
func (p *todayPage) sort(f store.NamedFlag, now time.Time, zone *time.Location) {
	row := waiting{Named: f.Named, Peer: f.Peer, Reasons: []conversations.FlagReason{f.Reason}, Since: f.RaisedAt, Flag: f.ID}
	list := &p.Others
	switch {
	case slices.Contains(undelivered, f.Reason):
		list = &p.Undelivered
	case slices.Contains(proposals, f.Reason) && f.Meeting.ID != "" && f.Meeting.At.After(now.Add(-over)):
		row.Meeting = f.Meeting
		row.Meeting.At = row.Meeting.At.In(zone)
		if !row.Meeting.Proposed.IsZero() {
			row.Meeting.Proposed = row.Meeting.Proposed.In(zone)
		}
		p.Proposals = append(p.Proposals, row)
		return
	case f.Message != "" && !slices.Contains(notices, f.Reason):
		list = &p.Texts
	}
	// One line for each person: what they wait for is answered together.
	for i := range *list {
		if have := &(*list)[i]; have.Peer == f.Peer {
			if !slices.Contains(have.Reasons, f.Reason) {
				have.Reasons = append(have.Reasons, f.Reason)
			}
			return
		}
	}
	*list = append(*list, row)
}

// due works out what is asked of some specialists, the soonest first.
func (c *Console) due(ctx context.Context, of []conversations.SpecialistID) ([]due, error) {
	var list []due
	if len(of) == 0 {
		return nil, nil
	}
	rows, err := c.Store.Rows(ctx, of, true)
	if err != nil {
		return nil, err
	}
	names := map[conversations.ClientID]string{}
	for _, r := range rows {
		names[r.ID] = r.FullName
	}
	for _, specialist := range of {
		all, err := c.Store.UnderwayOf(ctx, specialist)
		if err != nil {
			return nil, err
		}
		for _, u := range all {
			list = append(list, c.dueOf(u, names[u.Client])...)
		}
	}
	slices.SortStableFunc(list, func(a, b due) int { return cmp.Or(a.By.Compare(b.By), cmp.Compare(a.Name, b.Name)) })
	return list, nil
}

// dueOf works out what is asked for one client.
func (c *Console) dueOf(u store.Underway, name string) (list []due) {
	now := c.Now().In(u.Zone)
	today := midnight(now, u.Zone)
	for _, d := range c.Pathway.Dues(u.Progress, now) {
		row := due{Client: u.Client, Name: name, Kind: "meeting", By: d.By, Late: d.Late}
		if i := slices.IndexFunc(c.Pathway.Steps, func(s conversations.Step) bool { return s.Name == d.Step }); i >= 0 {
			row.Kind, row.Step, row.Text = "step", d.Step, c.Pathway.Steps[i].Text
		}
		list = append(list, row)
	}
	for _, m := range u.Unrecorded {
		list = append(list, due{Client: u.Client, Name: name, Kind: "attendance", By: m.At, Late: m.At.Before(today)})
	}
	for _, t := range u.Tasks {
		row := due{Client: u.Client, Name: name, Kind: "task", What: t.What, By: t.Due.In(u.Zone), Late: !t.Due.IsZero() && t.Due.Before(today)}
		if t.Due.IsZero() {
			row.By = t.ChangedAt.In(u.Zone)
		}
		list = append(list, row)
	}
	return list
}
