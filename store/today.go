package store

import (
	"context"

	"alongside/conversations"
	"alongside/store/caseload"
)

// The lists that people of the team work through; see package caseload for each.
type (
	// Today is what waits for the people of some caseloads.
	Today = caseload.Today
	// TodayFilter says whose lists are wanted.
	TodayFilter = caseload.TodayFilter
	// Named is whose something on a list is.
	Named = caseload.Named
	// NamedAlert is an open alert on such a list.
	NamedAlert = caseload.NamedAlert
	// NamedFlag is an open flag on such a list.
	NamedFlag = caseload.NamedFlag
	// NamedAppointment is an appointment on such a list.
	NamedAppointment = caseload.NamedAppointment
	// ClientRow is a client as the caseload lists them.
	ClientRow = caseload.ClientRow
)

// Today reads what waits for the people of some caseloads, at most 200 of each
// kind. It holds no person's words.
func (s *Store) Today(ctx context.Context, filter TodayFilter) (Today, error) {
	return s.caseload.Today(ctx, filter)
}

// Rows reads the open clients of some specialists as the caseload lists them, in
// the order of their names. Flags that only the lead sees count only where
// notForLead is false. None for no specialists.
func (s *Store) Rows(ctx context.Context, of []conversations.SpecialistID, notForLead bool) ([]ClientRow, error) {
	return s.caseload.Rows(ctx, of, notForLead)
}
