package caseload

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// tokenMark begins every token, so that people and scanners of leaked secrets
// know one when they see it.
const tokenMark = "alongside_"

// tokenUsed is how exact a token's last use is: writing it at every call would
// make every read of the API a write.
const tokenUsed = time.Minute

// TokenInfo is what is known of a token of the API; the token itself is not.
type TokenInfo struct {
	ID     string
	Name   string
	Scopes []string
	// UsedAt is when it was last used, to the minute; RevokedAt when it ended.
	// Zero means never.
	CreatedAt, UsedAt, RevokedAt time.Time
}

// CreateToken makes a token with scopes, which hold no spaces. The plain token
// is returned once: only a keyed hash of it is stored.
func (c *Caseload) CreateToken(ctx context.Context, name string, scopes []string, now time.Time) (plain string, err error) {
	// 26 characters of 5 random bits each, in lower case to be like the mark.
	plain = tokenMark + strings.ToLower(rand.Text())
	id := newID(now)
	if _, err := change(ctx, c.db, "INSERT INTO tokens (id, hash, name, scopes, created_at) VALUES ($1, $2, $3, $4, $5)",
		id, c.seal.Hash(hashToken, plain), name, strings.Join(scopes, " "), millis(now)); err != nil {
		return "", fmt.Errorf("create token %s: %w", id, err)
	}
	return plain, nil
}

//nolint:gosec // G101: the names of columns, and no credential.
const tokenColumns = "id, name, scopes, created_at, used_at, revoked_at"

func scanToken(scan scan) (t TokenInfo, err error) {
	var scopes string
	var created, used, revoked int64
	err = scan(&t.ID, &t.Name, &scopes, &created, &used, &revoked)
	t.Scopes = strings.Fields(scopes)
	t.CreatedAt, t.UsedAt, t.RevokedAt = instant(created), instant(used), instant(revoked)
	return t, err
}

// Token returns what is known of a plain token that is in force, else
// [ErrNotFound], and notes that it was used.
func (c *Caseload) Token(ctx context.Context, plain string) (t TokenInfo, err error) {
	if !strings.HasPrefix(plain, tokenMark) {
		return TokenInfo{}, ErrNotFound
	}
	list, args := in(nil, c.seal.Hashes(hashToken, plain))
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		t, err = scanToken(scan)
		return err
	}, "SELECT "+tokenColumns+" FROM tokens WHERE revoked_at = 0 AND hash IN ("+list+")", args...)
	if err != nil {
		return TokenInfo{}, fmt.Errorf("look up a token: %w", err)
	}
	if !found {
		return TokenInfo{}, ErrNotFound
	}
	if now := c.now(); now.Sub(t.UsedAt) >= tokenUsed {
		// The call is allowed whether or not its time could be noted.
		if _, err := change(ctx, c.db, "UPDATE tokens SET used_at = $2 WHERE id = $1 AND used_at < $2", t.ID, millis(now)); err != nil {
			c.log.WarnContext(ctx, "the use of a token was not noted", "token_id", t.ID, "error", err)
		}
	}
	return t, nil
}

// Tokens returns every token, also those that ended, in the order in which they
// were made.
func (c *Caseload) Tokens(ctx context.Context) (list []TokenInfo, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		t, err := scanToken(scan)
		list = append(list, t)
		return err
	}, "SELECT "+tokenColumns+" FROM tokens ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a token; [ErrNotFound] if there is none with the id. To end
// one that has ended changes nothing.
func (c *Caseload) RevokeToken(ctx context.Context, id string, now time.Time) error {
	changed, err := change(ctx, c.db, `
		UPDATE tokens SET revoked_at = CASE WHEN revoked_at = 0 THEN $2 ELSE revoked_at END WHERE id = $1`, clean(id), millis(now))
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}
