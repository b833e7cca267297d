package caseload

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"
)

// Flag is something that a person of the team has to look at.
type Flag struct {
	ID string
	// Client is empty for an unknown sender; Peer names either.
	Client conversations.ClientID
	Peer   string
	Reason conversations.FlagReason
	// Appointment, Offer and Task are what it is about, if it is about one.
	Appointment conversations.AppointmentID
	Offer       conversations.OfferID
	Task        conversations.TaskID
	Message     conversations.MessageID
	// Condition is the client's own words of a condition; Unreadable says that
	// no key opens them.
	Condition  string
	Unreadable bool
	// Detail is a named reason or an error code.
	Detail   string
	RaisedAt time.Time
	// SettledAt is zero while the flag stands. SettledBy is the person, or
	// "turn" if the flag became groundless.
	SettledAt time.Time
	SettledBy string
}

// forLead is the detail of a flag that only the lead sees.
const forLead = "lead"

// ForLead says that only the lead sees it: it is about what a client thinks of
// the service, and so perhaps of their specialist.
func (f Flag) ForLead() bool { return f.Detail == forLead }

// FlagFilter says which flags are wanted. The zero value is every flag that
// stands.
type FlagFilter struct {
	// Client limits them to one client, and then to those that stand unless
	// Settled asks for all of them.
	Client  conversations.ClientID
	Settled bool
	// Specialist limits them to the clients of one specialist, with those for
	// whose specialist they stand in just now; it has no effect beside Client.
	Specialist conversations.SpecialistID
	// NotForLead leaves out what only the lead sees; see [Flag.ForLead].
	NotForLead bool
	Page
}

const flagColumns = `
	f.id, f.peer, f.reason, f.appointment, f.offer, f.task, f.message, f.condition, f.detail, f.raised_at, f.settled_at, f.settled_by`

func (c *Caseload) flag(scan scan) (f Flag, err error) {
	var condition []byte
	var raised, settled int64
	if err := scan(&f.ID, &f.Peer, &f.Reason, &f.Appointment, &f.Offer, &f.Task, &f.Message, &condition, &f.Detail, &raised, &settled, &f.SettledBy); err != nil {
		return f, err
	}
	f.Client = clientOf(f.Peer)
	f.RaisedAt, f.SettledAt = instant(raised), instant(settled)
	// A flag that cannot be read in full must still be seen.
	plain, err := c.opened(sealCondition, f.ID, condition)
	f.Condition, f.Unreadable = string(plain), err != nil
	return f, nil
}

// Flags returns a page of the flags that a filter asks for, the longest waiting
// first, and the cursor of the next page, empty after the last.
func (c *Caseload) Flags(ctx context.Context, filter FlagFilter) (list []Flag, next string, err error) {
	raised, id, err := parseFlagCursor(filter.After)
	if err != nil {
		return nil, "", err
	}
	query, args := "SELECT "+flagColumns+" FROM flags f WHERE ", []any{raised, clean(id), filter.limit() + 1}
	switch {
	case filter.Client != "":
		query += "f.peer = $4 AND "
		args = append(args, clean(string(filter.Client)))
		if !filter.Settled {
			query += "f.settled_at = 0 AND "
		}
	case filter.Specialist != "":
		// The clients first: one specialist's are few, all flags may be many.
		cared, all, err := c.caredBy(ctx, filter.Specialist, args...)
		if err != nil {
			return nil, "", err
		}
		query, args = query+"f.settled_at = 0 AND f.peer IN (SELECT c.id FROM clients c WHERE c.specialist IN ("+cared+")) AND ", all
	default:
		query += "f.settled_at = 0 AND "
	}
	if filter.NotForLead {
		query += "f.detail <> '" + forLead + "' AND "
	}
	query += "(f.raised_at, f.id) > ($1, $2) ORDER BY f.raised_at, f.id LIMIT $3"
	err = one(ctx, c.db.reader(), func(scan scan) error {
		f, err := c.flag(scan)
		list = append(list, f)
		return err
	}, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("list flags: %w", err)
	}
	list, next = cut(list, filter.limit(), func(f Flag) string { return fmt.Sprintf("%d.%s", millis(f.RaisedAt), f.ID) })
	return list, next, nil
}

func parseFlagCursor(cursor string) (raised int64, id string, err error) {
	if cursor == "" {
		return -1, "", nil
	}
	at, id, whole := strings.Cut(cursor, ".")
	if raised, err = strconv.ParseInt(at, 10, 64); err != nil || !whole {
		return 0, "", ErrCursor // The parser's error repeats the cursor.
	}
	return raised, id, nil
}

// mostStanding bounds the flags and alerts that are shown with a conversation.
const mostStanding = 100

func (c *Caseload) queueOpenFlags(b *batch, into *[]Flag, peer string) {
	b.query(func(scan scan) error {
		f, err := c.flag(scan)
		*into = append(*into, f)
		return err
	}, "SELECT "+flagColumns+" FROM flags f WHERE f.peer = $1 AND f.settled_at = 0 ORDER BY f.raised_at, f.id LIMIT $2",
		peer, mostStanding)
}

// CloseFlag takes a flag down: the person named by looked at it. To close one
// that is down changes nothing; [ErrNotFound] if there is none with the id.
func (c *Caseload) CloseFlag(ctx context.Context, id, by string, now time.Time) error {
	changed, err := change(ctx, c.db, `
		UPDATE flags SET settled_by = CASE WHEN settled_at = 0 THEN $2 ELSE settled_by END,
		                 settled_at = CASE WHEN settled_at = 0 THEN $3 ELSE settled_at END
		WHERE id = $1`, clean(id), clean(by), millis(now))
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("close flag %s: %w", id, err)
	}
	return nil
}

// queueForLead reads which texts of one conversation only the lead sees: what
// was flagged for the lead, unless the flag became groundless, or the text had
// come unasked and was the specialist's before.
func queueForLead(b *batch, into map[conversations.MessageID]bool, peer string) {
	b.query(func(scan scan) error {
		var id conversations.MessageID
		err := scan(&id)
		into[id] = true
		return err
	}, `SELECT f.message FROM flags f WHERE f.peer = $1 AND f.detail = '`+forLead+`' AND f.message <> '' AND f.settled_by <> '`+settledByTurn+`'
		AND f.message NOT IN (SELECT o.message FROM flags o WHERE o.peer = $1 AND o.reason = '`+string(conversations.FlagMessage)+`')`, peer)
}
