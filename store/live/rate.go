package live

import (
	"math"
	"sync"
	"time"
)

// Rate is how quickly one sender may send: a number at Twilio, a bot at
// Telegram. The zero value limits nothing.
//
// In no second go more than PerSecond parts, but for a text that has more parts
// than are left: it goes whole and is paid for afterwards. A fifth is kept for
// answers and crisis words: what nobody asked for goes evenly at four fifths,
// and an answer that comes meanwhile goes at once, out of what is kept. Where a
// fifth is less than one part the unasked texts give way instead, as they also
// do when what is kept is used up: while an answer waits, none of them goes.
type Rate struct {
	// PerSecond is in SMS parts, or in messages where there are no parts; 0 means
	// no limit.
	PerSecond int
	// PerChat is the least time between two messages to one chat; 0 means none.
	PerChat time.Duration
}

// keptPart is the part of a rate that is kept for answers: one in keptPart.
const keptPart = 5

// pace returns what one part costs, and how much of it answers may run into debt.
func (r Rate) pace() (unit, spare time.Duration) {
	if r.PerSecond <= 0 {
		return 0, 0
	}
	kept := r.PerSecond / keptPart
	unit = time.Second / time.Duration(r.PerSecond-kept)
	return unit, time.Duration(kept) * unit
}

// Ask is one message that would like to go.
type Ask struct {
	// Prompt: nobody asked for it, and it gives way to what somebody waits for.
	Prompt bool
	// Parts is what it counts; less than 1 is 1.
	Parts int
	// Chat names the chat in which it goes, in a way that tells nobody who that
	// is; empty where chats have no limit.
	Chat string
}

// Limit names what keeps a message waiting.
type Limit string

// The limits. The empty one means that the message may go.
const (
	// LimitSender is the sender's own rate.
	LimitSender Limit = "rate"
	// LimitChat is the rate of one chat.
	LimitChat Limit = "chat"
	// LimitPaused is the provider's word: it said that we send too much.
	LimitPaused Limit = "paused"
)

// Permit says whether a message may go. Wait is 0 if it may, and then it has been
// counted; otherwise it asks again after so long.
type Permit struct {
	Wait  time.Duration
	Limit Limit
}

// aloneShare is how many processes a process takes there to be when Redis, where
// they share a rate, is away: it sends unasked texts at a quarter of the rate.
// Answers and crisis words have the whole rate even then: a person waits for
// them, and they are few; that a provider may have to slow us down is the
// smaller harm.
const aloneShare = 4

// share is what one process remembers of a sender by itself. It takes the place
// of what Redis keeps while that is away, and is kept up to date meanwhile, so
// that the change from one to the other is no second start.
type share struct {
	mu            sync.Mutex
	now           time.Time // when it was asked last
	all, prompts  time.Time // when what was sent is paid for, in all and of the prompts
	asked, paused time.Time // as in permits.lua
	chats         map[string]time.Time
	refused       string // the chat that was refused last, and until when
	refusedUntil  time.Time
	pausedChats   map[string]time.Time
}

// mostChats is how many chats a process remembers before it forgets those that
// may be written to again.
const mostChats = 1000

// take decides alone, in the same way as permits.lua.
func (s *share) take(r Rate, asks []Ask, now time.Time) []Permit {
	s.mu.Lock()
	defer s.mu.Unlock()
	unit, spare := r.pace()
	s.mend(now)
	var behind time.Duration
	out := make([]Permit, len(asks))
	for i, a := range asks {
		cost := time.Duration(max(1, a.Parts)) * unit
		free, slow := s.all.Add(-spare), 1
		if a.Prompt {
			free, slow = latest(s.all, s.prompts, s.asked), aloneShare
		}
		switch paused := latest(s.paused, s.pausedChats[a.Chat]); {
		case paused.After(now):
			out[i] = Permit{paused.Sub(now), LimitPaused}
		case a.Chat != "" && s.chats[a.Chat].After(now):
			out[i] = Permit{s.chats[a.Chat].Sub(now), LimitChat}
		case unit > 0 && free.After(now):
			out[i] = Permit{free.Sub(now) + behind, LimitSender}
			behind += cost * time.Duration(slow)
			if !a.Prompt {
				s.asked = latest(s.asked, now.Add(out[i].Wait+grace))
			}
		default:
			s.spend(r, a, now)
		}
	}
	return out
}

// mend forgets what cannot be: a clock that was put back must not silence
// anybody. permits.lua does the same.
func (s *share) mend(now time.Time) {
	if s.now.After(now.Add(time.Minute)) {
		s.all, s.prompts, s.asked, s.paused = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		clear(s.chats)
		clear(s.pausedChats)
	}
	s.now = now
}

// grace is how long after its turn an answer may come to ask again before unasked
// texts go on; permits.lua has the same.
const grace = 100 * time.Millisecond

// spend counts a message that goes. The caller holds mu.
func (s *share) spend(r Rate, a Ask, now time.Time) {
	unit, _ := r.pace()
	cost := time.Duration(max(1, a.Parts)) * unit
	s.all = latest(s.all, now).Add(cost)
	if a.Prompt {
		s.prompts = latest(s.prompts, now.Add(aloneShare*cost))
	}
	if a.Chat == "" || r.PerChat <= 0 {
		return
	}
	if s.chats == nil {
		s.chats = map[string]time.Time{}
	}
	forget(s.chats, now)
	s.chats[a.Chat] = now.Add(r.PerChat)
}

// spent counts what Redis let go, and remembers what it held back.
func (s *share) spent(r Rate, asks []Ask, permits []Permit, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mend(now)
	for i, p := range permits {
		switch {
		case p.Wait == 0:
			s.spend(r, asks[i], now)
		case p.Limit == LimitPaused && asks[i].Chat == "":
			s.paused = latest(s.paused, now.Add(p.Wait))
		case p.Limit == LimitPaused:
			s.keepChat(asks[i].Chat, now.Add(p.Wait), now)
		}
	}
}

// pause notes that the provider wants to hear nothing, and says whether the whole
// sender waits; see pause.lua.
func (s *share) pause(chat string, after time.Duration, now time.Time) (whole bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mend(now)
	until := now.Add(after)
	if chat == "" {
		s.paused = latest(s.paused, until)
		return true
	}
	s.keepChat(chat, until, now)
	if s.refused != "" && s.refused != chat && s.refusedUntil.After(now) {
		s.paused = latest(s.paused, until)
		return true
	}
	s.refused, s.refusedUntil = chat, until
	return false
}

// keepChat notes that a chat waits. The caller holds mu.
func (s *share) keepChat(chat string, until, now time.Time) {
	if s.pausedChats == nil {
		s.pausedChats = map[string]time.Time{}
	}
	forget(s.pausedChats, now)
	s.pausedChats[chat] = latest(s.pausedChats[chat], until)
}

func forget(chats map[string]time.Time, now time.Time) {
	if len(chats) < mostChats {
		return
	}
	for chat, until := range chats {
		if !until.After(now) {
			delete(chats, chat)
		}
	}
}

func latest(t time.Time, more ...time.Time) time.Time {
	for _, m := range more {
		if m.After(t) {
			t = m
		}
	}
	return t
}

// micros rounds up, so that a wait that is told is over when it has passed.
func micros(d time.Duration) int64 { return int64(math.Ceil(float64(d) / float64(time.Microsecond))) }
