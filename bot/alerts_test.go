package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alongside/bot/carrier"
	"alongside/bot/email/letterbox"
	"alongside/store/storetest"
)

// Danger leaves the console: by SMS to the team's own phones and by e-mail,
// through the real binary, a pretend carrier and a pretend mail server.

const (
	samsPhone  = "+447700900201"
	dutysPhone = "+447700900202"
	leadsPhone = "+447700900203"
	samsMail   = "sam@example.org"
	dutysMail  = "duty@example.org"
	consoleURL = "https://console.example.org"
	inDanger   = "i dont want to be here any more. im going to kill myself"
)

// pathwayFile is the general model with people on duty; spoil changes it.
func pathwayFile(t *testing.T, spoil ...string) string {
	t.Helper()
	raw, err := os.ReadFile("../templates/pathways/ips.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(append(spoil,
		"name: ips", "name: watch",
		`duty: { name: "", mobile: "", email: "" }`, `duty: { name: Dee, mobile: "`+dutysPhone+`", email: `+dutysMail+` }`,
		`lead: { name: "", mobile: "", email: "" }`, `lead: { name: Lee, mobile: "`+leadsPhone+`" }`,
	)...).Replace(string(raw))
	file := filepath.Join(t.TempDir(), "watch.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// watched is a service whose team can be told, with John on Sam's caseload.
func watched(t *testing.T, database, redis string) (s *service, box *letterbox.Box, sam, john string) {
	t.Helper()
	box, err := letterbox.Open(t.Context(), letterbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	s = serve(t, database, redis, "PATHWAY="+pathwayFile(t), "CONSOLE_URL="+consoleURL,
		"SMTP_URL=smtp://"+box.Addr()+"?tls=none&from=alongside@example.org")
	sam = s.create("/specialists", map[string]any{"name": "Sam", "phone": samsPhone, "email": samsMail})
	john = s.client(sam, "John Example", johnsNumber)
	s.heard(johnsNumber, 1)
	t.Cleanup(func() {
		var said []string
		for _, phone := range []string{samsPhone, dutysPhone, leadsPhone} {
			for _, m := range s.carrier.SentTo(phone) {
				said = append(said, m.Body)
			}
		}
		for _, l := range box.Letters() {
			said = append(said, l.Text)
		}
		said = append(said, s.log.String())
		for _, text := range said {
			for _, private := range []string{"John", johnsNumber, "kill", "suicid", "here any more"} {
				if strings.Contains(text, private) {
					t.Errorf("what the team is told, or the log, holds %q", private)
				}
			}
		}
		for _, private := range []string{samsPhone, dutysPhone, leadsPhone, samsMail, dutysMail} {
			if strings.Contains(s.log.String(), private) {
				t.Errorf("the log holds %q", private)
			}
		}
	})
	return s, box, sam, john
}

type alertOnWire struct {
	ID             string     `json:"id"`
	AcknowledgedAt *time.Time `json:"acknowledged_at"`
	ClosedAt       *time.Time `json:"closed_at"`
	Told           []struct {
		Watcher  string `json:"watcher"`
		Via      string `json:"via"`
		Step     int    `json:"step"`
		Delivery string `json:"delivery"`
	} `json:"told"`
}

// alert is the open alert, which must be the only one.
func (s *service) alert() alertOnWire {
	s.t.Helper()
	var open struct{ Items []alertOnWire }
	s.await("there is an alert", func() bool {
		return s.call(http.MethodGet, "/alerts", nil, &open) == http.StatusOK && len(open.Items) > 0
	})
	var a alertOnWire
	if code := s.call(http.MethodGet, "/alerts/"+open.Items[0].ID, nil, &a); code != http.StatusOK || len(open.Items) != 1 {
		s.t.Fatalf("%d, %d alerts", code, len(open.Items))
	}
	return a
}

// later restarts the service with its clock further ahead.
func (s *service) later(by time.Duration) {
	s.t.Helper()
	s.ahead += by
	s.env = append(s.env, "CLOCK_AHEAD="+s.ahead.String())
	s.start()
}

// A crisis text: the client is answered, Sam and the duty person are told at
// once, by both ways; who takes it on stops the clock; its outcome closes it.
func TestDangerReachesTheTeam(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s, box, sam, john := watched(t, database, redis.URL)
		s.text(johnsNumber, inDanger)
		began := time.Now()
		s.heard(johnsNumber, 2)
		for _, phone := range []string{samsPhone, dutysPhone} {
			s.pageTo(phone, 1)
		}
		t.Logf("both phones were told after %v", time.Since(began).Round(10*time.Millisecond))
		s.await("both mailboxes are told", func() bool { return len(box.To(samsMail)) == 1 && len(box.To(dutysMail)) == 1 })
		a := s.alert()
		link := consoleURL + "/alerts/" + a.ID
		for _, phone := range []string{samsPhone, dutysPhone} {
			if body := s.carrier.SentTo(phone)[0].Body; !strings.Contains(body, link) {
				t.Errorf("a page without its link: %q", body)
			}
		}
		if !strings.Contains(strings.ReplaceAll(box.To(samsMail)[0].Text, "=\n", ""), link) {
			t.Errorf("a letter without its link:\n%s", box.To(samsMail)[0].Text)
		}
		s.await("the pages are known to have arrived", func() bool {
			arrived := 0
			for _, p := range s.alert().Told {
				if p.Delivery == "delivered" || p.Via == "email" && p.Delivery == "sent" {
					arrived++
				}
			}
			return arrived == 4
		})
		// A further text of his joins what stands.
		s.text(johnsNumber, "i mean it, i want to die")
		s.heard(johnsNumber, 3)
		if n := len(s.carrier.SentTo(leadsPhone)) + len(s.carrier.SentTo(samsPhone)); n != 1 {
			t.Errorf("%d pages to the lead and Sam", n)
		}
		var on struct {
			Held   bool
			Reason string
		}
		if code := s.call(http.MethodPost, "/clients/"+john+"/hold", map[string]any{"by": sam}, &on); code != http.StatusOK || !on.Held || on.Reason != "alert" {
			t.Errorf("danger held nothing: %d %+v", code, on)
		}
		if code := s.call(http.MethodPost, "/alerts/"+a.ID+"/acknowledge", map[string]any{"by": sam}, nil); code != http.StatusOK {
			t.Fatalf("acknowledge: %d", code)
		}
		s.kill()
		s.later(40 * time.Minute) // Twice the time in which somebody would have been told.
		if n := len(s.carrier.SentTo(leadsPhone)); n != 0 {
			t.Errorf("the lead was told %d times of an alert that Sam is on", n)
		}
		if code := s.call(http.MethodPost, "/alerts/"+a.ID+"/outcome", map[string]any{"by": sam, "outcome": " "}, nil); code != http.StatusUnprocessableEntity {
			t.Errorf("closed without an outcome: %d", code)
		}
		if code := s.call(http.MethodPost, "/alerts/"+a.ID+"/outcome", map[string]any{"by": sam, "outcome": "Rang him; his care team is there."}, nil); code != http.StatusOK {
			t.Errorf("outcome: %d", code)
		}
		var open struct{ Items []alertOnWire }
		if s.call(http.MethodGet, "/alerts", nil, &open); len(open.Items) != 0 {
			t.Errorf("%d alerts are open; the further text had been seen too", len(open.Items))
		}
	})
}

// pageTo waits until a phone of the team was told n times in all.
func (s *service) pageTo(phone string, n int) {
	s.t.Helper()
	if !s.wait(func() bool { return len(s.carrier.SentTo(phone)) >= n }) {
		s.t.Fatalf("%d pages to a phone, %d expected; told: %+v", len(s.carrier.SentTo(phone)), n, s.alert().Told)
	}
}

// A phone that refuses: the lead is told at once, not after the time.
func TestARefusedPageGoesUpAtOnce(t *testing.T) {
	t.Parallel()
	s, _, _, _ := watched(t, sqliteFile(t), "")
	if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultError, Code: 21614, Channel: carrier.ChannelSMS, To: samsPhone}); err != nil {
		t.Fatal(err)
	}
	s.text(johnsNumber, inDanger)
	s.pageTo(leadsPhone, 1)
	for _, p := range s.alert().Told {
		if p.Via == "sms" && p.Delivery == "failed" && p.Step != 1 {
			t.Errorf("told: %+v", p)
		}
	}
}

// Nobody takes it on: up to the lead, then to all again, also when the process
// is killed in between; and a page that was on its way when it was killed comes
// once.
func TestUnacknowledgedGoesUpThroughKills(t *testing.T) {
	t.Parallel()
	s, _, sam, _ := watched(t, sqliteFile(t), "")
	if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultHang, For: time.Hour, Channel: carrier.ChannelSMS, To: samsPhone, Times: 1}); err != nil {
		t.Fatal(err)
	}
	s.text(johnsNumber, inDanger)
	s.pageTo(samsPhone, 1) // The carrier has it, and we have no answer.
	s.pageTo(dutysPhone, 1)
	s.kill()
	s.later(2 * time.Minute)
	s.await("Sam's page is found at the carrier", func() bool {
		for _, p := range s.alert().Told {
			if p.Watcher == sam && p.Via == "sms" && p.Step == 1 && (p.Delivery == "sent" || p.Delivery == "delivered") {
				return true
			}
		}
		return false
	})
	if n := len(s.carrier.SentTo(samsPhone)); n != 1 {
		t.Errorf("Sam was told %d times in one step", n)
	}
	s.kill()
	s.later(20 * time.Minute)
	s.pageTo(leadsPhone, 1)
	s.stop()
	s.later(20 * time.Minute)
	for phone, n := range map[string]int{samsPhone: 2, dutysPhone: 2, leadsPhone: 2} {
		s.pageTo(phone, n)
	}
}

// Killed between the alert and the first page: it goes when the program is back.
func TestKilledBeforeThePageGoes(t *testing.T) {
	t.Parallel()
	s, _, _, _ := watched(t, sqliteFile(t), "")
	for _, phone := range []string{samsPhone, dutysPhone, leadsPhone} {
		if err := s.carrier.Inject(carrier.Fault{Kind: carrier.FaultCloseBefore, Channel: carrier.ChannelSMS, To: phone}); err != nil {
			t.Fatal(err)
		}
	}
	s.text(johnsNumber, inDanger)
	s.alert()
	s.kill()
	s.carrier.ClearFaults()
	s.later(2 * time.Minute)
	for _, phone := range []string{samsPhone, dutysPhone} {
		s.pageTo(phone, 1)
		if n := len(s.carrier.SentTo(phone)); n != 1 {
			t.Errorf("%d pages in one step", n)
		}
	}
}

// After STOP one attempt is made; the carrier refuses it; the specialist is
// told that no answer could be sent, and is paged all the same.
func TestDangerAfterStop(t *testing.T) {
	t.Parallel()
	s, _, _, john := watched(t, sqliteFile(t), "")
	s.text(johnsNumber, "STOP")
	s.text(johnsNumber, inDanger)
	s.pageTo(samsPhone, 1)
	s.await("it is said that no answer could be sent", func() bool {
		for _, f := range s.conversation(john).Flags {
			if f.Reason == "answer_not_possible" {
				return true
			}
		}
		return false
	})
	if n := len(s.carrier.SentTo(johnsNumber)); n != 1 {
		t.Errorf("%d messages reached somebody who said stop; the welcome was one", n)
	}
}

// Who runs it is told plainly when nobody could be told; and a pathway for real
// people without a duty person is refused.
func TestNobodyToBeToldIsSaidAtStart(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	if !strings.Contains(s.log.String(), "NOBODY CAN BE TOLD OF DANGER") {
		t.Error("it was not said")
	}
	s.stop()
	reviewed := pathwayFile(t, `reviewed_by: ""`, "reviewed_by: Dr Example",
		`duty: { name: "", mobile: "", email: "" }`, `duty: { name: "", mobile: "", email: "" } # nobody`)
	s.env = append(s.env, "ALLOW_UNREVIEWED=false", "PATHWAY="+reviewed, "SMTP_URL=http://mail")
	_, err := s.run("serve")
	for _, want := range []string{"names no duty person", "clinical_route", "SMTP_URL"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
}
