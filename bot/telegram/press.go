package telegram

import (
	"context"

	"github.com/go-telegram/bot"
)

// maxPresses bounds the presses that are being answered at one time.
const maxPresses = 16

// answerPress stops the button's spinner and takes the buttons off the message,
// beside the caller: the press itself is stored, so that neither may hold up
// the next one. It is not repeated. What goes wrong costs little: the spinner
// stops by itself, and a second press is one more event, of which the
// conversation knows that the question was answered. With too many at once the
// press is left alone.
func (c *Channel) answerPress(p *press) {
	select {
	case c.presses <- struct{}{}:
	default:
		c.cfg.Count("press", dropped)
		c.log.Info("too many presses at once; one keeps its buttons")
		return
	}
	c.working.Go(func() {
		defer func() { <-c.presses }()
		// Not the caller's context, which ends with its answer; each call has its own time limit.
		ctx, a := watched(context.Background())
		if _, err := c.bot.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: p.ID}); err != nil {
			c.log.Info("press not acknowledged", "code", a.name())
		}
		if p.Message == nil || p.Message.ID == 0 {
			return
		}
		ctx, a = watched(context.Background())
		_, err := c.bot.EditMessageReplyMarkup(ctx, &bot.EditMessageReplyMarkupParams{
			ChatID: p.Message.Chat.ID, MessageID: p.Message.ID,
			ReplyMarkup: keyboard(nil),
		})
		// 400: they are gone already (a second press), or the message is too old.
		if err != nil && a.code != 400 {
			c.log.Info("buttons not taken away", "code", a.name())
		}
		c.cfg.Count("press", accepted)
	})
}
