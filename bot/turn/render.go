package turn

import (
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// validity is how long a message may take to arrive when nothing else limits
// it: an answer that comes a day later answers nothing.
const validity = 24 * time.Hour

// render puts one message into words: the client's language, the channel's
// form. A missing word or variable is an error, and nothing is sent.
func (r *Runner) render(say conversations.Say, loaded store.Loaded, now time.Time) (store.Message, error) {
	channel := say.Channel
	if channel == "" {
		channel = loaded.Event.From.Channel
	}
	words, err := r.Words.Render(templates.Request{
		Key: say.Key, Vars: say.Vars, Language: say.Language, Channel: channel,
		Options: say.Options, Question: say.Question, Crisis: r.Rules.Pathway.Crisis,
	})
	if err != nil {
		return store.Message{}, fmt.Errorf("render %s: %w", say.Key, err)
	}
	m := store.Message{
		ID: conversations.MessageID(r.NewID()), Channel: channel, Key: say.Key, Urgency: say.Urgency,
		Text: strings.TrimSpace(words.Text), Parts: words.Parts, Language: words.Language,
		Question: say.Question, Appointment: say.Appointment, Stands: say.Stands, Offer: say.Offer, Matter: say.Matter, Nudge: say.Nudge, Bulk: say.Bulk,
		NotBefore: say.NotBefore, Until: say.Until, Closes: say.Closes, Held: say.Held,
	}
	for _, b := range words.Buttons {
		m.Buttons = append(m.Buttons, store.Button{Label: b.Label, Data: b.Data})
	}
	if m.Until.IsZero() {
		m.Until = now.Add(validity)
		if m.NotBefore.After(now) {
			m.Until = m.NotBefore.Add(validity)
		}
	}
	return m, nil
}
