package api_test

import (
	"strings"
	"testing"

	"alongside/bot/web/intake"
	"alongside/store"
)

func TestImportsOverTheAPI(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.sam()
		var report struct {
			Done                    bool
			Count, Added, Unchanged int
		}
		send := func(rows, csv string, check bool) answer {
			return f.do("POST", "/api/v1/imports", map[string]any{"rows": rows, "csv": csv, "check": check})
		}
		file := intake.Example(store.ImportClients)
		send("clients", file, true).is(200, &report)
		if report.Done || report.Added != 2 {
			t.Errorf("a check: %+v", report)
		}
		send("clients", file, false).is(200, &report)
		if !report.Done || report.Count != 2 || report.Added != 2 {
			t.Errorf("an import: %+v", report)
		}
		send("appointments", intake.Example(store.ImportAppointments), false).is(200, &report)
		send("clients", file, false).is(200, &report)
		if report.Added != 0 || report.Unchanged != 2 {
			t.Errorf("again: %+v", report)
		}
		f.secret("Mbeki", "900123")
		p := send("clients", strings.NewReplacer("C-17", "C-19", "John Example", "John Mbeki").Replace(file), false).refuses(422, "faulty_import")
		if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Message, `row 2, column "mobile": `) {
			t.Errorf("faults: %+v", p.Errors)
		}
	})
}
