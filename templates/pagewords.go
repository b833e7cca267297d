package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"alongside/locales"
)

// Console holds the pages of the team: console/<page>.html, which define "title"
// and "main" for layout.html, and "live" where what they show may change by itself;
// parts.html, which holds what several of them show; their style sheet, their
// script, and what puts them on a phone's home screen.
//
//go:embed console/*.html console/style.css console/live.js console/icon*.svg console/icon*.png console/manifest.webmanifest
var Console embed.FS

// PageWords are the words of the team's pages in every language. They are read
// once and never change: any number of goroutines may use them.
type PageWords struct {
	localizers map[string]*i18n.Localizer
	keys       map[string]map[string]bool
}

// LoadPageWords reads pages/<part>.<tag>.toml, whose keys have two parts
// ("sign_in.title"). A key that two files of a language have is a fault, and so
// is one that not every language has.
func LoadPageWords() (*PageWords, error) { return loadPageWords(locales.Pages) }

func loadPageWords(files fs.FS) (*PageWords, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	w := &PageWords{localizers: map[string]*i18n.Localizer{}, keys: map[string]map[string]bool{}}
	names, err := fs.Glob(files, "pages/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the words of the pages: %w", err)
	}
	all := map[string]bool{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the words of the pages: %w", err)
		}
		file, err := bundle.ParseMessageFileBytes(text, name)
		if err != nil {
			return nil, fmt.Errorf("read the words of the pages: %s: %w", name, err)
		}
		tag := file.Tag.String()
		if w.keys[tag] == nil {
			w.keys[tag] = map[string]bool{}
		}
		for _, m := range file.Messages {
			if w.keys[tag][m.ID] {
				return nil, fmt.Errorf("read the words of the pages: %s: another file has %s", name, m.ID)
			}
			w.keys[tag][m.ID], all[m.ID] = true, true
		}
		w.localizers[tag] = i18n.NewLocalizer(bundle, tag)
	}
	var faults []error
	for tag, keys := range w.keys {
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if !keys[key] {
				faults = append(faults, fmt.Errorf("the words of the pages: %s has none in %q", key, tag))
			}
		}
	}
	return w, errors.Join(faults...)
}

// Languages lists the tags of the languages that there are words in.
func (w *PageWords) Languages() []string { return slices.Sorted(maps.Keys(w.localizers)) }

// Keys lists the keys of a language, in order.
func (w *PageWords) Keys(tag string) []string { return slices.Sorted(maps.Keys(w.keys[tag])) }

// Has says whether there are words under a key.
func (w *PageWords) Has(key string) bool { return w.keys["en"][key] }

// Say gives the words of a key; an error where the language has none, because
// another language's would hide that. Vars are names and values in turn; the one
// named count chooses the plural form. One that is missing is an error, too: half
// a sentence helps nobody.
func (w *PageWords) Say(tag, key string, vars ...any) (string, error) {
	localizer, ok := w.localizers[tag]
	if !ok {
		return "", fmt.Errorf("say %s: there are no pages in %q", key, tag)
	}
	data := map[string]any{}
	for i := 0; i+1 < len(vars); i += 2 {
		name, ok := vars[i].(string)
		if !ok {
			return "", fmt.Errorf("say %s: a variable has no name", key)
		}
		data[name] = vars[i+1]
	}
	text, spoken, err := localizer.LocalizeWithTag(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: data, PluralCount: data["count"], TemplateParser: strict,
	})
	if err != nil || spoken.String() != tag || strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("say %s in %q: there are no words for it, or a variable is missing", key, tag)
	}
	return text, nil
}
