package conversations

import (
	"slices"
	"strings"
)

// button is a press under a message of ours. A second press of the same one
// does nothing; another one under the same message is a change of mind.
func (s *step) button() {
	id, choice, ok := strings.Cut(s.event.Button, ":")
	if !ok || !s.facts.Known() || s.facts.Client.Closed {
		return
	}
	if s.reach(s.event.From.Channel).Agreement != AgreementGiven &&
		s.reach(s.event.From.Channel).Agreement != AgreementAsked {
		return
	}
	if q, found := s.question(QuestionID(id)); found {
		s.choose(q, Choice(choice))
		if waits := slices.ContainsFunc(s.state.Queue, func(w Question) bool { return w.ID == q.ID }); waits && !staysAnswerable(q) {
			s.closeOne(q.ID, Choice(choice)) // pressed while another has the floor: once is enough
		}
		s.nextInLine()
		return
	}
	for i, c := range s.state.Closed {
		if c.ID == QuestionID(id) && c.Choice != Choice(choice) && s.stillAnswerable(c) {
			s.chooseAgain(i, Choice(choice))
			s.nextInLine()
			return
		}
		if n := slices.Index(numberOptions, Choice(choice)) + 1; c.ID == QuestionID(id) && c.Choice != Choice(choice) && n > 0 && s.ratable(c) {
			s.rateAgain(i, n)
			s.nextInLine()
			return
		}
	}
}

// stillAnswerable says whether a question that is over may be answered anew: its
// appointment is ahead, at the time that it spoke of; a lead can still be had,
// also by who let its time go by; a task is not dropped.
func (s *step) stillAnswerable(c ClosedQuestion) bool {
	appointment := c.Appointment
	switch {
	case c.Kind == AskLead:
		o, there := s.findOffer(c.Offer)
		return there && o.standing(s.now)
	case c.Choice == "":
		return false
	case c.Kind == AskTask:
		_, there := s.task(c.Task)
		return c.Choice == ChooseDone || there
	case c.Kind == AskAppointment, c.Kind == AskReschedule && len(c.Free) > 0:
	case c.Kind == AskWhich && len(c.Readings) > 0:
		appointment = c.Readings[0].Appointment
		if appointment == "" {
			// About a lead or a task: their own questions say whether that still counts.
			return true
		}
	default:
		return false
	}
	a, there := s.facts.Appointment(appointment)
	return there && a.At.After(s.now) && a.At.UnixMilli() == c.Stands
}

// chooseAgain answers the i-th closed question anew.
func (s *step) chooseAgain(i int, choice Choice) {
	c := &s.state.Closed[i]
	c.Choice = choice
	s.choose(Question{
		ID: c.ID, Kind: c.Kind, Appointment: c.Appointment, Offer: c.Offer, Task: c.Task, CheckIn: c.CheckIn, Stands: c.Stands,
		Free: c.Free, Readings: c.Readings,
	}, choice)
}

// choose acts on a pressed choice as if it had been said in words.
func (s *step) choose(q Question, c Choice) {
	if q.Kind == AskOptIn {
		switch c {
		case ChooseYes:
			s.optIn("button")
		case ChooseNo:
			s.optOut("button")
		default:
		}
		return
	}
	switch q.Kind {
	case AskLead, AskWhyNot:
		s.chooseLead(q, c)
		return
	case AskTask:
		s.chooseTask(q, c)
		return
	case AskScale, AskFollowUp, AskFeedback:
		s.chooseNumber(q, c)
		return
	case AskWhich:
		s.chooseReading(q, c)
		return
	case AskPause:
		s.choosePause(c)
		return
	case AskStopKind:
		s.chooseKind(q, c)
		return
	default:
	}
	if s.seeking(&q) {
		if q.offers(c) {
			s.takeFree(q, 1+slices.Index(whichOptions, c))
		}
		return
	}
	a, ok := s.facts.Appointment(q.Appointment)
	if !ok || a.At.UnixMilli() != q.Stands {
		s.closeOne(q.ID, "")
		s.answer("appointment.gone", s.withSpecialist())
		return
	}
	if !q.offers(c) {
		return // there was no such button
	}
	if !a.At.After(s.now) {
		// It is over, whatever is pressed: a second press does nothing.
		s.closeOne(q.ID, c)
	}
	switch {
	case q.Kind == AskReschedule:
		s.pickFree(q, 1+slices.Index(whichOptions, c))
	case q.Kind == AskTime && c == ChooseYes:
		s.propose(q, a)
	case q.Kind == AskTime && c == ChooseKeep:
		s.keepAppointment(a)
	case c == ChooseConfirm:
		s.confirm(a)
	case c == ChooseChange, c == ChooseOther:
		s.askReschedule(a)
	case c == ChooseCannot:
		s.cannotCome(a)
	default:
	}
}

// offers says whether a question about an appointment ever had a button for a
// choice: a press that it did not have is nobody's wish.
func (q Question) offers(c Choice) bool {
	switch q.Kind {
	case AskReschedule:
		n := slices.Index(whichOptions, c)
		return n >= 0 && n < len(q.Free)
	case AskTime:
		return slices.Contains(readBackOptions, c)
	default:
		return slices.Contains(reminderOptions, c)
	}
}
