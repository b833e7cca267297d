package caseload

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"alongside/store/migrations"

	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// backupSQLite puts a copy of the database at one moment into the archive.
func backupSQLite(ctx context.Context, path string, archive *zip.Writer, m *Manifest) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err // Opening it would make an empty one.
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	copied := filepath.Join(folder, sqliteName)
	db, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if m.Migration, err = migrations.Reached(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", copied); err != nil {
		return err
	}
	from, err := os.Open(copied)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	m.Kind = kindSQLite
	to, err := archive.Create(sqliteName)
	if err == nil {
		_, err = io.Copy(to, from)
	}
	return err
}

// restoreSQLite writes the file, once it is known to be whole.
func restoreSQLite(ctx context.Context, path string, archive *zip.Reader) (err error) {
	for _, taken := range []string{path, path + "-wal", path + "-shm"} {
		if _, err := os.Lstat(taken); err == nil {
			return fmt.Errorf("%w: %s is there already; name a file that is not, or move it away", ErrBackup, filepath.Base(taken))
		}
	}
	from, err := archive.Open(sqliteName)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBackup, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	folder, err := os.MkdirTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	half := filepath.Join(folder, sqliteName)
	to, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := whole(ctx, half); err != nil {
		return err
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// whole checks that a file is a database of this program that nothing is wrong with.
func whole(ctx context.Context, path string) (err error) {
	db, err := openSQLiteWriter(path)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() {
		// The log beside it goes into the file before that is moved.
		_, merged := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		err = errors.Join(err, merged, db.Close())
	}()
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		return fmt.Errorf("%w: the database in it is damaged (%w)", ErrBackup, errors.Join(err, errors.New(said)))
	}
	if err := migrations.Check(ctx, db, migrations.SQLite, riversqlite.New(db)); err != nil {
		return fmt.Errorf("%w: %w; restore it with the version of the program that made it, then migrate", ErrBackup, err)
	}
	return nil
}
