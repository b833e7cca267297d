package console

import (
	"context"
	"net/http"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// What is said to one client after a look at it: another time for a meeting that
// did not happen, and once more what did not arrive.

// againRoutes are the pages before the forms that againActs lists.
func (c *Console) againRoutes() map[string]handler {
	return map[string]handler{
		"GET /clients/{client}/messages/{message}/resend":               c.before(c.unreceived, "resend"),
		"GET /clients/{client}/appointments/{appointment}/another-time": c.before(c.missed, "another_time"),
	}
}

func (c *Console) againActs() map[string]act {
	return map[string]act{
		"/messages/{message}/resend":               open(c.says(c.unreceived)),
		"/appointments/{appointment}/another-time": open(c.says(c.missed)),
	}
}

// meant makes the event that a page is about, or says why it cannot be.
type meant func(context.Context, doing) (conversations.Event, error)

// beforePage is what would be said.
type beforePage struct {
	Client store.Client
	// Kind is resend or another_time, Action where the form goes.
	Kind, Action string
	Goes         []goes
	// Not says why something would not go; Waits that it waits its turn.
	Not   []string
	Waits bool
	May   bool
}

// before shows what an event would say, without saying it.
func (c *Console) before(event meant, kind string) handler {
	return func(w http.ResponseWriter, r *http.Request, who signin.Who) error {
		client, err := c.clientOf(r, who)
		if err != nil {
			return err
		}
		ctx := r.Context()
		if err := c.Audit(ctx, who, "client.read", client.ID); err != nil {
			return err
		}
		d := doing{who: who, client: client, zone: zoneOf(client.Zone), now: c.Now(), path: r.PathValue}
		ev, err := event(ctx, d)
		if err == nil && !client.ClosedAt.IsZero() {
			err = wrong("fault.closed")
		}
		if err != nil {
			return c.refused(w, r, who, client, err)
		}
		ev.At, ev.Client, ev.By = d.now, client.ID, by(who)
		t, err := c.Preview(ctx, ev)
		if err != nil {
			return err
		}
		p := beforePage{Client: client, Kind: kind, Action: r.URL.Path, May: who.May(signin.ChangeClients)}
		var out preview
		for _, m := range t.Messages {
			out.add(client, store.Turn{Messages: []store.Message{m}}, "")
		}
		p.Goes = out.Goes
		for _, e := range t.Effects {
			switch e := e.(type) {
			case conversations.Skip:
				p.Not = append(p.Not, e.Reason)
			case conversations.Expect:
				p.Waits = len(p.Goes) == 0
			}
		}
		c.Render(w, r, http.StatusOK, "before", p)
		return nil
	}
}

// says takes the event through its turn, and tells what came of it.
func (c *Console) says(event meant) act {
	return func(ctx context.Context, d doing) (did, error) {
		ev, err := event(ctx, d)
		if err != nil {
			return did{}, err
		}
		before, err := c.Store.Conversation(ctx, d.client.ID, "", 1)
		if err != nil {
			return did{}, err
		}
		if _, err := c.happens(ctx, d, ev, did{}); err != nil {
			return did{}, err
		}
		t, err := c.Store.Conversation(ctx, d.client.ID, "", 20)
		if err != nil {
			return did{}, err
		}
		for _, m := range t.Messages {
			if !m.In && m.Revision == t.Revision && t.Revision > before.Revision {
				if m.Held != "" {
					return did{"replied_later", "thread-end"}, nil
				}
				return did{"replied", "thread-end"}, nil
			}
		}
		if len(t.Queued) > len(before.Queued) {
			return did{"asked", "thread-end"}, nil
		}
		return did{}, wrong("fault.not_said")
	}
}

// signature is the first name for a message that somebody else than the client's
// own specialist has sent.
func (c *Console) signature(ctx context.Context, d doing) (string, error) {
	switch {
	case d.who.Specialist == d.client.Specialist:
		return "", nil
	case d.who.Specialist != "":
		return c.signs(ctx, d.who)
	case d.who.Role == signin.Lead:
		return c.Pathway.Lead.Name, nil
	}
	return c.Pathway.Duty.Name, nil
}

// missed asks for another time after an appointment that did not happen.
func (c *Console) missed(ctx context.Context, d doing) (conversations.Event, error) {
	a, err := c.appointmentOf(ctx, d)
	if err != nil {
		return conversations.Event{}, err
	}
	if !a.Attendance.FellThrough() {
		return conversations.Event{}, wrong("fault.not_missed")
	}
	signed, err := c.signature(ctx, d)
	return conversations.Event{
		Kind: conversations.EventAttendance, Appointment: a.Appointment, Attendance: a.Attendance, AnotherTime: true, Signed: signed,
	}, err
}

// unreceived says a message of ours to the client once more.
func (c *Console) unreceived(ctx context.Context, d doing) (conversations.Event, error) {
	id := conversations.MessageID(d.path("message"))
	ours, err := c.Store.IsToClient(ctx, id, d.client.ID)
	if err == nil && !ours {
		err = store.ErrNotFound
	}
	if err != nil {
		return conversations.Event{}, err
	}
	signed, err := c.signature(ctx, d)
	return conversations.Event{Kind: conversations.EventResend, Message: id, Signed: signed}, err
}
