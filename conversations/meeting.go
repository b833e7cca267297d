package conversations

import (
	"strings"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// reminderOptions are the numbered answers of a reminder, in their order.
var reminderOptions = []Choice{ChooseConfirm, ChooseChange, ChooseCannot}

// readBackOptions are those of a time that was read back.
var readBackOptions = []Choice{ChooseYes, ChooseOther, ChooseKeep}

// meeting is the appointment a text is about, if it can still be talked about.
// Without one the text goes to a person.
func (s *step) meeting() (Appointment, bool) {
	a, ok := s.about()
	if !ok || a.Status == Cancelled {
		return Appointment{}, false
	}
	return a, true
}

// local is the start of an appointment on the client's clock.
func (s *step) local(a Appointment) When { return When(a.At.In(s.now.Location())) }

func (s *step) meetingVars(a Appointment) map[string]any {
	return map[string]any{"when": s.local(a), "specialist": s.facts.Specialist.Name}
}

// withPlace says the place where the client wants it said, and "the usual
// place" everywhere else: others may see the screen.
func (s *step) withPlace(key string, a Appointment) (string, map[string]any) {
	vars := s.meetingVars(a)
	if s.detail() && strings.TrimSpace(a.Place) != "" {
		vars["place"] = a.Place
		return key + "_at", vars
	}
	return key, vars
}

// detail says whether place and names may be told: the client wants it, and
// nobody else reads the phone.
func (s *step) detail() bool { return s.facts.Client.Detail && !s.facts.Client.Guarded }

// yes is a yes to whatever is open.
func (s *step) yes() {
	q := s.state.Open
	if q != nil && q.Kind == AskTime {
		if a, ok := s.facts.Appointment(q.Appointment); ok {
			s.propose(*q, a)
			return
		}
	}
	a, ok := s.meeting()
	switch {
	case !ok && s.reading.Intent == understand.OptinYes:
		// A yes to nothing: they had agreed already.
	case !ok:
		s.handOver(FlagMessage)
	default:
		s.confirm(a)
	}
}

// confirm writes the client's yes to the caseload and repeats day, date, time.
func (s *step) confirm(a Appointment) {
	if !a.At.After(s.now) {
		// It is over: what they say about it is for the specialist.
		s.flag(FlagMessage, a.ID)
		s.read("message")
		return
	}
	s.do(SetAppointment{ID: a.ID, Status: Confirmed})
	s.answered(a.ID)
	s.closeAbout(a.ID, ChooseConfirm)
	key := "appointment.confirmed"
	if s.saidMore() {
		key = "appointment.confirmed_condition"
	}
	s.answer(key, s.meetingVars(a))
}

// saidMore says whether the text also holds something that was passed on.
func (s *step) saidMore() bool {
	return s.reading.Condition != "" || s.reading.Intent == understand.AttendingQuestion || s.reading.Intent == understand.CallMe ||
		s.alsoSaid(understand.AttendingQuestion) || s.alsoSaid(understand.CallMe) || s.alsoSaid(understand.Distress)
}

// answered takes back a reminder that still waits for its hour, and would ask
// what has just been answered.
func (s *step) answered(a AppointmentID) {
	s.do(DropQueued{Appointment: a, Reason: "answered"})
	s.notQueued(a)
	s.settle(a)
}

// settle takes down the flags that have become groundless.
func (s *step) settle(a AppointmentID) {
	for _, r := range []FlagReason{FlagChangeAsked, FlagCannot, FlagNoAnswer} {
		s.do(SettleFlags{Reason: r, Appointment: a})
	}
}

// keep leaves the appointment as it was.
func (s *step) keep() {
	a, ok := s.meeting()
	if !ok {
		s.handOver(FlagMessage)
		return
	}
	s.keepAppointment(a)
}

func (s *step) keepAppointment(a Appointment) {
	if a.Status != Booked {
		// They had asked for another time, or said that they cannot come; now it
		// is to stay, and "it stays" is a yes.
		s.confirm(a)
		return
	}
	s.closeAbout(a.ID, ChooseKeep)
	s.answer("appointment.kept", map[string]any{"when": s.local(a)})
}

// change is the wish for another time, as far as it was understood. Nothing
// moves before it was read back in full, the client said yes, and the
// specialist agreed.
func (s *step) change(w understand.When) {
	a, ok := s.meeting()
	if !ok {
		s.wishedMeeting(w)
		return
	}
	date, clock := w.Date, w.Clock
	if q := s.state.Open; q != nil && q.Appointment == a.ID && (date != "" || clock != "") {
		// "What time on Friday?" – "3"; "Friday at 3?" – "no, 4": the part that
		// was named before stands.
		if date == "" {
			date = q.Date
		}
		if clock == "" {
			clock = q.Clock
		}
	}
	if s.state.Open == nil && a.Status == ChangeAsked && a.Proposed.IsZero() && (date == "" || clock == "") {
		// A person has it already, and was not given a time this time either.
		s.flag(FlagProposalUnclear, a.ID)
		s.read("message")
		return
	}
	switch {
	case w.Ambiguous && s.anyTime(a):
		// "Any time after 1": the specialist picks one, with the words beside it.
	case w.Ambiguous || (date == "" && clock == "" && s.asksAgain(a)):
		s.askAgain(a)
	case date == "" && clock == "" && s.anyTime(a):
	case date == "" && clock == "":
		s.askReschedule(a)
	case w.Date != "" && s.whichWeek(a, date, clock):
	case clock == "":
		s.askClock(a, date)
	case date == "" && s.lacksDay(a, clock):
		// Not on the day of the appointment, where they cannot come, or not then.
		s.askDay(a, clock)
	default:
		if date == "" {
			date = a.At.In(s.now.Location()).Format(time.DateOnly)
		}
		s.readBack(a, date, clock)
	}
}

// asksAgain says whether a wish without a time answers the question which time
// it should be, and so names none a second time.
func (s *step) asksAgain(a Appointment) bool {
	q := s.state.Open
	return q != nil && q.Kind == AskReschedule && q.Appointment == a.ID && !s.wheneverSuits()
}

// askReschedule asks for a day and a time.
func (s *step) askReschedule(a Appointment) {
	if q := s.state.Open; q != nil && q.Kind == AskReschedule && q.Appointment == a.ID {
		s.askAgain(a)
		return
	}
	s.askTime(a)
}

// askTime puts the question which day and time would suit, with the
// specialist's free times by number where there are some.
func (s *step) askTime(a Appointment) {
	when := map[string]any{"when": s.local(a)}
	q := s.newQuestion(AskReschedule, a)
	q.Vague = s.saysNextWeek()
	if q.Free = s.freeTimes(a); len(q.Free) > 0 {
		s.open(q)
		s.offerFree(q, Piece{Key: "free.change", Vars: when})
		return
	}
	s.open(q)
	s.reply(Say{Key: "appointment.change_ask", Question: q.ID, Appointment: a.ID, Vars: when})
}

// askAgain asks a second time, with an example; after that a person takes over.
func (s *step) askAgain(a Appointment) {
	q := s.state.Open
	if q == nil || q.Kind != AskReschedule || q.Appointment != a.ID {
		// The wish was understood, the time was not ("next week", "too early").
		s.askTime(a)
		return
	}
	if q.Put >= 2 {
		s.giveUpOnTime(a)
		return
	}
	again := *q
	again.Put++
	again.AskedAt = s.now.UnixMilli()
	again.Vague = again.Vague || s.saysNextWeek()
	s.state.Open = &again
	if day, err := time.ParseInLocation(time.DateOnly, q.Date, s.now.Location()); err == nil {
		// The day stands, only the hour is missing.
		s.reply(Say{Key: "appointment.change_time", Question: q.ID, Appointment: a.ID, Vars: map[string]any{"day": Day(day)}})
		return
	}
	if a.Status == Cannot && s.reading.When.IsZero() {
		// Who cannot come was told that they may name a time, and not yet asked.
		s.reply(Say{Key: "appointment.change_ask", Question: q.ID, Appointment: a.ID, Vars: map[string]any{"when": s.local(a)}})
		return
	}
	s.reply(Say{Key: "appointment.change_ask_again", Question: q.ID, Appointment: a.ID})
}

// giveUpOnTime hands the wish for another time to the specialist, with the
// client's own words beside it.
func (s *step) giveUpOnTime(a Appointment) {
	s.do(SetAppointment{ID: a.ID, Status: ChangeAsked})
	s.flag(FlagProposalUnclear, a.ID)
	s.closeAbout(a.ID, ChooseChange)
	s.read("handed_over")
}

// askClock asks for the time on a day that was named.
func (s *step) askClock(a Appointment, date string) {
	day, err := time.ParseInLocation(time.DateOnly, date, s.now.Location())
	if err != nil || day.AddDate(0, 0, 1).Before(s.now) {
		s.askAgain(a)
		return
	}
	q, was := s.newQuestion(AskReschedule, a), s.state.Open
	if was != nil && was.Kind == AskReschedule && was.Appointment == a.ID {
		if was.Date == date && was.Put >= 2 {
			s.giveUpOnTime(a)
			return
		}
		q.Put = was.Put - 1
	}
	q.Date = date
	s.open(q)
	s.reply(Say{Key: "appointment.change_time", Question: q.ID, Appointment: a.ID, Vars: map[string]any{"day": Day(day)}})
}

// askDay asks for the day of a time that was named without one.
func (s *step) askDay(a Appointment, clock string) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		s.askAgain(a)
		return
	}
	q, was := s.newQuestion(AskReschedule, a), s.state.Open
	if was != nil && was.Kind == AskReschedule && was.Appointment == a.ID {
		if was.Clock == clock && was.Put >= 2 {
			s.giveUpOnTime(a)
			return
		}
		q.Put, q.Vague = was.Put-1, was.Vague
	}
	q.Clock = clock
	s.open(q)
	s.reply(Say{Key: "appointment.change_day", Question: q.ID, Appointment: a.ID, Vars: map[string]any{"clock": Clock(at)}})
}

// readBack repeats a proposed time in full and asks whether it is right.
func (s *step) readBack(a Appointment, date, clock string) {
	at, err := localTime(date, clock, s.now.Location())
	switch {
	case err != nil:
		s.askAgain(a)
		return
	case !at.After(s.now):
		q := s.newQuestion(AskReschedule, a)
		if was := s.state.Open; was != nil && was.Kind == AskReschedule && was.Appointment == a.ID {
			if was.Put >= 2 {
				s.giveUpOnTime(a)
				return
			}
			q.Put = was.Put
		}
		s.open(q)
		s.reply(Say{Key: "appointment.past_time", Question: q.ID, Appointment: a.ID})
		return
	case at.Equal(a.At):
		s.confirm(a)
		return
	}
	q := s.newQuestion(AskTime, a)
	q.Date, q.Clock = date, clock
	s.open(q)
	s.reply(Say{
		Key: "appointment.read_back", Question: q.ID, Options: readBackOptions, Appointment: a.ID,
		Vars: map[string]any{"proposed": When(at), "when": s.local(a)},
	})
}

// localTime is the moment of a date and a clock on the client's wall.
func localTime(date, clock string, zone *time.Location) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return time.Time{}, err
	}
	c, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, err
	}
	return policy.At(day, c.Hour()*60+c.Minute()), nil
}

// propose puts the time that was read back before the specialist. Until the
// specialist decides, the old one stands.
func (s *step) propose(q Question, a Appointment) {
	at, err := localTime(q.Date, q.Clock, s.now.Location())
	if err != nil || !at.After(s.now) {
		s.closeAbout(a.ID, "")
		s.askReschedule(a)
		return
	}
	s.proposeAt(a, at, ChooseYes)
}

// proposeAt puts a time that was said in full, and chosen, before the specialist.
func (s *step) proposeAt(a Appointment, at time.Time, c Choice) {
	s.do(SetAppointment{ID: a.ID, Status: ChangeAsked, Proposed: at})
	s.answered(a.ID)
	s.flag(FlagChangeAsked, a.ID)
	s.closeAbout(a.ID, c)
	s.answer("appointment.change_asked", map[string]any{
		"proposed": When(at), "when": s.local(a), "specialist": s.facts.Specialist.Name,
	})
}

// cannot is "I can't make it". Who cannot talk then means a call, which is for
// the specialist to put off, and the appointment stays.
func (s *step) cannot() {
	if s.reading.Topic == topicCannotTalk && s.reading.Number == 0 {
		s.flag(FlagCallMe, "")
		s.read("call_not_then")
		return
	}
	a, ok := s.meeting()
	if !ok && s.namesDayOrWeek() {
		// Away, and nothing in the diary that it could be about.
		s.flag(FlagMessage, "")
		s.read("message")
		return
	}
	if !ok {
		s.handOver(FlagMessage)
		return
	}
	if b, named := s.onNamedDay(); named {
		a, s.subject = b, b.ID
	}
	switch {
	case a.Status == Cannot:
		s.cannotAgain(a)
	case s.onAnotherDay(a):
		s.whetherCannot(a)
	default:
		s.cannotCome(a)
	}
}

// cannotCome writes it down and leaves the door open for another time: a day
// and time that they text next is understood as a proposal.
func (s *step) cannotCome(a Appointment) {
	s.do(SetAppointment{ID: a.ID, Status: Cannot})
	s.answered(a.ID)
	s.flag(FlagCannot, a.ID)
	s.closeAbout(a.ID, ChooseCannot)
	q := s.newQuestion(AskReschedule, a)
	if q.Free = s.freeTimes(a); len(q.Free) > 0 {
		s.open(q)
		s.offerFree(q, Piece{Key: "free.cannot", Vars: s.meetingVars(a)})
		return
	}
	s.open(q)
	s.reply(Say{Key: "appointment.cannot", Vars: s.meetingVars(a), Question: q.ID, Appointment: a.ID})
}

// cannotAgain is "I can't" from somebody who has said so: it is not asked
// again for another time.
func (s *step) cannotAgain(a Appointment) {
	s.closeAbout(a.ID, ChooseCannot)
	s.flag(FlagMessage, a.ID)
	s.read("message")
}

// late passes on that the client is on the way. Days before the appointment
// they may be late for it: its day is said with the answer, so that whoever
// meant something else can say so.
func (s *step) late() {
	a, ok := s.meeting()
	if !ok {
		s.handOver(FlagLate)
		return
	}
	s.flag(FlagLate, a.ID)
	if a.At.Sub(s.now) > soonLate && !s.facts.Client.Guarded {
		s.answer("appointment.late_ahead", s.meetingVars(a))
		return
	}
	s.answer("appointment.late", s.withSpecialist())
}

// soonLate is how long before an appointment "running late" is about it.
const soonLate = 12 * time.Hour

// aboutMeeting answers what the caseload knows of the meeting and passes the
// question on, because the caseload may not know what was asked.
func (s *step) aboutMeeting() {
	a, ok := s.meeting()
	if !ok {
		s.handOver(FlagQuestion)
		return
	}
	if !s.asksAboutMeeting() {
		// A question, and not about this: a person answers it.
		s.flag(FlagQuestion, "")
		s.read("asked")
		return
	}
	if s.facts.Client.Guarded {
		// Whoever reads this phone is told neither where nor when.
		s.flag(FlagQuestion, a.ID)
		s.read("message")
		return
	}
	if with := strings.TrimSpace(a.With); s.reading.Topic == understand.TopicWhoElse && with != "" && s.detail() {
		vars := s.meetingVars(a)
		vars["with"] = with
		s.reply(Say{Key: "appointment.with", Vars: vars, Appointment: a.ID})
		return
	}
	s.tellMeeting(a)
}

// tellMeeting passes a question about a meeting on, and says when and where it is.
func (s *step) tellMeeting(a Appointment) {
	s.flag(FlagQuestion, a.ID)
	key, vars := s.withPlace("appointment.details", a)
	if a.Minutes > 0 {
		vars["minutes"] = a.Minutes
	}
	s.reply(Say{Key: key, Vars: vars, Appointment: a.ID})
}

// nextMeeting says when the next appointment is.
func (s *step) nextMeeting() {
	if s.facts.Client.Guarded {
		s.flag(FlagQuestion, "")
		s.read("message")
		return
	}
	for _, a := range s.facts.Appointments {
		if a.At.After(s.now) {
			key, vars := s.withPlace("appointment.next", a)
			s.reply(Say{Key: key, Vars: vars, Appointment: a.ID})
			return
		}
	}
	s.flag(FlagQuestion, "")
	s.answer("appointment.none", s.withSpecialist())
}
