package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/bot/carrier"
	"alongside/store/storetest"
)

// The path of one text, through the real binary.

// conversation is what the API says of a client.
type conversation struct {
	Messages []struct {
		ID         string `json:"id"`
		Direction  string `json:"direction"`
		Text       string `json:"text"`
		Delivery   string `json:"delivery"`
		Understood *struct {
			Intent string `json:"intent"`
			Value  string `json:"value"`
			Why    string `json:"why"`
		} `json:"understood"`
	} `json:"messages"`
	Appointments []struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	} `json:"appointments"`
	Flags []struct {
		Reason string `json:"reason"`
	} `json:"flags"`
	Revision int64 `json:"revision"`
}

func (s *service) conversation(client string) conversation {
	s.t.Helper()
	var c conversation
	if code := s.call(http.MethodGet, "/clients/"+client+"/conversation?limit=100", nil, &c); code != http.StatusOK {
		s.t.Fatalf("conversation: %d", code)
	}
	return c
}

// counts are the messages in and out.
func (c conversation) counts() (in, out int) {
	for _, m := range c.Messages {
		if m.Direction == "in" {
			in++
		} else {
			out++
		}
	}
	return in, out
}

func (s *service) text(from, body string, options ...func(*carrier.Text)) carrier.Delivery {
	s.t.Helper()
	return s.carrier.SMS(s.t.Context(), from, body, options...)
}

func TestTextIsAnsweredAndOnTheCaseload(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		john := s.john()
		s.heard(johnsNumber, 1) // the welcome
		if d := s.text(johnsNumber, "yh thats fine see u then"); d.Status != http.StatusOK {
			t.Fatalf("the webhook answered %d", d.Status)
		}
		said := s.heard(johnsNumber, 2)
		if !strings.Contains(said[1], "confirmed") {
			t.Errorf("the answer is %q", said[1])
		}
		for _, m := range s.carrier.SentTo(johnsNumber) {
			callback, err := url.Parse(m.StatusCallback)
			if err != nil || callback.Path != "/webhooks/twilio/status" || callback.Query().Get("m") == "" {
				t.Errorf("the status callback %q does not carry our message id", m.StatusCallback)
			}
		}
		var c conversation
		s.await("the answer is delivered", func() bool {
			c = s.conversation(john)
			return len(c.Messages) == 3 && c.Messages[0].Delivery == "delivered" && c.Messages[2].Delivery == "delivered"
		})
		if got := c.Appointments[0].Status; got != "confirmed" {
			t.Errorf("the appointment is %s", got)
		}
		for _, m := range c.Messages {
			if m.Direction == "in" && (m.Understood == nil || m.Understood.Intent != "confirm" || m.Understood.Why == "") {
				t.Errorf("what was understood: %+v", m.Understood)
			}
		}
	})
}

func TestForgedTextsChangeNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	john := s.john()
	s.heard(johnsNumber, 1)
	before := s.conversation(john)
	for name, option := range map[string]func(*carrier.Text){
		"unsigned": forged(carrier.Unsigned), "wrong_signature": forged(carrier.WrongSignature), "wrong_account": forged(carrier.WrongAccount),
	} {
		if d := s.text(johnsNumber, "cant make it", option); d.Status != http.StatusForbidden {
			t.Errorf("%s: the webhook answered %d", name, d.Status)
		}
	}
	after := s.conversation(john)
	if after.Revision != before.Revision || len(after.Messages) != len(before.Messages) {
		t.Errorf("forged texts changed the conversation: revision %d, then %d", before.Revision, after.Revision)
	}
}

func forged(how carrier.Forgery) func(*carrier.Text) {
	return func(t *carrier.Text) { t.Forge = how }
}

func TestTwiceIsOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		john := s.john()
		s.heard(johnsNumber, 1)
		first := s.text(johnsNumber, "when am i seeing sam next")
		again := func(c *carrier.Text) { c.SID = first.MessageSID }
		s.heard(johnsNumber, 2)
		for range 3 {
			if d := s.text(johnsNumber, "when am i seeing sam next", again); d.Status != http.StatusOK {
				t.Errorf("a repeated webhook was answered %d", d.Status)
			}
		}
		tenAtOnce := func() {
			var all sync.WaitGroup
			for range 10 {
				all.Go(func() {
					if d := s.text(johnsNumber, "when am i seeing sam next", again); d.Status != http.StatusOK {
						t.Errorf("a repeated webhook was answered %d", d.Status)
					}
				})
			}
			all.Wait()
		}
		tenAtOnce()
		s.stop()
		s.start()
		tenAtOnce()
		if redis.Client != nil {
			if err := redis.Client.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			tenAtOnce()
		}
		// A new text, ten times at once from its first moment on.
		sid := "SM" + strings.Repeat("ab", 16)
		again = func(c *carrier.Text) { c.SID = sid }
		tenAtOnce()
		s.heard(johnsNumber, 3)
		if err := s.carrier.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := s.conversation(john)
		in, out := c.counts()
		if in != 2 || out != 3 || len(s.carrier.SentTo(johnsNumber)) != 3 {
			t.Errorf("%d texts in, %d out, %d accepted by the carrier; want 2, 3, 3", in, out, len(s.carrier.SentTo(johnsNumber)))
		}
	})
}

// Kill -9 in the middle of 200 texts: every text that was answered 2xx is on
// the caseload once, and was answered once or is shown to a person; never twice.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		specialist := s.create("/specialists", map[string]any{"name": "Sam"})
		const people, each = 40, 5
		clients := make([]string, people)
		for i := range people {
			clients[i] = s.client(specialist, fmt.Sprintf("Client %d", i), fictional(i))
		}
		for i := range people {
			s.heard(fictional(i), 1)
		}
		var mu sync.Mutex
		acknowledged := map[string]int{} // by number
		var all sync.WaitGroup
		started := make(chan struct{}, people*each)
		for i := range people {
			all.Go(func() {
				for range each {
					started <- struct{}{}
					d := s.text(fictional(i), "when am i seeing sam next")
					if d.Status == http.StatusOK {
						mu.Lock()
						acknowledged[fictional(i)]++
						mu.Unlock()
					}
				}
			})
		}
		for range people * each / 3 {
			<-started
		}
		s.kill()
		all.Wait()
		s.start()
		total := 0
		for i := range people {
			number := fictional(i)
			total += acknowledged[number]
			why := "not looked at"
			s.wait(func() bool {
				why = s.accountFor(clients[i], number, acknowledged[number])
				return why == ""
			})
			if why != "" {
				t.Errorf("client %d: %s", i, why)
			}
		}
		t.Logf("%d of %d texts were acknowledged around the kill", total, people*each)
	})
}

// accountFor says what is wrong with the books of one client; "" if nothing.
func (s *service) accountFor(client, number string, acknowledged int) string {
	c := s.conversation(client)
	in, out := c.counts()
	// "May not have been sent" is what the API calls an unknown delivery; the
	// flag follows when the provider has been asked for the last time.
	shown := 0
	for _, m := range c.Messages {
		if m.Delivery == "unknown" {
			shown++
		}
	}
	sent := len(s.carrier.SentTo(number))
	switch {
	case in < acknowledged:
		return fmt.Sprintf("%d acknowledged, %d on the caseload", acknowledged, in)
	case in > 5:
		return fmt.Sprintf("%d texts on the caseload, 5 were written", in)
	case out != in+1:
		return fmt.Sprintf("%d texts, %d answers (and the welcome)", in, out-1)
	case sent > out:
		return fmt.Sprintf("%d messages, %d accepted by the carrier: one went twice", out, sent)
	case sent+shown < out:
		return fmt.Sprintf("%d messages, %d accepted, %d shown to a person", out, sent, shown)
	}
	return ""
}

// fictional is one of Ofcom's numbers for fiction.
func fictional(i int) string { return fmt.Sprintf("+447700900%03d", 200+i) }

func TestRedisMayDie(t *testing.T) {
	t.Parallel()
	redis := storetest.Redis(t)
	if redis.URL == "" {
		t.Skip("no redis-server here: the Redis inside a process dies with it, and store's own tests take it away")
	}
	s := serve(t, sqliteFile(t), redis.URL)
	john := s.john()
	s.heard(johnsNumber, 1)
	s.text(johnsNumber, "cant do that day, could we make it another time")
	s.heard(johnsNumber, 2)

	// Emptied: the conversation goes on where it was.
	if err := redis.Client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s.text(johnsNumber, "half 3")
	said := s.heard(johnsNumber, 3)
	if !strings.Contains(said[2], "3.30pm") {
		t.Errorf("after the Redis was emptied the conversation forgot the question: %q", said[2])
	}

	// Stopped: texts are still answered.
	redis.Stop()
	if d := s.text(johnsNumber, "yes"); d.Status != http.StatusOK {
		t.Fatalf("without Redis the webhook answered %d", d.Status)
	}
	s.heard(johnsNumber, 4)
	c := s.conversation(john)
	if got := c.Appointments[0].Status; got != "change_asked" {
		t.Errorf("the appointment is %s", got)
	}
	code, body := s.get(s.console + "/healthz")
	if code != http.StatusOK || !strings.Contains(body, "degraded") {
		t.Errorf("/healthz without Redis: %d %s", code, body)
	}
}

//nolint:tparallel // Its parts text the same phone, one after another.
func TestBadInputIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	john := s.john()
	s.heard(johnsNumber, 1)

	t.Run("ten_megabytes", func(t *testing.T) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.webhooks+"/webhooks/twilio/messages",
			strings.NewReader("Body="+strings.Repeat("a", 10<<20)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d", answer.StatusCode)
		}
	})
	t.Run("invalid_utf8", func(t *testing.T) {
		if d := s.text(johnsNumber, "where is it \xff\xfe again"); d.Status != http.StatusOK {
			t.Errorf("answered %d", d.Status)
		}
		s.heard(johnsNumber, 2)
	})
	t.Run("unknown_number", func(t *testing.T) {
		if d := s.text("+447700900999", "hello who is this, is sam there"); d.Status != http.StatusOK {
			t.Errorf("answered %d", d.Status)
		}
		said := s.heard("+447700900999", 1)
		if strings.Contains(said[0], "Sam") {
			t.Errorf("a stranger was told: %q", said[0])
		}
	})
	t.Run("appointment_in_the_past", func(t *testing.T) {
		code := s.call(http.MethodPost, "/clients/"+john+"/appointments", map[string]any{"kind": "regular", "at": "2020-01-01T10:00:00Z"}, nil)
		if code != http.StatusUnprocessableEntity {
			t.Errorf("answered %d", code)
		}
	})
	t.Run("malformed_number", func(t *testing.T) {
		specialist := s.create("/specialists", map[string]any{"name": "Kim"})
		code := s.call(http.MethodPost, "/clients", map[string]any{"specialist": specialist, "full_name": "Jo Example", "name": "Jo", "language": "en", "mobile": "0770x"}, nil)
		if code != http.StatusUnprocessableEntity {
			t.Errorf("answered %d", code)
		}
	})
	t.Run("number_taken", func(t *testing.T) {
		specialist := s.create("/specialists", map[string]any{"name": "Kim"})
		code := s.call(http.MethodPost, "/clients", map[string]any{"specialist": specialist, "full_name": "Jo Example", "name": "Jo", "language": "en", "mobile": johnsNumber}, nil)
		if code != http.StatusConflict {
			t.Errorf("answered %d", code)
		}
	})
}

// A wrong configuration is refused at once, every fault named, no secret said.
func TestWrongConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	s := newService(t, "sqlite:"+t.TempDir()+"/x.db", "", "SECRET_KEYS=unusable", "TWILIO_ACCOUNT_SID=nonsense",
		"TWILIO_FROM=SAMSTEAM", "PUBLIC_URL=", "CONSOLE_ADDR=nowhere", "PATHWAY=atlantis", "SMS_RATE=-1", "TELEGRAM_RATE=2000")
	_, err := s.run("serve")
	if err == nil {
		t.Fatal("it served")
	}
	for _, name := range []string{"SECRET_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_FROM", "PUBLIC_URL", "CONSOLE_ADDR", "PATHWAY", "SMS_RATE", "TELEGRAM_RATE"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	for _, secret := range []string{"unusable", "nonsense", testToken} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is repeated in: %v", secret, err)
		}
	}
}

// Telegram: a code joins the account once; the button confirms, and its second
// press changes nothing.
func TestTelegramFromLinkToButton(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		john := s.john()
		s.heard(johnsNumber, 1)
		var link struct {
			Code string `json:"code"`
			URL  string `json:"url"`
		}
		s.await("the bot is ready", func() bool { return s.carrier.WebhookURL() != "" })
		if code := s.call(http.MethodPost, "/clients/"+john+"/telegram-link", nil, &link); code >= 300 {
			t.Fatalf("telegram-link: %d", code)
		}
		const chat, stranger = 7001, 7002
		// Typed by hand, the way people copy a code.
		s.press(s.carrier.TelegramText(chat, strings.ToLower(link.Code)))
		s.told(chat, 1)
		s.press(s.carrier.TelegramStart(stranger, link.Code))
		if refused := s.told(stranger, 1); strings.Contains(refused[0].Text, "Sam") {
			t.Errorf("a used code told a stranger: %q", refused[0].Text)
		}

		// The reminder for a meeting of today goes to Telegram now.
		at := s.now().Add(5 * time.Hour).Truncate(time.Minute)
		s.create("/clients/"+john+"/appointments", map[string]any{"kind": "regular", "at": at.Format(time.RFC3339)})
		reminder := s.told(chat, 2)[1]
		if len(reminder.Buttons) != 3 {
			t.Fatalf("the reminder has %d buttons", len(reminder.Buttons))
		}
		confirm := reminder.Buttons[0][0].Data
		s.press(s.carrier.TelegramPress(chat, reminder.ID, confirm))
		s.told(chat, 3)
		before := s.conversation(john)
		for range 3 {
			s.press(s.carrier.TelegramPressStale(chat, reminder.ID, confirm))
		}
		s.await("the presses are handled", func() bool { return s.carrier.PendingUpdates() == 0 })
		after := s.conversation(john)
		if n := len(s.carrier.TelegramSentTo(chat)); n != 3 {
			t.Errorf("%d messages after the second press, 3 before", n)
		}
		for i := range after.Appointments {
			if after.Appointments[i] != before.Appointments[i] {
				t.Errorf("the second press changed %+v to %+v", before.Appointments[i], after.Appointments[i])
			}
		}
		s.await("the buttons are gone", func() bool { return len(s.carrier.TelegramSentTo(chat)[1].Buttons) == 0 })
	})
}

func (s *service) press(_ carrier.Arrival, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// told waits until the chat has been sent n messages in all.
func (s *service) told(chat int64, n int) []carrier.ChatMessage {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), answerWithin)
	defer cancel()
	sent, err := s.carrier.AwaitTelegram(ctx, chat, n)
	if err != nil {
		s.t.Fatalf("%d messages were sent, %d expected: %v", len(sent), n, err)
	}
	return sent
}
