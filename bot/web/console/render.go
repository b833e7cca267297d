package console

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/templates"
)

// policy is the Content-Security-Policy of every page: nothing of another host,
// nothing inline, no frame.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; " +
	"connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'"

// pages are the templates of one language by their name.
type pages map[string]*template.Template

// page is what layout.html and every page are given.
type page struct {
	Lang string
	// Path is where the reader is, for the menu.
	Path string
	// Who is the reader, the zero value on the pages before sign-in; Known says
	// whether there is one.
	Who   signin.Who
	Known bool
	// Again says that the page may be fetched again by its address: it is the
	// answer to no form, and nothing is wrong with it.
	Again bool
	// Done says in words what was just done; empty for nothing. Unreviewed says
	// that nobody has reviewed the pathway's crisis words.
	Done       string
	Unreviewed bool
	Now        time.Time
	// Data is the page's own.
	Data  any
	files map[string]asset
}

// File is the address of a file of templates/console.
func (p page) File(name string) (string, error) {
	file, ok := p.files[name]
	if !ok {
		return "", errNoPage
	}
	return file.address, nil
}

// readPages parses every page with the layout, in one language.
func readPages(words *templates.PageWords, tag string) (pages, error) {
	files, err := fs.Glob(templates.Console, "console/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	say := speech{words: words, tag: tag}
	out := pages{}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		t, err := template.New("layout.html").Funcs(say.funcs()).ParseFS(templates.Console, "console/layout.html", "console/parts.html", file)
		if err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
		out[name] = t.Option("missingkey=error")
	}
	return out, nil
}

// Render writes a page of templates/console in the language of the reader:
// layout.html with the page's "title" and "main", and data as .Data. The page is
// made whole before anything of it goes out.
func (c *Console) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	who, known := signin.From(r.Context())
	p := page{
		Lang: signin.Language(r), Path: r.URL.Path, Who: who, Known: known, files: c.files, Again: r.Method == http.MethodGet && status == http.StatusOK, Unreviewed: !c.Pathway.Reviewed,
		Now: c.Now(), Data: data,
	}
	if done := "done." + r.URL.Query().Get("done"); c.words.Has(done) {
		if said, err := c.words.Say(p.Lang, done); err == nil {
			p.Done = said
		}
	}
	var body bytes.Buffer
	t, ok := c.pages[p.Lang][name]
	err := errNoPage
	if ok {
		err = t.Execute(&body, p)
	}
	if err != nil {
		// The template's error may repeat a value of the page: its name must do.
		c.Logger.ErrorContext(r.Context(), "a page could not be rendered", "page", name, "route", r.Pattern, "err", rendering(err))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// An entry is a page that the menu leads to, for whoever may do what it asks for.
type entry struct {
	Path string
	// Title is the key of its words.
	Title string
	asks  signin.Action
}

// menu is in the order of a day's use.
var menu = []entry{
	{"/today", "today.title", signin.ReadClients},
	{"/caseload", "caseload.title", signin.ReadClients},
	{"/leads", "leads.title", signin.ReadClients},
	{"/team", "team.title", signin.ReadClients},
	{"/figures", "figures.title", signin.ReadFigures},
	{"/templates", "words.short", signin.ManageSettings},
	{"/accounts", "accounts.title", signin.ManageAccounts},
	{"/audit", "audit.short", signin.ReadAudit},
}

// Menu is what of the menu is for the reader.
func (p page) Menu() []entry {
	return slices.DeleteFunc(slices.Clone(menu), func(e entry) bool { return !p.Who.May(e.asks) })
}

// errNoPage says that no page has the name that was asked for.
var errNoPage = errors.New("no page is called so")

// rendering is where a template failed, without the value at which it did.
func rendering(err error) string {
	where, _, _ := strings.Cut(err.Error(), ": executing")
	return where
}

// speech is what templates say in one language.
type speech struct {
	words *templates.PageWords
	tag   string
}

func (s speech) funcs() template.FuncMap {
	return template.FuncMap{
		"t": s.say, "of": s.of, "reason": s.reason, "day": s.day, "date": s.date, "clock": clock, "moment": s.moment, "lasts": s.lasts,
		"local": s.local, "minutes": minutes, "month": s.month,
		"row":    func(row any, now time.Time) any { return struct{ Row, Now any }{row, now} },
		"item":   func(a, page any) any { return struct{ Meeting, Page any }{a, page} },
		"part":   func(id, page any) any { return struct{ ID, Page any }{id, page} },
		"fields": func(id any, today string) any { return struct{ ID, Today any }{id, today} },
	}
}

// say gives the words under a key; see templates.PageWords.Say.
func (s speech) say(key string, vars ...any) (string, error) { return s.words.Say(s.tag, key, vars...) }

// of says one value of a list in words: of "delivery" "sent". Values that have
// none are said as they are.
func (s speech) of(list string, value any) (string, error) {
	key := list + "." + fmt.Sprint(value)
	if !s.words.Has(key) {
		return strings.ReplaceAll(fmt.Sprint(value), "_", " "), nil
	}
	return s.say(key)
}

// reason says why; a code that is not known is the provider's.
func (s speech) reason(code string) (string, error) {
	if s.words.Has("reason." + code) {
		return s.say("reason." + code)
	}
	return s.say("page.code", "code", code)
}

// day is a weekday with its date: Thursday 26 November.
func (s speech) day(at time.Time) (string, error) {
	day, err := s.say("day." + strconv.Itoa(int(at.Weekday())))
	if err != nil {
		return "", err
	}
	date, err := s.date(at)
	return day + " " + date, err
}

// date is a day of a month: 26 November.
func (s speech) date(at time.Time) (string, error) {
	month, err := s.say("month." + strconv.Itoa(int(at.Month())))
	return strconv.Itoa(at.Day()) + " " + month, err
}

// month is a month of a year: November 2026.
func (s speech) month(at time.Time) (string, error) {
	month, err := s.say("month." + strconv.Itoa(int(at.Month())))
	return month + at.Format(" 2006"), err
}

// moment is a day and a time of day.
func (s speech) moment(at time.Time) (string, error) {
	day, err := s.day(at)
	return day + ", " + clock(at), err
}

func clock(at time.Time) string { return at.Format("15:04") }

// minutes is a time of day from minutes after midnight.
func minutes(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// lasts says how long something has been so.
func (s speech) lasts(since, now time.Time) (string, error) {
	d := now.Sub(since)
	switch {
	case d < time.Minute:
		return s.say("lasts.now")
	case d < time.Hour:
		return s.say("lasts.minutes", "count", int(d.Minutes()))
	case d < 48*time.Hour:
		return s.say("lasts.hours", "count", int(d.Hours()))
	}
	return s.say("lasts.days", "count", int(d.Hours()/24))
}

// local says something that the pathway has in several languages.
func (s speech) local(words map[string]string) string {
	if w := words[s.tag]; w != "" {
		return w
	}
	return words["en"]
}
