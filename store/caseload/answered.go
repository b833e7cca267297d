package caseload

import (
	"context"
	"fmt"
	"time"
)

// Answered is the answer to a request that may come again under the same key.
type Answered struct {
	// Same says that the request is the same as the one that the key came with
	// first; Status is 0 while that is being worked on.
	Same   bool
	Status int
	Answer []byte
	At     time.Time
}

// answeredFor is how long an answer is kept.
const answeredFor = 24 * time.Hour

// BeginAnswer takes a key of a token's for a request, and returns nil; or it
// returns what is known of the request that had the key within the last day.
func (c *Caseload) BeginAnswer(ctx context.Context, token, key, request string) (known *Answered, err error) {
	now := c.now()
	hashes := c.seal.Hashes(hashAnswered, token+"\n"+key)
	err = c.db.write(ctx, func(tx transaction) error {
		known = nil
		var b batch
		b.exec(nil, "DELETE FROM answered WHERE at < $1", millis(now.Add(-answeredFor)))
		list, args := in(nil, hashes)
		var had, sealed []byte
		var at int64
		b.query(func(scan scan) error {
			known = &Answered{}
			return scan(&had, &known.Status, &sealed, &at)
		}, "SELECT request, status, answer, at FROM answered WHERE hash IN ("+list+")", args...)
		if err := tx.run(ctx, &b); err != nil {
			return err
		}
		if known == nil {
			taken, err := change(ctx, tx, "INSERT INTO answered (hash, request, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
				hashes[0], c.seal.Hash(hashRequest, request), millis(now))
			if err == nil && taken == 0 {
				known = &Answered{Same: true, At: now} // Another one took it at this moment.
			}
			return err
		}
		known.At = instant(at)
		for _, h := range c.seal.Hashes(hashRequest, request) {
			known.Same = known.Same || string(h) == string(had)
		}
		if !known.Same {
			return nil
		}
		known.Answer, err = c.opened(sealAnswered, token, sealed)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up the key of a request: %w", err)
	}
	return known, nil
}

// EndAnswer keeps the answer under a key that BeginAnswer took, or (status 0) lets
// the key go: nothing was done.
func (c *Caseload) EndAnswer(ctx context.Context, token, key string, status int, answer []byte) error {
	hash := c.seal.Hash(hashAnswered, token+"\n"+key)
	if status == 0 {
		_, err := change(ctx, c.db, "DELETE FROM answered WHERE hash = $1 AND status = 0", hash)
		return err
	}
	sealed, err := c.sealed(sealAnswered, token, answer)
	if err == nil {
		_, err = change(ctx, c.db, "UPDATE answered SET status = $2, answer = $3 WHERE hash = $1 AND status = 0", hash, status, sealed)
	}
	if err != nil {
		return fmt.Errorf("keep the answer to a request: %w", err)
	}
	return nil
}
