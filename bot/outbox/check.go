package outbox

import (
	"context"
	"time"

	"alongside/conversations"
)

// checkBatch is the most messages that the policy is asked about at once.
const checkBatch = 200

// checker asks the policy once more, for as many messages at once as wait.
type checker struct {
	o   *Outbox
	ask chan question
}

type question struct {
	id    conversations.MessageID
	reply chan answer
}

type answer struct {
	reason string
	err    error
}

func newChecker(o *Outbox) *checker { return &checker{o: o, ask: make(chan question, checkBatch)} }

// still returns the named reason why a message must not go, or nothing.
func (c *checker) still(id conversations.MessageID) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), databaseTimeout)
	defer cancel()
	q := question{id: id, reply: make(chan answer, 1)}
	select {
	case c.ask <- q:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case a := <-q.reply:
		return a.reason, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// run answers until ctx ends.
func (c *checker) run(ctx context.Context) {
	for {
		var batch []question
		select {
		case q := <-c.ask:
			batch = append(batch, q)
		case <-ctx.Done():
			return
		}
	more:
		for len(batch) < checkBatch {
			select {
			case q := <-c.ask:
				batch = append(batch, q)
			default:
				break more
			}
		}
		c.answer(ctx, batch)
	}
}

func (c *checker) answer(ctx context.Context, batch []question) {
	ids := make([]conversations.MessageID, len(batch))
	for i, q := range batch {
		ids[i] = q.id
	}
	ctx, cancel := context.WithTimeout(ctx, databaseTimeout/2)
	defer cancel()
	reasons, err := c.o.rows.Still(ctx, ids, c.o.now())
	if err != nil {
		c.o.log.Warn("the policy was not asked", "messages", len(ids), "error", err)
	}
	for _, q := range batch {
		q.reply <- answer{reason: reasons[q.id], err: err}
	}
}

// sleep waits, and returns false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
