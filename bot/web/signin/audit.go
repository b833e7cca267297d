package signin

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/store"
)

// AuditFilter reads which lines of the audit log a request is about: ?subject= (a
// client, account or session), ?account=, ?what=, and the days ?from= to ?to=,
// which belong to it, in a zone.
func AuditFilter(r *http.Request, zone *time.Location) store.AuditFilter {
	q := r.URL.Query()
	f := store.AuditFilter{Account: store.AccountID(q.Get("account")), What: strings.TrimSpace(q.Get("what")), Subject: strings.TrimSpace(q.Get("subject"))}
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("from"), zone); err == nil {
		f.From = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, q.Get("to"), zone); err == nil {
		f.To = day.AddDate(0, 0, 1)
	}
	return f
}

// exportAudit writes the audit log, oldest first, as CSV: all of it, or the lines
// of a filter. Taking it along is itself written down.
func (s *SignIn) exportAudit(w http.ResponseWriter, r *http.Request) {
	who, _ := From(r.Context())
	filter := AuditFilter(r, s.Zone)
	if err := s.Audit(r.Context(), who, "audit_exported", filter.Subject); err != nil {
		s.broken(w, r, err)
		return
	}
	list, next, err := s.Store.AuditOf(r.Context(), filter, store.Page{Limit: 200})
	if err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write([]string{"seq", "at", "account", "what", "subject"})
	for {
		for e := range slices.Values(list) {
			_ = out.Write([]string{strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339), string(e.Account), cell(e.What), cell(e.Subject)})
		}
		if next == "" {
			break
		}
		if list, next, err = s.Store.AuditOf(r.Context(), filter, store.Page{After: next, Limit: 200}); err != nil {
			// Half a log must not look like a whole one.
			s.Logger.ErrorContext(r.Context(), "the export of the audit log was cut off", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
	out.Flush()
}

// cell is a value that no spreadsheet takes for a formula.
func cell(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
