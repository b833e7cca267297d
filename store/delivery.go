package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// DeliveryChange is what a provider's report changed.
type DeliveryChange = caseload.DeliveryChange

// RecordDelivery records a provider's report on a message of ours. Reports come
// in any order and more than once: one that would take the message back, as
// conversations.Delivery.After has it, changes nothing. One for a message that
// is still being sent, or of unknown outcome, settles it. ProviderID is kept if
// none was known, code is the provider's error code if it told one.
//
// It returns ErrNotFound for an id that is not ours on that channel.
func (s *Store) RecordDelivery(
	ctx context.Context, id conversations.MessageID, channel conversations.Channel, providerID string,
	d conversations.Delivery, code string, now time.Time,
) (DeliveryChange, error) {
	change, err := s.caseload.RecordDelivery(ctx, id, channel, providerID, d, code, now)
	if change.Changed {
		s.pages.client(change.Client)
	}
	return change, err
}
