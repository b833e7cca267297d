package caseload

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
)

// raiseAlert writes an alert with the job that tells people of it: both are
// there, or neither.
func raiseAlert(w *work, e conversations.RaiseAlert) {
	w.detail.Danger = string(e.Danger)
	id, now := newID(w.turn.Now), millis(w.turn.Now)
	w.alerts = append(w.alerts, []any{id, w.peer, clean(string(w.about())), e.Danger, e.Threat, now, now})
	w.job(AlertArgs{Alert: conversations.AlertID(id)}, nil)
}

// keptUndo is what is kept with a text for whoever puts its reading right.
type keptUndo struct {
	// Undo is what the effects of the text replaced, or those of its latest
	// correction, which takes the place of what was kept before.
	conversations.Undo
	// Came is the question that was open when the text came; no correction
	// changes it.
	Came *conversations.Question `json:"came,omitempty"`
}

// undoable notes what the effects of a text replaced.
func undoable(w *work, e conversations.Undoable) error {
	if w.about() == "" {
		return errors.New("there is no text to keep it with")
	}
	w.undoes = &e.Undo
	return nil
}

// keepUndo keeps what was noted with the text itself. A correction that did
// something and replaced nothing leaves nothing to put back: what the wrong
// reading had done must not be undone a second time. One that does nothing
// found the reading right, and leaves what is kept.
func (c *Caseload) keepUndo(w *work) error {
	loaded := &w.turn.Loaded
	var kept keptUndo
	switch loaded.Event.Kind {
	case conversations.EventCorrected:
		if w.undoes == nil && len(w.turn.Effects) < 2 {
			return nil
		}
		if loaded.Facts.Corrected != nil {
			kept.Came = loaded.Facts.Corrected.Open
		}
	case conversations.EventText, conversations.EventButton:
		kept.Came = loaded.State.Open
	default:
	}
	text := w.about()
	if text == "" || w.undoes == nil && kept.Came == nil && w.brought() != "" {
		return nil
	}
	if w.undoes != nil {
		kept.Undo = *w.undoes
	}
	plain, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write what it replaced: %w", err)
	}
	sealed, err := c.sealed(sealUndo, string(text), plain)
	if err != nil {
		return err
	}
	if w.brought() != "" {
		w.undo = sealed // It goes with the row.
		return nil
	}
	w.effects.exec(nil, "UPDATE messages SET undo = $3 WHERE id = $1 AND peer = $2 AND direction = 'in'", clean(string(text)), w.peer, sealed)
	return nil
}

// correct keeps what a person says that a text means.
func (c *Caseload) correct(w *work, e conversations.Correct) error {
	if e.Message == "" {
		return errors.New("it names no text")
	}
	w.detail.Message = e.Message
	id := newID(w.turn.Now)
	plain, err := json.Marshal(e.Meaning)
	if err != nil {
		return fmt.Errorf("write the meaning: %w", err)
	}
	meaning, err := c.sealed(sealMeaning, id, plain)
	if err != nil {
		return err
	}
	w.effects.exec(nil, "INSERT INTO corrections (id, peer, message, meaning, corrected_by, at) VALUES ($1, $2, $3, $4, $5, $6)",
		id, w.peer, clean(string(e.Message)), meaning, clean(string(e.By)), millis(w.turn.Now))
	return nil
}

// offered writes an offer. That one lead goes to one client once is the
// caseload's to know: the facts forget what was answered long ago.
func offered(w *work, o conversations.Offer) {
	status, at := o.Status, o.At
	if status == "" {
		status = conversations.OfferOpen
	}
	if at.IsZero() {
		at = w.turn.Now
	}
	w.detail.Offer, w.detail.Status = o.ID, string(status)
	w.effects.exec(w.mustChange(fmt.Errorf("lead %s: %w", o.Lead.ID, ErrOffered)),
		`INSERT INTO offers (id, lead, client, status, at, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (lead, client) DO NOTHING`, o.ID, o.Lead.ID, w.peer, status, millis(at), millis(w.turn.Now))
	w.effects.exec(nil, noteMatters, w.peer)
}

// noteMatters says that a client ($1) has an offer, a task or a check-in.
const noteMatters = "UPDATE clients SET matters = TRUE WHERE id = $1 AND NOT matters"

// setOffer changes an offer. Reasons belong to a refusal: what is no longer one
// has none.
func setOffer(w *work, e conversations.SetOffer) {
	w.detail.Offer, w.detail.Status = e.ID, string(e.Status)
	now := millis(w.turn.Now)
	w.effects.exec(w.mustChange(fmt.Errorf("offer %s: %w", e.ID, ErrNotFound)),
		"UPDATE offers SET status = $3, changed_at = $4 WHERE id = $1 AND client = $2", e.ID, w.peer, e.Status, now)
	if e.Status != conversations.OfferNotInterested {
		w.effects.exec(nil, "DELETE FROM client_preferences WHERE client = $1 AND offer = $2", w.peer, e.ID)
		return
	}
	for _, preference := range e.Why {
		w.effects.exec(nil, `INSERT INTO client_preferences (client, preference, offer, source, message, at) VALUES ($1, $2, $3, 'offer', $4, $5)
			ON CONFLICT (client, preference, offer) DO UPDATE SET message = excluded.message, at = excluded.at`,
			w.peer, preference, e.ID, clean(string(w.about())), now)
	}
}

// recordAnswer keeps an answer with the text that gave it, so that it can be
// taken back with it.
func recordAnswer(w *work, e conversations.RecordAnswer) error {
	text := w.about()
	if text == "" {
		return errors.New("there is no text that gave it")
	}
	w.detail.CheckIn = e.CheckIn
	w.effects.exec(w.mustChange(fmt.Errorf("check-in %s: %w", e.CheckIn, ErrNotFound)),
		`INSERT INTO check_in_answers (check_in, message, number, at)
		SELECT id, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM check_ins WHERE id = $1 AND client = $2
		ON CONFLICT (check_in, message) DO UPDATE SET number = excluded.number, undone_at = 0`,
		string(e.CheckIn), w.peer, clean(string(text)), e.Number, millis(w.turn.Now))
	return nil
}

// recordFeedback keeps what a client thinks of the service; said again in the
// same text, it is said once.
func recordFeedback(w *work, e conversations.RecordFeedback) error {
	text := e.Message
	if text == "" {
		text = w.about()
	}
	if text == "" {
		return errors.New("there is no text that holds it")
	}
	w.effects.exec(nil, `INSERT INTO feedback (message, client, number, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (message) DO UPDATE SET number = CASE WHEN excluded.number > 0 THEN excluded.number ELSE feedback.number END`,
		clean(string(text)), w.peer, e.Number, millis(w.turn.Now))
	return nil
}

// takeTime takes an appointment's time out of what is free.
func takeTime(w *work, at time.Time, minutes int) {
	if at.IsZero() {
		return
	}
	w.effects.exec(nil, `DELETE FROM free_times WHERE specialist = (SELECT specialist FROM clients WHERE id = $1) AND at >= $2 AND at < $3`,
		w.peer, millis(at), millis(at)+max(int64(minutes), 1)*60_000)
}
