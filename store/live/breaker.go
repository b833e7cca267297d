package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrAway says that Redis failed several times in a row and is left alone for a moment.
var ErrAway = errors.New("redis does not answer and is left alone for a moment")

const (
	// failuresToRest is how many failures in a row open the breaker: one may be
	// a connection that was cut, three are an outage.
	failuresToRest = 3
	// rest is how long Redis is then left alone. One call after it finds out;
	// so an outage costs one turn a second its budget, and the others nothing.
	rest = time.Second
)

// call is one kind of call to Redis.
type call string

const (
	reading call = "read"
	writing call = "write"
	pinging call = "ping"
	// limiting asks for permits to send.
	limiting call = "limits"
	// announcing tells open pages what changed.
	announcing call = "changes"
)

// breaker decides whether Redis is asked at all.
//
//	closed ──failuresToRest in a row──▶ open ──after rest──▶ one probe
//	   ▲                                  ▲                   │     │
//	   └──────────────success─────────────┼───────────────────┘     │
//	                                      └─────────failure─────────┘
//
// The zero value with a clock is closed.
type breaker struct {
	now func() time.Time

	mu       sync.Mutex
	failures int
	// until is when the next probe may go; the zero time means closed.
	until time.Time
	// probing says that a probe is under way.
	probing bool
	// faults is how the latest call of each kind failed, until one succeeds. A
	// Redis that is full answers reads and refuses writes, so kinds are told
	// apart.
	faults map[call]error
}

// allow says whether a call may go. Each allowed call is followed by settle or
// release.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true
	}
	if b.probing || b.now().Before(b.until) {
		return false
	}
	b.probing = true
	return true
}

// settle records how a call went.
func (b *breaker) settle(what call, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if err == nil {
		b.failures, b.until = 0, time.Time{}
		delete(b.faults, what)
		for other, fault := range b.faults {
			// It answers, so no other kind of call is out of reach any more. A
			// refusal stands until that very kind of call is taken again.
			if !refused(fault) {
				delete(b.faults, other)
			}
		}
		return
	}
	if b.faults == nil {
		b.faults = map[call]error{}
	}
	b.faults[what] = err
	b.failures++
	if b.failures >= failuresToRest {
		b.until = b.now().Add(rest)
	}
}

// release takes an allowed call back that found nothing out.
func (b *breaker) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}

func (b *breaker) err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, what := range []call{reading, writing, limiting, announcing, pinging} {
		if fault := b.faults[what]; fault != nil {
			return fmt.Errorf("redis (%s): %w", what, fault)
		}
	}
	return nil
}

// refused says whether Redis itself answered with an error (it is full, it is
// loading, it wants a password) rather than not at all.
func refused(err error) bool {
	var answer redis.Error
	return errors.As(err, &answer)
}
