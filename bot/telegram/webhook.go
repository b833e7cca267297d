package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
)

// maxBody bounds an update, in bytes: one holds a text of 4,096 characters, and may quote another.
const maxBody = 1 << 20

// The outcomes of an update, as Config.Count is told them.
const (
	accepted    = "accepted"
	ignored     = "ignored"
	forged      = "forged"
	malformed   = "malformed"
	tooLarge    = "too_large"
	unavailable = "unavailable"
	dropped     = "dropped"
)

// serveUpdate takes one update. Telegram repeats it until the answer is 2xx, for a day.
func (c *Channel) serveUpdate(w http.ResponseWriter, r *http.Request) {
	const way = "webhook"
	refuse := func(status int, outcome, reason string) {
		c.cfg.Count(way, outcome)
		c.log.WarnContext(r.Context(), "telegram update refused", "outcome", outcome, "reason", reason)
		http.Error(w, http.StatusText(status)+": "+reason, status)
	}
	if !c.knowsSecret(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
		refuse(http.StatusForbidden, forged, "the secret is wrong or missing")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if tooMuch := (*http.MaxBytesError)(nil); errors.As(err, &tooMuch) {
			refuse(http.StatusRequestEntityTooLarge, tooLarge, "the body is too large")
			return
		}
		refuse(http.StatusBadRequest, malformed, "the body did not arrive whole")
		return
	}
	u, err := decode(body)
	if err != nil {
		refuse(http.StatusBadRequest, malformed, "the body is no update")
		return
	}
	if err := c.take(r.Context(), way, u); err != nil {
		http.Error(w, "Service Unavailable: try again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// knowsSecret compares digests: neither the time nor the length tells anything.
func (c *Channel) knowsSecret(secret string) bool {
	got := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(got[:], c.secret[:]) == 1 && c.cfg.WebhookSecret != ""
}
