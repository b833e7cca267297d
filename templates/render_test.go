package templates

import "testing"

func TestLoadEmbedded(t *testing.T) {
	t.Parallel()
	if _, err := LoadEmbedded(); err != nil {
		t.Fatal(err)
	}
}
