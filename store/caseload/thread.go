package caseload

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// Thread is a part of one conversation as the team reads it, over all channels,
// and what stands now.
type Thread struct {
	// Client is empty for an unknown sender.
	Client   conversations.ClientID
	Revision int64
	// Messages went both ways; oldest first.
	Messages []ThreadMessage
	// Events are what happened during these messages; oldest first.
	Events []ThreadEvent
	// Before is the cursor of the part before this one; empty if there is none.
	Before string

	// Open is the question that waits for an answer, nil if none; Queued are
	// those that wait for their turn. Unreadable says that nobody knows, because
	// no key opens the snapshot or a newer version of the program wrote it.
	Open       *conversations.Question
	Queued     []conversations.Question
	Unreadable bool
	// Flags and Alerts are those that nobody has closed; oldest first.
	Flags  []Flag
	Alerts []Alert
	// Reach, Appointments and Agreements (the whole ledger, oldest first) are
	// empty for an unknown sender.
	Reach        []Reach
	Appointments []Appointment
	Agreements   []AgreementEntry
}

// ThreadMessage is one message, in or out, with what became of it.
type ThreadMessage struct {
	ID conversations.MessageID
	// In says that the person sent it.
	In      bool
	Channel conversations.Channel
	// At is when it came, or when it was committed to the outbox.
	At       time.Time
	Revision int64
	// Text is what was written. Unreadable says that it is there and no key
	// opens it.
	Text       string
	Unreadable bool

	// Kind, Choice (the data of the button that was pressed), Media, Understood
	// and Unhandled (why its turn failed; empty once handled) belong to what
	// came in. Understood is nil where nothing was to be understood.
	Kind       conversations.EventKind
	Choice     string
	Media      []conversations.Media
	Understood *understand.Reading
	Unhandled  string
	// Correction is how a person last put right what was understood; nil if
	// nobody did. ForLead says that only the lead sees it, because it is what the
	// client thinks of the service: whoever shows the thread to somebody else says
	// that there was a text, and nothing of what it says.
	Correction *Correction
	ForLead    bool

	// The rest belongs to what goes out. Buttons are their labels, Parts SMS
	// parts (0 elsewhere), Code a provider's code or a named reason, Attempts
	// the tries that ended. NotBefore is when a queued message may go; SentAt
	// and SettledAt are zero until it was sent, and until its delivery was told.
	Key         string
	Language    string
	Urgency     conversations.Urgency
	Parts       int
	Buttons     []string
	Question    conversations.QuestionID
	Appointment conversations.AppointmentID
	// Offer is the lead that it shows, Matter what it is about.
	Offer     conversations.OfferID
	Matter    conversations.Matter
	Held      string
	Delivery  conversations.Delivery
	Code      string
	Attempts  int
	NotBefore time.Time
	Until     time.Time
	SentAt    time.Time
	SettledAt time.Time
}

// ThreadEvent is one turn of the conversation.
type ThreadEvent struct {
	Revision int64
	Kind     conversations.EventKind
	// Message is the text that the event brought, if any.
	Message conversations.MessageID
	At      time.Time
	// Detail is a JSON object of ids and named reasons.
	Detail json.RawMessage
}

// AgreementEntry is one line of the ledger of agreements.
type AgreementEntry struct {
	Channel   conversations.Channel
	Agreement conversations.Agreement
	How       string
	// Message is the text that said so, if it was one.
	Message conversations.MessageID
	At      time.Time
}

// Thread returns the part of a conversation that ends at the cursor before
// (empty: now), with at most limit messages (see [Page.Limit]), and what stands
// now. The peer is the id of a client or the peer of an unknown sender. The
// error is [ErrNotFound] or [ErrCursor], or a failure.
func (c *Caseload) Thread(ctx context.Context, peer, before string, limit int) (t Thread, err error) {
	from, err := parsePosition(before)
	if err != nil {
		return Thread{}, err
	}
	limit = Page{Limit: limit}.limit()
	peer = clean(peer)
	t.Client = clientOf(peer)

	var b batch
	known := false
	var rows []threadRow
	var snapshot []byte
	corrections, leads := map[conversations.MessageID]*Correction{}, map[conversations.MessageID]bool{}
	if t.Client != "" {
		b.query(func(scan scan) error {
			known = true
			var id string
			return scan(&id)
		}, "SELECT id FROM clients WHERE id = $1", peer)
		c.queueReach(&b, &t.Reach, peer)
		c.queueAppointments(&b, &t.Appointments, peer)
		queueLedger(&b, &t.Agreements, peer)
	}
	b.query(func(scan scan) error {
		known = true
		return scan(&t.Revision, &snapshot)
	}, "SELECT revision, snapshot FROM conversations WHERE peer = $1", peer)
	c.queueOpenFlags(&b, &t.Flags, peer)
	c.queueOpenAlerts(&b, &t.Alerts, peer)
	b.query(func(scan scan) error {
		row, err := c.threadMessage(scan)
		rows = append(rows, row)
		return err
	}, "SELECT "+threadColumns+" FROM messages WHERE peer = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
		peer, from.message, limit+1)
	c.queueCorrections(&b, corrections, peer)
	queueForLead(&b, leads, peer)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return Thread{}, fmt.Errorf("read the conversation of %s: %w", peer, err)
	}
	if !known {
		return Thread{}, fmt.Errorf("read the conversation of %s: %w", peer, ErrNotFound)
	}
	if len(snapshot) > 0 {
		state, err := c.openState(peer, snapshot)
		t.Open, t.Queued, t.Unreadable = state.Open, state.Queue, err != nil
	}

	// The events shown are those from the revision of the oldest message shown
	// on; the oldest part shows the events before every message, too.
	to, since := from, int64(0)
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
		since = rows[limit-1].message.Revision
	}
	if len(rows) > 0 {
		to.message = rows[len(rows)-1].seq
	}
	events, err := c.threadEvents(ctx, peer, from.event, since, mostEvents*limit+1)
	if err != nil {
		return Thread{}, fmt.Errorf("read the conversation of %s: %w", peer, err)
	}
	if len(events) > mostEvents*limit {
		events, more = events[:mostEvents*limit], true
	}
	if len(events) > 0 {
		to.event = events[len(events)-1].seq
	}
	for _, row := range slices.Backward(rows) {
		row.message.Correction, row.message.ForLead = corrections[row.message.ID], leads[row.message.ID]
		t.Messages = append(t.Messages, row.message)
	}
	for _, event := range slices.Backward(events) {
		t.Events = append(t.Events, event.event)
	}
	if more {
		t.Before = to.String()
	}
	return t, nil
}

// mostEvents is the most events shown with a message, on average: most turns
// are about one message.
const mostEvents = 4

// position is a place in a thread: the message and the event before which a
// part ends.
type position struct{ message, event int64 }

func (p position) String() string { return fmt.Sprintf("%d.%d", p.message, p.event) }

func parsePosition(cursor string) (p position, err error) {
	if cursor == "" {
		return position{math.MaxInt64, math.MaxInt64}, nil
	}
	message, event, _ := strings.Cut(cursor, ".")
	if p.message, err = strconv.ParseInt(message, 10, 64); err == nil {
		p.event, err = strconv.ParseInt(event, 10, 64)
	}
	if err != nil {
		return position{}, ErrCursor // The parser's error repeats the cursor.
	}
	return p, nil
}

// threadRow is a message and its place.
type threadRow struct {
	seq     int64
	message ThreadMessage
}

const threadColumns = `
	seq, id, direction, channel, at, revision, body, kind, choice, media, understood, parked, key, language, urgency,
	parts, buttons, question, appointment, offer, matter, until, held, delivery, code, attempts, due, sent_at, settled_at`

func (c *Caseload) threadMessage(scan scan) (row threadRow, err error) {
	m := &row.message
	var direction string
	var body, media, understood, buttons []byte
	var at, until, due, sent, settled int64
	if err := scan(&row.seq, &m.ID, &direction, &m.Channel, &at, &m.Revision, &body, &m.Kind, &m.Choice, &media,
		&understood, &m.Unhandled, &m.Key, &m.Language, &m.Urgency, &m.Parts, &buttons, &m.Question, &m.Appointment,
		&m.Offer, &m.Matter, &until, &m.Held, &m.Delivery, &m.Code, &m.Attempts, &due, &sent, &settled); err != nil {
		return row, err
	}
	m.In = direction == "in"
	m.At, m.Until, m.SentAt, m.SettledAt = instant(at), instant(until), instant(sent), instant(settled)
	if m.Delivery == conversations.Queued {
		m.NotBefore = instant(due)
	}
	// One text that no key opens must not hide the others from a person.
	var labels []struct {
		Label string `json:"l"`
	}
	text, err := c.opened(sealBody, string(m.ID), body)
	m.Text, m.Unreadable = string(text), err != nil
	for _, part := range []struct {
		purpose string
		sealed  []byte
		into    any
	}{
		{sealMedia, media, &m.Media},
		{sealUnderstood, understood, &m.Understood},
		{sealButtons, buttons, &labels},
	} {
		plain, err := c.opened(part.purpose, string(m.ID), part.sealed)
		if err == nil && plain != nil {
			err = json.Unmarshal(plain, part.into)
		}
		m.Unreadable = m.Unreadable || err != nil
	}
	for _, label := range labels {
		m.Buttons = append(m.Buttons, label.Label)
	}
	return row, nil
}

// eventRow is an event and its place.
type eventRow struct {
	seq   int64
	event ThreadEvent
}

// threadEvents reads the events before a place and since a revision, newest
// first.
func (c *Caseload) threadEvents(ctx context.Context, peer string, before, since int64, limit int) (rows []eventRow, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var row eventRow
		var at int64
		var detail string
		err := scan(&row.seq, &row.event.Revision, &row.event.Kind, &row.event.Message, &at, &detail)
		row.event.At, row.event.Detail = instant(at), json.RawMessage(detail)
		rows = append(rows, row)
		return err
	}, `
		SELECT seq, revision, kind, message, at, detail FROM events
		WHERE peer = $1 AND seq < $2 AND revision >= $3 ORDER BY seq DESC LIMIT $4`, peer, before, since, limit)
	return rows, err
}

func queueLedger(b *batch, into *[]AgreementEntry, client string) {
	b.query(func(scan scan) error {
		var entry AgreementEntry
		var at int64
		err := scan(&entry.Channel, &entry.Agreement, &entry.How, &entry.Message, &at)
		entry.At = instant(at)
		*into = append(*into, entry)
		return err
	}, "SELECT channel, agreement, how, message, at FROM agreements WHERE client = $1 ORDER BY seq", client)
}
