package understand

import "unicode"

// What a long text says of buses and dogs outweighs the one sentence in it that
// says "i dont want to be here". So a long text is read for danger passage by
// passage too, each as if it had come alone.

const (
	// passageWords is how many words a passage has; the next begins in its middle.
	passageWords = 16
	// longFrom is from how many words a text is read by passages.
	longFrom = passageWords + 4
	// passageLess is by how much more a passage must speak for danger, as the
	// logarithm of the odds, than a text that came alone: there are several in a
	// text, and what stands around them says something too. Chosen on texts by an
	// author that was not learned from and on a public collection.
	passageLess = 0.5
	// mostPassages bounds the work on one text: about 300 words, as ten SMS parts have.
	mostPassages = 40
)

// passages cuts a long text into passages that overlap by half; none of a
// shorter one.
func passages(text string) []string {
	var begins, ends []int
	inside := false
	for i, r := range text {
		switch blank := unicode.IsSpace(r); {
		case !blank && !inside:
			begins, inside = append(begins, i), true
		case blank && inside:
			ends, inside = append(ends, i), false
		}
	}
	if inside {
		ends = append(ends, len(text))
	}
	if len(begins) < longFrom {
		return nil
	}
	var list []string
	for from := 0; len(list) < mostPassages; from += passageWords / 2 {
		to := min(from+passageWords, len(begins))
		list = append(list, text[begins[max(0, to-passageWords)]:ends[to-1]])
		if to == len(begins) {
			break
		}
	}
	return list
}

// inPassages looks for danger in the passages of a long text.
func (l *Lexicons) inPassages(e *evidence) (*evidence, Danger, string) {
	for _, text := range passages(e.q.Text) {
		p := l.passage(e.q, text)
		if danger, why := l.dangerIn(p, l.dangerFeaturesOf(p, nil), passageLess); danger != DangerNone {
			return p, danger, why
		}
	}
	return nil, DangerNone, ""
}

// passage collects of a passage what danger is decided by, and no more.
func (l *Lexicons) passage(q Query, text string) *evidence {
	q.Text = text
	raw := l.tokenise(text)
	e := &evidence{q: q, raw: raw, danger: l.readRisk(raw, q)}
	e.ms, e.abs = l.findTimes(q, raw)
	return e
}
