package carrier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// updateLife is how long Telegram keeps an update that nobody takes.
const updateLife = 24 * time.Hour

// maxHistory bounds the updates that can be posted again by TelegramAgain.
const maxHistory = 1000

// update is something that happened, as the bot is told of it.
type update struct {
	id     int64
	kind   string // message, callback_query, …
	chat   int64
	at     time.Time
	body   []byte       // JSON
	flying bool         // being posted, or waiting to be posted again
	about  *ChatMessage // nil unless it is a person's message
}

// happen queues an update for the bot and starts posting it if there is a webhook. The caller holds the lock.
func (c *Carrier) happen(kind string, chat int64, about *ChatMessage, content object) int64 {
	t := &c.telegram
	if len(t.allowed) > 0 && !slices.Contains(t.allowed, kind) {
		return 0
	}
	u := &update{id: t.nextUpdate, kind: kind, chat: chat, at: c.Now(), about: about}
	t.nextUpdate++
	body, err := json.Marshal(object{"update_id": u.id, kind: content})
	if err != nil {
		panic(err) // Maps of strings and numbers always marshal.
	}
	u.body = body
	t.updates = append(t.updates, u)
	if len(t.history) >= maxHistory {
		t.history = slices.Delete(t.history, 0, len(t.history)/2)
	}
	t.history = append(t.history, u)
	c.dispatch()
	c.changed.ring()
	return u.id
}

// dispatch posts what can be posted: to the webhook, at most max_connections at once, and never two of one chat, so
// that a person's messages arrive in their order. The caller holds the lock.
func (c *Carrier) dispatch() {
	t := &c.telegram
	if t.webhook == "" {
		return
	}
	for _, u := range t.updates {
		if t.inFlight >= t.parallel {
			return
		}
		if u.flying || t.busy[u.chat] {
			continue
		}
		u.flying = true
		t.busy[u.chat] = true
		t.inFlight++
		c.begun()
		go c.fly(u)
	}
}

// fly posts one update until it is taken, has grown too old, or there is no webhook any more.
func (c *Carrier) fly(u *update) {
	t := &c.telegram
	ctx, cancel := c.background()
	defer cancel()
	taken, known := false, false
	for attempt := 1; ; attempt++ {
		t.mu.Lock()
		address, secret := t.webhook, t.secret
		t.mu.Unlock()
		if address == "" {
			break
		}
		p := c.postUpdate(ctx, address, secret, u.body)
		if taken = p.err == nil && p.status >= 200 && p.status < 300; taken {
			known = true
			break
		}
		t.mu.Lock()
		t.errorAt, t.lastError = c.Now(), "Connection failed"
		due := t.errorAt.Add(c.cfg.Backoff(attempt))
		if p.status != 0 {
			t.lastError = "Wrong response from the webhook: " + strconv.Itoa(p.status) + " " + http.StatusText(p.status)
		}
		t.mu.Unlock()
		c.log.Debug("update not taken", "update_id", u.id, "http_status", p.status, "attempt", attempt)
		if !c.sleepUntil(due) {
			break
		}
		if c.Now().Sub(u.at) > updateLife {
			taken = true // Not by the bot: Telegram gives it up.
			break
		}
	}
	t.mu.Lock()
	u.flying = false
	delete(t.busy, u.chat)
	t.inFlight--
	if known && u.about != nil {
		u.about.Taken = true
	}
	if taken {
		t.updates = slices.DeleteFunc(t.updates, func(other *update) bool { return other == u })
	}
	select {
	case <-c.closing:
	default:
		c.dispatch()
	}
	t.mu.Unlock()
	c.changed.ring()
	c.finished()
}

// postUpdate posts one body to the webhook, once.
func (c *Carrier) postUpdate(ctx context.Context, address, secret string, body []byte) posted {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return posted{err: errors.New("post update: the address cannot be read")}
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.AnswerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.resolve(u), bytes.NewReader(body))
	if err != nil {
		return posted{err: errors.New("post update: the address cannot be used")}
	}
	req.Host = u.Host
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return posted{err: err, attempts: 1}
	}
	defer func() { _ = resp.Body.Close() }()
	p := posted{status: resp.StatusCode, contentType: resp.Header.Get("Content-Type"), body: readAll(resp.Body, 64<<10), attempts: 1}
	if strings.Contains(p.contentType, "json") && strings.Contains(p.body, `"method"`) {
		c.problems.add("telegram: the webhook's answer asks for a method, which is done without telling whether it worked")
	}
	return p
}

// PostUpdate posts any body with any secret to the webhook, once, as a forger would. An empty secret sends no header.
func (c *Carrier) PostUpdate(ctx context.Context, body []byte, secret string) Delivery {
	return c.postUpdate(ctx, c.WebhookURL(), secret, body).delivery("")
}

// TelegramAgain posts an update that was queued before once more, under its own update_id and with the right
// secret, as Telegram does when an answer got lost. False: it is not one of the newest 1,000.
func (c *Carrier) TelegramAgain(ctx context.Context, updateID int64) (Delivery, bool) {
	t := &c.telegram
	t.mu.Lock()
	i := slices.IndexFunc(t.history, func(u *update) bool { return u.id == updateID })
	if i < 0 {
		t.mu.Unlock()
		return Delivery{}, false
	}
	body, address, secret := t.history[i].body, t.webhook, t.secret
	t.mu.Unlock()
	return c.postUpdate(ctx, address, secret, body).delivery(""), true
}

// PendingUpdates is how many updates the bot has not confirmed.
func (c *Carrier) PendingUpdates() int {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	return len(c.telegram.updates)
}

// WebhookURL is where updates are posted; empty: they wait for getUpdates.
func (c *Carrier) WebhookURL() string {
	c.telegram.mu.Lock()
	defer c.telegram.mu.Unlock()
	return c.telegram.webhook
}

func (c *Carrier) setWebhook(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	address := params["url"]
	if address != "" && !webhookAllowed(address) {
		return nil, badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	secret := params["secret_token"]
	if len(secret) > 256 || strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return nil, badRequest("secret token contains unallowed characters")
	}
	parallel := 40
	if v := params["max_connections"]; v != "" {
		if n, err := strconv.Atoi(v); err == nil && n >= 1 && n <= 100 {
			parallel = n
		}
	}
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	if bad := t.allow(params); bad != nil {
		return nil, bad
	}
	t.webhook, t.secret, t.parallel = address, secret, parallel
	t.lastError, t.errorAt = "", time.Time{}
	t.drop(params["drop_pending_updates"])
	c.endPoll()
	c.dispatch()
	c.changed.ring()
	return true, nil
}

// webhookAllowed takes https anywhere, and http only on this machine, which Telegram itself would not take.
func webhookAllowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate()))
}

func (c *Carrier) deleteWebhook(_ *http.Request, params map[string]string, _ plan) (any, *botError) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	t.webhook, t.secret = "", ""
	t.drop(params["drop_pending_updates"])
	c.changed.ring()
	return true, nil
}

func (t *telegramSide) drop(asked string) {
	if asked == "true" || asked == "True" || asked == "1" {
		t.updates = slices.DeleteFunc(t.updates, func(u *update) bool { return !u.flying })
	}
}

// allow remembers allowed_updates where it is given. The caller holds the lock.
func (t *telegramSide) allow(params map[string]string) *botError {
	raw, ok := params["allowed_updates"]
	if !ok || raw == "" {
		return nil
	}
	var kinds []string
	if err := json.Unmarshal([]byte(raw), &kinds); err != nil {
		return badRequest("can't parse allowed updates")
	}
	t.allowed = kinds
	return nil
}

func (c *Carrier) getWebhookInfo(*http.Request, map[string]string, plan) (any, *botError) {
	t := &c.telegram
	t.mu.Lock()
	defer t.mu.Unlock()
	info := object{"url": t.webhook, "has_custom_certificate": false, "pending_update_count": len(t.updates)}
	if t.webhook != "" {
		info["max_connections"] = t.parallel
	}
	if len(t.allowed) > 0 {
		info["allowed_updates"] = t.allowed
	}
	if !t.errorAt.IsZero() {
		info["last_error_date"], info["last_error_message"] = t.errorAt.Unix(), t.lastError
	}
	return info, nil
}

// getUpdates answers what is not confirmed and waits, in real time, at most timeout seconds for the first update.
// A positive offset confirms everything before it.
func (c *Carrier) getUpdates(r *http.Request, params map[string]string, _ plan) (any, *botError) {
	offset, _ := strconv.ParseInt(params["offset"], 10, 64) // Telegram reads nonsense as zero.
	limit, _ := strconv.Atoi(params["limit"])
	if limit < 1 || limit > 100 {
		limit = 100
	}
	timeout, _ := strconv.Atoi(params["timeout"])

	t := &c.telegram
	t.mu.Lock()
	if t.webhook != "" {
		t.mu.Unlock()
		return nil, &botError{code: http.StatusConflict, description: "Conflict: can't use getUpdates method while webhook is active; " +
			"use deleteWebhook to delete the webhook first"}
	}
	if bad := t.allow(params); bad != nil {
		t.mu.Unlock()
		return nil, bad
	}
	t.confirm(offset, c.Now())
	c.endPoll()
	mine := make(chan struct{})
	t.poll = mine
	t.mu.Unlock()
	c.changed.ring() // Confirmed updates are gone: PendingUpdates has changed.

	timer := time.NewTimer(time.Duration(max(timeout, 0)) * time.Second)
	defer timer.Stop()
	over := timeout <= 0
	for {
		changed := c.changed.listen()
		t.mu.Lock()
		found := make([]json.RawMessage, 0, min(limit, len(t.updates)))
		for _, u := range t.updates[:min(limit, len(t.updates))] {
			found = append(found, u.body)
		}
		if len(found) > 0 || over {
			if t.poll == mine {
				t.poll = nil
			}
			t.mu.Unlock()
			return found, nil
		}
		t.mu.Unlock()
		select {
		case <-changed:
		case <-timer.C:
			over = true
		case <-r.Context().Done():
			over = true
		case <-c.closing:
			over = true
		case <-mine:
			return nil, &botError{code: http.StatusConflict, description: "Conflict: terminated by other getUpdates request; " +
				"make sure that only one bot instance is running"}
		}
	}
}

// confirm forgets updates before offset, or all but the last -offset, and those that are too old. The caller holds the lock.
func (t *telegramSide) confirm(offset int64, now time.Time) {
	if offset < 0 {
		t.updates = t.updates[max(len(t.updates)+int(offset), 0):]
	}
	t.updates = slices.DeleteFunc(t.updates, func(u *update) bool {
		if offset > 0 && u.id < offset {
			if u.about != nil {
				u.about.Taken = true
			}
			return true
		}
		return now.Sub(u.at) > updateLife
	})
}

// endPoll answers the getUpdates call that is waiting with a conflict. The caller holds the lock.
func (c *Carrier) endPoll() {
	if c.telegram.poll != nil {
		close(c.telegram.poll)
		c.telegram.poll = nil
	}
}
