package console

import (
	"fmt"
	"strings"

	"alongside/conversations/figures"
)

// drawing is a figure as a small picture, in its own units. The table beside it says
// the same.
type drawing struct {
	Kind   figures.Plot
	Width  int
	Height int
	// Lines are drawn one over another, Boxes are the parts of columns and bars, and
	// Marks are words in the picture.
	Lines []drawnLine
	Boxes []drawnBox
	Marks []drawnMark
	// Series names what the kinds of lines and boxes stand for.
	Series []string
}

// drawnLine is a line of one kind, in the form of an SVG polyline; it leaves
// out what is not shown.
type drawnLine struct {
	Kind   int
	Points string
	Dots   []drawnDot
}

type drawnDot struct{ X, Y int }

type drawnBox struct{ Kind, X, Y, Width, Height int }

// drawnMark is a number, or the name of a row or of a month.
type drawnMark struct {
	X, Y   int
	Name   string // of a row
	Month  int    // from 1; 0: no month
	Text   string
	Anchor string
}

// The pictures, in units of which one is about a pixel on a phone.
const (
	drawnWidth  = 340
	drawnHeight = 150
	drawnLeft   = 34
	drawnRight  = 6
	drawnTop    = 12
	drawnBelow  = 20
	barHeight   = 34
)

// draw gives a figure its picture; the zero value where it has none or nothing is shown.
func draw(f figures.Figure) drawing {
	switch {
	case f.Empty:
	case f.Plot == figures.Lines:
		return drawLines(f)
	case f.Plot == figures.Columns:
		return drawColumns(f)
	case f.Plot == figures.Bars:
		return drawBars(f)
	}
	return drawing{}
}

// scale is the top of an axis: a number that is easy to read and not below the most.
func scale(most int) int {
	for step := 5; ; step *= 10 {
		for _, by := range []int{1, 2, 3, 4, 6, 8, 10} {
			if top := step * by; top >= most {
				return top
			}
		}
	}
}

// axis puts the marks of a scale on a picture over months.
func (d *drawing) axis(top int, rows []figures.Row) (x func(int) int, y func(int) int, wide int) {
	wide = (drawnWidth - drawnLeft - drawnRight) / max(1, len(rows))
	x = func(m int) int { return drawnLeft + m*wide + wide/2 }
	y = func(n int) int {
		return drawnTop + (drawnHeight-drawnTop-drawnBelow)*(top-n)/top
	}
	d.Width, d.Height = drawnWidth, drawnHeight
	for _, n := range []int{0, top} {
		d.Marks = append(d.Marks, drawnMark{X: drawnLeft - 5, Y: y(n) + 4, Text: itoa(n), Anchor: "end"})
	}
	d.Lines = append(d.Lines, drawnLine{Kind: -1, Points: fmt.Sprintf("%d,%d %d,%d", drawnLeft, y(0), drawnWidth-drawnRight, y(0))})
	for m, r := range rows {
		d.Marks = append(d.Marks, drawnMark{X: x(m), Y: drawnHeight - 6, Month: int(r.Month.Month()), Anchor: "middle"})
	}
	return x, y, wide
}

func monthsOf(f figures.Figure) (rows []figures.Row) {
	for _, r := range f.Rows {
		if !r.Month.IsZero() {
			rows = append(rows, r)
		}
	}
	return rows
}

func drawLines(f figures.Figure) drawing {
	d := drawing{Kind: f.Plot, Series: f.Columns}
	rows, most := monthsOf(f), 0
	for _, r := range rows {
		for _, c := range r.Cells {
			most = max(most, c.N)
		}
	}
	if most == 0 {
		return drawing{}
	}
	x, y, _ := d.axis(scale(most), rows)
	for k := range f.Columns {
		line := drawnLine{Kind: k}
		var points strings.Builder
		for m, r := range rows {
			c := r.Cells[k]
			if c.Unit == figures.Count {
				fmt.Fprintf(&points, "%d,%d ", x(m), y(c.N))
				line.Dots = append(line.Dots, drawnDot{x(m), y(c.N)})
			}
		}
		line.Points = strings.TrimSpace(points.String())
		d.Lines = append(d.Lines, line)
	}
	return d
}

func drawColumns(f figures.Figure) drawing {
	d := drawing{Kind: f.Plot, Series: f.Columns[:len(f.Columns)-1]}
	rows, most, shown := monthsOf(f), 0, false
	for _, r := range rows {
		sum := 0
		for _, c := range r.Cells[:len(r.Cells)-1] {
			sum += c.N
			shown = shown || c.N > 0
		}
		most = max(most, sum)
	}
	if !shown {
		return drawing{}
	}
	x, y, wide := d.axis(scale(most), rows)
	for m, r := range rows {
		sum := 0
		hidden := false
		for k, c := range r.Cells[:len(r.Cells)-1] {
			hidden = hidden || c.Unit == figures.Hidden
			if c.N > 0 {
				d.Boxes = append(d.Boxes, drawnBox{k, x(m) - min(wide, 30)*2/5, y(sum + c.N), min(wide, 30) * 4 / 5, y(sum) - y(sum+c.N)})
				sum += c.N
			}
		}
		if hidden {
			d.Marks = append(d.Marks, drawnMark{X: x(m), Y: y(sum) - 3, Text: figures.HiddenMark, Anchor: "middle"})
		}
	}
	return d
}

func drawBars(f figures.Figure) drawing {
	d := drawing{Kind: f.Plot, Width: drawnWidth}
	most := 0
	var rows []figures.Row
	for _, r := range f.Rows {
		if c := r.Cells[0]; !r.Total && (c.Unit == figures.Count && c.N > 0 && r.Name != "of_primary_care" || c.Unit == figures.Hidden) {
			rows, most = append(rows, r), max(most, c.N)
		}
	}
	if most == 0 {
		return drawing{}
	}
	for i, r := range rows {
		at := i * barHeight
		d.Marks = append(d.Marks, drawnMark{X: 0, Y: at + 12, Name: r.Name, Anchor: "start"})
		n := r.Cells[0].N
		width := (drawnWidth - 44) * n / most
		text := itoa(n)
		if r.Cells[0].Unit == figures.Hidden {
			text = figures.HiddenMark
		} else {
			d.Boxes = append(d.Boxes, drawnBox{0, 0, at + 16, max(width, 2), 12})
		}
		d.Marks = append(d.Marks, drawnMark{X: width + 6, Y: at + 27, Text: text, Anchor: "start"})
	}
	d.Height = len(rows) * barHeight
	return d
}
