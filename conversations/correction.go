package conversations

import "alongside/conversations/understand"

// Meaning is what a text means, as far as a conversation acts on it: what a
// numbered question offers, and what a specialist says was meant.
type Meaning struct {
	Intent understand.Intent `json:"intent"`
	// Date (YYYY-MM-DD) and Clock (HH:MM) are the time that is meant, in the
	// client's zone.
	Date  string `json:"date,omitempty"`
	Clock string `json:"clock,omitempty"`
	// Number is the rating, 1 to 5.
	Number int `json:"n,omitempty"`
	// Appointment is the one it is about; empty means the one that was talked
	// about.
	Appointment AppointmentID `json:"appt,omitempty"`
	// Danger says what kind of danger a crisis is; empty means to the client
	// themselves.
	Danger understand.Danger `json:"danger,omitempty"`
	// Language is the tag that was asked for.
	Language string `json:"lang,omitempty"`
}

// Corrected is a text whose reading a person puts right.
type Corrected struct {
	Message MessageID
	Channel Channel
	// Was is what it was read as, and Undo what its effects replaced.
	Was  understand.Intent
	Undo Undo
	// Open is the question that was open when it came, if any.
	Open *Question
	// Done says that a person has corrected it before, Now what to; the zero
	// meaning if that is not known. Undo is then what that correction did.
	Done bool
	Now  Meaning
}

// Undo is what the effects of one text replaced. It holds ids and statuses, no
// text and no name. The zero value means that there is nothing to undo.
type Undo struct {
	Appointments []AppointmentUndo `json:"appts,omitempty"`
	Offers       []OfferUndo       `json:"offers,omitempty"`
	Tasks        []TaskUndo        `json:"tasks,omitempty"`
	Agreements   []AgreementUndo   `json:"agreements,omitempty"`
	// Settings puts back what the text set, Set is what it set.
	Settings *Settings `json:"settings,omitempty"`
	Set      *Settings `json:"set,omitempty"`
	// Language is the one before, where the text changed it to NowLanguage.
	Language    *string `json:"lang,omitempty"`
	NowLanguage string  `json:"now_lang,omitempty"`
	// Prefers is the channel that was preferred before, where the text changed
	// it to NowPrefers.
	Prefers    Channel `json:"prefers,omitempty"`
	NowPrefers Channel `json:"now_prefers,omitempty"`
	// Flags are those that the text raised, Answers the check-ins whose answer
	// it recorded.
	Flags   []FlagReason `json:"flags,omitempty"`
	Answers []CheckInID  `json:"answers,omitempty"`
	// Lasting says that it did something that nothing puts back: it ended a
	// series of check-ins, or said something about the service. A person has to.
	Lasting bool `json:"lasting,omitempty"`
	// Open is the question that was open before.
	Open *Question `json:"open,omitempty"`
}

// AppointmentUndo is one appointment before (Was…) and after a text.
type AppointmentUndo struct {
	ID       AppointmentID     `json:"id"`
	Was      AppointmentStatus `json:"was"`
	Proposed int64             `json:"proposed,omitempty"` // Unix milliseconds, before
	Now      AppointmentStatus `json:"now"`
	NowAsked int64             `json:"now_asked,omitempty"` // the time proposed after
}

// OfferUndo is one offer before and after a text.
type OfferUndo struct {
	ID  OfferID     `json:"id"`
	Was OfferStatus `json:"was"`
	Now OfferStatus `json:"now"`
}

// TaskUndo is one task before and after a text.
type TaskUndo struct {
	ID  TaskID     `json:"id"`
	Was TaskStatus `json:"was"`
	Now TaskStatus `json:"now"`
}

// AgreementUndo is the agreement on one channel before and after a text.
type AgreementUndo struct {
	Channel Channel   `json:"ch"`
	Was     Agreement `json:"was"`
	Now     Agreement `json:"now"`
}

// corrected undoes what a text was wrongly taken for, and does what it meant.
func (s *step) corrected() {}
