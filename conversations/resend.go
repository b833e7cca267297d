package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/policy"
)

// A message that did not reach the phone is said again when a person asks for
// it: as a new message, written from what is true now, and only if the one
// policy lets it. Nothing is repeated by itself.

// Unreceived is the message that an [EventResend] is about.
type Unreceived struct {
	Message  MessageID
	Channel  Channel
	Key      string
	Urgency  Urgency
	Delivery Delivery
	Question QuestionID
	// Appointment is the one that it speaks of, also one that was called off;
	// Stands its start as the words state it, zero if they state none.
	Appointment Appointment
	Stands      time.Time
	Offer       OfferID
	Matter      Matter
	// Nudge is the one that it was of, whole; no ID: of none.
	Nudge Nudge
	// At is when it was decided to send it.
	At time.Time
	// Again says that it was said again already.
	Again bool
}

// Resent records that a message that did not arrive was said again.
type Resent struct{ Message MessageID }

func (Resent) effect() {}

// Why a message is not said again.
const (
	// SentAgain: it was already.
	SentAgain policy.Reason = "sent_again"
	// NotFailed: it may have arrived.
	NotFailed policy.Reason = "not_failed"
	// WriteAnew: it belonged to its moment; a person writes something new.
	WriteAnew policy.Reason = "write_anew"
	// Moved and CalledOff: the appointment is not at that time any more.
	Moved     policy.Reason = "appointment_moved"
	CalledOff policy.Reason = "appointment_cancelled"
	// Withdrawn: the lead cannot be had any more. WasAnswered: what it asked was
	// answered meanwhile.
	Withdrawn   policy.Reason = "offer_withdrawn"
	WasAnswered policy.Reason = "answered"
)

// resend is that wish of a person.
func (s *step) resend() {
	u := s.facts.Unreceived
	if !s.facts.Known() || u == nil || u.Message != s.event.Message {
		return
	}
	first, spent := len(s.effects), slices.Clone(s.state.Spent)
	why := WriteAnew
	switch {
	case u.Again:
		why = SentAgain
	case u.Delivery != Failed && u.Delivery != Undelivered:
		why = NotFailed
	case u.Urgency == Prompt:
		s.giveBackBudget(u.Matter)
		why = s.sayOnceMore(*u)
	}
	// What waits its turn is as good as said.
	said := slices.ContainsFunc(s.effects[first:], func(e Effect) bool {
		switch e.(type) {
		case Say, Expect:
			return true
		}
		return false
	})
	switch {
	case said:
		s.do(Resent{Message: u.Message})
		s.do(SettleFlags{Reason: FlagUndelivered, Message: u.Message})
	default:
		s.state.Spent = spent
	}
	if !said && why != policy.None {
		s.do(Skip{Key: u.Key, Appointment: u.Appointment.ID, Reason: string(why)})
	}
}

// giveBackBudget takes a text that nobody got out of what was spent.
func (s *step) giveBackBudget(m Matter) {
	for i, x := range slices.Backward(s.state.Spent) {
		if m.counts() && x.Matter == m && x.At <= s.now.UnixMilli() {
			s.state.Spent = slices.Delete(s.state.Spent, i, i+1)
			return
		}
	}
}

// sayOnceMore says what a message was about, as it is now. It returns why not,
// or nothing where it was said, or where policy has said why not.
func (s *step) sayOnceMore(u Unreceived) policy.Reason {
	q, answered := s.askedBy(u.Question)
	switch {
	case answered:
		return WasAnswered
	case u.Key == "optin.question":
		if s.reach(u.Channel).Agreement != AgreementAsked {
			return policy.NotAgreed
		}
		s.closeOne(q.ID, "")
		s.askOptIn(u.Channel)
	case u.Key == TellPassedOn:
		if h := s.facts.Handover; h != nil && h.To == s.facts.Specialist.ID {
			s.sayPassedOn(*h)
			return policy.None
		}
		return WriteAnew
	case u.Nudge.ID != "":
		return s.nudgeOnceMore(u.Nudge)
	case u.Offer != "":
		return s.leadOnceMore(u)
	case u.Appointment.ID != "":
		return s.meetingOnceMore(u)
	default:
		return s.askOnceMore(q, u)
	}
	return policy.None
}

// askedBy finds the question that a message put, and whether it was answered.
func (s *step) askedBy(id QuestionID) (q Question, answered bool) {
	if id == "" {
		return q, false
	}
	if q := s.state.Open; q != nil && q.ID == id {
		return *q, false
	}
	for _, q := range s.state.Queue {
		if q.ID == id {
			return q, false
		}
	}
	for _, c := range s.state.Closed {
		if c.ID == id {
			return Question{ID: c.ID, Kind: c.Kind, Appointment: c.Appointment, Offer: c.Offer, Task: c.Task, CheckIn: c.CheckIn}, c.Choice != ""
		}
	}
	return q, false
}

func (s *step) nudgeOnceMore(n Nudge) policy.Reason {
	m, ok := s.nudgeWords(n)
	if !ok {
		return NoWords
	}
	m.Nudge, m.Bulk = "", false
	if !s.prompt(policy.Unasked, m, time.Time{}) {
		return policy.None
	}
	at := s.now.UnixMilli()
	if from := s.goesFrom(); from > at {
		at = from
	}
	s.state.Nudges = slices.DeleteFunc(s.state.Nudges, func(k NudgeMark) bool { return k.ID == n.ID })
	s.state.Nudges = append(s.state.Nudges, NudgeMark{ID: n.ID, At: at})
	return policy.None
}

func (s *step) leadOnceMore(u Unreceived) policy.Reason {
	o, ok := s.findOffer(u.Offer)
	switch {
	case !ok || !o.standing(s.now):
		return Withdrawn
	case o.Status != OfferOpen:
		return WasAnswered
	}
	s.closeOffer(o.ID, "")
	s.putLead(s.newOffer(o), o)
	return policy.None
}

// meetingOnceMore says the time of an appointment that stands, or that one was
// called off.
func (s *step) meetingOnceMore(u Unreceived) policy.Reason {
	a, ok := s.facts.Appointment(u.Appointment.ID)
	ok = ok && a.Status != Cancelled
	switch {
	case strings.HasPrefix(u.Key, "appointment.another_time"):
		return WriteAnew
	case !ok && u.Key == "appointment.cancelled" && u.Appointment.At.After(s.now):
		a = u.Appointment
		s.prompt(policy.Unasked, Say{Key: u.Key, Appointment: a.ID, Vars: s.meetingVars(a)}, a.At)
		return policy.None
	case !ok && u.Appointment.Status == Cancelled, u.Key == "appointment.cancelled":
		return CalledOff
	case !ok || !a.At.After(s.now):
		return policy.AlreadyPast
	case !u.Stands.IsZero() && !u.Stands.Equal(a.At):
		return Moved
	}
	mark := Reminded{Appointment: a.ID, Stands: a.At.UnixMilli()}
	for _, r := range s.state.Reminded {
		if r.Appointment != a.ID || r.Stands != mark.Stands {
			continue
		}
		if r.From > s.now.UnixMilli() {
			return ToldBefore // It waits for its hour already.
		}
		mark = r
	}
	mark.From = 0
	s.state.Reminded = slices.DeleteFunc(s.state.Reminded, mark.same)
	s.forgetHeld(a.ID)
	s.remindOf(a, mark)
	return policy.None
}

// askOnceMore puts a question that is about no appointment and no lead.
func (s *step) askOnceMore(q Question, u Unreceived) policy.Reason {
	switch q.Kind {
	case AskTask:
		t, ok := s.task(q.Task)
		if !ok || t.Status == TaskDone || t.Status == TaskDropped {
			return WasAnswered
		}
		s.closeOne(q.ID, "")
		if _, waits := s.waitingTask(t.ID); waits {
			return ToldBefore
		}
		s.putTaskQuestion(s.newTask(t), t)
	case AskScale:
		c, ok := s.series(q.CheckIn)
		switch {
		case !ok:
			return WriteAnew
		case !dayOf(u.At.In(s.now.Location())).Equal(dayOf(s.now)):
			return policy.AlreadyPast // It belonged to its day.
		case c.Kind.aboutWork() && !s.inWork():
			return policy.WrongStage
		}
		s.closeOne(q.ID, "")
		fresh := s.newQuestion(AskScale, Appointment{})
		fresh.CheckIn = c.ID
		s.askCheckIn(fresh, c)
	case AskFeedback:
		if q.Shown {
			return WriteAnew
		}
		s.closeOne(q.ID, "")
		s.putFeedback(s.newQuestion(AskFeedback, Appointment{}))
	default:
		return WriteAnew
	}
	return policy.None
}
