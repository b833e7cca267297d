package conversations

import (
	"strings"
	"time"

	"alongside/conversations/understand"
)

// What goes to a person: free words, and what was not understood.

// message is free text for the specialist. While a question is open it may
// have been meant as its answer, and was not understood as one.
func (s *step) message() {
	if s.reach(s.event.From.Channel).Agreement == AgreementGiven && (s.repeatedNumber() || s.lateNumber()) {
		return // where nothing was agreed nothing is answered anew, and a person reads it
	}
	if q := s.state.Open; q != nil {
		if a, ok := s.facts.Appointment(q.Appointment); ok && q.Kind == AskReschedule && q.Put < 2 {
			// "Yes" to "which day and what time?": asked once more, with an example.
			s.flag(FlagNotUnderstood, "")
			s.askAgain(a)
			return
		}
		if asks := s.alsoSaid(understand.AttendingQuestion); !staysAnswerable(*q) || s.reading.Sure < sureEnough && !asks {
			s.handOver(FlagNotUnderstood)
			return
		}
		// It was understood as something for a person ("will i lose my pip"), and
		// the question stays open.
	}
	s.flag(FlagMessage, "")
	if s.reading.Voices {
		s.read("voices")
		return
	}
	s.read("message")
}

// numbered are the three answers that a number means after its question.
var numbered = map[QuestionKind][]Choice{AskAppointment: reminderOptions, AskLead: leadOptions, AskTask: taskOptions}

// repeatedNumber is a number that comes after its question was answered:
// the same one again is answered again, another one is a change of mind.
func (s *step) repeatedNumber() bool {
	if s.borrowed() || s.state.Open != nil || len(s.state.Closed) == 0 || !s.stillAnswerable(s.state.Closed[0]) {
		return false
	}
	r := s.readAs(understand.AskedWhich)
	if r.Intent != understand.Choose || r.Number > len(whichOptions) || len(strings.Fields(s.event.Text)) > fewWords {
		return false
	}
	last := s.state.Closed[0]
	if last.Choice == "" {
		return false
	}
	if last.Kind == AskReschedule && r.Number > len(last.Free) {
		return false // no such time was offered
	}
	c := whichOptions[r.Number-1]
	if options := numbered[last.Kind]; options != nil {
		c = options[r.Number-1]
	}
	if o, there := s.findOffer(last.Offer); there && c == ChooseInterested && s.onlyAnnounced(o) {
		s.showOffer(o)
		return true
	}
	s.chooseAgain(0, c)
	return true
}

// fewWords is how long a text may be whose number is taken for another answer
// to what was answered before ("oh wait i meant 1").
const fewWords = 6

// handOver keeps a text for a person and says so in kind words. An open
// reminder is put once more with it, never a third time, and not to somebody
// who has just written of trouble.
func (s *step) handOver(why FlagReason) {
	s.flag(why, "")
	if s.reading.Voices {
		s.read("voices")
		return
	}
	q := s.state.Open
	if s.troubled() {
		// Who is low is not told that they were not understood.
		s.say("message")
		return
	}
	if p := s.state.Puzzled; p != 0 && s.now.Sub(time.UnixMilli(p)) < rethinking {
		// Said once already: it is passed on all the same.
		s.read("message")
		return
	}
	s.state.Puzzled = s.now.UnixMilli()
	if q == nil || q.Kind != AskAppointment || q.Put >= 2 || s.reach(s.event.From.Channel).Agreement != AgreementGiven {
		s.read("handed_over")
		return
	}
	a, ok := s.facts.Appointment(q.Appointment)
	if !ok || !a.At.After(s.now) {
		s.read("handed_over")
		return
	}
	again := *q
	again.Put++
	again.AskedAt = s.now.UnixMilli()
	s.state.Open = &again
	s.reply(Say{
		Key: "handed_over.with_appointment", Appointment: a.ID, Question: q.ID, Options: reminderOptions,
		Vars: map[string]any{"specialist": s.facts.Specialist.Name, "when": When(a.At.In(s.now.Location()))},
	})
}
