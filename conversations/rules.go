package conversations

import (
	"alongside/conversations/understand"
)

// Rules are what does not change from turn to turn: the service's pathway and
// the lexicons. Main injects them.
type Rules struct {
	Pathway  Pathway
	Lexicons *understand.Lexicons
}
