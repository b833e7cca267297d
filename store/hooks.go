package store

import (
	"context"
	"slices"

	"alongside/conversations"
	"alongside/store/caseload"
)

type (
	// Hook is where another system wants to be told.
	Hook = caseload.Hook
	// HookState says how far a delivery is.
	HookState = caseload.HookState
	// HookDelivery is one event that another system is told.
	HookDelivery = caseload.HookDelivery
	// DueHook is a delivery with all that is needed to make it.
	DueHook = caseload.DueHook
	// HookResult says how an attempt ended.
	HookResult = caseload.HookResult
	// HookArgs is the job of one delivery.
	HookArgs = caseload.HookArgs
)

// The states of a delivery.
const (
	HookWaiting   = caseload.HookWaiting
	HookDelivered = caseload.HookDelivered
	HookGivenUp   = caseload.HookGivenUp
)

// HookStates lists every state.
var HookStates = caseload.HookStates

// AddHook adds another system that is told of events of some kinds. The address is
// checked by whoever delivers. What was entered wrongly is refused: see [Refusals].
func (s *Store) AddHook(ctx context.Context, url, secret string, kinds []conversations.EventKind) (string, error) {
	var c checks
	if len(kinds) == 0 {
		c.refuse("kinds", RefusedEmpty, "Please name the kinds of event that it is to be told of.")
	}
	for _, k := range kinds {
		if !slices.Contains(conversations.EventKinds, k) {
			c.refuse("kinds", RefusedValue, "This holds a kind of event that is not known here.")
			break
		}
	}
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.AddHook(ctx, url, secret, slices.Compact(slices.Sorted(slices.Values(kinds))))
}

// Hooks lists the hooks that nobody has ended, disabled ones included.
func (s *Store) Hooks(ctx context.Context) ([]Hook, error) { return s.caseload.Hooks(ctx) }

// Hook reads one that nobody has ended, or [ErrNotFound].
func (s *Store) Hook(ctx context.Context, id string) (Hook, error) { return s.caseload.Hook(ctx, id) }

// EndHook ends a hook: what waits for it is not delivered.
func (s *Store) EndHook(ctx context.Context, id string) error { return s.caseload.EndHook(ctx, id) }

// HookDeliveries returns a page of what was told to a hook, the latest first.
func (s *Store) HookDeliveries(ctx context.Context, hook string, page Page) ([]HookDelivery, string, error) {
	return s.caseload.HookDeliveries(ctx, hook, page)
}

// DueHook reads a delivery for its job, or [ErrNotFound].
func (s *Store) DueHook(ctx context.Context, delivery string) (DueHook, error) {
	return s.caseload.DueHook(ctx, delivery)
}

// SettleHook writes down one attempt.
func (s *Store) SettleHook(ctx context.Context, d DueHook, r HookResult) error {
	return s.caseload.SettleHook(ctx, d, r)
}

// ResendHook delivers something once more, under the same id.
func (s *Store) ResendHook(ctx context.Context, hook, delivery string) error {
	return s.caseload.ResendHook(ctx, hook, delivery)
}
