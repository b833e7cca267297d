package signin

import "alongside/store"

// Route is one thing that can be asked for, for the test that walks them all.
type Route struct {
	Pattern string
	// Public says that no session is needed; Needs what the role must allow.
	Public bool
	Stage  store.Stage
	Needs  Action
}

// RoutesOf lists everything that can be asked for.
func RoutesOf(s *SignIn) (list []Route) {
	for _, r := range s.routes() {
		list = append(list, Route{r.pattern, r.stage == "", r.stage, r.needs})
	}
	return list
}

// For the tests of single decisions.
var (
	Local         = local
	Pause         = pause
	StepOf        = stepOf
	PasswordFault = passwordFault
	Cell          = cell
	Hashing       = hashing
)

// Nobodys is the hash against which a login that does not exist is held.
const Nobodys = nobodys
