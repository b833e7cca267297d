package twilio

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBody bounds a webhook, in bytes. A text has at most 1,600 characters and
// ten media addresses: some 10 KiB when everything is escaped.
const maxBody = 64 << 10

// The outcomes of a webhook, as Config.Count is told them.
const (
	accepted    = "accepted"
	ignored     = "ignored"
	forged      = "forged"
	malformed   = "malformed"
	tooLarge    = "too_large"
	unavailable = "unavailable"
)

// read takes the form of a webhook and makes sure that Twilio sent it for our
// account. Otherwise it has answered, and returns false. The signature may be
// over any of the addresses that Twilio can have been given for this path.
func (c *Channel) read(w http.ResponseWriter, r *http.Request, webhook string, fragments ...string) (url.Values, bool) {
	refuse := func(status int, outcome, reason string) (url.Values, bool) {
		c.cfg.Count(webhook, outcome)
		c.log.WarnContext(r.Context(), "twilio webhook refused", "webhook", webhook, "outcome", outcome, "reason", reason)
		http.Error(w, http.StatusText(status)+": "+reason, status)
		return nil, false
	}
	if r.ContentLength > maxBody {
		return refuse(http.StatusRequestEntityTooLarge, tooLarge, "the body is too large")
	}
	signature := r.Header.Get("X-Twilio-Signature")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if tooMuch := (*http.MaxBytesError)(nil); errors.As(err, &tooMuch) {
			return refuse(http.StatusRequestEntityTooLarge, tooLarge, "the body is too large")
		}
		return refuse(http.StatusBadRequest, malformed, "the body did not arrive whole")
	}
	if signature == "" {
		return refuse(http.StatusForbidden, forged, "there is no signature")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		// The error of ParseQuery repeats a part of the body.
		return refuse(http.StatusBadRequest, malformed, "the body is not a form")
	}
	if !c.signed(r, form, signature, append([]string{""}, fragments...)) {
		return refuse(http.StatusForbidden, forged, "the signature is wrong")
	}
	if form.Get("AccountSid") != c.cfg.AccountSID {
		return refuse(http.StatusForbidden, forged, "it is for another account")
	}
	return form, true
}

// signed reports whether one of our tokens signed the form and the address.
// Neither the Host nor the scheme of the request is looked at: behind a proxy
// they are whatever the proxy says. All tokens are tried whichever fits, and
// the library compares in constant time.
func (c *Channel) signed(r *http.Request, form url.Values, signature string, fragments []string) bool {
	address := c.base + r.URL.EscapedPath()
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		address += "?" + r.URL.RawQuery
	}
	params := signedParams(form)
	ok := false
	for _, fragment := range fragments {
		for i := range c.validators {
			// Validate, not ValidateBody: that one keeps the first of repeated
			// parameters, so that a second could be added to a genuine webhook.
			ok = c.validators[i].Validate(address+fragment, params, signature) || ok
		}
	}
	return ok
}

// signedParams makes of a form the one value per name that the library's
// validator knows. Twilio signs a name that comes with several values as name,
// value, name, value, the values sorted and each once (so do its libraries for
// other languages); put into one value, that is what the validator appends.
func signedParams(form url.Values) map[string]string {
	params := make(map[string]string, len(form))
	for name, values := range form {
		if len(values) > 1 {
			values = slices.Clone(values)
			slices.Sort(values)
			values = slices.Compact(values)
		}
		params[name] = strings.Join(values, name)
	}
	return params
}
