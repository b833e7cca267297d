package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// useless is how long before its appointment a reminder is no longer worth
// sending: the client may be on the way.
const useless = time.Hour

// apart is how far two reminders of one appointment lie apart at the least.
const apart = 8 * time.Hour

// booked is a specialist arranging an appointment.
func (s *step) booked() {
	a := s.event.Appointment
	a.Status = Booked
	s.do(Book{Appointment: a})
	s.warnEarly(a)
	s.remind(a)
}

// warnEarly tells the specialist when the client would have to get up for it.
func (s *step) warnEarly(a Appointment) {
	at := a.At.In(s.now.Location())
	if w := s.facts.Client.Wakes; w > 0 && at.Hour()*60+at.Minute() < w {
		s.do(RaiseFlag{Reason: FlagEarly, Appointment: a.ID})
	}
}

// moved is a specialist giving an appointment another time. Where it is the
// time that the client had asked for, it is agreed; otherwise the client is
// asked.
func (s *step) moved() {
	old, ok := s.facts.Appointment(s.event.Appointment.ID)
	if !ok {
		return
	}
	a := old
	a.At, a.Proposed = s.event.Appointment.At, time.Time{}
	agreed := old.Proposed.Equal(a.At) && !old.Proposed.IsZero()
	a.Status = Booked
	if agreed {
		a.Status = Confirmed
	}
	if a.At.Equal(old.At) {
		return
	}
	s.do(SetAppointment{ID: a.ID, Status: a.Status, At: a.At})
	s.do(DropQueued{Appointment: a.ID, Reason: "appointment_moved"})
	s.settle(a.ID)
	s.forgetHeld(a.ID)
	s.closeAbout(a.ID, "")
	s.setFact(a)
	s.warnEarly(a)
	s.remind(a)
	s.unshift(a.ID)
	if !a.At.After(s.now) {
		return
	}
	if !agreed && old.At.After(s.now) {
		s.shifted(old, a)
	}
	// News of the diary has no matter: who wants no reminders is still told that
	// an appointment is at another time.
	m := Say{
		Key: "appointment.moved", Appointment: a.ID, Stands: a.At,
		Vars: map[string]any{"when": s.local(a), "before": s.local(old), "specialist": s.facts.Specialist.Name},
	}
	if agreed {
		m.Key = "appointment.agreed"
		delete(m.Vars, "before")
		s.prompt(policy.Unasked, m, a.At.Add(-useless))
		s.nextInLine()
		return
	}
	s.askNews(a, m, a.At.Add(-useless))
}

// askNews puts a time that the specialist has changed, whatever is talked about:
// who is told of it later may come to the old one. What had the floor can be
// answered from the queue. Beside the question of another meeting, and one that
// cannot wait there, the news is said, and whether it suits is asked in its turn.
func (s *step) askNews(a Appointment, m Say, latest time.Time) {
	q := s.state.Open
	if q == nil || !s.busyWith(a) || q.Kind != AskAppointment && (staysAnswerable(*q) || !missed(q.Kind)) {
		m.Options = reminderOptions
		s.ask(policy.Unasked, s.newQuestion(AskAppointment, a), m, latest)
		return
	}
	s.prompt(policy.Unasked, m, latest)
	s.askAbout(a, m, latest)
}

func (s *step) setFact(a Appointment) {
	s.facts.Appointments = slices.Clone(s.facts.Appointments)
	for i := range s.facts.Appointments {
		if s.facts.Appointments[i].ID == a.ID {
			s.facts.Appointments[i] = a
		}
	}
}

// cancelled is a specialist calling an appointment off.
func (s *step) cancelled() {
	a, ok := s.facts.Appointment(s.event.Appointment.ID)
	if !ok || a.Status == Cancelled {
		return
	}
	s.do(SetAppointment{ID: a.ID, Status: Cancelled})
	s.do(DropQueued{Appointment: a.ID, Reason: "appointment_cancelled"})
	s.state.Told = s.now.UnixMilli()
	s.settle(a.ID)
	s.forgetHeld(a.ID)
	s.closeAbout(a.ID, "")
	if a.At.After(s.now) {
		s.prompt(policy.Unasked, Say{Key: "appointment.cancelled", Appointment: a.ID, Vars: s.meetingVars(a)}, a.At)
	}
	s.nextInLine()
}

// remind schedules the reminders of one appointment that are still to come. A
// late booking, for which all of them are past, still gets one.
func (s *step) remind(a Appointment) {
	if !a.At.After(s.now.Add(useless)) {
		return
	}
	planned := false
	var last time.Time
	s.forgetPlan(a.ID)
	for _, before := range s.offsets() {
		due := s.due(a, before)
		if due.Before(s.now) || (!last.IsZero() && due.Sub(last) < apart) {
			// Past, or pushed by holidays onto the one before it.
			continue
		}
		planned, last = true, due
		s.plan(a, before, due)
	}
	if !planned && !s.wasReminded(a) {
		s.plan(a, 0, s.now)
	}
}

// remindAll schedules the reminders of every appointment ahead: those that
// fell due before somebody agreed to them were not sent.
func (s *step) remindAll() {
	for _, a := range s.facts.Appointments {
		if a.At.After(s.now) && a.Status != Cannot {
			s.remind(a)
		}
	}
}

// due is when a reminder falls due: the offset before the appointment if the
// client may be texted then, else the next open moment, else, where waiting
// would make it useless, the last open one before.
func (s *step) due(a Appointment, before int) time.Time {
	h := s.hours()
	want := a.At.In(s.now.Location()).Add(-time.Duration(before) * time.Minute)
	if days := before / (24 * 60); days > 0 && before%(24*60) == 0 {
		// Whole days are days on the calendar, not 24 hours: the clock changes.
		local := a.At.In(s.now.Location())
		day := time.Date(local.Year(), local.Month(), local.Day()-days, 12, 0, 0, 0, local.Location())
		want = policy.At(day, local.Hour()*60+local.Minute())
	}
	next := h.Next(want)
	if !next.IsZero() && next.Before(a.At.Add(-useless)) && onOrBefore(next, want, before) {
		return next
	}
	if last := h.Last(want); !last.IsZero() {
		return last
	}
	return want
}

// onOrBefore says whether waiting until next keeps a reminder of so many
// minutes before worth its name: not if it would slip by more than a third.
func onOrBefore(next, want time.Time, before int) bool {
	return next.Sub(want) <= time.Duration(max(before/3, 8*60))*time.Minute
}

func (s *step) wasReminded(a Appointment) bool {
	return slices.ContainsFunc(s.state.Reminded, func(r Reminded) bool {
		return r.Appointment == a.ID && r.Stands == a.At.UnixMilli()
	})
}

// reminder is a reminder falling due. It is recomputed here from what holds
// now: one for a time that moved, for a meeting that was called off or that
// the client cannot come to, and one that went already, do nothing.
func (s *step) reminder() {
	a, ok := s.facts.Appointment(s.event.Appointment.ID)
	mark := Reminded{
		Appointment: s.event.Appointment.ID, Stands: s.event.Appointment.At.UnixMilli(), Before: s.event.Before,
	}
	stale := !ok || s.facts.Client.Closed || a.At.UnixMilli() != mark.Stands || a.Status == Cancelled || s.planChanged(mark) ||
		slices.ContainsFunc(s.state.Reminded, mark.same) || slices.Contains(s.state.Held, mark)
	switch {
	case stale:
	case !a.At.After(s.now):
		s.remindTooLate(a, mark)
	default:
		s.remindOf(a, mark)
	}
}

// remindOf says a reminder whose time has come, or why it does not go.
func (s *step) remindOf(a Appointment, mark Reminded) {
	if a.Status == Cannot || a.Status == ChangeAsked {
		s.state.Reminded = append(s.state.Reminded, mark)
		s.do(Skip{Key: "appointment.reminder", Appointment: a.ID, Reason: string(a.Status)})
		return
	}
	if s.event.Kind != EventReminderAllowed && s.event.Kind != EventResend && s.keepBack(a, mark) {
		return
	}
	key, vars := s.withPlace("appointment.reminder", a)
	latest := a.At.Add(-useless)
	if a.Status == Confirmed {
		key, vars = s.withPlace("appointment.reminder_confirmed", a)
		if s.prompt(policy.Unasked, Say{Key: key, Vars: vars, Appointment: a.ID, Matter: MatterAppointments, Stands: a.At}, latest) {
			s.reminded(mark)
		}
		return
	}
	if !s.canPrompt(latest) {
		// What is not agreed today may be tomorrow: only what went is marked.
		s.prompt(policy.Unasked, Say{Key: key, Vars: vars, Appointment: a.ID, Matter: MatterAppointments, Stands: a.At}, latest)
		return
	}
	s.askAbout(a, Say{Key: key, Vars: vars, Appointment: a.ID, Matter: MatterAppointments, Stands: a.At}, latest)
	s.reminded(mark)
}

// reminded notes that a reminder was just said, or will be at its hour.
func (s *step) reminded(mark Reminded) {
	mark.From = s.goesFrom()
	s.state.Reminded = append(s.state.Reminded, mark)
}

// notQueued notes that no reminder of an appointment waits for its hour any more.
func (s *step) notQueued(id AppointmentID) {
	for i := range s.state.Reminded {
		if s.state.Reminded[i].Appointment == id {
			s.state.Reminded[i].From = 0
		}
	}
}

func (s *step) canPrompt(latest time.Time) bool {
	c := s.channel()
	return c != "" && policy.May(policy.Unasked, s.standingFor(c, MatterAppointments), s.hours(), s.now, latest).Decision != policy.Never
}

// askAbout puts the question of a reminder. While another matter is being
// talked about, it waits for its turn.
func (s *step) askAbout(a Appointment, m Say, latest time.Time) {
	q := s.newQuestion(AskAppointment, a)
	if s.busyWith(a) {
		s.state.Queue = append(s.state.Queue, q)
		s.do(Expect{Question: q.ID, At: s.state.Open.AskedTime().Add(patience)})
		return
	}
	m.Options = reminderOptions
	s.ask(policy.Unasked, q, m, latest)
}

// busyWith says whether a question about something else has the floor.
func (s *step) busyWith(a Appointment) bool {
	q := s.state.Open
	return q != nil && q.Appointment != a.ID && s.now.Sub(q.AskedTime()) < patience
}

// putWaiting puts a question that had to wait, with the words that are right
// now, or lets it go when it has become groundless.
func (s *step) putWaiting(q Question) {
	switch q.Kind {
	case AskLead:
		s.putOffer(q)
		return
	case AskTask:
		s.putTask(q)
		return
	case AskScale:
		s.putCheckIn(q)
		return
	case AskFeedback:
		s.putFeedback(q)
		return
	default:
	}
	a, ok := s.facts.Appointment(q.Appointment)
	if !ok || q.Kind != AskAppointment || a.At.UnixMilli() != q.Stands || a.Status != Booked || !a.At.After(s.now) {
		return
	}
	if s.keepBack(a, Reminded{Appointment: a.ID, Stands: q.Stands}) {
		return
	}
	key, vars := s.withPlace("appointment.reminder", a)
	m := Say{Key: key, Vars: vars, Appointment: a.ID, Matter: MatterAppointments, Stands: a.At, Options: reminderOptions}
	s.ask(policy.Unasked, q, m, a.At.Add(-useless))
}
