package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Named is something on a list that a person of the team works through, with
// whose it is.
type Named struct {
	// Client is empty for an unknown sender, and so are the rest.
	Client     conversations.ClientID
	FullName   string
	Specialist conversations.SpecialistID
}

// NamedAlert is an open alert on such a list.
type NamedAlert struct {
	Alert
	Named Named
}

// NamedFlag is an open flag on such a list. Meeting is the appointment that it is
// about as it stands now, without its place; its ID is empty where it is about
// none.
type NamedFlag struct {
	Flag
	Named   Named
	Meeting conversations.Appointment
}

// NamedAppointment is an appointment on such a list, without its place.
type NamedAppointment struct {
	Appointment
	Named Named
}

// Today is what waits for the people of some caseloads: never a person's words.
type Today struct {
	// Alerts and Flags are those that nobody has closed, the longest waiting first.
	Alerts []NamedAlert
	Flags  []NamedFlag
	// Appointments begin within the span asked for, are not called off, and nobody
	// has said yet whether they happened; the earliest first.
	Appointments []NamedAppointment
}

// TodayFilter says whose lists are wanted.
type TodayFilter struct {
	// Specialists are those whose clients it is about; Everybody is about all
	// clients and about unknown senders.
	Specialists []conversations.SpecialistID
	Everybody   bool
	// NotForLead leaves out the flags that only the lead sees.
	NotForLead bool
	// From and To bound the appointments.
	From, To time.Time
}

// mostToday bounds each list of [Today]: who has more waiting than this needs
// more people, not a longer page.
const mostToday = 200

// Today reads what waits for the people of some caseloads, in one round trip
// however many clients there are.
func (c *Caseload) Today(ctx context.Context, filter TodayFilter) (t Today, err error) {
	// The clients first: one specialist's are few, all flags may be many.
	of := func(args ...any) (string, []any) {
		if filter.Everybody {
			return "", args
		}
		list, args := in(args, cleaned(filter.Specialists))
		return " AND c.specialist IN (" + list + ")", args
	}
	join := " JOIN "
	if filter.Everybody {
		join = " LEFT JOIN " // Unknown senders are on no caseload.
	}
	const named = ", COALESCE(c.id, ''), COALESCE(c.full_name, ''), COALESCE(c.specialist, '') "
	var b batch
	whose, args := of(mostToday)
	b.query(func(scan scan) (err error) {
		var a NamedAlert
		a.Alert, err = c.alert(a.Named.behind(scan))
		t.Alerts = append(t.Alerts, a)
		return err
	}, "SELECT "+alertColumns+named+"FROM alerts a"+join+"clients c ON c.id = a.peer WHERE a.closed_at = 0"+whose+
		" ORDER BY a.raised_at, a.id LIMIT $1", args...)

	whose, args = of(mostToday)
	if filter.NotForLead {
		whose += " AND f.detail <> '" + forLead + "'"
	}
	b.query(func(scan scan) (err error) {
		var f NamedFlag
		var at, proposed int64
		meeting := func(into ...any) error {
			return scan(append(into, &f.Meeting.ID, &f.Meeting.Status, &at, &proposed)...)
		}
		f.Flag, err = c.flag(f.Named.behind(meeting))
		f.Meeting.At, f.Meeting.Proposed = instant(at), instant(proposed)
		t.Flags = append(t.Flags, f)
		return err
	}, "SELECT "+flagColumns+named+`, COALESCE(p.id, ''), COALESCE(p.status, ''), COALESCE(p.at, 0), COALESCE(p.proposed_at, 0)
		FROM flags f`+join+"clients c ON c.id = f.peer LEFT JOIN appointments p ON p.id = f.appointment AND f.appointment <> ''"+
		" WHERE f.settled_at = 0"+whose+" ORDER BY f.raised_at, f.id LIMIT $1", args...)

	whose, args = of(mostToday, millis(filter.From), millis(filter.To))
	b.query(func(scan scan) (err error) {
		var a NamedAppointment
		a.Appointment, err = c.appointment(a.Named.behind(scan))
		t.Appointments = append(t.Appointments, a)
		return err
	}, "SELECT "+appointmentColumns+named+"FROM appointments a JOIN clients c ON c.id = a.client WHERE a.at >= $2 AND a.at < $3"+
		" AND a.attendance = '' AND a.status <> 'cancelled'"+whose+" ORDER BY a.at, a.id LIMIT $1", args...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return Today{}, fmt.Errorf("read what waits today: %w", err)
	}
	return t, nil
}

// behind scans the name behind the columns of something else.
func (n *Named) behind(scan scan) scan {
	return func(into ...any) error { return scan(append(into, &n.Client, &n.FullName, &n.Specialist)...) }
}

// ClientRow is a client as the caseload lists them.
type ClientRow struct {
	Client
	// Heard is when they last wrote or pressed a button; zero if never.
	Heard time.Time
	// Next is the appointment that comes next, without its place; its ID is empty
	// if there is none.
	Next Appointment
	// Asked is what they were asked and have not answered; empty if nothing, or if
	// no key opens what stands.
	Asked conversations.QuestionKind
	// Waiting counts the flags that stand, Since is the longest waiting of them;
	// Alerts counts the open alerts.
	Waiting, Alerts int
	Since           time.Time
	// Reachable says that they agreed to texts on a channel that takes them.
	Reachable bool
}

// Rows reads the open clients of some specialists as the caseload lists them, in
// the order of their names. Flags for the lead count only where notForLead is
// false. None for no specialists.
func (c *Caseload) Rows(ctx context.Context, of []conversations.SpecialistID, notForLead bool) (rows []ClientRow, err error) {
	whose, args := in(nil, cleaned(of))
	whose = "c.specialist IN (" + whose + ") AND c.closed_at = 0"
	timed := append(args[:len(args):len(args)], millis(c.now()))
	at := map[conversations.ClientID]int{}
	row := func(id conversations.ClientID) *ClientRow {
		if i, ok := at[id]; ok {
			return &rows[i]
		}
		return &ClientRow{} // They came since the list was read.
	}
	var b batch
	b.query(func(scan scan) error {
		client, err := scanClient(scan)
		at[client.ID] = len(rows)
		rows = append(rows, ClientRow{Client: client})
		return err
	}, "SELECT "+clientColumns+" FROM clients c WHERE "+whose+" ORDER BY full_name, id", args...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var heard int64
		err := scan(&id, &heard)
		row(id).Heard = instant(heard)
		return err
	}, `SELECT c.id, COALESCE((SELECT m.at FROM messages m WHERE m.peer = c.id AND m.direction = 'in' ORDER BY m.seq DESC LIMIT 1), 0)
		FROM clients c WHERE `+whose, args...)
	b.query(func(scan scan) error {
		a, err := c.appointment(scan)
		if r := row(a.Client); r.Next.ID == "" {
			r.Next = a
		}
		return err
	}, "SELECT "+appointmentColumns+" FROM clients c JOIN appointments a ON a.client = c.id WHERE "+whose+
		fmt.Sprintf(" AND a.at >= $%d AND a.status <> 'cancelled' ORDER BY a.at, a.id", len(timed)), timed...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var snapshot []byte
		if err := scan(&id, &snapshot); err != nil || len(snapshot) == 0 {
			return err
		}
		// A state that no key opens must not hide the client.
		if state, err := c.openState(string(id), snapshot); err == nil && state.Open != nil {
			row(id).Asked = state.Open.Kind
		}
		return nil
	}, "SELECT c.id, v.snapshot FROM clients c JOIN conversations v ON v.peer = c.id WHERE "+whose, args...)
	lead := ""
	if notForLead {
		lead = " AND f.detail <> '" + forLead + "'"
	}
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var count int
		var since int64
		err := scan(&id, &count, &since)
		r := row(id)
		r.Waiting, r.Since = count, instant(since)
		return err
	}, "SELECT c.id, COUNT(*), MIN(f.raised_at) FROM clients c JOIN flags f ON f.peer = c.id AND f.settled_at = 0"+lead+
		" WHERE "+whose+" GROUP BY c.id", args...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		var count int
		err := scan(&id, &count)
		row(id).Alerts = count
		return err
	}, "SELECT c.id, COUNT(*) FROM clients c JOIN alerts a ON a.peer = c.id AND a.closed_at = 0 WHERE "+whose+" GROUP BY c.id", args...)
	b.query(func(scan scan) error {
		var id conversations.ClientID
		err := scan(&id)
		row(id).Reachable = true
		return err
	}, `SELECT DISTINCT c.id FROM clients c JOIN client_addresses r ON r.client = c.id
		WHERE r.active AND r.agreement = 'given' AND NOT r.blocked AND `+whose, args...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("list a caseload: %w", err)
	}
	return rows, nil
}
