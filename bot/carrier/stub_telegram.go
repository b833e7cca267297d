package carrier

import (
	"context"
	"errors"
	"net/http"
)

type telegramSide struct{}

func (t *telegramSide) init(Config)    {}
func (t *telegramSide) clearMessages() {}

// ChatMessage is a Telegram message.
type ChatMessage struct{ Chat int64 }

// TelegramSentTo answers what the bot sent.
func (c *Carrier) TelegramSentTo(int64) []ChatMessage { return nil }

func (c *Carrier) chatMessages(func(*ChatMessage) bool) []ChatMessage { return nil }

// PendingUpdates counts updates.
func (c *Carrier) PendingUpdates() int { return 0 }

// WebhookURL is the address.
func (c *Carrier) WebhookURL() string { return "" }

// CallbackAnswers lists answers.
func (c *Carrier) CallbackAnswers() []string                            { return nil }
func (c *Carrier) serveTelegram(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

type personAction struct{}

func (c *Carrier) act(personAction) (any, error) { return nil, errors.New("not yet") }

// Phone is a person.
type Phone struct{}

// CaseloadReader reads.
type CaseloadReader func(context.Context) error
