package caseload

import (
	"context"
	"fmt"
	"time"
)

// Lease takes or renews a lease for this process until now + ttl, and says
// whether the process holds it. Of any number that ask at once for a free one,
// one gets it. Whoever holds a lease renews it well before it ends, and stops
// what it is for as soon as the answer is false or an error.
func (c *Caseload) Lease(ctx context.Context, name string, ttl time.Duration, now time.Time) (held bool, err error) {
	changed, err := change(ctx, c.db, `
		INSERT INTO leases (name, owner, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE leases.owner = excluded.owner OR leases.until <= $4`,
		name, c.owner, millis(now.Add(ttl)), millis(now))
	if err != nil {
		return false, fmt.Errorf("take the lease %s: %w", name, err)
	}
	return changed == 1, nil
}

// ReleaseLease gives a lease of this process back, so that the next process
// need not wait for its end. A lease of another process is left alone.
func (c *Caseload) ReleaseLease(ctx context.Context, name string) error {
	if _, err := change(ctx, c.db, "DELETE FROM leases WHERE name = $1 AND owner = $2", name, c.owner); err != nil {
		return fmt.Errorf("release the lease %s: %w", name, err)
	}
	return nil
}
