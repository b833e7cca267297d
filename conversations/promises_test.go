package conversations_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// largestState is how many bytes the JSON of a state may take: it is read and
// written with every turn.
const largestState = 12 << 10

// step is one call of Next with what went in and came out.
type step struct {
	rules   conversations.Rules
	facts   conversations.Facts
	before  conversations.State
	event   conversations.Event
	now     time.Time
	after   conversations.State
	effects []conversations.Effect
}

// take calls Next and checks that it changes nothing that it was given.
func take(r conversations.Rules, f conversations.Facts, st conversations.State, e conversations.Event, now time.Time) (step, error) {
	raw, _ := json.Marshal(st)
	s := step{rules: r, facts: f, before: st, event: e, now: now}
	s.after, s.effects = conversations.Next(r, f, st, e, now)
	if again, _ := json.Marshal(st); string(again) != string(raw) {
		return s, fmt.Errorf("the state given was changed:\n%s\n%s", raw, again)
	}
	return s, s.holds()
}

// holds says which promise of Next the step breaks; nil if none.
func (s step) holds() error {
	for _, check := range []func() error{s.serialises, s.asksOne, s.keepsToPolicy, s.namesWhatThereIs, s.tellsNobodyElse, s.seen, s.leavesTheDiary, s.leavesTheLentPhone, s.staysAlert} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// serialises: the state is small and survives its JSON form.
func (s step) serialises() error {
	raw, err := json.Marshal(s.after)
	if err != nil {
		return err
	}
	if len(raw) > largestState {
		return fmt.Errorf("the state takes %d bytes", len(raw))
	}
	back, err := conversations.ParseState(raw)
	if err != nil {
		return err
	}
	if rawBack, _ := json.Marshal(back); string(rawBack) != string(raw) {
		return fmt.Errorf("state through JSON: %s, then %s", raw, rawBack)
	}
	return nil
}

// asksOne: at most one question is put in a turn, it is the open one, and none
// is put more than twice; nothing stands twice in the queue.
func (s step) asksOne() error {
	if q := s.after.Open; q != nil && (q.Put < 1 || q.Put > 2) {
		return fmt.Errorf("the open question %s (%s) was put %d times", q.ID, q.Kind, q.Put)
	}
	ids := map[conversations.QuestionID]bool{}
	waiting := s.after.Queue
	if s.after.Open != nil {
		waiting = append(slices.Clone(waiting), *s.after.Open)
	}
	for _, q := range waiting {
		if ids[q.ID] {
			return fmt.Errorf("%s waits twice", q.ID)
		}
		ids[q.ID] = true
	}
	asked := 0
	for _, m := range says(s.effects) {
		if m.Question == "" {
			continue
		}
		asked++
		if s.after.Open == nil || s.after.Open.ID != m.Question {
			return fmt.Errorf("%s puts %s, which is not open", m.Key, m.Question)
		}
	}
	if asked > 1 {
		return fmt.Errorf("%d questions in one turn", asked)
	}
	return nil
}

// keepsToPolicy: after a stop nothing is said but an answer to danger; what is
// unasked keeps to agreement, hours, pause, the kinds that were stopped and holds.
func (s step) keepsToPolicy() error {
	c := s.clientAfter()
	for _, m := range says(s.effects) {
		if m.Language == "" {
			return fmt.Errorf("%s has no language", m.Key)
		}
		if m.Urgency == conversations.Crisis {
			continue
		}
		agreed := agreementOn(s.facts, s.effects, m.Channel)
		if s.facts.Known() && agreed == conversations.AgreementStopped {
			return fmt.Errorf("%s was said on a channel that is stopped", m.Key)
		}
		if s.facts.Known() && agreed == conversations.AgreementDoubted && m.Key != "wrong_person" && m.Key != "condolence" {
			return fmt.Errorf("%s was said to a number that may be somebody else's", m.Key)
		}
		if m.Urgency != conversations.Prompt {
			continue
		}
		when := s.now
		if !m.NotBefore.IsZero() {
			when = m.NotBefore.In(s.now.Location())
		}
		minute, day := when.Hour()*60+when.Minute(), when.Weekday()
		switch {
		case agreed != conversations.AgreementGiven && agreed != conversations.AgreementAsked:
			return fmt.Errorf("%s was said unasked to somebody whose agreement is %s", m.Key, agreed)
		case s.facts.Client.Closed:
			return fmt.Errorf("%s was said unasked to somebody who left", m.Key)
		case day == time.Saturday, day == time.Sunday, when.Hour() < 10, minute < c.Wakes, slices.Contains(c.RestDays, day):
			return fmt.Errorf("%s goes at %s, and the client wakes at %d and rests on %v", m.Key, when, c.Wakes, c.RestDays)
		case c.Rests > 0 && minute >= c.Rests && c.Wakes < c.Rests:
			return fmt.Errorf("%s goes at %s, and the client rests from %d", m.Key, when, c.Rests)
		case s.now.Before(c.PausedUntil) && m.Key != "optin.question":
			return fmt.Errorf("%s goes while the client has a pause", m.Key)
		case m.Matter != "" && slices.Contains(c.Stopped, m.Matter):
			return fmt.Errorf("%s goes, and %s are stopped", m.Key, m.Matter)
		case c.Held && (m.Nudge == "" || m.Bulk) && m.Matter != "" && m.Matter != conversations.MatterAppointments:
			return fmt.Errorf("%s (%s) goes to a client on hold", m.Key, m.Matter)
		}
	}
	return nil
}

// clientAfter is the client as the effects make them.
func (s step) clientAfter() conversations.Client {
	c := s.facts.Client
	for _, e := range s.effects {
		switch e := e.(type) {
		case conversations.Set:
			c = c.With(e.Settings)
		case conversations.Hold:
			c.Held = true
		case conversations.Release:
			c.Held = false
		}
	}
	return c
}

// namesWhatThereIs: no effect names an appointment, offer, task, check-in or
// question that nobody knows.
func (s step) namesWhatThereIs() error {
	appointments := map[conversations.AppointmentID]bool{"": true, s.event.Appointment.ID: true}
	for _, a := range s.facts.Appointments {
		appointments[a.ID] = true
	}
	if u := s.facts.Unreceived; u != nil {
		appointments[u.Appointment.ID] = true
	}
	offers := map[conversations.OfferID]bool{"": true, s.event.Offer.ID: true}
	for _, o := range s.facts.Offers {
		offers[o.ID] = true
	}
	tasks, series := map[conversations.TaskID]bool{"": true}, map[conversations.CheckInID]bool{"": true}
	for _, k := range s.facts.Tasks {
		tasks[k.ID] = true
	}
	for _, c := range s.facts.CheckIns {
		series[c.ID] = true
	}
	if c := s.facts.Corrected; c != nil {
		// What a text changed is known by what was kept with it.
		for _, x := range c.Undo.Tasks {
			tasks[x.ID] = true
		}
		for _, id := range c.Undo.Answers {
			series[id] = true
		}
	}
	// An answer may come late, to a series that has ended since.
	for _, q := range s.before.Queue {
		series[q.CheckIn] = true
	}
	for _, q := range s.before.Closed {
		series[q.CheckIn] = true
	}
	if q := s.before.Open; q != nil {
		series[q.CheckIn] = true
	}
	questions := map[conversations.QuestionID]bool{}
	for _, q := range s.after.Queue {
		questions[q.ID] = true
	}
	if s.after.Open != nil {
		questions[s.after.Open.ID] = true
	}
	for _, e := range s.effects {
		ok := true
		switch e := e.(type) {
		case conversations.Say:
			ok = appointments[e.Appointment] && offers[e.Offer]
		case conversations.SetAppointment:
			ok = e.ID != "" && appointments[e.ID]
		case conversations.Remind:
			ok = e.Appointment != "" && appointments[e.Appointment]
		case conversations.SetOffer:
			ok = e.ID != "" && offers[e.ID]
		case conversations.SetTask:
			ok = e.ID != "" && tasks[e.ID]
		case conversations.RecordAnswer:
			ok = e.CheckIn != "" && series[e.CheckIn] && e.Number >= 1 && e.Number <= 5
		case conversations.EndCheckIn:
			ok = series[e.ID]
		case conversations.RaiseFlag:
			ok = appointments[e.Appointment] && offers[e.Offer] && tasks[e.Task] && slices.Contains(conversations.FlagReasons, e.Reason)
		}
		if !ok {
			return fmt.Errorf("%#v names what is not there", e)
		}
	}
	return nil
}

// tellsNobodyElse: what only the client may read stands in no unasked text
// unless the client wants it there, and in no text at all to whom somebody else
// holds the phone.
func (s step) tellsNobodyElse() error {
	c := s.clientAfter()
	open := c.Detail && !c.Guarded
	borrowed := s.borrowed()
	for _, m := range says(s.effects) {
		if open && !borrowed || m.Urgency == conversations.Answer && !borrowed {
			continue
		}
		said := strings.ToLower(fmt.Sprint(plainVars(m.Vars)))
		if strings.Contains(said, "secret") {
			return fmt.Errorf("%s tells %s (guarded %t, detail %t, borrowed %t)", m.Key, said, c.Guarded, c.Detail, borrowed)
		}
	}
	return nil
}

// seen: a text is answered, changes something or is shown to a person, or is
// one of the few that need neither; holes_test.go looks closer.
func (s step) seen() error {
	if s.event.Kind != conversations.EventText {
		return nil
	}
	intent := ""
	for _, e := range s.effects {
		switch e := e.(type) {
		case conversations.Understood:
			intent = string(e.Reading.Intent)
		case conversations.Undoable, conversations.DropQueued, conversations.SettleFlags, conversations.Expect, conversations.Skip:
		default:
			return nil
		}
	}
	switch {
	case intent == "":
		return fmt.Errorf("what was understood is not kept")
	case intent == "social", intent == "help", intent == "optin_yes":
		return nil
	case s.before.Ring != nil && (intent == "confirm" || intent == "keep"):
		return nil // "ok" to a call that was announced needs nothing
	}
	return fmt.Errorf("%q (%s) was neither answered nor shown to anybody", s.event.Text, intent)
}

// borrowed says whether the text came from somebody else than the client, or
// from a phone that somebody else may still hold.
func (s step) borrowed() bool {
	if s.event.Kind != conversations.EventText {
		return false
	}
	for _, e := range s.effects {
		if u, ok := e.(conversations.Understood); ok && u.Reading.ThirdParty {
			return true
		}
	}
	for _, e := range s.effects {
		if u, ok := e.(conversations.Understood); ok && u.Reading.Writer == understand.WriterClient && !s.before.Pried {
			return false // taken at their word
		}
	}
	b := s.before.Borrowed
	return b != 0 && s.now.Sub(time.UnixMilli(b)) < 4*time.Hour
}

// plainVars are the variables of a message as they can be printed.
func plainVars(vars map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range vars {
		if p, ok := v.(conversations.Piece); ok {
			v = plainVars(p.Vars)
		}
		if reflect.TypeOf(v).Kind() != reflect.Struct {
			out[k] = v
		}
	}
	return out
}

// lasting are the effects that change something or say something: twice of
// them is once too often. The others may come again and change nothing.
func lasting(effects []conversations.Effect) []conversations.Effect {
	var out []conversations.Effect
	for _, e := range effects {
		switch e.(type) {
		case conversations.DropQueued, conversations.SettleFlags, conversations.Skip, conversations.Remind, conversations.Expect,
			conversations.SetBlocked, conversations.SetAgreement, conversations.Set, conversations.Close, conversations.Undoable,
			conversations.Recall, conversations.PreferChannel, conversations.SetLanguage:
		default:
			out = append(out, e)
		}
	}
	return out
}

// readingOf is what was understood of the text; ok is false where there was none.
func (s step) readingOf() (r understand.Reading, ok bool) {
	for _, e := range s.effects {
		if u, is := e.(conversations.Understood); is {
			return u.Reading, true
		}
	}
	return understand.Reading{}, false
}

// leavesTheDiary: what somebody else writes from the client's phone changes no
// appointment, offer, task, check-in or setting, and neither does a text that
// is not sure while an alert is open.
func (s step) leavesTheDiary() error {
	r, ok := s.readingOf()
	if !ok || s.event.Kind != conversations.EventText || !s.facts.Known() || r.Intent == understand.Start || s.event.OptOut != "" {
		return nil // who agrees to texts again has them all again
	}
	unsure := s.facts.Alerted && r.Sure < 80
	if !s.borrowed() && !unsure {
		return nil
	}
	for _, e := range s.effects {
		switch e := e.(type) {
		case conversations.SetAppointment, conversations.SetOffer, conversations.SetTask, conversations.RecordAnswer:
			return fmt.Errorf("%q (%s, sure %d, borrowed %t, alerted %t) did %#v", s.event.Text, r.Intent, r.Sure, s.borrowed(), s.facts.Alerted, e)
		case conversations.Set:
			if agreementOn(s.facts, s.effects, s.event.From.Channel) == conversations.AgreementGiven && agreementOn(s.facts, nil, s.event.From.Channel) != conversations.AgreementGiven {
				continue // "yes" after a stop is the carriers' own word for start
			}
			if e.Settings.Guarded == nil || !*e.Settings.Guarded {
				return fmt.Errorf("%q set %+v", s.event.Text, e.Settings)
			}
		}
	}
	return nil
}

// leavesTheLentPhone: while somebody else has the phone no question is put to
// it, at whatever event, unless it would be of no use later.
func (s step) leavesTheLentPhone() error {
	b := s.after.Borrowed
	if b == 0 || !s.facts.Known() {
		return nil
	}
	back := time.UnixMilli(b).Add(4 * time.Hour)
	for _, m := range says(s.effects) {
		if m.Question == "" || m.Urgency != conversations.Prompt || !m.Until.IsZero() {
			continue
		}
		if m.NotBefore.Before(back) {
			return fmt.Errorf("%s goes before %s to a phone that is lent", m.Key, back)
		}
	}
	return nil
}

// staysAlert: while an alert is open every text is answered or acted on, and
// no text takes a hold away.
func (s step) staysAlert() error {
	if !s.facts.Alerted || s.event.Kind != conversations.EventText || !s.facts.Known() || s.facts.Client.Closed {
		return nil
	}
	for _, e := range s.effects {
		if _, is := e.(conversations.Release); is {
			return fmt.Errorf("%q released the client", s.event.Text)
		}
	}
	if agreementOn(s.facts, nil, s.event.From.Channel) != conversations.AgreementGiven {
		return nil
	}
	for _, e := range s.effects {
		switch e.(type) {
		case conversations.Say, conversations.SetAgreement:
			return nil
		case conversations.Skip:
			return nil // the carrier has blocked our texts
		}
	}
	return fmt.Errorf("%q was not answered while an alert is open", s.event.Text)
}
