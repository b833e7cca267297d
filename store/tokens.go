package store

import (
	"context"
	"regexp"
	"time"

	"alongside/store/caseload"
)

// TokenInfo is what is known of a token of the API; the token itself is not.
type TokenInfo = caseload.TokenInfo

var scopeForm = regexp.MustCompile(`^[a-z][a-z0-9_.:-]{0,63}$`)

// CreateToken makes a token of the API with scopes. The plain token is returned
// once: only a keyed hash of it is stored. What it is for is said by its name,
// which is refused if it is empty or too long, like a scope that is no word.
func (s *Store) CreateToken(ctx context.Context, name string, scopes []string, now time.Time) (plain string, err error) {
	var c checks
	name = c.line("name", name, true, longestName)
	if len(scopes) == 0 {
		c.refuse("scopes", RefusedEmpty, "A token without a scope may do nothing. Please give one at least.")
	}
	for _, scope := range scopes {
		if !scopeForm.MatchString(scope) {
			c.refuse("scopes", RefusedValue, "A scope is a word of small letters, digits and . : _ -")
			break
		}
	}
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.CreateToken(ctx, name, scopes, now)
}

// Token returns what is known of a plain token that is in force, else
// [ErrNotFound], and notes that it was used, to the minute.
func (s *Store) Token(ctx context.Context, plain string) (TokenInfo, error) {
	return s.caseload.Token(ctx, plain)
}

// Tokens returns every token, also those that ended, in the order in which they
// were made.
func (s *Store) Tokens(ctx context.Context) ([]TokenInfo, error) { return s.caseload.Tokens(ctx) }

// RevokeToken ends a token; [ErrNotFound] if there is none with the id. To end
// one that has ended changes nothing.
func (s *Store) RevokeToken(ctx context.Context, id string, now time.Time) error {
	return s.caseload.RevokeToken(ctx, id, now)
}
