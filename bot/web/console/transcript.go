package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// The whole conversation to print or to keep, and the way to join Telegram.

func (c *Console) transcriptRoutes() map[string]handler {
	return map[string]handler{
		"GET /clients/{client}/transcript":     c.transcript,
		"GET /clients/{client}/transcript.txt": c.transcriptText,
		"POST /clients/{client}/telegram":      c.telegram,
	}
}

// mostPrinted bounds a transcript: what is longer is printed by months.
const mostPrinted = 5000

// transcriptPage is a conversation from one day to another.
type transcriptPage struct {
	Client store.Client
	Zone   *time.Location
	Thread []message
	// From and To are days as they stand in the form; empty: from the beginning,
	// to the end.
	From, To string
	// Cut says that there is more before it than is printed at once.
	Cut     bool
	Printed time.Time
	By      string
}

// printed reads the part of a conversation that a request asks for, and writes
// down that somebody took it.
func (c *Console) printed(r *http.Request, who signin.Who) (p transcriptPage, err error) {
	client, err := c.clientOf(r, who)
	if err != nil {
		return p, err
	}
	ctx, q := r.Context(), r.URL.Query()
	if err := c.Audit(ctx, who, "client.transcript", client.ID); err != nil {
		return p, err
	}
	p = transcriptPage{Client: client, Zone: zoneOf(client.Zone), Printed: c.Now().In(zoneOf(client.Zone)), By: who.Name}
	from, err := time.ParseInLocation(time.DateOnly, q.Get("from"), p.Zone)
	if err == nil {
		p.From = q.Get("from")
	}
	until, err := time.ParseInLocation(time.DateOnly, q.Get("to"), p.Zone)
	if err == nil {
		p.To = q.Get("to")
		until = until.AddDate(0, 0, 1)
	}
	var all store.ConversationPage
	for cursor := ""; ; {
		t, err := c.Store.Conversation(ctx, client.ID, cursor, 200)
		if err != nil {
			return p, err
		}
		older := slices.DeleteFunc(t.Messages, func(m store.ThreadMessage) bool {
			return m.At.Before(from) || p.To != "" && !m.At.Before(until)
		})
		all.Messages = append(older, all.Messages...)
		cursor = t.Before
		if cursor == "" || len(t.Messages) > 0 && t.Messages[0].At.Before(from) {
			break
		}
		if len(all.Messages) >= mostPrinted {
			p.Cut = true
			break
		}
	}
	view := clientPage{Zone: p.Zone}
	view.thread(all, lead(who))
	p.Thread = view.Thread
	return p, nil
}

func (c *Console) transcript(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	p, err := c.printed(r, who)
	if err != nil {
		return err
	}
	c.Render(w, r, http.StatusOK, "transcript", p)
	return nil
}

// transcriptText is the same as a file of plain text. Its name says nothing of whom
// it is about.
func (c *Console) transcriptText(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	p, err := c.printed(r, who)
	if err != nil {
		return err
	}
	say := speech{words: c.words, tag: signin.Language(r)}
	var b bytes.Buffer
	line := func(text string, err error) error {
		if err == nil {
			fmt.Fprintln(&b, text)
		}
		return err
	}
	at, err := say.moment(p.Printed)
	if err == nil {
		err = line(say.say("transcript.heading", "name", p.Client.FullName, "time", at, "by", p.By))
	}
	if err != nil {
		return err
	}
	for _, m := range p.Thread {
		text, err := say.said(m)
		if err != nil {
			return err
		}
		if m.NewDay {
			day, err := say.day(m.When)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "\n%s %d\n", day, m.When.Year())
		}
		fmt.Fprintln(&b, text)
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="transcript.txt"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b.Bytes())
	return nil
}

// said is a message as one paragraph of plain text.
func (s speech) said(m message) (string, error) {
	who, err := s.say("transcript.they")
	if !m.In {
		who, err = s.say("transcript.we")
	}
	if err != nil {
		return "", err
	}
	channel, err := s.of("channel", m.Channel)
	if err != nil {
		return "", err
	}
	text := m.Text
	switch {
	case m.Hidden:
		text, err = s.say("client.for_lead")
	case m.Opened:
		text, err = s.say("client.opened")
	case m.Unreadable:
		text, err = s.say("client.unreadable")
	case m.Text == "" && m.Choice != "":
		text, err = s.say("client.pressed")
	}
	if err != nil {
		return "", err
	}
	out := m.When.Format("15:04") + " " + who + " (" + channel
	if !m.In {
		fate, err := s.of("delivery", m.Delivery)
		if m.Channel == conversations.Telegram && m.Delivery == conversations.Sent {
			fate, err = s.say("client.sent") // Telegram says no more than this about a bot's message.
		}
		if err != nil {
			return "", err
		}
		out += ", " + fate
	}
	return out + "): " + strings.ReplaceAll(text, "\n", "\n      "), nil
}

// linkLasts is how long a code lives that a person of the team made: until the
// next weekly meeting.
const linkLasts = 7 * 24 * time.Hour

// telegramPage is the way for a client to join Telegram.
type telegramPage struct {
	Client store.Client
	Code   string
	// Link opens Telegram with the code, empty while nobody knows the bot's name;
	// Squares draws it in a field of Side by Side.
	Link, Squares string
	Side          int
	Ends          time.Time
}

// telegram makes a code with which a client joins Telegram, once. It answers with
// the page itself: the code is kept nowhere, and must stand in no address.
func (c *Console) telegram(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if !who.May(signin.ChangeClients) {
		return errForbidden
	}
	ctx := r.Context()
	if err := c.Audit(ctx, who, "client.telegram", client.ID); err != nil {
		return err
	}
	p, err := c.invited(ctx, client)
	if err != nil {
		return c.refused(w, r, who, client, err)
	}
	c.Render(w, r, http.StatusOK, "telegram", p)
	return nil
}

func (c *Console) invited(ctx context.Context, client store.Client) (p telegramPage, err error) {
	switch {
	case !client.ClosedAt.IsZero():
		return p, wrong("fault.closed")
	case c.DeepLink == nil:
		return p, wrong("fault.no_telegram")
	}
	p.Client = client
	if p.Code, p.Ends, err = c.Store.MakeLink(ctx, client.ID, linkLasts, c.Now()); err != nil {
		return p, err
	}
	p.Ends = p.Ends.In(zoneOf(client.Zone))
	if p.Link = c.DeepLink(p.Code); p.Link != "" {
		p.Squares, p.Side, err = squares(p.Link)
	}
	return p, err
}

// quiet is the empty edge that ISO/IEC 18004 asks for around a code, in squares.
const quiet = 4

// squares draws a text as a QR code: the dark squares as one path, and how long a
// side is, with its edge.
func squares(text string) (path string, side int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("draw a code: %w", err)
	}
	var b strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := 0; x < n; x++ {
			begin := x
			for x < n {
				if red, _, _, _ := code.At(x, y).RGBA(); red != 0 {
					break
				}
				x++
			}
			if x > begin {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", begin+quiet, y+quiet, x-begin, x-begin)
			}
		}
	}
	return b.String(), n + 2*quiet, nil
}

// MayAgain says that a message of ours did not arrive, so that it can be said
// once more.
func (m message) MayAgain() bool {
	return !m.In && (m.Delivery == conversations.Failed || m.Delivery == conversations.Undelivered)
}
