package outbox

import (
	"time"

	"alongside/store"
)

// backoffs are the waits between the attempts of one message when the provider
// does not say how long to wait. The first is short because most faults are a
// connection that broke; the last repeats until the message is too late.
var backoffs = [...]time.Duration{
	5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
}

const (
	// maxJitter is the part of a wait that is added by chance, so that what
	// failed together does not come back together.
	maxJitter = 0.2
	// lastTry is the least time before a message's end in which another attempt
	// still makes sense.
	lastTry = 10 * time.Second
	// maxAfter bounds what a provider may ask us to wait: a mistake there must
	// not keep a text in the queue for ever.
	maxAfter = time.Hour
	// defaultUntil is how long a message that names no end may be sent
	// (conversations.Say.Until).
	defaultUntil = 24 * time.Hour
)

// ends returns the moment after which a message must not be sent any more.
func ends(s store.Send) time.Time {
	if s.Until.IsZero() {
		return s.Committed.Add(defaultUntil)
	}
	return s.Until
}

// tooLate says whether a message may not be sent any more.
func tooLate(s store.Send, now time.Time) bool { return !now.Before(ends(s)) }

// retryAt returns when a message that surely was not sent is tried again, or
// false if that would be too late for it. attempts counts the tries before the
// one that has just ended, after is what the provider asked for (0: nothing),
// and chance, in [0, 1), is the jitter.
//
// Where our own next wait would pass the end of the message, half of what is
// left is waited instead, as long as that is long enough to change anything.
func retryAt(now, until time.Time, attempts int, after time.Duration, chance float64) (time.Time, bool) {
	wait := min(after, maxAfter)
	if wait <= 0 {
		wait = backoffs[min(max(attempts, 0), len(backoffs)-1)]
		wait += time.Duration(float64(wait) * maxJitter * chance)
		if left := until.Sub(now); wait >= left && left >= 2*lastTry {
			wait = left / 2
		}
	} else {
		wait += time.Duration(float64(min(wait, backoffs[1])) * maxJitter * chance)
	}
	at := now.Add(wait)
	return at, at.Before(until)
}

// tooMany says whether a code means that we send too much, so that the whole
// channel has to wait and not this message alone: HTTP's 429 as both adapters
// name it, and Twilio's own numbers for it: too many requests, the rate of
// sending, and the queue of the number or the service.
func tooMany(code string) bool {
	switch code {
	case "429", "20429", "14107", "21611", "30001":
		return true
	}
	return false
}
