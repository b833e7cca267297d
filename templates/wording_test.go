package templates

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestLoadRefusesWording puts one forbidden sentence at a time into a text.
func TestLoadRefusesWording(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		tag, text string
		want      string
	}{
		"a_word_that_gives_the_service_away":  {"en", "Thank you. I told {{.specialist}} of your mental state.", `"mental*" gives the service away`},
		"any_ending_of_it":                    {"en", "Thank you. {{.specialist}} knows your employers.", `"employ*" gives the service away`},
		"an_abbreviation":                     {"en", "Thank you. {{.specialist}} asks about PIP.", `"pip" gives the service away`},
		"two_words_together":                  {"en", "Thank you. {{.specialist}} asks about Universal Credit.", `"universal credit" gives the service away`},
		"english_in_a_welsh_text":             {"cy", "Diolch. Bydd {{.specialist}} yn holi am y job.", `"job*" gives the service away`},
		"welsh":                               {"cy", "Diolch. Bydd {{.specialist}} yn holi am iechyd.", `"iechyd*" gives the service away`},
		"welsh_with_soft_mutation":            {"cy", "Diolch. Bydd {{.specialist}} yn holi am gyflogaeth.", `"cyflog*" gives the service away`},
		"welsh_with_nasal_mutation":           {"cy", "Diolch. Bydd {{.specialist}} yn holi am fy nghyflog.", `"cyflog*" gives the service away`},
		"welsh_with_h":                        {"cy", "Diolch. Bydd {{.specialist}} yn holi am ei hiechyd.", `"iechyd*" gives the service away`},
		"welsh_with_hyphen_and_mutation":      {"cy", "Diolch. Bydd {{.specialist}} yn holi am fudd-daliadau.", `"budd dal*" gives the service away`},
		"watching":                            {"en", "Thank you. {{.specialist}} noticed.", `"noticed" makes a person feel watched`},
		"watching_in_welsh":                   {"cy", "Diolch. Mae {{.specialist}} wedi gweld.", `"wedi gweld" makes a person feel watched`},
		"blame":                               {"en", "{{.specialist}} says you missed it.", `"missed" blames`},
		"cost":                                {"cy", "Mae {{.specialist}} yn sôn am gostau.", `"cost*" blames`},
		"a_reserved_word_in_capitals":         {"en", "{{.specialist}} knows. Text STOP to end.", "STOP: a carrier acts on this word"},
		"a_reserved_word_that_is_invited":     {"en", "{{.specialist}} knows. Reply 'stop' for no more.", `"stop" is invited as a reply`},
		"a_reserved_word_invited_in_welsh":    {"cy", "Mae {{.specialist}} yn gwybod. Ysgrifennwch: cancel", `"cancel" is invited as a reply`},
		"a_variable_behind_a_mutating_word":   {"cy", "Diolch. Neges oddi wrth {{.specialist}}.", `variable specialist stands behind "wrth"`},
		"a_variable_behind_half_a_word":       {"cy", "Diolch. Neges i'w {{.specialist}}.", `variable specialist stands behind "w"`},
		"a_variable_behind_a_capital":         {"cy", "Diolch. Yn {{.specialist}} mae hi.", `variable specialist stands behind "Yn"`},
		"a_variable_behind_it_across_a_break": {"cy", "Diolch. Neges gan\n{{.specialist}}.", `variable specialist stands behind "gan"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			file := "active." + row.tag + ".toml"
			spoilt, found := replaceWords(string(s.translations[file].Data), "message.open", row.text)
			if !found {
				t.Fatal("message.open is not there")
			}
			s.translations[file] = &fstest.MapFile{Data: []byte(spoilt)}
			_, err := Load(s.catalogue, s.translations)
			if want := file + ": message.open: "; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v\nwant one that holds %q and %q", err, want, row.want)
			}
		})
	}
}

// replaceWords gives one key of a translation file other words.
func replaceWords(file, key, words string) (string, bool) {
	head, rest, found := strings.Cut(file, "[\""+key+"\"]\n")
	_, tail, _ := strings.Cut(rest, "\n")
	return head + fmt.Sprintf("[%q]\nother = %q\n", key, words) + tail, found
}

func TestLoadRefusesAReservedWordInATail(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.replace(t, "active.en.toml", "Reply 1 if that is OK, 2 if not.", "Reply 1 for yes, 2 for no.")
	_, err := Load(s.catalogue, s.translations)
	if err == nil || !strings.Contains(err.Error(), `reply.optin: "yes" is invited`) {
		t.Errorf("error %v", err)
	}
}

func TestLoadRefusesAnUnaskedTextThatDoesNotSayWhy(t *testing.T) {
	t.Parallel()
	for tag, phrase := range map[string]string{"en": "As you agreed, here", "cy": "Fel y cytunoch, dyma"} {
		s := newShelf(t)
		s.replace(t, "active."+tag+".toml", phrase, strings.ToUpper(phrase[:1])+"o")
		_, err := Load(s.catalogue, s.translations)
		if err == nil || !strings.Contains(err.Error(), "appointment.reminder: an unasked text says why it comes") {
			t.Errorf("%s: error %v", tag, err)
		}
	}
}

// TestWordingAllows holds the near misses: words that look forbidden and are not.
func TestWordingAllows(t *testing.T) {
	t.Parallel()
	rules, err := readWording(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a_start_in_small_letters":   "We start at 2pm.",
		"the_end_of_texts":           "To end these texts, write: no more texts",
		"a_word_inside_another":      "Stopping is fine, and helping too.",
		"welsh_end_of_another_word":  "unwaith eto, weithiau",
		"a_colon_before_a_variable":  "Lle: {{.specialist}}",
		"a_verb_before_a_variable":   "Bydd {{.specialist}} yn dod",
		"the_adverb_form_of_a_day":   "yn dal i fod {{.when.On}}",
		"figures_behind_a_mutation":  "tua {{.minutes}} munud",
		"a_comma_after_the_mutation": "yn, {{.specialist}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := Message{Vars: map[string]VarType{"specialist": VarString, "minutes": VarInt, "when": VarWhen}}
			faults := append(rules.forbidden(text), rules.invited(text, false)...)
			if faults = append(faults, rules.mutated(text, "cy", m)...); len(faults) > 0 {
				t.Errorf("refused: %v", faults)
			}
		})
	}
}

func TestMutationsOfAWelshWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"cost": "cost gost nghost chost", "pryder*": "pryder* bryder* mhryder* phryder*", "tabledi": "tabledi dabledi nhabledi thabledi",
		"budd": "budd fudd mudd", "diagnosis": "diagnosis ddiagnosis niagnosis", "gwaith": "gwaith waith ngwaith",
		"meddwl": "meddwl feddwl", "llad": "llad lad", "rhaid": "rhaid raid", "iechyd": "iechyd hiechyd", "swydd": "swydd", "chwaer": "chwaer",
	} {
		if got := strings.Join(mutations(word), " "); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}
