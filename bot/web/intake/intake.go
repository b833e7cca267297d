// Package intake takes in caseloads and appointments from another system, as a
// table that a spreadsheet saves (CSV, RFC 4180).
//
// A file is checked as a whole first, and each fault is named by its row and
// column; then all of it is taken in or nothing. The same file again changes
// nothing. It never repeats in a fault what a row holds, sends nothing because of
// an import itself, and overwrites nothing that the team entered here.
package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Most is how many rows a file may have; Longest how many bytes.
const (
	Most    = 20_000
	Longest = 8 << 20
)

// Config is what an intake works with. All of it must be set.
type Config struct {
	Store *store.Store
	// All takes many events through their conversations, all or none, with what
	// else an import writes (turn.RunAll).
	All func(context.Context, []conversations.Event, store.Import) error
	// Now is the one clock of the program, NewID makes ids that sort by time.
	Now   func() time.Time
	NewID func() string
	// Pathway is the service's own: its stages.
	Pathway conversations.Pathway
}

// Fault is one thing that is wrong with a file.
type Fault struct {
	// Row is the one that a spreadsheet shows, the names of the columns being row
	// 1; 0 is the file itself. Column is the name of the column; may be empty.
	Row    int
	Column string
	// Text says what is wrong and what to do. It holds nothing of the row.
	Text string
}

func (f Fault) String() string {
	switch {
	case f.Row == 0:
		return f.Text
	case f.Column == "":
		return fmt.Sprintf("row %d: %s", f.Row, f.Text)
	}
	return fmt.Sprintf("row %d, column %q: %s", f.Row, f.Column, f.Text)
}

// Change is a row that says something else than when it was imported last.
type Change struct {
	Row int
	// Columns are those that differ; Taken those of them that the import takes
	// over. The others stay as the team has them here.
	Columns, Taken []string
}

// Report is what an import would do, or did.
type Report struct {
	Kind store.ImportKind
	// Done says that it was written. A file with faults is not.
	Done bool
	// Rows counts all; New, Changed and Unchanged are together as many, unless there
	// are faults.
	Rows, New, Unchanged int
	Changed              []Change
	Faults               []Fault
	// Notes are worth knowing and no faults: how the file was read.
	Notes []string
}

// Run reads a file and, unless it has faults or is only to be checked, takes all
// of it in. An error is a failure of ours: then nothing was written.
func (c Config) Run(ctx context.Context, kind store.ImportKind, file []byte, check bool) (Report, error) {
	r := Report{Kind: kind}
	table := read(file, columns[kind], &r)
	r.Rows = len(table.rows)
	if len(r.Faults) > 0 && len(table.rows) == 0 {
		return r, nil
	}
	p := &plan{Config: c, report: &r, imp: store.Import{Kind: kind}}
	var err error
	if p.known, err = c.Store.Imported(ctx, kind, table.references()); err != nil {
		return r, err
	}
	switch kind {
	case store.ImportClients:
		err = p.clients(ctx, table)
	case store.ImportAppointments:
		err = p.appointments(ctx, table)
	default:
		err = fmt.Errorf("there is no import of %s", kind)
	}
	if err != nil {
		return r, err
	}
	slices.SortStableFunc(r.Faults, func(a, b Fault) int { return a.Row - b.Row })
	if check || len(r.Faults) > 0 {
		return r, nil
	}
	if len(p.imp.Rows) > 0 {
		err := c.All(ctx, p.events, p.imp)
		switch {
		case errors.Is(err, store.ErrTaken):
			r.Faults = append(r.Faults, Fault{Text: "A number in this file was given to another client while the file was read. Nothing was changed: import it again."})
			return r, nil
		case errors.Is(err, store.ErrConflict):
			r.Faults = append(r.Faults, Fault{Text: "Somebody else imported or changed the same at the same moment. Nothing was changed: import it again."})
			return r, nil
		case err != nil:
			return r, err
		}
	}
	r.Done = true
	return r, nil
}

// plan is one import on its way.
type plan struct {
	Config
	report *Report
	known  map[string]store.ImportedRow
	events []conversations.Event
	imp    store.Import
}

func (p *plan) fault(row int, column, text string) {
	p.report.Faults = append(p.report.Faults, Fault{Row: row, Column: column, Text: text})
}

// keep remembers a row under the id of what came of it.
func (p *plan) keep(r row, subject string) {
	p.imp.Rows = append(p.imp.Rows, store.ImportedRow{Reference: r.reference(), Subject: subject, Columns: r.said()})
}

// differs lists the columns in which a row says something else than before; nil
// if it is the same.
func (p *plan) differs(r row, before store.ImportedRow) (list []string) {
	said := r.said()
	for _, name := range r.table.order {
		if name != columnReference && said[name] != before.Columns[name] {
			list = append(list, name)
		}
	}
	return list
}

// refused names what the store refuses in a row. The fields of the store are
// columns of the file, with other names where given.
func (p *plan) refused(r row, err error, named map[string]string) {
	for _, refusal := range store.Refusals(err) {
		column := refusal.Field
		if other, ok := named[column]; ok {
			column = other
		}
		p.fault(r.number, column, refusal.Text)
	}
}

// String says what differs in a row, and what of it is taken over.
func (c Change) String() string {
	left := slices.DeleteFunc(slices.Clone(c.Columns), func(name string) bool { return slices.Contains(c.Taken, name) })
	said := fmt.Sprintf("row %d", c.Row)
	if len(c.Taken) > 0 {
		said += ": taken over: " + strings.Join(c.Taken, ", ")
	}
	if len(left) > 0 {
		said += ": differs, and is left as the team has it: " + strings.Join(left, ", ")
	}
	return said
}
