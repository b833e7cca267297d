package caseload

import (
	"context"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
)

// EmployerContact is what a client said about being spoken of with one employer.
type EmployerContact struct {
	// Employer is the name as it was written last; Unreadable says that it, or
	// Words, is there and no key opens it.
	Employer   string
	Unreadable bool
	Permitted  conversations.EmployerContact
	// Words are what may be said; may be empty.
	Words string
	// On is the day (YYYY-MM-DD) on which the client said so.
	On         string
	RecordedBy conversations.SpecialistID
	RecordedAt time.Time
}

// employerKey is what the hash of an employer's name is over: the same name
// written with other letters or spaces is the same employer.
func employerKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// SameEmployer says whether two names are of one employer.
func SameEmployer(a, b string) bool { return employerKey(a) == employerKey(b) }

// SetEmployerContact records what a client said about an employer. What was
// recorded before stays in the table. The error is [ErrNotFound] for an unknown
// client.
func (c *Caseload) SetEmployerContact(ctx context.Context, client conversations.ClientID, e EmployerContact) error {
	now := c.now()
	id := newID(now)
	employer, err := c.sealed(sealEmployer, id, []byte(e.Employer))
	var words []byte
	if err == nil {
		words, err = c.sealed(sealMaySay, id, []byte(e.Words))
	}
	if err != nil {
		return fmt.Errorf("record an employer of client %s: %w", client, err)
	}
	return c.recordOf(ctx, client, "contact with an employer", `INSERT INTO employer_contacts
		(client, id, employer_hash, employer, permitted, words, said_on, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, c.seal.Hash(hashEmployer, employerKey(e.Employer)), employer, e.Permitted, words, e.On, clean(string(e.RecordedBy)), millis(now))
}

// EmployerContacts lists what a client said about employers: the latest of each,
// in the order in which they were named first.
func (c *Caseload) EmployerContacts(ctx context.Context, client conversations.ClientID) (list []EmployerContact, err error) {
	at := map[string]int{}
	err = c.contacts(ctx, func(_ conversations.ClientID, id string, e EmployerContact) {
		key := employerKey(e.Employer)
		if e.Unreadable {
			key = "\x00" + id // It may be any of them.
		}
		if i, known := at[key]; known {
			list[i] = e
			return
		}
		at[key] = len(list)
		list = append(list, e)
	}, "client = $1", clean(string(client)))
	if err != nil {
		return nil, fmt.Errorf("list the employers of client %s: %w", client, err)
	}
	return list, nil
}

// ContactsWith reads what every client said about one employer; none for no name.
func (c *Caseload) ContactsWith(ctx context.Context, employer string) (map[conversations.ClientID]EmployerContact, error) {
	list := map[conversations.ClientID]EmployerContact{}
	key := employerKey(employer)
	if key == "" {
		return list, nil
	}
	which, args := in(nil, c.seal.Hashes(hashEmployer, key))
	err := c.contacts(ctx, func(client conversations.ClientID, _ string, e EmployerContact) { list[client] = e },
		"employer_hash IN ("+which+")", args...)
	if err != nil {
		return nil, fmt.Errorf("list who said something about an employer: %w", err)
	}
	return list, nil
}

// contacts reads rows in the order in which they were recorded.
func (c *Caseload) contacts(ctx context.Context, each func(conversations.ClientID, string, EmployerContact), which string, args ...any) error {
	return one(ctx, c.db.reader(), func(scan scan) error {
		var client conversations.ClientID
		var id string
		var e EmployerContact
		var employer, words []byte
		var at int64
		if err := scan(&client, &id, &employer, &e.Permitted, &words, &e.On, &e.RecordedBy, &at); err != nil {
			return err
		}
		e.RecordedAt = instant(at)
		plain, unread := c.opened(sealEmployer, id, employer)
		e.Employer = string(plain)
		said, unsaid := c.opened(sealMaySay, id, words)
		e.Words, e.Unreadable = string(said), unread != nil || unsaid != nil
		each(client, id, e)
		return nil //nolint:nilerr // What no key opens is marked as that, and the list goes on.
	}, "SELECT client, id, employer, permitted, words, said_on, recorded_by, recorded_at FROM employer_contacts WHERE "+which+" ORDER BY id", args...)
}
