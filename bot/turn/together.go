package turn

import (
	"context"
	"errors"
	"fmt"

	"alongside/conversations"
	"alongside/store"
)

// retakes is how often many events are loaded anew because a conversation among
// them moved on: people text while an import runs.
const retakes = 5

// RunAll takes many events through their conversations in one transaction, with
// what else an import writes: all of it or nothing. Of one client there may be
// several, which follow one another. They come from the team, never from a
// provider; what they say waits in the outbox. The error is that of
// [store.Store.Import], or of a turn that broke.
func (r *Runner) RunAll(ctx context.Context, events []conversations.Event, with store.Import) error {
	var err error
	for range retakes {
		if with.Turns, err = r.thinkAll(ctx, events); err != nil {
			return err
		}
		if err = r.Store.Import(ctx, with); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return err
}

func (r *Runner) thinkAll(ctx context.Context, events []conversations.Event) ([]store.Turn, error) {
	now := r.Now()
	stands := map[conversations.ClientID]store.Loaded{}
	turns := make([]store.Turn, 0, len(events))
	for _, event := range events {
		if event.At.IsZero() {
			event.At = now
		}
		loaded, known := stands[event.Client]
		if !known {
			var err error
			if loaded, err = r.Store.Load(ctx, event, now); err != nil {
				return nil, fmt.Errorf("load for %s: %w", event.Kind, err)
			}
		}
		loaded.Event = event
		t, err := r.think(loaded, "", now)
		if err != nil {
			return nil, err
		}
		turns = append(turns, t)
		loaded.State, loaded.Revision = t.State, loaded.Revision+1
		loaded.Facts.Appointments = diaryAfter(loaded.Facts.Appointments, t.Effects)
		stands[event.Client] = loaded
	}
	return turns, nil
}

// diaryAfter is the appointments as the effects leave them. What else effects may
// change of the facts does not come from a specialist's diary.
func diaryAfter(before []conversations.Appointment, effects []conversations.Effect) []conversations.Appointment {
	after := append([]conversations.Appointment(nil), before...)
	for _, effect := range effects {
		switch e := effect.(type) {
		case conversations.Book:
			after = append(after, e.Appointment)
		case conversations.SetAppointment:
			for i := range after {
				if after[i].ID != e.ID {
					continue
				}
				after[i].Status, after[i].Proposed = e.Status, e.Proposed
				if !e.At.IsZero() {
					after[i].At = e.At
				}
			}
		}
	}
	return after
}
