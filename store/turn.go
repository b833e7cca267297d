package store

import "alongside/store/caseload"

// What Load and Commit may answer beside a plain failure.
var (
	// ErrDuplicate: this event was committed before. The provider gets its 2xx
	// and nothing happens.
	ErrDuplicate = caseload.ErrDuplicate
	// ErrConflict: the conversation moved on since it was loaded. Load again.
	ErrConflict = caseload.ErrConflict
	// ErrNotFound: there is no such thing on the caseload.
	ErrNotFound = caseload.ErrNotFound
	// ErrOffered: this lead was offered to this client before; once is enough.
	ErrOffered = caseload.ErrOffered
	// ErrTaken: a number belongs to another client whose record is open.
	ErrTaken = caseload.ErrTaken
)

// The words in which a turn and the outbox speak with the store. They are
// declared where they are kept.
type (
	// Loaded is what one turn starts from.
	Loaded = caseload.Loaded
	// Turn is what one turn writes back.
	Turn = caseload.Turn
	// Message is one rendered message for the outbox.
	Message = caseload.Message
	// Button is one answer that can be pressed.
	Button = caseload.Button
	// Committed is what Commit did.
	Committed = caseload.Committed
	// Send is one claimed message.
	Send = caseload.Send
	// SendResult is what became of one claimed message.
	SendResult = caseload.SendResult
)
