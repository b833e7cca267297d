// Package policy decides whether a message may go now, later, or not at all,
// and always says why with a named reason.
//
// It is pure: the moment, the agreement and the hours come in, a verdict goes
// out. It sends nothing and remembers nothing. Next asks it in the turn; the
// outbox asks the caseload once more before each send.
package policy

import "time"

// Decision is one of the three answers.
type Decision int

// The decisions.
const (
	// Never: it must not be sent.
	Never Decision = iota
	// Now: it may go at once.
	Now
	// Later: it may go at Verdict.At, not before.
	Later
)

// Reason names why something is not sent, or goes later. It is stored with the
// message and shown on the caseload; it never holds personal data.
type Reason string

// The reasons.
const (
	None        Reason = ""
	NotAgreed   Reason = "not_agreed"
	Stopped     Reason = "stopped"
	Declined    Reason = "declined"
	Doubted     Reason = "doubted"
	Closed      Reason = "closed"
	Blocked     Reason = "blocked"
	Unreachable Reason = "no_channel"
	QuietHours  Reason = "quiet_hours"
	TooLate     Reason = "too_late"
	AlreadyPast Reason = "past"
	Paused      Reason = "paused"
	KindStopped Reason = "kind_stopped"
	OnHold      Reason = "hold"
	// WrongStage: the pathway lets nothing of the kind go at the stage at which
	// the person stands.
	WrongStage Reason = "stage"
	// InHospital, Bereaved, InCustody and Died are what a specialist has set.
	InHospital Reason = "in_hospital"
	Bereaved   Reason = "bereaved"
	InCustody  Reason = "in_custody"
	Died       Reason = "died"
)

// Standing is what the person said to being texted on the channel at hand.
type Standing struct {
	// Given: the person agreed. Asked: the opt-in question is under way.
	Given, Asked bool
	// Stopped, Declined, Doubted: why it is not given, if there is a reason.
	Stopped, Declined, Doubted bool
	// Closed: the person has left the service. Blocked: the carrier does not
	// take our texts.
	Closed, Blocked bool
	// Paused: the person asked to be left alone for a while. KindStopped: they
	// want no texts about this matter. Held: a person has to release them first,
	// and the matter is one that a hold stops.
	Paused, KindStopped, Held bool
	// WrongStage: the matter is none of the stage at which the person stands.
	WrongStage bool
	// Circumstance is why a specialist has set that nothing unasked goes; empty
	// if there is no such reason.
	Circumstance Reason
}

// Kind is what sort of message is asked about.
type Kind int

// The kinds of message.
const (
	// Unasked: a reminder, a nudge, news of the diary.
	Unasked Kind = iota
	// Invitation: the opt-in question itself.
	Invitation
	// Reply: the answer to somebody who has just written. It is never held.
	Reply
	// Safety: the crisis words. They are attempted whatever was agreed.
	Safety
)

// Verdict is an answer with its reason. At is set for Later only.
type Verdict struct {
	Decision Decision
	At       time.Time
	Reason   Reason
}

// May answers for one message. Now carries the person's zone; latest is the
// moment after which the message would be useless (zero: none).
//
// What falls outside the hours waits for the next open moment; when that would
// be after latest it is too late, except that it may go now if now is open.
func May(kind Kind, s Standing, h Hours, now, latest time.Time) Verdict {
	switch {
	case kind == Safety:
		return Verdict{Decision: Now}
	case s.Stopped:
		return Verdict{Reason: Stopped}
	case s.Circumstance == Died:
		// For ever, an answer included: whoever writes now is somebody else.
		return Verdict{Reason: Died}
	case s.Doubted:
		return Verdict{Reason: Doubted}
	case kind == Reply:
		return Verdict{Decision: Now}
	case s.Closed:
		return Verdict{Reason: Closed}
	case s.Declined:
		return Verdict{Reason: Declined}
	case kind == Invitation && !s.Asked && !s.Given, kind == Unasked && !s.Given:
		return Verdict{Reason: NotAgreed}
	case s.Circumstance != None:
		return Verdict{Reason: s.Circumstance}
	case kind == Unasked && s.Held:
		return Verdict{Reason: OnHold}
	case kind == Unasked && s.WrongStage:
		return Verdict{Reason: WrongStage}
	case kind == Unasked && s.Paused:
		return Verdict{Reason: Paused}
	case kind == Unasked && s.KindStopped:
		return Verdict{Reason: KindStopped}
	case s.Blocked:
		return Verdict{Reason: Blocked}
	}
	if !latest.IsZero() && !now.Before(latest) {
		return Verdict{Reason: TooLate}
	}
	open := h.Next(now)
	if open.Equal(now) {
		return Verdict{Decision: Now}
	}
	if open.IsZero() || (!latest.IsZero() && !open.Before(latest)) {
		return Verdict{Reason: TooLate}
	}
	return Verdict{Decision: Later, At: open, Reason: QuietHours}
}
