package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
	"alongside/bot/outbox"
	"alongside/conversations"
)

// TestPeople lets people do things in the pretend carrier, which brings them to the webhook.
func TestPeople(t *testing.T) {
	t.Parallel()
	must := func(t *testing.T) func(carrier.Arrival, error) {
		return func(_ carrier.Arrival, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	text := func(s string) conversations.Event { return conversations.Event{Kind: conversations.EventText, Text: s} }
	rows := map[string]struct {
		do   func(t *testing.T, c *carrier.Carrier)
		want []conversations.Event // From, At and ProviderID are not compared here
	}{
		"text": {func(t *testing.T, c *carrier.Carrier) { must(t)(c.TelegramText(john, "see you thursday")) }, []conversations.Event{text("see you thursday")}},
		"link": {
			func(t *testing.T, c *carrier.Carrier) { must(t)(c.TelegramStart(john, "aB3_-9")) },
			[]conversations.Event{{Kind: conversations.EventText, Text: "/start aB3_-9", LinkCode: "aB3_-9"}},
		},
		"start_without_a_link": {func(t *testing.T, c *carrier.Carrier) { must(t)(c.TelegramStart(john, "")) }, []conversations.Event{text("start")}},
		"stop":                 {func(t *testing.T, c *carrier.Carrier) { must(t)(c.TelegramText(john, "/stop")) }, []conversations.Event{text("stop")}},
		"thumb_as_a_sticker": {
			func(t *testing.T, c *carrier.Carrier) {
				must(t)(c.TelegramSend(john, carrier.Content{Text: "👍", Sticker: true}))
			},
			[]conversations.Event{text("👍")},
		},
		"place": {
			func(t *testing.T, c *carrier.Carrier) {
				must(t)(c.TelegramSend(john, carrier.Content{Location: &carrier.Location{Latitude: 51.5, Longitude: -3.25}}))
			},
			[]conversations.Event{{Kind: conversations.EventText, Media: []conversations.Media{{Kind: conversations.Place, Latitude: 51.5, Longitude: -3.25}}}},
		},
		"edited": {
			func(t *testing.T, c *carrier.Carrier) {
				a, err := c.TelegramText(john, "no")
				must(t)(a, err)
				must(t)(c.TelegramEdit(john, a.MessageID, "yes"))
			},
			[]conversations.Event{text("no"), {Kind: conversations.EventEdited, Text: "yes"}},
		},
		"blocked_and_unblocked": {
			func(t *testing.T, c *carrier.Carrier) {
				must(t)(c.TelegramText(john, "hi"))
				c.TelegramBlock(john)
				c.TelegramUnblock(john)
			},
			[]conversations.Event{text("hi"), {Kind: conversations.EventBlocked}, {Kind: conversations.EventUnblocked}},
		},
		"group":   {func(_ *testing.T, c *carrier.Carrier) { c.TelegramGroup(-1001, john, "see you thursday") }, nil},
		"channel": {func(_ *testing.T, c *carrier.Carrier) { c.TelegramChannel(-1002, "see you thursday") }, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			row.do(t, s.carrier)
			s.settle(t)
			got := s.handled()
			ids := map[string]bool{}
			for i := range got {
				if got[i].From != address() || !got[i].At.Equal(noon) || !strings.HasPrefix(got[i].ProviderID, "7000000042/") || ids[got[i].ProviderID] {
					t.Errorf("event %d: %+v", i, got[i])
				}
				ids[got[i].ProviderID] = true
				got[i].From, got[i].At, got[i].ProviderID = conversations.Address{}, time.Time{}, ""
			}
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if s.carrier.PendingUpdates() != 0 {
				t.Errorf("%d updates still wait", s.carrier.PendingUpdates())
			}
		})
	}
}

// TestPicturesAndRecordings: the carrier makes up the ids of files.
func TestPicturesAndRecordings(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, content := range []carrier.Content{{Text: "my cv", Photo: true}, {Voice: true}} {
		if _, err := s.carrier.TelegramSend(john, content); err != nil {
			t.Fatal(err)
		}
	}
	s.settle(t)
	got := s.handled()
	if len(got) != 2 || got[0].Text != "my cv" || got[0].Media[0].Kind != conversations.Picture || got[0].Media[0].Ref == "" ||
		got[1].Text != "" || got[1].Media[0].Kind != conversations.VoiceNote || got[1].Media[0].Type != "audio/ogg" {
		t.Errorf("events %+v", got)
	}
}

// TestAPress: the event first, then the spinner stops and the buttons go; a second press is one more event.
func TestAPress(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	if _, err := s.carrier.TelegramStart(john, ""); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	r := s.Send(t.Context(), reminder())
	if r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	sent := s.carrier.TelegramSentTo(john)[0]
	if _, err := s.carrier.TelegramPress(john, sent.ID, "q1:yes"); err != nil {
		t.Fatal(err)
	}
	if err := s.carrier.Await(t.Context(), func() bool {
		return len(s.carrier.CallbackAnswers()) == 1 && len(s.carrier.TelegramSentTo(john)[0].Buttons) == 0
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.carrier.TelegramPressStale(john, sent.ID, "q1:yes"); err != nil {
		t.Fatal(err)
	}
	if err := s.carrier.Await(t.Context(), func() bool { return len(s.carrier.CallbackAnswers()) == 2 }); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	s.Close()
	var presses []string
	for _, ev := range s.handled() {
		if ev.Kind == conversations.EventButton {
			presses = append(presses, ev.Button)
			if ev.From != address() {
				t.Errorf("event %+v", ev)
			}
		}
	}
	if diff := cmp.Diff([]string{"q1:yes", "q1:yes"}, presses); diff != "" {
		t.Errorf("presses (-want +got):\n%s", diff)
	}
	if strings.Contains(s.watch.Log(), "buttons not taken away") {
		t.Error("the second press, whose buttons were gone, is reported as a failure")
	}
}

// TestAPressThatIsNotStored keeps its buttons and its spinner, and comes again.
func TestAPressThatIsNotStored(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	if _, err := s.carrier.TelegramStart(john, ""); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	failures := 0
	s.answerWith(func(context.Context, conversations.Event) error {
		if failures++; failures < 3 {
			if len(s.carrier.CallbackAnswers()) > 0 {
				t.Error("the press was acknowledged before it was stored")
			}
			return errors.New("no database")
		}
		return nil
	})
	sent := s.carrier.TelegramSentTo(john)[0]
	if _, err := s.carrier.TelegramPress(john, sent.ID, "q1:no"); err != nil {
		t.Fatal(err)
	}
	if err := s.carrier.Await(t.Context(), func() bool { return len(s.carrier.CallbackAnswers()) == 1 }); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	if failures != 3 || s.counted("webhook unavailable") != 2 {
		t.Errorf("handled %d times, %v", failures, s.counts)
	}
}

// TestTelegramDoesNotAnswerAPress: that is logged by its code, and nothing waits for it.
func TestTelegramDoesNotAnswerAPress(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	if _, err := s.carrier.TelegramStart(john, ""); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	if r := s.Send(t.Context(), reminder()); r.Outcome != outbox.Sent {
		t.Fatalf("result %+v", r)
	}
	if err := s.carrier.Inject(
		carrier.Fault{Kind: carrier.FaultHTML, Status: 502, Op: "answerCallbackQuery"},
		carrier.Fault{Kind: carrier.FaultCloseBefore, Op: "editMessageReplyMarkup"},
	); err != nil {
		t.Fatal(err)
	}
	if _, err := s.carrier.TelegramPress(john, s.carrier.TelegramSentTo(john)[0].ID, "q1:yes"); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	s.Close()
	for _, want := range []string{`msg="press not acknowledged" code=502`, `msg="buttons not taken away" code=connection_lost`} {
		if !strings.Contains(s.watch.Log(), want) {
			t.Errorf("the log does not say %s", want)
		}
	}
}

// TestTooManyPresses: with all places taken a press is stored, and its buttons stay.
func TestTooManyPresses(t *testing.T) {
	t.Parallel()
	s := prepare(t, nil)
	for range maxPresses {
		s.presses <- struct{}{}
	}
	if got := post(t, s, secret, callback("private", "1", "q1:yes")); got != http.StatusOK || len(s.handled()) != 1 || s.counted("press dropped") != 1 {
		t.Errorf("answered %d with %d events, %v", got, len(s.handled()), s.counts)
	}
}

func TestWhoMayBringUpdates(t *testing.T) {
	t.Parallel()
	const good = `{"update_id":1,"message":{"message_id":1,"chat":{"id":5000000001,"type":"private"},"date":1,"text":"see you thursday"}}`
	rows := map[string]struct {
		without bool // no secret is configured
		secret  string
		body    string
		want    int
	}{
		"telegram":             {secret: secret, body: good, want: 200},
		"wrong_secret":         {secret: secret + "x", body: good, want: 403},
		"shorter_secret":       {secret: secret[1:], body: good, want: 403},
		"no_secret":            {body: good, want: 403},
		"no_secret_configured": {without: true, body: good, want: 403},
		"wrong_secret_and_big": {secret: "x", body: strings.Repeat(" ", 10<<20), want: 403},
		"ten_megabytes":        {secret: secret, body: strings.Repeat(" ", 10<<20), want: 413},
		"one_byte_too_many":    {secret: secret, body: good + strings.Repeat(" ", maxBody+1-len(good)), want: 413},
		"just_enough":          {secret: secret, body: good + strings.Repeat(" ", maxBody-len(good)), want: 200},
		"nothing":              {secret: secret, want: 400},
		"no_json":              {secret: secret, body: "see you thursday", want: 400},
		"cut_off":              {secret: secret, body: good[:60], want: 400},
		"a_list":               {secret: secret, body: "[" + good + "]", want: 400},
		"no_id":                {secret: secret, body: `{"message":{"text":"see you thursday"}}`, want: 400},
		"wrong_types":          {secret: secret, body: `{"update_id":1,"message":{"text":7}}`, want: 400},
		"deep":                 {secret: secret, body: `{"update_id":1,"x":` + strings.Repeat("[", 100_000), want: 400},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := prepare(t, func(cfg *Config) {
				if row.without {
					cfg.WebhookSecret = ""
				}
			})
			if got := post(t, s, row.secret, row.body); got != row.want || (len(s.handled()) == 1) != (row.want == 200) {
				t.Errorf("answered %d with %d events, want %d", got, len(s.handled()), row.want)
			}
		})
	}
}

// TestNotStored: Telegram repeats what was answered 503.
func TestNotStored(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	calls := 0
	s.answerWith(func(context.Context, conversations.Event) error {
		if calls++; calls < 4 {
			return errors.New("no database")
		}
		return nil
	})
	if _, err := s.carrier.TelegramText(john, "see you thursday"); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	got := s.handled()
	if len(got) != 4 || s.counted("webhook unavailable") != 3 || s.counted("webhook accepted") != 1 {
		t.Fatalf("%d events, %v", len(got), s.counts)
	}
	if diff := cmp.Diff(got[0], got[3]); diff != "" {
		t.Errorf("the repeated event differs:\n%s", diff)
	}
}

// TestTelegramHangsUp: the turn goes on, but has a deadline.
func TestTelegramHangsUp(t *testing.T) {
	t.Parallel()
	s := prepare(t, nil)
	ctx, hangUp := context.WithCancel(t.Context())
	began, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	s.answerWith(func(ctx context.Context, _ conversations.Event) error {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > handleFor {
			t.Error("there is no deadline")
		}
		close(began)
		<-goOn
		done <- ctx.Err()
		return nil
	})
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+WebhookPath, strings.NewReader(callback("private", "1", "q1:yes")))
		if err != nil {
			return
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-began
	hangUp()
	s.hungUp()
	close(goOn)
	if err := <-done; err != nil {
		t.Errorf("the turn's context: %v", err)
	}
}

func callback(chatType, id, data string) string {
	return fmt.Sprintf(`{"update_id":%s,"callback_query":{"id":"9","from":{"id":5000000001},"message":{"message_id":3,"date":0,"chat":{"id":5000000001,"type":%q}},"data":%q}}`, id, chatType, data)
}

// post posts a body to the webhook and returns the status.
func post(t *testing.T, s *service, secret, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+WebhookPath, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
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
	return resp.StatusCode
}
