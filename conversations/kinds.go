package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// Stopping one kind of texts and keeping the others, and having it again.

// kindOptions answer whether one kind or all was meant.
var kindOptions = []Choice{ChooseThisKind, ChooseAll, ChooseAsIs}

// allOptions answer whether all texts are to end, where no kind is spoken of.
var allOptions = []Choice{ChooseAll, ChooseAsIs}

// stopKinds ends the texts about some matters, and says what still comes.
func (s *step) stopKinds(list []Matter) { s.endKinds(list, Settings{Stop: list}) }

// keepKind ends the texts about everything but one matter, which comes again
// where it had ended. Reminders end by their own name alone: who only wants jobs
// is still told of the appointments that stand, and that they are.
func (s *step) keepKind(m Matter) {
	list := slices.DeleteFunc(slices.Clone(Matters), func(x Matter) bool { return x == m || x == MatterAppointments })
	x := Settings{Stop: list}
	if slices.Contains(s.facts.Client.Stopped, m) {
		x.Allow = []Matter{m}
	}
	s.endKinds(list, x)
	if len(x.Allow) > 0 && m == MatterAppointments {
		s.remindAll()
	}
}

// endKinds sets what ends the texts about some matters, and says what still comes.
func (s *step) endKinds(list []Matter, x Settings) {
	s.setByText(x, FlagSettings)
	s.closeSetting(AskStopKind, ChooseThisKind)
	s.endQuestions(list, policy.KindStopped)
	vars := map[string]any{"kinds": Kinds(list)}
	if kept := s.keptKinds(); len(kept) > 0 {
		vars["kept"] = kept
	}
	s.answer("kinds.stopped", vars)
}

// endQuestions ends what was asked about matters of which nothing more is to go,
// and takes back what still waits to be said about them.
func (s *step) endQuestions(list []Matter, why policy.Reason) {
	over := func(q Question) bool { return slices.Contains(list, matterOf(q.Kind)) }
	if q := s.state.Open; q != nil && over(*q) {
		s.closeQuestion("")
	}
	s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool {
		if over(q) && q.Put > 0 {
			s.remember(q, "")
		}
		return over(q)
	})
	for _, m := range list {
		s.do(DropQueued{Matter: m, Reason: string(why)})
	}
}

// allowKinds lets texts about some matters come again. Who wants them is not to
// be left alone any more, so a pause ends with it.
func (s *step) allowKinds(list []Matter) {
	x := Settings{Allow: list}
	if s.paused() {
		x.PausedUntil = new(time.Time)
	}
	s.setByText(x, FlagSettings)
	s.answer("kinds.allowed", map[string]any{"kinds": Kinds(list)})
	if slices.Contains(list, MatterAppointments) {
		s.remindAll()
	}
}

// keptKinds lists the matters about which this client still gets texts: those
// that are stopped, or of which there is nothing yet, are left out.
func (s *step) keptKinds() Kinds {
	there := map[Matter]bool{
		MatterAppointments: true, MatterLeads: true, MatterNudges: true,
		MatterCheckIns: len(s.facts.CheckIns) > 0, MatterTasks: len(s.facts.Tasks) > 0,
	}
	var kept Kinds
	for _, m := range Matters {
		if there[m] && !slices.Contains(s.facts.Client.Stopped, m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// askStopKind asks with numbers whether one kind or all texts are to end: it is
// never guessed into silence about reminders. The second time a person takes
// over, and nothing is stopped.
func (s *step) askStopKind(m Matter) {
	if q := s.state.Open; q != nil && q.Kind == AskStopKind || m == "" {
		s.closeSetting(AskStopKind, "")
		s.flag(FlagSettings, "")
		s.read("limits")
		return
	}
	q := s.newQuestion(AskStopKind, Appointment{})
	q.Matter = m
	s.open(q)
	s.reply(Say{Key: "kinds.ask", Vars: map[string]any{"kinds": Kinds{m}}, Question: q.ID, Options: kindOptions})
}

// askStop asks with numbers whether a stop that was not plain is one: one kind,
// all texts, or none.
func (s *step) askStop() {
	m, named := matterNames[s.reading.Limit.Kind]
	if !named {
		m = s.matterAtHand()
	}
	if m != "" {
		s.askStopKind(m)
		return
	}
	q := s.newQuestion(AskStopKind, Appointment{})
	s.open(q)
	s.reply(Say{Key: "kinds.ask_all", Question: q.ID, Options: allOptions})
}

// matterAtHand is what the open question, one that still waits for an answer, or
// else the one answered last, is about: "stop these" means it. Empty if there is none.
func (s *step) matterAtHand() Matter {
	if q := s.state.Open; q != nil {
		return matterOf(q.Kind)
	}
	for _, q := range slices.Backward(s.state.Queue) {
		if m := matterOf(q.Kind); m != "" && q.Put > 0 && !s.unseen(q) {
			return m
		}
	}
	if len(s.state.Closed) > 0 {
		return matterOf(s.state.Closed[0].Kind)
	}
	return ""
}

func matterOf(k QuestionKind) Matter {
	switch k {
	case AskAppointment, AskReschedule, AskTime:
		return MatterAppointments
	case AskLead, AskWhyNot:
		return MatterLeads
	case AskScale, AskFollowUp:
		return MatterCheckIns
	case AskTask:
		return MatterTasks
	default:
		return ""
	}
}

// chooseKind is the number, or the press, that answers which texts are to end.
func (s *step) chooseKind(q Question, c Choice) {
	switch c {
	case ChooseThisKind:
		s.stopKinds([]Matter{q.Matter})
	case ChooseAll:
		s.stop()
	case ChooseAsIs:
		s.closeSetting(AskStopKind, ChooseAsIs)
		s.answer("kinds.as_is", nil)
	default:
	}
}

// liftLimits ends a pause and brings back what was stopped of its own, because
// "I will text you again" has to be true.
func (s *step) liftLimits() {
	x := Settings{Allow: slices.Clone(s.facts.Client.Stopped)}
	if s.paused() {
		x.PausedUntil = new(time.Time)
	}
	if !x.IsZero() {
		s.do(Set{Settings: x})
		s.facts.Client = s.facts.Client.With(x)
	}
}

// startAgain is a wish for texts from somebody who has not ended them all: a
// pause ends, or else what was stopped of its own comes again. It reports whether
// there was anything to begin again.
func (s *step) startAgain() bool {
	if s.endPause() {
		// What was stopped of its own before the pause stays so.
		return true
	}
	if stopped := s.facts.Client.Stopped; len(stopped) > 0 {
		s.allowKinds(slices.Clone(stopped))
		return true
	}
	return false
}
