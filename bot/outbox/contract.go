// Package outbox sends what was committed, and nothing else: the message row is
// the outbox. It declares the contract of the channel adapters ([Sender]) and
// the four ways in which a send can end ([Outcome]).
//
// It never repeats a send that may have gone out, never re-dates a message,
// and never holds a database transaction open across a network call.
package outbox

import (
	"context"
	"time"

	"alongside/conversations"
)

// Message is one message on its way out, as an adapter needs to know it.
type Message struct {
	// ID is ours; the adapter makes the provider carry it back.
	ID conversations.MessageID
	To conversations.Address
	// Text is the final text, plain: nothing in it is markup.
	Text string
	// Buttons are shown on channels that have them; on the others the text
	// already says which number means what.
	Buttons []Button
	// Until is the moment after which it must not arrive any more.
	Until time.Time
}

// Button is one answer that can be pressed.
type Button struct {
	// Label is what the person sees.
	Label string
	// Data comes back as conversations.Event.Button; at most 64 bytes.
	Data string
}

// Outcome is how an attempt to send ended. The zero value is Unknown, so that
// a result nobody filled in is treated with the most care.
type Outcome int

// The four ways a send can end.
const (
	// Unknown: it may have been sent (an answer lost, a timeout after the
	// request was written, a 5xx that does not say). Never repeated blindly.
	Unknown Outcome = iota
	// Sent: the provider accepted it; Result.ProviderID names it.
	Sent
	// Retry: surely not sent, and worth another try after Result.After.
	Retry
	// Refused: surely not sent, and never will be; Result.Blocked says whether
	// it is the person (or their carrier) who does not want it.
	Refused
)

// Result is what an adapter says of one attempt.
type Result struct {
	Outcome    Outcome
	ProviderID string
	// After is how long the provider asks us to wait (Retry); 0 means that it
	// did not say and the outbox backs off by itself.
	After time.Duration
	// Code is the provider's error code or a named reason ("21610", "403",
	// "timeout"); it is shown to people and must hold no personal data and no
	// secret.
	Code string
	// Blocked says that the person has stopped us at the carrier (21610, a
	// blocked bot): only they can undo it.
	Blocked bool
}

// Sender is a channel adapter's half of the contract. Send makes one attempt,
// does not retry, honours ctx, and never panics. An error text is no result:
// everything an adapter learns is in the Result.
type Sender interface {
	Channel() conversations.Channel
	Send(ctx context.Context, m Message) Result
}

// Asker is implemented by adapters whose provider can be asked afterwards
// whether a message was accepted (Twilio's message list). Ask returns
// found=false when the provider does not know the message; an error when it
// could not be asked.
type Asker interface {
	Ask(ctx context.Context, m Message, around time.Time) (r Result, found bool, err error)
}
