package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"alongside/store"
	"alongside/store/live"
)

// backupCommand writes the caseload into a file.
type backupCommand struct {
	DatabaseURL string `default:"sqlite:alongside.db" env:"DATABASE_URL" help:"The caseload: sqlite:<file> or postgres://…" placeholder:"URL"`
	File        string `arg:"" help:"The file to write. It must not be there yet."`
}

// Help is the long help of the command.
func (backupCommand) Help() string {
	return `The service may go on meanwhile. What is encrypted stays so: keep SECRET_KEYS too, and apart from the file. The file is there only when it is whole and was read back; copy it to another place.`
}

// Run writes the backup.
func (c backupCommand) Run(ctx context.Context, s settings) error {
	m, err := store.Backup(ctx, c.DatabaseURL, c.File, s.now())
	if err != nil {
		return err
	}
	rows := int64(0)
	for _, n := range m.Rows {
		rows += n
	}
	what := "the file of the database"
	if len(m.Rows) > 0 {
		what = fmt.Sprintf("%d rows of %d tables", rows, len(m.Rows))
	}
	s.say("%s holds %s, as of %s, and was read back.", filepath.Base(c.File), what, m.At.Format(time.RFC3339))
	return nil
}

// restoreCommand fills an empty database with a backup.
type restoreCommand struct {
	stores
	File string `arg:"" type:"existingfile" help:"A file that alongside backup wrote."`
}

// Help is the long help of the command.
func (restoreCommand) Help() string {
	return `DATABASE_URL names an empty database, or a SQLite file that is not there yet; SECRET_KEYS are those of the time, REDIS_URL is the Redis that the service will use. Nothing may serve meanwhile. All of it is restored, or nothing. Afterwards nothing that was due since the backup is said by itself, because nobody knows whether it was said already.`
}

// Run restores.
func (c restoreCommand) Run(ctx context.Context, s settings) error {
	// Before anything is written: keys that do not fit would be found out too late.
	if _, err := c.keys(); err != nil {
		return wrongConfig(err)
	}
	m, err := store.Restore(ctx, c.DatabaseURL, c.File)
	if errors.Is(err, store.ErrBackup) {
		return &enteredError{err}
	}
	if err != nil {
		return err
	}
	r, err := c.ready(ctx, s)
	if err != nil {
		return fmt.Errorf("the caseload is restored, but must not serve yet; make a new database and restore once more: %w", err)
	}
	s.say("The caseload is as it was on %s.", m.At.Format(time.RFC3339))
	s.say("%6d messages were on their way then. The provider is asked what became of them; of what it does not know a person is shown that it may not have been sent.", r.Unsure)
	s.say("%6d reminders, nudges and check-ins fell due since then. They are not said now: look at today's and tomorrow's appointments.", r.Past)
	s.say("Texts of clients since then are not in it. Twilio's log still has them.")
	return nil
}

// ready settles what was under way.
func (c restoreCommand) ready(ctx context.Context, s settings) (r store.Restored, err error) {
	keys, err := c.keys()
	if err != nil {
		return r, err
	}
	config := store.Config{DatabaseURL: c.DatabaseURL, Keys: keys, Owner: newID(), Now: s.now, Logger: s.log}
	if strings.TrimSpace(c.RedisURL) != "" {
		client, err := live.Connect(c.RedisURL)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, client.Close()) }()
		config.Redis = client
	}
	st, err := store.Open(ctx, config)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if r, err = st.AfterRestore(ctx, s.now()); err != nil {
		return r, err
	}
	return r, st.Audit(ctx, "", "restored", "")
}
