package console

import (
	"cmp"
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

// nudgesPage lists what one specialist sent to many, or has planned.
type nudgesPage struct {
	Nudges      []store.Nudge
	Next        string
	Of          conversations.SpecialistID
	Specialists []store.Specialist
	Choose      bool
	Zone        *time.Location
}

func (c *Console) nudges(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	p := nudgesPage{Of: conversations.SpecialistID(q.Get("of")), Zone: c.zone()}
	var err error
	if p.Specialists, err = c.choices(ctx, who); err != nil {
		return err
	}
	of := own(who, p.Of)
	if p.Choose = len(of) == 0; !p.Choose {
		if p.Nudges, p.Next, err = c.Store.NudgesOf(ctx, of[0], store.Page{After: q.Get("after")}); err != nil {
			return err
		}
	}
	c.Render(w, r, http.StatusOK, "nudges", p)
	return nil
}

// nudgedPage is one nudge with what became of it.
type nudgedPage struct {
	Nudge  store.Nudge
	Zone   *time.Location
	Counts []fateCount
	// All is to how many it goes, Left how many of them wait for it still.
	All, Left int
	Rows      []nudgedRow
	// Others counts those on the page of the list whom the reader does not see.
	Others int
	Next   string
	// Stops and Cancels say what can be done about it still.
	Stops, Cancels bool
}

type fateCount struct {
	Fate  store.NudgeFate
	Count int
	// Reasons say why, where there is one.
	Reasons []reasonCount
}

type reasonCount struct {
	Reason string
	Count  int
}

type nudgedRow struct {
	Client store.Client
	Fate   store.NudgeFate
	Reason string
	// Due is when it may go, in the client's own time; zero if nothing waits.
	Due     time.Time
	Message conversations.MessageID
}

// nudgeSeen reads a nudge that the person may see: their own, or one of somebody
// for whose caseload they look.
func (c *Console) nudgeSeen(r *http.Request, who signin.Who) (store.Nudge, error) {
	if err := reads(who); err != nil {
		return store.Nudge{}, err
	}
	n, err := c.Store.Nudge(r.Context(), conversations.NudgeID(r.PathValue("nudge")))
	if err == nil && !who.Sees(n.By) {
		err = store.ErrNotFound
	}
	return n, err
}

func (c *Console) nudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	n, err := c.nudgeSeen(r, who)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := nudgedPage{Nudge: n, Zone: c.zone()}
	p.Nudge.At = n.At.In(p.Zone)
	counts, err := c.Store.NudgeCounts(ctx, n.ID)
	if err != nil {
		return err
	}
	p.count(counts)
	if err := c.nudgedRows(ctx, who, &p, r.URL.Query().Get("after")); err != nil {
		return err
	}
	if who.May(signin.ChangeClients) {
		p.Cancels = n.State == store.NudgePlanned
		p.Stops = n.State == store.NudgeRunning || n.State == store.NudgeDone && p.Left > 0
	}
	c.Render(w, r, http.StatusOK, "nudged", p)
	return nil
}

// count puts together what shares a fate, in the order in which it is told.
func (p *nudgedPage) count(counts []store.NudgeCount) {
	for _, n := range counts {
		fate := n.Fate()
		p.All += n.Count
		if fate == store.FatePlanned || fate == store.FateLater || fate == store.FateQueued {
			p.Left += n.Count
		}
		i := slices.IndexFunc(p.Counts, func(f fateCount) bool { return f.Fate == fate })
		if i < 0 {
			i = len(p.Counts)
			p.Counts = append(p.Counts, fateCount{Fate: fate})
		}
		p.Counts[i].Count += n.Count
		if n.Reason == "" {
			continue
		}
		j := slices.IndexFunc(p.Counts[i].Reasons, func(x reasonCount) bool { return x.Reason == n.Reason })
		if j < 0 {
			j = len(p.Counts[i].Reasons)
			p.Counts[i].Reasons = append(p.Counts[i].Reasons, reasonCount{Reason: n.Reason})
		}
		p.Counts[i].Reasons[j].Count += n.Count
	}
	slices.SortFunc(p.Counts, func(a, b fateCount) int {
		return cmp.Compare(slices.Index(store.NudgeFates, a.Fate), slices.Index(store.NudgeFates, b.Fate))
	})
}

// nudgedRows reads what became of it for each client whom the reader sees.
func (c *Console) nudgedRows(ctx context.Context, who signin.Who, p *nudgedPage, after string) error {
	list, next, err := c.Store.NudgeClients(ctx, p.Nudge.ID, store.Page{After: after, Limit: mostChosen})
	if err != nil {
		return err
	}
	p.Next = next
	ids := make([]conversations.ClientID, len(list))
	for i, n := range list {
		ids[i] = n.Client
	}
	clients, err := c.Store.SeveralClients(ctx, ids)
	if err != nil {
		return err
	}
	for _, client := range clients {
		if !who.Sees(client.Specialist) {
			p.Others++
			continue
		}
		n := list[slices.IndexFunc(list, func(n store.NudgeClient) bool { return n.Client == client.ID })]
		row := nudgedRow{Client: client, Fate: n.Fate(), Reason: n.Reason, Message: n.Message}
		if row.Fate == store.FateLater {
			row.Due = n.Due.In(zoneOf(client.Zone))
		}
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// stopNudge ends a nudge half-way: what no carrier has is taken back.
func (c *Console) stopNudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.endNudge(w, r, who, c.Store.StopNudge, "nudge_stopped")
}

// cancelNudge ends a nudge before it has begun.
func (c *Console) cancelNudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.endNudge(w, r, who, c.Store.CancelNudge, "nudge_cancelled")
}

func (c *Console) endNudge(w http.ResponseWriter, r *http.Request, who signin.Who, end func(context.Context, conversations.NudgeID) error, done string) error {
	if err := writes(who); err != nil {
		return err
	}
	n, err := c.nudgeSeen(r, who)
	if err != nil {
		return err
	}
	// Here the subject of the entry is the nudge.
	if err := c.Audit(r.Context(), who, strings.Replace(done, "_", ".", 1), conversations.ClientID(n.ID)); err != nil {
		return err
	}
	if err := end(r.Context(), n.ID); err != nil {
		if faultOf(err, c.words) == nil {
			return err
		}
		done = "nudge_over" // It was at its end already, or began in this moment.
	}
	return seeOther(w, r, "/nudges/"+url.PathEscape(string(n.ID))+"?done="+done)
}
