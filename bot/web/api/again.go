package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"alongside/bot/web/problem"
)

// keyHeader names a request, so that it can come twice and be done once; replayed
// says that an answer is the one that was given before.
const (
	keyHeader = "Idempotency-Key"
	replayed  = "Idempotent-Replayed"
)

// longestKey bounds the key of a request, in bytes.
const longestKey = 200

// kept is an answer as it is kept for a day.
type kept struct {
	Header map[string]string `json:"h"`
	Body   []byte            `json:"b"`
}

// keptHeaders are those of an answer that belong to what was done.
var keptHeaders = []string{"Content-Type", "Location"}

// taking keeps an answer on its way out.
type taking struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *taking) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *taking) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}

// once lets a request with a key of its own through one time; when it comes again
// within a day it is given the same answer. A failure of ours is not kept: the
// request may be tried again.
func (a *API) once(w http.ResponseWriter, r *http.Request, token string, body []byte) {
	key := r.Header.Get(keyHeader)
	if r.Method != http.MethodPost || key == "" {
		a.mux.ServeHTTP(w, r)
		return
	}
	if len(key) > longestKey || strings.ContainsFunc(key, outsideToken) {
		problem.New(http.StatusBadRequest, "bad_key", "The header Idempotency-Key is at most 200 plain characters without spaces, such as a UUID.").Write(w)
		return
	}
	ctx := r.Context()
	known, err := a.Store.BeginAnswer(ctx, token, key, r.Method+" "+r.URL.RequestURI()+"\n"+string(body))
	if err != nil {
		a.problem(ctx, "idempotency-key", err).Write(w)
		return
	}
	if known != nil {
		switch was := (kept{}); {
		case !known.Same:
			problem.New(http.StatusUnprocessableEntity, "key_reused", "Another request came with this Idempotency-Key within the last day. Nothing was changed: give each request a key of its own.").Write(w)
		case known.Status == 0 && a.Now().Sub(known.At) < 2*workWithin:
			w.Header().Set("Retry-After", "2")
			problem.New(http.StatusConflict, "under_way", "The same request is being worked on. Send it again in a moment, with the same key, for its answer.").Write(w)
		case known.Status == 0, json.Unmarshal(known.Answer, &was) != nil:
			problem.New(http.StatusConflict, "outcome_unknown", "The same request came before, and its answer was lost: it may have been done. Read first; if it was not, send it with another key.").Write(w)
		default:
			for name, value := range was.Header {
				w.Header().Set(name, value)
			}
			w.Header().Set(replayed, "true")
			w.WriteHeader(known.Status)
			_, _ = w.Write(was.Body)
		}
		return
	}
	t := &taking{ResponseWriter: w}
	done := false
	// What was done is written down also when the caller hangs up, or a bug ends it.
	keep := context.WithoutCancel(ctx)
	defer func() {
		status, answer := t.status, []byte(nil)
		if done && status > 0 && status < http.StatusInternalServerError {
			was := kept{Header: map[string]string{}, Body: t.body.Bytes()}
			for _, name := range keptHeaders {
				if v := w.Header().Get(name); v != "" {
					was.Header[name] = v
				}
			}
			answer, _ = json.Marshal(was)
		} else {
			status = 0
		}
		if err := a.Store.EndAnswer(keep, token, key, status, answer); err != nil {
			a.Logger.ErrorContext(keep, "the answer to a request was not kept", "request", requestID(ctx), "err", err)
		}
	}()
	a.mux.ServeHTTP(t, r)
	done = true
}
