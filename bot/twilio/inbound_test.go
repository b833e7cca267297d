package twilio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/conversations"
)

func TestInboundTexts(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		text carrier.Text
		want conversations.Event // At, Kind, From and ProviderID are added
	}{
		"plain":                   {carrier.Text{Body: "yh see you thursday"}, conversations.Event{Text: "yh see you thursday"}},
		"welsh":                   {carrier.Text{Body: "Iawn, ŵyt ti'n dod? 👍"}, conversations.Event{Text: "Iawn, ŵyt ti'n dod? 👍"}},
		"empty":                   {carrier.Text{}, conversations.Event{}},
		"spaces_are_kept":         {carrier.Text{Body: "  1 \n"}, conversations.Event{Text: "  1 \n"}},
		"plus_and_ampersand":      {carrier.Text{Body: "a+b&From=x=y%41"}, conversations.Event{Text: "a+b&From=x=y%41"}},
		"short_code":              {carrier.Text{From: "85258", Body: "hi"}, conversations.Event{From: conversations.Address{Value: "85258"}, Text: "hi"}},
		"alphanumeric_sender":     {carrier.Text{From: "NHS no-reply", Body: "hi"}, conversations.Event{From: conversations.Address{Value: "NHS no-reply"}, Text: "hi"}},
		"invalid_utf8":            {carrier.Text{Body: "caf\xe9 ok\xff\xfe"}, conversations.Event{Text: "caf\uFFFD ok\uFFFD"}},
		"nul":                     {carrier.Text{Body: "a\x00b"}, conversations.Event{Text: "a\uFFFDb"}},
		"at_the_limit":            {carrier.Text{Body: strings.Repeat("x", conversations.MaxText)}, conversations.Event{Text: strings.Repeat("x", conversations.MaxText)}},
		"beyond_the_limit":        {carrier.Text{Body: strings.Repeat("x", conversations.MaxText+1)}, conversations.Event{Text: strings.Repeat("x", conversations.MaxText-1) + "…"}},
		"limit_counts_runes":      {carrier.Text{Body: strings.Repeat("é", 8000)}, conversations.Event{Text: strings.Repeat("é", 8000)}},
		"stop_by_the_carrier":     {carrier.Text{Body: "STOP", Extra: url.Values{"OptOutType": {"STOP"}}}, conversations.Event{Text: "STOP", OptOut: "stop"}},
		"start_by_the_carrier":    {carrier.Text{Body: "YES", Extra: url.Values{"OptOutType": {"START"}}}, conversations.Event{Text: "YES", OptOut: "start"}},
		"help_by_the_carrier":     {carrier.Text{Body: "info", Extra: url.Values{"OptOutType": {"HELP"}}}, conversations.Event{Text: "info", OptOut: "help"}},
		"an_opt_out_nobody_knows": {carrier.Text{Body: "x", Extra: url.Values{"OptOutType": {"PAUSE"}}}, conversations.Event{Text: "x"}},
		"media": {
			carrier.Text{Body: "look", Media: []carrier.Media{
				{ContentType: "image/jpeg", URL: "https://x.example/1"}, {ContentType: "audio/amr", URL: "https://x.example/2"}, {ContentType: "text/vcard", URL: "https://x.example/3"},
			}},
			conversations.Event{Text: "look", Media: []conversations.Media{
				{Kind: conversations.Picture, Type: "image/jpeg", Ref: "https://x.example/1"},
				{Kind: conversations.VoiceNote, Type: "audio/amr", Ref: "https://x.example/2"},
				{Kind: conversations.OtherFile, Type: "text/vcard", Ref: "https://x.example/3"},
			}},
		},
		"media_without_an_address": {
			carrier.Text{Extra: url.Values{"NumMedia": {"1"}}},
			conversations.Event{Media: []conversations.Media{{Kind: conversations.OtherFile}}},
		},
		"media_count_that_is_none": {carrier.Text{Extra: url.Values{"NumMedia": {"many"}}}, conversations.Event{}},
		"negative_media_count":     {carrier.Text{Extra: url.Values{"NumMedia": {"-4"}}}, conversations.Event{}},
		"place": {
			carrier.Text{Location: &carrier.Location{Latitude: 51.4816, Longitude: -3.1791, Label: "the library"}},
			conversations.Event{Media: []conversations.Media{{Kind: conversations.Place, Latitude: 51.4816, Longitude: -3.1791}}},
		},
		"place_that_is_nowhere": {
			carrier.Text{Extra: url.Values{"Latitude": {"NaN"}, "Longitude": {"400"}}},
			conversations.Event{Media: []conversations.Media{{Kind: conversations.Place}}},
		},
		"repeated_parameters": {
			carrier.Text{Body: "first", Extra: url.Values{"Tag": {"a", "b"}}},
			conversations.Event{Text: "first"},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			row.text.SID = sid("42")
			if row.text.From == "" {
				row.text.From = john
				row.want.From.Value = john
			}
			d := s.carrier.Deliver(t.Context(), row.text)
			if d.Status != http.StatusOK || d.Err != nil || d.Body != noReply {
				t.Fatalf("answered %d %q, error %v", d.Status, d.Body, d.Err)
			}
			row.want.Kind, row.want.At, row.want.ProviderID = conversations.EventText, noon, sid("42")
			row.want.From.Channel = conversations.SMS
			if diff := cmp.Diff([]conversations.Event{row.want}, s.handled()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if s.counted("messages accepted") != 1 {
				t.Errorf("counted %v", s.counts)
			}
		})
	}
}

// TestWhoMayWrite posts webhooks that Twilio did not send for our account, and some that it did.
func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	form := func(change func(url.Values)) url.Values {
		f := url.Values{"MessageSid": {sid("1")}, "AccountSid": {account}, "From": {john}, "To": {ourPhone}, "Body": {"see you thursday"}, "NumMedia": {"0"}}
		if change != nil {
			change(f)
		}
		return f
	}
	whole := publicly + MessagesPath
	rows := map[string]struct {
		public string     // PUBLIC_URL, if not the usual one
		query  string     // of the request
		sign   string     // the address that is signed
		with   string     // the token
		signed url.Values // what is signed, if not what is sent
		sent   url.Values
		body   string // instead of sent
		want   int
	}{
		"genuine":                   {sign: whole, sent: form(nil), want: 200},
		"the_other_token":           {sign: whole, with: token2, sent: form(nil), want: 200},
		"another_token":             {sign: whole, with: "not-ours", sent: form(nil), want: 403},
		"an_empty_token":            {sign: whole, with: "-", sent: form(nil), want: 403},
		"unsigned":                  {sent: form(nil), want: 403},
		"signed_for_another_host":   {sign: "https://other.example.org" + MessagesPath, sent: form(nil), want: 403},
		"signed_for_another_path":   {sign: publicly + StatusPath, sent: form(nil), want: 403},
		"signed_with_the_port":      {sign: "https://alongside.example.org:443" + MessagesPath, sent: form(nil), want: 200},
		"signed_with_another_port":  {sign: "https://alongside.example.org:8443" + MessagesPath, sent: form(nil), want: 403},
		"a_port_of_our_own":         {public: "https://alongside.example.org:8443", sign: "https://alongside.example.org:8443" + MessagesPath, sent: form(nil), want: 200},
		"our_port_left_out":         {public: "https://alongside.example.org:8443", sign: whole, sent: form(nil), want: 200},
		"plain_http_port":           {public: "http://alongside.example.org", sign: "http://alongside.example.org:80" + MessagesPath, sent: form(nil), want: 200},
		"a_path_before_ours":        {public: publicly + "/bot/", sign: publicly + "/bot" + MessagesPath, sent: form(nil), want: 200},
		"with_a_query":              {query: "?a=b&c=%20+d", sign: whole + "?a=b&c=%20+d", sent: form(nil), want: 200},
		"query_not_signed":          {query: "?a=b", sign: whole, sent: form(nil), want: 403},
		"query_changed":             {query: "?a=c", sign: whole + "?a=b", sent: form(nil), want: 403},
		"body_hash_in_the_query":    {query: "?bodySHA256=00", sign: whole + "?bodySHA256=00", signed: url.Values{}, sent: form(nil), want: 403},
		"text_changed":              {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Set("Body", "cancel everything") }), want: 403},
		"parameter_added":           {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Set("OptOutType", "STOP") }), want: 403},
		"parameter_taken":           {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Del("Body") }), want: 403},
		"second_value_added":        {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Add("Body", "more") }), want: 403},
		"second_value_in_front":     {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f["Body"] = []string{"more", "see you thursday"} }), want: 403},
		"repeated_and_signed":       {sign: whole, sent: form(func(f url.Values) { f["Tag"] = []string{"a", "b"} }), want: 200},
		"same_value_twice":          {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Add("Body", "see you thursday") }), want: 200},
		"wrong_account":             {sign: whole, sent: form(func(f url.Values) { f.Set("AccountSid", "AC"+strings.Repeat("f", 32)) }), want: 403},
		"no_account":                {sign: whole, sent: form(func(f url.Values) { f.Del("AccountSid") }), want: 403},
		"no_id":                     {sign: whole, sent: form(func(f url.Values) { f.Del("MessageSid") }), want: 400},
		"an_id_that_is_none":        {sign: whole, sent: form(func(f url.Values) { f.Set("MessageSid", "1") }), want: 400},
		"an_id_that_swallowed_more": {sign: whole, signed: form(nil), sent: form(func(f url.Values) { f.Set("MessageSid", sid("1")+"NumMedia0"); f.Del("NumMedia") }), want: 400},
		"no_sender":                 {sign: whole, sent: form(func(f url.Values) { f.Del("From") }), want: 400},
		"a_sender_of_rubbish":       {sign: whole, sent: form(func(f url.Values) { f.Set("From", "\xff\x00") }), want: 400},
		"a_sender_without_end":      {sign: whole, sent: form(func(f url.Values) { f.Set("From", strings.Repeat("9", 65)) }), want: 400},
		"no_form":                   {sign: whole, signed: url.Values{}, body: "%zz=;", want: 400},
		"json":                      {sign: whole, signed: url.Values{}, body: `{"a":"b"}`, want: 403},
		"nothing":                   {sign: whole, signed: url.Values{}, want: 403},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(ours *Config, _ *carrier.Config) {
				ours.AuthTokens = []string{token, token2}
				if row.public != "" {
					ours.PublicURL = row.public
				}
			})
			body := row.body
			if body == "" {
				body = row.sent.Encode()
			}
			signed, with := row.signed, row.with
			if signed == nil {
				signed = row.sent
			}
			switch with {
			case "":
				with = token
			case "-":
				with = ""
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+MessagesPath+row.query, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if row.sign != "" {
				req.Header.Set("X-Twilio-Signature", carrier.Sign(with, row.sign, signed))
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			s.watch.Show(string(answer))
			if resp.StatusCode != row.want {
				t.Errorf("answered %d %q, want %d", resp.StatusCode, answer, row.want)
			}
			if got := len(s.handled()); (got == 1) != (row.want == 200) {
				t.Errorf("%d events were handled", got)
			}
		})
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		size     int
		unstated bool // the length is not told beforehand
		want     int
	}{
		"ten_megabytes":          {10 << 20, false, 413},
		"ten_megabytes_unstated": {10 << 20, true, 413},
		"one_byte_too_many":      {maxBody + 1, false, 413},
		"one_too_many_unstated":  {maxBody + 1, true, 413},
		"just_enough":            {maxBody, false, 403},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			var body io.Reader = bytes.NewReader(bytes.Repeat([]byte("a"), row.size))
			if row.unstated {
				body = io.MultiReader(body)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+MessagesPath, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != row.want || len(s.handled()) != 0 {
				t.Errorf("answered %d with %d events, want %d with none", resp.StatusCode, len(s.handled()), row.want)
			}
		})
	}
}

// TestNotStoredIsRepeated lets the first two attempts at storing fail: the provider must try again, as the address asks.
func TestNotStoredIsRepeated(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	calls := 0
	s.answerWith(func(context.Context, conversations.Event) error {
		calls++
		if calls < 3 {
			return errors.New("store turn: no database")
		}
		return nil
	})
	d := s.carrier.SMS(t.Context(), john, "see you thursday")
	if d.Status != http.StatusOK || d.Attempts != 3 || s.counted("messages unavailable") != 2 {
		t.Errorf("answered %d after %d attempts, %v", d.Status, d.Attempts, s.counts)
	}
	if diff := cmp.Diff(s.handled()[0], s.handled()[2]); diff != "" {
		t.Errorf("the repeated event differs:\n%s", diff)
	}
}

// TestTheProviderHangsUp: the turn goes on, but has a deadline.
func TestTheProviderHangsUp(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	ctx, hangUp := context.WithCancel(t.Context())
	began, done := make(chan struct{}), make(chan error, 1)
	goOn := make(chan struct{})
	s.answerWith(func(ctx context.Context, _ conversations.Event) error {
		deadline, ok := ctx.Deadline()
		if !ok || time.Until(deadline) > handleFor {
			done <- errors.New("there is no deadline")
			return nil
		}
		close(began)
		<-goOn
		done <- ctx.Err()
		return nil
	})
	go func() { _ = s.carrier.SMS(ctx, john, "see you thursday") }()
	<-began
	hangUp()
	s.hungUp()
	close(goOn)
	if err := <-done; err != nil {
		t.Errorf("the turn's context: %v", err)
	}
}

// TestOnlyPost: a person who opens the address in a browser changes nothing.
func TestOnlyPost(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+MessagesPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("answered %d", resp.StatusCode)
	}
}

// TestStatusAtTheWrongAddress: delivery reports that come to the address for texts are no texts from ourselves.
func TestStatusAtTheWrongAddress(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	d := s.carrier.CallBack(t.Context(), publicly+MessagesPath, sid("7"), "delivered", 0, carrier.Genuine)
	if d.Status != http.StatusOK || len(s.handled()) != 0 || s.counted("messages ignored") != 1 {
		t.Errorf("answered %d, %d events, %v", d.Status, len(s.handled()), s.counts)
	}
}

func FuzzReadText(f *testing.F) {
	f.Add("MessageSid=" + sid("1") + "&From=%2B447700900001&Body=hi&NumMedia=2&MediaContentType0=image/png&MediaUrl0=x")
	f.Add("MessageSid=" + sid("1") + "&From=85258&Latitude=51.5&Longitude=1e400&OptOutType=STOP")
	f.Add("Body=%ff%00&NumMedia=99999999999&From=%20")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		_ = signedParams(form)
		ev, fault := readText(form, noon)
		if fault != "" {
			return
		}
		if !utf8.ValidString(ev.Text) || utf8.RuneCountInString(ev.Text) > conversations.MaxText || strings.ContainsRune(ev.Text, 0) {
			t.Errorf("text of %d bytes", len(ev.Text))
		}
		if ev.ProviderID == "" || ev.From.Value == "" || ev.From.Channel != conversations.SMS || len(ev.Media) > maxMedia+1 {
			t.Errorf("event %+v", ev)
		}
		for _, m := range ev.Media {
			if !utf8.ValidString(m.Type+m.Ref) || m.Latitude < -90 || m.Latitude > 90 || m.Longitude < -180 || m.Longitude > 180 {
				t.Errorf("media %+v", m)
			}
		}
	})
}
