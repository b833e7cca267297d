package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	may "alongside/conversations/policy"
	"alongside/store"
)

// offerPage is a lead before it is offered to some clients: the choice, and with
// Preview what would come of it.
type offerPage struct {
	Chosen  []store.Client
	Leads   []store.Lead
	Lead    store.Lead
	Form    url.Values
	Fault   string
	Preview *preview
}

// Hidden are the fields of the form as it was previewed.
func (p offerPage) Hidden() []field { return fieldsOf(p.Form) }

// newOffer is the choice of a lead for the clients in the address.
func (c *Console) newOffer(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	return c.showOffer(w, r, who, http.StatusOK, r.URL.Query(), nil, false)
}

// previewOffer shows what an offer would do; it changes nothing.
func (c *Console) previewOffer(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	form, err := formOf(w, r)
	if err != nil {
		return c.showOffer(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	return c.showOffer(w, r, who, http.StatusOK, form, nil, true)
}

func (c *Console) showOffer(w http.ResponseWriter, r *http.Request, who signin.Who, status int, form url.Values, wrongly error, rehearse bool) error {
	ctx := r.Context()
	clients, err := c.chosenOf(ctx, who, form)
	if tooMany := faultOf(err, c.words); tooMany != nil {
		form, wrongly, rehearse = url.Values{}, tooMany, false
	} else if err != nil {
		return err
	}
	p := offerPage{Chosen: clients, Form: form}
	if p.Leads, _, err = c.Store.Leads(ctx, store.LeadFilter{Open: true, Now: c.Now(), Page: store.Page{Limit: 100}}); err != nil {
		return err
	}
	if rehearse {
		if p.Lead, err = c.offerable(ctx, clients, form); err == nil {
			p.Preview, err = c.rehearsedOffer(ctx, who, clients, p.Lead)
		}
		wrongly = err
	}
	if wrongly != nil {
		f := faultOf(wrongly, c.words)
		if f == nil {
			return wrongly
		}
		p.Fault, status = f.key, http.StatusUnprocessableEntity
	}
	c.Render(w, r, status, "offer", p)
	return nil
}

// offerable is the lead of a form, if it can still be had.
func (c *Console) offerable(ctx context.Context, clients []store.Client, form url.Values) (store.Lead, error) {
	if len(clients) == 0 {
		return store.Lead{}, wrong("fault.nobody_chosen")
	}
	id := conversations.LeadID(form.Get("lead"))
	if id == "" {
		return store.Lead{}, wrong("fault.no_lead")
	}
	l, err := c.Store.Lead(ctx, id)
	switch {
	case err != nil:
		return l, err
	case l.Filled:
		return l, wrong("fault.filled")
	case !l.Closes.IsZero() && !l.Closes.After(c.Now()):
		return l, wrong("fault.lead_closed")
	}
	return l, nil
}

// mayOffer says for each of some clients whether they may be offered a lead, and
// why not: the lead goes to a client once, and only where policy lets it go at all.
func (c *Console) mayOffer(ctx context.Context, clients []store.Client, l store.Lead) (loaded map[conversations.ClientID]store.Loaded, why map[conversations.ClientID]string, err error) {
	if loaded, err = c.loaded(ctx, clients); err != nil {
		return nil, nil, err
	}
	offers, err := c.offersOf(ctx, l.ID)
	if err != nil {
		return nil, nil, err
	}
	why = map[conversations.ClientID]string{}
	for _, client := range clients {
		start, known := loaded[client.ID]
		_, before := offers[client.ID]
		switch {
		case !known:
			why[client.ID] = "no_client"
		case !client.ClosedAt.IsZero():
			why[client.ID] = string(may.Closed)
		case before:
			why[client.ID] = "offered_before"
		default:
			v := conversations.MayOffer(conversations.Rules{Pathway: c.Pathway}, start.Facts, start.State, l.Lead, c.Now())
			if v.Decision == may.Never {
				why[client.ID] = string(v.Reason)
			}
		}
	}
	return loaded, why, nil
}

// offersOf reads to whom a lead was offered.
func (c *Console) offersOf(ctx context.Context, lead conversations.LeadID) (map[conversations.ClientID]store.Offer, error) {
	all := map[conversations.ClientID]store.Offer{}
	for page := (store.Page{Limit: 200}); ; {
		list, next, err := c.Store.OffersOfLead(ctx, lead, page)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			all[o.Client] = o
		}
		if page.After = next; next == "" {
			return all, nil
		}
	}
}

// rehearsedOffer is what an offer would do to each of some clients.
func (c *Console) rehearsedOffer(ctx context.Context, who signin.Who, clients []store.Client, l store.Lead) (*preview, error) {
	loaded, why, err := c.mayOffer(ctx, clients, l)
	if err != nil {
		return nil, err
	}
	out := &preview{}
	for _, client := range clients {
		if reason := why[client.ID]; reason != "" {
			out.Left = append(out.Left, left{client, reason})
			continue
		}
		t, err := c.Rehearse(loaded[client.ID], c.offering(who, client.ID, "preview", l), c.Now())
		if err != nil {
			out.Left = append(out.Left, left{client, "no_words"})
			continue
		}
		if len(t.Messages) == 0 {
			// It is theirs, and is said when the question before it has its answer.
			out.Later++
			out.Goes = append(out.Goes, goes{Client: client, Reason: string(conversations.WaitsItsTurn)})
			continue
		}
		out.add(client, t, "")
	}
	return out, nil
}

// offering is the event of offering a lead to a client.
func (c *Console) offering(who signin.Who, client conversations.ClientID, id conversations.OfferID, l store.Lead) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventOffered, At: c.Now(), Client: client, By: by(who),
		Offer: conversations.Offer{ID: id, Lead: l.Lead, Status: conversations.OfferOpen, At: c.Now()},
	}
}

// sendOffer offers a lead to some clients, one after the other: each is asked
// alone. Sent twice it finds that they were offered it before.
func (c *Console) sendOffer(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := writes(who); err != nil {
		return err
	}
	ctx := r.Context()
	form, err := formOf(w, r)
	var clients []store.Client
	if err == nil {
		clients, err = c.chosenOf(ctx, who, form)
	}
	var l store.Lead
	if err == nil {
		l, err = c.offerable(ctx, clients, form)
	}
	if err != nil {
		return c.showOffer(w, r, who, http.StatusUnprocessableEntity, form, err, false)
	}
	_, why, err := c.mayOffer(ctx, clients, l)
	if err != nil {
		return err
	}
	went := url.Values{"done": {"offered"}}
	for _, client := range clients {
		went.Add("client", string(client.ID))
		if why[client.ID] != "" {
			continue
		}
		if err := c.Audit(ctx, who, "client.offer", client.ID); err != nil {
			return err
		}
		err := c.Event(ctx, c.offering(who, client.ID, conversations.OfferID(c.NewID()), l))
		// Where somebody else was quicker, the page after this shows what holds.
		if err != nil && !errors.Is(err, store.ErrOffered) && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return seeOther(w, r, "/offers/"+url.PathEscape(string(l.ID))+"?"+went.Encode())
}

// offeredPage is what became of an offer to some clients.
type offeredPage struct {
	Lead store.Lead
	Rows []offeredRow
	Left []left
}

type offeredRow struct {
	Client store.Client
	Status conversations.OfferStatus
	At     time.Time
}

// offered shows what became of an offer to the clients in the address.
func (c *Console) offered(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	ctx := r.Context()
	clients, err := c.chosenOf(ctx, who, r.URL.Query())
	if err != nil {
		if faultOf(err, c.words) != nil {
			err = store.ErrNotFound
		}
		return err
	}
	p := offeredPage{}
	if p.Lead, err = c.Store.Lead(ctx, conversations.LeadID(r.PathValue("lead"))); err != nil {
		return err
	}
	offers, err := c.offersOf(ctx, p.Lead.ID)
	if err != nil {
		return err
	}
	_, why, err := c.mayOffer(ctx, clients, p.Lead)
	if err != nil {
		return err
	}
	for _, client := range clients {
		if o, ok := offers[client.ID]; ok {
			p.Rows = append(p.Rows, offeredRow{client, o.Status, o.At.In(zoneOf(client.Zone))})
			continue
		}
		reason := why[client.ID]
		if reason == "" {
			reason = "not_decided"
		}
		p.Left = append(p.Left, left{client, reason})
	}
	slices.SortStableFunc(p.Rows, func(a, b offeredRow) int { return b.At.Compare(a.At) })
	c.Render(w, r, http.StatusOK, "offered", p)
	return nil
}
