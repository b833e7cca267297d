package caseload

import (
	"context"
	"fmt"
	"slices"
	"time"

	"alongside/conversations"
)

// unasked are the jobs that say something to clients of themselves.
var unasked = []string{
	ReminderArgs{}.Kind(), CheckInArgs{}.Kind(), TaskArgs{}.Kind(), FeedbackArgs{}.Kind(), NudgeArgs{}.Kind(), LeadClosingArgs{}.Kind(),
}

// restoredMost is how many waiting jobs are looked at, endedAtOnce how many are
// taken away, at a time: River takes no more.
const restoredMost, endedAtOnce = 10_000, 100

// Restored says what became of what was under way when a backup was made.
type Restored struct {
	// Unsure are messages that were on their way, Past are jobs that fell due since
	// and would have said something.
	Unsure, Past int64
}

// AfterRestore makes a caseload that was put back to an earlier moment ready to be
// served. Nobody knows what was said since: messages that were due are unknown,
// so that the provider is asked and else a person is shown them, and what fell due
// since is said no second time. It does the same again if it is run again.
func (c *Caseload) AfterRestore(ctx context.Context, now time.Time) (r Restored, err error) {
	r.Unsure, err = change(ctx, c.db, `UPDATE messages SET delivery = $1, code = 'restored', due = $2, settled_at = $2, owner = ''
		WHERE direction = 'out' AND (delivery = 'sending' OR (delivery = 'queued' AND due <= $2)) AND `+unfinished, conversations.Unknown, millis(now))
	if err != nil {
		return r, fmt.Errorf("settle what was on its way: %w", err)
	}
	for {
		waiting, err := c.NextJobs(ctx, restoredMost)
		if err != nil {
			return r, err
		}
		var past []int64
		for _, j := range waiting {
			if !j.ScheduledAt.After(now) && slices.Contains(unasked, j.Kind) {
				past = append(past, j.ID)
			}
		}
		if len(past) == 0 {
			return r, nil
		}
		for some := range slices.Chunk(past, endedAtOnce) {
			if err := c.EndJobs(ctx, some); err != nil {
				return r, err
			}
		}
		r.Past += int64(len(past))
	}
}
