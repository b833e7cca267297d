package caseload

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"alongside/conversations"
)

// aftermath is how long after its start an appointment is among the facts.
const aftermath = 4 * time.Hour

// Load reads the facts and the revision of the conversation that an event
// belongs to, in one round trip; an unknown sender takes a second one, a link
// code that joins a new account a third, and so does the first text that this
// process sees of a client with offers, tasks or check-ins. With snapshot it reads the state
// too; otherwise State stays zero and the caller has it from Redis.
//
// It returns ErrDuplicate for an event whose ProviderID was committed before,
// and ErrNotFound for a client that is not on the caseload. An address that
// nobody has is an unknown sender, not an error.
func (c *Caseload) Load(ctx context.Context, ev conversations.Event, now time.Time, snapshot bool) (Loaded, error) {
	r := reading{c: c, ev: ev, now: now, snapshot: snapshot}
	if ev.Client == "" && ev.From.Value == "" {
		err := single(ctx, c.db.reader(), []any{&r.peer}, "SELECT peer FROM messages WHERE id = $1", ev.Message)
		if errors.Is(err, errNoRow) {
			err = ErrNotFound
		}
		if err != nil {
			return Loaded{}, fmt.Errorf("load for message %s: %w", ev.Message, err)
		}
		r.ev.Client = clientOf(r.peer)
	}
	loaded, err := r.read(ctx)
	if err != nil || loaded.Client != "" || r.linked == "" {
		return loaded, err
	}
	// Nobody has the address, and the code says whose it is to be.
	ev.Kind, ev.LinkCode, ev.Client = conversations.EventLinked, r.code, r.linked
	linked := reading{c: c, ev: ev, now: now, snapshot: snapshot}
	return linked.read(ctx)
}

// reading is one Load on its way.
type reading struct {
	c        *Caseload
	ev       conversations.Event
	now      time.Time
	snapshot bool
	peer     string // of an unknown sender

	loaded    Loaded
	known     bool
	sealed    []byte // the snapshot
	duplicate bool
	// wanted says that there may be more to read than appointments; see matters.
	wanted bool
	code   string                 // the link code in the event, normalised
	linked conversations.ClientID // whose code it is
}

func (r *reading) read(ctx context.Context) (Loaded, error) {
	if r.ev.Client != "" || r.ev.From.Value != "" {
		var b batch
		hint := r.c.hints.of(r.ev)
		expected := hint.Load()
		who, args := r.queueFacts(&b)
		if expected {
			r.queueMatters(&b, who, args)
		}
		if err := r.run(ctx, &b); err != nil {
			return Loaded{}, err
		}
		if r.wanted != expected && r.known {
			hint.Store(r.wanted)
		}
		if r.wanted && !expected {
			var more batch
			r.queueMatters(&more, "$1", []any{string(r.loaded.Client)})
			if err := r.run(ctx, &more); err != nil {
				return Loaded{}, err
			}
		}
	}
	switch {
	case r.known:
		return r.readClient()
	case r.ev.Client != "":
		return Loaded{}, fmt.Errorf("load client %s: %w", r.ev.Client, ErrNotFound)
	}
	var b batch
	r.queueStranger(&b)
	if err := r.run(ctx, &b); err != nil {
		return Loaded{}, err
	}
	r.loaded.Event, r.loaded.peer = r.ev, r.peer
	return r.loaded, nil
}

func (r *reading) run(ctx context.Context, b *batch) error {
	if err := r.c.db.reader().run(ctx, b); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if r.duplicate {
		return ErrDuplicate
	}
	return nil
}

func (r *reading) readClient() (Loaded, error) {
	r.ev.Client = r.loaded.Client
	r.order()
	if r.ev.Kind == conversations.EventText || r.ev.Kind == conversations.EventButton {
		r.loaded.Facts.FreshLink = newLinkCode()
	}
	r.loaded.Event, r.loaded.peer = r.ev, string(r.loaded.Client)
	if len(r.sealed) > 0 {
		state, err := r.c.openState(r.loaded.peer, r.sealed)
		if err != nil {
			return Loaded{}, err
		}
		r.loaded.State = state
	}
	return r.loaded, nil
}

// heldBefore is what held before a doubt whose phone it is, since the client came (back).
const heldBefore = `CASE WHEN a.agreement = 'doubted' THEN COALESCE((SELECT g.agreement FROM agreements g WHERE g.client = c.id AND g.channel = a.channel
	AND g.agreement <> 'doubted' AND g.at >= c.returned_at ORDER BY g.seq DESC LIMIT 1), '') ELSE '' END`

// queueFacts reads what there is about a client. The revision comes before the
// appointments: if a turn is committed between the two, they are newer than the
// revision, and our own commit finds out. It returns who the client is, in terms
// of arguments.
func (r *reading) queueFacts(b *batch) (who string, args []any) {
	who, args = "$1", []any{string(r.ev.Client)}
	if r.ev.Client == "" {
		hashes := r.c.seal.Hashes(hashAddress, addressKey(r.ev.From))
		r.peer = stranger(hashes[0])
		who, args = in([]any{r.ev.From.Channel}, hashes)
		// A closed client's address may be somebody else's by now: theirs first.
		who = `(SELECT client FROM client_addresses WHERE channel = $1 AND hash IN (` + who + `)
			ORDER BY active DESC, preferred_at DESC LIMIT 1)`
	}
	snapshot, seen := "NULL", "''"
	if r.snapshot {
		snapshot = "v.snapshot"
	}
	about := args
	if comesIn(r.ev.Kind) && r.ev.ProviderID != "" {
		n := len(args)
		about = append(args[:n:n], r.ev.From.Channel, clean(r.ev.ProviderID))
		seen = fmt.Sprintf("COALESCE((%s AND channel = $%d AND provider_id = $%d), '')", cameBefore, n+1, n+2)
	}
	b.query(r.client, `SELECT c.id, c.name, c.named, c.language, c.zone, c.wakes, c.detail, c.closed_at, c.rests, c.rest_days,
			c.paused_until, c.stopped, c.guarded, c.leads_a_week, c.held_at, c.stage, c.circumstance, c.feedback_due, c.matters,
			EXISTS (SELECT 1 FROM alerts x WHERE x.peer = c.id AND x.closed_at = 0),
			NOT EXISTS (SELECT 1 FROM alerts x WHERE x.peer = c.id AND x.closed_at = 0 AND x.acknowledged_at = 0), s.id, s.name, s.reminders, c.reminders, s.free_until, s.away_until,
			COALESCE(v.revision, 0), COALESCE(v.crisis_said, 0), COALESCE(v.answered_at, 0), `+snapshot+`,
			COALESCE(a.channel, ''), COALESCE(a.id, ''), a.address, COALESCE(a.agreement, ''), COALESCE(a.blocked, FALSE), COALESCE(a.fault, ''), `+heldBefore+`, `+seen+`
		FROM clients c JOIN specialists s ON s.id = c.specialist LEFT JOIN conversations v ON v.peer = c.id
			LEFT JOIN client_addresses a ON a.client = c.id
		WHERE c.id = `+who+` ORDER BY a.preferred_at DESC, a.channel`, about...)
	n := len(args)
	which, ahead := fmt.Sprintf("at >= $%d", n+1), append(args[:n:n], millis(r.now.Add(-aftermath)))
	if r.ev.Kind == conversations.EventReminder {
		// One that comes very late has to say so, and to nobody about one that was
		// cancelled.
		which, ahead = fmt.Sprintf("(%s OR id = $%d)", which, n+2), append(ahead, clean(string(r.ev.Appointment.ID)))
	}
	b.query(r.matter, fmt.Sprintf(`SELECT 1, id, '', kind, status, at, proposed_at, minutes, place, with_whom, '', '', '' FROM appointments
		WHERE client = %s AND %s AND status <> 'cancelled' ORDER BY at, id`, who, which), ahead...)
	if r.ev.Kind == conversations.EventCorrected {
		r.queueCorrected(b, fmt.Sprintf("m.id = $%d AND m.peer = %s", n+1, who), append(args[:n:n], clean(string(r.ev.Message)))...)
	}
	switch r.ev.Kind {
	case conversations.EventTellPassedOn:
		r.queueHandover(b, who, args)
	case conversations.EventResend:
		r.queueHandover(b, who, args)
		r.queueUnreceived(b, who, args)
	default:
	}
	return who, args
}

// cameBefore finds the row of an event that came before: why it is parked, or
// nothing, then its id.
const cameBefore = `SELECT parked || ' ' || id FROM messages WHERE direction = 'in' AND provider_id <> ''`

// queueStranger reads what there is about an address that nobody has.
func (r *reading) queueStranger(b *batch) {
	if comesIn(r.ev.Kind) && r.ev.ProviderID != "" {
		b.query(func(scan scan) error {
			var row string
			err := scan(&row)
			r.seen(row)
			return err
		}, cameBefore+" AND channel = $1 AND provider_id = $2", r.ev.From.Channel, clean(r.ev.ProviderID))
	}
	b.query(func(scan scan) error {
		var crisis, answered int64
		err := scan(&r.loaded.Revision, &crisis, &answered)
		r.loaded.Facts.CrisisSaid, r.loaded.Facts.Answered = instant(crisis), instant(answered)
		return err
	}, "SELECT revision, crisis_said, answered_at FROM conversations WHERE peer = $1", r.peer)
	r.queueLink(b)
	if r.ev.Kind == conversations.EventCorrected {
		r.queueCorrected(b, "m.id = $1 AND m.peer = $2", clean(string(r.ev.Message)), r.peer)
	}
}

// queueLink asks whose link code the event brings, if it may be one.
func (r *reading) queueLink(b *batch) {
	text := r.ev.LinkCode
	if text == "" && r.ev.Kind == conversations.EventText {
		text = r.ev.Text
	}
	code, ok := NormalCode(text)
	if !ok || (r.ev.Kind != conversations.EventText && r.ev.Kind != conversations.EventLinked) {
		return
	}
	r.code = code
	which, args := in([]any{millis(r.now)}, r.c.seal.Hashes(hashLinkCode, code))
	b.query(func(scan scan) error { return scan(&r.linked) },
		`SELECT l.client FROM link_codes l JOIN clients c ON c.id = l.client
		WHERE l.used_at = 0 AND l.expires_at > $1 AND c.closed_at = 0 AND l.hash IN (`+which+`)`, args...)
}

// seen notes the row that the event has already, if any. It is a duplicate,
// unless it is the very row that is to be tried again.
func (r *reading) seen(row string) {
	if row == "" {
		return
	}
	r.loaded.retried = row[0] != ' ' && strings.HasSuffix(row, " "+string(r.ev.Message))
	r.duplicate = !r.loaded.retried
}

// client reads one row of facts: the client, and one of their addresses.
func (r *reading) client(scan scan) error {
	l := &r.loaded
	client := &l.Facts.Client
	var zone, restDays, stopped, sams, own, seen string
	var closed, paused, held, feedback, free, away, crisis, answered int64
	var matter bool
	var at reached
	var reach conversations.Reach
	err := scan(&client.ID, &client.Name, &client.Named, &client.Language, &zone, &client.Wakes, &client.Detail, &closed,
		&client.Rests, &restDays, &paused, &stopped, &client.Guarded, &client.LeadsAWeek, &held,
		&client.Stage, &client.Circumstance, &feedback, &matter, &l.Facts.Alerted, &l.Facts.Taken,
		&l.Facts.Specialist.ID, &l.Facts.Specialist.Name, &sams, &own, &free, &away, &l.Revision, &crisis, &answered, &r.sealed,
		&reach.Channel, &at.id, &at.sealed, &reach.Agreement, &reach.Blocked, &reach.Fault, &reach.Before, &seen)
	if err != nil {
		return err
	}
	r.known, l.Client, client.Closed, client.Held = true, client.ID, closed != 0, held != 0
	client.RestDays, client.Stopped, client.PausedUntil = weekdays(restDays), matters(stopped), instant(paused)
	client.Reminders, l.Facts.Specialist.Reminders = offsets(own), offsets(sams)
	l.Facts.Taken = l.Facts.Taken && l.Facts.Alerted
	l.Facts.CrisisSaid, l.Facts.Answered = instant(crisis), instant(answered)
	if at.id != "" {
		at.channel = reach.Channel
		l.addresses, l.Facts.Reach = append(l.addresses, at), append(l.Facts.Reach, reach)
	}
	r.wanted = matter || free > millis(r.now) || away > millis(r.now)
	r.seen(seen)
	if client.Zone, err = location(zone); err != nil {
		return fmt.Errorf("client %s: %w", client.ID, err)
	}
	client.FeedbackDue = r.local(feedback)
	return nil
}

func (c *Caseload) openState(peer string, sealed []byte) (state conversations.State, err error) {
	plain, err := c.opened(sealSnapshot, peer, sealed)
	if err != nil {
		return state, err
	}
	if state, err = conversations.ParseState(plain); err != nil {
		return conversations.State{}, fmt.Errorf("read the snapshot of %s: %w", peer, err)
	}
	return state, nil
}

// locations keeps what time.LoadLocation would read from a file each time.
var locations sync.Map // name → *time.Location

func location(name string) (*time.Location, error) {
	kept, _ := locations.Load(name)
	if known, ok := kept.(*time.Location); ok {
		return known, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("find its time zone: %w", err)
	}
	locations.Store(name, zone)
	return zone, nil
}
