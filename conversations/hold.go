package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// A hold stops leads, check-ins, tasks and bulk nudges until a person releases
// the client (rule 1): [step.standingFor] keeps them back by their matter. It
// never silences: what the client writes is answered, and news of the diary (a
// meeting that was moved or called off) still goes, because somebody who comes
// to a closed door was not protected. Only what nobody has just decided waits
// for a person: each reminder needs a tap.

// AlertHold is the reason of a hold that danger began; any other is a person's.
const AlertHold = "alert"

// hold begins a hold. The hold of somebody who is on hold, who is not on the
// caseload or has left the service, does nothing.
func (s *step) hold(reason string) {
	if !s.facts.Known() || s.facts.Client.Closed || s.facts.Client.Held {
		return
	}
	s.do(Hold{Reason: reason})
	s.facts.Client.Held = true
	s.callBackReminders()
	s.recall()
}

// callBackReminders takes the reminders that wait for their hour out of the
// outbox when a hold begins: like those that fall due later, each needs a tap.
// What else waits there by its matter is dropped when its hour comes.
func (s *step) callBackReminders() {
	waits := func(r Reminded) bool { return r.Appointment != "" && r.From > s.now.UnixMilli() }
	var back []Reminded
	for _, r := range s.state.Reminded {
		if waits(r) {
			back = append(back, r)
		}
	}
	s.state.Reminded = slices.DeleteFunc(s.state.Reminded, waits)
	unseen := func(q Question) bool {
		if q.Kind != AskAppointment || !s.unseen(q) {
			return false
		}
		if !slices.ContainsFunc(back, func(r Reminded) bool { return r.Appointment == q.Appointment }) {
			back = append(back, Reminded{Appointment: q.Appointment, Stands: q.Stands})
		}
		return true
	}
	if q := s.state.Open; q != nil && unseen(*q) {
		s.state.Open = nil
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, unseen)
	for _, mark := range back {
		mark.From = 0
		s.do(DropQueued{Appointment: mark.Appointment, Matter: MatterAppointments, Reason: string(policy.OnHold)})
		s.state.Held = append(s.state.Held, mark)
		s.do(SettleFlags{Reason: FlagReminderWaits, Appointment: mark.Appointment})
		s.do(RaiseFlag{Reason: FlagReminderWaits, Appointment: mark.Appointment})
	}
}

// recall has the hold come back on the next working morning.
func (s *step) recall() {
	at := NextMorning(s.rules.Pathway, s.now)
	s.state.Recall = at.UnixMilli()
	s.do(Recall{At: at})
}

// holdDue brings a hold back to the duty list, every working day until a person
// releases the client. The timer of an older hold does nothing.
func (s *step) holdDue() {
	if !s.facts.Client.Held || s.facts.Client.Closed || s.state.Recall == 0 || s.now.UnixMilli() < s.state.Recall {
		return
	}
	// One on the list is enough; it is today's.
	s.do(SettleFlags{Reason: FlagHold})
	s.do(RaiseFlag{Reason: FlagHold})
	s.recall()
}

// released ends a hold. The reminders that waited go now, if they still help.
func (s *step) released() {
	if !s.facts.Client.Held {
		return
	}
	s.do(Release{})
	s.facts.Client.Held = false
	s.state.Recall = 0
	s.do(SettleFlags{Reason: FlagHold})
	for len(s.state.Held) > 0 {
		s.remindHeld(s.state.Held[0].Appointment)
	}
	s.nextInLine()
}

// reminderAllowed is a person's tap: the reminder of one appointment goes in
// spite of the hold, if it is still true, within the hours in which the client
// may be texted. Without one that waits there is nothing to let go.
func (s *step) reminderAllowed() {
	s.remindHeld(s.event.Appointment.ID)
}

// remindHeld says the latest reminder of an appointment that waits, once.
func (s *step) remindHeld(id AppointmentID) {
	i := slices.IndexFunc(s.state.Held, func(r Reminded) bool { return r.Appointment == id })
	if i < 0 {
		return
	}
	mark := s.state.Held[i]
	for _, r := range s.state.Held {
		if r.Appointment == id && r.Before < mark.Before {
			mark = r
		}
	}
	s.forgetHeld(id)
	a, ok := s.facts.Appointment(id)
	if !ok || a.At.UnixMilli() != mark.Stands || !a.At.After(s.now) {
		return
	}
	s.remindOf(a, mark)
}

// keepBack lets a reminder wait for a person's tap while the client is on hold.
// It reports whether it does.
func (s *step) keepBack(a Appointment, mark Reminded) bool {
	if !s.facts.Client.Held || !s.canPrompt(a.At.Add(-useless)) {
		return false
	}
	s.state.Held = append(s.state.Held, mark)
	s.do(Skip{Key: "appointment.reminder", Appointment: a.ID, Reason: string(policy.OnHold)})
	s.do(SettleFlags{Reason: FlagReminderWaits, Appointment: a.ID})
	s.do(RaiseFlag{Reason: FlagReminderWaits, Appointment: a.ID})
	return true
}

// forgetHeld takes back the reminders of an appointment that wait: it was
// decided, or there is nothing to remind of any more.
func (s *step) forgetHeld(id AppointmentID) {
	before := len(s.state.Held)
	s.state.Held = slices.DeleteFunc(s.state.Held, func(r Reminded) bool { return r.Appointment == id })
	if len(s.state.Held) < before {
		s.do(SettleFlags{Reason: FlagReminderWaits, Appointment: id})
	}
}

// NobodyReadsToday is the detail of a flag that a person should see the same
// day, raised when nobody reads texts before tomorrow: it is for the duty list.
const NobodyReadsToday = "nobody_reads_today"

// urgency is the detail of a flag about somebody who is struggling.
func (s *step) urgency(r FlagReason) string {
	if r != FlagDistress && r != FlagVoices {
		return ""
	}
	if next := s.nextReading(); !next.IsZero() && next.Format(time.DateOnly) == s.now.Format(time.DateOnly) {
		return ""
	}
	return NobodyReadsToday
}
