package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"alongside/bot/outbox"
	"alongside/conversations"
)

const (
	// maxText is the longest message that Telegram takes, in UTF-16 units, by which Telegram counts.
	maxText = 4096
	// maxData is the longest callback_data, in bytes.
	maxData = 64
)

// Send makes one attempt to send a message as plain text without a preview of
// its links, and with one button to a row. ProviderID is Telegram's message id,
// which is unique within the chat only. What Telegram would refuse in any case
// is refused here ("no_address", "no_text", "too_long", "bad_button"), and so is
// a message whose moment has passed ("expired"); Telegram itself delivers at
// once or, to a phone that is off, whenever that comes back.
func (c *Channel) Send(ctx context.Context, m outbox.Message) outbox.Result {
	chat, fault := c.fault(m)
	if fault != "" {
		return outbox.Result{Outcome: outbox.Refused, Code: fault}
	}
	params := &bot.SendMessageParams{ChatID: chat, Text: m.Text, LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()}}
	if len(m.Buttons) > 0 {
		params.ReplyMarkup = keyboard(m.Buttons)
	}
	ctx, a := watched(ctx)
	sent, err := c.bot.SendMessage(ctx, params)
	r := resultOf(sent, err, a)
	if r.Outcome != outbox.Sent {
		c.log.InfoContext(ctx, "telegram message not sent", "message_id", string(m.ID), "outcome", int(r.Outcome), "code", r.Code)
	}
	return r
}

// fault names what keeps a message from being sent at all, or "".
func (c *Channel) fault(m outbox.Message) (chat int64, fault string) {
	chat, err := strconv.ParseInt(m.To.Value, 10, 64)
	switch {
	case err != nil, chat <= 0, m.To.Channel != conversations.Telegram: // A group has a negative id.
		return 0, "no_address"
	case strings.TrimSpace(m.Text) == "":
		return 0, "no_text"
	case len(utf16.Encode([]rune(m.Text))) > maxText:
		return 0, "too_long"
	case !m.Until.IsZero() && !c.cfg.Now().Before(m.Until):
		return 0, "expired"
	}
	for _, b := range m.Buttons {
		if b.Label == "" || b.Data == "" || len(b.Data) > maxData {
			return 0, "bad_button"
		}
	}
	return chat, ""
}

// keyboardMarkup is Telegram's InlineKeyboardMarkup as far as it is used. The
// library's own type adds an empty copy_text to every button, and Telegram wants
// exactly one thing that a button does.
type keyboardMarkup struct {
	InlineKeyboard [][]keyboardButton `json:"inline_keyboard"`
}

type keyboardButton struct {
	Text         string `json:"text"`
	CallbackData string `json:"callback_data"`
}

func keyboard(buttons []outbox.Button) *keyboardMarkup {
	rows := make([][]keyboardButton, 0, len(buttons))
	for _, b := range buttons {
		rows = append(rows, []keyboardButton{{Text: b.Label, CallbackData: b.Data}})
	}
	return &keyboardMarkup{InlineKeyboard: rows}
}

// resultOf reads what became of an attempt. The order matters: what the
// library can name comes first, then what only the attempt has seen.
func resultOf(sent *models.Message, err error, a *attempt) outbox.Result {
	r := outbox.Result{Code: a.name()}
	var (
		slow  *bot.TooManyRequestsError
		moved *bot.MigrateError
	)
	switch {
	case err == nil && sent != nil && sent.ID != 0:
		return outbox.Result{Outcome: outbox.Sent, ProviderID: strconv.Itoa(sent.ID)}
	case a.lost != "" && a.unsent:
		r.Outcome = outbox.Retry
	case a.lost != "", err == nil:
		// An answer lost, or a success that names no message: it may well have arrived.
		r.Outcome = outbox.Unknown
	case errors.As(err, &slow):
		r.Outcome, r.After = outbox.Retry, a.after
	case errors.Is(err, bot.ErrorForbidden):
		// Blocked, deleted, or never started: whichever it is, only the person can undo it.
		r.Outcome, r.Blocked = outbox.Refused, true
	case errors.As(err, &moved):
		r.Outcome, r.Code = outbox.Refused, "migrated"
	case errors.Is(err, bot.ErrorBadRequest) && strings.Contains(err.Error(), "chat not found"):
		r.Outcome, r.Code = outbox.Refused, "chat_not_found"
	case errors.Is(err, bot.ErrorUnauthorized), errors.Is(err, bot.ErrorNotFound), errors.Is(err, bot.ErrorConflict):
		// Our token is wrong or was revoked, or APIURL is another service: the message is good, and waits for us.
		r.Outcome = outbox.Retry
	default:
		r.Outcome = judge(a)
		if r.Outcome == outbox.Retry {
			r.After = a.after
		}
	}
	return r
}

// judge says how an attempt ended that the library has no name for.
//
// sendMessage is not idempotent and Telegram cannot be asked afterwards, so
// that a 5xx, in Telegram's own JSON too, is unknown: Telegram answers 500 and
// 502 when one of its parts has not heard from another, which may have gone on.
// The exception is a 503 that says when to come back: it was not taken.
// A 4xx of Telegram's own is about the message and stays what it is; one that
// is not Telegram's JSON comes from something on the way and never reached it,
// a 408 apart, which may mean that an answer did not come.
func judge(a *attempt) outbox.Outcome {
	switch {
	case a.status == http.StatusServiceUnavailable && a.after > 0:
		return outbox.Retry
	case a.code >= 500, a.status >= 500:
		return outbox.Unknown
	case a.code >= 400:
		return outbox.Refused
	case a.status == http.StatusRequestTimeout:
		return outbox.Unknown
	case a.status >= 300:
		return outbox.Retry
	}
	return outbox.Unknown
}
