package turn

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Preview is what an event would do if it came now: the messages, rendered, and
// the effects beside them. Nothing is stored and nothing is sent; by the time
// that the event comes, something else may hold.
func (r *Runner) Preview(ctx context.Context, event conversations.Event) (store.Turn, error) {
	now := r.Now()
	if event.At.IsZero() {
		event.At = now
	}
	loaded, err := r.Store.Load(ctx, event, now)
	if err != nil {
		return store.Turn{}, fmt.Errorf("load for a preview of %s: %w", event.Kind, err)
	}
	return r.Rehearse(loaded, loaded.Event, now)
}

// Rehearse is Preview at any moment, with what was loaded before
// (store.LoadMany): an event of many clients is looked at without a query each.
func (r *Runner) Rehearse(loaded store.Loaded, event conversations.Event, at time.Time) (store.Turn, error) {
	event.Client = loaded.Client
	loaded.Event = event
	t, err := r.think(loaded, "", at)
	if err != nil {
		return store.Turn{}, fmt.Errorf("rehearse %s for client %s: %w", event.Kind, loaded.Client, err)
	}
	return t, nil
}
