package main_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFiguresInABrowser records a contact on a phone and finds it in the figures.
func TestFiguresInABrowser(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	p := openTab(t, d.base, 390, 844)
	checks := checker(t)
	d.act(map[string]any{"do": "advance", "minutes": 2})
	d.until("John is reminded", func(s shown) bool { return len(s.person("john").heard()) == 2 })
	p.do(chromedp.Navigate(d.base + "/caseload?q=john"))
	p.press(".clients li a.card")
	p.press("#plan ~ p a[href$=record]")
	p.accessible("phone-record", checks)
	for range 5 {
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#mechanism").value = "video"`))
		p.press("form[action$='contact#contacts'] button")
	}
	if !p.is(`document.querySelectorAll(".records li").length > 5 && document.querySelector("[role=status]") !== null`) {
		t.Error("the contacts are not listed")
	}
	p.press(".records button")
	p.do(chromedp.Navigate(d.base + "/figures"))
	if !p.is(`document.querySelector("#f-contacts svg rect") !== null && document.querySelector("#f-contacts table .total td:last-child").textContent > 20`) {
		t.Error("the contacts are not in the figures")
	}
	p.accessible("phone-figures", checks)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		t.Error(fault)
	}
}
