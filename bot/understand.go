package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"alongside/conversations/understand"
	"alongside/locales"
)

// understandCommand says what texts mean.
type understandCommand struct {
	Now         string   `help:"The moment at which the texts are read, as 2026-11-22T10:00:00Z. Default: the clock." placeholder:"TIME"`
	Appointment string   `help:"The client's open appointment, in the same form, or none. Default: the first Thursday after --now, 14:00 in London." placeholder:"TIME"`
	Also        []string `help:"Languages to read besides English and Welsh, as where a pathway offers them: pl,ar." placeholder:"TAG"`
	Score       bool     `help:"Compare with the labels (columns intent and value) and print figures and every miss instead."`
	Explain     bool     `help:"Add a column that says why."`
}

// Help teaches.
func (understandCommand) Help() string {
	return `Reads one text a line from standard input, tab-separated: id, lang (en, cy, mix), asked (none, appointment, reschedule, lead,
scale, task, optin) and text; a first line with the names of the columns and further columns are allowed. Prints id, intent
and value of each, in the same order. A line that is none of these is named by its number on standard error, the others are
read, and the exit code is 2.

  go run ./bot understand --now 2026-11-22T10:00:00Z < replies.tsv
  go run ./bot understand --now 2026-11-22T10:00:00Z --score < replies.tsv
  go run ./bot understand --now 2026-11-22T10:00:00Z --also pl --score < locales/testdata/added.pl.tsv

--score prints texts again, beside what they were taken for: use it on texts that nobody sent.`
}

// inputError is standard input that is not in its form; the exit code is 2.
type inputError struct{ faults error }

func (e *inputError) Error() string {
	return fmt.Sprintf("alongside: standard input has lines that were not read:\n%s\n", indent(e.faults))
}

// Run reads and prints.
func (c understandCommand) Run(ctx context.Context, s settings) error {
	lexicons, err := locales.Lexicons(c.Also...)
	if err != nil {
		return err
	}
	now, appointment, err := c.times(s.now())
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	var result understand.Result
	var faults []error
	read := func(row understand.Row) understand.Reading {
		return lexicons.Read(understand.Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: appointment, Now: now})
	}
	show := func(r answered) error {
		switch {
		case r.fault != nil:
			faults = append(faults, r.fault)
			return nil //nolint:nilerr // It is named at the end; the other lines are read.
		case c.Score:
			result.Add(r.row, r.reading)
			return nil
		}
		line := r.row.ID + "\t" + string(r.reading.Intent) + "\t" + r.reading.Value()
		if c.Explain {
			line += "\t" + strings.Join(strings.Fields(r.reading.Why), " ")
		}
		_, err := out.WriteString(line + "\n")
		return err
	}
	if err := readAll(ctx, s.in, c.Score, read, show, out.Flush); err != nil {
		return err
	}
	if c.Score {
		if err := result.Write(out); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if len(faults) > 0 {
		return &inputError{errors.Join(faults...)}
	}
	return nil
}

// times gives the moment of reading and the appointment, in London, where the
// services are.
func (c understandCommand) times(clock time.Time) (now, appointment time.Time, err error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return now, appointment, err
	}
	now = clock.In(zone)
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return now, appointment, wrongConfig(fmt.Errorf("--now %q is not of the form 2026-11-22T10:00:00Z", c.Now))
		}
		now = at.In(zone)
	}
	switch c.Appointment {
	case "none":
	case "":
		days := (int(time.Thursday) - int(now.Weekday()) + 7) % 7
		appointment = time.Date(now.Year(), now.Month(), now.Day()+days, 14, 0, 0, 0, zone)
		if !appointment.After(now) {
			appointment = appointment.AddDate(0, 0, 7)
		}
	default:
		at, err := time.Parse(time.RFC3339, c.Appointment)
		if err != nil {
			return now, appointment, wrongConfig(fmt.Errorf("--appointment %q is neither none nor of the form 2026-11-26T14:00:00Z", c.Appointment))
		}
		appointment = at.In(zone)
	}
	return now, appointment, nil
}

// answered is one line of the input and what was made of it.
type answered struct {
	row     understand.Row
	reading understand.Reading
	fault   error // the line was no text
}

// batchSize is how many lines are handed to a core at once: few enough for a
// person who types them to be answered soon, many enough to cost nothing.
const batchSize = 256

// readAll reads the input on all cores and shows the answers in its order.
// What has been read is shown whenever the input pauses.
func readAll(ctx context.Context, in io.Reader, labelled bool, read func(understand.Row) understand.Reading, show func(answered) error, flush func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type batch struct {
		lines []answered
		done  chan struct{}
	}
	work := make(chan *batch)
	ordered := make(chan *batch, runtime.GOMAXPROCS(0)*2)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for b := range work {
				for i := range b.lines {
					if b.lines[i].fault == nil {
						b.lines[i].reading = read(b.lines[i].row)
					}
				}
				close(b.done)
			}
		}()
	}
	var failed error // read when ordered is closed
	go func() {
		defer close(ordered)
		defer close(work)
		rows := understand.NewRows(in)
		b := &batch{done: make(chan struct{})}
		send := func() bool {
			if len(b.lines) == 0 {
				return true
			}
			for _, to := range []chan *batch{work, ordered} {
				select {
				case to <- b:
				case <-ctx.Done():
					return false
				}
			}
			b = &batch{done: make(chan struct{})}
			return true
		}
		for {
			row, err := rows.Next()
			var bad *understand.LineError
			switch {
			case errors.Is(err, io.EOF):
				send()
				return
			case errors.As(err, &bad):
				b.lines = append(b.lines, answered{fault: bad})
			case err != nil:
				failed = err
				return
			case labelled && !row.Labelled():
				b.lines = append(b.lines, answered{fault: fmt.Errorf("%s: has no intent to compare with", row.ID)})
			default:
				b.lines = append(b.lines, answered{row: row})
			}
			if (len(b.lines) == batchSize || rows.Waits()) && !send() {
				return
			}
		}
	}()
	for b := range ordered {
		<-b.done
		for _, line := range b.lines {
			if err := show(line); err != nil {
				return err
			}
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	return failed
}
