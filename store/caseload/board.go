package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// LeadRow is a lead as the board shows it, with what clients said to it.
type LeadRow struct {
	Lead
	// Answers counts the offers by what was said to them.
	Answers map[conversations.OfferStatus]int
	// Why counts the reasons against it.
	Why map[conversations.Preference]int
}

// mostOnBoard bounds the board: who has more open leads than this offers none.
const mostOnBoard = 300

// Board reads the leads that can still be had, the newest first, with what
// clients said to each, in one round trip. Over reads those that cannot be had
// any more and were changed after a moment instead.
func (c *Caseload) Board(ctx context.Context, now time.Time, over bool, since time.Time) (rows []LeadRow, err error) {
	which, args := "l.id > '' AND l.filled_at = 0 AND (l.closes = 0 OR l.closes > $1)", []any{millis(now)}
	if over {
		which, args = "l.id > '' AND (l.filled_at > $2 OR l.filled_at = 0 AND l.closes > $2 AND l.closes <= $1)", []any{millis(now), millis(since)}
	}
	at := map[conversations.LeadID]int{}
	row := func(id conversations.LeadID) *LeadRow {
		if i, ok := at[id]; ok {
			return &rows[i]
		}
		return newLeadRow() // It came since the list was read.
	}
	var b batch
	b.query(func(scan scan) error {
		r := newLeadRow()
		into, complete := c.lead(&r.Lead)
		if err := scan(into...); err != nil {
			return err
		}
		complete()
		at[r.ID] = len(rows)
		rows = append(rows, *r)
		return nil
	}, "SELECT "+leadColumns+" FROM leads l WHERE "+which+fmt.Sprintf(" ORDER BY l.id DESC LIMIT %d", mostOnBoard), args...)
	b.query(func(scan scan) error {
		var id conversations.LeadID
		var status conversations.OfferStatus
		var count int
		err := scan(&id, &status, &count)
		row(id).Answers[status] = count
		return err
	}, "SELECT o.lead, o.status, COUNT(*) FROM leads l JOIN offers o ON o.lead = l.id WHERE "+which+" GROUP BY o.lead, o.status", args...)
	b.query(func(scan scan) error {
		var id conversations.LeadID
		var why conversations.Preference
		var count int
		err := scan(&id, &why, &count)
		row(id).Why[why] = count
		return err
	}, `SELECT o.lead, p.preference, COUNT(*) FROM leads l JOIN offers o ON o.lead = l.id
		JOIN client_preferences p ON p.client = o.client AND p.offer = o.id WHERE `+which+" GROUP BY o.lead, p.preference", args...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("read the board of leads: %w", err)
	}
	return rows, nil
}

func newLeadRow() *LeadRow {
	return &LeadRow{Answers: map[conversations.OfferStatus]int{}, Why: map[conversations.Preference]int{}}
}
