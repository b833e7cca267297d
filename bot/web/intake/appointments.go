package intake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/policy"
	"alongside/store"
)

// over is how long after its start an appointment can still be changed.
const over = 4 * time.Hour

// appointments plans the appointments of a file: new ones are booked, another time
// moves one, and one that is called off is cancelled, each as if the specialist
// had done it. Whatever else differs is said and left.
func (p *plan) appointments(ctx context.Context, t *table) error {
	clients, err := p.whose(ctx, t)
	if err != nil {
		return err
	}
	for _, r := range t.rows {
		before, known := p.known[r.reference()]
		var differs []string
		if known {
			if differs = p.differs(r, before); len(differs) == 0 {
				p.report.Unchanged++
				continue
			}
		} else {
			p.report.New++
		}
		c, ok := clients[r.get(columnClient)]
		if !ok {
			if r.get(columnClient) != "" {
				p.fault(r.number, columnClient, "There is no client of this reference or id here. Import the clients first, or check the reference.")
			}
			p.appointment(r, store.Client{Zone: "Europe/London"})
			continue
		}
		if !c.ClosedAt.IsZero() {
			p.fault(r.number, columnClient, "This client's record is closed. Take the row out, or take them back first.")
			continue
		}
		faults := len(p.report.Faults)
		m := p.appointment(r, c)
		switch {
		case len(p.report.Faults) > faults || m.At.IsZero():
		case known:
			if err := p.changed(ctx, r, c, m, before, differs); err != nil {
				return err
			}
		case p.yes(r, "cancelled"):
			// It was called off before it came here: there is nothing to book.
			p.report.New--
			p.report.Unchanged++
		default:
			if fault := conversations.StartFault(m.At, p.Now()); fault != "" {
				p.fault(r.number, "date", "The appointment "+fault+".")
				continue
			}
			m.ID = conversations.AppointmentID(p.NewID())
			p.events = append(p.events, conversations.Event{Kind: conversations.EventBooked, At: p.Now(), Client: c.ID, Appointment: m})
			p.keep(r, string(m.ID))
		}
	}
	return nil
}

// whose finds the client of each row, by the reference of an earlier import or by
// the id that they have here.
func (p *plan) whose(ctx context.Context, t *table) (map[string]store.Client, error) {
	var names []string
	for _, r := range t.rows {
		if name := r.get(columnClient); name != "" && len(name) <= longestReference {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	imported, err := p.Store.Imported(ctx, store.ImportClients, names)
	if err != nil {
		return nil, err
	}
	ids := make([]conversations.ClientID, len(names))
	for i, name := range names {
		ids[i] = conversations.ClientID(name)
		if known, ok := imported[name]; ok {
			ids[i] = conversations.ClientID(known.Subject)
		}
	}
	found, err := p.Store.ClientsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	clients := map[string]store.Client{}
	for i, name := range names {
		if c, ok := found[ids[i]]; ok {
			clients[name] = c
		}
	}
	return clients, nil
}

// appointment reads what a row says of an appointment, in the client's own zone.
func (p *plan) appointment(r row, c store.Client) conversations.Appointment {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	kind := conversations.AppointmentKind(strings.ReplaceAll(strings.ToLower(r.get("kind")), " ", "_"))
	if kind != "" && !slices.Contains(conversations.AppointmentKinds, kind) {
		p.fault(r.number, "kind", fmt.Sprintf("This is no kind of appointment. They are: %s.", kinds()))
	}
	day := p.day(r, "date", zone)
	minutes := p.clock(r, "time")
	m := conversations.Appointment{
		Kind: kind, Minutes: p.number(r, "minutes", 24*60), Place: r.get("place"), With: r.get("with"), Status: conversations.Booked,
	}
	p.refused(r, p.Store.CheckPlace(m.Place, m.With), nil)
	p.yes(r, "cancelled")
	if !day.IsZero() {
		m.At = policy.At(day, minutes).UTC()
	}
	return m
}

func kinds() string {
	list := make([]string, len(conversations.AppointmentKinds))
	for i, k := range conversations.AppointmentKinds {
		list[i] = strings.ReplaceAll(string(k), "_", " ")
	}
	return strings.Join(list, ", ")
}

// changed is a row of an appointment that was imported before and says something
// else now.
func (p *plan) changed(ctx context.Context, r row, c store.Client, to conversations.Appointment, before store.ImportedRow, differs []string) error {
	change := Change{Row: r.number, Columns: differs}
	stands, err := p.Store.Appointment(ctx, conversations.AppointmentID(before.Subject))
	if err != nil {
		return err
	}
	event := conversations.Event{At: p.Now(), Client: c.ID, Appointment: stands.Appointment}
	event.Appointment.At = stands.At.UTC()
	moved := slices.Contains(differs, "date") || slices.Contains(differs, "time")
	cancelled := slices.Contains(differs, "cancelled") && p.yes(r, "cancelled")
	ended := stands.Status == conversations.Cancelled || stands.At.Before(p.Now().Add(-over))
	switch {
	case stands.Client != c.ID:
		p.fault(r.number, columnClient, "This appointment was imported for another client. Give the row another reference, or put the client right.")
		return nil
	case ended && (moved || cancelled):
		// It is over or called off here: the team's word holds.
	case cancelled:
		event.Kind, change.Taken = conversations.EventCancelled, []string{"cancelled"}
		p.events = append(p.events, event)
	case moved && !stands.At.Equal(to.At):
		if fault := conversations.StartFault(to.At, p.Now()); fault != "" {
			p.fault(r.number, "date", "The appointment "+fault+".")
			return nil
		}
		event.Kind, event.Appointment.At = conversations.EventMoved, to.At
		for _, name := range []string{"date", "time"} {
			if slices.Contains(differs, name) {
				change.Taken = append(change.Taken, name)
			}
		}
		p.events = append(p.events, event)
	}
	p.report.Changed = append(p.report.Changed, change)
	if len(change.Taken) > 0 {
		// What was left stays different, and is said again the next time.
		said, now := maps.Clone(before.Columns), r.said()
		for _, name := range change.Taken {
			said[name] = now[name]
		}
		p.imp.Rows = append(p.imp.Rows, store.ImportedRow{Reference: r.reference(), Subject: before.Subject, Columns: said})
	}
	return nil
}
