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

// What is done for many clients at once: they are chosen on the caseload, a page
// says who gets what and who does not, and only then it goes.

// mostChosen is how many clients can be chosen at once: a page that somebody can
// still read before they let it go.
const mostChosen = 200

// manyRoutes are the pages for nudges and for offers.
func (c *Console) manyRoutes() map[string]handler {
	return map[string]handler{
		"GET /nudges":                 c.nudges,
		"GET /nudges/new":             c.newNudge,
		"POST /nudges/preview":        c.previewNudge,
		"POST /nudges":                c.sendNudge,
		"GET /nudges/{nudge}":         c.nudge,
		"POST /nudges/{nudge}/stop":   c.stopNudge,
		"POST /nudges/{nudge}/cancel": c.cancelNudge,
		"GET /offers/new":             c.newOffer,
		"POST /offers/preview":        c.previewOffer,
		"POST /offers":                c.sendOffer,
		"GET /offers/{lead}":          c.offered,
	}
}

// chosenOf reads the clients of a form or an address, in the order of their names.
// One whom the person does not see makes all of it not found.
func (c *Console) chosenOf(ctx context.Context, who signin.Who, form url.Values) ([]store.Client, error) {
	var ids []conversations.ClientID
	for _, id := range form["client"] {
		if id := conversations.ClientID(id); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > mostChosen {
		return nil, wrong("fault.too_many")
	}
	list, err := c.Store.SeveralClients(ctx, ids)
	if err != nil {
		return nil, err
	}
	if len(list) < len(ids) || slices.ContainsFunc(list, func(one store.Client) bool { return !who.Sees(one.Specialist) }) {
		return nil, store.ErrNotFound
	}
	return list, nil
}

// idsOf are the ids of clients.
func idsOf(list []store.Client) []conversations.ClientID {
	ids := make([]conversations.ClientID, len(list))
	for i, one := range list {
		ids[i] = one.ID
	}
	return ids
}

// writes refuses who may change no client.
func writes(who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	if !who.May(signin.ChangeClients) {
		return errForbidden
	}
	return nil
}

// formOf reads a form of a page that is about no single client.
func formOf(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return url.Values{}, wrong("fault.form")
	}
	return r.PostForm, nil
}

// goes is what one client would get, left is one who would get nothing. The
// moment is in the client's own time.
type goes struct {
	Client    store.Client
	Channel   conversations.Channel
	Language  string
	Text      string
	Parts     int
	NotBefore time.Time
	Reason    string
}

type left struct {
	Client store.Client
	Reason string
}

// preview is what would happen if it went.
type preview struct {
	Goes []goes
	Left []left
	// Parts counts the SMS of all of it, Later who gets it later.
	Parts, Later int
}

// add takes up what a rehearsal made for one client; why is the reason where it
// made nothing.
func (p *preview) add(client store.Client, t store.Turn, why string) {
	if len(t.Messages) == 0 {
		p.Left = append(p.Left, left{client, why})
		return
	}
	m := t.Messages[0]
	row := goes{Client: client, Channel: m.Channel, Language: m.Language, Text: m.Text, Reason: m.Held}
	if m.Channel == conversations.SMS {
		row.Parts = m.Parts
	}
	if !m.NotBefore.IsZero() {
		row.NotBefore = m.NotBefore.In(zoneOf(client.Zone))
		p.Later++
	}
	p.Parts += row.Parts
	p.Goes = append(p.Goes, row)
}

// languagesOf are the languages that clients read, English first; whose is not
// known reads English.
func languagesOf(clients []store.Client) []string {
	var list []string
	for _, one := range clients {
		tag := one.Language
		if tag == "" {
			tag = "en"
		}
		if !slices.Contains(list, tag) {
			list = append(list, tag)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if (a == "en") != (b == "en") {
			return empty(a != "en", b != "en")
		}
		return empty(a > b, a < b)
	})
	return list
}
