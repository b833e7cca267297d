package conversations

import "time"

// Next is one step of one conversation: what the event does, given the rules,
// the facts and the state at the moment now. It is a pure function.
//
// The state returned is the one to store with revision+1, also when nothing
// changed. A stale timer, a second press and a repeated event have no effects.
func Next(rules Rules, facts Facts, state State, event Event, now time.Time) (State, []Effect) {
	return state, nil
}
