package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/conversations"
)

// Budget is the longest that one call may take. A text is answered in a few
// milliseconds from a healthy Redis; one that needs longer is better answered
// from the snapshot.
const Budget = 150 * time.Millisecond

// Kept is how long a state stays after its last turn: long enough for a
// monthly appointment, short enough that people who left are forgotten here.
const Kept = 30 * 24 * time.Hour

// ErrNewer says that the state was written by a newer version of the program, whose
// memory this one must not cut. It says nothing about the health of Redis.
var ErrNewer = errors.New("the state was written by a newer version of the program")

// Entry is the state of a conversation and the revision at which it was stored.
type Entry struct {
	Revision int64               `json:"r"`
	State    conversations.State `json:"s"`
}

// States keeps conversation states in Redis. Make it with [New].
type States struct {
	client  redis.UniversalClient
	breaker breaker
}

// New returns the states kept through a client, which the caller made (with
// [Connect] or [InProcess]) and closes. The clock decides when a Redis that
// failed is tried again.
func New(client redis.UniversalClient, clock func() time.Time) *States {
	return &States{client: client, breaker: breaker{now: clock}}
}

// Get reads the state of a client. found is false when Redis holds none, and
// when what it holds cannot be read. The error is [ErrAway] while Redis is
// given a rest, [ErrNewer], or what went wrong; after each of them the
// snapshot answers.
func (s *States) Get(ctx context.Context, client conversations.ClientID) (entry Entry, found bool, err error) {
	var value []byte
	err = s.try(ctx, reading, func(ctx context.Context) (err error) {
		value, err = s.client.Get(ctx, key(client)).Bytes()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("read the live state of client %s: %w", client, err)
	}
	if err := json.Unmarshal(value, &entry); err != nil {
		// Not ours, or cut: as good as nothing, and the next Set mends it. The
		// decoder's error is left out because it repeats what it stumbled over.
		return Entry{}, false, nil //nolint:nilerr // A miss is the answer; see above.
	}
	if entry.State.Version > conversations.StateVersion {
		return Entry{}, false, fmt.Errorf("read the live state of client %s: %w", client, ErrNewer)
	}
	return entry, true, nil
}

// Set writes the state of a client, whatever was there before: the revision in
// SQL decides which one counts, and a later turn writes again.
func (s *States) Set(ctx context.Context, client conversations.ClientID, entry Entry) error {
	value, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("write the live state of client %s: %w", client, err)
	}
	err = s.try(ctx, writing, func(ctx context.Context) error {
		return s.client.Set(ctx, key(client), value, Kept).Err()
	})
	if err != nil {
		return fmt.Errorf("write the live state of client %s: %w", client, err)
	}
	return nil
}

// Ping asks Redis whether it is there, also while it is given a rest, so that
// a look at the service's health finds the end of an outage.
func (s *States) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	err := s.client.Ping(ctx).Err()
	s.breaker.settle(pinging, err)
	if err != nil {
		return fmt.Errorf("ask Redis: %w", err)
	}
	return nil
}

// Err says what is wrong with Redis as far as the latest calls saw: nil means
// that they went well, or that there were none yet.
func (s *States) Err() error { return s.breaker.err() }

// try makes one call within the budget, unless Redis is given a rest.
func (s *States) try(ctx context.Context, what call, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.breaker.allow() {
		return ErrAway
	}
	bounded, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	err := do(bounded)
	switch {
	case errors.Is(err, redis.Nil):
		s.breaker.settle(what, nil) // "There is none" is an answer.
	case err != nil && ctx.Err() != nil:
		s.breaker.release() // The caller gave up: that says nothing about Redis.
	default:
		s.breaker.settle(what, err)
	}
	return err
}

// key is where the state of a client lives. The braces make a cluster keep all
// keys of one client together, so that one step may use several of them.
func key(client conversations.ClientID) string {
	return "alongside:{" + string(client) + "}:state"
}
