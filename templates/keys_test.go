package templates

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// unsaid are messages that no conversation says yet, and why they are here.
var unsaid = map[string]string{}

// conversationStrings lists every string that stands in the code of package
// conversations, tests left out.
func conversationStrings(t *testing.T) map[string]bool {
	t.Helper()
	const folder = "../conversations"
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), folder+"/"+entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					found[text] = true
				}
			}
			return true
		})
	}
	return found
}

// TestEveryMessageIsSaid: a message that no conversation says is unreachable.
// Some keys are put together there: with a place "_at", without names "_found",
// and by reading hours ".open", ".late" or ".later".
func TestEveryMessageIsSaid(t *testing.T) {
	t.Parallel()
	found := conversationStrings(t)
	for _, m := range load(t).Messages() {
		said := found[m.Key]
		for _, ending := range []string{"_at", "_found", ".open", ".late", ".later"} {
			if base, ok := strings.CutSuffix(m.Key, ending); ok {
				said = said || found[base]
			}
		}
		if _, waits := unsaid[m.Key]; said == waits {
			t.Errorf("%s: said by a conversation: %t, listed as unsaid: %t", m.Key, said, waits)
		}
	}
}

// TestEveryKeyThatIsSaidHasWords: what looks like a key in package
// conversations is one.
func TestEveryKeyThatIsSaidHasWords(t *testing.T) {
	t.Parallel()
	w := load(t)
	groups := map[string]bool{}
	for _, m := range w.Messages() {
		group, _, dotted := strings.Cut(m.Key, ".")
		groups[group] = groups[group] || dotted
	}
	dotted := regexp.MustCompile(`^([a-z_]+)\.[a-z_]+$`)
	for text := range conversationStrings(t) {
		match := dotted.FindStringSubmatch(text)
		if match == nil || !groups[match[1]] {
			continue
		}
		if m, ok := w.messages[text]; !ok || m.Piece {
			t.Errorf("conversations says %q, and the catalogue has no such message", text)
		}
	}
}
