// Package leads is what the pages and the API both do with a job lead: add it,
// change it, and bring what became of it to those to whom it was offered.
//
// It never offers a lead to anybody, and sends nothing by itself: what follows
// from a change is an event in each of their conversations.
package leads

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Desk is where leads are kept. All of it must be set; the zero Pathway says
// nothing of leads that close.
type Desk struct {
	Store *store.Store
	// Event takes one event through its conversation (turn.Run).
	Event   func(context.Context, conversations.Event) error
	Now     func() time.Time
	Pathway conversations.Pathway
}

// Add adds a lead. Where it has a last day, those to whom it is offered hear some
// days before that it closes soon.
func (d Desk) Add(ctx context.Context, n store.NewLead) (conversations.LeadID, error) {
	if !n.Closes.IsZero() {
		n.SayClosing = d.Pathway.SaysClosing(n.Closes)
	}
	return d.Store.AddLead(ctx, n)
}

// Change changes a lead and returns it as it is now, or [store.ErrNotFound]. That
// it is filled, or free again, or closes soon, is brought to everybody to whom it
// was offered; after an error it may be sent again: nobody is told twice.
func (d Desk) Change(ctx context.Context, id conversations.LeadID, change store.LeadChange) (store.Lead, error) {
	tell := change.Filled != nil
	if change.Closes != nil && !change.Closes.IsZero() {
		if at := d.Pathway.SaysClosing(*change.Closes); at.After(d.Now()) {
			change.SayClosing = at
		} else {
			tell = true
		}
	}
	l, err := d.Store.SetLead(ctx, id, change)
	if err != nil || !tell {
		return l, err
	}
	return l, d.tell(ctx, l)
}

// tell brings what became of a lead into the conversation of everybody to whom it
// was offered.
func (d Desk) tell(ctx context.Context, l store.Lead) error {
	page := store.Page{Limit: 200}
	for {
		offers, next, err := d.Store.OffersOfLead(ctx, l.ID, page)
		if err != nil {
			return err
		}
		for _, o := range offers {
			o.Lead = l.Lead
			err := d.Event(ctx, conversations.Event{Kind: conversations.EventLeadChanged, At: d.Now(), Client: o.Client, Offer: o.Offer})
			if err != nil {
				return err
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}
