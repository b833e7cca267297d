package conversations

import (
	"cmp"
	"slices"
	"time"

	"alongside/conversations/understand"
)

// Another time that is named in part: by the day of a free time, by a place in
// their list, by the name of today's weekday, or by an hour alone.

// anotherTime is a wish for another time. What can be told from the times that
// were offered, or could be two days, is settled first.
func (s *step) anotherTime(w understand.When) {
	if a, ok := s.meeting(); ok && a.At.After(s.now) && (s.freeByPlace(a, w) || s.freeByDay(a, w) || s.eitherDay(a, w)) {
		return
	}
	s.change(w)
}

// offersFree is the open question, where it offers free times for the
// appointment by number.
func (s *step) offersFree(a Appointment) (Question, bool) {
	q := s.state.Open
	if q == nil || q.Kind != AskReschedule || q.Appointment != a.ID || len(q.Free) == 0 {
		return Question{}, false
	}
	return *q, true
}

// placeOfFree is the free time that a text picks by its place ("the 1st one",
// "the last"), counted from 1; 0 if it picks none.
func (s *step) placeOfFree(q Question) int {
	n := s.rules.Lexicons.Place(s.event.Text)
	if n < 0 {
		n = len(q.Free)
	}
	if n > len(q.Free) || s.rules.Lexicons.Has(s.event.Text, "alone_lead") {
		return 0
	}
	return n
}

// freeByPlace asks which was meant where a place in the list is a date as well:
// "the 2nd". It reports whether it did.
func (s *step) freeByPlace(a Appointment, w understand.When) bool {
	q, ok := s.offersFree(a)
	if !ok || w.Date == "" || w.Clock != "" || !s.mayAskWhich() {
		return false
	}
	n := s.placeOfFree(q)
	if n == 0 {
		return false
	}
	free := time.UnixMilli(q.Free[n-1]).In(s.now.Location())
	place := Meaning{Intent: understand.Change, Appointment: a.ID, Date: free.Format(time.DateOnly), Clock: free.Format("15:04")}
	s.putWhich(place, Meaning{Intent: understand.Change, Appointment: a.ID, Date: w.Date, Number: 1})
	return true
}

// freeByDay takes a day, or an hour, for the free time that has it: read back
// where only one does, by number where there are several on that day. It reports
// whether it was one.
func (s *step) freeByDay(a Appointment, w understand.When) bool {
	q, ok := s.offersFree(a)
	if !ok || w.Ambiguous || w.IsZero() || w.Date != "" && w.Clock != "" {
		return false
	}
	var fits []int64
	for _, ms := range q.Free {
		at := time.UnixMilli(ms).In(s.now.Location())
		day, clock := at.Format(time.DateOnly), at.Format("15:04")
		if at.After(s.now) && slices.ContainsFunc(s.facts.Free, at.Equal) && (w.Date == "" || w.Date == day) && (w.Clock == "" || w.Clock == clock) {
			fits = append(fits, ms)
		}
	}
	switch {
	case len(fits) == 0 || len(fits) > 1 && (w.Date == "" || w.Date == q.Date):
		return false
	case len(fits) == 1:
		at := time.UnixMilli(fits[0]).In(s.now.Location())
		s.readBack(a, at.Format(time.DateOnly), at.Format("15:04"))
	default:
		fresh := s.newQuestion(AskReschedule, a)
		fresh.Free, fresh.Put, fresh.Date = fits, q.Put-1, w.Date
		s.open(fresh)
		s.offerFree(fresh, Piece{Key: "free.change", Vars: map[string]any{"when": s.local(a)}})
	}
	return true
}

// eitherDay settles a day that is named by the weekday that it is today, or as
// "next friday": one of two, and nobody can tell which but they. One of them may
// be ruled out: the day that they move away from, an hour that has gone by, a
// week that was spoken of. It reports whether the text named such a day.
func (s *step) eitherDay(a Appointment, w understand.When) bool {
	if !w.Ambiguous || s.event.Kind != EventText || s.borrowed() {
		return false
	}
	q := s.query()
	if q.Asked != understand.AskedAppointment && q.Asked != understand.AskedConfirmTime {
		q.Asked = understand.AskedReschedule
	}
	near, clock := s.rules.Lexicons.Either(q)
	first, err := time.ParseInLocation(time.DateOnly, near, s.now.Location())
	if err != nil {
		return false
	}
	later := false
	if o := s.state.Open; o != nil && o.Appointment == a.ID {
		clock, later = cmp.Or(clock, o.Clock), o.Vague
	}
	far := first.AddDate(0, 0, 7).Format(time.DateOnly)
	own, today := a.At.In(s.now.Location()).Format(time.DateOnly), s.now.Format(time.DateOnly)
	at, err := localTime(near, clock, s.now.Location())
	switch {
	case near == own, near == today && (later || err == nil && !at.After(s.now)):
		s.change(understand.When{Date: far, Clock: clock})
		return true
	case far == own:
		s.change(understand.When{Date: near, Clock: clock})
		return true
	}
	if o, ok := s.offersFree(a); ok && clock == "" {
		on := func(date string) bool {
			return slices.ContainsFunc(o.Free, func(ms int64) bool {
				return time.UnixMilli(ms).In(s.now.Location()).Format(time.DateOnly) == date
			})
		}
		if on(far) != on(near) && s.freeByDay(a, understand.When{Date: map[bool]string{true: far, false: near}[on(far)]}) {
			return true
		}
	}
	if !s.mayAskWhich() {
		return false
	}
	// The number says that the day is what is asked about.
	m := Meaning{Intent: understand.Change, Appointment: a.ID, Clock: clock, Number: 1}
	one, two := m, m
	one.Date, two.Date = near, far
	if near == today {
		one, two = two, one // hardly today
	}
	s.putWhich(one, two)
	return true
}

// whichDay answers the question which of two days was meant in words: with "next
// week", or with an hour, which is kept and said with both of them; where one of
// them is today it is read back on the other. It reports whether it was answered so.
func (s *step) whichDay() bool {
	q := s.state.Open
	if q == nil || q.Kind != AskWhich || len(q.Readings) < 2 || s.borrowed() || bareNumber(s.event.Text) > 0 || urgent(s.reading) {
		return false
	}
	m, n := q.Readings[0], q.Readings[1]
	if m.Intent != understand.Change || m.Number == 0 || m.Date == "" || n.Date == "" || m.Clock != "" {
		return false
	}
	as := s.query()
	as.Asked, as.DayKnown = understand.AskedReschedule, true
	r := s.rules.Lexicons.Read(as)
	a, ok := s.facts.Appointment(m.Appointment)
	if !ok || !a.At.After(s.now) || a.At.UnixMilli() != q.Stands || r.Intent != understand.Change {
		return false
	}
	if m.Date < n.Date {
		m, n = n, m // the later one first
	}
	hour := r.When.Clock != "" && r.When.Date == ""
	if !hour && (!s.rules.Lexicons.NextWeek(s.event.Text) || s.rules.Lexicons.NamesDay(as)) {
		return false
	}
	s.closeOne(q.ID, ChooseOther)
	s.resume()
	s.subject = a.ID
	if m.Clock = r.When.Clock; hour && n.Date != s.now.Format(time.DateOnly) {
		n.Clock = m.Clock
		s.putWhich(n, m)
		return true
	}
	s.change(understand.When{Date: m.Date, Clock: m.Clock})
	return true
}

// lacksDay says whether an hour that was named alone needs its day: there is
// none of the appointment to keep, another week was spoken of, or it would be
// the hour that they want to move away from.
func (s *step) lacksDay(a Appointment, clock string) bool {
	if s.owesTime(a) {
		return true
	}
	q := s.state.Open
	return q != nil && q.Kind == AskReschedule && q.Appointment == a.ID && (q.Vague || clock == a.At.In(s.now.Location()).Format("15:04"))
}

// ofMeetings lists what is asked of a meeting and hardly of a lead that nobody
// has seen: who else comes, when it is, how long it takes.
var ofMeetings = map[understand.Topic]bool{
	understand.TopicWhoElse: true, understand.TopicCompany: true, understand.TopicWhen: true, understand.TopicHowLong: true,
}

// aDayAndNoMore is how many words name a day and say no more of it than that it
// will do.
const aDayAndNoMore = 3

// meetingBesideLead finds what is said of the meeting while a lead is open
// ("when is it again", "ok mon then"): a lead has no such day, and one that was
// only announced not even an hour.
func (s *step) meetingBesideLead(q understand.Query, r understand.Reading) understand.Reading {
	o := s.state.Open
	if q.Asked != understand.AskedLead || o == nil || o.Kind != AskLead || r.Number > 0 || r.Topic != understand.TopicNone && (o.Shown || r.Topic != understand.TopicWhere && !ofMeetings[r.Topic]) || len(s.namedOffers()) > 0 || s.borrowed() {
		return r
	}
	if a, ok := s.meeting(); !ok || !a.At.After(s.now) {
		return r
	}
	day := s.rules.Lexicons.NamesDay(q)
	q.Asked = understand.AskedNone
	if alone := s.rules.Lexicons.Read(q); !o.Shown && r.Sure < plainlyMeant && alone.Intent == understand.Language && alone.Sure >= sureEnoughToAsk {
		// "Can we go back to Welsh" is no yes to what nobody has seen.
		return alone
	}
	switch r.Intent {
	case understand.MoreInfo:
		alone := s.rules.Lexicons.Read(q)
		about := alone.Intent == understand.NextAppointment || alone.Intent == understand.AttendingQuestion && (day || alone.Topic == understand.TopicWhen)
		again := s.rules.Lexicons.Has(q.Text, "again")
		// "Where is it again?" was known before, as nothing of a lead was that nobody
		// has seen.
		if !o.Shown && again && !about {
			as := q
			as.Asked = understand.AskedAppointment
			alone = s.rules.Lexicons.Read(as)
			about = alone.Intent == understand.AttendingQuestion
		}
		if about && alone.Sure >= sureEnoughToAsk && (day || !o.Shown || again) {
			return alone
		}
		as := q
		as.Asked = understand.AskedAppointment
		if m := s.rules.Lexicons.Read(as); !o.Shown && m.Intent == understand.AttendingQuestion && m.Sure >= plainly && ofMeetings[m.Topic] {
			return m
		}
	case understand.Help:
		q.Asked = understand.AskedAppointment
		if as := s.rules.Lexicons.Read(q); !o.Shown && as.Intent == understand.AttendingQuestion && as.Sure >= sureEnough {
			return as
		}
	case understand.Interested, understand.Social:
		if !day || s.words() > pickWords {
			return r
		}
		if alone := s.rules.Lexicons.Read(q); s.words() > aDayAndNoMore && alone.Intent != understand.Social && alone.Intent != understand.Confirm && alone.Intent != understand.Change {
			return r
		}
		q.Asked = understand.AskedAppointment
		if m := s.rules.Lexicons.Read(q); m.Intent == understand.Change || m.Intent == understand.Confirm {
			return m
		}
	default:
	}
	return r
}
