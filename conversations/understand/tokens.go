package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTokens bounds the work on one text. A text of ten SMS parts has about
// 300 words; what comes after this many is not read, and a person sees it.
const maxTokens = 600

// boundary is what stands between a token and the one before it.
type boundary uint8

const (
	space    boundary = iota
	comma             // , ; : - ( ) and the like
	sentence          // . ! ? … or a new line
)

// shape says how a token was written.
type shape uint8

const (
	word     shape = iota
	digits         // 2
	clockNum       // 2.30, 2:30, 14h00
	dateNum        // 1/12, 1/12/26
	amount         // £2.30, 50%, a telephone number: a number that answers nothing
	emoji
	mention // a time phrase, put in the place of its tokens
)

// token is one word, number or emoji of a text.
type token struct {
	ids        [4]int32 // the word and other spellings of it, as interned; 0 = none
	start, end int      // bytes in the text
	first      int      // index of the first raw token, where tokens were joined or a mention stands
	num        int16    // number meant, -1 if none
	ord        int16    // ordinal meant, -1 if none
	minute     int16    // with clockNum: minutes; with dateNum: the month
	year       int16    // with dateNum, 0 if none
	shape      shape
	before     boundary
	question   bool   // a question mark follows
	dash       bool   // joined to the one before by a dash or a slash
	fuzzy      bool   // recognised only by spelling tolerance
	known      bool   // in a lexicon, exactly or as a variant
	foreign    bool   // in a script that no lexicon is written in
	called     called // whose name it is, where that was asked
	whose      bool   // a name with the ending of whose something is
	plural     bool   // a weekday in the plural: a habit, not a day
	mention    int16
	day        int8 // weekday meant, Sunday 0; -1 if none
	month      int8 // month meant, 0 if none
}

func (t *token) has(id int32) bool {
	for _, have := range t.ids {
		if have == id {
			return true
		}
		if have == 0 {
			return false
		}
	}
	return false
}

func (t *token) add(id int32) {
	for i, have := range t.ids {
		if have == id {
			return
		}
		if have == 0 {
			t.ids[i] = id
			return
		}
	}
}

// tokenise cuts a text into tokens and gives each its spellings.
func (l *Lexicons) tokenise(text string) []token {
	out := make([]token, 0, 16)
	before := sentence
	dash := false
	for i := 0; i < len(text) && len(out) < maxTokens; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '£' || r == '$' || r == '€':
			j := i + size
			for j < len(text) && (isDigit(text[j]) || text[j] == '.' || text[j] == ',') {
				j++
			}
			out = append(out, token{start: i, end: j, num: -1, ord: -1, shape: amount, before: before, mention: -1, day: -1, known: true})
			before, dash = space, false
			i = j
		case unicode.IsDigit(r) && size == 1:
			n := l.number(text, i, before, dash, &out)
			before, dash = space, false
			i = n
		case unicode.IsLetter(r) || isApostrophe(r) && i+size < len(text):
			j := i + size
			letters := unicode.IsLetter(r)
			for j < len(text) {
				c, s := utf8.DecodeRuneInString(text[j:])
				if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.Is(unicode.Mn, c) && !isApostrophe(c) {
					break
				}
				letters = letters || unicode.IsLetter(c)
				j += s
			}
			if letters {
				l.words(text, i, j, before, dash, &out)
				before, dash = space, false
			}
			i = j
		default:
			i += size
			switch r {
			case '.', '!', '…', '\n', '\r', '۔', '।':
				before = sentence
			case '?', '؟':
				before = sentence
				if len(out) > 0 {
					out[len(out)-1].question = true
				}
			case ',', ';', ':', '،', '؛', '(', ')', '–', '—', '-', '/', '"', '“', '”', '*':
				before = max(before, comma)
				dash = r == '-' || r == '–' || r == '/'
			case ' ', '\t', '\u00a0', 0xFE0F, 0x200D, 0x20E3:
			default:
				if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) && r > 0x2000 || unicode.Is(unicode.Sm, r) && r > 0x2000 {
					if r >= 0x1F3FB && r <= 0x1F3FF { // a skin tone belongs to the emoji before it
						continue
					}
					t := token{start: i - size, end: i, num: -1, ord: -1, shape: emoji, before: before, mention: -1, day: -1}
					if id, ok := l.vocabulary[string(r)]; ok {
						t.add(id)
						t.known = true
					}
					out = append(out, t)
					before = space
				}
			}
		}
	}
	for i := range out {
		out[i].first = i
		if i > 0 && i+1 < len(out) && out[i].before == space && out[i+1].before == space && l.lone.fits(&out[i]) {
			// In the middle of a sentence it is itself and no answer.
			own := token{ids: [len(out[i].ids)]int32{l.vocabulary[fold(text[out[i].start:out[i].end])]}}
			if l.lone.fits(&own) {
				out[i].ids = own.ids
			}
		}
	}
	return l.join(out)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// number reads what starts with a digit at i and returns where it ends.
func (l *Lexicons) number(text string, i int, before boundary, dash bool, out *[]token) int {
	j := i
	value := 0
	for j < len(text) && isDigit(text[j]) {
		if j-i < 5 {
			value = value*10 + int(text[j]-'0')
		}
		j++
	}
	t := token{start: i, end: j, num: int16(min(value, 9999)), ord: -1, shape: digits, before: before, dash: dash, mention: -1, day: -1, known: true}
	if j-i > 4 {
		t.shape, t.num = amount, -1
		*out = append(*out, t)
		return j
	}
	next := func(k int) (n, end int) {
		for end = k; end < len(text) && isDigit(text[end]); end++ {
			if end-k < 4 {
				n = n*10 + int(text[end]-'0')
			}
		}
		return n, end
	}
	if j < len(text) {
		switch c := text[j]; {
		case c == '.' || c == ':' || c == ',' && j-i <= 2:
			n, end := next(j + 1)
			switch {
			case end == j+1 || c == ',':
			case end-j-1 == 2 && value < 24 && n < 60:
				t.shape, t.minute, t.end = clockNum, int16(n), end
				// 10.12 may also be a date; 2.30.10 is neither.
				if end < len(text) && text[end] == '.' && end+1 < len(text) && isDigit(text[end+1]) {
					y, yend := next(end + 1)
					t.shape, t.year, t.end = dateNum, int16(y%100), yend
				}
			case c == '.' && end-j-1 <= 2 && n >= 1 && n <= 12 && value >= 1 && value <= 31:
				t.shape, t.minute, t.end = dateNum, int16(n), end
				if end < len(text) && text[end] == '.' {
					if y, yend := next(end + 1); yend > end+1 {
						t.year, t.end = int16(y%100), yend
					}
				}
			default:
				t.shape, t.num, t.end = amount, -1, end // 2.5: neither an answer nor a time
			}
			if t.shape != digits {
				j = t.end
			}
		case c == '/':
			n, end := next(j + 1)
			if end > j+1 && end-j-1 <= 2 {
				t.shape, t.minute, t.end = dateNum, int16(n), end
				if end < len(text) && text[end] == '/' {
					if y, yend := next(end + 1); yend > end+1 {
						t.year, t.end = int16(y%100), yend
					}
				}
				j = t.end
			}
		case c == '-': // 2026-12-03, 4-12-2026
			n, end := next(j + 1)
			if end == j+1 || end-j > 3 || end >= len(text) || text[end] != '-' {
				break
			}
			m, last := next(end + 1)
			switch {
			case j-i == 4 && value >= 2000 && last-end == 3:
				t.shape, t.num, t.minute, t.year, t.end = dateNum, int16(m), int16(n), int16(value%100), last
			case j-i <= 2 && (last-end == 3 || last-end == 5):
				t.shape, t.minute, t.year, t.end = dateNum, int16(n), int16(m%100), last
			}
			j = t.end
		case (c == 'h' || c == 'H') && j-i <= 2 && value < 24: // 10h30
			if n, end := next(j + 1); end == j+3 && n < 60 {
				t.shape, t.minute, t.end = clockNum, int16(n), end
				j = end
			}
		case c == '%':
			t.shape, t.num, t.end = amount, -1, j+1
			j++
		}
	}
	// Letters stuck to the number: 2pm, 24th, 3ish, 2moro.
	k := j
	for k < len(text) {
		c, s := utf8.DecodeRuneInString(text[k:])
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			break
		}
		k += s
	}
	if k == j {
		*out = append(*out, t)
		return j
	}
	if l.variants[fold(text[i:k])] != nil {
		l.words(text, i, k, before, dash, out)
		return k
	}
	suffix := fold(text[j:k])
	if t.shape == digits && l.ordinalEnding[suffix] && value >= 1 && value <= 99 { // the 32nd is a day that there is not
		t.ord, t.num, t.end = int16(value), -1, k
		*out = append(*out, t)
		return k
	}
	*out = append(*out, t)
	l.words(text, j, k, space, false, out)
	return k
}

// words gives the letters from i to j their spellings and appends them, as
// several tokens where the lexicon splits them ("wanna").
func (l *Lexicons) words(text string, i, j int, before boundary, dash bool, out *[]token) {
	w := fold(text[i:j])
	if w == "" {
		return
	}
	t := token{start: i, end: j, num: -1, ord: -1, before: before, dash: dash, mention: -1, day: -1}
	if parts, ok := l.splits[w]; ok {
		for n, id := range parts {
			p := t
			if n > 0 {
				p.before, p.dash = space, false
			}
			l.spell(&p, id)
			p.known = true
			*out = append(*out, p)
		}
		return
	}
	for _, r := range w {
		if r > lastLatin && !unicode.In(r, l.scripts...) {
			t.foreign = true
			break
		}
	}
	if base := l.withoutEnding(text[i:j], w); base != "" {
		w = base
	}
	found := false
	for _, try := range [...]string{w, shorten(w, 2), shorten(w, 1)} {
		if id, ok := l.vocabulary[try]; ok {
			l.spell(&t, id)
			found = true
			break
		}
		if parts, ok := l.splits[try]; ok {
			for _, id := range parts {
				p := t
				l.spell(&p, id)
				p.known = true
				*out = append(*out, p)
			}
			return
		}
	}
	if !found {
		if id := l.withoutPrefix(w); id != 0 {
			l.spell(&t, id)
			found = true
		}
	}
	if !found && !t.foreign {
		if id := l.withoutMutation(w); id != 0 {
			l.spell(&t, id)
			found = true
		}
	}
	if !found && l.glued(text, i, j, before, dash, out) {
		return
	}
	if found {
		t.known = true
	} else if !t.foreign {
		if id := l.correct(shorten(w, 2)); id != 0 {
			l.spell(&t, id)
			t.fuzzy = true
		}
	}
	*out = append(*out, t)
}

// withoutEnding gives a weekday without what an apostrophe ties to it: "monday's
// the food bank" is about one day, not about all. It is "" for other words.
func (l *Lexicons) withoutEnding(text, w string) string {
	if _, size := utf8.DecodeLastRuneInString(text); len(w) < 4 || size != 1 {
		return ""
	}
	if r, _ := utf8.DecodeLastRuneInString(text[:len(text)-1]); !isApostrophe(r) {
		return ""
	}
	base := w[:len(w)-1]
	if id, ok := l.vocabulary[base]; ok {
		if _, ok := l.weekdays[id]; ok {
			return base
		}
	}
	return ""
}

// glued appends a small word and the number that is stuck to it: "at10".
func (l *Lexicons) glued(text string, i, j int, before boundary, dash bool, out *[]token) bool {
	k := i
	for k < j && !isDigit(text[k]) {
		k++
	}
	if k == i || k == j || j-k > 2 {
		return false
	}
	for n := k; n < j; n++ {
		if !isDigit(text[n]) {
			return false
		}
	}
	id, ok := l.vocabulary[fold(text[i:k])]
	t := token{start: i, end: k, num: -1, ord: -1, before: before, dash: dash, mention: -1, day: -1, known: true}
	if !ok {
		return false
	}
	l.spell(&t, id)
	if !l.fillers.fits(&t) && t.day < 0 && t.month == 0 {
		return false
	}
	*out = append(*out, t)
	l.number(text, k, space, false, out)
	return true
}

// lastLatin is the last of the letters that every language of Europe which is
// written in Latin letters can do with.
const lastLatin = 0x24F

// shortest is how many letters must be left of a word without its prefix.
const shortest = 3

// withoutPrefix gives the word that is left when what a language writes
// together with the word behind it is taken away ("والخميس": and, the,
// Thursday), 0 if it is no word of that language. The longest prefix is tried
// first.
func (l *Lexicons) withoutPrefix(w string) int32 {
	for _, p := range l.prefixes {
		rest, ok := strings.CutPrefix(w, p.letters)
		if !ok || utf8.RuneCountInString(rest) < shortest {
			continue
		}
		if id, ok := l.vocabulary[rest]; ok && l.languages[id]&p.language != 0 {
			return id
		}
	}
	return 0
}

// spell gives a token the word id, the words it is a variant of, and the
// numbers that those mean.
func (l *Lexicons) spell(t *token, id int32) {
	t.add(id)
	for _, canon := range l.canon[id] {
		t.add(canon)
	}
	for _, have := range t.ids {
		if have == 0 {
			break
		}
		if n, ok := l.numbers[have]; ok && t.num < 0 {
			t.num = int16(n)
		}
		if n, ok := l.ordinals[have]; ok && t.ord < 0 {
			t.ord = int16(n)
		}
		if d, ok := l.weekdays[have]; ok && t.day < 0 {
			t.day = d
		}
		if m, ok := l.months[have]; ok && t.month == 0 {
			t.month = m
		}
		if l.plural[have] {
			t.plural = true
		}
	}
}

// join merges words that are written apart but are one ("can not", "un ar
// ddeg").
func (l *Lexicons) join(in []token) []token {
	out := in[:0]
	for i := 0; i < len(in); {
		n, id := l.joinAt(in, i)
		t := in[i]
		if n > 1 {
			last := in[i+n-1]
			joined := token{start: t.start, end: last.end, first: t.first, num: -1, ord: -1, before: t.before, dash: t.dash, question: last.question, mention: -1, day: -1, known: true}
			l.spell(&joined, id)
			t = joined
		}
		out = append(out, t)
		i += max(n, 1)
	}
	return out
}

func (l *Lexicons) joinAt(in []token, i int) (n int, id int32) {
	for _, first := range in[i].ids {
		if first == 0 {
			break
		}
		for _, j := range l.joins[first] {
			if len(j.words) < n || i+len(j.words) > len(in) {
				continue
			}
			fits := true
			for k := 1; k < len(j.words) && fits; k++ {
				fits = in[i+k].has(j.words[k]) && in[i+k].before == space
			}
			if fits {
				n, id = len(j.words), j.id
			}
		}
	}
	return n, id
}
