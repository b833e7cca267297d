package main_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"alongside/store"
	"alongside/store/storetest"
)

// What changes is on open pages by itself, also where another process took it in.

// ownRedis is a Redis that a test can kill and start again at the same place.
type ownRedis struct {
	t   *testing.T
	url string
	cmd *exec.Cmd
}

func newRedis(t *testing.T) *ownRedis {
	t.Helper()
	storetest.Redis(t).Stop() // It says what is missing where there is none.
	r := &ownRedis{t: t, url: "redis://" + freePorts(t, 1)[0]}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *ownRedis) start() {
	r.t.Helper()
	address := strings.TrimPrefix(r.url, "redis://")
	_, port, _ := strings.Cut(address, ":")
	r.cmd = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", r.t.TempDir(), "--save", "", "--appendonly", "no")
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ctx.Done():
			r.t.Fatal("Redis does not start")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (r *ownRedis) kill() {
	if r.cmd != nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		r.cmd = nil
	}
}

// TestATextIsOnAnOpenPageByItself is two processes on one PostgreSQL and one
// Redis: a page is open on the one, and texts reach the other.
func TestATextIsOnAnOpenPageByItself(t *testing.T) {
	t.Parallel()
	database, ok := storetest.Postgres(t)
	if !ok {
		t.Skip("PostgreSQL is not installed, and two processes need it")
	}
	redis := newRedis(t)
	one := serve(t, database, redis.url)
	two := serve(t, database, redis.url)
	sam := one.create("/specialists", map[string]any{"name": "Sam"})
	john := one.client(sam, "John Example", johnsNumber)
	m := one.member(store.RoleSpecialist, sam).opens()
	p := m.browser(t, 390, 844)
	p.do(chromedp.Navigate(one.console + "/clients/" + john))
	// Somebody is in the middle of a word.
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "Half a th"))

	n := 0
	arrives := func(path string) time.Duration {
		t.Helper()
		n++
		words := fmt.Sprintf("what should i wear for meeting number %d", n)
		at := time.Now()
		if d := two.text(johnsNumber, words); d.Status != http.StatusOK {
			t.Fatalf("the webhook answered %d", d.Status)
		}
		script := fmt.Sprintf(`[...document.querySelectorAll(".msg.in")].some((m) => m.textContent.includes(%q))`, words)
		if path == "/today" {
			script = `[...document.querySelectorAll("[aria-labelledby=texts] a.card")].some((a) => a.textContent.includes("John"))`
		}
		p.soon(words, script)
		return time.Since(at).Round(time.Millisecond)
	}
	var took []time.Duration
	for range 5 {
		took = append(took, arrives("/clients/"))
	}
	slices.Sort(took)
	t.Logf("from the signed webhook at one process to the page open on another: median %v, longest of %d %v", took[len(took)/2], len(took), took[len(took)-1])
	p.soon("it is said", `document.querySelector("#live").textContent === "New text."`)
	if !p.is(`document.querySelector("#text").value === "Half a th" && document.activeElement.id === "text"`) {
		t.Error("what somebody was typing is gone, or their place in it")
	}
	p.soon("what became of the answer is shown", `[...document.querySelectorAll(".msg.out")].every((m) => m.querySelector(".state").classList.contains("waiting") || m.querySelector(".state").classList.contains("good"))`)

	redis.kill()
	t.Logf("with Redis dead: %v, by asking", arrives("/clients/"))
	redis.start()
	one.await("both are well again", func() bool {
		_, first := one.get(one.console + "/healthz")
		_, second := two.get(two.console + "/healthz")
		return !strings.Contains(first+second, "degraded")
	})
	var again []time.Duration
	for range 3 {
		again = append(again, arrives("/clients/"))
	}
	t.Logf("with Redis back: %v", again)
	p.do(chromedp.Navigate(one.console + "/today"))
	p.soon("John is on Today", `[...document.querySelectorAll("[aria-labelledby=texts] a.card")].length === 1`)
	other := two.client(sam, "Megan Example", "+447700900125")
	p.do(chromedp.Evaluate[chromedp.Void](`window.stays = true`))
	if d := two.text("+447700900125", "what do i bring"); d.Status != http.StatusOK {
		t.Fatalf("the webhook answered %d", d.Status)
	}
	p.soon("Megan is on Today", fmt.Sprintf(`window.stays && document.querySelector("a.card[href^='/clients/%s']") !== null`, other))
}

// soon asks the page often until it is so.
func (p *tab) soon(what, script string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !p.is(script) {
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited a minute for nothing: %s", what)
		case <-tick.C:
		}
	}
}

var goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)

// TestOpenPagesLeaveNothingBehind opens as many streams as an account may have,
// closes them, and counts.
func TestOpenPagesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	sam := s.create("/specialists", map[string]any{"name": "Sam"})
	m := s.member(store.RoleSpecialist, sam).opens()
	count := func() int {
		t.Helper()
		_, text := s.get(s.metrics + "/metrics")
		found := goroutines.FindStringSubmatch(text)
		if found == nil {
			t.Fatal("nobody counts goroutines")
		}
		n, _ := strconv.Atoi(found[1])
		return n
	}
	before := count()
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	open := func() int {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.console+"/live?since=0", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := m.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer.StatusCode
	}
	opened := 0
	for opened < 100 && open() == http.StatusOK {
		opened++
	}
	while := count()
	if opened < 6 || opened == 100 {
		t.Errorf("one account opens %d", opened)
	}
	hangUp()
	s.await("the goroutines end", func() bool { return count() <= before+2 })
	t.Logf("goroutines: %d before, %d with %d pages open, %d after", before, while, opened, count())
	// A stop does not wait for pages that stay open.
	ctx, hangUp = context.WithCancel(t.Context())
	defer hangUp()
	if status := open(); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	began := time.Now()
	s.stop()
	t.Logf("the stop took %v", time.Since(began).Round(time.Millisecond))
	if strings.Contains(s.log.String(), "cut off") {
		t.Error("a page was cut off")
	}
}
