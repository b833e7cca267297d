package store

import (
	"context"

	"alongside/conversations"
	"alongside/store/caseload"
)

// The way through the pathway; see package caseload for each.
type (
	// Milestone is one time that a milestone was reached.
	Milestone = caseload.Milestone
	// Underway is a client with what the steps of the pathway are counted from.
	Underway = caseload.Underway
)

// Milestones lists what a client has reached, the oldest first; none for a
// client who is not on the caseload.
func (s *Store) Milestones(ctx context.Context, client conversations.ClientID) ([]Milestone, error) {
	return s.caseload.Milestones(ctx, client)
}

// DoStep records that a step of the pathway is done, now. That the pathway has
// such a step is for the caller to know. The error is [ErrNotFound] for a client
// who is not on the caseload.
func (s *Store) DoStep(ctx context.Context, client conversations.ClientID, step string, by conversations.SpecialistID) error {
	return s.caseload.DoStep(ctx, client, step, by)
}

// UnderwayOf reads the open clients of a specialist with what the pathway's
// steps are counted from, in the order in which they were added.
func (s *Store) UnderwayOf(ctx context.Context, specialist conversations.SpecialistID) ([]Underway, error) {
	return s.caseload.Underway(ctx, specialist, "")
}

// Underway is [Store.UnderwayOf] for one client, or [ErrNotFound] where they are
// not on the caseload or have left the service.
func (s *Store) Underway(ctx context.Context, client conversations.ClientID) (Underway, error) {
	list, err := s.caseload.Underway(ctx, "", client)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Underway{}, err
	}
	return list[0], nil
}
