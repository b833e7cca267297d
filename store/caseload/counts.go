package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Counts are what stands on the caseload just now, for the metrics. Each is
// read from an index of what is unfinished, so it costs the same with an empty
// and with a long history.
type Counts struct {
	// Queued, Sending and Unknown are messages of ours.
	Queued, Sending, Unknown int
	// OldestQueued is the moment from which the longest waiting message that is
	// due could have gone; zero if none waits.
	OldestQueued time.Time
	// Parked are texts whose turn failed and was not made up for.
	Parked int
	// OpenFlags and OpenAlerts wait for a person; OldestFlag and OldestAlert are
	// when the longest waiting was raised, zero if none.
	OpenFlags, OpenAlerts   int
	OldestFlag, OldestAlert time.Time
}

// Counts counts what stands.
func (c *Caseload) Counts(ctx context.Context, now time.Time) (counts Counts, err error) {
	var b batch
	b.query(func(scan scan) error {
		var delivery conversations.Delivery
		var n int
		if err := scan(&delivery, &n); err != nil {
			return err
		}
		switch delivery {
		case conversations.Queued:
			counts.Queued = n
		case conversations.Sending:
			counts.Sending = n
		default:
			counts.Unknown = n
		}
		return nil
	}, "SELECT delivery, count(*) FROM messages WHERE delivery IN ('queued', 'sending', 'unknown') GROUP BY delivery")
	b.query(func(scan scan) error {
		return moment(scan, &counts.OldestQueued)
	}, "SELECT COALESCE(min(due), 0) FROM messages WHERE delivery = 'queued' AND due <= $1 AND "+unfinished, millis(now))
	b.query(func(scan scan) error {
		return scan(&counts.Parked)
	}, "SELECT count(*) FROM messages WHERE parked <> ''")
	b.query(func(scan scan) error {
		return moment(scan, &counts.OldestFlag, &counts.OpenFlags)
	}, "SELECT COALESCE(min(raised_at), 0), count(*) FROM flags WHERE settled_at = 0")
	b.query(func(scan scan) error {
		return moment(scan, &counts.OldestAlert, &counts.OpenAlerts)
	}, "SELECT COALESCE(min(raised_at), 0), count(*) FROM alerts WHERE closed_at = 0")
	if err := c.db.reader().run(ctx, &b); err != nil {
		return Counts{}, fmt.Errorf("count what stands: %w", err)
	}
	return counts, nil
}

// moment scans an instant, and what else there is.
func moment(scan scan, at *time.Time, more ...any) error {
	var ms int64
	err := scan(append([]any{&ms}, more...)...)
	*at = instant(ms)
	return err
}
