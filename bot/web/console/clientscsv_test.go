package console_test

import (
	"strings"
	"testing"

	"alongside/bot/web/signin"
)

func TestTheCaseloadLeavesAsATable(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.add(f.sam, "=Formula Example", "+447700900150")
		f.as(signin.Specialist, f.sam)
		status, body, header := f.get("/clients.csv")
		if status != 200 || header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(body, string(f.john)+",") || !strings.Contains(body, ",'=Formula Example,") {
			t.Errorf("%d %v\n%s", status, header, body)
		}
		if strings.Contains(body, string(f.megan)) {
			t.Error("somebody else's client leaves")
		}
		if _, body, _ = f.get("/clients.csv?of=" + string(f.priya)); strings.Contains(body, string(f.megan)) {
			t.Error("who asks for another's caseload gets it")
		}
		if status, _, _ = f.get("/clients.csv"); status != 200 || !strings.Contains(strings.Join(f.audit, " "), "caseload_exported") {
			t.Errorf("it is not written down: %v", f.audit)
		}
		f.as(signin.Administrator, "")
		if status, _, _ = f.get("/clients.csv"); status != 403 {
			t.Errorf("an administrator gets %d", status)
		}
	})
}
