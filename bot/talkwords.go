package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"alongside/bot/carrier"
	"alongside/store"
)

// talkHelp lists the slash commands by who does what.
const talkHelp = `  What Sam, the specialist, does:
    /offer [more]      offer John a lead; more: one more
    /filled            somebody else has the job that was offered last
    /task              ask after his task
    /checkin [kind]    ask a check-in that he chose: week or wellbeing
    /feedback          ask what he thinks of the service; it goes to the lead
    /ring 30m          announce a call
    /move fri 3pm      move the appointment; without a time: to the one he asked for
    /cancel            call the appointment off
  What Sam does about what John wrote:
    /correct <intent> [value]   put right the last text: /correct change fri 3pm, /correct rating 4
    /settled           the number is John's after all
    /ack, /outcome …   say that somebody is on an alert; write down what came of it
    /hold, /release    put John on hold, end that
    /remind            let the reminder go in spite of a hold
  What there is:
    /caseload          what Sam sees
    /leads             the leads, and what John said to them
    /settings [set]    what John chose: /settings detail on, /settings stop leads, /settings pause 14
  What happens by itself, or on the phone:
    /wait 2h           let time pass; reminders come by themselves
    /press 1           press the first button (Telegram)
    /quit              leave (so does Ctrl-D)`

// deskCommands are the slash commands that are acts at the desk, and the act
// that each is.
var deskCommands = map[string]string{
	"/offer": "offer", "/filled": "filled", "/task": "task", "/checkin": "checkin", "/feedback": "feedback", "/ring": "ring",
	"/move": "move", "/cancel": "cancel", "/settled": "settled", "/ack": "acknowledge", "/outcome": "outcome",
	"/hold": "hold", "/release": "release", "/remind": "remind", "/correct": "correct",
}

// otherCommands are those that are none.
var otherCommands = []string{"/caseload", "/leads", "/settings", "/wait", "/press", "/quit", "/exit", "/help"}

// line does what was typed.
func (t *talk) line(ctx context.Context, line string) (done bool, err error) {
	if begun, tabbed := strings.CutSuffix(line, "\t"); tabbed {
		// Somebody pressed Tab to see what there is.
		t.suggest(strings.TrimSpace(begun))
		return false, nil
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "":
	case "/quit", "/exit":
		return true, nil
	case "/help":
		t.say("%s", talkHelp)
	case "/wait":
		return false, t.pass(ctx, rest)
	case "/caseload":
		return false, t.caseload(ctx)
	case "/leads":
		return false, t.showLeads(ctx)
	case "/press":
		return false, t.press(ctx, rest)
	case "/settings":
		if rest == "" {
			return false, t.showSettings(ctx)
		}
		return false, t.atDesk(ctx, carrier.DeskDone{Do: "settings", Value: rest})
	default:
		if act := deskCommands[word]; act != "" {
			done := carrier.DeskDone{Do: act, Value: rest}
			if act == "correct" {
				done.Intent, done.Value, _ = strings.Cut(rest, " ")
			}
			return false, t.atDesk(ctx, done)
		}
		if strings.HasPrefix(word, "/") && word != "/start" {
			t.suggest(word)
			return false, nil
		}
		if err := t.text(ctx, line); err != nil {
			t.say("(the service took no text: %v)", err)
		}
		return false, t.await(ctx)
	}
	return false, nil
}

// suggest says which commands begin like what was typed, or where they are all
// listed.
func (t *talk) suggest(word string) {
	var near []string
	for _, c := range slices.Sorted(slices.Values(commandNames())) {
		if strings.HasPrefix(c, word) || len(word) > 1 && strings.HasPrefix(c, word[:2]) {
			near = append(near, c)
		}
	}
	if word == "" || len(near) == 0 {
		t.say("Type what John would text. /help lists what Sam can do and what else there is.")
		return
	}
	t.say("Did you mean %s? /help says what each does.", strings.Join(near, ", "))
}

func commandNames() []string {
	names := slices.Clone(otherCommands)
	for c := range deskCommands {
		names = append(names, c)
	}
	return names
}

// atDesk does what Sam does, says what came of it, and prints what John reads.
func (t *talk) atDesk(ctx context.Context, act carrier.DeskDone) error {
	if act.Do == "offer" {
		act.Value = "" // "more" says only that it is one more.
	}
	said, err := t.desk.do(ctx, t.john, act)
	if h, ok := hinted(err); ok {
		t.say("  (%s)", h)
		return nil
	}
	if err != nil {
		return err
	}
	t.say("  sam > %s", said)
	return t.await(ctx)
}

func (t *talk) showLeads(ctx context.Context) error {
	offers, _, err := t.world.store.Offers(ctx, t.john.client, store.Page{})
	if err != nil {
		return fmt.Errorf("read the offers: %w", err)
	}
	for _, id := range t.desk.leads {
		l, err := t.world.store.Lead(ctx, id)
		if err != nil {
			return fmt.Errorf("read a lead: %w", err)
		}
		said := "not offered to John"
		if i := slices.IndexFunc(offers, func(o store.Offer) bool { return o.Lead.ID == id }); i >= 0 {
			said = offerView(offers[i]).State
		}
		t.say("  %s, %s, %d hours, %s: %s", l.Title, l.Area, l.Hours, l.Pay, said)
	}
	return nil
}

func (t *talk) showSettings(ctx context.Context) error {
	c, err := t.world.store.Client(ctx, t.john.client)
	if err != nil {
		return fmt.Errorf("read the client: %w", err)
	}
	for _, line := range settingsWords(c, t.now(), t.desk.zone) {
		t.say("  %s", line)
	}
	t.say("  (/settings detail on, /settings stop leads … set one; John can say them in his own words)")
	return nil
}

// caseload prints what the specialist sees.
func (t *talk) caseload(ctx context.Context) error {
	page, err := t.world.store.Conversation(ctx, t.john.client, "", shown)
	if err != nil {
		return fmt.Errorf("read the caseload: %w", err)
	}
	v := t.world.viewOf(t.john, page)
	if err := t.world.addPlan(ctx, &v, t.john, t.desk.zone); err != nil {
		return err
	}
	t.say("  -- %s --", v.Name)
	line := func(what, format string, args ...any) { t.say("  %-12s %s", what, fmt.Sprintf(format, args...)) }
	for _, a := range v.Alerts {
		line("ALERT", "%s: %s", a.Text, a.State)
	}
	if v.Held {
		line("on hold", "leads, check-ins, tasks and bulk nudges wait until Sam ends it")
	}
	for _, a := range v.Appointments {
		line("appointment", "%s: %s", a.Line, a.State)
	}
	for _, f := range v.Facts {
		line(strings.ToLower(f.Kind), "%s: %s", f.Text, f.State)
	}
	if len(v.Settings) > 0 {
		line("settings", "%s", strings.Join(v.Settings, "; "))
	}
	if v.Question != "" {
		line("open", "%s", v.Question)
	}
	for _, q := range page.Queued {
		line("waits", "%s", questionWords(q))
	}
	for _, a := range v.Attention {
		line("look at", "%s", a)
	}
	if u := v.Understood; u != nil {
		line("understood", "%s (%s): %s", u.Meaning, u.Sure, u.Why)
	}
	for _, m := range slices.Backward(v.Messages[:min(len(v.Messages), 8)]) {
		who := "assistant"
		if m.Inbound {
			who = "John"
		}
		t.say("  %s  %-9s %s", m.At.In(t.desk.zone).Format(time.TimeOnly), who, oneLine(m.Text))
		if m.Corrected != "" {
			t.say("  %-8s  %-9s put right: %s", "", "", m.Corrected)
		}
	}
	return nil
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 70 {
		return string(runes[:69]) + "…"
	}
	return text
}
