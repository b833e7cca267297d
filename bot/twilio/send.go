package twilio

import (
	"context"
	"errors"
	"net/http"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"alongside/bot/outbox"
	"alongside/conversations"
)

// The bounds of Twilio's ValidityPeriod, in seconds.
const (
	shortestValidity = 1
	longestValidity  = 36_000
)

// Send makes one attempt at the Messages API. Buttons are left out: on SMS the
// text already says which number means what. A message whose moment has passed
// is refused as "expired" without asking Twilio; otherwise Twilio is told to
// drop it when the moment comes (after ten hours at the latest, which is as far
// as Twilio goes). How each answer is read is in outcome.go.
func (c *Channel) Send(ctx context.Context, m outbox.Message) outbox.Result {
	if m.To.Channel != conversations.SMS || m.To.Value == "" {
		return outbox.Result{Outcome: outbox.Refused, Code: "no_address"}
	}
	valid, ok := validity(m.Until, c.cfg.Now())
	if !ok {
		return outbox.Result{Outcome: outbox.Refused, Code: "expired"}
	}
	params := (&openapi.CreateMessageParams{}).
		SetTo(m.To.Value).
		SetBody(m.Text).
		SetStatusCallback(c.callbackURL(m.ID)).
		SetValidityPeriod(valid)
	if serviceSID.MatchString(c.cfg.From) {
		params.SetMessagingServiceSid(c.cfg.From)
	} else {
		params.SetFrom(c.cfg.From)
	}
	sent, err := c.api(ctx).CreateMessage(params)
	r := resultOf(sent, err)
	if r.Outcome != outbox.Sent {
		c.log.InfoContext(ctx, "text not sent", "message_id", string(m.ID), "outcome", int(r.Outcome), "code", r.Code)
	}
	return r
}

// validity is the time until a message must not arrive any more, in whole
// seconds within Twilio's bounds; false when there is none left. The zero time
// means that it may arrive as late as Twilio will have it.
func validity(until, now time.Time) (seconds int, ok bool) {
	if until.IsZero() {
		return longestValidity, true
	}
	left := until.Sub(now) / time.Second
	if left < shortestValidity {
		return 0, false
	}
	return int(min(left, longestValidity)), true
}

// resultOf reads what became of an attempt.
func resultOf(sent *openapi.ApiV2010Message, err error) outbox.Result {
	var (
		no      *refusal
		nothing *lost
	)
	switch {
	case err == nil && sent != nil && sent.Sid != nil && messageSID.MatchString(*sent.Sid):
		return outbox.Result{Outcome: outbox.Sent, ProviderID: *sent.Sid}
	case errors.As(err, &no):
		return judge(no)
	case errors.As(err, &nothing) && nothing.unsent:
		return outbox.Result{Outcome: outbox.Retry, Code: nothing.reason}
	case errors.As(err, &nothing):
		return outbox.Result{Outcome: outbox.Unknown, Code: nothing.reason}
	}
	// A success that names no message: Twilio has most likely taken it.
	return outbox.Result{Outcome: outbox.Unknown, Code: "unreadable_answer"}
}

// judge says how a send ended that was answered with anything but a success.
func judge(no *refusal) outbox.Result {
	r := outbox.Result{Code: no.name()}
	switch {
	case no.code == stoppedByPerson:
		r.Outcome, r.Blocked = outbox.Refused, true
	case busy[no.code], no.status == http.StatusTooManyRequests:
		r.Outcome, r.After = outbox.Retry, no.after
	case no.status >= 500:
		r.Outcome, r.After = serverFault(no), no.after
		if r.Outcome != outbox.Retry {
			r.After = 0
		}
	case no.status == http.StatusRequestTimeout && no.code == 0:
		// Not Twilio's: a proxy that tired of one of the two sides, and does not say of which.
		r.Outcome = outbox.Unknown
	case no.code == 0, ourFault[no.code], ourStatus[no.status] && !theirFault[no.code]:
		r.Outcome, r.After = outbox.Retry, no.after
	default:
		r.Outcome = outbox.Refused
	}
	return r
}

// serverFault tells the 5xx that surely accepted nothing from those that do not
// say. POST Messages is not idempotent, and Twilio may fail after it has queued
// a message (500), or something on the way may have given up on a Twilio that
// went on (502, 504). 503 means "not taken" where Twilio says so itself (its
// JSON error), or whoever answers says when to come back. A bare 503 is a
// proxy's, which may have lost the answer rather than the request.
func serverFault(no *refusal) outbox.Outcome {
	if no.status == http.StatusServiceUnavailable && (no.code != 0 || no.after > 0) {
		return outbox.Retry
	}
	return outbox.Unknown
}
