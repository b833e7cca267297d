package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// Hook is another system that wants to be told what happens, without its secret.
type Hook struct {
	ID string
	// URL is where it is told; it may hold a key of its own.
	URL   string
	Kinds []conversations.EventKind
	// FailingSince is since when nothing has arrived, DisabledAt when it was given
	// up. Zero means no.
	CreatedAt, FailingSince, DisabledAt time.Time
}

// HookState says what became of one delivery.
type HookState string

// The states of a delivery.
const (
	// HookWaiting: it has not arrived yet, and is tried again.
	HookWaiting HookState = "waiting"
	// HookDelivered: the other system said that it has it.
	HookDelivered HookState = "delivered"
	// HookGivenUp: it was tried for a day. A person may send it again.
	HookGivenUp HookState = "given_up"
)

// HookStates lists every state.
var HookStates = []HookState{HookWaiting, HookDelivered, HookGivenUp}

// HookDelivery is one thing that is told to one other system.
type HookDelivery struct {
	ID, Hook string
	Event    conversations.EventKind
	// Data is ids, as JSON.
	Data  json.RawMessage
	At    time.Time
	State HookState
	// Attempts counts the tries; Answer is the status of the latest answer, 0 where
	// there was none, and Fault a named reason.
	Attempts, Answer int
	Fault            string
	// Due is when it is tried next, SettledAt when it arrived or was given up.
	Due, SettledAt time.Time
}

// DueHook is a delivery that is to be made now.
type DueHook struct {
	HookDelivery
	URL, Secret string
	// Over says that nobody wants it any more: it arrived, or the hook ended.
	Over bool
}

// HookArgs is the job that delivers one thing to another system.
type HookArgs struct {
	Delivery string `json:"delivery"`
}

// Kind names the job.
func (HookArgs) Kind() string { return "hook_delivery" }

// hookQueue is the queue of deliveries: another system that is slow must not keep a
// reminder waiting.
const hookQueue = "hooks"

// hookFails is how long a hook may fail before it is disabled.
const hookFails = 3 * 24 * time.Hour

// AddHook adds a hook; everything is checked already.
func (c *Caseload) AddHook(ctx context.Context, url, secret string, kinds []conversations.EventKind) (string, error) {
	now := c.now()
	id := newID(now)
	where, err := c.sealed(sealHookURL, id, []byte(url))
	if err != nil {
		return "", err
	}
	with, err := c.sealed(sealHookSecret, id, []byte(secret))
	if err != nil {
		return "", err
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	if _, err := change(ctx, c.db, "INSERT INTO hooks (id, url, secret, kinds, created_at) VALUES ($1, $2, $3, $4, $5)",
		id, where, with, strings.Join(words, " "), millis(now)); err != nil {
		return "", fmt.Errorf("add hook %s: %w", id, err)
	}
	return id, nil
}

const hookColumns = "id, url, kinds, created_at, failing_since, disabled_at"

func (c *Caseload) scanHook(scan scan) (h Hook, err error) {
	var sealed []byte
	var kinds string
	var created, failing, disabled int64
	if err := scan(&h.ID, &sealed, &kinds, &created, &failing, &disabled); err != nil {
		return h, err
	}
	for _, k := range strings.Fields(kinds) {
		h.Kinds = append(h.Kinds, conversations.EventKind(k))
	}
	h.CreatedAt, h.FailingSince, h.DisabledAt = instant(created), instant(failing), instant(disabled)
	plain, err := c.opened(sealHookURL, h.ID, sealed)
	h.URL = string(plain)
	return h, err
}

// Hooks lists the hooks that nobody has ended, disabled ones included.
func (c *Caseload) Hooks(ctx context.Context) (list []Hook, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		h, err := c.scanHook(scan)
		list = append(list, h)
		return err
	}, "SELECT "+hookColumns+" FROM hooks WHERE ended_at = 0 ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list hooks: %w", err)
	}
	return list, nil
}

// Hook reads one that nobody has ended, or [ErrNotFound].
func (c *Caseload) Hook(ctx context.Context, id string) (h Hook, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		h, err = c.scanHook(scan)
		return err
	}, "SELECT "+hookColumns+" FROM hooks WHERE id = $1 AND ended_at = 0", clean(id))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Hook{}, fmt.Errorf("read hook %s: %w", id, err)
	}
	return h, nil
}

// EndHook ends a hook: what waits for it is not delivered. [ErrNotFound] if there is
// none.
func (c *Caseload) EndHook(ctx context.Context, id string) error {
	ended, err := change(ctx, c.db, "UPDATE hooks SET ended_at = $2 WHERE id = $1 AND ended_at = 0", clean(id), millis(c.now()))
	if err == nil && ended == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end hook %s: %w", id, err)
	}
	return nil
}

// listener is a hook as a commit needs it.
type listener struct {
	id    string
	kinds []string
}

// askListeners queues the question which hooks there are: few, or none.
func askListeners(b *batch, into *[]listener) {
	*into = nil
	b.query(func(scan scan) error {
		var l listener
		var kinds string
		err := scan(&l.id, &kinds)
		l.kinds = strings.Fields(kinds)
		*into = append(*into, l)
		return err
	}, "SELECT id, kinds FROM hooks WHERE ended_at = 0 AND disabled_at = 0")
}

var insertDelivery = newBulk(7, nil, "INSERT INTO hook_deliveries (id, hook, event, data, at, state, due) VALUES", "")

// tell queues a delivery for each hook that wants to know of a turn, and returns
// their jobs. What strangers do is told to nobody.
func tell(b *batch, listening []listener, group []*work) (jobs []river.InsertManyParams) {
	var rows [][]any
	for _, l := range listening {
		for _, w := range group {
			kind := w.turn.Loaded.Event.Kind
			if clientOf(w.peer) == "" || !slices.Contains(l.kinds, string(kind)) {
				continue
			}
			id := newID(w.turn.Now)
			rows = append(rows, []any{id, l.id, kind, w.ids(), millis(w.turn.Now), HookWaiting, millis(w.turn.Now)})
			jobs = append(jobs, hookJob(id))
		}
	}
	b.bulk(nil, &insertDelivery, rows)
	return jobs
}

func hookJob(delivery string) river.InsertManyParams {
	return river.InsertManyParams{Args: HookArgs{Delivery: delivery}, InsertOpts: &river.InsertOpts{Queue: hookQueue}}
}

// ids are those of what a turn was about, as JSON: no word of anybody's.
func (w *work) ids() string {
	d := &w.detail
	ids := map[string]any{"client": w.peer, "revision": w.turn.Loaded.Revision + 1}
	for name, id := range map[string]string{
		"appointment": string(d.Appointment), "offer": string(d.Offer), "task": string(d.Task), "check_in": string(d.CheckIn),
		"nudge": string(d.Nudge), "message": string(w.inbound),
	} {
		if id != "" {
			ids[name] = id
		}
	}
	plain, err := json.Marshal(ids)
	if err != nil {
		return "{}" // Strings and a number: it cannot be.
	}
	return string(plain)
}

const deliveryColumns = "d.id, d.hook, d.event, d.data, d.at, d.state, d.attempts, d.answer, d.fault, d.due, d.settled_at"

func (d *HookDelivery) scan(scan scan, more ...any) error {
	var data string
	var at, due, settled int64
	err := scan(append([]any{&d.ID, &d.Hook, &d.Event, &data, &at, &d.State, &d.Attempts, &d.Answer, &d.Fault, &due, &settled}, more...)...)
	d.Data, d.At, d.Due, d.SettledAt = json.RawMessage(data), instant(at), instant(due), instant(settled)
	return err
}

// HookDeliveries returns a page of what was told to a hook, the latest first, and
// the cursor of the next page.
func (c *Caseload) HookDeliveries(ctx context.Context, hook string, page Page) (list []HookDelivery, next string, err error) {
	after, args := "", []any{clean(hook), page.limit() + 1}
	if page.After != "" {
		after, args = " AND d.id < $3", append(args, clean(page.After))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var d HookDelivery
		err := d.scan(scan)
		list = append(list, d)
		return err
	}, "SELECT "+deliveryColumns+" FROM hook_deliveries d WHERE d.hook = $1"+after+" ORDER BY d.id DESC LIMIT $2", args...)
	if err != nil {
		return nil, "", fmt.Errorf("list what was told to hook %s: %w", hook, err)
	}
	list, next = cut(list, page.limit(), func(d HookDelivery) string { return d.ID })
	return list, next, nil
}

// DueHook reads a delivery for its job, or [ErrNotFound].
func (c *Caseload) DueHook(ctx context.Context, delivery string) (d DueHook, err error) {
	var url, secret []byte
	var ended, disabled int64
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) error {
		found = true
		return d.scan(scan, &url, &secret, &ended, &disabled)
	}, "SELECT "+deliveryColumns+`, h.url, h.secret, h.ended_at, h.disabled_at
		FROM hook_deliveries d JOIN hooks h ON h.id = d.hook WHERE d.id = $1`, clean(delivery))
	if err == nil && !found {
		err = ErrNotFound
	}
	if err == nil {
		url, err = c.opened(sealHookURL, d.Hook, url)
	}
	if err == nil {
		secret, err = c.opened(sealHookSecret, d.Hook, secret)
	}
	if err != nil {
		return DueHook{}, fmt.Errorf("read delivery %s: %w", delivery, err)
	}
	d.URL, d.Secret, d.Over = string(url), string(secret), d.State != HookWaiting || ended > 0 || disabled > 0
	return d, nil
}

// HookResult is what became of one attempt.
type HookResult struct {
	// State is Delivered, Waiting (to be tried again at Due) or GivenUp.
	State  HookState
	Answer int
	Fault  string
	Due    time.Time
}

// SettleHook writes down one attempt, and disables a hook at which nothing has
// arrived for three days.
func (c *Caseload) SettleHook(ctx context.Context, d DueHook, r HookResult) error {
	now := millis(c.now())
	settled := int64(0)
	if r.State != HookWaiting {
		settled = now
	}
	var b batch
	b.exec(nil, `UPDATE hook_deliveries SET state = $2, attempts = attempts + 1, answer = $3, fault = $4, due = $5, settled_at = $6 WHERE id = $1`,
		d.ID, r.State, r.Answer, r.Fault, millis(r.Due), settled)
	if r.State == HookDelivered {
		b.exec(nil, "UPDATE hooks SET failing_since = 0 WHERE id = $1 AND failing_since > 0", d.Hook)
	} else {
		b.exec(nil, "UPDATE hooks SET failing_since = $2 WHERE id = $1 AND failing_since = 0", d.Hook, now)
		b.exec(nil, "UPDATE hooks SET disabled_at = $2 WHERE id = $1 AND disabled_at = 0 AND failing_since > 0 AND failing_since <= $3",
			d.Hook, now, now-hookFails.Milliseconds())
	}
	if err := c.db.run(ctx, &b); err != nil {
		return fmt.Errorf("settle delivery %s: %w", d.ID, err)
	}
	return nil
}

// ResendHook delivers something once more, under the same id, and takes a hook that
// was disabled into use again. [ErrNotFound] if there is no such delivery of it.
func (c *Caseload) ResendHook(ctx context.Context, hook, delivery string) error {
	now := millis(c.now())
	err := c.db.write(ctx, func(tx transaction) error {
		var id string
		err := single(ctx, tx, []any{&id}, `SELECT d.id FROM hook_deliveries d JOIN hooks h ON h.id = d.hook
			WHERE d.id = $1 AND d.hook = $2 AND h.ended_at = 0`, clean(delivery), clean(hook))
		if err != nil {
			return missing(err)
		}
		var b batch
		b.exec(nil, "UPDATE hook_deliveries SET state = 'waiting', attempts = 0, due = $2, settled_at = 0 WHERE id = $1", id, now)
		b.exec(nil, "UPDATE hooks SET disabled_at = 0, failing_since = 0 WHERE id = $1", clean(hook))
		if err := tx.run(ctx, &b); err != nil {
			return err
		}
		return tx.insertJobs(ctx, []river.InsertManyParams{hookJob(id)})
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("resend delivery %s: %w", delivery, err)
	}
	return err
}
