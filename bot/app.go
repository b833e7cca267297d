package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alongside/bot/hooks"
	"alongside/bot/outbox"
	"alongside/bot/schedule"
	"alongside/bot/telegram"
	"alongside/bot/turn"
	"alongside/bot/twilio"
	"alongside/bot/web/console"
	"alongside/conversations"
	"alongside/locales"
	"alongside/store"
	"alongside/store/live"
	"alongside/store/seal"
	"alongside/templates"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// app is the wired program: what serve runs, and demo, talk and bench with a
// pretend carrier at its edge.
type app struct {
	settings
	store    *store.Store
	words    *templates.Words
	rules    conversations.Rules
	turn     *turn.Runner
	outbox   *outbox.Outbox
	schedule *schedule.Schedule
	sms      *twilio.Channel
	telegram *telegram.Channel
	console  *console.Console // nil where there are no pages
	metrics  *meters
	registry *prometheus.Registry
	team     team
	down     teardown
}

// parts is what an app is made of.
type parts struct {
	stores   stores
	keys     *seal.Keys
	pathway  conversations.Pathway
	twilio   *twilio.Config
	telegram *telegram.Config
	team     team
	// privateHooks lets other systems be inside the network.
	privateHooks bool
	// pretend are senders in the place of the channels; nil but in the simulated year.
	pretend []outbox.Sender
	// limits are the carriers'; none where the carrier is pretended.
	limits map[conversations.Channel]outbox.Limits
}

// newID makes ids that sort by the time they were made (UUID version 7, RFC 9562).
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// build opens the stores and wires the rooms; nothing runs yet. What it opened
// is in app.down, also when it returns an error.
func build(ctx context.Context, s settings, p parts) (*app, error) {
	a := &app{settings: s, down: teardown{log: s.log}, registry: prometheus.NewRegistry(), team: p.team}
	a.metrics = newMeters(a.registry)
	words, err := templates.LoadEmbedded()
	if err != nil {
		return a, fmt.Errorf("load the words: %w", err)
	}
	lexicons, err := locales.Lexicons(p.pathway.Languages...)
	if err != nil {
		return a, fmt.Errorf("load the lexicons: %w", err)
	}
	a.words = words
	a.rules = conversations.Rules{Pathway: p.pathway, Lexicons: lexicons}
	if err := a.openStore(ctx, p); err != nil {
		return a, err
	}
	a.turn = turn.New(turn.Config{
		Store: a.store, Words: words, Rules: a.rules, Now: s.now, NewID: newID, Logger: s.log, Watch: a.metrics,
		Offer: func(sends []store.Send, waiting bool) {
			if len(sends) > 0 {
				a.outbox.Offer(sends)
			}
			if waiting {
				a.outbox.Kick()
			}
		},
	})
	if err := a.addChannels(p); err != nil {
		return a, err
	}
	a.outbox = outbox.New(outbox.Config{
		Store: a.store, Senders: append(a.senders(), p.pretend...), Event: a.turn.Run, Now: s.now, Logger: s.log, Metrics: a.metrics.outbox(), Limits: p.limits,
	})
	timed := schedule.Config{Store: a.store, Event: a.turn.Run, Now: s.now, Logger: s.log}
	a.page(&timed)
	timed.Hook = hooks.New(a.store, p.privateHooks, s.now, s.log).Deliver
	a.schedule = schedule.New(timed)
	return a, nil
}

func (a *app) addChannels(p parts) error {
	var err error
	if p.twilio != nil {
		cfg := *p.twilio
		cfg.Count = func(name, outcome string) { a.metrics.webhook("twilio_"+name, outcome) }
		if a.sms, err = twilio.New(cfg, a.fromTwilio); err != nil {
			return wrongConfig(err)
		}
	}
	if p.telegram != nil {
		cfg := *p.telegram
		cfg.Count = func(way, outcome string) { a.metrics.webhook("telegram_"+way, outcome) }
		cfg.Lease = func(ctx context.Context) (bool, error) {
			return a.store.Lease(ctx, "telegram_updates", telegram.LeaseFor, time.Now())
		}
		cfg.Release = func(ctx context.Context) error { return a.store.ReleaseLease(ctx, "telegram_updates") }
		if a.telegram, err = telegram.New(cfg, a.turn.Run); err != nil {
			return wrongConfig(err)
		}
	}
	return nil
}

// fromTwilio takes what Twilio says: a report on a page to the team is the
// schedule's, everything else a turn's.
func (a *app) fromTwilio(ctx context.Context, ev conversations.Event) error {
	if page, err := a.schedule.Reported(ctx, ev); page {
		return err
	}
	return a.turn.Run(ctx, ev)
}

func (a *app) senders() []outbox.Sender {
	var out []outbox.Sender
	if a.sms != nil {
		out = append(out, a.sms)
	}
	if a.telegram != nil {
		out = append(out, a.telegram)
	}
	return out
}

// openStore connects both stores. An in-process Redis belongs to one process:
// a second one on the same database refuses to start.
func (a *app) openStore(ctx context.Context, p parts) error {
	client, err := a.connectRedis(p.stores.RedisURL)
	if err != nil {
		return err
	}
	owner := newID()
	a.store, err = store.Open(ctx, store.Config{
		DatabaseURL: p.stores.DatabaseURL, Redis: client, Keys: p.keys, Owner: owner, Now: a.now, Logger: a.log,
	})
	if err != nil {
		return fmt.Errorf("open the caseload: %w", err)
	}
	a.down.later("the caseload", func(context.Context) error { return a.store.Close() })
	if p.stores.RedisURL == "" {
		return a.alone(ctx)
	}
	return nil
}

func (a *app) connectRedis(address string) (redis.UniversalClient, error) {
	if address == "" {
		client, stop, err := live.InProcess()
		if err != nil {
			return nil, fmt.Errorf("start the in-process Redis: %w", err)
		}
		a.down.later("the in-process Redis", func(context.Context) error { stop(); return nil })
		return client, nil
	}
	client, err := live.Connect(address)
	if err != nil {
		return nil, wrongConfig(fmt.Errorf("REDIS_URL: %w", err))
	}
	a.down.later("Redis", func(context.Context) error { return client.Close() })
	return client, nil
}

// soleLease is how long a process without a Redis of its own is taken to be
// alive without saying so again.
const soleLease = 20 * time.Second

// alone holds the lease that keeps a second process with an in-process Redis
// off the same database.
func (a *app) alone(ctx context.Context) error {
	deadline := time.Now().Add(soleLease + 5*time.Second)
	for told := false; ; told = true {
		held, err := a.store.Lease(ctx, "in_process_redis", soleLease, time.Now())
		if err != nil {
			return fmt.Errorf("take the database for one process: %w", err)
		}
		if held {
			break
		}
		if time.Now().After(deadline) {
			return errors.New("another process without REDIS_URL runs on this database; give both the same REDIS_URL, or stop the other")
		}
		if !told {
			a.log.Info("another process holds this database, or ended without saying so; waiting", "seconds", int(soleLease.Seconds()))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-renewing.Done():
				return
			case <-time.After(soleLease / 4):
			}
			if held, err := a.store.Lease(renewing, "in_process_redis", soleLease, time.Now()); err != nil || !held {
				a.log.Warn("the lease of the database was not renewed", "held", held)
			}
		}
	}()
	a.down.later("the lease of the database", func(ctx context.Context) error {
		stop()
		<-done
		return a.store.ReleaseLease(ctx, "in_process_redis")
	})
	return nil
}

// send lets the outbox send.
func (a *app) send(ctx context.Context) {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- a.outbox.Run(sending) }()
	a.down.later("the outbox", func(ctx context.Context) error {
		stop()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// start lets the outbox send and the schedule work.
func (a *app) start(ctx context.Context) error {
	a.send(ctx)
	if err := a.schedule.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the schedule: %w", err)
	}
	a.down.later("the schedule", a.schedule.Stop)
	if a.telegram != nil {
		a.telegram.Start(context.WithoutCancel(ctx))
		a.down.later("Telegram", func(context.Context) error { a.telegram.Close(); return nil })
	}
	a.down.later("the queue's meter", a.metrics.watchQueue(a.store, a.now))
	return nil
}
