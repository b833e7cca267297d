package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"alongside/bot/bench/year"
	"alongside/bot/outbox"
	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/templates"
)

// simulateCommand lets a service live through months.
type simulateCommand struct {
	Pathway string `default:"all" help:"A name in templates/pathways, a file, or all of those that come with the program." placeholder:"NAME"`
	Clients int    `default:"200" help:"How many people come to the service, in the first six weeks."`
	Months  int    `default:"11" help:"How long it goes on."`
	From    string `default:"2026-02-02" help:"The day on which it begins." placeholder:"DATE"`
	Seed    uint64 `default:"1" help:"The same number makes the same people."`
	List    bool   `help:"Print each text: when, to whom (a number), which words, and why it went later than it fell due."`
}

// Help teaches.
func (simulateCommand) Help() string {
	return `Months of a service in minutes: clients text back (or do not), ask, move, stop and come back; specialists book, move, offer and
record. The conversation, the policy, the database and the outbox are the real ones; only clock, carrier and people are pretended.
What the carrier accepts is checked as it goes: never in quiet hours, never after STOP, never for a moved or cancelled
appointment, never beyond the budget, each reminder once. Prints what went out, how much a client gets in a week, what was not
said and why. The exit code is 1 if anything went out that should not have.

  go run ./bot simulate
  go run ./bot simulate --pathway wethrive --clients 20 --list`
}

// errNotAsPromised is that something went out that should not have.
var errNotAsPromised = errors.New("something went out that should not have: see above")

// Run simulates one pathway after the other.
func (c simulateCommand) Run(ctx context.Context, s settings) error {
	from, err := time.Parse(time.DateOnly, c.From)
	switch {
	case err != nil:
		return wrongConfig(fmt.Errorf("--from %s: write a day as 2026-02-02", c.From))
	case c.Clients < 1 || c.Clients > year.MostClients:
		return wrongConfig(fmt.Errorf("--clients: between 1 and %d, please", year.MostClients))
	case c.Months < 1 || c.Months > 24:
		return wrongConfig(errors.New("--months: between 1 and 24, please"))
	}
	names := []string{c.Pathway}
	if c.Pathway == "all" {
		names = templates.PathwayNames()
	}
	ways := make([]conversations.Pathway, len(names))
	for i, name := range names {
		if ways[i], err = templates.Pathway(name); err != nil {
			return wrongConfig(err)
		}
	}
	return c.all(ctx, s, names, ways, from)
}

// all simulates the pathways side by side, one a processor, and prints what came
// of each in their order.
func (c simulateCommand) all(ctx context.Context, s settings, names []string, ways []conversations.Pathway, from time.Time) error {
	atOnce := runtime.GOMAXPROCS(0)
	if c.List {
		atOnce = 1 // The texts of two would stand among each other.
	}
	type end struct {
		report year.Report
		took   time.Duration
		err    error
	}
	ends := make([]chan end, len(ways))
	free := make(chan struct{}, atOnce)
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for i, way := range ways {
		ends[i] = make(chan end, 1)
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			began := time.Now()
			r, err := c.simulate(ctx, s, way, from)
			ends[i] <- end{r, time.Since(began), err}
		})
	}
	wrong := false
	for i, name := range names {
		e := <-ends[i]
		if e.err != nil {
			return fmt.Errorf("simulate %s: %w", name, e.err)
		}
		printYear(s, name, c.Clients, e.report, e.took)
		wrong = wrong || len(e.report.Faults) > 0
	}
	if wrong {
		return errNotAsPromised
	}
	return nil
}

// simulate builds the program around a clock that stands still, and lets the
// year pass.
func (c simulateCommand) simulate(ctx context.Context, s settings, way conversations.Pathway, from time.Time) (r year.Report, err error) {
	dir, err := os.MkdirTemp("", "alongside-simulate-")
	if err != nil {
		return r, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	keys, err := seal.Parse(seal.New())
	if err != nil {
		return r, err
	}
	database := stores{DatabaseURL: "sqlite:" + filepath.Join(dir, "year.db")}
	s.log = newLogger(s.errs, "text", "error")
	if err := store.Migrate(ctx, database.DatabaseURL, s.log); err != nil {
		return r, fmt.Errorf("make the database: %w", err)
	}
	clock := year.NewClock(time.Date(from.Year(), from.Month(), from.Day(), 9, 0, 0, 0, way.Zone))
	s.now = clock.Now
	phones := &year.Phones{}
	a, err := build(ctx, s, parts{stores: database, keys: keys, pathway: way, pretend: []outbox.Sender{phones}})
	defer func() { err = errors.Join(err, a.down.run()) }()
	if err != nil {
		return r, err
	}
	a.send(ctx)
	cfg := year.Config{
		Store: a.store, Event: a.turn.Run, Outbox: a.outbox, Schedule: a.schedule, Clock: clock, Phones: phones, Pathway: way,
		Clients: c.Clients, Until: clock.Now().AddDate(0, c.Months, 0), Seed: c.Seed,
		Progress: func(at time.Time, sent int) {
			fmt.Fprintf(s.errs, "\rsimulate: %s until %s, %d texts ", way.Name, at.Format("2 January 2006"), sent)
		},
	}
	if c.List {
		cfg.Sent = func(m year.Sent) {
			s.say("%s  client %-4d %-32s %s", m.At.Format("Mon 2006-01-02 15:04"), m.Client, m.Key, m.Held)
		}
	}
	r, err = year.Run(ctx, cfg)
	fmt.Fprintln(s.errs)
	return r, err
}

// mostFaults is how many faults are printed.
const mostFaults = 40

// printYear says what came of a year.
func printYear(s settings, name string, clients int, r year.Report, took time.Duration) {
	s.say("%s: %d clients, %s to %s, in %s", name, clients, r.From.Format("2 January 2006"), r.Until.Format("2 January 2006"), took.Round(100*time.Millisecond))
	s.say("  texts sent                 %6d", r.Sent)
	s.say("  per client and week        %6.1f mean, %d median, %d in the busiest 5 %%, %d at most", r.Weekly.Mean, r.Weekly.Median, r.Weekly.P95, r.Weekly.Most)
	s.say("  appointments               %6d, told or reminded of %d", r.Appointments, r.Reminded)
	counted := func(title string, m map[string]int) {
		s.say("  %s", title)
		for _, k := range slices.SortedFunc(maps.Keys(m), func(x, y string) int { return cmp.Or(cmp.Compare(m[y], m[x]), cmp.Compare(x, y)) }) {
			s.say("    %6d  %s", m[k], k)
		}
	}
	counted("what was said", r.ByKey)
	counted("what went later than it fell due, and why", r.Later)
	counted("what was not said, and why", r.Skipped)
	counted("appointments without a word before, and why", r.Unreminded)
	s.say("  not settled at the end     %6d", r.Open)
	s.say("  went out and should not have %4d", len(r.Faults))
	for i, f := range r.Faults {
		if i == mostFaults {
			s.say("    and %d more", len(r.Faults)-i)
			break
		}
		s.say("    %s  client %-4d %s: %s", f.At.Format("Mon 2006-01-02 15:04"), f.Client, f.Rule, f.What)
	}
}
