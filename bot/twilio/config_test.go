package twilio

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/outbox/leak"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	const secret = "hush hush"
	rows := map[string]struct {
		change func(*Config)
		want   []string // what the faults are about
	}{
		"usable":            {func(*Config) {}, nil},
		"a_short_code":      {func(c *Config) { c.From = "80010" }, nil},
		"a_service":         {func(c *Config) { c.From = "MG0123456789abcdef0123456789abcdef" }, nil},
		"two_tokens":        {func(c *Config) { c.AuthTokens = []string{"a", "b"} }, nil},
		"an_api_of_our_own": {func(c *Config) { c.APIURL = "http://127.0.0.1:8089/" }, nil},
		"nothing":           {func(c *Config) { *c = Config{} }, []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "PUBLIC_URL"}},
		"all_wrong_at_once": {func(c *Config) {
			*c = Config{AccountSID: secret, AuthTokens: []string{secret, ""}, From: secret, PublicURL: secret, APIURL: secret}
		}, []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "PUBLIC_URL", "TWILIO_API_URL"}},
		"three_tokens":          {func(c *Config) { c.AuthTokens = []string{"a", "b", "c"} }, []string{"TWILIO_AUTH_TOKEN"}},
		"token_with_a_newline":  {func(c *Config) { c.AuthTokens = []string{"a\n"} }, []string{"TWILIO_AUTH_TOKEN"}},
		"a_name_to_send_from":   {func(c *Config) { c.From = "Alongside" }, []string{"TWILIO_FROM"}},
		"a_national_number":     {func(c *Config) { c.From = "07700900000" }, []string{"TWILIO_FROM"}},
		"no_scheme":             {func(c *Config) { c.PublicURL = "alongside.example.org" }, []string{"PUBLIC_URL"}},
		"another_scheme":        {func(c *Config) { c.PublicURL = "ftp://alongside.example.org" }, []string{"PUBLIC_URL"}},
		"a_password":            {func(c *Config) { c.PublicURL = "https://a:" + "hush@alongside.example.org" }, []string{"PUBLIC_URL"}},
		"a_query":               {func(c *Config) { c.PublicURL = "https://alongside.example.org?" }, []string{"PUBLIC_URL"}},
		"a_fragment":            {func(c *Config) { c.PublicURL = "https://alongside.example.org/#rc=3" }, []string{"PUBLIC_URL"}},
		"an_underscore":         {func(c *Config) { c.PublicURL = "https://my_host.example.org" }, []string{"PUBLIC_URL"}},
		"an_api_with_a_query":   {func(c *Config) { c.APIURL = "https://api.example.org/?x" }, []string{"TWILIO_API_URL"}},
		"an_account_in_capital": {func(c *Config) { c.AccountSID = strings.ToLower(account) }, []string{"TWILIO_ACCOUNT_SID"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := Config{AccountSID: account, AuthTokens: []string{token}, From: ourPhone, PublicURL: publicly}
			row.change(&cfg)
			var about []string
			for _, fault := range cfg.Validate() {
				name, _, _ := strings.Cut(fault.Error(), ":")
				about = append(about, name)
			}
			if diff := cmp.Diff(row.want, about); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			c, err := New(cfg, nil)
			if (err != nil) != (len(row.want) > 0) || (c == nil) != (err != nil) {
				t.Errorf("New: %v", err)
			}
			leak.New(t, secret, "hush").Show(err)
		})
	}
}

// TestDefaults: a configuration with only what is required works against Twilio itself, and follows no redirect.
func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := New(Config{AccountSID: account, AuthTokens: []string{token}, From: ourPhone, PublicURL: publicly}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.cfg.APIURL != "https://api.twilio.com" || c.http.Timeout != sendFor || c.cfg.Now().IsZero() {
		t.Errorf("defaults: %s, %s", c.cfg.APIURL, c.http.Timeout)
	}
	if err := c.http.CheckRedirect(nil, nil); !errors.Is(err, http.ErrUseLastResponse) {
		t.Errorf("a redirect is followed: %v", err)
	}
	c.cfg.Count("x", "y")
	c.log.Info("nothing")
	if c.cfg.NotOurs(err) {
		t.Error("every error means that a message is unknown")
	}
}
