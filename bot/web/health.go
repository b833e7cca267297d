package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// readyWithin is how long the database may take to say that it is there.
const readyWithin = 2 * time.Second

// health answers the two questions of whoever runs this: is the process alive,
// and should it be given work. Neither says what exactly is wrong: the webhook
// listener is open to everybody, and the log has it.
type health struct {
	store Stores
	log   *slog.Logger
	// unready remembers the last answer, so that a probe every few seconds
	// writes one line when something changes and not one each.
	unready atomic.Bool
}

// routes mounts the two checks.
func (h *health) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", h.serveAlive)
	mux.HandleFunc("GET /readyz", h.serveReady)
}

// alive is the detail of /healthz.
type alive struct {
	// Status is "ok", or "degraded": slower than usual, and nothing is lost.
	Status string `json:"status"`
	Redis  string `json:"redis"`
}

// serveAlive answers 200 as long as the process can answer. A dead Redis costs
// speed, never memory, and no restart mends it.
func (h *health) serveAlive(w http.ResponseWriter, _ *http.Request) {
	a := alive{Status: "ok", Redis: "ok"}
	if h.store.LiveError() != nil {
		a = alive{Status: "degraded", Redis: "degraded"}
	}
	answer(w, http.StatusOK, a)
}

// readiness is the detail of /readyz.
type readiness struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// serveReady answers 200 when SQL is reachable and migrated, 503 otherwise.
func (h *health) serveReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := h.store.Ping(ctx); err != nil {
		if h.unready.CompareAndSwap(false, true) {
			h.log.ErrorContext(ctx, "not ready: the database is not reachable or not migrated", "err", err)
		}
		answer(w, http.StatusServiceUnavailable, readiness{
			Status: "unavailable",
			Reason: "the database is not reachable, or its tables are not those of this version (run: alongside migrate); the log has the details",
		})
		return
	}
	if h.unready.CompareAndSwap(true, false) {
		h.log.InfoContext(ctx, "ready again")
	}
	answer(w, http.StatusOK, readiness{Status: "ok"})
}

func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // They hold strings alone.
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
