package carrier

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is Telegram's limit, in UTF-16 units.
const maxText = 4096

// queryLife is how long a button's press can be answered. Telegram does not say how long; after minutes it refuses.
const queryLife = 15 * time.Minute

// botMethod does one method of the Bot API.
type botMethod func(*Carrier, *http.Request, map[string]string, plan) (any, *botError)

// methodNamed finds a method by its name in small letters; nil if it does not exist here.
func methodNamed(name string) botMethod {
	switch name {
	case "getme":
		return (*Carrier).getMe
	case "setwebhook":
		return (*Carrier).setWebhook
	case "deletewebhook":
		return (*Carrier).deleteWebhook
	case "getwebhookinfo":
		return (*Carrier).getWebhookInfo
	case "getupdates":
		return (*Carrier).getUpdates
	case "sendmessage":
		return (*Carrier).sendMessage
	case "editmessagetext":
		return (*Carrier).editMessageText
	case "editmessagereplymarkup":
		return (*Carrier).editMessageReplyMarkup
	case "deletemessage":
		return (*Carrier).deleteChatMessage
	case "answercallbackquery":
		return (*Carrier).answerCallbackQuery
	case "getfile":
		return (*Carrier).getFile
	case "sendchataction", "setmycommands", "deletemycommands", "setmydescription", "setmyshortdescription":
		// They change nothing that a test or the page looks at.
		return func(*Carrier, *http.Request, map[string]string, plan) (any, *botError) { return true, nil }
	}
	return nil
}

func (c *Carrier) getMe(*http.Request, map[string]string, plan) (any, *botError) {
	me := c.telegram.botUser()
	me["can_join_groups"], me["can_read_all_group_messages"], me["supports_inline_queries"] = true, false, false
	return me, nil
}

// writable answers the chat to which the bot may write now. The caller holds the lock.
func (t *telegramSide) writable(chatID string) (*chat, *botError) {
	if chatID == "" {
		return nil, badRequest("chat_id is empty")
	}
	id, err := strconv.ParseInt(chatID, 10, 64)
	if err != nil {
		return nil, badRequest("chat not found")
	}
	ch, ok := t.chats[id]
	switch {
	case !ok:
		return nil, badRequest("chat not found")
	case ch.deactivated:
		return nil, errDeactivated
	case ch.blocked:
		return nil, errBlocked
	case ch.kind == "private" && !ch.started:
		return nil, errNotStarted
	}
	return ch, nil
}

func (c *Carrier) sendMessage(_ *http.Request, params map[string]string, faults plan) (any, *botError) {
	text, bad := readText(params["text"])
	if bad != nil {
		return nil, bad
	}
	buttons, bad := readButtons(params["reply_markup"])
	if bad != nil {
		return nil, bad
	}
	t := &c.telegram
	t.mu.Lock()
	ch, bad := t.writable(params["chat_id"])
	if bad != nil {
		t.mu.Unlock()
		return nil, bad
	}
	m := &ChatMessage{
		FromBot: true, From: t.botID, Content: ContentText, Text: text, ParseMode: params["parse_mode"], Buttons: buttons,
		Sent: c.Now().UTC(),
	}
	if f := faults.answer; f != nil {
		m.AnswerLost = f.Kind == FaultCloseAfter || f.Kind == FaultGarbage
	}
	t.add(ch, m)
	out, copied := t.messageObject(ch, m), *m
	t.mu.Unlock()
	if c.cfg.OnTelegram != nil {
		c.cfg.OnTelegram(copied)
	}
	c.changed.ring()
	return out, nil
}

func readText(text string) (string, *botError) {
	switch {
	case strings.TrimSpace(text) == "":
		return "", badRequest("message text is empty")
	case !utf8.ValidString(text):
		return "", badRequest("strings must be encoded in UTF-8")
	case len(utf16.Encode([]rune(text))) > maxText:
		return "", badRequest("message is too long")
	}
	return text, nil
}

// readButtons reads an inline keyboard. Other kinds of markup are accepted and show no buttons.
func readButtons(markup string) ([][]Button, *botError) {
	if markup == "" {
		return nil, nil
	}
	var keyboard struct {
		Rows [][]Button `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(markup), &keyboard); err != nil {
		return nil, badRequest("object expected as reply markup")
	}
	for _, row := range keyboard.Rows {
		for _, b := range row {
			switch {
			case b.Text == "":
				return nil, badRequest("can't parse inline keyboard button: Text of the button must be non-empty")
			case b.Data == "" && b.URL == "":
				return nil, badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
			case len(b.Data) > 64:
				return nil, badRequest("BUTTON_DATA_INVALID")
			}
		}
	}
	if len(keyboard.Rows) == 0 {
		return nil, nil
	}
	return keyboard.Rows, nil
}

func (c *Carrier) editMessageText(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	text, bad := readText(params["text"])
	if bad != nil {
		return nil, bad
	}
	return c.edit(params, func(m *ChatMessage) { m.Text = text })
}

func (c *Carrier) editMessageReplyMarkup(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	return c.edit(params, func(*ChatMessage) {})
}

// edit changes one message of the bot. Both methods replace the buttons: without reply_markup there are none left.
func (c *Carrier) edit(params map[string]string, change func(*ChatMessage)) (any, *botError) {
	buttons, bad := readButtons(params["reply_markup"])
	if bad != nil {
		return nil, bad
	}
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch, bad := t.writable(params["chat_id"])
	if bad != nil {
		return nil, bad
	}
	id, err := strconv.Atoi(params["message_id"])
	if err != nil {
		return nil, badRequest("message identifier is not specified")
	}
	m, ok := ch.byID[id]
	switch {
	case !ok:
		return nil, badRequest("message to edit not found")
	case !m.FromBot:
		return nil, badRequest("message can't be edited")
	}
	changed := *m
	change(&changed)
	changed.Buttons = buttons
	if changed.Text == m.Text && sameButtons(changed.Buttons, m.Buttons) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	changed.Edited = c.Now().UTC()
	*m = changed
	c.changed.ring()
	return t.messageObject(ch, m), nil
}

func (c *Carrier) deleteChatMessage(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch, bad := t.writable(params["chat_id"])
	if bad != nil {
		return nil, bad
	}
	id, err := strconv.Atoi(params["message_id"])
	if err != nil || ch.byID[id] == nil {
		return nil, badRequest("message to delete not found")
	}
	gone := ch.byID[id]
	delete(ch.byID, id)
	rest := make([]*ChatMessage, 0, len(t.ring))
	for i := range t.ring {
		if m := t.ring[(t.next+i)%len(t.ring)]; m != gone {
			rest = append(rest, m)
		}
	}
	t.ring, t.next = rest, 0
	c.changed.ring()
	return true, nil
}

// query is one press of a button that can still be answered.
type query struct {
	chat int64
	at   time.Time
}

// CallbackAnswer is what the bot answered to a button's press.
type CallbackAnswer struct {
	QueryID string `json:"query_id"`
	Chat    int64  `json:"chat"`
	Text    string `json:"text"` // empty: only the spinning stops
	Alert   bool   `json:"alert"`
}

// CallbackAnswers answers what the bot answered to presses, oldest first, at most 10,000.
func (c *Carrier) CallbackAnswers() []CallbackAnswer {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	return append([]CallbackAnswer(nil), c.telegram.answers...)
}

func (c *Carrier) answerCallbackQuery(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	id := params["callback_query_id"]
	q, ok := t.queries[id]
	if !ok || c.Now().Sub(q.at) > queryLife {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if len(utf16.Encode([]rune(params["text"]))) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	if len(t.answers) < maxPosts {
		t.answers = append(t.answers, CallbackAnswer{id, q.chat, params["text"], params["show_alert"] == "true"})
	}
	c.changed.ring()
	return true, nil
}

// onePixel is what each picture and recording consists of: the smallest GIF.
var onePixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

func (c *Carrier) getFile(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	id := params["file_id"]
	if !strings.HasPrefix(id, "AgAC") {
		return nil, badRequest("invalid file_id")
	}
	return object{"file_id": id, "file_unique_id": "u" + id, "file_size": len(onePixel), "file_path": "files/" + id}, nil
}

func (c *Carrier) serveFile(w http.ResponseWriter, path string) {
	if !strings.HasPrefix(path, "files/AgAC") {
		errNoMethod.write(w)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(onePixel)
}
