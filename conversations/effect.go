package conversations

import (
	"time"

	"alongside/conversations/understand"
)

// Effect is one thing that a turn does beside changing the state. The store
// writes all effects of a turn in one transaction.
type Effect interface{ effect() }

// Say puts a message into the outbox.
type Say struct {
	// Key names the words in the catalogue (templates/messages).
	Key string
	// Vars fill the words. Allowed values: string, int, [When], [Day], [Clock], [Piece],
	// [Weekdays], [Kinds].
	Vars map[string]any
	// Channel it goes to; Next always sets it for a known client. For an
	// unknown sender it is empty and the answer goes back to where the text
	// came from.
	Channel Channel
	// Language it is said in; Next always sets it.
	Language string
	Urgency  Urgency
	// Question is the one that this message puts, if any; Options are its
	// numbered answers (buttons on Telegram, "Reply 1 …" on SMS).
	Question QuestionID
	Options  []Choice
	// Appointment is the one that the words speak of: the outbox asks once more
	// whether they are still true.
	Appointment AppointmentID
	// Offer is the lead that the words offer: not sent once it is withdrawn.
	Offer OfferID
	// Matter is what the message is about, so that one kind can be stopped and
	// another kept; empty for answers and what cannot be stopped alone.
	Matter Matter
	// Nudge is the one that the message is of; Bulk says that it goes to many, so
	// that whatever is owed goes before it.
	Nudge NudgeID
	Bulk  bool
	// Stands is the start of that appointment as the words state it; a message
	// whose appointment has another time by then is dropped. Zero: not checked.
	Stands time.Time
	// NotBefore is the moment it may go; zero means at once.
	NotBefore time.Time
	// Until is the moment after which it must not arrive; zero means the
	// default of 24 hours.
	Until time.Time
	// Closes is the end of the hours in which it was to go: what could not be sent
	// by then does not go at night. Zero: it may go at any hour.
	Closes time.Time
	// Held is the named reason why it goes later than now; empty if at once.
	Held string
}

// Urgency orders what waits for the same phone: the lower overtakes.
type Urgency int

// The urgencies.
const (
	// Crisis words go before everything.
	Crisis Urgency = 1
	// Answer is owed to somebody who has just written.
	Answer Urgency = 2
	// Prompt is everything unasked: reminders, invitations, news of the diary.
	Prompt Urgency = 3
)

// When is a moment said in full: weekday, date and time.
type When time.Time

// Day is a date said with its weekday.
type Day time.Time

// Clock is a time of day.
type Clock time.Time

// Weekdays are days of the week, said one after the other; never empty.
type Weekdays []time.Weekday

// Kinds are matters, said one after the other in words that a lock screen may
// show; never empty.
type Kinds []Matter

// Piece is a part of a message that has words of its own: one of several
// readings that are offered by number, say.
type Piece struct {
	// Key names the words in the catalogue, Vars fill them as those of a Say do.
	Key  string
	Vars map[string]any
}

// Choice is one numbered answer of a question.
type Choice string

// The choices. Their order in Options is their number.
const (
	ChooseConfirm Choice = "confirm"
	ChooseChange  Choice = "change"
	ChooseCannot  Choice = "cannot"
	ChooseYes     Choice = "yes"
	ChooseNo      Choice = "no"
	ChooseOther   Choice = "other_time"
	ChooseKeep    Choice = "keep"

	ChooseInterested Choice = "interested"
	ChooseNotForMe   Choice = "not_for_me"
	ChooseMore       Choice = "more"
	ChooseShow       Choice = "show"
	ChooseDone       Choice = "done"
	ChooseNotYet     Choice = "not_yet"
	ChooseHelp       Choice = "help"

	ChooseOneWeek   Choice = "one_week"
	ChooseTwoWeeks  Choice = "two_weeks"
	ChooseFourWeeks Choice = "four_weeks"
	ChooseThisKind  Choice = "this_kind"
	ChooseAll       Choice = "all"
	ChooseAsIs      Choice = "as_is"

	// The numbers themselves: a rating, or one of several offered.
	ChooseOne   Choice = "1"
	ChooseTwo   Choice = "2"
	ChooseThree Choice = "3"
	ChooseFour  Choice = "4"
	ChooseFive  Choice = "5"
)

// Choices lists every choice.
var Choices = []Choice{
	ChooseConfirm, ChooseChange, ChooseCannot, ChooseYes, ChooseNo, ChooseOther, ChooseKeep, ChooseInterested, ChooseNotForMe,
	ChooseMore, ChooseShow, ChooseDone, ChooseNotYet, ChooseHelp,
	ChooseOneWeek, ChooseTwoWeeks, ChooseFourWeeks, ChooseThisKind, ChooseAll, ChooseAsIs, ChooseOne, ChooseTwo, ChooseThree, ChooseFour, ChooseFive,
}

// Book writes a new appointment to the caseload.
type Book struct{ Appointment Appointment }

// SetAppointment changes an appointment on the caseload.
type SetAppointment struct {
	ID     AppointmentID
	Status AppointmentStatus
	// At is the new start; zero keeps it.
	At time.Time
	// Proposed is the time that the client asks for; zero clears it.
	Proposed time.Time
}

// SetAgreement writes the ledger of agreements and what holds from now on.
type SetAgreement struct {
	// Channel it is about; empty means every channel of the client.
	Channel   Channel
	Agreement Agreement
	// How it was said: "text", "carrier", "in person", "telegram link" …
	How string
}

// SetBlocked notes that the carrier takes, or no longer takes, our texts.
type SetBlocked struct {
	Channel Channel
	Blocked bool
}

// SetLanguage records the language that the client chose.
type SetLanguage struct{ Language string }

// JoinAccount joins the address that wrote to the client, once, by the link
// code of the event. It makes the channel the preferred one.
type JoinAccount struct{}

// SetAddress makes the event's address (Event.From) the client's address on
// its channel, in place of the one there was.
type SetAddress struct{}

// Close closes the client's record: the team keeps it, texting ends.
type Close struct{}

// DropQueued takes back what waits in the outbox.
type DropQueued struct {
	// Appointment limits it to messages that speak of one appointment, Offer to
	// those that offer one lead (Say.Offer). Both empty means everything that was
	// not asked for (urgency [Prompt]).
	Appointment AppointmentID
	Offer       OfferID
	// Matter limits it to messages about one matter (Say.Matter): a hold calls
	// reminders back and lets news of the diary go. Empty does not limit it.
	Matter Matter
	// Everything also drops answers that wait (after a stop).
	Everything bool
	// Owed drops only answers that wait for their hour (Say.Held), those about
	// the appointment and those about none: what is owed now takes their place.
	Owed bool
	// Reason is named on each dropped message.
	Reason string
}

// Skip records that something which was due is not sent, and why.
type Skip struct {
	Key         string
	Appointment AppointmentID
	Reason      string
}

// RaiseFlag shows something to a person of the team.
type RaiseFlag struct {
	Reason      FlagReason
	Appointment AppointmentID
	// Offer and Task are what it is about, where that is no appointment.
	Offer OfferID
	Task  TaskID
	// Message is the message of ours it is about; empty means the text that the
	// event brought.
	Message MessageID
	// Condition is the client's own words of a condition ("unless mum's ill");
	// stored encrypted.
	Condition string
	// Detail is a named reason or an error code, never a person's words.
	Detail string
}

// SettleFlags takes down flags that have become groundless. What is empty does
// not limit it; one of the three must be named.
type SettleFlags struct {
	Reason      FlagReason
	Appointment AppointmentID
	// Message limits it to flags that one text raised: a correction takes them
	// down.
	Message MessageID
}

// FlagReason says why a person should look.
type FlagReason string

// The reasons for a flag.
const (
	FlagNotUnderstood   FlagReason = "not_understood"
	FlagQuestion        FlagReason = "question"
	FlagCallMe          FlagReason = "call_me"
	FlagChangeAsked     FlagReason = "change_asked"
	FlagCannot          FlagReason = "cannot"
	FlagLate            FlagReason = "late"
	FlagCondition       FlagReason = "condition"
	FlagDistress        FlagReason = "distress"
	FlagVoices          FlagReason = "voices"
	FlagThreat          FlagReason = "threat"
	FlagStopped         FlagReason = "stopped"
	FlagStarted         FlagReason = "started"
	FlagDeclined        FlagReason = "declined"
	FlagWrongPerson     FlagReason = "wrong_person"
	FlagThirdParty      FlagReason = "third_party"
	FlagUnknownSender   FlagReason = "unknown_sender"
	FlagClosedClient    FlagReason = "closed_client"
	FlagMedia           FlagReason = "media"
	FlagMessage         FlagReason = "message"
	FlagEdited          FlagReason = "edited"
	FlagLanguage        FlagReason = "language"
	FlagBlocked         FlagReason = "blocked"
	FlagNoAnswer        FlagReason = "no_answer"
	FlagUndelivered     FlagReason = "undelivered"
	FlagMayNotBeSent    FlagReason = "may_not_have_been_sent"
	FlagNotSent         FlagReason = "not_sent"
	FlagAnswerNotSent   FlagReason = "answer_not_possible"
	FlagTurnFailed      FlagReason = "turn_failed"
	FlagEarly           FlagReason = "before_waking_hour"
	FlagAmbiguousStop   FlagReason = "ambiguous_cancel"
	FlagProposalUnclear FlagReason = "proposal_unclear"
	FlagInterested      FlagReason = "interested"
	FlagLeadQuestion    FlagReason = "lead_question"
	FlagApplied         FlagReason = "applied"
	FlagJobsAsked       FlagReason = "jobs_asked"
	FlagLeadFilled      FlagReason = "lead_filled" // the client wanted it; a person tells them
	FlagTaskHelp        FlagReason = "task_help"
	FlagLowAnswer       FlagReason = "low_answer"
	FlagMoreHours       FlagReason = "more_hours"
	FlagFeedback        FlagReason = "feedback"
	FlagGuarded         FlagReason = "guarded"
	FlagSettings        FlagReason = "settings"
	FlagChannel         FlagReason = "channel"
	FlagKnown           FlagReason = "what_is_known"
	FlagReminderWaits   FlagReason = "reminder_waits"
	FlagHold            FlagReason = "hold"
	FlagCorrected       FlagReason = "corrected"
	FlagNotUndone       FlagReason = "not_undone"
	FlagMissed          FlagReason = "missed" // what to do is for the specialist to say
	FlagSilent          FlagReason = "silent"
)

// FlagReasons lists every reason.
var FlagReasons = []FlagReason{
	FlagNotUnderstood, FlagQuestion, FlagCallMe, FlagChangeAsked, FlagCannot, FlagLate, FlagCondition,
	FlagDistress, FlagVoices, FlagThreat, FlagStopped, FlagStarted, FlagDeclined, FlagWrongPerson,
	FlagThirdParty, FlagUnknownSender, FlagClosedClient, FlagMedia, FlagMessage, FlagEdited, FlagLanguage,
	FlagBlocked, FlagNoAnswer, FlagUndelivered, FlagMayNotBeSent, FlagNotSent, FlagAnswerNotSent,
	FlagTurnFailed, FlagEarly, FlagAmbiguousStop, FlagProposalUnclear, FlagInterested, FlagLeadQuestion, FlagApplied,
	FlagJobsAsked, FlagLeadFilled, FlagTaskHelp, FlagLowAnswer, FlagMoreHours, FlagFeedback, FlagGuarded, FlagSettings, FlagChannel, FlagKnown,
	FlagReminderWaits, FlagHold, FlagCorrected, FlagNotUndone, FlagMissed, FlagSilent,
}

// RaiseAlert tells the specialist and the duty person that a person needs to
// read this now. It carries no score and no level.
//
// The store pages people at once and starts the acknowledgement clock.
type RaiseAlert struct {
	Danger understand.Danger
	// Threat says that staff are threatened: the lead and everyone who is to
	// meet the client are told as well.
	Threat bool
}

// Understood is what the assistant understood of the text that the event
// brought; it is stored with the text so that a person can see it.
type Understood struct{ Reading understand.Reading }

// Remind schedules the event [EventReminder].
type Remind struct {
	Appointment AppointmentID
	// Stands is the start it is for: a reminder for a time that moved is stale.
	Stands time.Time
	// Before is the offset in minutes, At the moment it falls due.
	Before int
	At     time.Time
}

// Expect schedules the event [EventTimeout] for a question.
type Expect struct {
	Question QuestionID
	At       time.Time
}

// Offered writes an offer to the caseload.
type Offered struct{ Offer Offer }

// SetOffer changes an offer.
type SetOffer struct {
	ID     OfferID
	Status OfferStatus
	// Why are the reasons that the client gave, in the terms of the preferences.
	Why []Preference
}

// SetTask changes a task of the action plan.
type SetTask struct {
	ID     TaskID
	Status TaskStatus
}

// RecordAnswer keeps the answer to a check-in, 1 (hard) to 5 (good).
type RecordAnswer struct {
	CheckIn CheckInID
	Number  int
	// Again says that the client put the number right: it takes the place of the
	// one recorded last for this series.
	Again bool
}

// ForgetAnswer takes back the answer to a check-in that was read into a text:
// it is no answer any more. The record keeps that there was one.
type ForgetAnswer struct {
	CheckIn CheckInID
	Message MessageID
}

// Choose writes a series of check-ins that the client chose, SetRhythm when it is
// asked from now on.
type Choose struct{ CheckIn CheckIn }

// SetRhythm see [Choose].
type SetRhythm struct {
	CheckIn CheckInID
	Rhythm  Rhythm
}

// SetDue sets when a series (EventCheckIn), a task (EventTask) or, where both are
// empty, the question about the service (EventFeedback) is next asked by the
// clock, and schedules that event; zero: not any more.
type SetDue struct {
	CheckIn CheckInID
	Task    TaskID
	At      time.Time
}

// EndCheckIn ends a series of check-ins because the client wishes it; an empty
// id ends them all.
type EndCheckIn struct{ ID CheckInID }

// RecordFeedback keeps what the client thinks of the service, for the lead: a
// number of 1 to 5, or 0 if only words came.
type RecordFeedback struct {
	Number int
	// Message is the text that holds it; empty means the text of the event. A
	// text that is kept as feedback is not shown to the specialist, unless it
	// had come unasked and was theirs before.
	Message MessageID
}

// Set changes what the client may choose. What is nil stays.
type Set struct{ Settings Settings }

// MakeLink makes Facts.FreshLink a code with which the client can open the bot.
type MakeLink struct{}

// PreferChannel makes a channel that the client has the preferred one.
type PreferChannel struct{ Channel Channel }

// Hold stops leads, check-ins, tasks and bulk nudges until a person releases
// the client; Release is that. Both do nothing where it is so already.
type Hold struct{ Reason string }

// Release ends a hold.
type Release struct{}

// SetStage records where the client stands on the pathway.
type SetStage struct{ Stage Stage }

// Reached records that a milestone was reached.
type Reached struct {
	Milestone Milestone
	At        time.Time
}

// SetAttendance records whether an appointment happened, and how.
type SetAttendance struct {
	ID         AppointmentID
	Attendance Attendance
	Mechanism  Mechanism
}

// SetCircumstance records what a specialist has set; empty takes it back.
type SetCircumstance struct{ Circumstance Circumstance }

// Recall schedules the event [EventHoldDue].
type Recall struct{ At time.Time }

// Undoable keeps, with the text that the event brought, what its effects
// replaced, so that a correction can put it back.
type Undoable struct{ Undo Undo }

// Correct records that a person put right what was understood of a text.
type Correct struct {
	Message MessageID
	Meaning Meaning
	By      SpecialistID
}

// Nudged records what became of a nudge for this client. The store takes it once
// for each client, and not at all once the nudge was stopped.
type Nudged struct {
	ID NudgeID
	// Reason is why it is not said; empty if it is.
	Reason string
	// At is when it goes.
	At time.Time
}

func (Nudged) effect()          {}
func (AwaitText) effect()       {}
func (Offered) effect()         {}
func (SetOffer) effect()        {}
func (SetTask) effect()         {}
func (RecordAnswer) effect()    {}
func (ForgetAnswer) effect()    {}
func (EndCheckIn) effect()      {}
func (Choose) effect()          {}
func (SetRhythm) effect()       {}
func (SetDue) effect()          {}
func (RecordFeedback) effect()  {}
func (Set) effect()             {}
func (MakeLink) effect()        {}
func (PreferChannel) effect()   {}
func (Hold) effect()            {}
func (Release) effect()         {}
func (Reached) effect()         {}
func (SetAttendance) effect()   {}
func (SetStage) effect()        {}
func (SetCircumstance) effect() {}
func (Recall) effect()          {}
func (Undoable) effect()        {}
func (Correct) effect()         {}
func (Say) effect()             {}
func (Book) effect()            {}
func (SetAppointment) effect()  {}
func (SetAgreement) effect()    {}
func (SetBlocked) effect()      {}
func (SetLanguage) effect()     {}
func (JoinAccount) effect()     {}
func (Close) effect()           {}
func (SetAddress) effect()      {}
func (DropQueued) effect()      {}
func (Skip) effect()            {}
func (RaiseFlag) effect()       {}
func (SettleFlags) effect()     {}
func (RaiseAlert) effect()      {}
func (Understood) effect()      {}
func (Remind) effect()          {}
func (Expect) effect()          {}
