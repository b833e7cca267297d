package conversations

import (
	"time"

	"alongside/conversations/understand"
)

// Rules are what does not change from turn to turn: the service's pathway and
// the lexicons. Main injects them.
type Rules struct {
	Pathway  Pathway
	Lexicons *understand.Lexicons
}

// Pathway describes one service: its words, languages and promises. A file in
// templates/pathways holds it.
type Pathway struct {
	// Name is the file's name ("ips"); Service is what the client knows the
	// service by, in words fit for a lock screen.
	Name    string
	Service string
	// Reviewed says that a clinician of the service has read and signed its
	// crisis words. Serve refuses a pathway without it unless told otherwise.
	Reviewed bool
	// Languages the service writes in, in their order; the first is written to
	// a client whose language is not known.
	Languages []string
	// Zone is the service's own, for reading hours.
	Zone *time.Location
	// Sending is when unasked texts may go, Reading when a person reads.
	Sending Hours
	Reading Hours
	// Holidays lists the days (YYYY-MM-DD) that count as no weekday.
	Holidays map[string]bool
	// Reminders are the offsets before an appointment, in minutes, longest first.
	Reminders []int
	// AnswerWithin is how long a question about a new time stays open, in minutes.
	AnswerWithin int
	// TelegramBot is the name of the service's bot (without @); empty where
	// Telegram is not offered to clients.
	TelegramBot string
	// LeadsAWeek is how many leads a client gets a week who said nothing else.
	LeadsAWeek int
	// Duty and Lead are told of alerts beside the client's own specialist.
	Duty, Lead Staff
	// AcknowledgeWithin is how long an alert may go unacknowledged before the
	// next person is told, in minutes.
	AcknowledgeWithin int
	// ClinicalRoute is what staff do with danger, in the service's own words;
	// it is shown to them with each alert.
	ClinicalRoute string
	// Crisis is where to turn when life is at risk, per language.
	Crisis map[string]CrisisRoutes
}

// Staff is somebody of the team who can be reached on their own phone. The zero
// value is nobody.
type Staff struct {
	Name string
	// Mobile is in E.164 form (+44…), Email an address; either may be empty.
	Mobile string
	Email  string
}

// Hours are local times on weekdays, in minutes after midnight; To is exclusive.
type Hours struct{ From, To int }

// CrisisRoutes are the reviewed words for danger in one language. Each is sent
// as it stands; the first 60 characters are neutral, for the lock screen.
type CrisisRoutes struct {
	// Self is said to a person who may harm themselves.
	Self string
	// Overdose is said to a person who has taken too much already, Voices to one
	// who hears voices that command. A service that has no words of their own for
	// these says Self: both may be empty.
	Overdose, Voices string
	// SomeoneElse is said to who stands beside a person in danger, or is told of
	// it: what to do for them. A service that has no words of its own for that says
	// Other: it may be empty.
	SomeoneElse string
	// ByOthers is said when somebody harms them: as if that person reads it.
	ByOthers string
	// Other is said when somebody else is at risk, by or beside the writer.
	Other string
	// ReviewedBy and CheckedOn say who vouches for them ("" means nobody yet).
	ReviewedBy string
	CheckedOn  string
}
