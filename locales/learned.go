package locales

import (
	_ "embed"
	"fmt"
	"slices"

	"alongside/conversations/understand"
)

// What was learned from the labelled examples in examples/ and how the
// lexicons read them. A test says when it is no longer that of the files
// beside it; go generate makes it anew, and learned.txt with its figures. It
// is a file because learning takes seconds and reading it a millisecond, and
// every command and every test begins with it.
//
//go:generate go test . -run TestLearnedIsCurrent -update -timeout 60m

//go:embed learned.bin
var learnedFile []byte

// Lexicons loads the lexicons of the Home languages and of those that are
// offered besides, compiles them, and adds what was learned from examples. A
// language that is not offered is not loaded: its words would change how the
// others are read (Polish "no" is a yes). It is strict: a language without a
// lexicon, an unknown key, a key or a word that is there twice, an empty entry,
// or a tag that is not the file's is an error that names the file and the line
// or key.
func Lexicons(offered ...string) (*understand.Lexicons, error) {
	lexicons, err := loadLexicons(lexiconFiles, slices.Concat(Home, offered))
	if err != nil {
		return nil, err
	}
	learned, err := understand.DecodeLearned(learnedFile)
	if err != nil {
		return nil, fmt.Errorf("load learned.bin: %w", err)
	}
	return lexicons.With(learned), nil
}
