package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
)

// Role is why somebody of the team is told of an alert.
type Role string

// The roles.
const (
	// RoleSpecialist: the client's own; nobody for an unknown sender.
	RoleSpecialist Role = "specialist"
	// RoleDuty and RoleLead: the pathway's.
	RoleDuty Role = "duty"
	RoleLead Role = "lead"
	// RoleMeets: somebody who is to meet a client who threatens staff.
	RoleMeets Role = "meets"
)

// Roles lists every role.
var Roles = []Role{RoleSpecialist, RoleDuty, RoleLead, RoleMeets}

// Watcher is somebody of the team who can be told of an alert. Their addresses
// stay outside: here it only counts that there are some.
type Watcher struct {
	// ID is a specialist's, or the name of a role of the pathway; it is the
	// same at every step, and nobody is listed twice.
	ID   string
	Role Role
	// Phone and Mail say where they can be paged.
	Phone, Mail bool
}

// PageVia is the way that a page takes.
type PageVia string

// The ways. The phone counts: who has one is reached by it or not at all.
const (
	PageSMS   PageVia = "sms"
	PageEmail PageVia = "email"
)

// PageVias lists every way.
var PageVias = []PageVia{PageSMS, PageEmail}

// PageKind is what a page says. It names the words in the catalogue: neither
// the client, nor what was written, nor the kind of danger is in them.
type PageKind string

// The kinds of page.
const (
	// PageAlert: a text needs a person now.
	PageAlert PageKind = "page.alert"
	// PageAgain: it still does, and nobody has said that they have it.
	PageAgain PageKind = "page.again"
	// PageOutcome: somebody took it on, and no outcome was recorded since.
	PageOutcome PageKind = "page.outcome"
)

// PageKinds lists every kind of page.
var PageKinds = []PageKind{PageAlert, PageAgain, PageOutcome}

// Page is one message to one person of the team about one alert.
type Page struct {
	Watcher string
	Via     PageVia
	// Step counts the rounds of an alert from 1; nobody is paged twice by the
	// same way in one.
	Step int
	Kind PageKind
	// At is when the page was decided.
	At time.Time
	// Delivery is Queued until it is attempted, and Queued again after an attempt
	// that surely failed and is repeated; then Sending, Sent (and what the
	// provider reports after that), Failed or Unknown.
	Delivery Delivery
	// Tries counts the attempts that ended.
	Tries int
}

// Watch is what deciding about one alert needs: the alert, who there is to be
// told, and who was.
type Watch struct {
	RaisedAt time.Time
	// AcknowledgedAt is when somebody said that they are on it; ClosedAt when an
	// outcome was recorded. Zero: not yet.
	AcknowledgedAt, ClosedAt time.Time
	// Threat says that staff are threatened.
	Threat bool
	// Joined says that people are being told already of an older alert of the
	// same person, which has come no further than this one: who writes ten times
	// in their need makes one phone ring, not ten.
	Joined bool
	People []Watcher
	// Pages are all that were decided so far, in any order.
	Pages []Page
}

// Escalation is what happens next to an alert.
type Escalation struct {
	// Pages are to be written down and sent now, each Queued.
	Pages []Page
	// Next is when to ask again at the latest; earlier when a page ends. Zero
	// means never: the alert is closed.
	Next time.Time
	// Nobody says that there is nobody at all to be told.
	Nobody bool
}

const (
	// acknowledgeWithin is the default of Pathway.AcknowledgeWithin: 15 minutes.
	acknowledgeWithin = 15 * time.Minute
	// underWay is how long a page may be on its way before it counts as not
	// delivered: an attempt ends within half a minute.
	underWay = time.Minute
	// notTwice is how long a phone is left alone after a page of which nobody
	// can tell whether it arrived.
	notTwice = 5 * time.Minute
)

// Escalate decides who is paged about an alert now. It knows no quiet hours:
// duty is duty.
//
// The specialist and the duty person are told first; a threat reaches the lead
// and everyone who is to meet the client at once as well. When nobody has
// acknowledged within the pathway's time, the lead is told, and then all again,
// each time. When it is sure, or cannot be told, that somebody was not reached,
// the next step comes at once, as long as it tells anybody new.
//
// Acknowledging stops this. An alert that has no outcome by the next working
// morning comes back to the specialist and the duty person, and from the second
// morning on to the lead too.
func Escalate(way Pathway, w Watch, now time.Time) Escalation {
	switch {
	case !w.ClosedAt.IsZero():
		return Escalation{}
	case w.Joined:
		return Escalation{Next: now.Add(underWay)}
	case !w.AcknowledgedAt.IsZero():
		return w.withoutOutcome(way, now)
	}
	wait := acknowledgeWithin
	if way.AcknowledgeWithin > 0 {
		wait = time.Duration(way.AcknowledgeWithin) * time.Minute
	}
	if !w.Threat {
		w.People = slices.DeleteFunc(slices.Clone(w.People), func(p Watcher) bool { return p.Role == RoleMeets })
	}
	if !slices.ContainsFunc(w.People, Watcher.reachable) {
		return Escalation{Nobody: true, Next: now.Add(wait)}
	}
	last, since := w.last()
	if last > 0 {
		due := since.Add(wait)
		if now.Before(due) && (!w.unreached(last, now) || !w.tellsNew(last+1)) {
			return Escalation{Next: w.look(last, now, due)}
		}
	}
	for step := last + 1; ; step++ {
		told := w.step(step)
		if !slices.ContainsFunc(told, Watcher.reachable) {
			// A step that would tell nobody is passed over; from the third on there
			// is everybody.
			continue
		}
		kind := PageAlert
		if last > 0 && !w.tellsNew(step) {
			kind = PageAgain
		}
		pages := w.pages(told, step, kind, now)
		if len(pages) == 0 {
			// Whoever could be told may have heard within the last few minutes.
			return Escalation{Next: now.Add(underWay)}
		}
		return Escalation{Pages: pages, Next: now.Add(min(wait, underWay))}
	}
}

func (p Watcher) reachable() bool { return p.Phone || p.Mail }

// step lists whom a step tells.
func (w Watch) step(step int) []Watcher {
	var out []Watcher
	for _, p := range w.People {
		in := w.Threat || step > 2
		switch step {
		case 1:
			in = in || p.Role == RoleSpecialist || p.Role == RoleDuty
		case 2:
			in = in || p.Role == RoleLead
		}
		if in {
			out = append(out, p)
		}
	}
	return out
}

// last is the latest step, and when it began; 0 if there was none.
func (w Watch) last() (step int, since time.Time) {
	for _, p := range w.Pages {
		if p.Step > step || p.Step == step && p.At.Before(since) {
			step, since = p.Step, p.At
		}
	}
	return step, since
}

// tellsNew says whether a step tells anybody who has not been told yet.
func (w Watch) tellsNew(step int) bool {
	return slices.ContainsFunc(w.step(step), func(p Watcher) bool {
		return p.reachable() && !slices.ContainsFunc(w.Pages, func(x Page) bool { return x.Watcher == p.ID })
	})
}

// unreached says whether somebody whom a step tells was surely, or as far as
// anybody can tell, not reached by it.
func (w Watch) unreached(step int, now time.Time) bool {
	return slices.ContainsFunc(w.step(step), func(p Watcher) bool {
		page, ok := w.of(p, step)
		return !ok || page.lost(now)
	})
}

// of is the page of a step that counts for a person: the one to their phone,
// or, if they have none, to their mailbox.
func (w Watch) of(p Watcher, step int) (Page, bool) {
	var found Page
	ok := false
	for _, x := range w.Pages {
		if x.Watcher == p.ID && x.Step == step && (!ok || x.Via == PageSMS) {
			found, ok = x, true
		}
	}
	return found, ok
}

// lost says whether a page did not get through, as far as anybody can tell.
func (p Page) lost(now time.Time) bool {
	switch p.Delivery {
	case Sent, Delivered, Read:
		return false
	case Queued, Sending:
		return p.Tries > 0 || now.Sub(p.At) >= underWay
	default:
		return true
	}
}

// look is when to decide again before the step is due: soon, while pages of it
// are on their way.
func (w Watch) look(step int, now, due time.Time) time.Time {
	for _, p := range w.Pages {
		if p.Step == step && (p.Delivery == Queued || p.Delivery == Sending) && !p.lost(now) {
			if soon := p.At.Add(underWay); soon.Before(due) {
				due = soon
			}
		}
	}
	return due
}

// pages are the pages of a step, by every way that each person has. A phone of
// which nobody can tell whether the last page arrived is left out for a while.
func (w Watch) pages(told []Watcher, step int, kind PageKind, now time.Time) []Page {
	var out []Page
	for _, p := range told {
		if p.Phone && !w.justPaged(p, now) {
			out = append(out, Page{Watcher: p.ID, Via: PageSMS, Step: step, Kind: kind, At: now, Delivery: Queued})
		}
		if p.Mail {
			out = append(out, Page{Watcher: p.ID, Via: PageEmail, Step: step, Kind: kind, At: now, Delivery: Queued})
		}
	}
	return out
}

func (w Watch) justPaged(p Watcher, now time.Time) bool {
	return slices.ContainsFunc(w.Pages, func(x Page) bool {
		return x.Watcher == p.ID && x.Via == PageSMS && x.Delivery == Unknown && now.Sub(x.At) < notTwice
	})
}

// withoutOutcome brings back an alert that somebody took on and nobody closed.
func (w Watch) withoutOutcome(way Pathway, now time.Time) Escalation {
	since := w.AcknowledgedAt
	step, _ := w.last()
	seen := map[int]bool{}
	for _, p := range w.Pages {
		if p.Kind != PageOutcome || p.At.Before(w.AcknowledgedAt) {
			continue
		}
		if p.At.After(since) {
			since = p.At
		}
		seen[p.Step] = true
	}
	mornings := len(seen)
	due := NextMorning(way, since)
	if now.Before(due) {
		return Escalation{Next: due}
	}
	var told []Watcher
	for _, p := range w.People {
		if p.Role == RoleSpecialist || p.Role == RoleDuty || p.Role == RoleLead && mornings > 0 {
			told = append(told, p)
		}
	}
	if !slices.ContainsFunc(told, Watcher.reachable) {
		told = w.People
	}
	if !slices.ContainsFunc(told, Watcher.reachable) {
		return Escalation{Nobody: true, Next: NextMorning(way, now)}
	}
	pages := w.pages(told, step+1, PageOutcome, now)
	if len(pages) == 0 {
		return Escalation{Next: now.Add(notTwice)}
	}
	return Escalation{Pages: pages, Next: NextMorning(way, now)}
}

// NextMorning is the next moment after t at which the reading hours of a
// working day begin, in the pathway's zone. A pathway that never reads has
// tomorrow.
func NextMorning(way Pathway, t time.Time) time.Time {
	if way.Zone != nil {
		t = t.In(way.Zone)
	}
	h := policy.Hours{From: way.Reading.From, To: way.Reading.To, Holidays: way.Holidays}
	next := h.Next(t)
	if next.Equal(t) {
		// It is open now: the next morning is another day's.
		next = h.Next(policy.At(t.AddDate(0, 0, 1), 0))
	}
	if next.IsZero() {
		return t.AddDate(0, 0, 1)
	}
	return next
}
