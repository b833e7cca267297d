package conversations_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"alongside/conversations"
)

func (s *stage) see(kind string) {
	if s.seen != nil {
		s.seen[kind] = true
	}
}

// effectTypes lists the types that are effects.
func effectTypes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "effect" {
				continue
			}
			if id, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				types = append(types, "conversations."+id.Name)
			}
		}
	}
	return types
}

// raisedElsewhere are the reasons that no turn of a conversation gives, and who
// gives them.
var raisedElsewhere = map[conversations.FlagReason]string{
	conversations.FlagTurnFailed: "bot/turn, where a turn could not be taken",
}

// TestDialoguesCoverEverything: each kind of event comes into at least one
// dialogue, and each kind of effect, each reason of a flag and each kind of
// question out of one; and the two languages both have their dialogues.
func TestDialoguesCoverEverything(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	lexicons, seen, welsh := loadLexicons(t), map[string]bool{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t, lexicons)
		s.seen = seen
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
				s.line(t, line)
			}
		}
		if base := filepath.Base(file); strings.Contains(base, "welsh") || strings.HasPrefix(base, "mixed_") {
			welsh++
		}
	}
	for _, k := range conversations.EventKinds {
		if !seen[string(k)] {
			t.Errorf("event %s comes into no dialogue", k)
		}
	}
	effects := effectTypes(t)
	if len(effects) < 10 {
		t.Fatalf("found only %d effects", len(effects))
	}
	for _, e := range effects {
		if !seen[e] {
			t.Errorf("effect %s comes out of no dialogue", e)
		}
	}
	for _, r := range conversations.FlagReasons {
		switch said := seen["flag "+string(r)]; {
		case raisedElsewhere[r] != "" && said:
			t.Errorf("flag %s is raised here and said to be raised elsewhere", r)
		case raisedElsewhere[r] == "" && !said:
			t.Errorf("flag %s is raised in no dialogue", r)
		}
	}
	for _, k := range conversations.QuestionKinds {
		if !seen["question "+string(k)] {
			t.Errorf("question %s is put in no dialogue", k)
		}
	}
	if welsh < 20 {
		t.Errorf("%d dialogues are Welsh or mixed, want 20 at least", welsh)
	}
}
