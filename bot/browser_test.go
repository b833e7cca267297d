package main_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"alongside/store/storetest"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The demo's page in a real browser, by keyboard alone.

// tab is a page in a browser of the test's own.
type tab struct {
	t *testing.T
	// base is the address before every path.
	base string
	ctx  context.Context //nolint:containedctx // It is the browser's: one tab, one context.

	do func(...chromedp.Action[chromedp.Void])
	is func(script string) bool

	mu     sync.Mutex
	faults []string
}

// openTab opens a page of the given width and listens to what it complains of
// and whom it asks.
func openTab(t *testing.T, address string, width, height int64) *tab {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if storetest.Required("chromium") {
			t.Fatal("chromium is not installed, and ALONGSIDE_REQUIRE wants it")
		}
		t.Skip("chromium is not installed: the page is not looked at in a browser")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel = chromedp.NewExecAllocator(ctx, flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, base: address}
	p.do = func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	p.is = func(script string) bool {
		t.Helper()
		yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		if err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		return yes
	}
	if err := chromedp.Listen(ctx, p.listen(address)); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(address))
	return p
}

// picture keeps a picture of the whole page in a file.
func (p *tab) picture(file string) {
	p.t.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(file, shot, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// listen notes what a page must not do.
func (p *tab) listen(address string) func(any) {
	host := strings.TrimPrefix(address, "http://")
	return func(event any) {
		fault := ""
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			fault = "an exception: " + e.ExceptionDetails.Text
		case *runtime.EventConsoleAPICalled:
			fault = fmt.Sprintf("the console was written to: %s", e.Type)
		case *log.EventEntryAdded:
			fault = fmt.Sprintf("the browser logged: %s: %s", e.Entry.Level, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			// The browser's own pictures in a field for a day come as data.
			if u, err := url.Parse(e.Request.URL); err != nil || u.Host != host && u.Scheme != "data" {
				fault = "another host was asked: " + e.Request.URL
			}
		}
		if fault != "" {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.faults = append(p.faults, fault)
		}
	}
}

// until asks the page until it is so.
func (p *tab) until(what, script string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !p.is(script) {
		select {
		case <-ctx.Done():
			p.t.Fatalf("waited a minute for nothing: %s", what)
		case <-tick.C:
		}
	}
}

// tabTo presses Tab until what the selector names has the focus.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	for range 120 {
		if p.is(fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	p.t.Fatalf("the keyboard does not reach %s", selector)
}

// specialistByKeyboard does what a specialist does beside Aisha's phone and on
// her caseload: a lead, the menu, danger and who is on it, a text put right.
func (p *tab) specialistByKeyboard(narrow bool) {
	p.t.Helper()
	enter := func(selector string) {
		p.t.Helper()
		p.tabTo(selector)
		p.do(chromedp.KeyEvent(kb.Enter))
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	enter(".telegram .desk button")
	p.until("a lead is offered", `document.querySelector("#live").textContent.startsWith("Offered")`)
	enter(".telegram .desk summary")
	p.until("the menu is open", `document.querySelector(".telegram .desk details").open`)
	if !p.is(`[...document.querySelectorAll(".telegram .desk .sheet button")].every((b) => {
		const r = b.getBoundingClientRect();
		return r.left >= 0 && r.right <= innerWidth && r.top >= 0;
	})`) {
		p.t.Error("the specialist's menu reaches out of the window")
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until("the menu is closed", `!document.querySelector(".telegram .desk details").open`)
	p.tabTo("#tg-text")
	p.do(chromedp.KeyEvent("i want to kill myself"), chromedp.KeyEvent(kb.Enter))
	p.until("the team is told", `document.querySelectorAll("#team li").length >= 2`)
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	if narrow {
		enter(`.views [data-view="caseload"]`)
	}
	enter(".alert form button")
	p.until("Sam is on it", `document.querySelector(".alert-state").textContent !== "" && document.querySelectorAll(".alert form button").length === 1`)
	enter("[data-mend]")
	p.until("the reading can be put right", `document.activeElement.matches(".right select")`)
}

// TestDemoPageByKeyboard is a newcomer without a mouse, at a desk and on a
// phone.
func TestDemoPageByKeyboard(t *testing.T) {
	t.Parallel()
	for name, size := range map[string][2]int64{"desk": {1280, 800}, "phone": {390, 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			p := openTab(t, d.base, size[0], size[1])
			p.until("the page is filled", `document.querySelectorAll(".client-row").length === 3`)
			if name == "desk" && !p.is(`[".phone.sms", ".phone.telegram", ".caseload"].every((s) => {
				const r = document.querySelector(s).getBoundingClientRect();
				return r.width > 250 && r.height > 400 && r.right <= innerWidth && r.bottom <= innerHeight;
			})`) {
				t.Error("both phones and the caseload are not in one view")
			}
			p.until("John's reminder", `document.querySelectorAll(".sms .msg").length === 2`)

			p.tabTo("#sms-text")
			p.do(chromedp.KeyEvent("yh thats fine see u thurs"), chromedp.KeyEvent(kb.Enter))
			p.until("John is answered", `document.querySelectorAll(".sms .msg:not(.mine)").length === 3`)
			p.until("John's row says confirmed", `document.querySelector("[data-client=john] .pill").textContent === "confirmed"`)

			if name == "phone" {
				p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
				p.tabTo(`.views [data-view="telegram"]`)
				p.do(chromedp.KeyEvent(kb.Enter))
			}
			p.tabTo(".telegram .keys button")
			p.do(chromedp.KeyEvent(kb.Enter))
			p.until("Aisha's row says confirmed", `document.querySelector("[data-client=aisha] .pill").textContent === "confirmed"`)
			p.until("Aisha is answered", `document.querySelectorAll(".telegram .msg:not(.mine)").length === 3`)

			// The day before, whoever has confirmed is reminded once more.
			p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
			p.tabTo(`[data-minutes="1440"]`)
			p.do(chromedp.KeyEvent(kb.Enter))
			p.until("the clock moved a day", `document.querySelector("#clock-day").textContent.startsWith("Tuesday")`)
			p.do(chromedp.KeyEvent(kb.Enter))
			p.until("the next reminders", `[".sms", ".telegram"].every((s) => document.querySelectorAll(s + " .msg:not(.mine)").length === 4)`)

			p.specialistByKeyboard(name == "phone")
			for _, view := range []string{"sms", "telegram", "caseload"} {
				p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector('.views [data-view=%s]').click()`, view)))
				if !p.is(`document.documentElement.scrollWidth <= innerWidth`) {
					t.Errorf("%s is wider than the window", view)
				}
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, fault := range p.faults {
				t.Error(fault)
			}
		})
	}
}
