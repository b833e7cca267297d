package store

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

type (
	// ImportKind says what the rows of a file are.
	ImportKind = caseload.ImportKind
	// ImportedRow is a row of a file as it was imported last.
	ImportedRow = caseload.ImportedRow
	// ImportedClient is a client whom an import adds.
	ImportedClient = caseload.ImportedClient
	// Import is what one import writes: all of it or nothing.
	Import = caseload.Import
)

// The kinds of import.
const (
	ImportClients      = caseload.ImportClients
	ImportAppointments = caseload.ImportAppointments
)

// ImportKinds lists every kind.
var ImportKinds = caseload.ImportKinds

// longestHow bounds how an agreement was given.
const longestHow = 200

// CheckImported checks a client of an import like one whom a person enters (see
// [Store.AddClient]), without looking at the caseload. What is wrong is refused,
// all of it at once: see [Refusals].
func (s *Store) CheckImported(n NewClient, agreedAt time.Time, agreedHow string) (ImportedClient, error) {
	var c checks
	out := ImportedClient{NewClient: c.client(n), AgreedAt: agreedAt}
	if !agreedAt.IsZero() {
		out.AgreedHow = c.line("agreed_how", agreedHow, true, longestHow)
		if agreedAt.After(s.now()) {
			c.refuse("agreed_on", RefusedValue, "This lies in the future.")
		}
	}
	return out, c.err()
}

// CheckPlace checks the words of an appointment: where it is, and who else will be
// there. What is wrong is refused, all of it at once.
func (s *Store) CheckPlace(place, with string) error {
	var c checks
	c.line("place", place, false, longestName)
	c.line("with", with, false, longestName)
	return c.err()
}

// Imported returns what is known of rows that were imported before, by reference.
func (s *Store) Imported(ctx context.Context, kind ImportKind, references []string) (map[string]ImportedRow, error) {
	return s.caseload.Imported(ctx, kind, references)
}

// ClientsOf reads clients by id. Who is not on the caseload is left out.
func (s *Store) ClientsOf(ctx context.Context, ids []conversations.ClientID) (map[conversations.ClientID]Client, error) {
	return s.caseload.ClientsOf(ctx, ids)
}

// TakenMobiles says which of the numbers, in E.164 form, belong to an open client.
func (s *Store) TakenMobiles(ctx context.Context, mobiles []string) (map[string]bool, error) {
	return s.caseload.TakenMobiles(ctx, mobiles)
}

// Import writes an import, all of it or nothing; see package caseload for its
// errors.
func (s *Store) Import(ctx context.Context, imp Import) error {
	err := s.caseload.Import(ctx, imp)
	if err != nil {
		return err
	}
	last := map[conversations.ClientID]bool{}
	for _, t := range slices.Backward(imp.Turns) {
		if !last[t.Loaded.Client] {
			last[t.Loaded.Client] = true
			s.remember(ctx, t, t.Loaded.Revision+1)
		}
	}
	return nil
}
