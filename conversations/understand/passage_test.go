package understand

import (
	"strings"
	"testing"
)

func TestPassages(t *testing.T) {
	t.Parallel()
	word := func(n int) string { return strings.TrimSpace(strings.Repeat("bus ", n)) }
	for _, row := range []struct {
		name  string
		text  string
		want  int
		words int // of the last
	}{
		{"short_text_has_none", word(longFrom - 1), 0, 0},
		{"long_text_overlaps", word(longFrom), 2, passageWords},
		{"last_passage_is_whole", word(33), 4, passageWords},
		{"no_more_than_the_bound", word(1000), mostPassages, passageWords},
		{"bytes_that_are_no_letters", "\xff " + word(longFrom), 2, passageWords},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := passages(row.text)
			if len(got) != row.want {
				t.Fatalf("%d passages, want %d", len(got), row.want)
			}
			if row.want > 0 && len(strings.Fields(got[len(got)-1])) != row.words {
				t.Errorf("the last passage is %q", got[len(got)-1])
			}
		})
	}
}
