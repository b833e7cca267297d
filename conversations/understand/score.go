package understand

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

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
	Sure     int // 0..100
	Why      string
}

// Marks are the figures that the understanding is judged by.
type Marks struct {
	Intents    Tally // intents right
	Values     Tally // values right, over all rows; a row with the wrong intent has the wrong value
	Crisis     Tally // rows labelled crisis that were found
	LookAlikes Tally // rows noted as false alarm that were not read as crisis
	Stop       Tally // rows labelled stop that were found
	FalseAlarm int   // rows read as crisis that are not labelled so
	FalseStop  int   // rows read as stop that are not labelled so
	WrongTime  int   // rows for which a time was given that the label does not give
}

// Result is how labelled replies were read.
type Result struct {
	Marks
	ByIntent map[string]*Tally
	ByLang   map[string]*Marks
	ByAsked  map[string]*Tally
	Misses   []Miss
}

// Score reads every row with the appointment and the moment that the labels
// were written for and compares.
func (l *Lexicons) Score(rows []Row, appointment, now time.Time) Result {
	var res Result
	for _, row := range rows {
		res.Add(row, l.Read(Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: appointment, Now: now}))
	}
	return res
}

// Add compares one reading with its label.
func (r *Result) Add(row Row, got Reading) {
	if r.ByIntent == nil {
		r.ByIntent, r.ByLang, r.ByAsked = map[string]*Tally{}, map[string]*Marks{}, map[string]*Tally{}
	}
	if r.ByLang[row.Lang] == nil {
		r.ByLang[row.Lang] = &Marks{}
	}
	for _, m := range []*Marks{&r.Marks, r.ByLang[row.Lang]} {
		m.add(row, got)
	}
	right := got.Intent == row.Intent
	tally := func(m map[string]*Tally, key string) {
		if m[key] == nil {
			m[key] = &Tally{}
		}
		m[key].count(right)
	}
	tally(r.ByIntent, string(row.Intent))
	tally(r.ByAsked, string(row.Asked))
	if value := got.Value(); !right || value != row.Value {
		r.Misses = append(r.Misses, Miss{Row: row, Got: got.Intent, GotValue: value, Sure: got.Sure, Why: got.Why})
	}
}

func (m *Marks) add(row Row, got Reading) {
	value := got.Value()
	right := got.Intent == row.Intent
	m.Intents.count(right)
	m.Values.count(right && value == row.Value)
	if row.Intent == Crisis {
		m.Crisis.count(right)
	} else if got.Intent == Crisis {
		m.FalseAlarm++
	}
	if row.LookAlike() {
		m.LookAlikes.count(got.Intent != Crisis)
	}
	if row.Intent == Stop {
		m.Stop.count(right)
	} else if got.Intent == Stop {
		m.FalseStop++
	}
	if (got.Intent == Change || got.Intent == CallMe) && value != "" && value != "ambiguous" && value != row.Value {
		m.WrongTime++
	}
}

// LookAlike reports whether the row sounds like danger and is none.
func (r Row) LookAlike() bool {
	return r.Intent != Crisis && strings.Contains(r.Note, "false alarm")
}

// Write prints the result: overall, by language, by intent, by what was
// asked, and every miss. The misses repeat the texts: print them only for
// texts that nobody sent.
func (r Result) Write(w io.Writer) error {
	var b strings.Builder
	line := func(name string, t Tally) {
		if t.All > 0 {
			fmt.Fprintf(&b, "%-28s %5d/%-5d %5.1f %%\n", name, t.Right, t.All, 100*t.Share())
		}
	}
	marks := func(name string, m Marks) {
		line(name+"intents", m.Intents)
		line(name+"values", m.Values)
		line(name+"crisis found", m.Crisis)
		line(name+"look-alikes left alone", m.LookAlikes)
		line(name+"stop found", m.Stop)
		fmt.Fprintf(&b, "%sfalse alarms %d, false stops %d, wrong times %d (%.1f %% of all)\n", name, m.FalseAlarm, m.FalseStop, m.WrongTime,
			100*float64(m.WrongTime)/float64(max(1, m.Intents.All)))
	}
	marks("", r.Marks)
	for _, lang := range sortedKeys(r.ByLang) {
		fmt.Fprintln(&b)
		marks(lang+" ", *r.ByLang[lang])
	}
	for _, part := range []struct {
		name string
		m    map[string]*Tally
	}{{"intent", r.ByIntent}, {"asked", r.ByAsked}} {
		fmt.Fprintln(&b)
		for _, k := range sortedKeys(part.m) {
			line(part.name+" "+k, *part.m[k])
		}
	}
	if len(r.Misses) > 0 {
		fmt.Fprintln(&b)
	}
	for _, m := range r.Misses {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\twants %s %s\tgot %s %s (%d)\t%s\n", m.ID, m.Lang, m.Asked, m.Text, m.Intent, m.Value, m.Got, m.GotValue, m.Sure, m.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Merge adds another result to this one.
func (r *Result) Merge(other Result) {
	if r.ByIntent == nil {
		r.ByIntent, r.ByLang, r.ByAsked = map[string]*Tally{}, map[string]*Marks{}, map[string]*Tally{}
	}
	r.Marks.merge(other.Marks)
	for k, m := range other.ByLang {
		if r.ByLang[k] == nil {
			r.ByLang[k] = &Marks{}
		}
		r.ByLang[k].merge(*m)
	}
	for _, part := range []struct{ into, from map[string]*Tally }{{r.ByIntent, other.ByIntent}, {r.ByAsked, other.ByAsked}} {
		for k, t := range part.from {
			if part.into[k] == nil {
				part.into[k] = &Tally{}
			}
			part.into[k].merge(*t)
		}
	}
	r.Misses = append(r.Misses, other.Misses...)
}

func (t *Tally) merge(other Tally) {
	t.Right += other.Right
	t.All += other.All
}

func (m *Marks) merge(other Marks) {
	m.Intents.merge(other.Intents)
	m.Values.merge(other.Values)
	m.Crisis.merge(other.Crisis)
	m.LookAlikes.merge(other.LookAlikes)
	m.Stop.merge(other.Stop)
	m.FalseAlarm += other.FalseAlarm
	m.FalseStop += other.FalseStop
	m.WrongTime += other.WrongTime
}
