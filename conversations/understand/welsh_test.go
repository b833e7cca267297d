package understand_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"alongside/conversations/understand"
)

// What clients write in Welsh, in every flow: north and south, with mutations
// and without, with accents and as a thumb leaves them out. Each line of the
// file is the open question, a text, and what the reading must have, or must
// not (!): the intent, its value, t: and the topic, d: and the danger, what was
// said of when texts may come, threat, third (somebody else writes) or cond.
func TestWelsh(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/welsh.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines, n := bufio.NewScanner(file), 0
	for lines.Scan() {
		if lines.Text() == "" || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		n++
		parts := strings.Split(lines.Text(), "|")
		if len(parts) != 3 {
			t.Fatalf("%q has not three parts", lines.Text())
		}
		r := loaded(t).Read(understand.Query{
			Text: parts[1], Lang: "cy", Asked: understand.Asked(parts[0]), Appointment: labelledAppointment, Now: labelledNow,
		})
		got := marks(r)
		for _, want := range strings.Fields(parts[2]) {
			want, not := strings.CutPrefix(want, "!")
			has := slices.ContainsFunc(strings.Split(want, "/"), func(w string) bool { return slices.Contains(got, w) })
			if has == not {
				t.Errorf("%s: %q is read as %v, want %s", parts[0], parts[1], got, parts[2])
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n < 300 {
		t.Errorf("%d lines, want 300 and more", n)
	}
}

// marks says what a reading has, as the lines of testdata/welsh.txt do.
func marks(r understand.Reading) []string {
	m := r.Limit
	got := []string{string(r.Intent), r.Value()}
	for _, x := range []struct{ key, value string }{
		{"t:", string(r.Topic)},
		{"d:", string(r.Danger)},
		{"kind=", m.Kind},
		{"allow=", m.Allow},
		{"before=", m.NotBefore},
		{"after=", m.NotAfter},
	} {
		if x.value != "" {
			got = append(got, x.key+x.value)
		}
	}
	for _, day := range m.NotOn {
		got = append(got, fmt.Sprintf("not=%.3s", day))
	}
	for _, day := range m.OnlyOn {
		got = append(got, fmt.Sprintf("only=%.3s", day))
	}
	for word, has := range map[string]bool{
		"threat": r.Threat, "third": r.ThirdParty, "cond": r.Condition != "", "anytime": m.AnyTime,
		fmt.Sprintf("days=%d", m.Days): m.Days > 0,
	} {
		if has {
			got = append(got, word)
		}
	}
	return got
}
