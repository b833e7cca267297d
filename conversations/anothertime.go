package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// "Shall we find another time?": what a specialist sends with one tap after a
// meeting that did not happen. It holds no guilt and no word of what was missed,
// and nothing of it is sent by itself (rule 7). What the client answers is put
// before the specialist, who books it or not.

// Busy is why it is not said: a time is being settled with the client just now.
const Busy policy.Reason = "busy"

// anotherTimeKeys are its words with no free time of the specialist's, and with
// one, two or three.
var anotherTimeKeys = []string{
	"appointment.another_time", "appointment.another_time_one", "appointment.another_time_two", "appointment.another_time_three",
}

// askAnotherTime is the tap. A second one, while the first waits for its answer,
// does nothing.
func (s *step) askAnotherTime(a Appointment) {
	if !s.facts.Known() || s.event.Attendance == Attended || s.seeking(s.state.Open) || slices.ContainsFunc(s.state.Queue, func(q Question) bool { return s.seeking(&q) }) {
		return
	}
	free := s.freeTimes(Appointment{})
	m := Say{
		Key: anotherTimeKeys[len(free)], Appointment: a.ID, Matter: MatterAppointments, Options: whichOptions[:len(free)],
		Vars: map[string]any{"specialist": s.facts.Specialist.Name},
	}
	if s.event.Signed != "" {
		m.Vars["specialist"] = s.event.Signed
	}
	for i, name := range []string{"first", "second", "third"}[:len(free)] {
		m.Vars[name] = When(time.UnixMilli(free[i]).In(s.now.Location()))
	}
	if o := s.state.Open; o != nil && !staysAnswerable(*o) && s.now.Sub(o.AskedTime()) < patience {
		s.do(Skip{Key: m.Key, Appointment: a.ID, Reason: string(Busy)})
		return
	}
	q := s.newQuestion(AskReschedule, Appointment{})
	q.Free = free
	s.ask(policy.Unasked, q, m, time.Time{})
	if s.seeking(s.state.Open) {
		s.do(SettleFlags{Reason: FlagMissed, Appointment: a.ID})
	}
}

// seeking says whether a question asks for the time of a new meeting, and not
// for another time of one that is booked.
func (s *step) seeking(q *Question) bool {
	return q != nil && q.Kind == AskReschedule && q.Appointment == ""
}

// seeks says whether that is what the client is being asked.
func (s *step) seeks() bool { return s.seeking(s.state.Open) }

// answersSeeking takes a yes, a no and a time as the answer to that. It reports
// whether the text was one.
func (s *step) answersSeeking() bool {
	if s.event.Kind == EventText && s.reading.Intent != understand.Change && s.reading.Number == 0 && s.words() <= aFewWords {
		// "Ok thanks" to "shall we?" is a yes, and not only a courtesy.
		switch s.asIf(understand.AskedOptin).Intent {
		case understand.OptinYes:
			s.seekTime(understand.When{})
			return true
		case understand.OptinNo:
			s.sought()
			return true
		default:
		}
	}
	switch s.reading.Intent {
	case understand.Confirm, understand.OptinYes:
		s.seekTime(understand.When{})
	case understand.Change:
		s.seekTime(s.reading.When)
	case understand.Cannot, understand.OptinNo, understand.Keep:
		s.sought()
	default:
		return false
	}
	return true
}

// seekTime takes a time, as far as it was understood, as the one for a new
// meeting, and asks once for the part that is missing.
func (s *step) seekTime(w understand.When) {
	q := *s.state.Open
	nearer := w.Date != "" && q.Date == "" || w.Clock != "" && q.Clock == ""
	if w.Date != "" {
		q.Date = w.Date
	}
	if w.Clock != "" {
		q.Clock = w.Clock
	}
	at, err := localTime(q.Date, q.Clock, s.now.Location())
	day, dayless := time.ParseInLocation(time.DateOnly, q.Date, s.now.Location())
	clock, clockless := time.Parse("15:04", q.Clock)
	m := Say{Key: "appointment.another_time_when", Question: q.ID}
	switch {
	case s.borrowed() || s.wheneverSuits():
		s.sought()
		return
	case err == nil && at.After(s.now):
		s.found(at)
		return
	case q.Put >= 2 && !nearer:
		s.sought()
		return
	case err == nil:
		m.Key, q.Date, q.Clock = "appointment.past_time", "", ""
	case dayless == nil:
		m.Key, m.Vars = "appointment.change_time", map[string]any{"day": Day(day)}
	case clockless == nil:
		m.Key, m.Vars = "appointment.change_day", map[string]any{"clock": Clock(clock)}
	}
	if nearer {
		// Who comes nearer to a time is not asked the same again.
		q.Put--
	}
	q.Free = nil
	s.open(q)
	s.reply(m)
}

// found is a time that was understood whole: it is said back, and the specialist
// books it or not.
func (s *step) found(at time.Time) {
	s.closeQuestion("")
	s.flag(FlagMessage, "")
	s.readWith("time_wished", map[string]any{"when": When(at)})
}

// sought hands what the client said to the specialist: a no, or words in which
// no time was understood.
func (s *step) sought() {
	s.closeQuestion("")
	s.flag(FlagMessage, "")
	s.read("message")
}

// takeFree takes the n-th free time that was offered for a new meeting, if it
// is still free.
func (s *step) takeFree(q Question, n int) {
	if n < 1 || n > len(q.Free) {
		s.handOver(FlagNotUnderstood)
		return
	}
	at := time.UnixMilli(q.Free[n-1]).In(s.now.Location())
	if at.After(s.now) && slices.ContainsFunc(s.facts.Free, at.Equal) && !s.borrowed() {
		if !s.seeks() {
			s.closeOne(q.ID, "")
			s.flag(FlagMessage, "")
			s.readWith("time_wished", map[string]any{"when": When(at)})
			return
		}
		s.found(at)
		return
	}
	if q.Put >= 2 || s.borrowed() {
		s.closeOne(q.ID, "")
		s.flag(FlagMessage, "")
		s.read("message")
		return
	}
	fresh := s.newQuestion(AskReschedule, Appointment{})
	fresh.Put, fresh.Free = q.Put, s.freeTimes(Appointment{})
	s.open(fresh)
	if len(fresh.Free) > 0 {
		s.offerFree(fresh, Piece{Key: "free.gone"})
		return
	}
	s.reply(Say{Key: "appointment.free_gone", Question: fresh.ID})
}
