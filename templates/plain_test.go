package templates

import (
	"strings"
	"testing"
	"unicode"

	"alongside/conversations"
)

// TestTextsArePlain holds each English text to a reading age of about 9:
// Flesch-Kincaid grade 4 is age 9 to 10. Single long words weigh much in a
// text of two sentences ("automated assistant", "appointment"), so one text
// may reach 6; all together keep to 4. Nobody has such a formula for Welsh:
// there, a sentence has at most 16 words, as in English.
func TestTextsArePlain(t *testing.T) {
	t.Parallel()
	const longestSentence, hardest, average = 16, 6.0, 4.0
	w := load(t)
	var all tally
	for _, m := range w.Messages() {
		if m.FromPathway {
			continue
		}
		for _, tag := range w.Languages() {
			r := request(m, tag, conversations.Telegram)
			got, err := w.Render(r)
			if err != nil {
				t.Fatal(err)
			}
			// A date is read in one piece.
			text := strings.NewReplacer(" 26 November", "", " 30 November", "", " 27 November", "", " 26 Tachwedd", "", " 27 Tachwedd", "", " 30 Tachwedd", "").Replace(got.Text)
			c := countWords(text)
			if c.longest > longestSentence {
				t.Errorf("%s in %s: a sentence of %d words: %s", m.Key, tag, c.longest, got.Text)
			}
			if tag != "en" {
				continue
			}
			if grade := c.grade(); grade > hardest {
				t.Errorf("%s: grade %.1f: %s", m.Key, grade, got.Text)
			}
			all.words, all.sentences, all.syllables = all.words+c.words, all.sentences+c.sentences, all.syllables+c.syllables
		}
	}
	if grade := all.grade(); grade > average {
		t.Errorf("all English texts together: grade %.1f, want at most %.1f", grade, average)
	}
}

type tally struct{ words, sentences, syllables, longest int }

// grade is the formula of Flesch and Kincaid (1975).
func (c tally) grade() float64 {
	return 0.39*float64(c.words)/float64(c.sentences) + 11.8*float64(c.syllables)/float64(c.words) - 15.59
}

func countWords(text string) tally {
	var c tally
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".?!:؟\n", r) }) {
		words := strings.FieldsFunc(sentence, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && !unicode.IsDigit(r) })
		if len(words) == 0 {
			continue
		}
		c.sentences++
		c.words += len(words)
		c.longest = max(c.longest, len(words))
		for _, word := range words {
			c.syllables += syllables(word)
		}
	}
	return c
}

// syllables counts groups of vowels, without a silent e at the end.
func syllables(word string) int {
	word = strings.TrimSuffix(strings.ToLower(word), "e")
	n, in := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !in {
			n++
		}
		in = vowel
	}
	return max(1, n)
}
