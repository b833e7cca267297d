package understand

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Row is one labelled reply (shared/replies/README.md).
type Row struct {
	ID, Lang string
	Asked    Asked
	Text     string
	Intent   Intent
	Value    string
	Note     string
}

// Labelled reports whether somebody has said what the row means.
func (r Row) Labelled() bool { return r.Intent != "" }

// Rows reads replies line by line: tab-separated columns id, lang, asked and
// text, then intent, value and note where there are any, in this order or in
// that of a first line which names them. Columns with other names are passed
// over.
type Rows struct {
	in      *bufio.Reader
	line    int
	columns [7]int // where each column stands, -1 if it does not
}

var columnNames = [7]string{"id", "lang", "asked", "text", "intent", "value", "note"}

// maxLine is the longest line that is read, in bytes: far above any text.
const maxLine = 1 << 16

// NewRows reads from r.
func NewRows(r io.Reader) *Rows {
	return &Rows{in: bufio.NewReaderSize(r, maxLine), columns: [7]int{0, 1, 2, 3, 4, 5, 6}}
}

// Waits reports whether the next reply has not come yet, as far as can be
// seen: whoever types the replies wants to see the answers so far.
func (r *Rows) Waits() bool { return r.in.Buffered() == 0 }

// LineError is a line that is no reply. It names the line and what is wrong
// with it, and repeats nothing of the text.
type LineError struct {
	Line  int // the first is 1
	Wrong string
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Wrong) }

// Next gives the next reply. The error is io.EOF at the end and a *LineError
// for a line that is none; after that one the reading goes on.
func (r *Rows) Next() (Row, error) {
	for {
		raw, err := r.in.ReadSlice('\n')
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = r.in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return Row{}, fmt.Errorf("read replies: after line %d: %w", r.line, err)
		}
		line := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
		if line == "" && err != nil {
			return Row{}, io.EOF
		}
		r.line++
		if long {
			return Row{}, &LineError{r.line, fmt.Sprintf("is longer than %d bytes", maxLine)}
		}
		if r.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		fields := strings.Split(line, "\t")
		switch {
		case r.line == 1 && strings.EqualFold(fields[0], "id"):
			if err := r.header(fields); err != nil {
				return Row{}, err
			}
		case line != "":
			return r.row(line, fields)
		}
	}
}

func (r *Rows) header(fields []string) error {
	for i, name := range columnNames {
		r.columns[i] = slices.IndexFunc(fields, func(f string) bool { return strings.EqualFold(strings.TrimSpace(f), name) })
		if r.columns[i] < 0 && i < 4 {
			return &LineError{r.line, fmt.Sprintf("the names of the columns lack %q", name)}
		}
	}
	return nil
}

func (r *Rows) row(line string, fields []string) (Row, error) {
	needed := slices.Max(r.columns[:4])
	switch {
	case len(fields) <= needed:
		return Row{}, &LineError{r.line, fmt.Sprintf("has %d columns, wants id, lang, asked and text at least", len(fields))}
	case !utf8.ValidString(line):
		return Row{}, &LineError{r.line, "is not UTF-8"}
	}
	get := func(i int) string {
		if at := r.columns[i]; at >= 0 && at < len(fields) {
			return fields[at]
		}
		return ""
	}
	row := Row{ID: get(0), Lang: get(1), Asked: Asked(get(2)), Text: get(3), Intent: Intent(get(4)), Value: get(5), Note: get(6)}
	switch {
	case row.ID == "":
		return Row{}, &LineError{r.line, "has no id"}
	case row.Asked == "":
		row.Asked = AskedNone
	case !slices.Contains(askedNames, row.Asked):
		return Row{}, &LineError{r.line, "asked is none of the questions"}
	}
	if row.Intent != "" && !slices.Contains(Intents, row.Intent) {
		return Row{}, &LineError{r.line, "intent is none of the intents"}
	}
	return row, nil
}

// ReadRows reads every reply. The error names every line that is none.
func ReadRows(r io.Reader) ([]Row, error) {
	var rows []Row
	var faults []error
	for in := NewRows(r); ; {
		row, err := in.Next()
		var bad *LineError
		switch {
		case err == nil:
			rows = append(rows, row)
		case errors.As(err, &bad):
			faults = append(faults, bad)
		case errors.Is(err, io.EOF):
			if len(faults) > 0 {
				return nil, fmt.Errorf("read replies: %w", errors.Join(faults...))
			}
			return rows, nil
		default:
			return nil, err
		}
	}
}
