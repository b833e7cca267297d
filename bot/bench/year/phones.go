package year

import (
	"context"
	"strconv"
	"sync/atomic"

	"alongside/bot/outbox"
	"alongside/conversations"
)

// Phones is the pretend carrier: it accepts every text, and hands it to the
// person whose number it is.
type Phones struct {
	ids     atomic.Int64
	arrived func(outbox.Message)
}

var _ outbox.Sender = (*Phones)(nil)

// Channel is SMS.
func (p *Phones) Channel() conversations.Channel { return conversations.SMS }

// Send accepts.
func (p *Phones) Send(_ context.Context, m outbox.Message) outbox.Result {
	if p.arrived != nil {
		p.arrived(m)
	}
	return outbox.Result{Outcome: outbox.Sent, ProviderID: "SM" + strconv.FormatInt(p.ids.Add(1), 10)}
}
