package caseload

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// detail is what an event's row tells beside its kind: ids and named reasons,
// never a person's words.
type detail struct {
	Said        []string                    `json:"said,omitempty"`
	Skipped     []skipped                   `json:"skipped,omitempty"`
	Flags       []conversations.FlagReason  `json:"flags,omitempty"`
	Settled     []conversations.FlagReason  `json:"settled,omitempty"`
	Dropped     []string                    `json:"dropped,omitempty"`
	Appointment conversations.AppointmentID `json:"appointment,omitempty"`
	Status      string                      `json:"status,omitempty"`
	Question    conversations.QuestionID    `json:"question,omitempty"`
	Agreement   string                      `json:"agreement,omitempty"`
	Channel     conversations.Channel       `json:"channel,omitempty"`
	Language    string                      `json:"language,omitempty"`
	Danger      string                      `json:"danger,omitempty"`
	Message     conversations.MessageID     `json:"message,omitempty"`
	Reason      string                      `json:"reason,omitempty"`
	Before      int                         `json:"before,omitempty"`
	Joined      bool                        `json:"joined,omitempty"`
	Closed      bool                        `json:"closed,omitempty"`
	Offer       conversations.OfferID       `json:"offer,omitempty"`
	Task        conversations.TaskID        `json:"task,omitempty"`
	CheckIn     conversations.CheckInID     `json:"checkin,omitempty"`
	Set         []string                    `json:"set,omitempty"` // which settings, not what to
	Held        string                      `json:"held,omitempty"`
	Released    bool                        `json:"released,omitempty"`
	// Stage, Circumstance ("none" when it was taken back), the milestones reached
	// and whether a meeting happened.
	Stage        conversations.Stage        `json:"stage,omitempty"`
	Circumstance string                     `json:"circumstance,omitempty"`
	Milestones   []conversations.Milestone  `json:"milestones,omitempty"`
	Attendance   conversations.Attendance   `json:"attendance,omitempty"`
	Nudge        conversations.NudgeID      `json:"nudge,omitempty"`
	By           conversations.SpecialistID `json:"by,omitempty"`
	// To whom the client was handed; that they came back; what failed ("none" when
	// that was taken back).
	To       conversations.SpecialistID `json:"to,omitempty"`
	Returned bool                       `json:"returned,omitempty"`
	Fault    string                     `json:"fault,omitempty"`
}

type skipped struct {
	Key         string                      `json:"key"`
	Appointment conversations.AppointmentID `json:"appointment,omitempty"`
	Reason      string                      `json:"reason"`
}

var (
	// insertFlag raises a flag about a message once while it stands: two processes
	// may find the same.
	insertFlag = newBulk(10, nil,
		"INSERT INTO flags (id, peer, reason, appointment, offer, task, message, condition, detail, raised_at) VALUES",
		"ON CONFLICT (peer, reason, message, appointment, offer, task) WHERE settled_at = 0 AND message <> '' DO NOTHING")
	insertAlert = newBulk(7, nil, "INSERT INTO alerts (id, peer, message, danger, threat, raised_at, due) VALUES", "")
)

// errNoClient is the answer to an effect on somebody who is not on the
// caseload.
var errNoClient = errors.New("the effect needs a client, and the sender is unknown")

// prepareEffect turns one effect into rows, statements and jobs. An effect
// that it does not know is an error: nothing may be lost silently.
func (c *Caseload) prepareEffect(w *work, effect conversations.Effect) error {
	var err error
	switch e := effect.(type) {
	case conversations.Say:
		w.detail.Said = append(w.detail.Said, e.Key)
	case conversations.Skip:
		w.detail.Skipped = append(w.detail.Skipped, skipped{e.Key, e.Appointment, e.Reason})
	case conversations.Understood:
		w.understood, err = json.Marshal(e.Reading)
	case conversations.RaiseFlag:
		err = c.raiseFlag(w, e)
	case conversations.SettleFlags:
		err = settleFlags(w, e)
	case conversations.RaiseAlert:
		raiseAlert(w, e)
	case conversations.Correct:
		err = c.correct(w, e)
	case conversations.Undoable:
		err = undoable(w, e)
	case conversations.DropQueued:
		dropQueued(w, e)
	default:
		if clientOf(w.peer) == "" {
			return fmt.Errorf("%T: %w", effect, errNoClient)
		}
		err = c.prepareClientEffect(w, effect)
	}
	if err != nil {
		return fmt.Errorf("%T: %w", effect, err)
	}
	return nil
}

// prepareClientEffect is [Caseload.prepareEffect] for what only a client has.
func (c *Caseload) prepareClientEffect(w *work, effect conversations.Effect) error {
	now := millis(w.turn.Now)
	switch e := effect.(type) {
	case conversations.Book:
		return c.book(w, e.Appointment)
	case conversations.SetAppointment:
		setAppointment(w, e)
	case conversations.SetAgreement:
		setAgreement(w, e)
	case conversations.SetBlocked:
		w.effects.exec(nil, `UPDATE client_addresses SET blocked = $3
			WHERE client = $1 AND ($2 = '' OR channel = $2)`, w.peer, string(e.Channel), e.Blocked)
		if !e.Blocked {
			w.effects.exec(nil, "UPDATE client_addresses SET fault = '', fault_at = 0 WHERE client = $1 AND ($2 = '' OR channel = $2) AND fault <> ''",
				w.peer, string(e.Channel))
		}
	case conversations.SetLanguage:
		w.detail.Language = e.Language
		w.effects.exec(nil, "UPDATE clients SET language = $2 WHERE id = $1", w.peer, e.Language)
	case conversations.JoinAccount:
		return c.joinAccount(w)
	case conversations.SetAddress:
		return c.setAddress(w, false)
	case conversations.Close:
		w.detail.Closed = true
		w.effects.exec(nil, "UPDATE clients SET closed_at = $2 WHERE id = $1 AND closed_at = 0", w.peer, now)
		w.effects.exec(nil, "UPDATE client_addresses SET active = FALSE WHERE client = $1", w.peer)
		w.effects.exec(nil, "DELETE FROM link_codes WHERE client = $1 AND used_at = 0", w.peer)
	case conversations.Remind:
		w.job(ReminderArgs{Client: clientOf(w.peer), Appointment: e.Appointment, StandsMs: millis(e.Stands), Before: e.Before},
			&river.InsertOpts{ScheduledAt: e.At})
	case conversations.Expect:
		w.job(TimeoutArgs{Client: clientOf(w.peer), Question: e.Question, Revision: w.turn.Loaded.Revision + 1},
			&river.InsertOpts{ScheduledAt: e.At})
	case conversations.PreferChannel:
		w.detail.Channel = e.Channel
		w.effects.exec(w.mustChange(fmt.Errorf("channel %q: %w", e.Channel, ErrNotFound)), `UPDATE client_addresses SET preferred_at =
			(SELECT CASE WHEN MAX(o.preferred_at) >= $3 THEN MAX(o.preferred_at) + 1 ELSE $3 END FROM client_addresses o WHERE o.client = $1)
			WHERE client = $1 AND channel = $2`, w.peer, string(e.Channel), now)
	case conversations.MakeLink:
		return c.makeLink(w)
	case conversations.Set:
		set(w, e.Settings)
	case conversations.Hold:
		w.detail.Held = e.Reason
		w.effects.exec(nil, "UPDATE clients SET held_at = $2, held_reason = $3 WHERE id = $1 AND held_at = 0", w.peer, now, clean(e.Reason))
	case conversations.Release:
		w.detail.Released = true
		w.effects.exec(nil, "UPDATE clients SET held_at = 0, held_reason = '' WHERE id = $1 AND held_at > 0", w.peer)
	case conversations.SetStage:
		setStage(w, e)
	case conversations.SetCircumstance:
		setCircumstance(w, e)
	case conversations.Reached:
		reachMilestone(w, e.Milestone, e.At)
	case conversations.SetAttendance:
		setAttendance(w, e)
	case conversations.Nudged:
		nudged(w, e)
	case conversations.AwaitText:
		w.job(SilenceArgs{Client: clientOf(w.peer), DueMs: millis(e.At)}, &river.InsertOpts{ScheduledAt: e.At})
	case conversations.Recall:
		w.job(RecallArgs{Client: clientOf(w.peer)}, &river.InsertOpts{ScheduledAt: e.At})
	default:
		return c.prepareMatterEffect(w, effect)
	}
	return nil
}

// prepareMatterEffect is [Caseload.prepareClientEffect] for leads, tasks,
// check-ins and what clients think of the service.
func (c *Caseload) prepareMatterEffect(w *work, effect conversations.Effect) error {
	switch e := effect.(type) {
	case conversations.Offered:
		offered(w, e.Offer)
	case conversations.SetOffer:
		setOffer(w, e)
	case conversations.SetTask:
		w.detail.Task, w.detail.Status = e.ID, string(e.Status)
		w.effects.exec(w.mustChange(fmt.Errorf("task %s: %w", e.ID, ErrNotFound)),
			"UPDATE tasks SET status = $3, changed_at = $4 WHERE id = $1 AND client = $2", e.ID, w.peer, e.Status, millis(w.turn.Now))
	case conversations.Choose:
		return c.choose(w, e.CheckIn)
	case conversations.SetRhythm:
		return setRhythm(w, e)
	case conversations.SetDue:
		setDue(w, e)
	case conversations.RecordAnswer:
		return recordAnswer(w, e)
	case conversations.ForgetAnswer:
		w.detail.CheckIn, w.detail.Message = e.CheckIn, e.Message
		w.effects.exec(nil, `UPDATE check_in_answers SET undone_at = $3 WHERE check_in = $1 AND message = $2 AND undone_at = 0
			AND check_in IN (SELECT k.id FROM check_ins k WHERE k.client = $4)`, e.CheckIn, e.Message, millis(w.turn.Now), w.peer)
	case conversations.EndCheckIn:
		w.detail.CheckIn = e.ID
		w.effects.exec(nil, `UPDATE check_ins SET due = 0, ended_at = $3, ended_by = '`+settledByTurn+`'
			WHERE client = $1 AND ended_at = 0 AND ($2 = '' OR id = $2)`, w.peer, string(e.ID), millis(w.turn.Now))
	case conversations.RecordFeedback:
		return recordFeedback(w, e)
	default:
		return c.prepareTeamEffect(w, effect)
	}
	return nil
}

func (w *work) job(args river.JobArgs, opts *river.InsertOpts) {
	w.jobs = append(w.jobs, river.InsertManyParams{Args: args, InsertOpts: opts})
}

// brought is the row of what the event brought, if it brought something.
func (w *work) brought() conversations.MessageID {
	if comesIn(w.turn.Loaded.Event.Kind) {
		return w.inbound
	}
	return ""
}

// about is the row of the text that a turn is about: what the event brought, or
// the text that a person puts right.
func (w *work) about() conversations.MessageID {
	if w.turn.Loaded.Event.Kind == conversations.EventCorrected {
		return w.turn.Loaded.Event.Message
	}
	return w.brought()
}

// mustChange makes the turn fail alone if a statement of it changes no row.
func (w *work) mustChange(why error) func(int64) error {
	return func(rows int64) error {
		if rows == 0 {
			w.failure = why
		}
		return nil
	}
}

func (c *Caseload) raiseFlag(w *work, e conversations.RaiseFlag) error {
	w.detail.Flags = append(w.detail.Flags, e.Reason)
	id := newID(w.turn.Now)
	condition, err := c.sealed(sealCondition, id, []byte(e.Condition))
	if err != nil {
		return err
	}
	message := e.Message
	if message == "" {
		message = w.about()
	}
	w.flags = append(w.flags, []any{
		id, w.peer, e.Reason, e.Appointment, clean(string(e.Offer)), clean(string(e.Task)), clean(string(message)), condition, clean(e.Detail), millis(w.turn.Now),
	})
	return nil
}

// settledByTurn names who took down a flag that became groundless.
const settledByTurn = "turn"

func settleFlags(w *work, e conversations.SettleFlags) error {
	if e.Reason == "" && e.Appointment == "" && e.Message == "" {
		return errors.New("it names neither a reason nor an appointment nor a message")
	}
	if e.Reason != "" {
		w.detail.Settled = append(w.detail.Settled, e.Reason)
	}
	w.effects.exec(nil, `UPDATE flags SET settled_at = $4, settled_by = '`+settledByTurn+`'
		WHERE peer = $1 AND settled_at = 0 AND ($2 = '' OR reason = $2) AND ($3 = '' OR appointment = $3) AND ($5 = '' OR message = $5)`,
		w.peer, string(e.Reason), string(e.Appointment), millis(w.turn.Now), string(e.Message))
	return nil
}

// dropQueued never drops crisis words: danger is answered also after a stop.
func dropQueued(w *work, e conversations.DropQueued) {
	w.detail.Dropped = append(w.detail.Dropped, e.Reason)
	least := conversations.Prompt
	if e.Everything {
		least = conversations.Answer
	}
	if e.Owed {
		w.effects.exec(nil, `UPDATE messages SET delivery = 'dropped', code = $3, settled_at = $4
			WHERE peer = $1 AND delivery = 'queued' AND urgency = $5 AND held <> '' AND (appointment = '' OR appointment = $2)`,
			w.peer, string(e.Appointment), e.Reason, millis(w.turn.Now), conversations.Answer)
		return
	}
	w.effects.exec(nil, `UPDATE messages SET delivery = 'dropped', code = $4, settled_at = $5
		WHERE peer = $1 AND delivery = 'queued' AND urgency >= $2 AND ($3 = '' OR appointment = $3) AND ($6 = '' OR offer = $6)
			AND ($7 = '' OR matter = $7)`,
		w.peer, least, string(e.Appointment), e.Reason, millis(w.turn.Now), string(e.Offer), string(e.Matter))
}

func (c *Caseload) book(w *work, a conversations.Appointment) error {
	place, err := c.sealed(sealPlace, string(a.ID), []byte(a.Place))
	if err != nil {
		return err
	}
	with, err := c.sealed(sealWith, string(a.ID), []byte(a.With))
	if err != nil {
		return err
	}
	status := a.Status
	if status == "" {
		status = conversations.Booked
	}
	w.detail.Appointment, w.detail.Status = a.ID, string(status)
	now := millis(w.turn.Now)
	w.effects.exec(nil, `INSERT INTO appointments (id, client, kind, at, minutes, place, status, proposed_at, created_at, changed_at, with_whom)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
		a.ID, w.peer, a.Kind, millis(a.At), a.Minutes, place, status, millis(a.Proposed), now, with)
	takeTime(w, a.At, a.Minutes)
	return nil
}

func setAppointment(w *work, e conversations.SetAppointment) {
	w.detail.Appointment, w.detail.Status = e.ID, string(e.Status)
	w.effects.exec(w.mustChange(fmt.Errorf("appointment %s: %w", e.ID, ErrNotFound)),
		`UPDATE appointments SET status = $3, at = CASE WHEN CAST($4 AS BIGINT) = 0 THEN at ELSE $4 END, proposed_at = $5, changed_at = $6, sequence = sequence + 1
		WHERE id = $1 AND client = $2`,
		e.ID, w.peer, e.Status, millis(e.At), millis(e.Proposed), millis(w.turn.Now))
	if !e.At.IsZero() {
		known, _ := w.turn.Loaded.Facts.Appointment(e.ID)
		takeTime(w, e.At, known.Minutes)
	}
}

// setAgreement adds to the ledger and sets what holds. An empty channel means
// every one on which the client has an address, one just joined included.
func setAgreement(w *work, e conversations.SetAgreement) {
	w.detail.Agreement, w.detail.Channel = string(e.Agreement), e.Channel
	now := millis(w.turn.Now)
	if e.Channel == "" {
		w.effects.exec(nil, `INSERT INTO agreements (client, channel, agreement, how, message, at)
			SELECT client, channel, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
			FROM client_addresses WHERE client = $1 ORDER BY channel`, w.peer, string(e.Agreement), clean(e.How), string(w.brought()), now)
	} else {
		w.effects.exec(nil, `INSERT INTO agreements (client, channel, agreement, how, message, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			w.peer, e.Channel, e.Agreement, clean(e.How), w.brought(), now)
	}
	w.effects.exec(nil, `UPDATE client_addresses SET agreement = $3, agreed_in = $4 WHERE client = $1 AND ($2 = '' OR channel = $2)`,
		w.peer, string(e.Channel), e.Agreement, w.turn.Loaded.Revision+1)
}

// joinAccount uses the link code, once. A code that was used or withdrawn since
// it was loaded makes the turn a conflict: loaded again, it is what it then is.
func (c *Caseload) joinAccount(w *work) error {
	code, ok := NormalCode(w.turn.Loaded.Event.LinkCode)
	if !ok {
		return errors.New("the event brings no link code")
	}
	which, args := in([]any{w.peer, millis(w.turn.Now)}, c.seal.Hashes(hashLinkCode, code))
	w.effects.exec(w.mustChange(ErrConflict), `UPDATE link_codes SET used_at = $2
		WHERE client = $1 AND used_at = 0 AND expires_at > $2 AND hash IN (`+which+`)`, args...)
	w.detail.Joined = true
	return c.setAddress(w, true)
}

// setAddress gives the client the address of the event. It is a new one: what
// was agreed on the old one, and whether that was blocked, does not hold for it.
func (c *Caseload) setAddress(w *work, preferred bool) error {
	from := w.turn.Loaded.Event.From
	if from.Value == "" || from.Channel == "" {
		return errors.New("the event brings no address")
	}
	id := newID(w.turn.Now)
	address, err := c.sealed(sealAddress, id, []byte(from.Value))
	if err != nil {
		return err
	}
	w.joined = &joined{id: id, to: from}
	w.detail.Channel = from.Channel
	prefer := ""
	if preferred {
		prefer = ", preferred_at = excluded.preferred_at"
	}
	w.effects.exec(nil, `INSERT INTO client_addresses (client, channel, id, hash, address, active, agreement, blocked, preferred_at)
		VALUES ($1, $2, $3, $4, $5, TRUE, 'none', FALSE, $6)
		ON CONFLICT (client, channel) DO UPDATE SET id = excluded.id, hash = excluded.hash, address = excluded.address,
		active = TRUE, agreement = 'none', blocked = FALSE, fault = '', fault_at = 0`+prefer,
		w.peer, from.Channel, id, c.seal.Hash(hashAddress, addressKey(from)), address, millis(w.turn.Now))
	return nil
}
