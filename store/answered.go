package store

import (
	"context"

	"alongside/store/caseload"
)

// Answered is the answer to a request that may come again under the same key.
type Answered = caseload.Answered

// BeginAnswer takes a key of a token's for a request, and returns nil; or it
// returns what is known of the request that had the key within the last day.
func (s *Store) BeginAnswer(ctx context.Context, token, key, request string) (*Answered, error) {
	return s.caseload.BeginAnswer(ctx, token, key, request)
}

// EndAnswer keeps the answer under a key that BeginAnswer took, or (status 0) lets
// the key go: nothing was done.
func (s *Store) EndAnswer(ctx context.Context, token, key string, status int, answer []byte) error {
	return s.caseload.EndAnswer(ctx, token, key, status, answer)
}
