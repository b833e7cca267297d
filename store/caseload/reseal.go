package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"alongside/conversations"
)

// A sealedTable is a table with sealed columns; key is the column that names its
// rows, which is the context of what is sealed in them.
type sealedTable struct {
	name, key string
	// beside is a column that the hash of a value needs; "" for none.
	beside  string
	columns []sealedColumn
}

// A sealedColumn holds values sealed for one purpose.
type sealedColumn struct {
	name, purpose string
	// context makes it of the row's key; nil: the key itself.
	context func(key string) string
	// hash is the column by which the value is found, of the purpose "of"; what is
	// hashed is made of the value and of what stands beside it.
	hash, of string
	hashed   func(plain, beside string) string
}

// sealedTables lists every sealed column of the caseload. A test holds it against
// the tables, so that none is forgotten when a key is replaced.
var sealedTables = []sealedTable{
	{name: "specialists", key: "id", columns: []sealedColumn{
		{name: "phone", purpose: sealContact, context: phoneOf}, {name: "email", purpose: sealContact, context: emailOf},
	}},
	{name: "client_addresses", key: "id", beside: "channel", columns: []sealedColumn{
		{name: "address", purpose: sealAddress, hash: "hash", of: hashAddress, hashed: func(plain, channel string) string {
			return addressKey(conversations.Address{Channel: conversations.Channel(channel), Value: plain})
		}},
	}},
	{name: "appointments", key: "id", columns: []sealedColumn{{name: "place", purpose: sealPlace}, {name: "with_whom", purpose: sealWith}}},
	{name: "conversations", key: "peer", columns: []sealedColumn{{name: "snapshot", purpose: sealSnapshot}, {name: "address", purpose: sealAddress}}},
	{name: "messages", key: "id", columns: []sealedColumn{
		{name: "body", purpose: sealBody},
		{name: "media", purpose: sealMedia},
		{name: "understood", purpose: sealUnderstood},
		{name: "event", purpose: sealEvent},
		{name: "buttons", purpose: sealButtons},
		{name: "undo", purpose: sealUndo},
	}},
	{name: "flags", key: "id", columns: []sealedColumn{{name: "condition", purpose: sealCondition}}},
	{name: "corrections", key: "id", columns: []sealedColumn{{name: "meaning", purpose: sealMeaning}}},
	{name: "alerts", key: "id", columns: []sealedColumn{{name: "outcome", purpose: sealOutcome}}},
	{name: "leads", key: "id", columns: []sealedColumn{{name: "more", purpose: sealMore}, {name: "work", purpose: sealWork}}},
	{name: "client_wishes", key: "client", columns: []sealedColumn{{name: "wishes", purpose: sealWishes}}},
	{name: "employer_contacts", key: "id", columns: []sealedColumn{
		{name: "employer", purpose: sealEmployer, hash: "employer_hash", of: hashEmployer, hashed: func(plain, _ string) string { return employerKey(plain) }},
		{name: "words", purpose: sealMaySay},
	}},
	{name: "tasks", key: "id", columns: []sealedColumn{{name: "what", purpose: sealTask}}},
	{name: "check_ins", key: "id", columns: []sealedColumn{{name: "words", purpose: sealCheckIn}}},
	{name: "nudges", key: "id", columns: []sealedColumn{{name: "words", purpose: sealNudge}}},
	{name: "fallback_contacts", key: "id", columns: []sealedColumn{{name: "details", purpose: sealFallback}}},
	{name: "accounts", key: "id", columns: []sealedColumn{
		{name: "login", purpose: sealLogin, hash: "login_hash", of: hashLogin, hashed: func(plain, _ string) string { return loginKey(plain) }},
		{name: "password", purpose: sealPassword},
		{name: "totp", purpose: sealTwoStep},
		{name: "totp_next", purpose: sealTwoStep},
	}},
	{name: "notes", key: "id", columns: []sealedColumn{{name: "words", purpose: sealNote}}},
	{name: "jobs", key: "id", columns: []sealedColumn{{name: "title", purpose: sealJob}}},
	{name: "hooks", key: "id", columns: []sealedColumn{{name: "url", purpose: sealHookURL}, {name: "secret", purpose: sealHookSecret}}},
	{name: "imported", key: "id", beside: "kind", columns: []sealedColumn{
		{name: "said", purpose: sealImported, hash: "hash", of: hashImported, hashed: importedAgain},
	}},
	{name: "sessions", key: "id", columns: []sealedColumn{{name: "shows", purpose: sealShows}}},
}

// importedAgain is what is hashed of a row that was imported. Where nothing can be
// read of it, it is hashed as a row without a reference, which no file has.
func importedAgain(plain, kind string) string {
	var said importedSaid
	_ = json.Unmarshal([]byte(plain), &said)
	return importedKey(ImportKind(kind), said.Reference)
}

// endsWithItsKey lists the keyed hashes whose value nobody has any more, with what
// is kept for a day beside them: they are worth nothing once their key is gone.
var endsWithItsKey = []string{
	"calendars.hash", "answered.hash", "answered.request", "answered.answer",
	"link_codes.hash", "tokens.hash", "recovery_codes.hash", "sessions.hash", "known_browsers.hash", "sign_in_tries.hash", "accounts.code_hash",
}

// Resealed says what [Caseload.Reseal] found and did, in numbers of values.
type Resealed struct {
	// Table is the one that was just looked at; empty in the sum.
	Table string
	// Rows were looked at. Done were sealed again under the first key; Unreadable
	// open with no key that is given.
	Rows, Done, Unreadable int64
}

// Outlived is what ends with the key under which it was made: its holders need
// new ones before the key is taken out.
type Outlived struct{ Tokens, Calendars, RecoveryCodes, OneTimeCodes, LinkCodes int64 }

// resealPage is how many rows are read, and written in one transaction.
const resealPage = 200

// Reseal seals every value of the caseload that was sealed under an older key
// again under the first one, and hashes it anew. Others may work on the caseload
// meanwhile, with the same keys; it may end at any moment and be run again. Told
// hears of every table as it ends, and of a long one on the way; nil if nobody
// listens.
func (c *Caseload) Reseal(ctx context.Context, told func(Resealed)) (sum Resealed, err error) {
	for _, t := range sealedTables {
		all := Resealed{Table: t.name}
		for after, more := "", true; more; {
			if after, more, err = c.resealSome(ctx, t, after, &all); err != nil {
				return sum, fmt.Errorf("seal %s again: %w", t.name, err)
			}
			if told != nil && (!more || all.Rows%(50*resealPage) == 0) {
				told(all)
			}
		}
		sum.Rows, sum.Done, sum.Unreadable = sum.Rows+all.Rows, sum.Done+all.Done, sum.Unreadable+all.Unreadable
	}
	return sum, nil
}

// resealSome looks at a page of a table's rows.
func (c *Caseload) resealSome(ctx context.Context, t sealedTable, after string, all *Resealed) (last string, more bool, err error) {
	names, beside := make([]string, len(t.columns)), "''"
	for i, column := range t.columns {
		names[i] = column.name
	}
	if t.beside != "" {
		beside = t.beside
	}
	var changes batch
	rows := 0
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var stands string
		values := make([][]byte, len(t.columns))
		into := []any{&last, &stands}
		for i := range values {
			into = append(into, &values[i])
		}
		if err := scan(into...); err != nil {
			return err
		}
		rows++
		for i, column := range t.columns {
			if len(values[i]) == 0 || c.seal.Current(values[i]) {
				continue
			}
			if err := c.resealed(&changes, t, column, last, stands, values[i]); err != nil {
				all.Unreadable++
				continue
			}
			all.Done++
		}
		return nil
	}, "SELECT "+t.key+", "+beside+", "+strings.Join(names, ", ")+" FROM "+t.name+" WHERE "+t.key+" > $1 ORDER BY "+t.key+" LIMIT $2", after, resealPage)
	all.Rows += int64(rows)
	if err == nil && len(changes.statements) > 0 {
		err = c.db.write(ctx, func(tx transaction) error { return tx.run(ctx, &changes) })
	}
	return last, rows == resealPage, err
}

// resealed queues the change of one value. Whoever changed it meanwhile sealed it
// under the first key: that stays.
func (c *Caseload) resealed(changes *batch, t sealedTable, column sealedColumn, key, beside string, value []byte) error {
	row := key
	if column.context != nil {
		row = column.context(key)
	}
	plain, err := c.opened(column.purpose, row, value)
	if err != nil {
		return err
	}
	sealed, err := c.sealed(column.purpose, row, plain)
	if err != nil {
		return err
	}
	where := " WHERE " + t.key + " = $1 AND " + column.name + " = $2"
	if column.hash == "" {
		changes.exec(nil, "UPDATE "+t.name+" SET "+column.name+" = $3"+where, key, value, sealed)
		return nil
	}
	changes.exec(nil, "UPDATE "+t.name+" SET "+column.name+" = $3, "+column.hash+" = $4"+where,
		key, value, sealed, c.seal.Hash(column.of, column.hashed(string(plain), beside)))
	return nil
}

// Outlived counts what cannot be made anew under another key.
func (c *Caseload) Outlived(ctx context.Context) (o Outlived, err error) {
	now := millis(c.now())
	for _, count := range []struct {
		into *int64
		sql  string
		args []any
	}{
		{&o.Tokens, "SELECT COUNT(*) FROM tokens WHERE revoked_at = 0", nil},
		{&o.Calendars, "SELECT COUNT(*) FROM calendars WHERE ended_at = 0", nil},
		{&o.RecoveryCodes, "SELECT COUNT(*) FROM recovery_codes WHERE used_at = 0", nil},
		{&o.OneTimeCodes, "SELECT COUNT(*) FROM accounts WHERE code_hash IS NOT NULL AND code_ends > $1 AND ended_at = 0", []any{now}},
		{&o.LinkCodes, "SELECT COUNT(*) FROM link_codes WHERE used_at = 0 AND expires_at > $1", []any{now}},
	} {
		if err := single(ctx, c.db.reader(), []any{count.into}, count.sql, count.args...); err != nil && !errors.Is(err, errNoRow) {
			return o, fmt.Errorf("count what ends with a key: %w", err)
		}
	}
	return o, nil
}
