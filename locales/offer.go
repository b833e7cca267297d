package locales

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Home are the languages of the country that the services are in. Their
// lexicons are read whatever a pathway offers, because people write in both,
// and what was learned from examples was learned of them. Serve warns of their
// words while nobody has signed them; it refuses any other language.
var Home = []string{"cy", "en"}

// Unsigned lists what must be signed before clients are offered a language,
// each with the file, the place in it and who signs there; nothing once all is
// signed, nor for a Home language. A language that lacks one of its two files
// is an error that names it.
func Unsigned(tag string) ([]string, error) {
	words, lexicon := "active."+tag+".toml", "lexicon."+tag+".toml"
	text, err := fs.ReadFile(Active, words)
	if err != nil {
		return nil, fmt.Errorf("language %q: there is no locales/%s", tag, words)
	}
	lex, err := readLexicon(lexiconFiles, tag)
	if err != nil {
		return nil, fmt.Errorf("language %q: there is no locales/%s that could be read: %w", tag, lexicon, err)
	}
	if slices.Contains(Home, tag) {
		return nil, nil
	}
	var head struct {
		Meta struct {
			ReviewedBy string `toml:"reviewed_by"`
		} `toml:"meta"`
	}
	if _, err := toml.Decode(string(text), &head); err != nil {
		return nil, fmt.Errorf("language %q: locales/%s: %w", tag, words, err)
	}
	var missing []string
	if strings.TrimSpace(head.Meta.ReviewedBy) == "" {
		missing = append(missing, "in locales/"+words+", reviewed_by: the name of a native speaker who has read every word")
	}
	if !lex.ReadByNativeSpeaker {
		missing = append(missing, "in locales/"+lexicon+", read_by_native_speaker = true: a native speaker who has read the file")
	}
	if !lex.ReadByClinician {
		missing = append(missing, "in locales/"+lexicon+", read_by_clinician = true: a clinician who has read its risk and safe patterns")
	}
	return missing, nil
}
