package store

import (
	"context"

	"alongside/store/caseload"
)

type (
	// Resealed says what [Store.Reseal] found and did.
	Resealed = caseload.Resealed
	// Outlived is what ends with the key under which it was made.
	Outlived = caseload.Outlived
)

// Reseal seals every value of the caseload that was sealed under an older key
// again under the first one. Others may work on the caseload meanwhile, with the
// same keys; it may end at any moment and be run again. Told hears of every table
// as it ends, and of a long one on the way; nil if nobody listens. The live state
// needs nothing: what no key opens is read from the caseload again.
func (s *Store) Reseal(ctx context.Context, told func(Resealed)) (Resealed, error) {
	return s.caseload.Reseal(ctx, told)
}

// Outlived counts what cannot be made anew under another key: its holders need
// new ones before the old key is taken out.
func (s *Store) Outlived(ctx context.Context) (Outlived, error) { return s.caseload.Outlived(ctx) }
