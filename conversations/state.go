package conversations

import "time"

// StateVersion is the version of the JSON form of [State]. A state with a
// higher version is refused: an older program must not cut a newer one's
// memory during a rolling change.
const StateVersion = 1

// State is what a conversation remembers between two turns: ids, questions and
// the queue. It holds no text and no name. It lives in Redis and, as a
// snapshot, on the caseload. The zero value is a conversation that has not begun.
type State struct {
	Version int `json:"v"`
	// Open is the one question that waits for an answer.
	Open *Question `json:"open,omitempty"`
	// Queue holds the questions that wait for their turn, oldest first.
	Queue []Question `json:"queue,omitempty"`
	// Closed remembers the last few questions that were answered, newest
	// first, so that a second press of a button is known for what it is.
	Closed []ClosedQuestion `json:"closed,omitempty"`
	// Reminded remembers which reminders went, so that each goes once however
	// often its job runs; what is past is forgotten.
	Reminded []Reminded `json:"reminded,omitempty"`
	// Planned are the reminders that are to come of each appointment ahead; the job
	// of any other is of an older plan. An appointment that is not among them was
	// planned before plans were kept: its jobs all hold.
	Planned []Reminded `json:"planned,omitempty"`
	// Borrowed is when somebody else last wrote from the client's phone, in Unix
	// milliseconds; 0 if never. For a while ([sitting]) nothing is told there.
	Borrowed int64 `json:"borrowed,omitempty"`
	// Pried says that they asked for what only the client is told.
	Pried bool `json:"pried,omitempty"`
	// Told is when a specialist last called an appointment off, in Unix
	// milliseconds; 0 if not lately. A number soon after may be meant for that.
	Told int64 `json:"told,omitempty"`
	// EndedByOther says that it was somebody else who ended the texts, in words and not by
	// a carrier's: the client may take that back.
	EndedByOther bool `json:"ended_by_other,omitempty"`
	// Held remembers the reminders that fell due under a hold and wait for a
	// person's tap; what is past is forgotten.
	Held []Reminded `json:"held,omitempty"`
	// Recall is when the hold next comes back to the duty list, in Unix
	// milliseconds; 0 if there is none. A timer before it is an older hold's.
	Recall int64 `json:"recall,omitempty"`
	// Crisis is the key of the crisis words that were said last; empty if none
	// were. Other words are said in full even soon after.
	Crisis string `json:"crisis,omitempty"`
	// Reassured says that the client was told, since the alert that is open, that
	// people know of it and where the numbers are: it is not said a second time.
	Reassured bool `json:"reassured,omitempty"`
	// Soothed is the key of what was said last to a text behind danger, while that
	// alert is open, or to somebody who is low: the same words are not said twice in
	// a row.
	Soothed string `json:"soothed,omitempty"`
	// Troubled is when the client last wrote of distress or trouble, in Unix
	// milliseconds; 0 if not lately. For a while ([breather]) no question is put.
	Troubled int64 `json:"troubled,omitempty"`
	// Puzzled is when the client was last told that a text was not understood, in
	// Unix milliseconds; 0 if never. It is not said a second time soon after.
	Puzzled int64 `json:"puzzled,omitempty"`
	// Kin is when the client last wrote of a relative or a friend of theirs, in Unix
	// milliseconds; 0 if never. "He died" soon after is said of that one.
	Kin int64 `json:"kin,omitempty"`
	// Ring is the call that a specialist announced last; nil once it is over.
	Ring *Ring `json:"ring,omitempty"`
	// Declined is when the opt-in question was last answered with no, in Unix
	// milliseconds; 0 if never. For a while a clear yes undoes it.
	Declined int64 `json:"declined,omitempty"`
	// Ended is when the client last ended all texts in words of their own, in Unix
	// milliseconds; 0 if not lately, or by the carriers' word. For a while they can
	// take it back in plain words.
	Ended int64 `json:"ended,omitempty"`
	// Shifts are the moves of appointments that the client was told of, with the
	// time before each; what is no more true is forgotten.
	Shifts []Shift `json:"shifts,omitempty"`
	// Chose is what the client last set by text; nil once that is a while ago.
	Chose *Chose `json:"chose,omitempty"`
	// Hello, Unsure, Sorry and FedBack count greetings, "maybe"s, apologies, and what
	// was added to an answer about the service, of the last hour: the same words are
	// not said twice.
	Hello   Repeats `json:"hello,omitzero"`
	Unsure  Repeats `json:"unsure,omitzero"`
	Sorry   Repeats `json:"sorry,omitzero"`
	FedBack Repeats `json:"fed_back,omitzero"`
	// Spent are the unasked texts of the last week that count against the budget.
	Spent []Spent `json:"spent,omitempty"`
	// Nudges are the last few that were said, or decided against.
	Nudges []NudgeMark `json:"nudges,omitempty"`
	// Silence is what was asked unasked since the client last wrote; nil if nothing
	// waits for them.
	Silence *Silence `json:"silence,omitempty"`
	// Covered is what the client was told last of who stands in for their
	// specialist; nil once that is over.
	Covered *Covered `json:"covered,omitempty"`
	// Asked counts the questions ever asked; it gives the next its id.
	Asked int `json:"asked,omitempty"`
}

// Repeats counts how often the same was said within an hour of the first time.
// The zero value is never.
type Repeats struct {
	// Since is the first time, in Unix milliseconds.
	Since int64 `json:"since,omitempty"`
	Times int   `json:"times,omitempty"`
}

// QuestionKind says what is being asked.
type QuestionKind string

// The questions.
const (
	// AskOptIn: may we text you?
	AskOptIn QuestionKind = "optin"
	// AskAppointment: the reminder's 1 to confirm, 2 to change, 3 cannot come.
	AskAppointment QuestionKind = "appointment"
	// AskReschedule: what day and time would suit you?
	AskReschedule QuestionKind = "reschedule"
	// AskTime: a time read back in full; nothing moves before the yes.
	AskTime QuestionKind = "confirm_time"
	// AskLead: a lead was offered. 1 interested, 2 not for me, 3 tell me more.
	AskLead QuestionKind = "lead"
	// AskWhyNot: why a lead is not for them; nobody has to say.
	AskWhyNot QuestionKind = "why_not"
	// AskScale: a check-in, 1 (hard) to 5 (good).
	AskScale QuestionKind = "scale"
	// AskFollowUp: what followed a check-in's answer, in their own words.
	AskFollowUp QuestionKind = "follow_up"
	// AskTask: a task of the action plan. 1 done, 2 not yet, 3 would like help.
	AskTask QuestionKind = "task"
	// AskFeedback: what they think of the service; it goes to the lead.
	AskFeedback QuestionKind = "feedback"
	// AskWhich: which of several readings of a text was meant.
	AskWhich QuestionKind = "which"
	// AskPause: how long should we leave them alone? 1 one week, 2 two, 3 four.
	AskPause QuestionKind = "pause"
	// AskQuiet: from what time, or until what time, may texts come?
	AskQuiet QuestionKind = "quiet"
	// AskStopKind: 1 only texts about Question.Matter end, 2 all, 3 none.
	AskStopKind QuestionKind = "stop_kind"
)

// QuestionKinds lists every kind of question.
var QuestionKinds = []QuestionKind{
	AskOptIn, AskAppointment, AskReschedule, AskTime, AskLead, AskWhyNot, AskScale, AskFollowUp, AskTask, AskFeedback, AskWhich,
	AskPause, AskQuiet, AskStopKind,
}

// Question is one thing the assistant waits to hear.
type Question struct {
	ID          QuestionID    `json:"id"`
	Kind        QuestionKind  `json:"kind"`
	Channel     Channel       `json:"ch,omitempty"`
	Appointment AppointmentID `json:"appt,omitempty"`
	// Offer, CheckIn and Task are what the question is about, where it is not an
	// appointment.
	Offer   OfferID   `json:"offer,omitempty"`
	CheckIn CheckInID `json:"checkin,omitempty"`
	Task    TaskID    `json:"task,omitempty"`
	// Matter is what the texts are about that the client may want to end.
	Matter Matter `json:"matter,omitempty"`
	// Without are the matters of which the client wants no texts, as far as was
	// said (optin): a yes leaves them out.
	Without []Matter `json:"without,omitempty"`
	// Shown says that the lead, or the client's own question of a check-in, was
	// shown in full and not only announced; of feedback, that it is there already
	// (Message) and only whether the lead gets it is asked.
	Shown bool `json:"shown,omitempty"`
	// Number is the answer that a follow-up follows, 1 to 5, or the side of the
	// day that is asked for (quiet): 1 from, 2 until, 0 either.
	Number int `json:"n,omitempty"`
	// Free are the specialist's free times that the question offers by number,
	// in Unix milliseconds.
	Free []int64 `json:"free,omitempty"`
	// Readings are what a text could have meant, by number (which); Message is
	// that text, or the one that the lead may get (feedback).
	Readings []Meaning `json:"readings,omitempty"`
	Message  MessageID `json:"msg,omitempty"`
	// Stands is the start of that appointment as the question stated it, in
	// Unix milliseconds.
	Stands int64 `json:"stands,omitempty"`
	// Vague says that something about time was said before that was no day
	// ("next week"): a weekday alone may then mean this week's or next week's,
	// and is asked back.
	Vague bool `json:"vague,omitempty"`
	// Date (YYYY-MM-DD) and Clock (HH:MM) are the parts of a proposed time that
	// are known so far, in the client's zone.
	Date  string `json:"date,omitempty"`
	Clock string `json:"clock,omitempty"`
	// Put counts how often the question was put; it is put at most twice.
	Put int `json:"put,omitempty"`
	// Explained says that the client was told what it is for.
	Explained bool `json:"explained,omitempty"`
	// AskedAt is when it was put last, in Unix milliseconds.
	AskedAt int64 `json:"at,omitempty"`
	// From is the moment before which its words do not go (Say.NotBefore), in
	// Unix milliseconds; 0 if they went at once. Until then nobody has seen it,
	// and nothing answers it.
	From int64 `json:"from,omitempty"`
}

// ClosedQuestion is an answered question.
type ClosedQuestion struct {
	ID          QuestionID    `json:"id"`
	Kind        QuestionKind  `json:"kind"`
	Appointment AppointmentID `json:"appt,omitempty"`
	Offer       OfferID       `json:"offer,omitempty"`
	Task        TaskID        `json:"task,omitempty"`
	CheckIn     CheckInID     `json:"checkin,omitempty"`
	Choice      Choice        `json:"choice,omitempty"`
	// Shown says that the lead was shown in full and not only announced.
	Shown bool `json:"shown,omitempty"`
	// Free and Readings are what the question offered by number, so that another
	// number is a change of mind.
	Free     []int64   `json:"free,omitempty"`
	Readings []Meaning `json:"readings,omitempty"`
	// Stands is the start of the appointment that the question spoke of, in
	// Unix milliseconds: a button under a reminder for a time that moved since
	// must not answer for the new one.
	Stands int64 `json:"stands,omitempty"`
	// At is when it was closed, Asked when it was put last, in Unix milliseconds; 0
	// if not known.
	At    int64 `json:"at,omitempty"`
	Asked int64 `json:"asked,omitempty"`
}

// Reminded is a reminder that was said, or decided against: of an appointment,
// or that an offer closes soon.
type Reminded struct {
	Appointment AppointmentID `json:"appt"`
	Offer       OfferID       `json:"offer,omitempty"`
	// Stands is the start (or the closing) it spoke of, in Unix milliseconds;
	// Before the offset in minutes.
	Stands int64 `json:"stands"`
	Before int   `json:"before"`
	// From is the moment before which it does not go, in Unix milliseconds; 0 if
	// it went at once. A hold that begins earlier calls it back.
	From int64 `json:"from,omitempty"`
}

// same says whether two marks are of the same reminder.
func (r Reminded) same(other Reminded) bool {
	r.From, other.From = 0, 0
	return r == other
}

// keptClosed is how many answered questions are remembered: enough for the
// buttons still on a phone's screen, few enough for a small state.
const keptClosed = 5

// AskedTime returns when the question was last put, in UTC.
func (q Question) AskedTime() time.Time { return time.UnixMilli(q.AskedAt).UTC() }
