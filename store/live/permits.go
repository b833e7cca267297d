package live

import (
	"context"
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed permits.lua
var permitsLua string

//go:embed pause.lua
var pauseLua string

var (
	permitsScript = redis.NewScript(permitsLua)
	pauseScript   = redis.NewScript(pauseLua)
)

// Permits shares the carriers' limits among all processes: what a sender has
// sent is counted in Redis, in one step for as many messages as ask at once, and
// so is the wait that a provider asked of one of them. Without Redis each
// process goes on with its own share; see [Rate].
//
// A library for this was looked at (go-redis/redis_rate): it knows no two
// classes that share a rate, no pause that a provider asks for, and one message
// a call.
type Permits struct {
	states *States // nil: there is no Redis
	// clock is nil but in tests: the time is that of Redis, which is the same
	// for every process, or this machine's while Redis is away.
	clock func() time.Time

	mu     sync.Mutex
	shares map[string]*share
}

// NewPermits returns the limits shared through the client of the states, whose
// breaker it shares as well; nil states mean that this process is alone. A nil
// clock is Redis's own.
func NewPermits(states *States, clock func() time.Time) *Permits {
	return &Permits{states: states, clock: clock, shares: map[string]*share{}}
}

// Take asks for messages of one sender, the most urgent first, and returns a
// permit for each. alone says that Redis did not answer within its budget and
// that this process decided by itself. The sender's name and the chats' must
// tell nobody who they are: they become keys.
func (p *Permits) Take(ctx context.Context, sender string, r Rate, asks []Ask) (permits []Permit, alone bool) {
	s := p.share(sender)
	permits, err := p.shared(ctx, sender, r, asks)
	if err != nil {
		return s.take(r, asks, p.now()), true
	}
	s.spent(r, asks, permits, p.now())
	return permits, false
}

// Pause notes that the provider wants to hear nothing for a while from this
// sender, or in this chat if one is named. It returns whether the whole sender
// waits: a second chat that is refused says that it was not about the first.
func (p *Permits) Pause(ctx context.Context, sender, chat string, after time.Duration) (whole bool) {
	whole = p.share(sender).pause(chat, after, p.now())
	if p.states == nil {
		return whole
	}
	keys := []string{senderKey(sender)}
	if chat != "" {
		keys = append(keys, chatKey(sender, chat))
	}
	var answer int64
	err := p.states.try(ctx, limiting, func(ctx context.Context) (err error) {
		answer, err = pauseScript.Run(ctx, p.states.client, keys, p.at(), micros(after)).Int64()
		return err
	})
	return whole || err == nil && answer == 1
}

// shared asks Redis.
func (p *Permits) shared(ctx context.Context, sender string, r Rate, asks []Ask) ([]Permit, error) {
	if p.states == nil {
		return nil, ErrAway
	}
	unit, spare := r.pace()
	keys := []string{senderKey(sender)}
	args := []any{p.at(), micros(unit), micros(spare), micros(r.PerChat)}
	for _, a := range asks {
		prompt, chat := 0, 0
		if a.Prompt {
			prompt = 1
		}
		if a.Chat != "" {
			keys = append(keys, chatKey(sender, a.Chat))
			chat = len(keys)
		}
		args = append(args, prompt, max(1, a.Parts), chat)
	}
	var answer []int64
	err := p.states.try(ctx, limiting, func(ctx context.Context) (err error) {
		answer, err = permitsScript.Run(ctx, p.states.client, keys, args...).Int64Slice()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ask for %d permits: %w", len(asks), err)
	}
	if len(answer) != 2*len(asks) {
		return nil, fmt.Errorf("ask for %d permits: %d numbers came back", len(asks), len(answer))
	}
	out := make([]Permit, len(asks))
	for i := range out {
		out[i] = Permit{time.Duration(answer[2*i]) * time.Microsecond, limits[answer[2*i+1]]}
	}
	return out, nil
}

// limits are the limits by the numbers that permits.lua gives them.
var limits = map[int64]Limit{1: LimitSender, 2: LimitChat, 3: LimitPaused}

func (p *Permits) share(sender string) *share {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.shares[sender]
	if s == nil {
		s = &share{}
		p.shares[sender] = s
	}
	return s
}

func (p *Permits) now() time.Time {
	if p.clock != nil {
		return p.clock()
	}
	return time.Now()
}

// at is the moment as the scripts want it.
func (p *Permits) at() int64 {
	if p.clock != nil {
		return p.clock().UnixMicro()
	}
	return 0
}

// All keys of one sender are kept together by a cluster, because one step uses
// several of them.
func senderKey(sender string) string { return "alongside:{rate:" + sender + "}:sender" }

func chatKey(sender, chat string) string { return "alongside:{rate:" + sender + "}:chat:" + chat }
