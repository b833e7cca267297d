package year

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// Fault is something that went out and should not have.
type Fault struct {
	// Rule names what was broken (see the constants); What says how, without a
	// word of anybody's.
	Rule, What string
	At         time.Time
	Client     int
}

// The rules.
const (
	ruleHours    = "never in quiet hours"
	ruleStop     = "never after STOP"
	ruleTrue     = "never for a moved or cancelled appointment"
	rulePast     = "never for what is past"
	ruleBudget   = "never beyond the budget"
	ruleOnce     = "each reminder once"
	rulePaused   = "never in a pause, nor about what was stopped"
	ruleStage    = "never what the stage does not allow"
	ruleReminded = "every appointment is reminded of, or says why not"
)

// audit looks at every text that the carrier accepted.
type audit struct {
	life *life
	mu   sync.Mutex
	ids  int // of what the team makes

	faults  []Fault
	errs    []error
	sent    int
	byKey   map[string]int
	byWeek  map[int]map[int]int // week → client → texts, all of them
	unasked map[int][]spent     // by client
	// told counts what went about an appointment at the time that it stated,
	// reminded the reminders among it.
	told, reminded map[meeting]int
}

// spent is one unasked text that counts against the budget.
type spent struct {
	at     time.Time
	matter conversations.Matter
}

func newAudit(l *life) *audit {
	return &audit{
		life: l, byKey: map[string]int{}, byWeek: map[int]map[int]int{}, unasked: map[int][]spent{}, told: map[meeting]int{}, reminded: map[meeting]int{},
	}
}

func (a *audit) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sent
}

// broken keeps an error of the audit itself: what could not be looked at was not
// found right.
func (a *audit) broken(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.errs = append(a.errs, err)
}

func (a *audit) fault(rule string, c *client, at time.Time, format string, args ...any) {
	a.faults = append(a.faults, Fault{Rule: rule, What: fmt.Sprintf(format, args...), At: at, Client: c.n})
}

// accepted looks at a text at the moment at which the carrier took it.
func (a *audit) accepted(c *client, o store.Outgoing) {
	who, err := a.life.Store.Client(context.Background(), c.id)
	if err != nil {
		a.broken(err)
		return
	}
	now := a.life.Clock.Now().In(c.zone)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent++
	a.byKey[o.Key]++
	week := int(now.Sub(a.life.Until).Hours()) / (7 * 24)
	if a.byWeek[week] == nil {
		a.byWeek[week] = map[int]int{}
	}
	a.byWeek[week][c.n]++
	if a.life.Sent != nil {
		a.life.Sent(Sent{At: now, Client: c.n, Key: o.Key, Held: o.Held})
	}
	a.look(c, o, who, now)
}

// look holds a text against every rule.
func (a *audit) look(c *client, o store.Outgoing, who store.Client, now time.Time) {
	a.stopped(c, o, now)
	a.truth(c, o, now)
	if o.Urgency == conversations.Prompt {
		a.hours(c, o, who, now)
		a.wishes(c, o, who, now)
		a.budget(c, o, who, now)
	}
}

// stopped: after STOP nothing goes but the words for danger (rule 5).
func (a *audit) stopped(c *client, o store.Outgoing, now time.Time) {
	c.mu.Lock()
	since := c.stopped
	c.mu.Unlock()
	if o.Urgency == conversations.Crisis {
		return
	}
	if !since.IsZero() && now.After(since) || o.Agreement == conversations.AgreementStopped {
		a.fault(ruleStop, c, now, "%s", o.Key)
	}
}

// truth: what it says of an appointment is so (rule: a reminder is recomputed).
func (a *audit) truth(c *client, o store.Outgoing, now time.Time) {
	if o.Appointment == "" || o.Stands.IsZero() || o.Urgency != conversations.Prompt {
		return
	}
	switch {
	case o.Status == conversations.Cancelled:
		a.fault(ruleTrue, c, now, "%s: the appointment is cancelled", o.Key)
	case !o.Stands.Equal(o.Starts):
		a.fault(ruleTrue, c, now, "%s: the appointment has another time", o.Key)
	case !o.Stands.After(now):
		a.fault(rulePast, c, now, "%s", o.Key)
	}
	key := meeting{o.Appointment, o.Stands.UnixMilli()}
	a.told[key]++
	if o.Matter == conversations.MatterAppointments {
		a.reminded[key]++
		if a.reminded[key] > len(a.life.Pathway.Reminders) {
			a.fault(ruleOnce, c, now, "%s: %d reminders of one time", o.Key, a.reminded[key])
		}
	}
}

// meeting is an appointment at one of its times.
type meeting struct {
	id conversations.AppointmentID
	at int64
}

// hours: unasked texts come on weekdays within the service's hours, when this
// person is awake and wants them (rule 9).
func (a *audit) hours(c *client, o store.Outgoing, who store.Client, now time.Time) {
	p := a.life.Pathway
	minute := now.Hour()*60 + now.Minute()
	from, to := max(p.Sending.From, who.Wakes), p.Sending.To
	if who.Wakes > 0 {
		to = max(to, who.Wakes+60) // Who wakes when the day is nearly over has an hour.
	}
	if who.Rests > 0 {
		to = min(to, who.Rests)
	}
	switch {
	case now.Weekday() == time.Saturday || now.Weekday() == time.Sunday:
		a.fault(ruleHours, c, now, "%s on a %s", o.Key, now.Weekday())
	case p.Holidays[now.Format(time.DateOnly)]:
		a.fault(ruleHours, c, now, "%s on a holiday", o.Key)
	case slices.Contains(who.RestDays, now.Weekday()):
		a.fault(ruleHours, c, now, "%s on a day they want none", o.Key)
	case minute < from || minute >= to:
		a.fault(ruleHours, c, now, "%s at %s", o.Key, now.Format("15:04"))
	}
}

// wishes: pauses, kinds that were stopped, stages and what a specialist has set.
func (a *audit) wishes(c *client, o store.Outgoing, who store.Client, now time.Time) {
	if o.Matter == "" {
		return // News of the diary: whoever paused is still told that a meeting moved.
	}
	switch {
	case who.PausedUntil.After(now):
		a.fault(rulePaused, c, now, "%s in a pause", o.Key)
	case slices.Contains(who.Stopped, o.Matter):
		a.fault(rulePaused, c, now, "%s: they stopped this kind", o.Key)
	case who.Circumstance != "":
		a.fault(rulePaused, c, now, "%s: %s", o.Key, who.Circumstance)
	}
	for _, s := range a.life.Pathway.Stages {
		if s.Stage == who.Stage && !slices.Contains(s.Sends, o.Matter) {
			a.fault(ruleStage, c, now, "%s at the stage %s", o.Key, who.Stage)
		}
	}
}

// budget: beyond reminders and news of the diary one a day and three a week, or
// what the pathway says (rule 10). A week is the seven days of the calendar that
// end today.
func (a *audit) budget(c *client, o store.Outgoing, who store.Client, now time.Time) {
	b := a.life.Pathway.Budget
	if o.Matter == "" || o.Matter == conversations.MatterAppointments || b == (conversations.Budget{}) {
		return
	}
	a.unasked[c.n] = append(a.unasked[c.n], spent{at: now, matter: o.Matter})
	from := time.Date(now.Year(), now.Month(), now.Day()-6, 0, 0, 0, 0, now.Location())
	var today, week, leads, checkIns int
	for _, s := range slices.Backward(a.unasked[c.n]) {
		if s.at.Before(from) {
			break
		}
		week++
		if s.at.YearDay() == now.YearDay() {
			today++
		}
		switch s.matter {
		case conversations.MatterLeads:
			leads++
		case conversations.MatterCheckIns:
			checkIns++
		default:
		}
	}
	wish := cmp.Or(who.LeadsAWeek, b.Leads)
	// Who chose to be asked every day gets that beside the rest.
	c.mu.Lock()
	chosen := max(b.CheckIns, c.days)
	c.mu.Unlock()
	aWeek := b.AWeek + max(0, wish-b.Leads) + chosen - b.CheckIns
	if today > b.ADay || week > aWeek || leads > wish || checkIns > chosen {
		a.fault(ruleBudget, c, now, "%s: %d today, %d in a week, %d leads, %d check-ins", o.Key, today, week, leads, checkIns)
	}
}

// Report is what came of a year.
type Report struct {
	From, Until time.Time
	Sent        int
	// ByKey counts the texts by the words that were said.
	ByKey map[string]int
	// Weekly is how many texts a client got in a week in which they got one.
	Weekly Spread
	// Skipped counts what was not said, by its named reason; Later what went
	// later than it fell due.
	Skipped, Later map[string]int
	// Appointments that took place, Reminded those of which the client was
	// reminded at least once, Unreminded why the others were not.
	Appointments, Reminded int
	Unreminded             map[string]int
	// Open are texts of which it is not settled what became of them.
	Open   int
	Faults []Fault
}

// Spread is how numbers lie.
type Spread struct {
	Mean              float64
	Median, P95, Most int
}

// report ends the audit: the texts that did not go are looked at now.
func (a *audit) report(ctx context.Context, from, until time.Time) (Report, error) {
	r := Report{
		From: from, Until: until, Sent: a.sent, ByKey: a.byKey, Skipped: map[string]int{}, Later: map[string]int{}, Unreminded: map[string]int{},
	}
	var counts []int
	for _, week := range a.byWeek {
		counts = slices.AppendSeq(counts, maps.Values(week))
	}
	r.Weekly = spreadOf(counts)
	for _, c := range a.life.clients {
		if c.id == "" {
			continue
		}
		if err := a.follow(ctx, c, &r); err != nil {
			return r, err
		}
	}
	slices.SortFunc(a.faults, func(x, y Fault) int { return x.At.Compare(y.At) })
	r.Faults = a.faults
	if len(a.errs) > 0 {
		return r, fmt.Errorf("look at what was sent (%d times): %w", len(a.errs), a.errs[0])
	}
	return r, nil
}

func spreadOf(counts []int) Spread {
	if len(counts) == 0 {
		return Spread{}
	}
	slices.Sort(counts)
	sum := 0
	for _, n := range counts {
		sum += n
	}
	at := func(share float64) int { return counts[min(len(counts)-1, int(share*float64(len(counts))))] }
	return Spread{Mean: float64(sum) / float64(len(counts)), Median: at(0.5), P95: at(0.95), Most: counts[len(counts)-1]}
}
