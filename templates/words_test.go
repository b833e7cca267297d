package templates

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"alongside/locales"
)

// embedded are the embedded words, read once: they never change.
var embedded = sync.OnceValues(LoadEmbedded)

// load gives the embedded words; the tests that change them use a shelf.
func load(t testing.TB) *Words {
	t.Helper()
	w, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// shelf is a copy of the embedded catalogue and translations that a test may
// spoil.
type shelf struct{ catalogue, translations fstest.MapFS }

func newShelf(t *testing.T) shelf {
	t.Helper()
	return shelf{copyFS(t, catalogue), copyFS(t, locales.Active)}
}

func copyFS(t *testing.T, from fs.FS) fstest.MapFS {
	t.Helper()
	to := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(from, name)
		to[name] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// replace changes one place of one file; a place that is not there fails, so
// that no row spoils nothing.
func (s shelf) replace(t *testing.T, file, from, to string) {
	t.Helper()
	fsys := s.catalogue
	if strings.HasPrefix(file, "active.") {
		fsys = s.translations
	}
	before := string(fsys[file].Data)
	if strings.Count(before, from) < 1 {
		t.Fatalf("%s does not hold %q", file, from)
	}
	fsys[file].Data = []byte(strings.Replace(before, from, to, 1))
}

func TestLoadTakesTheEmbeddedWords(t *testing.T) {
	t.Parallel()
	w := load(t)
	if got := strings.Join(w.Languages(), " "); got != "ar cy en pl" {
		t.Errorf("languages %q, want ar, cy, en and pl", got)
	}
	if len(w.Messages()) < 40 {
		t.Errorf("only %d messages", len(w.Messages()))
	}
}

func TestUnreviewedNamesTheLanguagesThatNobodyHasRead(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.replace(t, "active.en.toml", `reviewed_by = ""`, `reviewed_by = "A. Reader"`)
	w, err := Load(s.catalogue, s.translations)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.Unreviewed(), " "); got != "ar cy pl" {
		t.Errorf("unreviewed %q, want ar, cy and pl", got)
	}
}

// TestLoadRefuses spoils one place at a time: each row is one rule of the
// words, seen to fail.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	const (
		confirmed   = `["appointment.confirmed"]`
		enConfirmed = `other = "Thank you, that is confirmed. You are meeting {{.specialist}} {{.when.On}}."`
		cyConfirmed = `other = "Diolch, mae hynny wedi'i gadarnhau. Mae {{.specialist}} yn cwrdd â chi {{.when.On}}."`
	)
	for name, row := range map[string]struct {
		file, from, to string
		want           string // in the error
	}{
		"a_translation_that_is_missing": {
			"active.cy.toml", confirmed + "\n" + cyConfirmed, "",
			"active.cy.toml: appointment.confirmed: translation is missing",
		},
		"a_translation_that_nothing_uses": {
			"active.cy.toml", confirmed, "[\"no.such\"]\nother = \"x\"\n" + confirmed,
			"active.cy.toml: no.such: translation is unused",
		},
		"a_blank_translation": {
			"active.en.toml", enConfirmed, `other = " "`,
			"active.en.toml: appointment.confirmed: other is blank",
		},
		"an_empty_translation": {
			"active.en.toml", enConfirmed, `other = ""`,
			"active.en.toml: appointment.confirmed: other is missing",
		},
		"space_at_an_end": {
			"active.en.toml", enConfirmed, strings.Replace(enConfirmed, "On}}.", "On}}. ", 1),
			"appointment.confirmed: other is blank or has space at an end",
		},
		"a_variable_that_is_missing": {
			"active.en.toml", enConfirmed, `other = "You are meeting {{.specialist}}."`,
			"active.en.toml: appointment.confirmed: other: variable when is missing",
		},
		"an_unknown_variable": {
			"active.en.toml", enConfirmed, `other = "You are meeting {{.specialist}} {{.when}} {{.place}}."`,
			"appointment.confirmed: other: unknown variable place",
		},
		"a_form_that_a_name_does_not_have": {
			"active.en.toml", enConfirmed, `other = "You are meeting {{.specialist.On}} {{.when}}."`,
			"variable specialist has no form On",
		},
		"an_unknown_form_of_a_moment": {
			"active.en.toml", enConfirmed, `other = "You are meeting {{.specialist}} {{.when.At}}."`,
			"variable when has no form At",
		},
		"a_condition_in_a_text": {
			"active.en.toml", enConfirmed, `other = "{{if .specialist}}{{.specialist}} {{.when}}{{end}}"`,
			"is not a plain variable",
		},
		"a_function_in_a_text": {
			"active.en.toml", enConfirmed, `other = "{{.specialist}} {{.when}} {{print 1}}"`,
			`function "print" not defined`,
		},
		"a_chain_in_a_text": {
			"active.en.toml", enConfirmed, `other = "{{.specialist}} {{.when.On.Deeper}}"`,
			"is not a plain variable",
		},
		"a_pipe_in_a_text": {
			"active.en.toml", enConfirmed, `other = "{{.specialist}} {{.when | len}}"`,
			`function "len" not defined`,
		},
		"a_template_that_does_not_parse": {
			"active.en.toml", enConfirmed, `other = "{{.specialist} {{.when}}"`,
			"active.en.toml: appointment.confirmed: other:",
		},
		"a_plural_form_that_is_missing": {
			"active.cy.toml", "many = \"Bydd yn para tua {{.minutes}} munud.\"\n", "",
			"active.cy.toml: appointment.minutes: many is missing",
		},
		"a_plural_form_that_english_does_not_have": {
			"active.en.toml", `one = "It will take`, "two = \"{{.minutes}}\"\none = \"It will take",
			"appointment.minutes: two is not a form that this message takes in en",
		},
		"a_plural_form_where_nothing_counts": {
			"active.cy.toml", cyConfirmed, "one = \"x\"\n" + cyConfirmed,
			"appointment.confirmed: one is not a form that this message takes in cy",
		},
		"an_unknown_field_of_a_translation": {
			"active.cy.toml", cyConfirmed, "othr = \"x\"\n" + cyConfirmed,
			"active.cy.toml: appointment.confirmed: othr: unknown field",
		},
		"an_unknown_field_of_the_head": {
			"active.cy.toml", `reviewed_by = ""`, "reviewed_by = \"\"\nreviewer = \"\"",
			"active.cy.toml: meta: reviewer: unknown field",
		},
		"a_head_without_reviewer": {
			"active.cy.toml", `reviewed_by = ""`, "",
			"active.cy.toml: meta: reviewed_by is missing",
		},
		"a_head_that_is_missing": {
			"active.cy.toml", "[meta]\nreviewed_by = \"\"", "",
			"active.cy.toml: meta: the table with reviewed_by is missing",
		},
		"words_that_are_no_table": {
			"active.cy.toml", "[meta]", "loose = \"x\"\n[meta]",
			"active.cy.toml: loose: want a table of words",
		},
		"broken_toml_with_its_line": {
			"active.cy.toml", cyConfirmed, `other = "`,
			"active.cy.toml:",
		},
		"a_key_that_is_there_twice": {
			"active.en.toml", confirmed, confirmed + "\nother = \"x\"\n" + confirmed,
			"active.en.toml:",
		},
		"a_calendar_with_six_days": {
			"active.cy.toml", "Sul, ", "",
			"active.cy.toml: calendar.weekdays: want the 7 names",
		},
		"a_calendar_with_eleven_months": {
			"active.en.toml", ", December", "",
			"active.en.toml: calendar.months: want the 12 names",
		},
		"words_for_what_the_pathway_says": {
			"active.en.toml", confirmed, "[\"crisis.self\"]\nother = \"x\"\n" + confirmed,
			"active.en.toml: crisis.self: its words are the pathway's",
		},

		"an_unknown_field_of_the_catalogue": {
			"messages/appointment.toml", "options = ", "optoins = ",
			"messages/appointment.toml: appointment.reminder: optoins: unknown field",
		},
		"a_message_without_purpose": {
			"messages/safety.toml", `purpose = "Answers a person who is low`, `purpose = "" # "`,
			"messages/safety.toml: distress.open: purpose is missing",
		},
		"an_unknown_type": {
			"messages/handed_over.toml", `specialist = "string"`, `specialist = "text"`,
			`handed_over.open: variable specialist: unknown type "text"`,
		},
		"an_unknown_choice": {
			"messages/appointment.toml", `"cannot"`, `"perhaps"`,
			`unknown choice "perhaps"`,
		},
		"options_without_a_tail": {
			"messages/optin.toml", `tail = "reply.optin"`, "",
			"optin.question: options and tail belong together",
		},
		"a_tail_that_is_no_piece": {
			"messages/optin.toml", `tail = "reply.optin"`, `tail = "optin.thanks"`,
			`optin.question: tail: there is no piece "optin.thanks"`,
		},
		"a_piece_that_nothing_uses": {
			"messages/pieces.toml", `["greeting"]`, "[\"reply.lost\"]\npiece = true\npurpose = \"x\"\n[\"greeting\"]",
			"reply.lost: no message uses this piece",
		},
		"a_choice_without_a_label": {
			"messages/pieces.toml", `["choice.keep"]`, `["choice.kept"]`,
			"choice.keep: this piece is missing",
		},
		"a_message_without_longest": {
			"messages/strangers.toml", "longest = { en = 1, cy = 2 }", "",
			"unknown_sender: longest is missing",
		},
		"a_language_without_longest": {
			"messages/strangers.toml", "longest = { en = 1, cy = 2 }", "longest = { en = 1 }",
			"unknown_sender: longest: the number of parts in cy is missing",
		},
		"longest_in_a_language_that_is_not_there": {
			"messages/strangers.toml", "longest = { en = 1,", "longest = { en = 1, gd = 1,",
			"unknown_sender: longest: there are no words in gd",
		},
		"a_key_in_two_files": {
			"messages/strangers.toml", `["link.ask"]`, "[\"help\"]\npurpose = \"x\"\nlongest = { en = 1, cy = 1 }\n[\"link.ask\"]",
			"help: is already in messages/handed_over.toml",
		},
		"a_name_that_is_declared": {
			"messages/optin.toml", `vars = { specialist = "string" }`, `vars = { specialist = "string", name = "string" }`,
			"variable name: write greeted = true instead",
		},
		"an_addition_without_its_piece": {
			"messages/appointment.toml", `adds = { minutes = "appointment.minutes" }`, `adds = { minutes = "appointment.hours" }`,
			`adds minutes: there is no piece "appointment.hours"`,
		},
		"a_plural_that_counts_nothing": {
			"messages/pieces.toml", `plural = "minutes"`, `plural = "hours"`,
			"appointment.minutes: plural:",
		},
		"a_piece_that_is_sent": {
			"messages/pieces.toml", "piece = true", "piece = true\nunasked = true",
			"greeting: a piece has only purpose, vars and plural",
		},
		"pathway_words_with_variables": {
			"messages/safety.toml", "from_pathway = true", "from_pathway = true\nvars = { day = \"day\" }",
			"crisis.self: the pathway's words are sent as they stand",
		},
		"an_unknown_list_of_wording": {
			"wording.toml", "[alarm]", "[alarms]",
			"wording.toml: alarms",
		},
		"a_list_of_wording_that_is_missing": {
			"wording.toml", "[alarm]", "[alarms]",
			"wording.toml: alarm: this list is missing",
		},
		"an_entry_of_wording_in_capitals": {
			"wording.toml", `"nhs"`, `"NHS"`,
			`wording.toml: lock_screen: en: "NHS": want words in lower case`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.replace(t, row.file, row.from, row.to)
			_, err := Load(s.catalogue, s.translations)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v\nwant one that holds %q", err, row.want)
			}
		})
	}
}

func TestLoadReportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.replace(t, "active.cy.toml", `["help"]`, `["halp"]`)
	s.replace(t, "active.en.toml", "{{.specialist}} can keep in touch", "Sam can keep in touch")
	s.replace(t, "messages/safety.toml", `purpose = "Answers a person who is low`, `purpose = "" # "`)
	_, err := Load(s.catalogue, s.translations)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"active.cy.toml: help: translation is missing", "active.cy.toml: halp: translation is unused",
		"active.en.toml: optin.declined: other: variable specialist is missing",
		"messages/safety.toml: distress.open: purpose is missing",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not hold %q", want)
		}
	}
}

func TestLoadRefusesEmptyFolders(t *testing.T) {
	t.Parallel()
	_, err := Load(fstest.MapFS{}, fstest.MapFS{})
	for _, want := range []string{"no catalogue file", "wording.toml", "no translation"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant one that holds %q", err, want)
		}
	}
}

func TestLoadTakesAnotherLanguage(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.translations["active.sl.toml"] = s.translations["active.en.toml"]
	_, err := Load(s.catalogue, s.translations)
	// Slovene has four plural forms, and English gives it two; nothing says what
	// it may not say.
	for _, want := range []string{
		"active.sl.toml: appointment.minutes: few is missing", "active.sl.toml: appointment.minutes: two is missing",
		"wording.sl.toml: lock_screen: there are no words in sl",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not hold %q", want)
		}
	}
}

func TestWelshHasSixPluralForms(t *testing.T) {
	t.Parallel()
	w := load(t)
	cy := pluralForms(w.voices["cy"].tag)
	if len(cy) != 6 {
		t.Errorf("%d plural forms in Welsh, want 6", len(cy))
	}
	if en := pluralForms(w.voices["en"].tag); len(en) != 2 {
		t.Errorf("%d plural forms in English, want 2", len(en))
	}
}
