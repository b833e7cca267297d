package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"alongside/store"
)

// People of the team in a real browser before the real service: the way in, by
// keyboard alone, without JavaScript, and every page as axe sees it.

// withoutScript opens the browser of somebody who has switched JavaScript off.
func withoutScript(t *testing.T, p *tab) *tab {
	t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	return p
}

// types puts words into a field.
func (p *tab) types(selector, words string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(selector), words))
}

// at checks where the browser is.
func (p *tab) at(path string) {
	p.t.Helper()
	if !p.is(fmt.Sprintf(`location.pathname === %q`, path)) {
		where, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.pathname + " " + document.querySelector("main").innerText`))
		p.t.Fatalf("the browser is not at %s but at %s", path, where)
	}
}

// complains tells of what the browser complained of, but for what had to be.
func (p *tab) complains(but ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		if !slices.ContainsFunc(but, func(known string) bool { return strings.Contains(fault, known) }) {
			p.t.Error(fault)
		}
	}
}

// TestTheFirstDayInABrowser is a specialist who was handed a one-time code: they
// set a password and their phone, leave, come back with both, and answer a text.
func TestTheFirstDayInABrowser(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct {
		width, height int64
		script        bool
	}{"desk": {1280, 900, true}, "phone": {390, 844, true}, "phone_without_javascript": {390, 844, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, sqliteFile(t), "")
			sam := s.create("/specialists", map[string]any{"name": "Sam"})
			john := s.client(sam, "John Example", johnsNumber)
			s.heard(johnsNumber, 1)
			s.text(johnsNumber, "what should i wear")
			m := s.member(store.RoleSpecialist, sam)
			checks := ""
			p := openTab(t, s.console, how.width, how.height)
			if how.script {
				checks = checker(t)
			} else {
				withoutScript(t, p)
			}
			see := func(page string) { t.Helper(); p.accessible("signin-"+name+"-"+page, checks) }
			p.at("/sign-in")
			see("sign-in")
			p.types("#login", m.login)
			p.types("#password", "not the password")
			p.press("main form button")
			see("wrong-password")
			p.press("a[href^='/sign-in/first']")
			see("first")
			p.types("#login", m.login)
			p.types("#code", m.code)
			p.types("#password", membersPassword)
			p.types("#again", membersPassword+"!")
			p.press("main form button")
			see("first-fault")
			if !p.is(fmt.Sprintf(`document.querySelector("#login").value === %q`, m.login)) {
				t.Error("the address that was typed is gone")
			}
			for field, words := range map[string]string{"#code": m.code, "#password": membersPassword, "#again": membersPassword} {
				p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).value = ""`, field)))
				p.types(field, words)
			}
			p.press("main form button")
			p.at("/sign-in/two-step")
			if !p.is(`document.querySelector("main img").complete && document.querySelector("main img").naturalWidth > 200`) {
				t.Error("the picture for the phone is not there")
			}
			see("two-step")
			secret, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector(".secret").textContent`))
			if err != nil {
				t.Fatal(err)
			}
			m.phone = strings.ReplaceAll(secret, " ", "")
			p.types("#code", m.now6())
			p.press("main form button")
			p.at("/account/codes")
			see("recovery-codes")
			p.press("main form button")
			p.at("/today")
			p.press(".who a")
			see("account")
			p.press("form[action='/sign-out'] button")
			p.at("/sign-in")
			m.signsIn(p)
			see("today")
			p.press(fmt.Sprintf("a.card[href^='/clients/%s']", john))
			p.types("#text", "Whatever is comfortable.")
			p.press("form.reply button")
			see("client")
			s.await("John is answered", func() bool {
				for _, m := range s.carrier.SentTo(johnsNumber) {
					if strings.Contains(m.Body, "Sam: Whatever is comfortable.") {
						return true
					}
				}
				return false
			})
			// A form that was refused is answered with the page again and its status.
			p.complains("status of 401", "status of 422")
		})
	}
}

// TestThePagesByKeyboard is a specialist with no mouse: from the sign-in to a text
// answered and an alert ended, with Tab, Enter and what is typed.
func TestThePagesByKeyboard(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	sam := s.create("/specialists", map[string]any{"name": "Sam"})
	john := s.client(sam, "John Example", johnsNumber)
	aisha := s.client(sam, "Aisha Example", fictional(1))
	s.text(johnsNumber, "what should i wear")
	s.text(fictional(1), "i want to kill myself")
	m := s.member(store.RoleSpecialist, sam).opens()
	p := openTab(t, s.console, 390, 844)
	// reach goes to something with Tab alone, and wants to see where it is, whole
	// and under nothing.
	reach := func(selector string) {
		t.Helper()
		p.tabTo(selector)
		if !p.is(`(() => {
			const at = document.activeElement, r = at.getBoundingClientRect(), s = getComputedStyle(at);
			const x = r.left + Math.min(r.width, 40) / 2, y = Math.min(Math.max(r.top + r.height / 2, 0), innerHeight - 1);
			const over = document.elementFromPoint(x, y);
			return r.bottom > 0 && r.top < innerHeight && parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== "none" && over !== null && (at.contains(over) || over.contains(at));
		})()`) {
			t.Errorf("nobody sees that %s has the focus", selector)
		}
	}
	enter := func(selector string) {
		t.Helper()
		reach(selector)
		p.do(chromedp.Evaluate[chromedp.Void](`window.stays = true`), chromedp.KeyEvent(kb.Enter))
		p.until("the page after "+selector, `window.stays === undefined && document.readyState === "complete"`)
	}
	types := func(selector, words string) {
		t.Helper()
		reach(selector)
		p.do(chromedp.KeyEvent(words))
	}
	p.at("/sign-in")
	types("#login", m.login)
	types("#password", membersPassword)
	enter("main form button")
	types("#code", m.now6())
	enter("main form button")
	p.at("/today")
	// The first stop is the way past the menu.
	p.do(chromedp.KeyEvent(kb.Tab))
	if !p.is(`document.activeElement.matches(".skip") && document.activeElement.getBoundingClientRect().width > 40`) {
		t.Error("the first stop is not the visible way past the menu")
	}
	p.do(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab))
	if !p.is(`document.querySelector("main").contains(document.activeElement)`) {
		t.Error("the way past the menu does not lead past it")
	}
	enter(fmt.Sprintf("[aria-labelledby=texts] a.card[href^='/clients/%s']", john))
	types("#text", "Whatever is comfortable.")
	enter("form.reply button")
	if !p.is(`[...document.querySelectorAll(".msg.out")].some((m) => m.textContent.includes("Sam: Whatever is comfortable."))`) {
		t.Error("the answer is not in the thread")
	}
	enter("nav a[href='/today']")
	enter(fmt.Sprintf("[aria-labelledby=alerts] a.card[href^='/clients/%s']", aisha))
	enter("#alerts form[action$=acknowledge] button")
	types("#outcome-0", "Rang her; she is with her sister.")
	enter("#alerts form[action$=outcome] button")
	if !p.is(`document.querySelector("#alerts") === null && document.querySelector(".done") !== null`) {
		t.Error("the alert still stands")
	}
	p.complains()
}

// TestEveryPageInWelsh lets axe look at every page, narrow and wide, for each role
// that has pages of its own; in English the other tests look.
func TestEveryPageInWelsh(t *testing.T) {
	t.Parallel()
	s := serve(t, sqliteFile(t), "")
	sam := s.create("/specialists", map[string]any{"name": "Sam"})
	john := s.client(sam, "John Example", johnsNumber)
	s.heard(johnsNumber, 1)
	s.text(johnsNumber, "cant do thurs, friday 3pm?")
	s.text(johnsNumber, "what should i wear")
	s.text(johnsNumber, "i want to kill myself")
	message := ""
	for _, m := range s.conversation(john).Messages {
		if m.Direction == "in" {
			message = m.ID
		}
	}
	lead := s.member(store.RoleLead, "").opens()
	administrator := s.member(store.RoleAdministrator, "").opens()
	checks := checker(t)
	for name, row := range map[string]struct {
		who   *member
		pages []string
	}{
		"lead":          {lead, []string{"/today", "/caseload", "/caseload?of=" + sam, "/clients/" + john, "/clients/" + john + "/messages/" + message, "/account", "/clients/nobody"}},
		"administrator": {administrator, []string{"/accounts", "/account", "/today"}},
	} {
		p := row.who.browser(t, 390, 844)
		p.do(chromedp.Navigate(s.console+"/account"), chromedp.Click(chromedp.CSS("input[name=language][value=cy]")))
		p.press("form[action='/account/language'] button")
		for i, page := range row.pages {
			p.do(chromedp.Navigate(s.console + page))
			if !p.is(`document.documentElement.lang === "cy"`) {
				t.Errorf("%s is not in Welsh", page)
			}
			for _, width := range []int64{390, 1280} {
				p.do(chromedp.EmulateViewport(width, 844))
				p.accessible(fmt.Sprintf("%s-cy-%d-%d", name, width, i), checks)
			}
		}
	}
}
