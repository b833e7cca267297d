package conversations

// ring tells the client that the specialist is about to ring, and from where:
// who fears an unknown number picks up a known one.
func (s *step) ring() {}
