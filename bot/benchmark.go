package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"alongside/bot/bench"
)

// benchCommand measures the whole path of a text.
type benchCommand struct {
	Database    string        `help:"The caseload: sqlite:<file> or postgres://… (an empty database). Default: a SQLite file that is thrown away." placeholder:"URL"`
	Redis       string        `help:"redis://…; empty: in the service's process." placeholder:"URL"`
	Clients     int           `default:"2000" help:"Clients on the caseload."`
	Concurrency int           `default:"64" help:"How many text at once."`
	Duration    time.Duration `default:"10s" help:"How long is measured."`
}

// Help teaches.
func (benchCommand) Help() string {
	return `Starts the service in a process of its own and lets people text it: from a signed webhook to the answer that the
pretend carrier accepted. Prints one line of JSON.

The service, the database, Redis, the carrier and the people share this machine; cpu_s_per_1000 counts them all.`
}

// Run measures and prints a row.
func (c benchCommand) Run(ctx context.Context, s settings) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if c.Database == "" {
		dir, err := os.MkdirTemp("", "alongside-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		c.Database = "sqlite:" + filepath.Join(dir, "bench.db")
	}
	row, err := bench.Run(ctx, bench.Config{
		Program: program, DatabaseURL: c.Database, RedisURL: c.Redis, Clients: c.Clients, Concurrency: c.Concurrency,
		Duration: c.Duration, Log: s.errs,
		Progress: func(text string) { fmt.Fprintln(s.errs, "bench:", text) },
	})
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	line, err := json.Marshal(row)
	if err != nil {
		return err
	}
	s.say("%s", line)
	return nil
}
