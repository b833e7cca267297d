package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Audience says to whom a nudge goes: to the clients named, or to the open ones
// that all of the rest fits.
type Audience struct {
	Clients    []conversations.ClientID
	Specialist conversations.SpecialistID
	Stage      conversations.Stage
	// Language is a tag; clients of whom none is known are in no language.
	Language string
	// Answered limits it to those who have written since the last unasked text
	// that went to them, Unanswered to those who have not.
	Answered, Unanswered bool
	// Most bounds the list.
	Most int
}

// wrote says that the client has written since the last unasked text went.
const wrote = `(SELECT COALESCE(MAX(i.seq), 0) FROM messages i WHERE i.peer = c.id AND i.direction = 'in') >
	(SELECT COALESCE(MAX(o.seq), 0) FROM messages o WHERE o.peer = c.id AND o.direction = 'out' AND o.urgency = 3
		AND o.delivery IN ('sending', 'sent', 'delivered', 'read', 'unknown'))`

// askedOnce says that an unasked text went to the client at all.
const askedOnce = `EXISTS (SELECT 1 FROM messages o WHERE o.peer = c.id AND o.direction = 'out' AND o.urgency = 3
	AND o.delivery IN ('sending', 'sent', 'delivered', 'read', 'unknown'))`

// LoadMany reads what an unasked turn of each client of an audience would start
// from, with their states, in a few round trips however many they are: for a
// rehearsal, because their appointments and other matters are left out. Clients
// who are not on the caseload are left out too.
func (c *Caseload) LoadMany(ctx context.Context, who Audience, now time.Time) (list []Loaded, err error) {
	where, args := "c.closed_at = 0", []any(nil)
	and := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(condition, len(args))
	}
	if len(who.Clients) > 0 {
		where, args = in(nil, cleaned(who.Clients))
		where = "c.id IN (" + where + ")"
	}
	if who.Specialist != "" {
		and(" AND c.specialist = $%d", clean(string(who.Specialist)))
	}
	if who.Stage != "" {
		and(" AND c.stage = $%d", who.Stage)
	}
	if who.Language != "" {
		and(" AND c.language = $%d", clean(who.Language))
	}
	switch {
	case who.Answered:
		where += " AND " + askedOnce + " AND " + wrote
	case who.Unanswered:
		where += " AND " + askedOnce + " AND NOT " + wrote
	}
	args = append(args, who.Most)
	several := reading{c: c, now: now, snapshot: true}
	flush := func() error {
		if !several.known {
			return nil
		}
		loaded, err := several.readClient()
		if err != nil {
			return err
		}
		list = append(list, loaded)
		several = reading{c: c, now: now, snapshot: true}
		return nil
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		row := reading{c: c, now: now, snapshot: true}
		if err := row.client(scan); err != nil {
			return err
		}
		if row.loaded.Client != several.loaded.Client {
			if err := flush(); err != nil {
				return err
			}
			several = row
			return nil
		}
		several.loaded.addresses = append(several.loaded.addresses, row.loaded.addresses...)
		several.loaded.Facts.Reach = append(several.loaded.Facts.Reach, row.loaded.Facts.Reach...)
		return nil
	}, `SELECT c.id, c.name, c.named, c.language, c.zone, c.wakes, c.detail, c.closed_at, c.rests, c.rest_days,
			c.paused_until, c.stopped, c.guarded, c.leads_a_week, c.held_at, c.stage, c.circumstance, c.feedback_due, FALSE,
			FALSE, FALSE, s.id, s.name, s.reminders, c.reminders, 0, 0,
			COALESCE(v.revision, 0), COALESCE(v.crisis_said, 0), COALESCE(v.answered_at, 0), v.snapshot,
			COALESCE(a.channel, ''), COALESCE(a.id, ''), a.address, COALESCE(a.agreement, ''), COALESCE(a.blocked, FALSE), COALESCE(a.fault, ''), '', ''
		FROM (SELECT * FROM clients c WHERE `+where+fmt.Sprintf(" ORDER BY c.id LIMIT $%d", len(args))+`) AS c
			JOIN specialists s ON s.id = c.specialist LEFT JOIN conversations v ON v.peer = c.id
			LEFT JOIN client_addresses a ON a.client = c.id
		ORDER BY c.id, a.preferred_at DESC, a.channel`, args...)
	if err == nil {
		err = flush()
	}
	if err != nil {
		return nil, fmt.Errorf("load many: %w", err)
	}
	return list, nil
}

func cleaned[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = clean(string(v))
	}
	return out
}
