package storetest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"alongside/store/caseload"
)

// DB is one database, empty and migrated.
type DB struct {
	// Name is "sqlite" or "postgresql".
	Name string
	// URL is what DATABASE_URL would say.
	URL string
}

// Databases gives the test a database of each kind that this machine has:
// SQLite always, PostgreSQL where it is installed. They are gone when the test
// has ended; what is still connected is cut off.
func Databases(t testing.TB) []DB {
	t.Helper()
	all := []DB{SQLite(t)}
	if url, ok := Postgres(t); ok {
		all = append(all, DB{"postgresql", url})
	}
	return all
}

// Each runs a test on every database, as a subtest named for it.
func Each(t *testing.T, test func(t *testing.T, db DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	if !postgresInstalled() {
		absent(t, "postgres")
		return
	}
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		url, _ := Postgres(t)
		test(t, DB{"postgresql", url})
	})
}

// migratedFile is a migrated SQLite database, made once per test process.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "along")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // The system empties its folder of temporary files.
	file := filepath.Join(folder, "migrated.db")
	if err := caseload.Migrate(context.Background(), "sqlite:"+file, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// SQLite gives the test a SQLite file.
func SQLite(t testing.TB) DB {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatalf("migrate a SQLite file: %v", err)
	}
	file := filepath.Join(t.TempDir(), "alongside.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return DB{"sqlite", "sqlite:" + file}
}
