package conversations

// How much a text says: plain, detailed, or guarded because somebody else reads
// the phone.

// wording makes texts say places and names, or leave them out. While somebody
// else reads the phone, only a person gives the detail back: the wish may be
// theirs.
func (s *step) wording(detail bool) {
	switch {
	case detail && s.facts.Client.Guarded:
		s.flag(FlagGuarded, "")
		s.read("message")
	case detail:
		s.setByText(Settings{Detail: &detail}, FlagSettings)
		s.answer("wording.detailed", nil)
	default:
		s.setByText(Settings{Detail: &detail}, FlagSettings)
		s.answer("wording.plain", nil)
	}
}

// guard is "someone else reads my phone". From now on every text is neutral, and
// the answer is one that says nothing to whoever reads it.
func (s *step) guard() {
	yes, no := true, false
	s.setByText(Settings{Guarded: &yes, Detail: &no}, FlagGuarded)
	s.answer("guarded.set", nil)
}
