package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// ownWords stands in the form for words of the person's own.
const ownWords = "own"

// nudgePage is a nudge before it goes: the form, and with Preview what would
// come of it.
type nudgePage struct {
	Chosen []store.Client
	// Templates are the keys of the words that can be chosen, Languages those in
	// which the chosen read.
	Templates, Languages []string
	// Own are the service's own words.
	Own []store.ServiceWords
	// Signed is the name that stands before the words; empty for who has none.
	Signed   string
	Form     url.Values
	Fault    string
	Findings []templates.Finding
	// Confirmable says that the findings can be let pass.
	Confirmable bool
	Preview     *preview
	// At is when it would go, zero for now; Once names this nudge, so that sending
	// it twice is sending it once.
	At    time.Time
	Today string
}

// Hidden are the fields of the form as it was previewed.
func (p nudgePage) Hidden() []field { return fieldsOf(p.Form, "confirmed") }

// field is one value of a form that is handed on.
type field struct{ Name, Value string }

// fieldsOf lists a form's values but those of some names.
func fieldsOf(form url.Values, but ...string) []field {
	var list []field
	for name, values := range form {
		if slices.Contains(but, name) {
			continue
		}
		for _, v := range values {
			list = append(list, field{name, v})
		}
	}
	slices.SortStableFunc(list, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Template is the short name of a choice: of "nudge.well_done", "well_done".
func (nudgePage) Template(key string) string { return strings.TrimPrefix(key, "nudge.") }

// Service is the choice of the service's own words with an id.
func (nudgePage) Service(id string) string { return store.ServiceTemplate + id }

// Says is the choice as it stands in the form.
func (p nudgePage) Says() string {
	if says := p.Form.Get("says"); says != "" {
		return says
	}
	return ownWords
}

// One says that it goes to one client alone.
func (p nudgePage) One() bool { return len(p.Chosen) == 1 }

// newNudge is the form for a nudge to the clients in the address.
func (c *Console) newNudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	return c.showNudge(w, r, who, http.StatusOK, r.URL.Query(), nil, false)
}

// previewNudge shows what a nudge would do. It changes nothing, and so is the one
// kind of form that is answered with a page.
func (c *Console) previewNudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	form, err := formOf(w, r)
	if err != nil {
		return c.showNudge(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	return c.showNudge(w, r, who, http.StatusOK, form, nil, true)
}

// showNudge renders the form with what was filled in; with the preview, if it
// could go so.
func (c *Console) showNudge(w http.ResponseWriter, r *http.Request, who signin.Who, status int, form url.Values, fault error, rehearse bool) error {
	ctx := r.Context()
	clients, err := c.chosenOf(ctx, who, form)
	if tooMany := faultOf(err, c.words); tooMany != nil {
		form, fault, rehearse = url.Values{}, tooMany, false
	} else if err != nil {
		return err
	}
	p := nudgePage{
		Chosen: clients, Templates: conversations.NudgeTemplates, Languages: languagesOf(clients), Form: form, Today: c.Now().In(c.zone()).Format(time.DateOnly),
	}
	if p.Own, err = c.Store.ServiceWordsList(ctx); err != nil {
		return err
	}
	if p.Signed, err = c.signs(ctx, who); err != nil {
		return err
	}
	if rehearse {
		var n store.NewNudge
		if n, err = c.nudgeOf(ctx, who, clients, form); err == nil {
			p.At = n.At
			p.Findings = c.findings(n.Words)
			p.Confirmable = len(p.Findings) > 0 && !slices.ContainsFunc(p.Findings, func(f templates.Finding) bool { return f.Refused })
			if p.Form.Get("once") == "" {
				p.Form.Set("once", c.NewID())
			}
			p.Preview, err = c.rehearsed(ctx, clients, n, p.Signed)
		}
		fault = err
	}
	if fault != nil {
		f := faultOf(fault, c.words)
		if f == nil {
			return fault
		}
		if p.Fault, status = f.key, http.StatusUnprocessableEntity; len(f.findings) > 0 {
			p.Findings = f.findings
		}
	}
	if !p.At.IsZero() {
		p.At = p.At.In(c.zone())
	}
	c.Render(w, r, status, "nudge", p)
	return nil
}

// signs is the name that stands before somebody's words; empty for who has none.
func (c *Console) signs(ctx context.Context, who signin.Who) (string, error) {
	if who.Specialist == "" {
		return "", nil
	}
	s, err := c.Store.Specialist(ctx, who.Specialist)
	return s.Name, err
}

// findings is what there is to say about words.
func (c *Console) findings(words map[string]string) []templates.Finding {
	if len(words) == 0 || c.Findings == nil {
		return nil
	}
	return c.Findings(words)
}

// stand are the findings that must not be there, or that nobody has confirmed.
func (c *Console) stand(words map[string]string, confirmed bool) []templates.Finding {
	return slices.DeleteFunc(c.findings(words), func(f templates.Finding) bool { return !f.Refused && confirmed })
}

// nudgeOf reads a nudge from its form.
func (c *Console) nudgeOf(ctx context.Context, who signin.Who, clients []store.Client, form url.Values) (n store.NewNudge, err error) {
	switch {
	case who.Specialist == "":
		return n, wrong("fault.unsigned")
	case len(clients) == 0:
		return n, wrong("fault.nobody_chosen")
	}
	n = store.NewNudge{By: who.Specialist, Clients: idsOf(clients), Once: form.Get("once")}
	n.Bulk = len(clients) > 1
	if says := form.Get("says"); says != "" && says != ownWords {
		n.Template = says
	} else {
		n.Words = map[string]string{}
		for _, tag := range languagesOf(clients) {
			if said := strings.TrimSpace(strings.ReplaceAll(form.Get("words-"+tag), "\r\n", "\n")); said != "" {
				n.Words[tag] = said
			}
		}
		if len(n.Words) == 0 {
			return n, wrong("fault.no_text")
		}
		if _, english := n.Words["en"]; english && form.Get("instead") != "" {
			n.Instead = "en"
		}
	}
	if form.Get("when") == "later" {
		if n.At, err = momentOf(form, c.zone(), c.Now()); err != nil {
			return n, err
		}
	}
	if n.Nudge, err = c.Store.NudgeWords(ctx, n.Nudge); err != nil {
		return n, err
	}
	return n, c.Store.CheckNudge(n.Nudge, n.At)
}

// momentOf reads a day and a time of day that lie ahead.
func momentOf(form url.Values, zone *time.Location, now time.Time) (time.Time, error) {
	return doing{form: form, zone: zone, now: now}.at()
}

// rehearsed is what a nudge would do to each of some clients.
func (c *Console) rehearsed(ctx context.Context, clients []store.Client, n store.NewNudge, signed string) (*preview, error) {
	loaded, err := c.loaded(ctx, clients)
	if err != nil {
		return nil, err
	}
	at := c.Now()
	if n.At.After(at) {
		at = n.At
	}
	n.ID, n.Signed = "preview", signed
	out := &preview{}
	for _, client := range clients {
		l, ok := loaded[client.ID]
		if !ok {
			out.Left = append(out.Left, left{client, "no_client"})
			continue
		}
		// A turn that cannot be rendered says nothing, and is no fault of the page's.
		t, err := c.Rehearse(l, conversations.Event{Kind: conversations.EventNudge, At: at, By: n.By, Nudge: n.Nudge}, at)
		if err != nil {
			t = store.Turn{}
		}
		why := "no_words"
		for _, e := range t.Effects {
			if said, ok := e.(conversations.Nudged); ok && said.Reason != "" {
				why = said.Reason
			}
		}
		out.add(client, t, why)
	}
	return out, nil
}

// loaded reads what unasked turns of some clients would start from.
func (c *Console) loaded(ctx context.Context, clients []store.Client) (map[conversations.ClientID]store.Loaded, error) {
	if len(clients) == 0 {
		return nil, nil // An audience of nobody named would be everybody.
	}
	list, err := c.Store.LoadMany(ctx, store.Audience{Clients: idsOf(clients)})
	if err != nil {
		return nil, err
	}
	out := make(map[conversations.ClientID]store.Loaded, len(list))
	for _, l := range list {
		out[l.Client] = l
	}
	return out, nil
}

// sendNudge lets a nudge go, or plans it. To one client it goes at once, and
// their page shows it; to many it goes in the background.
func (c *Console) sendNudge(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	ctx := r.Context()
	form, err := formOf(w, r)
	if err != nil {
		return c.showNudge(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	clients, err := c.chosenOf(ctx, who, form)
	if err != nil {
		return c.showNudge(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	n, err := c.nudgeOf(ctx, who, clients, form)
	if err == nil {
		if stand := c.stand(n.Words, form.Get("confirmed") != ""); len(stand) > 0 {
			err = &fault{key: "fault.words", findings: stand}
		}
	}
	if err != nil {
		return c.showNudge(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	for _, one := range clients {
		if err := c.Audit(ctx, who, "client.nudge", one.ID); err != nil {
			return err
		}
	}
	id, err := c.Store.AddNudge(ctx, n)
	if err != nil {
		return c.showNudge(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	if len(clients) > 1 || !n.At.IsZero() {
		done := "nudge_goes"
		if !n.At.IsZero() {
			done = "nudge_planned"
		}
		return seeOther(w, r, "/nudges/"+url.PathEscape(string(id))+"?done="+done)
	}
	client := clients[0]
	done, _, err := c.sayNow(ctx, doing{who: who, client: client, zone: zoneOf(client.Zone), now: c.Now(), form: form}, id)
	if err != nil {
		return c.refused(w, r, who, client, err)
	}
	return seeOther(w, r, to(client.ID, done.what, done.where))
}

// sayNow says a nudge to its one client. Its job would say it in a moment; whoever
// wrote it wants to see it now. Said once is said: the job then finds nothing
// left to do.
func (c *Console) sayNow(ctx context.Context, d doing, id conversations.NudgeID) (did, store.ConversationPage, error) {
	n, err := c.Store.Nudge(ctx, id)
	if err != nil {
		return did{}, store.ConversationPage{}, err
	}
	done, err := c.happens(ctx, d, conversations.Event{Kind: conversations.EventNudge, Nudge: n.Nudge}, did{"replied", "thread-end"})
	if err != nil {
		return did{}, store.ConversationPage{}, err
	}
	t, err := c.Store.Conversation(ctx, d.client.ID, "", 20)
	if err != nil {
		return did{}, t, err
	}
	last := slices.IndexFunc(t.Messages, func(m store.ThreadMessage) bool {
		return !m.In && m.Revision == t.Revision && strings.HasPrefix(m.Key, "nudge.")
	})
	switch {
	case last < 0:
		return did{}, t, wrong("fault.not_said")
	case t.Messages[last].Held != "":
		done.what = "replied_later"
	}
	return done, t, nil
}

// faultOf is what somebody can mend, as the key of its words; nil if an error is
// none of their making. Words says for which refusals there are any.
func faultOf(err error, words *templates.PageWords) *fault {
	var f *fault
	switch refusals := store.Refusals(err); {
	case errors.As(err, &f):
		return f
	case len(refusals) > 0:
		if key := "fault." + refusals[0].Code; words.Has(key) {
			return &fault{key: key}
		}
		return &fault{key: "fault.form"}
	case errors.Is(err, store.ErrConflict):
		return &fault{key: "fault.conflict"}
	}
	return nil
}
