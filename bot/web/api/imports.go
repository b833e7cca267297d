package api

import (
	"context"
	"net/http"

	"alongside/bot/web/intake"
	"alongside/bot/web/problem"
	"alongside/store"
)

// newImport is a table of another system.
type newImport struct {
	Rows  store.ImportKind `json:"rows" enum:"clients,appointments" example:"clients" doc:"What the rows are."`
	CSV   string           `json:"csv" minLength:"1" maxLength:"1048576" example:"reference,full name,mobile,specialist\nC-17,John Example,07700 900123,Sam\n" doc:"The table as CSV (RFC 4180), with the names of its columns in the first row. The command alongside import --example prints one with every column."`
	Check bool             `json:"check,omitempty" example:"true" doc:"Only say what would happen."`
}

// importReport is what an import did, or would do.
type importReport struct {
	Done      bool           `json:"done" example:"true" doc:"It was taken in, all of it. A table with a fault is not, and neither is one that was only checked."`
	Count     int            `json:"count" example:"2" doc:"How many rows the table has."`
	Added     int            `json:"added" example:"2" doc:"How many of them were not imported before."`
	Unchanged int            `json:"unchanged" example:"0" doc:"How many say the same as before; nothing happens to them."`
	Changed   []importChange `json:"changed" nullable:"false" doc:"Those that say something else than before."`
	Notes     []string       `json:"notes" nullable:"false" doc:"How the table was read, where that is worth knowing."`
}

// importChange is a row that says something else than before.
type importChange struct {
	Row     int      `json:"row" example:"3" doc:"The row, the names of the columns being row 1."`
	Differs []string `json:"differs" nullable:"false" doc:"The columns in which it differs."`
	Taken   []string `json:"taken" nullable:"false" doc:"Those of them that are taken over: an appointment's new time, or that it is cancelled. The others stay as the team has them."`
}

func (a *API) imports() {
	add(a, operation{
		id: "import", method: http.MethodPost, path: "/imports", tag: "Imports",
		summary: "Take in clients or appointments of another system",
		description: "The whole table is checked first: each fault is named by its row and column, and with one nothing is taken in. " +
			"Else all of it is, at once. Each row has a reference of the other system's: the same table again adds nothing twice. " +
			"Nothing is sent by an import itself; clients have no agreement to be texted unless agreed on and agreed how say so.",
		scope: scopeWrite, takes: newImport{Rows: store.ImportClients, CSV: "reference,full name,mobile,specialist\nC-17,John Example,07700 900123,Sam\n"},
		gives: importReport{Done: true, Count: 1, Added: 1, Changed: []importChange{}, Notes: []string{}}, refuses: []int{http.StatusConflict},
	}, func(ctx context.Context, in *struct{ Body newImport }) (*body[importReport], error) {
		report, err := a.Import(ctx, in.Body.Rows, []byte(in.Body.CSV), in.Body.Check)
		if err != nil {
			return nil, err
		}
		if len(report.Faults) > 0 {
			return nil, faulty(report.Faults)
		}
		out := importReport{
			Done: report.Done, Count: report.Rows, Added: report.New, Unchanged: report.Unchanged, Notes: append([]string{}, report.Notes...),
			Changed: each(report.Changed, func(c intake.Change) importChange {
				return importChange{Row: c.Row, Differs: append([]string{}, c.Columns...), Taken: append([]string{}, c.Taken...)}
			}),
		}
		return &body[importReport]{Body: out}, nil
	})
}

// faulty is a table with faults. They name rows and columns, and hold nothing of
// what stands there.
func faulty(faults []intake.Fault) *problem.Problem {
	p := invalid()
	p.Code = "faulty_import"
	p.Detail = "Nothing was taken in. Put right what is listed under errors, and send the whole table again."
	for _, f := range faults {
		p.Errors = append(p.Errors, problem.Fault{Field: "body.csv", Message: f.String()})
	}
	return p
}
