package conversations

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Meaning is what a text means, as far as a conversation acts on it: what a
// numbered question offers, and what a specialist says was meant.
type Meaning struct {
	Intent understand.Intent `json:"intent"`
	// Date (YYYY-MM-DD) and Clock (HH:MM) are the time that is meant, in the
	// client's zone.
	Date  string `json:"date,omitempty"`
	Clock string `json:"clock,omitempty"`
	// Number is the rating, 1 to 5.
	Number int `json:"n,omitempty"`
	// Appointment is the one it is about; empty means the one that was talked
	// about.
	Appointment AppointmentID    `json:"appt,omitempty"`
	Topic       understand.Topic `json:"topic,omitempty"` // cannot_talk: they cannot be rung then; else empty
	// Danger says what kind of danger a crisis is; empty means to the client
	// themselves.
	Danger understand.Danger `json:"danger,omitempty"`
	// Language is the tag that was asked for.
	Language string `json:"lang,omitempty"`
}

// Corrected is a text whose reading a person puts right.
type Corrected struct {
	Message MessageID
	Channel Channel
	// Was is what it was read as, and Undo what its effects replaced.
	Was  understand.Intent
	Undo Undo
	// Open is the question that was open when it came, if any.
	Open *Question
	// Done says that a person has corrected it before, Now what to; the zero
	// meaning if that is not known. Undo is then what that correction did.
	Done bool
	Now  Meaning
}

// Undo is what the effects of one text replaced. It holds ids and statuses, no
// text and no name. The zero value means that there is nothing to undo.
type Undo struct {
	Appointments []AppointmentUndo `json:"appts,omitempty"`
	Offers       []OfferUndo       `json:"offers,omitempty"`
	Tasks        []TaskUndo        `json:"tasks,omitempty"`
	Agreements   []AgreementUndo   `json:"agreements,omitempty"`
	// Settings puts back what the text set, Set is what it set.
	Settings *Settings `json:"settings,omitempty"`
	Set      *Settings `json:"set,omitempty"`
	// Language is the one before, where the text changed it to NowLanguage.
	Language    *string `json:"lang,omitempty"`
	NowLanguage string  `json:"now_lang,omitempty"`
	// Prefers is the channel that was preferred before, where the text changed
	// it to NowPrefers.
	Prefers    Channel `json:"prefers,omitempty"`
	NowPrefers Channel `json:"now_prefers,omitempty"`
	// Flags are those that the text raised, Answers the check-ins whose answer
	// it recorded.
	Flags   []FlagReason `json:"flags,omitempty"`
	Answers []CheckInID  `json:"answers,omitempty"`
	// Lasting says that it did something that nothing puts back: it ended a
	// series of check-ins, or said something about the service. A person has to.
	Lasting bool `json:"lasting,omitempty"`
	// Open is the question that was open before.
	Open *Question `json:"open,omitempty"`
}

// AppointmentUndo is one appointment before (Was…) and after a text.
type AppointmentUndo struct {
	ID       AppointmentID     `json:"id"`
	Was      AppointmentStatus `json:"was"`
	Proposed int64             `json:"proposed,omitempty"` // Unix milliseconds, before
	Now      AppointmentStatus `json:"now"`
	NowAsked int64             `json:"now_asked,omitempty"` // the time proposed after
	Stands   int64             `json:"stands,omitempty"`    // its start, when the text came
}

// OfferUndo is one offer before and after a text.
type OfferUndo struct {
	ID  OfferID     `json:"id"`
	Was OfferStatus `json:"was"`
	Now OfferStatus `json:"now"`
}

// TaskUndo is one task before and after a text.
type TaskUndo struct {
	ID  TaskID     `json:"id"`
	Was TaskStatus `json:"was"`
	Now TaskStatus `json:"now"`
}

// AgreementUndo is the agreement on one channel before and after a text.
type AgreementUndo struct {
	Channel Channel   `json:"ch"`
	Was     Agreement `json:"was"`
	Now     Agreement `json:"now"`
}

// corrected undoes what a text was wrongly taken for, and does what it meant as
// if the client had said that. Each part is undone only if it is still what the
// text made of it: what moved on since is left to a person. The client is told
// only where they had been told something wrong, and never at night.
func (s *step) corrected() {
	c, m := s.facts.Corrected, s.event.Meaning
	if c == nil || c.Message != s.event.Message || c.Done && c.Now == m {
		return
	}
	s.event.From.Channel = c.Channel
	loaded, was := s.facts, s.state.Open
	if !s.facts.Known() {
		s.correctedStranger(m)
		return
	}
	if !c.Done && m == (Meaning{Intent: c.Was}) && m.Intent != understand.Change && m.Intent != understand.Rating {
		// A person read it and found it right.
		s.do(Correct{Message: c.Message, Meaning: m, By: s.event.By})
		return
	}
	whole := s.undo(c)
	s.reopen(c)
	before, from := s.facts, len(s.effects)
	known := s.state.Asked
	if s.movedOn(c, m) {
		// What was meant was about another time: a person decides what to make of it.
		whole = false
	} else {
		s.meant(c, m)
	}
	s.keepUndo(before, was, from)
	s.do(Correct{Message: c.Message, Meaning: m, By: s.event.By})
	if !whole {
		s.flag(FlagNotUndone, "")
	}
	if s.event.By != "" && s.event.By != s.facts.Specialist.ID {
		s.flag(FlagCorrected, "")
	}
	now := s.replaced(loaded, s.effects)
	if toldWrong(c, m) && (now.told() || len(c.Undo.Answers) > 0 || len(c.Undo.Tasks) > 0 || c.Undo.promised()) {
		s.putRight(c, m, now)
	}
	// What a flow would have asked and nothing said is not open.
	if q := s.state.Open; q != nil && asked(q.ID) > known && !s.says(q.ID) {
		s.state.Open = nil
	}
	s.effects = slices.DeleteFunc(s.effects, func(e Effect) bool {
		x, ok := e.(Expect)
		_, waits := s.question(x.Question)
		return ok && !waits
	})
	s.nextInLine()
}

// movedOn says whether what is meant is an answer about an appointment that has
// another time now than when the text came, or is gone.
func (s *step) movedOn(c *Corrected, m Meaning) bool {
	if answers[m.Intent] != AskAppointment {
		return false
	}
	id, stands := m.Appointment, int64(0)
	for _, x := range c.Undo.Appointments {
		if id == "" || x.ID == id {
			id, stands = x.ID, x.Stands
		}
	}
	for _, q := range []*Question{c.Undo.Open, c.Open} {
		if stands == 0 && q != nil && q.Appointment != "" && (id == "" || q.Appointment == id) {
			id, stands = q.Appointment, q.Stands
		}
	}
	if stands == 0 {
		return false
	}
	a, ok := s.facts.Appointment(id)
	return !ok || millis(a.At) != stands
}

// asked is the running number in a question's id.
func asked(id QuestionID) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(string(id), "q"))
	return n
}

func (s *step) says(id QuestionID) bool {
	return slices.ContainsFunc(s.effects, func(e Effect) bool {
		m, ok := e.(Say)
		return ok && m.Question == id
	})
}

// correctedStranger is a text of somebody who is not on the caseload: nothing
// was changed, and only danger is acted on.
func (s *step) correctedStranger(m Meaning) {
	s.do(Correct{Message: s.event.Message, Meaning: m, By: s.event.By})
	if m.Intent == understand.Crisis {
		s.reading = understand.Reading{Intent: m.Intent, Danger: m.Danger, Sure: 100}
		s.alert(cmp.Or(m.Danger, understand.DangerSelf))
	}
}

// undo puts back what a text changed and takes down its flags. It reports
// whether that was possible for all of it.
func (s *step) undo(c *Corrected) bool {
	u, whole := c.Undo, !c.Undo.Lasting
	for _, x := range u.Appointments {
		a, ok := s.facts.Appointment(x.ID)
		if !ok || a.Status != x.Now || millis(a.Proposed) != x.NowAsked || x.Stands != 0 && millis(a.At) != x.Stands {
			whole = false
			continue
		}
		a.Status, a.Proposed = x.Was, time.Time{}
		if x.Proposed != 0 {
			a.Proposed = time.UnixMilli(x.Proposed).UTC()
		}
		s.do(SetAppointment{ID: a.ID, Status: a.Status, Proposed: a.Proposed})
		s.setFact(a)
	}
	s.facts.Offers = slices.Clone(s.facts.Offers)
	for _, x := range u.Offers {
		i := slices.IndexFunc(s.facts.Offers, func(o Offer) bool { return o.ID == x.ID })
		if i < 0 || s.facts.Offers[i].Status != x.Now {
			whole = false
			continue
		}
		s.do(SetOffer{ID: x.ID, Status: x.Was})
		s.facts.Offers[i].Status = x.Was
	}
	s.facts.Tasks = slices.Clone(s.facts.Tasks)
	for _, x := range u.Tasks {
		i := slices.IndexFunc(s.facts.Tasks, func(t Task) bool { return t.ID == x.ID })
		// A task that is done is no more among the facts.
		if i < 0 && x.Now != TaskDone || i >= 0 && s.facts.Tasks[i].Status != x.Now {
			whole = false
			continue
		}
		s.do(SetTask{ID: x.ID, Status: x.Was})
		if i < 0 {
			i = len(s.facts.Tasks)
			s.facts.Tasks = append(s.facts.Tasks, Task{ID: x.ID})
		}
		s.facts.Tasks[i].Status = x.Was
	}
	whole = s.undoAgreements(u) && whole
	whole = s.undoSettings(u) && whole
	for _, id := range u.Answers {
		s.do(ForgetAnswer{CheckIn: id, Message: c.Message})
	}
	for _, r := range u.Flags {
		if r == FlagHold || r == FlagThreat {
			// What danger began is ended by people, each on its own.
			continue
		}
		s.do(SettleFlags{Reason: r, Message: c.Message})
	}
	return whole
}

// undoAgreements gives back an agreement that a text ended, or takes back one
// that it gave. What the carrier blocked nobody here can open.
func (s *step) undoAgreements(u Undo) bool {
	whole := true
	for _, x := range u.Agreements {
		r := s.reach(x.Channel)
		if r.Agreement != x.Now || x.Now == AgreementStopped && r.Blocked {
			whole = false
			continue
		}
		s.do(SetAgreement{Channel: x.Channel, Agreement: x.Was, How: "corrected"})
		s.setReach(x.Channel, x.Was, r.Blocked)
		switch {
		case x.Was == AgreementGiven:
			s.remindAll()
		case x.Now == AgreementGiven:
			s.do(DropQueued{Reason: string(policy.NotAgreed)})
		}
	}
	return whole
}

func (s *step) undoSettings(u Undo) bool {
	whole := true
	if u.Settings != nil && u.Set != nil {
		back, all := s.facts.Client.stillSo(*u.Settings, *u.Set)
		whole = all
		if !back.IsZero() {
			s.do(Set{Settings: back})
			s.facts.Client = s.facts.Client.With(back)
		}
	}
	if u.Language != nil {
		if s.facts.Client.Language == u.NowLanguage {
			s.do(SetLanguage{Language: *u.Language})
			s.facts.Client.Language = *u.Language
		} else {
			whole = false
		}
	}
	if u.Prefers != "" {
		if s.channel() == u.NowPrefers {
			s.do(PreferChannel{Channel: u.Prefers})
		} else {
			whole = false
		}
	}
	return whole
}

// reopen gives the floor back to the question that was open when the text came,
// where it can still be answered, and lets go what the wrong reading asked.
func (s *step) reopen(c *Corrected) {
	was := c.Undo.Open
	if was == nil {
		was = c.Open
	}
	undone := func(q Question) bool {
		return slices.ContainsFunc(c.Undo.Appointments, func(x AppointmentUndo) bool { return x.ID == q.Appointment }) ||
			slices.ContainsFunc(c.Undo.Offers, func(x OfferUndo) bool { return x.ID == q.Offer }) ||
			slices.Contains(c.Undo.Answers, q.CheckIn)
	}
	if q := s.state.Open; q != nil && !staysAnswerable(*q) && (was == nil || q.ID != was.ID) && undone(*q) {
		s.closeQuestion("")
	}
	if was == nil || !s.answerable(*was) {
		return
	}
	q := *was
	s.state.Closed = slices.DeleteFunc(slices.Clone(s.state.Closed), func(x ClosedQuestion) bool { return x.ID == q.ID })
	switch _, there := s.question(q.ID); {
	case there:
	case s.state.Open == nil:
		s.state.Open = &q
		s.expect(q)
	case staysAnswerable(q):
		s.state.Queue = append(s.state.Queue, q)
	}
}

// answerable says whether a question that was closed can be answered again.
func (s *step) answerable(q Question) bool {
	if q.Put == 0 || q.Kind == AskWhich {
		return false
	}
	if q.Appointment != "" {
		a, ok := s.facts.Appointment(q.Appointment)
		if !ok || !a.At.After(s.now) || a.At.UnixMilli() != q.Stands {
			return false
		}
	}
	if q.Kind == AskTime {
		at, err := localTime(q.Date, q.Clock, s.now.Location())
		return err == nil && at.After(s.now)
	}
	if q.Offer != "" {
		i := slices.IndexFunc(s.facts.Offers, func(o Offer) bool { return o.ID == q.Offer })
		return i >= 0 && s.facts.Offers[i].Status == OfferOpen
	}
	return q.Kind != AskOptIn || s.reach(q.Channel).Agreement == AgreementAsked
}

// meant does what a text means, as if the client had said it: nothing of it is
// said but the words for danger.
func (s *step) meant(c *Corrected, m Meaning) {
	s.quiet = true
	defer func() { s.quiet = false }()
	s.reading = understand.Reading{
		Intent: m.Intent, When: understand.When{Date: m.Date, Clock: m.Clock}, Number: m.Number, Sure: 100,
		Language: m.Language, Danger: m.Danger,
	}
	if m.Intent == understand.Crisis && m.Danger == understand.DangerNone {
		s.reading.Danger = understand.DangerSelf
	}
	s.subject = m.Appointment
	if s.subject == "" && len(c.Undo.Appointments) > 0 {
		s.subject = c.Undo.Appointments[0].ID
	}
	invited := s.reach(c.Channel).Agreement == AgreementAsked
	switch {
	case m.Intent == understand.Crisis:
		s.risk()
	case m.Intent == understand.Stop:
		s.stop()
	case m.Intent == understand.Start:
		s.start()
	case s.facts.Client.Closed, m.Intent == understand.Other, m.Intent == understand.Social, m.Intent == understand.Choose:
		// A person has read it: there is nothing else to do.
	case invited && (m.Intent == understand.OptinYes || m.Intent == understand.Confirm):
		s.optIn("corrected")
	case invited && (m.Intent == understand.OptinNo || m.Intent == understand.Cannot):
		s.optOut("corrected")
	case m.Intent == understand.Change:
		s.meantChange(m)
	default:
		s.act()
	}
}

// meantChange is another time that a person read: in full it goes before the
// specialist at once; the client is asked for what is missing, see putRight.
func (s *step) meantChange(m Meaning) {
	a, ok := s.meeting()
	if !ok || !a.At.After(s.now) {
		return
	}
	if at, err := localTime(m.Date, m.Clock, s.now.Location()); err == nil && at.After(s.now) && !at.Equal(a.At) {
		s.proposeAt(a, at, ChooseYes)
		return
	}
	s.do(SetAppointment{ID: a.ID, Status: ChangeAsked})
	s.flag(FlagChangeAsked, a.ID)
	s.closeAbout(a.ID, ChooseChange)
}

// toldWrong says whether the client was told something that is not so. Of
// danger nothing is said again, nor to somebody who stopped or is not the client.
func toldWrong(c *Corrected, m Meaning) bool {
	switch {
	case c.Was == understand.Crisis, m.Intent == understand.Crisis, m.Intent == understand.Stop,
		m.Intent == understand.WrongPerson, m.Intent == understand.OptinNo:
		return false
	}
	return c.Undo.told() || c.Undo.promised()
}

// promised says whether the client was told that somebody learns of something:
// that they are late, or would like a call.
func (u Undo) promised() bool {
	return slices.Contains(u.Flags, FlagLate) || slices.Contains(u.Flags, FlagCallMe)
}

// putRight tells the client what holds now.
func (s *step) putRight(c *Corrected, m Meaning, now Undo) {
	a, ok := s.meeting()
	if about := len(c.Undo.Appointments) > 0 || len(now.Appointments) > 0 || answers[m.Intent] == AskAppointment; !ok || !about || !a.At.After(s.now) {
		s.owe(Say{Key: "correction.noted"}, time.Time{})
		return
	}
	for _, x := range now.Appointments {
		if x.ID == a.ID {
			a.Status, a.Proposed = x.Now, time.Time{}
			if x.NowAsked != 0 {
				a.Proposed = time.UnixMilli(x.NowAsked)
			}
		}
	}
	vars := s.meetingVars(a)
	say := Say{Key: "correction.stands", Vars: map[string]any{"when": s.local(a)}, Appointment: a.ID}
	switch {
	case a.Status == Confirmed:
		say.Key, say.Vars = "correction.confirmed", vars
	case a.Status == Cannot:
		say.Key, say.Vars = "correction.cannot", vars
		if q := s.state.Open; q != nil && q.Kind == AskReschedule && q.Appointment == a.ID {
			q.Free = nil
			say.Question = q.ID
		}
	case a.Status == ChangeAsked && !a.Proposed.IsZero():
		vars["proposed"] = When(a.Proposed.In(s.now.Location()))
		say.Key, say.Vars = "correction.change", vars
	case a.Status == ChangeAsked && s.state.Open == nil:
		say.Key = "correction.change_ask"
		q := s.newQuestion(AskReschedule, a)
		say.Question = q.ID
		s.open(q)
	}
	s.owe(say, a.At)
}

// owe says something that a client is owed, although they have not just
// written: like an answer, but never at night, and only to who agreed. It is
// not said once it would be useless.
func (s *step) owe(m Say, latest time.Time) {
	m.Urgency, m.Language = Answer, s.ownLanguage()
	m.Channel = s.event.From.Channel
	st := s.standing(m.Channel)
	reason := policy.NotAgreed
	if st.Given && !st.Closed && !st.Blocked {
		at := s.hours().Next(s.now)
		if !at.IsZero() && (latest.IsZero() || at.Before(latest)) {
			if !at.Equal(s.now) {
				m.NotBefore, m.Held = at, string(policy.QuietHours)
				// What was to be said in the morning before this is not so any more.
				s.do(DropQueued{Owed: true, Appointment: m.Appointment, Reason: "replaced"})
			}
			m.Until = latest
			s.do(m)
			return
		}
		reason = policy.TooLate
	}
	s.do(Skip{Key: m.Key, Appointment: m.Appointment, Reason: string(reason)})
}
