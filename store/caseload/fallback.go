package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
)

// FallbackContact is somebody whom a client named for when nothing is heard of
// them. Name, Relation, Phone and Words are personal data of two people.
type FallbackContact struct {
	ID     string
	Client conversations.ClientID
	Name   string
	// Relation is who they are to the client ("my sister").
	Relation string
	// Phone is in E.164 form; it is no address of the client's, and nothing is
	// ever sent to it.
	Phone string
	// Tell is what they may be told, Words what the client said about that.
	Tell  []conversations.Tell
	Words string
	// On is the day (YYYY-MM-DD) on which the client agreed to it as it stands.
	On         string
	RecordedBy conversations.SpecialistID
	RecordedAt time.Time
	// Unreadable says that it is there and no key opens it.
	Unreadable bool
}

// fallbackDetails is what is sealed of one.
type fallbackDetails struct {
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Phone    string `json:"phone"`
	Words    string `json:"words,omitempty"`
}

// SetFallbackContact writes a fallback contact: a new one where it has no id, and
// else in place of what stood there, which is kept. It returns the id.
// [ErrNotFound] for an unknown client, and for one who has no such contact.
func (c *Caseload) SetFallbackContact(ctx context.Context, f FallbackContact) (string, error) {
	now := c.now()
	row := newID(now)
	contact, client := clean(f.ID), clean(string(f.Client))
	if contact == "" {
		contact = row
	}
	plain, err := json.Marshal(fallbackDetails{Name: f.Name, Relation: f.Relation, Phone: f.Phone, Words: f.Words})
	if err != nil {
		return "", fmt.Errorf("write a fallback contact of client %s: %w", f.Client, err)
	}
	details, err := c.sealed(sealFallback, row, plain)
	if err != nil {
		return "", fmt.Errorf("write a fallback contact of client %s: %w", f.Client, err)
	}
	tell := make([]string, len(f.Tell))
	for i, t := range f.Tell {
		tell[i] = string(t)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		var known string
		if err := single(ctx, tx, []any{&known}, "SELECT id FROM clients WHERE id = $1", client); err != nil {
			return missing(err)
		}
		if f.ID != "" {
			ended, err := change(ctx, tx, "UPDATE fallback_contacts SET ended_at = $3, ended_by = $4 WHERE contact = $1 AND client = $2 AND ended_at = 0",
				contact, client, millis(now), clean(string(f.RecordedBy)))
			if err == nil && ended == 0 {
				err = ErrNotFound
			}
			if err != nil {
				return err
			}
		}
		_, err := change(ctx, tx, `INSERT INTO fallback_contacts (id, contact, client, details, tell, agreed_on, recorded_by, recorded_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			row, contact, client, details, strings.Join(tell, " "), f.On, clean(string(f.RecordedBy)), millis(now))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("write a fallback contact of client %s: %w", f.Client, err)
	}
	return contact, nil
}

// RemoveFallbackContact ends one. That there was one, what they might be told and
// who wrote it down stays; who they are does not. [ErrNotFound] if the client has
// none with the id.
func (c *Caseload) RemoveFallbackContact(ctx context.Context, client conversations.ClientID, id string, by conversations.SpecialistID) error {
	err := c.db.write(ctx, func(tx transaction) error {
		ended, err := change(ctx, tx, "UPDATE fallback_contacts SET ended_at = $3, ended_by = $4 WHERE contact = $1 AND client = $2 AND ended_at = 0",
			clean(id), clean(string(client)), millis(c.now()), clean(string(by)))
		if err == nil && ended == 0 {
			err = ErrNotFound
		}
		if err == nil {
			_, err = change(ctx, tx, "UPDATE fallback_contacts SET details = NULL WHERE contact = $1", clean(id))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("remove a fallback contact of client %s: %w", client, err)
	}
	return nil
}

// FallbackContacts lists those of several clients, in the order in which they were
// named first.
func (c *Caseload) FallbackContacts(ctx context.Context, clients ...conversations.ClientID) (map[conversations.ClientID][]FallbackContact, error) {
	list := map[conversations.ClientID][]FallbackContact{}
	if len(clients) == 0 {
		return list, nil
	}
	which, args := in(nil, cleaned(clients))
	err := one(ctx, c.db.reader(), func(scan scan) error {
		var f FallbackContact
		var row, tell string
		var details []byte
		var at int64
		if err := scan(&row, &f.ID, &f.Client, &details, &tell, &f.On, &f.RecordedBy, &at); err != nil {
			return err
		}
		f.RecordedAt = instant(at)
		for _, t := range strings.Fields(tell) {
			f.Tell = append(f.Tell, conversations.Tell(t))
		}
		plain, err := c.opened(sealFallback, row, details)
		var d fallbackDetails
		if err == nil && json.Unmarshal(plain, &d) != nil {
			err = errors.New("it cannot be read") // The parser's error repeats what it read.
		}
		f.Name, f.Relation, f.Phone, f.Words, f.Unreadable = d.Name, d.Relation, d.Phone, d.Words, err != nil
		list[f.Client] = append(list[f.Client], f)
		return nil // What no key opens is marked as that, and the list goes on.
	}, `SELECT id, contact, client, details, tell, agreed_on, recorded_by, recorded_at FROM fallback_contacts
		WHERE ended_at = 0 AND client IN (`+which+`) ORDER BY client, contact`, args...)
	if err != nil {
		return nil, fmt.Errorf("list fallback contacts: %w", err)
	}
	return list, nil
}
