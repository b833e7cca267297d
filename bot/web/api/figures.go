package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// OfPeriod says what is counted, in a query.
type OfPeriod struct {
	Period     string                     `query:"period" maxLength:"10" example:"2026-q3" doc:"The financial year that begins in April of a year (2026), one of its quarters (2026-q3), or a month (2026-11); left out: this financial year."`
	Specialist conversations.SpecialistID `query:"specialist" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Whose caseload; left out: the whole service."`
}

// OfFigure names a figure in a path.
type OfFigure struct {
	Figure string `path:"figure" maxLength:"40" example:"contacts" doc:"The figure's name, as the list of all figures has it."`
	OfPeriod
}

// allFigures are the figures of a period.
type allFigures struct {
	Period    string     `json:"period" example:"2026-q3" doc:"What was asked for."`
	From      *time.Time `json:"from" doc:"Its first moment."`
	Until     *time.Time `json:"until" doc:"The first moment after it."`
	CountedAt *time.Time `json:"counted_at" doc:"When it was counted: those of a large service may be ten minutes old."`
	Items     []figure   `json:"items" nullable:"false" doc:"The figures."`
}

// figure is one table.
type figure struct {
	Name    string      `json:"name" example:"contacts"`
	Columns []string    `json:"columns" nullable:"false" doc:"What is counted."`
	Rows    []figureRow `json:"rows" nullable:"false"`
	Notes   []remark    `json:"notes,omitempty" doc:"The standard that holds, or a warning: alike names a type of job that more than so many percent are of."`
}

// figureRow is one line of it.
type figureRow struct {
	Name  string       `json:"name,omitempty" example:"total" doc:"Left out where the line is a month."`
	Month string       `json:"month,omitempty" example:"2026-11" doc:"The month of the line, if it is one."`
	Cells []figureCell `json:"cells" nullable:"false" doc:"One for each column."`
}

// figureCell is one place of it.
type figureCell struct {
	Unit  figures.Unit `json:"unit" enum:"count,percent,days,tenths,hidden,none" example:"count" doc:"hidden: a number from 1 to 4, or one from which such a number could be worked out. none: there is nothing to count."`
	Value *int         `json:"value,omitempty" example:"12" doc:"Left out for hidden and none. tenths: 43 is 4.3."`
}

// remark is what a reader should know of a table.
type remark struct {
	Name  string `json:"name" example:"promise_days"`
	Which string `json:"which,omitempty" example:""`
	N     int    `json:"n" example:"30"`
}

func figureOf(f figures.Figure) figure {
	out := figure{Name: f.Name, Columns: f.Columns, Rows: []figureRow{}}
	for _, r := range f.Rows {
		row := figureRow{Name: r.Name}
		if !r.Month.IsZero() {
			row.Month = r.Month.Format("2006-01")
		}
		for _, c := range r.Cells {
			cell := figureCell{Unit: c.Unit}
			if c.Unit != figures.Hidden && c.Unit != figures.None {
				cell.Value = &c.N
			}
			row.Cells = append(row.Cells, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	for _, n := range f.Notes {
		out.Notes = append(out.Notes, remark(n))
	}
	return out
}

// csvFile is a figure as a file.
type csvFile struct {
	ContentType string `header:"Content-Type" example:"text/csv; charset=utf-8" doc:"CSV (RFC 4180), in UTF-8."`
	Body        []byte
}

func (a *API) figures() {
	twelve := 12
	contacts := figure{Name: "contacts", Columns: []string{"face_to_face", "telephone", "video", "total"}, Rows: []figureRow{{
		Month: "2026-11", Cells: []figureCell{{Unit: figures.Count, Value: &twelve}, {Unit: figures.Hidden}, {Unit: figures.Hidden}, {Unit: figures.Hidden}},
	}}}
	const about = "CPFT's and IPS's figures. Small numbers are hidden, and with them what they could be worked out from on this page. " +
		"Texts are never contacts. What clients think of the service is for the lead, and needs a token with the scope admin."
	add(a, operation{
		id: "list-figures", method: http.MethodGet, path: "/figures", tag: "Figures", summary: "Read what the service reports", description: about, scope: scopeRead,
		gives: allFigures{Period: "2026-q3", From: &exampleNow, Until: &exampleNow, CountedAt: &exampleNow, Items: []figure{contacts}}, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfPeriod) (*body[allFigures], error) {
		list, p, at, err := a.counted(ctx, *in)
		if err != nil {
			return nil, err
		}
		return &body[allFigures]{Body: allFigures{Period: p.Name, From: instant(p.From), Until: instant(p.Until), CountedAt: instant(at), Items: each(list, figureOf)}}, nil
	})
	one := func(ctx context.Context, in OfFigure) (figures.Figure, error) {
		list, _, _, err := a.counted(ctx, in.OfPeriod)
		if err != nil {
			return figures.Figure{}, err
		}
		i := slices.IndexFunc(list, func(f figures.Figure) bool { return f.Name == in.Figure })
		if i < 0 {
			return figures.Figure{}, notFound("There is no figure with this name, or it is for the lead.")
		}
		return list[i], nil
	}
	add(a, operation{
		id: "read-figure", method: http.MethodGet, path: "/figures/{figure}", tag: "Figures", summary: "Read one figure", description: about, scope: scopeRead,
		gives: contacts, refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfFigure) (*body[figure], error) {
		f, err := one(ctx, *in)
		if err != nil {
			return nil, err
		}
		return &body[figure]{Body: figureOf(f)}, nil
	})
	add(a, operation{
		id: "read-figure-csv", method: http.MethodGet, path: "/figures/{figure}/csv", tag: "Figures", summary: "Read one figure as CSV",
		description: about + " A hidden number is *, and what begins as a formula would has an apostrophe before it.", scope: scopeRead,
		gives: "contacts,face_to_face,telephone,video,total\r\n2026-11,12,*,*,*\r\n", as: "text/csv", refuses: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *OfFigure) (*csvFile, error) {
		f, err := one(ctx, *in)
		if err != nil {
			return nil, err
		}
		return &csvFile{ContentType: "text/csv; charset=utf-8", Body: f.CSV(func(_, name string) string { return name })}, nil
	})
}

// counted reads the figures that somebody asks for.
func (a *API) counted(ctx context.Context, of OfPeriod) ([]figures.Figure, figures.Period, time.Time, error) {
	zone := a.Pathway.Zone
	if zone == nil {
		zone = time.UTC
	}
	now := a.Now().In(zone)
	p := figures.YearOf(now)
	if of.Period != "" {
		var ok bool
		if p, ok = figures.ParsePeriod(of.Period, zone); !ok {
			return nil, p, now, invalid(problem.Fault{Field: "query.period", Message: "is no period: write it as 2026, 2026-q3 or 2026-11"})
		}
	}
	filter := store.FiguresFilter{Period: p, Everybody: of.Specialist == "", Feedback: callOf(ctx).lead}
	if of.Specialist != "" {
		if _, err := a.Store.Specialist(ctx, of.Specialist); err != nil {
			return nil, p, now, err
		}
		filter.Specialists = []conversations.SpecialistID{of.Specialist}
	}
	c, err := a.Store.Figures(ctx, filter)
	if err != nil {
		return nil, p, now, err
	}
	return figures.Of(c, p, a.Pathway, now), p, c.At, nil
}
