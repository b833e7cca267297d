package understand_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alongside/conversations/understand"
)

func read(t testing.TB, asked understand.Asked, text string) understand.Reading {
	t.Helper()
	return loaded(t).Read(understand.Query{Text: text, Lang: "en", Asked: asked, Appointment: labelledAppointment, Now: labelledNow})
}

func TestReservedWord(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       understand.Intent
	}{
		{"stop_in_capitals", "STOP", understand.Stop},
		{"cancel_with_space_around", " cancel\n", understand.Stop},
		{"revoke", "revoke", understand.Stop},
		{"yes_is_a_start_word", "Yes", understand.Start},
		{"info", "INFO", understand.Help},
		{"a_full_stop_makes_another_text", "stop.", ""},
		{"two_words", "stop please", ""},
		{"empty", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := understand.ReservedWord(row.text); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		asked  understand.Asked
		text   string
		intent understand.Intent
		value  string
	}{
		{"bare_cancel_may_be_the_appointment", understand.AskedAppointment, "CANCEL", understand.Cannot, ""},
		{"yes_to_nothing_is_no_start", understand.AskedOptin, "YES", understand.OptinYes, ""},
		{"a_time_read_back_is_right", understand.AskedConfirmTime, "1", understand.Confirm, ""},
		{"a_time_read_back_is_wrong", understand.AskedConfirmTime, "no, friday at 4", understand.Change, "2026-11-27T16:00"},
		{"leave_it_as_it_was", understand.AskedConfirmTime, "3", understand.Keep, ""},
		{"a_numbered_reading", understand.AskedWhich, "2", understand.Choose, "2"},
		{"today_in_the_past", understand.AskedReschedule, "today at 9", understand.Change, "ambiguous"},
		{"money_is_no_time", understand.AskedReschedule, "i owe £2.30", understand.Other, ""},
		{"two_hours_offered", understand.AskedReschedule, "2pm or 3pm on friday", understand.Change, "ambiguous"},
		{"not_that_day", understand.AskedReschedule, "not monday", understand.Change, "ambiguous"},
		{"first_of_december_in_figures", understand.AskedReschedule, "1/12 at half 3", understand.Change, "2026-12-01T15:30"},
		{"welsh_mutated_tuesday", understand.AskedReschedule, "prynhawn Fawrth am dri", understand.Change, "2026-11-24T15:00"},
		{"welsh_eleven", understand.AskedReschedule, "dydd Llun am un ar ddeg", understand.Change, "2026-11-23T11:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row.asked, row.text)
			if got.Intent != row.intent || got.Value() != row.value {
				t.Errorf("got %s %q (%s), want %s %q", got.Intent, got.Value(), got.Why, row.intent, row.value)
			}
		})
	}
}

func TestReadFlags(t *testing.T) {
	t.Parallel()
	if got := read(t, understand.AskedAppointment, "should be ok unless mums ill. ta"); got.Intent != understand.Confirm || got.Condition != "unless mums ill" {
		t.Errorf("condition: %s %q", got.Intent, got.Condition)
	}
	if got := read(t, understand.AskedAppointment, "Its Kyle's mum, he'll be there"); !got.ThirdParty {
		t.Error("third party not seen")
	}
	if got := read(t, understand.AskedNone, "я не розумію цього повідомлення"); !got.Unreadable || got.Lang != "other" {
		t.Errorf("script not known: %+v", got)
	}
	if got := read(t, understand.AskedNone, "i keep hearing voices through the wall"); got.Intent != understand.Distress || !got.Voices {
		t.Errorf("voices: %s %v", got.Intent, got.Voices)
	}
	if got := read(t, understand.AskedNone, "the voices are telling me to kill myself"); got.Danger != understand.DangerVoices && got.Danger != understand.DangerSelf {
		t.Errorf("commanding voices: %s %s", got.Intent, got.Danger)
	}
	if got := read(t, understand.AskedLead, "1 but will it mess up my UC"); got.Intent != understand.Interested || len(got.Also) == 0 || got.Also[0].Intent != understand.MoreInfo {
		t.Errorf("two things said: %s %v", got.Intent, got.Also)
	}
	for text, lang := range map[string]string{"bydda i yno fory": "cy", "i will be there tomorrow": "en", "👍": ""} {
		if got := read(t, understand.AskedAppointment, text); got.Lang != lang {
			t.Errorf("language of %q: %q", text, got.Lang)
		}
	}
}

// Why is shown in the console and may be logged with a turn: it must not
// repeat what the client wrote beyond phrases that are in a lexicon.
func TestWhyRepeatsNoNames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"im not Zebulon", "Zebulon cant come thursday", "feed Zebulon when im gone, goodbye"} {
		if got := read(t, understand.AskedNone, text); got.Why == "" || strings.Contains(strings.ToLower(got.Why), "zebulon") {
			t.Errorf("why: %s", got.Why)
		}
	}
}

// Whatever is said, in whatever state: a reading has a known intent, a time
// is well formed and never past, danger belongs to crisis alone, the same text
// is read the same way twice, and a bare STOP stops.
func TestReadProperties(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	asked := []understand.Asked{
		understand.AskedNone, understand.AskedAppointment, understand.AskedReschedule, understand.AskedLead,
		understand.AskedScale, understand.AskedTask, understand.AskedOptin, understand.AskedConfirmTime, understand.AskedWhich, "",
	}
	words := strings.Fields("i cant not do make it thursday friday 3 2.30 1/12 at half past to next week 24th dec pm am STOP yes no ie na dydd Mawrth am dri y cyntaf o 👍 1 2 kill myself bus late please £5 10-11 ? . , the same time an hour later fortnight on 31st feb")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 1, 14), func(w []string) string { return strings.Join(w, " ") })).Draw(t, "text")
		q := understand.Query{Text: text, Asked: rapid.SampledFrom(asked).Draw(t, "asked"), Now: labelledNow}
		if rapid.Bool().Draw(t, "has appointment") {
			q.Appointment = labelledAppointment
		}
		got := l.Read(q)
		if !slices.Contains(understand.Intents, got.Intent) {
			t.Fatalf("intent %q", got.Intent)
		}
		if (got.Danger != "") != (got.Intent == understand.Crisis) {
			t.Fatalf("danger %q with %s", got.Danger, got.Intent)
		}
		if got.Sure < 0 || got.Sure > 100 || !utf8.ValidString(got.Why) {
			t.Fatalf("sure %d", got.Sure)
		}
		if w := got.When; w.Date != "" {
			day, err := time.ParseInLocation("2006-01-02", w.Date, london)
			if err != nil || day.AddDate(0, 0, 1).Before(labelledNow) || w.Ambiguous {
				t.Fatalf("when %+v", w)
			}
		}
		if again := l.Read(q); !cmp.Equal(got, again) {
			t.Fatalf("read twice: %s", cmp.Diff(got, again))
		}
		q.Text = "STOP"
		if l.Read(q).Intent != understand.Stop {
			t.Fatal("STOP does not stop")
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"fri 2pm", "dydd Iau am dri", "\xff\xfe", "1️⃣", "a.b?c…", strings.Repeat("i ", 900)} {
		f.Add(text, "reschedule")
	}
	f.Fuzz(func(t *testing.T, text, asked string) {
		l := loaded(t)
		l.Read(understand.Query{Text: text, Asked: understand.Asked(asked), Appointment: labelledAppointment, Now: labelledNow})
	})
}

func TestCompileNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := understand.Compile([]understand.Lexicon{{
		Language: "xx", Fillers: []string{"a"}, Or: []string{"b"}, Units: []string{"c", "c"}, Courtesies: []string{"d"}, Negators: []string{"e"}, Jokes: []string{"two words"},
		Cue: []understand.CueEntry{{Intent: "nonsense", Weight: 99, Patterns: []string{"(a", "* b", "<nowhere>"}}},
	}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"lexicon.xx.toml: units", "there twice", "not one word", "cue[0] nonsense: intent is not known", "weight", ") is missing", "cannot be first", "no such class: nowhere"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}
