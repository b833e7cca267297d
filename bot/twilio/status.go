package twilio

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"alongside/conversations"
)

// deliveries says what each of Twilio's statuses means to us. Everything up to
// "sent" means that Twilio has accepted the message, which is what
// conversations.Sent says; so any report settles a send whose outcome was
// unknown. A status that is missing here changes nothing.
var deliveries = map[string]conversations.Delivery{
	"accepted":    conversations.Sent,
	"scheduled":   conversations.Sent,
	"queued":      conversations.Sent,
	"sending":     conversations.Sent,
	"sent":        conversations.Sent,
	"delivered":   conversations.Delivered,
	"read":        conversations.Read,
	"undelivered": conversations.Undelivered,
	"failed":      conversations.Failed,
}

// callbackOverrides makes Twilio repeat a status callback up to three times
// when it could not connect, had no answer in time, or was answered 5xx; by
// default a report that we could not store would be lost. Twilio does not sign
// the fragment; whoever speaks its protocol may.
const callbackOverrides = "#rc=3&rp=ct,rt,5xx"

// ourID is the shape of the message ids that we put into a callback's address: anything short that can be read.
var ourID = regexp.MustCompile(`^[!-~]{1,128}$`)

// errorCode is the shape of a code of Twilio's.
var errorCode = regexp.MustCompile(`^[1-9][0-9]{2,6}$`)

// callbackURL is where Twilio reports how our message fares.
func (c *Channel) callbackURL(id conversations.MessageID) string {
	return c.base + StatusPath + "?m=" + url.QueryEscape(string(id)) + callbackOverrides
}

// serveStatus takes one report on a message of ours. Reports come in any order
// and more than once; conversations.Delivery.After sorts that out.
func (c *Channel) serveStatus(w http.ResponseWriter, r *http.Request) {
	const webhook = "status"
	form, ok := c.read(w, r, webhook, callbackOverrides)
	if !ok {
		return
	}
	ev, ok := readStatus(r.URL.Query().Get("m"), form, c.cfg.Now())
	if !ok {
		c.cfg.Count(webhook, ignored)
		c.log.InfoContext(r.Context(), "status callback says nothing to us", "message_sid", logSID(form))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	outcome := accepted
	if err := c.handOn(r, ev); err != nil && c.cfg.NotOurs(err) {
		outcome = ignored
		c.log.InfoContext(r.Context(), "status callback is for no message of ours", "message_id", string(ev.Message), "message_sid", ev.ProviderID)
	} else if err != nil {
		c.cfg.Count(webhook, unavailable)
		c.log.ErrorContext(r.Context(), "status callback not stored", "message_id", string(ev.Message), "message_sid", ev.ProviderID, "err", err)
		http.Error(w, "Service Unavailable: try again", http.StatusServiceUnavailable)
		return
	}
	c.cfg.Count(webhook, outcome)
	w.WriteHeader(http.StatusNoContent)
}

// readStatus maps a verified status callback to its event; false when it is
// for no message of ours or has a status that we do not know (Twilio adds some
// from time to time).
func readStatus(id string, form url.Values, now time.Time) (conversations.Event, bool) {
	sid := form.Get("MessageSid")
	status := form.Get("MessageStatus")
	if status == "" {
		status = form.Get("SmsStatus") // The older name, which Twilio still sends beside it.
	}
	delivery, known := deliveries[strings.ToLower(status)]
	if !known || !ourID.MatchString(id) || !messageSID.MatchString(sid) {
		return conversations.Event{}, false
	}
	ev := conversations.Event{
		Kind:       conversations.EventDelivery,
		At:         now.UTC(),
		Channel:    conversations.SMS,
		Message:    conversations.MessageID(id),
		Delivery:   delivery,
		ProviderID: sid,
	}
	if code := form.Get("ErrorCode"); errorCode.MatchString(code) {
		ev.Reason = code
	}
	return ev, true
}
