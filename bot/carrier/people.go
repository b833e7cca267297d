package carrier

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Arrival is what became of something that a person did in Telegram.
type Arrival struct {
	UpdateID  int64  `json:"update_id"` // zero: the bot does not want such updates (allowed_updates)
	MessageID int    `json:"message_id,omitempty"`
	QueryID   string `json:"query_id,omitempty"` // of a press
}

// Content is what a person sends in Telegram. At most one of Photo, Voice, Sticker and Location is meant to be set.
type Content struct {
	Text     string    `json:"text,omitempty"` // of a message; the caption of a picture or recording; a sticker's emoji
	Photo    bool      `json:"photo,omitempty"`
	Voice    bool      `json:"voice,omitempty"`
	Sticker  bool      `json:"sticker,omitempty"`
	Location *Location `json:"location,omitempty"`
}

// errBlockedBot is what the app shows: who has blocked a bot cannot write to it.
var errBlockedBot = errors.New("this person has blocked the bot and must unblock it first")

// TelegramPerson says who somebody is. Chat is the person's id, a positive number. It may be called at any time.
func (c *Carrier) TelegramPerson(chat int64, p Profile) {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	c.telegram.chatOf(chat).profile = p
}

// TelegramStart lets somebody open the bot and press Start, through a link with a payload or, with an empty payload,
// without. It also unblocks, as pressing Restart does.
func (c *Carrier) TelegramStart(chat int64, payload string) (Arrival, error) {
	if strings.Trim(payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" || len(payload) > 64 {
		return Arrival{}, errors.New("start: a payload is at most 64 letters, digits, _ and -")
	}
	c.TelegramUnblock(chat)
	return c.TelegramText(chat, strings.TrimSpace("/start "+payload))
}

// TelegramText lets somebody write to the bot. Writing opens the chat just as Start does.
func (c *Carrier) TelegramText(chat int64, text string) (Arrival, error) {
	return c.TelegramSend(chat, Content{Text: text})
}

// TelegramSend lets somebody send a text, a picture, a recording, a sticker or a place.
func (c *Carrier) TelegramSend(chat int64, content Content) (Arrival, error) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := t.chatOf(chat)
	if ch.blocked {
		return Arrival{}, errBlockedBot
	}
	ch.started = true
	m := &ChatMessage{From: chat, Content: content.kind(), Text: content.Text, Location: content.Location, Sent: c.Now().UTC()}
	t.add(ch, m)
	return Arrival{UpdateID: c.happen("message", chat, m, t.messageObject(ch, m)), MessageID: m.ID}, nil
}

func (content Content) kind() string {
	switch {
	case content.Photo:
		return ContentPhoto
	case content.Voice:
		return ContentVoice
	case content.Sticker:
		return ContentSticker
	case content.Location != nil:
		return ContentLocation
	}
	return ContentText
}

// TelegramPress lets somebody press an inline button that the message shows now.
func (c *Carrier) TelegramPress(chat int64, messageID int, data string) (Arrival, error) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok := t.chatOf(chat).byID[messageID]
	if !ok {
		return Arrival{}, fmt.Errorf("press: message %d does not exist", messageID)
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Data == data && data != "" {
				return c.press(m, data), nil
			}
		}
	}
	return Arrival{}, fmt.Errorf("press: message %d has no such button", messageID)
}

// TelegramPressStale is a press on a screen that does not show yet that the button has gone, or a forged one.
func (c *Carrier) TelegramPressStale(chat int64, messageID int, data string) (Arrival, error) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok := t.chatOf(chat).byID[messageID]
	if !ok {
		return Arrival{}, fmt.Errorf("press: message %d does not exist", messageID)
	}
	return c.press(m, data), nil
}

// press queues a callback query. The caller holds the lock.
func (c *Carrier) press(m *ChatMessage, data string) Arrival {
	t := &c.telegram
	ch := t.chatOf(m.Chat)
	now := c.Now()
	for id, q := range t.queries {
		if len(t.queries) > maxHistory && now.Sub(q.at) > queryLife {
			delete(t.queries, id)
		}
	}
	id := strconv.FormatInt(t.nextUpdate*1_000_003, 10)
	t.queries[id] = &query{chat: m.Chat, at: now}
	update := c.happen("callback_query", m.Chat, nil, object{
		"id": id, "from": personUser(m.Chat, ch.profile), "message": t.messageObject(ch, m),
		"chat_instance": strconv.FormatInt(m.Chat*31, 10), "data": data,
	})
	return Arrival{UpdateID: update, MessageID: m.ID, QueryID: id}
}

// TelegramEdit lets somebody change a text that he sent.
func (c *Carrier) TelegramEdit(chat int64, messageID int, text string) (Arrival, error) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := t.chatOf(chat)
	m, ok := ch.byID[messageID]
	if !ok || m.FromBot {
		return Arrival{}, fmt.Errorf("edit: message %d is not this person's", messageID)
	}
	m.Text, m.Edited = text, c.Now().UTC()
	return Arrival{UpdateID: c.happen("edited_message", chat, m, t.messageObject(ch, m)), MessageID: m.ID}, nil
}

// TelegramBlock lets somebody block the bot: sends fail with 403 from now on, and the bot is told (my_chat_member).
// A person who never wrote has nothing to block, and nothing happens.
func (c *Carrier) TelegramBlock(chat int64) Arrival { return c.setBlocked(chat, true) }

// TelegramUnblock takes a block back; nothing happens if there is none.
func (c *Carrier) TelegramUnblock(chat int64) Arrival { return c.setBlocked(chat, false) }

func (c *Carrier) setBlocked(chat int64, blocked bool) Arrival {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := t.chatOf(chat)
	if ch.blocked == blocked || !ch.started {
		return Arrival{}
	}
	ch.blocked = blocked
	member := object{"status": "member", "user": t.botUser()}
	kicked := object{"status": "kicked", "user": t.botUser(), "until_date": 0}
	before, after := member, kicked
	if !blocked {
		before, after = kicked, member
	}
	return Arrival{UpdateID: c.happen("my_chat_member", chat, nil, object{
		"chat": ch.object(), "from": personUser(chat, ch.profile), "date": c.Now().Unix(),
		"old_chat_member": before, "new_chat_member": after,
	})}
}

// TelegramDeactivate deletes somebody's account: sends fail with 403 and another description; the bot is not told.
func (c *Carrier) TelegramDeactivate(chat int64) {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	c.telegram.chatOf(chat).deactivated = true
}

// TelegramGroup lets somebody write in a group that the bot is a member of. Group is a negative id; From a person's.
func (c *Carrier) TelegramGroup(group, from int64, text string) Arrival {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	t.chatOf(from)
	ch := t.chatOf(group)
	m := &ChatMessage{From: from, Content: ContentText, Text: text, Sent: c.Now().UTC()}
	t.add(ch, m)
	return Arrival{UpdateID: c.happen("message", group, m, t.messageObject(ch, m)), MessageID: m.ID}
}

// TelegramChannel posts in a channel that the bot is a member of. Channel is a negative id.
func (c *Carrier) TelegramChannel(channel int64, text string) Arrival {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := t.chatOf(channel)
	ch.kind, ch.title = "channel", "Channel"
	m := &ChatMessage{Content: ContentText, Text: text, Sent: c.Now().UTC()}
	t.add(ch, m)
	return Arrival{UpdateID: c.happen("channel_post", channel, m, t.messageObject(ch, m)), MessageID: m.ID}
}

// TelegramState says how a private chat stands: whether the bot may write at all, and whether it is blocked.
func (c *Carrier) TelegramState(chat int64) (started, blocked bool) {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	ch, ok := c.telegram.chats[chat]
	return ok && ch.started, ok && ch.blocked
}

// personAction is what the control endpoint lets a person do. Do is start (Payload), text, photo, voice, sticker,
// location, press and press_stale (Message, Data), edit (Message, Text), block, unblock, deactivate, group (From,
// Text) or channel (Text).
type personAction struct {
	Do       string    `json:"do"`
	Chat     int64     `json:"chat"`
	From     int64     `json:"from"`
	Text     string    `json:"text"`
	Payload  string    `json:"payload"`
	Message  int       `json:"message"`
	Data     string    `json:"data"`
	Location *Location `json:"location"`
}

func (c *Carrier) act(in personAction) (any, error) {
	if in.Chat == 0 {
		return nil, errors.New("chat is required")
	}
	switch in.Do {
	case "start":
		return c.TelegramStart(in.Chat, in.Payload)
	case "text":
		return c.TelegramText(in.Chat, in.Text)
	case "photo":
		return c.TelegramSend(in.Chat, Content{Text: in.Text, Photo: true})
	case "voice":
		return c.TelegramSend(in.Chat, Content{Text: in.Text, Voice: true})
	case "sticker":
		return c.TelegramSend(in.Chat, Content{Text: in.Text, Sticker: true})
	case "location":
		place := in.Location
		if place == nil {
			place = &Location{Latitude: 51.4816, Longitude: -3.1791}
		}
		return c.TelegramSend(in.Chat, Content{Location: place})
	case "press":
		return c.TelegramPress(in.Chat, in.Message, in.Data)
	case "press_stale":
		return c.TelegramPressStale(in.Chat, in.Message, in.Data)
	case "edit":
		return c.TelegramEdit(in.Chat, in.Message, in.Text)
	case "block":
		return c.TelegramBlock(in.Chat), nil
	case "unblock":
		return c.TelegramUnblock(in.Chat), nil
	case "deactivate":
		c.TelegramDeactivate(in.Chat)
		return Arrival{}, nil
	case "group":
		return c.TelegramGroup(in.Chat, in.From, in.Text), nil
	case "channel":
		return c.TelegramChannel(in.Chat, in.Text), nil
	}
	return nil, errors.New("do is not something that a person can do")
}
