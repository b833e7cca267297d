package carrier

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Phone is a person on the demo page: a number, a Telegram chat, or both.
type Phone struct {
	ID       string   // unique among the phones and short; empty: Label
	Label    string   // what the page calls the person, for example "John"
	Language string   // IETF tag, for example "en-GB" or "cy"; it decides the usual hints
	Number   string   // E.164; empty: the person has no phone for texts
	Chat     int64    // Telegram id; zero: the person has no Telegram
	Hints    []string // suggestions to tap; nil: the usual ones of the language
	// StartLink answers the payload of the link with which the person opens the bot (t.me/<bot>?start=<payload>).
	// Nil: there is no link, and Start is pressed without a payload.
	StartLink func(ctx context.Context) (string, error)
}

// TeamPhone is a phone of somebody who works for the service: they are told of danger by text.
type TeamPhone struct {
	Label  string // as the page shows it, for example "Sam’s phone"
	Number string // E.164
}

// CaseloadReader answers what the caseload says now. It is called about once a second while a page is open, and must
// hold only what a specialist may see.
type CaseloadReader func(ctx context.Context) (CaseloadView, error)

// CaseloadView is what the panel beside the phones shows.
type CaseloadView struct {
	Specialist string       `json:"specialist"` // whose caseload it is, for example "Sam"
	Link       string       `json:"link"`       // address of the console on this machine; empty: no link is shown
	Clients    []ClientView `json:"clients"`
	// Acts are what the specialist can do beside each phone, Meanings what a text
	// can be put right to. Without a Config.Desk neither is shown.
	Acts     []DeskAct     `json:"acts"`
	Meanings []DeskMeaning `json:"meanings"`
}

// DeskAct is a small button beside a phone.
type DeskAct struct {
	Do    string `json:"do"`
	Label string `json:"label"`
	More  bool   `json:"more"` // behind "More"
}

// DeskMeaning is one thing that a text can be put right to.
type DeskMeaning struct {
	Intent string `json:"intent"`
	Label  string `json:"label"`
	Ask    string `json:"ask"` // what else is asked for, as a hint in its field; empty: nothing
}

// DeskDone is what somebody at the page does for the specialist: an act of
// [CaseloadView], or correct, acknowledge, outcome, hold, release and remind.
type DeskDone struct {
	Do      string
	Value   string // what was written with it
	Message string // the text that is put right
	Intent  string // what it means
}

// FactView is one line of what else is on the caseload: a lead, a task, a
// check-in.
type FactView struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	State string `json:"state"`
	Tone  Tone   `json:"tone"`
}

// AlertView is danger that a person has to read of now.
type AlertView struct {
	Text         string `json:"text"`
	State        string `json:"state"`
	Acknowledged bool   `json:"acknowledged"`
}

// Tone colours a state; the words alone must say it too.
type Tone string

// The tones. The zero value is neutral.
const (
	ToneGood    Tone = "good"    // confirmed, delivered
	ToneWaiting Tone = "waiting" // asked, not answered
	ToneWarn    Tone = "warn"    // somebody has to look
)

// ClientView is one client on the caseload.
type ClientView struct {
	Phone        string            `json:"phone"` // the Phone.ID it belongs to; empty: shown beside every phone
	Name         string            `json:"name"`
	Channel      string            `json:"channel"` // how the client is written to, for example "SMS"
	Appointments []AppointmentView `json:"appointments"`
	Question     string            `json:"question"`   // the open question; empty: none
	Understood   *UnderstoodView   `json:"understood"` // of the last text; nil: none yet
	Alerts       []AlertView       `json:"alerts"`     // those without an outcome
	Held         bool              `json:"held"`       // on hold until a person releases them
	Facts        []FactView        `json:"facts"`      // leads, tasks and check-ins
	Settings     []string          `json:"settings"`   // what the client chose, in words
	Attention    []string          `json:"attention"`  // what a person has to look at, most urgent first
	Events       []EventView       `json:"events"`     // newest first
	Messages     []MessageView     `json:"messages"`   // newest first
}

// AppointmentView is one appointment and how it stands.
type AppointmentView struct {
	Line  string `json:"line"`  // kind, day, date, time and place
	State string `json:"state"` // for example "confirmed"
	Tone  Tone   `json:"tone"`
}

// UnderstoodView says what was made of a text, and why.
type UnderstoodView struct {
	Heard   string `json:"heard"`   // the text
	Meaning string `json:"meaning"` // for example "confirms Thursday 26 November, 14:00"
	Why     string `json:"why"`     // for example "“thats fine” answers the open question"
	Sure    string `json:"sure"`    // for example "certain"; empty: not shown
}

// EventView is something that happened.
type EventView struct {
	At   time.Time `json:"-"`
	Text string    `json:"text"`
	When string    `json:"when"` // filled in by the carrier, in its time zone
}

// MessageView is a message and how far it got.
type MessageView struct {
	At      time.Time `json:"-"`
	When    string    `json:"when"` // filled in by the carrier, in its time zone
	Inbound bool      `json:"inbound"`
	Channel string    `json:"channel"`
	Text    string    `json:"text"`
	State   string    `json:"state"` // queued, sent, delivered, unknown, …
	Tone    Tone      `json:"tone"`
	// ID names what came in, Read says what was understood of it and how surely,
	// Corrected what a person made of that; Correctable: it can be put right.
	ID          string `json:"id"`
	Read        string `json:"read"`
	Corrected   string `json:"corrected"`
	Correctable bool   `json:"correctable"`
}

// demoPolicy allows nothing but our own files: no other host, no script or style inside the page.
const demoPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// DemoPage answers the page with the two phones, the clock and the caseload. Its addresses are relative, so it can be
// mounted at "/" or, with http.StripPrefix, below any path that ends in a slash. Requests of other web sites that
// would change something are refused. Like the control endpoint it asks for no password.
func (c *Carrier) DemoPage() http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // The folder is embedded above.
	}
	static := http.FileServerFS(files)
	mux := http.NewServeMux()
	mux.Handle("GET /", static)
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, http.StatusOK, c.demoState(r.Context())) })
	mux.HandleFunc("GET /events", c.demoEvents)
	mux.HandleFunc("POST /act", control(c.demoAct))
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", demoPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}

// demoEvents sends the whole state whenever it has changed. A page holds little, and sending all of it cannot get out of step.
func (c *Carrier) demoEvents(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	var last string
	tick := time.NewTicker(time.Second) // The caseload and the clock change without the carrier's doing.
	defer tick.Stop()
	for {
		changed := c.changed.listen()
		body, err := json.Marshal(c.demoState(r.Context()))
		if err != nil {
			return
		}
		if now := string(body); now != last {
			last = now
			if _, err := w.Write([]byte("data: " + now + "\n\n")); err != nil {
				return
			}
			if err := out.Flush(); err != nil {
				return
			}
		}
		select {
		case <-changed:
			// A message rings several times within milliseconds; one picture of the end is enough.
			if !c.pause(30 * time.Millisecond) {
				return
			}
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-c.closing:
			return
		}
	}
}

// demoAction is what somebody does on the page. Do is sms, sms_picture, sms_voice, sms_location, advance (Minutes),
// morning, telegram_start, "telegram_" and a personAction's name, or "desk_" and what the specialist does (Text is what
// was written with it, On the text that is put right, Intent what it means).
type demoAction struct {
	Phone   string `json:"phone"`
	Do      string `json:"do"`
	Text    string `json:"text"`
	Message int    `json:"message"`
	Data    string `json:"data"`
	Minutes int    `json:"minutes"`
	On      string `json:"on"`
	Intent  string `json:"intent"`
}

// cardiff is where the demo's people are when they send their location.
var cardiff = &Location{Latitude: 51.4816, Longitude: -3.1791}

func (c *Carrier) demoAct(r *http.Request, in demoAction) (any, error) {
	switch in.Do {
	case "advance":
		if in.Minutes < 1 || in.Minutes > 60*24*366 {
			return nil, errors.New("minutes must be between 1 and a year")
		}
		c.Advance(time.Duration(in.Minutes) * time.Minute)
		return map[string]any{}, nil
	case "morning":
		c.Advance(nextMorning(c.Now().In(c.zone())).Sub(c.Now()))
		return map[string]any{}, nil
	}
	phone, ok := c.phone(in.Phone)
	if !ok {
		return nil, errors.New("there is no such phone")
	}
	// A page that is closed must not take a text back that is already on its way.
	ctx := context.WithoutCancel(r.Context())
	if what, ok := strings.CutPrefix(in.Do, "desk_"); ok {
		if c.cfg.Desk == nil {
			return nil, errors.New("there is no specialist at this carrier")
		}
		done := DeskDone{Do: what, Value: strings.TrimSpace(in.Text), Message: in.On, Intent: in.Intent}
		said, err := c.cfg.Desk(ctx, orElse(phone.ID, phone.Label), done)
		if err != nil {
			return nil, err
		}
		c.changed.ring()
		return map[string]any{"said": said}, nil
	}
	if what, ok := strings.CutPrefix(in.Do, "telegram_"); ok {
		if phone.Chat == 0 {
			return nil, errors.New("this person has no Telegram")
		}
		action := personAction{Do: what, Chat: phone.Chat, Text: in.Text, Message: in.Message, Data: in.Data, Location: cardiff}
		if what == "start" && phone.StartLink != nil {
			payload, err := phone.StartLink(ctx)
			if err != nil {
				return nil, errors.New("the service could not make a link")
			}
			action.Payload = payload
		}
		return c.act(action)
	}
	if phone.Number == "" {
		return nil, errors.New("this person has no phone for texts")
	}
	t := Text{From: phone.Number, Body: in.Text}
	switch in.Do {
	case "sms":
		if strings.TrimSpace(in.Text) == "" {
			return nil, errors.New("there is nothing to send")
		}
	case "sms_picture":
		t.Media = []Media{{ContentType: "image/jpeg"}}
	case "sms_voice":
		t.Media = []Media{{ContentType: "audio/amr"}}
	case "sms_location":
		t.Location = cardiff
	default:
		return nil, errors.New("that is not something a phone can do")
	}
	return deliveryAnswer(c.Deliver(ctx, t)), nil
}

// nextMorning is the next 10:00, when the service may write without being asked.
func nextMorning(now time.Time) time.Time {
	morning := time.Date(now.Year(), now.Month(), now.Day(), 10, 0, 0, 0, now.Location())
	if !morning.After(now) {
		morning = time.Date(now.Year(), now.Month(), now.Day()+1, 10, 0, 0, 0, now.Location())
	}
	return morning
}

func (c *Carrier) zone() *time.Location {
	if c.cfg.Zone != nil {
		return c.cfg.Zone
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return zone
}

func (c *Carrier) phone(id string) (Phone, bool) {
	for _, p := range c.cfg.Phones {
		if orElse(p.ID, p.Label) == id {
			return p, true
		}
	}
	return Phone{}, false
}
