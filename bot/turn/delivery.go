package turn

import (
	"context"
	"errors"
	"fmt"

	"alongside/conversations"
	"alongside/store"
)

// delivery is a provider's report about a message of ours. It changes the
// message's row, never backwards; where it is bad news for the first time, an
// event of its own goes through the conversation.
func (r *Runner) delivery(ctx context.Context, event conversations.Event) (string, error) {
	channel := event.Channel
	if channel == "" {
		channel = event.From.Channel
	}
	change, err := r.Store.RecordDelivery(ctx, event.Message, channel, event.ProviderID, event.Delivery, event.Reason, r.Now())
	switch {
	case errors.Is(err, store.ErrNotFound):
		// Nobody's message, or one of another installation: nothing to do, and
		// telling the provider again would not help.
		return "duplicate", nil
	case err != nil:
		return "error", fmt.Errorf("record delivery of %s: %w", event.Message, err)
	case !change.Changed:
		return "duplicate", nil
	}
	bad := change.To == conversations.Undelivered || change.To == conversations.Failed
	if !bad || change.Client == "" {
		return "done", nil
	}
	return r.run(ctx, conversations.Event{
		Kind: conversations.EventUndelivered, Client: change.Client, Channel: channel, Message: event.Message,
		Reason: event.Reason, Urgency: change.Urgency, Blocked: event.Blocked,
	})
}
