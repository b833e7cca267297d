package understand

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

func labLex(t testing.TB) *Lexicons {
	var list []Lexicon
	for _, f := range []string{"../../locales/lexicon.en.toml", "../../locales/lexicon.cy.toml"} {
		var lex Lexicon
		if _, err := toml.DecodeFile(f, &lex); err != nil {
			t.Fatal(err)
		}
		list = append(list, lex)
	}
	l, err := Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func labRows(t testing.TB, f string) []Row {
	in, err := os.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := ReadRows(in)
	if err != nil {
		t.Log(f, err)
	}
	return rows
}

type labItem struct {
	row  Row
	file string
	e    *evidence
	f    []feature
	lex  Reading
}

func labItems(t testing.TB, l *Lexicons, files []string) []labItem {
	zone, _ := time.LoadLocation("Europe/London")
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, zone)
	app := time.Date(2026, 11, 26, 14, 0, 0, 0, zone)
	var items []labItem
	for _, f := range files {
		for _, row := range labRows(t, f) {
			q := Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: app, Now: now}
			raw := l.tokenise(q.Text)
			r := Reading{Intent: Other}
			r.Lang, r.Unreadable = l.languageOf(raw)
			r.ThirdParty = l.fitsAnywhere(&l.thirdParty, raw)
			r.Condition = l.condition(q.Text, raw)
			e := l.gather(q, raw, l.readRisk(raw), r)
			items = append(items, labItem{row: row, file: filepath.Base(f), e: e, f: l.features(e, nil), lex: l.Read(q)})
		}
	}
	return items
}

func TestLab(t *testing.T) {
	files := strings.Fields(os.Getenv("LAB"))
	if len(files) == 0 {
		t.Skip()
	}
	l := labLex(t)
	start := time.Now()
	items := labItems(t, l, files)
	t.Logf("%d rows, %v for features", len(items), time.Since(start))
	class := map[Intent]int{}
	for i, in := range Intents {
		class[in] = i
	}
	var how = fitting{classes: len(Intents), rounds: 12, rate: 0.15, decay: 1e-6, rare: 2}
	if s := os.Getenv("HOW"); s != "" {
		fmt.Sscan(s, &how.rounds, &how.rate, &how.decay, &how.rare)
	}
	var total, totalLex, n int
	for _, out := range files {
		out = filepath.Base(out)
		var train []sample
		for _, it := range items {
			if it.file != out && it.row.Intent != Crisis {
				train = append(train, sample{it.f, class[it.row.Intent], 1})
			}
		}
		start = time.Now()
		m := fit(train, how)
		took := time.Since(start)
		right, lex, all := 0, 0, 0
		p := make([]float32, len(Intents))
		for _, it := range items {
			if it.file != out || it.row.Intent == Crisis {
				continue
			}
			m.sums(it.f, p)
			best := 0
			for c := range p {
				if p[c] > p[best] {
					best = c
				}
			}
			all++
			if Intents[best] == it.row.Intent {
				right++
			} else if os.Getenv("MISS") != "" {
				t.Logf("%s %s: %q wants %s got %s (lex %s)", it.row.ID, it.row.Asked, it.row.Text, it.row.Intent, Intents[best], it.e.reading.Intent)
			}
			if it.e.reading.Intent == it.row.Intent {
				lex++
			}
		}
		t.Logf("%-16s learned %.1f lexicon %.1f of %d (features %d, %v)", out, 100*float64(right)/float64(all), 100*float64(lex)/float64(all), all, len(m.hashes), took)
		total += right
		totalLex += lex
		n += all
	}
	t.Logf("all: learned %.1f lexicon %.1f", 100*float64(total)/float64(n), 100*float64(totalLex)/float64(n))
}
