package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"alongside/conversations/understand"
)

//go:embed lexicon.*.toml
var lexiconFiles embed.FS

// loadLexicons compiles the lexicons of a folder, without what was learned.
func loadLexicons(files fs.FS) (*understand.Lexicons, error) {
	names, err := fs.Glob(files, "lexicon.*.toml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("load lexicons: no lexicon.<tag>.toml found: %w", errors.Join(err, fs.ErrNotExist))
	}
	var list []understand.Lexicon
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("load lexicon %s: %w", name, err)
		}
		var lex understand.Lexicon
		meta, err := toml.Decode(string(text), &lex)
		if err != nil {
			var parse toml.ParseError
			if errors.As(err, &parse) {
				return nil, fmt.Errorf("load lexicon %s: line %d: %s", name, parse.Position.Line, parse.Message)
			}
			return nil, fmt.Errorf("load lexicon %s: %w", name, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return nil, fmt.Errorf("load lexicon %s: unknown key %s", name, unknown[0])
		}
		if tag := strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "lexicon."), ".toml"); tag != lex.Language {
			return nil, fmt.Errorf("load lexicon %s: language is %q, the file name says %q", name, lex.Language, tag)
		}
		list = append(list, lex)
	}
	lexicons, err := understand.Compile(list)
	if err != nil {
		return nil, fmt.Errorf("load lexicons: %w", err)
	}
	return lexicons, nil
}
