package migrations

import (
	"context"
	"database/sql"
)

// UpTo migrates no further than a version, for tests of those that follow it.
func UpTo(ctx context.Context, db *sql.DB, dialect Dialect, version int64) error {
	p, err := provider(db, dialect)
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	return err
}
