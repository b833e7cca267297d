package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// This file keeps how the tree is laid out; arrows_test.go keeps what may depend on what.

// maxLines is the length past which a hand-written Go file is refused. The house style says that a file past about 500
// lines is two things; the rest is room for finishing a thought before splitting it.
const maxLines = 600

// vague lists folder names that say nothing of the work: whatever has no other home ends up there.
var vague = []string{
	"util", "utils", "common", "helper", "helpers", "manager", "managers", "model", "models", "type", "types", "misc", "shared",
}

// topLevel lists what may stand at the root beside dot files: the five rooms and what tools insist on finding there.
var topLevel = []string{
	"bot", "conversations", "store", "templates", "locales",
	"go.mod", "go.sum", "Dockerfile", "README.md", "compose.yaml", "LICENSE", "CHANGELOG.md",
}

// TestTopLevel fails on anything at the root that was not agreed.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	ignored, err := os.ReadFile(filepath.Join(root(t), ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strangers(names, string(ignored)) {
		t.Errorf("%s stands at the top level, which holds only %s and dot files", name, strings.Join(topLevel, ", "))
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	names := []string{"bot", "go.mod", ".ci", "alongside.db", "Makefile", "cmd", "notes.db"}
	want := []string{"Makefile", "cmd", "notes.db"}
	if diff := cmp.Diff(want, strangers(names, "# left behind\n/alongside*\n*.db\n")); diff != "" {
		t.Errorf("strangers (-want +got):\n%s", diff)
	}
}

// TestFolderNames fails on a folder, or a package, whose name says nothing of the work.
func TestFolderNames(t *testing.T) {
	t.Parallel()
	for name, file := range goFiles(t) {
		for _, part := range append(strings.Split(path.Dir(name), "/"), file.syntax.Name.Name) {
			if slices.Contains(vague, part) {
				t.Errorf("%s: %q says nothing of the work; name the package for what it does", name, part)
			}
		}
	}
}

// TestFileLength fails on a hand-written file that is two things.
func TestFileLength(t *testing.T) {
	t.Parallel()
	for name, file := range goFiles(t) {
		if file.lines > maxLines && !ast.IsGenerated(file.syntax) {
			t.Errorf("%s has %d lines; past %d it is two things", name, file.lines, maxLines)
		}
	}
}

// TestPackageComments fails on a package that does not say what it is for.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	commented := map[string]bool{}
	for name, file := range goFiles(t) {
		if isTest(name) {
			continue
		}
		folder := path.Dir(name)
		commented[folder] = commented[folder] || file.syntax.Doc.Text() != ""
	}
	for _, folder := range slices.Sorted(maps.Keys(commented)) {
		if !commented[folder] {
			t.Errorf("%s has no package comment: what is it for, and what does it never do?", folder)
		}
	}
}

// TestSkipsHaveReasons fails on a test that leaves itself out without saying why.
func TestSkipsHaveReasons(t *testing.T) {
	t.Parallel()
	for name, file := range goFiles(t) {
		for _, fault := range silentSkips(file.syntax) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

func TestSilentSkips(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		source string
		want   int
	}{
		"no_reason":       {`import "testing"; func TestX(t *testing.T) { t.Skip() }`, 1},
		"empty_reason":    {`import "testing"; func TestX(t *testing.T) { t.Skip("") }`, 1},
		"skip_now":        {`import "testing"; func TestX(t *testing.T) { t.SkipNow() }`, 1},
		"in_a_benchmark":  {`import "testing"; func BenchmarkX(b *testing.B) { b.Skip() }`, 1},
		"in_a_subtest":    {`import "testing"; func TestX(t *testing.T) { t.Run("x", func(s *testing.T) { s.Skip() }) }`, 1},
		"behind_testing":  {`import "testing"; func need(tb testing.TB) { tb.SkipNow() }`, 1},
		"with_a_reason":   {`import "testing"; func TestX(t *testing.T) { t.Skip("redis-server is not installed") }`, 0},
		"skipf":           {`import "testing"; func TestX(t *testing.T) { t.Skipf("%s is not installed", "x") }`, 0},
		"another_skipper": {`func f(dec interface{ Skip() error }) error { return dec.Skip() }`, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := silentSkips(parse(t, row.source)); len(got) != row.want {
				t.Errorf("faults %q, want %d", got, row.want)
			}
		})
	}
}

// strangers returns the names that are neither agreed, nor dot files, nor left behind by a run: matched by a pattern of
// .gitignore that begins with a slash.
func strangers(names []string, gitignore string) []string {
	var found []string
	for _, name := range names {
		ignored := slices.ContainsFunc(strings.Split(gitignore, "\n"), func(line string) bool {
			pattern, anchored := strings.CutPrefix(strings.TrimSpace(line), "/")
			matches, err := path.Match(pattern, name)
			return anchored && err == nil && matches
		})
		if !ignored && !strings.HasPrefix(name, ".") && !slices.Contains(topLevel, name) {
			found = append(found, name)
		}
	}
	return found
}

// silentSkips returns a sentence for every Skip without a reason and every SkipNow, which cannot give one.
func silentSkips(file *ast.File) []string {
	testers := map[string]bool{} // the parameters of a type of package testing
	ast.Inspect(file, func(n ast.Node) bool {
		function, ok := n.(*ast.FuncType)
		if !ok {
			return true
		}
		for _, field := range function.Params.List {
			kind := field.Type
			if star, ok := kind.(*ast.StarExpr); ok {
				kind = star.X
			}
			if selector, ok := kind.(*ast.SelectorExpr); ok && fmt.Sprint(selector.X) == "testing" {
				for _, name := range field.Names {
					testers[name.Name] = true
				}
			}
		}
		return true
	})
	var faults []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		receiver, ok := selector.X.(*ast.Ident)
		if !ok || !testers[receiver.Name] {
			return true
		}
		switch selector.Sel.Name {
		case "SkipNow":
			faults = append(faults, receiver.Name+".SkipNow cannot say why: use Skip with a reason")
		case "Skip", "Skipf":
			if len(call.Args) == 0 || isEmptyString(call.Args[0]) {
				faults = append(faults, receiver.Name+"."+selector.Sel.Name+" gives no reason")
			}
		}
		return true
	})
	return faults
}

func isEmptyString(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && literal.Kind == token.STRING && strings.Trim(literal.Value, "\"` ") == ""
}

// A goFile is a file of the tree, parsed with its comments.
type goFile struct {
	syntax *ast.File
	lines  int
}

// goFiles reads every Go file of the module, whatever its build tags, by its path from the root, with slashes. What Go
// itself leaves out (testdata, names that begin with a dot or an underscore) is left out.
func goFiles(t *testing.T) map[string]goFile {
	t.Helper()
	top := root(t)
	files := map[string]goFile{}
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		skipped := name != top && strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
		if entry.IsDir() {
			if skipped || base == "testdata" || base == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if skipped || filepath.Ext(base) != ".go" {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(top, name)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(relative)] = goFile{syntax: syntax, lines: set.File(syntax.FileStart).LineCount()}
		return nil
	})
	if err != nil {
		t.Fatalf("read the tree: %v", err)
	}
	return files
}

// root returns the folder that holds go.mod.
func root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("..") // A test runs in the folder of its package, which is bot.
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "go.mod")); err != nil {
		t.Fatalf("find the root: %v", err)
	}
	return folder
}

var namedTest = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9]*)`")

// TestDocumentsNameTestsThatAreThere holds what .github says of the tests: a safety
// case that names a test nobody has is worse than none.
func TestDocumentsNameTestsThatAreThere(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, file := range goFiles(t) {
		for _, d := range file.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				have[f.Name.Name] = true
			}
		}
	}
	documents, err := filepath.Glob(filepath.Join(root(t), ".github", "*.md"))
	if err != nil || len(documents) < 4 {
		t.Fatalf("%d documents (%v)", len(documents), err)
	}
	for _, name := range documents {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range namedTest.FindAllSubmatch(text, -1) {
			if !have[string(m[1])] {
				t.Errorf("%s names %s, and there is no such test", filepath.Base(name), m[1])
			}
		}
	}
}
