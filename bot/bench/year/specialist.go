package year

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// specialist is somebody of the team, with up to twenty clients.
type specialist struct {
	id   conversations.SpecialistID
	life *life
}

const (
	caseloadOf = 20
	// arrivesWithin is over how many days clients come to the service.
	arrivesWithin = 42
)

// settle puts the team and the leads on the caseload, and lets the clients come
// one after the other.
func (l *life) settle(ctx context.Context) error {
	for _, j := range jobs {
		id, err := l.Store.AddLead(ctx, j)
		if err != nil {
			return err
		}
		l.leads = append(l.leads, id)
	}
	for n := 1; n <= l.Clients; n++ {
		if (n-1)%caseloadOf == 0 {
			id, err := l.Store.AddSpecialist(ctx, store.NewSpecialist{Name: names[len(l.sams)%len(names)]})
			if err != nil {
				return err
			}
			s := &specialist{id: id, life: l}
			l.sams = append(l.sams, s)
			l.agenda.add(act{at: l.Clock.Now().AddDate(0, 2, 0), name: "a nudge", do: s.nudges})
		}
		c := l.newClient(n, l.sams[len(l.sams)-1])
		l.clients = append(l.clients, c)
		at := l.Clock.Now().AddDate(0, 0, int(c.draw()*arrivesWithin)).In(c.zone)
		l.agenda.add(act{at: office(c, at), who: n, name: "a client comes to the service", do: c.comes})
	}
	l.agenda.add(act{at: l.Clock.Now().Add(9 * time.Hour), name: "the duty person", do: l.onDuty})
	return nil
}

// onDuty is the duty person looking at the alerts, four times a day: they
// take them on, write down what came of them, and end the hold.
func (l *life) onDuty(ctx context.Context) error {
	now := l.Clock.Now()
	l.agenda.add(act{at: now.Add(6 * time.Hour), name: "the duty person", do: l.onDuty})
	open, _, err := l.Store.Alerts(ctx, store.AlertFilter{})
	if err != nil {
		return err
	}
	for _, a := range open {
		by := l.sams[0].id
		if a.AcknowledgedAt.IsZero() {
			if _, err := l.Store.AcknowledgeAlert(ctx, a.ID, by, now); err != nil {
				return err
			}
			continue
		}
		if _, err := l.Store.CloseAlert(ctx, a.ID, "rang them; they are safe", by, now); err != nil {
			return err
		}
		if a.Client == "" {
			continue
		}
		if err := l.Event(ctx, conversations.Event{Kind: conversations.EventReleased, Client: a.Client, By: by}); err != nil {
			return err
		}
	}
	return nil
}

// names are what clients call the specialists.
var names = []string{"Sam", "Priya", "Megan", "Tom", "Aisha", "Rhys", "Dee", "Lena", "Owen", "Kit"}

// jobs are leads of every kind.
var jobs = []store.NewLead{
	{Title: "PC repair assistant", Area: "Beeston", Hours: 12, Pay: "£12.60 an hour", More: "A workshop behind the shop, from 11."},
	{Title: "Library shelver", Area: "Sneinton", Hours: 10, More: "Before it opens. No weekends."},
	{Title: "Greenhouse hand", Area: "Wollaton", Hours: 15},
	{Title: "Kitchen porter", Area: "City", Hours: 20},
	{Title: "Archive clerk", Hours: 16},
	{Title: "Dog walker", Area: "Arnold", Hours: 8},
	{Title: "Cleaner, mornings", Area: "City", Hours: 14},
	{Title: "Warehouse, nights", Area: "Bulwell", Hours: 30},
	{Title: "Data entry", Hours: 12, Pay: "£12.21 an hour"},
	{Title: "Shop assistant", Area: "Carlton", Hours: 18},
}

// office is a moment of an office day at or after t.
func office(c *client, t time.Time) time.Time {
	t = t.In(c.zone)
	minute := 9*60 + 30 + int(c.draw()*7*60)
	for day := 0; ; day++ {
		at := time.Date(t.Year(), t.Month(), t.Day()+day, minute/60, minute%60, 0, 0, c.zone)
		if at.After(t) && at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && !c.life.Pathway.Holidays[at.Format(time.DateOnly)] {
			return at
		}
	}
}

// comes puts a client on the caseload, and lets the year of both begin.
func (c *client) comes(ctx context.Context) error {
	l := c.life
	id, err := l.Store.AddClient(ctx, store.NewClient{
		Specialist: c.sam.id, FullName: fmt.Sprintf("Client %d", c.n), Name: "Client", Named: c.draw() < 0.5, Language: c.speaks, Zone: c.zone.String(),
		Mobile: c.number, Wakes: c.wakes, Detail: c.draw() < 0.3,
	})
	if err != nil {
		return err
	}
	c.id = id
	agreed := conversations.AgreementGiven
	if c.draw() < 0.2 {
		agreed = conversations.AgreementAsked
	}
	err = c.event(ctx, conversations.Event{Kind: conversations.EventAgreement, Channel: conversations.SMS, Agreement: agreed, How: "in person"})
	if err != nil {
		return err
	}
	if err := c.stage(ctx, conversations.StageAccepted); err != nil {
		return err
	}
	now := l.Clock.Now()
	weeks := func(least, more int) time.Time {
		return office(c, now.AddDate(0, 0, 7*least+int(c.draw()*float64(7*more))))
	}
	c.later(weeks(2, 2), "a stage", func(ctx context.Context) error { return c.stage(ctx, conversations.StageActive) })
	c.later(weeks(3, 2), "a risk assessment", func(ctx context.Context) error {
		return c.event(ctx, conversations.Event{Kind: conversations.EventStage, Milestone: conversations.MilestoneRiskAssessed, At: l.Clock.Now()})
	})
	if c.draw() < 0.5 {
		c.later(weeks(10, 12), "a job", func(ctx context.Context) error { return c.stage(ctx, conversations.StageInWork) })
		if c.draw() < 0.3 {
			c.later(weeks(24, 6), "a job ends", func(ctx context.Context) error { return c.stage(ctx, conversations.StageBetweenJobs) })
		}
	}
	c.later(weeks(39, 2), "somebody leaves", func(ctx context.Context) error { return c.stage(ctx, conversations.StageExited) })
	if c.draw() < 0.7 {
		c.later(weeks(2, 1), "a check-in is chosen", c.chooses)
	}
	c.later(weeks(2, 1), "a lead", c.offered)
	c.lives()
	// The first meeting is within ten working days.
	return c.meets(ctx, conversations.First, now.AddDate(0, 0, 4+int(c.draw()*6)))
}

// event is something that the team does.
func (c *client) event(ctx context.Context, ev conversations.Event) error {
	ev.Client, ev.By = c.id, c.sam.id
	return c.life.Event(ctx, ev)
}

// later has the team do something; what has become groundless by then is left.
func (c *client) later(at time.Time, name string, do func(context.Context) error) {
	c.life.agenda.add(act{at: at, who: c.n, name: name, do: func(ctx context.Context) error {
		if err := do(ctx); err != nil && !notNow(err) {
			return err
		}
		return nil
	}})
}

func (c *client) stage(ctx context.Context, s conversations.Stage) error {
	return c.event(ctx, conversations.Event{Kind: conversations.EventStage, Stage: s})
}

// gone says whether they have left the service.
func (c *client) gone(ctx context.Context) (bool, error) {
	who, err := c.life.Store.Client(ctx, c.id)
	return !who.ClosedAt.IsZero(), err
}

// meets books a meeting. Until then it may be moved or called off, the client's
// wish is looked at every day, and afterwards somebody says whether it happened,
// and books the next.
func (c *client) meets(ctx context.Context, kind conversations.AppointmentKind, after time.Time) error {
	l := c.life
	at := office(c, after)
	at = at.Truncate(30 * time.Minute)
	if !at.After(l.Clock.Now().Add(2 * time.Hour)) {
		at = at.AddDate(0, 0, 7)
	}
	l.audit.mu.Lock()
	l.audit.ids++
	id := conversations.AppointmentID(fmt.Sprintf("meeting-%06d", l.audit.ids))
	l.audit.mu.Unlock()
	err := c.event(ctx, conversations.Event{Kind: conversations.EventBooked, Appointment: conversations.Appointment{
		ID: id, Kind: kind, At: at.UTC(), Minutes: 45, Place: "Cafe Nero",
	}})
	if err != nil {
		return err
	}
	c.later(office(c, l.Clock.Now().Add(20*time.Hour)), "a look at a meeting", func(ctx context.Context) error { return c.looks(ctx, id) })
	return nil
}

// looks is the specialist looking at a meeting, every day until it is over.
func (c *client) looks(ctx context.Context, id conversations.AppointmentID) error {
	l, now := c.life, c.life.Clock.Now()
	if gone, err := c.gone(ctx); err != nil || gone {
		return err
	}
	a, err := l.Store.Appointment(ctx, id)
	if err != nil {
		return err
	}
	again := func() {
		c.later(office(c, now.Add(20*time.Hour)), "a look at a meeting", func(ctx context.Context) error { return c.looks(ctx, id) })
	}
	move := func(to time.Time) error {
		again()
		if !to.After(now) {
			return nil
		}
		moved := a.Appointment
		moved.At = to.UTC()
		return c.event(ctx, conversations.Event{Kind: conversations.EventMoved, Appointment: moved})
	}
	week := func() time.Time { return office(c, now.AddDate(0, 0, 3+int(c.draw()*5))).Truncate(30 * time.Minute) }
	switch {
	case a.Status == conversations.Cancelled:
		return c.meets(ctx, a.Kind, now.AddDate(0, 0, 5))
	case !a.At.After(now):
		return c.happened(ctx, a)
	case a.Status == conversations.ChangeAsked && c.draw() < 0.8:
		return move(cmp.Or(a.Proposed, week()))
	case a.Status == conversations.Cannot:
		return move(week())
	case c.draw() < 0.04:
		return move(week())
	case c.draw() < 0.02:
		again()
		return c.event(ctx, conversations.Event{Kind: conversations.EventCancelled, Appointment: a.Appointment})
	}
	again()
	return nil
}

// happened writes down whether a meeting happened, and books the next one.
func (c *client) happened(ctx context.Context, a store.Appointment) error {
	ev := conversations.Event{Kind: conversations.EventAttendance, Appointment: a.Appointment}
	switch d := c.draw(); {
	case d < 0.75:
		ev.Attendance, ev.Mechanism = conversations.Attended, conversations.FaceToFace
	case d < 0.9:
		ev.Attendance = conversations.Missed
	default:
		ev.Attendance = conversations.Excused
	}
	if err := c.event(ctx, ev); err != nil {
		return err
	}
	kind := conversations.Regular
	if a.Kind == conversations.First && ev.Attendance != conversations.Attended {
		kind = conversations.First
	}
	return c.meets(ctx, kind, c.life.Clock.Now().AddDate(0, 0, 6+int(c.draw()*3)))
}

// offered is a lead offered, about once in ten days.
func (c *client) offered(ctx context.Context) error {
	l := c.life
	if gone, err := c.gone(ctx); err != nil || gone {
		return err
	}
	c.later(office(c, l.Clock.Now().AddDate(0, 0, 5+int(c.draw()*8))), "a lead", c.offered)
	lead, err := l.Store.Lead(ctx, pick(c, l.leads))
	if err != nil {
		return err
	}
	l.audit.mu.Lock()
	l.audit.ids++
	id := conversations.OfferID(fmt.Sprintf("offer-%06d", l.audit.ids))
	l.audit.mu.Unlock()
	return c.event(ctx, conversations.Event{Kind: conversations.EventOffered, Offer: conversations.Offer{
		ID: id, Lead: lead.Lead, Status: conversations.OfferOpen, At: l.Clock.Now(),
	}})
}

// chooses is the client choosing to be asked how the week was, on a day and at an
// hour of theirs: a few of them every day.
func (c *client) chooses(ctx context.Context) error {
	rule, days := "FREQ=WEEKLY;BYDAY="+pick(c, []string{"MO", "TU", "WE", "TH", "FR", "SU"}), 1
	if c.draw() < 0.1 {
		rule, days = "FREQ=DAILY", 7
	}
	c.mu.Lock()
	c.days = days
	c.mu.Unlock()
	series, err := c.life.Store.Chosen(store.NewCheckIn{
		Client: c.id, Kind: conversations.CheckInWeek, Rhythm: conversations.Rhythm{Rule: rule, Clock: pick(c, []int{0, 9 * 60, 14 * 60, 20 * 60})},
	})
	if err != nil {
		return err
	}
	return c.event(ctx, conversations.Event{Kind: conversations.EventSettings, Series: series})
}

// nudges is a specialist writing to all of their clients at once, every month.
func (s *specialist) nudges(ctx context.Context) error {
	l, now := s.life, s.life.Clock.Now()
	l.agenda.add(act{at: now.AddDate(0, 1, 0), name: "a nudge", do: s.nudges})
	var to []conversations.ClientID
	for _, c := range l.clients {
		if c.sam == s && c.id != "" {
			to = append(to, c.id)
		}
	}
	if len(to) == 0 {
		return nil
	}
	_, err := l.Store.AddNudge(ctx, store.NewNudge{
		Nudge: conversations.Nudge{Template: conversations.NudgeTemplates[0], Bulk: true}, By: s.id, Clients: to, At: now,
	})
	return err
}
