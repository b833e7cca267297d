package api_test

import (
	"strings"
	"testing"
	"time"

	"alongside/store"
)

func TestADiaryIsReadAtItsSecretAddress(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam, other := f.sam(), f.sam()
		john := f.agreed(sam, 1)
		meeting := f.booked(john, theDay.AddDate(0, 0, 3))
		f.booked(f.agreed(other, 2), theDay.AddDate(0, 0, 4))
		var made struct{ ID, Address string }
		f.do("POST", "/api/v1/specialists/"+sam+"/calendars", nil).is(201, &made)
		f.secret(strings.TrimSuffix(strings.TrimPrefix(made.Address, "/calendar/"), ".ics"))
		read := func(tag string) answer {
			return f.do("GET", made.Address, nil, "Authorization", "", "If-None-Match", tag)
		}
		first := read("")
		body := string(first.is(200).body)
		if strings.Count(body, "BEGIN:VEVENT") != 1 || !strings.Contains(body, "UID:"+meeting+"@alongside\r\n") || !strings.Contains(body, "SUMMARY:J. M.\r\n") || !strings.Contains(body, "SEQUENCE:0\r\n") {
			t.Errorf("the diary:\n%s", body)
		}
		read(first.header.Get("ETag")).is(304)
		f.advance(time.Minute)
		f.do("PATCH", "/api/v1/appointments/"+meeting, map[string]any{"at": theDay.AddDate(0, 0, 2).Format(time.RFC3339)}).is(200)
		body = string(read(first.header.Get("ETag")).is(200).body)
		if !strings.Contains(body, "SEQUENCE:1\r\n") || !strings.Contains(body, "DTSTART:20261125T120000Z\r\n") {
			t.Errorf("moved:\n%s", body)
		}
		f.do("POST", "/api/v1/appointments/"+meeting+"/cancel", nil).is(200)
		if body = string(read("").is(200).body); !strings.Contains(body, "SEQUENCE:2\r\n") || !strings.Contains(body, "STATUS:CANCELLED\r\n") {
			t.Errorf("cancelled:\n%s", body)
		}
		var list struct{ Items []map[string]any }
		f.do("GET", "/api/v1/specialists/"+sam+"/calendars", nil).is(200, &list)
		if len(list.Items) != 1 || list.Items[0]["address"] != nil || list.Items[0]["used_at"] == nil {
			t.Errorf("listed: %v", list.Items)
		}
		f.do("DELETE", "/api/v1/specialists/"+other+"/calendars/"+made.ID, nil).refuses(404, "not_found")
		read("").is(200)
		f.do("DELETE", "/api/v1/specialists/"+sam+"/calendars/"+made.ID, nil).is(200)
		read("").refuses(404, "not_found")
		f.do("POST", "/api/v1/specialists/nobody/calendars", nil).refuses(404, "not_found")
		log, _, err := f.store.AuditLog(f.Context(), made.ID, store.Page{})
		must(t, err)
		if len(log) != 2 || log[0].What != "calendar_made" || log[1].What != "calendar_ended" {
			t.Errorf("audit: %+v", log)
		}
	})
}
