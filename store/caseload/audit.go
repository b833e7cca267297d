package caseload

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// AuditEntry is one line of the audit log: ids alone, no name and no text.
type AuditEntry struct {
	// Seq counts the lines; the caseload gives it.
	Seq int64
	At  time.Time
	// Account is who did it; empty for the program's own commands.
	Account AccountID
	// What is a word of the program ("client_read"), Subject the id of the
	// client, account or session that it was about; may be empty.
	What, Subject string
}

// AddAudit writes a line.
func (c *Caseload) AddAudit(ctx context.Context, e AuditEntry) error {
	if _, err := change(ctx, c.db, "INSERT INTO audit (at, account, what, subject) VALUES ($1, $2, $3, $4)",
		millis(e.At), clean(string(e.Account)), clean(e.What), clean(e.Subject)); err != nil {
		return fmt.Errorf("write %s to the audit log: %w", e.What, err)
	}
	return nil
}

// Audit returns a page of the log, oldest first, about one subject or (empty)
// about all, and the cursor of the next page.
func (c *Caseload) Audit(ctx context.Context, subject string, page Page) (list []AuditEntry, next string, err error) {
	after := int64(0)
	if page.After != "" {
		if after, err = strconv.ParseInt(page.After, 10, 64); err != nil {
			return nil, "", fmt.Errorf("read the audit log: %w", ErrCursor)
		}
	}
	where, args := "seq > $1", []any{after, page.limit() + 1}
	if subject != "" {
		where, args = "subject = $3 AND subject <> '' AND seq > $1", append(args, clean(subject))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var e AuditEntry
		var at int64
		err := scan(&e.Seq, &at, &e.Account, &e.What, &e.Subject)
		e.At = instant(at)
		list = append(list, e)
		return err
	}, "SELECT seq, at, account, what, subject FROM audit WHERE "+where+" ORDER BY seq LIMIT $2", args...)
	if err != nil {
		return nil, "", fmt.Errorf("read the audit log: %w", err)
	}
	list, next = cut(list, page.limit(), func(e AuditEntry) string { return strconv.FormatInt(e.Seq, 10) })
	return list, next, nil
}
