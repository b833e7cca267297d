package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Words is the catalogue with its words in every language. It is read once and
// never changes: any number of goroutines may use it.
type Words struct {
	messages map[string]Message
	voices   map[string]voice
	wording  wording
}

// voice speaks one language.
type voice struct {
	tag        language.Tag
	localizer  *i18n.Localizer
	calendar   calendar
	reviewedBy string
}

// Load reads the catalogue (messages/*.toml and wording.toml in catalogue) and
// the words (active.<tag>.toml in translations). Every fault is reported, all
// joined, each with its file and key: an unknown field, a translation that is
// missing, unused or blank, a plural form that is missing or too many, a
// variable that is missing or unknown, a word that wording.toml forbids.
func Load(catalogue, translations fs.FS) (*Words, error) {
	messages, err := readCatalogue(catalogue)
	faults := []error{err}
	rules, err := readWording(catalogue)
	faults = append(faults, err)
	files, err := fs.Glob(translations, "active.*.toml")
	if err != nil || len(files) == 0 {
		faults = append(faults, errors.New("locales: no translation (active.<tag>.toml)"))
	}

	w := &Words{messages: messages, voices: map[string]voice{}, wording: rules}
	bundle := i18n.NewBundle(language.English)
	for _, file := range files {
		raw, err := fs.ReadFile(translations, file)
		if err != nil {
			faults = append(faults, fmt.Errorf("read %s: %w", file, err))
			continue
		}
		t, err := readTranslation(file, raw)
		faults = append(faults, err, t.check(messages), t.checkWording(messages, rules))
		if err := bundle.AddMessages(t.tag, t.messages()...); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
			continue
		}
		v := voice{
			tag:        t.tag,
			localizer:  i18n.NewLocalizer(bundle, t.tag.String()),
			reviewedBy: t.reviewedBy,
		}
		v.calendar, err = newCalendar(t.forms[pieceWeekdays].Other, t.forms[pieceMonths].Other)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
		w.voices[t.tag.String()] = v
	}
	if len(rules.why) > 0 { // else its own fault says why it could not be read
		faults = append(faults, rules.file.checkLanguages(w.Languages())...)
	}
	counted := countedLanguages(messages)
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		faults = append(faults, checkLongest(messages[key], w.Languages(), counted))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return w, nil
}

// Languages lists the tags of the languages that there are words in, sorted.
func (w *Words) Languages() []string { return slices.Sorted(maps.Keys(w.voices)) }

// Unreviewed lists the languages whose words no native speaker has read yet,
// sorted. Serve says so at its start.
func (w *Words) Unreviewed() []string {
	var tags []string
	for _, tag := range w.Languages() {
		if w.voices[tag].reviewedBy == "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Messages lists the catalogue's messages, without the pieces, sorted by key.
func (w *Words) Messages() []Message {
	var list []Message
	for _, key := range slices.Sorted(maps.Keys(w.messages)) {
		if !w.messages[key].Piece {
			list = append(list, w.messages[key])
		}
	}
	return list
}

// strict is the parser of every translation. go-i18n keeps the result of the
// first parse, so one lax call anywhere would make a missing variable print
// "<no value>" for as long as the process lives.
var strict = &template.TextParser{Option: "missingkey=error"}

// speak is the one place that asks go-i18n for words. An answer in another
// language than the voice's own is an error.
func (v voice) speak(key string, vars map[string]any, pluralCount any) (string, error) {
	text, tag, err := v.localizer.LocalizeWithTag(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: vars, PluralCount: pluralCount, TemplateParser: strict,
	})
	if err != nil {
		return "", fmt.Errorf("words of %s in %s: %w", key, v.tag, err)
	}
	if tag != v.tag {
		return "", fmt.Errorf("words of %s in %s: only there in %s", key, v.tag, tag)
	}
	return text, nil
}

// translation is one file of words.
type translation struct {
	file       string
	tag        language.Tag
	reviewedBy string
	forms      map[string]forms
}

// forms are the words of one key: Other alone, or one for each plural form of
// the language.
type forms struct {
	// Description is a note to the translator; it is never shown.
	Description string `toml:"description"`
	Zero        string `toml:"zero"`
	One         string `toml:"one"`
	Two         string `toml:"two"`
	Few         string `toml:"few"`
	Many        string `toml:"many"`
	Other       string `toml:"other"`
}

// meta is the head of a translation file.
type meta struct {
	// ReviewedBy is the native speaker who has read the file; empty means nobody yet.
	ReviewedBy *string `toml:"reviewed_by"`
}

// readTranslation reads one file strictly.
func readTranslation(file string, raw []byte) (translation, error) {
	t := translation{file: file, forms: map[string]forms{}}
	tag, err := language.Parse(languageOf(file))
	if err != nil {
		return t, fmt.Errorf("%s: the name holds no language tag: %w", file, err)
	}
	t.tag = tag
	var tables map[string]toml.Primitive
	md, err := toml.Decode(string(raw), &tables)
	if err != nil {
		return t, tomlFault(file, err)
	}
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(tables)) {
		var err error
		if key == "meta" {
			var m meta
			if err = md.PrimitiveDecode(tables[key], &m); err == nil && m.ReviewedBy != nil {
				t.reviewedBy = *m.ReviewedBy
			} else {
				faults = append(faults, fmt.Errorf("%s: meta: reviewed_by is missing (write \"\" for nobody yet)", file))
			}
		} else {
			var f forms
			err = md.PrimitiveDecode(tables[key], &f)
			t.forms[key] = f
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s: want a table of words", file, key))
		}
	}
	if _, ok := tables["meta"]; !ok {
		faults = append(faults, fmt.Errorf("%s: meta: the table with reviewed_by is missing", file))
	}
	for _, key := range md.Undecoded() {
		faults = append(faults, fmt.Errorf("%s: %s: unknown field", file, keyPath(key)))
	}
	return t, errors.Join(faults...)
}

// messages gives the words in the form that go-i18n takes.
func (t translation) messages() []*i18n.Message {
	list := make([]*i18n.Message, 0, len(t.forms))
	for key, f := range t.forms {
		list = append(list, &i18n.Message{
			ID: key, Zero: f.Zero, One: f.One, Two: f.Two, Few: f.Few, Many: f.Many, Other: f.Other,
		})
	}
	return list
}

// check compares the words with the catalogue.
func (t translation) check(all map[string]Message) error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s: %s", t.file, key, fmt.Sprintf(format, args...)))
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		m := all[key]
		f, ok := t.forms[key]
		switch {
		case m.FromPathway && ok:
			fault(key, "its words are the pathway's: no translation belongs here")
			continue
		case m.FromPathway:
			continue
		case !ok:
			fault(key, "translation is missing")
			continue
		}
		wanted := map[plural.Form]bool{plural.Other: true}
		if m.Plural != "" {
			wanted = pluralForms(t.tag)
		}
		for _, form := range allForms {
			text := f.form(form)
			switch {
			case text == "" && wanted[form]:
				fault(key, "%s is missing", formNames[form])
				continue
			case text == "":
				continue
			case !wanted[form]:
				fault(key, "%s is not a form that this message takes in %s", formNames[form], t.tag)
			case strings.TrimSpace(text) != text:
				fault(key, "%s is blank or has space at an end", formNames[form])
			}
			for _, err := range checkVariables(text, m) {
				fault(key, "%s: %v", formNames[form], err)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.forms)) {
		if _, ok := all[key]; !ok {
			fault(key, "translation is unused: the catalogue has no such key")
		}
	}
	return errors.Join(faults...)
}

// form gives the words of one plural form.
func (f forms) form(p plural.Form) string {
	return map[plural.Form]string{
		plural.Zero: f.Zero, plural.One: f.One, plural.Two: f.Two,
		plural.Few: f.Few, plural.Many: f.Many, plural.Other: f.Other,
	}[p]
}

// texts lists the forms that there are words for.
func (f forms) texts() []string {
	var list []string
	for _, p := range allForms {
		if text := f.form(p); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// allForms lists the plural forms in the order of CLDR, formNames as the files
// call them.
var (
	allForms  = []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other}
	formNames = map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two",
		plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
)

// pluralForms says which forms the language has for whole numbers. No list
// offers that, so it asks for each number up to 200: no language of CLDR has a
// form whose first whole number is higher and below a million.
func pluralForms(tag language.Tag) map[plural.Form]bool {
	found := map[plural.Form]bool{plural.Other: true}
	for n := range 201 {
		found[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)] = true
	}
	return found
}

// checkVariables compares the variables of a text with the catalogue's: each
// must be there, and no other. Only {{.name}} and, for a moment, {{.name.On}}
// may stand in a text: conditions belong into the catalogue, where every
// language takes part in them.
func checkVariables(text string, m Message) []error {
	trees, err := parse.Parse(m.Key, text, "{{", "}}")
	if err != nil {
		return []error{err}
	}
	var faults []error
	used := map[string]bool{}
	for _, node := range nodes(trees[m.Key]) {
		name, form, ok := variable(node)
		if _, isText := node.(*parse.TextNode); isText {
			continue
		}
		kind, known := m.Vars[name]
		moment := kind == VarWhen || kind == VarDay || kind == VarClock
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s is not a plain variable", node))
		case !known:
			faults = append(faults, fmt.Errorf("unknown variable %s", name))
		case form != "" && (form != "On" || !moment):
			faults = append(faults, fmt.Errorf("variable %s has no form %s", name, form))
		}
		used[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(m.Vars)) {
		// Who signs stands before the words.
		if signs := m.Signed && name == varSpecialist; used[name] == signs {
			faults = append(faults, fmt.Errorf("variable %s is missing", name))
		}
	}
	return faults
}

// nodes lists what stands in a text at its top level.
func nodes(tree *parse.Tree) []parse.Node {
	if tree == nil || tree.Root == nil {
		return nil
	}
	return tree.Root.Nodes
}

// variable reads {{.name}} or {{.name.Form}}; false for anything else.
func variable(node parse.Node) (name, form string, ok bool) {
	action, ok := node.(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 1 {
		return "", "", false
	}
	field, ok := action.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(field.Ident) > 2 {
		return "", "", false
	}
	if len(field.Ident) == 2 {
		form = field.Ident[1]
	}
	return field.Ident[0], form, true
}

// countedLanguages lists those that some message counts its parts in, sorted:
// English, and the others whose parts were counted one by one.
func countedLanguages(all map[string]Message) []string {
	counted := map[string]bool{"en": true}
	for _, m := range all {
		for tag := range m.Longest {
			counted[tag] = true
		}
	}
	return slices.Sorted(maps.Keys(counted))
}

// checkLongest compares the languages that a message counts its parts in with
// those that any message counts them in, and with those that there are.
func checkLongest(m Message, languages, counted []string) error {
	if m.Piece || m.FromPathway {
		return nil
	}
	var faults []error
	for _, tag := range counted {
		if m.Longest[tag] < 1 {
			faults = append(faults, fmt.Errorf("%s: %s: longest: the number of parts in %s is missing", m.File, m.Key, tag))
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(m.Longest)) {
		if !slices.Contains(languages, tag) {
			faults = append(faults, fmt.Errorf("%s: %s: longest: there are no words in %s", m.File, m.Key, tag))
		}
	}
	return errors.Join(faults...)
}
