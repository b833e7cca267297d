package templates_test

import (
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/templates"
)

// The pages say the same in every language, and every key that a page asks for
// is there.
func TestPageWords(t *testing.T) {
	t.Parallel()
	words, err := templates.LoadPageWords()
	if err != nil {
		t.Fatal(err)
	}
	if got := words.Languages(); !slices.Equal(got, []string{"cy", "en"}) {
		t.Fatalf("languages %q", got)
	}
	keys := words.Keys("en")
	if diff := cmp.Diff(keys, words.Keys("cy")); diff != "" || len(keys) == 0 {
		t.Errorf("keys (-en +cy):\n%s", diff)
	}
	for _, tag := range words.Languages() {
		for _, key := range keys {
			// Every variable that a page may give, so that none can be missing; a number
			// for those that have forms for it.
			vars := []any{
				"since", "x", "day", "x", "time", "x", "name", "x", "from", "x", "to", "x", "what", "x", "code", "x", "language", "x", "by", "x",
				"n", 2, "all", 3, "moment", "x", "duty", "x", "type", "x", "until", "x", "quarter", "x",
			}
			_, err := words.Say(tag, key, vars...)
			if err != nil {
				_, err = words.Say(tag, key, append(vars, "count", 2)...)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	if said, err := words.Say("en", "lasts.days"); err == nil {
		t.Errorf("a sentence without its number was said: %q", said)
	}
	if _, err := words.Say("en", "no.such_key"); err == nil {
		t.Error("a key that is not there was said")
	}
	asked := regexp.MustCompile(`\bt "([^"]+)"`)
	pages, err := fs.Glob(templates.Console, "console/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages (%v)", len(pages), err)
	}
	for _, page := range pages {
		text, err := fs.ReadFile(templates.Console, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllSubmatch(text, -1) {
			if key := string(m[1]); !slices.Contains(keys, key) {
				t.Errorf("%s asks for %s, which has no words", page, key)
			}
		}
	}
}
