package caseload

import (
	"context"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
)

// What a period is made of, for package figures: counted here, by index, and never
// with whose it is.

// FiguresFilter says what is counted.
type FiguresFilter struct {
	Period figures.Period
	// Specialists are those whose clients it is about; Everybody is about all.
	Specialists []conversations.SpecialistID
	Everybody   bool
	// Feedback is for the lead alone.
	Feedback bool
}

// aDay is the slack between two things that were recorded of one day: one with its
// time, the other with the day alone, which is kept as its beginning.
const aDay = 24 * time.Hour

// near is how far apart a job and the milestone that says that somebody is in work may
// lie to be the same.
const near = 14 * aDay

// reminding are the words of a reminder, as the index of migration 14 has them.
const reminding = `m.key IN ('appointment.reminder', 'appointment.reminder_at',
    'appointment.reminder_confirmed', 'appointment.reminder_confirmed_at')`

// notForAnybody are the flags that hold a text and wait for no answer to it.
const notForAnybody = "'corrected', 'not_undone', 'settings', 'blocked', 'undelivered', 'may_not_have_been_sent', 'not_sent', 'answer_not_possible'"

// counting is one reading of a period.
type counting struct {
	c      *Caseload
	filter FiguresFilter
	out    figures.Counted
	batch
}

// Figures counts a period, up to now.
func (c *Caseload) Figures(ctx context.Context, filter FiguresFilter) (figures.Counted, error) {
	k := counting{c: c, filter: filter, out: figures.Counted{At: c.now(), Sources: map[figures.Source]int{}}}
	k.referrals()
	k.contacts()
	k.waits()
	k.jobs()
	k.texts()
	k.meetings()
	if filter.Feedback {
		k.feedback()
	}
	if err := c.db.reader().run(ctx, &k.batch); err != nil {
		return figures.Counted{}, fmt.Errorf("count figures: %w", err)
	}
	return k.out, nil
}

// of joins the clients whom it is about, by an expression for the client, with args
// appended; nothing where it is about everybody.
func (k *counting) of(client string, args ...any) (string, []any) {
	if k.filter.Everybody {
		return "", args
	}
	list, args := in(args, cleaned(k.filter.Specialists))
	return " JOIN clients c ON c.id = " + client + " AND c.specialist IN (" + list + ")", args
}

// within are the arguments of the period.
func (k *counting) within() []any {
	return []any{millis(k.filter.Period.From), millis(k.filter.Period.Until)}
}

// months parts a column by the ends of some months: an expression that counts from
// 0, with args appended.
func months(column string, ends []time.Time, args []any) (string, []any) {
	var s strings.Builder
	s.WriteString("CASE")
	for i, end := range ends[1:] {
		args = append(args, millis(end))
		fmt.Fprintf(&s, " WHEN %s < $%d THEN %d", column, len(args), i)
	}
	s.WriteString(" END")
	return s.String(), args
}

func (k *counting) referrals() {
	p := k.filter.Period
	before, year := p.Before(), p.Year()
	ends := append(before.Months(), year.Months()[1:]...)
	join, args := k.of("m.client", millis(before.From), millis(year.Until))
	month, args := months("m.at", ends, args)
	k.query(func(scan scan) error {
		var m, n int
		err := scan(&m, &n)
		if m < 12 {
			k.out.ReferredBefore[m] = n
		} else {
			k.out.Referred[m-12] = n
		}
		return err
	}, "SELECT "+month+" AS month, COUNT(*) FROM milestones m"+join+
		" WHERE m.milestone = 'referred' AND m.at >= $1 AND m.at < $2 GROUP BY 1", args...)

	join, args = k.of("m.client", k.within()...)
	k.query(func(scan scan) error {
		var source figures.Source
		var n int
		err := scan(&source, &n)
		k.out.Sources[source] = n
		return err
	}, "SELECT COALESCE(r.source, ''), COUNT(*) FROM milestones m"+join+
		` LEFT JOIN referral_sources r ON r.client = m.client AND r.at = m.at
		WHERE m.milestone = 'referred' AND m.at >= $1 AND m.at < $2 GROUP BY 1`, args...)
}

func (k *counting) contacts() {
	ends := k.filter.Period.Months()
	held := func(into *[]figures.Held) func(scan) error {
		return func(scan scan) error {
			var h figures.Held
			err := scan(&h.Month, &h.Mechanism, &h.N)
			*into = append(*into, h)
			return err
		}
	}
	join, args := k.of("a.client", k.within()...)
	month, args := months("a.at", ends, args)
	k.query(held(&k.out.Contacts), "SELECT "+month+" AS month, a.mechanism, COUNT(*) FROM appointments a"+join+
		" WHERE a.at >= $1 AND a.at < $2 AND a.attendance <> '' AND a.attendance = 'attended' GROUP BY 1, 2", args...)

	join, args = k.of("x.client", k.within()...)
	month, args = months("x.at", ends, args)
	k.query(held(&k.out.Contacts), "SELECT "+month+" AS month, x.mechanism, COUNT(*) FROM contacts x"+join+
		" WHERE x.party = 'client' AND x.at >= $1 AND x.at < $2 AND x.taken_back = 0 GROUP BY 1, 2", args...)

	// One with an employer is its specialist's: it may be about nobody.
	args = k.within()
	whose := ""
	if !k.filter.Everybody {
		var list string
		list, args = in(args, cleaned(k.filter.Specialists))
		whose = " AND x.specialist IN (" + list + ")"
	}
	month, args = months("x.at", ends, args)
	k.query(held(&k.out.Employers), "SELECT "+month+" AS month, x.mechanism, COUNT(*) FROM contacts x"+
		" WHERE x.party = 'employer' AND x.at >= $1 AND x.at < $2 AND x.taken_back = 0"+whose+" GROUP BY 1, 2", args...)
}

// waits reads from when to when people waited. Each row is two or three instants.
func (k *counting) waits() {
	waited := func(milestone, but string, into func(figures.Wait), columns ...string) {
		join, args := k.of("m.client", k.within()...)
		args = append(args, aDay.Milliseconds())
		slack := fmt.Sprintf("m.at - $%d", len(args))
		list := strings.ReplaceAll(strings.Join(columns, ", "), "{since}", slack)
		k.query(func(scan scan) error {
			var from int64
			met := make([]int64, len(columns))
			to := []any{&from}
			for i := range met {
				to = append(to, &met[i])
			}
			err := scan(to...)
			w := figures.Wait{From: instant(from)}
			for _, at := range met {
				if at > 0 && (w.Met.IsZero() || instant(at).Before(w.Met)) {
					w.Met = instant(at)
				}
			}
			into(w)
			return err
		}, "SELECT m.at, "+list+" FROM milestones m"+join+
			" WHERE m.milestone = '"+milestone+"' AND m.at >= $1 AND m.at < $2"+but, args...)
	}
	const (
		meeting   = "COALESCE((SELECT MIN(a.at) FROM appointments a WHERE a.client = m.client AND a.at >= {since} AND a.attendance = 'attended'), 0)"
		inPerson  = "COALESCE((SELECT MIN(a.at) FROM appointments a WHERE a.client = m.client AND a.at >= {since} AND a.attendance = 'attended' AND a.mechanism = 'face_to_face'), 0)"
		contact   = "COALESCE((SELECT MIN(x.at) FROM contacts x WHERE x.client = m.client AND x.at >= {since} AND x.taken_back = 0 AND x.party = 'client'), 0)"
		visit     = "COALESCE((SELECT MIN(x.at) FROM contacts x WHERE x.client = m.client AND x.at >= {since} AND x.taken_back = 0 AND x.party = 'client' AND x.mechanism = 'face_to_face'), 0)"
		employer  = "COALESCE((SELECT MIN(x.at) FROM contacts x WHERE x.client = m.client AND x.at >= {since} AND x.taken_back = 0 AND x.party = 'employer'), 0)"
		spoken    = "COALESCE((SELECT MIN(o.at) FROM milestones o WHERE o.client = m.client AND o.milestone = 'employer_contact' AND o.at >= {since}), 0)"
		task      = "COALESCE((SELECT MIN(t.created_at) FROM tasks t WHERE t.client = m.client AND t.created_at >= {since}), 0)"
		job       = "COALESCE((SELECT MIN(j.started_at) FROM jobs j WHERE j.client = m.client AND j.started_at >= {since} AND j.work = 'paid' AND j.way = 'new'), 0)"
		jobStart  = "COALESCE((SELECT MIN(o.at) FROM milestones o WHERE o.client = m.client AND o.milestone = 'job_start' AND o.at >= {since}), 0)"
		wasInWork = " AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.client = m.client AND j.way <> 'new')"
	)
	waited("referred", "", func(w figures.Wait) { k.out.FirstContact = append(k.out.FirstContact, w) }, meeting, contact)
	waited("accepted", "", func(w figures.Wait) { k.out.FirstMeeting = append(k.out.FirstMeeting, w) }, inPerson, visit)
	waited("started", "", func(w figures.Wait) { k.out.FirstEmployer = append(k.out.FirstEmployer, w) }, employer, spoken)
	waited("started", "", func(w figures.Wait) { k.out.FirstPlan = append(k.out.FirstPlan, w) }, task)
	waited("started", wasInWork, func(w figures.Wait) { k.out.Supported = append(k.out.Supported, w) }, job, jobStart)

	join, args := k.of("t.client", k.within()...)
	k.query(func(scan scan) error { return scan(&k.out.Moved) },
		"SELECT COUNT(DISTINCT t.client) FROM tasks t"+join+" WHERE t.status = 'done' AND t.changed_at >= $1 AND t.changed_at < $2", args...)
}

// jobs reads the work that began in the period and in the 16 weeks after it. What was
// recorded as a milestone alone, by setting a stage, is a paid job of which nothing
// more is known.
func (k *counting) jobs() {
	people := map[conversations.ClientID]int{}
	person := func(id conversations.ClientID) int {
		if _, known := people[id]; !known {
			people[id] = len(people)
		}
		return people[id]
	}
	p := k.filter.Period
	join, args := k.of("j.client", millis(p.From), millis(p.Until.AddDate(0, 0, 16*7)), near.Milliseconds())
	k.query(func(scan scan) error {
		var j figures.Job
		var id conversations.ClientID
		var started, ended, left int64
		err := scan(&id, &j.Work, &j.Way, &j.Type, &j.Hours, &started, &ended, &left)
		if ended == 0 && j.Work == figures.Paid {
			ended = left
		}
		j.Person, j.Started, j.Ended = person(id), instant(started), instant(ended)
		k.out.Jobs = append(k.out.Jobs, j)
		return err
	}, `SELECT j.client, j.work, j.way, j.type, j.hours, j.started_at, j.ended_at, COALESCE((
			SELECT MIN(m.at) FROM milestones m WHERE m.client = j.client AND m.milestone = 'job_end' AND m.at >= j.started_at
			AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.client = j.client AND o.ended_at > m.at - $3 AND o.ended_at < m.at + $3)), 0)
		FROM jobs j`+join+" WHERE j.started_at >= $1 AND j.started_at < $2", args...)
	join, args = k.of("m.client", millis(p.From), millis(p.Until.AddDate(0, 0, 16*7)), near.Milliseconds())
	k.query(func(scan scan) error {
		j := figures.Job{Work: figures.Paid, Way: figures.NewJob}
		var id conversations.ClientID
		var started, ended int64
		err := scan(&id, &started, &ended)
		j.Person, j.Started, j.Ended = person(id), instant(started), instant(ended)
		k.out.Jobs = append(k.out.Jobs, j)
		return err
	}, `SELECT m.client, m.at, COALESCE((SELECT MIN(o.at) FROM milestones o WHERE o.client = m.client AND o.milestone = 'job_end' AND o.at >= m.at), 0)
		FROM milestones m`+join+` WHERE m.milestone = 'job_start' AND m.at >= $1 AND m.at < $2 AND NOT EXISTS (
			SELECT 1 FROM jobs j WHERE j.client = m.client AND j.started_at > m.at - $3 AND j.started_at < m.at + $3)`, args...)
}

func (k *counting) texts() {
	join, args := k.of("m.peer", k.within()...)
	k.query(func(scan scan) error { return scan(&k.out.Texts) },
		"SELECT COUNT(*) FROM messages m"+join+" WHERE m.direction = 'in' AND m.at >= $1 AND m.at < $2 AND m.kind IN ('text', 'button')", args...)

	// One text may have raised several flags: it waited until the last was settled.
	join, args = k.of("f.peer", k.within()...)
	bounds := ""
	for i, d := range figures.AnswerBounds {
		args = append(args, d.Milliseconds())
		bounds += fmt.Sprintf(" WHEN settled - raised <= $%d THEN %d", len(args), i)
	}
	k.query(func(scan scan) error {
		var within, n int
		err := scan(&within, &n)
		if within < 0 {
			k.out.Answers.Waiting = n
		} else {
			k.out.Answers.Within[within] = n
		}
		return err
	}, fmt.Sprintf("SELECT CASE WHEN open = 0 THEN -1%s ELSE %d END AS within, COUNT(*) FROM (", bounds, len(figures.AnswerBounds))+
		`SELECT MIN(f.raised_at) AS raised, MAX(f.settled_at) AS settled, MIN(f.settled_at) AS open FROM flags f`+join+
		` WHERE f.raised_at >= $1 AND f.raised_at < $2 AND f.message <> '' AND f.settled_by <> '`+settledByTurn+`' AND f.reason NOT IN (`+notForAnybody+`)
		GROUP BY f.message) AS counted GROUP BY 1`, args...)
}

func (k *counting) meetings() {
	now := min(millis(k.filter.Period.Until), millis(k.out.At))
	for _, which := range []string{"a.attendance <> ''", "a.attendance = '' AND a.status <> 'cancelled'"} {
		join, args := k.of("a.client", millis(k.filter.Period.From), now)
		k.query(func(scan scan) error {
			var m figures.Meeting
			var reminded int
			err := scan(&m.Status, &m.Attendance, &reminded, &m.N)
			m.Reminded = reminded == 1
			k.out.Meetings = append(k.out.Meetings, m)
			return err
		}, `SELECT status, attendance, reminded, COUNT(*) FROM (
				SELECT a.status, a.attendance, CASE WHEN EXISTS (SELECT 1 FROM messages m WHERE m.appointment = a.id AND `+reminding+`
					AND m.delivery IN ('sent', 'delivered', 'read')) THEN 1 ELSE 0 END AS reminded
				FROM appointments a`+join+` WHERE a.at >= $1 AND a.at < $2 AND `+which+`
			) AS counted GROUP BY 1, 2, 3`, args...)
	}
}

func (k *counting) feedback() {
	k.out.HasFeedback = true
	join, args := k.of("f.client", k.within()...)
	k.query(func(scan scan) error {
		var number, n int
		err := scan(&number, &n)
		k.out.Feedback[number] = n
		return err
	}, "SELECT f.number, COUNT(*) FROM feedback f"+join+" WHERE f.at >= $1 AND f.at < $2 GROUP BY 1", args...)
}
