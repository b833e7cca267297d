package carrier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
)

const (
	botToken = "7000000001:carrier-bot-token"
	johnChat = int64(5_000_000_001) // larger than 32 bits, as Telegram's ids are
)

func telegramAt(t *testing.T, base, token string) *bot.Bot {
	t.Helper()
	b, err := bot.New(token, bot.WithServerURL(base), bot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// forged is an update that Telegram did not make.
var forged = []byte(`{"update_id":1,"colour":"x"}`)

// tgHook is the service's side of Telegram's webhook.
type tgHook struct {
	*httptest.Server
	mu      sync.Mutex
	updates []models.Update
	secrets []string
	status  func(n int) int // nil: 200
}

func newTgHook(t *testing.T) *tgHook {
	t.Helper()
	h := &tgHook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u models.Update
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &u); err != nil {
			t.Errorf("an update cannot be read: %v", err)
		}
		for _, v := range official(t).TelegramUpdate(body) {
			if !bytes.Equal(body, forged) {
				t.Error(v)
			}
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.updates = append(h.updates, u)
		h.secrets = append(h.secrets, r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
		if h.status != nil {
			w.WriteHeader(h.status(len(h.updates)))
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *tgHook) got() []models.Update {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]models.Update(nil), h.updates...)
}

// must ends the test when a person could not do what he was to do.
func must(t *testing.T) func(carrier.Arrival, error) carrier.Arrival {
	return func(a carrier.Arrival, err error) carrier.Arrival {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

func TestTelegramSendAndEdit(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	b := telegramAt(t, base, botToken)
	ctx := within(t)
	me, err := b.GetMe(ctx)
	if err != nil || !me.IsBot || me.ID != 7000000001 || me.Username == "" {
		t.Fatalf("getMe: %v %+v", err, me)
	}
	must(t)(c.TelegramStart(johnChat, "code_1"))
	keyboard := models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Yes", CallbackData: "y"}, {Text: "No", CallbackData: "n"}}}}
	m, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: johnChat, Text: "Thursday?", ReplyMarkup: keyboard})
	if err != nil {
		t.Fatal(err)
	}
	if m.Chat.ID != johnChat || m.Text != "Thursday?" || m.From.ID != me.ID || len(m.ReplyMarkup.InlineKeyboard[0]) != 2 {
		t.Errorf("%+v", m)
	}
	press := must(t)(c.TelegramPress(johnChat, m.ID, "y"))
	if ok, err := b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: press.QueryID, Text: "Thank you"}); err != nil || !ok {
		t.Error(err)
	}
	edited, err := b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: johnChat, MessageID: m.ID, Text: "Thursday. You said yes."})
	if err != nil || edited.Text != "Thursday. You said yes." || edited.ReplyMarkup != nil {
		t.Errorf("%v %+v", err, edited)
	}
	if _, err := c.TelegramPress(johnChat, m.ID, "n"); err == nil {
		t.Error("a button that has gone was pressed")
	}
	stale := must(t)(c.TelegramPressStale(johnChat, m.ID, "n"))
	if stale.UpdateID != press.UpdateID+1 {
		t.Error("update ids do not increase by one")
	}
	sent := c.TelegramSentTo(johnChat)
	if len(sent) != 1 || sent[0].Text != "Thursday. You said yes." || sent[0].Buttons != nil || sent[0].Edited.IsZero() {
		t.Errorf("%+v", sent)
	}
	if diff := cmp.Diff([]carrier.CallbackAnswer{{QueryID: press.QueryID, Chat: johnChat, Text: "Thank you"}}, c.CallbackAnswers()); diff != "" {
		t.Error(diff)
	}
	if _, err := b.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: johnChat, Action: models.ChatActionTyping}); err != nil {
		t.Error(err)
	}
}

func TestTelegramRefusals(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	b := telegramAt(t, base, botToken)
	ctx := within(t)
	must(t)(c.TelegramStart(johnChat, ""))
	sent, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: johnChat, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	blocked, gone, silent := johnChat+1, johnChat+2, johnChat+3
	must(t)(c.TelegramText(blocked, "hi"))
	c.TelegramBlock(blocked)
	must(t)(c.TelegramText(gone, "hi"))
	c.TelegramDeactivate(gone)
	c.TelegramPerson(silent, carrier.Profile{FirstName: "Gwen"})
	say := func(b *bot.Bot, chat int64, text string, buttons ...models.InlineKeyboardButton) error {
		p := &bot.SendMessageParams{ChatID: chat, Text: text}
		if buttons != nil {
			p.ReplyMarkup = models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{buttons}}
		}
		_, err := b.SendMessage(ctx, p)
		return err
	}
	edit := func(id int, text string) error {
		_, err := b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: johnChat, MessageID: id, Text: text})
		return err
	}
	tests := []struct {
		name string
		err  error
		is   error
		text string
	}{
		{"wrong_token", say(telegramAt(t, base, "1:other"), johnChat, "x"), bot.ErrorUnauthorized, "Unauthorized"},
		{"blocked", say(b, blocked, "x"), bot.ErrorForbidden, "Forbidden: bot was blocked by the user"},
		{"deactivated", say(b, gone, "x"), bot.ErrorForbidden, "Forbidden: user is deactivated"},
		{"never_wrote", say(b, silent, "x"), bot.ErrorForbidden, "Forbidden: bot can't initiate conversation with a user"},
		{"unknown_chat", say(b, 1, "x"), bot.ErrorBadRequest, "chat not found"},
		{"empty_text", say(b, johnChat, " "), bot.ErrorBadRequest, "message text is empty"},
		{"too_long", say(b, johnChat, strings.Repeat("x", 4097)), bot.ErrorBadRequest, "message is too long"},
		{"long_button_data", say(b, johnChat, "x", models.InlineKeyboardButton{Text: "x", CallbackData: strings.Repeat("x", 65)}), bot.ErrorBadRequest, "BUTTON_DATA_INVALID"},
		{"button_without_data", say(b, johnChat, "x", models.InlineKeyboardButton{Text: "x"}), bot.ErrorBadRequest, "Text buttons are unallowed"},
		{"edit_unknown", edit(999, "x"), bot.ErrorBadRequest, "message to edit not found"},
		{"edit_a_persons", edit(1, "x"), bot.ErrorBadRequest, "message can't be edited"},
		{"edit_nothing", edit(sent.ID, "x"), bot.ErrorBadRequest, "message is not modified"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !errors.Is(tt.err, tt.is) || !strings.Contains(tt.err.Error(), tt.text) {
				t.Errorf("got %v", tt.err)
			}
		})
	}
	_, err = b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: "1"})
	if !errors.Is(err, bot.ErrorBadRequest) || !strings.Contains(err.Error(), "query is too old") {
		t.Errorf("unknown query: %v", err)
	}
	if n := len(c.TelegramSent()); n != 1 {
		t.Errorf("%d messages were sent, want 1", n)
	}
	if _, err := c.TelegramText(blocked, "x"); err == nil {
		t.Error("who has blocked the bot cannot write to it")
	}
}

func TestTelegramFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fault    carrier.Fault
		accepted int
		check    func(error) bool
	}{
		{"too_many", carrier.Fault{Kind: carrier.FaultStatus, Status: 429, RetryAfter: 9}, 0, func(err error) bool {
			var many *bot.TooManyRequestsError
			return errors.As(err, &many) && many.RetryAfter == 9
		}},
		{"server_error", carrier.Fault{Kind: carrier.FaultStatus}, 0, func(err error) bool { return strings.Contains(err.Error(), "500") }},
		{"forbidden", carrier.Fault{Kind: carrier.FaultError, Code: 403}, 0, func(err error) bool { return errors.Is(err, bot.ErrorForbidden) }},
		{"reason", carrier.Fault{Kind: carrier.FaultError, Code: 400, Reason: "Bad Request: PEER_ID_INVALID"}, 0, func(err error) bool {
			return errors.Is(err, bot.ErrorBadRequest) && strings.Contains(err.Error(), "PEER_ID_INVALID")
		}},
		{"page_of_a_proxy", carrier.Fault{Kind: carrier.FaultHTML, Status: 502}, 0, func(error) bool { return true }},
		{"closed_before", carrier.Fault{Kind: carrier.FaultCloseBefore}, 0, func(error) bool { return true }},
		{"closed_after", carrier.Fault{Kind: carrier.FaultCloseAfter}, 1, func(error) bool { return true }},
		{"garbage", carrier.Fault{Kind: carrier.FaultGarbage}, 1, func(error) bool { return true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, base := start(t, carrier.Config{})
			b := telegramAt(t, base, botToken)
			must(t)(c.TelegramStart(johnChat, ""))
			tt.fault.Times, tt.fault.Channel = 1, carrier.ChannelTelegram
			if err := c.Inject(tt.fault); err != nil {
				t.Fatal(err)
			}
			_, err := b.SendMessage(within(t), &bot.SendMessageParams{ChatID: johnChat, Text: "one"})
			if err == nil || !tt.check(err) {
				t.Errorf("got %v", err)
			}
			sent := c.TelegramSentTo(johnChat)
			if len(sent) != tt.accepted || len(sent) == 1 && !sent[0].AnswerLost {
				t.Errorf("%d accepted, want %d", len(sent), tt.accepted)
			}
			if _, err := b.SendMessage(within(t), &bot.SendMessageParams{ChatID: johnChat, Text: "two"}); err != nil {
				t.Errorf("after the fault: %v", err)
			}
		})
	}
}

func TestEverythingAPersonCanDoReachesTheWebhook(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	h := newTgHook(t)
	c.Route("https://alongside.example.org", h.URL)
	b := telegramAt(t, base, botToken)
	ctx := within(t)
	if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: "https://alongside.example.org/webhooks/telegram", SecretToken: "s3cret", MaxConnections: 1}); err != nil {
		t.Fatal(err)
	}
	c.TelegramPerson(johnChat, carrier.Profile{FirstName: "John", Username: "john_demo", Language: "cy"})
	must(t)(c.TelegramStart(johnChat, "abc-1"))
	hello := must(t)(c.TelegramText(johnChat, "hello"))
	m, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: johnChat, Text: "?", ReplyMarkup: models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Yes", CallbackData: "y"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(c.TelegramPress(johnChat, m.ID, "y"))
	must(t)(c.TelegramEdit(johnChat, hello.MessageID, "hello!"))
	must(t)(c.TelegramSend(johnChat, carrier.Content{Photo: true, Text: "look"}))
	must(t)(c.TelegramSend(johnChat, carrier.Content{Voice: true}))
	must(t)(c.TelegramSend(johnChat, carrier.Content{Sticker: true}))
	must(t)(c.TelegramSend(johnChat, carrier.Content{Location: &carrier.Location{Latitude: 51.5, Longitude: -3.2}}))
	c.TelegramBlock(johnChat)
	c.TelegramUnblock(johnChat)
	c.TelegramGroup(-100, johnChat, "in a group")
	c.TelegramChannel(-200, "in a channel")
	if err := c.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, u := range h.got() {
		if h.secrets[i] != "s3cret" {
			t.Error("an update came without the secret")
		}
		if i > 0 && u.ID != h.got()[i-1].ID+1 {
			t.Error("update ids do not increase by one")
		}
		got = append(got, describe(u))
	}
	want := []string{
		"message private John: /start abc-1 bot_command:0+6", "message private John: hello", "press y on ? by John", "edited hello!",
		"message private John: photo look", "message private John: voice", "message private John: sticker 👍",
		"message private John: location 51.5", "member→kicked", "kicked→member", "message group John: in a group", "channel in a channel",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := c.PendingUpdates(); n != 0 {
		t.Errorf("%d updates wait", n)
	}
}

func describe(u models.Update) string {
	switch {
	case u.EditedMessage != nil:
		return "edited " + u.EditedMessage.Text
	case u.ChannelPost != nil:
		return "channel " + u.ChannelPost.Text
	case u.MyChatMember != nil:
		return string(u.MyChatMember.OldChatMember.Type) + "→" + string(u.MyChatMember.NewChatMember.Type)
	case u.CallbackQuery != nil:
		return "press " + u.CallbackQuery.Data + " on " + u.CallbackQuery.Message.Message.Text + " by " + u.CallbackQuery.From.FirstName
	case u.Message == nil:
		return "nothing"
	}
	m := u.Message
	out := "message " + string(m.Chat.Type) + " " + m.From.FirstName + ": "
	switch {
	case m.Photo != nil:
		return out + "photo " + m.Caption
	case m.Voice != nil:
		return out + "voice"
	case m.Sticker != nil:
		return out + "sticker " + m.Sticker.Emoji
	case m.Location != nil:
		return out + "location 51.5"
	}
	for _, e := range m.Entities {
		if e.Offset == 0 && e.Length == 6 {
			m.Text += " " + string(e.Type) + ":0+6"
		}
	}
	return out + m.Text
}

func TestTelegramRepeatsWhatWasNotTaken(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{Backoff: func(attempt int) time.Duration {
		return map[int]time.Duration{1: time.Hour}[attempt] // The first repeat waits for the clock, the second does not.
	}})
	h := newTgHook(t)
	h.status = func(n int) int { return map[bool]int{true: 503, false: 204}[n <= 2] }
	b := telegramAt(t, base, botToken)
	ctx := within(t)
	if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: h.URL, SecretToken: "s"}); err != nil {
		t.Fatal(err)
	}
	first := must(t)(c.TelegramText(johnChat, "1"))
	must(t)(c.TelegramText(johnChat, "2"))
	info := func() *models.WebhookInfo {
		info, err := b.GetWebhookInfo(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	waitFor(t, c, func() bool { return len(h.got()) == 1 && info().LastErrorDate != 0 })
	if got := info(); got.PendingUpdateCount != 2 || !strings.Contains(got.LastErrorMessage, "503") {
		t.Errorf("%+v", got)
	}
	// The second text waits behind the first; moving the clock brings the repeats.
	c.Advance(time.Hour)
	if err := c.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, u := range h.got() {
		ids = append(ids, u.ID-first.UpdateID)
	}
	if diff := cmp.Diff([]int64{0, 0, 0, 1}, ids); diff != "" {
		t.Error(diff)
	}
	if d, ok := c.TelegramAgain(ctx, first.UpdateID); !ok || d.Status != 204 {
		t.Errorf("posting again: %+v", d)
	}
	if d := c.PostUpdate(ctx, forged, ""); d.Status != 204 || h.secrets[len(h.secrets)-1] != "" {
		t.Errorf("forging: %+v", d)
	}
}

// waitFor looks again and again, because the service's side of a webhook does not ring the carrier's bell.
func waitFor(t *testing.T, c *carrier.Carrier, done func() bool) {
	t.Helper()
	ctx := within(t)
	for !done() {
		if ctx.Err() != nil {
			t.Fatal("waited in vain")
		}
		c.Wake()
	}
}

func TestTelegramLogIsBounded(t *testing.T) {
	t.Parallel()
	var seen []int
	c, base := start(t, carrier.Config{Keep: 2, OnTelegram: func(m carrier.ChatMessage) { seen = append(seen, m.ID) }})
	b := telegramAt(t, base, botToken)
	must(t)(c.TelegramStart(johnChat, ""))
	var first *models.Message
	for i := range 3 {
		m, err := b.SendMessage(within(t), &bot.SendMessageParams{ChatID: johnChat, Text: itoa(int64(i))})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = m
		}
	}
	if len(c.TelegramSent()) != 2 || len(seen) != 3 || c.TelegramAccepted() != 3 {
		t.Errorf("%d kept, %d seen", len(c.TelegramSent()), len(seen))
	}
	if _, err := b.EditMessageText(within(t), &bot.EditMessageTextParams{ChatID: johnChat, MessageID: first.ID, Text: "x"}); err == nil {
		t.Error("a forgotten message was edited")
	}
}

func TestFilesCanBeFetched(t *testing.T) {
	t.Parallel()
	c, base := start(t, carrier.Config{})
	h := newTgHook(t)
	b := telegramAt(t, base, botToken)
	if _, err := b.SetWebhook(within(t), &bot.SetWebhookParams{URL: h.URL}); err != nil {
		t.Fatal(err)
	}
	must(t)(c.TelegramSend(johnChat, carrier.Content{Photo: true}))
	if err := c.Settle(within(t)); err != nil {
		t.Fatal(err)
	}
	f, err := b.GetFile(within(t), &bot.GetFileParams{FileID: h.got()[0].Message.Photo[0].FileID})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(b.FileDownloadLink(f))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); int64(len(body)) != f.FileSize || resp.StatusCode != http.StatusOK {
		t.Errorf("%d bytes, HTTP %d", len(body), resp.StatusCode)
	}
}
