package conversations

import "time"

// Appointment is a meeting of a client with their specialist.
type Appointment struct {
	ID   AppointmentID
	Kind AppointmentKind
	// At is when it starts, in the client's own zone.
	At time.Time
	// Minutes is how long it lasts; 0 means not said.
	Minutes int
	// Place is where, in the specialist's words. It is told to the client only
	// as the client chose ([Client.Detail]).
	Place string
	// With says who else will be there, in the specialist's words; told as Place is.
	With   string
	Status AppointmentStatus
	// Proposed is the time that the client asked for instead, waiting for the
	// specialist's yes; the zero time if none.
	Proposed time.Time
}

// AppointmentKind says what an appointment is for.
type AppointmentKind string

// The kinds of appointment, in the words of the field.
const (
	InformalChat   AppointmentKind = "informal_chat"
	First          AppointmentKind = "first"
	Regular        AppointmentKind = "regular"
	Review         AppointmentKind = "review"
	Interview      AppointmentKind = "interview"
	FirstDay       AppointmentKind = "first_day"
	Assessment     AppointmentKind = "assessment"
	EmployerReview AppointmentKind = "employer_review"
	Exit           AppointmentKind = "exit"
)

// AppointmentKinds lists every kind.
var AppointmentKinds = []AppointmentKind{
	InformalChat, First, Regular, Review, Interview, FirstDay, Assessment, EmployerReview, Exit,
}

// AppointmentStatus is what the caseload says of an appointment.
//
//	booked ──yes──▶ confirmed
//	  │  ▲             │
//	  │  └──moved──────┤ (a specialist moves it: booked again, at the new time)
//	  ├──another time─▶ change_asked
//	  ├──cannot───────▶ cannot
//	  └──a specialist─▶ cancelled
type AppointmentStatus string

// The statuses of an appointment. No reply leaves it booked: silence is not a
// cancellation.
const (
	// Booked: arranged; the client has not answered.
	Booked AppointmentStatus = "booked"
	// Confirmed: the client said that they will come.
	Confirmed AppointmentStatus = "confirmed"
	// ChangeAsked: the client asked for another time; the old one stands until
	// the specialist has decided.
	ChangeAsked AppointmentStatus = "change_asked"
	// Cannot: the client cannot come and named no other time.
	Cannot AppointmentStatus = "cannot"
	// Cancelled: the specialist called it off.
	Cancelled AppointmentStatus = "cancelled"
)

// AppointmentStatuses lists every status, in the order of the drawing.
var AppointmentStatuses = []AppointmentStatus{Booked, Confirmed, ChangeAsked, Cannot, Cancelled}
