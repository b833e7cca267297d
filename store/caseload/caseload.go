package caseload

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// Caseload is one database. Make it with [Open].
type Caseload struct {
	db     database
	seal   Sealer
	owner  string
	now    func() time.Time
	log    *slog.Logger
	commit *committer
	hints  hints
}

// Config is what a caseload needs.
type Config struct {
	// DatabaseURL is "sqlite:" and a path, or "postgres://…".
	DatabaseURL string
	Seal        Sealer
	// Owner names this process in claims and leases; it is new at each start.
	Owner  string
	Now    func() time.Time
	Logger *slog.Logger
}

// Migrate brings the database up to date, and makes it where that takes no
// more than a file. Several processes may start at once.
func Migrate(ctx context.Context, databaseURL string, log *slog.Logger) error {
	path, isSQLite, err := address(databaseURL)
	if err != nil {
		return err
	}
	if isSQLite {
		return migrateSQLite(ctx, path, log)
	}
	return migratePostgres(ctx, databaseURL, log)
}

// Open opens a database that is migrated; it refuses one that is behind or
// ahead of this program.
func Open(ctx context.Context, config Config) (*Caseload, error) {
	path, isSQLite, err := address(config.DatabaseURL)
	if err != nil {
		return nil, err
	}
	c := &Caseload{seal: config.Seal, owner: config.Owner, now: config.Now, log: config.Logger}
	inserting := &river.Config{Logger: config.Logger, Test: river.TestConfig{Time: clock(config.Now)}}
	if isSQLite {
		c.db, err = openSQLite(ctx, path, inserting)
	} else {
		c.db, err = openPostgres(ctx, config.DatabaseURL, inserting)
	}
	if err != nil {
		return nil, err
	}
	c.commit = newCommitter(c)
	return c, nil
}

// Close ends the commits under way and the connections.
func (c *Caseload) Close() error {
	c.commit.stop()
	return c.db.close()
}

// Ping reaches the database and checks that it is migrated.
func (c *Caseload) Ping(ctx context.Context) error { return c.db.ping(ctx) }

// address takes a database's address apart.
func address(databaseURL string) (path string, isSQLite bool, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		path = strings.TrimPrefix(path, "//")
		if path == "" || path == ":memory:" {
			return "", false, errors.New("the address of the database names no file: write sqlite:alongside.db")
		}
		return path, true, nil
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		return "", false, nil
	}
	return "", false, errors.New("the address of the database must begin with sqlite: or postgres://")
}

// clock is the injected clock in River's words.
type clock func() time.Time

func (c clock) Now() time.Time       { return c() }
func (c clock) NowOrNil() *time.Time { now := c(); return &now }

// newID makes an id: random, and sorted by the time it was made.
func newID(now time.Time) string {
	var b [15]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16) // 48 bits are enough until the year 10889
	_, _ = rand.Read(b[6:])                                        // It never fails: without randomness the program ends.
	return idEncoding.EncodeToString(b[:])
}

// idEncoding keeps the order of the bytes.
var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// strangerMark begins the peer of an unknown sender; no id of ours does.
const strangerMark = "?"

func stranger(hash []byte) string {
	return strangerMark + base64.RawURLEncoding.EncodeToString(hash)
}

// clientOf is the client whose conversation a peer is; empty for a stranger.
func clientOf(peer string) conversations.ClientID {
	if strings.HasPrefix(peer, strangerMark) {
		return ""
	}
	return conversations.ClientID(peer)
}

// addressKey is what the hash of an address is over.
func addressKey(a conversations.Address) string { return string(a.Channel) + ":" + a.Value }

// millis is an instant as it is stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is a stored instant; 0 is the zero time.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// sealed seals a value of the row; nothing stays nothing (NULL).
func (c *Caseload) sealed(purpose, row string, plain []byte) ([]byte, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	value, err := c.seal.Seal(purpose, row, plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s: %w", purpose, row, err)
	}
	return value, nil
}

// opened opens a sealed value of the row; NULL is nothing.
func (c *Caseload) opened(purpose, row string, value []byte) ([]byte, error) {
	if len(value) == 0 {
		return nil, nil
	}
	plain, err := c.seal.Open(purpose, row, value)
	if err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", purpose, row, err)
	}
	return plain, nil
}
