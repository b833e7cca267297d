package templates

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"alongside/conversations"
	"alongside/locales"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write testdata/rendered*.txt anew; read the difference before committing it")

// TestRenderedTextsAreThoseOnFile compares every message in every language on
// every channel with the file, whole. The file is also where a person reads
// what the product says.
func TestRenderedTextsAreThoseOnFile(t *testing.T) {
	t.Parallel()
	w := load(t)
	files := map[string][]string{"testdata/rendered.txt": {"en", "cy"}}
	for _, tag := range w.Languages() {
		if !slices.Contains(locales.Home, tag) {
			files["testdata/rendered."+tag+".txt"] = []string{tag}
		}
	}
	for file, tags := range files {
		compareRendered(t, w, file, tags)
	}
}

// compareRendered compares every message in some languages with one file.
func compareRendered(t *testing.T, w *Words, file string, tags []string) {
	t.Helper()
	var out strings.Builder
	for _, m := range w.Messages() {
		for _, tag := range tags {
			sms, err := w.Render(request(m, tag, conversations.SMS))
			if err != nil {
				t.Fatal(err)
			}
			telegram, err := w.Render(request(m, tag, conversations.Telegram))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "== %s, %s, SMS parts: %d\n%s\n", m.Key, tag, sms.Parts, sms.Text)
			if telegram.Text == sms.Text && len(telegram.Buttons) == 0 {
				continue
			}
			fmt.Fprintf(&out, "-- on Telegram\n%s\n", telegram.Text)
			for _, b := range telegram.Buttons {
				fmt.Fprintf(&out, "[%s | %s]\n", b.Label, b.Data)
			}
			for _, key := range m.Pieces {
				own, _, _, err := w.voices[tag].split(w.messages[key], w.messages, part(key).Vars)
				if err != nil {
					t.Fatal(err)
				}
				text, err := w.voices[tag].speak(key, own, nil)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "-- %s\n%s\n", key, text)
			}
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("rendered texts differ (-file +now):\n%s", diff)
	}
}

func TestRenderSaysNumbersOnSMSAndButtonsOnTelegram(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, m := range w.Messages() {
		if len(m.Options) == 0 {
			continue
		}
		for _, tag := range w.Languages() {
			sms, err := w.Render(request(m, tag, conversations.SMS))
			if err != nil {
				t.Fatal(err)
			}
			telegram, err := w.Render(request(m, tag, conversations.Telegram))
			if err != nil {
				t.Fatal(err)
			}
			tail := strings.TrimPrefix(sms.Text, telegram.Text)
			for i, o := range m.Options {
				if !strings.Contains(tail, fmt.Sprint(i+1)) {
					t.Errorf("%s in %s: the tail %q does not say %d", m.Key, tag, tail, i+1)
				}
				if got, want := telegram.Buttons[i].Data, "q7:"+string(o); got != want {
					t.Errorf("%s in %s: button %d is %q, want %q", m.Key, tag, i, got, want)
				}
			}
			if strings.Contains(tail, fmt.Sprint(len(m.Options)+1)) || strings.Contains(telegram.Text, "1") && strings.Contains(telegram.Text, "Reply") {
				t.Errorf("%s in %s: numbers that there are no options for", m.Key, tag)
			}
			if len(sms.Buttons) != 0 || telegram.Parts != 1 {
				t.Errorf("%s in %s: buttons on SMS, or parts on Telegram", m.Key, tag)
			}
		}
	}
}

func TestRenderGreetsOnlyWithAName(t *testing.T) {
	t.Parallel()
	w := load(t)
	r := request(find(t, w, "appointment.reminder"), "en", conversations.SMS)
	with, err := w.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	delete(r.Vars, "name")
	without, err := w.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	if with.Text != "Hi John. "+without.Text {
		t.Errorf("with a name %q, without %q", with.Text, without.Text)
	}
}

func TestRenderAddsMinutesInTheRightPluralForm(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, row := range []struct {
		tag     string
		minutes int
		want    string
	}{
		{"en", 1, "It will take about 1 minute."},
		{"en", 2, "It will take about 2 minutes."},
		{"en", 60, "It will take about 60 minutes."},
		{"cy", 0, "Bydd yn para tua 0 munud."},
		{"cy", 1, "Bydd yn para tua 1 munud."},
		{"cy", 2, "Bydd yn para tua 2 funud."},
		{"cy", 3, "Bydd yn para tua 3 munud."},
		{"cy", 6, "Bydd yn para tua 6 munud."},
		{"cy", 45, "Bydd yn para tua 45 munud."},
	} {
		r := request(find(t, w, "appointment.details"), row.tag, conversations.SMS)
		r.Vars["minutes"] = row.minutes
		got, err := w.Render(r)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(got.Text, "\n"); lines[len(lines)-1] != row.want {
			t.Errorf("%d minutes in %s: %q, want %q at the end", row.minutes, row.tag, got.Text, row.want)
		}
	}
	r := request(find(t, w, "appointment.details"), "en", conversations.SMS)
	delete(r.Vars, "minutes")
	if got, err := w.Render(r); err != nil || strings.Contains(got.Text, "minute") {
		t.Errorf("without minutes: %q, %v", got.Text, err)
	}
}

func TestRenderSendsThePathwaysWordsAsTheyStand(t *testing.T) {
	t.Parallel()
	w := load(t)
	words := conversations.CrisisRoutes{Self: "a {{.b}}\n c  d", ByOthers: "by others", Other: "other"}
	for key, want := range map[string]string{"crisis.self": words.Self, "crisis.by_others": words.ByOthers, "crisis.other": words.Other} {
		got, err := w.Render(Request{
			Key: key, Language: "cy", Channel: conversations.SMS, Crisis: map[string]conversations.CrisisRoutes{"cy": words},
		})
		if err != nil || got.Text != want {
			t.Errorf("%s: %q, %v; want %q", key, got.Text, err, want)
		}
	}
}

// TestRenderRefuses changes one thing of a good request at a time. No error
// may repeat what a variable holds.
func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	const secret = "Zebedee"
	w := load(t)
	for name, row := range map[string]struct {
		key    string
		change func(*Request)
		want   string
	}{
		"an_unknown_key":                  {"help", func(r *Request) { r.Key = "no.such" }, "no such message"},
		"a_piece":                         {"help", func(r *Request) { r.Key = "greeting" }, "no such message"},
		"no_language":                     {"help", func(r *Request) { r.Language = "" }, `no words in language ""`},
		"an_absent_language":              {"help", func(r *Request) { r.Language = "gd" }, `no words in language "gd"`},
		"a_language_that_would_fall_back": {"help", func(r *Request) { r.Language = "en-GB" }, `no words in language "en-GB"`},
		"no_channel":                      {"help", func(r *Request) { r.Channel = "" }, "unknown channel"},
		"an_unknown_channel":              {"help", func(r *Request) { r.Channel = "letter" }, "unknown channel"},
		"a_variable_that_is_missing":      {"help", func(r *Request) { delete(r.Vars, "service") }, "variable service is missing"},
		"no_variables":                    {"help", func(r *Request) { r.Vars = nil }, "is missing"},
		"a_variable_too_many":             {"help", func(r *Request) { r.Vars["place"] = "x" }, "variable place: it has no such variable"},
		"a_name_where_nobody_is_greeted":  {"help", func(r *Request) { r.Vars["name"] = secret }, "variable name: it has no such variable"},
		"a_blank_variable":                {"help", func(r *Request) { r.Vars["service"] = " \n" }, "variable service: is blank"},
		"a_blank_name":                    {"optin.welcome", func(r *Request) { r.Vars["name"] = "" }, "variable name: is blank"},
		"a_name_of_another_type":          {"optin.welcome", func(r *Request) { r.Vars["name"] = 3 }, "variable name: is a int"},
		"a_nil_variable":                  {"help", func(r *Request) { r.Vars["service"] = nil }, "variable service: is a <nil>"},
		"a_string_for_a_moment":           {"appointment.kept", func(r *Request) { r.Vars["when"] = secret }, "variable when: is a string, and the catalogue says when"},
		"a_day_for_a_moment":              {"appointment.kept", func(r *Request) { r.Vars["when"] = conversations.Day(thursday) }, "is a conversations.Day"},
		"a_time_without_its_type":         {"appointment.kept", func(r *Request) { r.Vars["when"] = thursday }, "is a time.Time"},
		"the_zero_time":                   {"appointment.kept", func(r *Request) { r.Vars["when"] = conversations.When{} }, "variable when: is the zero time"},
		"an_addition_of_another_type":     {"appointment.details", func(r *Request) { r.Vars["minutes"] = "30" }, "variable minutes: is a string"},
		"options_that_are_missing":        {"appointment.moved", func(r *Request) { r.Options = nil }, "options [], but the catalogue has"},
		"options_in_another_order":        {"appointment.moved", func(r *Request) { r.Options = []conversations.Choice{"change", "confirm", "cannot"} }, "but the catalogue has"},
		"options_where_there_are_none":    {"help", func(r *Request) { r.Options = []conversations.Choice{"yes"}; r.Question = "q1" }, "but the catalogue has []"},
		"options_without_a_question":      {"appointment.moved", func(r *Request) { r.Question = "" }, "options without the question"},
		"data_too_long_for_a_button": {"appointment.moved", func(r *Request) {
			r.Question = conversations.QuestionID(strings.Repeat("q", 60))
			r.Channel = conversations.Telegram
		}, "button confirm: data of 68 bytes"},
		"an_sms_that_is_too_long":            {"appointment.next_at", func(r *Request) { r.Vars["place"] = strings.Repeat(secret, 300) }, "characters, and an SMS takes 1600"},
		"a_telegram_text_that_is_too_long":   {"appointment.next_at", func(r *Request) { r.Vars["place"] = strings.Repeat("😀", 2040); r.Channel = conversations.Telegram }, "characters, and Telegram takes 4096"},
		"crisis_words_with_a_variable":       {"crisis.self", func(r *Request) { r.Vars = map[string]any{"name": secret} }, "take no variables, got [name]"},
		"crisis_words_that_are_not_there":    {"crisis.self", func(r *Request) { r.Crisis = nil }, `no crisis words in language "en"`},
		"crisis_words_in_another_language":   {"crisis.self", func(r *Request) { delete(r.Crisis, "en") }, `no crisis words in language "en"`},
		"crisis_words_that_are_blank":        {"crisis.self", func(r *Request) { r.Crisis["en"] = conversations.CrisisRoutes{Self: " "} }, "no such crisis words"},
		"a_variable_of_invalid_utf8_is_bare": {"help", func(r *Request) { r.Vars["service"] = "\xff" }, "variable service: is blank"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(find(t, w, row.key), "en", conversations.SMS)
			row.change(&r)
			got, err := w.Render(r)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Fatalf("error %v, want one that holds %q", err, row.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Error("the error repeats the value of a variable")
			}
			if got.Text != "" {
				t.Error("there is a text beside the error")
			}
		})
	}
}

// TestRenderIsStrictInItsFirstParse reaches below the checks of Render: if
// they ever miss a variable, go-i18n itself must refuse, and say no text with
// "<no value>" in it, in the first call as in every later one.
func TestRenderIsStrictInItsFirstParse(t *testing.T) {
	t.Parallel()
	w := load(t)
	for range 2 {
		text, err := w.voices["cy"].speak("help", map[string]any{"specialist": "Sam"}, nil)
		if err == nil || text != "" {
			t.Errorf("text %q, error %v", text, err)
		}
	}
	if _, err := w.voices["cy"].speak("no.such", nil, nil); err == nil {
		t.Error("a key that is not there has words")
	}
}

func TestRenderTakesNoWordsFromAnotherLanguage(t *testing.T) {
	t.Parallel()
	w := load(t)
	v := w.voices["cy"]
	v.localizer = w.voices["en"].localizer
	if text, err := v.speak("language.set", nil, nil); err == nil || text != "" {
		t.Errorf("text %q, error %v", text, err)
	}
}

func TestRenderPutsVariablesOnOneLine(t *testing.T) {
	t.Parallel()
	w := load(t)
	r := request(find(t, w, "appointment.next_at"), "en", conversations.SMS)
	r.Vars["place"] = "  The Hub,\r\n 3 High\tStreet\xff "
	got, err := w.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(got.Text, "\nPlace: The Hub, 3 High Street") {
		t.Errorf("%q", got.Text)
	}
}

// TestRenderSaysWhatAPersonWroteAsItStands: what looks like a template in a
// variable is text.
func TestRenderSaysWhatAPersonWroteAsItStands(t *testing.T) {
	t.Parallel()
	w := load(t)
	rapid.Check(t, func(t *rapid.T) {
		place := rapid.StringOfN(rapid.RuneFrom([]rune("ab {}.%$\\\"<&>€ŵ😀")), 0, 60, -1).Draw(t, "place")
		r := request(w.messages["appointment.next_at"], "en", conversations.SMS)
		r.Vars["place"] = place
		got, err := w.Render(r)
		line := strings.Join(strings.Fields(place), " ")
		if (err != nil) != (line == "") {
			t.Fatalf("error %v", err)
		}
		if err == nil && (!strings.HasSuffix(got.Text, "Place: "+line) || got.Parts != Parts(got.Text)) {
			t.Fatalf("%q", got.Text)
		}
	})
}

func TestRenderIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	w := load(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for _, m := range w.Messages() {
				tag := w.Languages()[i%2]
				if _, err := w.Render(request(m, tag, conversations.Channels[i/2%2])); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestRenderedTextsKeepToTheirParts(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, m := range w.Messages() {
		if m.FromPathway {
			continue
		}
		for _, tag := range w.Languages() {
			r := request(m, tag, conversations.SMS)
			for name := range r.Vars {
				kind := m.Vars[name]
				if piece, ok := m.Adds[name]; ok {
					kind = w.messages[piece].Vars[name]
				}
				r.Vars[name] = longestValue(name, kind, tag)
				if kind == VarPiece {
					r.Vars[name] = longestPiece(t, w, m, name, tag)
				}
			}
			got, err := w.Render(r)
			if err != nil {
				t.Fatal(err)
			}
			if got.Parts > m.LongestIn(tag) {
				t.Errorf("%s in %s takes %d parts of the %d allowed: %s", m.Key, tag, got.Parts, m.LongestIn(tag), got.Text)
			}
			if _, gsm := gsmParts(got.Text); !gsm && tag == "en" {
				t.Errorf("%s: an English text with a letter that is not in GSM 7-bit", m.Key)
			}
		}
	}
}

func TestUnaskedTextsBeginNeutrally(t *testing.T) {
	t.Parallel()
	w := load(t)
	unasked := 0
	for _, m := range w.Messages() {
		if !m.Unasked {
			continue
		}
		unasked++
		if !m.Greeted && !m.Signed {
			t.Errorf("%s is unasked and may not use the client's name", m.Key)
		}
		for _, tag := range w.Languages() {
			for _, greeted := range []bool{true, false} {
				r := request(m, tag, conversations.SMS)
				if !greeted {
					delete(r.Vars, "name")
				}
				got, err := w.Render(r)
				if err != nil {
					t.Fatal(err)
				}
				for _, fault := range w.wording.alarming(got.Text) {
					t.Errorf("%s in %s: %v", m.Key, tag, fault)
				}
			}
		}
	}
	if unasked < 6 {
		t.Errorf("only %d unasked texts", unasked)
	}
}

// TestButtonsFitWithTheLargestQuestion counts the longest data that a button
// can have in a conversation that went on for ever.
func TestButtonsFitWithTheLargestQuestion(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, m := range w.Messages() {
		r := request(m, "cy", conversations.Telegram)
		if len(m.Options) > 0 {
			r.Question = "q9223372036854775807"
		}
		if _, err := w.Render(r); err != nil {
			t.Error(err)
		}
	}
}

// TestPlacesAreSaidOnlyWhereTheyAreWanted keeps the pairs of keys: with _at
// the place, without it "the usual place" or nothing.
func TestPlacesAreSaidOnlyWhereTheyAreWanted(t *testing.T) {
	t.Parallel()
	w := load(t)
	pairs := 0
	for _, m := range w.Messages() {
		_, place := m.Vars["place"]
		base, at := strings.CutSuffix(m.Key, "_at")
		if at != place {
			t.Errorf("%s: ends in _at: %t, has a place: %t", m.Key, at, place)
		}
		if !at {
			continue
		}
		pairs++
		plain := maps.Clone(m.Vars)
		delete(plain, "place")
		if diff := cmp.Diff(find(t, w, base).Vars, plain); diff != "" {
			t.Errorf("%s and %s differ by more than the place:\n%s", base, m.Key, diff)
		}
		if !slices.Equal(find(t, w, base).Options, m.Options) {
			t.Errorf("%s and %s have other options", base, m.Key)
		}
	}
	if pairs != 5 {
		t.Errorf("%d pairs, want 5", pairs)
	}
}

func BenchmarkRender(b *testing.B) {
	w := load(b)
	for _, tag := range w.Languages() {
		for _, key := range []string{"appointment.reminder", "message.open"} {
			for _, channel := range conversations.Channels {
				b.Run(fmt.Sprintf("%s/%s/%s", tag, key, channel), func(b *testing.B) {
					r := request(find(b, w, key), tag, channel)
					b.ReportAllocs()
					for b.Loop() {
						if _, err := w.Render(r); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
