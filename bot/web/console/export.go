package console

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
)

// exportRoutes are what leaves the pages as a file.
func (c *Console) exportRoutes() map[string]handler {
	return map[string]handler{"GET /clients.csv": c.exportCaseload}
}

// exportCaseload is the caseload as a table: what its page shows, of whom the
// person sees. That it left is written down.
func (c *Console) exportCaseload(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	rows, err := c.Store.Rows(r.Context(), own(who, conversations.SpecialistID(r.URL.Query().Get("of"))), !lead(who))
	if err != nil {
		return err
	}
	if err := c.Audit(r.Context(), who, "caseload_exported", ""); err != nil {
		return err
	}
	var b bytes.Buffer
	table := csv.NewWriter(&b)
	table.UseCRLF = true
	out := [][]string{{"id", "full name", "stage", "stage since", "language", "last heard", "next appointment", "status", "waiting", "agreed to texts"}}
	for _, row := range rows {
		zone := zoneOf(row.Zone)
		agreed, next, status := "no", "", ""
		if row.Reachable {
			agreed = "yes"
		}
		if row.Next.ID != "" {
			next, status = row.Next.At.In(zone).Format("2006-01-02 15:04"), string(row.Next.Status)
		}
		out = append(out, []string{
			string(row.ID), cell(row.FullName), string(row.Stage), local(row.StageAt, zone, time.DateOnly), row.Language, local(row.Heard, zone, "2006-01-02 15:04"),
			next, status, strconv.Itoa(row.Waiting), agreed,
		})
	}
	if err := table.WriteAll(out); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="caseload.csv"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b.Bytes())
	return nil
}

// cell is a text that no spreadsheet takes for a formula.
func cell(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// local is a moment on the client's clock; "" for none.
func local(at time.Time, zone *time.Location, form string) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zone).Format(form)
}
