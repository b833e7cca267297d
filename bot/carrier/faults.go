package carrier

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Kind says what goes wrong.
type Kind string

// The kinds of faults. The first group changes the answer to a request, the second what becomes of an SMS that was
// accepted, the third what its status callbacks do.
const (
	FaultStatus      Kind = "status"       // the HTTP Status is answered with the provider's error body; nothing is accepted; RetryAfter may go with it
	FaultHTML        Kind = "html"         // the HTTP Status is answered with a page of a proxy instead of JSON; nothing is accepted
	FaultError       Kind = "error"        // the provider's error Code is answered; nothing is accepted
	FaultCloseBefore Kind = "close_before" // the connection is closed without an answer: nothing is accepted
	FaultCloseAfter  Kind = "close_after"  // the message is accepted and logged, and the connection closed without an answer
	FaultGarbage     Kind = "garbage"      // the message is accepted, and the answer is a success that cannot be read
	FaultHang        Kind = "hang"         // the message is accepted, and the answer comes only after For

	FaultUndelivered Kind = "undelivered" // the message ends as undelivered with Code (zero: 30003)
	FaultFailed      Kind = "failed"      // the message ends as failed with Code (zero: 30008), and is never "sent"
	FaultStuck       Kind = "stuck"       // the message stays "sent": a phone that is switched off, a receipt that never comes

	FaultReverse  Kind = "callbacks_reverse"  // status callbacks come last first
	FaultDouble   Kind = "callbacks_double"   // each status callback comes twice
	FaultDelay    Kind = "callbacks_delay"    // status callbacks wait for For on the carrier's clock
	FaultDrop     Kind = "callbacks_drop"     // status callbacks never come; the status itself does advance
	FaultForge    Kind = "callbacks_forge"    // status callbacks carry a wrong signature
	FaultUnsigned Kind = "callbacks_unsigned" // status callbacks carry no signature
)

var answerKinds = []Kind{FaultStatus, FaultHTML, FaultError, FaultCloseBefore, FaultCloseAfter, FaultGarbage, FaultHang}

var laterKinds = []Kind{
	FaultUndelivered, FaultFailed, FaultStuck,
	FaultReverse, FaultDouble, FaultDelay, FaultDrop, FaultForge, FaultUnsigned,
}

// The two protocols, as Fault.Channel names them.
const (
	ChannelSMS      = "sms"
	ChannelTelegram = "telegram"
)

// Fault is something that goes wrong on demand.
type Fault struct {
	Kind Kind `json:"kind"`
	// Channel is "sms", "telegram", or empty for either.
	Channel string `json:"channel,omitempty"`
	// Op is the request that is hit: "create", "fetch" or "list" at Twilio, a method's name at Telegram, "*" for any.
	// Empty: sends, that is "create" and "sendMessage".
	Op string `json:"op,omitempty"`
	// To limits the fault to one recipient: a number in E.164, or a chat id in digits. Empty: anybody.
	To string `json:"to,omitempty"`
	// Times is how many requests are hit before the fault is used up. Zero: all, until cleared.
	Times int `json:"times,omitempty"`
	// Every hits only each k-th request that fits (2: the second, fourth, …). Zero or one: each.
	Every int `json:"every,omitempty"`
	// Status is an HTTP status; for Telegram also its error_code. Zero: 500.
	Status int `json:"status,omitempty"`
	// Code is a Twilio error code, for example 21610 or 30003; for Telegram an error_code such as 403.
	Code int `json:"code,omitempty"`
	// RetryAfter is in seconds. Zero: not said (but 1 with Telegram's 429, which always says it).
	RetryAfter int `json:"retry_after,omitempty"`
	// Reason is Telegram's description. Empty: the usual one of the code.
	Reason string `json:"reason,omitempty"`
	// For is how long FaultHang and FaultDelay last; a hang is real time.
	For time.Duration `json:"-"`
}

// faultList is empty nearly always; active lets a send see that without taking the lock.
type faultList struct {
	active atomic.Bool
	mu     sync.Mutex
	items  []*liveFault
}

type liveFault struct {
	Fault
	seen int
	hit  int
}

// plan is what faults decided for one request.
type plan struct {
	answer *Fault
	later  []Fault
}

func (p plan) has(kind Kind) (Fault, bool) {
	for _, f := range p.later {
		if f.Kind == kind {
			return f, true
		}
	}
	return Fault{}, false
}

// Inject adds faults. The error names a kind or a channel that does not exist; then none of them is added.
func (c *Carrier) Inject(faults ...Fault) error {
	for _, f := range faults {
		if !slices.Contains(answerKinds, f.Kind) && !slices.Contains(laterKinds, f.Kind) {
			return fmt.Errorf("inject fault: kind %q does not exist", f.Kind)
		}
		if f.Channel != "" && f.Channel != ChannelSMS && f.Channel != ChannelTelegram {
			return fmt.Errorf("inject fault: channel %q does not exist", f.Channel)
		}
	}
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	for _, f := range faults {
		c.faults.items = append(c.faults.items, &liveFault{Fault: f})
	}
	c.faults.active.Store(len(c.faults.items) > 0)
	return nil
}

// Faults answers the faults that are not used up.
func (c *Carrier) Faults() []Fault {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	out := make([]Fault, 0, len(c.faults.items))
	for _, f := range c.faults.items {
		out = append(out, f.Fault)
	}
	return out
}

// ClearFaults takes all faults away.
func (c *Carrier) ClearFaults() {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.faults.items = nil
	c.faults.active.Store(false)
}

// pick decides what goes wrong with one request: at most one fault of the answer (the oldest that fits), and every
// fault of what comes later. Only what is used is counted down.
func (l *faultList) pick(channel, op, to string, send bool) plan {
	if !l.active.Load() {
		return plan{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var p plan
	for _, f := range l.items {
		fits := (f.Channel == "" || f.Channel == channel) && (f.To == "" || f.To == to) &&
			(f.Op == "" && send || f.Op == "*" || f.Op == op)
		if !fits {
			continue
		}
		answers := slices.Contains(answerKinds, f.Kind)
		if answers && p.answer != nil || !answers && !send {
			continue
		}
		f.seen++
		if f.Every > 1 && f.seen%f.Every != 0 {
			continue
		}
		f.hit++
		if answers {
			chosen := f.Fault
			p.answer = &chosen
		} else {
			p.later = append(p.later, f.Fault)
		}
	}
	l.items = slices.DeleteFunc(l.items, func(f *liveFault) bool { return f.Times > 0 && f.hit >= f.Times })
	l.active.Store(len(l.items) > 0)
	return p
}
