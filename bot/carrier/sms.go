package carrier

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

// The statuses of an SMS, in the order in which they are reached. Failed and undelivered are ends, like delivered.
const (
	StatusQueued      = "queued"
	StatusSending     = "sending"
	StatusSent        = "sent"
	StatusDelivered   = "delivered"
	StatusUndelivered = "undelivered"
	StatusFailed      = "failed"
	StatusReceived    = "received"
	StatusScheduled   = "scheduled"
	StatusCanceled    = "canceled"
)

// Directions of an SMS, in Twilio's words.
const (
	Inbound       = "inbound"
	OutboundAPI   = "outbound-api"
	OutboundReply = "outbound-reply"
)

// Message is an SMS that was accepted, in either direction.
type Message struct {
	SID                 string        `json:"sid"` // "SM" or, with media, "MM", and 32 hexadecimal digits
	From                string        `json:"from"`
	To                  string        `json:"to"`
	Body                string        `json:"body"`
	Media               []string      `json:"media,omitempty"`      // addresses of pictures and the like
	MediaType           string        `json:"media_type,omitempty"` // of the first of an inbound message's media
	Located             bool          `json:"located,omitempty"`    // an inbound message with a location
	MessagingServiceSID string        `json:"messaging_service_sid,omitempty"`
	StatusCallback      string        `json:"status_callback,omitempty"` // exactly as it was given
	ValidityPeriod      time.Duration `json:"-"`                         // zero: Twilio's default, 10 hours
	Direction           string        `json:"direction"`                 // Inbound, OutboundAPI or OutboundReply
	Status              string        `json:"status"`
	ErrorCode           int           `json:"error_code,omitempty"` // of failed and undelivered, else zero
	Parts               int           `json:"parts"`                // SMS parts
	Created             time.Time     `json:"created"`
	Sent                time.Time     `json:"sent"` // zero until the status is "sent"
	Updated             time.Time     `json:"updated"`
	AnswerLost          bool          `json:"answer_lost,omitempty"` // a fault kept the sender from learning of it
	Answered            int           `json:"answered,omitempty"`    // of an inbound message: the webhook's last HTTP status, -1 if it never answered
}

// smsLog holds what was accepted: a ring of at most keep messages, and who has opted out.
type smsLog struct {
	mu       sync.Mutex
	keep     int
	ring     []*Message // oldest at next once it is full
	next     int
	byID     map[string]*Message
	stopped  map[string]bool // numbers that texted STOP
	accepted int64           // outbound messages ever accepted
	inbound  string
	fallback string
	posts    []Delivery // answers to inbound webhooks, newest last, bounded
}

func (l *smsLog) init(keep int, inbound, fallback string) {
	l.keep, l.inbound, l.fallback = keep, inbound, fallback
	l.byID = make(map[string]*Message)
	l.stopped = make(map[string]bool)
}

// add keeps a message and forgets the oldest one if there is no room. The caller holds the lock.
func (l *smsLog) add(m *Message) {
	if m.Direction != Inbound {
		l.accepted++
	}
	if l.keep == 0 {
		return
	}
	if len(l.ring) < l.keep {
		l.ring = append(l.ring, m)
	} else {
		delete(l.byID, l.ring[l.next].SID)
		l.ring[l.next] = m
		l.next = (l.next + 1) % l.keep
	}
	l.byID[m.SID] = m
}

// each calls fn for each message kept, oldest first. The caller holds the lock.
func (l *smsLog) each(fn func(*Message)) {
	for i := range l.ring {
		fn(l.ring[(l.next+i)%len(l.ring)])
	}
}

// remove takes a message away, which only Twilio's DELETE does. The caller holds the lock.
func (l *smsLog) remove(sid string) {
	delete(l.byID, sid)
	var rest []*Message
	l.each(func(m *Message) {
		if m.SID != sid {
			rest = append(rest, m)
		}
	})
	l.ring, l.next = rest, 0
}

// Sent answers the outbound SMS that were accepted and are kept, oldest first.
func (c *Carrier) Sent() []Message {
	return c.messages(func(m *Message) bool { return m.Direction != Inbound })
}

// SentTo is Sent for one number in E.164.
func (c *Carrier) SentTo(number string) []Message {
	return c.messages(func(m *Message) bool { return m.Direction != Inbound && m.To == number })
}

// Thread answers what this person's phone has shown and sent by SMS, oldest first.
func (c *Carrier) Thread(number string) []Message {
	return c.messages(func(m *Message) bool {
		return m.From == number || m.To == number && m.Status != StatusFailed && m.Status != StatusUndelivered
	})
}

// Message answers one SMS by its SID; false if it is not known or no longer kept.
func (c *Carrier) Message(sid string) (Message, bool) {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	m, ok := c.sms.byID[sid]
	if !ok {
		return Message{}, false
	}
	return *m, true
}

// Accepted is how many outbound SMS were ever accepted, kept or not.
func (c *Carrier) Accepted() int64 {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	return c.sms.accepted
}

// OptedOut says whether this number is blocked because its owner texted STOP.
func (c *Carrier) OptedOut(number string) bool {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	return c.sms.stopped[number]
}

// ClearLog forgets all messages and answers of both protocols, not who has opted out or pressed Start.
func (c *Carrier) ClearLog() {
	c.sms.mu.Lock()
	c.sms.ring, c.sms.next, c.sms.posts = nil, 0, nil
	c.sms.byID = make(map[string]*Message)
	c.sms.mu.Unlock()
	c.telegram.clearMessages()
	c.changed.ring()
}

func (c *Carrier) messages(want func(*Message) bool) []Message {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	var out []Message
	c.sms.each(func(m *Message) {
		if want(m) {
			out = append(out, *m)
		}
	})
	return out
}

// NewSID makes a Twilio identifier: the prefix ("SM", "MM", "MG" …) and 32 hexadecimal digits.
func NewSID(prefix string) string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // crypto/rand never answers an error: it ends the process instead.
	var out [34]byte
	copy(out[:], prefix)
	hex.Encode(out[2:], raw[:])
	return string(out[:])
}

// isE164 is a plus and 8 to 15 digits, the first not zero.
func isE164(number string) bool {
	digits, ok := strings.CutPrefix(number, "+")
	if !ok || len(digits) < 8 || len(digits) > 15 || digits[0] == '0' {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// isLandline knows the United Kingdom's geographic and 03 numbers, which is all that the product can meet.
func isLandline(number string) bool {
	return strings.HasPrefix(number, "+441") || strings.HasPrefix(number, "+442") || strings.HasPrefix(number, "+443")
}
