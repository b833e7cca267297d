package conversations

import (
	"slices"
	"time"

	"alongside/conversations/understand"
)

// Silence is what a client was asked unasked since they last wrote, and when
// their specialist hears of it. That is all that silence ever does: nobody is
// written to more often for it, and nobody is dropped for it (rule 7).
type Silence struct {
	// Since is when the first of it went, in Unix milliseconds.
	Since int64 `json:"since"`
	// Asked are the questions that found no answer, the oldest first; the second
	// reminder of one appointment is no second question.
	Asked []Unheard `json:"asked,omitempty"`
	// Due is when the specialist is prompted, in Unix milliseconds; 0 if not any
	// more. The timer of any other moment is stale.
	Due int64 `json:"due,omitempty"`
	// Told says that the specialist was prompted: once for each silence.
	Told bool `json:"told,omitempty"`
}

// Unheard is one question that was put unasked.
type Unheard struct {
	Question QuestionID `json:"q"`
	// At is when its words go, in Unix milliseconds.
	At int64 `json:"at"`
}

// AwaitText schedules the event [EventSilence]: when, if nothing comes from the
// client until then, their specialist is prompted.
type AwaitText struct{ At time.Time }

// Why a specialist is prompted: the details of [FlagSilent].
const (
	// SilentQuestions: as many questions as the pathway allows found no answer.
	SilentQuestions = "questions_unanswered"
	// SilentDays: no text came for as many days while something waited for one.
	SilentDays = "days_without_a_text"
)

const (
	// hearBy is for how long a question is not unanswered yet.
	hearBy = 24 * time.Hour
	// keptUnheard is how many questions are remembered: more than any pathway's limit.
	keptUnheard = 12
)

// heard says whether this turn brought a sign of the client: they wrote, pressed
// or linked, or a person has met them. What somebody else writes is none.
func (s *step) heard() bool {
	switch s.event.Kind {
	case EventText:
		return !s.reading.ThirdParty && s.reading.Intent != understand.WrongPerson
	case EventButton, EventEdited, EventLinked:
		return true
	case EventAttendance:
		return s.event.Attendance == Attended && !s.event.AnotherTime
	default:
		return false
	}
}

// waits lists the questions that are put or wait to be.
func (s *step) waits() []QuestionID {
	var list []QuestionID
	if s.state.Open != nil {
		list = append(list, s.state.Open.ID)
	}
	for _, q := range s.state.Queue {
		list = append(list, q.ID)
	}
	return list
}

// keepSilence counts what this turn asked unasked, and sets by when an answer is
// looked for. before are the questions that waited when the turn began.
func (s *step) keepSilence(before []QuestionID) {
	limit := s.rules.Pathway.Unanswered
	if limit == (Unanswered{}) || !s.facts.Known() {
		return
	}
	if s.state.Silence != nil && (s.heard() || s.event.Kind == EventClosed) {
		s.endSilence()
	}
	var asked []Unheard
	if s.state.Silence != nil {
		asked = slices.Clone(s.state.Silence.Asked)
	}
	for _, e := range s.effects {
		if m, ok := e.(Say); ok && m.Urgency == Prompt && m.Question != "" {
			s.askedInto(m)
		}
	}
	w := s.state.Silence
	if w == nil {
		return
	}
	switch s.event.Kind {
	case EventTimeout, EventCheckIn, EventTask, EventFeedback:
		// What ran out of time, or made room for the next of its series, was never
		// answered.
	default:
		// Called off, settled by a person, taken back, or said again (a reminder): it
		// asks nothing any more.
		now := s.waits()
		w.Asked = slices.DeleteFunc(w.Asked, func(u Unheard) bool {
			return slices.Contains(before, u.Question) && !slices.Contains(now, u.Question)
		})
	}
	if len(w.Asked) == 0 && !w.Told {
		s.state.Silence = nil
		return
	}
	if !slices.Equal(asked, w.Asked) {
		s.awaitText(limit)
	}
}

// askedInto notes one question. A second time of the same is no second one.
func (s *step) askedInto(m Say) {
	at := s.now
	if !m.NotBefore.IsZero() {
		at = m.NotBefore
	}
	if s.state.Silence == nil {
		s.state.Silence = &Silence{Since: at.UnixMilli()}
	}
	w := s.state.Silence
	if w.Told || len(w.Asked) >= keptUnheard || slices.ContainsFunc(w.Asked, func(u Unheard) bool { return u.Question == m.Question }) {
		return
	}
	w.Asked = append(w.Asked, Unheard{Question: m.Question, At: at.UnixMilli()})
}

// awaitText sets when the specialist is prompted, and a timer for it where that
// is another moment than before.
func (s *step) awaitText(limit Unanswered) {
	w := s.state.Silence
	at, _ := s.tooSilent(limit)
	due := int64(0)
	if !at.IsZero() {
		if open := s.readingHours().Next(at); !open.IsZero() {
			at = open
		}
		due = at.UnixMilli()
	}
	if due == w.Due {
		return
	}
	if w.Due = due; due != 0 {
		s.do(AwaitText{At: at})
	}
}

// tooSilent is the moment at which the pathway's limit is reached, and which
// limit that is; zero once the specialist was prompted.
func (s *step) tooSilent(limit Unanswered) (at time.Time, why string) {
	w := s.state.Silence
	if w.Told || len(w.Asked) == 0 {
		return time.Time{}, ""
	}
	if limit.Days > 0 {
		at, why = time.UnixMilli(w.Since).In(s.now.Location()).AddDate(0, 0, limit.Days), SilentDays
	}
	if limit.Questions > 0 && len(w.Asked) >= limit.Questions {
		if by := time.UnixMilli(w.Asked[limit.Questions-1].At).In(s.now.Location()).Add(hearBy); at.IsZero() || by.Before(at) {
			at, why = by, SilentQuestions
		}
	}
	return at, why
}

// endSilence forgets it, and takes down what the specialist was prompted with.
func (s *step) endSilence() {
	if s.state.Silence.Told {
		s.do(SettleFlags{Reason: FlagSilent})
	}
	s.state.Silence = nil
}

// silence is the timer. The one of another moment does nothing, and neither does
// one for somebody of whom a person knows why nothing comes, or who may not be
// texted now: what they were asked before is let go.
func (s *step) silence() {
	w := s.state.Silence
	if w == nil || w.Due == 0 || s.event.Due.UnixMilli() != w.Due || s.now.UnixMilli() < w.Due {
		return
	}
	agreed := slices.ContainsFunc(s.facts.Reach, func(r Reach) bool { return r.Agreement == AgreementGiven || r.Agreement == AgreementAsked })
	if !agreed || s.facts.Client.Closed || s.facts.Client.Circumstance != "" || s.now.Before(s.facts.Client.PausedUntil) {
		s.state.Silence = nil
		return
	}
	if open := s.readingHours().Next(s.now); open.After(s.now) {
		// It comes late, at an hour at which nobody reads: on the next working day.
		w.Due = open.UnixMilli()
		s.do(AwaitText{At: open})
		return
	}
	_, why := s.tooSilent(s.rules.Pathway.Unanswered)
	s.do(RaiseFlag{Reason: FlagSilent, Detail: why})
	w.Told, w.Due, w.Asked = true, 0, nil
}
