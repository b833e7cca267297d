package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"alongside/bot/web"
	"alongside/bot/web/api"
	"alongside/bot/web/feed"
	"alongside/bot/web/intake"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// serveCommand runs the service.
type serveCommand struct {
	stores
	listeners
	providers
	ClockAhead time.Duration `env:"CLOCK_AHEAD" hidden:"" help:"Let the program's clock run ahead by this, to try things out."`
	people
	Migrate bool `default:"true" negatable:"" env:"MIGRATE" help:"Bring the database up to this version first."`
}

// Help teaches.
func (serveCommand) Help() string {
	return `Takes texts at the webhooks, answers them, sends what is due, and serves the API.

People of the team sign in at CONSOLE_URL; make the first account with: alongside user add. Over https their cookies go nowhere else.

The people who are told of danger come from two places: the client's specialist, with the phone and e-mail address that the API
keeps; and the duty person and the team lead, from the lines duty: and lead: of the pathway's file (PATHWAY=<file>.yaml). Give
each a name, a mobile number and an e-mail address. Pages go out by SMS through Twilio's variables, and by e-mail through
SMTP_URL; CONSOLE_URL gives them their link. A reviewed pathway without a duty person who can be reached is refused.

At the least it needs SECRET_KEYS, PUBLIC_URL, and Twilio's or Telegram's variables.
It stops on SIGTERM or Ctrl-C: what was accepted is finished, or left safely for the next process.`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(ctx context.Context, s settings) (err error) {
	s.clock.Advance(c.ClockAhead)
	keys, keysErr := c.keys()
	way, wayErr := c.pathway()
	mailer, mailErr := c.mailer()
	if err := wrongConfig(keysErr, wayErr, mailErr, c.people.validate(), c.listeners.validate(), c.providers.validate(s)); err != nil {
		return err
	}
	if c.Migrate {
		if err := store.Migrate(ctx, c.DatabaseURL, s.log); err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
	}
	p := parts{stores: c.stores, keys: keys, pathway: way, team: team{mailer: mailer, console: c.ConsoleURL}, limits: c.limits(), privateHooks: c.HooksPrivate}
	if c.TwilioAccount != "" {
		cfg := c.twilio(s)
		p.twilio = &cfg
	}
	if c.TelegramToken != "" {
		cfg := c.telegram(s)
		p.telegram = &cfg
	}
	a, err := build(ctx, s, p)
	defer func() {
		if stopErr := a.down.run(); err == nil {
			err = stopErr
		}
	}()
	if err != nil {
		return err
	}
	a.warn(way)
	a.warnOfAlerts(ctx)
	if err := a.start(ctx); err != nil {
		return err
	}
	home, err := a.pages(c.people, c.providers)
	if err != nil {
		return err
	}
	return a.serve(ctx, c.listeners, c.providers, home)
}

// warn says what nobody has vouched for yet.
func (a *app) warn(way conversations.Pathway) {
	if !way.Reviewed {
		a.log.Warn("nobody of the service has reviewed the crisis words of this pathway", "pathway", way.Name)
	}
	for _, tag := range a.words.Unreviewed() {
		if !slices.Contains(way.Languages, tag) {
			continue
		}
		a.log.Warn("no native speaker has read the words of this language", "language", tag)
	}
}

// serve listens until ctx ends, and then lets what was begun finish.
func (a *app) serve(ctx context.Context, l listeners, p providers, home http.Handler) error {
	server, err := a.server(l, p, home)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

// server puts the listeners together. Home takes the place of the console's
// front page where it is not nil.
func (a *app) server(l listeners, p providers, home http.Handler) (*web.Server, error) {
	var hooks []web.Webhooks
	var link func(code string) string
	if a.sms != nil {
		hooks = append(hooks, a.sms)
	}
	if a.telegram != nil {
		hooks = append(hooks, a.telegram)
		link = a.telegram.DeepLink
	}
	service := api.New(api.Config{
		Store: a.store, Preview: a.turn.Preview, Event: a.turn.Run, Now: a.now, NewID: newID, DeepLink: link, Logger: a.log, Version: version,
		Route: a.rules.Pathway.ClinicalRoute, Pathway: a.rules.Pathway,
		PrivateHooks: p.HooksPrivate, Import: intake.Config{Store: a.store, All: a.turn.RunAll, Now: a.now, NewID: newID, Pathway: a.rules.Pathway}.Run,
		Rehearse: a.turn.Rehearse, CheckWords: func(words map[string]string) []templates.Finding { return a.words.CheckFree(words, a.rules.Lexicons) },
	})
	var stopping func()
	if a.console != nil {
		stopping = a.console.HangUp
	}
	return web.New(web.Config{
		ConsoleAddr: l.ConsoleAddr, WebhookAddr: l.WebhookAddr, MetricsAddr: l.MetricsAddr,
		ConsoleURL: p.ConsoleURL, PublicURL: p.PublicURL,
		Store: a.store, Webhooks: hooks, Registry: a.registry, Home: home, Logger: a.log, API: service, Stopping: stopping,
		Calendar: &feed.Feed{Store: a.store, Now: a.now, Logger: a.log},
	})
}

// migrateCommand brings a database up to this version.
type migrateCommand struct {
	DatabaseURL string `default:"sqlite:alongside.db" env:"DATABASE_URL" help:"The caseload: sqlite:<file> or postgres://…" placeholder:"URL"`
}

// Run migrates.
func (c migrateCommand) Run(ctx context.Context, s settings) error {
	if err := store.Migrate(ctx, c.DatabaseURL, s.log); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	s.say("The database is up to date.")
	return nil
}
