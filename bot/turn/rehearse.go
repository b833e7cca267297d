package turn

import (
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Rehearsal is what an event would do.
type Rehearsal struct {
	Effects []conversations.Effect
	// Messages are what would go out, in their words.
	Messages []store.Message
}

// Rehearse says what an event would do at a moment, with what was loaded for it
// (store.LoadMany). Nothing is stored or sent.
func (r *Runner) Rehearse(loaded store.Loaded, event conversations.Event, at time.Time) (Rehearsal, error) {
	event.Client = loaded.Client
	loaded.Event = event
	t, err := r.think(loaded, "", at)
	if err != nil {
		return Rehearsal{}, fmt.Errorf("rehearse %s for client %s: %w", event.Kind, loaded.Client, err)
	}
	return Rehearsal{Effects: t.Effects, Messages: t.Messages}, nil
}
