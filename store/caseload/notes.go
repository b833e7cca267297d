package caseload

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
)

// NoteKind is what a note is for.
type NoteKind string

// The kinds of notes.
const (
	// NotePlain is anything that the next person should know.
	NotePlain NoteKind = "note"
	// NoteAccess is what the client needs so that they can read, hear or come at
	// all (the Accessible Information Standard, DCB1605).
	NoteAccess NoteKind = "access"
)

// NoteKinds lists every kind.
var NoteKinds = []NoteKind{NotePlain, NoteAccess}

// Note is what a person of the team wrote down about a client. Nothing changes
// it: what was wrong is struck out, and stays to be read.
type Note struct {
	ID   string
	Kind NoteKind
	// Words are theirs; Unreadable says that no key opens them.
	Words      string
	Unreadable bool
	// By is a specialist, or a role of the pathway; Author what the team called
	// them then, Account who was signed in.
	By        conversations.SpecialistID
	Author    string
	Account   AccountID
	WrittenAt time.Time
	// StruckAt is when somebody struck it out, zero if nobody has; StruckBy what
	// the team called them.
	StruckBy string
	StruckAt time.Time
}

// AddNote writes a note down and returns its id; the times are the caseload's.
// [ErrNotFound] for an unknown client.
func (c *Caseload) AddNote(ctx context.Context, client conversations.ClientID, n Note) (string, error) {
	now := c.now()
	id := newID(now)
	words, err := c.sealed(sealNote, id, []byte(n.Words))
	if err != nil {
		return "", fmt.Errorf("write a note about client %s: %w", client, err)
	}
	return id, c.recordOf(ctx, client, "note", `INSERT INTO notes (client, id, kind, words, written_by, author, account, written_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, n.Kind, words, clean(string(n.By)), clean(n.Author), clean(string(n.Account)), millis(now))
}

// StrikeNote strikes a note out. It stays as it is where it is struck out
// already. [ErrNotFound] if the client has no such note.
func (c *Caseload) StrikeNote(ctx context.Context, client conversations.ClientID, id, by string) error {
	struck, err := change(ctx, c.db, `UPDATE notes SET struck_by = CASE WHEN struck_at = 0 THEN $3 ELSE struck_by END,
			struck_at = CASE WHEN struck_at = 0 THEN CAST($4 AS BIGINT) ELSE struck_at END WHERE id = $1 AND client = $2`,
		clean(id), clean(string(client)), clean(by), millis(c.now()))
	if err == nil && struck == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("strike out a note about client %s: %w", client, err)
	}
	return nil
}

// Notes lists what was written about a client, the newest first; at most the
// last 500.
func (c *Caseload) Notes(ctx context.Context, client conversations.ClientID) (list []Note, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var n Note
		var words []byte
		var written, struck int64
		if err := scan(&n.ID, &n.Kind, &words, &n.By, &n.Author, &n.Account, &written, &n.StruckBy, &struck); err != nil {
			return err
		}
		n.WrittenAt, n.StruckAt = instant(written), instant(struck)
		plain, err := c.opened(sealNote, n.ID, words)
		n.Words, n.Unreadable = string(plain), err != nil
		list = append(list, n)
		return nil // What no key opens is marked as that, and the list goes on.
	}, `SELECT id, kind, words, written_by, author, account, written_at, struck_by, struck_at FROM notes
		WHERE client = $1 ORDER BY id DESC LIMIT 500`, clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the notes about client %s: %w", client, err)
	}
	return list, nil
}
