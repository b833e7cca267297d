package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/templates"
)

// over is how long after its start an appointment can still be changed; the
// conversation looks no further back either.
const over = 4 * time.Hour

// shown is how many messages of a thread are on a page.
const shown = 40

// clientPage is one client with everything that can be done for them.
type clientPage struct {
	Client store.Client
	Zone   *time.Location
	// May says that the reader may change something, Signs that texts can go out
	// under their name, Open that the record is not closed.
	May, Signs, Open bool
	Signed           string

	Thread   []message
	Before   string
	Older    bool
	Question *conversations.Question
	Flags    []flag
	Texts    int // of the flags, those that a reply settles
	Alerts   []store.Alert
	Route    string

	Reach        []store.Reach
	Texted       bool // on some channel
	Telegram     bool // there is a bot to join
	Ahead, Past  []store.Appointment
	Offers       []store.Offer
	Tasks        []store.Task
	Plots        []plot
	Agreements   []store.AgreementEntry
	Milestones   []store.Milestone
	Notes        []store.Note
	Due          []due
	Form         url.Values
	Fault        string
	Findings     []templates.Finding
	Confirmable  bool
	Today        string
	Kinds        []conversations.AppointmentKind
	Mechanisms   []conversations.Mechanism
	Circumstance []conversations.Circumstance
}

// message is one message of a thread, in the client's own time.
type message struct {
	store.ThreadMessage
	When time.Time
	// NewDay says that it is the first of its day.
	NewDay bool
	// Sure is certain, fairly or unsure.
	Sure string
	// Correctable says that a person can put right what was understood.
	Correctable bool
	// Hidden says that it is for the lead alone, Opened that it is the invitation's
	// code, which is of no use to anybody any more.
	Hidden, Opened bool
	// Tone is good, waiting or bad.
	Tone   string
	Reason string
	// Says is what was understood, in the values that go with it.
	Says []meaning
}

// meaning is one thing that was understood, with its value.
type meaning struct {
	Intent    understand.Intent
	When      time.Time
	Day       bool // When is a whole day
	Clock     string
	Ambiguous bool
	Number    int
	Language  string
}

// flag is something to look at, with the appointment that it is about.
type flag struct {
	store.Flag
	Meeting store.Appointment
	// Decide says that the client's proposal waits for a yes.
	Decide bool
	Tap    bool // a reminder waits for a tap
}

func (c *Console) client(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if err := c.read(r, who, client.ID); err != nil {
		return err
	}
	return c.show(w, r, who, client, http.StatusOK, nil)
}

// show renders a client's page; with a fault, as it is after a form was refused.
func (c *Console) show(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, status int, f *fault) error {
	ctx := r.Context()
	before := r.URL.Query().Get("before")
	thread, err := c.Store.Conversation(ctx, client.ID, before, shown)
	if err != nil {
		return err
	}
	p := clientPage{
		Client: client, Zone: zoneOf(client.Zone), May: who.May(signin.ChangeClients), Open: client.ClosedAt.IsZero(),
		Before: thread.Before, Older: before != "", Question: thread.Open, Alerts: thread.Alerts, Route: c.Route, Reach: thread.Reach,
		Agreements: thread.Agreements, Form: url.Values{}, Today: c.Now().In(zoneOf(client.Zone)).Format(time.DateOnly),
		Kinds: conversations.AppointmentKinds, Mechanisms: conversations.Mechanisms,
		Circumstance: conversations.Circumstances, Telegram: c.DeepLink != nil,
	}
	if f != nil {
		p.Fault, p.Findings, p.Form = f.key, f.findings, r.PostForm
		p.Confirmable = len(f.findings) > 0 && !slices.ContainsFunc(f.findings, func(x templates.Finding) bool { return x.Refused })
	}
	p.Texted = slices.ContainsFunc(thread.Reach, func(x store.Reach) bool { return x.Agreement == conversations.AgreementGiven && !x.Blocked })
	if who.Specialist != "" {
		s, err := c.Store.Specialist(ctx, who.Specialist)
		if err != nil {
			return err
		}
		p.Signs, p.Signed = true, s.Name
	}
	p.thread(thread, lead(who))
	p.meetings(thread.Appointments, c.Now())
	p.flags(thread, c.Now(), lead(who))
	if p.Offers, _, err = c.Store.Offers(ctx, client.ID, store.Page{}); err != nil {
		return err
	}
	if p.Tasks, err = c.Store.Tasks(ctx, client.ID); err != nil {
		return err
	}
	if p.Milestones, err = c.Store.Milestones(ctx, client.ID); err != nil {
		return err
	}
	if p.Notes, err = c.Store.Notes(ctx, client.ID); err != nil {
		return err
	}
	if p.Plots, err = c.plots(ctx, client); err != nil {
		return err
	}
	if p.Open {
		u, err := c.Store.Underway(ctx, client.ID)
		if err != nil {
			return err
		}
		p.Due = c.dueOf(u, client.FullName)
	}
	c.Render(w, r, status, "client", p)
	return nil
}

// thread puts the messages into what the page shows.
func (p *clientPage) thread(t store.ConversationPage, lead bool) {
	day := ""
	for _, m := range t.Messages {
		v := message{ThreadMessage: m, When: m.At.In(p.Zone)}
		if d := v.When.Format(time.DateOnly); d != day {
			day, v.NewDay = d, true
		}
		if m.ForLead && !lead {
			v.Hidden, v.Text, v.Understood, v.Correction = true, "", nil, nil
			p.Thread = append(p.Thread, v)
			continue
		}
		if m.In {
			v.Opened = m.Channel == conversations.Telegram && strings.HasPrefix(m.Text, "/start")
			v.Correctable = m.Kind == conversations.EventText && m.Understood != nil
			if m.Understood != nil {
				v.Sure = sure(m.Understood.Sure)
				v.Says = saysOf(*m.Understood, p.Zone)
			}
			if m.Correction != nil {
				v.Says = []meaning{meaningOf(readingOf(m.Correction.Meaning), p.Zone)}
			}
		} else {
			v.Tone = tone(m)
			v.Reason = m.Code
			if v.Reason == "" && m.Delivery == conversations.Queued {
				v.Reason = m.Held
			}
			v.NotBefore = m.NotBefore.In(p.Zone)
		}
		p.Thread = append(p.Thread, v)
	}
}

// readingOf is a person's meaning as a reading.
func readingOf(m conversations.Meaning) understand.Reading {
	return understand.Reading{
		Intent: m.Intent, When: understand.When{Date: m.Date, Clock: m.Clock}, Number: m.Number, Language: m.Language, Danger: m.Danger,
	}
}

func saysOf(r understand.Reading, zone *time.Location) []meaning {
	list := []meaning{meaningOf(r, zone)}
	for _, also := range r.Also {
		if r.Intent == understand.Change && also.Intent == understand.Cannot {
			continue // Who proposes another time cannot come at this one: it is said already.
		}
		list = append(list, meaningOf(also, zone))
	}
	return list
}

func meaningOf(r understand.Reading, zone *time.Location) meaning {
	m := meaning{Intent: r.Intent, Language: r.Language, Ambiguous: r.When.Ambiguous, Clock: r.When.Clock}
	if r.Intent == understand.Rating {
		m.Number = r.Number
	}
	if at, err := time.ParseInLocation(time.DateOnly+" 15:04", r.When.Date+" "+r.When.Clock, zone); err == nil {
		m.When = at
	} else if at, err := time.ParseInLocation(time.DateOnly, r.When.Date, zone); err == nil {
		m.When, m.Day = at, true
	}
	return m
}

func sure(percent int) string {
	switch {
	case percent >= 85:
		return "certain"
	case percent >= 60:
		return "fairly"
	}
	return "unsure"
}

// tone says how a message fares at a glance; the words beside it say it in full.
func tone(m store.ThreadMessage) string {
	switch m.Delivery {
	case conversations.Delivered, conversations.Read:
		return "good"
	case conversations.Sent:
		if m.Channel == conversations.Telegram {
			return "good" // Telegram says no more than this about a bot's message.
		}
		return "waiting"
	case conversations.Queued, conversations.Sending:
		return "waiting"
	default:
		return "bad"
	}
}

// meetings parts the appointments into those to come, the next one first, and
// the others, the latest first.
func (p *clientPage) meetings(all []store.Appointment, now time.Time) {
	for _, a := range all {
		switch {
		case a.At.After(now.Add(-over)) && a.Status != conversations.Cancelled && a.Attendance == "":
			p.Ahead = append(p.Ahead, a)
		default:
			p.Past = append(p.Past, a)
		}
	}
	slices.Reverse(p.Past)
}

// Begun says whether an appointment has begun, so that somebody can say whether
// it happened.
func (p clientPage) Begun(a store.Appointment, now time.Time) bool { return !a.At.After(now) }

// Latest are the last notes that nobody has struck out.
func (p clientPage) Latest() (list []store.Note) {
	for _, n := range p.Notes {
		if n.Kind == store.NotePlain && n.StruckAt.IsZero() && len(list) < 3 {
			list = append(list, n)
		}
	}
	return list
}

// flags puts what stands beside what it is about.
func (p *clientPage) flags(t store.ConversationPage, now time.Time, lead bool) {
	for _, f := range t.Flags {
		if f.ForLead() && !lead {
			continue
		}
		v := flag{Flag: f, Tap: f.Reason == conversations.FlagReminderWaits}
		for _, a := range t.Appointments {
			if a.ID == f.Appointment {
				v.Meeting = a
			}
		}
		v.Decide = slices.Contains(proposals, f.Reason) && !v.Meeting.Proposed.IsZero() && v.Meeting.Proposed.After(now)
		if answers(f) {
			p.Texts++
		}
		p.Flags = append(p.Flags, v)
	}
}

// answers says whether a reply settles a flag: a text that waits for words. What
// waits for a decision, a call or another way stays.
func answers(f store.Flag) bool {
	switch f.Reason {
	case conversations.FlagNotUnderstood, conversations.FlagQuestion, conversations.FlagMessage, conversations.FlagLate, conversations.FlagCondition,
		conversations.FlagMedia, conversations.FlagEdited, conversations.FlagLanguage, conversations.FlagLeadQuestion, conversations.FlagJobsAsked,
		conversations.FlagTaskHelp, conversations.FlagInterested, conversations.FlagApplied, conversations.FlagMoreHours, conversations.FlagTurnFailed:
		return f.Message != ""
	default:
		return false
	}
}

// readingPage is one text with what can be said that it means.
type readingPage struct {
	Client  store.Client
	Zone    *time.Location
	Message message
	Intents []understand.Intent
	Dangers []understand.Danger
	May     bool
	Fault   string
	Form    url.Values
	Today   string
}

// reading shows one text and the form that puts right what was understood of it.
func (c *Console) reading(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if err := c.read(r, who, client.ID); err != nil {
		return err
	}
	return c.showReading(w, r, who, client, http.StatusOK, nil)
}

func (c *Console) showReading(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, status int, f *fault) error {
	id := conversations.MessageID(r.PathValue("message"))
	p := readingPage{
		Client: client, Zone: zoneOf(client.Zone), May: who.May(signin.ChangeClients) && client.ClosedAt.IsZero(), Form: url.Values{},
		Today: c.Now().In(zoneOf(client.Zone)).Format(time.DateOnly),
		Dangers: []understand.Danger{
			understand.DangerSelf, understand.DangerOverdose, understand.DangerOthers, understand.DangerByOthers, understand.DangerSomeoneElse,
			understand.DangerVoices,
		},
	}
	for _, i := range understand.Intents {
		if i != understand.Choose {
			p.Intents = append(p.Intents, i)
		}
	}
	if f != nil {
		p.Fault, p.Form = f.key, r.PostForm
	}
	// A text lies on the pages before too: it is looked for as a reader would.
	cursor := ""
	for range 50 {
		t, err := c.Store.Conversation(r.Context(), client.ID, cursor, 200)
		if err != nil {
			return err
		}
		view := clientPage{Zone: p.Zone}
		view.thread(t, lead(who))
		for _, m := range view.Thread {
			if m.ID == id && m.Correctable {
				p.Message = m
				c.Render(w, r, status, "reading", p)
				return nil
			}
		}
		if cursor = t.Before; cursor == "" {
			break
		}
	}
	return store.ErrNotFound
}
