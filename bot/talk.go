package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"alongside/bot/carrier"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// talkCommand holds a conversation in the terminal.
type talkCommand struct {
	Lang    string `default:"en" enum:"en,cy" help:"Language of the client: en or cy."`
	Channel string `default:"sms" enum:"sms,telegram" help:"Where the client texts: sms or telegram."`
	Wakes   int    `default:"11" help:"The client's waking hour."`
	Detail  bool   `help:"The client wants place and names in texts."`
	Fresh   bool   `help:"Begin before the client has agreed to be texted: the opt-in question comes first."`
}

// Help teaches.
func (talkCommand) Help() string {
	return `You are John, a client. The assistant answers as it would by SMS, with a caseload, a database and a clock of its own
that are thrown away at the end. John has an appointment, a lead that waits to be offered, a task, and two check-ins that he chose.
Lines that begin with a slash are not texts:

` + talkHelp + `

A file of lines can be piped in as well: printf 'yh\n/caseload\n' | go run ./bot talk`
}

// Run talks.
func (c talkCommand) Run(ctx context.Context, s settings) (err error) {
	dir, err := os.MkdirTemp("", "alongside-talk-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s.log = newLogger(s.errs, "text", "error")
	way, err := templates.Pathway(worldPathway)
	if err != nil {
		return fmt.Errorf("load the pathway: %w", err)
	}
	monday := demoMonday(time.Now(), way.Holidays)
	heard := make(chan string, 64)
	talk := &talk{settings: s, heard: heard, piped: !atTerminal(s.in)}
	s.clock.startAt(monday.AddDate(0, 0, -3).Add(11 * time.Hour))
	w, err := openWorld(ctx, s, worldConfig{dir: dir, console: "127.0.0.1:0", carrier: carrier.Config{
		OnSMS:      func(m carrier.Message) { heard <- m.Body },
		OnTelegram: talk.buttons,
	}})
	defer func() {
		if stopErr := w.down.run(); err == nil {
			err = stopErr
		}
	}()
	if err != nil {
		return err
	}
	talk.world = w
	return talk.run(ctx, c, monday)
}

// talk is one conversation in the terminal.
type talk struct {
	settings
	world  *world
	desk   *desk
	john   *person
	heard  chan string
	last   carrier.ChatMessage
	onChat bool
	piped  bool // lines come from a file or a program
}

const (
	// restLook is how often to look whether something is still under way.
	restLook = 20 * time.Millisecond
	// restMost is the longest wait for one thing that was set off.
	restMost = 30 * time.Second
)

func (t *talk) buttons(m carrier.ChatMessage) {
	text := m.Text
	for i, row := range m.Buttons {
		for _, b := range row {
			text += fmt.Sprintf("\n      [%d] %s", i+1, b.Text)
		}
	}
	t.last = m
	t.heard <- text
}

func (t *talk) run(ctx context.Context, c talkCommand, monday time.Time) error {
	t.onChat = c.Channel == "telegram"
	t.john = &person{
		fullName: "John Example", name: "John", language: c.Lang, number: "+447700900123", wakes: c.Wakes, detail: c.Detail,
		place: "Cafe Nero", weekday: time.Thursday, hour: 14, agreed: conversations.AgreementGiven,
		task: "look up job descriptions",
		checkIns: []store.NewCheckIn{
			{Kind: conversations.CheckInWeek}, {Kind: conversations.CheckInWellbeing, Words: "Have you been outside today?"},
		},
	}
	if c.Fresh {
		t.john.agreed = conversations.AgreementAsked
	}
	if t.onChat {
		t.john.chat = 7001
	}
	var err error
	if t.desk, err = newDesk(ctx, t.world, monday); err != nil {
		return err
	}
	if err := t.world.add(ctx, t.desk.specialist, t.john); err != nil {
		return err
	}
	if err := t.desk.plan(ctx, t.john); err != nil {
		return err
	}
	if err := t.await(ctx); err != nil {
		return err
	}
	if err := t.world.book(ctx, t.john, monday); err != nil {
		return err
	}
	if !c.Fresh {
		t.clock.startAt(monday.Add(14 * time.Hour)) // The first reminder is due.
	}
	t.say("You are John. Type what he would text; /help lists what else there is; /quit leaves.\n")
	t.showClock()
	if err := t.await(ctx); err != nil {
		return err
	}
	if !c.Fresh {
		// Sam offers a lead while the reminder has no answer yet: it waits for its turn.
		if _, err := t.desk.offer(ctx, t.john); err != nil {
			return err
		}
	}
	lines := bufio.NewScanner(t.in)
	for {
		fmt.Fprint(t.out, "you > ")
		if !lines.Scan() || ctx.Err() != nil {
			t.say("")
			return lines.Err()
		}
		if t.piped {
			t.say("%s", lines.Text()) // A terminal shows what is typed by itself.
		}
		if done, err := t.line(ctx, lines.Text()); done || err != nil {
			return err
		}
	}
}

func (t *talk) text(ctx context.Context, line string) error {
	if t.onChat {
		if _, err := t.world.carrier.TelegramText(t.john.chat, line); err != nil {
			return err
		}
	} else if d := t.world.carrier.SMS(ctx, t.john.number, line); d.Status >= 300 {
		return fmt.Errorf("status %d", d.Status)
	}
	return nil
}

// pass lets time pass.
func (t *talk) pass(ctx context.Context, howLong string) error {
	d, _ := time.ParseDuration(howLong) // Zero is no time, and neither are words.
	if d <= 0 {
		t.say("Say how long: /wait 30m, /wait 2h, /wait 24h")
		return nil
	}
	t.clock.Advance(d)
	t.world.carrier.Wake()
	t.showClock()
	return t.await(ctx)
}

func (t *talk) press(ctx context.Context, which string) error {
	n, _ := strconv.Atoi(which) // Zero is no button, and neither are words.
	if n < 1 || n > len(t.last.Buttons) {
		t.say("Press a number that is there: /press 1")
		return nil
	}
	data := t.last.Buttons[n-1][0].Data
	if _, err := t.world.carrier.TelegramPress(t.john.chat, t.last.ID, data); err != nil {
		t.say("(%v)", err)
	}
	return t.await(ctx)
}

// await prints what comes until everything that was set off has happened: what
// the carrier posts is answered, no job is due, no message is on its way. How
// long that takes is the machine's affair; a program in which something is never
// done is not waited for for ever.
func (t *talk) await(ctx context.Context) error {
	limit := time.After(restMost)
	tick := time.NewTicker(restLook)
	defer tick.Stop()
	for {
		select {
		case m := <-t.heard:
			t.say("  bot > %s", strings.ReplaceAll(m, "\n", "\n        "))
			continue
		default:
		}
		rests, err := t.world.atRest(ctx)
		if err != nil {
			return err
		}
		if rests && len(t.heard) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit:
			t.say("  (something is still under way after %v; go on)", restMost)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (t *talk) showClock() {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		zone = time.UTC
	}
	t.say("  -- %s --", t.now().In(zone).Format("Monday 2 January 15:04"))
}

// atTerminal says whether a person types the lines.
func atTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
