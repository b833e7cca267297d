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

// teamRoutes are the pages about who does what for whom.
func (c *Console) teamRoutes() map[string]handler {
	return map[string]handler{
		"GET /team":                                            c.team,
		"GET /team/waiting":                                    c.queue,
		"POST /team/absences":                                  c.posted(c.addAbsence()),
		"GET /team/absences/{absence}":                         c.absence,
		"POST /team/absences/{absence}":                        c.posted(c.changeAbsence()),
		"POST /team/absences/{absence}/end":                    c.posted(c.endAbsence()),
		"GET /team/hand-over":                                  c.handOver,
		"POST /team/hand-over":                                 c.posted(c.handOverAll()),
		"GET /clients/{client}/hand-over":                      c.handOverOne,
		"POST /clients/{client}/hand-over":                     c.posted(c.handOneOver()),
		"GET /team/unknown":                                    c.unknown,
		"GET /team/unknown/{peer}":                             c.stranger,
		"POST /team/unknown/{peer}/client":                     c.posted(c.thisIs()),
		"POST /team/unknown/{peer}/close":                      c.posted(c.closeStranger()),
		"POST /team/unknown/{peer}/alerts/{alert}/acknowledge": c.posted(c.acknowledgeStranger()),
		"POST /team/unknown/{peer}/alerts/{alert}/outcome":     c.posted(c.strangersOutcome()),
	}
}

// oversees says that somebody looks after all caseloads, or reads them all.
func oversees(who signin.Who) bool { return who.Sees("") }

// teamPage is who is away, who covers, and how much there is on each caseload;
// for a specialist no more than their own absences and whom they cover.
type teamPage struct {
	slip
	// Manages says that the reader may change it for everybody, Own that they may
	// for themselves.
	Manages, Own, Oversees bool
	Loads                  []load
	Waiting                []waiting
	More                   int
	Absences               []away
	Covered                []string
	Specialists            []store.Specialist
	Of                     conversations.SpecialistID
	Today                  string
	Unknown                int
}

// load is how much there is on one caseload.
type load struct {
	store.Workload
	// Full says that there are as many clients as there should be, Over more.
	Full, Over bool
	// Away says that they are away now; Cover is who stands in.
	Away  bool
	Cover string
}

// away is one absence as a page shows it.
type away struct {
	store.Absence
	Name, CoverName string
	// First and Last are its first and last day.
	First, Last time.Time
	// State is now, coming or over.
	State string
	// May says that the reader may change it.
	May bool
	// StandsIn names who does just now, where it is another than was named; Lead
	// says that it is the lead.
	StandsIn string
	Lead     bool
}

// summaryKept is how long an absence that is over stays on the page, for its
// summary.
const summaryKept = 28 * 24 * time.Hour

func (c *Console) team(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showTeam(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showTeam(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx, now := r.Context(), c.Now()
	p := teamPage{
		slip: s, Manages: who.May(signin.ManageTeam), Own: who.Specialist != "" && who.May(signin.ChangeClients), Oversees: oversees(who),
		Of: who.Specialist, Today: now.In(c.clockZone()).Format(time.DateOnly),
	}
	var err error
	if p.Specialists, err = c.everySpecialist(ctx); err != nil {
		return err
	}
	if p.Absences, err = c.absences(ctx, who, p.Specialists); err != nil {
		return err
	}
	for _, of := range who.Covers {
		p.Covered = append(p.Covered, nameOf(p.Specialists, of))
	}
	if p.Oversees {
		if err := c.overview(ctx, who, &p); err != nil {
			return err
		}
	}
	c.Render(w, r, status, "team", p)
	return nil
}

// firstWaiting is how many of those who wait longest the team's page shows.
const firstWaiting = 5

// overview reads what is for those who look after all caseloads.
func (c *Console) overview(ctx context.Context, who signin.Who, p *teamPage) error {
	loads, err := c.Store.Workloads(ctx, !lead(who))
	if err != nil {
		return err
	}
	for _, l := range loads {
		row := load{Workload: l, Full: l.Clients == store.FullCaseload, Over: l.Clients > store.FullCaseload}
		if i := slices.IndexFunc(p.Absences, func(a away) bool { return a.Specialist == l.Specialist && a.State == "now" }); i >= 0 {
			row.Away, row.Cover = true, cmp.Or(p.Absences[i].StandsIn, p.Absences[i].CoverName)
		}
		p.Loads = append(p.Loads, row)
	}
	all, err := c.unanswered(ctx, who)
	if err != nil {
		return err
	}
	p.Waiting = all[:min(len(all), firstWaiting)]
	p.More = len(all) - len(p.Waiting)
	strangers, _, err := c.Store.Strangers(ctx, store.Page{Limit: 200})
	for _, s := range strangers {
		if s.Waiting+s.Alerts > 0 {
			p.Unknown++
		}
	}
	return err
}

// queuePage is every text that nobody has answered, whoever's client wrote it.
type queuePage struct {
	Waiting []waiting
	Names   map[conversations.SpecialistID]string
	// Cut says that there are more than the page shows.
	Cut bool
}

// queue shows the texts of all caseloads that nobody has looked at, the longest
// waiting first.
func (c *Console) queue(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	if !oversees(who) {
		return errForbidden
	}
	ctx := r.Context()
	all, err := c.unanswered(ctx, who)
	if err != nil {
		return err
	}
	specialists, err := c.everySpecialist(ctx)
	if err != nil {
		return err
	}
	p := queuePage{Waiting: all, Names: map[conversations.SpecialistID]string{"": ""}, Cut: len(all) >= 200}
	for _, s := range specialists {
		p.Names[s.ID] = s.Name
	}
	c.Render(w, r, http.StatusOK, "team_waiting", p)
	return nil
}

// unanswered reads the texts of everybody that nobody has looked at: one line for
// each person, the longest waiting first.
func (c *Console) unanswered(ctx context.Context, who signin.Who) ([]waiting, error) {
	now := c.Now()
	from := midnight(now, c.zone())
	all, err := c.Store.Today(ctx, store.TodayFilter{Everybody: true, NotForLead: !lead(who), From: from, To: from})
	if err != nil {
		return nil, err
	}
	var p todayPage
	for _, f := range all.Flags {
		if f.Message != "" {
			p.sort(f, now, c.zone())
		}
	}
	list := slices.Concat(p.Texts, p.Proposals)
	slices.SortStableFunc(list, func(a, b waiting) int { return a.Since.Compare(b.Since) })
	return list, nil
}

// clockZone is where the service's own clock runs.
func (c *Console) clockZone() *time.Location {
	if c.Pathway.Zone != nil {
		return c.Pathway.Zone
	}
	return c.zone()
}

// everySpecialist reads all specialists of the service.
func (c *Console) everySpecialist(ctx context.Context) (all []store.Specialist, err error) {
	for page := (store.Page{Limit: 200}); ; {
		list, next, err := c.Store.Specialists(ctx, page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if page.After = next; next == "" {
			return all, nil
		}
	}
}

// nameOf is the name of one of the specialists; empty for one who is not there.
func nameOf(all []store.Specialist, id conversations.SpecialistID) string {
	if i := slices.IndexFunc(all, func(s store.Specialist) bool { return s.ID == id }); i >= 0 {
		return all[i].Name
	}
	return ""
}

// colleague reads a specialist that a form names, in the field of that name.
func (c *Console) colleague(ctx context.Context, name, id string) (store.Specialist, error) {
	if id == "" {
		return store.Specialist{}, wrongField(name, "choose")
	}
	s, err := c.Store.Specialist(ctx, conversations.SpecialistID(id))
	if isMissing(err) {
		err = wrongField(name, "choose")
	}
	return s, err
}
