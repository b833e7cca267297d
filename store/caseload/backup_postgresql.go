package caseload

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"alongside/store/migrations"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// notBackedUp are tables that say how far the database is, which a fresh one knows
// itself, and what River's processes know of each other.
var notBackedUp = []string{"goose_db_version", "river_migration", "river_leader", "river_client", "river_client_queue", "river_notification"}

// tablesOf lists the tables of the database, each behind those that it refers to,
// with the columns that can be written.
const tablesOf = `WITH RECURSIVE refers AS (
		SELECT DISTINCT conrelid AS child, confrelid AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
	), depth (id, n) AS (
		SELECT oid, 0 FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
		UNION SELECT r.child, d.n + 1 FROM depth d JOIN refers r ON r.parent = d.id WHERE d.n < 50
	)
	SELECT c.relname, (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_attribute a
			WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
	FROM pg_class c JOIN depth d ON d.id = c.oid WHERE NOT c.relname = ANY ($1)
	GROUP BY c.oid, c.relname ORDER BY MAX(d.n), c.relname`

type pgTable struct {
	name    string
	columns []string
}

func (t pgTable) quoted() string {
	return pgx.Identifier{t.name}.Sanitize() + " (" + strings.Join(t.columns, ", ") + ")"
}

func pgTables(ctx context.Context, tx pgx.Tx) ([]pgTable, error) {
	rows, err := tx.Query(ctx, tablesOf, notBackedUp)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t pgTable, err error) {
		err = row.Scan(&t.name, &t.columns)
		return t, err
	})
}

// backupPostgres puts every table, as it was at one moment, into the archive.
func backupPostgres(ctx context.Context, url string, archive *zip.Writer, m *Manifest) (err error) {
	pool, err := postgresPool(ctx, url, 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	m.Migration, err = migrations.Reached(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	m.Kind, m.Rows = kindPostgres, map[string]int64{}
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		tables, err := pgTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			to, err := archive.Create(tableFolder + t.name + ".csv")
			if err != nil {
				return err
			}
			tag, err := tx.Conn().PgConn().CopyTo(ctx, to, "COPY "+t.quoted()+" TO STDOUT WITH (FORMAT csv)")
			if err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
			m.Rows[t.name] = tag.RowsAffected()
		}
		return nil
	})
}

// restorePostgres fills the tables in one transaction.
func restorePostgres(ctx context.Context, url string, archive *zip.Reader, m Manifest) error {
	pool, err := postgresPool(ctx, url, 1)
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	reached, err := migrations.Reached(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if reached == 0 {
		if err := migratePostgres(ctx, url, slog.New(slog.DiscardHandler)); err != nil {
			return err
		}
		return restorePostgres(ctx, url, archive, m)
	}
	if reached != m.Migration {
		return fmt.Errorf("%w: it is of a database at migration %d and this one is at %d; run `alongside migrate` with the version of the program that made it, "+
			"restore with the same, then migrate with the new one", ErrBackup, m.Migration, reached)
	}
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		tables, err := pgTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := fillTable(ctx, tx, t, archive, m); err != nil {
				return err
			}
		}
		return countOn(ctx, tx)
	})
	if err != nil && !errors.Is(err, ErrBackup) {
		return fmt.Errorf("restore: %w", err)
	}
	return err
}

func fillTable(ctx context.Context, tx pgx.Tx, t pgTable, archive *zip.Reader, m Manifest) (err error) {
	var taken bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+pgx.Identifier{t.name}.Sanitize()+")").Scan(&taken); err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("%w: the database is not empty (table %s); make a new one", ErrBackup, t.name)
	}
	from, err := archive.Open(tableFolder + t.name + ".csv")
	if err != nil {
		return fmt.Errorf("%w: table %s is missing in it", ErrBackup, t.name)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, from, "COPY "+t.quoted()+" FROM STDIN WITH (FORMAT csv)")
	if err != nil {
		return fmt.Errorf("table %s: %w", t.name, err)
	}
	if tag.RowsAffected() != m.Rows[t.name] {
		return fmt.Errorf("%w: table %s has %d rows in it and %d by its own account", ErrBackup, t.name, tag.RowsAffected(), m.Rows[t.name])
	}
	return nil
}

// countOn lets every counter of the database go on behind what was filled in.
func countOn(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
			AND NOT c.relname = ANY ($1) AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL`, notBackedUp)
	if err != nil {
		return err
	}
	type counter struct{ Table, Column, Sequence string }
	counters, err := pgx.CollectRows(rows, pgx.RowToStructByPos[counter])
	if err != nil {
		return err
	}
	for _, c := range counters {
		_, err := tx.Exec(ctx, "SELECT setval($1::regclass, GREATEST((SELECT MAX("+pgx.Identifier{c.Column}.Sanitize()+") FROM "+
			pgx.Identifier{c.Table}.Sanitize()+"), 1))", c.Sequence)
		if err != nil {
			return err
		}
	}
	return nil
}
