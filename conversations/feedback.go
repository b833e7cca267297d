package conversations

// feedbackDue asks what the client thinks of the service.
func (s *step) feedbackDue() {}

// fedBack takes what the client thinks of the service, for the lead.
func (s *step) fedBack() bool { return false }
