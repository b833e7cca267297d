package understand

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A text is described to what was learned by features: the words and pairs
// of words in it, the letters of it, and what the lexicon made of it, each on
// its own and together with the question that is open. A feature is known by
// a hash; two that share one do little harm.

type feature struct {
	hash  uint32
	value float32
}

// evidence is everything that the lexicons found in one text.
type evidence struct {
	// ends holds where each group of features ends: words, letters, concepts,
	// concepts of danger, signs, lexicon, patterns of danger, and what is always there.
	ends       [groups]int
	q          Query
	raw, abs   []token
	ms         []mentioned
	constraint bool
	matched    []cueHit // every cue that fits, whatever was asked
	cues       []cueHit // those that count
	scores     scores
	number     answer
	danger     risk
	reading    Reading // what the lexicons alone make of it
	scratch    []feature
}

// hashText is FNV-1a, which is short and the same everywhere.
func hashText(h uint32, s string) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

const (
	hashBasis = 2166136261
	// Each kind of feature begins its hash with a letter of its own.
	kindWord, kindPair, kindSkip, kindNot, kindEdge, kindChars, kindLexicon, kindConcept, kindSign = "w", "p", "s", "n", "e", "c", "l", "k", "d"
)

// featureList collects features and the share of each kind.
type featureList struct {
	out   []feature
	from  int
	asked uint32
}

func (g *featureList) add(h uint32, value float32) { g.out = append(g.out, feature{h, value}) }

func (g *featureList) name(kind, name string, value float32) {
	g.add(hashText(hashText(hashBasis, kind), name), value)
}

// level brings the features since the last call to a common length, so that a
// long text says no more than a short one, and doubles them with the question.
func (g *featureList) level(length float32, cross bool) {
	part := g.out[g.from:]
	sum := float32(0)
	for _, f := range part {
		sum += f.value * f.value
	}
	if sum > 0 && length > 0 {
		by := length / float32(math.Sqrt(float64(sum)))
		for i := range part {
			part[i].value *= by
		}
	}
	if cross {
		n := len(g.out)
		for i := g.from; i < n; i++ {
			g.add(g.crossed(g.out[i].hash), g.out[i].value)
		}
	}
	g.from = len(g.out)
}

// unique leaves one of each feature since the last call of level.
func (g *featureList) unique() {
	part := g.out[g.from:]
	slices.SortFunc(part, func(a, b feature) int { return cmp.Compare(a.hash, b.hash) })
	part = slices.CompactFunc(part, func(a, b feature) bool { return a.hash == b.hash })
	g.out = g.out[:g.from+len(part)]
}

func (g *featureList) crossed(h uint32) uint32 {
	h ^= g.asked
	h *= 0x85ebca6b
	return h ^ h>>15
}

// spelling gives the word that a token stands for: as the lexicon spells it
// where it is known, else as it was written.
func (l *Lexicons) spelling(text string, t *token) string {
	switch t.shape {
	case mention:
		switch {
		case t.minute&bitAppointment != 0:
			return "<own>"
		case t.minute&bitDay != 0 && t.minute&bitClock != 0:
			return "<daytime>"
		case t.minute&bitDay != 0:
			return "<day>"
		case t.minute&bitClock != 0:
			return "<clock>"
		}
		return "<time>"
	case digits:
		if t.num >= 0 && t.num <= 10 {
			return strconv.Itoa(int(t.num))
		}
		return "<n>"
	case clockNum, dateNum:
		return "<n>"
	case amount:
		return "<amount>"
	default:
	}
	if t.ids[1] != 0 {
		return l.words_[t.ids[1]]
	}
	if t.ids[0] != 0 {
		return l.words_[t.ids[0]]
	}
	return fold(text[t.start:t.end])
}

// conceptsOf gives the concepts that a word belongs to, and appends them.
func (l *Lexicons) conceptsOf(t *token, to []string) []string {
	for _, id := range t.ids {
		if id == 0 {
			break
		}
		for _, name := range l.concepts[id] {
			if !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	return to
}

// everydayConcepts says what the words are about, and dangerConcepts the same
// where a concept of danger is among them: what an answer is does not hang on it.
func (l *Lexicons) everydayConcepts(g *featureList, e *evidence) { l.conceptFeatures(g, e, false) }
func (l *Lexicons) dangerConcepts(g *featureList, e *evidence)   { l.conceptFeatures(g, e, true) }

// ofDanger says whether a concept is one of danger, by its name.
func ofDanger(concept string) bool { return strings.HasPrefix(concept, "danger_") }

// conceptFeatures says which concepts there are, and which stand near one
// another: a pair says more than the words that made it, which no other author
// may use. Either those of danger and their pairs with any, or all others.
func (l *Lexicons) conceptFeatures(g *featureList, e *evidence, danger bool) {
	var buf [conceptReach][]string
	window := buf[:0]
	var names [conceptReach + 1][16]string
	for i := range e.raw {
		here := l.conceptsOf(&e.raw[i], names[i%(conceptReach+1)][:0])
		for _, a := range here {
			if ofDanger(a) == danger {
				h := hashText(hashText(hashBasis, kindConcept), a)
				g.add(h, 1)
				g.add(g.crossed(h), 1)
			}
			for _, there := range window {
				for _, b := range there {
					if (ofDanger(a) || ofDanger(b)) == danger {
						g.add(hashText(hashText(hashText(hashText(hashBasis, kindConcept), b), "+"), a), 1)
					}
				}
			}
		}
		if len(window) == conceptReach {
			copy(window, window[1:])
			window = window[:conceptReach-1]
		}
		window = append(window, here)
	}
	g.unique()
	g.level(1, false)
}

// conceptReach is how many words apart two concepts may stand.
const conceptReach = 6

// groups is how many groups of features there are.
const (
	groups       = 8
	groupSigns   = 4
	groupLexicon = 5
	groupDanger  = 6
)

// shares says how much each group of features counts.
type shares [groups]float32

// view gives the features of a text as they count for one decision.
func (e *evidence) view(features []feature, by shares, out []feature) []feature {
	out = out[:0]
	from := 0
	for n, to := range e.ends {
		if by[n] != 0 {
			for _, f := range features[from:to] {
				out = append(out, feature{f.hash, f.value * by[n]})
			}
		}
		from = to
	}
	return out
}

// features describes a text.
func (l *Lexicons) features(e *evidence, out []feature) []feature {
	return l.describe(e, out, [groups - 1]func(*featureList, *evidence){
		l.wordFeatures, l.letterFeatures, l.everydayConcepts, l.dangerConcepts, l.signFeatures, l.lexiconFeatures, dangerFeatures,
	})
}

// dangerFeaturesOf describes a text as far as danger is decided by it.
func (l *Lexicons) dangerFeaturesOf(e *evidence, out []feature) []feature {
	nothing := func(*featureList, *evidence) {}
	return l.describe(e, out, [groups - 1]func(*featureList, *evidence){
		l.wordFeatures, l.letterFeatures, l.everydayConcepts, l.dangerConcepts, l.signFeatures, nothing, dangerFeatures,
	})
}

func (l *Lexicons) describe(e *evidence, out []feature, describers [groups - 1]func(*featureList, *evidence)) []feature {
	g := &featureList{out: out[:0], asked: hashText(hashBasis, string(e.q.Asked))}
	for n, describe := range describers {
		describe(g, e)
		e.ends[n] = len(g.out)
	}
	g.name(kindEdge, "always", 1)
	g.level(0, true)
	e.ends[groups-1] = len(g.out)
	return g.out
}

func (l *Lexicons) wordFeatures(g *featureList, e *evidence) {
	var buf [64]string
	words := buf[:0]
	for i := range e.abs {
		words = append(words, l.spelling(e.q.Text, &e.abs[i]))
	}
	not := 0
	for i, w := range words {
		h := hashText(hashText(hashBasis, kindWord), w)
		g.add(h, 1)
		if not > 0 {
			g.name(kindNot, w, 1)
			not--
		}
		if e.abs[i].before == sentence {
			not = 0
		}
		if l.negators.fits(&e.abs[i]) {
			not = 3
		}
		if i > 0 {
			g.add(hashText(hashText(hashText(hashText(hashBasis, kindPair), words[i-1]), " "), w), 1)
		}
		if i > 1 {
			g.add(hashText(hashText(hashText(hashText(hashBasis, kindSkip), words[i-2]), " "), w), 0.7)
		}
	}
	if len(words) > 0 {
		g.name(kindEdge, "^"+words[0], 1)
		g.name(kindEdge, "$"+words[len(words)-1], 1)
		if len(words) == 1 {
			g.name(kindEdge, "="+words[0], 1)
		}
	}
	g.level(1, false)
}

// letterFeatures takes three to five letters in a row, with the spaces.
func (l *Lexicons) letterFeatures(g *featureList, e *evidence) {
	var buf [256]byte
	line := append(buf[:0], ' ')
	for i := range e.raw {
		t := &e.raw[i]
		switch t.shape {
		case word:
			line = append(line, shorten(fold(e.q.Text[t.start:t.end]), 2)...)
		case emoji:
			line = append(line, e.q.Text[t.start:t.end]...)
		default:
			line = append(line, '0')
		}
		line = append(line, ' ')
		if len(line) > 400 {
			break
		}
	}
	seed := hashText(hashBasis, kindChars)
	for i := range line {
		h := seed
		for n := 0; n < 5 && i+n < len(line); n++ {
			h = (h ^ uint32(line[i+n])) * 16777619
			if n >= 2 {
				g.add(h, 1)
			}
		}
	}
	g.level(1, false)
}

// lexiconFeatures is what the lexicons made of the text.
func (l *Lexicons) lexiconFeatures(g *featureList, e *evidence) {
	r := &e.reading
	g.name(kindLexicon, "read "+string(r.Intent), 2)
	g.name(kindLexicon, "sure "+string(r.Intent), 2*float32(r.Sure)/100)
	if r.Sure >= 75 && r.Intent != Other {
		g.name(kindLexicon, "surely "+string(r.Intent), 2)
		g.name(kindLexicon, "surely", 1)
	}
	for i := range e.cues {
		if h := &e.cues[i]; h.words >= 3 && h.entry.Weight >= 4 || h.entry.Firm && h.words >= 2 {
			g.name(kindLexicon, "in full "+h.name, 2)
		}
	}
	for _, in := range Intents {
		if w := e.scores.by[in]; w > 0 {
			g.name(kindLexicon, "score "+string(in), float32(min(w, 12))/4)
			g.name(kindLexicon, "has "+string(in), 0.7)
		}
	}
	for i := range e.cues {
		h := &e.cues[i]
		name := h.name
		if h.negated {
			name = "not " + h.entry.Intent
		}
		g.name(kindLexicon, "cue "+name, 0.5)
	}
	if n := e.number.number; n > 0 {
		g.name(kindLexicon, "number", 1)
		g.name(kindLexicon, "number "+strconv.Itoa(n), 1)
		if len(e.abs) == 1 {
			g.name(kindLexicon, "bare number "+strconv.Itoa(n), 2)
		}
	}
	l.otherQuestions(g, e)
	l.timeFeatures(g, e)
	if len(e.abs) > 0 && l.interrogative.fits(&e.abs[0]) {
		g.name(kindLexicon, "begins as a question", 1)
	}
	for i := range e.raw {
		if e.raw[i].question {
			g.name(kindLexicon, "?", 1)
			break
		}
	}
	length := "long"
	switch n := len(e.raw); {
	case n <= 1:
		length = "one"
	case n <= 3:
		length = "short"
	case n <= 8:
		length = "some"
	case n <= 20:
		length = "more"
	}
	g.name(kindLexicon, "length "+length, 1)
	if r.ThirdParty {
		g.name(kindLexicon, "third party", 1)
	}
	if r.Condition != "" {
		g.name(kindLexicon, "condition", 1)
	}
	if r.Voices {
		g.name(kindLexicon, "voices", 1)
	}
	if r.Topic != TopicNone {
		g.name(kindLexicon, "topic "+string(r.Topic), 1)
	}
	g.level(0, true)
}

// otherQuestions says what the cues would mean if another question were open:
// people answer what was asked last week.
func (l *Lexicons) otherQuestions(g *featureList, e *evidence) {
	for _, asked := range [...]Asked{AskedNone, AskedAppointment, AskedReschedule, AskedLead, AskedScale, AskedTask, AskedOptin} {
		if asked == e.q.Asked {
			continue
		}
		q := e.q
		q.Asked = asked
		by := make([]float32, len(order))
		for _, h := range l.readCues(asked, e.abs, e.matched) {
			if h.name == cuePick {
				continue
			}
			in := intentOf(h.name, q, len(e.ms) > 0)
			if n := slices.Index(order, in); n >= 0 {
				by[n] += float32(h.entry.Weight)
			}
		}
		best := 0
		for n := range by {
			if by[n] > by[best] {
				best = n
			}
		}
		if by[best] > 0 {
			g.name(kindLexicon, "as "+string(asked)+" "+string(order[best]), min(by[best], 8)/6)
		}
	}
}

// signFeatures is which signs of danger were found, how often, and beside
// which others.
func (l *Lexicons) signFeatures(g *featureList, e *evidence) {
	var buf [32]string
	names := buf[:0]
	l.signs.match(e.raw, func(f found) {
		name := l.signNames[f.cue]
		g.add(hashText(hashText(hashBasis, kindSign), f.source), 1)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	for i, a := range names {
		g.name(kindSign, a, 2)
		for _, b := range names[:i] {
			g.add(hashText(hashText(hashText(hashText(hashBasis, kindSign), b), "+"), a), 1)
		}
	}
	g.unique()
	g.level(0, false)
}

// dangerFeatures is what the patterns of danger and of its look-alikes found,
// also where one cancelled the other.
func dangerFeatures(g *featureList, e *evidence) {
	d := &e.danger
	if d.denied {
		g.name(kindLexicon, "danger denied", 1)
	}
	if d.danger != DangerNone {
		g.name(kindLexicon, "danger", 2)
		g.name(kindLexicon, "danger "+string(d.danger), 1)
	}
	if d.hits > 0 {
		g.name(kindLexicon, "danger named", 1)
	}
	if d.hits > 1 {
		g.name(kindLexicon, "danger named twice", 1)
	}
	if d.safe > 0 {
		g.name(kindLexicon, "look-alike", 1)
	}
	if d.joking {
		g.name(kindLexicon, "joking", 1)
	}
	g.level(0, true)
}

func (l *Lexicons) timeFeatures(g *featureList, e *evidence) {
	if len(e.ms) == 0 {
		return
	}
	g.name(kindLexicon, "time", 1)
	for i := range e.ms {
		g.name(kindLexicon, "time "+roleNames[e.ms[i].role], 0.7)
	}
	w := l.resolve(e.q, e.ms, e.abs, e.constraint, true)
	switch {
	case w.Ambiguous:
		g.name(kindLexicon, "time ambiguous", 1)
	case !w.IsZero():
		g.name(kindLexicon, "time clear", 1)
		if !e.q.Appointment.IsZero() && w.Date == e.q.Appointment.Format("2006-01-02") {
			g.name(kindLexicon, "time of the appointment's day", 1)
		}
		if w.Clock != "" {
			g.name(kindLexicon, "time with clock", 1)
		}
	}
}

var roleNames = [...]string{neutral: "named", propose: "proposed", refuse: "refused", reason: "a reason", withdrawn: "withdrawn"}
