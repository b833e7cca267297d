package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/store/caseload"
	"alongside/store/live"
	"alongside/store/seal"
)

// Config is what a store needs.
type Config struct {
	// DatabaseURL is "sqlite:" and a path, or "postgres://…".
	DatabaseURL string
	// Redis holds the live state. The caller made it and closes it, after the
	// store. Nil means none: every state comes from its snapshot.
	Redis redis.UniversalClient
	Keys  *seal.Keys
	// Owner names this process in claims and leases. It is new at each start,
	// so that what a process claimed before it died is not taken for its own.
	Owner  string
	Now    func() time.Time
	Logger *slog.Logger
	// SendClock is the clock by which carriers' limits are counted; nil means that
	// of Redis, which is the same for every process. A test moves it.
	SendClock func() time.Time
}

// Store is the caseload in SQL with the live state beside it. Make it with
// [Open].
type Store struct {
	caseload *caseload.Caseload
	live     *live.States // nil without Redis
	permits  *live.Permits
	pages    *announcer // nil without Redis
	keys     *seal.Keys
	figures  keptFigures
	now      func() time.Time
	log      *slog.Logger
}

// Migrate brings a database up to date, and makes the file on SQLite. Several
// processes may start at once; each migration is one transaction; there is no
// way back.
func Migrate(ctx context.Context, databaseURL string, log *slog.Logger) error {
	return caseload.Migrate(ctx, databaseURL, log)
}

// Open opens a database that was migrated. It refuses one that is behind or
// ahead of this program with an error that says what to do.
func Open(ctx context.Context, config Config) (*Store, error) {
	switch {
	case config.Keys == nil:
		return nil, errors.New("open the store: there are no keys")
	case config.Owner == "":
		return nil, errors.New("open the store: its owner has no name")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	sql, err := caseload.Open(ctx, caseload.Config{
		DatabaseURL: config.DatabaseURL, Seal: config.Keys, Owner: config.Owner, Now: config.Now, Logger: config.Logger,
	})
	if err != nil {
		return nil, err
	}
	s := &Store{caseload: sql, keys: config.Keys, now: config.Now, log: config.Logger}
	if config.Redis != nil {
		s.live = live.New(config.Redis, config.Now)
		s.pages = newAnnouncer(sql, s.live, config.Logger)
	}
	s.permits = live.NewPermits(s.live, config.SendClock)
	return s, nil
}

// Close finishes the commits under way and closes the database. What is
// called afterwards fails.
func (s *Store) Close() error {
	s.pages.close()
	return s.caseload.Close()
}

// Ping says whether the service can work: the database answers and is migrated.
func (s *Store) Ping(ctx context.Context) error { return s.caseload.Ping(ctx) }

// LiveError says what is wrong with Redis as far as the latest turns saw; nil
// if nothing is, or if there is none to be wrong. Everything works without it,
// a little slower.
func (s *Store) LiveError() error {
	if s.live == nil {
		return nil
	}
	return s.live.Err()
}
