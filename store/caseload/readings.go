package caseload

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// Correction is a person putting right what was understood of a text.
type Correction struct {
	Message conversations.MessageID
	// Meaning is what the person says that it means; Unreadable that no key
	// opens it.
	Meaning    conversations.Meaning
	Unreadable bool
	By         conversations.SpecialistID
	At         time.Time
}

// TextReading is a text with what was understood of it.
type TextReading struct {
	Message conversations.MessageID
	// Client is empty for an unknown sender; Peer names either.
	Client  conversations.ClientID
	Peer    string
	Kind    conversations.EventKind
	Channel conversations.Channel
	At      time.Time
	// Text is what was written, Choice the data of the button that was pressed.
	Text, Choice string
	// Understood is nil where nothing was to be understood.
	Understood *understand.Reading
	// Corrections are what persons made of it, oldest first: the last one holds.
	Corrections []Correction
	// Unreadable says that something of it is there and no key opens it.
	Unreadable bool
}

// ReadingOf returns what was understood of a text that came in, or
// [ErrNotFound].
func (c *Caseload) ReadingOf(ctx context.Context, message conversations.MessageID) (r TextReading, err error) {
	id := clean(string(message))
	var b batch
	found := false
	b.query(func(scan scan) error {
		found = true
		var body, understood []byte
		var at int64
		if err := scan(&r.Message, &r.Peer, &r.Kind, &r.Channel, &at, &r.Choice, &body, &understood); err != nil {
			return err
		}
		r.Client, r.At = clientOf(r.Peer), instant(at)
		text, err := c.opened(sealBody, id, body)
		r.Text, r.Unreadable = string(text), err != nil
		r.Unreadable = !c.read(sealUnderstood, id, understood, &r.Understood) || r.Unreadable
		return nil
	}, "SELECT id, peer, kind, channel, at, choice, body, understood FROM messages WHERE id = $1 AND direction = 'in'", id)
	b.query(func(scan scan) error {
		k, err := c.correction(scan)
		r.Corrections = append(r.Corrections, k)
		return err
	}, "SELECT "+correctionColumns+` FROM messages m JOIN corrections k ON k.peer = m.peer AND k.message = m.id
		WHERE m.id = $1 AND m.direction = 'in' ORDER BY k.id`, id)
	err = c.db.reader().run(ctx, &b)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return TextReading{}, fmt.Errorf("read what was understood of message %s: %w", message, err)
	}
	return r, nil
}

// read opens a sealed JSON value of the row, and says whether that went well;
// NULL leaves into as it is.
func (c *Caseload) read(purpose, row string, sealed []byte, into any) bool {
	plain, err := c.opened(purpose, row, sealed)
	if err == nil && plain != nil {
		err = json.Unmarshal(plain, into)
	}
	return err == nil
}

const correctionColumns = "k.id, k.message, k.meaning, k.corrected_by, k.at"

func (c *Caseload) correction(scan scan) (k Correction, err error) {
	var id string
	var meaning []byte
	var at int64
	if err := scan(&id, &k.Message, &meaning, &k.By, &at); err != nil {
		return k, err
	}
	k.At = instant(at)
	k.Unreadable = !c.read(sealMeaning, id, meaning, &k.Meaning)
	return k, nil
}

// queueCorrections reads what persons put right in a conversation: of each
// text the latest.
func (c *Caseload) queueCorrections(b *batch, into map[conversations.MessageID]*Correction, peer string) {
	b.query(func(scan scan) error {
		k, err := c.correction(scan)
		into[k.Message] = &k // The latest holds.
		return err
	}, "SELECT "+correctionColumns+" FROM corrections k WHERE k.peer = $1 ORDER BY k.message, k.id", peer)
}
