package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/bot/carrier"
	"alongside/store/storetest"
)

// The first command of the README, as a newcomer runs it: the real binary, with
// no other set-up, and what its page shows and does.

// demonstration is a running demo.
type demonstration struct {
	t    *testing.T
	base string
}

// shown is what the page shows.
type shown struct {
	Clock struct {
		Day string `json:"day"`
	} `json:"clock"`
	People []struct {
		ID       string                   `json:"id"`
		SMS      *struct{ Thread []said } `json:"sms"`
		Telegram *struct{ Thread []said } `json:"telegram"`
	} `json:"people"`
	Team []struct {
		Phone, Text string
	} `json:"team"`
	Caseload carrier.CaseloadView `json:"caseload"`
}

// said is a bubble on a phone.
type said struct {
	Mine    bool
	Text    string
	Message int
	Buttons [][]carrier.Button
}

// demosAtOnce keeps the tests of the demo from starting more processes than a
// small machine can run beside everything else.
var demosAtOnce = make(chan struct{}, 3)

var demoAddress = regexp.MustCompile(`Open +(http://127\.0\.0\.1:[1-9][0-9]*)`)

// startDemo runs the demo on a free port and reads its address where a person
// would.
func startDemo(t *testing.T) *demonstration {
	t.Helper()
	demosAtOnce <- struct{}{}
	t.Cleanup(func() { <-demosAtOnce })
	cmd := exec.Command(program, "demo", "--addr", "127.0.0.1:0")
	var errs storetest.Log
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := demoAddress.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		close(found)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		if errs.String() != "" {
			t.Errorf("the demo complained:\n%s", errs.String())
		}
	})
	base, ok := <-found
	if !ok {
		t.Fatalf("the demo gave no address:\n%s", errs.String())
	}
	return &demonstration{t: t, base: base}
}

// state is what the page shows now.
func (d *demonstration) state() shown {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.base+"/state", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var s shown
	if err := json.NewDecoder(answer.Body).Decode(&s); err != nil {
		d.t.Fatal(err)
	}
	return s
}

// act does something on the page.
func (d *demonstration) act(what map[string]any) {
	d.t.Helper()
	body, err := json.Marshal(what)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.base+"/act", bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if said, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		d.t.Fatalf("act %v: %d %s", what, answer.StatusCode, said)
	}
}

// text sends a text as the person, on the phone that the person has.
func (d *demonstration) text(person, text string) {
	d.t.Helper()
	do := "sms"
	if d.state().person(person).telegram {
		do = "telegram_text"
	}
	d.act(map[string]any{"phone": person, "do": do, "text": text})
}

// until asks until it is so, and for at most a minute.
func (d *demonstration) until(what string, is func(shown) bool) shown {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		s := d.state()
		if is(s) {
			return s
		}
		select {
		case <-ctx.Done():
			raw, _ := json.MarshalIndent(s, "", " ")
			d.t.Fatalf("waited a minute for nothing: %s\n%s", what, raw)
		case <-tick.C:
		}
	}
}

// holder is one person as the page shows them.
type holder struct {
	telegram bool
	thread   []said
	on       carrier.ClientView
}

func (s shown) person(id string) holder {
	var h holder
	for _, p := range s.People {
		switch {
		case p.ID != id:
		case p.Telegram != nil:
			h.telegram, h.thread = true, p.Telegram.Thread
		default:
			h.thread = p.SMS.Thread
		}
	}
	for _, c := range s.Caseload.Clients {
		if c.Phone == id {
			h.on = c
		}
	}
	return h
}

// heard is what the service sent, oldest first.
func (h holder) heard() []said {
	return slices.DeleteFunc(slices.Clone(h.thread), func(m said) bool { return m.Mine })
}

// reminded says whether the reminder is on the phone: after the first words,
// it is the first message that asks something.
func (h holder) reminded() bool { return len(h.heard()) >= 2 && h.on.Question != "" }

// stands is what the caseload says of the one appointment.
func (h holder) stands() string {
	if len(h.on.Appointments) != 1 {
		return ""
	}
	return h.on.Appointments[0].State
}

func reminded(people ...string) func(shown) bool {
	return func(s shown) bool {
		return !slices.ContainsFunc(people, func(p string) bool { return !s.person(p).reminded() })
	}
}

func stands(person, state string) func(shown) bool {
	return func(s shown) bool { return s.person(person).stands() == state }
}

// TestDemoRemindsWithinAMinute starts a demo and touches nothing: both
// reminders come. Then John proposes another time and Aisha presses her button.
func TestDemoRemindsWithinAMinute(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	begun := time.Now()
	s := d.until("the reminder is on John's phone and on Aisha's", reminded("john", "aisha"))
	t.Logf("the reminders came after %s", time.Since(begun).Round(100*time.Millisecond))

	day, err := time.Parse("Monday 2 January 2006", s.Clock.Day)
	if err != nil {
		t.Fatal(err)
	}
	for day.Weekday() != time.Friday {
		day = day.AddDate(0, 0, 1)
	}
	friday := day.Format("Monday 2 January")
	before := len(s.person("john").heard())
	d.text("john", "cant do thurs, friday 3pm?")
	s = d.until("John is asked about Friday", func(s shown) bool { return len(s.person("john").heard()) > before })
	asked := s.person("john").heard()[before].Text
	if !strings.Contains(asked, friday) || !strings.Contains(asked, "3pm") || !strings.Contains(asked, "?") {
		t.Errorf("%s is not read back and asked: %q", friday, asked)
	}
	john := s.person("john")
	if want := "Is " + friday + ", 15:00 right?"; john.on.Question != want {
		t.Errorf("the open question is %q, want %q", john.on.Question, want)
	}
	if u := john.on.Understood; u == nil || !strings.HasPrefix(u.Meaning, "Another time: "+friday+", 15:00") {
		t.Errorf("understood: %+v", u)
	}
	if john.stands() == "confirmed" {
		t.Error("nothing was agreed, and the appointment is confirmed")
	}

	d.pressTwice(s.person("aisha"))
}

// pressTwice presses Aisha's first button, and again as on a screen that does
// not show yet that the buttons have gone.
func (d *demonstration) pressTwice(aisha holder) {
	d.t.Helper()
	asked := aisha.heard()[len(aisha.heard())-1]
	if len(asked.Buttons) == 0 {
		d.t.Fatalf("there are no buttons below %q", asked.Text)
	}
	button := asked.Buttons[0][0]
	press := map[string]any{"phone": "aisha", "do": "telegram_press", "message": asked.Message, "data": button.Data}
	d.act(press)
	d.until("Aisha's press confirms", stands("aisha", "confirmed"))
	s := d.until("Aisha is answered", func(now shown) bool { return len(now.person("aisha").heard()) > len(aisha.heard()) })
	once := s.person("aisha")
	if !slices.ContainsFunc(once.on.Messages, func(m carrier.MessageView) bool { return m.Text == "pressed “"+button.Text+"”" }) {
		d.t.Errorf("the caseload does not say that %q was pressed: %+v", button.Text, once.on.Messages)
	}

	press["do"] = "telegram_press_stale"
	d.act(press)
	// Updates of one chat keep their order: once this is answered, the second press was handled.
	d.text("aisha", "where is it again")
	s = d.until("Aisha's question is answered", func(now shown) bool {
		h := now.person("aisha")
		return len(h.heard()) > len(once.heard()) && len(h.on.Messages) > 0 && h.on.Understood != nil
	})
	twice := s.person("aisha")
	if got, want := len(twice.heard()), len(once.heard())+1; got != want {
		d.t.Errorf("the second press was answered: %d messages, want %d: %+v", got, want, twice.heard())
	}
	if twice.stands() != "confirmed" {
		d.t.Errorf("after the second press the appointment is %q", twice.stands())
	}
}

// TestDemoConfirms has everybody in a demo answer the reminder in a way in
// which people do.
func TestDemoConfirms(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]struct{ john, aisha, megan string }{
		"as_people_text":   {john: "yh thats fine see u thurs", aisha: "ok see you then", megan: "Iawn diolch"},
		"by_number":        {john: "1", aisha: "yep ill be there", megan: "bydda i yna"},
		"with_a_thumb":     {john: "👍", aisha: "yes thats fine", megan: "👍🏽"},
		"in_the_other_one": {john: "Iawn diolch", aisha: "Yes please!!", megan: "yes thats great c u then"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			d.act(map[string]any{"do": "advance", "minutes": 1})
			people := map[string]string{"john": says.john, "aisha": says.aisha, "megan": says.megan}
			d.until("everybody is reminded", reminded("john", "aisha", "megan"))
			for person, text := range people {
				d.text(person, text)
			}
			for person, text := range people {
				d.until(person+" confirms with "+text, stands(person, "confirmed"))
			}
		})
	}
}
