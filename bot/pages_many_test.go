package main_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestTenPeopleAreNudgedInABrowser chooses, looks, sends and reads what became of
// it, on a phone and without JavaScript but for the checker's.
func TestTenPeopleAreNudgedInABrowser(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	checks := checker(t)
	p := openTab(t, d.base, 390, 844)
	see := func(page string) { p.t.Helper(); p.accessible("many-"+page, checks) }
	if checks == "" {
		if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
	}
	d.act(map[string]any{"do": "advance", "minutes": 2})
	d.until("John is reminded", func(s shown) bool { return len(s.person("john").heard()) == 2 })
	d.text("john", "1") // What he was asked is answered: nothing of his waits its turn.
	d.until("John is answered", func(s shown) bool { return len(s.person("john").heard()) == 3 })
	p.do(chromedp.Navigate(d.base + "/caseload?sort=name"))
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".pick input")].slice(1, 11).forEach((box) => box.click())`))
	see("chosen")
	p.press("#many button:not([formaction])")
	p.do(chromedp.SendKeys(chromedp.CSS("#words-en"), "I hope that your week goes well."))
	p.do(chromedp.Click(chromedp.CSS("#instead")))
	see("nudge")
	p.press("form.compose button")
	if !p.is(`document.querySelectorAll(".goes li").length === 10`) {
		t.Error("the preview does not name ten people")
	}
	see("preview")
	p.press("form.send button")
	for tries := 0; p.is(`document.querySelector("#progress-h ~ p a") !== null`) && tries < 500; tries++ {
		p.press("#progress-h ~ p a") // Look again.
	}
	if !p.is(`document.querySelector(".counts").textContent.trim() === "10 sent"`) {
		t.Error("it did not reach ten people")
	}
	see("nudged")
	p.do(chromedp.Navigate(d.base + "/caseload?sort=name&q=bilal"))
	p.press(".clients a.card")
	if !p.is(`document.querySelector(".thread").textContent.includes("Sam: I hope that your week goes well.")`) {
		t.Error("the nudge is not in the thread")
	}
	see("client")
	p.press("#notes a")
	p.do(chromedp.SendKeys(chromedp.CSS("#note-w"), "Likes to walk by the river."))
	p.press("#f-notes button")
	if !p.is(`document.querySelector("#notes").textContent.includes("by the river")`) {
		t.Error("the note is not kept")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true; })`))
	see("profile")
	p.press("main a")
	p.press("form[action$=telegram] button")
	see("telegram")
	p.press("main a")
	p.press("a[href$=transcript]")
	see("transcript")
	p.do(chromedp.Navigate(d.base + "/caseload?tick=all"))
	p.press("#many button[formaction]")
	p.do(chromedp.Click(chromedp.CSS("input[name=lead]")))
	see("offer")
	p.press("form.compose button")
	see("offer-preview")
	p.press("form.send button")
	see("offered")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		t.Error(fault)
	}
}
