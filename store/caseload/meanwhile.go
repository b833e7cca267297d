package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// Meanwhile is what happened with one client within a time: ids, and no words.
type Meanwhile struct {
	Client conversations.ClientID
	// Texts are those that came from them; Flags what was put before a person, of
	// which Open still stand; Appointments those that were booked, moved, answered
	// or called off, or of which it was said whether they happened.
	Texts        []conversations.MessageID
	Flags        []string
	Open         int
	Appointments []conversations.AppointmentID
	Alerts       []conversations.AlertID
}

// mostMeanwhile bounds each list over all clients: a caseload writes about a
// hundred texts a week.
const mostMeanwhile = 5000

// Meanwhile reads what happened with the clients of a specialist from one moment
// until before another, in the order in which the clients were added. Clients
// with whom nothing happened are left out, and so are flags that only the lead
// sees unless lead says otherwise, with the texts that they are about.
func (c *Caseload) Meanwhile(ctx context.Context, specialist conversations.SpecialistID, from, until time.Time, lead bool) (list []Meanwhile, err error) {
	at := map[conversations.ClientID]int{}
	of := func(peer string) *Meanwhile {
		client := clientOf(peer)
		i, ok := at[client]
		if !ok {
			i = len(list)
			at[client] = i
			list = append(list, Meanwhile{Client: client})
		}
		return &list[i]
	}
	notForLead, notTheirs := "", ""
	if !lead {
		notForLead = " AND t.detail <> '" + forLead + "'"
		notTheirs = ` AND NOT EXISTS (SELECT 1 FROM flags f WHERE f.peer = t.peer AND f.message = t.id AND f.detail = '` + forLead + `' AND f.settled_by <> '` + settledByTurn + `')`
	}
	const within = " JOIN clients c ON c.id = t.%[1]s WHERE c.specialist = $1 AND t.%[2]s >= $2 AND t.%[2]s < $3"
	args := []any{clean(string(specialist)), millis(from), millis(until), mostMeanwhile}
	var b batch
	read := func(columns, table, who, when, where string, each func(scan) error) {
		b.query(each, "SELECT "+columns+" FROM "+table+" t"+fmt.Sprintf(within, who, when)+where+
			fmt.Sprintf(" ORDER BY c.id, t.%s, t.id LIMIT $4", when), args...)
	}
	var peer, id string
	read("t.peer, t.id", "messages", "peer", "at", " AND t.direction = 'in'"+notTheirs, func(scan scan) error {
		err := scan(&peer, &id)
		m := of(peer)
		m.Texts = append(m.Texts, conversations.MessageID(id))
		return err
	})
	read("t.peer, t.id, t.settled_at", "flags", "peer", "raised_at", notForLead, func(scan scan) error {
		var settled int64
		err := scan(&peer, &id, &settled)
		m := of(peer)
		m.Flags = append(m.Flags, id)
		if settled == 0 {
			m.Open++
		}
		return err
	})
	read("t.client, t.id", "appointments", "client", "changed_at", "", func(scan scan) error {
		err := scan(&peer, &id)
		m := of(peer)
		m.Appointments = append(m.Appointments, conversations.AppointmentID(id))
		return err
	})
	read("t.peer, t.id", "alerts", "peer", "raised_at", "", func(scan scan) error {
		err := scan(&peer, &id)
		m := of(peer)
		m.Alerts = append(m.Alerts, conversations.AlertID(id))
		return err
	})
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("read what happened with the clients of specialist %s: %w", specialist, err)
	}
	return list, nil
}
