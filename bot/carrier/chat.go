package carrier

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// The kinds of what a ChatMessage holds.
const (
	ContentText     = "text"
	ContentPhoto    = "photo"
	ContentVoice    = "voice"
	ContentLocation = "location"
	ContentSticker  = "sticker"
)

// Button is an inline button. It has either Data, which comes back when it is pressed, or a URL.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"` // 1 to 64 bytes
	URL  string `json:"url,omitempty"`
}

// ChatMessage is a message in a Telegram chat, from either side.
type ChatMessage struct {
	Chat       int64      `json:"chat"`
	ID         int        `json:"id"` // unique in its chat
	FromBot    bool       `json:"from_bot"`
	From       int64      `json:"from"`    // the bot's or the person's id; zero in channels
	Content    string     `json:"content"` // ContentText, ContentPhoto, …
	Text       string     `json:"text"`    // or caption
	ParseMode  string     `json:"parse_mode,omitempty"`
	Buttons    [][]Button `json:"buttons,omitempty"`
	Location   *Location  `json:"location,omitempty"`
	Sent       time.Time  `json:"sent"`
	Edited     time.Time  `json:"edited"` // zero: never
	AnswerLost bool       `json:"answer_lost,omitempty"`
	Taken      bool       `json:"taken,omitempty"` // of a person's message: the bot has confirmed the update
}

// Profile is what Telegram tells the bot of a person.
type Profile struct {
	FirstName string // empty: "Person"
	Username  string // without "@"; empty: none
	Language  string // IETF tag of the person's app; empty: "en"
}

// chat is a private chat, a group or a channel. A private chat's id is its person's id.
type chat struct {
	id          int64
	kind        string // private, group, supergroup, channel
	title       string
	profile     Profile
	started     bool // the person pressed Start or wrote; else the bot may not write
	blocked     bool
	deactivated bool
	lastID      int
	byID        map[int]*ChatMessage
}

// chatOf answers a chat, and makes a private one if the id is new. The caller holds the lock.
func (t *telegramSide) chatOf(id int64) *chat {
	ch, ok := t.chats[id]
	if !ok {
		ch = &chat{id: id, kind: "private", profile: Profile{FirstName: "Person", Language: "en"}, byID: make(map[int]*ChatMessage)}
		if id < 0 {
			ch.kind, ch.title = "group", "Group"
		}
		t.chats[id] = ch
	}
	return ch
}

// add gives a message its id and keeps it. The caller holds the lock.
func (t *telegramSide) add(ch *chat, m *ChatMessage) {
	ch.lastID++
	m.ID, m.Chat = ch.lastID, ch.id
	if m.FromBot {
		t.sent++
	}
	if t.keep == 0 {
		return
	}
	if len(t.ring) < t.keep {
		t.ring = append(t.ring, m)
	} else {
		old := t.ring[t.next]
		delete(t.chats[old.Chat].byID, old.ID)
		t.ring[t.next] = m
		t.next = (t.next + 1) % t.keep
	}
	ch.byID[m.ID] = m
}

// TelegramSent answers what the bot sent and is kept, oldest first, as it stands after edits.
func (c *Carrier) TelegramSent() []ChatMessage {
	return c.chatMessages(func(m *ChatMessage) bool { return m.FromBot })
}

// TelegramSentTo is TelegramSent for one chat.
func (c *Carrier) TelegramSentTo(chat int64) []ChatMessage {
	return c.chatMessages(func(m *ChatMessage) bool { return m.FromBot && m.Chat == chat })
}

// TelegramThread answers everything in a chat, oldest first.
func (c *Carrier) TelegramThread(chat int64) []ChatMessage {
	return c.chatMessages(func(m *ChatMessage) bool { return m.Chat == chat })
}

// TelegramAccepted is how many messages the bot ever sent, kept or not.
func (c *Carrier) TelegramAccepted() int64 {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	return c.telegram.sent
}

func (c *Carrier) chatMessages(want func(*ChatMessage) bool) []ChatMessage {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []ChatMessage
	for i := range t.ring {
		if m := t.ring[(t.next+i)%len(t.ring)]; want(m) {
			out = append(out, *m)
		}
	}
	return out
}

// The following render what the Bot API shows. Absent fields are left out, as Telegram does.

type object = map[string]any

func (t *telegramSide) botUser() object {
	return object{"id": t.botID, "is_bot": true, "first_name": "Alongside", "username": t.username}
}

func personUser(id int64, p Profile) object {
	u := object{"id": id, "is_bot": false, "first_name": orElse(p.FirstName, "Person"), "language_code": orElse(p.Language, "en")}
	if p.Username != "" {
		u["username"] = p.Username
	}
	return u
}

func (ch *chat) object() object {
	o := object{"id": ch.id, "type": ch.kind}
	if ch.kind != "private" {
		o["title"] = ch.title
		return o
	}
	o["first_name"] = orElse(ch.profile.FirstName, "Person")
	if ch.profile.Username != "" {
		o["username"] = ch.profile.Username
	}
	return o
}

// messageObject renders a message. The caller holds the lock.
func (t *telegramSide) messageObject(ch *chat, m *ChatMessage) object {
	o := object{"message_id": m.ID, "date": m.Sent.Unix(), "chat": ch.object()}
	switch {
	case m.FromBot:
		o["from"] = t.botUser()
	case m.From != 0:
		o["from"] = personUser(m.From, t.profileOf(m.From))
	default:
		o["sender_chat"] = ch.object()
	}
	if !m.Edited.IsZero() {
		o["edit_date"] = m.Edited.Unix()
	}
	file := object{"file_id": fileID(m), "file_unique_id": "u" + fileID(m), "file_size": len(onePixel)}
	switch m.Content {
	case ContentPhoto:
		file["width"], file["height"] = 1, 1
		o["photo"] = []object{file}
		setText(o, "caption", m.Text)
	case ContentVoice:
		file["duration"], file["mime_type"] = 3, "audio/ogg"
		o["voice"] = file
		setText(o, "caption", m.Text)
	case ContentSticker:
		file["type"], file["width"], file["height"] = "regular", 512, 512
		file["is_animated"], file["is_video"], file["emoji"] = false, false, orElse(m.Text, "👍")
		o["sticker"] = file
	case ContentLocation:
		if m.Location != nil {
			o["location"] = object{"latitude": m.Location.Latitude, "longitude": m.Location.Longitude}
		}
	default:
		setText(o, "text", m.Text)
	}
	if m.Buttons != nil {
		o["reply_markup"] = object{"inline_keyboard": m.Buttons}
	}
	return o
}

func (t *telegramSide) profileOf(id int64) Profile {
	if ch, ok := t.chats[id]; ok {
		return ch.profile
	}
	return Profile{}
}

// setText sets a text and marks a command at its beginning, in UTF-16 units as Telegram counts.
func setText(o object, key, text string) {
	if text == "" {
		return
	}
	o[key] = text
	if key != "text" || !strings.HasPrefix(text, "/") || len(text) < 2 {
		return
	}
	command, _, _ := strings.Cut(text, " ")
	o["entities"] = []object{{"type": "bot_command", "offset": 0, "length": len(utf16.Encode([]rune(command)))}}
}

func fileID(m *ChatMessage) string {
	return "AgAC" + strconv.FormatInt(m.Chat, 10) + "_" + strconv.Itoa(m.ID)
}

func sameButtons(a, b [][]Button) bool {
	return slices.EqualFunc(a, b, func(x, y []Button) bool { return slices.Equal(x, y) })
}
