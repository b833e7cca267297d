package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Wishes are what a client wants of work, as far as it is known.
type Wishes struct {
	// Written is what a person wrote, By whom and At which moment; the zero time:
	// nobody has written any.
	Written conversations.Wishes
	By      conversations.SpecialistID
	At      time.Time
	// Answers are the reasons that the client gave against offers, the oldest first.
	Answers []WishAnswer
	// Counts is what holds: what was written, and each answer that counts.
	Counts conversations.Wishes
	// Unreadable says that something is kept and no key opens it.
	Unreadable bool
}

// WishAnswer is one reason that a client gave against an offer. It is there for
// as long as the offer stands refused for it.
type WishAnswer struct {
	Preference conversations.Preference
	Offer      conversations.OfferID
	Lead       conversations.LeadID
	// Title is the lead's.
	Title string
	// Message is the text that said so, Text what it says; both empty where it was
	// a button. ForLead says that only the lead reads that text.
	Message conversations.MessageID
	Text    string
	ForLead bool
	At      time.Time
	// Counts says that it came after what was written: whoever writes wishes has
	// the answers before them, and spoke with the client.
	Counts bool
}

// keptWishes is how wishes are stored.
type keptWishes struct {
	Below      int                        `json:"below,omitempty"`
	AtLeast    int                        `json:"at_least,omitempty"`
	NotBefore  int                        `json:"not_before,omitempty"`
	NotAt      []conversations.Times      `json:"not_at,omitempty"`
	Areas      []string                   `json:"areas,omitempty"`
	Likes      []conversations.Trait      `json:"likes,omitempty"`
	Avoids     []conversations.Trait      `json:"avoids,omitempty"`
	Permanence []conversations.Permanence `json:"permanence,omitempty"`
	Said       []conversations.Preference `json:"said,omitempty"`
}

// SetWishes replaces what was written of a client's wishes; [ErrNotFound] for an
// unknown client.
func (c *Caseload) SetWishes(ctx context.Context, client conversations.ClientID, w conversations.Wishes, by conversations.SpecialistID) error {
	id := clean(string(client))
	sealed, err := c.sealedJSON(sealWishes, id, keptWishes{
		Below: w.Below, AtLeast: w.AtLeast, NotBefore: w.NotBefore, NotAt: w.NotAt, Areas: w.Areas, Likes: w.Likes, Avoids: w.Avoids,
		Permanence: w.Permanence, Said: w.Said,
	})
	if err != nil {
		return fmt.Errorf("write the wishes of client %s: %w", client, err)
	}
	return c.recordOf(ctx, client, "wish", `INSERT INTO client_wishes (client, wishes, recorded_by, recorded_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (client) DO UPDATE SET wishes = excluded.wishes, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`,
		sealed, clean(string(by)), millis(c.now()))
}

// WishesOf reads the wishes of the open clients of one specialist, or (empty) of
// all. Who has none is left out; the texts of the answers are not read.
func (c *Caseload) WishesOf(ctx context.Context, of conversations.SpecialistID) (map[conversations.ClientID]Wishes, error) {
	var b batch
	list := map[conversations.ClientID]Wishes{}
	which, args := "c.closed_at = 0", []any(nil)
	if of != "" {
		cared, all, err := c.caredBy(ctx, of)
		if err != nil {
			return nil, err
		}
		which, args = which+" AND c.specialist IN ("+cared+")", all
	}
	c.queueWishes(&b, list, which, args...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	return list, nil
}

// Wishes reads the wishes of one client with the texts of their answers; the
// zero value for a client of whom nothing is known.
func (c *Caseload) Wishes(ctx context.Context, client conversations.ClientID) (Wishes, error) {
	id := clean(string(client))
	var b batch
	list := map[conversations.ClientID]Wishes{}
	c.queueWishes(&b, list, "c.id = $1", id)
	texts, forLead := map[conversations.MessageID]string{}, map[conversations.MessageID]bool{}
	b.query(func(scan scan) error {
		var message conversations.MessageID
		var body []byte
		if err := scan(&message, &body); err != nil {
			return err
		}
		plain, err := c.opened(sealBody, string(message), body)
		if err == nil {
			texts[message] = string(plain)
		}
		return nil // Who wants the text finds it unreadable in the conversation.
	}, "SELECT m.id, m.body FROM messages m WHERE m.peer = $1 AND m.direction = 'in' AND m.id IN (SELECT p.message FROM client_preferences p WHERE p.client = $1)", id)
	queueForLead(&b, forLead, id)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return Wishes{}, fmt.Errorf("read the wishes of client %s: %w", client, err)
	}
	w := list[client]
	for i := range w.Answers {
		a := &w.Answers[i]
		a.Text, a.ForLead = texts[a.Message], forLead[a.Message]
	}
	return w, nil
}

// queueWishes reads wishes and answers of some clients (c).
func (c *Caseload) queueWishes(b *batch, into map[conversations.ClientID]Wishes, which string, args ...any) {
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var w Wishes
		var sealed []byte
		var at int64
		if err := scan(&id, &sealed, &w.By, &at); err != nil {
			return err
		}
		var k keptWishes
		w.Unreadable = c.openedJSON(sealWishes, string(id), sealed, &k) != nil
		w.At, w.Written = instant(at), conversations.Wishes(k)
		w.Counts = w.Written
		into[id] = w
		return nil
	}, "SELECT w.client, w.wishes, w.recorded_by, w.recorded_at FROM client_wishes w JOIN clients c ON c.id = w.client WHERE "+which, args...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var a WishAnswer
		var at int64
		var l Lead
		columns, complete := c.lead(&l)
		if err := scan(append([]any{&id, &a.Preference, &a.Offer, &a.Message, &at}, columns...)...); err != nil {
			return err
		}
		complete()
		w := into[id]
		a.Lead, a.Title, a.At = l.ID, l.Title, instant(at)
		if a.Counts = !a.At.Before(w.At); a.Counts {
			w.Counts = w.Counts.After(a.Preference, l.Job())
		}
		w.Answers = append(w.Answers, a)
		into[id] = w
		return nil
	}, "SELECT p.client, p.preference, p.offer, p.message, p.at, "+leadColumns+` FROM client_preferences p
		JOIN clients c ON c.id = p.client JOIN offers o ON o.id = p.offer AND o.client = p.client JOIN leads l ON l.id = o.lead
		WHERE p.source = 'offer' AND `+which+" ORDER BY p.at, p.preference, p.offer", args...)
}
