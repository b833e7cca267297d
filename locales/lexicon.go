package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/BurntSushi/toml"

	"alongside/conversations/understand"
)

//go:embed lexicon.*.toml
var lexiconFiles embed.FS

// loadLexicons compiles the lexicons of some languages, each named once or
// more, without what was learned.
func loadLexicons(files fs.FS, tags []string) (*understand.Lexicons, error) {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	var list []understand.Lexicon
	for _, tag := range slices.Compact(tags) {
		lex, err := readLexicon(files, tag)
		if err != nil {
			return nil, err
		}
		list = append(list, lex)
	}
	lexicons, err := understand.Compile(list)
	if err != nil {
		return nil, fmt.Errorf("load lexicons: %w", err)
	}
	return lexicons, nil
}

// readLexicon reads one file strictly.
func readLexicon(files fs.FS, tag string) (understand.Lexicon, error) {
	var lex understand.Lexicon
	name := "lexicon." + tag + ".toml"
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return lex, fmt.Errorf("load lexicon %s: %w", name, err)
	}
	meta, err := toml.Decode(string(text), &lex)
	if err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return lex, fmt.Errorf("load lexicon %s: line %d: %s", name, parse.Position.Line, parse.Message)
		}
		return lex, fmt.Errorf("load lexicon %s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return lex, fmt.Errorf("load lexicon %s: unknown key %s", name, unknown[0])
	}
	if lex.Language != tag {
		return lex, fmt.Errorf("load lexicon %s: language is %q, the file name says %q", name, lex.Language, tag)
	}
	return lex, nil
}
