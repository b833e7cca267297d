package main_test

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"alongside/store/storetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Sam's pages in a real browser, beside the pretend phones: at a desk, on a phone,
// and without JavaScript.

// axe is the checker of accessibility: fetched when it is needed, never kept in
// the tree, and told by its hash.
const (
	axePackage = "axe-core@4.14.1"
	axeHash    = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

var axe = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "alongside-axe-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	fetch := exec.CommandContext(ctx, "npm", "pack", "--silent", axePackage)
	fetch.Dir = dir
	if said, err := fetch.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetch %s: %w: %s", axePackage, err, said)
	}
	packed, err := os.ReadFile(filepath.Join(dir, "axe-core-4.14.1.tgz"))
	if err != nil {
		return "", err
	}
	if sum := sha512.Sum512(packed); base64.StdEncoding.EncodeToString(sum[:]) != axeHash {
		return "", fmt.Errorf("%s is not the one that was looked at", axePackage)
	}
	open := exec.CommandContext(ctx, "tar", "xzf", "axe-core-4.14.1.tgz", "package/axe.min.js")
	open.Dir = dir
	if err := open.Run(); err != nil {
		return "", err
	}
	script, err := os.ReadFile(filepath.Join(dir, "package", "axe.min.js"))
	return string(script), err
})

// checker is the script of axe, or "" where it cannot be had and nobody wants it.
func checker(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if storetest.Required("axe") {
			t.Fatal("npm is not installed, and ALONGSIDE_REQUIRE wants axe")
		}
		t.Log("npm is not installed: the pages are not checked by axe")
		return ""
	}
	script, err := axe()
	if err != nil {
		if storetest.Required("axe") {
			t.Fatal(err)
		}
		t.Logf("the pages are not checked by axe: %v", err)
		return ""
	}
	return script
}

// accessible lets axe look at the page, and keeps a picture of it where
// ALONGSIDE_PICTURES names a folder.
func (p *tab) accessible(name, script string) {
	p.t.Helper()
	if dir := os.Getenv("ALONGSIDE_PICTURES"); dir != "" {
		p.picture(filepath.Join(dir, name+".png"))
	}
	if !p.is(`document.documentElement.scrollWidth <= innerWidth`) {
		p.t.Errorf("%s is wider than the window", name)
	}
	if script == "" {
		return
	}
	p.do(chromedp.Evaluate[chromedp.Void](script + "\n;window.axeFound = null; axe.run().then((r) => { window.axeFound = r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | ')); }); undefined"))
	p.until("axe has looked", `window.axeFound !== null`)
	p.until("axe finds nothing on "+name, `(() => { if (window.axeFound.length === 0) return true; throw new Error(window.axeFound.join("\n")); })()`)
}

// press clicks what the selector names and waits for the page after it.
func (p *tab) press(selector string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`window.stays = true`))
	p.do(chromedp.Click(chromedp.CSS(selector)))
	p.until("the page after "+selector, `window.stays === undefined && document.readyState === "complete"`)
}

// follow goes to a client's page from Today.
func (p *tab) follow(name, list string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + "/today"))
	p.until(name+" is on Today", fmt.Sprintf(`[...document.querySelectorAll("[aria-labelledby=%s] a.card")].some((a) => a.textContent.includes(%q))`, list, name))
	// By its address: the list may be put in anew by what happens meanwhile.
	href, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(
		`[...document.querySelectorAll("[aria-labelledby=%s] a.card")].find((a) => a.textContent.includes(%q)).getAttribute("href")`, list, name)))
	if err != nil {
		p.t.Fatal(err)
	}
	p.press(fmt.Sprintf(`[aria-labelledby=%s] a.card[href=%q]`, list, href))
}

// TestSamsDayInABrowser is what the pages are for.
func TestSamsDayInABrowser(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct {
		width, height int64
		script        bool
	}{"desk": {1280, 900, true}, "phone": {390, 844, true}, "phone_without_javascript": {390, 844, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			checks := ""
			if how.script {
				checks = checker(t)
			}
			p := openTab(t, d.base, how.width, how.height)
			if !how.script {
				if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
					t.Fatal(err)
				}
			}
			see := func(page string) { p.t.Helper(); p.accessible(name+"-"+page, checks) }
			p.do(chromedp.Navigate(d.base + "/today"))
			see("today-empty")
			d.act(map[string]any{"do": "advance", "minutes": 2})
			d.until("John is reminded", func(s shown) bool { return len(s.person("john").heard()) == 2 })
			d.text("john", "cant do thurs, friday 3pm?")
			d.until("John is asked back", func(s shown) bool { return len(s.person("john").heard()) == 3 })
			d.text("john", "1")
			d.text("aisha", "i want to kill myself")
			d.text("megan", "alla i ofyn rhywbeth, beth ddylwn i wisgo?")

			p.follow("Aisha", "alerts")
			see("alert")
			p.press("#alerts form[action$=acknowledge] button")
			p.do(chromedp.SendKeys(chromedp.CSS("#outcome-0"), "Rang her; she is with her sister."))
			p.press("#alerts form[action$=outcome] button")
			if !p.is(`document.querySelector("#alerts") === null`) {
				t.Error("the alert still stands")
			}
			p.follow("John", "proposals")
			p.press("#waiting form[action$=agree] button")
			if !p.is(`document.querySelector("#appointments").textContent.includes("15:00")`) {
				t.Error("the meeting was not moved")
			}
			see("client")
			p.press(".msg.in .understood a")
			see("reading")
			p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#intent").value = "late"`))
			p.press("form[action$=correction] button")
			if !p.is(`document.querySelector(".understood").textContent.includes("A person put this right")`) {
				t.Error("the reading was not put right")
			}
			p.follow("Megan", "texts")
			p.do(chromedp.SendKeys(chromedp.CSS("#text"), "Gwisgwch beth bynnag sy'n gyfforddus."))
			p.press("form.reply button")
			if !p.is(`[...document.querySelectorAll(".msg.out")].some((m) => m.textContent.includes("Sam: Gwisgwch"))`) {
				t.Error("the answer is not in the thread")
			}
			p.do(chromedp.Navigate(d.base + "/caseload"))
			p.do(chromedp.SendKeys(chromedp.CSS("#q"), "john"))
			p.press("form.filter button")
			if !p.is(`document.querySelectorAll(".clients li").length === 1`) {
				t.Error("the search finds another number of people than one")
			}
			see("caseload")
			p.do(chromedp.Navigate(d.base + "/today"))
			see("today")
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, fault := range p.faults {
				t.Error(fault)
			}
		})
	}
}
