package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/conversations"
)

// Change says that something of a client changed that an open page may show. It
// holds ids alone; what changed is read where it is kept.
type Change struct {
	// Client is empty for an unknown sender, who is on nobody's caseload.
	Client conversations.ClientID `json:"c,omitempty"`
	// Specialist is whose client it is.
	Specialist conversations.SpecialistID `json:"s,omitempty"`
}

// changesChannel is where changes are announced.
const changesChannel = "alongside:changes"

// atOnce is how many changes go in one announcement.
const atOnce = 500

// Announce tells the open pages of every process what changed. Nothing is kept:
// whoever does not listen just now looks for themselves. The error is [ErrAway]
// while Redis is given a rest.
func (s *States) Announce(ctx context.Context, changes []Change) error {
	for some := range slices.Chunk(changes, atOnce) {
		text, err := json.Marshal(some)
		if err == nil {
			err = s.try(ctx, announcing, func(ctx context.Context) error {
				return s.client.Publish(ctx, changesChannel, text).Err()
			})
		}
		if err != nil {
			return fmt.Errorf("announce %d changes: %w", len(some), err)
		}
	}
	return nil
}

const (
	// quiet is how long nothing may come before Redis is asked whether it is there.
	quiet = 5 * time.Second
	// between is how long a lost connection is left alone before the next try.
	between = 500 * time.Millisecond
)

// Follow hands on what any process announces, this one too, until ctx ends.
// connected is told when that begins to work and when it stops; what is announced
// in between is lost. Both are called by one goroutine and must not block.
func (s *States) Follow(ctx context.Context, heard func([]Change), connected func(bool)) {
	for ctx.Err() == nil {
		s.follow(ctx, heard, connected)
		connected(false)
		select {
		case <-ctx.Done():
		case <-time.After(between):
		}
	}
}

// follow listens until the connection is lost.
func (s *States) follow(ctx context.Context, heard func([]Change), connected func(bool)) {
	sub := s.client.Subscribe(ctx, changesChannel)
	// A read that waits does not look at ctx.
	unhook := context.AfterFunc(ctx, func() { _ = sub.Close() })
	defer func() {
		unhook()
		_ = sub.Close()
	}()
	asked := false
	for {
		message, err := sub.ReceiveTimeout(ctx, quiet)
		var waited net.Error
		if errors.As(err, &waited) && waited.Timeout() && !asked && ctx.Err() == nil {
			if asked = true; sub.Ping(ctx) != nil {
				return
			}
			continue
		}
		if err != nil {
			return
		}
		asked = false
		switch m := message.(type) {
		case *redis.Subscription:
			connected(true)
			// Whoever reads and writes learns at once that the outage is over.
			_ = s.Ping(ctx)
		case *redis.Message:
			var changes []Change
			// What cannot be read was written by a newer version: something changed.
			if json.Unmarshal([]byte(m.Payload), &changes) == nil {
				heard(changes)
			}
		}
	}
}
