package understand

import (
	"slices"
	"time"
)

// risk is what was found about danger in a text.
type risk struct {
	danger Danger
	threat bool
	firm   bool   // words that were learned from nothing, and are danger
	denied bool   // danger was named and denied: "im not going to hurt myself"
	phrase string // the lexicon's pattern that spoke

	hits, safe int  // patterns of danger that fit, cancelled or not; look-alikes that fit
	joking     bool // a word marks the text as a joke
}

// readRisk looks for danger before anything else is read. Patterns are plans,
// means, farewells and harm, not single words; look-alikes (Lexicon.Safe)
// cancel what lies inside them. When several fit, the one that names the most
// words decides, and danger that has already happened comes before the rest.
func (l *Lexicons) readRisk(raw []token, q Query) risk {
	var r risk
	night := Night(q.Now)
	var hits, safe []found
	for i := range raw {
		r.joking = r.joking || l.jokes.fits(&raw[i])
	}
	l.risks.match(raw, func(f found) {
		if e := &l.riskEntries[f.cue]; (q.Low || !e.Low) && (night || !e.Night) && (len(e.Asked) == 0 || slices.Contains(e.Asked, q.Asked)) {
			hits = append(hits, f)
		}
	})
	if len(hits) == 0 {
		return r
	}
	l.safe.match(raw, func(f found) { safe = append(safe, f) })
	r.hits, r.safe = len(hits), len(safe)
	best := -1
	for _, f := range hits {
		e := &l.riskEntries[f.cue]
		if e.UnlessJoking && r.joking || cancelled(f, safe) || spelledByGuess(raw[f.from:f.to], f.words) {
			continue
		}
		if e.UnlessNegated && l.negatedAt(raw, f.from, 4, nil) {
			r.denied = true
			continue
		}
		score := f.words*10 + dangerRank[e.Danger]
		if e.Threat {
			r.threat = true
		}
		r.firm = r.firm || e.Firm
		if score > best {
			best, r.danger, r.phrase = score, e.Danger, f.source
		}
	}
	return r
}

// Night reports whether it is an hour at which nobody waits for a train to be
// in time for us: from 23:00 to 6:00 in the client's zone.
func Night(now time.Time) bool { return now.Hour() >= 23 || now.Hour() < 6 }

// dangerRank breaks ties towards what needs another person the soonest.
var dangerRank = map[Danger]int{DangerOverdose: 6, DangerVoices: 5, DangerByOthers: 4, DangerSomeoneElse: 3, DangerOthers: 2, DangerSelf: 1}

// cancelled reports whether a look-alike contains the hit, or overlaps it and
// names at least as many words.
func cancelled(f found, safe []found) bool {
	for _, s := range safe {
		if s.from <= f.from && s.to >= f.to || s.from < f.to && f.from < s.to && s.words >= f.words {
			return true
		}
	}
	return false
}

// spelledByGuess reports whether a short pattern fits only because spelling
// tolerance changed a word: two words are too few to be put right by guessing.
func spelledByGuess(tokens []token, words int) bool {
	if words > 2 {
		return false
	}
	for i := range tokens {
		if tokens[i].fuzzy {
			return true
		}
	}
	return false
}

// negatedAt reports whether a negator stands up to reach words before token i
// in the same sentence and is not part of another cue.
func (l *Lexicons) negatedAt(tokens []token, i, reach int, covered []bool) bool {
	for k := i - 1; k >= 0 && k >= i-reach; k-- {
		if tokens[k+1].before == sentence || tokens[k+1].before == comma {
			return false
		}
		if l.negators.fits(&tokens[k]) && (covered == nil || !covered[k]) {
			return true
		}
	}
	return false
}
