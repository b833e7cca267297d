package locales_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"alongside/conversations/understand"
	"alongside/locales"
)

// Polish and Arabic are there as files alone: these tests show what that is
// good for, and that it changes nothing for anybody else.

var added = []string{"pl", "ar"}

func rows(t *testing.T, name string) []understand.Row {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	list, err := understand.ReadRows(file)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// moment is what the labels were written for: the open appointment, and now.
func moment(t *testing.T) (appointment, now time.Time) {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 26, 14, 0, 0, 0, london), time.Date(2026, 11, 22, 10, 0, 0, 0, london)
}

func lexicons(t *testing.T, offered ...string) *understand.Lexicons {
	t.Helper()
	l, err := locales.Lexicons(offered...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The labels were written before the lexicons, by the same hand: the figures
// are no measure of texts by others, and the floor is there against mishaps.
func TestAddedLanguagesAreRead(t *testing.T) {
	t.Parallel()
	appointment, now := moment(t)
	l := lexicons(t, added...)
	for _, tag := range added {
		got := l.Score(rows(t, "testdata/added."+tag+".tsv"), appointment, now)
		if got.Intents.All != 60 || got.Crisis.All != 12 || got.LookAlikes.All != 12 {
			t.Errorf("%s: %d rows, %d of danger, %d look-alikes", tag, got.Intents.All, got.Crisis.All, got.LookAlikes.All)
		}
		if got.Intents.Right < 55 || got.Values.Right < 55 || got.Crisis.Right < 12 || got.FalseAlarm > 1 ||
			got.Stop.Right < got.Stop.All || got.FalseStop > 0 || got.WrongTime > 0 {
			var out strings.Builder
			_ = got.Write(&out)
			t.Errorf("%s:\n%s", tag, out.String())
		}
	}
}

// Both scripts and all the ways in which figures, letters and prefixes are
// written come to the same.
func TestWaysOfWritingAreAlike(t *testing.T) {
	t.Parallel()
	appointment, now := moment(t)
	l := lexicons(t, added...)
	for name, row := range map[string]struct{ lang, a, b string }{
		"arabic_figures":           {"ar", "الجمعة الساعة ٣", "الجمعة الساعة 3"},
		"persian_figures":          {"ar", "الجمعة الساعة ۳", "الجمعة الساعة 3"},
		"hamza_left_out":           {"ar", "الأربعاء الساعة 11", "الاربعاء الساعة 11"},
		"ha_for_ta_marbuta":        {"ar", "الجمعة الساعة 3", "الجمعه الساعه 3"},
		"vowel_signs":              {"ar", "غَدًا الساعةُ 3", "غدا الساعة 3"},
		"stretched":                {"ar", "الجمـــعة الساعة 3", "الجمعة الساعة 3"},
		"and_written_with_it":      {"ar", "والجمعة الساعة 3", "الجمعة الساعة 3"},
		"arabic_comma":             {"ar", "الجمعة، الساعة 3", "الجمعة الساعة 3"},
		"polish_without_accents":   {"pl", "może w piątek o trzeciej", "moze w piatek o trzeciej"},
		"polish_l_without_stroke":  {"pl", "wpół do trzeciej w środę", "wpol do trzeciej w srode"},
		"polish_letters_taken_off": {"pl", "dwunasta w sobotę", "dwunasta w sobote\u0328"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := func(text string) understand.Reading {
				return l.Read(understand.Query{Text: text, Lang: row.lang, Asked: understand.AskedReschedule, Appointment: appointment, Now: now})
			}
			a, b := read(row.a), read(row.b)
			if a.Intent != understand.Change || a.When.Date == "" || a.When.Clock == "" || a.Intent != b.Intent || a.When != b.When || a.Lang != row.lang {
				t.Errorf("read as %s %s in %q, and as %s %s", a.Intent, a.When, a.Lang, b.Intent, b.When)
			}
		})
	}
}

// Where a language is not offered, a person reads what is written in it: it is
// no guess, and none of its words is known.
func TestLanguagesThatAreNotOfferedAreNotRead(t *testing.T) {
	t.Parallel()
	_, now := moment(t)
	plain, offered := lexicons(t), lexicons(t, added...)
	for lang, text := range map[string]string{
		"pl": "niestety nie mogę w czwartek, może w piątek", "ar": "لا أستطيع الخميس، هل يمكن الجمعة",
	} {
		q := understand.Query{Text: text, Lang: lang, Asked: understand.AskedAppointment, Now: now}
		if got := plain.Read(q); got.Lang == lang || !got.Unreadable || got.Intent == understand.Change {
			t.Errorf("%s is read as %s in %q although nobody offers it", lang, got.Intent, got.Lang)
		}
		if got := offered.Read(q); got.Lang != lang || got.Unreadable {
			t.Errorf("%s is taken for %q where it is offered", lang, got.Lang)
		}
	}
	// Offered, it stands beside the others and lets them be.
	appointment, _ := moment(t)
	differ, all := 0, 0
	for _, name := range []string{"own", "second", "third"} {
		for _, row := range rows(t, "../conversations/understand/testdata/"+name+".tsv") {
			q := understand.Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: appointment, Now: now}
			a, b := plain.Read(q), offered.Read(q)
			all++
			if a.Intent != b.Intent || a.Value() != b.Value() {
				differ++
			}
		}
	}
	t.Logf("%d of %d English and Welsh replies are read otherwise beside Polish and Arabic", differ, all)
	if differ*100 > all {
		t.Errorf("%d of %d English and Welsh replies are read otherwise", differ, all)
	}
}

func TestUnsignedSaysWhoHasToSignWhere(t *testing.T) {
	t.Parallel()
	for _, tag := range added {
		missing, err := locales.Unsigned(tag)
		got := strings.Join(missing, "\n")
		for _, want := range []string{
			"locales/active." + tag + ".toml, reviewed_by: the name of a native speaker",
			"locales/lexicon." + tag + ".toml, read_by_native_speaker = true", "read_by_clinician = true: a clinician",
		} {
			if err != nil || !strings.Contains(got, want) {
				t.Errorf("%s: %v %q does not hold %q", tag, err, got, want)
			}
		}
	}
	for _, tag := range locales.Home {
		if missing, err := locales.Unsigned(tag); len(missing) > 0 || err != nil {
			t.Errorf("%s: %v %v", tag, missing, err)
		}
	}
	if _, err := locales.Unsigned("sl"); err == nil || !strings.Contains(err.Error(), "there is no locales/active.sl.toml") {
		t.Errorf("a language without files: %v", err)
	}
	if _, err := locales.Lexicons("sl"); err == nil || !strings.Contains(err.Error(), "load lexicon lexicon.sl.toml") {
		t.Errorf("a lexicon that is not there: %v", err)
	}
}

// A phone writes a line from the side that its first letter belongs to: a line
// that began with a name would stand the wrong way round.
func TestArabicLinesBeginWithArabic(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(locales.Active, "active.ar.toml")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(raw)) {
		form, text, ok := strings.Cut(strings.TrimSpace(line), ` = "`)
		if !ok || strings.HasPrefix(line, "#") || form == "reviewed_by" {
			continue
		}
		n++
		for part := range strings.SplitSeq(text, `\n`) {
			switch first := []rune(part)[0]; {
			case unicode.Is(unicode.Arabic, first), unicode.IsDigit(first):
			case strings.HasPrefix(part, "{{.lead}}"), strings.HasPrefix(part, "{{.weekday}}"), strings.HasPrefix(part, "{{.hour}}"):
				// A piece in Arabic, the name of a day, a figure.
			case strings.HasPrefix(part, `\u200f`):
				// The mark that says so (U+200F): a name stands first, as whose words these are.
			case strings.HasPrefix(part, "{{.words}}"):
				// What the client wrote, in the client's own script.
			default:
				t.Errorf("begins with %q: %s", first, part)
			}
		}
	}
	if n < 180 {
		t.Errorf("only %d texts were looked at", n)
	}
}

// What a text tells a person to write is understood when they write it.
func TestAddedInvitedRepliesAreUnderstood(t *testing.T) {
	t.Parallel()
	_, now := moment(t)
	l := lexicons(t, added...)
	for _, row := range []struct {
		tag, reply string
		want       understand.Intent
		topic      understand.Topic
		asked      []understand.Asked
	}{
		{"pl", "koniec wiadomości", understand.Stop, "", []understand.Asked{understand.AskedNone, understand.AskedAppointment, understand.AskedTask}},
		{"pl", "proszę zadzwonić", understand.CallMe, "", []understand.Asked{understand.AskedNone, understand.AskedAppointment, understand.AskedScale}},
		{"pl", "piszcie znowu", understand.Start, "", []understand.Asked{understand.AskedNone}},
		{"pl", "koniec pytań", understand.Other, understand.TopicStopKind, []understand.Asked{understand.AskedScale, understand.AskedNone}},
		{"pl", "piątek 15.00", understand.Change, "", []understand.Asked{understand.AskedReschedule}},
		{"ar", "لا مزيد من الرسائل", understand.Stop, "", []understand.Asked{understand.AskedNone, understand.AskedAppointment, understand.AskedTask}},
		{"ar", "اتصلوا بي", understand.CallMe, "", []understand.Asked{understand.AskedNone, understand.AskedAppointment, understand.AskedScale}},
		{"ar", "راسلوني من جديد", understand.Start, "", []understand.Asked{understand.AskedNone}},
		{"ar", "لا مزيد من الأسئلة", understand.Other, understand.TopicStopKind, []understand.Asked{understand.AskedScale, understand.AskedNone}},
		{"ar", "الجمعة الساعة 3", understand.Change, "", []understand.Asked{understand.AskedReschedule}},
	} {
		for _, asked := range row.asked {
			got := l.Read(understand.Query{Text: row.reply, Lang: row.tag, Asked: asked, Now: now})
			if got.Intent != row.want || got.Topic != row.topic && row.topic != "" {
				t.Errorf("%q with %s open is read as %s, topic %q: %s", row.reply, asked, got.Intent, got.Topic, got.Why)
			}
			if row.want == understand.Change && got.When.String() != "2026-11-27T15:00" {
				t.Errorf("%q is read as %s", row.reply, got.When)
			}
		}
	}
}
