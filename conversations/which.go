package conversations

// askWhich asks with numbers where two readings of a text are near. It reports
// whether it did.
func (s *step) askWhich() bool { return false }

// chosen is the number of a reading.
func (s *step) chosen() { s.handOver(FlagNotUnderstood) }

// chooseReading is a press under such a question.
func (s *step) chooseReading(Question, Choice) {}
