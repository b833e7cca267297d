package caseload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
)

// linkAlphabet has no two characters that look or sound alike, and no vowels,
// so that no code is a word and hardly a word is a code. Codes of [codeLength]
// of its characters are about a hundred thousand million.
const linkAlphabet = "23456789CDFGHJKMNPQRTVWX"

// newLinkCode draws a code.
func newLinkCode() string {
	const even = 256 / len(linkAlphabet) * len(linkAlphabet) // Bytes from here on would favour some characters.
	var code [codeLength]byte
	var drawn [2 * codeLength]byte
	for i := 0; i < len(code); {
		_, _ = rand.Read(drawn[:]) // It never fails: without randomness the program ends.
		for _, b := range drawn {
			if int(b) < even && i < len(code) {
				code[i] = linkAlphabet[int(b)%len(linkAlphabet)]
				i++
			}
		}
	}
	return string(code[:])
}

// linkLasts is how long a code lives that a client asked for: until the next
// weekly meeting.
const linkLasts = 7 * 24 * time.Hour

// makeLink makes the fresh code of the facts the client's, and ends the earlier
// one.
func (c *Caseload) makeLink(w *work) error {
	code, ok := NormalCode(w.turn.Loaded.Facts.FreshLink)
	if !ok {
		return errors.New("there is no fresh code among the facts")
	}
	w.effects.exec(nil, "DELETE FROM link_codes WHERE client = $1 AND used_at = 0", w.peer)
	w.effects.exec(nil, "INSERT INTO link_codes (hash, client, created_at, expires_at) VALUES ($1, $2, $3, $4)",
		c.seal.Hash(hashLinkCode, code), w.peer, millis(w.turn.Now), millis(w.turn.Now.Add(linkLasts)))
	return nil
}

// MakeLink makes a code by which a client joins a Telegram account, once,
// before it expires. It ends the client's earlier code. Only a keyed hash of it
// is stored. The error is [ErrNotFound] for a client who is not on the caseload
// or whose record is closed.
func (c *Caseload) MakeLink(ctx context.Context, client conversations.ClientID, ttl time.Duration, now time.Time) (code string, expires time.Time, err error) {
	code, expires = newLinkCode(), instant(millis(now.Add(ttl)))
	err = c.db.write(ctx, func(tx transaction) error {
		// The row is locked by being written, so that two calls at once leave
		// one code and not two.
		open, err := change(ctx, tx, "UPDATE clients SET closed_at = closed_at WHERE id = $1 AND closed_at = 0", clean(string(client)))
		if err != nil {
			return err
		}
		if open == 0 {
			return ErrNotFound
		}
		var b batch
		b.exec(nil, "DELETE FROM link_codes WHERE client = $1 AND used_at = 0", client)
		b.exec(nil, "INSERT INTO link_codes (hash, client, created_at, expires_at) VALUES ($1, $2, $3, $4)",
			c.seal.Hash(hashLinkCode, code), client, millis(now), millis(expires))
		return tx.run(ctx, &b)
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a link for client %s: %w", client, err)
	}
	return code, expires, nil
}
