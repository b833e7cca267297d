package conversations

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"alongside/conversations/policy"
)

// patience is how long an open reminder keeps the floor: a question about
// another matter waits until then, and then takes it. The older question can
// still be answered.
const patience = 2 * time.Hour

// ParseState reads the JSON form of a state. Empty input is the zero state.
func ParseState(b []byte) (State, error) {
	var s State
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return State{}, fmt.Errorf("read state: %w", err)
	}
	if s.Version > StateVersion {
		return State{}, fmt.Errorf("read state: version %d is newer than this program's %d", s.Version, StateVersion)
	}
	return s, nil
}

// clone copies a state so deeply that changing the copy leaves the first alone.
func (s State) clone() State {
	if s.Open != nil {
		q := *s.Open
		s.Open = &q
	}
	if s.Ring != nil {
		r := *s.Ring
		s.Ring = &r
	}
	if s.Chose != nil {
		c := *s.Chose
		s.Chose = &c
	}
	if s.Silence != nil {
		w := *s.Silence
		w.Asked = slices.Clone(w.Asked)
		s.Silence = &w
	}
	if s.Covered != nil {
		c := *s.Covered
		s.Covered = &c
	}
	s.Queue = slices.Clone(s.Queue)
	s.Closed = slices.Clone(s.Closed)
	s.Reminded = slices.Clone(s.Reminded)
	s.Planned = slices.Clone(s.Planned)
	s.Spent = slices.Clone(s.Spent)
	s.Held = slices.Clone(s.Held)
	s.Shifts = slices.Clone(s.Shifts)
	s.Nudges = slices.Clone(s.Nudges)
	return s
}

// open makes q the open question. What was open before goes: a question about
// the same appointment is replaced; another that was put already stays
// answerable in the queue.
func (s *step) open(q Question) {
	if old := s.state.Open; old != nil {
		if staysAnswerable(*old) && !sameSubject(*old, q) {
			s.state.Queue = append(s.state.Queue, *old)
		} else {
			s.remember(*old, "")
		}
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(w Question) bool {
		return w.ID == q.ID || sameSubject(w, q)
	})
	q.Put++
	q.AskedAt = s.now.UnixMilli()
	s.state.Open = &q
	s.expect(q)
}

// staysAnswerable says whether a question that makes room for another can
// still be answered from the queue: it can be told from others by its subject.
func staysAnswerable(q Question) bool {
	switch q.Kind {
	case AskAppointment, AskLead, AskTask, AskScale:
		return true
	default:
		return false
	}
}

// sameSubject says whether two questions are about the same thing.
func sameSubject(a, b Question) bool {
	return a.Appointment != "" && a.Appointment == b.Appointment || a.Offer != "" && a.Offer == b.Offer ||
		a.Task != "" && a.Task == b.Task || a.CheckIn != "" && a.CheckIn == b.CheckIn
}

// put says the words of a question unasked, or lets it wait for its turn while
// another matter is being talked about.
func (s *step) put(q Question, m Say, latest time.Time) {
	if o := s.state.Open; o != nil && !sameSubject(*o, q) && s.now.Sub(o.AskedTime()) < patience {
		s.state.Queue = append(s.state.Queue, q)
		s.do(Expect{Question: q.ID, At: o.AskedTime().Add(patience)})
		return
	}
	s.ask(policy.Unasked, q, m, latest)
}

// ask says the words of a question unasked, when policy lets it, and opens the
// question, also where they still wait for their hour.
func (s *step) ask(kind policy.Kind, q Question, m Say, latest time.Time) {
	m.Question = q.ID
	if s.prompt(kind, m, latest) {
		q.From = s.goesFrom()
		s.open(q)
	}
}

// goesFrom is the moment before which what was said last does not go, in Unix
// milliseconds; 0 if it goes at once.
func (s *step) goesFrom() int64 {
	if len(s.effects) == 0 {
		return 0
	}
	m, ok := s.effects[len(s.effects)-1].(Say)
	if !ok || m.NotBefore.IsZero() {
		return 0
	}
	return m.NotBefore.UnixMilli()
}

// unseen says whether a question still waits for its hour: nobody has seen it,
// and a number or a no that comes before then answers something else. The
// invitation is left out: who was told of it in person may answer early.
func (s *step) unseen(q Question) bool {
	return q.Kind != AskOptIn && q.Put > 0 && q.From > s.now.UnixMilli()
}

// setAside takes the floor from a question that nobody has seen while a text is
// answered, and returns it; takeUp gives it back.
func (s *step) setAside() *Question {
	q := s.state.Open
	if q == nil || !s.unseen(*q) {
		return nil
	}
	s.state.Queue = append(s.state.Queue, *q)
	s.state.Open = nil
	return q
}

func (s *step) takeUp() {
	if s.state.Open != nil {
		return
	}
	for i, q := range slices.Backward(s.state.Queue) {
		if s.unseen(q) {
			s.state.Queue = slices.Delete(s.state.Queue, i, i+1)
			s.state.Open = &q
			return
		}
	}
}

// callBack takes back the words of a question that was set aside, where the
// text has settled it or put another in its place: in the morning they would
// ask what is no question any more.
func (s *step) callBack(q *Question) {
	if q == nil || q.Appointment == "" && q.Offer == "" {
		return
	}
	if _, there := s.question(q.ID); there {
		return
	}
	if slices.ContainsFunc(s.effects, func(e Effect) bool {
		d, is := e.(DropQueued)
		return is && (d.Everything || d.Appointment == "" && d.Offer == "" ||
			q.Appointment != "" && d.Appointment == q.Appointment || q.Offer != "" && d.Offer == q.Offer)
	}) {
		return
	}
	s.do(DropQueued{Appointment: q.Appointment, Offer: q.Offer, Reason: "replaced"})
	s.notQueued(q.Appointment)
}

// waiting finds a question of a kind that was put and not answered: the open
// one, or the newest that made room for it.
func (s *step) waiting(k QuestionKind) (Question, bool) {
	if q := s.state.Open; q != nil && q.Kind == k {
		return *q, true
	}
	for _, q := range slices.Backward(s.state.Queue) {
		if q.Kind == k && q.Put > 0 && !s.unseen(q) {
			return q, true
		}
	}
	return Question{}, false
}

// closeOne ends a question, open or waiting, with the choice that was made.
func (s *step) closeOne(id QuestionID, c Choice) {
	if q := s.state.Open; q != nil && q.ID == id {
		s.closeQuestion(c)
		return
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool {
		if q.ID == id {
			s.remember(q, c)
		}
		return q.ID == id
	})
}

// Questions that nobody has to answer are let go after a while.
const (
	leadPatience     = 7 * 24 * time.Hour
	taskPatience     = 3 * 24 * time.Hour
	scalePatience    = 24 * time.Hour
	feedbackPatience = 7 * 24 * time.Hour
)

// expect sets the timer that closes a question which nobody answers.
func (s *step) expect(q Question) {
	at := s.now.Add(time.Duration(s.rules.Pathway.AnswerWithin) * time.Minute)
	switch q.Kind {
	case AskAppointment:
		// No reply leaves the meeting booked; the question ends with it. The
		// state forgets it by itself (forgetPast), so that no timer is needed.
		return
	case AskOptIn:
		at = s.now.Add(optInPatience)
	case AskLead, AskWhyNot:
		at = s.now.Add(leadPatience)
	case AskTask:
		at = s.now.Add(taskPatience)
	case AskScale, AskFollowUp:
		at = s.now.Add(scalePatience)
	case AskFeedback:
		at = s.now.Add(feedbackPatience)
	case AskWhich, AskPause, AskQuiet, AskStopKind:
	case AskReschedule, AskTime:
		if stands := time.UnixMilli(q.Stands); q.Stands != 0 && stands.Before(at) && stands.After(s.now) {
			at = stands
		}
	}
	s.do(Expect{Question: q.ID, At: at})
}

// optInPatience is how long an invitation waits before the specialist is told
// that it found no answer.
const optInPatience = 7 * 24 * time.Hour

// remember keeps a question that is over, so that a late button is understood.
func (s *step) remember(q Question, c Choice) {
	s.state.Closed = slices.Insert(s.state.Closed, 0, ClosedQuestion{
		ID: q.ID, Kind: q.Kind, Appointment: q.Appointment, Offer: q.Offer, Task: q.Task, CheckIn: q.CheckIn, Choice: c, Stands: q.Stands,
		At:    s.now.UnixMilli(),
		Asked: q.AskedAt,
		Shown: q.Shown && q.Kind == AskLead, Free: q.Free, Readings: q.Readings,
	})
	if len(s.state.Closed) > keptClosed {
		s.state.Closed = s.state.Closed[:keptClosed]
	}
}

// closeQuestion ends the open question with the choice that was made ("" if
// none). What waits takes the floor at the end of the turn, see nextInLine.
func (s *step) closeQuestion(c Choice) {
	if s.state.Open == nil {
		return
	}
	s.remember(*s.state.Open, c)
	s.state.Open = nil
}

// closeAbout ends every question about an appointment, open or waiting.
func (s *step) closeAbout(a AppointmentID, c Choice) {
	if q := s.state.Open; q != nil && q.concerns(a) {
		s.closeQuestion(c)
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool {
		if !q.concerns(a) {
			return false
		}
		s.remember(q, c)
		return true
	})
}

// concerns says whether a question is about an appointment, or asks which of
// several readings about it was meant.
func (q Question) concerns(a AppointmentID) bool {
	return q.Appointment == a || slices.ContainsFunc(q.Readings, func(m Meaning) bool { return m.Appointment == a })
}

// closeAll ends every question: the person stopped, left, or is somebody else.
func (s *step) closeAll() {
	s.closeQuestion("")
	s.state.Queue = nil
}

// nextInLine puts the oldest question that still waits to be put for the first
// time, once nothing is open any more.
func (s *step) nextInLine() {
	s.takeUp()
	for s.state.Open == nil {
		i := slices.IndexFunc(s.state.Queue, func(q Question) bool { return q.Put == 0 })
		if i < 0 {
			return
		}
		q := s.state.Queue[i]
		s.state.Queue = slices.Delete(s.state.Queue, i, i+1)
		s.putWaiting(q)
	}
}

// question finds a question that was put and not answered: the open one, or
// one that made room for it.
func (s *step) question(id QuestionID) (Question, bool) {
	if q := s.state.Open; q != nil && q.ID == id {
		return *q, true
	}
	for _, q := range s.state.Queue {
		if q.ID == id && q.Put > 0 {
			return q, true
		}
	}
	return Question{}, false
}

// timeout is a question that nobody answered in its time. Any other timer is
// stale and does nothing.
func (s *step) timeout() {
	q := s.state.Open
	if q == nil || q.ID != s.event.Question {
		i := slices.IndexFunc(s.state.Queue, func(w Question) bool { return w.ID == s.event.Question })
		if i < 0 {
			return
		}
		w := s.state.Queue[i]
		switch {
		case w.Put == 0:
			// What waited for the floor takes it now.
			s.state.Queue = slices.Delete(s.state.Queue, i, i+1)
			s.putWaiting(w)
		case w.Kind != AskAppointment && !s.stillAwaited(w):
			// It made room for another, and nobody answered it in its time.
			s.state.Queue = slices.Delete(s.state.Queue, i, i+1)
			s.remember(w, "")
		}
		return
	}
	if s.stillAwaited(*q) {
		return
	}
	if a, ok := s.facts.Appointment(q.Appointment); missed(q.Kind) && (!ok || a.Status != Cannot) {
		// Who cannot come was not asked for a time, only told that they may say
		// one, and is on the specialist's list already.
		s.do(RaiseFlag{Reason: FlagNoAnswer, Appointment: q.Appointment, Message: q.Message})
	}
	s.closeQuestion("")
	if q.Kind == AskWhich {
		s.resume()
	}
	s.nextInLine()
}

// missed says whether a person is told that a question found no answer. Nobody
// has to answer an offer, a check-in or a task: silence there is an answer too.
func missed(k QuestionKind) bool {
	switch k {
	case AskOptIn, AskReschedule, AskTime, AskWhich, AskPause, AskQuiet, AskStopKind:
		return true
	default:
		return false
	}
}
