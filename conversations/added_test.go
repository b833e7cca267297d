package conversations_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"alongside/locales"

	"github.com/google/go-cmp/cmp"
)

// TestAddedLanguages holds conversations in languages that were added by files
// alone, each with the lexicons of what its pathway offers.
func TestAddedLanguages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/added/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d dialogues found: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var offered []string
			for line := range strings.Lines(string(want)) {
				if tags, ok := strings.CutPrefix(line, "languages "); ok {
					offered = strings.Fields(tags)
				}
			}
			lexicons, err := locales.Lexicons(offered...)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want), lexicons)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the dialogue went another way (-want +got):\n%s", diff)
			}
		})
	}
}
