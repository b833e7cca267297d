package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// The way through the pathway: stages, milestones, steps and what became of
// meetings.

const insertMilestone = `INSERT INTO milestones (client, milestone, at, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (client, milestone, at) DO NOTHING`

func setStage(w *work, e conversations.SetStage) {
	w.detail.Stage, w.detail.By = e.Stage, w.turn.Loaded.Event.By
	w.effects.exec(nil, "UPDATE clients SET stage = $2, stage_at = $3 WHERE id = $1", w.peer, e.Stage, millis(w.turn.Now))
}

func setCircumstance(w *work, e conversations.SetCircumstance) {
	w.detail.Circumstance, w.detail.By = string(e.Circumstance), w.turn.Loaded.Event.By
	since := millis(w.turn.Now)
	if e.Circumstance == "" {
		w.detail.Circumstance, since = "none", 0
	}
	w.effects.exec(nil, "UPDATE clients SET circumstance = $2, circumstance_at = $3 WHERE id = $1", w.peer, e.Circumstance, since)
}

func reachMilestone(w *work, m conversations.Milestone, at time.Time) {
	w.detail.Milestones = append(w.detail.Milestones, m)
	w.effects.exec(nil, insertMilestone, w.peer, m, millis(at), clean(string(w.turn.Loaded.Event.By)), millis(w.turn.Now))
	w.effects.exec(nil, noteMatters, w.peer)
}

func setAttendance(w *work, e conversations.SetAttendance) {
	w.detail.Appointment, w.detail.Attendance, w.detail.By = e.ID, e.Attendance, w.turn.Loaded.Event.By
	w.effects.exec(w.mustChange(fmt.Errorf("appointment %s: %w", e.ID, ErrNotFound)),
		"UPDATE appointments SET attendance = $3, mechanism = $4, attendance_at = $5, changed_at = $5 WHERE id = $1 AND client = $2 AND status <> 'cancelled'",
		e.ID, w.peer, e.Attendance, e.Mechanism, millis(w.turn.Now))
}

// Milestone is one time that a milestone was reached.
type Milestone struct {
	Milestone  conversations.Milestone
	At         time.Time
	RecordedBy conversations.SpecialistID
}

// DoStep records that a person has said that a step of the pathway is done.
func (c *Caseload) DoStep(ctx context.Context, client conversations.ClientID, step string, by conversations.SpecialistID) error {
	return c.recordOf(ctx, client, "step", `INSERT INTO steps_done (client, step, at, done_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (client, step, at) DO NOTHING`, clean(step), millis(c.now()), clean(string(by)))
}

func (c *Caseload) recordOf(ctx context.Context, client conversations.ClientID, what, insert string, args ...any) error {
	id := clean(string(client))
	err := c.db.write(ctx, func(tx transaction) error {
		var known string
		if err := single(ctx, tx, []any{&known}, "SELECT id FROM clients WHERE id = $1", id); err != nil {
			return missing(err)
		}
		var b batch
		b.exec(nil, insert, append([]any{id}, args...)...)
		return tx.run(ctx, &b)
	})
	if err != nil {
		return fmt.Errorf("record a %s of client %s: %w", what, client, err)
	}
	return nil
}

// Milestones lists what a client has reached, the oldest first.
func (c *Caseload) Milestones(ctx context.Context, client conversations.ClientID) (list []Milestone, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var m Milestone
		var at int64
		err := scan(&m.Milestone, &at, &m.RecordedBy)
		m.At = instant(at)
		list = append(list, m)
		return err
	}, "SELECT milestone, at, recorded_by FROM milestones WHERE client = $1 ORDER BY at, milestone", clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the milestones of client %s: %w", client, err)
	}
	return list, nil
}

// Underway is a client with what the steps of the pathway are counted from.
type Underway struct {
	Client conversations.ClientID
	// Zone is where the client's clock runs.
	Zone     *time.Location
	Progress conversations.Progress
	// Tasks are those of the action plan whose day is over, or of which the client
	// said that they have not got to them, by their day.
	Tasks []Task
	// Unrecorded are the meetings that are over and of which nobody has said
	// whether they happened, the oldest first.
	Unrecorded []Appointment
}

// usualLength is how long a meeting is taken to last of which nobody has said.
const usualLength = time.Hour

// longestUnrecorded is how far back meetings are asked about: who has not said
// by then does not know any more.
const longestUnrecorded = 60 * 24 * time.Hour

// Underway reads the open clients of one specialist, with those for whose
// specialist they stand in just now, in the order in which they
// were added, or of one client.
func (c *Caseload) Underway(ctx context.Context, of conversations.SpecialistID, client conversations.ClientID) ([]Underway, error) {
	now := c.now()
	whose, who := "c.id = $1", []any{clean(string(client))}
	if client == "" {
		cared, all, err := c.caredBy(ctx, of)
		if err != nil {
			return nil, err
		}
		whose, who = "c.specialist IN ("+cared+")", all
	}
	today := fmt.Sprintf("$%d", len(who)+1)
	var list []Underway
	at := map[conversations.ClientID]int{}
	var b batch
	b.query(func(scan scan) error {
		var u Underway
		var zone string
		err := scan(&u.Client, &zone, &u.Progress.Stage)
		if err == nil {
			u.Zone, err = location(zone)
		}
		u.Progress.Reached, u.Progress.Done = map[conversations.Milestone]time.Time{}, map[string]time.Time{}
		at[u.Client] = len(list)
		list = append(list, u)
		return err
	}, "SELECT c.id, c.zone, c.stage FROM clients c WHERE "+whose+" AND c.closed_at = 0 ORDER BY c.id", who...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var m conversations.Milestone
		var ms int64
		err := scan(&id, &m, &ms)
		if i, ok := at[id]; ok {
			list[i].Progress.Reached[m] = instant(ms).In(list[i].Zone)
		}
		return err
	}, "SELECT m.client, m.milestone, MAX(m.at) FROM milestones m JOIN clients c ON c.id = m.client WHERE "+whose+
		" AND c.closed_at = 0 AND m.at >= c.returned_at GROUP BY m.client, m.milestone", who...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var step string
		var ms int64
		err := scan(&id, &step, &ms)
		if i, ok := at[id]; ok {
			list[i].Progress.Done[step] = instant(ms).In(list[i].Zone)
		}
		return err
	}, "SELECT m.client, m.step, MAX(m.at) FROM steps_done m JOIN clients c ON c.id = m.client WHERE "+whose+
		" AND c.closed_at = 0 AND m.at >= c.returned_at GROUP BY m.client, m.step", who...)
	b.query(func(scan scan) error {
		a, err := c.appointment(scan)
		i, ok := at[a.Client]
		if !ok || err != nil {
			return err
		}
		over := a.At.Add(usualLength)
		if a.Minutes > 0 {
			over = a.At.Add(time.Duration(a.Minutes) * time.Minute)
		}
		switch p := &list[i].Progress; {
		case a.Attendance == conversations.Attended && a.Mechanism != "":
			p.Met = append(p.Met, conversations.Met{Kind: a.Kind, At: a.At})
		case a.Attendance != "":
		case a.At.After(now):
			p.Ahead = append(p.Ahead, a.At)
		case !over.After(now) && now.Sub(a.At) < longestUnrecorded:
			list[i].Unrecorded = append(list[i].Unrecorded, a)
		}
		return nil
	}, "SELECT "+appointmentColumns+" FROM appointments a JOIN clients c ON c.id = a.client WHERE "+whose+
		" AND c.closed_at = 0 AND a.status <> 'cancelled' AND a.at >= c.returned_at ORDER BY a.at, a.id", who...)
	b.query(func(scan scan) error {
		t, err := c.task(scan)
		if i, ok := at[t.Client]; ok {
			list[i].Tasks = append(list[i].Tasks, t)
		}
		return err
	}, "SELECT "+taskColumns+" FROM tasks t JOIN clients c ON c.id = t.client WHERE "+whose+` AND c.closed_at = 0
		AND (t.status = 'not_yet' OR t.status IN ('open', 'want_help') AND t.due > 0 AND t.due < `+today+`) ORDER BY t.due, t.id`, append(who[:len(who):len(who)], millis(now))...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("read who is under way: %w", err)
	}
	return list, nil
}
