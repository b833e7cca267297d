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
	p.do(chromedp.Navigate(d.base + "/caseload?sort=name"))
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".pick input")].slice(1, 11).forEach((box) => box.click())`))
	see("chosen")
	p.press("#many button:not([formaction])")
	p.do(chromedp.SendKeys(chromedp.CSS("#words-en"), "I hope that your week goes well."))
	p.do(chromedp.Click(chromedp.CSS("#instead")))
	see("nudge")
	p.press("form.compose button")
	if !p.is(`document.querySelectorAll(".goes li").length === 10`) {
		t.Errorf("%s", "the preview does not name ten people")
	}
	see("preview")
	p.press("form.send button")
	p.until("all ten are sent", `(() => { if (document.querySelector(".counts").textContent.trim() === "10 sent") return true; location.reload(); })()`)
	see("nudged")
	p.do(chromedp.Navigate(d.base + "/caseload?sort=name&q=bilal"))
	p.press(".clients a.card")
	if !p.is(`document.querySelector(".thread").textContent.includes("Sam: I hope that your week goes well.")`) {
		t.Error("the nudge is not in the thread")
	}
	see("client")
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
