package caseload

import (
	"context"
	"fmt"
	"sync"
	"time"

	"alongside/conversations"
)

// mostFree bounds the list of one specialist's free times.
const mostFree = 200

// FreeTimes returns the times from a moment on at which a specialist would
// meet, soonest first; at most 200.
func (c *Caseload) FreeTimes(ctx context.Context, specialist conversations.SpecialistID, from time.Time) (list []time.Time, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var at int64
		err := scan(&at)
		list = append(list, instant(at))
		return err
	}, "SELECT at FROM free_times WHERE specialist = $1 AND at >= $2 ORDER BY at LIMIT $3", clean(string(specialist)), millis(from), mostFree)
	if err != nil {
		return nil, fmt.Errorf("list the free times of specialist %s: %w", specialist, err)
	}
	return list, nil
}

// insertFree names a time once, however often it was given.
var insertFree = newBulk(2, nil, "INSERT INTO free_times (specialist, at) VALUES", "ON CONFLICT DO NOTHING")

// SetFreeTimes replaces a specialist's free times from now on; [ErrNotFound]
// for an unknown specialist.
func (c *Caseload) SetFreeTimes(ctx context.Context, specialist conversations.SpecialistID, times []time.Time, now time.Time) error {
	id := clean(string(specialist))
	rows := make([][]any, 0, len(times))
	last := int64(0)
	for _, at := range times {
		last = max(last, millis(at))
		rows = append(rows, []any{id, millis(at)})
	}
	err := c.db.write(ctx, func(tx transaction) error {
		var known string
		if err := single(ctx, tx, []any{&known}, "SELECT id FROM specialists WHERE id = $1", id); err != nil {
			return missing(err)
		}
		var b batch
		// What is past is of no use to anybody.
		b.exec(nil, "DELETE FROM free_times WHERE specialist = $1", id)
		b.bulk(nil, &insertFree, rows)
		b.exec(nil, "UPDATE specialists SET free_until = $2 WHERE id = $1", id, last)
		return tx.run(ctx, &b)
	})
	if err != nil {
		return fmt.Errorf("set the free times of specialist %s: %w", specialist, err)
	}
	return nil
}

// The hours in which a specialist can be expected to see that somebody chose a
// time, in the zone of the service. Holidays are not known here; the
// specialist's yes is needed in any case.
const (
	workBegins = 9
	workEnds   = 17
	// notice is how many working hours ahead a free time is at the least.
	notice = 2 * time.Hour
)

// workZone is the zone of the services.
var workZone = sync.OnceValue(func() *time.Location {
	zone, err := location("Europe/London")
	if err != nil {
		return time.UTC
	}
	return zone
})

// afterNotice is the first moment that lies the notice ahead, counted in
// working hours.
func afterNotice(now time.Time) time.Time {
	at, left := now.In(workZone()), notice
	for {
		begins := time.Date(at.Year(), at.Month(), at.Day(), workBegins, 0, 0, 0, at.Location())
		ends := time.Date(at.Year(), at.Month(), at.Day(), workEnds, 0, 0, 0, at.Location())
		if at.Before(begins) {
			at = begins
		}
		works := at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && at.Before(ends)
		if works && !at.Add(left).After(ends) {
			return at.Add(left)
		}
		if works {
			left -= ends.Sub(at)
		}
		at = begins.AddDate(0, 0, 1)
	}
}
