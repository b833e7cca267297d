package caseload

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// All SQL of this package is written once, in the SQL that both databases
// speak, against the three types of this file. Two adapters run it:
// db_sqlite.go and db_postgresql.go.

// batch is statements that go to the database together: pipelined on
// PostgreSQL (one round trip), one after another on SQLite. What each brought
// is handed to its own function, in order; the first error ends the batch.
// The zero value is ready.
type batch struct{ statements []statement }

type statement struct {
	sql  string
	args []any
	// Exactly one of them is set, or none: each is called per row, changed once
	// with the number of rows.
	each    func(scan scan) error
	changed func(rows int64) error
}

// scan reads the current row; it must not be kept.
type scan func(into ...any) error

// query queues a statement that returns rows; each is called for every one.
func (b *batch) query(each func(scan) error, sql string, args ...any) {
	b.statements = append(b.statements, statement{sql: sql, args: args, each: each})
}

// exec queues a statement that returns none; changed, if not nil, learns how
// many rows it changed.
func (b *batch) exec(changed func(rows int64) error, sql string, args ...any) {
	b.statements = append(b.statements, statement{sql: sql, args: args, changed: changed})
}

// querier runs batches.
type querier interface {
	run(ctx context.Context, b *batch) error
}

// transaction is a querier that is all or nothing, and the only way to insert
// a job.
type transaction interface {
	querier
	insertJobs(ctx context.Context, jobs []river.InsertManyParams) error
}

// database is one of the two databases.
type database interface {
	// run takes a batch as a transaction of its own.
	querier
	// reader runs batches that only read. Their statements may see different
	// moments: what guards the others is read first (see Load).
	reader() querier
	// write runs do in one transaction. On SQLite it is the only one of this
	// process that writes. An error of do is returned as it is, after the
	// rollback.
	write(ctx context.Context, do func(tx transaction) error) error
	// lock is appended to a SELECT whose rows the transaction will change; rows
	// that another transaction holds are left out. It is empty where a writing
	// transaction is alone anyway.
	lock() string
	// kind says what was wrong with a statement, as far as it matters here.
	kind(err error) fault
	// jobs starts River; see [Caseload.StartJobs].
	startJobs(ctx context.Context, config *river.Config) (stop func(context.Context) error, err error)
	// nextJobs and endJobs work River's rows without River; see leap.go.
	nextJobs(ctx context.Context, most int, states ...rivertype.JobState) ([]*rivertype.JobRow, error)
	endJobs(ctx context.Context, ids []int64) error
	// jobRows reads and writes River's rows; see stuck.go.
	jobRows() riverdriver.Executor
	// ping reaches the database and checks its migrations.
	ping(ctx context.Context) error
	close() error
}

// fault is what the database says was wrong with a statement.
type fault int

const (
	faultOther  fault = iota
	faultUnique       // a unique index or a primary key
	faultAway         // not the statement but the database: away, locked, full
)

// one runs a single query.
func one(ctx context.Context, q querier, each func(scan) error, sql string, args ...any) error {
	var b batch
	b.query(each, sql, args...)
	return q.run(ctx, &b)
}

// change runs a single statement and returns how many rows it changed.
func change(ctx context.Context, q querier, sql string, args ...any) (changed int64, err error) {
	var b batch
	b.exec(func(rows int64) error { changed = rows; return nil }, sql, args...)
	return changed, q.run(ctx, &b)
}

// errNoRow is what single returns for nothing.
var errNoRow = errors.New("no such row")

// single runs a query for one row; errNoRow if there is none.
func single(ctx context.Context, q querier, into []any, sql string, args ...any) error {
	found := false
	err := one(ctx, q, func(scan scan) error {
		found = true
		return scan(into...)
	}, sql, args...)
	if err == nil && !found {
		return errNoRow
	}
	return err
}

// mostRows is the most rows in one statement. A statement of 64 rows of 30
// columns stays well below SQLite's limit of 32,766 parameters.
const mostRows = 64

// bulk is a statement about a list of rows, made once per process. A list is
// cut into as few statements as there are ones in the binary form of its
// length (45 rows: 32 + 8 + 4 + 1), so that the databases meet seven texts and
// keep them prepared.
type bulk struct {
	texts   [7]string // for 1, 2, 4 … mostRows rows
	columns int
}

// newBulk makes a bulk of head, the rows ("($1, $2), ($3, $4)") and tail.
// Types, one per column, cast the values; it is needed where PostgreSQL cannot
// tell them from a table's columns. A column count stands for types otherwise.
func newBulk(columns int, types []string, head, tail string) bulk {
	b := bulk{columns: columns}
	for i := range b.texts {
		b.texts[i] = head + " " + placeholders(1<<i, columns, types) + " " + tail
	}
	return b
}

// bulk queues the statements for the rows; each is called for every row that a
// RETURNING brings, and may be nil.
func (b *batch) bulk(each func(scan) error, what *bulk, rows [][]any) {
	for len(rows) > 0 {
		i := min(bits.Len(uint(len(rows)))-1, len(what.texts)-1)
		n := 1 << i
		args := make([]any, 0, n*what.columns)
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		b.statements = append(b.statements, statement{sql: what.texts[i], args: args, each: each})
		rows = rows[n:]
	}
}

// placeholders is "($1, $2), ($3, $4)".
func placeholders(rows, columns int, types []string) string {
	var s strings.Builder
	for r := range rows {
		if r > 0 {
			s.WriteString(", ")
		}
		s.WriteByte('(')
		for c := range columns {
			if c > 0 {
				s.WriteString(", ")
			}
			if types != nil {
				fmt.Fprintf(&s, "CAST($%d AS %s)", r*columns+c+1, types[c])
			} else {
				fmt.Fprintf(&s, "$%d", r*columns+c+1)
			}
		}
		s.WriteByte(')')
	}
	return s.String()
}

// in is a list for IN: "$3, $4, $5, $6" for the values, padded to a power of
// two by repeating the last (few texts: see bulk), and args with them
// appended. The list of no values is NULL, which matches nothing.
func in[T any](args []any, values []T) (list string, all []any) {
	if len(values) == 0 {
		return "NULL", args
	}
	n := 1 << bits.Len(uint(len(values)-1))
	var s strings.Builder
	for i := range n {
		if i > 0 {
			s.WriteString(", ")
		}
		args = append(args, values[min(i, len(values)-1)])
		s.WriteByte('$')
		s.WriteString(strconv.Itoa(len(args)))
	}
	return s.String(), args
}
