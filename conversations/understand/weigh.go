package understand

import (
	"cmp"
	"slices"
	"strings"
)

// What was learned from examples decides between intents, with the lexicon's
// own reading as one of the things that it goes by. Hard rules stay rules: a
// number that answers a numbered question is that answer, a time is what the
// grammar made of it, and the two questions that no example answers (a time
// read back, and which of several readings) are read by the patterns.

// calm brings probabilities to what they are worth: how far what was learned
// is too sure of texts by authors that it has not seen. Chosen by
// cross-validation over authors, so that of the readings with a Sure of 80
// about 80 % are right.
const calm = 0.8

// margin is how much likelier another intent must be than the one that the
// patterns read.
const margin = 0.1

// noYes is the most that a yes to an appointment can be sure of, in percent,
// where no word of the lexicons says one ("forget what i said"): too little to
// be acted on.
const noYes = 35

// floor is how sure what was learned must be, in percent, to make something of
// a text in which the patterns found nothing.
const floor = 30

// surelyStop is how likely a stop must be to be read as one, from 0 to 1: it
// would end all texts, and of those below it three in four were none. The
// conversation may still ask.
const surelyStop = 0.5

// surelyAsked is the same of what begins as a question: "how do i stop these"
// may want to know it only.
const surelyAsked = 0.75

// named is how likely another reading must be, in percent, to be named.
const named = 12

// weigh decides the intent of a reading by what was learned, and gives the
// words of the lexicons that spoke for it most.
func (l *Lexicons) weigh(e *evidence, r *Reading, features []feature) (because []string) {
	if l.learned == nil || l.settled(e, r) {
		return nil
	}
	var buf [32]float32
	p := buf[:len(learnedIntents)]
	l.learned.intents.sums(e.view(features, intentShares, e.scratch), p)
	for c := range p {
		p[c] *= calm
	}
	softmax(p)
	order := make([]int, len(p))
	for c := range order {
		order[c] = c
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	if r.Number == 0 && learnedIntents[order[0]] == Rating {
		order = order[1:] // no number, no rating: the next best
	}
	if in := learnedIntents[order[0]]; e.q.Asked == AskedScale && e.number.weight >= 6 && (in == Other || in == Social) {
		// A number answers the question, whatever is told besides.
		rating := slices.Index(learnedIntents, Rating)
		p[rating] += p[order[0]]
		p[order[0]] = 0
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	}
	least := float32(surelyStop)
	if len(e.abs) > 0 && l.interrogative.fits(&e.abs[0]) {
		least = surelyAsked
	}
	doubtful := learnedIntents[order[0]] == Stop && p[order[0]] < least
	if doubtful {
		order[0], order[1] = order[1], order[0] // named among the others
	}
	best := order[0]
	if !slices.ContainsFunc(e.raw, func(t token) bool { return t.known }) && p[best] < strange/100.0 {
		return nil
	}
	if r.Intent == Other && p[best] < floor/100.0 {
		r.Sure = min(r.Sure, int(100*p[slices.Index(learnedIntents, Other)]))
		return nil
	}
	if own := slices.Index(learnedIntents, r.Intent); own >= 0 && own != best && (near(r, p[best]-p[own]) || l.keepsOwn(e, r, learnedIntents[best])) {
		best = own // what has a reason is kept
		order = append([]int{own}, slices.DeleteFunc(order, func(c int) bool { return c == own })...)
	}
	if in := learnedIntents[best]; in != r.Intent {
		was := *r
		r.Intent, r.When, r.Language = in, When{}, ""
		l.values(e.q, r, &e.scores, e.ms, e.abs, e.constraint)
		r.Also = slices.DeleteFunc(r.Also, func(a Reading) bool { return a.Intent == in })
		if was.Intent != Other && was.Intent != Social && was.Sure >= sureOfOwn && p[slices.Index(learnedIntents, was.Intent)] > besides(was.Intent, doubtful) {
			was.Also, was.Others = nil, nil
			r.Also = append([]Reading{was}, r.Also...)
		}
	}
	r.Sure = int(min(99, 100*p[best]))
	switch in := learnedIntents[best]; {
	case in == Confirm && r.Number == 0 && e.scores.by[Confirm] <= 0:
		r.Sure = min(r.Sure, noYes) // nothing in it means yes
	case in == WrongPerson && e.scores.by[WrongPerson] <= 0:
		// It would end all texts, and no word of the lexicons says it.
		r.Sure = min(r.Sure, noYes)
	}
	r.Others = nil
	for _, c := range order[1:] {
		if sure := int(100 * p[c]); sure >= named && (learnedIntents[c] != Rating || r.Number > 0) {
			other := Reading{Intent: learnedIntents[c], Number: r.Number}
			l.values(e.q, &other, &e.scores, e.ms, e.abs, e.constraint)
			r.Others = append(r.Others, Alternative{Intent: other.Intent, Value: other.Value(), Sure: sure})
		}
	}
	return l.spokeFor(e, best)
}

// near reports whether what the patterns read is near enough to what is likelier.
func near(r *Reading, behind float32) bool {
	return behind < margin && r.Intent != Other && r.Intent != Stop && (r.Intent != Rating || r.Number > 0)
}

// besides is how likely what the patterns read must be, from 0 to 1, to be named
// beside what was read instead. A stop that is doubtful is not: it would end all texts.
func besides(was Intent, doubtful bool) float32 {
	switch {
	case was != Stop:
		return 0.2
	case doubtful:
		return 1
	default:
		return surelyStop / 2
	}
}

// keepsOwn reports whether what the patterns read is kept against another
// intent: where no word of the lexicons says that other one, which would confirm
// or end something; and where a no to the appointment stands beside low words,
// which are named besides.
func (l *Lexicons) keepsOwn(e *evidence, r *Reading, other Intent) bool {
	switch {
	case r.Sure < sureOfOwn || r.Intent == Other || r.Intent == Social:
		return false
	case other == Distress:
		if r.Intent != Cannot || e.q.Asked != AskedAppointment {
			return false
		}
		r.Also = append(r.Also, Reading{Intent: Distress, Sure: sureOfOwn})
		return true
	default:
		return (other == Confirm || other == WrongPerson) && r.Number == 0 && e.scores.by[other] <= 0
	}
}

// sureOfOwn is how sure the patterns must be, in percent, for that.
const sureOfOwn = 50

// settled reports whether a reading is beyond what examples can tell.
func (l *Lexicons) settled(e *evidence, r *Reading) bool {
	if e.q.Asked == AskedWhich || e.q.Asked == AskedConfirmTime {
		return true
	}
	if r.Topic != TopicNone && r.Intent == Other && l.topical(e) && !(e.q.Asked == AskedScale && e.number.weight >= 6) {
		return true // what has words of its own was written with care
	}
	if yes, no := e.scores.by[Confirm], e.scores.by[Cannot]; yes >= 3 && no >= 3 && r.Sure < 60 && (r.Intent == Confirm || r.Intent == Cannot) {
		return true // a yes and a no in one text: somebody has to ask
	}
	for i := range e.cues {
		h := &e.cues[i]
		if h.entry.Firm && (h.words >= 2 || len(e.abs) == 1) && h.entry.Weight >= 5 && h.name == string(r.Intent) {
			if r.Intent == Social && h.entry.Topic == TopicNone && (len(e.abs) == 1 || l.wholly(e, h)) {
				r.Sure = max(r.Sure, sureOfWhole)
			}
			return true // "dont cancel", or all of a text: words that are written to mean this and nothing else
		}
		if h.name == string(r.Intent) && l.wholly(e, h) {
			r.Sure = max(r.Sure, sureOfWhole)
			return true
		}
	}
	said, yes := 0, e.q.Asked == AskedReschedule
	for i := range e.abs {
		if t := &e.abs[i]; t.shape != digits && !l.courtesies.fits(t) {
			said++
		}
	}
	for i := range e.cues {
		yes = yes && e.cues[i].name == cueYes
	}
	switch {
	case said == 0 && slices.ContainsFunc(e.abs, func(t token) bool { return t.shape == digits }):
		return true // a bare number to a numbered question, or to none
	case yes && len(e.cues) > 0 && len(e.abs) <= 2 && len(e.ms) == 0:
		return true // a yes is no time
	}
	return false
}

// sureOfWhole is how sure a reading is, in percent, whose plain words are the
// whole text.
const sureOfWhole = 85

// wholly reports whether plain words and courtesies are all that a text holds.
func (l *Lexicons) wholly(e *evidence, h *cueHit) bool {
	return len(e.ms) == 0 && l.covers(e, h)
}

// covers is wholly where the words may name a time.
func (l *Lexicons) covers(e *evidence, h *cueHit) bool {
	if h.negated || h.words < 2 || h.entry.Weight < 4 {
		return false
	}
	for i := range e.abs {
		if (i < h.from || i >= h.to) && !l.courtesies.fits(&e.abs[i]) {
			return false
		}
	}
	return true
}

// allPlain reports whether plain words for something that is no trouble are all
// that a text holds: "im back" is no more than that, whatever else is said with
// its words. A broken arm is trouble that has a name, and so is a dog that died.
func (l *Lexicons) allPlain(e *evidence) bool {
	if e.matched == nil { // a passage, of which only danger was looked for
		e.matched = l.matchCues(e.abs)
		e.cues = l.readCues(e.q.Asked, e.abs, e.matched)
	}
	return slices.ContainsFunc(e.cues, func(h cueHit) bool {
		return (h.name != string(Distress) || h.entry.Topic == TopicTrouble || h.entry.Topic == TopicBereaved) && l.covers(e, &h)
	})
}

// topical reports whether plain words for a topic, and not a hint of it, were
// found.
func (l *Lexicons) topical(e *evidence) bool {
	return slices.ContainsFunc(e.cues, func(h cueHit) bool {
		return h.entry.Topic != TopicNone && !h.negated && h.entry.Weight >= 3 && h.name == string(Other)
	})
}

// strange is how sure what was learned must be, in percent, of a text without
// a single word that is known.
const strange = 80

// spokeFor names the words, of those that are in a lexicon, that speak most
// for a class.
func (l *Lexicons) spokeFor(e *evidence, class int) []string {
	type spoke struct {
		words string
		w     float32
	}
	var list []spoke
	m := l.learned.intents
	say := func(h uint32, words string) {
		if n := m.find(h); n >= 0 {
			row := m.weights[int(n)*m.classes : int(n+1)*m.classes]
			sum := float32(0)
			for _, w := range row {
				sum += w
			}
			if w := row[class] - sum/float32(len(row)); w > 0 {
				list = append(list, spoke{words, w})
			}
		}
	}
	before := ""
	for i := range e.abs {
		t := &e.abs[i]
		if t.shape != word || !t.known || t.ids[0] == 0 {
			before = ""
			continue
		}
		w := l.spelling(e.q.Text, t)
		say(hashText(hashText(hashBasis, kindWord), w), w)
		if before != "" {
			say(hashText(hashText(hashText(hashText(hashBasis, kindPair), before), " "), w), before+" "+w)
		}
		before = w
	}
	slices.SortStableFunc(list, func(a, b spoke) int { return cmp.Compare(b.w, a.w) })
	var out []string
	for _, s := range list[:min(2, len(list))] {
		out = append(out, s.words)
	}
	return out
}

// How much must speak for danger, as the logarithm of its odds by what was
// learned, before an alarm is raised. What was learned goes by the patterns and
// signs too; the less of these there is, the more the rest must say. Chosen on
// texts by authors that were not learned from, and on a public collection of
// ordinary ones.
const (
	// oddsOfPattern is for texts in which a pattern of danger was found.
	oddsOfPattern = -1.5
	// oddsOfSign is for those in which only signs were.
	oddsOfSign = 0.25
	// oddsOfThin is for those with one sign, of which ordinary texts are full.
	oddsOfThin = 0.5
	// oddsOfWords is for those with neither.
	oddsOfWords = 1.5
)

// oddsOfLow is how much likelier danger is in the text of somebody who has just
// written of it, or is low: judged, not fitted.
const oddsOfLow = 1.5

// fewToTell is how many words are too few to tell anything more of somebody who
// is low, where they are no sign of danger: "whatever", "funerals thurs".
const fewToTell = 2

// oddsOfFew is by how much less has to speak for danger in a language of which
// the reader has learned from few texts: what is said in it is more often new to
// it. Chosen on Welsh texts by authors that were not learned from.
const oddsOfFew = 0.5

// thin are the signs of which one alone says little.
var thin = []string{"calls for help", "dangerous place", "is being held or watched by somebody", "means at hand", "plan", "somebody else is in danger"}

// against are the signs that speak against danger.
var against = []string{"denied", "figure of speech", "long ago or not real"}

// signsOf gives the names of the signs of danger in a text, of those that speak for it.
func (l *Lexicons) signsOf(e *evidence) []string {
	var names []string
	l.signs.match(e.raw, func(f found) {
		if name := l.signNames[f.cue]; !slices.Contains(names, name) && !slices.Contains(against, name) {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	return names
}

// danger decides whether somebody is in danger, and gives the kind and what
// spoke for it, in the whole text or in a passage of it.
func (l *Lexicons) danger(e *evidence, features []feature) (Danger, string) {
	if danger, why := l.dangerIn(e, features, 0); danger != DangerNone || l.learned == nil {
		return danger, why
	}
	if e.danger.danger != DangerNone && e.q.Asked != AskedNone {
		// What a pattern of danger fits is that, whatever was asked.
		alone := *e
		alone.q.Asked = AskedNone
		if danger, why := l.dangerIn(&alone, l.dangerFeaturesOf(&alone, nil), 0); danger != DangerNone {
			return danger, why
		}
	}
	p, danger, why := l.inPassages(e)
	if p != nil {
		e.danger.threat = p.danger.threat
	}
	return danger, why
}

// dangerIn decides of a text or a passage, which must speak for danger by so
// much more.
func (l *Lexicons) dangerIn(e *evidence, features []feature, more float32) (Danger, string) {
	found := e.danger.danger
	if l.learned == nil || len(e.abs) == 0 {
		return found, "'" + e.danger.phrase + "'"
	}
	var p [2]float32
	e.scratch = e.view(features, dangerShares, e.scratch)
	l.learned.risk.sums(e.scratch, p[:])
	odds := p[1] - p[0] - more
	signs := l.signsOf(e)
	if e.q.Low && !e.danger.denied && (found != DangerNone || e.danger.safe == 0) && (len(e.abs) > fewToTell || len(signs) > 0 || e.danger.hits > 0) {
		odds += oddsOfLow
	}
	if found != DangerNone {
		if odds < oddsOfPattern && !e.danger.firm {
			return DangerNone, ""
		}
		return found, "'" + e.danger.phrase + "'"
	}
	least := float32(oddsOfSign)
	switch {
	case len(signs) == 0 && e.danger.hits == 0:
		least = oddsOfWords
	case len(signs) == 1 && e.danger.hits == 0 && slices.Contains(thin, signs[0]):
		least = oddsOfThin
	}
	if e.q.Lang != "en" && e.q.Lang != "" {
		least -= oddsOfFew
	}
	if odds < least || len(signs) < 2 && e.danger.hits == 0 && l.allPlain(e) {
		return DangerNone, ""
	}
	var buf [8]float32
	k := buf[:len(dangers)]
	l.learned.kind.sums(e.scratch, k)
	best := 0
	for c := range k {
		if k[c] > k[best] {
			best = c
		}
	}
	if len(signs) == 0 {
		signs = append(signs, "ways of speaking that often are")
	}
	return dangers[best], "it is like examples of danger: " + strings.Join(signs, ", ")
}
