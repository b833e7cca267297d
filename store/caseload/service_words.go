package caseload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ServiceWords are words that the service wrote for its specialists to send.
type ServiceWords struct {
	ID string
	// Version counts the changes, from 1.
	Version int
	// Name is what specialists choose them by, Words what clients read, per
	// language.
	Name  string
	Words map[string]string
	// By is the account that wrote this version; empty in a trial.
	By AccountID
	At time.Time
	// Ended says that this version took them off the list.
	Ended bool
}

const serviceWordsColumns = "id, version, name, words, made_by, at, ended"

func serviceWords(scan scan) (w ServiceWords, err error) {
	var words string
	var at int64
	if err := scan(&w.ID, &w.Version, &w.Name, &words, &w.By, &at, &w.Ended); err != nil {
		return w, err
	}
	w.At = instant(at)
	if json.Unmarshal([]byte(words), &w.Words) != nil {
		return w, errors.New("the words of the service " + w.ID + " cannot be read")
	}
	return w, nil
}

// ServiceWordsList lists the words that stand on the list, in the order of their
// names.
func (c *Caseload) ServiceWordsList(ctx context.Context) (list []ServiceWords, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		w, err := serviceWords(scan)
		list = append(list, w)
		return err
	}, "SELECT "+serviceWordsColumns+" FROM service_words WHERE latest AND id > '' AND NOT ended ORDER BY name, id LIMIT 200")
	if err != nil {
		return nil, fmt.Errorf("list the words of the service: %w", err)
	}
	return list, nil
}

// ServiceWordsOf lists the versions of some words, the latest first; [ErrNotFound]
// if there are none.
func (c *Caseload) ServiceWordsOf(ctx context.Context, id string) (list []ServiceWords, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		w, err := serviceWords(scan)
		list = append(list, w)
		return err
	}, "SELECT "+serviceWordsColumns+" FROM service_words WHERE id = $1 ORDER BY version DESC LIMIT 200", clean(id))
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read the words %s of the service: %w", id, err)
	}
	return list, nil
}

// SetServiceWords writes a version: the first where w has no id, else the one
// behind w.Version, which must be the latest: [ErrConflict] if somebody else wrote
// another meanwhile. It returns the words as they are now.
func (c *Caseload) SetServiceWords(ctx context.Context, w ServiceWords) (ServiceWords, error) {
	w.At = c.now()
	before := w.Version
	if w.ID == "" {
		w.ID, before = newID(w.At), 0
	}
	w.ID, w.Version = clean(w.ID), before+1
	words, err := json.Marshal(w.Words)
	if err == nil {
		err = c.db.write(ctx, func(tx transaction) error {
			if before > 0 {
				changed, err := change(ctx, tx, "UPDATE service_words SET latest = FALSE WHERE id = $1 AND version = $2 AND latest", w.ID, before)
				if err == nil && changed == 0 {
					err = ErrConflict
				}
				if err != nil {
					return err
				}
			}
			_, err := change(ctx, tx, `INSERT INTO service_words (id, version, name, words, made_by, at, ended) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				w.ID, w.Version, w.Name, string(words), clean(string(w.By)), millis(w.At), w.Ended)
			return err
		})
	}
	if err != nil {
		return ServiceWords{}, fmt.Errorf("write the words %s of the service: %w", w.ID, err)
	}
	return w, nil
}
