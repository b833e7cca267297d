package conversations

// hold stops leads, check-ins, tasks and bulk nudges until a person releases
// the client. It never silences: what the client writes is answered.
func (s *step) hold(string) {}

// released ends a hold.
func (s *step) released() {}

// holdDue brings a hold back to the duty list.
func (s *step) holdDue() {}

// reminderAllowed lets one appointment's reminder go in spite of a hold.
func (s *step) reminderAllowed() {}
