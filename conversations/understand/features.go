package understand

import (
	"math"
	"strconv"
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
	q          Query
	raw, abs   []token
	ms         []mentioned
	constraint bool
	cues       []cueHit
	scores     scores
	number     answer
	danger     risk
	reading    Reading // what the lexicons alone make of it
}

// hashText is FNV-1a, which is short and the same everywhere.
func hashText(h uint32, s string) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func hashBytes(h uint32, s []byte) uint32 {
	for _, c := range s {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

const (
	hashBasis = 2166136261
	// Each kind of feature begins its hash with a letter of its own.
	kindWord, kindPair, kindSkip, kindNot, kindEdge, kindChars, kindLexicon = "w", "p", "s", "n", "e", "c", "l"
)

// gather collects features and the share of each kind.
type gather struct {
	out   []feature
	from  int
	asked uint32
}

func (g *gather) add(h uint32, value float32) { g.out = append(g.out, feature{h, value}) }

func (g *gather) name(kind, name string, value float32) {
	g.add(hashText(hashText(hashBasis, kind), name), value)
}

// level brings the features since the last call to a common length, so that a
// long text says no more than a short one, and doubles them with the question.
func (g *gather) level(length float32, cross bool) {
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

func (g *gather) crossed(h uint32) uint32 {
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

// features describes a text.
func (l *Lexicons) features(e *evidence, out []feature) []feature {
	g := &gather{out: out[:0], asked: hashText(hashBasis, string(e.q.Asked))}
	l.wordFeatures(g, e)
	l.letterFeatures(g, e)
	l.lexiconFeatures(g, e)
	g.name(kindEdge, "always", 1)
	g.level(0, true)
	return g.out
}

func (l *Lexicons) wordFeatures(g *gather, e *evidence) {
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
	g.level(wordShare, true)
}

// How much the words and the letters of a text count beside what the lexicon
// says, chosen by cross-validation over authors.
const (
	wordShare   = 3
	letterShare = 3
)

// letterFeatures takes three to five letters in a row, with the spaces.
func (l *Lexicons) letterFeatures(g *gather, e *evidence) {
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
	g.level(letterShare, true)
}

// lexiconFeatures is what the lexicons made of the text.
func (l *Lexicons) lexiconFeatures(g *gather, e *evidence) {
	r := &e.reading
	g.name(kindLexicon, "read "+string(r.Intent), 2)
	g.name(kindLexicon, "sure "+string(r.Intent), 2*float32(r.Sure)/100)
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
	if e.danger.denied {
		g.name(kindLexicon, "danger denied", 1)
	}
	g.level(0, true)
}

func (l *Lexicons) timeFeatures(g *gather, e *evidence) {
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

var roleNames = [...]string{neutral: "named", propose: "proposed", refuse: "refused", reason: "a reason"}
