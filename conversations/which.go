package conversations

import (
	"slices"
	"strings"
	"time"

	"alongside/conversations/understand"
)

// When a text is asked back instead of acted on. A question costs the client a
// moment; a wrong act costs them a meeting, or an apology. With these, one text
// in fifty is asked back, and half of those would have been acted on wrongly
// (113 and 54 of the 5,277 labelled lines in locales/examples that are no danger,
// each read with what was learned from the other files alone).
const (
	// clearly is how sure a reading must be, 0 to 100, to be acted on although
	// another is near.
	clearly = 75
	// near is how much less sure than the reading another may be to be asked
	// about beside it. A wider margin asks more often and is wrong less often.
	near = 40
	// faint is how sure the other must be at the least: what nobody would think
	// of is not asked.
	faint = 25
	// plainly is enough where nothing is done about it but to ask, or where the
	// words are what a number left over.
	plainly = 60
)

// whichOptions are the numbers of such a question: two readings, and always
// "something else", which leads to a person.
var whichOptions = []Choice{ChooseOne, ChooseTwo, ChooseThree}

// askWhich asks with numbers where two readings of a text are near and would
// do different things. It reports whether it did.
func (s *step) askWhich() bool {
	if s.sure() >= clearly || s.borrowed() {
		return false
	}
	if i := s.reading.Intent; i == understand.Change || i == understand.Late {
		// Another time is read back, or asked for, and moves nothing before the yes;
		// somebody who is late is only passed on.
		return false
	}
	if !s.mayAskWhich() {
		return false
	}
	m := s.rivals()
	if len(m) < 2 {
		return false
	}
	s.putWhich(m[0], m[1])
	return true
}

// askWhose asks with numbers where a text says two things and nobody can tell
// which counts: a yes with the number of another answer behind it ("yh 2"), that
// any time will do where nobody asked for one, or that they do not bother, while
// a lead is open that they have not seen. It reports whether it did.
func (s *step) askWhose() bool {
	q, r := s.state.Open, s.reading
	if q == nil || !s.mayAskWhich() || r.Unreadable || urgent(r) || s.words() > inPassing {
		return false
	}
	a, ok := s.meeting()
	ok = ok && a.At.After(s.now)
	switch {
	case s.words() == 2 && contradicts[r.Intent] && bareNumber(strings.Fields(s.event.Text)[1]) > 1:
		yes := s.rules.Lexicons.Read(understand.Query{Text: strings.Fields(s.event.Text)[0], Lang: s.ownLanguage(), Asked: understand.AskedNone, Now: s.now})
		kind := answers[r.Intent]
		first := map[QuestionKind]understand.Intent{AskAppointment: understand.Confirm, AskLead: understand.Interested, AskTask: understand.Done}[kind]
		if yes.Intent != understand.Confirm || q.Kind != kind || !s.asksAbout(kind) {
			return false
		}
		s.putWhich(s.meaning(first, ""), s.meaning(r.Intent, ""))
	case q.Kind == AskAppointment && ok && r.When.IsZero() && r.Number == 0 && s.anyTimeSuits():
		s.putWhich(s.meaning(understand.Confirm, ""), s.meaning(understand.Change, ""))
	case q.Kind == AskLead && !q.Shown && ok && r.Intent == understand.NotInterested && r.Number == 0 && len(s.namedOffers()) == 0:
		if alone := s.readAs(understand.AskedNone); alone.Intent != understand.Cannot || alone.Sure < sureEnough {
			return false
		}
		s.putWhich(s.meaning(understand.Cannot, ""), s.meaning(understand.NotInterested, ""))
	default:
		return false
	}
	return true
}

// anyTimeSuits says whether a text is no more than the answer to the question
// which time would suit: any.
func (s *step) anyTimeSuits() bool {
	if s.words() > pickWords {
		return false
	}
	switch s.reading.Intent {
	case understand.Other, understand.Change, understand.Social:
	default:
		return false
	}
	r := s.readAs(understand.AskedReschedule)
	return r.Intent == understand.Change && r.Topic == understand.TopicWhenever && r.When.IsZero()
}

// mayAskWhich says whether such a question can be put now: it is asked once, and
// what a read-back asks is one of its kind already.
func (s *step) mayAskWhich() bool {
	q := s.state.Open
	return !s.borrowed() && (q == nil || q.Kind != AskWhich && q.Kind != AskTime && q.Kind != AskOptIn)
}

// sure is how sure the reading is, 0 to 100, where what was said besides, to
// another question that is open or waiting, is no doubt of it.
func (s *step) sure() int {
	r := s.reading
	sure := r.Sure
	for _, o := range r.Others {
		kind := answers[o.Intent]
		if kind == "" || answers[r.Intent] == "" || kind == answers[r.Intent] || !s.alsoSaid(o.Intent) || o.Sure >= 100 {
			continue
		}
		if _, waits := s.waiting(kind); waits {
			// Of what is left once the other is taken out.
			sure = max(sure, min(100, 100*r.Sure/(100-o.Sure)))
		}
	}
	return sure
}

// rivals are the readings of the text that are near one another, answer the
// same question and do different things, the likeliest first.
func (s *step) rivals() []Meaning {
	r := s.reading
	var out []Meaning
	about, sure := answers[r.Intent], r.Sure
	if about != "" {
		out = append(out, s.meaning(r.Intent, r.Value()))
	}
	for _, o := range r.Others {
		kind := answers[o.Intent]
		switch {
		case kind == "" || about != "" && kind != about || o.Sure < faint || o.Sure < sure-near:
			continue
		case s.alsoSaid(o.Intent) && !(contradicts[r.Intent] && contradicts[o.Intent]):
			// Said besides, and used besides.
			continue
		case r.Condition != "" && r.Intent == understand.Confirm:
			// What speaks against the yes is the condition, which is passed on.
			continue
		case alike[r.Intent] && alike[o.Intent]:
			continue
		case about == "" && r.Intent != understand.Other:
			continue
		}
		about = kind
		m := s.meaning(o.Intent, o.Value)
		if !slices.ContainsFunc(out, func(x Meaning) bool { return x.Intent == m.Intent }) {
			out = append(out, m)
		}
	}
	if about == "" || !s.asksAbout(about) {
		return nil
	}
	return out[:min(len(out), 2)]
}

// answers says which question an intent answers. What is not here cannot be
// offered as a reading.
var answers = map[understand.Intent]QuestionKind{
	understand.Confirm: AskAppointment, understand.Change: AskAppointment, understand.Cannot: AskAppointment,
	understand.Late: AskAppointment, understand.AttendingQuestion: AskAppointment,
	understand.Interested: AskLead, understand.NotInterested: AskLead, understand.MoreInfo: AskLead,
	understand.Done: AskTask, understand.NotYet: AskTask, understand.WantHelp: AskTask,
	understand.Rating: AskScale,
}

// contradicts lists the answers of which only one can be meant.
var contradicts = map[understand.Intent]bool{
	understand.Confirm: true, understand.Change: true, understand.Cannot: true,
	understand.Interested: true, understand.NotInterested: true, understand.Done: true, understand.NotYet: true,
}

// alike lists the answers that come to the same: both ask, or invite, to name
// another time, and the meeting does not move before.
var alike = map[understand.Intent]bool{understand.Change: true, understand.Cannot: true}

// asksAbout says whether a question of the kind can be answered now.
func (s *step) asksAbout(k QuestionKind) bool {
	switch k {
	case AskAppointment:
		a, ok := s.meeting()
		return ok && a.At.After(s.now)
	case AskScale:
		// A rating is a number: there is nothing to choose between.
		return false
	default:
		_, ok := s.waiting(k)
		return ok
	}
}

// meaning keeps a reading with the value it has in writing.
func (s *step) meaning(i understand.Intent, value string) Meaning {
	m := Meaning{Intent: i}
	if answers[i] == AskAppointment {
		a, _ := s.meeting()
		m.Appointment = a.ID
	}
	if i == understand.Change && value != "ambiguous" {
		m.Date, m.Clock, _ = strings.Cut(value, "T")
	}
	return m
}

// putWhich asks with numbers which of two readings was meant. What was open
// makes room and takes the floor again afterwards.
func (s *step) putWhich(a, b Meaning) {
	q := s.newQuestion(AskWhich, Appointment{})
	q.Readings, q.Message = []Meaning{a, b}, s.event.Message
	if appt, ok := s.facts.Appointment(a.Appointment); ok {
		q.Stands = appt.At.UnixMilli()
	}
	if old := s.state.Open; old != nil {
		s.state.Queue = append(s.state.Queue, *old)
		s.state.Open = nil
	}
	s.open(q)
	s.reply(Say{
		Key: "which.ask", Question: q.ID, Options: whichOptions,
		Vars: map[string]any{"first": s.offer(a), "second": s.offer(b), "specialist": s.facts.Specialist.Name},
	})
}

// offer puts a reading into the words of an option.
func (s *step) offer(m Meaning) Piece {
	a, _ := s.facts.Appointment(m.Appointment)
	when := map[string]any{"when": s.local(a)}
	switch m.Intent {
	case understand.Confirm:
		return Piece{Key: "reading.confirm", Vars: when}
	case understand.Cannot:
		if m.Topic == topicCannotTalk {
			return Piece{Key: "reading.no_call"}
		}
		return Piece{Key: "reading.cannot", Vars: when}
	case understand.Change:
		if at, err := localTime(m.Date, m.Clock, s.now.Location()); err == nil {
			return Piece{Key: "reading.change_to", Vars: map[string]any{"proposed": When(at)}}
		}
		if day, err := time.ParseInLocation(time.DateOnly, m.Date, s.now.Location()); err == nil && m.Number > 0 {
			return Piece{Key: "reading.day", Vars: map[string]any{"day": Day(day)}}
		}
		return Piece{Key: "reading.change"}
	case understand.Late:
		return Piece{Key: "reading.late"}
	case understand.AttendingQuestion:
		return Piece{Key: "reading.question"}
	case understand.Interested:
		return Piece{Key: "reading.interested"}
	case understand.NotInterested:
		return Piece{Key: "reading.not_interested"}
	case understand.MoreInfo:
		return Piece{Key: "reading.more"}
	case understand.Done:
		return Piece{Key: "reading.done"}
	case understand.NotYet:
		return Piece{Key: "reading.not_yet"}
	default:
		return Piece{Key: "reading.want_help"}
	}
}

// chosen is a number that picks what a question offered: a reading, or a free
// time.
func (s *step) chosen() {
	q, n := s.state.Open, s.reading.Number
	switch {
	case q != nil && q.Kind == AskWhich && n >= 1 && n <= len(whichOptions):
		s.chooseReading(*q, whichOptions[n-1])
	case q != nil && q.Kind == AskReschedule && n >= 1 && n <= len(q.Free):
		s.pickFree(*q, n)
	default:
		s.handOver(FlagNotUnderstood)
	}
}

// chooseReading is a press under such a question, or its number.
func (s *step) chooseReading(q Question, c Choice) {
	n := slices.Index(whichOptions, c)
	if n < 0 {
		return
	}
	s.closeOne(q.ID, c)
	s.resume()
	// What is closed with it was asked before: a number that follows means this.
	defer s.lastClosed(q.ID)
	if n >= len(q.Readings) {
		s.toPerson(q)
		return
	}
	m := q.Readings[n]
	if a, ok := s.facts.Appointment(m.Appointment); m.Appointment != "" && (!ok || !a.At.After(s.now) || a.At.UnixMilli() != q.Stands) {
		s.answer("appointment.gone", s.withSpecialist())
		return
	}
	s.mean(m)
}

// lastClosed makes a closed question the newest.
func (s *step) lastClosed(id QuestionID) {
	i := slices.IndexFunc(s.state.Closed, func(c ClosedQuestion) bool { return c.ID == id })
	if i > 0 {
		c := s.state.Closed[i]
		s.state.Closed = slices.Insert(slices.Delete(s.state.Closed, i, i+1), 0, c)
	}
}

// toPerson puts a text that was asked about in vain before the specialist, in
// the client's own words.
func (s *step) toPerson(q Question) {
	s.do(RaiseFlag{Reason: FlagNotUnderstood, Message: q.Message})
	s.read("message")
}

// resume gives the floor back to the question that made room for a numbered one.
func (s *step) resume() {
	if s.state.Open != nil {
		return
	}
	for i, q := range slices.Backward(s.state.Queue) {
		if q.Put > 0 && !s.unseen(q) {
			s.state.Queue = slices.Delete(s.state.Queue, i, i+1)
			s.state.Open = &q
			return
		}
	}
}

// mean does what a reading means, as if it had been said in words. A time that
// was offered in full and picked has been repeated already.
func (s *step) mean(m Meaning) {
	s.reading = understand.Reading{
		Intent: m.Intent, When: understand.When{Date: m.Date, Clock: m.Clock}, Number: m.Number, Sure: 100,
		Language: m.Language, Danger: m.Danger, Topic: m.Topic, Lang: s.reading.Lang,
	}
	s.subject = m.Appointment
	if m.Intent == understand.Change {
		s.reading.Number = 0
		at, err := localTime(m.Date, m.Clock, s.now.Location())
		if a, ok := s.meeting(); ok && err == nil && at.After(s.now) && !at.Equal(a.At) {
			s.proposeAt(a, at, ChooseYes)
			return
		}
	}
	s.act()
}

// readAgain reads a text anew where the open question offers numbers beside
// what it asks for, or was asked to settle a doubt.
func (s *step) readAgain(q understand.Query) {
	o := s.state.Open
	if o == nil {
		return
	}
	switch {
	case o.Kind == AskWhich:
		if s.reading.Intent == understand.Choose && s.reading.Number <= len(whichOptions) {
			return
		}
		// Words must speak for themselves: "yes" picks neither.
		q.Asked = understand.AskedNone
		r, was := s.rules.Lexicons.Read(q), s.reading
		if was.Intent == understand.Other && was.Topic == understand.TopicNone && (r.Intent == understand.Social || answers[r.Intent] != "" && r.Sure < clearly) {
			r = was
			r.Number = 0
		}
		s.reading = r
	case o.Kind == AskStopKind && s.reading.Intent == understand.Other:
		// Said again instead of a number, a stop is one.
		q.Asked = understand.AskedNone
		if r := s.rules.Lexicons.Read(q); r.Intent == understand.Stop {
			s.reading = r
		}
	case o.Kind == AskTime && s.reading.Number == 0 && (s.reading.Intent == understand.Other || s.reading.Intent == understand.Change && s.reading.When.IsZero()):
		// "Friday at 3?" – "no 4": an hour in place of the one that was read back.
		w := strings.Fields(q.Text)
		if len(w) == 0 || len(w) > aFewWords {
			return
		}
		q.Text, q.Asked, q.DayKnown = w[len(w)-1], understand.AskedReschedule, true
		if r := s.rules.Lexicons.Read(q); r.Intent == understand.Change && !r.When.Ambiguous && !r.When.IsZero() {
			s.reading = r
		}
	case o.Kind == AskReschedule && len(o.Free) > 0:
		w, n := s.reading.When, s.placeOfFree(*o)
		if n > 0 && (w.Date == "" || w.Clock != "") {
			// "The 1st one" is no date, and its "one" no hour.
			s.reading = understand.Reading{Intent: understand.Choose, Number: n, Sure: plainly, Lang: s.reading.Lang, ThirdParty: s.reading.ThirdParty, Why: s.reading.Why}
			return
		}
		if s.reading.Intent == understand.Change && (!w.Ambiguous && !w.IsZero() || s.rules.Lexicons.NamesDay(q)) {
			return
		}
		q.Asked = understand.AskedWhich
		if r := s.rules.Lexicons.Read(q); r.Intent == understand.Choose && r.Number <= len(o.Free) {
			s.reading = r
		}
	}
}

// readAs reads the text as the answer to a question that is not open.
func (s *step) readAs(asked understand.Asked) understand.Reading {
	q := s.query()
	q.Asked = asked
	return s.rules.Lexicons.Read(q)
}

// settles is which of the readings a few words mean that answer the question
// which the doubt was about ("actually yeah go on then"), or -1. A bare yes or
// no picks neither: it may be said to the first of the readings.
func (s *step) settles(q Question) int {
	if len(q.Readings) == 0 || s.borrowed() || s.reading.Topic != understand.TopicNone || urgent(s.reading) || s.words() <= pickOne || s.words() > pickWords+1 {
		return -1
	}
	asked, known := askedAs[answers[q.Readings[0].Intent]]
	if !known {
		return -1
	}
	r := s.readAs(asked)
	if r.Number > 0 || r.Sure < clearly || r.Condition != "" || !r.When.IsZero() {
		return -1
	}
	return slices.IndexFunc(q.Readings, func(m Meaning) bool { return m.Intent == r.Intent && m.Clock == "" && m.Date == "" })
}

// pickOne is how many words may be no more than a yes or a no to the last thing
// that was said.
const pickOne = 2

// ownWords is a text in words while a numbered question is open. It reports
// whether the text was dealt with: a question of this kind is asked once, and
// what does not settle it goes to the specialist.
func (s *step) ownWords() bool {
	q, r := s.state.Open, s.reading
	if q == nil || q.Kind != AskWhich || r.Intent == understand.Choose {
		return false
	}
	asked := *q
	i := slices.IndexFunc(q.Readings, func(m Meaning) bool { return m.Intent == r.Intent })
	if n := s.settles(asked); i < 0 && n >= 0 {
		s.chooseReading(asked, whichOptions[n])
		return true
	}
	other := r.Intent == understand.Other && r.Topic == understand.TopicNone
	switch {
	case i >= 0 && r.Sure >= sureEnoughToAsk && r.When.IsZero():
		s.chooseReading(asked, whichOptions[i])
		return true
	case answers[r.Intent] != "" && r.Sure >= s.needed(r.Intent) && r.Sure >= sureEnough:
		// A fresh clear text takes the place of the one that was asked about.
		s.closeOne(asked.ID, ChooseOther)
		s.resume()
		return false
	case answers[r.Intent] != "" || other || r.Sure < s.needed(r.Intent):
		s.closeOne(asked.ID, "")
		s.resume()
		if asked.Message != "" {
			s.do(RaiseFlag{Reason: FlagNotUnderstood, Message: asked.Message})
		}
		s.flag(FlagNotUnderstood, "")
		s.read("handed_over")
		return true
	}
	// "Ring me", "thanks", "who reads this": answered, and the question stays.
	return false
}
