package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// Second thoughts: what takes back an answer that was given just before, a day
// that is not the appointment's, and a weekday that may be this week's or next
// week's.

// rethinking is how long after an answer a number in other words ("oh wait i
// meant 1") may still take it back.
const rethinking = 15 * time.Minute

// rethinks is a text that takes back what was answered just before, or may:
// "no" after a yes, "oh wait i meant 1" after a 3. It reports whether it was.
func (s *step) rethinks() bool {
	i := slices.IndexFunc(s.state.Closed, func(c ClosedQuestion) bool { return c.Kind == AskAppointment })
	if i < 0 || s.borrowed() || !s.stillAnswerable(s.state.Closed[i]) {
		return false
	}
	c, r := s.state.Closed[i], s.reading
	a, _ := s.facts.Appointment(c.Appointment)
	comes, cannot := Meaning{Intent: understand.Confirm, Appointment: a.ID}, Meaning{Intent: understand.Cannot, Appointment: a.ID}
	plain := (r.Intent == understand.Other || r.Sure < sureEnough || s.answersNothing()) && r.Topic == understand.TopicNone && !r.Voices
	if s.state.Open == nil {
		if (plain || r.Intent == understand.Social) && s.repeatedNumber() {
			return true
		}
		// A bare "na" out of the blue is like courtesy; read as an answer it is a no.
		if i > 0 || !plain && r.Intent != understand.Social || a.Status != Confirmed {
			return false
		}
		again := s.readAs(understand.AskedAppointment)
		if again.Intent != understand.Cannot || again.Number > 0 || again.Sure < plainly {
			return false
		}
		s.putWhich(cannot, comes)
		return true
	}
	q := s.state.Open
	if i == 0 && (plain || s.refusesUnshown(*q)) && a.Status == Confirmed && (q.Kind == AskLead || q.Kind == AskTask) &&
		(s.cannotAfterAll() || s.refusesUnshown(*q) && (s.dayCannotBe() || s.mayNotCome())) {
		// "Actually cant make it now" while another question is open.
		s.putWhich(cannot, comes)
		return true
	}
	timed := r.Intent == understand.Change && !r.When.Ambiguous && !r.When.IsZero()
	if q.Kind != AskReschedule || q.Appointment != a.ID || timed {
		return false
	}
	again := s.readAs(understand.AskedAppointment)
	change := Meaning{Intent: understand.Change, Appointment: a.ID}
	if n := again.Number; n >= 1 && n <= len(reminderOptions) {
		return s.meantNumber(i, n)
	}
	if plain && a.Status == Cannot && again.Intent == understand.Confirm && again.Sure >= plainly {
		s.putWhich(comes, change)
		return true
	}
	return false
}

// cannotAfterAll says whether a text says plainly that somebody cannot come,
// whatever was asked: a no to a lead or a task says no more than no.
func (s *step) cannotAfterAll() bool {
	asked, alone := s.readAs(understand.AskedAppointment), s.readAs(understand.AskedNone)
	return asked.Intent == understand.Cannot && asked.Number == 0 && asked.Sure >= clearly &&
		alone.Intent == understand.Cannot && alone.Sure >= sureEnoughToAsk
}

// mayNotCome says whether a text would be a no to the reminder, and may be one
// out of the blue too ("oh shit i cant"), as a bare no is not.
func (s *step) mayNotCome() bool {
	asked, alone := s.readAs(understand.AskedAppointment), s.readAs(understand.AskedNone)
	return asked.Intent == understand.Cannot && asked.Number == 0 && asked.Sure >= plainly && s.words() > 1 &&
		alone.Intent == understand.Cannot && alone.Sure >= faint
}

// dayCannotBe says whether a text that names a day would be a no to the reminder.
func (s *step) dayCannotBe() bool {
	asked := s.readAs(understand.AskedAppointment)
	return s.namesDayOrWeek() && asked.Intent == understand.Cannot && asked.Number == 0 && asked.Sure >= plainly
}

// refusesUnshown says whether a text is read as a no to a lead of which nothing
// was shown yet: who has not seen it hardly means it.
func (s *step) refusesUnshown(q Question) bool {
	r := s.reading
	return q.Kind == AskLead && !q.Shown && r.Intent == understand.NotInterested && r.Number == 0 && r.Topic == understand.TopicNone && !r.Voices
}

// answersNothing says whether the reading answers a question of a kind that
// neither is open nor waits: "nah", when no lead was spoken of.
func (s *step) answersNothing() bool {
	kind := answers[s.reading.Intent]
	_, waits := s.waiting(kind)
	return kind != "" && kind != AskAppointment && !waits
}

// meantNumber is a number in a text while a new time is asked for: it may be
// one of the free times, an hour, or another answer to the reminder before,
// the i-th closed question. It reports whether it dealt with it.
func (s *step) meantNumber(i, n int) bool {
	q, c := s.state.Open, s.state.Closed[i]
	a, _ := s.facts.Appointment(c.Appointment)
	words := len(strings.Fields(s.event.Text))
	soon := s.now.Sub(q.AskedTime()) < rethinking
	said := map[Choice]understand.Intent{
		ChooseConfirm: understand.Confirm, ChooseChange: understand.Change, ChooseCannot: understand.Cannot,
	}[reminderOptions[n-1]]
	meant := Meaning{Intent: said, Appointment: a.ID}
	switch {
	case n <= len(q.Free):
		if words <= 2 || !soon || said == understand.Change {
			return false
		}
		free := time.UnixMilli(q.Free[n-1]).In(s.now.Location())
		s.putWhich(meant, Meaning{
			Intent: understand.Change, Appointment: a.ID, Date: free.Format(time.DateOnly), Clock: free.Format("15:04"),
		})
	case a.Status == Cannot && len(q.Free) == 0 && q.Put < 2:
		// No time was asked for yet: a number can only answer the reminder.
		s.chooseAgain(i, reminderOptions[n-1])
	case words > 1 && soon && said != understand.Change:
		s.putWhich(meant, Meaning{Intent: understand.Change, Appointment: a.ID})
	default:
		return false
	}
	return true
}

// namedDays are the days that the text in hand names.
func (s *step) namedDays() []string {
	if s.event.Kind != EventText || s.reading.Number > 0 || s.byPlace {
		return nil
	}
	return s.rules.Lexicons.Days(s.query())
}

// namesDayOrWeek says whether the text in hand names a day, or next week.
func (s *step) namesDayOrWeek() bool {
	return len(s.namedDays()) > 0 || s.event.Kind == EventText && s.reading.Number == 0 && s.rules.Lexicons.NextWeek(s.event.Text)
}

// onNamedDay is the appointment to come that is on the one day which the text
// names, where that is another than the one which is talked about.
func (s *step) onNamedDay() (Appointment, bool) {
	days := s.namedDays()
	if len(days) != 1 {
		return Appointment{}, false
	}
	for _, b := range s.facts.Appointments {
		if b.At.After(s.now) && b.Status != Cancelled && b.At.In(s.now.Location()).Format(time.DateOnly) == days[0] {
			return b, true
		}
	}
	return Appointment{}, false
}

// onAnotherDay says whether the text speaks of a day, or of next week, on which
// the appointment is not: "not today", three days before it.
func (s *step) onAnotherDay(a Appointment) bool {
	if q := s.state.Open; q != nil && !staysAnswerable(*q) {
		// Another time is being spoken of, and its day is that one's.
		return false
	}
	at, days := a.At.In(s.now.Location()), s.namedDays()
	switch {
	case len(days) > 0:
		return !slices.Contains(days, at.Format(time.DateOnly))
	case !s.namesDayOrWeek():
		return false
	}
	monday := s.now.AddDate(0, 0, (7-int(s.now.Weekday()))%7+1)
	return at.Format(time.DateOnly) < monday.Format(time.DateOnly)
}

// whetherCannot asks back whether it is the appointment that somebody cannot
// come to who named another day. Out of the blue, next week is only news; and who
// is struggling is asked nothing: a person reads it.
func (s *step) whetherCannot(a Appointment) {
	_, waits := s.waiting(AskAppointment)
	if s.reading.Voices || s.alsoSaid(understand.Distress) {
		s.flag(FlagMessage, a.ID)
		s.read(s.kindly())
		return
	}
	if !a.At.After(s.now) || !s.mayAskWhich() || !waits && len(s.namedDays()) == 0 {
		s.flag(FlagMessage, a.ID)
		s.read("message")
		return
	}
	s.putWhich(Meaning{Intent: understand.Cannot, Appointment: a.ID}, Meaning{Intent: understand.Confirm, Appointment: a.ID})
}

// saysNextWeek says whether the text speaks of a later week and names no day.
func (s *step) saysNextWeek() bool {
	return s.reading.When.Ambiguous && s.rules.Lexicons.NextWeek(s.event.Text)
}

// whichWeek asks which of two days a weekday means, where something like "next
// week" was said before and the weekday alone would be this week's. It reports
// whether it asked.
func (s *step) whichWeek(a Appointment, date, clock string) bool {
	o := s.state.Open
	if o == nil || o.Kind != AskReschedule || !o.Vague || o.Date != "" || o.Appointment != a.ID || s.borrowed() {
		return false
	}
	day, err := time.ParseInLocation(time.DateOnly, date, s.now.Location())
	if err != nil || !s.weekdayAlone(day) {
		return false
	}
	monday := s.now.AddDate(0, 0, (8-int(s.now.Weekday()))%7)
	if s.now.Weekday() == time.Monday {
		monday = s.now.AddDate(0, 0, 7)
	}
	if day.Format(time.DateOnly) >= monday.Format(time.DateOnly) {
		return false
	}
	// The number says that the day is what is asked about.
	m := Meaning{Intent: understand.Change, Appointment: a.ID, Clock: clock, Number: 1}
	next, this := m, m
	next.Date, this.Date = day.AddDate(0, 0, 7).Format(time.DateOnly), date
	s.putWhich(next, this)
	return true
}

// weekdayAlone says whether the text named the day by its weekday and nothing
// else: read a week later it means the day a week later, and read on another
// day it does not wander with that day, as "tomorrow" does.
func (s *step) weekdayAlone(day time.Time) bool {
	read := func(days int) string {
		q := s.query()
		q.Now = q.Now.AddDate(0, 0, days)
		return s.rules.Lexicons.Read(q).When.Date
	}
	next := day.AddDate(0, 0, 7).Format(time.DateOnly)
	if read(7) != next {
		return false
	}
	for _, days := range []int{1, 2} {
		if on := read(days); on != "" && on != next && on != day.Format(time.DateOnly) {
			return false
		}
	}
	return true
}
