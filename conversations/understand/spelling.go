package understand

import (
	"slices"
	"unicode"
)

// minFuzzy is the shortest word that spelling tolerance may produce: below
// five letters too many words are neighbours of one another.
const minFuzzy = 5

// correct returns the one lexicon word that a misspelt word most likely
// stands for, 0 when there is none or more than one. A slip is one letter
// left out, doubled, swapped with its neighbour or replaced, never the first;
// words of eight letters and more may have two. Words that the lexicons know,
// including their lists of ordinary words, are never corrected. Nor are words
// of other letters than a to z, as they are when folded: where a word is three
// consonants, as in Arabic, one letter more or less is another word.
func (l *Lexicons) correct(w string) int32 {
	if len(w) < minFuzzy-1 || len(w) > 20 || !ascii(w) {
		return 0
	}
	var best int32
	bestCost, ties := 100, 0
	consider := func(key string) {
		for _, id := range l.deletes[key] {
			target := l.words_[id]
			if target[0] != w[0] || len(target) < minFuzzy {
				continue
			}
			limit := 1
			if len(target) >= 8 && len(w) >= 7 {
				limit = 2
			}
			cost := slips(w, target)
			if cost > limit {
				continue
			}
			switch {
			case id == best:
			case cost < bestCost:
				best, bestCost, ties = id, cost, 0
			case cost == bestCost && !l.sameMeaning(id, best):
				ties++
			}
		}
	}
	consider(w)
	var buf [24]byte
	for i := range len(w) {
		key := append(buf[:0], w[:i]...)
		key = append(key, w[i+1:]...)
		consider(string(key))
	}
	if len(w) >= 7 {
		for i := range len(w) {
			for j := i + 1; j < len(w); j++ {
				key := append(buf[:0], w[:i]...)
				key = append(key, w[i+1:j]...)
				key = append(key, w[j+1:]...)
				consider(string(key))
			}
		}
	}
	if ties > 0 {
		return 0
	}
	return best
}

// sameMeaning reports whether two words are ways of writing one: both are the
// same weekday or number, or one is written for the other.
func (l *Lexicons) sameMeaning(a, b int32) bool {
	if d, ok := l.weekdays[a]; ok {
		o, also := l.weekdays[b]
		return also && d == o
	}
	if n, ok := l.numbers[a]; ok {
		o, also := l.numbers[b]
		return also && n == o
	}
	return slices.Contains(l.canon[a], b) || slices.Contains(l.canon[b], a)
}

// addDeletes files a word under itself and under what is left of it with one
// letter missing (two for long words), so that correct needs no search.
func (l *Lexicons) addDeletes(id int32, w string) {
	if len(w) < minFuzzy || len(w) > 20 || !ascii(w) {
		return
	}
	seen := map[string]bool{}
	file := func(key string) {
		if !seen[key] {
			seen[key] = true
			l.deletes[key] = append(l.deletes[key], id)
		}
	}
	file(w)
	for i := range len(w) {
		one := w[:i] + w[i+1:]
		file(one)
		if len(w) >= 8 {
			for j := range len(one) {
				file(one[:j] + one[j+1:])
			}
		}
	}
}

// slips is the edit distance with swapped neighbours counted as one
// (optimal string alignment), of words of at most 23 bytes.
func slips(a, b string) int {
	var rows [3][24]int
	if len(a) > 23 || len(b) > 23 {
		return 100
	}
	for j := 0; j <= len(b); j++ {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur, prev := &rows[i%3], &rows[(i-1)%3]
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], rows[(i-2)%3][j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}

func ascii(w string) bool {
	for i := range len(w) {
		if w[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
