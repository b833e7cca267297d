package conversations

// Ids are opaque strings made by the caller of [Next]; they sort by the time
// they were made. The zero value of each means "none".
type (
	// ClientID names a client of the service.
	ClientID string
	// SpecialistID names an employment specialist.
	SpecialistID string
	// AppointmentID names an appointment.
	AppointmentID string
	// LeadID names a job lead.
	LeadID string
	// OfferID names a lead that is offered to one client.
	OfferID string
	// TaskID names a task of a client's action plan.
	TaskID string
	// CheckInID names a series of check-ins that one client chose.
	CheckInID string
	// NudgeID names a nudge: one message that a specialist starts, to one client
	// or to many.
	NudgeID string
	// AlertID names an alert.
	AlertID string
	// MessageID names one message, in or out; a status callback carries it.
	MessageID string
	// QuestionID names one question within one client's conversation ("q7").
	// It never repeats there, so a late button finds its own question or none.
	QuestionID string
)
