package carrier

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// step is one status that a message reaches.
type step struct {
	status string
	code   int
}

// callbackJob is the rest of the way of one accepted message.
type callbackJob struct {
	message *Message
	steps   []step
	faults  plan
	due     time.Time // zero: at once
}

// callbackQueue holds the messages whose callbacks wait for a worker; workers exist only while there are any.
type callbackQueue struct {
	mu      sync.Mutex
	waiting []callbackJob
	workers int
}

// carry takes an accepted message on its way. Without callbacks and pauses it has arrived when carry returns.
func (c *Carrier) carry(m *Message, faults plan) {
	job := callbackJob{message: m, steps: c.steps(faults), faults: faults}
	post := m.StatusCallback != "" && len(job.steps) > 0 && len(c.cfg.Statuses) > 0
	delay, delayed := faults.has(FaultDelay)
	if delayed {
		job.due = c.Now().Add(delay.For)
	}
	switch {
	case !post && c.cfg.Pace <= 0:
		for _, s := range job.steps {
			c.reach(m, s)
		}
	case c.cfg.Pace > 0 || delayed:
		// What sleeps must not hold up a worker. There are few of these: a demo, or one faulty message.
		c.begun()
		go func() {
			defer c.finished()
			ctx, cancel := c.background()
			defer cancel()
			c.run(ctx, job)
		}()
	default:
		c.begun()
		c.enqueue(job)
	}
}

// steps are the statuses after "queued". An emptied Config.Statuses posts nothing, but the message still arrives.
func (c *Carrier) steps(faults plan) []step {
	statuses := c.cfg.Statuses
	if len(statuses) == 0 {
		statuses = []string{StatusSent, StatusDelivered}
	}
	out := make([]step, 0, len(statuses))
	for _, s := range statuses {
		out = append(out, step{status: s})
	}
	cut := func(status string) {
		if i := slices.IndexFunc(out, func(s step) bool { return s.status == status }); i >= 0 {
			out = out[:i]
		}
	}
	if _, ok := faults.has(FaultStuck); ok {
		cut(StatusDelivered)
	}
	if f, ok := faults.has(FaultUndelivered); ok {
		cut(StatusDelivered)
		out = append(out, step{StatusUndelivered, orCode(f.Code, 30003)})
	}
	if f, ok := faults.has(FaultFailed); ok {
		cut(StatusDelivered)
		cut(StatusSent)
		out = append(out, step{StatusFailed, orCode(f.Code, 30008)})
	}
	return out
}

func orCode(code, otherwise int) int {
	if code == 0 {
		return otherwise
	}
	return code
}

func (c *Carrier) enqueue(job callbackJob) {
	q := &c.jobs
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, job)
	if q.workers < c.cfg.CallbackWorkers {
		q.workers++
		go c.drain()
	}
}

// drain works until nothing waits. Each message's statuses are posted one after the other, messages beside one another.
func (c *Carrier) drain() {
	ctx, cancel := c.background()
	defer cancel()
	q := &c.jobs
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.workers--
			q.waiting = nil
			q.mu.Unlock()
			return
		}
		job := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		c.run(ctx, job)
		c.finished()
	}
}

// run takes one message through its statuses and posts each, with whatever faults were asked for.
func (c *Carrier) run(ctx context.Context, job callbackJob) {
	_, drop := job.faults.has(FaultDrop)
	_, twice := job.faults.has(FaultDouble)
	_, reverse := job.faults.has(FaultReverse)
	forge := Genuine
	if _, ok := job.faults.has(FaultForge); ok {
		forge = WrongSignature
	}
	if _, ok := job.faults.has(FaultUnsigned); ok {
		forge = Unsigned
	}
	if !job.due.IsZero() && !c.sleepUntil(job.due) {
		return
	}
	posts := make([]url.Values, 0, len(job.steps))
	for _, s := range job.steps {
		if c.cfg.Pace > 0 && s.status != StatusQueued && !c.pause(c.cfg.Pace) {
			return
		}
		form := c.reach(job.message, s)
		if reverse {
			posts = append(posts, form)
			continue
		}
		c.callBack(ctx, job.message.StatusCallback, form, forge, drop, twice)
	}
	slices.Reverse(posts)
	for _, form := range posts {
		c.callBack(ctx, job.message.StatusCallback, form, forge, drop, twice)
	}
}

// pause is in real time: the ticks on the demo's phones are for the eye, not for the clock.
func (c *Carrier) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.closing:
		return false
	}
}

func (c *Carrier) callBack(ctx context.Context, address string, form url.Values, forge Forgery, drop, twice bool) {
	if address == "" || drop || len(c.cfg.Statuses) == 0 {
		return
	}
	times := 1
	if twice {
		times = 2
	}
	for range times {
		p := c.post(ctx, address, form, forge)
		if p.failed() {
			c.log.Debug("status callback not taken", "message_sid", form.Get("MessageSid"), "http_status", p.status)
		}
	}
}

// reach sets a status and answers the callback's form for it.
func (c *Carrier) reach(m *Message, s step) url.Values {
	now := c.Now().UTC()
	c.sms.mu.Lock()
	m.Status, m.ErrorCode, m.Updated = s.status, s.code, now
	if m.Sent.IsZero() && (s.status == StatusSent || s.status == StatusDelivered || s.status == StatusUndelivered) {
		m.Sent = now
	}
	copied := *m
	c.sms.mu.Unlock()
	c.changed.ring()
	if copied.StatusCallback == "" {
		return nil
	}
	return c.callbackForm(&copied)
}

func (c *Carrier) callbackForm(m *Message) url.Values {
	form := url.Values{
		"MessageSid": {m.SID}, "SmsSid": {m.SID}, "MessageStatus": {m.Status}, "SmsStatus": {m.Status},
		"To": {m.To}, "From": {m.From}, "AccountSid": {c.cfg.AccountSID}, "ApiVersion": {twilioVersion},
	}
	if m.MessagingServiceSID != "" {
		form.Set("MessagingServiceSid", m.MessagingServiceSID)
	}
	if m.ErrorCode != 0 {
		form.Set("ErrorCode", strconv.Itoa(m.ErrorCode))
	}
	if m.Status == StatusDelivered || m.Status == StatusUndelivered {
		form.Set("RawDlrDoneDate", m.Updated.Format("0601021504"))
	}
	return form
}

// CallBack posts one status callback by itself, as an attacker, a muddled carrier or a very late receipt would: any
// status for any message, whether the carrier knows it or not. Address is the StatusCallback; it is required.
func (c *Carrier) CallBack(ctx context.Context, address, sid, status string, code int, forge Forgery) Delivery {
	m, ok := c.Message(sid)
	if !ok {
		m = Message{SID: sid, From: c.cfg.From, To: c.cfg.From, Updated: c.Now().UTC()}
	}
	m.Status, m.ErrorCode = status, code
	form := c.callbackForm(&m)
	if forge == WrongAccount {
		form.Set("AccountSid", otherAccount)
	}
	return c.post(ctx, address, form, forge).delivery(sid)
}
