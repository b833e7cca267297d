package locales

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/conversations/understand"
)

var update = flag.Bool("update", false, "learn anew and write learned.bin and learned.txt")

// learnedVersion is raised when the code of the features or of the learning
// changes, which no file here shows.
const learnedVersion = "10"

// firstSight is how the later files were read at the moment they came: with
// lexicons and examples by other hands only. These figures are never computed
// again, since everything was then fitted with the files in view.
const firstSight = `everyday-d.en.tsv: intents 84.9 of 700, values 80.1, wrong times 1.4, crisis 75.6 of 45, look-alikes taken for it 4.1 of 49, all false alarms 5, stop 97.5 of 40, false stops 8
all-b.cy.tsv: intents 79.3 of 600, values 74.3, wrong times 2.7, crisis 81.7 of 60, look-alikes taken for it 1.8 of 55, all false alarms 4, stop 92.5 of 40, false stops 9
everyday-e.en.tsv (all-b.cy and everyday-d.en learned from): intents 87.1 of 700, values 83.1, wrong times 1.4, crisis 80.0 of 30, look-alikes taken for it 0.0 of 30, all false alarms 7, stop 88.0 of 25, false stops 3
risk-b.en.tsv (all-b.cy and everyday-d.en learned from): intents 78.9 of 620, values 78.4, wrong times 0.6, crisis 58.3 of 230, look-alikes taken for it 3.5 of 200, all false alarms 10, stop 85.7 of 7, false stops 1
risk-f.en.tsv (those before risk-f learned from): intents 79.4 of 500, values 79.2, wrong times 0.8, crisis 73.7 of 300, look-alikes taken for it 6.2 of 130, all false alarms 8, stop 50.0 of 2, false stops 4
risk-g.en.tsv (those before risk-f learned from): intents 79.0 of 500, values 78.8, wrong times 0.2, crisis 72.0 of 300, look-alikes taken for it 0.0 of 130, all false alarms 1, stop 100.0 of 3, false stops 1
risk-h.cy.tsv (those before risk-f learned from): intents 71.0 of 520, values 70.6, wrong times 0.6, crisis 61.5 of 270, look-alikes taken for it 5.8 of 120, all false alarms 9, stop 90.0 of 40, false stops 6
risk-i.en.tsv (those before risk-f learned from): intents 77.8 of 650, values 77.7, wrong times 0.5, crisis 73.7 of 430, look-alikes taken for it 3.0 of 169, all false alarms 6, stop 100.0 of 5, false stops 3
risk-j.en.tsv (those before risk-f learned from): intents 70.8 of 480, values 70.0, wrong times 1.5, crisis 61.9 of 260, look-alikes taken for it 3.3 of 90, all false alarms 4, stop 100.0 of 2, false stops 0
risk-k.en.tsv (those before risk-f learned from): intents 69.5 of 600, values 69.3, wrong times 0.8, crisis 61.2 of 400, look-alikes taken for it 4.0 of 200, all false alarms 8, stop 100.0 of 1, false stops 1
risk-l.en.tsv (those before risk-f learned from): intents 84.2 of 550, values 83.6, wrong times 1.6, crisis 80.6 of 350, look-alikes taken for it 2.5 of 160, all false alarms 4, stop 100.0 of 0, false stops 1
risk-m.cy.tsv (those before risk-f learned from): intents 71.8 of 600, values 71.7, wrong times 0.3, crisis 66.1 of 380, look-alikes taken for it 9.3 of 140, all false alarms 14, stop 0.0 of 1, false stops 6
risk-n.en.tsv (those before risk-f learned from): intents 75.5 of 600, values 75.0, wrong times 1.2, crisis 68.5 of 400, look-alikes taken for it 5.0 of 200, all false alarms 10, stop 100.0 of 2, false stops 1
stop-b.any.tsv (those before risk-f learned from): intents 85.8 of 600, values 85.8, wrong times 0.0, crisis 75.0 of 4, look-alikes taken for it 0.0 of 0, all false alarms 1, stop 88.8 of 260, false stops 25
stop-c.any.tsv (those before risk-f learned from): intents 84.2 of 600, values 84.0, wrong times 0.2, crisis 100.0 of 12, look-alikes taken for it 0.0 of 1, all false alarms 5, stop 90.3 of 300, false stops 26
risk-q.cy.tsv (those before risk-q learned from): intents 77.9 of 403, values 77.9, wrong times 0.5, crisis 75.4 of 281, look-alikes taken for it 8.2 of 122, all false alarms 10, stop 75.0 of 4, false stops 2
risk-r.cy.tsv (those before risk-q learned from): intents 76.8 of 380, values 76.6, wrong times 1.1, crisis 71.5 of 260, look-alikes taken for it 3.3 of 120, all false alarms 4, stop 100.0 of 3, false stops 1
all-c.cy.tsv (those before risk-q learned from): intents 86.8 of 506, values 85.0, wrong times 1.0, look-alikes taken for it 0.0 of 9, all false alarms 0, stop 81.8 of 110, false stops 3
stop-e.en.tsv (those before risk-q learned from): intents 88.4 of 380, values 87.9, wrong times 0.3, crisis 100.0 of 7, all false alarms 3, stop 90.0 of 220, false stops 3
all-d.cy.tsv (those before it learned from): intents 88.2 of 450, values 84.9, wrong times 1.3, crisis 88.6 of 70, all false alarms 4, stop 84.4 of 45, false stops 3
stop-f.any.tsv (those before it learned from): intents 91.2 of 320, values 89.7, wrong times 0.3, crisis 100.0 of 4, all false alarms 1, stop 92.4 of 170, false stops 2
`

// author is one file of examples: one hand.
type author struct {
	name     string
	seen     bool // the lexicons were written with these lines in view
	plain    bool // texts to friends and others, of which it is known only that nobody is in danger
	examples []understand.Example
}

// authors reads all the examples, and the fingerprint of everything that is
// learned from.
func authors(t testing.TB) (list []author, fingerprint string) {
	t.Helper()
	var files [][]byte
	read := func(name string) []byte {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
		return data
	}
	files = append(files, []byte(learnedVersion))
	for _, tag := range Home {
		read("lexicon." + tag + ".toml")
	}
	dangers := map[string]understand.Danger{}
	for line := range strings.Lines(string(read("examples/dangers.tsv"))) {
		id, danger, _ := strings.Cut(strings.TrimSpace(line), "\t")
		dangers[id] = understand.Danger(danger)
	}
	add := func(name string, seen, onlyRisk bool) {
		rows, err := understand.ReadRows(bytes.NewReader(read(name)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a := author{name: filepath.Base(name), seen: seen}
		for _, row := range rows {
			a.examples = append(a.examples, understand.Example{Row: row, Danger: dangers[row.ID], Seen: seen, OnlyRisk: onlyRisk})
		}
		list = append(list, a)
	}
	examples, _ := filepath.Glob("examples/*.*.tsv")
	for _, name := range examples {
		add(name, false, false)
	}
	ordinary, _ := filepath.Glob("examples/ordinary-*.txt")
	for _, name := range ordinary {
		a := author{name: filepath.Base(name), plain: true}
		lang := strings.Split(a.name, ".")[1]
		for line := range strings.Lines(string(read(name))) {
			a.examples = append(a.examples, understand.Example{OnlyRisk: true, Row: understand.Row{
				Lang: lang, Asked: ordinaryAsked[len(a.examples)%len(ordinaryAsked)], Text: strings.TrimSpace(line), Intent: understand.Other,
			}})
		}
		list = append(list, a)
	}
	for _, name := range []string{"own", "second", "third"} {
		add("../conversations/understand/testdata/"+name+".tsv", true, false)
	}
	add("../conversations/understand/testdata/risk/risk.tsv", true, true)
	return list, understand.Fingerprint(files...)
}

// labelledNow and labelledAppointment are what the labels were written for.
func labelled(t testing.TB) (appointment, now time.Time) {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 26, 14, 0, 0, 0, london), time.Date(2026, 11, 22, 10, 0, 0, 0, london)
}

// What is stored was learned from the examples and lexicons that are here.
// With -update it is learned; with FIGURES=1 it is cross-validated too, which
// takes minutes: the figures are of texts whose author was not learned from.
func TestLearnedIsCurrent(t *testing.T) {
	t.Parallel()
	list, fingerprint := authors(t)
	if *update {
		learn(t, list, fingerprint)
	}
	figures, err := os.ReadFile("learned.txt")
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(string(figures), "\n"); first != "learned from "+fingerprint {
		t.Errorf("%s, and the files are now %s: run go generate ./locales", first, fingerprint)
	}
}

func learn(t *testing.T, list []author, fingerprint string) {
	t.Helper()
	lexicons, err := loadLexicons(lexiconFiles, Home)
	if err != nil {
		t.Fatal(err)
	}
	appointment, now := labelled(t)
	made := lexicons.Material(ordinaryExamples(), appointment, now)
	material := make([]understand.Material, len(list))
	for n, a := range list {
		material[n] = lexicons.Material(a.examples, appointment, now)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "learned from %s\n", fingerprint)
	old, err := os.ReadFile("learned.txt")
	if err == nil && os.Getenv("FIGURES") == "" {
		first, rest, _ := strings.Cut(string(old), "\n")
		if !strings.Contains(rest, figuresOf) {
			rest = "\n" + figuresOf + strings.TrimPrefix(first, "learned from ") + "\n" + rest
		}
		out.WriteString(rest)
	} else {
		fmt.Fprintf(&out, "\nRead before anything of them was learned or written, when they came:\n%s\nEach file is read with what was learned from the other files alone.\n", firstSight)
		crossValidate(&out, lexicons, list, made, material, appointment, now)
	}
	if err := os.WriteFile("learned.bin", understand.Learn(slices.Concat(material, []understand.Material{made})...).Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("learned.txt", []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// figuresOf begins the line that says of which files the figures are, where
// they were not computed anew.
const figuresOf = "The figures below were computed for "

// crossValidate reads the texts of each author with what was learned from the
// others.
func crossValidate(out *strings.Builder, lexicons *understand.Lexicons, list []author, made understand.Material, material []understand.Material, appointment, now time.Time) {
	results := make([]understand.Result, len(list))
	plain := make([]understand.Result, len(list))
	var sure [10]understand.Tally
	var alarms understand.Tally // ordinary texts of patterns that were not learned from
	plainAlarms := make([]understand.Tally, len(list))
	var mu sync.Mutex
	var group sync.WaitGroup
	cores := make(chan struct{}, 2)
	for n := range list {
		if list[n].seen {
			continue
		}
		group.Go(func() {
			cores <- struct{}{}
			defer func() { <-cores }()
			others := []understand.Material{made}
			for k := range list {
				if k != n {
					others = append(others, material[k])
				}
			}
			learned := understand.Learn(others...)
			decoded, err := understand.DecodeLearned(learned.Encode())
			if err != nil {
				panic(err)
			}
			with := lexicons.With(decoded)
			if n == 0 {
				for _, lang := range []string{"en", "cy"} {
					for i, text := range ordinary(lang, notLearned, 2000, 5, nil) {
						alarms.All++
						if with.Read(understand.Query{Text: text, Lang: lang, Asked: ordinaryAsked[i%len(ordinaryAsked)], Appointment: appointment, Now: now}).Intent == understand.Crisis {
							alarms.Right++
						}
					}
				}
			}
			for _, x := range list[n].examples {
				q := understand.Query{Text: x.Text, Lang: x.Lang, Asked: x.Asked, Appointment: appointment, Now: now}
				got := with.Read(q)
				if list[n].plain {
					plainAlarms[n].All++
					if got.Intent == understand.Crisis {
						plainAlarms[n].Right++
					}
					continue
				}
				results[n].Add(x.Row, got)
				plain[n].Add(x.Row, lexicons.Read(q))
				if got.Intent != understand.Crisis {
					mu.Lock()
					bin := min(len(sure)-1, got.Sure/10)
					sure[bin].All++
					if got.Intent == x.Intent {
						sure[bin].Right++
					}
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	var total, patterns understand.Result
	for n, r := range results {
		if r.Intents.All == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s: %s\n  patterns alone: %s\n", list[n].name, figures(r.Marks), figures(plain[n].Marks))
		total.Merge(r)
		patterns.Merge(plain[n])
	}
	fmt.Fprintf(out, "\nall: %s\n  patterns alone: %s\n", figures(total.Marks), figures(patterns.Marks))
	for _, lang := range []string{"en", "cy", "mix"} {
		if m := total.ByLang[lang]; m != nil {
			fmt.Fprintf(out, "%s: %s\n", lang, figures(*m))
		}
	}
	for n, a := range plainAlarms {
		if a.All > 0 {
			fmt.Fprintf(out, "%s: %d of %d ordinary texts taken for danger, %.1f in a thousand\n", list[n].name, a.Right, a.All, 1000*a.Share())
		}
	}
	fmt.Fprintf(out, "ordinary texts full of the words of danger, of patterns not learned from: %d of %d taken for it, %.1f in a thousand\n", alarms.Right, alarms.All, 1000*alarms.Share())
	fmt.Fprintf(out, "\nOf readings with a Sure of\n")
	for bin, s := range sure {
		if s.All > 0 {
			fmt.Fprintf(out, "%2d-%2d: %4d of %4d right, %.0f %%\n", bin*10, bin*10+9, s.Right, s.All, 100*s.Share())
		}
	}
	keys := make([]string, 0, len(total.ByIntent))
	for k := range total.ByIntent {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	fmt.Fprintln(out)
	for _, k := range keys {
		s := total.ByIntent[k]
		fmt.Fprintf(out, "%s: %d of %d\n", k, s.Right, s.All)
	}
	if name := os.Getenv("MISSES"); name != "" {
		var b strings.Builder
		_ = total.Write(&b)
		_ = os.WriteFile(name, []byte(b.String()), 0o600)
	}
}

func figures(m understand.Marks) string {
	return fmt.Sprintf("intents %.1f of %d, values %.1f, wrong times %.1f, crisis %.1f of %d, look-alikes taken for it %.1f of %d, all false alarms %d, stop %.1f of %d, false stops %d",
		percent(m.Intents), m.Intents.All, percent(m.Values), 100*float64(m.WrongTime)/math.Max(1, float64(m.Intents.All)),
		percent(m.Crisis), m.Crisis.All, 100-percent(m.LookAlikes), m.LookAlikes.All, m.FalseAlarm, percent(m.Stop), m.Stop.All, m.FalseStop)
}

func percent(t understand.Tally) float64 { return 100 * t.Share() }
