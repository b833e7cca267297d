package figures

import (
	"time"

	"alongside/conversations"
)

// Figure is one table with a name. Pages and files find the words by the names.
type Figure struct {
	// Name is the figure's ("referrals"), Columns the names of what is counted.
	Name    string
	Columns []string
	Rows    []Row
	// Notes are named remarks: what a reader should know of this table.
	Notes []Note
	// Plot says how it is drawn; empty: as a table alone.
	Plot Plot
	// Empty says that there is nothing in it.
	Empty bool
}

// Row is one line of a table. Month is set where it is a month, and else Name.
type Row struct {
	Name  string
	Month time.Time
	Total bool
	Cells []Cell
}

// Unit is what a cell holds.
type Unit string

// The units. Hidden is a number that is not shown (see the package); None is where there
// is nothing to count, such as a month to come. Tenths is a number of tenths.
const (
	Count   Unit = "count"
	Percent Unit = "percent"
	Days    Unit = "days"
	Tenths  Unit = "tenths"
	Hidden  Unit = "hidden"
	None    Unit = "none"
)

// Units lists every unit.
var Units = []Unit{Count, Percent, Days, Tenths, Hidden, None}

// Cell is one place of a table. N is 0 for Hidden and None.
type Cell struct {
	Unit Unit
	N    int
}

// Note is a remark about a table. The numbers stand in its words.
type Note struct {
	Name string
	// Which names what it is about: a row, a standard; may be empty.
	Which string
	N     int
}

// Plot is how a figure is drawn.
type Plot string

// The plots: lines over months, columns over months that are made of parts, bars
// of the rows.
const (
	Lines   Plot = "lines"
	Columns Plot = "columns"
	Bars    Plot = "bars"
)

// The names of columns and rows that are used in several places.
const (
	people, share, total = "people", "share", "total"
)

// draft is the tables of a page while what must be hidden is not known yet: cells
// are filled once it is.
type draft struct {
	sums
	figures []*Figure
	later   []func()
}

func (d *draft) figure(name string, plot Plot, columns ...string) *Figure {
	f := &Figure{Name: name, Columns: columns, Plot: plot}
	d.figures = append(d.figures, f)
	return f
}

// row adds a line whose cells are filled later.
func (d *draft) row(f *Figure, r Row, cells ...func() Cell) {
	at := len(f.Rows)
	f.Rows = append(f.Rows, r)
	d.later = append(d.later, func() {
		for _, c := range cells {
			f.Rows[at].Cells = append(f.Rows[at].Cells, c())
		}
	})
}

func none() Cell { return Cell{Unit: None} }

// count shows a number, if it may be.
func (d *draft) count(i id) func() Cell {
	return func() Cell {
		if d.cells[i].hidden {
			return Cell{Unit: Hidden}
		}
		return Cell{Count, d.cells[i].n}
	}
}

// share shows a part as a percentage of a whole, if both may be shown.
func (d *draft) share(part, of id) func() Cell {
	return func() Cell {
		switch whole := d.cells[of]; {
		case whole.n == 0:
			return none()
		case whole.hidden || d.cells[part].hidden:
			return Cell{Unit: Hidden}
		default:
			return Cell{Percent, percent(d.cells[part].n, whole.n)}
		}
	}
}

// about shows what was worked out of some people, if they are enough.
func (d *draft) about(unit Unit, n int, of id) func() Cell {
	return func() Cell {
		switch c := d.cells[of]; {
		case c.n == 0:
			return none()
		case c.n < small:
			return Cell{Unit: Hidden}
		}
		return Cell{unit, n}
	}
}

// percent is rounded to the nearest whole.
func percent(part, of int) int { return (200*part + of) / (2 * of) }

// list is a table of parts with their total and shares, one row each.
func (d *draft) list(f *Figure, names []string, counts []int) (parts []id, all id) {
	for _, n := range counts {
		parts = append(parts, d.put(n))
	}
	all = d.sum(parts...)
	for i, name := range names {
		d.row(f, Row{Name: name}, d.count(parts[i]), d.share(parts[i], all))
	}
	d.row(f, Row{Name: total, Total: true}, d.count(all), none)
	f.Empty = d.cells[all].n == 0
	return parts, all
}

// done works out what is hidden, and fills the tables.
func (d *draft) done() []Figure {
	d.protect()
	for _, fill := range d.later {
		fill()
	}
	var out []Figure
	for _, f := range d.figures {
		out = append(out, *f)
	}
	return out
}

// Of puts what was counted for a period into tables, by the service's own
// standards. Now is in the zone of the service.
func Of(c Counted, p Period, way conversations.Pathway, now time.Time) []Figure {
	var d draft
	referrals(&d, c, p, now)
	contacts(&d, "contacts", c.Contacts, p, now)
	waits(&d, c, way, now)
	outcomes(&d, c, p)
	employment(&d, c)
	jobs(&d, c, p, now)
	contacts(&d, "employers", c.Employers, p, now)
	texting(&d, c)
	feedback(&d, c)
	return d.done()
}
