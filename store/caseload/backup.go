package caseload

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A backup is a ZIP file of everything in the database at one moment, as the
// database gives it: what is sealed stays sealed, so that the file is worth
// nothing without the keys, and nor is the service. It holds the SQLite file, or
// one CSV file for each table of PostgreSQL, and says of itself what it is in
// manifestName.
const (
	manifestName = "manifest.json"
	sqliteName   = "caseload.db"
	tableFolder  = "tables/"
)

// Manifest says what a backup holds.
type Manifest struct {
	// Kind is "sqlite" or "postgresql": it can be restored to the same only.
	Kind string `json:"kind"`
	// At is the moment of which it is, Migration how far the database was.
	At        time.Time `json:"at"`
	Migration int64     `json:"migration"`
	// Rows are counted by table; empty for SQLite.
	Rows map[string]int64 `json:"rows,omitempty"`
}

// The kinds of a backup.
const (
	kindSQLite   = "sqlite"
	kindPostgres = "postgresql"
)

// ErrBackup says that a backup cannot be restored here; the error that wraps it
// says why and what to do.
var ErrBackup = errors.New("the backup cannot be restored")

// Backup writes a backup of a database into a new file, readable by its owner
// alone. The service may go on meanwhile. The file is there only when it is whole
// and was read back; one that is there already is never written over.
func Backup(ctx context.Context, databaseURL, file string, now time.Time) (m Manifest, err error) {
	path, isSQLite, err := address(databaseURL)
	if err != nil {
		return m, err
	}
	if _, err := os.Lstat(file); err == nil {
		return m, fmt.Errorf("write the backup: %s is there already", filepath.Base(file))
	}
	half, err := os.CreateTemp(filepath.Dir(file), ".backup-*")
	if err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, half.Close(), os.Remove(half.Name()))
		}
	}()
	m.At = now.UTC()
	archive := zip.NewWriter(half)
	if isSQLite {
		err = backupSQLite(ctx, path, archive, &m)
	} else {
		err = backupPostgres(ctx, databaseURL, archive, &m)
	}
	if err == nil {
		err = addManifest(archive, m)
	}
	if err == nil {
		err = archive.Close()
	}
	if err == nil {
		err = half.Sync()
	}
	if err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	if _, err := readBack(half.Name()); err != nil {
		return m, err
	}
	// A link fails where a rename would write over what came meanwhile.
	if err := os.Link(half.Name(), file); err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	return m, errors.Join(os.Remove(half.Name()), half.Close())
}

func addManifest(archive *zip.Writer, m Manifest) error {
	w, err := archive.Create(manifestName)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(m)
}

// readBack reads a whole backup, with the checksums of all that it holds.
func readBack(file string) (m Manifest, err error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return m, fmt.Errorf("%w: it is no backup, or a part of one: %w", ErrBackup, err)
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	for _, entry := range archive.File {
		r, err := entry.Open()
		if err != nil {
			return m, fmt.Errorf("%w: %w", ErrBackup, err)
		}
		if entry.Name == manifestName {
			err = json.NewDecoder(r).Decode(&m)
		}
		if err == nil {
			//nolint:gosec // G110: it is thrown away as it is read; a large one costs time alone.
			_, err = io.Copy(io.Discard, r)
		}
		if err = errors.Join(err, r.Close()); err != nil {
			return m, fmt.Errorf("%w: %s in it is damaged: %w", ErrBackup, entry.Name, err)
		}
	}
	if m.Kind == "" {
		return m, fmt.Errorf("%w: it does not say what it is", ErrBackup)
	}
	return m, nil
}

// Restore fills an empty database, or a file that is not there yet, with a
// backup, all of it or nothing. What is in the database stays: one that holds
// anything is refused with [ErrBackup]. Nothing may serve from it yet: see
// [Caseload.AfterRestore].
func Restore(ctx context.Context, databaseURL, file string) (Manifest, error) {
	path, isSQLite, err := address(databaseURL)
	if err != nil {
		return Manifest{}, err
	}
	m, err := readBack(file)
	if err != nil {
		return m, err
	}
	kind := kindPostgres
	if isSQLite {
		kind = kindSQLite
	}
	if m.Kind != kind {
		return m, fmt.Errorf("%w: it is of %s, and the database is %s", ErrBackup, m.Kind, kind)
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	defer func() { _ = archive.Close() }()
	if isSQLite {
		return m, restoreSQLite(ctx, path, &archive.Reader)
	}
	return m, restorePostgres(ctx, databaseURL, &archive.Reader, m)
}
