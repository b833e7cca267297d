package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Appointment is an appointment as the team sees it. At and Proposed are in the
// client's zone.
type Appointment struct {
	conversations.Appointment
	Client conversations.ClientID
	// Unreadable says that no key opens its place, or who else will be there.
	Unreadable bool
	// Attendance is whether it happened, Mechanism how, AttendanceSaidAt when somebody said so.
	Attendance           conversations.Attendance
	Mechanism            conversations.Mechanism
	AttendanceSaidAt     time.Time
	CreatedAt, ChangedAt time.Time
}

// mostAppointments bounds the list of one client: weekly meetings for four
// years.
const mostAppointments = 200

const appointmentColumns = `
	a.id, a.client, a.kind, a.at, a.minutes, a.place, a.status, a.proposed_at, a.created_at, a.changed_at, a.with_whom, a.attendance, a.mechanism,
	a.attendance_at, c.zone`

func (c *Caseload) appointment(scan scan) (a Appointment, err error) {
	var at, proposed, created, changed, said int64
	var place, with []byte
	var zone string
	if err := scan(&a.ID, &a.Client, &a.Kind, &at, &a.Minutes, &place, &a.Status, &proposed, &created, &changed, &with,
		&a.Attendance, &a.Mechanism, &said, &zone); err != nil {
		return a, err
	}
	place, err = c.opened(sealPlace, string(a.ID), place)
	a.Unreadable = err != nil
	with, err = c.opened(sealWith, string(a.ID), with)
	a.Unreadable = a.Unreadable || err != nil
	local, err := location(zone)
	if err != nil {
		return a, fmt.Errorf("client %s: %w", a.Client, err)
	}
	a.Place, a.With = string(place), string(with)
	a.At = instant(at).In(local)
	if proposed != 0 {
		a.Proposed = instant(proposed).In(local)
	}
	a.CreatedAt, a.ChangedAt, a.AttendanceSaidAt = instant(created), instant(changed), instant(said)
	return a, nil
}

// Appointment returns one appointment, or [ErrNotFound].
func (c *Caseload) Appointment(ctx context.Context, id conversations.AppointmentID) (a Appointment, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		a, err = c.appointment(scan)
		return err
	}, "SELECT "+appointmentColumns+" FROM appointments a JOIN clients c ON c.id = a.client WHERE a.id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Appointment{}, fmt.Errorf("read appointment %s: %w", id, err)
	}
	return a, nil
}

// Appointments returns the appointments of a client, cancelled ones included,
// in order of time; of very many the latest 200. None for a client who is not
// on the caseload.
func (c *Caseload) Appointments(ctx context.Context, client conversations.ClientID) (list []Appointment, err error) {
	var b batch
	c.queueAppointments(&b, &list, string(client))
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("list the appointments of client %s: %w", client, err)
	}
	return list, nil
}

func (c *Caseload) queueAppointments(b *batch, into *[]Appointment, client string) {
	b.query(func(scan scan) error {
		a, err := c.appointment(scan)
		*into = append(*into, a)
		return err
	}, `
		SELECT * FROM (
			SELECT `+appointmentColumns+` FROM appointments a JOIN clients c ON c.id = a.client
			WHERE a.client = $1 ORDER BY a.at DESC, a.id DESC LIMIT $2
		) AS latest ORDER BY at, id`, clean(client), mostAppointments)
}
