package conversations

import "time"

// EventKind says what happened.
type EventKind string

// The events. Each takes the same six steps; nothing else may change a
// conversation.
const (
	// EventText: somebody wrote (or sent a picture, a voice note, a place).
	EventText EventKind = "text"
	// EventButton: somebody pressed a button under a message of ours.
	EventButton EventKind = "button"
	// EventEdited: somebody edited what they wrote before (Telegram). It is
	// kept, read for risk and shown; it answers nothing.
	EventEdited EventKind = "edited"
	// EventLinked: a Telegram account was joined to a client by a link code.
	EventLinked EventKind = "linked"
	// EventBlocked and EventUnblocked: the client blocked or unblocked the bot.
	EventBlocked   EventKind = "blocked"
	EventUnblocked EventKind = "unblocked"
	// EventAgreement: a specialist records an agreement, or has it asked.
	EventAgreement EventKind = "agreement"
	// EventBooked, EventMoved and EventCancelled: a specialist changed the diary.
	EventBooked    EventKind = "appointment_booked"
	EventMoved     EventKind = "appointment_moved"
	EventCancelled EventKind = "appointment_cancelled"
	// EventReminder: a reminder fell due. It is recomputed from the facts.
	EventReminder EventKind = "reminder"
	// EventTimeout: a question was not answered in its time.
	EventTimeout EventKind = "timeout"
	// EventUndelivered: a message of ours surely did not arrive.
	EventUndelivered EventKind = "undelivered"
	// EventUnknown: nobody can tell whether a message of ours arrived.
	EventUnknown EventKind = "unknown_delivery"
	// EventDropped: the outbox found a message no longer true or allowed.
	EventDropped EventKind = "dropped"
	// EventDelivery: the provider reports how a message of ours fares. It
	// changes the message's row; only a failure goes on as EventUndelivered.
	EventDelivery EventKind = "delivery"
	// EventNumberChanged: a specialist gave the client another number. What was
	// agreed on the old one does not carry over.
	EventNumberChanged EventKind = "number_changed"
	// EventClosed: the client leaves the service.
	EventClosed EventKind = "closed"
	// EventOffered: a specialist offers a lead; EventLeadChanged: it is filled or
	// closes soon.
	EventOffered     EventKind = "lead_offered"
	EventLeadChanged EventKind = "lead_changed"
	// EventCheckIn: a check-in that the client chose falls due.
	EventCheckIn EventKind = "check_in"
	// EventTask: it is time to ask after a task.
	EventTask EventKind = "task"
	// EventFeedback: it is time to ask what the client thinks of the service.
	EventFeedback EventKind = "feedback"
	// EventRing: the specialist is about to ring, and says when and from where.
	EventRing EventKind = "ring"
	// EventCorrected: a specialist puts right what was understood of a text.
	EventCorrected EventKind = "corrected"
	// EventSettings: a specialist sets what the client may set by text, and
	// settles a guarded phone.
	EventSettings EventKind = "settings"
	// EventSettled: a specialist settled who holds the number (wrong person,
	// shared phone): it is the client's after all.
	EventSettled EventKind = "settled"
	// EventHeld and EventReleased: a person puts a client on hold, or releases
	// them. EventHoldDue: a hold comes back to the duty list.
	EventHeld     EventKind = "held"
	EventReleased EventKind = "released"
	EventHoldDue  EventKind = "hold_due"
	// EventReminderAllowed: a person lets one appointment's reminder go although
	// the client is on hold.
	EventReminderAllowed EventKind = "reminder_allowed"
	// EventStage: a person sets where the client stands on the pathway, or that
	// they reached a milestone on it.
	EventStage EventKind = "stage"
	// EventCircumstance: a specialist sets that the client is in hospital,
	// bereaved, in custody or has died, or that none of it holds any more.
	EventCircumstance EventKind = "circumstance"
	// EventAttendance: a person says whether an appointment happened, and how.
	EventAttendance EventKind = "attendance"
	// EventNudge: a specialist starts a message.
	EventNudge EventKind = "nudge"
	// EventSilence: nothing came from a client for as long as the pathway allows.
	EventSilence EventKind = "silence"
	// EventPassedOn: the client is handed to another specialist. EventTellPassedOn: a
	// person has the client told of it.
	EventPassedOn     EventKind = "passed_on"
	EventTellPassedOn EventKind = "tell_passed_on"
	// EventReturned: a client who had left is referred again.
	EventReturned EventKind = "returned"
	// EventResend: a person has a message said again that did not arrive.
	EventResend EventKind = "resend"
)

// EventKinds lists every kind of event.
var EventKinds = []EventKind{
	EventText, EventButton, EventEdited, EventLinked, EventBlocked, EventUnblocked, EventAgreement,
	EventBooked, EventMoved, EventCancelled, EventReminder, EventTimeout, EventUndelivered, EventUnknown,
	EventDropped, EventDelivery, EventNumberChanged, EventClosed, EventOffered, EventLeadChanged, EventCheckIn, EventTask,
	EventFeedback, EventRing, EventCorrected, EventSettings, EventSettled, EventHeld, EventReleased, EventHoldDue, EventReminderAllowed,
	EventStage, EventCircumstance, EventAttendance, EventNudge, EventSilence,
	EventPassedOn, EventTellPassedOn, EventReturned, EventResend,
}

// Event is one thing that happened to one conversation. Which fields are set
// depends on the kind; it is serialised to JSON when a turn has to be retried,
// encrypted like a text.
type Event struct {
	Kind EventKind `json:"kind"`
	// At is when it happened as far as we know; the zero time means now.
	At time.Time `json:"at,omitzero"`

	// Client is the person it happened to. Channel adapters leave it empty:
	// they know an address only.
	Client ClientID `json:"client,omitempty"`
	// From is who wrote (text, button, edited, linked, blocked, unblocked).
	From Address `json:"from,omitzero"`
	// ProviderID is the provider's id of what arrived: unique per channel, so
	// that twice is once. Twilio: the MessageSid. Telegram: bot id "/" update id.
	ProviderID string `json:"provider_id,omitempty"`

	// Text is what was written, as it came (valid UTF-8, at most MaxText runes).
	Text string `json:"text,omitempty"`
	// Media says what came with it, or instead of it.
	Media []Media `json:"media,omitempty"`
	// Button is the data of the button pressed: question id ":" choice.
	Button string `json:"button,omitempty"`
	// LinkCode is the code of a Telegram deep link ("/start <code>").
	LinkCode string `json:"link_code,omitempty"`
	// OptOut is what the carrier says it did by itself with this text
	// (Twilio's OptOutType): "stop", "start", "help" or empty.
	OptOut string `json:"opt_out,omitempty"`

	// Agreement and Channel: what a specialist recorded (agreement), on which
	// channel; How it was said ("in person", "by letter").
	Channel   Channel   `json:"channel,omitempty"`
	Agreement Agreement `json:"agreement,omitempty"`
	How       string    `json:"how,omitempty"`

	// Appointment is the one that was booked, moved or cancelled (whole), or
	// that a reminder is for (ID and At: the time it was set for).
	Appointment Appointment `json:"appointment,omitzero"`
	// Before is how long before the appointment a reminder was to go, in minutes.
	Before int `json:"before,omitempty"`

	// Offer is the lead that is offered (whole), or whose lead changed (ID, and
	// Lead as it is now).
	Offer Offer `json:"offer,omitzero"`
	// CheckIn and Task are what fell due.
	CheckIn CheckInID `json:"checkin,omitempty"`
	Task    TaskID    `json:"task,omitempty"`
	// Due is the moment at which it fell due by the clock (check-in, task,
	// feedback, silence), so that a stale one is known; zero where a person asks.
	Due time.Time `json:"due,omitzero"`
	// Series is a check-in that the client chose, or whose rhythm they changed
	// (settings): whole, under a new id or a known one.
	Series CheckIn `json:"series,omitzero"`
	// Ring is when the specialist rings; RingFrom the number that the phone will
	// show, or empty.
	Ring     time.Time `json:"ring,omitzero"`
	RingFrom string    `json:"ring_from,omitempty"`
	// Meaning is what a text was meant to say (corrected); Message is that text.
	Meaning Meaning `json:"meaning,omitzero"`
	// Settings are what a specialist sets; what is nil stays as it is.
	Settings Settings `json:"settings,omitzero"`
	// Stage is where the client stands from now on (stage); Circumstance what a
	// specialist sets (circumstance), empty to take it back.
	Stage        Stage        `json:"stage,omitempty"`
	Circumstance Circumstance `json:"circumstance,omitempty"`
	// Milestone is what was reached at At while the stage stays as it is (stage,
	// with no Stage).
	Milestone Milestone `json:"milestone,omitempty"`
	// Attendance is whether an appointment happened, Mechanism how (attendance).
	Attendance Attendance `json:"attendance,omitempty"`
	Mechanism  Mechanism  `json:"mechanism,omitempty"`
	// AnotherTime says that a person asks the client for another time after a
	// meeting that did not happen (attendance); Signed is that person's first name
	// (attendance, tell_passed_on).
	AnotherTime bool   `json:"another_time,omitempty"`
	Signed      string `json:"signed,omitempty"`
	// Nudge is what a specialist starts (whole); of a message that was taken back
	// with it (dropped), the ID.
	Nudge Nudge `json:"nudge,omitzero"`
	// To is the specialist to whom the client is handed (passed_on).
	To Specialist `json:"to,omitzero"`
	// By is the person of the team who did it; empty for anything automatic.
	By SpecialistID `json:"by,omitempty"`

	// Question is the one that timed out.
	Question QuestionID `json:"question,omitempty"`

	// Message is the message of ours that a delivery event is about, or that is to
	// be said again (resend); the text that is put right (corrected); for a text or a button the id that it is
	// kept under, if the caller knows it already.
	Message MessageID `json:"message,omitempty"`
	// Delivery is what the provider says became of it (delivery).
	Delivery Delivery `json:"delivery,omitempty"`
	// Urgency is that of the message an undelivered, unknown or dropped event is
	// about, and Blocked says that the person had stopped us at the carrier.
	Urgency Urgency `json:"urgency,omitempty"`
	Blocked bool    `json:"blocked,omitempty"`
	// Reason says why (undelivered, dropped): a named reason or a provider's
	// error code, never a person's words.
	Reason string `json:"reason,omitempty"`
}

// MaxText is the longest text that is kept whole, in runes; what is longer is
// cut there and marked as cut. Twilio joins at most 1,600 characters and
// Telegram 4,096; a webhook may carry anything.
const MaxText = 20000

// Media is a picture, voice note, place or other thing that is not text. It is
// noted and kept as such: the assistant does not look into it.
type Media struct {
	Kind MediaKind `json:"kind"`
	// Type is the content type if the provider told it ("image/jpeg").
	Type string `json:"type,omitempty"`
	// Ref is where the provider keeps it (a URL or a file id); it is stored
	// encrypted and never fetched.
	Ref string `json:"ref,omitempty"`
	// Latitude and Longitude of a place, in degrees.
	Latitude  float64 `json:"lat,omitempty"`
	Longitude float64 `json:"lon,omitempty"`
}

// MediaKind says what a medium is.
type MediaKind string

// The kinds of media.
const (
	Picture   MediaKind = "picture"
	VoiceNote MediaKind = "voice_note"
	Place     MediaKind = "place"
	OtherFile MediaKind = "file"
)

// Delivery is how a message of ours fares.
//
//	queued → sending → sent → delivered → read
//	            │        └──▶ undelivered
//	            ├──▶ failed      (surely not sent, for good)
//	            └──▶ unknown ──▶ sent | failed   (when somebody can tell)
//	queued → dropped             (no longer true or allowed)
//
// It never goes backwards: see [Delivery.After].
type Delivery string

// The states of a delivery.
const (
	// Queued: committed, waiting to be claimed or for its moment.
	Queued Delivery = "queued"
	// Sending: claimed by a process until its deadline.
	Sending Delivery = "sending"
	// Sent: the provider accepted it.
	Sent Delivery = "sent"
	// Delivered: the provider says that it reached the phone.
	Delivered Delivery = "delivered"
	// Read: the person opened it (not every channel tells).
	Read Delivery = "read"
	// Undelivered: accepted, but it did not reach the phone.
	Undelivered Delivery = "undelivered"
	// Failed: refused for good.
	Failed Delivery = "failed"
	// Unknown: it may have been sent. It is never repeated blindly.
	Unknown Delivery = "unknown"
	// Dropped: not sent, because it was no longer true or allowed.
	Dropped Delivery = "dropped"
)

// Deliveries lists every state of a delivery.
var Deliveries = []Delivery{Queued, Sending, Sent, Delivered, Read, Undelivered, Failed, Unknown, Dropped}

// deliveryRank orders the states in which a provider's report may move a
// message. A report moves it only upwards.
var deliveryRank = map[Delivery]int{
	Queued: 0, Sending: 1, Unknown: 2, Sent: 3, Undelivered: 4, Failed: 4, Delivered: 5, Read: 6,
}

// After says whether a provider's report d may replace the state now. Reports
// come in any order and more than once (Twilio); a message that was delivered
// stays delivered. Dropped is ours alone and final.
func (d Delivery) After(now Delivery) bool {
	if now == Dropped || d == Dropped {
		return false
	}
	return deliveryRank[d] > deliveryRank[now]
}
