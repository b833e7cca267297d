package caseload

import (
	"context"
	"fmt"
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
	return c.AuditOf(ctx, AuditFilter{Subject: subject}, page)
}
