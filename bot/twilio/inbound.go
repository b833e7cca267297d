package twilio

import (
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"alongside/conversations"
)

// maxMedia is how many media of one text are noted. Twilio takes ten.
const maxMedia = 16

// maxAddress bounds who wrote, in bytes: a number has 16 characters, an
// alphanumeric sender 11, and other channels put a prefix before either.
const maxAddress = 64

// messageSID is the shape of an id of Twilio's. The length matters: names and
// values are signed one after the other without a mark between them, so that
// somebody who has seen a webhook could let an id swallow the parameter after
// it, and have the same text taken again as a new one.
var messageSID = regexp.MustCompile(`^(SM|MM)[0-9A-Za-z]{1,32}$`)

// noReply is TwiML that says nothing: answers go through the outbox. Twilio
// texts a plain-text answer to the person.
const noReply = `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`

// serveMessage takes one inbound text.
func (c *Channel) serveMessage(w http.ResponseWriter, r *http.Request) {
	const webhook = "messages"
	form, ok := c.read(w, r, webhook)
	if !ok {
		return
	}
	if outbound(form) {
		// Somebody gave Twilio this address for its delivery reports: their "text" would be our own, and from us.
		c.cfg.Count(webhook, ignored)
		c.log.WarnContext(r.Context(), "status callback came to the address for texts", "message_sid", logSID(form))
		answerNothing(w)
		return
	}
	ev, fault := readText(form, c.cfg.Now())
	if fault != "" {
		c.cfg.Count(webhook, malformed)
		c.log.WarnContext(r.Context(), "twilio webhook refused", "webhook", webhook, "outcome", malformed, "reason", fault)
		http.Error(w, "Bad Request: "+fault, http.StatusBadRequest)
		return
	}
	if err := c.handOn(r, ev); err != nil {
		c.cfg.Count(webhook, unavailable)
		c.log.ErrorContext(r.Context(), "text not stored", "message_sid", ev.ProviderID, "err", err)
		http.Error(w, "Service Unavailable: try again", http.StatusServiceUnavailable)
		return
	}
	c.cfg.Count(webhook, accepted)
	answerNothing(w)
}

func answerNothing(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, noReply) // A client that went away needs no answer.
}

// outbound reports whether a form tells of a message of ours. An inbound text has the status "received".
func outbound(form url.Values) bool {
	_, known := deliveries[strings.ToLower(form.Get("MessageStatus"))]
	return known && form.Get("Body") == ""
}

// logSID is the form's message id if it has the shape of one: what has not is somebody's invention.
func logSID(form url.Values) string {
	if sid := form.Get("MessageSid"); messageSID.MatchString(sid) {
		return sid
	}
	return ""
}

// readText maps a verified webhook to its event. The fault says what is
// missing, without repeating anything; it is "" where there is none.
func readText(form url.Values, now time.Time) (ev conversations.Event, fault string) {
	sid := form.Get("MessageSid")
	if !messageSID.MatchString(sid) {
		return ev, "MessageSid is missing or is none"
	}
	from := strings.TrimSpace(form.Get("From"))
	if from == "" || len(from) > maxAddress || from != clean(from) {
		return ev, "From is missing or is no sender"
	}
	return conversations.Event{
		Kind:       conversations.EventText,
		At:         now.UTC(),
		From:       conversations.Address{Channel: conversations.SMS, Value: from},
		ProviderID: sid,
		Text:       cut(clean(form.Get("Body"))),
		Media:      readMedia(form),
		OptOut:     readOptOut(form.Get("OptOutType")),
	}, ""
}

// clean makes valid UTF-8 of what came. NUL goes too: PostgreSQL keeps none.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// cut shortens a text to conversations.MaxText runes, of which the last is then an ellipsis.
func cut(text string) string {
	if len(text) <= conversations.MaxText || utf8.RuneCountInString(text) <= conversations.MaxText {
		return text
	}
	runes := 0
	for i := range text {
		if runes == conversations.MaxText-1 {
			return text[:i] + "…"
		}
		runes++
	}
	return text
}

// readMedia notes what came with a text. What it cannot read it still notes: a
// picture without an address is a picture that somebody sent.
func readMedia(form url.Values) []conversations.Media {
	var media []conversations.Media
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil {
		n = 0
	}
	for i := range min(n, maxMedia) {
		suffix := strconv.Itoa(i)
		kind := strings.ToLower(clean(form.Get("MediaContentType" + suffix)))
		media = append(media, conversations.Media{
			Kind: mediaKind(kind), Type: kind, Ref: clean(form.Get("MediaUrl" + suffix)),
		})
	}
	if form.Has("Latitude") || form.Has("Longitude") {
		place := conversations.Media{Kind: conversations.Place}
		lat, okLat := degrees(form.Get("Latitude"), 90)
		lon, okLon := degrees(form.Get("Longitude"), 180)
		if okLat && okLon {
			place.Latitude, place.Longitude = lat, lon
		}
		if okLat && okLon || form.Get("Latitude") != "" || form.Get("Longitude") != "" {
			media = append(media, place)
		}
	}
	return media
}

func mediaKind(contentType string) conversations.MediaKind {
	family, _, _ := strings.Cut(contentType, "/")
	switch family {
	case "image":
		return conversations.Picture
	case "audio":
		return conversations.VoiceNote
	}
	return conversations.OtherFile
}

func degrees(text string, most float64) (float64, bool) {
	d, err := strconv.ParseFloat(text, 64)
	return d, err == nil && math.Abs(d) <= most // NaN is not.
}

// readOptOut takes the three words of Advanced Opt-Out and nothing else.
func readOptOut(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	switch word {
	case "stop", "start", "help":
		return word
	}
	return ""
}
