package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// The specialist's free times, offered by number where another time is asked for.

// freeKeys are the words that offer one, two or three free times.
var freeKeys = []string{"appointment.free_one", "appointment.free_two", "appointment.free_three"}

// freeTimes are the times of the specialist that may be offered instead of an
// appointment's own, in Unix milliseconds; none to somebody else on the phone.
func (s *step) freeTimes(a Appointment) []int64 {
	var free []int64
	for _, at := range s.facts.Free {
		if at.After(s.now) && !at.Equal(a.At) && len(free) < len(freeKeys) && !s.borrowed() {
			free = append(free, at.UnixMilli())
		}
	}
	return free
}

// wishedMeeting is a time that is named while nothing is booked, as our own words
// invite ("text me a day and time"): it is said back as far as it was understood,
// and the specialist books it or not.
func (s *step) wishedMeeting(w understand.When) {
	at, err := localTime(w.Date, w.Clock, s.now.Location())
	if w.IsZero() || s.borrowed() {
		s.handOver(FlagMessage)
		return
	}
	s.flag(FlagMessage, "")
	if err != nil || !at.After(s.now) {
		s.read("message")
		return
	}
	s.readWith("time_wished", map[string]any{"when": When(at)})
}

// offerFree says the free times of a question that is open already.
func (s *step) offerFree(q Question, lead Piece) {
	n := len(q.Free)
	vars := map[string]any{"lead": lead, "specialist": s.facts.Specialist.Name}
	for i, name := range []string{"first", "second", "third"}[:n] {
		vars[name] = When(time.UnixMilli(q.Free[i]).In(s.now.Location()))
	}
	s.reply(Say{
		Key: freeKeys[n-1], Vars: vars, Question: q.ID, Options: whichOptions[:n], Appointment: q.Appointment,
	})
}

// pickFree takes the n-th free time that was offered, if it is still free: it
// is repeated in full and waits for the specialist's yes as any proposal does.
func (s *step) pickFree(q Question, n int) {
	if q.Appointment == "" {
		s.takeFree(q, n)
		return
	}
	a, ok := s.facts.Appointment(q.Appointment)
	if !ok || n < 1 || n > len(q.Free) {
		s.handOver(FlagNotUnderstood)
		return
	}
	at := time.UnixMilli(q.Free[n-1]).In(s.now.Location())
	if at.After(s.now) && slices.ContainsFunc(s.facts.Free, at.Equal) {
		s.proposeAt(a, at, whichOptions[n-1])
		return
	}
	fresh := s.newQuestion(AskReschedule, a)
	if q.Put >= 2 {
		s.giveUpOnTime(a)
		return
	}
	fresh.Put = q.Put
	if fresh.Free = s.freeTimes(a); len(fresh.Free) > 0 {
		s.open(fresh)
		s.offerFree(fresh, Piece{Key: "free.gone"})
		return
	}
	s.open(fresh)
	s.reply(Say{Key: "appointment.free_gone", Question: fresh.ID, Appointment: a.ID})
}

// wheneverSuits says whether the answer to which time would suit is any, or any
// behind an hour.
func (s *step) wheneverSuits() bool {
	q := s.state.Open
	w := s.reading.When
	first, _, _ := strings.Cut(strings.TrimSpace(s.event.Text), " ")
	after := w.Ambiguous && s.rules.Lexicons.Has(first, "any_of_them")
	return q != nil && q.Kind == AskReschedule && s.reading.Intent == understand.Change && w.Date == "" && w.Clock == "" &&
		(after || s.reading.Topic == understand.TopicWhenever)
}

// anyTime is the answer "whenever suits Sam": the specialist picks one.
func (s *step) anyTime(a Appointment) bool {
	if !s.wheneverSuits() {
		return false
	}
	s.do(SetAppointment{ID: a.ID, Status: ChangeAsked})
	s.flag(FlagChangeAsked, a.ID)
	s.closeAbout(a.ID, ChooseChange)
	s.answer("appointment.any_time", s.meetingVars(a))
	return true
}
