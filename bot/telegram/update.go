package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"alongside/conversations"
)

// update is the part of Telegram's Update that is read. The library's own type
// refuses an update as a whole when any of its unions has a kind that the
// library does not know yet (where a text was forwarded from, the background of
// a chat), and the text in it would come again and again and never be read.
type update struct {
	ID            int64       `json:"update_id"`
	Message       *message    `json:"message"`
	EditedMessage *message    `json:"edited_message"`
	CallbackQuery *press      `json:"callback_query"`
	MyChatMember  *membership `json:"my_chat_member"`
}

type message struct {
	ID        int                `json:"message_id"`
	From      *models.User       `json:"from"`
	Chat      models.Chat        `json:"chat"`
	Date      int64              `json:"date"`
	EditDate  int64              `json:"edit_date"`
	Text      string             `json:"text"`
	Caption   string             `json:"caption"`
	Photo     []models.PhotoSize `json:"photo"`
	Voice     *file              `json:"voice"`
	Audio     *file              `json:"audio"`
	VideoNote *file              `json:"video_note"`
	Video     *file              `json:"video"`
	Animation *file              `json:"animation"`
	Document  *file              `json:"document"`
	Sticker   *sticker           `json:"sticker"`
	Location  *models.Location   `json:"location"`
	Dice      *emoji             `json:"dice"`
	// What is only noted as something that is not text.
	Contact   json.RawMessage `json:"contact"`
	Poll      json.RawMessage `json:"poll"`
	Story     json.RawMessage `json:"story"`
	Checklist json.RawMessage `json:"checklist"`
	PaidMedia json.RawMessage `json:"paid_media"`
	Game      json.RawMessage `json:"game"`
}

// file is what the kinds of files have in common.
type file struct {
	FileID   string `json:"file_id"`
	MimeType string `json:"mime_type"`
}

type sticker struct {
	FileID string `json:"file_id"`
	Emoji  string `json:"emoji"`
}

type emoji struct {
	Emoji string `json:"emoji"`
}

// press is a button that was pressed. Its message may be one that Telegram does
// not show any more; its ids are there all the same.
type press struct {
	ID      string      `json:"id"`
	From    models.User `json:"from"`
	Message *struct {
		ID   int         `json:"message_id"`
		Chat models.Chat `json:"chat"`
	} `json:"message"`
	Data string `json:"data"`
}

type membership struct {
	Chat models.Chat `json:"chat"`
	Date int64       `json:"date"`
	New  struct {
		Status models.ChatMemberType `json:"status"`
	} `json:"new_chat_member"`
}

var errNoUpdate = errors.New("it is no update")

// decode reads one update.
func decode(body []byte) (*update, error) {
	u := &update{}
	if err := json.Unmarshal(body, u); err != nil || u.ID <= 0 {
		return nil, errNoUpdate // An error of the decoder can repeat what it read.
	}
	return u, nil
}

// take hands one update on; nil when it need not come again.
func (c *Channel) take(ctx context.Context, way string, u *update) error {
	ev, ok := c.event(u)
	if !ok {
		c.cfg.Count(way, ignored)
		c.log.DebugContext(ctx, "telegram update ignored", "update_id", u.ID)
		return nil
	}
	if err := c.handOn(ctx, ev); err != nil {
		c.cfg.Count(way, unavailable)
		c.log.ErrorContext(ctx, "telegram update not stored", "update_id", u.ID, "err", err)
		return err
	}
	c.cfg.Count(way, accepted)
	if u.CallbackQuery != nil {
		c.answerPress(u.CallbackQuery)
	}
	return nil
}

// event maps an update to its event; false for what is none of ours: groups,
// channels, other bots, and kinds that were not asked for.
func (c *Channel) event(u *update) (conversations.Event, bool) {
	ev := conversations.Event{ProviderID: c.botID + "/" + strconv.FormatInt(u.ID, 10)}
	var ok bool
	switch {
	case u.Message != nil:
		ok = c.fromMessage(&ev, u.Message)
	case u.EditedMessage != nil:
		ok = c.fromEdited(&ev, u.EditedMessage)
	case u.CallbackQuery != nil:
		ok = c.fromPress(&ev, u.CallbackQuery)
	case u.MyChatMember != nil:
		ok = c.fromMembership(&ev, u.MyChatMember)
	}
	return ev, ok
}

// private is the address of a chat with one person; false for any other chat.
func private(chat models.Chat) (conversations.Address, bool) {
	return conversations.Address{Channel: conversations.Telegram, Value: strconv.FormatInt(chat.ID, 10)},
		chat.Type == models.ChatTypePrivate && chat.ID > 0
}

func (c *Channel) fromMessage(ev *conversations.Event, m *message) bool {
	from, ok := private(m.Chat)
	if !ok || m.From != nil && m.From.IsBot {
		return false
	}
	ev.Kind, ev.From, ev.At = conversations.EventText, from, c.at(m.Date)
	text, code := readCommand(m.Text)
	ev.Text, ev.LinkCode = cut(clean(text)), code
	if ev.Text == "" {
		ev.Text = cut(clean(m.Caption))
	}
	ev.Media = readMedia(m)
	if ev.Text == "" {
		ev.Text = readEmoji(m)
	}
	// What has neither is a note of Telegram's own: a pinned message, a timer that was set.
	return ev.Text != "" || len(ev.Media) > 0
}

// fromEdited takes a changed text or caption. A place that moves is an edit every few seconds, and says nothing.
func (c *Channel) fromEdited(ev *conversations.Event, m *message) bool {
	from, ok := private(m.Chat)
	if !ok || m.From != nil && m.From.IsBot {
		return false
	}
	ev.Kind, ev.From, ev.At = conversations.EventEdited, from, c.at(max(m.EditDate, m.Date))
	ev.Text = cut(clean(m.Text))
	if ev.Text == "" {
		ev.Text = cut(clean(m.Caption))
	}
	return ev.Text != ""
}

func (c *Channel) fromPress(ev *conversations.Event, p *press) bool {
	chat := models.Chat{ID: p.From.ID, Type: models.ChatTypePrivate} // Where there is no message: a private chat has its person's id.
	if p.Message != nil {
		chat = p.Message.Chat
	}
	from, ok := private(chat)
	if !ok || p.From.IsBot || p.Data == "" {
		return false
	}
	ev.Kind, ev.From, ev.At, ev.Button = conversations.EventButton, from, c.cfg.Now().UTC(), clean(p.Data)
	return true
}

func (c *Channel) fromMembership(ev *conversations.Event, m *membership) bool {
	from, ok := private(m.Chat)
	if !ok {
		return false
	}
	ev.From, ev.At = from, c.at(m.Date)
	switch m.New.Status {
	case models.ChatMemberTypeBanned:
		ev.Kind = conversations.EventBlocked
	case models.ChatMemberTypeMember:
		ev.Kind = conversations.EventUnblocked
	default:
		return false
	}
	return true
}

// at is when something happened: an update may have waited for a day. A time that cannot be is replaced by now.
func (c *Channel) at(unix int64) time.Time {
	now := c.cfg.Now().UTC()
	at := time.Unix(unix, 0).UTC()
	if unix <= 0 || at.After(now) {
		return now
	}
	return at
}

// command is a text that begins like one of a bot's: "/start code", "/help@our_bot". It is read from the text itself,
// because the entities that Telegram sends beside it count in UTF-16 and may be wrong.
var command = regexp.MustCompile(`^/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?(?:\s+|$)`)

// readCommand takes the code out of "/start <code>", whose text stays as it
// came. Any other command is what the person would have typed without the
// slash: "/stop" is "stop" and "/start" alone is "start", because here a word
// means the same on every channel.
func readCommand(text string) (plain, code string) {
	found := command.FindStringSubmatchIndex(text)
	if found == nil {
		return text, ""
	}
	name, rest := text[found[2]:found[3]], strings.TrimSpace(text[found[1]:])
	if strings.EqualFold(name, "start") && linkCode.MatchString(rest) {
		return text, rest
	}
	return strings.TrimSpace(name + " " + rest), ""
}

// readMedia notes what came with a text or instead of it.
func readMedia(m *message) []conversations.Media {
	var media []conversations.Media
	note := func(kind conversations.MediaKind, f *file) {
		if f != nil {
			media = append(media, conversations.Media{Kind: kind, Type: strings.ToLower(clean(f.MimeType)), Ref: clean(f.FileID)})
		}
	}
	if n := len(m.Photo); n > 0 { // The sizes of one picture, the largest last.
		note(conversations.Picture, &file{FileID: m.Photo[n-1].FileID})
	}
	note(conversations.VoiceNote, m.Voice)
	note(conversations.VoiceNote, m.Audio)
	note(conversations.VoiceNote, m.VideoNote) // Somebody speaks, with a face.
	note(conversations.OtherFile, m.Video)
	if m.Animation != nil { // It comes as a document as well, for old programs.
		note(conversations.OtherFile, m.Animation)
	} else if m.Document != nil {
		note(documentKind(m.Document.MimeType), m.Document)
	}
	if m.Sticker != nil && m.Sticker.Emoji == "" {
		note(conversations.Picture, &file{FileID: m.Sticker.FileID})
	}
	if l := m.Location; l != nil { // A venue has one too.
		place := conversations.Media{Kind: conversations.Place}
		if math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180 {
			place.Latitude, place.Longitude = l.Latitude, l.Longitude
		}
		media = append(media, place)
	}
	for _, other := range []json.RawMessage{m.Contact, m.Poll, m.Story, m.Checklist, m.PaidMedia, m.Game} {
		if len(other) > 0 && string(other) != "null" {
			media = append(media, conversations.Media{Kind: conversations.OtherFile})
		}
	}
	return media
}

func documentKind(contentType string) conversations.MediaKind {
	family, _, _ := strings.Cut(strings.ToLower(contentType), "/")
	switch family {
	case "image":
		return conversations.Picture
	case "audio":
		return conversations.VoiceNote
	}
	return conversations.OtherFile
}

// readEmoji is what a sticker or a die says: a thumb up is an answer, whichever way it was sent.
func readEmoji(m *message) string {
	switch {
	case m.Sticker != nil:
		return cut(clean(m.Sticker.Emoji))
	case m.Dice != nil:
		return cut(clean(m.Dice.Emoji))
	}
	return ""
}

// clean makes valid UTF-8 of what came. NUL goes too: PostgreSQL keeps none.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// cut shortens a text to conversations.MaxText runes, of which the last is then an ellipsis.
func cut(text string) string {
	if len(text) <= conversations.MaxText || utf8.RuneCountInString(text) <= conversations.MaxText {
		return text
	}
	runes := 0
	for i := range text {
		if runes == conversations.MaxText-1 {
			return text[:i] + "…"
		}
		runes++
	}
	return text
}
