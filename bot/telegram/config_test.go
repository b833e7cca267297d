package telegram

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/outbox/leak"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	const hush = "hush hush"
	rows := map[string]struct {
		cfg  Config
		want []string // what the faults are about
	}{
		"polling":              {Config{BotToken: token}, nil},
		"webhook":              {Config{BotToken: token, WebhookSecret: secret, PublicURL: publicly}, nil},
		"a_path_and_a_port":    {Config{BotToken: token, WebhookSecret: secret, PublicURL: publicly + ":8443/bot/"}, nil},
		"pretend_over_http":    {Config{BotToken: token, WebhookSecret: secret, PublicURL: "http://127.0.0.1:8081", APIURL: "http://127.0.0.1:8089"}, nil},
		"nothing":              {Config{}, []string{"TELEGRAM_BOT_TOKEN"}},
		"all_wrong_at_once":    {Config{BotToken: hush, WebhookSecret: hush, PublicURL: hush, APIURL: hush}, []string{"TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_API_URL", "PUBLIC_URL"}},
		"token_without_a_bot":  {Config{BotToken: ":hush"}, []string{"TELEGRAM_BOT_TOKEN"}},
		"token_with_a_path":    {Config{BotToken: "1:hush/../x"}, []string{"TELEGRAM_BOT_TOKEN"}},
		"secret_too_long":      {Config{BotToken: token, WebhookSecret: strings.Repeat("a", 257), PublicURL: publicly}, []string{"TELEGRAM_WEBHOOK_SECRET"}},
		"no_public_address":    {Config{BotToken: token, WebhookSecret: secret}, []string{"PUBLIC_URL"}},
		"http_to_telegram":     {Config{BotToken: token, WebhookSecret: secret, PublicURL: "http://alongside.example.org"}, []string{"PUBLIC_URL"}},
		"a_query":              {Config{BotToken: token, WebhookSecret: secret, PublicURL: publicly + "?x"}, []string{"PUBLIC_URL"}},
		"a_password":           {Config{BotToken: token, APIURL: "https://a:" + "hush@example.org"}, []string{"TELEGRAM_API_URL"}},
		"address_not_for_poll": {Config{BotToken: token, PublicURL: hush}, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var about []string
			for _, fault := range row.cfg.Validate() {
				name, _, _ := strings.Cut(fault.Error(), ":")
				about = append(about, name)
			}
			if diff := cmp.Diff(row.want, about); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			c, err := New(row.cfg, nil)
			if (err != nil) != (len(row.want) > 0) || (c == nil) != (err != nil) {
				t.Errorf("New: %v", err)
			}
			leak.New(t, "hush", token, secret).Show(err)
		})
	}
}

// TestDefaults: a configuration with only what is required works against Telegram itself.
func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BotToken: token}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.cfg.APIURL != "https://api.telegram.org" || c.http.Timeout <= pollFor+callFor || c.cfg.Now().IsZero() || c.Channel() != "telegram" {
		t.Errorf("defaults: %s, %s", c.cfg.APIURL, c.http.Timeout)
	}
	if c.http.CheckRedirect(nil, nil) == nil {
		t.Error("a redirect is followed")
	}
	held, err := c.cfg.Lease(t.Context())
	if !held || err != nil || c.cfg.Release(t.Context()) != nil {
		t.Error("the only process has no lease")
	}
	c.cfg.Count("x", "y")
	c.log.Info("nothing")
}
