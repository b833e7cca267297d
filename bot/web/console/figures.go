package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// figuresPage is what the service reports.
type figuresPage struct {
	Groups []figureGroup
	// Period is the chosen one, Periods are those to choose from.
	Period  figures.Period
	Periods []figures.Period
	Of      conversations.SpecialistID
	// Specialists let whoever sees them all choose one caseload; Nobody says that the
	// reader has none.
	Specialists []store.Specialist
	Nobody      bool
	Counted     time.Time
	// Query is behind the address of each file.
	Query string
	// Records says that the reader can write contacts with employers down.
	Records bool
}

// figureGroup is the figures under one heading.
type figureGroup struct {
	Name    string
	Figures []figureView
}

// Missing are the figures of which nothing is recorded yet.
func (g figureGroup) Missing() (list []figureView) {
	for _, f := range g.Figures {
		if f.Empty {
			list = append(list, f)
		}
	}
	return list
}

// figureView is a figure with its plot.
type figureView struct {
	figures.Figure
	Plot  drawing
	Query string
}

// groups is the order of the page.
var groups = []struct {
	name string
	of   []string
}{
	{"referrals", []string{"referrals", "sources"}},
	{"contacts", []string{"contacts", "employers"}},
	{"waits", []string{"wait_contact", "wait_meeting", "wait_employer", "wait_plan"}},
	{"work", []string{"outcomes", "employment", "lasted", "job_types", "job_hours"}},
	{"texting", []string{"texts", "answers", "confirmations", "attendance"}},
	{"feedback", []string{"feedback"}},
}

func (c *Console) figuresRoutes() map[string]handler {
	return map[string]handler{
		"GET /figures":        c.figures,
		"GET /figures/{file}": c.figuresFile,
	}
}

// counted reads the figures of what was asked for, as far as the reader may.
func (c *Console) counted(ctx context.Context, r *http.Request, who signin.Who) (p figuresPage, list []figures.Figure, err error) {
	if !who.May(signin.ReadFigures) {
		return p, nil, errForbidden
	}
	now := c.Now().In(c.zone())
	q := r.URL.Query()
	p = figuresPage{Periods: figures.Periods(now), Of: conversations.SpecialistID(q.Get("of")), Records: who.Specialist != "" && who.May(signin.ChangeClients)}
	var ok bool
	if p.Period, ok = figures.ParsePeriod(q.Get("period"), c.zone()); !ok {
		p.Period = figures.YearOf(now)
	}
	if p.Of != "" && !who.Sees(p.Of) {
		return p, nil, store.ErrNotFound
	}
	filter := store.FiguresFilter{Period: p.Period, Feedback: lead(who)}
	switch {
	case who.Sees("") && p.Of == "":
		filter.Everybody = true
	default:
		filter.Specialists = own(who, p.Of)
		p.Nobody = len(filter.Specialists) == 0
	}
	counted, err := c.Store.Figures(ctx, filter)
	if err != nil {
		return p, nil, err
	}
	p.Counted = counted.At.In(c.zone())
	p.Query = "?period=" + p.Period.Name
	if p.Of != "" {
		p.Query += "&of=" + string(p.Of)
	}
	return p, figures.Of(counted, p.Period, c.Pathway, now), nil
}

func (c *Console) figures(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	p, list, err := c.counted(r.Context(), r, who)
	if err != nil {
		return err
	}
	if p.Specialists, err = c.choices(r.Context(), who); err != nil {
		return err
	}
	for _, g := range groups {
		group := figureGroup{Name: g.name}
		for _, f := range list {
			if slices.Contains(g.of, f.Name) {
				group.Figures = append(group.Figures, figureView{f, draw(f), p.Query})
			}
		}
		if len(group.Figures) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	c.Render(w, r, http.StatusOK, "figures", p)
	return nil
}

// figuresFile is one figure as a file, in the words of the reader's language.
func (c *Console) figuresFile(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	p, list, err := c.counted(r.Context(), r, who)
	if err != nil {
		return err
	}
	name, isFile := strings.CutSuffix(r.PathValue("file"), ".csv")
	i := slices.IndexFunc(list, func(f figures.Figure) bool { return f.Name == name })
	if i < 0 || !isFile {
		return store.ErrNotFound
	}
	tag := signin.Language(r)
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+"-"+p.Period.Name+`.csv"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// The mark tells spreadsheets that it is UTF-8: Welsh has letters that are lost else.
	_, _ = w.Write(append([]byte("\ufeff"), list[i].CSV(func(list, name string) string { //nolint:gosec // A file of numbers and of words of ours, and not HTML.
		said, err := c.words.Say(tag, list+"."+name)
		if err != nil {
			return name
		}
		return said
	})...))
	return nil
}
