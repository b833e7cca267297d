package caseload

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// Lead is a job lead as the team sees it.
type Lead struct {
	conversations.Lead
	// Work is what is known of the work; none of it is told to clients by itself.
	Work Work
	// Unreadable says that there is More, or Work, and no key opens it.
	Unreadable bool
	// CreatedBy is the person who found it; may be empty.
	CreatedBy            conversations.SpecialistID
	CreatedAt, ChangedAt time.Time
	// FilledAt is when it was heard that somebody else has the job; zero if not.
	FilledAt time.Time
}

// LeadFilter says which leads are wanted.
type LeadFilter struct {
	// Open leaves out those that are filled, and those whose last day to apply
	// was before Now.
	Open bool
	Now  time.Time
	Page
}

// NewLead is a lead to be added; everything is checked already.
type NewLead struct {
	Title, Area, Pay string
	Hours            int
	More             string
	Work             Work
	Closes           time.Time
	By               conversations.SpecialistID
	// SayClosing is when those who were offered it hear that it closes soon; zero: never.
	SayClosing time.Time
}

// LeadChange is what changes about a lead; what is nil stays.
type LeadChange struct {
	Filled *bool
	// Closes is the last moment to apply; the zero time takes it away.
	Closes *time.Time
	// SayClosing is when those who were offered it hear that it closes soon; it
	// goes with Closes, and zero means never.
	SayClosing time.Time
	// Hours a week; Work replaces all that was known of the work.
	Hours *int
	Work  *Work
}

// AddLead adds a lead.
func (c *Caseload) AddLead(ctx context.Context, n NewLead) (conversations.LeadID, error) {
	now := c.now()
	id := newID(now)
	more, err := c.sealed(sealMore, id, []byte(n.More))
	var work []byte
	if err == nil {
		work, err = c.sealedWork(id, n.Work)
	}
	if err == nil {
		err = c.db.write(ctx, func(tx transaction) error {
			_, err := change(ctx, tx, `
				INSERT INTO leads (id, title, area, pay, hours, more, work, closes, created_by, created_at, changed_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
				id, n.Title, n.Area, n.Pay, n.Hours, more, work, millis(n.Closes), clean(string(n.By)), millis(now))
			if err != nil {
				return err
			}
			return setClosing(ctx, tx, conversations.LeadID(id), n.Closes, n.SayClosing)
		})
	}
	if err != nil {
		return "", fmt.Errorf("add lead %s: %w", id, err)
	}
	return conversations.LeadID(id), nil
}

// setClosing inserts the job that says that a lead closes soon.
func setClosing(ctx context.Context, tx transaction, lead conversations.LeadID, closes, at time.Time) error {
	if closes.IsZero() || at.IsZero() {
		return nil
	}
	return tx.insertJobs(ctx, []river.InsertManyParams{{
		Args: LeadClosingArgs{Lead: lead, ClosesMs: millis(closes)}, InsertOpts: &river.InsertOpts{ScheduledAt: at},
	}})
}

const leadColumns = `l.id, l.title, l.area, l.pay, l.hours, l.more, l.work, l.closes, l.filled_at, l.created_by, l.created_at, l.changed_at`

// into lists where the columns of a lead go, and returns what completes it.
func (c *Caseload) lead(l *Lead) (into []any, complete func()) {
	var more, work []byte
	var closes, filled, created, changed int64
	into = []any{&l.ID, &l.Title, &l.Area, &l.Pay, &l.Hours, &more, &work, &closes, &filled, &l.CreatedBy, &created, &changed}
	return into, func() {
		plain, err := c.opened(sealMore, string(l.ID), more)
		l.More, l.Unreadable = string(plain), err != nil
		if l.Work, err = c.openedWork(string(l.ID), work); err != nil {
			l.Unreadable = true
		}
		l.Closes, l.FilledAt, l.Filled = instant(closes), instant(filled), filled != 0
		l.CreatedAt, l.ChangedAt = instant(created), instant(changed)
	}
}

// Lead returns one lead, or [ErrNotFound].
func (c *Caseload) Lead(ctx context.Context, id conversations.LeadID) (l Lead, err error) {
	into, complete := c.lead(&l)
	err = missing(single(ctx, c.db.reader(), into, "SELECT "+leadColumns+" FROM leads l WHERE l.id = $1", clean(string(id))))
	if err != nil {
		return Lead{}, fmt.Errorf("read lead %s: %w", id, err)
	}
	complete()
	return l, nil
}

// Leads returns a page of the leads, the newest first.
func (c *Caseload) Leads(ctx context.Context, filter LeadFilter) (list []Lead, next string, err error) {
	after := clean(filter.After)
	if after == "" {
		after = "~" // After every id.
	}
	query, args := "SELECT "+leadColumns+" FROM leads l WHERE l.id < $1", []any{after, filter.limit() + 1}
	if filter.Open {
		query += " AND l.filled_at = 0 AND (l.closes = 0 OR l.closes > $3)"
		args = append(args, millis(filter.Now))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var l Lead
		into, complete := c.lead(&l)
		if err := scan(into...); err != nil {
			return err
		}
		complete()
		list = append(list, l)
		return nil
	}, query+" ORDER BY l.id DESC LIMIT $2", args...)
	if err != nil {
		return nil, "", fmt.Errorf("list leads: %w", err)
	}
	list, next = cut(list, filter.limit(), func(l Lead) string { return string(l.ID) })
	return list, next, nil
}

// SetLead changes a lead and returns it as it is now, or [ErrNotFound].
func (c *Caseload) SetLead(ctx context.Context, id conversations.LeadID, to LeadChange) (Lead, error) {
	now := millis(c.now())
	set, args := "changed_at = $2", []any{clean(string(id)), now}
	if to.Filled != nil {
		filled := int64(0)
		if *to.Filled {
			filled = now
		}
		args = append(args, filled)
		// When it was first heard stays.
		set += fmt.Sprintf(", filled_at = CASE WHEN filled_at > 0 AND CAST($%[1]d AS BIGINT) > 0 THEN filled_at ELSE $%[1]d END", len(args))
	}
	if to.Closes != nil {
		args = append(args, millis(*to.Closes))
		set += fmt.Sprintf(", closes = $%d", len(args))
	}
	if to.Hours != nil {
		args = append(args, *to.Hours)
		set += fmt.Sprintf(", hours = $%d", len(args))
	}
	if to.Work != nil {
		work, err := c.sealedWork(string(id), *to.Work)
		if err != nil {
			return Lead{}, fmt.Errorf("set lead %s: %w", id, err)
		}
		args = append(args, work)
		set += fmt.Sprintf(", work = $%d", len(args))
	}
	err := c.db.write(ctx, func(tx transaction) error {
		changed, err := change(ctx, tx, "UPDATE leads SET "+set+" WHERE id = $1", args...)
		if err == nil && changed == 0 {
			err = ErrNotFound
		}
		if err != nil || to.Closes == nil {
			return err
		}
		return setClosing(ctx, tx, id, *to.Closes, to.SayClosing)
	})
	if err != nil {
		return Lead{}, fmt.Errorf("set lead %s: %w", id, err)
	}
	return c.Lead(ctx, id)
}

// Offer is a lead that was offered to one client, as the team sees it.
type Offer struct {
	conversations.Offer
	Client conversations.ClientID
	// Why are the reasons that the client gave against it.
	Why []conversations.Preference
	// Work is what is known of the work behind the lead.
	Work Work
	// Unreadable says that the lead has More, or Work, and no key opens it.
	Unreadable bool
	ChangedAt  time.Time
}

const offerColumns = `o.id, o.client, o.status, o.at, o.changed_at,
	COALESCE((SELECT string_agg(p.preference, ' ') FROM client_preferences p WHERE p.client = o.client AND p.offer = o.id), ''), ` + leadColumns

func (c *Caseload) offer(scan scan) (o Offer, err error) {
	var lead Lead
	var at, changed int64
	var why string
	into, complete := c.lead(&lead)
	if err := scan(append([]any{&o.ID, &o.Client, &o.Status, &at, &changed, &why}, into...)...); err != nil {
		return o, err
	}
	complete()
	o.Lead, o.Work, o.Unreadable = lead.Lead, lead.Work, lead.Unreadable
	o.At, o.ChangedAt = instant(at), instant(changed)
	for p := range strings.FieldsSeq(why) {
		o.Why = append(o.Why, conversations.Preference(p))
	}
	return o, nil
}

// Offers returns a page of what was offered to a client, the newest first.
func (c *Caseload) Offers(ctx context.Context, client conversations.ClientID, page Page) (list []Offer, next string, err error) {
	at, id, err := parseDownCursor(page.After)
	if err != nil {
		return nil, "", err
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		o, err := c.offer(scan)
		list = append(list, o)
		return err
	}, "SELECT "+offerColumns+` FROM offers o JOIN leads l ON l.id = o.lead
		WHERE o.client = $1 AND (o.at, o.id) < ($2, $3) ORDER BY o.at DESC, o.id DESC LIMIT $4`, clean(string(client)), at, id, page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list the offers of client %s: %w", client, err)
	}
	list, next = cut(list, page.limit(), func(o Offer) string { return downCursor(o.At, string(o.ID)) })
	return list, next, nil
}

// OffersOfLead returns a page of the clients to whom a lead was offered, in the
// order of their ids.
func (c *Caseload) OffersOfLead(ctx context.Context, lead conversations.LeadID, page Page) (list []Offer, next string, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		o, err := c.offer(scan)
		list = append(list, o)
		return err
	}, "SELECT "+offerColumns+` FROM offers o JOIN leads l ON l.id = o.lead
		WHERE o.lead = $1 AND o.client > $2 ORDER BY o.client LIMIT $3`, clean(string(lead)), clean(page.After), page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list the offers of lead %s: %w", lead, err)
	}
	list, next = cut(list, page.limit(), func(o Offer) string { return string(o.Client) })
	return list, next, nil
}

// Preference is one thing that a client wants of work, and who said so.
type Preference struct {
	Preference conversations.Preference
	// Source is "offer" for the reason against one, "team" for what a person
	// recorded.
	Source string
	Offer  conversations.OfferID
	// Message is the text that said so, if it was one.
	Message conversations.MessageID
	At      time.Time
}

// Preferences returns what a client wants of work, in the order in which it was
// said.
func (c *Caseload) Preferences(ctx context.Context, client conversations.ClientID) (list []Preference, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var p Preference
		var at int64
		err := scan(&p.Preference, &p.Source, &p.Offer, &p.Message, &at)
		p.At = instant(at)
		list = append(list, p)
		return err
	}, `SELECT preference, source, offer, message, at FROM client_preferences WHERE client = $1
		ORDER BY at, preference, offer`, clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the preferences of client %s: %w", client, err)
	}
	return list, nil
}
