package templates

import (
	"embed"
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
// and "main".
//
//go:embed console/*.html
var Console embed.FS

// PageWords are the words of the team's pages in every language.
type PageWords struct {
	localizers map[string]*i18n.Localizer
	keys       map[string][]string
}

// LoadPageWords reads <part>.<tag>.toml, whose keys have two parts
// ("sign_in.title"). A key that two files of a language have is a fault.
func LoadPageWords() (*PageWords, error) { return loadPageWords(locales.Pages) }

func loadPageWords(files fs.FS) (*PageWords, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	w := &PageWords{localizers: map[string]*i18n.Localizer{}, keys: map[string][]string{}}
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the words of the pages: %w", err)
	}
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
		for _, m := range file.Messages {
			if slices.Contains(w.keys[tag], m.ID) {
				return nil, fmt.Errorf("read the words of the pages: %s: another file has %s", name, m.ID)
			}
			w.keys[tag] = append(w.keys[tag], m.ID)
		}
		w.localizers[tag] = i18n.NewLocalizer(bundle, tag)
	}
	return w, nil
}

// Languages lists the tags of the languages that there are words in.
func (w *PageWords) Languages() []string { return slices.Sorted(maps.Keys(w.localizers)) }

// Keys lists the keys of a language, in order.
func (w *PageWords) Keys(tag string) []string { return slices.Sorted(slices.Values(w.keys[tag])) }

// Say gives the words of a key; an error where the language has none, because
// another language's would hide that.
func (w *PageWords) Say(tag, key string) (string, error) {
	localizer, ok := w.localizers[tag]
	if !ok {
		return "", fmt.Errorf("say %s: there are no pages in %q", key, tag)
	}
	text, spoken, err := localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key})
	if err != nil || spoken.String() != tag || strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("say %s in %q: there are no words for it", key, tag)
	}
	return text, nil
}
