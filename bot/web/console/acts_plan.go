package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// appointmentOf reads the appointment of a form: one of this client, which can
// still be changed.
func (c *Console) appointmentOf(ctx context.Context, d doing) (store.Appointment, error) {
	a, err := c.Store.Appointment(ctx, conversations.AppointmentID(d.path("appointment")))
	switch {
	case err != nil:
		return a, err
	case a.Client != d.client.ID:
		return a, store.ErrNotFound
	case a.Status == conversations.Cancelled:
		return a, wrong("fault.cancelled")
	}
	return a, nil
}

// changeable is [Console.appointmentOf] for one that is not over.
func (c *Console) changeable(ctx context.Context, d doing) (store.Appointment, error) {
	a, err := c.appointmentOf(ctx, d)
	if err == nil && a.At.Before(d.now.Add(-over)) {
		err = wrong("fault.over")
	}
	return a, err
}

func (c *Console) book(ctx context.Context, d doing) (did, error) {
	at, err := d.at()
	if err != nil {
		return did{}, err
	}
	kind := conversations.AppointmentKind(d.form.Get("kind"))
	minutes, _ := strconv.Atoi(d.form.Get("minutes"))
	place, with := strings.TrimSpace(d.form.Get("place")), strings.TrimSpace(d.form.Get("with"))
	if !slices.Contains(conversations.AppointmentKinds, kind) || minutes < 0 || minutes > 24*60 || len(place) > 200 || len(with) > 200 {
		return did{}, wrong("fault.form")
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventBooked, Appointment: conversations.Appointment{
		ID: conversations.AppointmentID(c.NewID()), Kind: kind, At: at, Minutes: minutes, Place: place, With: with, Status: conversations.Booked,
	}}, did{"booked", "appointments"})
}

// agree moves an appointment to the time that the client asked for.
func (c *Console) agree(ctx context.Context, d doing) (did, error) {
	a, err := c.changeable(ctx, d)
	switch {
	case err != nil:
		return did{}, err
	case a.Proposed.IsZero(), d.form.Get("proposed") != itoa64(a.Proposed):
		return did{}, wrong("fault.conflict") // What was agreed to is not what stands now.
	case !a.Proposed.After(d.now):
		return did{}, wrong("fault.past")
	}
	return c.moved(ctx, d, a, a.Proposed.UTC())
}

func (c *Console) move(ctx context.Context, d doing) (did, error) {
	a, err := c.changeable(ctx, d)
	if err != nil {
		return did{}, err
	}
	to, err := d.at()
	if err != nil {
		return did{}, err
	}
	return c.moved(ctx, d, a, to)
}

func (c *Console) moved(ctx context.Context, d doing, a store.Appointment, to time.Time) (did, error) {
	if a.At.Equal(to) {
		return did{"moved", "appointments"}, nil
	}
	moved := a.Appointment
	moved.At = to
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventMoved, Appointment: moved}, did{"moved", "appointments"})
}

func (c *Console) cancel(ctx context.Context, d doing) (did, error) {
	a, err := c.changeable(ctx, d)
	if err != nil {
		return did{}, err
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventCancelled, Appointment: a.Appointment}, did{"cancelled", "appointments"})
}

// attended says whether an appointment happened: how it was held, missed or
// excused.
func (c *Console) attended(ctx context.Context, d doing) (did, error) {
	a, err := c.appointmentOf(ctx, d)
	if err != nil {
		return did{}, err
	}
	if a.At.After(d.now) {
		return did{}, wrong("fault.not_yet")
	}
	ev := conversations.Event{Kind: conversations.EventAttendance, Appointment: a.Appointment, Attendance: conversations.Attended}
	switch said := d.form.Get("attended"); {
	case slices.Contains(conversations.Mechanisms, conversations.Mechanism(said)):
		ev.Mechanism = conversations.Mechanism(said)
	case said == string(conversations.Missed), said == string(conversations.Excused):
		ev.Attendance = conversations.Attendance(said)
	default:
		return did{}, wrong("fault.form")
	}
	return c.happens(ctx, d, ev, did{"attendance", "appointments"})
}

// remind lets the reminder of an appointment go in spite of a hold.
func (c *Console) remind(ctx context.Context, d doing) (did, error) {
	a, err := c.changeable(ctx, d)
	if err != nil {
		return did{}, err
	}
	return c.happens(ctx, d, conversations.Event{
		Kind: conversations.EventReminderAllowed, Appointment: conversations.Appointment{ID: a.ID, At: a.At},
	}, did{"reminded", "waiting"})
}

// correct puts right what was understood of a text.
func (c *Console) correct(ctx context.Context, d doing) (did, error) {
	id := conversations.MessageID(d.path("message"))
	read, err := c.Store.ReadingOf(ctx, id)
	if err != nil {
		return did{}, err
	}
	if read.Client != d.client.ID || read.Kind != conversations.EventText {
		return did{}, store.ErrNotFound
	}
	m := conversations.Meaning{Intent: understand.Intent(d.form.Get("intent"))}
	if m.Intent == understand.Choose || !slices.Contains(understand.Intents, m.Intent) {
		return did{}, wrong("fault.intent")
	}
	switch m.Intent {
	case understand.Change, understand.CallMe:
		m.Date, m.Clock = d.form.Get("date"), d.form.Get("clock")
		if m.Date == "" && m.Clock == "" {
			break
		}
		end := m.Clock
		if end == "" {
			end = "23:59" // A day is over when it ends.
		}
		at, err := time.ParseInLocation(time.DateOnly+" 15:04", m.Date+" "+end, d.zone)
		switch {
		case err != nil:
			return did{}, wrong("fault.moment")
		case !at.After(d.now):
			return did{}, wrong("fault.past")
		}
	case understand.Rating:
		if m.Number, err = strconv.Atoi(d.form.Get("number")); err != nil || m.Number < 1 || m.Number > 5 {
			return did{}, wrong("fault.number")
		}
	case understand.Language:
		if m.Language = d.form.Get("language"); !slices.Contains(c.Pathway.Languages, m.Language) {
			return did{}, wrong("fault.language")
		}
	case understand.Crisis:
		m.Danger = understand.Danger(d.form.Get("danger"))
	default: // The others are said without a value.
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventCorrected, Message: id, Meaning: m}, did{"corrected", "m-" + string(id)})
}

func (c *Console) addTask(ctx context.Context, d doing) (did, error) {
	n := store.NewTask{Client: d.client.ID, What: d.form.Get("what")}
	if day := d.form.Get("due"); day != "" {
		due, err := time.ParseInLocation(time.DateOnly, day, d.zone)
		if err != nil {
			return did{}, wrong("fault.moment")
		}
		who := conversations.Client{Zone: d.zone, Wakes: d.client.Wakes, Rests: d.client.Rests, RestDays: d.client.RestDays}
		n.Due, n.Ask = due, conversations.TaskAsk(c.Pathway, who, due, d.now.In(d.zone))
	}
	_, err := c.Store.AddTask(ctx, n)
	return did{"task", "plan"}, err
}

// taskOf reads one task of the client.
func (c *Console) taskOf(ctx context.Context, d doing) (store.Task, error) {
	tasks, err := c.Store.Tasks(ctx, d.client.ID)
	if err != nil {
		return store.Task{}, err
	}
	i := slices.IndexFunc(tasks, func(t store.Task) bool { return string(t.ID) == d.path("task") })
	if i < 0 {
		return store.Task{}, store.ErrNotFound
	}
	return tasks[i], nil
}

func (c *Console) setTask(ctx context.Context, d doing) (did, error) {
	t, err := c.taskOf(ctx, d)
	if err != nil {
		return did{}, err
	}
	change := store.TaskChange{Status: conversations.TaskStatus(d.form.Get("status")), Ask: &t.Ask}
	if change.Status == "" {
		return did{}, wrong("fault.form")
	}
	if change.Status == conversations.TaskDone || change.Status == conversations.TaskDropped {
		change.Ask = new(time.Time) // There is nothing to ask any more.
	}
	_, err = c.Store.SetTask(ctx, d.client.ID, t.ID, change)
	return did{"task", "plan"}, err
}

func (c *Console) askTask(ctx context.Context, d doing) (did, error) {
	t, err := c.taskOf(ctx, d)
	if err != nil {
		return did{}, err
	}
	if t.Status == conversations.TaskDone || t.Status == conversations.TaskDropped {
		return did{}, wrong("fault.task_over")
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventTask, Task: t.ID}, did{"asked", "thread-end"})
}

func (c *Console) askCheckIn(ctx context.Context, d doing) (did, error) {
	series, err := c.seriesOf(ctx, d)
	if err != nil {
		return did{}, err
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventCheckIn, CheckIn: series.ID}, did{"asked", "thread-end"})
}

// agreement records what the client said to being texted. The client's own word
// stands until the client says another: they are asked by text only once.
func (c *Console) agreement(ctx context.Context, d doing) (did, error) {
	channel, said := conversations.Channel(d.form.Get("channel")), conversations.Agreement(d.form.Get("agreement"))
	how := strings.TrimSpace(d.form.Get("how"))
	reach, err := c.Store.Reach(ctx, d.client.ID)
	if err != nil {
		return did{}, err
	}
	i := slices.IndexFunc(reach, func(r store.Reach) bool { return r.Channel == channel })
	if i < 0 {
		return did{}, wrong("fault.form")
	}
	switch said {
	case conversations.AgreementAsked:
		if reach[i].Agreement != conversations.AgreementNone {
			return did{}, wrong("fault.asked_before")
		}
		how = ""
	case conversations.AgreementGiven, conversations.AgreementDeclined, conversations.AgreementStopped:
		if how == "" || len(how) > 100 {
			return did{}, wrong("fault.how")
		}
	default:
		return did{}, wrong("fault.form")
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventAgreement, Channel: channel, Agreement: said, How: how},
		did{"agreement", "agreement"})
}

// ring announces a call: within a week, what is further is an appointment.
func (c *Console) ring(ctx context.Context, d doing) (did, error) {
	at, err := d.at()
	if err != nil {
		return did{}, err
	}
	if at.After(d.now.AddDate(0, 0, 7)) {
		return did{}, wrong("fault.ring")
	}
	from := strings.TrimSpace(d.form.Get("from"))
	if len(from) > 30 || strings.Trim(from, "+0123456789 ()-") != "" {
		return did{}, wrong("fault.not_a_number")
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventRing, Ring: at, RingFrom: from}, did{"ring", "thread-end"})
}

// circumstance sets why nothing unasked goes to the client, or takes it back.
// Died cancels everything for ever, and so is said twice.
func (c *Console) circumstance(ctx context.Context, d doing) (did, error) {
	said := conversations.Circumstance(strings.TrimPrefix(d.form.Get("circumstance"), "none"))
	switch {
	case said != "" && !slices.Contains(conversations.Circumstances, said):
		return did{}, wrong("fault.form")
	case said == conversations.Died && d.form.Get("certain") == "":
		return did{}, wrong("fault.certain")
	}
	return c.happens(ctx, d, conversations.Event{Kind: conversations.EventCircumstance, Circumstance: said}, did{"circumstance", "standing"})
}

// itoa64 names a moment in a form.
func itoa64(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }
