package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/leads"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// boardRoutes are the pages of job leads.
func (c *Console) boardRoutes() map[string]handler {
	return map[string]handler{
		"GET /leads":                c.board,
		"GET /leads/new":            c.newLead,
		"POST /leads":               c.posted(c.addLead()),
		"GET /leads/{lead}":         c.lead,
		"GET /leads/{lead}/edit":    c.editLead,
		"POST /leads/{lead}":        c.posted(c.changeLead()),
		"POST /leads/{lead}/filled": c.posted(c.fillLead(true)),
		"POST /leads/{lead}/open":   c.posted(c.fillLead(false)),
	}
}

// overKept is how long a lead that cannot be had any more is on the board.
const overKept = 90 * 24 * time.Hour

// boardPage is the leads that can be had, or those that cannot any more.
type boardPage struct {
	Rows []boardRow
	Over bool
	May  bool
}

// boardRow is one lead with what became of it.
type boardRow struct {
	store.LeadRow
	Answers []answer
	Why     []conversations.Preference
	// Fits counts the clients of the reader's whose wishes nothing in it speaks
	// against, Wishes those who have any.
	Fits, Wishes int
	Soon         bool
}

// answer is how many said one thing to it.
type answer struct {
	Status conversations.OfferStatus
	Count  int
}

// closesSoon is when the board begins to say that a lead closes soon.
const closesSoon = 3 * 24 * time.Hour

// said puts the answers in their order.
func said(counts map[conversations.OfferStatus]int) (list []answer) {
	for _, s := range []conversations.OfferStatus{
		conversations.OfferApplied, conversations.OfferInterested, conversations.OfferOpen, conversations.OfferNotInterested, conversations.OfferWithdrawn,
	} {
		if counts[s] > 0 {
			list = append(list, answer{s, counts[s]})
		}
	}
	return list
}

func (c *Console) board(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx, now := r.Context(), c.Now()
	p := boardPage{Over: r.URL.Query().Get("show") == "over", May: who.May(signin.ChangeClients)}
	rows, err := c.Store.Board(ctx, p.Over, now.Add(-overKept))
	if err != nil {
		return err
	}
	wishes, err := c.wishesOf(ctx, who)
	if err != nil {
		return err
	}
	for _, l := range rows {
		row := boardRow{LeadRow: l, Answers: said(l.Answers), Wishes: len(wishes), Soon: !l.Closes.IsZero() && l.Closes.Sub(now) < closesSoon}
		row.Closes = inZone(l.Closes, c.clockZone())
		row.FilledAt = inZone(l.FilledAt, c.clockZone())
		for _, wish := range wishes {
			if conversations.MatchJob(l.Job(), wish.Counts).Fits() {
				row.Fits++
			}
		}
		for why := range l.Why {
			row.Why = append(row.Why, why)
		}
		slices.SortFunc(row.Why, func(a, b conversations.Preference) int {
			return cmp.Or(cmp.Compare(l.Why[b], l.Why[a]), cmp.Compare(a, b))
		})
		p.Rows = append(p.Rows, row)
	}
	// What closes soonest comes first, then what has no last day.
	slices.SortStableFunc(p.Rows, func(a, b boardRow) int {
		return cmp.Or(empty(a.Closes.IsZero(), b.Closes.IsZero()), a.Closes.Compare(b.Closes))
	})
	c.Render(w, r, http.StatusOK, "leads", p)
	return nil
}

func inZone(at time.Time, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(zone)
}

// wishesOf are the wishes of the open clients whom the reader sees.
func (c *Console) wishesOf(ctx context.Context, who signin.Who) (map[conversations.ClientID]store.Wishes, error) {
	if !oversees(who) && who.Specialist == "" {
		return nil, nil
	}
	of := who.Specialist
	if oversees(who) {
		of = ""
	}
	return c.Store.WishesOf(ctx, of)
}

// leadPage is one lead: what is known of it, for whom it may be, and what those
// said to whom it was offered.
type leadPage struct {
	store.Lead
	// Open says that it can be had; May that the reader may change it.
	Open, May bool
	// Offered are those to whom it was offered, Suits the others; Elsewhere counts
	// the offers to clients whom the reader does not see.
	Offered   []suit
	Suits     []suit
	Elsewhere int
}

// suit is how a lead suits one client.
type suit struct {
	store.ClientRow
	conversations.Match
	Offer store.Offer
	Wish  bool
}

func (c *Console) lead(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx, zone := r.Context(), c.clockZone()
	l, err := c.Store.Lead(ctx, conversations.LeadID(r.PathValue("lead")))
	if err != nil {
		return err
	}
	p := leadPage{Lead: l, May: who.May(signin.ChangeClients), Open: !l.Filled && (l.Closes.IsZero() || l.Closes.After(c.Now()))}
	p.Closes, p.FilledAt = inZone(l.Closes, zone), inZone(l.FilledAt, zone)
	rows, err := c.seen(ctx, who)
	if err != nil {
		return err
	}
	wishes, err := c.wishesOf(ctx, who)
	if err != nil {
		return err
	}
	offers := map[conversations.ClientID]store.Offer{}
	for page := (store.Page{Limit: 200}); ; {
		list, next, err := c.Store.OffersOfLead(ctx, l.ID, page)
		if err != nil {
			return err
		}
		for _, o := range list {
			offers[o.Client] = o
		}
		if page.After = next; next == "" {
			break
		}
	}
	p.Elsewhere = len(offers)
	for _, row := range rows {
		wish, known := wishes[row.ID]
		s := suit{ClientRow: row, Match: conversations.MatchJob(l.Job(), wish.Counts), Wish: known}
		if o, offered := offers[row.ID]; offered {
			s.Offer = o
			p.Offered, p.Elsewhere = append(p.Offered, s), p.Elsewhere-1
			continue
		}
		p.Suits = append(p.Suits, s)
	}
	// First what has least against it, then what has least to ask about, as the
	// API lists them; who has no wishes comes behind those who have.
	slices.SortStableFunc(p.Suits, func(a, b suit) int {
		return cmp.Or(
			cmp.Compare(len(a.Against()), len(b.Against())), empty(!a.Wish, !b.Wish), cmp.Compare(len(a.Ask()), len(b.Ask())),
		)
	})
	c.Render(w, r, http.StatusOK, "lead", p)
	return nil
}

// seen are the open clients whom somebody sees, in the order of their names.
func (c *Console) seen(ctx context.Context, who signin.Who) ([]store.ClientRow, error) {
	of := own(who, "")
	if oversees(who) {
		all, err := c.everySpecialist(ctx)
		if err != nil {
			return nil, err
		}
		of = nil
		for _, s := range all {
			of = append(of, s.ID)
		}
	}
	return c.Store.Rows(ctx, of, !lead(who))
}

// leadForm is a lead that is added or changed.
type leadForm struct {
	slip
	ID          conversations.LeadID
	Lead        store.Lead
	Times       []conversations.Times
	Traits      []conversations.Trait
	Permanences []conversations.Permanence
	Today       string
	Closing     time.Time
}

// Duties are what somebody does there, a line each.
func (p leadForm) Duties() string {
	var lines []string
	for _, d := range p.Lead.Work.Job.Duties {
		lines = append(lines, d.Text)
	}
	return strings.Join(lines, "\n")
}

// Has says whether a value is among those that the lead has.
func (p leadForm) Has(list, value string) bool {
	switch list {
	case "times":
		return p.Ticked(list, value, slices.Contains(p.Lead.Work.Job.Times, conversations.Times(value)))
	case "traits":
		return p.Ticked(list, value, slices.Contains(p.Lead.Work.Job.Traits, conversations.Trait(value)))
	}
	return p.Typed(list, string(p.Lead.Work.Job.Permanence)) == value
}

// Number is a number in a field; empty for 0.
func (p leadForm) Number(name string, n int) string {
	if n == 0 {
		return p.Typed(name, "")
	}
	return p.Typed(name, strconv.Itoa(n))
}

// Clock is a time of day in a field; empty for none.
func (p leadForm) Clock(name string, m int) string {
	if m == 0 {
		return p.Typed(name, "")
	}
	return p.Typed(name, minutes(m))
}

// When is a part of the last moment to apply, in a field.
func (p leadForm) When(name, layout string) string {
	if p.Closing.IsZero() {
		return p.Typed(name, "")
	}
	return p.Typed(name, p.Closing.Format(layout))
}

func (c *Console) newLead(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showLeadForm(w, r, who, http.StatusOK, slip{})
}

func (c *Console) editLead(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showLeadForm(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showLeadForm(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	if err := allowed(who, signin.ChangeClients); err != nil {
		return err
	}
	p := leadForm{
		slip: s, ID: conversations.LeadID(r.PathValue("lead")), Times: conversations.AllTimes, Traits: conversations.Traits,
		Permanences: conversations.Permanences, Today: c.Now().In(c.clockZone()).Format(time.DateOnly),
	}
	if p.ID != "" {
		var err error
		if p.Lead, err = c.Store.Lead(r.Context(), p.ID); err != nil {
			return err
		}
		p.Closing = inZone(p.Lead.Closes, c.clockZone())
	}
	c.Render(w, r, status, "lead_form", p)
	return nil
}

// desk is where leads are kept.
func (c *Console) desk() leads.Desk {
	return leads.Desk{Store: c.Store, Event: c.Event, Now: c.Now, Pathway: c.Pathway}
}

// workFrom reads what is known of the work; was is what was known before.
func workFrom(form url.Values, was store.Work) (store.Work, error) {
	w := store.Work{
		Job: conversations.Job{
			Area: strings.TrimSpace(form.Get("district")), Permanence: conversations.Permanence(form.Get("permanence")),
		},
		Employer: form.Get("employer"), Place: form.Get("place"), Travel: form.Get("travel"), Environment: form.Get("environment"),
	}
	if text := form.Get("starts"); text != "" {
		at, err := time.Parse("15:04", text)
		if err != nil {
			return w, wrongField("job.starts", "moment")
		}
		w.Job.Starts = at.Hour()*60 + at.Minute()
	}
	for _, v := range form["times"] {
		w.Job.Times = append(w.Job.Times, conversations.Times(v))
	}
	for _, v := range form["traits"] {
		w.Job.Traits = append(w.Job.Traits, conversations.Trait(v))
	}
	for line := range strings.SplitSeq(form.Get("duties"), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d := conversations.Duty{Text: line}
		// What a duty brings is known over the API; a line that stays keeps it.
		if i := slices.IndexFunc(was.Job.Duties, func(x conversations.Duty) bool { return x.Text == line }); i >= 0 {
			d.Traits = was.Job.Duties[i].Traits
		}
		w.Job.Duties = append(w.Job.Duties, d)
	}
	return w, nil
}

// hoursFrom and closesFrom read the hours and the last moment to apply of a form.
func hoursFrom(form url.Values) (int, error) {
	if form.Get("hours") == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(form.Get("hours"))
	if err != nil {
		return 0, wrongField("hours", "form")
	}
	return n, nil
}

func (c *Console) closesFrom(form url.Values) (time.Time, error) {
	if form.Get("date") == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly+" 15:04", form.Get("date")+" "+cmp.Or(form.Get("clock"), "17:00"), c.clockZone())
	if err != nil {
		return at, wrongField("closes", "moment")
	}
	return at.UTC(), nil
}

func (c *Console) addLead() deed {
	return deed{
		what: "lead.added", may: changesClients, again: c.showLeadForm,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			n := store.NewLead{
				Title: r.PostForm.Get("title"), Area: r.PostForm.Get("area"), Pay: r.PostForm.Get("pay"),
				More: strings.ReplaceAll(r.PostForm.Get("more"), "\r\n", "\n"), By: who.Specialist,
			}
			var err error
			if n.Hours, err = hoursFrom(r.PostForm); err != nil {
				return "", err
			}
			if n.Closes, err = c.closesFrom(r.PostForm); err != nil {
				return "", err
			}
			if n.Work, err = workFrom(r.PostForm, store.Work{}); err != nil {
				return "", err
			}
			id, err := c.desk().Add(ctx, n)
			return leadAt(id, "lead_added"), err
		},
	}
}

func leadAt(id conversations.LeadID, done string) string {
	return "/leads/" + url.PathEscape(string(id)) + "?done=" + done
}

func (c *Console) changeLead() deed {
	return deed{
		what: "lead.changed", subject: "lead", may: changesClients, again: c.showLeadForm,
		do: func(ctx context.Context, r *http.Request, _ signin.Who) (string, error) {
			l, err := c.Store.Lead(ctx, conversations.LeadID(r.PathValue("lead")))
			if err != nil {
				return "", err
			}
			var change store.LeadChange
			hours, err := hoursFrom(r.PostForm)
			if err != nil {
				return "", err
			}
			closes, err := c.closesFrom(r.PostForm)
			if err != nil {
				return "", err
			}
			work, err := workFrom(r.PostForm, l.Work)
			if err != nil {
				return "", err
			}
			change.Hours, change.Work = &hours, &work
			if !closes.Equal(l.Closes) {
				change.Closes = &closes
			}
			_, err = c.desk().Change(ctx, l.ID, change)
			return leadAt(l.ID, "lead_changed"), err
		},
	}
}

// fillLead says that somebody has the job, or does not have it after all.
func (c *Console) fillLead(filled bool) deed {
	what, done := "lead.filled", "lead_filled"
	if !filled {
		what, done = "lead.free_again", "lead_free"
	}
	again := func(w http.ResponseWriter, r *http.Request, who signin.Who, _ int, _ slip) error {
		return c.lead(w, r, who)
	}
	return deed{
		what: what, subject: "lead", may: changesClients, again: again,
		do: func(ctx context.Context, r *http.Request, _ signin.Who) (string, error) {
			l, err := c.desk().Change(ctx, conversations.LeadID(r.PathValue("lead")), store.LeadChange{Filled: &filled})
			return leadAt(l.ID, done), err
		},
	}
}
