package conversations

import (
	"slices"
	"strings"

	"alongside/conversations/understand"
)

// alsoAnswered uses the second answer of a text that answered two questions
// ("yes thurs is fine and im interested in that job"): one that fits another
// question which is open or waiting. The effects from the index from on are
// what the first answer did. Where both can be told in one short text they are;
// there are never more than two texts.
func (s *step) alsoAnswered(from int) {
	also, ok := s.secondAnswer()
	if also.Intent == understand.Rating && s.reading.Topic == understand.TopicQuestion {
		return // "is 1 good or bad?" answers nothing
	}
	if !ok && !s.borrowed() && !s.doubted(from) {
		s.besideOther(from)
	}
	if !ok || s.borrowed() || s.doubted(from) {
		return
	}
	first, until := s.reading, len(s.effects)
	asks := asking(s.effects[from:until])
	before := s.state.clone()
	q, _ := s.waiting(answers[also.Intent])

	also.Sure, also.Lang, also.ThirdParty = 100, first.Lang, first.ThirdParty
	s.reading = also
	s.act()
	s.reading = first

	told := s.effects[until:]
	switch {
	case first.Intent == understand.Distress && also.Intent == understand.NotYet:
		// "Feeling low, havent done it": that is noted, and not spoken of now.
		s.effects = append(s.effects[:until:until], unsaid(told)...)
		asked := s.state.Asked
		s.state = before
		s.state.Asked = asked
	case asks && asking(told):
		// One question at a time: what the second answer would have asked is left.
		s.effects = append(s.effects[:until:until], unsaid(told)...)
		asked := s.state.Asked
		s.state = before
		s.state.Asked = asked
		s.closeOne(q.ID, "")
	case !asks && !asking(told) && !s.saidMore():
		a, oka := s.note(first.Intent)
		b, okb := s.note(also.Intent)
		if !oka || !okb || saying(s.effects[from:until]) != 1 || saying(told) != 1 {
			return
		}
		s.effects = append(s.effects[:from:from], unsaid(s.effects[from:])...)
		s.answer("two_answers.both", map[string]any{"first": a, "second": b})
	}
}

// besideOther passes on what a text that answered a lead, a task or a check-in
// says besides of an appointment that nothing is asked about ("not done it, and
// can u move thurs to fri"): it goes to a person, and is not lost.
func (s *step) besideOther(from int) {
	a, ok := s.meeting()
	switch main := answers[s.reading.Intent]; {
	case !ok || !a.At.After(s.now) || saying(s.effects[from:]) > 1 || !s.namesMeeting():
		return
	case main != AskLead && main != AskTask && main != AskScale:
		return
	}
	alone := s.readAs(understand.AskedNone)
	if alone.Intent != understand.Change && !s.alsoSaid(understand.Change) {
		return
	}
	if _, waits := s.waiting(AskAppointment); waits {
		return
	}
	if alone.Intent != understand.Change && !slices.ContainsFunc(alone.Also, func(r understand.Reading) bool { return r.Intent == understand.Change }) {
		return
	}
	s.flag(FlagMessage, a.ID)
	told := s.effects[from:]
	if asking(told) {
		// The question stays the last thing that they read.
		last := slices.Clone(told)
		s.effects = s.effects[:from:from]
		s.read("message")
		s.effects = append(s.effects, last...)
		return
	}
	s.read("message")
}

// secondAnswer is what the text answers besides: a question of another kind
// than its main answer, open or waiting.
func (s *step) secondAnswer() (understand.Reading, bool) {
	main := answers[s.reading.Intent]
	fits := func(r understand.Reading) bool {
		kind := answers[r.Intent]
		if kind == "" || kind == main || r.Intent == understand.AttendingQuestion || r.Intent == understand.Late || r.Intent == understand.MoreInfo {
			return false
		}
		q, waits := s.waiting(kind)
		if waits && kind == AskLead && !q.Shown && !s.byPlace && len(s.namedOffers()) == 0 && r.Intent == understand.NotInterested && r.Number == 0 {
			return false // a lead that they have not seen is not refused in passing
		}
		return waits
	}
	for _, r := range s.reading.Also {
		if fits(r) {
			return r, true
		}
	}
	if s.reading.Intent == understand.CallMe {
		return s.besideCall()
	}
	if r, ok := s.taskInAClause(main); ok && fits(r) {
		return r, true
	}
	if s.reading.Number == 0 || main == "" {
		return understand.Reading{}, false
	}
	// A number was the first answer, so the words beside it are free to be
	// another: "4 and yeah done the cv".
	for _, kind := range []QuestionKind{AskTask, AskLead, AskAppointment} {
		if kind == main {
			continue
		}
		if r := s.readAs(askedAs[kind]); fits(r) && r.Number == 0 && r.Sure >= plainly {
			return r, true
		}
	}
	return understand.Reading{}, false
}

// taskInAClause is what one clause of several says of a task that was asked about,
// and that it names: "yes thurs is fine, not done the college thing and no to the
// job".
func (s *step) taskInAClause(main QuestionKind) (understand.Reading, bool) {
	q, waits := s.waiting(AskTask)
	clauses := s.rules.Lexicons.Clauses(s.event.Text)
	t, ok := s.task(q.Task)
	if !waits || !ok || len(clauses) < 2 || main == "" || main == AskTask {
		return understand.Reading{}, false
	}
	_, what, _ := strings.Cut(t.What, " ")
	about := [][]string{nameWords(what)}
	for _, clause := range clauses {
		if len(named(clause, about)) == 0 {
			continue
		}
		if r := s.readHalf(clause, AskTask); answers[r.Intent] == AskTask && r.Number == 0 && r.Sure >= sureOfAnother {
			return r, true
		}
	}
	return understand.Reading{}, false
}

// besideCall is the number that a wish for a call begins with, as the answer to
// the open question: "2 and can sam ring me".
func (s *step) besideCall() (understand.Reading, bool) {
	first := strings.TrimRight(strings.Fields(s.event.Text + " .")[0], ".,!:;)-")
	if n := bareNumber(first); n == 0 || s.reading.Number != n || s.state.Open == nil {
		return understand.Reading{}, false
	}
	q := s.query()
	q.Text = first
	r := s.rules.Lexicons.Read(q)
	kind := answers[r.Intent]
	if kind == "" || kind == AskScale || kind != s.state.Open.Kind {
		return understand.Reading{}, false
	}
	return r, true
}

// askedAs names those questions for the reader.
var askedAs = map[QuestionKind]understand.Asked{
	AskAppointment: understand.AskedAppointment, AskLead: understand.AskedLead, AskTask: understand.AskedTask,
}

// doubted says whether the first answer was not acted on: it went to a person,
// or was asked back.
func (s *step) doubted(from int) bool {
	return slices.ContainsFunc(s.effects[from:], func(e Effect) bool {
		switch e := e.(type) {
		case RaiseFlag:
			return e.Reason == FlagNotUnderstood || e.Reason == FlagLanguage || e.Reason == FlagWrongPerson
		case Say:
			return e.Key == "which.ask"
		}
		return false
	})
}

// asking says whether a question is put among the effects; saying counts the
// messages, and unsaid leaves them and their timers out.
func asking(effects []Effect) bool {
	return slices.ContainsFunc(effects, func(e Effect) bool {
		m, ok := e.(Say)
		return ok && m.Question != ""
	})
}

func saying(effects []Effect) int {
	n := 0
	for _, e := range effects {
		if _, ok := e.(Say); ok {
			n++
		}
	}
	return n
}

func unsaid(effects []Effect) []Effect {
	var out []Effect
	for _, e := range effects {
		switch e.(type) {
		case Say, Expect:
		default:
			out = append(out, e)
		}
	}
	return out
}

// note is a short sentence about an answer, to stand beside another; none for
// answers that have more to say.
func (s *step) note(i understand.Intent) (Piece, bool) {
	switch i {
	case understand.Confirm:
		a, ok := s.meeting()
		return Piece{Key: "noted.confirm", Vars: map[string]any{"when": s.local(a)}}, ok
	case understand.Interested:
		return Piece{Key: "noted.interested", Vars: s.withSpecialist()}, true
	case understand.Done:
		return Piece{Key: "noted.done"}, true
	case understand.NotYet:
		return Piece{Key: "noted.not_yet"}, true
	case understand.WantHelp:
		return Piece{Key: "noted.want_help", Vars: s.withSpecialist()}, true
	default:
		return Piece{}, false
	}
}
