// Package understand reads what a texted reply means: the text, the client's
// language, the question that is open and the present moment go in; an intent,
// its value, how sure the reading is and what else it could be come out.
//
// Its words are not in its code: they are in one lexicon per language
// (locales/lexicon.<tag>.toml), compiled once by [Compile]. It is pure: it
// opens no file, asks no clock, remembers nothing between two texts and never
// decides what is done about a reading. It never guesses a time: a time that
// was not fully understood is reported as ambiguous.
package understand

import (
	"fmt"
	"time"
)

// Intent says what a client wants with a text. The names are those of the
// labelled replies (shared/replies/README.md), and two more for questions that
// only the conversation asks: Keep and Choose.
type Intent string

// The intents.
const (
	Confirm           Intent = "confirm"            // comes to the appointment as it stands, or says yes to a time read back
	Change            Intent = "change"             // wants another time; When holds it where one was named
	Cannot            Intent = "cannot"             // cannot come and names no other time
	Late              Intent = "late"               // comes, but late
	AttendingQuestion Intent = "attending_question" // asks where, when, who or how long
	Interested        Intent = "interested"         // wants the job lead
	NotInterested     Intent = "not_interested"     // does not want the job lead
	MoreInfo          Intent = "more_info"          // wants to know more about the job lead
	Rating            Intent = "rating"             // answers the 1-5 question; Number holds the answer
	Done              Intent = "done"               // did the task
	NotYet            Intent = "not_yet"            // has not done the task yet
	WantHelp          Intent = "want_help"          // wants help with the task
	OptinYes          Intent = "optin_yes"          // agrees to be texted
	OptinNo           Intent = "optin_no"           // does not agree to be texted
	Stop              Intent = "stop"               // no more messages
	Start             Intent = "start"              // messages again
	Help              Intent = "help"               // what is this, what can I do
	NextAppointment   Intent = "next_appointment"   // when is the next appointment
	CallMe            Intent = "call_me"            // asks to be phoned or to speak to the worker; When may hold a time
	Language          Intent = "language"           // wants another language; Reading.Language holds its tag
	WrongPerson       Intent = "wrong_person"       // not the client's number, or not the client's any more
	Crisis            Intent = "crisis"             // danger to somebody; Reading.Danger says what kind
	Distress          Intent = "distress"           // low or struggling, without a sign of danger
	Social            Intent = "social"             // hello, thanks, goodbye: needs no action
	Other             Intent = "other"              // free text for a person to read
	Keep              Intent = "keep"               // leave the appointment as it was; only when Asked is AskedConfirmTime
	Choose            Intent = "choose"             // picks a numbered reading; only when Asked is AskedWhich; Number holds it
)

// Intents lists every intent a reading can have, for tests that prove that
// each of them is handled.
var Intents = []Intent{
	Confirm, Change, Cannot, Late, AttendingQuestion, Interested, NotInterested, MoreInfo, Rating,
	Done, NotYet, WantHelp, OptinYes, OptinNo, Stop, Start, Help, NextAppointment, CallMe, Language,
	WrongPerson, Crisis, Distress, Social, Other, Keep, Choose,
}

// Asked says which question is open.
type Asked string

// The questions.
const (
	AskedNone        Asked = "none"         // nothing is open
	AskedAppointment Asked = "appointment"  // 1 comes, 2 another time, 3 cannot come
	AskedReschedule  Asked = "reschedule"   // which day and time would suit you
	AskedLead        Asked = "lead"         // 1 interested, 2 not for me, 3 tell me more
	AskedScale       Asked = "scale"        // 1 (hard) to 5 (good)
	AskedTask        Asked = "task"         // 1 done, 2 not yet, 3 would like help
	AskedOptin       Asked = "optin"        // may we text you: 1 yes, 2 no
	AskedConfirmTime Asked = "confirm_time" // a time read back: 1 yes, 2 another time, 3 leave it as it was
	AskedWhich       Asked = "which"        // which of several numbered readings was meant
)

// Query is one text and what is known when it is read.
type Query struct {
	Text        string    // as it came
	Lang        string    // the client's language tag (en, cy); every lexicon is tried whatever it is
	Asked       Asked     // what is open; empty means AskedNone
	Appointment time.Time // the open or else the next appointment, in the client's zone; zero if there is none
	Now         time.Time // in the client's zone
	DayKnown    bool      // a day was named before, and only the time of day is asked for
	Sent        time.Time // when the open question was asked; zero if unknown
	Names       []string  // what the client is called; empty if unknown
	Team        []string  // what those are called to whom the client writes
	Low         bool      // danger or distress was read a short while ago, or danger that nobody has settled yet
}

// When is a day, a time of day, or both, as far as they were understood. The
// zero value means that none was named.
type When struct {
	Date      string // YYYY-MM-DD, or empty
	Clock     string // HH:MM in the client's zone, or empty
	Ambiguous bool   // something about time was said that a careful person would ask back; Date and Clock are then empty
}

// String gives the form of the labelled replies: "2026-11-27T15:00",
// "2026-11-27", "T15:00", "ambiguous", or "" when no time was named.
func (w When) String() string {
	switch {
	case w.Ambiguous:
		return "ambiguous"
	case w.Clock == "":
		return w.Date
	}
	return w.Date + "T" + w.Clock
}

// IsZero reports whether nothing about time was said.
func (w When) IsZero() bool { return w == When{} }

// Danger says what kind of danger a crisis is about. It is empty for every
// other intent.
type Danger string

// The dangers.
const (
	DangerNone        Danger = ""
	DangerSelf        Danger = "self"         // the client may harm themselves
	DangerOverdose    Danger = "overdose"     // too much has been taken already
	DangerOthers      Danger = "others"       // the client may harm somebody
	DangerByOthers    Danger = "by_others"    // somebody harms the client; the answer may be read by that person
	DangerSomeoneElse Danger = "someone_else" // a third person is at risk
	DangerVoices      Danger = "voices"       // voices that command, or the fear of acting on them
)

// Topic says what a text is about where the intent alone does not say it. A
// conversation may have words of its own for a topic; without them the intent
// decides.
type Topic string

// The topics, with the intent that they come with where it is not Other.
const (
	TopicNone     Topic = ""
	TopicGreeting Topic = "greeting" // a hello (Social)
	TopicApology  Topic = "apology"  // says sorry, and no more (Social)
	TopicFarewell Topic = "farewell" // a goodbye with thanks for everything, and no more (Social)
	TopicArrived  Topic = "arrived"  // is there, outside, waiting (Social)
	TopicReaders  Topic = "readers"  // who reads this, is anybody there
	TopicSource   Topic = "source"   // how did you get my number (Help)
	TopicKnown    Topic = "known"    // what do you know about me (Help)
	TopicRobot    Topic = "robot"    // are you a robot, or a person (Help)
	TopicPrivate  Topic = "private"  // is this private, whom do you tell (Help)
	TopicQuestion Topic = "question" // what the open question is about, and whether it must be answered (Help)
	TopicAgain    Topic = "again"    // what was asked, or to be sent again (Help)
	TopicUnsure   Topic = "unsure"   // may come, may not, cannot say yet
	TopicLimits   Topic = "limits"   // fewer texts, or not at some times; not their end
	TopicWatched  Topic = "watched"  // whether we, or somebody by us, watch or listen (Distress)
	TopicWhenever Topic = "whenever" // any time will do (Change)

	TopicPause           Topic = "pause"            // no texts for a while; Limit.Days where it was said
	TopicStopKind        Topic = "stop_kind"        // no texts of one kind, those again, or those alone; Limit.Kind, Allow or Only
	TopicQuiet           Topic = "quiet"            // no texts at some times; Limit.NotBefore, NotAfter, NotOn, OnlyOn, AnyTime
	TopicPrivacy         Topic = "privacy"          // somebody else reads this phone
	TopicWordingPlain    Topic = "wording_plain"    // say less in texts
	TopicWordingDetail   Topic = "wording_detail"   // say everything in texts
	TopicChannelTelegram Topic = "channel_telegram" // another app than SMS
	TopicChannelSMS      Topic = "channel_sms"      // SMS again

	TopicJobs       Topic = "jobs"        // any jobs?
	TopicFewerLeads Topic = "fewer_leads" // fewer job leads
	TopicMoreLeads  Topic = "more_leads"  // more job leads
	TopicApplied    Topic = "applied"     // has applied for that one already (NotInterested)
	TopicReason     Topic = "reason"      // why a lead is not for them; Limit.Kind is far, people, hours, early, money, physical or "" (NotInterested)
	TopicPay        Topic = "pay"         // what a lead pays (MoreInfo)
	TopicHours      Topic = "hours"       // how many hours a lead is (MoreInfo)
	TopicOtherOne   Topic = "other_one"   // the other of two leads (MoreInfo; NotInterested in the one that was asked about)
	TopicMoreHours  Topic = "more_hours"  // would like to work more

	TopicNoCalls    Topic = "no_calls"    // text me, do not ring
	TopicCallsFine  Topic = "calls_fine"  // may be rung (again) (CallMe)
	TopicCannotTalk Topic = "cannot_talk" // cannot be rung at that time
	TopicInsult     Topic = "insult"      // swears at us, and no more

	TopicLow  Topic = "low"  // a hard time in words, where a number was asked for
	TopicSkip Topic = "skip" // would rather not say

	TopicMessage  Topic = "message"  // "tell Sam …"
	TopicFeedback Topic = "feedback" // praise of the service, or a complaint

	TopicDied       Topic = "died"       // "he passed away": the client has died
	TopicDiedNamed  Topic = "died_named" // somebody has died who is called by a name
	TopicBereaved   Topic = "bereaved"   // somebody of the client's has died (Distress)
	TopicAway       Topic = "away"       // "he is in prison": the client is in hospital or locked up
	TopicAwayNamed  Topic = "away_named" // so is somebody who is called by a name
	TopicTrouble    Topic = "trouble"    // in hospital, homeless, robbed, afraid to come (Distress)
	TopicPlea       Topic = "plea"       // wants somebody to talk to, or asks whether anybody is there (Distress, CallMe)
	TopicBeside     Topic = "beside"     // somebody stands beside the client
	TopicDisowned   Topic = "disowned"   // somebody else wrote what came from the client's phone
	TopicNewNumber  Topic = "new_number" // has another number
	TopicGotJob     Topic = "got_job"    // has got a job
	TopicNoJob      Topic = "no_job"     // has not got the job
	TopicErase      Topic = "erase"      // delete what you have about me
	TopicLeaves     Topic = "leaves"     // wants to leave the service
	TopicWho        Topic = "who"        // who are you (Help)
	TopicContact    Topic = "contact"    // how to reach the specialist
	TopicSpecialist Topic = "specialist" // is the specialist a real person (Help)
	TopicLeadOnly   Topic = "lead_only"  // do not tell the specialist

	TopicWhoElse Topic = "who_else" // who else will be there (AttendingQuestion)
	TopicCompany Topic = "company"  // may somebody come along (AttendingQuestion)
	TopicWhere   Topic = "where"    // where it is (AttendingQuestion; of a lead, MoreInfo)
	TopicWhen    Topic = "when"     // when it is (AttendingQuestion)
	TopicHowLong Topic = "howlong"  // how long it takes (AttendingQuestion)
)

// Limit is what a client says about when and of what texts may come. Each
// field is zero when it was not said, or not understood.
type Limit struct {
	// Kind is what TopicStopKind, or a Stop that is not plain, is about: leads,
	// checkins, tasks or reminders;
	// with TopicReason what the lead has too much or too little of: far,
	// people, hours, early, money, physical.
	Kind string
	// NotBefore and NotAfter are times of day, HH:MM in the client's zone.
	NotBefore, NotAfter string
	// NotOn are weekdays on which no text is wanted, Sunday first.
	NotOn []time.Weekday
	// OnlyOn are the weekdays on which alone texts are wanted, Sunday first.
	OnlyOn []time.Weekday
	// On are weekdays on which texts may come again, Sunday first; AnyBefore and
	// AnyAfter say that there is no waking hour, or no evening, any more.
	On                  []time.Weekday
	AnyBefore, AnyAfter bool
	// AnyTime says that texts may come at any time again.
	AnyTime bool
	// Days is how long a pause is wanted, in days, also where its end was named.
	Days int
	// Allow is, with TopicStopKind, the kind that may come again; Kind is then
	// empty.
	Allow string
	// Only is, with TopicStopKind, the kind that alone is wanted; Kind and Allow
	// are then empty.
	Only string
}

// Reading is what a text was understood to mean.
type Reading struct {
	Intent   Intent
	When     When   // for Change and CallMe; for other intents a time that was named besides, if any, is in Also
	Number   int    // the number answered, 0 if none
	Language string // for Language: the tag asked for, "" when it was not recognised
	Danger   Danger // only with Crisis
	// Condition holds the client's own words of a condition ("unless mum's
	// ill"), to be shown to the specialist and to nobody else.
	Condition string
	Topic     Topic         // what it is about besides, if anything has a name
	Limit     Limit         // with the topics pause, stop_kind, quiet, limits and reason: what was said
	Sure      int           // 0..100; below 60 the conversation had better ask
	Plain     bool          // with Stop: in plain words, and nothing beside them that narrows it to some texts or times
	Also      []Reading     // further things said in the same text, most certain first
	Others    []Alternative // near readings, most certain first

	Writer     Writer // who the text says that it comes from, where it says so
	ThirdParty bool   // somebody else is writing for the client, or about the client on the client's phone
	Lang       string // language the text seems to be in: en, cy, mix, other, or "" when too little was said
	Unreadable bool   // a script or a language that is not understood: a person must read it
	Voices     bool   // voices or a feeling of being watched, without danger: a kind answer, a person the same day
	Threat     bool   // a threat to staff: also reaches the lead and everyone who is to meet this client
	// Why is one sentence for the specialist. It repeats nothing of the text
	// but phrases that are in a lexicon.
	Why string
}

// Alternative is another way a text could be meant.
type Alternative struct {
	Intent Intent
	Value  string // as Reading.Value gives it
	Sure   int    // 0..100
}

// Value gives the value column of the labelled replies: a time for Change and
// CallMe, the number for Rating and Choose, the tag for Language, else "".
func (r Reading) Value() string {
	switch r.Intent {
	case Change, CallMe:
		return r.When.String()
	case Rating, Choose:
		return fmt.Sprint(r.Number)
	case Language:
		return r.Language
	default:
		return ""
	}
}
