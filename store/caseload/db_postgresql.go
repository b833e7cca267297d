package caseload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"alongside/store/migrations"
)

// postgresDB is the adapter for PostgreSQL. pgx keeps statements prepared by
// itself, and a batch is one round trip.
type postgresDB struct {
	pool *pgxpool.Pool
	jobs *river.Client[pgx.Tx]
	url  string
}

// connections of the pool, unless the address says pool_max_conns: loads run
// side by side, commits one at a time.
const connections = 12

func postgresPool(ctx context.Context, url string, most int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's error repeats the address, password and all but hidden.
		return nil, errors.New("open the database: the address is not one that PostgreSQL takes")
	}
	if _, said := config.ConnConfig.RuntimeParams["pool_max_conns"]; !said && config.MaxConns < most {
		config.MaxConns = most
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return pool, nil
}

func openPostgres(ctx context.Context, url string, jobs *river.Config) (*postgresDB, error) {
	pool, err := postgresPool(ctx, url, connections)
	if err != nil {
		return nil, err
	}
	db := &postgresDB{pool: pool, url: url}
	if err := db.ping(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if db.jobs, err = river.NewClient(riverpgxv5.New(pool), jobs); err != nil {
		return nil, errors.Join(fmt.Errorf("open the jobs: %w", err), db.close())
	}
	return db, nil
}

// migrateLock is the advisory lock under which one process migrates at a time.
const migrateLock = 0x616c6f6e67 // "along"

func migratePostgres(ctx context.Context, url string, log *slog.Logger) (err error) {
	pool, err := postgresPool(ctx, url, 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	held, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer held.Release()
	if _, err := held.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		return fmt.Errorf("wait for the others to migrate: %w", err)
	}
	defer func() {
		_, unlock := held.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrateLock))
		err = errors.Join(err, unlock)
	}()
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrations.Up(ctx, db, migrations.PostgreSQL, log); err != nil {
		return err
	}
	return migrations.UpJobs(ctx, riverpgxv5.New(pool), log)
}

// pipeline is what pool and transaction have in common.
type pipeline interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

func runPipeline(ctx context.Context, p pipeline, b *batch) (err error) {
	if len(b.statements) == 0 {
		return nil
	}
	var queued pgx.Batch
	for _, s := range b.statements {
		queued.Queue(s.sql, s.args...)
	}
	results := p.SendBatch(ctx, &queued)
	defer func() {
		if closed := results.Close(); err == nil {
			err = closed
		}
	}()
	for _, s := range b.statements {
		if err := readResult(results, s); err != nil {
			return err
		}
	}
	return nil
}

func readResult(results pgx.BatchResults, s statement) error {
	if s.each == nil {
		tag, err := results.Exec()
		if err != nil || s.changed == nil {
			return err
		}
		return s.changed(tag.RowsAffected())
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// run is atomic: a pipeline with a single end is one transaction.
func (db *postgresDB) run(ctx context.Context, b *batch) error { return runPipeline(ctx, db.pool, b) }

func (db *postgresDB) reader() querier { return db }

type postgresTx struct {
	db *postgresDB
	tx pgx.Tx
}

func (db *postgresDB) write(ctx context.Context, do func(tx transaction) error) error {
	inner, err := db.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(postgresTx{db, inner}); err != nil {
		_ = inner.Rollback(context.WithoutCancel(ctx)) // What went wrong before is what the caller must hear.
		return err
	}
	if err := inner.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (tx postgresTx) run(ctx context.Context, b *batch) error { return runPipeline(ctx, tx.tx, b) }

func (tx postgresTx) insertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	if _, err := tx.db.jobs.InsertManyTx(ctx, tx.tx, jobs); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

func (db *postgresDB) lock() string { return "FOR UPDATE SKIP LOCKED" }

func (db *postgresDB) kind(err error) fault {
	var failed *pgconn.PgError
	var unreachable net.Error
	switch {
	case errors.As(err, &failed):
		return kindOf(failed.Code)
	case errors.As(err, &unreachable), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), pgconn.SafeToRetry(err):
		return faultAway
	}
	return faultOther
}

// kindOf reads a code of PostgreSQL's "Error Codes" appendix; the first two
// characters are its class.
func kindOf(code string) fault {
	if code == "23505" { // unique_violation
		return faultUnique
	}
	switch code[:min(2, len(code))] {
	case "08", "53", "57", "58": // connection, resources, intervention by an operator, system
		return faultAway
	}
	return faultOther
}

// startJobs gives River a pool of its own: its fetching and leading must not
// wait for our loads, nor these for it.
func (db *postgresDB) startJobs(ctx context.Context, config *river.Config) (func(context.Context) error, error) {
	pool, err := postgresPool(ctx, db.url, 4)
	if err != nil {
		return nil, err
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err == nil {
		err = client.Start(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	return func(ctx context.Context) error {
		err := client.Stop(ctx)
		pool.Close()
		return err
	}, nil
}

func (db *postgresDB) ping(ctx context.Context) error {
	checked := stdlib.OpenDBFromPool(db.pool)
	defer func() { _ = checked.Close() }() // It closes nothing of the pool's.
	return migrations.Check(ctx, checked, migrations.PostgreSQL, riverpgxv5.New(db.pool))
}

func (db *postgresDB) close() error {
	db.pool.Close()
	return nil
}

func (db *postgresDB) nextJobs(ctx context.Context, most int, states ...rivertype.JobState) ([]*rivertype.JobRow, error) {
	return nextJobs(ctx, db.jobs, most, states...)
}

func (db *postgresDB) jobRows() riverdriver.Executor { return riverpgxv5.New(db.pool).GetExecutor() }

func (db *postgresDB) endJobs(ctx context.Context, ids []int64) error {
	_, err := db.jobs.JobDeleteMany(ctx, river.NewJobDeleteManyParams().IDs(ids...))
	return err
}
