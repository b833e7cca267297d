package carrier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// telegramSide is everything that Telegram knows: the bot's webhook, the chats, and the updates that wait for the bot.
type telegramSide struct {
	mu       sync.Mutex
	botID    int64
	username string
	token    string
	keep     int

	chats   map[int64]*chat
	ring    []*ChatMessage // as in smsLog: a ring of at most keep messages
	next    int
	sent    int64 // messages that the bot ever sent
	queries map[string]*query
	answers []CallbackAnswer

	webhook   string
	secret    string
	parallel  int      // setWebhook's max_connections
	allowed   []string // update kinds; empty: all
	lastError string
	errorAt   time.Time

	nextUpdate int64
	updates    []*update // not confirmed, oldest first
	history    []*update // the newest ones, for posting one again
	busy       map[int64]bool
	inFlight   int
	poll       chan struct{} // closed to end the getUpdates call that is waiting
}

func (t *telegramSide) init(cfg Config) {
	digits, _, _ := strings.Cut(cfg.BotToken, ":")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		id = 7_000_000_001 // A token that is not Telegram's shape still belongs to some bot.
	}
	t.botID, t.username, t.token, t.keep = id, cfg.BotUsername, cfg.BotToken, cfg.Keep
	t.webhook, t.secret, t.parallel = cfg.WebhookURL, cfg.WebhookSecret, 40
	t.chats = make(map[int64]*chat)
	t.queries = make(map[string]*query)
	t.busy = make(map[int64]bool)
	t.nextUpdate = 100_000_001 // Telegram starts anywhere; a small number would hide a mistake with 32 bits.
}

func (t *telegramSide) clearMessages() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ring, t.next, t.answers = nil, 0, nil
	for _, ch := range t.chats {
		ch.byID = make(map[int]*ChatMessage)
	}
}

// botError is an error answer of the Bot API.
type botError struct {
	code        int
	description string
	retryAfter  int
}

// The descriptions are Telegram's own: programs do read them, because the code alone does not tell them apart.
var (
	errUnauthorized = &botError{code: http.StatusUnauthorized, description: "Unauthorized"}
	errNoMethod     = &botError{code: http.StatusNotFound, description: "Not Found"}
	errBlocked      = &botError{code: http.StatusForbidden, description: "Forbidden: bot was blocked by the user"}
	errNotStarted   = &botError{code: http.StatusForbidden, description: "Forbidden: bot can't initiate conversation with a user"}
	errDeactivated  = &botError{code: http.StatusForbidden, description: "Forbidden: user is deactivated"}
)

func badRequest(what string) *botError {
	return &botError{code: http.StatusBadRequest, description: "Bad Request: " + what}
}

func (e *botError) write(w http.ResponseWriter) {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.description}
	if e.retryAfter > 0 {
		body["parameters"] = map[string]int{"retry_after": e.retryAfter}
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	writeJSON(w, e.code, body)
}

// serveTelegram is the Bot API: /bot<token>/<method>, and /file/bot<token>/<path> for what people sent.
func (c *Carrier) serveTelegram(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+c.telegram.token+"/"); ok {
		c.serveFile(w, path)
		return
	}
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || strings.Contains(method, "/") {
		errNoMethod.write(w)
		return
	}
	params, err := readParams(w, r)
	if err != nil {
		badRequest("can't parse the request").write(w)
		return
	}
	if c.cfg.Check != nil {
		c.problems.add(c.cfg.Check.TelegramRequest(method, params)...)
	}
	if token != c.telegram.token {
		errUnauthorized.write(w)
		return
	}
	call := methodNamed(strings.ToLower(method)) // Telegram reads names of methods in any case.
	if call == nil {
		errNoMethod.write(w)
		return
	}
	faults := c.faults.pick(ChannelTelegram, method, params["chat_id"], method == "sendMessage")
	if f := faults.answer; f != nil && c.telegramFault(w, f) {
		return
	}
	result, bad := call(c, r, params, faults)
	if bad != nil {
		bad.write(w)
		return
	}
	if c.spoil(w, r, faults, http.StatusOK, `{"ok":true,"result":{"message_`) {
		return
	}
	writeJSON(w, http.StatusOK, struct {
		OK     bool `json:"ok"`
		Result any  `json:"result"`
	}{true, result})
}

// telegramFault answers in the way of a fault that does nothing. False: the fault lets the request be done first.
func (c *Carrier) telegramFault(w http.ResponseWriter, f *Fault) bool {
	e := &botError{code: orCode(f.Status, http.StatusInternalServerError), description: f.Reason, retryAfter: f.RetryAfter}
	switch f.Kind {
	case FaultStatus:
	case FaultError:
		e.code = orCode(f.Code, http.StatusBadRequest)
	case FaultHTML:
		answerHTML(w, e.code, f.RetryAfter)
		return true
	case FaultCloseBefore:
		c.dropConnection(w)
		return true
	default:
		return false
	}
	if e.code == http.StatusTooManyRequests {
		e.retryAfter = max(e.retryAfter, 1)
	}
	if e.description == "" {
		switch e.code {
		case http.StatusForbidden:
			e.description = errBlocked.description
		case http.StatusTooManyRequests:
			e.description = fmt.Sprintf("Too Many Requests: retry after %d", e.retryAfter)
		default:
			e.description = http.StatusText(e.code)
		}
	}
	e.write(w)
	return true
}

// readParams reads the parameters of a call in each of the four forms that the Bot API takes: query, form,
// multipart and JSON. Values that are not strings stay JSON. A file is read as its name.
func readParams(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	params := make(map[string]string)
	for key, values := range r.URL.Query() {
		params[key] = values[0]
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch kind {
	case "multipart/form-data":
		reader := multipart.NewReader(r.Body, options["boundary"])
		for parts := 0; ; parts++ {
			part, err := reader.NextPart()
			// The client library sends this type with an empty body, not even a boundary, when there are no parameters.
			if err == io.EOF || parts == 0 && errors.Is(err, io.EOF) { //nolint:errorlint // The bare EOF is the end; a wrapped one is a body that was cut off.
				return params, nil
			}
			if err != nil {
				return nil, fmt.Errorf("read multipart: %w", err)
			}
			value, err := io.ReadAll(part)
			if err != nil {
				return nil, fmt.Errorf("read part: %w", err)
			}
			if part.FileName() != "" {
				value = []byte(part.FileName())
			}
			params[part.FormName()] = string(value)
		}
	case "application/json":
		var body map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && err != io.EOF {
			return nil, fmt.Errorf("read JSON: %w", err)
		}
		for key, raw := range body {
			var s string
			if json.Unmarshal(raw, &s) == nil {
				params[key] = s
			} else {
				params[key] = string(raw)
			}
		}
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		for key, values := range r.PostForm {
			params[key] = values[0]
		}
	}
	return params, nil
}
