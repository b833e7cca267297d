package locales

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLexiconsLoad(t *testing.T) {
	t.Parallel()
	if _, err := Lexicons(); err != nil {
		t.Fatal(err)
	}
}

func TestLexiconFaultsAreNamed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, file, text, want string }{
		{"unknown_key", "lexicon.en.toml", "language = \"en\"\nwrods = 1\n", "lexicon.en.toml: unknown key wrods"},
		{"key_twice", "lexicon.en.toml", "language = \"en\"\nlanguage = \"en\"\n", "lexicon.en.toml: line 2"},
		{"another_tag", "lexicon.cy.toml", "language = \"en\"\n", "lexicon.cy.toml: language is \"en\""},
		{"empty_entry", "lexicon.en.toml", "language = \"en\"\nfillers = []\n", "lexicon.en.toml: fillers: is empty"},
		{"word_twice", "lexicon.en.toml", "language = \"en\"\nfillers = [\"a\", \"A\"]\n", "lexicon.en.toml: fillers: \"A\" is there twice"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tag := strings.Split(row.file, ".")[1]
			_, err := loadLexicons(fstest.MapFS{row.file: {Data: []byte(row.text)}}, []string{tag})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
	if _, err := loadLexicons(fstest.MapFS{}, []string{"en"}); err == nil {
		t.Error("a lexicon that is not there is no error")
	}
}
