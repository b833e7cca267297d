package locales

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"alongside/conversations/understand"
)

// Ordinary texts are made of parts: what people write to one another when
// nobody is in danger, with far more of the words that danger is also said with
// than there are among texts. What is stored was learned from every other
// pattern; the test makes texts of those that were not.

// ordinary makes n texts from the patterns whose number leaves the given rest
// by two; -1 takes all of them.
func ordinary(lang string, half, n int, seed uint64, keep func(string) bool) []string {
	// Seeded: the same texts every time are what is wanted.
	dice := rand.New(rand.NewPCG(seed, uint64(half+2)))
	source := ordinaryPatterns[lang]
	var patterns []string
	for i, p := range source {
		if i%2 == half && (keep == nil || keep(p)) {
			patterns = append(patterns, p)
		}
	}
	pick := func(list []string) string { return list[dice.IntN(len(list))] }
	fill := func(p string) string {
		for {
			from := strings.IndexByte(p, '{')
			if from < 0 {
				return p
			}
			to := from + strings.IndexByte(p[from:], '}')
			p = p[:from] + pick(ordinaryWords[lang][p[from+1:to]]) + p[to+1:]
		}
	}
	texts := make([]string, n)
	for i := range texts {
		var b strings.Builder
		if dice.IntN(4) == 0 {
			b.WriteString(pick(ordinaryWords[lang]["hello"]) + " ")
		}
		for k := range 1 + dice.IntN(5)/3 {
			if k > 0 {
				b.WriteString(pick([]string{". ", " ", ", ", "! ", " and ", " x "}))
			}
			b.WriteString(fill(pick(patterns)))
		}
		if dice.IntN(4) == 0 {
			b.WriteString(" " + pick(ordinaryWords[lang]["bye"]))
		}
		text := b.String()
		switch dice.IntN(12) {
		case 0:
			text = strings.ToUpper(text)
		case 1: // two letters change places
			if at := dice.IntN(len(text)); at > 0 && text[at-1] < 128 && text[at] < 128 {
				text = text[:at-1] + string(text[at]) + string(text[at-1]) + text[at+1:]
			}
		case 2:
			text += "?"
		}
		texts[i] = text
	}
	return texts
}

// ordinaryExamples are those that are learned from: that they are no danger,
// and nothing else.
func ordinaryExamples() []understand.Example {
	var list []understand.Example
	for _, part := range []struct {
		lang string
		n    int
	}{{"en", 1800}, {"cy", 250}} {
		for i, text := range ordinary(part.lang, fromLearned, part.n, 11, nil) {
			list = append(list, understand.Example{Row: understand.Row{Lang: part.lang, Asked: ordinaryAsked[i%len(ordinaryAsked)], Text: text}})
		}
	}
	return list
}

var ordinaryAsked = []understand.Asked{
	understand.AskedNone, understand.AskedAppointment, understand.AskedNone, understand.AskedLead,
	understand.AskedScale, understand.AskedNone, understand.AskedTask, understand.AskedReschedule, understand.AskedOptin,
}

// loaded reports whether a pattern itself has a word that danger is said with.
func loaded(pattern string) bool {
	return slices.ContainsFunc(strings.Fields(
		"kill die dying dead death murder shoot gun knife jump hurt cut burn hit broke beaten smash scared tablet paracetamol meds took taken bridge platform roof sea swim last goodbye leaving wont "+
			"end give done tired locked let stuck trapped voice fire blood bleed alone away without better safe cant no not sorry look "+
			"lladd marw ladd neidio torri brifo llosgi taro ofn tabledi cymryd bont clogwyn platfform môr ola ta gadael fydda ddim dim methu diwedd rhoi cloi llais gwaed saff sori edrych penderfynu hebdda blino cyllell gormod wedi",
	), func(w string) bool { return strings.Contains(pattern, w) })
}

// Every pattern lies beside danger on purpose ("my ex has my keys"), some with
// a word of it, so the bar of two in a thousand, which everyday texts have to
// meet, is not theirs: the limits keep it from getting worse.
func TestTextsBesideDangerRaiseFewAlarms(t *testing.T) {
	t.Parallel()
	lexicons, err := Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	appointment, now := labelled(t)
	plain := func(p string) bool { return !loaded(p) }
	for _, set := range []struct {
		name, lang string
		keep       func(string) bool
		n, most    int // at most so many in a thousand
	}{
		{"english", "en", plain, 4000, 25},
		{"welsh", "cy", plain, 2000, 40},
		{"english_loaded", "en", loaded, 2000, 90},
		{"welsh_loaded", "cy", loaded, 1000, 180},
	} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			alarms := 0
			for i, text := range ordinary(set.lang, notLearned, set.n, 77, set.keep) {
				got := lexicons.Read(understand.Query{Text: text, Lang: set.lang, Asked: ordinaryAsked[i%len(ordinaryAsked)], Appointment: appointment, Now: now})
				if got.Intent == understand.Crisis {
					if alarms++; alarms <= 25 {
						t.Logf("%s: %s", text, got.Why)
					}
				}
			}
			t.Logf("%d alarms in %d texts, %.2f in a thousand", alarms, set.n, 1000*float64(alarms)/float64(set.n))
			if alarms*1000 >= set.most*set.n {
				t.Errorf("%d alarms in %d ordinary texts", alarms, set.n)
			}
		})
	}
}

// The patterns are divided by their number: some are learned from, the others
// test what was learned.
const (
	fromLearned = 0
	notLearned  = 1
)
