package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"alongside/bot/web/problem"
	"alongside/store"
)

// scope is what a token may do.
type scope string

// The scopes. Each holds those before it.
const (
	scopeRead  scope = "read"
	scopeWrite scope = "write"
	scopeAdmin scope = "admin"
)

// within lists the scopes of a token that are enough for each scope.
var within = map[scope][]scope{
	scopeRead:  {scopeRead, scopeWrite, scopeAdmin},
	scopeWrite: {scopeWrite, scopeAdmin},
	scopeAdmin: {scopeAdmin},
}

// maxBody bounds the body of a request, in bytes.
const maxBody = 1 << 20

// maxDepth bounds how deep a body may nest. None of ours goes past three.
const maxDepth = 16

// callKey is the context key of what is known about a request.
type callKey struct{}

// A call is what is known about a request.
type call struct {
	// id is that of the log; token that of the token, for "closed by".
	id, token string
	// lead says that the token may read what is for the lead alone.
	lead bool
}

func callOf(ctx context.Context) call {
	c, _ := ctx.Value(callKey{}).(call)
	return c
}

func requestID(ctx context.Context) string { return callOf(ctx).id }

// ServeHTTP lets a request through to its operation if it has a token, and is
// fit to be read.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == descriptionPath {
		a.mux.ServeHTTP(w, r)
		return
	}
	token, p := a.authenticate(w, r)
	if p != nil {
		p.Write(w)
		return
	}
	pattern, p := a.find(w, r)
	if p != nil {
		p.Write(w)
		return
	}
	r.Pattern = pattern // The access log reads it, also of a request that goes no further.
	to := a.routes[pattern]
	if !allowed(token.Scopes, to.scope) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="alongside", error="insufficient_scope", scope="%s"`, to.scope))
		problem.New(http.StatusForbidden, "scope",
			fmt.Sprintf("This needs a token with the scope %q. Make one with: alongside token --scopes %s", to.scope, to.scope)).Write(w)
		return
	}
	body, p := readBody(r, to)
	if p != nil {
		p.Write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), workWithin)
	defer cancel()
	ctx = context.WithValue(ctx, callKey{}, call{
		id: w.Header().Get(problem.RequestHeader), token: token.ID, lead: allowed(token.Scopes, scopeAdmin),
	})
	inner := r.WithContext(ctx)
	inner.Body = io.NopCloser(bytes.NewReader(body))
	inner.ContentLength = int64(len(body))
	a.once(w, inner, token.ID, body)
}

// authenticate finds out whose token the request bears.
func (a *API) authenticate(w http.ResponseWriter, r *http.Request) (store.TokenInfo, *problem.Problem) {
	header := r.Header.Get("Authorization")
	if header == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="alongside"`)
		return store.TokenInfo{}, problem.New(http.StatusUnauthorized, "no_token",
			"This needs a bearer token: send the header Authorization: Bearer <token>. The command alongside token makes one.")
	}
	wrong := func() (store.TokenInfo, *problem.Problem) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="alongside", error="invalid_token"`)
		return store.TokenInfo{}, problem.New(http.StatusUnauthorized, "wrong_token",
			"This token is not known here, or no longer valid. Check that it was copied whole, or make another with: alongside token")
	}
	kind, plain, _ := strings.Cut(header, " ")
	plain = strings.TrimSpace(plain)
	// A token of ours is short and plain; anything else need not reach the database.
	if !strings.EqualFold(kind, "Bearer") || plain == "" || len(plain) > 256 || strings.ContainsFunc(plain, outsideToken) {
		return wrong()
	}
	token, err := a.Store.Token(r.Context(), plain)
	switch {
	case err == nil:
		return token, nil
	case errors.Is(err, store.ErrNotFound):
		return wrong()
	}
	a.Logger.ErrorContext(r.Context(), "a token could not be looked up", "request", w.Header().Get(problem.RequestHeader), "err", err)
	w.Header().Set("Retry-After", "2")
	return store.TokenInfo{}, problem.New(http.StatusServiceUnavailable, "unavailable", "The caseload cannot be reached just now. Try again.")
}

func outsideToken(r rune) bool { return r <= ' ' || r > '~' }

func allowed(has []string, needs scope) bool {
	for _, enough := range within[needs] {
		for _, s := range has {
			if s == string(enough) {
				return true
			}
		}
	}
	return false
}

// find says which route the request is for.
func (a *API) find(w http.ResponseWriter, r *http.Request) (string, *problem.Problem) {
	// Neither an address nor a query of ours holds such characters, and
	// PostgreSQL takes no NUL.
	for _, part := range []string{r.URL.Path, queryText(r)} {
		if !utf8.ValidString(part) || strings.ContainsFunc(part, unicode.IsControl) {
			return "", problem.New(http.StatusBadRequest, "bad_address", "The address of this request holds control characters or is not UTF-8.")
		}
	}
	handler, pattern := a.mux.Handler(r)
	_, known := a.routes[pattern]
	if known && path.Clean(r.URL.Path) == r.URL.Path {
		return pattern, nil
	}
	// The router knows whether another method would do.
	probe := &headOnly{header: http.Header{}}
	if !known {
		handler.ServeHTTP(probe, r)
	}
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		return "", problem.New(http.StatusMethodNotAllowed, "method", "This address does not take this method. The header Allow lists those that it takes.")
	}
	return "", notFound("There is nothing at this address. " + descriptionPath + " lists what there is.")
}

// queryText is the query without its escapes; what cannot be read is given as
// it is, and refused by whoever reads it.
func queryText(r *http.Request) string {
	var b strings.Builder
	for key, values := range r.URL.Query() {
		b.WriteString(key + strings.Join(values, ""))
	}
	return b.String()
}

// headOnly takes an answer and keeps its status and header.
type headOnly struct {
	header http.Header
	status int
}

func (h *headOnly) Header() http.Header { return h.header }
func (h *headOnly) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}
func (h *headOnly) Write(p []byte) (int, error) { return len(p), nil }

// readBody reads and checks the body: bounded, JSON, UTF-8, one object without a
// field twice. What a field may hold is checked by its operation.
func readBody(r *http.Request, to route) ([]byte, *problem.Problem) {
	tooLarge := problem.New(http.StatusRequestEntityTooLarge, "too_large", "The body is longer than 1 MiB. Send less at a time.")
	if r.ContentLength > maxBody {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, problem.New(http.StatusBadRequest, "incomplete", "The body did not arrive whole. Send the request again.")
	}
	if !to.body {
		if len(bytes.TrimSpace(body)) > 0 {
			return nil, problem.New(http.StatusUnprocessableEntity, "no_body", "This request takes no body. Send it without one.")
		}
		return nil, nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, problem.New(http.StatusBadRequest, "needs_body",
			"This request needs a body: a JSON object. "+descriptionPath+" shows an example.")
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, problem.New(http.StatusUnsupportedMediaType, "not_json", "The body must be JSON: send the header Content-Type: application/json.")
	}
	if !utf8.Valid(body) {
		return nil, problem.New(http.StatusBadRequest, "not_utf8", "The body is not valid UTF-8. Encode it as UTF-8 and send it again.")
	}
	if fault := checkJSON(body); fault != "" {
		return nil, problem.New(http.StatusBadRequest, "not_json", fault)
	}
	return body, nil
}

// A nest is one open object or array of a body that is being read.
type nest struct {
	// names are the fields of an object so far; nil for an array.
	names map[string]bool
	// naming says that the next string is the name of a field.
	naming bool
}

// checkJSON says in a sentence why the body cannot be one object of ours, or
// "". It repeats nothing of it.
func checkJSON(body []byte) string {
	var open []*nest
	d := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return "The body ends before its JSON does."
		}
		if err != nil {
			return fmt.Sprintf("The body is not JSON: there is a fault near byte %d.", d.InputOffset())
		}
		if len(open) == 0 && token != json.Delim('{') {
			return "The body must be one JSON object: {…}."
		}
		if text, ok := token.(string); ok && strings.ContainsRune(text, 0) {
			return "The body holds a NUL character (\\u0000). Remove it."
		}
		switch token {
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
			if len(open) > 0 {
				continue
			}
			if len(bytes.TrimSpace(body[d.InputOffset():])) > 0 {
				return "Something follows the JSON object in the body."
			}
			return ""
		}
		if len(open) > 0 {
			in := open[len(open)-1]
			if in.naming {
				name, _ := token.(string) // The decoder takes nothing else there.
				if in.names[name] {
					return "The body names a field twice."
				}
				in.names[name], in.naming = true, false
				continue
			}
			in.naming = in.names != nil // After a value comes a name.
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &nest{names: map[string]bool{}, naming: true})
		case json.Delim('['):
			open = append(open, &nest{})
		}
		if len(open) > maxDepth {
			return "The body nests too deeply."
		}
	}
}
