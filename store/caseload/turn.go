package caseload

import (
	"errors"
	"time"

	"alongside/conversations"
)

// What Load and Commit may answer beside a plain failure.
var (
	// ErrDuplicate: this event was committed before. The provider gets its 2xx
	// and nothing happens.
	ErrDuplicate = errors.New("this event was handled before")
	// ErrConflict: the conversation moved on since it was loaded. Load again.
	ErrConflict = errors.New("the conversation has moved on")
	// ErrNotFound: there is no such thing on the caseload.
	ErrNotFound = errors.New("not on the caseload")
	// ErrOffered: this lead was offered to this client before; once is enough.
	ErrOffered = errors.New("this lead was offered to this client before")
)

// Loaded is what one turn starts from.
type Loaded struct {
	// Client is empty for an unknown sender.
	Client conversations.ClientID
	Facts  conversations.Facts
	State  conversations.State
	// Revision is that of the conversation in SQL.
	Revision int64
	// Event is the event as it is to be handled: the one given to Load, with
	// the client filled in, and a typed link code recognised (EventLinked).
	Event conversations.Event

	// peer is whose conversation it is; addresses are what a known client has.
	peer      string
	addresses []reached
	// retried says that the event is that of a parked row, which is there.
	retried bool
}

// reached is one address of a client.
type reached struct {
	channel conversations.Channel
	id      string // client_addresses.id
	sealed  []byte
}

// Turn is what one turn writes back. Everything in it is one SQL transaction.
type Turn struct {
	// Loaded is what Load returned; its revision must still hold.
	Loaded Loaded
	// Inbound is the id of the row for what the event brought; empty if the
	// event brought no text, button or medium.
	Inbound conversations.MessageID
	State   conversations.State
	// Effects in the order of Next. Say is here too, for the record; what goes
	// out is in Messages.
	Effects  []conversations.Effect
	Messages []Message
	Now      time.Time
}

// Message is one rendered message for the outbox.
type Message struct {
	ID          conversations.MessageID
	Channel     conversations.Channel
	Key         string
	Urgency     conversations.Urgency
	Text        string
	Buttons     []Button
	Parts       int // SMS parts; 0 on other channels
	Language    string
	Question    conversations.QuestionID
	Appointment conversations.AppointmentID
	Offer       conversations.OfferID
	Matter      conversations.Matter
	// Nudge is the one that it is of. Bulk says that it goes to many: it is not
	// claimed with its turn but left for a sweep, so that it can be taken back and
	// what is owed goes before it.
	Nudge     conversations.NudgeID
	Bulk      bool
	Stands    time.Time
	NotBefore time.Time
	Until     time.Time
	// Closes is the end of the hours in which it was to go; zero: at any hour.
	Closes time.Time
	// Held is the named reason why it goes later than now; empty if at once.
	Held string
}

// Button is one answer that can be pressed, with the data that comes back.
type Button struct {
	Label string `json:"l"`
	Data  string `json:"d"`
}

// Committed is what Commit did.
type Committed struct {
	Revision int64
	// Claimed are the messages of this turn that the caseload claimed for this
	// process in the same transaction, in the order in which they must go.
	Claimed []Send
	// Waiting says that a message was committed but not claimed, because
	// another to the same person is still under way: sweep when that is done.
	Waiting bool
}

// Send is one claimed message.
type Send struct {
	ID      conversations.MessageID
	Client  conversations.ClientID // empty for an unknown sender
	To      conversations.Address
	Text    string
	Buttons []Button
	Urgency conversations.Urgency
	// Parts is how many SMS parts it has; 0 on other channels.
	Parts int
	Until time.Time
	// Appointment is the one that the words speak of, Stands its start as they
	// state it; both may be zero.
	Appointment conversations.AppointmentID
	Stands      time.Time
	// Attempts counts the tries before this one.
	Attempts int
	// Asked counts how often the provider was asked about this message, which
	// is of unknown outcome; see Unknowns.
	Asked int
	// Committed is when the message entered the outbox, Claimed when this
	// process claimed it; the claim ends at Deadline.
	Committed, Claimed, Deadline time.Time
}

// SendResult is what became of one claimed message.
type SendResult struct {
	ID conversations.MessageID
	// Delivery is Sent, Queued (to be tried again at NotBefore), Failed,
	// Unknown or Dropped.
	Delivery   conversations.Delivery
	ProviderID string
	NotBefore  time.Time
	Code       string
	Blocked    bool
}
