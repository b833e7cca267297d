package schedule

import (
	"context"
	"errors"
	"strings"
	"time"

	"alongside/bot/outbox"
	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river"
)

// Phones texts the team, through the same sender as the clients (twilio.Channel).
type Phones interface {
	outbox.Sender
	outbox.Asker
}

// Mail makes one attempt to send a letter (email.Mailer); id is the page's.
type Mail func(ctx context.Context, id, to, text string) outbox.Result

// PageText puts a page into words, with the way to its alert.
type PageText func(kind conversations.PageKind, alert conversations.AlertID) (string, error)

const (
	// pageFor bounds one attempt, as the outbox's is bounded.
	pageFor = 12 * time.Second
	// pageTries is how often a page is attempted that surely did not go. Before
	// it is given up the next step has long begun.
	pageTries = 8
	// left is after which time a page that nobody has attempted, as far as is
	// written down, was left behind by a process that ended. Twilio's list is
	// believed by then.
	left = 45 * time.Second
	// pageUseful is how long a text to the team is worth delivering: a phone that
	// comes back into range later finds the next one.
	pageUseful = time.Hour
)

var pageWaits = []time.Duration{
	3 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
}

// PageMessage begins the id by which a provider reports on a page: its reports
// come the same way as those on the clients' messages.
const PageMessage = "page."

// Named reasons of pages, beside the providers' codes.
const (
	pageNoAddress = "no_address"
	pageTaken     = "acknowledged"
	pageNoWords   = "no_words"
)

// pages sends one page.
type pages struct {
	river.WorkerDefaults[store.PageArgs]
	*Schedule
}

func (w *pages) Timeout(*river.Job[store.PageArgs]) time.Duration { return jobTimeout }

// Work sends the page, and puts itself off while it surely did not go.
func (w *pages) Work(ctx context.Context, job *river.Job[store.PageArgs]) error {
	var again time.Duration
	err := w.guard(job.JobRow, func() (err error) {
		again, err = w.deliver(ctx, job.Args.Page)
		return err
	})
	switch {
	case err == nil && again == 0:
		return w.end(job.JobRow, nil)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return context.Canceled
	case err != nil:
		w.c.Logger.Error("a page could not be sent or recorded; tried again", "page_id", job.Args.Page, "code", string(codeOf(err)), "error", err)
		again = w.soon(job.JobRow, alertWaits)
	}
	w.c.Worked(job.Kind, "retry")
	return river.JobSnooze(again)
}

// deliver makes one attempt at a page that still waits, and writes down what
// became of it. Again is how long to wait for the next; 0 when there is none.
func (s *Schedule) deliver(ctx context.Context, id string) (again time.Duration, err error) {
	if !s.sending.begin(id) {
		return left, nil // The sweep and its job met.
	}
	defer s.sending.end(id)
	p, err := s.c.Store.Page(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Delivery != conversations.Queued {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	d, err := s.c.Store.DueAlert(ctx, p.Alert)
	if err != nil {
		return 0, err
	}
	r, ok := s.attempt(ctx, p, d)
	if !ok {
		return pageWaits[2], nil
	}
	// What was sent is written down also when the process is ending.
	written, err := s.c.Store.RecordPage(context.WithoutCancel(ctx), id, r, s.c.Now())
	if err != nil {
		return 0, err
	}
	s.c.Paged(string(p.Via), string(r.Delivery))
	if r.Delivery != conversations.Sent {
		s.c.Logger.Warn("a page did not get through", "page_id", id, "alert_id", string(p.Alert), "via", string(p.Via),
			"delivery", string(r.Delivery), "code", r.Code)
	}
	if written.Delivery == conversations.Queued {
		return waitAfter(written.Tries, pageWaits), nil
	}
	return 0, nil
}

// attempt sends a page, unless there is a reason not to. Not ok means that it
// may have been sent already, and that this cannot be found out just now.
func (s *Schedule) attempt(ctx context.Context, p store.AlertPage, d store.DueAlert) (r store.PageResult, ok bool) {
	taken := !d.ClosedAt.IsZero() || !d.AcknowledgedAt.IsZero() && p.Kind != conversations.PageOutcome
	if taken {
		return store.PageResult{Delivery: conversations.Dropped, Code: pageTaken, Attempted: true}, true
	}
	var to member
	for _, m := range s.team(d) {
		if m.ID == p.Watcher {
			to = m
		}
	}
	if p.Via == conversations.PageSMS && !to.Phone || p.Via == conversations.PageEmail && !to.Mail {
		return store.PageResult{Delivery: conversations.Failed, Code: pageNoAddress, Attempted: true}, true
	}
	text, err := s.c.PageText(p.Kind, p.Alert)
	if err != nil {
		s.c.Logger.Error("a page has no words", "page_id", p.ID, "kind", string(p.Kind), "error", err)
		return store.PageResult{Delivery: conversations.Failed, Code: pageNoWords, Attempted: true}, true
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageFor)
	defer cancel()
	if p.Via == conversations.PageEmail {
		// A letter that went before keeps its id, by which mailboxes know it again.
		return s.ended(p, s.c.Mail(ctx, p.ID, to.email, text)), true
	}
	m := outbox.Message{
		ID:   conversations.MessageID(PageMessage + p.ID),
		To:   conversations.Address{Channel: conversations.SMS, Value: to.mobile},
		Text: text, Until: s.c.Now().Add(pageUseful),
	}
	if p.Tries == 0 && s.c.Now().Sub(p.At) >= left {
		// Whoever was to send it may have done so before it ended.
		sent, found, err := s.c.Phones.Ask(ctx, m, p.At)
		switch {
		case found:
			return s.ended(p, sent), true
		case err != nil && s.c.Now().Sub(p.At) < 4*left:
			return store.PageResult{}, false
		case err != nil:
			return store.PageResult{Delivery: conversations.Unknown, Code: "interrupted", Attempted: true}, true
		}
	}
	return s.ended(p, s.c.Phones.Send(ctx, m)), true
}

// ended is what is written down of an attempt.
func (s *Schedule) ended(p store.AlertPage, r outbox.Result) store.PageResult {
	out := store.PageResult{ProviderID: r.ProviderID, Code: r.Code, Attempted: true}
	switch r.Outcome {
	case outbox.Sent:
		out.Delivery = conversations.Sent
	case outbox.Retry:
		out.Delivery = conversations.Queued
		if p.Tries+1 >= pageTries {
			out.Delivery = conversations.Failed
		}
	case outbox.Refused:
		out.Delivery = conversations.Failed
	default:
		out.Delivery = conversations.Unknown
	}
	return out
}

// Reported takes a provider's report on a page. It reports whether the event
// was one; any other is for the turn.
func (s *Schedule) Reported(ctx context.Context, ev conversations.Event) (bool, error) {
	id, is := strings.CutPrefix(string(ev.Message), PageMessage)
	if !is || ev.Kind != conversations.EventDelivery {
		return false, nil
	}
	_, err := s.c.Store.RecordPage(ctx, id, store.PageResult{Delivery: ev.Delivery, ProviderID: ev.ProviderID, Code: ev.Reason}, s.c.Now())
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return true, err
}
