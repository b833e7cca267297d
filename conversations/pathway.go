package conversations

import "time"

// Pathway describes one service: its words, languages and promises. A file in
// templates/pathways holds it; nothing of a service is written in Go.
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

	// Specialist is the service's word for who works with a client
	// ("employment specialist", "Employment Support Worker"), per language.
	Specialist map[string]string
	// Stages are those that the service has, in their order, each with what it
	// lets go out. The first is where a new client stands.
	Stages []StageRule
	// Steps are what the service has promised to do and by when; Cadence how
	// often client and specialist meet, the rules that come later in their order.
	Steps   []Step
	Cadence []Cadence
	// BarredVenues are the kinds of place at which the service does not meet anybody;
	// empty where it bars none.
	BarredVenues []Venue
	// Budget bounds what goes out unasked, beyond reminders.
	Budget Budget
	// Unanswered is when silence is put before the specialist.
	Unanswered Unanswered
	// CheckIns are the series that a specialist may offer to a client.
	CheckIns []Series
	// Feedback is when the service asks what a client thinks of it; none where
	// Every is zero.
	Feedback FeedbackRule
	// Basis is the lawful basis on which texts are kept, in words for staff and
	// for whoever asks; Keep is for how long after the client has left, zero
	// where the service has not said so yet.
	Basis string
	Keep  Span
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

// Stage is where a client stands on the pathway.
//
//	referred ─▶ waiting ─▶ accepted ─▶ active ─▶ in_work ─▶ exited
//	        └▶ informal_chat ┘            ▲ └──────┐  │
//	                                      └ between_jobs
//
// Losing a job is a step, never an end: it leads to between_jobs and back.
// Who was exited may be referred again any number of times.
type Stage string

// The stages.
const (
	StageReferred     Stage = "referred"
	StageInformalChat Stage = "informal_chat"
	StageWaiting      Stage = "waiting"
	StageAccepted     Stage = "accepted"
	StageActive       Stage = "active"
	StageInWork       Stage = "in_work"
	StageBetweenJobs  Stage = "between_jobs"
	StageExited       Stage = "exited"
)

// Stages lists every stage.
var Stages = []Stage{
	StageReferred, StageInformalChat, StageWaiting, StageAccepted, StageActive, StageInWork, StageBetweenJobs, StageExited,
}

// StageRule is what one stage lets go out.
type StageRule struct {
	Stage Stage
	// Sends are the matters about which something unasked may go; news of the
	// diary has no matter and may always go.
	Sends []Matter
	// InWork says that check-ins about work in hand may go (first day, payday, …).
	InWork bool
	// Needs are milestones that have to be recorded before anybody enters the
	// stage: the risk assessment before any work begins.
	Needs []Milestone
	// Draft are the words that a person may send to a client who enters it, per
	// language; empty where there is nothing to say. The assistant never sends
	// them by itself (rule 7).
	Draft map[string]string
}

// Milestone is something that happened once on a client's way and from which
// the pathway counts.
type Milestone string

// The milestones.
const (
	MilestoneReferred       Milestone = "referred"
	MilestoneAccepted       Milestone = "accepted"
	MilestoneStarted        Milestone = "started"
	MilestoneRiskAssessed   Milestone = "risk_assessed"
	MilestoneEmployer       Milestone = "employer_contact"
	MilestoneJobOffer       Milestone = "job_offer"
	MilestoneJobStart       Milestone = "job_start"
	MilestoneJobEnd         Milestone = "job_end"
	MilestoneExited         Milestone = "exited"
	MilestoneBenefitsAdvice Milestone = "benefits_advice"
)

// Milestone is what is reached by entering a stage; empty where entering it
// reaches nothing that the pathway counts from.
func (st Stage) Milestone() Milestone {
	switch st {
	case StageReferred:
		return MilestoneReferred
	case StageAccepted:
		return MilestoneAccepted
	case StageInWork:
		return MilestoneJobStart
	case StageBetweenJobs:
		return MilestoneJobEnd
	case StageExited:
		return MilestoneExited
	default:
		return ""
	}
}

// Milestones lists every milestone.
var Milestones = []Milestone{
	MilestoneReferred, MilestoneAccepted, MilestoneStarted, MilestoneRiskAssessed, MilestoneEmployer, MilestoneJobOffer,
	MilestoneJobStart, MilestoneJobEnd, MilestoneExited, MilestoneBenefitsAdvice,
}

// Step is something that the service has promised to do by a time. It stands on
// the specialist's list; it never sends anything to a client by itself.
type Step struct {
	// Name is the step's own, in small letters and underscores.
	Name string
	// From is the milestone that it counts from, Within by when it is due.
	From   Milestone
	Within Span
	// Opens is how long before it is due it appears on the list; zero: at once.
	Opens Span
	// Stages are those in which it stands; empty: in every one but exited.
	Stages []Stage
	// Kinds are the appointments one of which, attended since From, meets it;
	// By the milestone that does. Where neither is named a person says that it
	// is done.
	Kinds []AppointmentKind
	By    Milestone
	// Text is what the specialist reads on the list, per language.
	Text map[string]string
}

// Cadence is how often client and specialist meet from some time on.
type Cadence struct {
	// From is the milestone that it counts from, Since how long after that it
	// begins: the rule that began last holds. Every is the longest that the next
	// meeting may be away from the one before.
	From  Milestone
	Since Span
	Every Span
}

// Venue is a kind of place.
type Venue string

// The kinds of place that a service may bar.
const (
	VenueClientHome     Venue = "client_home"
	VenueSpecialistHome Venue = "specialist_home"
)

// Venues lists every kind of place that can be barred.
var Venues = []Venue{VenueClientHome, VenueSpecialistHome}

// Budget bounds what goes out unasked to one client, beyond reminders and news
// of the diary (rule 10).
type Budget struct {
	// ADay and AWeek count texts of every matter; Leads and CheckIns those of one
	// in a week. 0 means none.
	ADay, AWeek, Leads, CheckIns int
}

// Unanswered is when silence prompts the specialist: so many questions without
// an answer, or so many days without a text while there was something to answer.
type Unanswered struct{ Questions, Days int }

// Series is a check-in that a specialist may offer: what it asks and when. The
// client chooses it, agrees the wording and may change the rhythm or end it.
type Series struct {
	Kind CheckInKind
	// Rule is the rhythm as RFC 5545 writes it ("FREQ=WEEKLY;BYDAY=FR"); empty
	// where it follows a milestone or a day that the client names.
	Rule string
	// From and After set a single one: so long after the milestone.
	From  Milestone
	After Span
	// Clock is the time of day in minutes after midnight, 0 for the first moment
	// at which unasked texts may go.
	Clock int
}

// FeedbackRule is when the service asks what a client thinks of it.
type FeedbackRule struct {
	// From is the milestone it counts from; Every how far two are apart.
	From  Milestone
	Every Span
}
