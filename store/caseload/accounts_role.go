package caseload

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"alongside/conversations"
)

// ErrNoCaseload says that there is no such specialist, whose caseload it would be.
var ErrNoCaseload = errors.New("there is no such caseload")

// SetRole gives an account another role and caseload, and ends its sessions with
// the change. [ErrNotFound] for an account that is unknown or ended, and
// [ErrNoCaseload] for an unknown specialist.
func (c *Caseload) SetRole(ctx context.Context, id AccountID, role Role, specialist conversations.SpecialistID) error {
	var err error
	if specialist != "" {
		if _, err = c.Specialist(ctx, specialist); errors.Is(err, ErrNotFound) {
			err = ErrNoCaseload // Specialists are never removed, so this holds until the change.
		}
	}
	if err == nil {
		err = c.accountChange(ctx, id, "role = $2, specialist = $3", []any{string(role), clean(string(specialist))},
			"DELETE FROM sessions WHERE account = $1")
	}
	if err != nil {
		return fmt.Errorf("set the role of account %s: %w", id, err)
	}
	return nil
}

// AuditFilter says which lines of the audit log are wanted; the zero value is
// every one, the oldest first.
type AuditFilter struct {
	Account       AccountID
	What, Subject string
	// From and To bound the time; zero is no bound. To does not belong to it.
	From, To time.Time
	// Latest puts the latest first.
	Latest bool
}

// AuditOf returns a page of the lines of a filter, and the cursor of the next page.
func (c *Caseload) AuditOf(ctx context.Context, filter AuditFilter, page Page) (list []AuditEntry, next string, err error) {
	after, order, beyond := int64(0), "ORDER BY seq", "seq > $1"
	if filter.Latest {
		after, order, beyond = math.MaxInt64, "ORDER BY seq DESC", "seq < $1"
	}
	if page.After != "" {
		if after, err = strconv.ParseInt(page.After, 10, 64); err != nil {
			return nil, "", fmt.Errorf("read the audit log: %w", ErrCursor)
		}
	}
	where, args := beyond, []any{after, page.limit() + 1}
	and := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if filter.Subject != "" {
		and("subject <> '' AND subject = $%d", clean(filter.Subject))
	}
	if filter.Account != "" {
		and("account = $%d", clean(string(filter.Account)))
	}
	if filter.What != "" {
		and("what = $%d", clean(filter.What))
	}
	if !filter.From.IsZero() {
		and("at >= $%d", millis(filter.From))
	}
	if !filter.To.IsZero() {
		and("at < $%d", millis(filter.To))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var e AuditEntry
		var at int64
		err := scan(&e.Seq, &at, &e.Account, &e.What, &e.Subject)
		e.At = instant(at)
		list = append(list, e)
		return err
	}, "SELECT seq, at, account, what, subject FROM audit WHERE "+where+" "+order+" LIMIT $2", args...)
	if err != nil {
		return nil, "", fmt.Errorf("read the audit log: %w", err)
	}
	list, next = cut(list, page.limit(), func(e AuditEntry) string { return strconv.FormatInt(e.Seq, 10) })
	return list, next, nil
}
