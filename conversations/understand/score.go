package understand

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
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

// ReadRows reads labelled replies: tab-separated, a header line first. The
// columns id, lang, asked and text must be there; intent, value and note may
// be missing. An error names the line and repeats nothing of the text.
func ReadRows(r io.Reader) ([]Row, error) {
	var rows []Row
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		fields := strings.Split(strings.TrimSuffix(in.Text(), "\r"), "\t")
		if n == 1 && fields[0] == "id" || len(fields) == 1 && fields[0] == "" {
			continue
		}
		if len(fields) < 4 {
			return nil, fmt.Errorf("read replies: line %d has %d columns, wants id, lang, asked, text at least", n, len(fields))
		}
		for len(fields) < 7 {
			fields = append(fields, "")
		}
		rows = append(rows, Row{
			ID: fields[0], Lang: fields[1], Asked: Asked(fields[2]), Text: fields[3],
			Intent: Intent(fields[4]), Value: fields[5], Note: fields[6],
		})
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read replies: %w", err)
	}
	return rows, nil
}

// Tally counts right readings out of all.
type Tally struct{ Right, All int }

// Share is the part that is right, from 0 to 1; 1 when there was nothing.
func (t Tally) Share() float64 {
	if t.All == 0 {
		return 1
	}
	return float64(t.Right) / float64(t.All)
}

func (t *Tally) count(right bool) {
	t.All++
	if right {
		t.Right++
	}
}

// Miss is a reply that was read otherwise than it is labelled.
type Miss struct {
	Row
	Got      Intent
	GotValue string
	Why      string
}

// Result is how labelled replies were read.
type Result struct {
	Intents    Tally // intents right
	Values     Tally // values right, over all rows; a row with the wrong intent has the wrong value
	Crisis     Tally // rows labelled crisis that were found
	LookAlikes Tally // rows noted as false alarm that were not read as crisis
	Stop       Tally // rows labelled stop that were found
	FalseAlarm int   // rows read as crisis that are not labelled so
	FalseStop  int   // rows read as stop that are not labelled so
	WrongTime  int   // rows for which a time was given that the label does not give
	ByIntent   map[string]*Tally
	ByLang     map[string]*Tally
	ByAsked    map[string]*Tally
	Misses     []Miss
}

// Score reads every row with the appointment and the moment that the labels
// were written for and compares.
func (l *Lexicons) Score(rows []Row, appointment, now time.Time) Result {
	res := Result{ByIntent: map[string]*Tally{}, ByLang: map[string]*Tally{}, ByAsked: map[string]*Tally{}}
	tally := func(m map[string]*Tally, key string, right bool) {
		if m[key] == nil {
			m[key] = &Tally{}
		}
		m[key].count(right)
	}
	for _, row := range rows {
		got := l.Read(Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: appointment, Now: now})
		value := got.Value()
		right := got.Intent == row.Intent
		res.Intents.count(right)
		res.Values.count(right && value == row.Value)
		tally(res.ByIntent, string(row.Intent), right)
		tally(res.ByLang, row.Lang, right)
		tally(res.ByAsked, string(row.Asked), right)
		if row.Intent == Crisis {
			res.Crisis.count(right)
		} else if got.Intent == Crisis {
			res.FalseAlarm++
		}
		if strings.Contains(row.Note, "false alarm") {
			res.LookAlikes.count(got.Intent != Crisis || row.Intent == Crisis)
		}
		if row.Intent == Stop {
			res.Stop.count(right)
		} else if got.Intent == Stop {
			res.FalseStop++
		}
		if (got.Intent == Change || got.Intent == CallMe) && value != "" && value != "ambiguous" && value != row.Value {
			res.WrongTime++
		}
		if !right || value != row.Value {
			res.Misses = append(res.Misses, Miss{Row: row, Got: got.Intent, GotValue: value, Why: got.Why})
		}
	}
	return res
}

// Write prints the result: overall, by intent, by language, by what was
// asked, and every miss. The misses repeat the texts: print them only for
// texts that nobody sent.
func (r Result) Write(w io.Writer) error {
	var b strings.Builder
	line := func(name string, t Tally) {
		fmt.Fprintf(&b, "%-22s %4d/%-4d %5.1f %%\n", name, t.Right, t.All, 100*t.Share())
	}
	line("intents", r.Intents)
	line("values", r.Values)
	line("crisis found", r.Crisis)
	line("look-alikes left alone", r.LookAlikes)
	line("stop found", r.Stop)
	fmt.Fprintf(&b, "false alarms %d, false stops %d, wrong times %d\n", r.FalseAlarm, r.FalseStop, r.WrongTime)
	for _, part := range []struct {
		name string
		m    map[string]*Tally
	}{{"intent", r.ByIntent}, {"lang", r.ByLang}, {"asked", r.ByAsked}} {
		keys := make([]string, 0, len(part.m))
		for k := range part.m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			line(part.name+" "+k, *part.m[k])
		}
	}
	for _, m := range r.Misses {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\twants %s %s\tgot %s %s\t%s\n", m.ID, m.Lang, m.Asked, m.Text, m.Intent, m.Value, m.Got, m.GotValue, m.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
