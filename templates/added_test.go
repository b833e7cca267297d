package templates

import (
	"strings"
	"testing"

	"alongside/conversations"
)

// A pathway brings its own words for danger in each language that it offers,
// also in one that is there as files alone.
func TestAPathwayOffersAddedLanguages(t *testing.T) {
	t.Parallel()
	way, err := Pathway("testdata/city.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if way.Reviewed {
		t.Error("words that nobody has read count as reviewed")
	}
	w := load(t)
	for _, tag := range []string{"pl", "ar"} {
		for _, key := range []string{"crisis.self", "crisis.overdose", "crisis.voices", "crisis.by_others", "crisis.other", "crisis.someone_else"} {
			got, err := w.Render(Request{Key: key, Language: tag, Channel: conversations.SMS, Crisis: way.Crisis})
			if err != nil || !strings.Contains(got.Text, "999") || got.Parts > 8 {
				t.Errorf("%s in %s: %d parts, %v", key, tag, got.Parts, err)
			}
		}
	}
}

// What a text of another language may not say is in a file of its own, and
// holds for that language alone.
func TestLoadRefusesWordingOfAnotherLanguage(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ from, to, want string }{
		"another_language":  {"[why]\npl = ", "[why]\ncy = ", "wording.pl.toml: why: cy: want the language of the file's name alone"},
		"a_list_left_out":   {"[why]\npl = ", "[mutatin]\npl = ", "wording.pl.toml: mutatin"},
		"an_empty_language": {"[blame]\npl = ", "[blame]\n# pl = ", "wording.pl.toml: blame: there are no words in pl"},
		"capitals":          {`"psych*"`, `"Psych*"`, `wording.pl.toml: lock_screen: pl: "Psych*": want words in lower case`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(t)
			s.replace(t, "wording.pl.toml", row.from, row.to)
			_, err := Load(s.catalogue, s.translations)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v\nwant one that holds %q", err, row.want)
			}
		})
	}
}

func TestLongestInALanguageThatNobodyCounted(t *testing.T) {
	t.Parallel()
	m := Message{Longest: map[string]int{"en": 2, "cy": 4}}
	for tag, want := range map[string]int{"en": 2, "cy": 4, "ar": 6} {
		if got := m.LongestIn(tag); got != want {
			t.Errorf("%s: %d parts, want %d", tag, got, want)
		}
	}
}
