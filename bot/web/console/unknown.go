package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// unknownPage lists who wrote from an address that nobody on the caseload has.
type unknownPage struct {
	List []stranger
	Next string
}

// stranger is one of them.
type stranger struct {
	store.Stranger
	// To is the address of their page.
	To string
}

func strangerAt(peer string) string { return "/team/unknown/" + url.PathEscape(peer) }

func (c *Console) unknown(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	if !oversees(who) {
		return errForbidden
	}
	list, next, err := c.Store.Strangers(r.Context(), store.Page{After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	if err := c.noted(r.Context(), who, "unknown.listed", ""); err != nil {
		return err
	}
	p := unknownPage{Next: next}
	for _, s := range list {
		p.List = append(p.List, stranger{s, strangerAt(s.Peer)})
	}
	// Who waits comes first; among them whoever wrote last.
	slices.SortStableFunc(p.List, func(a, b stranger) int { return empty(a.Waiting+a.Alerts == 0, b.Waiting+b.Alerts == 0) })
	c.Render(w, r, http.StatusOK, "unknown", p)
	return nil
}

// strangerPage is one of them with what was said.
type strangerPage struct {
	slip
	store.UnknownSender
	Page   string
	Thread []message
	Before string
	Flags  []store.Flag
	Alerts []store.Alert
	Route  string
	May    bool
	// SMS says that it is a number, which can be given to a client.
	SMS bool
	// Search is a name that was looked for, Found the clients who have it, Client
	// the one that was chosen.
	Search string
	Found  []store.ClientRow
	Client store.Client
	// Numbered says that the client has another number that this one replaces.
	Numbered bool
}

// strangerOf reads the unknown sender of a request.
func (c *Console) strangerOf(r *http.Request, who signin.Who) (store.UnknownSender, error) {
	if err := reads(who); err != nil {
		return store.UnknownSender{}, err
	}
	if !oversees(who) {
		return store.UnknownSender{}, errForbidden
	}
	return c.Store.Stranger(r.Context(), r.PathValue("peer"))
}

func (c *Console) stranger(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showStranger(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showStranger(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	sender, err := c.strangerOf(r, who)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if err := c.noted(ctx, who, "unknown.read", sender.Peer); err != nil {
		return err
	}
	t, err := c.Store.UnknownConversation(ctx, sender.Peer, r.URL.Query().Get("before"), shown)
	if err != nil {
		return err
	}
	p := strangerPage{
		slip: s, UnknownSender: sender, Page: strangerAt(sender.Peer), Before: t.Before, Alerts: t.Alerts, Route: c.Route,
		May: who.May(signin.ManageTeam), SMS: sender.From.Channel == conversations.SMS && sender.From.Value != "",
		Search: strings.TrimSpace(r.URL.Query().Get("q")),
	}
	view := clientPage{Zone: c.clockZone()}
	view.thread(t, lead(who))
	p.Thread = view.Thread
	for _, f := range t.Flags {
		if lead(who) || !f.ForLead() {
			p.Flags = append(p.Flags, f)
		}
	}
	if p.May && p.SMS {
		if err := c.chooseClient(ctx, r, &p); err != nil {
			return err
		}
	}
	c.Render(w, r, status, "stranger", p)
	return nil
}

// mostFound bounds how many clients a search for a name shows.
const mostFound = 20

// chooseClient finds the clients of a name, and the one that was chosen.
func (c *Console) chooseClient(ctx context.Context, r *http.Request, p *strangerPage) error {
	if id := r.FormValue("client"); id != "" {
		client, err := c.Store.Client(ctx, conversations.ClientID(id))
		if err != nil {
			return err
		}
		p.Client = client
		reach, err := c.Store.Reach(ctx, client.ID)
		p.Numbered = slices.ContainsFunc(reach, func(x store.Reach) bool { return x.Channel == conversations.SMS })
		return err
	}
	if p.Search == "" {
		return nil
	}
	specialists, err := c.everySpecialist(ctx)
	if err != nil {
		return err
	}
	all := make([]conversations.SpecialistID, len(specialists))
	for i, s := range specialists {
		all[i] = s.ID
	}
	rows, err := c.Store.Rows(ctx, all, true)
	if err != nil {
		return err
	}
	wanted := caseloadPage{Search: p.Search, Show: "all"}
	for _, row := range rows {
		if wanted.wants(row) && len(p.Found) < mostFound {
			p.Found = append(p.Found, row)
		}
	}
	return nil
}

func (c *Console) mayTakeStranger(who signin.Who, r *http.Request) error {
	if err := allowed(who, signin.ManageTeam); err != nil {
		return err
	}
	_, err := c.strangerOf(r, who)
	return err
}

// thisIs gives a client the number that a text came from. What they had agreed to
// was said on another number, and does not carry over.
func (c *Console) thisIs() deed {
	return deed{
		what: "unknown.is_client", subject: "peer", may: c.mayTakeStranger, again: c.showStranger,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			sender, err := c.strangerOf(r, who)
			if err != nil {
				return "", err
			}
			if sender.From.Channel != conversations.SMS || sender.From.Value == "" {
				return "", wrong("fault.form")
			}
			client, err := c.Store.Client(ctx, conversations.ClientID(r.PostFormValue("client")))
			switch {
			case isMissing(err):
				return "", wrongField("client", "choose")
			case err != nil:
				return "", err
			case !client.ClosedAt.IsZero():
				return "", wrong("fault.closed")
			}
			if err := c.Audit(ctx, who, "client.mobile", client.ID); err != nil {
				return "", err
			}
			number, err := c.Store.CheckMobile(ctx, client.ID, sender.From.Value)
			if err != nil {
				return "", err
			}
			reach, err := c.Store.Reach(ctx, client.ID)
			if err != nil {
				return "", err
			}
			has := func(x store.Reach) bool { return x.Channel == conversations.SMS && x.Address == number }
			if !slices.ContainsFunc(reach, has) {
				err := c.Event(ctx, conversations.Event{
					Kind: conversations.EventNumberChanged, At: c.Now(), Client: client.ID, From: conversations.Address{Channel: conversations.SMS, Value: number},
				})
				if err != nil {
					return "", err
				}
			}
			return to(client.ID, "team_number", "agreement"), c.lookedAt(ctx, who, sender.Peer)
		},
	}
}

// closeStranger says that somebody looked at what an unknown sender wrote.
func (c *Console) closeStranger() deed {
	return deed{
		what: "unknown.closed", subject: "peer", may: c.mayTakeStranger, again: c.showStranger,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			sender, err := c.strangerOf(r, who)
			if err != nil {
				return "", err
			}
			return "/team/unknown?done=team_closed", c.lookedAt(ctx, who, sender.Peer)
		},
	}
}

// strangersAlert reads an open alert of the unknown sender of a request.
func (c *Console) strangersAlert(r *http.Request, who signin.Who) (store.Alert, error) {
	sender, err := c.strangerOf(r, who)
	if err != nil {
		return store.Alert{}, err
	}
	t, err := c.Store.UnknownConversation(r.Context(), sender.Peer, "", 1)
	if err != nil {
		return store.Alert{}, err
	}
	i := slices.IndexFunc(t.Alerts, func(a store.Alert) bool { return string(a.ID) == r.PathValue("alert") })
	if i < 0 {
		return store.Alert{}, wrong("fault.alert_closed")
	}
	return t.Alerts[i], nil
}

// acknowledgeStranger says that a person is on an alert. It closes nothing.
func (c *Console) acknowledgeStranger() deed {
	return deed{
		what: "unknown.acknowledged", subject: "peer", may: c.mayTakeStranger, again: c.showStranger,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			a, err := c.strangersAlert(r, who)
			if err == nil {
				_, err = c.Store.AcknowledgeAlert(ctx, a.ID, by(who), c.Now())
			}
			return strangerAt(r.PathValue("peer")) + "?done=acknowledged#alerts", err
		},
	}
}

// strangersOutcome ends an alert by what was done.
func (c *Console) strangersOutcome() deed {
	return deed{
		what: "unknown.outcome", subject: "peer", may: c.mayTakeStranger, again: c.showStranger,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			said := strings.TrimSpace(r.PostFormValue("outcome"))
			if said == "" {
				return "", wrong("fault.no_outcome")
			}
			a, err := c.strangersAlert(r, who)
			if err == nil {
				_, err = c.Store.CloseAlert(ctx, a.ID, said, by(who), c.Now())
			}
			return strangerAt(r.PathValue("peer")) + "?done=outcome", err
		},
	}
}

// lookedAt takes down what stands of an unknown sender. An alert stays: a recorded
// outcome closes it, and nothing else.
func (c *Console) lookedAt(ctx context.Context, who signin.Who, peer string) error {
	t, err := c.Store.UnknownConversation(ctx, peer, "", 1)
	if err != nil {
		return err
	}
	for _, f := range t.Flags {
		if err := c.Store.CloseFlag(ctx, f.ID, string(by(who)), c.Now()); err != nil {
			return err
		}
	}
	return nil
}
