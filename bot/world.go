package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"alongside/bot/carrier"
	"alongside/bot/telegram"
	"alongside/bot/twilio"
	"alongside/conversations"
	"alongside/store"
	"alongside/store/seal"
	"alongside/templates"
)

// world is the whole program with a pretend carrier at its edge: what demo and
// talk run. Everything between the carrier and the caseload is the real thing.
type world struct {
	*app
	carrier *carrier.Carrier
	console string // address of the console's listener
}

// worldConfig says how a world is made.
type worldConfig struct {
	// dir holds the database and the key; what is in it is kept.
	dir     string
	console string // host:port of the console; port 0 takes any
	carrier carrier.Config
	home    func(*world) (http.Handler, error)
}

// The pretend accounts. The carrier checks them as the real ones would be.
const (
	worldAccount  = "AC00000000000000000000000000000000"
	worldToken    = "carrier-token"
	worldNumber   = "+447700900000"
	worldBot      = "7000000001:carrier-bot-token"
	worldSecret   = "carrier-webhook-secret"
	worldPublic   = "https://alongside.invalid"
	worldKeyFile  = "secret.key"
	worldDatabase = "alongside.db"
	worldPathway  = "ips"
)

// openWorld starts a carrier and the program against it. The caller runs
// w.down at the end, also after an error.
func openWorld(ctx context.Context, s settings, c worldConfig) (*world, error) {
	w := &world{app: &app{settings: s, down: teardown{log: s.log}}}
	keys, err := keptKeys(c.dir)
	if err != nil {
		return w, err
	}
	way, err := templates.Pathway(worldPathway)
	if err != nil {
		return w, fmt.Errorf("load the pathway: %w", err)
	}
	// In a demo a morning holds what a month does elsewhere: nothing of it waits
	// for a day that has room.
	way.Budget = conversations.Budget{}
	// The general model names nobody; here danger finds somebody on duty.
	way.Duty = conversations.Staff{Name: "Dee", Mobile: dutyPhone}
	database := stores{DatabaseURL: "sqlite:" + filepath.Join(c.dir, worldDatabase)}
	if err := store.Migrate(ctx, database.DatabaseURL, s.log); err != nil {
		return w, fmt.Errorf("make the database: %w", err)
	}
	cfg := c.carrier
	cfg.AccountSID, cfg.AuthToken, cfg.From, cfg.Now = worldAccount, worldToken, worldNumber, s.now
	cfg.BotToken, cfg.WebhookSecret, cfg.InboundURL = worldBot, worldSecret, worldPublic+"/webhooks/twilio/messages"
	cfg.AdvancedOptOut = true
	cfg.Logger = s.log
	w.carrier = carrier.New(cfg)
	provider, err := w.listen(ctx, "the carrier", w.carrier.Handler())
	if err != nil {
		return w, err
	}
	built, err := build(ctx, s, parts{
		stores: database, keys: keys, pathway: way,
		twilio: &twilio.Config{
			AccountSID: worldAccount, AuthTokens: []string{worldToken}, From: worldNumber, PublicURL: worldPublic,
			APIURL: "http://" + provider, Logger: s.log, Now: s.now,
		},
		telegram: &telegram.Config{
			BotToken: worldBot, WebhookSecret: worldSecret, APIURL: "http://" + provider, PublicURL: worldPublic,
			Logger: s.log, Now: s.now,
		},
	})
	built.down.steps = append(w.down.steps, built.down.steps...)
	w.app = built
	if err != nil {
		return w, err
	}
	// The carrier posts nothing more once the program begins to stop.
	if err := w.open(ctx, c); err != nil {
		return w, err
	}
	w.down.later("the carrier's posts", func(context.Context) error { w.carrier.Close(); return nil })
	return w, nil
}

// open listens and starts the work.
func (w *world) open(ctx context.Context, c worldConfig) error {
	var home http.Handler
	if c.home != nil {
		var err error
		if home, err = c.home(w); err != nil {
			return err
		}
	}
	server, err := w.server(listeners{ConsoleAddr: c.console, WebhookAddr: "127.0.0.1:0"}, providers{}, home)
	if err != nil {
		return err
	}
	if err := server.Listen(ctx); err != nil {
		return err
	}
	addresses := server.Addresses()
	w.console = addresses.Console
	w.carrier.Route(worldPublic, "http://"+addresses.Webhooks)
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- server.Run(serving) }()
	w.down.later("the listeners", func(ctx context.Context) error {
		stop()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return w.start(ctx)
}

// atRest says whether everything that was set off has happened: what the carrier
// has for us is taken, also what came before Telegram knew our address, no job is
// due, and no message is on its way.
func (w *world) atRest(ctx context.Context) (bool, error) {
	posted := func() bool { return w.carrier.Settled() && w.carrier.PendingUpdates() == 0 }
	if !posted() {
		return false, nil
	}
	rests, err := w.store.AtRest(ctx, w.now())
	return rests && posted(), err // Again: a status may have come of what was just sent.
}

// listen serves a handler on a free port of loopback until the world ends.
func (w *world) listen(ctx context.Context, name string, h http.Handler) (string, error) {
	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for %s: %w", name, err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug)}
	go func() { _ = server.Serve(socket) }()
	w.down.later(name, func(context.Context) error { return server.Close() })
	return socket.Addr().String(), nil
}

// keptKeys reads the key in the folder, or makes one and keeps it there.
func keptKeys(dir string) (*seal.Keys, error) {
	file := filepath.Join(dir, worldKeyFile)
	raw, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		raw = []byte(seal.New())
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("keep the key: %w", err)
	}
	return seal.Parse(strings.TrimSpace(string(raw)))
}

// person is somebody on the seeded caseload.
type person struct {
	id                       string // of the phone on the page
	fullName, name, language string
	number                   string
	chat                     int64
	wakes                    int // hour
	detail                   bool
	place                    string
	weekday                  time.Weekday
	hour, minute             int
	agreed                   conversations.Agreement
	client                   conversations.ClientID
	hints                    []string
	task                     string // of the action plan; empty: none
	checkIns                 []store.NewCheckIn
}

// add puts a person on the caseload the way a specialist does: the client, the
// agreement, the appointment, each as an event through the conversation.
func (w *world) add(ctx context.Context, specialist conversations.SpecialistID, p *person) error {
	id, err := w.store.AddClient(ctx, store.NewClient{
		Specialist: specialist, FullName: p.fullName, Name: p.name, Named: true, Language: p.language,
		Zone: "Europe/London", Mobile: p.number, Wakes: p.wakes * 60, Detail: p.detail,
	})
	if err != nil {
		return fmt.Errorf("add a client: %w", err)
	}
	p.client = id
	if p.chat != 0 {
		code, _, err := w.store.MakeLink(ctx, id, time.Hour, w.now())
		if err != nil {
			return fmt.Errorf("make a link: %w", err)
		}
		w.carrier.TelegramPerson(p.chat, carrier.Profile{FirstName: p.name})
		if _, err := w.carrier.TelegramStart(p.chat, code); err != nil {
			return fmt.Errorf("open the bot: %w", err)
		}
		return nil
	}
	return w.turn.Run(ctx, conversations.Event{
		Kind: conversations.EventAgreement, Client: id, Channel: conversations.SMS, Agreement: p.agreed, How: "in person",
	})
}

// book arranges the person's appointment in the week of the given day.
func (w *world) book(ctx context.Context, p *person, week time.Time) error {
	days := (int(p.weekday) - int(week.Weekday()) + 7) % 7
	at := time.Date(week.Year(), week.Month(), week.Day()+days, p.hour, p.minute, 0, 0, week.Location())
	return w.turn.Run(ctx, conversations.Event{
		Kind: conversations.EventBooked, Client: p.client,
		Appointment: conversations.Appointment{
			ID: conversations.AppointmentID(newID()), Kind: conversations.Regular, At: at, Minutes: 45, Place: p.place,
		},
	})
}
