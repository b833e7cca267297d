package carrier

import (
	"context"
	"encoding/xml"
	"mime"
	"net/url"
	"strconv"
	"strings"
)

// otherAccount is whose webhooks WrongAccount sends.
const otherAccount = "ACffffffffffffffffffffffffffffffff"

// maxPosts bounds how many answers to inbound webhooks are kept for Deliveries.
const maxPosts = 10_000

// Media is something that comes with a text.
type Media struct {
	ContentType string `json:"content_type"` // for example image/jpeg, audio/amr
	URL         string `json:"url"`          // empty: an address at the API, made up
}

// Location is where somebody says that he is, in degrees.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Label     string  `json:"label,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Text is what a person sends by SMS. Only From is required.
type Text struct {
	From string `json:"from"`
	To   string `json:"to,omitempty"` // empty: the service's number
	Body string `json:"body"`
	// SID is the provider's id. Empty: a new one. An id that was used before makes this a repeated webhook.
	SID      string     `json:"sid,omitempty"`
	Media    []Media    `json:"media,omitempty"`
	Location *Location  `json:"location,omitempty"`
	Forge    Forgery    `json:"forge,omitempty"`
	Extra    url.Values `json:"extra,omitempty"` // replaces or adds parameters, before signing
}

// Delivery is how the service answered a webhook.
type Delivery struct {
	MessageSID string `json:"message_sid"`
	Status     int    `json:"status"` // HTTP status of the last answer; zero: there was none
	Body       string `json:"body"`   // of the answer, at most 64 KiB
	Attempts   int    `json:"attempts"`
	Fallback   bool   `json:"fallback"` // the fallback address answered, not the first one
	Err        error  `json:"-"`        // why there was no answer
}

func (p posted) delivery(sid string) Delivery {
	return Delivery{MessageSID: sid, Status: p.status, Body: p.body, Attempts: p.attempts, Err: p.err}
}

// SetInbound changes Config.InboundURL and Config.InboundFallbackURL.
func (c *Carrier) SetInbound(address, fallback string) {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	c.sms.inbound, c.sms.fallback = address, fallback
}

// SMS lets somebody text the service and waits for the webhook's answer. The options change the text before it goes.
func (c *Carrier) SMS(ctx context.Context, from, body string, options ...func(*Text)) Delivery {
	t := Text{From: from, Body: body}
	for _, option := range options {
		option(&t)
	}
	return c.Deliver(ctx, t)
}

// Deliver is SMS with everything that a text can carry. STOP, START and their like take effect before the webhook is
// posted and whatever it answers; a forged text has no effect here.
func (c *Carrier) Deliver(ctx context.Context, t Text) Delivery {
	if t.To == "" {
		t.To = c.cfg.From
	}
	repeated := t.SID != ""
	if t.SID == "" {
		t.SID = NewSID("SM")
		if len(t.Media) > 0 {
			t.SID = "MM" + t.SID[2:]
		}
	}
	form := c.inboundForm(t)
	word := keywordOf(t.Body)
	if t.Forge == Genuine {
		c.receive(t, word, repeated)
	}
	if c.cfg.AdvancedOptOut && word != noKeyword {
		form.Set("OptOutType", string(word))
	}
	for key, values := range t.Extra {
		form[key] = values
	}

	c.sms.mu.Lock()
	address, fallback := c.sms.inbound, c.sms.fallback
	c.sms.mu.Unlock()
	p := c.post(ctx, address, form, t.Forge)
	out := p.delivery(t.SID)
	if p.failed() && fallback != "" && t.Forge == Genuine {
		form.Set("ErrorUrl", address)
		form.Set("ErrorCode", "11200")
		p = c.post(ctx, fallback, form, t.Forge)
		attempts := out.Attempts
		out = p.delivery(t.SID)
		out.Attempts += attempts
		out.Fallback = true
	}
	if !p.failed() && t.Forge == Genuine {
		c.obey(t, p)
	}
	c.sms.mu.Lock()
	if m, ok := c.sms.byID[t.SID]; ok && t.Forge == Genuine {
		if m.Answered = out.Status; out.Status == 0 {
			m.Answered = -1
		}
	}
	if len(c.sms.posts) < maxPosts && c.sms.keep > 0 {
		c.sms.posts = append(c.sms.posts, out)
	}
	c.sms.mu.Unlock()
	c.changed.ring()
	return out
}

// Deliveries answers how the service took the texts that were sent to it, oldest first, at most 10,000.
func (c *Carrier) Deliveries() []Delivery {
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	return append([]Delivery(nil), c.sms.posts...)
}

// receive puts a text into the log, once, and does what the network itself does with it.
func (c *Carrier) receive(t Text, word keyword, repeated bool) {
	now := c.Now().UTC()
	c.sms.mu.Lock()
	defer c.sms.mu.Unlock()
	switch word {
	case stopKeyword:
		c.sms.stopped[t.From] = true
	case startKeyword:
		delete(c.sms.stopped, t.From)
	case helpKeyword, noKeyword:
	}
	if _, known := c.sms.byID[t.SID]; known && repeated {
		return
	}
	m := &Message{
		SID: t.SID, From: t.From, To: t.To, Body: t.Body, Direction: Inbound, Status: StatusReceived, Parts: Parts(t.Body),
		Created: now, Sent: now, Updated: now, MessagingServiceSID: c.cfg.MessagingServiceSID,
	}
	for i, media := range t.Media {
		m.Media = append(m.Media, c.mediaURL(t.SID, i, media))
	}
	m.Located = t.Location != nil
	if len(t.Media) > 0 {
		m.MediaType = t.Media[0].ContentType
	}
	c.sms.add(m)
	c.changed.ring()
}

func (c *Carrier) mediaURL(sid string, i int, media Media) string {
	if media.URL != "" {
		return media.URL
	}
	// The media's id is the message's, turned by its place, so that a repeated webhook names the same address.
	return "https://api.twilio.com/2010-04-01/Accounts/" + c.cfg.AccountSID + "/Messages/" + sid + "/Media/ME" +
		sid[min(3, len(sid)):] + strconv.Itoa(i%10)
}

func (c *Carrier) inboundForm(t Text) url.Values {
	account := c.cfg.AccountSID
	if t.Forge == WrongAccount {
		account = otherAccount
	}
	form := url.Values{
		"MessageSid": {t.SID}, "SmsSid": {t.SID}, "SmsMessageSid": {t.SID}, "AccountSid": {account},
		"From": {t.From}, "To": {t.To}, "Body": {t.Body}, "NumMedia": {strconv.Itoa(len(t.Media))},
		"NumSegments": {strconv.Itoa(Parts(t.Body))}, "SmsStatus": {StatusReceived}, "ApiVersion": {twilioVersion},
		"FromCountry": {"GB"}, "FromState": {""}, "FromCity": {""}, "FromZip": {""},
		"ToCountry": {"GB"}, "ToState": {""}, "ToCity": {""}, "ToZip": {""},
	}
	if c.cfg.MessagingServiceSID != "" {
		form.Set("MessagingServiceSid", c.cfg.MessagingServiceSID)
	}
	for i, media := range t.Media {
		n := strconv.Itoa(i)
		form.Set("MediaUrl"+n, c.mediaURL(t.SID, i, media))
		form.Set("MediaContentType"+n, media.ContentType)
	}
	if l := t.Location; l != nil {
		form.Set("Latitude", strconv.FormatFloat(l.Latitude, 'f', -1, 64))
		form.Set("Longitude", strconv.FormatFloat(l.Longitude, 'f', -1, 64))
		if l.Label != "" {
			form.Set("Label", l.Label)
		}
		if l.Address != "" {
			form.Set("Address", l.Address)
		}
	}
	return form
}

// obey does what Twilio does with the body of a webhook's answer: XML is run as TwiML, plain text is sent to the
// person as a message, anything else is an error of the service. An empty body is the only harmless one.
func (c *Carrier) obey(t Text, p posted) {
	if strings.TrimSpace(p.body) == "" {
		return
	}
	kind, _, err := mime.ParseMediaType(p.contentType)
	if err != nil {
		kind = ""
	}
	var replies []string
	switch kind {
	case "text/plain":
		replies = []string{p.body}
	case "text/xml", "application/xml", "text/html":
		var twiml struct {
			XMLName  xml.Name `xml:"Response"`
			Messages []struct {
				Text string `xml:",chardata"`
				Body string `xml:"Body"`
			} `xml:"Message"`
		}
		if err := xml.Unmarshal([]byte(p.body), &twiml); err != nil {
			c.problems.add("twilio: the answer to an inbound webhook is not TwiML (12100)")
			return
		}
		for _, m := range twiml.Messages {
			replies = append(replies, strings.TrimSpace(m.Text+m.Body))
		}
	default:
		c.problems.add("twilio: the answer to an inbound webhook has a content type that cannot be read (12300)")
		return
	}
	now := c.Now().UTC()
	for _, reply := range replies {
		c.problems.add("twilio: the answer to an inbound webhook was texted to the person")
		c.sms.mu.Lock()
		if !c.sms.stopped[t.From] {
			c.sms.add(&Message{
				SID: NewSID("SM"), From: t.To, To: t.From, Body: reply, Direction: OutboundReply, Status: StatusDelivered,
				Parts: Parts(reply), Created: now, Sent: now, Updated: now,
			})
		}
		c.sms.mu.Unlock()
	}
}
