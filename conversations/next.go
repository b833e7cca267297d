package conversations

import (
	"slices"
	"strconv"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Next is one step of one conversation: what the event does, given the rules,
// the facts and the state at the moment now. It is a pure function: it changes
// nothing that it was given.
//
// The state returned is the one to store with revision+1, also when nothing
// changed. A stale timer, a second press and a repeated reminder have no
// effects. An event of a kind that Next does not know has none either.
func Next(rules Rules, facts Facts, state State, event Event, now time.Time) (State, []Effect) {
	s := &step{rules: rules, facts: facts, state: state.clone(), event: event}
	s.now = now.In(s.zone())
	s.forgetPast()
	was, waited := s.state.Open, s.waits()
	switch event.Kind {
	case EventText:
		s.addressWorks()
		hidden := s.setAside()
		s.text()
		s.takeUp()
		s.callBack(hidden)
	case EventButton:
		s.addressWorks()
		s.button()
	case EventEdited:
		s.edited()
	case EventLinked:
		s.linked()
	case EventBlocked, EventUnblocked:
		s.blocked(event.Kind == EventBlocked)
	case EventAgreement:
		s.agreement()
	case EventBooked:
		s.booked()
	case EventMoved:
		s.moved()
	case EventCancelled:
		s.cancelled()
	case EventReminder:
		s.reminder()
	case EventTimeout:
		s.timeout()
	case EventUndelivered, EventUnknown, EventDropped:
		s.delivery()
	case EventNumberChanged:
		s.numberChanged()
	case EventClosed:
		s.closed()
	case EventOffered:
		s.offered()
	case EventLeadChanged:
		s.leadChanged()
	case EventCheckIn:
		s.checkInDue()
	case EventTask:
		s.taskDue()
	case EventFeedback:
		s.feedbackDue()
	case EventRing:
		s.ring()
	case EventCorrected:
		s.corrected()
	case EventSettings:
		s.chooseCheckIn(event.Series)
		s.set(event.Settings)
	case EventSettled:
		s.settledPerson()
	case EventHeld:
		s.hold("person")
	case EventReleased:
		s.released()
	case EventHoldDue:
		s.holdDue()
	case EventReminderAllowed:
		s.reminderAllowed()
	case EventStage:
		s.newStage()
	case EventCircumstance:
		s.newCircumstance()
	case EventAttendance:
		s.happened()
	case EventNudge:
		s.nudged()
	case EventSilence:
		s.silence()
	case EventPassedOn:
		s.passedOn()
	case EventTellPassedOn:
		s.tellPassedOn()
	case EventReturned:
		s.returned()
	case EventResend:
		s.resend()
	case EventDelivery:
		// A report changes its message's row and nothing else; what it means for
		// the conversation comes as EventUndelivered.
	}
	if (event.Kind == EventText || event.Kind == EventButton) && facts.Known() {
		s.keepUndo(facts, was, 0)
	}
	s.keepTime()
	s.tellCover()
	s.keepSilence(waited)
	s.state.Version = StateVersion
	return s.state, s.effects
}

// step is one call of Next in the making.
type step struct {
	rules   Rules
	facts   Facts
	state   State
	event   Event
	now     time.Time
	reading understand.Reading
	effects []Effect
	// saysWho is the part of the text that said who writes; the rest was read.
	saysWho understand.Introduction
	// subject is the appointment that the text is about, where a numbered reading
	// or a person's correction names it.
	subject AppointmentID
	// byPlace says that the text answers by places: its "first" is no date.
	byPlace bool
	// quiet says that nothing but crisis words is said: what a correction makes
	// of a text is told in words of its own, if at all.
	quiet bool
}

func (s *step) do(e Effect) {
	if m, ok := e.(Say); ok && s.quiet && m.Urgency != Crisis {
		return
	}
	if d, ok := e.(DropQueued); ok && len(s.state.Spent) > 0 {
		s.unspend(d)
	}
	if m, ok := e.(Say); ok {
		e = s.named(m)
	}
	s.effects = append(s.effects, e)
}

func (s *step) flag(r FlagReason, a AppointmentID) {
	detail := s.event.Reason
	if detail == "" {
		detail = s.urgency(r)
	}
	s.do(RaiseFlag{Reason: r, Appointment: a, Message: s.event.Message, Detail: detail})
}

func (s *step) zone() *time.Location { return zoneOf(s.rules.Pathway, s.facts.Client) }

func zoneOf(p Pathway, c Client) *time.Location {
	if c.Zone != nil {
		return c.Zone
	}
	if p.Zone != nil {
		return p.Zone
	}
	return time.UTC
}

// forgetPast drops what a conversation need not remember any more, so that the
// state stays small.
func (s *step) forgetPast() {
	past := func(stands int64) bool { return stands != 0 && time.UnixMilli(stands).Before(s.now.Add(-aftermath)) }
	if b := s.state.Borrowed; b != 0 && s.now.Sub(time.UnixMilli(b)) >= sitting {
		s.giveBack()
	}
	if t := s.state.Told; t != 0 && s.now.Sub(time.UnixMilli(t)) >= sitting {
		s.state.Told = 0
	}
	if t := s.state.Troubled; t != 0 && s.now.Sub(time.UnixMilli(t)) >= breather {
		s.state.Troubled = 0
	}
	if !s.facts.Alerted {
		s.state.Reassured = false
	}
	if !s.facts.Alerted && s.state.Troubled == 0 {
		s.state.Soothed = ""
	}
	if r := s.state.Ring; r != nil && s.now.Sub(time.UnixMilli(r.At)) >= ringing {
		s.state.Ring = nil
	}
	if c := s.state.Chose; c != nil && s.now.Sub(time.UnixMilli(c.At)) >= choosing {
		s.state.Chose = nil
	}
	if e := s.state.Ended; e != 0 && s.now.Sub(time.UnixMilli(e)) >= choosing {
		s.state.Ended = 0
	}
	s.state.Spent = slices.DeleteFunc(s.state.Spent, func(x Spent) bool { return s.now.Sub(time.UnixMilli(x.At)) > remembered })
	s.forgetShifts()
	s.state.Reminded = slices.DeleteFunc(s.state.Reminded, func(r Reminded) bool { return past(r.Stands) })
	s.state.Planned = slices.DeleteFunc(s.state.Planned, func(r Reminded) bool { return past(r.Stands) })
	s.state.Held = slices.DeleteFunc(s.state.Held, func(r Reminded) bool { return past(r.Stands) })
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool { return past(q.Stands) })
	s.state.Closed = slices.DeleteFunc(s.state.Closed, func(q ClosedQuestion) bool { return past(q.Stands) })
	if q := s.state.Open; q != nil && past(q.Stands) {
		s.closeQuestion("")
	}
}

// aftermath is how long after its start an appointment still takes answers:
// "stuck on the bus" comes late by nature.
const aftermath = 4 * time.Hour

// language is the one to answer in: the language that somebody has just
// written Welsh in, else the client's own, else the pathway's first.
func (s *step) language() string {
	if l := s.reading.Lang; l != "" && l != "en" && slices.Contains(s.rules.Pathway.Languages, l) {
		return l
	}
	return s.ownLanguage()
}

func (s *step) ownLanguage() string {
	if slices.Contains(s.rules.Pathway.Languages, s.facts.Client.Language) {
		return s.facts.Client.Language
	}
	if len(s.rules.Pathway.Languages) > 0 {
		return s.rules.Pathway.Languages[0]
	}
	return "en"
}

// reach returns what holds on a channel.
func (s *step) reach(c Channel) Reach {
	for _, r := range s.facts.Reach {
		if r.Channel == c {
			return r
		}
	}
	return Reach{Channel: c, Agreement: AgreementNone}
}

// channel picks where something unasked goes: the first channel that is agreed
// and open, one at which nothing arrives after the others; else the first that
// there is. It never crosses to a channel that was not agreed.
func (s *step) channel() Channel {
	for _, alive := range []bool{true, false} {
		for _, r := range s.facts.Reach {
			if r.Agreement == AgreementGiven && !r.Blocked && !(alive && r.dead()) {
				return r.Channel
			}
		}
	}
	if len(s.facts.Reach) > 0 {
		return s.facts.Reach[0].Channel
	}
	return ""
}

func (s *step) standing(c Channel) policy.Standing {
	r := s.reach(c)
	return policy.Standing{
		Given:    r.Agreement == AgreementGiven,
		Asked:    r.Agreement == AgreementAsked,
		Stopped:  r.Agreement == AgreementStopped,
		Declined: r.Agreement == AgreementDeclined,
		Doubted:  r.Agreement == AgreementDoubted,
		Closed:   s.facts.Client.Closed,
		Blocked:  r.Blocked,
		Paused:   s.now.Before(s.facts.Client.PausedUntil),

		Circumstance: policy.Reason(s.facts.Client.Circumstance),
	}
}

// standingFor is the standing on a channel for one matter: the client may have
// stopped this kind, and a hold stops all but the appointments.
func (s *step) standingFor(c Channel, m Matter) policy.Standing {
	st := s.standing(c)
	st.KindStopped = m != "" && slices.Contains(s.facts.Client.Stopped, m)
	st.Held = s.facts.Client.Held && m != "" && m != MatterAppointments
	st.WrongStage = !s.stageSends(m)
	return st
}

func (s *step) hours() policy.Hours { return hoursOf(s.rules.Pathway, s.facts.Client) }

// hoursOf are when unasked texts may go to a client.
func hoursOf(p Pathway, c Client) policy.Hours {
	return policy.Hours{
		From: p.Sending.From, To: p.Sending.To, Wakes: c.Wakes, Rests: c.Rests, RestDays: c.RestDays, Holidays: p.Holidays,
	}
}

// Open returns the first moment, not before at, at which something unasked may
// go to a client, and the end of the hours that it lies in: at itself where that
// is open. Both are zero if there is none within a month.
func Open(p Pathway, c Client, at time.Time) (from, closes time.Time) {
	h := hoursOf(p, c)
	if from = h.Next(at.In(zoneOf(p, c))); from.IsZero() {
		return from, closes
	}
	return from, h.Closes(from)
}

// answer says something to whoever has just written. It is never held.
func (s *step) answer(key string, vars map[string]any) { s.reply(Say{Key: key, Vars: vars}) }

func (s *step) reply(m Say) {
	m.Channel, m.Urgency = s.event.From.Channel, Answer
	if m.Language == "" {
		m.Language = s.language()
	}
	if s.borrowed() && s.reading.Intent != understand.WrongPerson && s.facts.Known() && m.Key != "condolence" && m.Key != "third_party_alerted" && m.Key != "third_party_again" {
		// Somebody else holds the phone, or writes for the client: what was said
		// is used and shown, and nothing of the client is said back.
		key, vars := s.borrowedWords()
		m = Say{Key: key, Vars: vars, Channel: m.Channel, Language: m.Language, Urgency: Answer}
	}
	if s.facts.Known() {
		v := policy.May(policy.Reply, s.standing(m.Channel), s.hours(), s.now, time.Time{})
		if v.Decision == policy.Never {
			s.do(Skip{Key: m.Key, Appointment: m.Appointment, Reason: string(v.Reason)})
			return
		}
	}
	s.do(m)
}

// sitting is how long somebody who wrote for the client is taken to still hold
// the phone: "his mum here, he says yes" is often followed by "what is it about?".
const sitting = 4 * time.Hour

// borrowed says whether somebody else writes, or may still hold the phone.
func (s *step) borrowed() bool {
	if s.reading.ThirdParty {
		return true
	}
	b := s.state.Borrowed
	return b != 0 && s.event.Kind == EventText && s.now.Sub(time.UnixMilli(b)) < sitting
}

// prompt says something unasked, when policy lets it: now, or at the next open
// moment before latest (zero: any). It reports whether it will be said.
func (s *step) prompt(kind policy.Kind, m Say, latest time.Time) bool {
	if m.Channel == "" {
		m.Channel = s.channel()
	}
	if m.Urgency = Prompt; m.Language == "" {
		m.Language = s.ownLanguage()
	}
	reason := policy.Unreachable
	if m.Channel != "" {
		v := s.may(kind, m, latest)
		switch v.Decision {
		case policy.Later:
			m.NotBefore, m.Held = v.At, string(v.Reason)
			fallthrough
		case policy.Now:
			if !latest.IsZero() {
				m.Until = latest
			}
			m.Closes = s.closes(m)
			if s.facts.Client.Named && s.facts.Client.Name != "" && m.Key != ownNudge {
				if m.Vars == nil {
					m.Vars = map[string]any{}
				}
				m.Vars["name"] = s.facts.Client.Name
			}
			s.do(m)
			s.spend(m)
			return true
		case policy.Never:
			reason = v.Reason
		}
	}
	s.do(Skip{Key: m.Key, Appointment: m.Appointment, Reason: string(reason)})
	switch {
	case m.Appointment == "":
	case reason == policy.TooLate:
		s.tooLate(m.Appointment, reason)
	case reason == policy.Paused:
		// Nobody told the client about an appointment: the specialist has to know.
		s.do(RaiseFlag{Reason: FlagNotSent, Appointment: m.Appointment, Detail: string(reason)})
	}
	return false
}

// Lent is why a prompt waits while somebody else has the client's phone.
const Lent policy.Reason = "lent"

// may asks policy when something unasked goes. While somebody else has the
// client's phone it waits until the phone is taken to be the client's again,
// unless it would be of no use then.
func (s *step) may(kind policy.Kind, m Say, latest time.Time) policy.Verdict {
	st, h := s.standingFor(m.Channel, m.Matter), s.hours()
	if m.Nudge != "" && !m.Bulk {
		// A person writes to this one client, and knows of the hold.
		st.Held = false
	}
	if b := s.state.Borrowed; b != 0 {
		back := time.UnixMilli(b).Add(sitting).In(s.now.Location())
		if v := policy.May(kind, st, h, back, latest); v.Decision == policy.Later || v.Decision == policy.Now {
			if v.Decision == policy.Now {
				v = policy.Verdict{Decision: policy.Later, At: back, Reason: Lent}
			}
			return s.within(m.Matter, v, h, latest)
		}
	}
	v := policy.May(kind, st, h, s.now, latest)
	if m.NotBefore.After(s.now) && v.Decision != policy.Never {
		// It waits its turn first, and then for an open hour.
		turn := m.NotBefore.In(s.now.Location())
		if v = policy.May(kind, st, h, turn, latest); v.Decision == policy.Now {
			v = policy.Verdict{Decision: policy.Later, At: turn, Reason: policy.Reason(m.Held)}
		}
	}
	return s.within(m.Matter, v, h, latest)
}

// timeToRead is what must be left of the reading hours for "a person will read
// this today" to be said: who has five minutes left reads it the next day, and a
// promise that is not kept is worse than a later one that is.
const timeToRead = 30 * time.Minute

// readsNow says whether a person of the service reads texts at this moment;
// readsToday whether they will for long enough to come to this one.
func (s *step) readsNow() bool   { return s.reads(s.now) }
func (s *step) readsToday() bool { return s.reads(s.now) && s.reads(s.now.Add(timeToRead)) }

// readsNext is the day on which somebody will read.
func (s *step) readsNext() Day { return Day(s.nextReading()) }

// nextReading is the next moment at which somebody reads and has the time to;
// the zero time if the pathway never reads.
func (s *step) nextReading() time.Time {
	if s.readsToday() {
		return s.now
	}
	if !s.reads(s.now) {
		return s.readingHours().Next(s.now)
	}
	return s.readingHours().Next(s.now.Add(timeToRead))
}

func (s *step) readingHours() policy.Hours {
	p := s.rules.Pathway
	return policy.Hours{From: p.Reading.From, To: p.Reading.To, Holidays: p.Holidays}
}

// read says the words of a key that has two forms: one for hours in which
// somebody reads (".open"), one that says when somebody will (".later"). What
// should be read the same day has a third for the last half hour (".late").
func (s *step) read(key string) {
	vars := map[string]any{"specialist": s.facts.Specialist.Name}
	ending := s.readForm(key == "distress" || key == "distress_again")
	if ending != ".open" {
		vars["day"] = s.readsNext()
		if key == "alerted_there" {
			s.addDuty(vars)
		}
	}
	s.answer(key+ending, vars)
}

// readForm is the ending of a key that has a form for the hours in which
// somebody reads and one for the others; urgent ones have a third for when they
// read just now and may not come to it before they go.
func (s *step) readForm(urgent bool) string {
	switch {
	case !s.readsNow():
		return ".later"
	case urgent && !s.readsToday():
		return ".late"
	default:
		return ".open"
	}
}

// newQuestion makes a question with an id of its own.
func (s *step) newQuestion(kind QuestionKind, a Appointment) Question {
	s.state.Asked++
	q := Question{ID: QuestionID("q" + strconv.Itoa(s.state.Asked)), Kind: kind, Appointment: a.ID}
	if !a.At.IsZero() {
		q.Stands = a.At.UnixMilli()
	}
	return q
}
