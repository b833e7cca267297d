package caseload

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// ImportKind says what the rows of an import are.
type ImportKind string

// The kinds of import.
const (
	ImportClients      ImportKind = "clients"
	ImportAppointments ImportKind = "appointments"
)

// ImportKinds lists every kind.
var ImportKinds = []ImportKind{ImportClients, ImportAppointments}

// ImportedRow is a row of a file as it was imported last.
type ImportedRow struct {
	// Reference is what the other system calls the row.
	Reference string
	// Subject is the id of the client or appointment that came of it.
	Subject string
	// Columns is what the file said, by column.
	Columns map[string]string
}

// ImportedClient is a client whom an import adds; everything is checked already.
type ImportedClient struct {
	NewClient
	ID conversations.ClientID
	// AgreedAt is when they agreed to be texted, AgreedHow how; zero: not known,
	// and they are not texted.
	AgreedAt  time.Time
	AgreedHow string
}

// Import is what one import writes: all of it or nothing.
type Import struct {
	Kind    ImportKind
	Clients []ImportedClient
	// Turns are in the order in which they come; of one client there may be
	// several, each loaded as the one before leaves the conversation.
	Turns []Turn
	// Rows are remembered in the place of what was known of them.
	Rows []ImportedRow
}

// importedSaid is what is sealed of a row: its reference too, so that it can be
// hashed anew when the key is replaced.
type importedSaid struct {
	Reference string             `json:"reference"`
	Columns   *map[string]string `json:"columns"`
}

// importedKey is what is hashed of a row to find it again.
func importedKey(kind ImportKind, reference string) string { return string(kind) + ":" + reference }

// mostAsked bounds the values that one statement looks up.
const mostAsked = 256

// Imported returns what is known of rows that were imported before, by reference.
func (c *Caseload) Imported(ctx context.Context, kind ImportKind, references []string) (map[string]ImportedRow, error) {
	known := map[string]ImportedRow{}
	for part := range slices.Chunk(references, mostAsked) {
		of := map[string]string{}
		var hashes [][]byte
		for _, reference := range part {
			for _, h := range c.seal.Hashes(hashImported, importedKey(kind, reference)) {
				of[string(h)] = reference
				hashes = append(hashes, h)
			}
		}
		list, args := in([]any{kind}, hashes)
		err := one(ctx, c.db.reader(), func(scan scan) error {
			var id string
			var hash, sealed []byte
			var row ImportedRow
			if err := scan(&id, &hash, &row.Subject, &sealed); err != nil {
				return err
			}
			plain, err := c.opened(sealImported, id, sealed)
			if err == nil {
				err = json.Unmarshal(plain, &importedSaid{Columns: &row.Columns})
			}
			row.Reference = of[string(hash)]
			known[row.Reference] = row
			return err
		}, "SELECT id, hash, subject, said FROM imported WHERE kind = $1 AND hash IN ("+list+")", args...)
		if err != nil {
			return nil, fmt.Errorf("read what was imported of %s: %w", kind, err)
		}
	}
	return known, nil
}

// ClientsOf reads clients by id. Who is not on the caseload is left out.
func (c *Caseload) ClientsOf(ctx context.Context, ids []conversations.ClientID) (map[conversations.ClientID]Client, error) {
	found := map[conversations.ClientID]Client{}
	for part := range slices.Chunk(ids, mostAsked) {
		list, args := in(nil, cleaned(part))
		err := one(ctx, c.db.reader(), func(scan scan) error {
			client, err := scanClient(scan)
			found[client.ID] = client
			return err
		}, "SELECT "+clientColumns+" FROM clients WHERE id IN ("+list+")", args...)
		if err != nil {
			return nil, fmt.Errorf("read clients: %w", err)
		}
	}
	return found, nil
}

// TakenMobiles says which of the numbers, in E.164 form, belong to an open client.
func (c *Caseload) TakenMobiles(ctx context.Context, mobiles []string) (map[string]bool, error) {
	taken := map[string]bool{}
	for part := range slices.Chunk(mobiles, mostAsked) {
		of := map[string]string{}
		var hashes [][]byte
		for _, mobile := range part {
			for _, h := range c.seal.Hashes(hashAddress, addressKey(conversations.Address{Channel: conversations.SMS, Value: mobile})) {
				of[string(h)] = mobile
				hashes = append(hashes, h)
			}
		}
		list, args := in([]any{conversations.SMS}, hashes)
		err := one(ctx, c.db.reader(), func(scan scan) error {
			var hash []byte
			err := scan(&hash)
			taken[of[string(hash)]] = true
			return err
		}, "SELECT hash FROM client_addresses WHERE channel = $1 AND active AND hash IN ("+list+")", args...)
		if err != nil {
			return nil, fmt.Errorf("look up numbers: %w", err)
		}
	}
	return taken, nil
}

var (
	insertClients = newBulk(12, nil, `INSERT INTO clients (id, specialist, full_name, name, named, language, zone, wakes, detail,
		created_at, stage, stage_at) VALUES`, "")
	insertAddresses = newBulk(10, nil, `INSERT INTO client_addresses (client, channel, id, hash, address, active, agreement, agreed_in,
		blocked, preferred_at) VALUES`, "")
	insertAgreements = newBulk(6, nil, "INSERT INTO agreements (client, channel, agreement, how, message, at) VALUES", "")
	insertImported   = newBulk(6, nil, "INSERT INTO imported (id, kind, hash, subject, said, at) VALUES", "")
)

// Import writes an import in one transaction. Nothing that it commits is claimed
// by this process, which may not send: the outbox of a running one takes it. The
// error is [ErrTaken] if the number of a client is another open client's by now,
// [ErrNotFound] for an unknown specialist, [ErrConflict] if a conversation has
// moved on since it was loaded or a row was imported meanwhile; then nothing was
// written.
func (c *Caseload) Import(ctx context.Context, imp Import) error {
	works := make([]*work, 0, len(imp.Turns))
	for _, t := range imp.Turns {
		w, err := c.prepare(t)
		if err != nil {
			return fmt.Errorf("import for %s: %w", t.Loaded.peer, err)
		}
		for i := range w.outgoing {
			w.outgoing[i].bulk = true
		}
		works = append(works, w)
	}
	clients, err := c.prepareImported(imp.Clients)
	if err != nil {
		return err
	}
	rows, err := c.prepareImportedRows(imp)
	if err != nil {
		return err
	}
	err = c.db.write(ctx, func(tx transaction) error {
		if len(clients.statements) > 0 {
			if err := tx.run(ctx, &clients); err != nil {
				if c.db.kind(err) == faultUnique {
					return ErrTaken
				}
				return err
			}
		}
		for _, group := range rounds(works) {
			if err := c.importTurns(ctx, tx, group); err != nil {
				return err
			}
		}
		err := tx.run(ctx, &rows)
		if c.db.kind(err) == faultUnique {
			return ErrConflict
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("import %s: %w", imp.Kind, err)
	}
	return nil
}

// rounds puts turns into groups that can be written together: one turn of a client
// in each, the earlier ones of a client in earlier groups, in the order of peers.
func rounds(works []*work) (groups [][]*work) {
	seen := map[string]int{}
	var by [][]*work
	for _, w := range works {
		n := seen[w.peer]
		seen[w.peer]++
		if n == len(by) {
			by = append(by, nil)
		}
		by[n] = append(by[n], w)
	}
	for _, round := range by {
		slices.SortFunc(round, func(a, b *work) int { return cmp.Compare(a.peer, b.peer) })
		groups = slices.AppendSeq(groups, slices.Chunk(round, mostRows))
	}
	return groups
}

func (c *Caseload) importTurns(ctx context.Context, tx transaction, group []*work) error {
	ahead, told, err := c.writeTurns(ctx, tx, group)
	if errors.Is(err, errApart) {
		for _, w := range group {
			if w.failure != nil {
				return w.failure
			}
		}
	}
	if err != nil {
		return err
	}
	var rows [][]any
	var jobs []river.InsertManyParams
	for _, w := range group {
		_, more := c.claim(w, ahead)
		rows, jobs = append(rows, more...), append(jobs, w.jobs...)
	}
	var b batch
	b.bulk(nil, &insertOutgoing, rows)
	jobs = append(jobs, tell(&b, told, group)...)
	if len(b.statements) > 0 {
		if err := tx.run(ctx, &b); err != nil {
			return fmt.Errorf("insert messages: %w", err)
		}
	}
	if len(jobs) > 0 {
		return tx.insertJobs(ctx, jobs)
	}
	return nil
}

func (c *Caseload) prepareImported(list []ImportedClient) (b batch, err error) {
	now := c.now()
	var clients, addresses, agreements [][]any
	var more batch
	for i := range list {
		n := &list[i]
		addressID, to := newID(now), conversations.Address{Channel: conversations.SMS, Value: n.Mobile}
		sealed, err := c.sealed(sealAddress, addressID, []byte(to.Value))
		if err != nil {
			return b, fmt.Errorf("import client %s: %w", n.ID, err)
		}
		clients = append(clients, []any{
			n.ID, n.Specialist, n.FullName, n.Name, n.Named, n.Language, n.Zone, n.Wakes, n.Detail, millis(now), n.Stage, millis(n.StageAt),
		})
		agreement := conversations.AgreementNone
		if !n.AgreedAt.IsZero() {
			agreement = conversations.AgreementGiven
			agreements = append(agreements, []any{n.ID, to.Channel, agreement, clean(n.AgreedHow), "", millis(n.AgreedAt)})
		}
		addresses = append(addresses, []any{
			n.ID, to.Channel, addressID, c.seal.Hash(hashAddress, addressKey(to)), sealed, true, agreement, 0, false, millis(now),
		})
		if m := n.Stage.Milestone(); m != "" && !n.StageAt.IsZero() {
			more.exec(nil, insertMilestone, n.ID, m, millis(n.StageAt), "", millis(now))
			more.exec(nil, noteMatters, n.ID)
		}
	}
	b.bulk(nil, &insertClients, clients)
	b.bulk(nil, &insertAddresses, addresses)
	b.bulk(nil, &insertAgreements, agreements)
	b.statements = append(b.statements, more.statements...)
	return b, nil
}

func (c *Caseload) prepareImportedRows(imp Import) (b batch, err error) {
	now := c.now()
	var rows [][]any
	for _, row := range imp.Rows {
		id := newID(now)
		plain, err := json.Marshal(importedSaid{row.Reference, &row.Columns})
		if err != nil {
			return b, fmt.Errorf("write an imported row: %w", err)
		}
		sealed, err := c.sealed(sealImported, id, plain)
		if err != nil {
			return b, err
		}
		hashes := c.seal.Hashes(hashImported, importedKey(imp.Kind, row.Reference))
		list, args := in([]any{imp.Kind, clean(row.Subject)}, hashes)
		b.exec(nil, "DELETE FROM imported WHERE kind = $1 AND subject = $2 AND hash IN ("+list+")", args...)
		rows = append(rows, []any{id, imp.Kind, hashes[0], row.Subject, sealed, millis(now)})
	}
	b.bulk(nil, &insertImported, rows)
	return b, nil
}
