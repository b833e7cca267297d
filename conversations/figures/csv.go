package figures

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// HiddenMark stands in a file for a number that is not shown.
const HiddenMark = "*"

// CSV is the table as RFC 4180 has it, with its head. Say gives the words for a
// name of a list ("column", "line"). A month is written 2026-11, a number that is not
// shown as *, and nothing where there is nothing to count.
func (f Figure) CSV(say func(list, name string) string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	head := []string{harmless(say("figure", f.Name))}
	for _, c := range f.Columns {
		head = append(head, harmless(say("column", c)))
	}
	_ = w.Write(head) // A buffer takes everything.
	for _, r := range f.Rows {
		line := []string{harmless(say("line", r.Name))}
		if !r.Month.IsZero() {
			line[0] = r.Month.Format("2006-01")
		}
		for _, c := range r.Cells {
			line = append(line, c.plain())
		}
		_ = w.Write(line)
	}
	w.Flush()
	return out.Bytes()
}

func (c Cell) plain() string {
	switch c.Unit {
	case Hidden:
		return HiddenMark
	case None:
		return ""
	case Percent:
		return strconv.Itoa(c.N) + "%"
	case Tenths:
		return c.Decimal()
	default:
		return strconv.Itoa(c.N)
	}
}

// Decimal writes tenths: 43 is 4.3.
func (c Cell) Decimal() string { return strconv.Itoa(c.N/10) + "." + strconv.Itoa(c.N%10) }

// harmless keeps a spreadsheet from taking words for a formula.
func harmless(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
