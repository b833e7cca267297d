package conversations

import (
	"cmp"
	"slices"
	"strings"

	"alongside/conversations/understand"
)

// Several leads at once: one of them picked in a few words, or two of them
// answered in one text.

// pickWords is how many words a text may have that only points at a lead.
const pickWords = 5

// picksLead is a few words that point at one of the leads that wait ("the pc
// one", "2nd"), and say neither yes nor no to it: it is shown, and asked about.
// It reports whether the text was that.
func (s *step) picksLead() bool {
	if s.borrowed() || s.reading.Number > 0 || s.reading.Unreadable || urgent(s.reading) {
		return false
	}
	waiting := s.leadsWaiting()
	if s.reading.Topic == understand.TopicOtherOne {
		return s.otherLead(waiting)
	}
	if s.words() > pickWords && (s.words() > inPassing || s.rules.Lexicons.Place(s.event.Text) == 0) {
		return false
	}
	o, ok := s.pointedAt(waiting)
	if !ok || !o.standing(s.now) || s.lent() {
		return false
	}
	s.do(DropQueued{Offer: o.ID, Reason: "asked_for"})
	s.showOffer(o)
	return true
}

// pointedAt is the lead that the text points at by its place among those that
// wait, or by its name and nothing else.
func (s *step) pointedAt(waiting []Offer) (Offer, bool) {
	if n := s.rules.Lexicons.Place(s.event.Text); n != 0 {
		if n < 0 {
			n = len(waiting)
		}
		if n < 1 || n > len(waiting) {
			return Offer{}, false
		}
		return waiting[n-1], true
	}
	named := s.namedOffers()
	if len(named) != 1 || len(waiting) < 2 || !slices.ContainsFunc(waiting, func(o Offer) bool { return o.ID == named[0].ID }) {
		return Offer{}, false
	}
	words := nameWords(named[0].Lead.Title + " " + named[0].Lead.Area)
	var rest []string
	for _, w := range strings.Fields(s.event.Text) {
		if !slices.Contains(words, nameForm(strings.Trim(w, ".,!?"))) {
			rest = append(rest, w)
		}
	}
	r := s.rules.Lexicons.Read(understand.Query{
		Text: strings.Join(rest, " "), Lang: s.ownLanguage(), Asked: understand.AskedLead, Now: s.now,
	})
	says := (r.Intent == understand.Interested || r.Intent == understand.NotInterested) && r.Sure >= sureEnough
	return named[0], !says && r.Topic == understand.TopicNone
}

// leadsWaiting are the leads that wait for an answer, in the order in which they
// were offered; those that were not put yet come last.
func (s *step) leadsWaiting() []Offer {
	var asked []Question
	for _, q := range s.state.Queue {
		if q.Kind == AskLead {
			asked = append(asked, q)
		}
	}
	if q := s.state.Open; q != nil && q.Kind == AskLead {
		asked = append(asked, *q)
	}
	slices.SortStableFunc(asked, func(a, b Question) int {
		first, _ := s.findOffer(a.Offer)
		second, _ := s.findOffer(b.Offer)
		return cmp.Or(cmp.Compare(min(b.Put, 1), min(a.Put, 1)), first.At.Compare(second.At))
	})
	var out []Offer
	for _, q := range asked {
		if o, ok := s.findOffer(q.Offer); ok && o.Status == OfferOpen && !s.unseen(q) {
			out = append(out, o)
		}
	}
	return out
}

// eachLead is a text that answers two leads by their names ("yes to the pc one,
// no to the cafe"). It reports whether the text was that.
func (s *step) eachLead() bool {
	named := s.namedOffers()
	if s.borrowed() || s.words() > manyWords {
		return false
	}
	parts, ok := s.placed()
	if !ok && len(named) == 2 {
		parts, ok = s.halves(named)
	}
	if !ok {
		return false
	}
	s.answerTwo(parts)
	return true
}

// answerTwo writes down what a text says of two leads, and says both back.
func (s *step) answerTwo(parts []half) {
	notes := map[string]any{}
	for i, p := range parts {
		o := p.offer
		name := []string{"first", "second"}[i]
		vars := map[string]any{"title": o.Lead.Title, "specialist": s.facts.Specialist.Name}
		if p.says == understand.Interested {
			s.setOffer(&o, OfferInterested, nil)
			s.flagOffer(FlagInterested, o)
			s.closeOffer(o.ID, ChooseInterested)
			notes[name] = Piece{Key: "noted.interested_in", Vars: vars}
		} else {
			s.setOffer(&o, OfferNotInterested, nil)
			s.closeOffer(o.ID, ChooseNotForMe)
			delete(vars, "specialist")
			notes[name] = Piece{Key: "noted.not_for_me", Vars: vars}
		}
		s.answeredOffer(o)
	}
	if s.facts.Client.Guarded {
		s.read("message")
		return
	}
	s.answer("two_answers.both", notes)
}

// noAndTheOther is a no to the lead that is open, and a question about another
// ("not bothered bout that one, is the other still going"): the no counts, and
// the specialist has the question. It reports whether the text was that.
func (s *step) noAndTheOther() bool {
	r, q := s.reading, s.state.Open
	if q == nil || q.Kind != AskLead || !q.Shown || len(s.facts.Offers) < 2 || s.borrowed() || r.Number > 0 || len(s.namedOffers()) > 0 {
		return false
	}
	if r.Intent != understand.MoreInfo || !s.alsoSaid(understand.NotInterested) {
		return false
	}
	o, ok := s.findOffer(q.Offer)
	if !ok {
		return false
	}
	s.flag(FlagLeadQuestion, "")
	s.notForMe(o)
	return true
}

// half is the part of a text that answers one lead.
type half struct {
	offer Offer
	says  understand.Intent
}

// halves cuts a text between the names of two leads where both parts are the
// plainest answers.
func (s *step) halves(two []Offer) ([]half, bool) {
	about := make([][]string, len(two))
	for i, o := range two {
		if !o.standing(s.now) {
			return nil, false
		}
		about[i] = nameWords(o.Lead.Title + " " + o.Lead.Area)
	}
	parts := s.cut(about, AskLead)
	if parts == nil {
		return nil, false
	}
	var out []half
	for _, p := range parts {
		if p.says == understand.MoreInfo {
			return nil, false
		}
		out = append(out, half{two[p.of], p.says})
	}
	return out, true
}

// placed are the answers to two leads that were both seen, by their places ("1st
// yes 2nd no"), where nothing else is asked.
func (s *step) placed() ([]half, bool) {
	put := s.mattersPut()
	if len(put) != 2 || put[0].Kind != AskLead || put[1].Kind != AskLead || s.reading.Unreadable || urgent(s.reading) {
		return nil, false
	}
	first, second, ok := s.rules.Lexicons.Parts(s.event.Text)
	var out []half
	for i, text := range []string{first, second} {
		o, there := s.findOffer(put[i].Offer)
		r := s.readHalf(text, AskLead)
		if !ok || !there || !o.standing(s.now) || !put[i].Shown || r.Sure < sureOfAnother ||
			r.Intent != understand.Interested && r.Intent != understand.NotInterested {
			return nil, false
		}
		out = append(out, half{o, r.Intent})
	}
	return out, true
}

// part is a part of a text that answers one of two things.
type part struct {
	of   int
	says understand.Intent
}

// cut cuts a text between the names of two things, each with the words that only
// it has, where both parts are the plainest answers to a question of the kind;
// nil if there is no such place.
func (s *step) cut(about [][]string, kind QuestionKind) []part {
	words := strings.Fields(s.event.Text)
	var best []part
	most := 0
	for at := 1; at < len(words); at++ {
		var parts []part
		sure := 0
		for _, text := range []string{strings.Join(words[:at], " "), strings.Join(words[at:], " ")} {
			of := named(text, about)
			r := s.rules.Lexicons.Read(understand.Query{Text: text, Lang: s.ownLanguage(), Asked: askedAs[kind], Now: s.now})
			if len(of) == 1 && answers[r.Intent] == kind && r.Sure >= sureOfAnother {
				parts = append(parts, part{of[0], r.Intent})
				sure += r.Sure
			}
		}
		if len(parts) == 2 && parts[0].of != parts[1].of && sure > most {
			best, most = parts, sure
		}
	}
	return best
}

// eachTask is a text that answers two tasks that wait, by their names, by two
// numbers in the order in which they were asked, or as both or neither. It
// reports whether the text was that.
func (s *step) eachTask() bool {
	tasks := s.tasksWaiting()
	if len(tasks) != 2 || s.borrowed() || s.reading.Unreadable || urgent(s.reading) || s.words() > manyWords {
		return false
	}
	says, ok := s.taskAnswers(tasks)
	if !ok {
		return false
	}
	notes := map[string]any{}
	for i, t := range tasks {
		st, key, c := TaskDone, "noted.done", ChooseDone
		switch says[i] {
		case understand.NotYet:
			st, key, c = TaskNotYet, "noted.not_yet", ChooseNotYet
		case understand.WantHelp:
			st, key, c = TaskHelp, "noted.want_help", ChooseHelp
			s.do(RaiseFlag{Reason: FlagTaskHelp, Task: t.ID, Message: s.event.Message})
		default:
		}
		if t.Status != st {
			s.setTask(t, st)
		}
		s.closeTask(t.ID, c)
		vars := map[string]any{}
		if st == TaskHelp {
			vars = s.withSpecialist()
		}
		if s.openly() {
			key, vars["task"] = key+"_named", t.What
		}
		notes[[]string{"first", "second"}[i]] = Piece{Key: key, Vars: vars}
	}
	s.answer("two_answers.both", notes)
	return true
}

// taskAnswers are the answers to two tasks, in their order.
func (s *step) taskAnswers(tasks []Task) ([]understand.Intent, bool) {
	numbered := []understand.Intent{understand.Done, understand.NotYet, understand.WantHelp}
	var numbers []understand.Intent
	others := 0
	for _, w := range splitWords(s.event.Text) {
		if n := bareNumber(w); n >= 1 && n <= len(numbered) {
			numbers = append(numbers, numbered[n-1])
			continue
		}
		others++
	}
	if len(numbers) == len(tasks) && others <= 2 {
		return numbers, true
	}
	if len(numbers) == 0 && s.words() <= aFewWords {
		switch s.rules.Lexicons.Both(s.event.Text) {
		case 1:
			if r := s.asIf(understand.AskedTask); r.Intent != understand.NotYet && r.Intent != understand.WantHelp {
				return []understand.Intent{understand.Done, understand.Done}, true
			}
		case -1:
			return []understand.Intent{understand.NotYet, understand.NotYet}, true
		}
	}
	about := make([][]string, len(tasks))
	for i, t := range tasks {
		_, rest, _ := strings.Cut(t.What, " ")
		about[i] = nameWords(rest)
	}
	parts := s.cut(about, AskTask)
	if parts == nil {
		return nil, false
	}
	says := make([]understand.Intent, len(tasks))
	for _, p := range parts {
		says[p.of] = p.says
	}
	return says, true
}

// tasksWaiting are the tasks that were asked about and not answered, in the order
// in which they were asked about.
func (s *step) tasksWaiting() []Task {
	var asked []Question
	for _, q := range s.state.Queue {
		if q.Kind == AskTask && q.Put > 0 && !s.unseen(q) {
			asked = append(asked, q)
		}
	}
	if q := s.state.Open; q != nil && q.Kind == AskTask {
		asked = append(asked, *q)
	}
	slices.SortStableFunc(asked, func(a, b Question) int { return cmp.Compare(a.AskedAt, b.AskedAt) })
	var out []Task
	for _, q := range asked {
		if t, ok := s.task(q.Task); ok {
			out = append(out, t)
		}
	}
	return out
}
