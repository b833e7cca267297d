package understand

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Read says what a text means. It never fails: what is not understood is
// Other with a low Sure, and a person reads it.
func (l *Lexicons) Read(q Query) Reading {
	e := l.gather(q)
	r := e.reading
	var features []feature
	if l.learned != nil {
		scratch, _ := lists.Get().(*[]feature)
		if scratch == nil {
			scratch = new([]feature)
		}
		features = l.features(e, *scratch)
		defer func() { *scratch = features; lists.Put(scratch) }()
	}
	reserved := ReservedWord(q.Text)
	if danger, why := l.danger(e, features); danger != DangerNone && reserved == "" {
		return Reading{
			Intent: Crisis, Danger: danger, Threat: e.danger.threat, Sure: 95, Why: "read as crisis (" + string(danger) + "): " + why,
			Lang: r.Lang, Unreadable: r.Unreadable, ThirdParty: r.ThirdParty,
		}
	}
	switch {
	case reserved == Stop && strings.EqualFold(strings.TrimSpace(q.Text), "cancel") && !q.Appointment.IsZero() && q.Asked != AskedOptin:
		// The carrier has just blocked our texts, and the meeting may be meant.
		return Reading{
			Intent: Cannot, Sure: 50, Others: []Alternative{{Intent: Stop, Sure: 50}}, Lang: r.Lang,
			Why: "read as cannot or stop: the one word may mean the appointment, and the carrier has acted on it",
		}
	case reserved == Stop, reserved == Help, reserved == Start && !strings.EqualFold(strings.TrimSpace(q.Text), "yes"):
		return Reading{Intent: reserved, Sure: 100, Plain: reserved == Stop, Lang: r.Lang, Why: "read as " + string(reserved) + ": the word that the carrier acts on"}
	}
	if l.learned != nil && q.Asked == AskedConfirmTime && r.Sure < sureOfTime {
		// No example answers a time read back; what would be said to a reminder is near.
		as := q
		as.Asked = AskedAppointment
		if other := l.Read(as); other.Sure > r.Sure && other.Intent != Other {
			return other
		}
	}
	learned := l.weigh(e, &r, features)
	l.saysWhen(e, &r)
	l.saysAlone(e, &r)
	l.saysWhile(e, &r)
	if night := l.saysNight(e, &r); !night { // whose hour is no limit
		r.Limit = l.limit(e, r.Topic)
	}
	switch m := &r.Limit; r.Topic { // a limit that was named in full is what it is
	case TopicLimits:
		switch {
		case m.Days > 0:
			r.Topic = TopicPause
		case m.quiet():
			r.Topic = TopicQuiet
		}
	case TopicPause:
		if n := l.limit(e, TopicQuiet); m.Days == 0 && n.quiet() && !l.untilDay(e) {
			r.Topic, r.Limit = TopicQuiet, n
		}
	case TopicQuiet:
		n := l.limit(e, TopicPause)
		switch {
		case m.quiet():
		case !l.hasClass(e.raw, "quiet_text") && slices.ContainsFunc(e.ms, func(x mentioned) bool { return x.open }):
			r.Topic = TopicNone // "been in bed all week" is told, and asks for nothing
		case n.Days > 0:
			r.Topic, r.Limit = TopicPause, n
		}
	default:
		// What a limit says of the others is theirs alone.
	}
	for i := range r.Also {
		r.Also[i].Plain = r.Also[i].Intent == Stop && l.plainStop(e, 0)
	}
	if (r.Intent == OptinYes || r.Intent == Confirm) && q.Asked == AskedOptin && !l.plainYes(e, &r) {
		r.Sure = min(r.Sure, doubtedYes)
	}
	if r.Intent == Stop {
		if r.Plain = l.plainStop(e, r.Sure); !r.Plain {
			r.Limit.Kind = l.limit(e, TopicStopKind).Kind
		}
	}
	l.explain(e, &r, learned)
	return r
}

// sureOfTime is how sure the patterns must be of an answer to a time that was
// read back.
const sureOfTime = 50

// lists are scratch space for features.
var lists = sync.Pool{New: func() any { return new([]feature) }}

// gather collects what the lexicons find in a text, and what they alone make
// of it.
func (l *Lexicons) gather(q Query) *evidence {
	if q.Asked == "" {
		q.Asked = AskedNone
	}
	q.Text = plainDigits(q.Text)
	raw := l.tokenise(q.Text)
	if len(q.Names) > 0 {
		l.nameTokens(q, q.Text, raw)
	}
	r := Reading{Intent: Other, Condition: l.condition(q.Text, raw), ThirdParty: l.fitsAnywhere(&l.thirdParty, raw)}
	r.Lang, r.Unreadable = l.languageOf(raw)
	e := &evidence{q: q, raw: raw, danger: l.readRisk(raw, q)}
	e.ms, e.abs = l.findTimes(q, raw)
	e.constraint = l.judge(e.ms, e.abs)
	e.matched = l.matchCues(e.abs)
	e.cues = l.readCues(q.Asked, e.abs, e.matched)
	e.scores = scores{by: map[Intent]float64{}}
	s := &e.scores
	ms, abs, cues := e.ms, e.abs, e.cues
	var strong, weak []int
	about := 0.0 // how strongly the topic was named
	for i := range cues {
		h := &cues[i]
		if h.name == cuePick {
			if n := h.caps[slotAnyNumber]; n > 0 {
				if h.entry.Weight >= 5 {
					strong = append(strong, int(n-1))
				} else {
					weak = append(weak, int(n-1))
				}
			}
			continue
		}
		switch n := h.caps[slotAnyNumber]; {
		case h.entry.Number > 0:
			r.Number = h.entry.Number
		case h.entry.Number < 0 && n > 0 && abs[n-1].num >= 1 && abs[n-1].num <= 5:
			r.Number = int(abs[n-1].num)
		case h.entry.Number < 0:
			continue
		}
		if h.entry.Voices {
			r.Voices = true
		}
		if h.entry.Topic != TopicNone && !h.negated && h.entry.Weight > about {
			r.Topic, about = h.entry.Topic, h.entry.Weight
		}
		in, w := intentOf(h.name, q, len(ms) > 0), h.entry.Weight
		if in == Other && h.name != string(Other) {
			w /= 4 // a yes to nothing, or some question: it says little about what it is
		}
		s.add(in, w, h)
	}
	if e.danger.denied {
		s.add(Distress, 5, nil)
	}
	if r.Topic == TopicStopKind && s.by[Stop] >= 6 {
		r.Topic = TopicNone // one kind is named, and then all of it
		s.by[Stop] += s.by[Other]
		s.by[Other] = 0
	}
	slices.Sort(strong)
	slices.Sort(weak)
	e.number = l.readNumber(q, abs, strong, weak)
	if e.number.number > 0 {
		r.Number = e.number.number
		s.add(numbered[q.Asked][e.number.number-1], e.number.weight, nil)
	}
	l.weighTimes(q, s, ms, abs, e.constraint)
	l.weighContext(q, s, abs, e.number)
	l.decide(q, &r, s, ms, abs, e.constraint)
	if r.ThirdParty && r.Topic == TopicBereaved {
		r.ThirdParty = l.besideGrief(e)
	}
	e.reading = r
	return e
}

// scores gathers what speaks for each intent.
type scores struct {
	by   map[Intent]float64
	hits []*cueHit
	of   []Intent
}

func (s *scores) add(in Intent, w float64, h *cueHit) {
	s.by[in] += w
	if h != nil {
		s.hits = append(s.hits, h)
		s.of = append(s.of, in)
	}
}

// weighTimes lets times speak for a change: where one was asked for, or where
// one is proposed that is not the appointment's own.
func (l *Lexicons) weighTimes(q Query, s *scores, ms []mentioned, abs []token, constraint bool) {
	if len(ms) == 0 && !constraint {
		return
	}
	w := l.resolve(q, ms, abs, constraint, true)
	proposed, live := false, false
	for i := range ms {
		if q.Asked == AskedAppointment && ms[i].role == refuse && ms[i].after {
			// "Not before 12" asks for later, and is no refusal of the meeting.
			s.by[Cannot] *= 0.3
			s.by[Change] += 4
		}
		if q.Asked == AskedAppointment && ms[i].role == refuse && ms[i].part && !dayNamed(ms) {
			// "Not in the mornings" asks for another part of the day.
			s.by[Cannot] *= 0.3
			s.by[Confirm] *= 0.2
			s.by[Change] += 4
		}
		proposed = proposed || ms[i].role == propose && !ms[i].vague
		live = live || ms[i].role != reason && ms[i].role != withdrawn && !ms[i].plural
	}
	own := !w.Ambiguous && !q.Appointment.IsZero() &&
		(w.Date == "" || w.Date == q.Appointment.Format("2006-01-02")) && (w.Clock == "" || w.Clock == q.Appointment.Format("15:04"))
	asks := false
	for i := range abs {
		asks = asks || abs[i].shape == mention && abs[i].question
	}
	switch q.Asked {
	case AskedReschedule, AskedConfirmTime:
		switch {
		case own && s.by[Confirm] > 0:
			s.by[Change] *= 0.3
		case (live || constraint) && !w.Ambiguous:
			s.by[Change] += 6
		case live || constraint:
			s.by[Change] += 4
		case len(ms) > 0:
			s.by[Change] += 2
		}
	case AskedAppointment:
		switch {
		case w.IsZero() || own || !live:
		case proposed:
			s.by[Change] += 5
		case asks:
			s.by[Change] += 4
		default:
			s.by[Change] += 2
		}
	default:
		if proposed && !own && !w.IsZero() && s.by[Change] > 0 {
			s.by[Change] += 3
		}
	}
}

// weighContext lets the open question and the form of the text speak.
func (l *Lexicons) weighContext(q Query, s *scores, abs []token, number answer) {
	// "Leave it as it was" is a yes to the appointment, and the third answer only
	// where another time was read back.
	if q.Asked != AskedConfirmTime && s.by[Keep] > 0 {
		s.by[Confirm] += s.by[Keep]
		s.by[Keep] = 0
	}
	// A bare number where a day was asked for says too little, but about that.
	if q.Asked == AskedReschedule && len(abs) > 0 && len(abs) <= 2 && abs[0].num > 0 && abs[0].shape != mention {
		s.by[Change] += 3
	}
	// A task, a lead or a rating is not a distress call because the text is
	// long, and a low rating is an answer: distress must speak for itself.
	// What begins as a question is not a promise: "who else is going to be there".
	if len(abs) > 0 && number.number == 0 && l.interrogative.fits(&abs[0]) && s.by[AttendingQuestion] > 0 {
		s.by[Confirm] *= 0.3
	}
	if q.Asked == AskedAppointment && s.by[Confirm] >= 3 && s.by[Distress] < 6 {
		s.by[Distress] = min(s.by[Distress], s.by[Confirm]-0.5) // comes, and is anxious about it: both are told
	}
	if s.by[CallMe] >= 5 && q.Asked != AskedReschedule {
		s.by[Change] *= 0.5 // a call is wanted, at that time or about it
	}
	if q.Asked == AskedAppointment && s.by[Cannot] >= 4 && s.by[Distress] < 9 {
		s.by[Distress] = min(s.by[Distress], s.by[Cannot]-0.5) // says no; the rest is in Also
	}
	if q.Asked == AskedScale && number.weight >= 6 {
		s.by[Other] = min(s.by[Other], number.weight-3) // answered, whatever is told besides
	}
	if q.Asked == AskedScale && number.number > 0 && s.by[Distress] < 6 {
		s.by[Distress] = min(s.by[Distress], 3)
	} else if q.Asked == AskedScale && number.number > 0 {
		s.by[Distress] += 3
	}
}

// order breaks ties: what is harder to take back, or worse to miss, first.
var order = []Intent{
	Stop, WrongPerson, Distress, CallMe, Change, Cannot, Late, WantHelp, OptinNo, NotInterested, NotYet, Language,
	NextAppointment, AttendingQuestion, MoreInfo, Confirm, Interested, Rating, Done, OptinYes, Start, Help, Keep, Choose, Other, Social,
}

// decide makes the reading of the scores.
func (l *Lexicons) decide(q Query, r *Reading, s *scores, ms []mentioned, abs []token, constraint bool) {
	type entry struct {
		in Intent
		w  float64
	}
	var list []entry
	// Two answers in one: a new time outweighs the yes before it, and the yes
	// outweighs the question behind it.
	if s.by[Change] >= 4 && s.by[Confirm] > 0 && q.Asked != AskedConfirmTime {
		if s.by[Change] >= 5 && s.by[Confirm] <= 12 {
			s.by[Change] = max(s.by[Change], s.by[Confirm]+1)
		}
	}
	for i, in := range order {
		if w := s.by[in]; w > 0 {
			if in == Social {
				w = min(w, 1.5)
			}
			list = append(list, entry{in, w - float64(i)*0.001})
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(b.w, a.w) })
	if len(list) == 0 {
		return
	}
	best := list[0]
	r.Intent = best.in
	if r.Intent == Social && l.says(abs) > 4 && q.Asked == AskedNone && s.by[Social] < 4 {
		r.Intent = Other // thanks, and then something that a person should read
	}
	if r.Intent == Social && slices.ContainsFunc(abs, func(t token) bool { return t.shape == digits }) {
		r.Intent = Other // "sorry 4": a number is no courtesy
	}
	if r.Intent == Rating && r.Number == 0 {
		r.Intent = Other // two numbers, or one and a half: a person asks
	}
	second := 0.0
	for _, rival := range list[1:] {
		if rival.in != Social {
			// A thanks beside a yes makes it no less of a yes.
			second = rival.w
			break
		}
	}
	r.Sure = int(min(99, 100*best.w/(best.w+second+1)))
	l.values(q, r, s, ms, abs, constraint)
	for _, e := range list[1:] {
		if e.w > 3.9 && e.in != Social && e.in != Other {
			also := Reading{Intent: e.in, Sure: int(min(90, 10*e.w)), Number: r.Number}
			l.values(q, &also, s, ms, abs, constraint)
			r.Also = append(r.Also, also)
		}
		if e.w*2 >= best.w {
			other := Reading{Intent: e.in, Number: r.Number}
			l.values(q, &other, s, ms, abs, constraint)
			r.Others = append(r.Others, Alternative{Intent: e.in, Value: other.Value(), Sure: int(min(90, 100*e.w/(best.w+e.w+1)))})
		}
	}
}

// values fills what belongs to the intent of a reading.
func (l *Lexicons) values(q Query, r *Reading, s *scores, ms []mentioned, abs []token, constraint bool) {
	switch r.Intent {
	case Change:
		r.When = l.resolve(q, ms, abs, constraint && q.Asked != AskedAppointment, true)
		if q.Asked == AskedReschedule && r.When.IsZero() {
			for i := range abs {
				if abs[i].num > 0 && abs[i].shape != mention {
					r.When.Ambiguous = true
				}
			}
		}
		if r.When.Date != "" && r.When.Clock == "" && l.leftOver(q, abs) || r.When.Clock != "" && q.Asked == AskedReschedule && (l.corrected(ms, abs) || r.When.Date == "" && dashed(abs)) {
			r.When = When{Ambiguous: true} // a number that may be an hour was not understood
		}
		if q.Asked == AskedAppointment && r.When.IsZero() && slices.ContainsFunc(abs, func(t token) bool { return l.fitsClass("comparative", &t) }) {
			r.When.Ambiguous = true // "earlier would be better"
		}
		own := When{Date: q.Appointment.Format("2006-01-02"), Clock: q.Appointment.Format("15:04")}
		if q.Asked == AskedNone && r.When.Clock == "" && r.When.Date == own.Date && !q.Appointment.IsZero() {
			r.When = When{} // "need to move thursday": it is that one which is moved
		}
		if q.Asked == AskedAppointment && (r.When == own || r.When.Clock == "" && r.When.Date == own.Date) {
			r.When = When{}
		}
	case CallMe:
		r.When = l.resolve(q, ms, abs, false, false)
	case Language:
		from, to := 0, len(abs)
		for _, h := range s.hits {
			if h.name == string(Language) && strings.Contains(h.source, "<language>") {
				from, to = h.from, h.to
				break
			}
		}
		r.Language = l.languageIn(abs, from, to)
		if r.Language == "" {
			r.Language = l.languageIn(abs, 0, len(abs))
		}
	default:
		// The others have no value, or a number that was filled in before.
	}
}

// says counts the words of a text that no courtesy covers.
func (l *Lexicons) says(abs []token) int {
	n := 0
	for i := range abs {
		if abs[i].shape != emoji && !l.courtesies.fits(&abs[i]) {
			n++
		}
	}
	return n
}

func (l *Lexicons) fitsAnywhere(b *book, tokens []token) bool {
	fits := false
	b.match(tokens, func(found) { fits = true })
	return fits
}

// condition gives the client's own words from the word that begins a
// condition to the end of its sentence.
func (l *Lexicons) condition(text string, raw []token) string {
	from := -1
	l.conditions.match(raw, func(f found) {
		if from < 0 || f.from < from {
			from = f.from
		}
	})
	if from < 0 {
		return ""
	}
	to := from + 1
	for to < len(raw) && raw[to].before != sentence {
		to++
	}
	return strings.TrimSpace(text[raw[from].start:raw[to-1].end])
}

// leftOver reports whether a number that could be an hour is left, other than
// the answer that the text begins with: 3, 1430, or "am un".
func (l *Lexicons) leftOver(q Query, abs []token) bool {
	timed := false
	for i := range abs {
		t := &abs[i]
		timed = timed || t.shape == mention
		switch {
		case i == 0 && q.Asked != AskedReschedule || l.counts(abs, i):
		case q.Asked == AskedAppointment && t.shape == digits && t.num >= 1 && t.num <= 3 && !timed: // the answer, put right
		case t.shape == digits && (t.num >= 1 && t.num <= 23 || t.end-t.start == 4 && t.num < 2400 && t.num%100 < 60):
			return true
		case t.shape == clockNum:
			return true
		case t.shape == word && t.num >= 1 && t.num <= 12 && i > 0 && l.hourLead.fits(&abs[i-1]) && len(abs) <= i+2:
			return true
		}
	}
	return false
}

// dashed reports whether two numbers with a dash between them were not
// understood: "7-12 2pm".
func dashed(abs []token) bool {
	for i := 1; i < len(abs); i++ {
		if abs[i].dash && abs[i].shape == digits && abs[i-1].shape == digits {
			return true
		}
	}
	return false
}

// corrected reports whether a bare hour stands behind a time that was read, and
// is another: "friday at 2 ... 3".
func (l *Lexicons) corrected(ms []mentioned, abs []token) bool {
	timed := false
	again := func(hour int) bool {
		return slices.ContainsFunc(ms, func(m mentioned) bool { return live(&m) && m.hour == hour && m.minute == 0 })
	}
	for i := range abs {
		t := &abs[i]
		timed = timed || t.shape == mention && t.minute&bitClock != 0
		if timed && t.num >= 1 && t.num <= 12 && (t.shape == digits || t.shape == word && i == len(abs)-1) && !l.counts(abs, i) && !again(int(t.num)) {
			return true
		}
	}
	return false
}
