package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"alongside/store"
)

// column is one column that a file may have.
type column struct {
	name   string
	needed bool
}

const (
	columnReference = "reference"
	columnClient    = "client"
)

// columns are those of each kind, in the order of the example.
var columns = map[store.ImportKind][]column{
	store.ImportClients: {
		{columnReference, true},
		{"full name", true},
		{"known as", false},
		{"use name", false},
		{"mobile", true},
		{"specialist", true},
		{"language", false},
		{"time zone", false},
		{"wakes", false},
		{"detail", false},
		{"stage", false},
		{"stage since", false},
		{"agreed on", false},
		{"agreed how", false},
	},
	store.ImportAppointments: {
		{columnReference, true},
		{columnClient, true},
		{"kind", true},
		{"date", true},
		{"time", true},
		{"minutes", false},
		{"place", false},
		{"with", false},
		{"cancelled", false},
	},
}

// Columns lists the names of the columns that a kind of file may have.
func Columns(kind store.ImportKind) (list []string) {
	for _, c := range columns[kind] {
		list = append(list, c.name)
	}
	return list
}

// Example is a file of a kind with two rows, of people who do not exist.
func Example(kind store.ImportKind) string {
	head := strings.Join(Columns(kind), ",") + "\r\n"
	if kind == store.ImportAppointments {
		return head +
			"A-1001,C-17,first,2026-11-26,14:00,45,\"the library cafe, upstairs\",,\r\n" +
			"A-1002,C-18,regular,27/11/2026,10:30,30,,\"Ann, who runs the workshop\",no\r\n"
	}
	return head +
		"C-17,John Example,John,yes,07700 900123,Sam,en,Europe/London,11:00,no,active,2026-10-05,2026-10-06,in person\r\n" +
		"C-18,Aisha Example,,,07700 900124,Sam,cy,,,,referred,,,\r\n"
}

// table is a file that was read.
type table struct {
	order []string       // the columns that it has
	place map[string]int // where each is
	rows  []row
}

// row is one row with its number in the spreadsheet.
type row struct {
	table  *table
	number int
	cells  []string
}

// get is the cell of a column, without spaces around it; "" where there is none.
func (r row) get(name string) string {
	i, ok := r.table.place[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

func (r row) reference() string { return r.get(columnReference) }

func (r row) said() map[string]string {
	said := map[string]string{}
	for _, name := range r.table.order {
		if v := r.get(name); v != "" && name != columnReference {
			said[name] = v
		}
	}
	return said
}

func (t *table) references() (list []string) {
	for _, r := range t.rows {
		if ref := r.reference(); ref != "" {
			list = append(list, ref)
		}
	}
	return list
}

// longestReference bounds a reference, in bytes.
const longestReference = 200

// read reads a file as far as it can be read; what is wrong is in the report.
func read(file []byte, known []column, r *Report) *table {
	t := &table{place: map[string]int{}}
	fault := func(number int, column, text string) {
		r.Faults = append(r.Faults, Fault{Row: number, Column: column, Text: text})
	}
	if len(file) > Longest {
		fault(0, "", fmt.Sprintf("The file is longer than %d MiB. Split it, and import one part after the other.", Longest>>20))
		return t
	}
	text, note, wrong := decode(file)
	if wrong != "" {
		fault(0, "", wrong)
		return t
	}
	if note != "" {
		r.Notes = append(r.Notes, note)
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	reader.Comma = separator(text)
	number, ended := 0, 0
	width := 0
	seen := map[string]int{}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			fault(number+1, "", "A quotation mark here is not closed, or stands in the middle of a cell. Save the file again as CSV from the spreadsheet; nothing after this row could be read.")
			return t
		}
		if err != nil {
			fault(0, "", "The file could not be read. Save it again as CSV.")
			return t
		}
		line, _ := reader.FieldPos(0)
		number += line - ended // Rows that are left empty count, as a spreadsheet counts them.
		ended = line
		for _, cell := range cells {
			ended += strings.Count(cell, "\n")
		}
		if empty(cells) {
			continue
		}
		if width == 0 {
			width = len(cells)
			if !t.head(cells, known, number, fault) {
				return t
			}
			continue
		}
		if len(t.rows) == Most {
			fault(number, "", fmt.Sprintf("The file has more than %d rows. Split it, and import one part after the other.", Most))
			return t
		}
		one := row{table: t, number: number, cells: cells}
		if len(cells) > width {
			fault(number, "", "This row has more cells than there are columns. A cell that holds a comma has to stand in quotation marks.")
			continue
		}
		one.check(known, seen, fault)
		t.rows = append(t.rows, one)
	}
	if len(t.rows) == 0 && len(r.Faults) == 0 {
		fault(0, "", "The file has no rows below the names of the columns. Add --example to see one that is right.")
	}
	return t
}

// check names the cells that must not be empty, and a reference that comes twice.
func (r row) check(known []column, seen map[string]int, fault func(int, string, string)) {
	for _, c := range known {
		if c.needed && r.get(c.name) == "" {
			fault(r.number, c.name, "This cell is empty. Please fill it in.")
		}
	}
	ref := r.reference()
	switch first, twice := seen[ref]; {
	case ref == "":
	case len(ref) > longestReference || strings.ContainsFunc(ref, func(c rune) bool { return c < ' ' }):
		fault(r.number, columnReference, fmt.Sprintf("A reference is one line of at most %d characters.", longestReference))
	case twice:
		fault(r.number, columnReference, fmt.Sprintf("Row %d has the same reference. Each row needs one of its own, which stays the same in every file.", first))
	default:
		seen[ref] = r.number
	}
}

// head reads the names of the columns; capitals, spaces, _ and - do not matter.
func (t *table) head(cells []string, known []column, number int, fault func(int, string, string)) bool {
	before := true
	for i, cell := range cells {
		name := strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(cell))), " ")
		if name == "" {
			continue
		}
		at := slices.IndexFunc(known, func(c column) bool { return c.name == name })
		switch _, twice := t.place[name]; {
		case at < 0:
			fault(number, fmt.Sprintf("the %s", ordinal(i+1)), "This is the name of no column here. The columns are: "+names(known)+". Take it out, or give it one of these names.")
			before = false
		case twice:
			fault(number, name, "There are two columns of this name. Take one out.")
			before = false
		default:
			t.place[name] = i
			t.order = append(t.order, name)
		}
	}
	for _, c := range known {
		if _, ok := t.place[c.name]; c.needed && !ok {
			fault(number, c.name, "This column is missing. The first row of the file holds the names of the columns.")
			before = false
		}
	}
	return before
}

func names(known []column) string {
	list := make([]string, len(known))
	for i, c := range known {
		list[i] = c.name
	}
	return strings.Join(list, ", ")
}

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

func empty(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// decode makes UTF-8 of a file and says how it was read, or what is wrong.
func decode(file []byte) (text []byte, note, wrong string) {
	switch {
	case bytes.HasPrefix(file, []byte{0xFF, 0xFE}), bytes.HasPrefix(file, []byte{0xFE, 0xFF}), bytes.IndexByte(file, 0) >= 0:
		return nil, "", "The file is no CSV in UTF-8: it may be a workbook, or \"Unicode text\". Save it as \"CSV UTF-8\" and import that."
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return nil, "", "The file is a workbook. Save it as \"CSV UTF-8\" and import that."
	}
	file = bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(file) {
		return file, "", ""
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(file)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, "", "The file is neither UTF-8 nor Windows-1252. Save it as \"CSV UTF-8\" and import that."
	}
	return text, "The file is not UTF-8, and was read as Windows-1252, which spreadsheets save by habit. It has no ŵ and ŷ: check the names, or save it as \"CSV UTF-8\".", ""
}

// separator is what parts the cells: whichever of the two the first line that is
// not empty has more of.
func separator(text []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	if bytes.Count(line, []byte(";")) > bytes.Count(line, []byte(",")) {
		return ';'
	}
	return ','
}
