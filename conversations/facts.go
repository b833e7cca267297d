package conversations

import "time"

// Facts are what the caseload says at the moment of a turn. The zero value is
// an unknown sender: nobody on the caseload has the address that wrote.
type Facts struct {
	// Client is the person the turn is about; Client.ID is empty for an
	// unknown sender.
	Client     Client
	Specialist Specialist
	// Cover is who stands in for the specialist just now.
	Cover Cover
	// Reach lists the client's channels, the preferred one first.
	Reach []Reach
	// Appointments are those that are still to come or began in the last four
	// hours, cancelled ones left out, in order of time.
	Appointments []Appointment
	// Free are the next times at which the specialist would meet, soonest first,
	// at most three; none if the specialist gave none.
	Free []time.Time
	// Offers are the leads offered to the client that are open or were answered
	// in the last 60 days, newest first.
	Offers []Offer
	// Tasks are the client's that are not done, by due day; CheckIns the series
	// that the client chose and has not ended.
	Tasks    []Task
	CheckIns []CheckIn
	// Reached holds when each milestone was last reached.
	Reached map[Milestone]time.Time
	// Corrected is the text that an EventCorrected is about; nil for any other.
	Corrected *Corrected
	// Handover is the last one of this client; nil if there was none, and for any
	// event but EventTellPassedOn and EventResend.
	Handover *Handover
	// Unreceived is the message that an EventResend is about; nil for any other.
	Unreceived *Unreceived
	// FreshLink is a link code that nobody has yet, for [MakeLink]; empty where
	// Telegram is not offered.
	FreshLink string
	// CrisisSaid is when the crisis words last went to this person; zero if
	// never. They are not repeated at every text.
	CrisisSaid time.Time
	// Alerted says that an alert about this person is open: people were told of
	// danger, and nobody has recorded an outcome yet.
	Alerted bool
	// Taken says that a person of the team has acknowledged every alert about
	// this person that is open; it says nothing where Alerted is false.
	Taken bool
	// Answered is when an unknown sender last had an answer from us; zero if
	// never. It keeps two robots from texting each other all night.
	Answered time.Time
}

// Known says whether the sender is on the caseload.
func (f Facts) Known() bool { return f.Client.ID != "" }

// Appointment returns the appointment with the id, if it is among the facts.
func (f Facts) Appointment(id AppointmentID) (Appointment, bool) {
	for _, a := range f.Appointments {
		if a.ID == id {
			return a, true
		}
	}
	return Appointment{}, false
}

// Client is the person, as far as a conversation needs to know them.
type Client struct {
	ID ClientID
	// Name is what the client likes to be called, used only if Named.
	Name  string
	Named bool
	// Language is the tag of the language we write to them in ("en", "cy");
	// empty means not known yet.
	Language string
	// Zone is where the client's clock runs; never nil for a known client.
	Zone *time.Location
	// Wakes is the client's waking hour in minutes after midnight; 0 means the
	// pathway's default. Nothing unasked goes before it.
	Wakes int
	// Detail says that the client wants place and names in texts. Without it a
	// text says "the usual place": others may see the screen.
	Detail bool
	// Guarded says that somebody else reads the phone: wording stays neutral
	// whatever Detail says, and only a person switches it back.
	Guarded bool
	// Rests is the minute after midnight from which nothing unasked goes; 0 means
	// the pathway's default. RestDays are days on which nothing unasked goes.
	Rests    int
	RestDays []time.Weekday
	// PausedUntil is the moment until which nothing unasked goes; zero if the
	// client asked for no pause.
	PausedUntil time.Time
	// Stopped lists the matters that the client wants no texts about.
	Stopped []Matter
	// LeadsAWeek is how many leads a week the client wishes for; 0 means the
	// pathway's default.
	LeadsAWeek int
	// Reminders are how long before an appointment this client is reminded, in
	// minutes, longest first; empty means the specialist's or the pathway's.
	Reminders []int
	// Held says that leads, check-ins, tasks and bulk nudges wait until a person
	// releases the client (rule 1).
	Held bool
	// Stage is where the client stands on the pathway; empty where nobody said.
	Stage Stage
	// Circumstance is why a specialist has set that nothing unasked goes just
	// now; empty if there is no such reason.
	Circumstance Circumstance
	// FeedbackDue is when they are next asked by the clock what they think of the
	// service; zero if they are not. A job for any other moment is stale.
	FeedbackDue time.Time
	// Closed says that the client has left the service. Their texts are still
	// read for risk and shown to the team.
	Closed bool
}

// Specialist is the client's employment specialist.
type Specialist struct {
	ID SpecialistID
	// Name is the first name that the client knows ("Sam").
	Name string
	// Reminders are the offsets for the specialist's clients who have none of their
	// own, as [Client.Reminders]; empty means the pathway's.
	Reminders []int
}
