package caseload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// Task is a task of a client's action plan, as the team sees it. Due is in the
// client's zone.
type Task struct {
	conversations.Task
	Client conversations.ClientID
	// Unreadable says that no key opens what is to be done.
	Unreadable bool
	// Remind says that the client chose to be asked after it on its day.
	Remind               bool
	CreatedAt, ChangedAt time.Time
}

// NewTask is a task to be added; everything is checked already.
type NewTask struct {
	Client conversations.ClientID
	What   string
	Due    time.Time
	// Unasked says that the client does not want to be asked after it on its day;
	// Ask is the moment at which they are, zero for never.
	Unasked bool
	Ask     time.Time
}

// TaskChange is what changes about a task; what is empty or nil stays.
type TaskChange struct {
	What   string
	Due    *time.Time
	Status conversations.TaskStatus
	Remind *bool
	Ask    *time.Time
}

// mostOfPlan bounds the lists of one client.
const mostOfPlan = 200

// AddTask adds a task; [ErrNotFound] for an unknown client.
func (c *Caseload) AddTask(ctx context.Context, n NewTask) (conversations.TaskID, error) {
	now := c.now()
	id := newID(now)
	what, err := c.sealed(sealTask, id, []byte(n.What))
	if err == nil {
		err = c.addTo(ctx, n.Client, taskJob(n.Client, conversations.TaskID(id), n.Ask), `
			INSERT INTO tasks (client, id, what, due, status, created_at, changed_at, remind, ask)
			VALUES ($1, $2, $3, $4, 'open', $5, $5, $6, $7)`, id, what, millis(n.Due), millis(now), !n.Unasked, millis(n.Ask))
	}
	if err != nil {
		return "", fmt.Errorf("add task %s: %w", id, err)
	}
	return conversations.TaskID(id), nil
}

// addTo inserts a task or a check-in of a client ($1), with its jobs; [ErrNotFound] if there is no such client.
func (c *Caseload) addTo(ctx context.Context, client conversations.ClientID, jobs []river.InsertManyParams, insert string, args ...any) error {
	id := clean(string(client))
	return c.db.write(ctx, func(tx transaction) error {
		var known string
		if err := single(ctx, tx, []any{&known}, "SELECT id FROM clients WHERE id = $1", id); err != nil {
			return missing(err)
		}
		var b batch
		b.exec(nil, insert, append([]any{id}, args...)...)
		b.exec(nil, noteMatters, id)
		if err := tx.run(ctx, &b); err != nil || len(jobs) == 0 {
			return err
		}
		return tx.insertJobs(ctx, jobs)
	})
}

const taskColumns = "t.id, t.client, t.what, t.due, t.status, t.created_at, t.changed_at, t.remind, t.ask, c.zone"

func (c *Caseload) task(scan scan) (t Task, err error) {
	var what []byte
	var due, created, changed, ask int64
	var zone string
	if err := scan(&t.ID, &t.Client, &what, &due, &t.Status, &created, &changed, &t.Remind, &ask, &zone); err != nil {
		return t, err
	}
	plain, err := c.opened(sealTask, string(t.ID), what)
	t.What, t.Unreadable = string(plain), err != nil
	t.CreatedAt, t.ChangedAt, t.Ask = instant(created), instant(changed), instant(ask)
	if due != 0 {
		local, err := location(zone)
		if err != nil {
			return t, fmt.Errorf("client %s: %w", t.Client, err)
		}
		t.Due = instant(due).In(local)
	}
	return t, nil
}

// Tasks returns the tasks of a client in the order in which they were added; of
// very many the latest 200.
func (c *Caseload) Tasks(ctx context.Context, client conversations.ClientID) (list []Task, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		t, err := c.task(scan)
		list = append(list, t)
		return err
	}, `SELECT * FROM (
			SELECT `+taskColumns+` FROM tasks t JOIN clients c ON c.id = t.client WHERE t.client = $1 ORDER BY t.id DESC LIMIT $2
		) AS latest ORDER BY id`, clean(string(client)), mostOfPlan)
	if err != nil {
		return nil, fmt.Errorf("list the tasks of client %s: %w", client, err)
	}
	return list, nil
}

// SetTask changes a task of the client and returns it as it is now, or
// [ErrNotFound].
func (c *Caseload) SetTask(ctx context.Context, client conversations.ClientID, id conversations.TaskID, to TaskChange) (Task, error) {
	set, args := "changed_at = $3", []any{clean(string(id)), clean(string(client)), millis(c.now())}
	put := func(column string, value any) {
		args = append(args, value)
		set += fmt.Sprintf(", %s = $%d", column, len(args))
	}
	if to.What != "" {
		what, err := c.sealed(sealTask, string(id), []byte(to.What))
		if err != nil {
			return Task{}, fmt.Errorf("set task %s: %w", id, err)
		}
		put("what", what)
	}
	if to.Due != nil {
		put("due", millis(*to.Due))
	}
	if to.Status != "" {
		put("status", to.Status)
	}
	var jobs []river.InsertManyParams
	if to.Remind != nil {
		put("remind", *to.Remind)
	}
	if to.Ask != nil {
		put("ask", millis(*to.Ask))
		jobs = taskJob(client, id, *to.Ask)
	}
	var t Task
	err := c.db.write(ctx, func(tx transaction) error {
		changed, err := change(ctx, tx, "UPDATE tasks SET "+set+" WHERE id = $1 AND client = $2", args...)
		if err == nil && changed == 0 {
			err = ErrNotFound
		}
		if err == nil && len(jobs) > 0 {
			err = tx.insertJobs(ctx, jobs)
		}
		if err != nil {
			return err
		}
		return one(ctx, tx, func(scan scan) (err error) { t, err = c.task(scan); return err },
			"SELECT "+taskColumns+" FROM tasks t JOIN clients c ON c.id = t.client WHERE t.id = $1", args[0])
	})
	if err != nil {
		return Task{}, fmt.Errorf("set task %s: %w", id, err)
	}
	return t, nil
}

// CheckIn is a series of check-ins that a client chose, as the team sees it.
type CheckIn struct {
	conversations.CheckIn
	Client conversations.ClientID
	// Unreadable says that it has words and no key opens them.
	Unreadable bool
	CreatedAt  time.Time
	// EndedAt is zero while it runs. EndedBy is the person, or "turn" if the
	// client ended it by a text.
	EndedAt time.Time
	EndedBy string
}

// NewCheckIn is a series to be added; everything is checked already.
type NewCheckIn struct {
	Client conversations.ClientID
	Kind   conversations.CheckInKind
	Words  string
}

// AddCheckIn adds a series of check-ins; [ErrNotFound] for an unknown client.
func (c *Caseload) AddCheckIn(ctx context.Context, n NewCheckIn) (conversations.CheckInID, error) {
	now := c.now()
	id := newID(now)
	words, err := c.sealed(sealCheckIn, id, []byte(n.Words))
	if err == nil {
		err = c.addTo(ctx, n.Client, nil, "INSERT INTO check_ins (client, id, kind, words, created_at) VALUES ($1, $2, $3, $4, $5)",
			id, n.Kind, words, millis(now))
	}
	if err != nil {
		return "", fmt.Errorf("add check-in %s: %w", id, err)
	}
	return conversations.CheckInID(id), nil
}

// CheckIns returns the series of a client, ended ones included, in the order in
// which they were added; of very many the latest 200.
func (c *Caseload) CheckIns(ctx context.Context, client conversations.ClientID) (list []CheckIn, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var k CheckIn
		var words []byte
		var created, ended, due int64
		var rhythm string
		if err := scan(&k.ID, &k.Client, &k.Kind, &words, &created, &ended, &k.EndedBy, &rhythm, &due); err != nil {
			return err
		}
		plain, err := c.opened(sealCheckIn, string(k.ID), words)
		k.Words, k.Unreadable = string(plain), err != nil
		k.CreatedAt, k.EndedAt, k.Due = instant(created), instant(ended), instant(due)
		k.Rhythm, err = rhythmOf(rhythm)
		list = append(list, k)
		return err
	}, `SELECT * FROM (
			SELECT id, client, kind, words, created_at, ended_at, ended_by, rhythm, due FROM check_ins WHERE client = $1 ORDER BY id DESC LIMIT $2
		) AS latest ORDER BY id`, clean(string(client)), mostOfPlan)
	if err != nil {
		return nil, fmt.Errorf("list the check-ins of client %s: %w", client, err)
	}
	return list, nil
}

// EndCheckIn ends a series of the client; one that has ended stays as it is.
// [ErrNotFound] if the client has no such series.
func (c *Caseload) EndCheckIn(
	ctx context.Context, client conversations.ClientID, id conversations.CheckInID, by conversations.SpecialistID,
) error {
	if by == "" {
		return fmt.Errorf("end check-in %s: %w", id, errors.New("nobody is named who ends it"))
	}
	changed, err := change(ctx, c.db, `
		UPDATE check_ins SET due = 0, ended_by = CASE WHEN ended_at = 0 THEN CAST($3 AS TEXT) ELSE ended_by END,
		                     ended_at = CASE WHEN ended_at = 0 THEN CAST($4 AS BIGINT) ELSE ended_at END
		WHERE id = $1 AND client = $2`, clean(string(id)), clean(string(client)), clean(string(by)), millis(c.now()))
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end check-in %s: %w", id, err)
	}
	return nil
}

// Answer is one answer to a check-in.
type Answer struct {
	CheckIn conversations.CheckInID
	// Message is the text or the button that gave it.
	Message conversations.MessageID
	// Number is 1 (hard) to 5 (good).
	Number int
	At     time.Time
}

// mostAnswers bounds a plot: a daily check-in for nearly three years.
const mostAnswers = 1000

// Answers returns a client's answers since a moment, oldest first; of very many
// the latest 1,000. Those that were undone are left out.
func (c *Caseload) Answers(ctx context.Context, client conversations.ClientID, since time.Time) (list []Answer, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var a Answer
		var at int64
		err := scan(&a.CheckIn, &a.Message, &a.Number, &at)
		a.At = instant(at)
		list = append(list, a)
		return err
	}, `SELECT * FROM (
			SELECT a.check_in, a.message, a.number, a.at FROM check_ins k JOIN check_in_answers a ON a.check_in = k.id
			WHERE k.client = $1 AND a.at >= $2 AND a.undone_at = 0 ORDER BY a.at DESC, a.message DESC LIMIT $3
		) AS latest ORDER BY at, message`, clean(string(client)), millis(since), mostAnswers)
	if err != nil {
		return nil, fmt.Errorf("list the answers of client %s: %w", client, err)
	}
	return list, nil
}

// Feedback is what a client thinks of the service.
type Feedback struct {
	Client conversations.ClientID
	// Message is the text or the button that said it; Words are its text, empty
	// for a button. Unreadable says that no key opens them.
	Message    conversations.MessageID
	Words      string
	Unreadable bool
	// Number is 1 to 5, or 0 if only words came.
	Number int
	At     time.Time
}

// Feedback returns a page of what clients think of the service, the newest
// first, and the cursor of the next page, empty after the last.
func (c *Caseload) Feedback(ctx context.Context, page Page) (list []Feedback, next string, err error) {
	at, id, err := parseDownCursor(page.After)
	if err != nil {
		return nil, "", err
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var f Feedback
		var body []byte
		var at int64
		if err := scan(&f.Message, &f.Client, &f.Number, &at, &body); err != nil {
			return err
		}
		plain, err := c.opened(sealBody, string(f.Message), body)
		f.Words, f.Unreadable, f.At = string(plain), err != nil, instant(at)
		list = append(list, f)
		return nil
	}, `SELECT f.message, f.client, f.number, f.at, m.body FROM feedback f LEFT JOIN messages m ON m.id = f.message
		WHERE (f.at, f.message) < ($1, $2) ORDER BY f.at DESC, f.message DESC LIMIT $3`, at, id, page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list feedback: %w", err)
	}
	list, next = cut(list, page.limit(), func(f Feedback) string { return downCursor(f.At, string(f.Message)) })
	return list, next, nil
}
