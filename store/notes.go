package store

import (
	"context"
	"slices"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Notes about clients; see package caseload for each.
type (
	// Note is what a person of the team wrote down about a client.
	Note = caseload.Note
	// NoteKind is what a note is for.
	NoteKind = caseload.NoteKind
)

// The kinds of notes.
const (
	NotePlain  = caseload.NotePlain
	NoteAccess = caseload.NoteAccess
)

// NoteKinds lists every kind.
var NoteKinds = caseload.NoteKinds

// longestNote is how long a note may be, in characters: two pages of a letter.
const longestNote = 4000

// AddNote writes a note down: its Kind, Words, By, Author and Account. What was
// entered wrongly is refused: see [Refusals]. [ErrNotFound] for an unknown client.
func (s *Store) AddNote(ctx context.Context, client conversations.ClientID, n Note) (string, error) {
	var c checks
	n.Words = c.lines("words", n.Words, true, longestNote)
	if !slices.Contains(NoteKinds, n.Kind) {
		c.refuse("kind", RefusedValue, "A note is of the kind note or access.")
	}
	if err := c.err(); err != nil {
		return "", err
	}
	return s.caseload.AddNote(ctx, client, n)
}

// StrikeNote strikes a note out, in the name of who did; it stays to be read.
// [ErrNotFound] if the client has no such note.
func (s *Store) StrikeNote(ctx context.Context, client conversations.ClientID, id, by string) error {
	return s.caseload.StrikeNote(ctx, client, id, by)
}

// Notes lists what was written about a client, the newest first; none for a
// client who is not on the caseload.
func (s *Store) Notes(ctx context.Context, client conversations.ClientID) ([]Note, error) {
	return s.caseload.Notes(ctx, client)
}
