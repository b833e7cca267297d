package signin

import (
	"bytes"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"

	"alongside/templates"
)

// Plain renders the pages of the sign-in in a layout of nothing but words: what
// serves where there is no console to lend its own.
type Plain struct {
	words *templates.PageWords
	pages map[string]map[string]*template.Template // page → language
	log   *slog.Logger
}

// plainPages are what it renders.
var plainPages = []string{
	"sign_in", "sign_in_code", "sign_in_first", "sign_in_two_step", "account", "account_codes", "account_two_step", "accounts", "account_of",
	"refused", "missing", "busy", "broken",
}

// plainLayout has no style and no script: it is legible at any width.
const plainLayout = `<!doctype html>
<html lang="{{lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{template "title" .}} – Alongside</title>
</head>
<body>
<main>{{template "main" .}}</main>
</body>
</html>
`

// policy lets a page show its own pictures, send its own forms, and nothing else.
const policy = "default-src 'none'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// NewPlain reads the pages; a fault in one of them is an error now and not later.
func NewPlain(log *slog.Logger) (*Plain, error) {
	words, err := templates.LoadPageWords()
	if err != nil {
		return nil, err
	}
	p := &Plain{words: words, pages: map[string]map[string]*template.Template{}, log: log}
	for _, page := range plainPages {
		p.pages[page] = map[string]*template.Template{}
		for _, tag := range Languages() {
			read, err := template.New("layout").Funcs(template.FuncMap{
				"t":    func(key string) (string, error) { return words.Say(tag, key) },
				"lang": func() string { return tag },
			}).Parse(plainLayout)
			if err == nil {
				_, err = read.ParseFS(templates.Console, "console/"+page+".html")
			}
			if err != nil {
				return nil, fmt.Errorf("read the page %s: %w", page, err)
			}
			p.pages[page][tag] = read
		}
	}
	return p, nil
}

// Render answers with a page.
func (p *Plain) Render(w http.ResponseWriter, r *http.Request, status int, page string, data any) {
	var b bytes.Buffer
	err := fmt.Errorf("there is no page %s", page)
	if read, ok := p.pages[page][Language(r)]; ok {
		err = read.ExecuteTemplate(&b, "layout", struct{ Data any }{data})
	}
	if err != nil {
		// What a template says of its fault may hold what it was given.
		p.log.ErrorContext(r.Context(), "a page was not rendered", "page", page)
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	// A form of ours carries the page's origin with it; other sites learn nothing.
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
