package caseload

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"alongside/store/migrations"
)

// sqliteDB is the adapter for SQLite: one connection that writes, so that
// writers queue in this process instead of trying again and again, and some
// that read.
type sqliteDB struct {
	writer, readers *sql.DB
	written, read   prepared
	jobs            *river.Client[*sql.Tx]
}

// readerConnections is enough to keep a few cores busy with reading.
const readerConnections = 4

// sqliteDSN is the address for the driver: a file in WAL mode, safe against a
// power cut, with transactions that take the write lock at once (those that
// take it later fail busy under load).
func sqliteDSN(path string, more ...string) string {
	settings := append([]string{
		"_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=foreign_keys(1)",
		"_pragma=synchronous(FULL)", "_txlock=immediate",
	}, more...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(settings, "&")
}

func openSQLiteWriter(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func openSQLite(ctx context.Context, path string, jobs *river.Config) (*sqliteDB, error) {
	writer, err := openSQLiteWriter(path)
	if err != nil {
		return nil, err
	}
	if err := migrations.Check(ctx, writer, migrations.SQLite, riversqlite.New(writer)); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers, err := sql.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), writer.Close())
	}
	readers.SetMaxOpenConns(readerConnections)
	readers.SetMaxIdleConns(readerConnections)
	db := &sqliteDB{writer: writer, readers: readers}
	if db.jobs, err = river.NewClient(riversqlite.New(writer), jobs); err != nil {
		return nil, errors.Join(fmt.Errorf("open the jobs: %w", err), db.close())
	}
	return db, nil
}

// migrateTries bounds how often a process looks again while others migrate the
// same file at the same moment.
const migrateTries = 20

// migrateSQLite brings a file up to date. SQLite has no lock to take for all
// of it: a process that loses the race for a migration starts over, and finds
// it done.
func migrateSQLite(ctx context.Context, path string, log *slog.Logger) (err error) {
	db, err := openSQLiteWriter(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for range migrateTries {
		if err = migrations.Up(ctx, db, migrations.SQLite, log); err == nil {
			err = migrations.UpJobs(ctx, riversqlite.New(db), log)
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// prepared keeps the statements of one pool.
type prepared struct{ statements sync.Map } // text → *sql.Stmt

func (p *prepared) get(text string) (*sql.Stmt, bool) {
	kept, _ := p.statements.Load(text)
	s, ok := kept.(*sql.Stmt)
	return s, ok
}

// make prepares a statement for good. The pool must have a connection to spare.
func (p *prepared) make(ctx context.Context, db *sql.DB, text string) (*sql.Stmt, error) {
	s, err := db.PrepareContext(ctx, anonymous(text))
	if err != nil {
		return nil, err
	}
	// One that another goroutine kept meanwhile is replaced, and ends with the pool.
	p.statements.Store(text, s)
	return s, nil
}

// anonymous writes parameters that come in their order, each once, as "?". To
// SQLite "$1" is a name, and the driver looks every name up from the beginning
// of their list: with the thousand of a long VALUES that takes longer than the
// insert.
func anonymous(named string) string {
	var b strings.Builder
	text := named
	for n := 1; ; n++ {
		before, after, more := strings.Cut(text, "$")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		if after[:digits] != strconv.Itoa(n) {
			return named
		}
		b.WriteByte('?')
		text = after[digits:]
	}
}

// sqliteReader runs batches on the connections that read.
type sqliteReader struct{ db *sqliteDB }

func (db *sqliteDB) reader() querier { return sqliteReader{db} }

func (r sqliteReader) run(ctx context.Context, b *batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // See write.
	for _, s := range b.statements {
		stmt, ok := r.db.read.get(s.sql)
		if !ok {
			var err error
			if stmt, err = r.db.read.make(ctx, r.db.readers, s.sql); err != nil {
				return err
			}
		}
		if err := runStatement(ctx, stmt, s); err != nil {
			return err
		}
	}
	return nil
}

func (db *sqliteDB) run(ctx context.Context, b *batch) error {
	return db.write(ctx, func(tx transaction) error { return tx.run(ctx, b) })
}

// sqliteTx is a transaction under way. Statements that are new to this process
// cannot be prepared for good while the only connection is busy: they are
// prepared for this transaction, and for good after it.
type sqliteTx struct {
	db    *sqliteDB
	tx    *sql.Tx
	fresh []string
}

func (db *sqliteDB) write(ctx context.Context, do func(tx transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The driver watches a context that can end with a goroutine per statement;
	// a transaction takes milliseconds, and busy_timeout bounds the wait for it.
	ctx = context.WithoutCancel(ctx)
	inner, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &sqliteTx{db: db, tx: inner}
	if err := do(tx); err != nil {
		_ = inner.Rollback() // What went wrong before is what the caller must hear.
		return err
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, text := range tx.fresh {
		// It worked a moment ago; if not now, the next transaction tries again.
		_, _ = db.written.make(ctx, db.writer, text) //nolint:sqlclosecheck // It is kept for good.
	}
	return nil
}

func (tx *sqliteTx) run(ctx context.Context, b *batch) error {
	for _, s := range b.statements {
		var stmt *sql.Stmt
		if kept, ok := tx.db.written.get(s.sql); ok {
			stmt = tx.tx.StmtContext(ctx, kept)
		} else {
			var err error
			if stmt, err = tx.tx.PrepareContext(ctx, anonymous(s.sql)); err != nil {
				return err
			}
			tx.fresh = append(tx.fresh, s.sql)
		}
		if err := runStatement(ctx, stmt, s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *sqliteTx) insertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	if _, err := tx.db.jobs.InsertManyTx(ctx, tx.tx, jobs); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

func runStatement(ctx context.Context, stmt *sql.Stmt, s statement) error {
	if s.each == nil {
		result, err := stmt.ExecContext(ctx, s.args...)
		if err != nil || s.changed == nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		return s.changed(n)
	}
	rows, err := stmt.QueryContext(ctx, s.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has said what there is to say.
	for rows.Next() {
		if err := s.each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (db *sqliteDB) lock() string { return "" }

func (db *sqliteDB) kind(err error) fault {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return faultOther
	}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return faultUnique
	}
	switch failed.Code() & 0xff { // The rest is detail.
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_INTERRUPT:
		return faultAway
	}
	return faultOther
}

// startJobs shares the writing connection: two that write would only take the
// lock from each other. Jobs are looked for once a second: River's notifier on
// SQLite is a table that it reads twenty times a second, for jobs that are timed
// to the second at best.
func (db *sqliteDB) startJobs(ctx context.Context, config *river.Config) (func(context.Context) error, error) {
	config.PollOnly = true
	client, err := river.NewClient(riversqlite.New(db.writer), config)
	if err != nil {
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	return client.Stop, nil
}

func (db *sqliteDB) ping(ctx context.Context) error {
	return migrations.Check(ctx, db.readers, migrations.SQLite, riversqlite.New(db.readers))
}

func (db *sqliteDB) close() error {
	return errors.Join(db.readers.Close(), db.writer.Close())
}

func (db *sqliteDB) nextJobs(ctx context.Context, most int, states ...rivertype.JobState) ([]*rivertype.JobRow, error) {
	return nextJobs(ctx, db.jobs, most, states...)
}

func (db *sqliteDB) jobRows() riverdriver.Executor { return riversqlite.New(db.writer).GetExecutor() }

func (db *sqliteDB) endJobs(ctx context.Context, ids []int64) error {
	_, err := db.jobs.JobDeleteMany(ctx, river.NewJobDeleteManyParams().IDs(ids...))
	return err
}
