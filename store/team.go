package store

import (
	"context"
	"time"

	"alongside/store/caseload"
)

// What the people who look after a team work with; see package caseload for each.
type (
	// Workload is how much there is on one specialist's caseload just now.
	Workload = caseload.Workload
	// Stranger is an unknown sender with what stands of them.
	Stranger = caseload.Stranger
	// LeadRow is a lead as the board shows it.
	LeadRow = caseload.LeadRow
)

// FullCaseload is how many clients a full-time specialist has at the most: the
// mark of the IPS fidelity scale.
const FullCaseload = 20

// Workloads reads how much there is on each caseload, in the order of the names.
// Texts for the lead count only where notForLead is false.
func (s *Store) Workloads(ctx context.Context, notForLead bool) ([]Workload, error) {
	return s.caseload.Workloads(ctx, notForLead)
}

// AbsencesSince lists the absences of all that end after a moment, the first to
// begin first, at most 200.
func (s *Store) AbsencesSince(ctx context.Context, moment time.Time) ([]Absence, error) {
	return s.caseload.AbsencesSince(ctx, moment)
}

// Strangers returns a page of the unknown senders with what stands of each,
// whoever wrote last first, and the cursor of the next page.
func (s *Store) Strangers(ctx context.Context, page Page) (list []Stranger, next string, err error) {
	return s.caseload.Strangers(ctx, page)
}

// Stranger returns one unknown sender by their peer, or [ErrNotFound].
func (s *Store) Stranger(ctx context.Context, peer string) (UnknownSender, error) {
	return s.caseload.Stranger(ctx, peer)
}

// Board reads the leads that can still be had, the newest first, with what
// clients said to each; over reads those that cannot be had any more, and were
// filled or closed after a moment, instead.
func (s *Store) Board(ctx context.Context, over bool, since time.Time) ([]LeadRow, error) {
	return s.caseload.Board(ctx, s.now(), over, since)
}
