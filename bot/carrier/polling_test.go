package carrier_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"alongside/bot/carrier"
)

func TestLongPolling(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	must(t)(c.TelegramText(johnChat, "1"))
	must(t)(c.TelegramText(johnChat, "2"))
	poll := func(params url.Values) []int64 { return pollOnce(t, base, params) }
	first := poll(url.Values{})
	if len(first) != 2 {
		t.Fatalf("%d updates", len(first))
	}
	if got := poll(url.Values{"limit": {"1"}}); len(got) != 1 || got[0] != first[0] {
		t.Error("what is not confirmed comes again, oldest first")
	}
	if got := poll(url.Values{"offset": {itoa(first[0] + 1)}}); len(got) != 1 || got[0] != first[1] {
		t.Error("an offset confirms what is before it")
	}
	done := make(chan []int64, 1)
	go func() { done <- poll(url.Values{"offset": {itoa(first[1] + 1)}, "timeout": {"60"}}) }()
	waitFor(t, c, func() bool { return c.PendingUpdates() == 0 })
	third := must(t)(c.TelegramText(johnChat, "3"))
	if got := <-done; len(got) != 1 || got[0] != third.UpdateID {
		t.Errorf("the waiting call got %v", got)
	}
	// Only what is allowed is queued from now on.
	poll(url.Values{"offset": {itoa(third.UpdateID + 1)}, "allowed_updates": {`["callback_query"]`}})
	if a := must(t)(c.TelegramText(johnChat, "4")); a.UpdateID != 0 || c.PendingUpdates() != 0 {
		t.Error("an update that is not allowed was queued")
	}
	// After a day an update is forgotten.
	poll(url.Values{"allowed_updates": {`[]`}})
	must(t)(c.TelegramText(johnChat, "5"))
	c.Advance(25 * time.Hour)
	if got := poll(url.Values{}); len(got) != 0 {
		t.Error("an update was kept for more than a day")
	}
}

func TestPollingConflicts(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	statuses := make(chan int, 1)
	go func() {
		resp, err := http.PostForm(base+"/bot"+botToken+"/getUpdates", url.Values{"timeout": {"60"}, "offset": {"100000002"}})
		if err != nil {
			statuses <- 0
			return
		}
		_ = resp.Body.Close()
		statuses <- resp.StatusCode
	}()
	// Until the first call waits, further calls answer at once without disturbing it; one of them ends it.
	ctx := within(t)
	for {
		pollOnce(t, base, url.Values{})
		select {
		case got := <-statuses:
			if got != http.StatusConflict {
				t.Errorf("the first call ended with %d", got)
			}
		case <-ctx.Done():
			t.Fatal("the first call never ended")
		default:
			continue
		}
		break
	}
	b := telegramAt(t, base, botToken)
	h := newTgHook(t)
	if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: h.URL}); err != nil {
		t.Fatal(err)
	}
	resp, err := http.PostForm(base+"/bot"+botToken+"/getUpdates", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusConflict {
		t.Errorf("polling beside a webhook: %d", resp.StatusCode)
	}
	if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: "http://192.0.2.1/x"}); !errors.Is(err, bot.ErrorBadRequest) {
		t.Errorf("a webhook without https outside this machine: %v", err)
	}
	if _, err := b.DeleteWebhook(ctx, &bot.DeleteWebhookParams{}); err != nil || c.WebhookURL() != "" {
		t.Errorf("delete: %v", err)
	}
}

// TestTheLibrarysOwnPolling proves that go-telegram/bot receives from us, though the product polls by itself.
func TestTheLibrarysOwnPolling(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	got := make(chan string, 1)
	b, err := bot.New(botToken, bot.WithServerURL(base), bot.WithDefaultHandler(func(_ context.Context, _ *bot.Bot, u *models.Update) {
		got <- u.Message.Text
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(within(t))
	ended := make(chan struct{})
	go func() {
		b.Start(ctx) //nolint:forbidigo // The library is the tester here, not the product's way of receiving.
		close(ended)
	}()
	must(t)(c.TelegramText(johnChat, "Iawn diolch"))
	if text := <-got; text != "Iawn diolch" {
		t.Errorf("got %q", text)
	}
	cancel()
	<-ended
}

func pollOnce(t *testing.T, base string, params url.Values) []int64 {
	t.Helper()
	resp, err := http.PostForm(base+"/bot"+botToken+"/getUpdates", params)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		OK     bool            `json:"ok"`
		Result []models.Update `json:"result"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		t.Errorf("getUpdates: %v, HTTP %d", err, resp.StatusCode)
	}
	ids := []int64{}
	for _, u := range answer.Result {
		ids = append(ids, u.ID)
	}
	return ids
}
