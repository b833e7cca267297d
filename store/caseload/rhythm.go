package caseload

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// What is asked by the clock: its moments, and the jobs for them.

// NewCheckInID makes the id of a series.
func (c *Caseload) NewCheckInID() conversations.CheckInID {
	return conversations.CheckInID(newID(c.now()))
}

// choose writes a series that the client chose. Its moment comes as an effect of its own.
func (c *Caseload) choose(w *work, k conversations.CheckIn) error {
	words, err := c.sealed(sealCheckIn, string(k.ID), []byte(k.Words))
	if err != nil {
		return err
	}
	rhythm, err := writtenRhythm(k.Rhythm)
	if err != nil {
		return err
	}
	w.detail.CheckIn = k.ID
	w.effects.exec(nil, "INSERT INTO check_ins (id, client, kind, words, rhythm, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		clean(string(k.ID)), w.peer, k.Kind, words, rhythm, millis(w.turn.Now))
	w.effects.exec(nil, noteMatters, w.peer)
	return nil
}

func setRhythm(w *work, e conversations.SetRhythm) error {
	rhythm, err := writtenRhythm(e.Rhythm)
	if err != nil {
		return err
	}
	w.detail.CheckIn = e.CheckIn
	w.effects.exec(w.mustChange(fmt.Errorf("check-in %s: %w", e.CheckIn, ErrNotFound)),
		"UPDATE check_ins SET rhythm = $3 WHERE id = $1 AND client = $2 AND ended_at = 0", clean(string(e.CheckIn)), w.peer, rhythm)
	return nil
}

// setDue sets a moment with the job for it: both are there, or neither. A series
// that a person ended since the turn was loaded stays ended.
func setDue(w *work, e conversations.SetDue) {
	client, due := clientOf(w.peer), millis(e.At)
	var job river.JobArgs
	switch {
	case e.CheckIn != "":
		job = CheckInArgs{Client: client, CheckIn: e.CheckIn, DueMs: due}
		w.effects.exec(nil, "UPDATE check_ins SET due = $3 WHERE id = $1 AND client = $2 AND ended_at = 0", clean(string(e.CheckIn)), w.peer, due)
	case e.Task != "":
		job = TaskArgs{Client: client, Task: e.Task, DueMs: due}
		w.effects.exec(nil, "UPDATE tasks SET ask = $3 WHERE id = $1 AND client = $2", clean(string(e.Task)), w.peer, due)
	default:
		job = FeedbackArgs{Client: client, DueMs: due}
		w.effects.exec(nil, "UPDATE clients SET feedback_due = $2 WHERE id = $1", w.peer, due)
	}
	if !e.At.IsZero() {
		w.job(job, &river.InsertOpts{ScheduledAt: e.At})
	}
}

// taskJob is the job that asks after a task; none for never.
func taskJob(client conversations.ClientID, id conversations.TaskID, ask time.Time) []river.InsertManyParams {
	if ask.IsZero() {
		return nil
	}
	return []river.InsertManyParams{{
		Args: TaskArgs{Client: client, Task: id, DueMs: millis(ask)}, InsertOpts: &river.InsertOpts{ScheduledAt: ask},
	}}
}

// writtenRhythm is a rhythm as its column holds it.
func writtenRhythm(r conversations.Rhythm) (string, error) {
	if r.IsZero() {
		return "", nil
	}
	written, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write the rhythm: %w", err)
	}
	return string(written), nil
}

func rhythmOf(written string) (r conversations.Rhythm, err error) {
	if written == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(written), &r); err != nil {
		return r, fmt.Errorf("read a rhythm: %w", err)
	}
	return r, nil
}
