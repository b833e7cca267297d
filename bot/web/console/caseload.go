package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// caseloadPage is a caseload, searched, filtered and sorted.
type caseloadPage struct {
	Rows []store.ClientRow
	// All is how many there are before anything was chosen.
	All int
	// What was chosen, as it stands in the form.
	Search, Stage, Show, Sort string
	Of                        conversations.SpecialistID
	Stages                    []conversations.StageRule
	Specialists               []store.Specialist
	// Chooses says that the reader may do something for many, Ticked that everybody
	// who is shown is chosen.
	Chooses, Ticked bool
	// Choose asks whoever looks after nobody themselves to choose a specialist.
	Choose bool
}

// Shows and sorts are what the form offers, the first where nothing was chosen.
var (
	shows = []string{"all", "waiting", "unconfirmed", "no_meeting", "unreachable", "held"}
	sorts = []string{"waiting", "name", "heard", "next"}
)

func (c *Console) caseload(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	q := r.URL.Query()
	p := caseloadPage{
		Search: strings.TrimSpace(q.Get("q")), Stage: q.Get("stage"), Show: chosen(q.Get("show"), shows), Sort: chosen(q.Get("sort"), sorts),
		Of: conversations.SpecialistID(q.Get("of")), Stages: c.Pathway.Stages,
		Chooses: who.May(signin.ChangeClients), Ticked: q.Get("tick") == "all",
	}
	var err error
	if p.Specialists, err = c.choices(r.Context(), who); err != nil {
		return err
	}
	of := own(who, p.Of)
	p.Choose = len(of) == 0
	rows, err := c.Store.Rows(r.Context(), of, !lead(who))
	if err != nil {
		return err
	}
	p.All = len(rows)
	for _, row := range rows {
		if p.wants(row) {
			p.Rows = append(p.Rows, row)
		}
	}
	p.order()
	c.Render(w, r, http.StatusOK, "caseload", p)
	return nil
}

// chosen is what was asked for if it is offered, else the first.
func chosen(asked string, offered []string) string {
	if slices.Contains(offered, asked) {
		return asked
	}
	return offered[0]
}

// wants says whether a client is among those that were asked for.
func (p caseloadPage) wants(row store.ClientRow) bool {
	for word := range strings.FieldsSeq(strings.ToLower(p.Search)) {
		if !strings.Contains(strings.ToLower(row.FullName+" "+row.Name), word) {
			return false
		}
	}
	if p.Stage != "" && string(row.Stage) != p.Stage {
		return false
	}
	switch p.Show {
	case "waiting":
		return row.Waiting+row.Alerts > 0
	case "unconfirmed":
		return row.Next.ID != "" && row.Next.Status != conversations.Confirmed
	case "no_meeting":
		return row.Next.ID == ""
	case "unreachable":
		return !row.Reachable
	case "held":
		return !row.HeldAt.IsZero() || row.Circumstance != ""
	}
	return true
}

// order sorts the rows; those with nothing to sort by come last. They come by
// name, so that equals stay so.
func (p caseloadPage) order() {
	switch p.Sort {
	case "waiting":
		slices.SortStableFunc(p.Rows, func(a, b store.ClientRow) int {
			if alerts := cmp.Compare(b.Alerts, a.Alerts); alerts != 0 {
				return alerts
			}
			return cmp.Or(empty(a.Since.IsZero(), b.Since.IsZero()), a.Since.Compare(b.Since))
		})
	case "heard":
		slices.SortStableFunc(p.Rows, func(a, b store.ClientRow) int { return a.Heard.Compare(b.Heard) })
	case "next":
		slices.SortStableFunc(p.Rows, func(a, b store.ClientRow) int {
			return cmp.Or(empty(a.Next.ID == "", b.Next.ID == ""), a.Next.At.Compare(b.Next.At))
		})
	}
}

// empty puts what is empty last.
func empty(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Link is the address of the same list with everybody on it chosen, or nobody.
func (p caseloadPage) Link(ticked bool) string {
	q := url.Values{"q": {p.Search}, "stage": {p.Stage}, "show": {p.Show}, "sort": {p.Sort}, "of": {string(p.Of)}}
	if ticked {
		q.Set("tick", "all")
	}
	return "/caseload?" + q.Encode()
}

// Shows and Sorts are for the form.
func (caseloadPage) Shows() []string { return shows }

// Sorts lists by what a caseload can be sorted.
func (caseloadPage) Sorts() []string { return sorts }
