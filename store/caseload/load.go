package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"alongside/conversations"
)

// aftermath is how long after its start an appointment is among the facts.
const aftermath = 4 * time.Hour

// Load reads the facts and the revision of the conversation that an event
// belongs to, in one round trip (two where a link code joins a new account).
// With snapshot it reads the state too; otherwise State stays zero and the
// caller has it from Redis.
//
// It returns ErrDuplicate for an event whose ProviderID was committed before,
// and ErrNotFound for a client that is not on the caseload. An address that
// nobody has is an unknown sender, not an error.
func (c *Caseload) Load(ctx context.Context, ev conversations.Event, now time.Time, snapshot bool) (Loaded, error) {
	if ev.Client == "" && ev.From.Value == "" {
		return c.loadByMessage(ctx, ev, now, snapshot)
	}
	r := reading{c: c, ev: ev, now: now, snapshot: snapshot}
	loaded, err := r.read(ctx)
	if err != nil {
		return Loaded{}, err
	}
	if loaded.Client != "" || r.linked == "" {
		return loaded, nil
	}
	// Nobody has the address, and the code says whose it is to be.
	ev.Kind, ev.LinkCode, ev.Client = conversations.EventLinked, r.code, r.linked
	r = reading{c: c, ev: ev, now: now, snapshot: snapshot}
	return r.read(ctx)
}

// loadByMessage loads for an event that names nobody, only a message of ours.
func (c *Caseload) loadByMessage(ctx context.Context, ev conversations.Event, now time.Time, snapshot bool) (Loaded, error) {
	var peer string
	err := single(ctx, c.db.reader(), []any{&peer}, "SELECT peer FROM messages WHERE id = $1", ev.Message)
	if errors.Is(err, errNoRow) {
		return Loaded{}, fmt.Errorf("load for message %s: %w", ev.Message, ErrNotFound)
	}
	if err != nil {
		return Loaded{}, fmt.Errorf("load for message %s: %w", ev.Message, err)
	}
	ev.Client = clientOf(peer)
	r := reading{c: c, ev: ev, now: now, snapshot: snapshot, peer: peer}
	return r.read(ctx)
}

// reading is one Load on its way through a batch.
type reading struct {
	c        *Caseload
	ev       conversations.Event
	now      time.Time
	snapshot bool
	peer     string // of an unknown sender, if known beforehand

	loaded    Loaded
	known     bool
	sealed    []byte // the snapshot
	unknown   Loaded // what holds if the sender is unknown
	duplicate bool
	code      string                 // the link code in the event, normalised
	linked    conversations.ClientID // whose code it is
}

func (r *reading) read(ctx context.Context) (Loaded, error) {
	var b batch
	r.queue(&b)
	if err := r.c.db.reader().run(ctx, &b); err != nil {
		return Loaded{}, fmt.Errorf("load: %w", err)
	}
	if r.duplicate {
		return Loaded{}, ErrDuplicate
	}
	if !r.known {
		if r.ev.Client != "" {
			return Loaded{}, fmt.Errorf("load client %s: %w", r.ev.Client, ErrNotFound)
		}
		r.unknown.Event, r.unknown.peer = r.ev, r.peer
		return r.unknown, nil
	}
	r.ev.Client = r.loaded.Client
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

// queue puts the revision before the facts: if a turn is committed between the
// two, the facts are newer than the revision, and our own commit finds out.
func (r *reading) queue(b *batch) {
	if comesIn(r.ev.Kind) && r.ev.ProviderID != "" {
		b.query(r.seen, `SELECT id, parked FROM messages
			WHERE direction = 'in' AND provider_id <> '' AND channel = $1 AND provider_id = $2`, r.ev.From.Channel, clean(r.ev.ProviderID))
	}
	if r.ev.Client != "" {
		r.queueFacts(b, "$1", []any{string(r.ev.Client)})
		return
	}
	if r.ev.From.Value != "" {
		hashes := r.c.seal.Hashes(hashAddress, addressKey(r.ev.From))
		r.peer = stranger(hashes[0])
		which, args := in([]any{r.ev.From.Channel}, hashes)
		// A closed client's address may be somebody else's by now: theirs first.
		r.queueFacts(b, `(SELECT client FROM client_addresses WHERE channel = $1 AND hash IN (`+which+`)
			ORDER BY active DESC, preferred_at DESC LIMIT 1)`, args)
	}
	b.query(func(scan scan) error {
		var crisis, answered int64
		err := scan(&r.unknown.Revision, &crisis, &answered)
		r.unknown.Facts.CrisisSaid, r.unknown.Facts.Answered = instant(crisis), instant(answered)
		return err
	}, "SELECT revision, crisis_said, answered_at FROM conversations WHERE peer = $1", r.peer)
	r.queueLink(b)
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

// queueFacts reads the facts about one client; who is an expression for the id.
func (r *reading) queueFacts(b *batch, who string, args []any) {
	snapshot := "NULL"
	if r.snapshot {
		snapshot = "v.snapshot"
	}
	b.query(r.client, `SELECT c.id, c.name, c.named, c.language, c.zone, c.wakes, c.detail, c.closed_at, s.id, s.name,
			COALESCE(v.revision, 0), COALESCE(v.crisis_said, 0), COALESCE(v.answered_at, 0), `+snapshot+`
		FROM clients c JOIN specialists s ON s.id = c.specialist LEFT JOIN conversations v ON v.peer = c.id
		WHERE c.id = `+who, args...)
	b.query(r.reach, `SELECT channel, id, address, agreement, blocked FROM client_addresses
		WHERE client = `+who+` ORDER BY preferred_at DESC, channel`, args...)
	from := fmt.Sprintf("$%d", len(args)+1)
	b.query(r.appointment, `SELECT id, kind, at, minutes, place, status, proposed_at FROM appointments
		WHERE client = `+who+` AND at >= `+from+` AND status <> 'cancelled' ORDER BY at, id`,
		append(args[:len(args):len(args)], millis(r.now.Add(-aftermath)))...)
}

func (r *reading) seen(scan scan) error {
	var id conversations.MessageID
	var parked string
	if err := scan(&id, &parked); err != nil {
		return err
	}
	r.duplicate = parked == "" || id != r.ev.Message
	return nil
}

func (r *reading) client(scan scan) error {
	l := &r.loaded
	client := &l.Facts.Client
	var zone string
	var closed, crisis, answered int64
	err := scan(&client.ID, &client.Name, &client.Named, &client.Language, &zone, &client.Wakes, &client.Detail, &closed,
		&l.Facts.Specialist.ID, &l.Facts.Specialist.Name, &l.Revision, &crisis, &answered, &r.sealed)
	if err != nil {
		return err
	}
	r.known, l.Client, client.Closed = true, client.ID, closed != 0
	l.Facts.CrisisSaid, l.Facts.Answered = instant(crisis), instant(answered)
	client.Zone, err = location(zone)
	if err != nil {
		return fmt.Errorf("client %s: %w", client.ID, err)
	}
	return nil
}

func (r *reading) reach(scan scan) error {
	var at reached
	var reach conversations.Reach
	if err := scan(&reach.Channel, &at.id, &at.sealed, &reach.Agreement, &reach.Blocked); err != nil {
		return err
	}
	at.channel = reach.Channel
	r.loaded.addresses = append(r.loaded.addresses, at)
	r.loaded.Facts.Reach = append(r.loaded.Facts.Reach, reach)
	return nil
}

func (r *reading) appointment(scan scan) error {
	a, err := r.c.scanAppointment(scan, r.loaded.Facts.Client.Zone)
	if err == nil {
		r.loaded.Facts.Appointments = append(r.loaded.Facts.Appointments, a)
	}
	return err
}

// scanAppointment reads id, kind, at, minutes, place, status and proposed_at.
func (c *Caseload) scanAppointment(scan scan, zone *time.Location) (a conversations.Appointment, err error) {
	var at, proposed int64
	var place []byte
	if err := scan(&a.ID, &a.Kind, &at, &a.Minutes, &place, &a.Status, &proposed); err != nil {
		return a, err
	}
	a.At, a.Proposed = instant(at), instant(proposed)
	if zone != nil {
		a.At = a.At.In(zone)
		if proposed != 0 {
			a.Proposed = a.Proposed.In(zone)
		}
	}
	plain, err := c.opened(sealPlace, string(a.ID), place)
	a.Place = string(plain)
	return a, err
}

func (c *Caseload) openState(peer string, sealed []byte) (state conversations.State, err error) {
	plain, err := c.opened(sealSnapshot, peer, sealed)
	if err != nil {
		return state, err
	}
	if err := json.Unmarshal(plain, &state); err != nil {
		return conversations.State{}, fmt.Errorf("read the snapshot of %s: %w", peer, err)
	}
	if state.Version > conversations.StateVersion {
		return conversations.State{}, fmt.Errorf("read the snapshot of %s: it was written by a newer version of the program", peer)
	}
	return state, nil
}

// locations keeps what time.LoadLocation would read from a file each time.
var locations sync.Map // name → *time.Location

func location(name string) (*time.Location, error) {
	if known, ok := locations.Load(name); ok {
		return known.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("find its time zone: %w", err)
	}
	locations.Store(name, zone)
	return zone, nil
}
