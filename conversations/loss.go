package conversations

import (
	"strings"
	"time"

	"alongside/conversations/understand"
)

// Whose death a text tells. "He passed away" out of the blue is said of the
// client; behind the client's own "its about my dad", or their own danger, it is
// said of somebody whom they have lost.

// ownLoss says whether "he died" is the client's own loss, and makes the reading
// that of somebody bereaved. A text that names the client, says who else writes, or
// ends the texts tells of the client.
func (s *step) ownLoss() bool {
	r := &s.reading
	if s.borrowed() || r.ThirdParty || r.Writer == understand.WriterElse || s.namesClient() || s.stops() ||
		s.rules.Lexicons.Names(s.event.Text, understand.NamesTexts) {
		return false
	}
	lately := s.state.Kin != 0 && s.now.Sub(time.UnixMilli(s.state.Kin)) < breather
	if !lately && !s.ownDanger() && !s.troubled() {
		return false
	}
	r.Intent, r.Topic, r.Sure = understand.Distress, understand.TopicBereaved, max(r.Sure, plainlyMeant)
	return true
}

// speaksOfKin remembers that the client wrote of somebody of their own ("its about
// my dad"), and of themselves as the one who has them.
func (s *step) speaksOfKin() {
	if s.borrowed() || s.reading.ThirdParty || s.namesClient() || len(strings.Fields(s.event.Text)) > manyWords*2 {
		return
	}
	l := s.rules.Lexicons
	if l.Names(s.event.Text, understand.NamesKin) && l.Names(s.event.Text, understand.NamesMine) {
		s.state.Kin = s.now.UnixMilli()
	}
}
