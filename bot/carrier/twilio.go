package carrier

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	twilioPrefix  = "/2010-04-01/"
	twilioVersion = "2010-04-01"
	// maxForm is well above the 1,600 characters that a message may have.
	maxForm = 256 << 10
)

// serveTwilio is the Messages API: create, list, fetch, and the two forms of update that exist (redact, cancel).
func (c *Carrier) serveTwilio(w http.ResponseWriter, r *http.Request) {
	op, sid := twilioRoute(r)
	var to string
	var form url.Values
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		form = r.URL.Query()
	} else {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			refuse(20001, "the body is not a form, or is too large").write(w, 0)
			return
		}
		form = r.PostForm
		to = form.Get("To")
	}
	if c.cfg.Check != nil {
		c.problems.add(c.cfg.Check.TwilioRequest(r, form)...)
	}
	user, password, ok := r.BasicAuth()
	if !ok || subtle.ConstantTimeCompare([]byte(user+"\x00"+password), []byte(c.cfg.AccountSID+"\x00"+c.cfg.AuthToken)) != 1 {
		refuse(20003, "").write(w, 0)
		return
	}
	if op == "" || !strings.HasPrefix(r.URL.Path, "/2010-04-01/Accounts/"+c.cfg.AccountSID+"/") {
		refuse(20404, "").write(w, 0)
		return
	}
	faults := c.faults.pick(ChannelSMS, op, to, op == "create")
	if f := faults.answer; f != nil && c.answerFault(w, f) {
		return
	}
	switch op {
	case "create":
		c.createMessage(w, r, form, faults)
	case "list":
		c.listMessages(w, form)
	case "fetch":
		c.fetchMessage(w, sid)
	case "update":
		c.updateMessage(w, sid, form)
	case "delete":
		c.deleteMessage(w, sid)
	default:
		refuse(20004, "").write(w, 0)
	}
}

// twilioRoute names the operation of a request; "" if there is none at this address.
func twilioRoute(r *http.Request) (op, sid string) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/")
	if !ok {
		return "", ""
	}
	_, rest, ok = strings.Cut(rest, "/")
	if !ok {
		return "", ""
	}
	if rest == "Messages.json" {
		switch r.Method {
		case http.MethodPost:
			return "create", ""
		case http.MethodGet:
			return "list", ""
		}
		return "method", ""
	}
	file, ok := strings.CutPrefix(rest, "Messages/")
	sid, isJSON := strings.CutSuffix(file, ".json")
	if !ok || !isJSON || strings.Contains(sid, "/") {
		return "", ""
	}
	switch r.Method {
	case http.MethodGet:
		return "fetch", sid
	case http.MethodPost:
		return "update", sid
	case http.MethodDelete:
		return "delete", sid
	}
	return "method", sid
}

// answerFault answers in the way of a fault that accepts nothing. False: the fault lets the request be accepted first.
func (c *Carrier) answerFault(w http.ResponseWriter, f *Fault) bool {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	switch f.Kind {
	case FaultStatus:
		code := 20500
		switch status {
		case http.StatusTooManyRequests:
			code = 20429
		case http.StatusServiceUnavailable:
			code = 20503
		}
		e := refuse(code, "")
		e.Status = status
		e.write(w, f.RetryAfter)
	case FaultHTML:
		answerHTML(w, status, f.RetryAfter)
	case FaultError:
		refuse(f.Code, "").write(w, f.RetryAfter)
	case FaultCloseBefore:
		c.dropConnection(w)
	default:
		return false
	}
	return true
}

func answerHTML(w http.ResponseWriter, status, retryAfter int) {
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><head><title>upstream error</title></head><body>upstream error</body></html>"))
}

// dropConnection closes the connection without an answer.
func (c *Carrier) dropConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or a recorder: aborting is the nearest thing.
	}
	_ = conn.Close()
}

// createMessage accepts an SMS.
func (c *Carrier) createMessage(w http.ResponseWriter, r *http.Request, form url.Values, faults plan) {
	m, bad := c.readMessage(form)
	if bad != nil {
		bad.write(w, 0)
		return
	}
	now := c.Now().UTC()
	m.Created, m.Updated = now, now
	m.Direction, m.Status = OutboundAPI, StatusQueued
	if f := faults.answer; f != nil {
		m.AnswerLost = f.Kind == FaultCloseAfter || f.Kind == FaultGarbage
	}

	c.sms.mu.Lock()
	if c.sms.stopped[m.To] {
		c.sms.mu.Unlock()
		refuse(21610, "").write(w, 0)
		return
	}
	answer := *m
	c.sms.add(m)
	c.sms.mu.Unlock()

	if c.cfg.OnSMS != nil {
		c.cfg.OnSMS(answer)
	}
	c.carry(m, faults)
	c.changed.ring()

	if c.spoil(w, r, faults, http.StatusCreated, `{"sid": "SM`) {
		return
	}
	c.writeMessage(w, http.StatusCreated, &answer)
}

// spoil is how the answer to something that was accepted goes wrong. False: it is to be answered after all.
func (c *Carrier) spoil(w http.ResponseWriter, r *http.Request, faults plan, status int, garbage string) bool {
	f := faults.answer
	if f == nil {
		return false
	}
	switch f.Kind {
	case FaultCloseAfter:
		c.dropConnection(w)
		return true
	case FaultGarbage:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(garbage))
		return true
	case FaultHang:
		c.hang(r, f.For)
		return false
	default:
		return false // The other kinds have answered before anything was accepted.
	}
}

// hang keeps a request waiting, in real time, until it has waited long enough or the client has given up.
func (c *Carrier) hang(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-c.closing:
	}
}

// readMessage checks a send in the order in which Twilio does: recipient, sender, content, the rest.
func (c *Carrier) readMessage(form url.Values) (*Message, *refusal) {
	fail := func(code int, subject string) (*Message, *refusal) {
		e := refuse(code, subject)
		return nil, &e
	}
	m := &Message{
		To: form.Get("To"), From: form.Get("From"), Body: form.Get("Body"),
		MessagingServiceSID: form.Get("MessagingServiceSid"), StatusCallback: form.Get("StatusCallback"), Media: form["MediaUrl"],
	}
	switch {
	case m.To == "":
		return fail(21604, "")
	case !isE164(m.To):
		// Twilio repeats the number here, and so do we: whoever logs the message of an error leaks it.
		return fail(21211, m.To)
	case isLandline(m.To):
		return fail(21614, m.To)
	case m.From == "" && m.MessagingServiceSID == "":
		return fail(21603, "")
	case m.MessagingServiceSID != "" && m.MessagingServiceSID != c.cfg.MessagingServiceSID:
		return fail(21701, "")
	case m.From == m.To:
		return fail(21266, "")
	case m.From != "" && m.From != c.cfg.From:
		return fail(21606, m.From)
	case m.Body == "" && len(m.Media) == 0:
		return fail(21602, "")
	case !utf8.ValidString(m.Body):
		return fail(20001, "Body is not UTF-8")
	case utf8.RuneCountInString(m.Body) > 1600:
		return fail(21617, "")
	}
	if m.From == "" {
		m.From = c.cfg.From
	}
	if m.StatusCallback != "" && !isCallback(m.StatusCallback) {
		return fail(21609, "")
	}
	if v := form.Get("ValidityPeriod"); v != "" {
		seconds, err := strconv.Atoi(v)
		if err != nil || seconds < 1 || seconds > 36_000 {
			return fail(20001, "ValidityPeriod must be 1 to 36000 seconds")
		}
		m.ValidityPeriod = time.Duration(seconds) * time.Second
	}
	m.Parts = Parts(m.Body)
	m.SID = NewSID("SM")
	if len(m.Media) > 0 {
		m.SID = "MM" + m.SID[2:]
	}
	return m, nil
}

// isCallback takes an http(s) address with a host name without underscores, which is Twilio's rule.
func isCallback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.Contains(u.Hostname(), "_")
}

func (c *Carrier) fetchMessage(w http.ResponseWriter, sid string) {
	m, ok := c.Message(sid)
	if !ok {
		refuse(20404, "").write(w, 0)
		return
	}
	c.writeMessage(w, http.StatusOK, &m)
}

// updateMessage redacts a message (an empty Body). Nothing here is ever scheduled, so nothing can be cancelled.
func (c *Carrier) updateMessage(w http.ResponseWriter, sid string, form url.Values) {
	c.sms.mu.Lock()
	m, ok := c.sms.byID[sid]
	var copied Message
	if ok && form.Has("Body") && form.Get("Body") == "" {
		m.Body, m.Updated = "", c.Now().UTC()
		copied = *m
	}
	c.sms.mu.Unlock()
	switch {
	case !ok:
		refuse(20404, "").write(w, 0)
	case copied.SID == "":
		refuse(20001, "only an empty Body can be set").write(w, 0)
	default:
		c.writeMessage(w, http.StatusOK, &copied)
	}
}

func (c *Carrier) deleteMessage(w http.ResponseWriter, sid string) {
	c.sms.mu.Lock()
	_, ok := c.sms.byID[sid]
	if ok {
		c.sms.remove(sid)
	}
	c.sms.mu.Unlock()
	if !ok {
		refuse(20404, "").write(w, 0)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// messageResource is Twilio's Message resource, with each of its fields; what is absent is null.
type messageResource struct {
	Body                *string      `json:"body"`
	NumSegments         string       `json:"num_segments"`
	Direction           string       `json:"direction"`
	From                *string      `json:"from"`
	To                  string       `json:"to"`
	DateUpdated         *string      `json:"date_updated"`
	Price               *string      `json:"price"`
	ErrorMessage        *string      `json:"error_message"`
	URI                 string       `json:"uri"`
	AccountSID          string       `json:"account_sid"`
	NumMedia            string       `json:"num_media"`
	Status              string       `json:"status"`
	MessagingServiceSID *string      `json:"messaging_service_sid"`
	SID                 string       `json:"sid"`
	DateSent            *string      `json:"date_sent"`
	DateCreated         *string      `json:"date_created"`
	ErrorCode           *int         `json:"error_code"`
	PriceUnit           *string      `json:"price_unit"`
	APIVersion          string       `json:"api_version"`
	SubresourceURIs     subresources `json:"subresource_uris"`
}

type subresources struct {
	Media string `json:"media"`
}

// resource renders a message. A message of a messaging service that is still queued has no sender and no parts yet.
func (c *Carrier) resource(m *Message) messageResource {
	base := "/2010-04-01/Accounts/" + c.cfg.AccountSID + "/Messages/" + m.SID
	out := messageResource{
		Body: &m.Body, NumSegments: strconv.Itoa(m.Parts), Direction: m.Direction, From: &m.From, To: m.To,
		URI: base + ".json", AccountSID: c.cfg.AccountSID, NumMedia: strconv.Itoa(len(m.Media)), Status: m.Status,
		SID: m.SID, DateCreated: rfc2822(m.Created), DateUpdated: rfc2822(m.Updated), DateSent: rfc2822(m.Sent),
		APIVersion: twilioVersion, SubresourceURIs: subresources{base + "/Media.json"},
	}
	if m.MessagingServiceSID != "" {
		out.MessagingServiceSID = &m.MessagingServiceSID
		if m.Status == StatusQueued {
			out.From, out.NumSegments = nil, "0"
		}
	}
	if m.ErrorCode != 0 {
		message := refuse(m.ErrorCode, "").Message
		out.ErrorCode, out.ErrorMessage = &m.ErrorCode, &message
	}
	return out
}

func rfc2822(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC1123Z)
	return &s
}

func (c *Carrier) writeMessage(w http.ResponseWriter, status int, m *Message) {
	writeJSON(w, status, c.resource(m))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		// Only a caller's own callback (the caseload) could hand us something that does not marshal.
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // A client that went away needs no answer.
}
