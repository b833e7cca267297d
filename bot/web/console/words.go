package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/store"
	"alongside/templates"
)

// wordsRoutes are the pages of the service's own words to send.
func (c *Console) wordsRoutes() map[string]handler {
	return map[string]handler{
		"GET /templates":               c.templates,
		"GET /templates/new":           c.template,
		"GET /templates/{words}":       c.template,
		"POST /templates":              c.posted(c.writeWords()),
		"POST /templates/{words}":      c.posted(c.writeWords()),
		"POST /templates/check":        c.checkWords,
		"POST /templates/{words}/end":  c.posted(c.endWords()),
		"POST /templates/{words}/back": c.posted(c.wordsBack()),
	}
}

// templatesPage is the service's own words, in all their languages.
type templatesPage struct {
	List      []store.ServiceWords
	Languages []string
	May       bool
}

// languagesOf are those in which the service writes.
func (c *Console) languagesOf() []string {
	if len(c.Pathway.Languages) > 0 {
		return c.Pathway.Languages
	}
	return []string{"en", "cy"}
}

// readsWords lets in who sends words and who writes them.
func readsWords(who signin.Who) error {
	if !who.May(signin.ReadClients) && !who.May(signin.ManageSettings) {
		return errForbidden
	}
	return nil
}

func (c *Console) templates(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := readsWords(who); err != nil {
		return err
	}
	list, err := c.Store.ServiceWordsList(r.Context())
	if err != nil {
		return err
	}
	c.Render(w, r, http.StatusOK, "templates", templatesPage{List: list, Languages: c.languagesOf(), May: who.May(signin.ManageSettings)})
	return nil
}

// templatePage is some words while they are written: a field for each language.
type templatePage struct {
	slip
	store.ServiceWords
	May    bool
	Fields []wording
	// Checked says that there is nothing to say about the words; Confirmable that
	// what there is can be let pass.
	Checked, Confirmable bool
	Versions             []store.ServiceWords
	Authors              map[store.AccountID]string
	Clock                *time.Location
}

// At is what is wrong with a field. (The words have a moment of that name.)
func (p templatePage) At(field string) string { return p.slip.At(field) }

// wording is the words of one language, with what there is to say about them.
type wording struct {
	Language, Text string
	// Parts is how many SMS they take, behind a name of six letters.
	Parts    int
	Findings []templates.Finding
}

// signature stands before the words in a text: how long a name usually is.
const signature = "Sample: "

func (c *Console) template(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showTemplate(w, r, who, http.StatusOK, slip{})
}

func (c *Console) showTemplate(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	if err := readsWords(who); err != nil {
		return err
	}
	ctx := r.Context()
	p := templatePage{slip: s, May: who.May(signin.ManageSettings), Clock: c.clockZone(), Authors: map[store.AccountID]string{}}
	if id := r.PathValue("words"); id != "" {
		var err error
		if p.Versions, err = c.Store.ServiceWordsOf(ctx, id); err != nil {
			return err
		}
		p.ServiceWords = p.Versions[0]
		accounts, _, err := c.Store.Accounts(ctx, store.Page{Limit: 200})
		if err != nil {
			return err
		}
		for _, a := range accounts {
			p.Authors[a.ID] = a.Name
		}
	} else if !p.May {
		return errForbidden
	}
	p.Findings = nil
	looked := s.form != nil
	for _, tag := range c.languagesOf() {
		f := wording{Language: tag, Text: p.Typed("words."+tag, p.Words[tag])}
		if f.Text != "" {
			f.Parts = templates.Parts(signature + f.Text)
			if c.Findings != nil && looked {
				f.Findings = c.Findings(map[string]string{tag: f.Text})
			}
		}
		p.Fields = append(p.Fields, f)
	}
	has := func(refused bool) bool {
		return slices.ContainsFunc(p.Fields, func(f wording) bool {
			return slices.ContainsFunc(f.Findings, func(x templates.Finding) bool { return x.Refused == refused })
		})
	}
	p.Checked = looked && s.Fault == "" && !has(true) && !has(false)
	p.Confirmable = has(false) && !has(true)
	c.Render(w, r, status, "template", p)
	return nil
}

// wordsOf reads the words of a form, per language.
func (c *Console) wordsOf(form url.Values) map[string]string {
	words := map[string]string{}
	for _, tag := range c.languagesOf() {
		if text := strings.TrimSpace(strings.ReplaceAll(form.Get("words."+tag), "\r\n", "\n")); text != "" {
			words[tag] = text
		}
	}
	return words
}

// checkWords says what there is to say about words, and keeps nothing of them: a
// button presses it, and nothing else has to.
func (c *Console) checkWords(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := allowed(who, signin.ManageSettings); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return c.showTemplate(w, r, who, http.StatusUnprocessableEntity, slip{Fault: "fault.form"})
	}
	if id := r.PostForm.Get("id"); id != "" {
		r.SetPathValue("words", id)
	}
	return c.showTemplate(w, r, who, http.StatusOK, slip{form: r.PostForm})
}

func (c *Console) writeWords() deed {
	return deed{
		what: "words.changed", subject: "words", may: managesSettings, again: c.showTemplate,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			version, _ := strconv.Atoi(r.PostForm.Get("version"))
			n := store.ServiceWords{
				ID: r.PathValue("words"), Version: version, Name: r.PostForm.Get("name"), Words: c.wordsOf(r.PostForm), By: who.Account,
			}
			if n.ID != "" && n.Version < 1 {
				return "", wrong("fault.form")
			}
			if c.Findings != nil {
				for _, f := range c.Findings(n.Words) {
					if f.Refused || r.PostForm.Get("confirmed") == "" {
						return "", &slipError{slip{Fault: "fault.service_words"}}
					}
				}
			}
			_, err := c.Store.SetServiceWords(ctx, n)
			return "/templates?done=words_saved", err
		},
	}
}

// endWords takes words off the list, and wordsBack puts them on it again: both are
// versions like any other, so that nothing is lost.
func (c *Console) endWords() deed  { return c.listWords("words.ended", true, "words_ended") }
func (c *Console) wordsBack() deed { return c.listWords("words.changed", false, "words_saved") }

func (c *Console) listWords(what string, ended bool, done string) deed {
	return deed{
		what: what, subject: "words", may: managesSettings, again: c.showTemplate,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			versions, err := c.Store.ServiceWordsOf(ctx, r.PathValue("words"))
			if err != nil {
				return "", err
			}
			n := versions[0]
			n.Ended, n.By = ended, who.Account
			_, err = c.Store.SetServiceWords(ctx, n)
			return "/templates/" + url.PathEscape(n.ID) + "?done=" + done, err
		},
	}
}
