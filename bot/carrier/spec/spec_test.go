package spec_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"alongside/bot/carrier/spec"
)

// small is a description of our own in the shape of the official ones, so that the judging is tested everywhere.
func small(t *testing.T) *spec.Spec {
	t.Helper()
	s, err := spec.Load("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	messages = "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json"
	to       = "+447700900001"
)

func request(method, path string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// judged compares violations with the words that each must contain, in order.
func judged(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d violations %q, want %d", len(got), got, len(want))
		return
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("violation %q does not say %q", got[i], want[i])
		}
		if strings.Contains(got[i], to) {
			t.Error("a violation repeats a value")
		}
	}
}

func TestTwilioRequests(t *testing.T) {
	t.Parallel()
	s := small(t)
	tests := []struct {
		name string
		r    *http.Request
		form url.Values
		want []string
	}{
		{"fine", request("POST", messages), url.Values{"To": {to}, "MediaUrl": {"https://a.example", "https://b.example"}, "ValidityPeriod": {"60"}, "RiskCheck": {"enable"}, "SmartEncoded": {"true"}}, nil},
		{"missing", request("POST", messages), url.Values{}, []string{"To is required"}},
		{"unknown", request("POST", messages), url.Values{"To": {to}, "Colour": {"x"}}, []string{`"Colour"`}},
		{"repeated", request("POST", messages), url.Values{"To": {to, to}}, []string{"To is repeated"}},
		{"not_a_number", request("POST", messages), url.Values{"To": {"07700 900001"}}, []string{"format phone-number"}},
		{"not_an_integer", request("POST", messages), url.Values{"To": {to}, "ValidityPeriod": {"1.5"}}, []string{"ValidityPeriod is not an integer"}},
		{"not_a_price", request("POST", messages), url.Values{"To": {to}, "MaxPrice": {"x"}}, []string{"MaxPrice is not a number"}},
		{"not_a_boolean", request("POST", messages), url.Values{"To": {to}, "SmartEncoded": {"1"}}, []string{"neither true nor false"}},
		{"not_in_the_enum", request("POST", messages), url.Values{"To": {to}, "RiskCheck": {"maybe"}}, []string{"not one of the values"}},
		{"not_a_time", request("POST", messages), url.Values{"To": {to}, "SendAt": {"tomorrow"}}, []string{"format date-time"}},
		{"length", request("POST", messages), url.Values{"To": {to}, "MessagingServiceSid": {"MG"}}, []string{"length"}},
		{"in_the_address", request("POST", messages+"?To=x"), url.Values{"To": {to}}, []string{"address instead of the body"}},
		{"account", request("POST", strings.Replace(messages, "AC01", "XX01", 1)), url.Values{"To": {to}}, []string{"AccountSid has not its pattern"}},
		{"list", request("GET", messages), url.Values{"PageSize": {"50"}, "DateSent>": {"2026-11-23"}}, nil},
		{"list_range", request("GET", messages), url.Values{"PageSize": {"1001"}}, []string{"PageSize is out of its range"}},
		{"elsewhere", request("GET", "/2010-04-01/Nowhere.json"), nil, []string{"not described"}},
		{"method", request("PUT", messages), nil, []string{"not described"}},
		{"delete", request("DELETE", strings.Replace(messages, ".json", "/SM1.json", 1)), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			judged(t, s.TwilioRequest(tt.r, tt.form), tt.want...)
		})
	}
	json := request("POST", messages)
	json.Header.Set("Content-Type", "application/json")
	judged(t, s.TwilioRequest(json, url.Values{}), "content type")
}

func TestTwilioAnswers(t *testing.T) {
	t.Parallel()
	s := small(t)
	const fine = `{"sid":"SM1","date_sent":null,"error_code":30003,"subresource_uris":{"media":"/x"}}`
	tests := []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"fine", 201, fine, nil},
		{"missing_and_unknown", 201, `{"sid":"SM1","date_sent":null,"subresource_uris":null,"x":1}`, []string{"body.x is not described", "body.error_code is missing"}},
		{"null", 201, strings.Replace(fine, `"SM1"`, "null", 1), []string{"body.sid is null"}},
		{"type", 201, strings.Replace(fine, "30003", `"30003"`, 1), []string{"body.error_code is not of type integer"}},
		{"date", 201, strings.Replace(fine, `"date_sent":null`, `"date_sent":"2026-11-23T10:00:00Z"`, 1), []string{"date-time-rfc-2822"}},
		{"status", 200, fine, []string{"status is not described"}},
		{"not_json", 201, "x", []string{"not JSON"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			judged(t, s.TwilioAnswer(request("POST", messages), tt.status, []byte(tt.body)), tt.want...)
		})
	}
	judged(t, s.TwilioAnswer(request("GET", messages), 200, []byte(`{"messages":[`+fine+`,{}]}`)),
		"messages[1].date_sent", "messages[1].error_code", "messages[1].sid", "messages[1].subresource_uris")
}

func TestTelegramRequests(t *testing.T) {
	t.Parallel()
	s := small(t)
	tests := []struct {
		name, method string
		params       map[string]string
		want         []string
	}{
		{"fine", "sendMessage", map[string]string{"chat_id": "5000000001", "text": "{", "silent": "true", "kinds": `["a"]`, "markup": `{"rows":[[{"text":"x"}]]}`}, nil},
		{"other_type", "sendMessage", map[string]string{"chat_id": "@channel", "text": "x", "markup": `{"remove":true}`}, nil},
		{"nothing_needed", "getMe", nil, nil},
		{"missing", "sendMessage", map[string]string{"chat_id": "1"}, []string{"text is required"}},
		{"unknown", "sendMessage", map[string]string{"chat_id": "1", "text": "x", "colour": "x"}, []string{`"colour"`}},
		{"boolean", "sendMessage", map[string]string{"chat_id": "1", "text": "x", "silent": "True"}, []string{"silent is neither"}},
		{"integer", "sendMessage", map[string]string{"chat_id": "1", "text": "x", "count": "1.5"}, []string{"count is not of type Integer"}},
		{"list", "sendMessage", map[string]string{"chat_id": "1", "text": "x", "kinds": `"a"`}, []string{"kinds is not a list"}},
		{"inside", "sendMessage", map[string]string{"chat_id": "1", "text": "x", "markup": `{"rows":[[{"label":"x"}]]}`}, []string{"text is required", "label is not described"}},
		{"no_method", "sendPigeon", nil, []string{"not described"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			judged(t, s.TelegramRequest(tt.method, tt.params), tt.want...)
		})
	}
}

func TestTelegramAnswers(t *testing.T) {
	t.Parallel()
	s := small(t)
	judged(t, s.TelegramResult("sendMessage", []byte(`{"from":{"id":1},"member":{"status":"kicked","until":0}}`)))
	judged(t, s.TelegramResult("sendMessage", []byte(`{"from":{"id":"1"}}`)), "result.from.id is not of type Integer")
	judged(t, s.TelegramResult("sendMessage", []byte(`{"from":{"id":1},"member":{"status":"gone"}}`)), "status is not what it always is")
	judged(t, s.TelegramResult("sendMessage", []byte(`{`)), "not JSON")
	judged(t, s.TelegramUpdate([]byte(`{"update_id":1,"message":{"from":{"id":1}}}`)))
	judged(t, s.TelegramUpdate([]byte(`{"message":{}}`)), "update_id is required", "message.from is required")
}

func TestWithoutDescriptionsNothingIsJudged(t *testing.T) {
	t.Parallel()
	var absent *spec.Spec
	judged(t, absent.TwilioRequest(request("PUT", "/x"), nil))
	judged(t, absent.TwilioAnswer(request("PUT", "/x"), 200, nil))
	judged(t, absent.TelegramRequest("x", nil))
	judged(t, absent.TelegramResult("x", nil))
	judged(t, absent.TelegramUpdate(nil))
	if _, err := spec.Load(t.TempDir()); err == nil {
		t.Error("an empty folder was loaded")
	}
}

func TestOfficialDescriptions(t *testing.T) {
	t.Parallel()
	official, err := spec.Find()
	if errors.Is(err, spec.ErrAbsent) {
		// The judging itself is proved by the other tests, with a description of our own.
		judged(t, spec.TwilioRequest(request("PUT", "/x"), nil))
		judged(t, spec.TelegramRequest("x", nil))
		if slices.Contains(strings.Split(os.Getenv("ALONGSIDE_REQUIRE"), ","), "shared") {
			t.Fatalf("%v, and ALONGSIDE_REQUIRE wants it", err)
		}
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	judged(t, official.TwilioRequest(request("POST", messages), url.Values{"To": {to}, "Body": {"x"}}))
	judged(t, spec.TwilioRequest(request("POST", messages), url.Values{"To": {to}, "Text": {"x"}}), `"Text"`)
	judged(t, official.TelegramRequest("sendMessage", map[string]string{"chat_id": "1", "text": "x"}))
	judged(t, spec.TelegramRequest("sendMessage", map[string]string{"chat_id": "1", "message": "x"}), "text is required", `"message"`)
}
