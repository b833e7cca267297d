package store

import (
	"context"
	"fmt"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Handover is one time that a client was handed to another specialist.
type Handover = caseload.Handover

// HandoversOf lists the hand-overs of a client, the newest first, 200 at the most.
func (s *Store) HandoversOf(ctx context.Context, client conversations.ClientID) ([]Handover, error) {
	return s.caseload.HandoversOf(ctx, client)
}

// HandoversTo lists those to a specialist, the newest first, 200 at the most.
func (s *Store) HandoversTo(ctx context.Context, specialist conversations.SpecialistID) ([]Handover, error) {
	return s.caseload.HandoversTo(ctx, specialist)
}

// CheckReturn refuses the return of a client whose number another open client
// has by now ([RefusedTaken]): it is for whoever records the return to ask for
// their new one.
func (s *Store) CheckReturn(ctx context.Context, client conversations.ClientID) error {
	reach, err := s.Reach(ctx, client)
	if err != nil {
		return err
	}
	for _, r := range reach {
		if r.Channel != conversations.SMS || r.Unreadable {
			continue
		}
		address := conversations.Address{Channel: r.Channel, Value: r.Address}
		if err := s.caseload.CheckFree(ctx, address, client); err != nil {
			return taken(fmt.Errorf("check the return of client %s: %w", client, err))
		}
	}
	return nil
}

// IsToClient says whether a message of ours went, or was to go, to a client.
func (s *Store) IsToClient(ctx context.Context, id conversations.MessageID, client conversations.ClientID) (bool, error) {
	return s.caseload.IsToClient(ctx, id, client)
}
