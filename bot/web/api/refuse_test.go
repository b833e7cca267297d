package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alongside/conversations"
	"alongside/store"
)

// placeholders are the names that stand in the patterns of the routes.
var placeholders = []string{"client", "appointment", "flag", "specialist", "sender", "lead", "task", "check_in", "message", "alert", "nudge", "job", "figure", "calendar", "hook", "delivery"}

// route fills the placeholders of a pattern, so that it can be called.
func route(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	for _, name := range placeholders {
		path = strings.ReplaceAll(path, "{"+name+"}", "some-id")
	}
	return method, path
}

func TestEveryRouteWantsAToken(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.advance(time.Minute)
		gone := f.newToken("admin")
		tokens, err := f.store.Tokens(f.Context())
		must(f.T, err)
		for _, token := range tokens {
			if slices.Contains(token.Scopes, "admin") {
				must(f.T, f.store.RevokeToken(f.Context(), token.ID, f.clock()))
			}
		}
		reader, other := f.newToken("read"), f.newToken("import")
		patterns := f.api.Patterns()
		if len(patterns) < 15 {
			t.Fatalf("only %d routes", len(patterns))
		}
		for _, pattern := range patterns {
			method, path := route(pattern)
			for name, row := range map[string]struct {
				header, code, challenge string
				status                  int
			}{
				"missing":      {"", "no_token", `Bearer realm="alongside"`, 401},
				"wrong":        {"Bearer " + strings.Repeat("x", 26), "wrong_token", `Bearer realm="alongside", error="invalid_token"`, 401},
				"revoked":      {"Bearer " + gone, "wrong_token", `Bearer realm="alongside", error="invalid_token"`, 401},
				"another_kind": {"Basic am9objpzZWNyZXQ=", "wrong_token", `Bearer realm="alongside", error="invalid_token"`, 401},
				"very_long":    {"Bearer alongside_" + strings.Repeat("y", 5000), "wrong_token", `Bearer realm="alongside", error="invalid_token"`, 401},
				"odd_letters":  {"Bearer alongside_\u00e9\u00e9", "wrong_token", `Bearer realm="alongside", error="invalid_token"`, 401},
				"other_scope":  {"Bearer " + other, "scope", `Bearer realm="alongside", error="insufficient_scope", scope="`, 403},
			} {
				a := f.do(method, path, nil, "Authorization", row.header)
				a.refuses(row.status, row.code)
				if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, row.challenge) {
					t.Errorf("%s, %s: WWW-Authenticate is %q", pattern, name, got)
				}
			}
			a := f.do(method, path, nil, "Authorization", "Bearer "+reader)
			if path == "/api/v1/feedback" || strings.HasPrefix(path, "/api/v1/webhooks") {
				a.refuses(403, "scope") // It is for the lead, or for whoever runs this.
				continue
			}
			if method == http.MethodGet {
				if a.status == 401 || a.status == 403 {
					t.Errorf("%s: a reader may not read: %d", pattern, a.status)
				}
				continue
			}
			a.refuses(403, "scope")
			if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="write"`) {
				t.Errorf("%s: WWW-Authenticate is %q", pattern, got)
			}
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("something happened: %v", events)
		}
	})
}

func TestWhatNeedsNoToken(t *testing.T) {
	t.Parallel()
	f := once(t)
	for _, path := range []string{"/api/v1/openapi.json", "/healthz", "/readyz"} {
		if a := f.do("GET", path, nil, "Authorization", ""); a.status != 200 || !json.Valid(a.body) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	// Not even whether there is something at an address.
	for _, path := range []string{"/api/v1/", "/api/v1/nothing", "/api/v1/docs", "/api/v1/openapi.yaml", "/api/v1/schemas/Problem.json", "/api/v1/openapi-3.0.json"} {
		f.do("GET", path, nil, "Authorization", "").refuses(401, "no_token")
		f.do("GET", path, nil).refuses(404, "not_found")
	}
	a := f.do("DELETE", "/api/v1/clients", nil)
	a.refuses(405, "method")
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow is %q", allow)
	}
	f.do("GET", "/api/v1/clients/x/../../../healthz", nil, "Authorization", "")
}

func TestUnknownIDsAreSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.token = f.newToken("read", "write", "admin")
		fallbackBody := map[string]any{"name": "Ann Price", "relation": "sister", "phone": "07700 900555", "tell": []string{"reaching"}, "by": "duty"}
		bodies := map[string]any{
			"PUT /api/v1/clients/{client}/mobile":                             map[string]any{"mobile": "07700900555"},
			"POST /api/v1/clients/{client}/agreements":                        map[string]any{"channel": "sms", "agreement": "given", "how": "in person"},
			"POST /api/v1/clients/{client}/appointments":                      map[string]any{"kind": "regular", "at": "2026-11-26T14:00:00Z"},
			"PATCH /api/v1/appointments/{appointment}":                        map[string]any{"at": "2026-11-26T14:00:00Z"},
			"POST /api/v1/clients/{client}/telegram-link":                     nil,
			"PATCH /api/v1/leads/{lead}":                                      map[string]any{"filled": true},
			"PATCH /api/v1/nudges/{nudge}":                                    map[string]any{"at": "2026-11-24T11:00:00Z"},
			"POST /api/v1/clients/{client}/offers":                            map[string]any{"lead": "some-id"},
			"POST /api/v1/clients/{client}/tasks":                             map[string]any{"what": "look up jobs"},
			"PATCH /api/v1/clients/{client}/tasks/{task}":                     map[string]any{"status": "done"},
			"POST /api/v1/clients/{client}/check-ins":                         map[string]any{"kind": "week"},
			"PATCH /api/v1/clients/{client}/check-ins/{check_in}":             map[string]any{"no_rhythm": true},
			"PUT /api/v1/specialists/{specialist}/free-times":                 map[string]any{"times": []string{}},
			"PATCH /api/v1/clients/{client}/settings":                         map[string]any{"detail": true},
			"POST /api/v1/clients/{client}/ring":                              map[string]any{"at": "2026-11-23T14:00:00Z"},
			"POST /api/v1/clients/{client}/messages/{message}/correction":     map[string]any{"intent": "confirm", "by": "some-id"},
			"POST /api/v1/clients/{client}/hold":                              map[string]any{"by": "duty"},
			"POST /api/v1/clients/{client}/release":                           map[string]any{"by": "duty"},
			"POST /api/v1/clients/{client}/hand-over":                         map[string]any{"to": "some-id", "by": "duty"},
			"POST /api/v1/clients/{client}/hand-over/words":                   map[string]any{"by": "duty"},
			"POST /api/v1/specialists/{specialist}/hand-over":                 map[string]any{"to": "some-id", "by": "duty"},
			"POST /api/v1/clients/{client}/return":                            map[string]any{"by": "duty"},
			"POST /api/v1/clients/{client}/messages/{message}/resend":         map[string]any{"by": "duty"},
			"PUT /api/v1/clients/{client}/stage":                              map[string]any{"stage": "active", "by": "duty"},
			"PUT /api/v1/clients/{client}/employer-contacts":                  map[string]any{"employer": "Hafan Cafe", "contact": "no", "by": "duty"},
			"POST /api/v1/leads/{lead}/offers":                                map[string]any{"clients": []string{"some-id"}, "by": "duty"},
			"PUT /api/v1/clients/{client}/wishes":                             map[string]any{"below": 16, "by": "duty"},
			"POST /api/v1/specialists/{specialist}/absences":                  map[string]any{"from": "2026-11-30", "until": "2026-12-04", "cover": "some-id", "by": "duty"},
			"PUT /api/v1/absences/{absence}":                                  map[string]any{"from": "2026-11-30", "until": "2026-12-04", "cover": "some-id", "by": "duty"},
			"POST /api/v1/clients/{client}/fallback-contacts":                 fallbackBody,
			"PUT /api/v1/clients/{client}/fallback-contacts/{contact}":        fallbackBody,
			"POST /api/v1/clients/{client}/contacts":                          map[string]any{"mechanism": "video", "at": "2026-11-20T14:00:00Z", "by": "duty"},
			"POST /api/v1/specialists/{specialist}/contacts":                  map[string]any{"mechanism": "video", "at": "2026-11-20T14:00:00Z", "by": "duty"},
			"POST /api/v1/clients/{client}/referrals":                         map[string]any{"source": "gp", "by": "duty"},
			"POST /api/v1/clients/{client}/jobs":                              map[string]any{"work": "paid", "type": "shop", "by": "duty"},
			"POST /api/v1/clients/{client}/jobs/{job}/end":                    map[string]any{"by": "duty"},
			"PUT /api/v1/clients/{client}/circumstance":                       map[string]any{"circumstance": "bereaved", "by": "duty"},
			"POST /api/v1/clients/{client}/milestones":                        map[string]any{"milestone": "job_offer", "by": "duty"},
			"POST /api/v1/clients/{client}/due/{step}/done":                   map[string]any{"by": "duty"},
			"PUT /api/v1/appointments/{appointment}/attendance":               map[string]any{"attendance": "missed", "by": "duty"},
			"POST /api/v1/appointments/{appointment}/another-time":            map[string]any{"by": "duty"},
			"PATCH /api/v1/specialists/{specialist}":                          map[string]any{"reminders": []int{}},
			"POST /api/v1/alerts/{alert}/acknowledge":                         map[string]any{"by": "duty"},
			"POST /api/v1/alerts/{alert}/outcome":                             map[string]any{"by": "duty", "outcome": "rang them"},
			"POST /api/v1/clients/{client}/appointments/{appointment}/remind": map[string]any{"by": "duty"},
		}
		for _, pattern := range f.api.Patterns() {
			if !strings.Contains(pattern, "{") {
				continue
			}
			method, path := route(pattern)
			f.do(method, path, bodies[pattern]).refuses(404, "not_found")
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("something happened: %v", events)
		}
	})
}

func TestATakenNumberIsExplained(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		f.john(sam, 601)
		ann := f.john(sam, 602)
		f.secret("Mbeki", "900601", "900 601")
		for name, a := range map[string]answer{
			"new":     f.do("POST", "/api/v1/clients", map[string]any{"specialist": sam, "full_name": "Ann Other", "mobile": "+447700900601"}),
			"changed": f.do("PUT", "/api/v1/clients/"+ann+"/mobile", map[string]any{"mobile": "07700 900 601"}),
		} {
			p := a.refuses(409, "number_taken")
			if len(p.Errors) != 1 || p.Errors[0].Field != "body.mobile" || len(p.Errors[0].Message) < 40 {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if events := f.took(); len(events) != 0 {
			t.Errorf("something happened: %v", events)
		}
	})
}

// TestBadInput sends one request each that is wrong in one way.
func TestBadInput(t *testing.T) { //nolint:tparallel // The rows share one fixture, and no row may cause an event.
	t.Parallel()
	f := once(t)
	sam := f.sam()
	john := f.agreed(sam, 611)
	meeting := f.booked(john, theDay.AddDate(0, 0, 3))
	f.took()
	now := f.clock()
	at := func(t time.Time) string { return `{"kind":"regular","at":"` + t.Format(time.RFC3339Nano) + `"}` }
	client := func(more string) string {
		return `{"specialist":"` + sam + `","full_name":"Ann","mobile":"07700900612"` + more + `}`
	}
	diary, people, agree := "POST /api/v1/clients/"+john+"/appointments", "POST /api/v1/clients", "POST /api/v1/clients/"+john+"/agreements"
	rows := map[string]struct {
		to, body, code string
		status         int
		field, says    string
		headers        []string
	}{
		"past_appointment":         {diary, at(now.Add(-time.Hour)), "invalid", 422, "body.at", "past", nil},
		"now_is_past":              {diary, at(now), "invalid", 422, "body.at", "past", nil},
		"far_appointment":          {diary, at(now.AddDate(2, 0, 1)), "invalid", 422, "body.at", "two years", nil},
		"seconds":                  {diary, at(now.Add(time.Hour + time.Second)), "invalid", 422, "body.at", "whole minute", nil},
		"move_into_the_past":       {"PATCH /api/v1/appointments/" + meeting, `{"at":"2026-11-20T10:00:00Z"}`, "invalid", 422, "body.at", "past", nil},
		"no_offset":                {diary, `{"kind":"regular","at":"2026-11-26T14:00:00"}`, "invalid", 422, "body.at", "RFC 3339", nil},
		"no_time":                  {diary, `{"kind":"regular"}`, "invalid", 422, "body.at", "missing", nil},
		"time_as_number":           {diary, `{"kind":"regular","at":1795701600}`, "invalid", 422, "body.at", "", nil},
		"unknown_kind":             {diary, `{"kind":"party","at":"2026-11-26T14:00:00Z"}`, "invalid", 422, "body.kind", "one of: informal_chat", nil},
		"minus_minutes":            {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","minutes":-5}`, "invalid", 422, "body.minutes", "at least 0", nil},
		"too_many_minutes":         {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","minutes":1441}`, "invalid", 422, "body.minutes", "at most 1440", nil},
		"minutes_as_words":         {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","minutes":"an hour"}`, "invalid", 422, "body.minutes", "whole number", nil},
		"half_a_minute":            {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","minutes":0.5}`, "invalid", 422, "body.minutes", "whole number", nil},
		"long_place":               {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","place":"` + strings.Repeat("x", 201) + `"}`, "invalid", 422, "body.place", "at most 200", nil},
		"unknown_field":            {diary, `{"kind":"regular","at":"2026-11-26T14:00:00Z","when":"soon"}`, "invalid", 422, "body", "not known", nil},
		"malformed_number":         {people, strings.Replace(client(""), "07700900612", "0770", 1), "short_code", 422, "body.mobile", "mobile number", nil},
		"landline":                 {people, strings.Replace(client(""), "07700900612", "01632 960001", 1), "", 422, "body.mobile", "mobile number", nil},
		"words_for_a_number":       {people, strings.Replace(client(""), "07700900612", "HMRC", 1), "sender_name", 422, "body.mobile", "", nil},
		"unknown_specialist":       {people, strings.Replace(client(""), sam, "nobody", 1), "not_found", 422, "body.specialist", "", nil},
		"unknown_zone":             {people, client(`,"zone":"Mars/Phobos"`), "bad_value", 422, "body.zone", "", nil},
		"the_servers_zone":         {people, client(`,"zone":"Local"`), "bad_value", 422, "body.zone", "", nil},
		"unknown_language":         {people, client(`,"language":"Welsh!"`), "bad_value", 422, "body.language", "", nil},
		"waking_hour":              {people, client(`,"wakes":"25:00"`), "invalid", 422, "body.wakes", "11:00", nil},
		"lead_without_a_title":     {"POST /api/v1/leads", `{"hours":12}`, "invalid", 422, "body.title", "missing", nil},
		"lead_of_nobody":           {"POST /api/v1/leads", `{"title":"PC repair","by":"nobody"}`, "invalid", 422, "body.by", "no specialist", nil},
		"lead_that_closed":         {"POST /api/v1/leads", `{"title":"PC repair","closes":"2026-11-20T10:00:00Z"}`, "past", 422, "body.closes", "past", nil},
		"lead_with_a_long_title":   {"POST /api/v1/leads", `{"title":"` + strings.Repeat("x", 61) + `"}`, "too_long", 422, "body.title", "", nil},
		"lead_of_all_hours":        {"POST /api/v1/leads", `{"title":"PC repair","hours":169}`, "invalid", 422, "body.hours", "at most 168", nil},
		"lead_change_of_nothing":   {"PATCH /api/v1/leads/none", `{}`, "invalid", 422, "body", "changes nothing", nil},
		"lead_change_of_both":      {"PATCH /api/v1/leads/none", `{"closes":"2026-12-20T10:00:00Z","open_ended":true}`, "invalid", 422, "body.open_ended", "beside closes", nil},
		"nudge_to_nobody":          {"POST /api/v1/nudges/preview", `{"by":"` + sam + `","template":"nudge.well_done"}`, "invalid", 422, "body.clients", "says nobody", nil},
		"nudge_to_both":            {"POST /api/v1/nudges", `{"by":"` + sam + `","template":"nudge.well_done","everybody":true,"clients":["x"]}`, "invalid", 422, "body.clients", "beside another", nil},
		"nudge_of_nobody":          {"POST /api/v1/nudges", `{"by":"nobody","template":"nudge.well_done","everybody":true}`, "invalid", 422, "body.by", "no specialist", nil},
		"nudge_to_a_stranger":      {"POST /api/v1/nudges", `{"by":"` + sam + `","template":"nudge.well_done","clients":["nobody"]}`, "invalid", 422, "body.clients", "not on the caseload", nil},
		"nudge_of_nothing":         {"POST /api/v1/nudges", `{"by":"` + sam + `","everybody":true}`, "empty", 422, "body.words", "one of the two", nil},
		"nudge_preview_of_nothing": {"POST /api/v1/nudges/preview", `{"by":"` + sam + `","everybody":true}`, "empty", 422, "body.words", "one of the two", nil},
		"nudge_in_the_past":        {"POST /api/v1/nudges", `{"by":"` + sam + `","template":"nudge.well_done","everybody":true,"at":"2026-11-20T10:00:00Z"}`, "past", 422, "body.at", "past", nil},
		"nudge_of_other_words":     {"POST /api/v1/nudges", `{"by":"` + sam + `","template":"nudge.hurry_up","everybody":true}`, "bad_value", 422, "body.template", "no such words", nil},
		"nudge_of_private_words":   {"POST /api/v1/nudges", `{"by":"` + sam + `","words":{"en":"How is the depression?"},"everybody":true}`, "words", 422, "body.words", "private", nil},
		"nudge_of_words_to_read":   {"POST /api/v1/nudges", `{"by":"` + sam + `","words":{"en":"Good luck with the interview."},"everybody":true}`, "words", 422, "body.words", "lock_screen", nil},
		"nudge_change_of_nothing":  {"PATCH /api/v1/nudges/none", `{}`, "invalid", 422, "body", "changes nothing", nil},
		"nudge_instead_alone":      {"PATCH /api/v1/nudges/none", `{"instead":"en"}`, "invalid", 422, "body.instead", "without words", nil},
		"hand_over_to_nobody":      {"POST /api/v1/clients/" + john + "/hand-over", `{"to":"nobody","by":"` + sam + `"}`, "invalid", 422, "body.to", "no specialist", nil},
		"caseload_to_nobody":       {"POST /api/v1/specialists/" + sam + "/hand-over", `{"to":"nobody","by":"` + sam + `"}`, "invalid", 422, "body.to", "no specialist", nil},
		"return_of_who_is_here":    {"POST /api/v1/clients/" + john + "/return", `{"by":"` + sam + `"}`, "not_closed", 409, "", "", nil},
		"landline_by_name":         {"PUT /api/v1/clients/" + john + "/mobile", `{"mobile":"029 2018 0000"}`, "landline", 422, "body.mobile", "Ask for a mobile number", nil},
		"offer_of_no_lead":         {"POST /api/v1/clients/" + john + "/offers", `{"lead":"none"}`, "invalid", 422, "body.lead", "no lead", nil},
		"task_of_nothing":          {"POST /api/v1/clients/" + john + "/tasks", `{"what":""}`, "invalid", 422, "body.what", "at least 1", nil},
		"task_on_no_day":           {"POST /api/v1/clients/" + john + "/tasks", `{"what":"look up jobs","due":"2026-02-30"}`, "invalid", 422, "body.due", "a day", nil},
		"task_of_another_status":   {"PATCH /api/v1/clients/" + john + "/tasks/none", `{"status":"cancelled"}`, "invalid", 422, "body.status", "one of: open", nil},
		"task_change_of_nothing":   {"PATCH /api/v1/clients/" + john + "/tasks/none", `{}`, "invalid", 422, "body", "changes nothing", nil},
		"check_in_without_words":   {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"wellbeing"}`, "empty", 422, "body.words", "", nil},
		"check_in_with_words":      {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","words":"how was it?"}`, "bad_value", 422, "body.words", "Only a wellbeing", nil},
		"rhythm_of_no_rule":        {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","rhythm":{"rule":"FREQ=HOURLY"}}`, "bad_value", 422, "body.rhythm.rule", "daily or slower", nil},
		"rhythm_of_two_days":       {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","rhythm":{"month_day":3,"on":"2026-12-18"}}`, "bad_value", 422, "body.rhythm", "exactly one of", nil},
		"rhythm_of_no_day":         {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","rhythm":{}}`, "invalid", 422, "body.rhythm", "says no day", nil},
		"rhythm_before_nothing":    {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","rhythm":{"meeting":"review"}}`, "bad_value", 422, "body.rhythm.before", "how many days", nil},
		"rhythm_on_a_past_day":     {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"week","rhythm":{"on":"2020-12-18"}}`, "invalid", 422, "body.rhythm.on", "lies ahead", nil},
		"check_in_of_no_kind":      {"POST /api/v1/clients/" + john + "/check-ins", `{"kind":"mood"}`, "invalid", 422, "body.kind", "one of: week", nil},
		"answers_since_when":       {"GET /api/v1/clients/" + john + "/answers?since=monday", "", "invalid", 422, "query.since", "", nil},
		"free_times_in_the_past":   {"PUT /api/v1/specialists/" + sam + "/free-times", `{"times":["2026-11-20T10:00:00Z"]}`, "past", 422, "body.times", "past", nil},
		"settings_of_nothing":      {"PATCH /api/v1/clients/" + john + "/settings", `{}`, "invalid", 422, "body", "sets nothing", nil},
		"settings_of_no_hours":     {"PATCH /api/v1/clients/" + john + "/settings", `{"wakes":"11:00","rests":"10:00"}`, "invalid", 422, "body.rests", "no time", nil},
		"settings_of_no_day":       {"PATCH /api/v1/clients/" + john + "/settings", `{"rest_days":["mon","tue","wed","thu","fri","sat","sun"]}`, "invalid", 422, "body.rest_days", "no day", nil},
		"pause_until_yesterday":    {"PATCH /api/v1/clients/" + john + "/settings", `{"paused_until":"2026-11-20T10:00:00Z"}`, "invalid", 422, "body.paused_until", "past", nil},
		"pause_for_years":          {"PATCH /api/v1/clients/" + john + "/settings", `{"paused_until":"2029-11-20T10:00:00Z"}`, "invalid", 422, "body.paused_until", "a year ahead", nil},
		"pause_and_resume":         {"PATCH /api/v1/clients/" + john + "/settings", `{"paused_until":"2026-12-20T10:00:00Z","resume":true}`, "invalid", 422, "body.resume", "beside", nil},
		"stop_and_allow":           {"PATCH /api/v1/clients/" + john + "/settings", `{"stop":["leads"],"allow":["leads"]}`, "invalid", 422, "body.allow", "stop as well", nil},
		"stop_of_no_kind":          {"PATCH /api/v1/clients/" + john + "/settings", `{"stop":["crisis"]}`, "invalid", 422, "body.stop[0]", "one of: appointments", nil},
		"detail_while_guarded":     {"PATCH /api/v1/clients/" + john + "/settings", `{"detail":true,"guarded":true}`, "invalid", 422, "body.detail", "somebody else", nil},
		"reminders_in_disorder":    {"PATCH /api/v1/clients/" + john + "/settings", `{"reminders":[1440,2880]}`, "invalid", 422, "body.reminders", "longest first", nil},
		"reminder_too_short":       {"PATCH /api/v1/specialists/" + sam, `{"reminders":[60]}`, "bad_value", 422, "body.reminders", "2 hours", nil},
		"reminders_too_many":       {"PATCH /api/v1/specialists/" + sam, `{"reminders":[9000,8000,7000,6000,5000]}`, "invalid", 422, "body.reminders", "", nil},
		"reminders_left_out":       {"PATCH /api/v1/specialists/" + sam, `{}`, "invalid", 422, "body.reminders", "", nil},
		"call_in_the_past":         {"POST /api/v1/clients/" + john + "/ring", `{"at":"2026-11-23T11:00:00Z"}`, "invalid", 422, "body.at", "past", nil},
		"call_next_month":          {"POST /api/v1/clients/" + john + "/ring", `{"at":"2026-12-23T11:00:00Z"}`, "invalid", 422, "body.at", "a week ahead", nil},
		"call_from_nowhere":        {"POST /api/v1/clients/" + john + "/ring", `{"at":"2026-11-23T14:00:00Z","from":"withheld"}`, "invalid", 422, "body.from", "a telephone number", nil},
		"two_faults":               {people, client(`,"zone":"Mars","language":"Klingon!"`), "invalid", 422, "body.zone", "", nil},
		"contact_by_text":          {"POST /api/v1/clients/" + john + "/contacts", `{"mechanism":"text","at":"2026-11-20T10:00:00Z","by":"duty"}`, "invalid", 422, "body.mechanism", "one of: face_to_face", nil},
		"contact_ahead":            {"POST /api/v1/clients/" + john + "/contacts", `{"mechanism":"video","at":"2026-12-20T10:00:00Z","by":"duty"}`, "bad_value", 422, "body.at", "ahead", nil},
		"employer_is_no_client":    {"POST /api/v1/specialists/" + sam + "/contacts", `{"with":"client","mechanism":"video","at":"2026-11-20T10:00:00Z","by":"duty"}`, "invalid", 422, "body.with", "employer here", nil},
		"referred_by_whom":         {"POST /api/v1/clients/" + john + "/referrals", `{"source":"rumour","by":"duty"}`, "invalid", 422, "body.source", "one of: gp", nil},
		"job_of_no_type":           {"POST /api/v1/clients/" + john + "/jobs", `{"work":"paid","type":"wizardry","by":"duty"}`, "invalid", 422, "body.type", "one of: office", nil},
		"figures_of_no_period":     {"GET /api/v1/figures?period=2026-q7", "", "invalid", 422, "query.period", "no period", nil},
		"named_as_text":            {people, client(`,"named":"yes"`), "invalid", 422, "body.named", "true or false", nil},
		"empty_object":             {people, `{}`, "invalid", 422, "body.full_name", "missing", nil},
		"unknown_channel":          {agree, `{"channel":"fax","agreement":"given","how":"by fax"}`, "invalid", 422, "body.channel", "one of: sms, telegram", nil},
		"doubted_by_hand":          {agree, `{"channel":"sms","agreement":"doubted","how":"in person"}`, "invalid", 422, "body.agreement", "one of: given", nil},
		"bad_cursor":               {"GET /api/v1/flags?cursor=zzz", "", "invalid", 422, "query", "cursor", nil},
		"bad_before":               {"GET /api/v1/clients/" + john + "/conversation?before=zzz", "", "invalid", 422, "query", "cursor", nil},
		"unknown_parameter":        {"GET /api/v1/clients?surname=x", "", "invalid", 422, "query", "not known", nil},
		"limit_in_words":           {"GET /api/v1/clients?limit=many", "", "invalid", 422, "query.limit", "whole number", nil},
		"limit_too_high":           {"GET /api/v1/clients?limit=201", "", "invalid", 422, "query.limit", "at most 200", nil},
		"control_in_the_query":     {"GET /api/v1/clients?specialist=%00", "", "bad_address", 400, "", "", nil},
		"no_utf8_in_the_query":     {"GET /api/v1/clients?specialist=%ff%fe", "", "bad_address", 400, "", "", nil},
		"control_in_the_path":      {"GET /api/v1/clients/%00", "", "bad_address", 400, "", "", nil},
		"no_utf8":                  {people, client(`,"name":"` + "\xff\xfe" + `"`), "not_utf8", 400, "", "", nil},
		"nul":                      {people, client(`,"name":"x\u0000"`), "not_json", 400, "", "", nil},
		"line_break":               {people, client(`,"name":"x\ny"`), "bad_characters", 422, "body.name", "", nil},
		"not_json":                 {people, `name=x`, "not_json", 400, "", "", nil},
		"no_body":                  {people, ``, "needs_body", 400, "", "", nil},
		"an_array":                 {people, `[]`, "not_json", 400, "", "", nil},
		"a_field_twice":            {people, client(`,"name":"a","name":"b"`), "not_json", 400, "", "", nil},
		"form":                     {people, `full_name=x`, "not_json", 415, "", "", []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"no_content_type":          {people, client(""), "not_json", 415, "", "", []string{"Content-Type", ""}},
		"another_charset":          {people, client(""), "not_json", 415, "", "", []string{"Content-Type", "application/json; charset=iso-8859-1"}},
		"10_mb":                    {people, client(`,"name":"` + strings.Repeat("x", 10<<20) + `"`), "too_large", 413, "", "", nil},
		"just_over_a_mebibyte":     {people, client(`,"name":"` + strings.Repeat("x", 1<<20) + `"`), "too_large", 413, "", "", nil},
		"body_where_none_belongs":  {"POST /api/v1/clients/" + john + "/close", `{"reason":"moved away"}`, "no_body", 422, "", "", nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(row.to, " ")
			var body any
			if method != "GET" {
				body = row.body
			}
			code := row.code
			a := f.do(method, path, body, row.headers...)
			if code == "" {
				var p problem
				must(t, json.Unmarshal(a.body, &p))
				code = p.Code
			}
			p := a.refuses(row.status, code)
			if row.field == "" {
				return
			}
			if !slices.ContainsFunc(p.Errors, func(e struct{ Field, Message string }) bool {
				return e.Field == row.field && strings.Contains(e.Message, row.says)
			}) {
				t.Errorf("no error of %s that says %q: %+v", row.field, row.says, p.Errors)
			}
		})
	}
	if events := f.took(); len(events) != 0 {
		t.Errorf("something happened: %v", events)
	}
}

func TestAnUnstatedLengthIsBoundedToo(t *testing.T) {
	t.Parallel()
	f := once(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/api/v1/clients",
		struct{ *strings.Reader }{strings.NewReader(`{"full_name":"` + strings.Repeat("x", 3<<20) + `"}`)})
	must(t, err)
	req.ContentLength = -1
	req.Header.Set("Authorization", "Bearer "+f.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// TestAFailingTurnIsNoSecret gives the turn the errors that it can have.
func TestAFailingTurnIsNoSecret(t *testing.T) { //nolint:tparallel // The rows take turns at making the one turn fail.
	t.Parallel()
	f := once(t)
	john := f.agreed(f.sam(), 621)
	const internal = "dial tcp db.internal"
	rows := map[string]struct {
		err    error
		code   string
		status int
		logged bool
	}{
		"failure":  {fmt.Errorf("commit %s: %w", "appointment_booked", errors.New(internal)), "internal", 500, true},
		"conflict": {fmt.Errorf("commit: %w", store.ErrConflict), "conflict", 409, false},
		"missing":  {fmt.Errorf("load: %w", store.ErrNotFound), "not_found", 404, false},
		"too_slow": {fmt.Errorf("load: %w", context.DeadlineExceeded), "busy", 503, true},
		"taken":    {fmt.Errorf("commit: %w", &store.Refusal{Code: store.RefusedTaken, Field: "mobile", Text: "This number belongs to another client."}), "number_taken", 409, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			f.fail(func(context.Context, conversations.Event) error { return row.err })
			p := f.do("POST", "/api/v1/clients/"+john+"/close", nil).refuses(row.status, row.code)
			if strings.Contains(f.errors.String(), internal) {
				t.Error("the answer holds the internal error")
			}
			lines := strings.Count(f.log.String(), "request="+p.Request)
			if row.logged && lines < 2 || !row.logged && lines != 1 {
				t.Errorf("%d lines of the log know the request", lines)
			}
		})
	}
}

func TestADeadDatabaseIsNoSecret(t *testing.T) {
	t.Parallel()
	f := once(t)
	john := f.john(f.sam(), 631)
	must(t, f.store.Close())
	f.do("GET", "/api/v1/clients/"+john, nil).refuses(503, "unavailable")
	if a := f.do("GET", "/readyz", nil); a.status != 503 {
		t.Errorf("ready: %d", a.status)
	}
}

// TestNothingThatWasSentComesBack is the property behind all errors: whatever a
// person's data is put into, no error and no line of the log repeats it.
func TestNothingThatWasSentComesBack(t *testing.T) {
	t.Parallel()
	f := once(t)
	sam := f.sam()
	john := f.agreed(sam, 641)
	meeting := f.booked(john, theDay.AddDate(0, 0, 3))
	const person = "Gwenllian"
	f.secret(person, "900777", "900 777", "900-777")
	patterns := f.api.Patterns()
	slices.Sort(patterns)
	fields := []string{
		"specialist", "full_name", "name", "named", "language", "zone", "mobile", "wakes", "detail", "channel",
		"agreement", "how", "kind", "at", "minutes", "place", "with", "phone", "email", "title", "area", "pay", "hours", "more", "closes",
		"filled", "open_ended", "lead", "by", "what", "due", "no_due", "status", "words", "times", "rests", "rest_days", "paused_until",
		"resume", "stop", "allow", "guarded", "leads_a_week", "from", "intent", "date", "clock", "number", "danger", "job",
		"mechanism", "source", "work", "way", "type", "on", "below", "not_before", "avoids", "areas", "employer", "contact", "on", "clients", person, person + "_" + person,
		"resume", "stop", "allow", "guarded", "leads_a_week", "from", "template", "instead", "clients", "everybody", "answer", "once", "confirmed", "intent", "date", "clock", "number", "danger", person, person + "_" + person,
	}
	values := []any{
		person, person + " ferch Llywelyn", "+447700900777", "07700 900777x", "07700-900-777 " + person, person + "@example.org\n",
		[]any{person},
		map[string]any{person: person},
		900777, -1.5, true, nil, "sms", "given", "regular",
		"2020-01-01T00:00:00Z", "2031-01-01T00:00:00+25:00", strings.Repeat(person, 100), person + "\u0000", "\u202e" + person,
	}
	rapid.Check(t, func(r *rapid.T) {
		method, path, _ := strings.Cut(rapid.SampledFrom(patterns).Draw(r, "route"), " ")
		for _, name := range placeholders {
			id := rapid.SampledFrom([]string{john, meeting, person, "900777", "~" + person, "%00" + person, "%ff" + person}).Draw(r, name)
			path = strings.ReplaceAll(path, "{"+name+"}", id)
		}
		if rapid.Bool().Draw(r, "query") {
			path += "?" + rapid.SampledFrom([]string{"limit", "cursor", "before", "specialist", "since", "open", person}).Draw(r, "parameter") + "=" + person
		}
		body := map[string]any{}
		for range rapid.IntRange(0, 5).Draw(r, "fields") {
			body[rapid.SampledFrom(fields).Draw(r, "field")] = rapid.SampledFrom(values).Draw(r, "value")
		}
		raw, err := json.Marshal(body)
		must(t, err)
		sent := string(raw)
		switch rapid.IntRange(0, 6).Draw(r, "form") {
		case 0:
			sent = sent[:len(sent)/2]
		case 1:
			sent = person
		case 2:
			sent = strings.ReplaceAll(sent, "{", "[")
		}
		var headers []string
		if rapid.IntRange(0, 9).Draw(r, "headers") == 0 {
			headers = []string{"Content-Type", "text/" + person, "Accept", person, "X-Request-Id", person, "User-Agent", person, "Origin", "https://" + person}
		}
		if rapid.IntRange(0, 9).Draw(r, "token") == 0 {
			headers = append(headers, "Authorization", "Bearer "+person)
		}
		var a answer
		if method == "GET" {
			a = f.do(method, path, nil, headers...)
		} else {
			a = f.do(method, path, sent, headers...)
		}
		if a.status >= 500 {
			r.Fatalf("status %d for a bad request: %s", a.status, a.body)
		}
		if a.status >= 400 && (a.header.Get("Content-Type") != "application/problem+json" || !json.Valid(a.body)) {
			r.Fatalf("status %d without a problem: %s", a.status, a.body)
		}
		if log := f.log.String() + f.errors.String(); strings.Contains(log, person) || strings.Contains(log, "900777") {
			r.Fatalf("it came back:\n%s", f.errors)
		}
	})
}
