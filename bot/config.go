package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"alongside/bot/outbox"
	"alongside/bot/telegram"
	"alongside/bot/twilio"
	"alongside/conversations"
	"alongside/locales"
	"alongside/store/seal"
	"alongside/templates"
)

// stores says where the caseload and the live state are kept. Every flag is
// also a variable of the environment: --database-url is DATABASE_URL.
type stores struct {
	DatabaseURL string `default:"sqlite:alongside.db" env:"DATABASE_URL" help:"The caseload: sqlite:<file> or postgres://…" placeholder:"URL"`
	RedisURL    string `env:"REDIS_URL" help:"Live state: redis://, rediss://; several addresses for a cluster, ?master_name= for Sentinel. Empty: in this process, for one process only." placeholder:"URL"`
	SecretKeys  string `env:"SECRET_KEYS" help:"Keys for what is encrypted, separated by commas: the first encrypts, all decrypt. Make one with 'openssl rand -base64 32'." placeholder:"KEY[,KEY]"`
}

// keys reads the secret keys.
func (s stores) keys() (*seal.Keys, error) {
	if strings.TrimSpace(s.SecretKeys) == "" {
		return nil, errors.New("SECRET_KEYS: is missing; make one with: openssl rand -base64 32")
	}
	keys, err := seal.Parse(s.SecretKeys)
	if err != nil {
		return nil, fmt.Errorf("SECRET_KEYS: %w", err)
	}
	return keys, nil
}

// listeners says where the program listens: three ports, so that the internet
// reaches only the webhooks.
type listeners struct {
	ConsoleAddr string `default:"127.0.0.1:8080" env:"CONSOLE_ADDR" help:"Pages and API." placeholder:"HOST:PORT"`
	WebhookAddr string `default:"127.0.0.1:8081" env:"WEBHOOK_ADDR" help:"What providers call; the only port that the internet needs to reach." placeholder:"HOST:PORT"`
	MetricsAddr string `default:"127.0.0.1:8082" env:"METRICS_ADDR" help:"Prometheus." placeholder:"HOST:PORT"`
}

func (l listeners) validate() error {
	var faults []error
	for _, a := range []struct{ name, addr string }{
		{"CONSOLE_ADDR", l.ConsoleAddr}, {"WEBHOOK_ADDR", l.WebhookAddr}, {"METRICS_ADDR", l.MetricsAddr},
	} {
		if _, _, err := net.SplitHostPort(a.addr); err != nil {
			faults = append(faults, fmt.Errorf("%s: must be host:port or :port", a.name))
		}
	}
	return errors.Join(faults...)
}

// providers says how texts come and go.
type providers struct {
	PublicURL       string `env:"PUBLIC_URL" help:"The address under which providers reach the webhooks; it is what they sign." placeholder:"URL"`
	ConsoleURL      string `env:"CONSOLE_URL" help:"The address under which people open the console." placeholder:"URL"`
	TwilioAccount   string `env:"TWILIO_ACCOUNT_SID" help:"Twilio account (AC…). Without it there is no SMS." placeholder:"AC…"`
	TwilioToken     string `env:"TWILIO_AUTH_TOKEN" help:"Its auth token; two separated by a comma while one replaces the other." placeholder:"TOKEN"`
	TwilioFrom      string `env:"TWILIO_FROM" help:"The number that texts come from, or a messaging service (MG…)." placeholder:"+44…"`
	SMSRate         int    `name:"sms-rate" default:"10" env:"SMS_RATE" help:"SMS parts a second that TWILIO_FROM may send, over all processes; 0: as fast as it goes." placeholder:"PARTS"`
	TwilioAPIURL    string `env:"TWILIO_API_URL" help:"Another address of Twilio's API." placeholder:"URL"`
	TelegramToken   string `env:"TELEGRAM_BOT_TOKEN" help:"Telegram bot token. Without it there is no Telegram." placeholder:"TOKEN"`
	TelegramSecret  string `env:"TELEGRAM_WEBHOOK_SECRET" help:"Secret of the Telegram webhook; without one updates are polled." placeholder:"SECRET"`
	TelegramRate    int    `name:"telegram-rate" default:"30" env:"TELEGRAM_RATE" help:"Messages a second that the bot may send, over all processes, and one a second to each person; 0: as fast as it goes." placeholder:"MESSAGES"`
	TelegramAPIURL  string `env:"TELEGRAM_API_URL" help:"Another address of Telegram's API." placeholder:"URL"`
	SMTPURL         string `name:"smtp-url" env:"SMTP_URL" help:"Mail server for telling the team of danger beside their phones: smtps://user:password@host?from=address, or smtp:// for STARTTLS." placeholder:"URL"`
	HooksPrivate    bool   `name:"hooks-private" env:"HOOKS_PRIVATE" help:"Let systems that are told of events (POST /api/v1/webhooks) be inside the network, and on this machine over plain http."`
	Pathway         string `default:"ips" env:"PATHWAY" help:"The service: a name in templates/pathways, or a file." placeholder:"NAME|FILE"`
	AllowUnreviewed bool   `env:"ALLOW_UNREVIEWED" help:"Run although nobody of the service has reviewed the crisis words yet, or signed a language that is offered; it is said wherever people look."`
}

func (p providers) twilio(logger settings) twilio.Config {
	return twilio.Config{
		AccountSID: p.TwilioAccount, AuthTokens: split(p.TwilioToken), From: p.TwilioFrom, APIURL: p.TwilioAPIURL,
		PublicURL: p.PublicURL, Logger: logger.log, Now: logger.now,
	}
}

// limits are the carriers'. Twilio sends ten parts a second from a number outside
// North America, and queues the rest behind; a short code or a service of several
// numbers has more. Telegram wants no more than about thirty messages a second,
// and one a second in a chat.
func (p providers) limits() map[conversations.Channel]outbox.Limits {
	out := map[conversations.Channel]outbox.Limits{}
	if p.SMSRate > 0 {
		out[conversations.SMS] = outbox.Limits{Sender: p.TwilioFrom, PerSecond: p.SMSRate}
	}
	if p.TelegramRate > 0 {
		bot, _, _ := strings.Cut(p.TelegramToken, ":") // Its number: a new token is the same bot.
		out[conversations.Telegram] = outbox.Limits{Sender: bot, PerSecond: p.TelegramRate, PerChat: time.Second}
	}
	return out
}

func (p providers) telegram(logger settings) telegram.Config {
	return telegram.Config{
		BotToken: p.TelegramToken, WebhookSecret: p.TelegramSecret, APIURL: p.TelegramAPIURL,
		PublicURL: p.PublicURL, Logger: logger.log, Now: logger.now,
	}
}

// validate reports every fault at once.
func (p providers) validate(s settings) error {
	var faults []error
	sms := p.TwilioAccount != "" || p.TwilioToken != "" || p.TwilioFrom != ""
	if sms {
		faults = append(faults, p.twilio(s).Validate()...)
	}
	if p.TelegramToken != "" {
		faults = append(faults, p.telegram(s).Validate()...)
	}
	if !sms && p.TelegramToken == "" {
		faults = append(faults, errors.New("TWILIO_ACCOUNT_SID or TELEGRAM_BOT_TOKEN: neither is set, so nobody could be texted"))
	}
	for name, rate := range map[string]int{"SMS_RATE": p.SMSRate, "TELEGRAM_RATE": p.TelegramRate} {
		if rate < 0 || rate > 1000 {
			faults = append(faults, fmt.Errorf("%s: must be from 0 (no limit of ours) to 1000 a second", name))
		}
	}
	if p.ConsoleURL != "" {
		if u, err := url.Parse(p.ConsoleURL); err != nil || u.Host == "" {
			faults = append(faults, errors.New("CONSOLE_URL: must be a whole address that begins with https:// (or http://)"))
		}
	}
	return errors.Join(faults...)
}

// pathway loads the service's pathway. One whose crisis words nobody has
// reviewed is refused, and so is one that offers a language whose files nobody
// has signed, unless it was said that this is known.
func (p providers) pathway() (conversations.Pathway, error) {
	way, err := templates.Pathway(p.Pathway)
	if err != nil {
		return way, fmt.Errorf("PATHWAY: %w", err)
	}
	var unreviewed error
	if !way.Reviewed && !p.AllowUnreviewed {
		unreviewed = fmt.Errorf("PATHWAY: nobody has reviewed the crisis words of %q yet; copy its file, have a clinician of "+
			"the service sign reviewed_by and checked_on, and set PATHWAY to it (or, to try things out, --allow-unreviewed)", way.Name)
	}
	if !p.AllowUnreviewed {
		unreviewed = errors.Join(unreviewed, signed(way))
	}
	if unreviewed != nil {
		return way, unreviewed
	}
	return way, p.checkDuty(way)
}

// signed refuses languages that nobody has vouched for, and says who has to
// sign where.
func signed(way conversations.Pathway) error {
	var faults []error
	for _, tag := range way.Languages {
		missing, err := locales.Unsigned(tag)
		if err != nil {
			faults = append(faults, fmt.Errorf("PATHWAY: %w", err))
		}
		if len(missing) > 0 {
			faults = append(faults, fmt.Errorf("PATHWAY: %q offers %q, whose files are not signed yet: %s (or take it out of "+
				"languages, or, to try things out, --allow-unreviewed)", way.Name, tag, strings.Join(missing, "; ")))
		}
	}
	return errors.Join(faults...)
}

// split reads a list separated by commas; empty text is an empty list.
func split(list string) []string {
	var out []string
	for _, item := range strings.Split(list, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// grace is how long a graceful stop may take: longer than a send, shorter than
// the 30 s after which container runtimes lose their patience.
const grace = 20 * time.Second
