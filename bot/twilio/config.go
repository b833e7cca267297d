package twilio

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// defaultAPI is where Twilio's Messages API is.
const defaultAPI = "https://api.twilio.com"

// sendFor is how long the default HTTP client waits for an answer of the API,
// in all. Twilio answers within a second or two; what takes longer is lost.
const sendFor = 15 * time.Second

// Config says which account is used and where it is reached. AccountSID,
// AuthTokens, From and PublicURL are required.
type Config struct {
	// AccountSID is the account's ("AC" and 32 hexadecimal digits). A webhook of
	// any other account is refused, however well it is signed.
	AccountSID string
	// AuthTokens are the account's tokens: one, or two while one replaces the
	// other. A webhook signed with either is taken; requests use the first, and
	// the next where Twilio no longer knows the first.
	AuthTokens []string
	// From is a number in E.164, a short code, or a messaging service ("MG" and
	// 32 hexadecimal digits). A name is refused: people could not answer it.
	From string
	// PublicURL is the address under which Twilio reaches us, without a path or
	// with the path that stands before /webhooks. It is what Twilio signs.
	PublicURL string
	// APIURL replaces https://api.twilio.com, for a pretend carrier or a region. Empty: Twilio's.
	APIURL string

	// HTTPClient makes the requests; its transport must support net/http/httptrace, as http.Transport does:
	// it tells what was surely not sent. Nil: one of our own that gives up after 15 s.
	HTTPClient *http.Client
	// NotOurs tells of an error that handle returned for a status callback that
	// it means "no such message"; Twilio is then answered 204, because trying
	// again would not help. Nil: handle itself returns nil for these.
	NotOurs func(error) bool
	// Count is told what became of each webhook: "accepted", "ignored",
	// "forged", "malformed", "too_large" or "unavailable". Nil: nobody is told.
	Count func(webhook, outcome string)
	// Logger is told ids, codes and named reasons only. Nil: nothing is logged.
	Logger *slog.Logger
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	// A number has a country code and at most 15 digits (ITU-T E.164); a short code has no plus sign.
	number    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	shortCode = regexp.MustCompile(`^[0-9]{3,8}$`)
)

// Validate returns every fault, each as a sentence that names the variable of
// the environment and never its value; none for a usable configuration.
func (cfg Config) Validate() []error {
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New(text)) }
	if !accountSID.MatchString(cfg.AccountSID) {
		fault("TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits, as Twilio's console shows it")
	}
	if n := len(cfg.AuthTokens); n == 0 {
		fault("TWILIO_AUTH_TOKEN: is missing")
	} else if n > 2 {
		fault("TWILIO_AUTH_TOKEN: holds " + strconv.Itoa(n) + " tokens; two are enough while one replaces the other")
	}
	for i, token := range cfg.AuthTokens {
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			fault("TWILIO_AUTH_TOKEN: token " + strconv.Itoa(i+1) + " is empty or has characters that no token has")
		}
	}
	if !number.MatchString(cfg.From) && !shortCode.MatchString(cfg.From) && !serviceSID.MatchString(cfg.From) {
		fault("TWILIO_FROM: must be a number such as +447700900000, a short code, or a messaging service (MG and 32 hexadecimal digits); a sender's name cannot be answered")
	}
	if reason := badAddress(cfg.PublicURL); reason != "" {
		fault("PUBLIC_URL: " + reason)
	}
	if cfg.APIURL != "" {
		if reason := badAddress(cfg.APIURL); reason != "" {
			fault("TWILIO_API_URL: " + reason)
		}
	}
	return faults
}

// badAddress says what is wrong with a base address, or "".
func badAddress(address string) string {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return "is missing"
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "must be a whole address that begins with https:// (or http://)"
	case u.User != nil:
		return "must not hold a user name or a password"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#"):
		return "must end before any ? or #"
	case strings.Contains(u.Hostname(), "_"):
		// Twilio refuses such a StatusCallback (21609).
		return "must not have an underscore in its host name: Twilio does not call such addresses"
	}
	return ""
}

func (cfg Config) check() error { return errors.Join(cfg.Validate()...) }

func (cfg Config) withDefaults() Config {
	if cfg.APIURL == "" {
		cfg.APIURL = defaultAPI
	}
	cfg.APIURL = trimSlash(cfg.APIURL)
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = newHTTPClient()
	}
	if cfg.NotOurs == nil {
		cfg.NotOurs = func(error) bool { return false }
	}
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// newHTTPClient keeps more connections than Go's two per host: the outbox sends to many people at once.
func newHTTPClient() *http.Client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	return &http.Client{Transport: transport, Timeout: sendFor}
}

func trimSlash(address string) string { return strings.TrimRight(address, "/") }
