package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
)

// correct puts right what was understood of a text; an empty id is the last
// one. The value is a time in people's words, a number or a language.
func (d *desk) correct(ctx context.Context, p *person, id conversations.MessageID, intent, value string) (string, error) {
	m := conversations.Meaning{Intent: understand.Intent(intent)}
	if m.Intent == understand.Choose || !slices.Contains(understand.Intents, m.Intent) {
		return "", hint("A text means one of: " + strings.Join(correctable(), ", ") + ".")
	}
	if id == "" {
		page, err := d.store.Conversation(ctx, p.client, "", 50)
		if err != nil {
			return "", err
		}
		for _, x := range page.Messages {
			if x.In && x.Kind == conversations.EventText {
				id = x.ID
			}
		}
		if id == "" {
			return "", hint("The client has texted nothing yet.")
		}
	}
	read, err := d.store.ReadingOf(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (read.Client != p.client || read.Kind != conversations.EventText) {
		return "", hint("That is no text of this client.")
	}
	if err != nil {
		return "", err
	}
	if err := d.fill(ctx, p, &m, value); err != nil {
		return "", err
	}
	return d.event(ctx, "Put right: "+meaningWords(m)+".",
		conversations.Event{Kind: conversations.EventCorrected, Client: p.client, Message: id, Meaning: m})
}

// fill reads the value of a meaning.
func (d *desk) fill(ctx context.Context, p *person, m *conversations.Meaning, value string) error {
	switch m.Intent {
	case understand.Change, understand.CallMe:
		if value == "" {
			return nil
		}
		a, err := d.next(ctx, p)
		if _, ok := hinted(err); err != nil && !ok {
			return err
		}
		w := d.when(value, a.At)
		if w.Ambiguous || w.Date == "" {
			return hint("Say the time that is meant: fri 3pm.")
		}
		m.Date, m.Clock = w.Date, w.Clock
	case understand.Rating:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 5 {
			return hint("A rating needs its number, 1 to 5.")
		}
		m.Number = n
	case understand.Language:
		if value == "" {
			return hint("Say which language: cy or en.")
		}
		m.Language = value
	default:
		if value != "" {
			return hint("Only change, call_me, rating and language take a value.")
		}
	}
	return nil
}

// correctable lists what a person may say that a text means.
func correctable() []string {
	var names []string
	for _, i := range understand.Intents {
		if i != understand.Choose {
			names = append(names, string(i))
		}
	}
	return names
}
