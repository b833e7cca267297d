package conversations

import "slices"

// Numbers and accounts that failed: what the carrier said of one is kept with it
// until it works again or is another one.

// SetFault keeps with the client's address on a channel what its carrier said
// when it failed; an empty code takes that back. With [Event.Message] it is about
// the address that message went to, and does nothing where that was replaced.
type SetFault struct {
	Channel Channel
	// Code is the provider's.
	Code string
}

func (SetFault) effect() {}

// faults are the codes that say something of the address, and whether texts to
// it can never arrive; source: Twilio's error dictionary, Telegram's Bot API.
var faults = map[string]bool{
	"21211": true,  // no number
	"21614": true,  // no mobile
	"30003": false, // switched off, or no signal
	"30005": true,  // nobody has it
	"30006": true,  // a landline
	"403":   true,  // the bot was blocked, or the chat deleted
}

// dead says whether nothing arrives at the address until a person mends it, or
// the client writes from it.
func (r Reach) dead() bool { return faults[r.Fault] }

// faulty notes what a failed message says of the address.
func (s *step) faulty() {
	if _, about := faults[s.event.Reason]; !about || s.event.Kind != EventUndelivered || s.event.Channel == "" || !s.facts.Known() {
		return
	}
	s.setFault(s.event.Channel, s.event.Reason)
}

// addressWorks notes that an address works: the client has written from it. What the
// carrier blocks it says elsewhere.
func (s *step) addressWorks() {
	if r := s.reach(s.event.From.Channel); r.Fault != "" && !r.Blocked {
		s.setFault(r.Channel, "")
	}
}

func (s *step) setFault(c Channel, code string) {
	s.do(SetFault{Channel: c, Code: code})
	s.facts.Reach = slices.Clone(s.facts.Reach)
	for i := range s.facts.Reach {
		if s.facts.Reach[i].Channel == c {
			s.facts.Reach[i].Fault = code
		}
	}
}
