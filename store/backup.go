package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alongside/store/caseload"
)

type (
	// Manifest says what a backup holds.
	Manifest = caseload.Manifest
	// Restored says what became of what was under way when a backup was made.
	Restored = caseload.Restored
)

// ErrBackup says that a backup cannot be restored here; the error that wraps it
// says why and what to do.
var ErrBackup = caseload.ErrBackup

// Backup writes everything in a database into a new file, while the service goes
// on: see [caseload.Backup].
func Backup(ctx context.Context, databaseURL, file string, now time.Time) (Manifest, error) {
	return caseload.Backup(ctx, databaseURL, file, now)
}

// Restore fills an empty database with a backup, all of it or nothing. Before
// anything serves from it, [Store.AfterRestore] has to be called.
func Restore(ctx context.Context, databaseURL, file string) (Manifest, error) {
	return caseload.Restore(ctx, databaseURL, file)
}

// AfterRestore makes a caseload that was put back to an earlier moment ready to be
// served: nothing that was said since is said again, and the live states of later
// are gone.
func (s *Store) AfterRestore(ctx context.Context, now time.Time) (Restored, error) {
	r, err := s.caseload.AfterRestore(ctx, now)
	if s.live != nil {
		err = errors.Join(err, s.live.Clear(ctx))
	}
	if err != nil {
		return r, fmt.Errorf("get ready after a restore: %w", err)
	}
	return r, nil
}
