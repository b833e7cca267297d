package carrier

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxThread is how many messages of a thread the page shows.
const maxThread = 200

// demoState is everything that the page shows.
type demoState struct {
	Clock    demoClock     `json:"clock"`
	People   []demoPerson  `json:"people"`
	Team     []demoPage    `json:"team"`     // texts to the team, newest first
	Caseload *CaseloadView `json:"caseload"` // nil: not connected, or not readable
	Trouble  string        `json:"trouble"`  // why there is no caseload
}

type demoClock struct {
	Day     string `json:"day"`     // Monday 23 November 2026
	Time    string `json:"time"`    // 10:00
	Zone    string `json:"zone"`    // Europe/London
	Morning string `json:"morning"` // what "next morning" means: Tue 10:00
}

// demoPage is a text that reached somebody of the team.
type demoPage struct {
	ID    string `json:"id"`
	Phone string `json:"phone"`
	When  string `json:"when"`
	Text  string `json:"text"`
}

type demoPerson struct {
	ID       string    `json:"id"`
	Label    string    `json:"label"`
	Language string    `json:"language"`
	Hints    []string  `json:"hints"`
	SMS      *demoSMS  `json:"sms"`
	Telegram *demoChat `json:"telegram"`
}

type demoSMS struct {
	Number  string        `json:"number"`
	Service string        `json:"service"`
	Stopped bool          `json:"stopped"`
	Thread  []demoMessage `json:"thread"`
}

type demoChat struct {
	Bot     string        `json:"bot"`
	Started bool          `json:"started"`
	Blocked bool          `json:"blocked"`
	Link    bool          `json:"link"`   // Start opens an invitation link
	Answer  string        `json:"answer"` // what the bot answered to the last press
	Thread  []demoMessage `json:"thread"`
}

// demoMessage is one bubble. Ticks is what the sender's phone shows: sent, taken, lost; empty on what was received.
type demoMessage struct {
	ID      string     `json:"id"`
	Mine    bool       `json:"mine"` // the person sent it
	Kind    string     `json:"kind"` // ContentText, ContentPhoto, …
	Text    string     `json:"text"`
	Day     string     `json:"day"`
	Time    string     `json:"time"`
	Ticks   string     `json:"ticks"`
	Edited  bool       `json:"edited"`
	Buttons [][]Button `json:"buttons"`
	Message int        `json:"message"` // Telegram's number of the message
}

func (c *Carrier) demoState(ctx context.Context) demoState {
	zone := c.zone()
	now := c.Now().In(zone)
	s := demoState{
		Clock: demoClock{
			Day: now.Format("Monday 2 January 2006"), Time: now.Format("15:04"), Zone: zone.String(),
			Morning: nextMorning(now).Format("Mon 15:04"),
		},
		People: make([]demoPerson, 0, len(c.cfg.Phones)),
	}
	for _, p := range c.cfg.Phones {
		s.People = append(s.People, c.demoPerson(p, zone))
	}
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		at = at.In(zone)
		if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
			return at.Format("15:04")
		}
		return at.Format("Mon 2 Jan 15:04")
	}
	s.Team = c.demoTeam(when)
	if c.cfg.Caseload == nil {
		s.Trouble = "No caseload is connected to this carrier."
		return s
	}
	view, err := c.cfg.Caseload(ctx)
	if err != nil {
		c.log.Debug("caseload not readable", "error", err)
		s.Trouble = "The caseload cannot be read just now."
		return s
	}
	// The reader's own lists may be shared between two pages: they are copied, not filled in place.
	view.Clients = append([]ClientView(nil), view.Clients...)
	for i := range view.Clients {
		client := &view.Clients[i]
		client.Events = append([]EventView(nil), client.Events...)
		client.Messages = append([]MessageView(nil), client.Messages...)
		for j := range client.Events {
			client.Events[j].When = when(client.Events[j].At)
		}
		for j := range client.Messages {
			client.Messages[j].When = when(client.Messages[j].At)
		}
	}
	s.Caseload = &view
	return s
}

// maxTeam is how many texts to the team the page shows.
const maxTeam = 12

// demoTeam is what reached the phones of the team, newest first.
func (c *Carrier) demoTeam(when func(time.Time) string) []demoPage {
	type page struct {
		demoPage
		at time.Time
	}
	var all []page
	for _, p := range c.cfg.Team {
		for _, m := range c.SentTo(p.Number) {
			if !m.Sent.IsZero() {
				all = append(all, page{demoPage{ID: m.SID, Phone: p.Label, When: when(m.Sent), Text: m.Body}, m.Sent})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b page) int { return b.at.Compare(a.at) })
	out := make([]demoPage, 0, min(len(all), maxTeam))
	for _, p := range all[:min(len(all), maxTeam)] {
		out = append(out, p.demoPage)
	}
	return out
}

func (c *Carrier) demoPerson(p Phone, zone *time.Location) demoPerson {
	out := demoPerson{ID: orElse(p.ID, p.Label), Label: p.Label, Language: p.Language, Hints: p.Hints}
	if out.Hints == nil {
		out.Hints = usualHints(p.Language)
	}
	if p.Number != "" {
		out.SMS = &demoSMS{Number: p.Number, Service: c.cfg.From, Stopped: c.OptedOut(p.Number), Thread: []demoMessage{}}
		for _, m := range tail(c.Thread(p.Number)) {
			if m.From != p.Number && m.Sent.IsZero() {
				continue // It has not reached the phone yet.
			}
			out.SMS.Thread = append(out.SMS.Thread, demoText(m, m.From == p.Number, zone))
		}
	}
	if p.Chat != 0 {
		started, blocked := c.TelegramState(p.Chat)
		out.Telegram = &demoChat{
			Bot: c.cfg.BotUsername, Started: started, Blocked: blocked, Link: p.StartLink != nil, Thread: []demoMessage{},
		}
		for _, m := range tail(c.TelegramThread(p.Chat)) {
			out.Telegram.Thread = append(out.Telegram.Thread, demoChatMessage(m, zone))
		}
		for _, a := range c.CallbackAnswers() {
			if a.Chat == p.Chat && a.Text != "" {
				out.Telegram.Answer = a.QueryID + " " + a.Text
			}
		}
	}
	return out
}

func demoText(m Message, mine bool, zone *time.Location) demoMessage {
	at := m.Created.In(zone)
	if !mine {
		at = m.Sent.In(zone)
	}
	out := demoMessage{
		ID: m.SID, Mine: mine, Kind: ContentText, Text: m.Body, Day: at.Format("Monday 2 January"), Time: at.Format("15:04"),
	}
	switch {
	case strings.HasPrefix(m.MediaType, "audio/"):
		out.Kind = ContentVoice
	case len(m.Media) > 0:
		out.Kind = ContentPhoto
	case m.Located:
		out.Kind = ContentLocation
	}
	if mine {
		switch {
		case m.Answered == 0:
			out.Ticks = "sent"
		case m.Answered >= 200 && m.Answered < 300:
			out.Ticks = "taken"
		default:
			out.Ticks = "lost"
		}
	}
	return out
}

func demoChatMessage(m ChatMessage, zone *time.Location) demoMessage {
	at := m.Sent.In(zone)
	out := demoMessage{
		ID: strconv.Itoa(m.ID), Mine: !m.FromBot, Kind: m.Content, Text: m.Text, Day: at.Format("Monday 2 January"),
		Time: at.Format("15:04"), Edited: !m.Edited.IsZero(), Buttons: m.Buttons, Message: m.ID,
	}
	if out.Mine {
		if strings.HasPrefix(out.Text, "/start ") {
			out.Text = "/start" // The app hides the code of the link.
		}
		out.Ticks = "sent"
		if m.Taken {
			out.Ticks = "taken"
		}
	}
	return out
}

func tail[T any](list []T) []T { return list[max(len(list)-maxThread, 0):] }

// usualHints are things that people really text.
func usualHints(language string) []string {
	if strings.HasPrefix(language, "cy") {
		return []string{"Iawn diolch", "👍", "1", "Dwi'n methu dydd Iau, dydd Gwener 3?"}
	}
	return []string{"yh thats fine see u thurs", "👍", "1", "cant do thurs, friday 3pm?", "Iawn diolch"}
}
