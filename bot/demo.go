package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"alongside/bot/carrier"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// demoCommand brings everything up in one process.
type demoCommand struct {
	Addr string `default:"127.0.0.1:8080" help:"Where the page is; another free port is taken when this one is in use." placeholder:"HOST:PORT"`
	Data string `help:"A folder to keep the database in, to look into it; by default it is thrown away." placeholder:"DIR"`
}

// Help teaches.
func (demoCommand) Help() string {
	return `Opens a page with two phones and a clock that you can move forward. Text as John would, press buttons as Aisha would, and watch
the caseload beside them. Everything but the carrier is the real thing: webhooks, turns, database, outbox, reminders.`
}

// Run runs the demo until it is told to stop.
func (c demoCommand) Run(ctx context.Context, s settings) (err error) {
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "alongside-demo-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(dir + "/" + worldDatabase); err == nil {
		return fmt.Errorf("there is a demo in that folder already; give --data a new one")
	}
	s.say("Setting up a caseload …")
	// Whoever moves the clock makes the machinery warn of time that it missed: nothing that somebody at a demo could act on.
	s.log = newLogger(s.errs, "text", "error")
	people := demoPeople()
	d := &demo{settings: s, people: people}
	way, err := templates.Pathway(worldPathway)
	if err != nil {
		return fmt.Errorf("load the pathway: %w", err)
	}
	monday := demoMonday(time.Now(), way.Holidays)
	s.clock.startAt(monday.AddDate(0, 0, -3).Add(11 * time.Hour))
	config := carrier.Config{
		Phones: d.phones(), Caseload: d.caseload, Zone: monday.Location(), Advance: s.clock.Advance,
		Pace: 300 * time.Millisecond, Desk: d.does,
		Team: []carrier.TeamPhone{{Label: "Sam’s phone", Number: deskPhone}, {Label: "Dee’s phone, on duty", Number: dutyPhone}},
	}
	w, err := openWorld(ctx, s, worldConfig{
		dir: dir, console: freeAddress(ctx, c.Addr), carrier: config,
		home: func(w *world) (http.Handler, error) { return d.pages(w, w.carrier.DemoPage()) },
	})
	defer func() {
		if stopErr := w.down.run(); err == nil {
			err = stopErr
		}
	}()
	if err != nil {
		return err
	}
	d.world = w
	if err := d.seed(ctx, monday); err != nil {
		return err
	}
	s.say("\n  Open  http://%s\n  Sam’s pages are at  http://%s/today\n\nIt is %s there. A reminder is about to reach the phones. Ctrl-C ends the demo.",
		w.console, w.console, monday.Format("Monday 2 January")+", just before two")
	<-ctx.Done()
	s.say("\nThat was the demo.")
	return nil
}

// demo is a world with a caseload to look at.
type demo struct {
	settings
	world  *world
	desk   *desk
	people []*person
}

func demoPeople() []*person {
	return []*person{
		{
			id: "john", fullName: "John Example", name: "John", language: "en", number: "+447700900123", wakes: 11,
			weekday: time.Thursday, hour: 14, place: "Cafe Nero", agreed: conversations.AgreementGiven,
			task: "look up job descriptions",
			checkIns: []store.NewCheckIn{
				{Kind: conversations.CheckInWeek},
				{Kind: conversations.CheckInWellbeing, Words: "Have you been outside today?"},
			},
			hints: []string{"yh thats fine see u thurs", "1", "👍", "cant do thurs, friday 3pm?", "gonna be late"},
		},
		{
			id: "aisha", fullName: "Aisha Example", name: "Aisha", language: "en", number: "+447700900124", chat: 7700900124,
			weekday: time.Thursday, hour: 13, place: "Library", agreed: conversations.AgreementGiven,
			task: "bring your CV", checkIns: []store.NewCheckIn{{Kind: conversations.CheckInWeek}},
			hints: []string{"ok see you then", "can my mum come?", "can we make it an hour later"},
		},
		{
			id: "megan", fullName: "Megan Example", name: "Megan", language: "cy", number: "+447700900125", wakes: 9,
			weekday: time.Thursday, hour: 11, place: "Llyfrgell", detail: true, agreed: conversations.AgreementGiven,
			task: "edrych am swyddi", checkIns: []store.NewCheckIn{{Kind: conversations.CheckInWeek}},
			hints: []string{"Iawn diolch", "Alla i ddim neud dydd Iau, beth am ddydd Gwener am 3?", "bydda i bach yn hwyr", "english only pls"},
		},
	}
}

func (d *demo) phones() []carrier.Phone {
	var out []carrier.Phone
	for _, p := range d.people {
		phone := carrier.Phone{ID: p.id, Label: p.name, Language: p.language, Hints: p.hints, Chat: p.chat}
		if p.chat == 0 {
			phone.Number = p.number
		}
		out = append(out, phone)
	}
	return out
}

// seed fills the caseload on the Friday before, and lets the clock stand a
// moment before the first reminder falls due.
func (d *demo) seed(ctx context.Context, monday time.Time) error {
	desk, err := newDesk(ctx, d.world, monday)
	if err != nil {
		return err
	}
	for _, p := range d.people {
		if err := d.world.add(ctx, desk.specialist, p); err != nil {
			return err
		}
		if err := desk.plan(ctx, p); err != nil {
			return err
		}
	}
	if err := d.addOthers(ctx, desk); err != nil {
		return err
	}
	d.desk = desk
	if err := d.recordPast(ctx, monday); err != nil {
		return err
	}
	if err := d.joined(ctx); err != nil {
		return err
	}
	for _, p := range d.people {
		if err := d.world.book(ctx, p, monday); err != nil {
			return fmt.Errorf("book an appointment: %w", err)
		}
	}
	d.clock.startAt(monday.Add(14*time.Hour - 10*time.Second))
	return nil
}

// joined waits until the first words are on everybody's phone, so that the
// demo begins with a history.
func (d *demo) joined(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for _, p := range d.people {
		if err := d.world.carrier.Await(ctx, func() bool { return d.greeted(p) }); err != nil {
			return fmt.Errorf("wait for the first words: %w", err)
		}
	}
	return nil
}

// greeted says whether a message has reached the person's phone.
func (d *demo) greeted(p *person) bool {
	if p.chat != 0 {
		return len(d.world.carrier.TelegramSentTo(p.chat)) > 0
	}
	return slices.ContainsFunc(d.world.carrier.SentTo(p.number), func(m carrier.Message) bool { return !m.Sent.IsZero() })
}

// demoMonday is the midnight at which a demo's week begins: the first Monday
// whose Friday before is still to come, so that the demo's clock is only ever
// ahead of the machine's, and one whose week has no bank holiday between that
// Friday and Thursday.
func demoMonday(now time.Time, holidays map[string]bool) time.Time {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		zone = time.UTC
	}
	now = now.In(zone)
	friday := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, zone)
	for friday.Weekday() != time.Friday {
		friday = friday.AddDate(0, 0, 1)
	}
	monday := friday.AddDate(0, 0, 3)
	// Around Christmas, Easter and the bank holidays of May and August the
	// reminders would rightly wait; the demo takes a plain week after it.
	for heldUp(monday, holidays) {
		monday = monday.AddDate(0, 0, 7)
	}
	return monday
}

// heldUp says whether a bank holiday lies between the Friday before and the
// Thursday of a week.
func heldUp(monday time.Time, holidays map[string]bool) bool {
	for day := -3; day < 4; day++ {
		if holidays[monday.AddDate(0, 0, day).Format(time.DateOnly)] {
			return true
		}
	}
	return false
}

// freeAddress is the address if nobody listens there, else one with any port.
func freeAddress(ctx context.Context, address string) string {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		host, _, splitErr := net.SplitHostPort(address)
		if splitErr != nil {
			host = "127.0.0.1"
		}
		return net.JoinHostPort(host, "0")
	}
	_ = l.Close()
	return address
}
