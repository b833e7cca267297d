package locales

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"alongside/conversations/understand"
)

// everyday makes n ordinary texts of the patterns in testdata/everyday.<lang>.txt,
// which were written by a hand that had seen nothing of the reader and are
// never learned from. Lines "@name = a | b" there are lists, the others whole
// texts with the lists' names in braces.
func everyday(t *testing.T, lang string, n int, seed uint64) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/everyday." + lang + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	lists, patterns := map[string][]string{}, []string(nil)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if name, list, is := strings.Cut(line, "="); is && strings.HasPrefix(line, "@") {
			for _, entry := range strings.Split(list, "|") {
				name := strings.TrimPrefix(strings.TrimSpace(name), "@")
				lists[name] = append(lists[name], strings.TrimSpace(entry))
			}
		} else if line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	// Seeded: the same texts every time are what is wanted.
	dice := rand.New(rand.NewPCG(seed, 3))
	texts := make([]string, n)
	for i := range texts {
		text := patterns[dice.IntN(len(patterns))]
		for {
			from := strings.IndexByte(text, '{')
			to := strings.IndexByte(text, '}')
			if from < 0 || to < from {
				break
			}
			list := lists[strings.TrimPrefix(text[from+1:to], "@")]
			if len(list) == 0 {
				t.Fatalf("everyday.%s.txt: %q names no list", lang, text)
			}
			text = text[:from] + list[dice.IntN(len(list))] + text[to+1:]
		}
		switch dice.IntN(15) {
		case 0:
			text = strings.ToUpper(text)
		case 1: // two letters change places
			if at := dice.IntN(len(text)); at > 0 && text[at-1] < 128 && text[at] < 128 {
				text = text[:at-1] + string(text[at]) + string(text[at-1]) + text[at+1:]
			}
		}
		texts[i] = text
	}
	return texts
}

// Fewer than two everyday texts in a thousand may be taken for danger.
func TestEverydayTextsRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	lexicons, err := Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	appointment, now := labelled(t)
	for lang, n := range map[string]int{"en": 20000, "cy": 10000} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			alarms := 0
			for i, text := range everyday(t, lang, n, 77) {
				got := lexicons.Read(understand.Query{Text: text, Lang: lang, Asked: ordinaryAsked[i%len(ordinaryAsked)], Appointment: appointment, Now: now})
				if got.Intent == understand.Crisis {
					if alarms++; alarms <= 40 {
						t.Logf("%s: %s", text, got.Why)
					}
				}
			}
			t.Logf("%d alarms in %d texts, %.2f in a thousand", alarms, n, 1000*float64(alarms)/float64(n))
			if alarms*1000 >= 2*n {
				t.Errorf("%d alarms in %d everyday texts, of which fewer than two in a thousand may be", alarms, n)
			}
		})
	}
}
