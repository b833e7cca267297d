package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// auditPage is who read and who changed what, the latest first.
type auditPage struct {
	Lines []auditLine
	Next  string
	// What was chosen, as it stands in the form.
	Account, What, Subject, From, To string
	Accounts                         []store.Account
	// CSV is where the same lines are to be had as a file.
	CSV string
}

// auditLine is one line with whose and about whom it is, as far as the reader may
// know.
type auditLine struct {
	store.AuditEntry
	When       time.Time
	By, Client string
}

func (c *Console) audit(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := allowed(who, signin.ReadAudit); err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	filter := signin.AuditFilter(r, c.clockZone())
	filter.Latest = true
	if err := c.noted(ctx, who, "audit.read", filter.Subject); err != nil {
		return err
	}
	list, next, err := c.Store.AuditOf(ctx, filter, store.Page{After: q.Get("after")})
	if err != nil {
		return err
	}
	p := auditPage{Account: q.Get("account"), What: filter.What, Subject: filter.Subject, From: q.Get("from"), To: q.Get("to")}
	chosen := url.Values{}
	for _, name := range []string{"account", "what", "subject", "from", "to"} {
		if v := q.Get(name); v != "" {
			chosen.Set(name, v)
		}
	}
	p.CSV = "/audit.csv"
	if len(chosen) > 0 {
		p.CSV += "?" + chosen.Encode()
	}
	if next != "" {
		chosen.Set("after", next)
		p.Next = "/audit?" + chosen.Encode()
	}
	for page := (store.Page{Limit: 200}); ; {
		accounts, next, err := c.Store.Accounts(ctx, page)
		if err != nil {
			return err
		}
		p.Accounts = append(p.Accounts, accounts...)
		if page.After = next; next == "" {
			break
		}
	}
	names, err := c.namesFor(ctx, who)
	if err != nil {
		return err
	}
	for _, e := range list {
		line := auditLine{AuditEntry: e, When: e.At.In(c.clockZone()), Client: names[conversations.ClientID(e.Subject)]}
		if i := slices.IndexFunc(p.Accounts, func(a store.Account) bool { return a.ID == e.Account }); i >= 0 {
			line.By = p.Accounts[i].Name
		}
		p.Lines = append(p.Lines, line)
	}
	c.Render(w, r, http.StatusOK, "audit", p)
	return nil
}

// namesFor are the names of the open clients whom the reader sees; none for an
// administrator, who has no business with them.
func (c *Console) namesFor(ctx context.Context, who signin.Who) (map[conversations.ClientID]string, error) {
	if !who.May(signin.ReadClients) {
		return nil, nil
	}
	rows, err := c.seen(ctx, who)
	names := map[conversations.ClientID]string{}
	for _, row := range rows {
		names[row.ID] = row.FullName
	}
	return names, err
}
