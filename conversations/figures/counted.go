package figures

import (
	"slices"
	"time"

	"alongside/conversations"
)

// Source is who referred somebody to the service.
type Source string

// The sources, in the words that services report (CPFT's and Nottingham's lists).
// The zero value: nobody has said.
const (
	SourceGP          Source = "gp"
	SourcePrimaryCare Source = "primary_care" // talking therapies, a practice's own mental health staff
	SourceCommunity   Source = "community"    // a community mental health team
	SourceHospital    Source = "hospital"
	SourceSocialCare  Source = "social_care"
	SourceJobCentre   Source = "job_centre"
	SourceVoluntary   Source = "voluntary" // a charity or a community group
	SourceSelf        Source = "self"
	SourceOther       Source = "other"
)

// Sources lists every source.
var Sources = []Source{
	SourceGP, SourcePrimaryCare, SourceCommunity, SourceHospital, SourceSocialCare, SourceJobCentre, SourceVoluntary, SourceSelf, SourceOther,
}

// Primary says whether a source is primary care (IPS in primary care counts the
// share of these).
func (s Source) Primary() bool { return s == SourceGP || s == SourcePrimaryCare }

// Party is with whom a contact was.
type Party string

// The parties.
const (
	WithClient   Party = "client"
	WithEmployer Party = "employer"
)

// Parties lists every party.
var Parties = []Party{WithClient, WithEmployer}

// Work is whether somebody is paid.
type Work string

// The kinds of work.
const (
	Paid         Work = "paid"
	Volunteering Work = "volunteering"
)

// Works lists every kind.
var Works = []Work{Paid, Volunteering}

// Way is how somebody came to a job.
type Way string

// The ways: a job that is new to them; one that they were about to lose and have
// kept; one to which they went back after they were off sick (Camden's track of
// retention beside that of new jobs).
const (
	NewJob   Way = "new"
	Retained Way = "retained"
	Returned Way = "returned"
)

// Ways lists every way.
var Ways = []Way{NewJob, Retained, Returned}

// JobType is what kind of work a job is, coarse enough to be counted.
type JobType string

// JobTypes lists every type. The zero value: nobody has said.
var JobTypes = []JobType{
	"office", "shop", "food", "cleaning", "warehouse", "driving", "care", "health", "teaching", "building", "repair", "computing", "outdoors",
	"factory", "security", "arts", "other",
}

// Held is how many contacts there were in one month of the period, held one way.
type Held struct {
	// Month counts from 0, the first of the period.
	Month     int
	Mechanism conversations.Mechanism
	N         int
}

// Wait is one person's way from one thing to the next; Met is zero where it has
// not come yet.
type Wait struct{ From, Met time.Time }

// Job is one piece of work. Person tells the jobs of one person from others' in
// this list, and is good for nothing else.
type Job struct {
	Person         int
	Work           Work
	Way            Way
	Type           JobType
	Hours          int // a week; 0: not recorded
	Started, Ended time.Time
}

// Meeting is how many appointments of the period went one way.
type Meeting struct {
	Status     conversations.AppointmentStatus
	Attendance conversations.Attendance
	// Reminded says that a reminder was sent.
	Reminded bool
	N        int
}

// Answered is how many texts waited for a person, by how long they did.
type Answered struct {
	// Within lists those that a person settled, by the bounds of AnswerBounds, the
	// last for longer; Waiting still wait.
	Within  [len(AnswerBounds) + 1]int
	Waiting int
}

// AnswerBounds part the times until a person answered.
var AnswerBounds = [...]time.Duration{time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour}

// Counted is what the caseload knows about a period: counts, and rows without
// whose they are.
type Counted struct {
	// At is when it was counted.
	At time.Time
	// Referred are the referrals of each month of the financial year, and of the year before.
	Referred, ReferredBefore [12]int
	Sources                  map[Source]int
	Contacts, Employers      []Held
	// FirstContact is from the referral to the first direct contact, FirstMeeting
	// from being accepted to the first meeting face to face, FirstEmployer and
	// FirstPlan from the beginning of support to the first contact with an employer
	// and the first task of the action plan. Each is of the people for whom the
	// beginning lies in the period.
	FirstContact, FirstMeeting, FirstEmployer, FirstPlan []Wait
	// Supported are the people whose support began in the period and who were out of
	// work then, to the start of their first paid job.
	Supported []Wait
	// Jobs are those that began in the period, and later ones of the same people.
	Jobs []Job
	// Moved is how many people did a task of their action plan in the period.
	Moved int
	// Texts is how many texts came; Answers is of those that waited for a person.
	Texts    int
	Answers  Answered
	Meetings []Meeting
	// Feedback counts the answers from 1 to 5, at 0 those of words alone. HasFeedback
	// says that it was asked for: it is for the lead.
	Feedback    [6]int
	HasFeedback bool
}

// Size is how much was counted: whether it is worth keeping.
func (c Counted) Size() int {
	n := c.Texts + len(c.FirstContact) + len(c.Jobs)
	for _, list := range [][]Held{c.Contacts, c.Employers} {
		for _, h := range list {
			n += h.N
		}
	}
	for _, m := range c.Meetings {
		n += m.N
	}
	return n
}

func knownSource(s Source) bool { return slices.Contains(Sources, s) }
