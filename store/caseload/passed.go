package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
)

// Handover is one time that a client was handed to another specialist.
type Handover struct {
	Client   conversations.ClientID
	From, To conversations.SpecialistID
	By       conversations.SpecialistID
	At       time.Time
	// ToldAt is when a person had the client told of it; zero if nobody did.
	ToldAt time.Time
}

// prepareTeamEffect is [Caseload.prepareClientEffect] for hand-overs, returns and
// what did not arrive.
func (c *Caseload) prepareTeamEffect(w *work, effect conversations.Effect) error {
	now := millis(w.turn.Now)
	switch e := effect.(type) {
	case conversations.SetSpecialist:
		w.detail.To = e.ID
		w.effects.exec(nil, `INSERT INTO handovers (client, giver, taker, handed_by, at)
			SELECT id, specialist, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM clients WHERE id = $1`,
			w.peer, clean(string(e.ID)), clean(string(w.turn.Loaded.Event.By)), now)
		w.effects.exec(nil, "UPDATE clients SET specialist = $2 WHERE id = $1", w.peer, clean(string(e.ID)))
	case conversations.ToldOfHandover:
		w.effects.exec(w.mustChange(ErrConflict), `UPDATE handovers SET told_at = $2
			WHERE told_at = 0 AND seq = (SELECT MAX(h.seq) FROM handovers h WHERE h.client = $1)`, w.peer, now)
	case conversations.Reopen:
		w.detail.Returned = true
		w.effects.exec(nil, "UPDATE clients SET closed_at = 0, returned_at = $2 WHERE id = $1 AND closed_at > 0", w.peer, now)
		// A number is needed, and was looked at before; an account that somebody
		// else has joined since is theirs.
		w.effects.exec(nil, `DELETE FROM client_addresses WHERE client = $1 AND channel <> $2 AND NOT active AND EXISTS (
			SELECT 1 FROM client_addresses o WHERE o.active AND o.channel = client_addresses.channel AND o.hash = client_addresses.hash)`,
			w.peer, conversations.SMS)
		w.effects.exec(nil, "UPDATE client_addresses SET active = TRUE WHERE client = $1", w.peer)
	case conversations.SetFault:
		setFault(w, e)
	case conversations.Resent:
		w.detail.Message = e.Message
		w.effects.exec(w.mustChange(ErrConflict), "UPDATE messages SET resent_at = $3 WHERE id = $2 AND peer = $1 AND resent_at = 0",
			w.peer, clean(string(e.Message)), now)
	default:
		return errors.New("the caseload does not know this effect")
	}
	return nil
}

// setFault keeps what failed with the address to which the message went: one
// that has been replaced meanwhile says nothing of the new one.
func setFault(w *work, e conversations.SetFault) {
	w.detail.Channel, w.detail.Fault = e.Channel, e.Code
	at, message := millis(w.turn.Now), ""
	if e.Code == "" {
		w.detail.Fault, at = "none", 0
	}
	if w.turn.Loaded.Event.Kind == conversations.EventUndelivered {
		message = clean(string(w.turn.Loaded.Event.Message))
	}
	w.effects.exec(nil, `UPDATE client_addresses SET fault = $3, fault_at = $4 WHERE client = $1 AND channel = $2
		AND ($5 = '' OR id = (SELECT m.address FROM messages m WHERE m.id = $5))`,
		w.peer, string(e.Channel), clean(e.Code), at, message)
}

// queueHandover reads the last hand-over of a client.
func (r *reading) queueHandover(b *batch, who string, args []any) {
	b.query(func(scan scan) error {
		var h conversations.Handover
		var told int64
		err := scan(&h.From.ID, &h.From.Name, &h.To, &told)
		h.Told = told > 0
		r.loaded.Facts.Handover = &h
		return err
	}, `SELECT s.id, s.name, h.taker, h.told_at FROM handovers h JOIN specialists s ON s.id = h.giver
		WHERE h.client = `+who+" ORDER BY h.seq DESC LIMIT 1", args...)
}

// queueUnreceived reads the message that is to be said again.
func (r *reading) queueUnreceived(b *batch, who string, args []any) {
	n := len(args)
	b.query(func(scan scan) error {
		var u conversations.Unreceived
		var words []byte
		var at, stands, meets, again int64
		err := scan(&u.Message, &u.Channel, &u.Key, &u.Urgency, &u.Delivery, &u.Question, &stands, &u.Offer, &u.Matter, &at, &again,
			&u.Appointment.ID, &u.Appointment.Kind, &meets, &u.Appointment.Status,
			&u.Nudge.ID, &u.Nudge.Template, &words, &u.Nudge.Instead, &u.Nudge.Signed)
		if err != nil {
			return err
		}
		u.At, u.Again = r.local(at), again > 0
		if stands > 0 {
			u.Stands = r.local(stands)
		}
		if meets > 0 {
			u.Appointment.At = r.local(meets)
		}
		plain, err := r.c.opened(sealNudge, string(u.Nudge.ID), words)
		if err != nil {
			return err
		}
		if plain != nil && json.Unmarshal(plain, &u.Nudge.Words) != nil {
			// The parser's error repeats what it read.
			return fmt.Errorf("message %s: the words of its nudge cannot be read", u.Message)
		}
		r.loaded.Facts.Unreceived = &u
		return nil
	}, fmt.Sprintf(`SELECT m.id, m.channel, m.key, m.urgency, m.delivery, m.question, m.stands, m.offer, m.matter, m.at, m.resent_at,
			COALESCE(t.id, ''), COALESCE(t.kind, ''), COALESCE(t.at, 0), COALESCE(t.status, ''),
			COALESCE(n.id, ''), COALESCE(n.template, ''), n.words, COALESCE(n.instead, ''), COALESCE(s.name, '')
		FROM messages m LEFT JOIN appointments t ON t.id = m.appointment AND t.client = m.peer
			LEFT JOIN nudge_clients k ON k.message = m.id AND k.message <> '' LEFT JOIN nudges n ON n.id = k.nudge
			LEFT JOIN specialists s ON s.id = n.made_by
		WHERE m.direction = 'out' AND m.id = $%d AND m.peer = %s`, n+1, who), append(args[:n:n], clean(string(r.ev.Message)))...)
}

// mostHandovers is how many one list holds.
const mostHandovers = 200

// HandoversOf lists the hand-overs of a client, and HandoversTo those to a
// specialist, the newest first, 200 at the most.
func (c *Caseload) HandoversOf(ctx context.Context, client conversations.ClientID) ([]Handover, error) {
	return c.handovers(ctx, "client = $1", string(client))
}

// HandoversTo see [Caseload.HandoversOf].
func (c *Caseload) HandoversTo(ctx context.Context, taker conversations.SpecialistID) ([]Handover, error) {
	return c.handovers(ctx, "taker = $1", string(taker))
}

func (c *Caseload) handovers(ctx context.Context, where, who string) (list []Handover, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var h Handover
		var at, told int64
		err := scan(&h.Client, &h.From, &h.To, &h.By, &at, &told)
		h.At, h.ToldAt = instant(at), instant(told)
		list = append(list, h)
		return err
	}, "SELECT client, giver, taker, handed_by, at, told_at FROM handovers WHERE "+where+" ORDER BY seq DESC LIMIT $2", clean(who), mostHandovers)
	if err != nil {
		return nil, fmt.Errorf("list hand-overs: %w", err)
	}
	return list, nil
}

// IsToClient says whether a message of ours went, or was to go, to a client.
func (c *Caseload) IsToClient(ctx context.Context, id conversations.MessageID, client conversations.ClientID) (bool, error) {
	var found string
	err := single(ctx, c.db.reader(), []any{&found}, "SELECT id FROM messages WHERE id = $1 AND peer = $2 AND direction = 'out'",
		clean(string(id)), clean(string(client)))
	if errors.Is(err, errNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for message %s: %w", id, err)
	}
	return true, nil
}
