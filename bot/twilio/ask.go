package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"alongside/bot/outbox"
	"alongside/conversations"
)

// Why Ask could not tell, beside the API's own failures.
var (
	// ErrTooEarly: nothing was found, but the attempt may still be on its way.
	ErrTooEarly = errors.New("it is too early to tell")
	// ErrSeveral: more than one message with the same words went to this person
	// at about that time, and nothing tells which of them it is.
	ErrSeveral = errors.New("several messages have the same words")
)

const (
	// Twilio's clock and ours differ by seconds, and an attempt takes 15 s at
	// most: what it made was made within this time of its beginning.
	tightBefore, tightAfter = 5 * time.Second, 20 * time.Second
	// A clock that is further off, or a request that waited somewhere, is
	// believed only where there is no other candidate.
	wideBefore, wideAfter = 2 * time.Minute, 5 * time.Minute
	// settled is how long after an attempt Twilio's list is believed when it
	// does not have the message.
	settled = 30 * time.Second

	pageSize = 100
	// maxPages bounds a question: a thousand messages to one person since the attempt.
	maxPages = 10
)

// Ask looks for a message in Twilio's list. It is found when exactly one
// message to that person with exactly these words was made within a tight time
// of around (when the attempt began; 5 s before to 20 s after), or, with none
// in that time, exactly one within a wide one (2 min before to 5 min after).
// Where there are several the error is ErrSeveral, and where there is none
// within 30 s of the attempt it is ErrTooEarly: neither may be read as "not
// found", for that allows the message to be sent again.
//
// Twilio's list does not tell which row of ours a message belongs to. A caller
// that has sent the same words to the same person at about the same time must
// check that the ProviderID found is not already another message's.
//
// The list is read newest first and without a date filter: Twilio filters by
// the time of sending, which a message that is still queued does not have.
func (c *Channel) Ask(ctx context.Context, m outbox.Message, around time.Time) (outbox.Result, bool, error) {
	if m.To.Channel != conversations.SMS || m.To.Value == "" {
		return outbox.Result{}, false, nil
	}
	var tight, wide []openapi.ApiV2010Message
	err := c.list(ctx, m.To.Value, around.Add(-wideBefore), func(one openapi.ApiV2010Message, made time.Time) {
		switch {
		case !c.isOurs(one, m) || made.After(around.Add(wideAfter)):
		case made.Before(around.Add(-tightBefore)) || made.After(around.Add(tightAfter)):
			wide = append(wide, one)
		default:
			tight = append(tight, one)
		}
	})
	if err != nil {
		return outbox.Result{}, false, fmt.Errorf("ask twilio for message %s: %w", m.ID, err)
	}
	found := tight
	if len(found) == 0 {
		found = wide
	}
	switch {
	case len(found) == 1:
		return asked(found[0]), true, nil
	case len(found) > 1:
		return outbox.Result{}, false, fmt.Errorf("ask twilio for message %s: %w", m.ID, ErrSeveral)
	case c.cfg.Now().Sub(around) < settled:
		return outbox.Result{}, false, fmt.Errorf("ask twilio for message %s: %w", m.ID, ErrTooEarly)
	}
	return outbox.Result{}, false, nil
}

// isOurs compares what the list tells with what was to be sent. A message of a
// messaging service has no From until it leaves the queue.
func (c *Channel) isOurs(one openapi.ApiV2010Message, m outbox.Message) bool {
	sender := deref(one.From)
	if serviceSID.MatchString(c.cfg.From) {
		sender = deref(one.MessagingServiceSid)
	}
	return messageSID.MatchString(deref(one.Sid)) && strings.HasPrefix(deref(one.Direction), "outbound") &&
		sender == c.cfg.From && deref(one.To) == m.To.Value && deref(one.Body) == m.Text
}

// asked says how a message fares that Twilio has. Accepted is Sent, however it
// went on: the status callback tells that.
func asked(one openapi.ApiV2010Message) outbox.Result {
	r := outbox.Result{Outcome: outbox.Sent, ProviderID: deref(one.Sid)}
	if one.ErrorCode != nil && *one.ErrorCode > 0 {
		r.Code = fmt.Sprint(*one.ErrorCode)
	}
	switch deref(one.Status) {
	case "failed", "canceled":
		r.Outcome = outbox.Refused
		r.Blocked = one.ErrorCode != nil && *one.ErrorCode == stoppedByPerson
	}
	return r
}

// list reads Twilio's messages to one person, newest first, until one is older than since.
func (c *Channel) list(ctx context.Context, to string, since time.Time, each func(openapi.ApiV2010Message, time.Time)) error {
	params := (&openapi.ListMessageParams{}).SetTo(to).SetPageSize(pageSize)
	if !serviceSID.MatchString(c.cfg.From) {
		params.SetFrom(c.cfg.From)
	}
	token, number := "", ""
	for range maxPages {
		page, err := c.api(ctx).PageMessage(params, token, number)
		if err != nil {
			return plain(err)
		}
		for _, one := range page.Messages {
			made, err := time.Parse(time.RFC1123Z, deref(one.DateCreated))
			if err != nil {
				return errors.New("the list has a message without a date")
			}
			if made.Before(since) {
				return nil
			}
			each(one, made)
		}
		if page.NextPageUri == nil || *page.NextPageUri == "" {
			return nil
		}
		next, err := url.Parse(*page.NextPageUri)
		if err != nil || next.Query().Get("PageToken") == "" {
			return errors.New("the list's next page has no address")
		}
		token, number = next.Query().Get("PageToken"), next.Query().Get("Page")
	}
	return errors.New("the list is too long")
}

// plain keeps of an error only what may be read by anybody: a decoder's error can repeat what it read.
func plain(err error) error {
	var no *refusal
	var nothing *lost
	if errors.As(err, &no) {
		return no
	}
	if errors.As(err, &nothing) {
		return nothing
	}
	return errors.New("the answer cannot be read")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
