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
	// MessageID names one message, in or out; a status callback carries it.
	MessageID string
	// QuestionID names one question within one client's conversation ("q7").
	// It never repeats there, so a late button finds its own question or none.
	QuestionID string
)
