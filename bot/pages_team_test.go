package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheTeamsPagesInABrowser: Sam says when he is away and when he would meet,
// adds a lead, and looks at the service's words, on a phone.
func TestTheTeamsPagesInABrowser(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	checks := checker(t)
	p := openTab(t, d.base, 390, 844)
	see := func(page string) { p.t.Helper(); p.accessible("team-"+page, checks) }
	open := func(path string) { p.t.Helper(); p.do(chromedp.Navigate(d.base + path)) }
	set := func(selector, value string) {
		p.t.Helper()
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("` + selector + `").value = "` + value + `"`))
	}
	open("/times")
	set("#date", "2000-01-01")
	set("#clock", "15:00")
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#date").removeAttribute("min")`))
	p.press("form[action='/times'] button")
	if !p.is(`document.querySelector("#date").getAttribute("aria-describedby") === "w-date" && document.querySelector("#clock").value === "15:00"`) {
		t.Error("what was wrong does not stand beside its field, or what was typed is gone")
	}
	see("times-wrong")
	// A browser takes an answer of 422 for a fault; it was meant to be one.
	p.mu.Lock()
	p.faults = slices.DeleteFunc(p.faults, func(fault string) bool { return strings.Contains(fault, "status of 422") })
	p.mu.Unlock()

	open("/team")
	p.do(chromedp.Click(chromedp.CSS("summary")))
	see("own")
	open("/leads/new")
	p.do(chromedp.SendKeys(chromedp.CSS("#title"), "PC repair assistant"))
	p.do(chromedp.SendKeys(chromedp.CSS("#hours"), "12"))
	p.do(chromedp.SendKeys(chromedp.CSS("#employer"), "Beeston Computers"))
	see("lead-form")
	p.press("main form button")
	if !p.is(`document.querySelector("h1").textContent.includes("PC repair assistant") && document.querySelector(".done") !== null`) {
		t.Error("the lead was not added")
	}
	see("lead")
	open("/leads")
	see("leads")
	open("/templates")
	see("words")
	p.do(chromedp.Navigate(d.base + "/caseload"))
	p.press(".clients a.card")
	p.press("a[href$=hand-over]")
	see("hand-over")
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		t.Error(fault)
	}
}
