package conversations_test

import (
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"

	"pgregory.net/rapid"
)

// Scenes of every kind, drawn: facts, a state that belongs to them, and an
// event. The same generators serve the properties (rapid) and the fuzz test.

// dice gives a number of 0 to n-1; the name is for whoever reads a failure.
type dice func(name string, n int) int

func rapidDice(t *rapid.T) dice {
	return func(name string, n int) int { return rapid.IntRange(0, n-1).Draw(t, name) }
}

func (d dice) coin(name string) bool { return d(name, 2) == 1 }

func oneOf[T any](d dice, name string, list []T) T { return list[d(name, len(list))] }

// What nobody but the client may read; see TestNothingIsToldToOthers.
const (
	secretPlace = "Secretplace Cafe"
	secretWith  = "Secretname Price"
	secretTitle = "Secrettitle assistant"
	secretTask  = "secrettask descriptions"
	secretWords = "Secretwords outside today?"
)

func (d dice) channel() conversations.Channel { return oneOf(d, "channel", conversations.Channels) }

func (d dice) appointments(now time.Time) []conversations.Appointment {
	var out []conversations.Appointment
	for i := range d("appointments", 4) {
		a := conversations.Appointment{
			ID: conversations.AppointmentID(fmt.Sprintf("a%d", i+1)), Kind: conversations.Regular,
			At:     now.Add(time.Duration(d("hours", 204)-3) * time.Hour),
			Status: oneOf(d, "status", conversations.AppointmentStatuses[:4]),
			Place:  secretPlace,
		}
		if d.coin("with") {
			a.With = secretWith
		}
		if d.coin("proposed") {
			a.Proposed = a.At.Add(24 * time.Hour)
		}
		out = append(out, a)
	}
	return out
}

func (d dice) checkIns() []conversations.CheckIn {
	var out []conversations.CheckIn
	for i := range d("check-ins", 3) {
		c := conversations.CheckIn{
			ID: conversations.CheckInID(fmt.Sprintf("s%d", i+1)), Kind: oneOf(d, "of", conversations.CheckInKinds),
		}
		if c.Kind == conversations.CheckInWellbeing {
			c.Words = secretWords
		}
		out = append(out, c)
	}
	return out
}

func (d dice) rhythm(s *stage) conversations.Rhythm {
	r := oneOf(d, "rhythm", []conversations.Rhythm{
		{},
		{Rule: "FREQ=WEEKLY;BYDAY=FR"},
		{Rule: "FREQ=DAILY"},
		{Milestone: conversations.MilestoneJobStart, After: conversations.Span{Days: 3}},
		{Meeting: conversations.Regular, Before: 1},
		{MonthDay: 25},
		{On: s.now.AddDate(0, 0, 5).Format(time.DateOnly)},
	})
	if !r.IsZero() {
		r.Since, r.Clock = "2026-11-02", 60*d("o'clock", 24)
	}
	return r
}

// dues are the moments that belong to the rhythms; now and then one whose job is
// late by hours or by a day.
func (d dice) dues(s *stage, f *conversations.Facts) {
	for i := range f.CheckIns {
		c := &f.CheckIns[i]
		c.Rhythm = d.rhythm(s)
		if f.Client.Closed {
			continue
		}
		if c.Due = conversations.NextCheckIn(s.rules.Pathway, *f, c.Rhythm, s.now); !c.Due.IsZero() && d("late", 4) == 0 {
			at := s.now.Add(-time.Duration(d("late by", 40)) * time.Minute)
			if at.Day() == s.now.Day() {
				c.Due = at
			}
		}
	}
	for i := range f.Tasks {
		if d.coin("asked on its day") {
			f.Tasks[i].Ask = s.now
		}
	}
}

func (d dice) offer(id string, now time.Time) conversations.Offer {
	o := conversations.Offer{
		ID:   conversations.OfferID(id),
		Lead: conversations.Lead{ID: conversations.LeadID("l" + id), Title: secretTitle, Area: "Kentish Town", Hours: d("a week", 30)},
		At:   now.Add(-time.Duration(d("offered", 300)) * time.Hour), Status: oneOf(d, "offer is", conversations.OfferStatuses),
	}
	if d.coin("closes") {
		o.Lead.Closes = now.Add(time.Duration(d("closes in", 200)-20) * time.Hour)
	}
	o.Lead.Filled = d("filled", 6) == 0
	return o
}

func (d dice) facts(s *stage) conversations.Facts {
	f := s.facts
	c := &f.Client
	c.Language = oneOf(d, "language", []string{"en", "cy", ""})
	c.Closed = d("closed", 6) == 0
	c.Detail, c.Held, c.Guarded = d.coin("detail"), d.coin("held"), d.coin("guarded")
	c.Wakes = oneOf(d, "wakes", []int{0, 7 * 60, 11 * 60, 19 * 60})
	c.Rests = oneOf(d, "rests", []int{0, 0, 15 * 60})
	if d.coin("rest day") {
		c.RestDays = []time.Weekday{time.Weekday(d("weekday", 7))}
	}
	if d("paused", 4) == 0 {
		c.PausedUntil = s.now.Add(time.Duration(d("until", 300)) * time.Hour)
	}
	for _, m := range conversations.Matters {
		if d("stopped "+string(m), 4) == 0 {
			c.Stopped = append(c.Stopped, m)
		}
	}
	for _, ch := range conversations.Channels {
		if d.coin("reachable") {
			agreed := conversations.AgreementGiven
			if d.coin("not given") {
				agreed = oneOf(d, "agreement", conversations.Agreements)
			}
			f.Reach = append(f.Reach, conversations.Reach{Channel: ch, Agreement: agreed, Blocked: d("blocked", 4) == 0, Fault: oneOf(d, "fault", []string{"", "", "30003", "30005"})})
		}
	}
	f.Appointments = d.appointments(s.now)
	f.CheckIns = d.checkIns()
	if d.coin("reached") {
		f.Reached = map[conversations.Milestone]time.Time{
			oneOf(d, "milestone", conversations.Milestones): s.now.Add(-time.Duration(d("ago", 900)) * time.Hour),
		}
	}
	for i := range d("offers", 3) {
		f.Offers = append(f.Offers, d.offer(fmt.Sprintf("o%d", i+1), s.now))
	}
	for i := range d("tasks", 3) {
		f.Tasks = append(f.Tasks, conversations.Task{
			ID: conversations.TaskID(fmt.Sprintf("k%d", i+1)), What: secretTask, Status: oneOf(d, "task is", conversations.TaskStatuses[:4]),
		})
	}
	for i := range d("free", 4) {
		f.Free = append(f.Free, s.now.Add(time.Duration(24*(i+1)+d("free in", 20))*time.Hour).Truncate(time.Hour))
	}
	d.dues(s, &f)
	if d("away", 4) == 0 {
		f.Cover = conversations.Cover{Absence: "a9", ID: "s2", Name: "Maria", Until: s.now.Add(time.Duration(1+d("away for", 200)) * time.Hour)}
		if d.coin("cover away") {
			f.Cover.ID, f.Cover.Name = "", ""
		}
	}
	if d("alerted", 4) == 0 {
		f.Alerted, f.Taken = true, d.coin("taken")
		f.CrisisSaid = s.now.Add(-time.Duration(d("said", 300)) * time.Minute)
	}
	if d.coin("link") {
		f.FreshLink = "https://t.me/x?start=fresh"
	}
	return f
}

func (d dice) question(s *stage, f conversations.Facts, n int) conversations.Question {
	q := conversations.Question{
		ID:      conversations.QuestionID(fmt.Sprintf("q%d", n)),
		Kind:    oneOf(d, "kind", conversations.QuestionKinds),
		Put:     d("put", 3),
		AskedAt: s.now.Add(-time.Duration(d("asked", 49)) * time.Hour).UnixMilli(),
	}
	if q.Put > 0 && d("waits for its hour", 4) == 0 {
		q.From = s.now.Add(time.Duration(d("from", 20)) * time.Hour).UnixMilli()
	}
	about := func() {
		if len(f.Appointments) > 0 {
			a := oneOf(d, "about", f.Appointments)
			q.Appointment, q.Stands = a.ID, a.At.UnixMilli()
		}
	}
	switch q.Kind {
	case conversations.AskAppointment:
		about()
	case conversations.AskReschedule:
		if d("a new meeting", 4) > 0 {
			about()
		}
		q.Vague = d.coin("vague")
		for _, at := range f.Free {
			q.Free = append(q.Free, at.UnixMilli())
		}
	case conversations.AskTime:
		about()
		q.Date, q.Clock = s.now.AddDate(0, 0, 3).Format(time.DateOnly), "15:00"
	case conversations.AskLead, conversations.AskWhyNot:
		q.Offer = oneOf(d, "offer", []conversations.OfferID{"o1", "o2"})
		q.Shown = d.coin("shown")
	case conversations.AskScale, conversations.AskFollowUp:
		q.CheckIn = oneOf(d, "series", []conversations.CheckInID{"s1", "s2"})
		q.Shown, q.Number = d.coin("shown"), 1+d("number", 5)
	case conversations.AskTask:
		q.Task = oneOf(d, "task", []conversations.TaskID{"k1", "k2"})
		q.Shown = d.coin("shown")
	case conversations.AskFeedback:
		q.Shown = d.coin("offered")
	case conversations.AskWhich:
		q.Readings = []conversations.Meaning{{Intent: understand.Interested}, {Intent: understand.NotInterested}}
		if len(f.Appointments) > 0 {
			a := oneOf(d, "about", f.Appointments)
			q.Stands = a.At.UnixMilli()
			q.Readings = []conversations.Meaning{
				{Intent: understand.Confirm, Appointment: a.ID}, {Intent: understand.Cannot, Appointment: a.ID},
			}
		}
	case conversations.AskOptIn:
		q.Channel = conversations.SMS
	case conversations.AskPause:
	case conversations.AskQuiet:
		q.Number = d("side", 3)
	case conversations.AskStopKind:
		if d.coin("a kind") {
			q.Matter = oneOf(d, "matter", conversations.Matters)
		}
	}
	return q
}

// state is one that belongs to the facts.
func (d dice) state(s *stage, f conversations.Facts) conversations.State {
	st := conversations.State{Version: conversations.StateVersion, Asked: 9}
	if d.coin("open") {
		q := d.question(s, f, 1)
		q.Put = max(q.Put, 1)
		st.Open = &q
	}
	if d.coin("rang") {
		at := s.now.Add(time.Duration(d("ring", 181)-90) * time.Minute)
		st.Ring = &conversations.Ring{At: at.UnixMilli(), Said: s.now.Add(-2 * time.Hour).UnixMilli()}
	}
	if d.coin("closed question") {
		q := d.question(s, f, 7)
		st.Closed = append(st.Closed, conversations.ClosedQuestion{
			ID: q.ID, Kind: q.Kind, Appointment: q.Appointment, Offer: q.Offer, Task: q.Task, CheckIn: q.CheckIn, Stands: q.Stands,
			Free: q.Free, Readings: q.Readings, Choice: oneOf(d, "chosen", conversations.Choices), At: s.now.Add(-time.Hour).UnixMilli(),
		})
	}
	if d("borrowed", 5) == 0 {
		st.Borrowed = s.now.Add(-time.Duration(d("since", 6)) * time.Hour).UnixMilli()
	}
	if d("in trouble", 5) == 0 {
		st.Troubled = s.now.Add(-time.Duration(d("troubled", 6)) * time.Hour).UnixMilli()
	}
	if d("nudged", 4) == 0 {
		st.Nudges = []conversations.NudgeMark{{ID: "n1", At: s.now.Add(-time.Duration(d("nudged", 90)) * time.Hour).UnixMilli()}}
	}
	for i := range d("queue", 3) {
		st.Queue = append(st.Queue, d.question(s, f, i+2))
	}
	if d("told of cover", 4) == 0 {
		st.Covered = &conversations.Covered{
			Cover: oneOf(d, "covered by", []conversations.SpecialistID{"s2", "s3", ""}), Until: s.now.Add(time.Duration(d("covered until", 200)-50) * time.Hour).UnixMilli(),
		}
	}
	if d("silent", 3) == 0 {
		st.Silence = d.silence(s)
	}
	if f.Client.Held {
		st.Recall = s.now.Add(time.Duration(d("recall", 97)-24) * time.Hour).UnixMilli()
		for _, a := range f.Appointments {
			if d.coin("reminder waits") {
				before := oneOf(d, "waits before", []int{0, 1440, 4320})
				st.Held = append(st.Held, conversations.Reminded{Appointment: a.ID, Stands: a.At.UnixMilli(), Before: before})
			}
		}
	}
	return st
}

// ordinary texts, numbers, times, risk, stops: what people send.
var drawnTexts = []string{
	"1", "2", "3", "yes", "no", "yh thats fine", "cant make it", "friday 3pm?", "can we do another day", "half 3", "monday",
	"gonna be late", "where is it", "when am i seeing sam", "ring me", "ta x", "help", "cymraeg plis", "im not john", "",
	"cant stop crying", "the cat ate it", "i want to kill myself", "ive took all my tablets", "STOP", "START",
	"4", "5", "i meant 1", "cant make it then", "can we do 4", "ring me at 4", "its me again", "rubbish week, boss shouting",
	"pls dont text me no more", "CANCEL", "iawn diolch", "whenever suits", "👍", "это кто?", "leave it as it was",
	"im interested", "not for me too far", "tell me more", "done it", "not yet", "need a hand with it", "any jobs?", "already applied",
	"yes thurs is fine and im interested in that job", "4 and yeah done the cv", "its his mum he says yes", "someone else reads my phone",
	"dont text me before 11", "leave me alone for 2 weeks", "no more job texts", "what do you know about me", "are you a robot",
	"who reads this", "put the place in my texts", "can i have telegram", "next week", "tuesday", "show me", "actually yes", "oh wait i meant 1",
	"are u there", "anyone??", "sorry im ok now", "he is standing next to me", "my dad hits me", "john died last week", "he passed away",
	"my mum died last week", "john is in hospital this is his wife", "this is johns mum he cant come thursday", "im in hospital",
	"im homeless as of today", "whats sams number", "can my mum see this", "and dont tell sam", "new number 07700 900456", "i got the job",
	"running late", "delete everything u have on me", "i want out of this programme", "his mum here he wants the job", "its his dad, done it",
	"my nan died cant come thursday", "cant come thursday", "yes thursday is fine",
	"i can do it but not there", "should be ok unless mums ill", "who else will be there", "sgen i ddim amser", "methu dod sori", "dwi isio newid", "na",
}

// presses are the buttons of every kind of question.
func (d dice) press() string {
	if d("nonsense", 12) == 0 {
		return oneOf(d, "data", []string{"", "x", ":", "q1:", ":yes", "q1:nothing"})
	}
	return fmt.Sprintf("q%d:%s", 1+d("of", 9), oneOf(d, "choice", conversations.Choices))
}

// nudge is one in words of the specialist's own, or from the list.
func (d dice) nudge() conversations.Nudge {
	n := conversations.Nudge{ID: oneOf(d, "nudge", []conversations.NudgeID{"n1", "n9"}), Signed: "Sam", Bulk: d.coin("to many")}
	if d.coin("template") {
		n.Template = oneOf(d, "words", conversations.NudgeTemplates)
		return n
	}
	n.Words = map[string]string{"en": "Good luck today."}
	if d.coin("both languages") {
		n.Words["cy"] = "Pob lwc heddiw."
	} else if d.coin("confirmed") {
		n.Instead = "en"
	}
	return n
}

func (d dice) meaning() conversations.Meaning {
	m := conversations.Meaning{Intent: oneOf(d, "means", understand.Intents)}
	if m.Intent == understand.Rating {
		m.Number = 1 + d("rating", 5)
	}
	if m.Intent == understand.Change && d.coin("dated") {
		m.Date, m.Clock = "2026-12-09", oneOf(d, "at", []string{"", "15:00"})
	}
	return m
}

// corrected is the text that a correction is about, with what it replaced.
func (d dice) corrected(s *stage, f conversations.Facts) *conversations.Corrected {
	c := &conversations.Corrected{
		Message: "m7", Channel: d.channel(), Was: oneOf(d, "was", understand.Intents), Done: d.coin("done"),
	}
	for _, a := range f.Appointments {
		if d.coin("undo") {
			c.Undo.Appointments = append(c.Undo.Appointments, conversations.AppointmentUndo{
				ID: a.ID, Was: oneOf(d, "status before", conversations.AppointmentStatuses[:4]), Now: a.Status,
				NowAsked: boolInt64(!a.Proposed.IsZero()) * a.Proposed.UnixMilli(), Stands: a.At.UnixMilli(),
			})
		}
	}
	for _, o := range f.Offers {
		if d.coin("undo") {
			c.Undo.Offers = append(c.Undo.Offers, conversations.OfferUndo{ID: o.ID, Was: conversations.OfferOpen, Now: o.Status})
		}
	}
	if d.coin("undo flags") {
		c.Undo.Flags = []conversations.FlagReason{oneOf(d, "flag", conversations.FlagReasons)}
	}
	if d.coin("undo agreement") && len(f.Reach) > 0 {
		r := oneOf(d, "on", f.Reach)
		c.Undo.Agreements = []conversations.AgreementUndo{{Channel: r.Channel, Was: oneOf(d, "agreed before", conversations.Agreements), Now: r.Agreement}}
	}
	if d.coin("was open") {
		q := d.question(s, f, 8)
		c.Undo.Open = &q
	}
	return c
}

func boolInt64(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// kind is any, and more often what happens more often.
func (d dice) kind() conversations.EventKind {
	often := []conversations.EventKind{conversations.EventText, conversations.EventButton, conversations.EventReminder}
	if i := d("often", 6); i < len(often) {
		return often[i]
	}
	return oneOf(d, "event", conversations.EventKinds)
}

// event is one of any kind. For a correction it puts what is corrected into the
// facts.
func (d dice) event(f *conversations.Facts, s *stage, st conversations.State) conversations.Event {
	e := conversations.Event{
		Kind: d.kind(),
		From: conversations.Address{Channel: d.channel(), Value: "x"},
		Text: oneOf(d, "text", drawnTexts),
	}
	e.Button = d.press()
	e.Question = conversations.QuestionID(fmt.Sprintf("q%d", 1+d("question", 9)))
	e.CheckIn = oneOf(d, "check-in", []conversations.CheckInID{"s1", "s9"})
	e.Task = oneOf(d, "task", []conversations.TaskID{"k1", "k9"})
	e.Offer = d.offer(oneOf(d, "offer", []string{"o1", "o9"}), s.now)
	if d.coin("by the clock") {
		e.Due = s.now
		for _, c := range f.CheckIns {
			if c.ID == e.CheckIn && !c.Due.IsZero() {
				e.Due = c.Due
			}
		}
	}
	if w := st.Silence; w != nil && e.Kind == conversations.EventSilence && d.coin("its moment") {
		e.Due = time.UnixMilli(w.Due)
	}
	if d("a milestone", 4) == 0 && e.Kind == conversations.EventStage {
		e.Milestone = oneOf(d, "reaches", conversations.Milestones)
	}
	if d("a series", 3) == 0 {
		e.Series = conversations.CheckIn{ID: oneOf(d, "chosen", []conversations.CheckInID{"s1", "s8"}), Kind: conversations.CheckInWeek, Rhythm: d.rhythm(s)}
	}
	e.Ring = s.now.Add(time.Duration(d("rings", 361)-60) * time.Minute)
	e.Channel = d.channel()
	e.Agreement = oneOf(d, "to", conversations.Agreements)
	e.Before = oneOf(d, "before", []int{0, 1440, 4320})
	e.Appointment = conversations.Appointment{ID: "new", Kind: conversations.Regular, At: s.now.Add(50 * time.Hour)}
	if len(f.Appointments) > 0 && d.coin("known appointment") {
		e.Appointment = oneOf(d, "appointment", f.Appointments)
		if d.coin("other time") {
			e.Appointment.At = e.Appointment.At.Add(24 * time.Hour)
		}
	}
	e.Attendance, e.AnotherTime = oneOf(d, "attended", conversations.Attendances), d.coin("another time")
	if e.AnotherTime {
		e.Appointment.At = s.now.Add(-26 * time.Hour)
	}
	if d("replanned", 3) == 0 {
		e.Settings.Replan = true
		e.Settings.Reminders = &[]int{2880, 240}
	}
	if d("at night", 4) == 0 {
		e.Reason = "quiet_hours"
	}
	e.Blocked = d.coin("carrier blocked")
	e.Nudge = d.nudge()
	if e.Kind == conversations.EventCorrected {
		e.Message, e.Meaning, e.By = "m7", d.meaning(), oneOf(d, "by", []conversations.SpecialistID{"s1", "s2"})
		f.Corrected = d.corrected(s, *f)
	}
	d.team(&e, f, s)
	return e
}

// scene is a moment within a fortnight, with all that holds and happens then.
func (d dice) scene(s *stage) (conversations.Facts, conversations.State, conversations.Event) {
	s.rules.Pathway.Unanswered = oneOf(d, "unanswered", []conversations.Unanswered{{}, {Questions: 2, Days: 7}, {Days: 3}})
	s.now = time.Date(2026, 11, 23, 0, 0, 0, 0, s.zone).Add(time.Duration(d("now", 14*24*60)) * time.Minute)
	f := d.facts(s)
	if d("unknown", 10) == 0 {
		f = conversations.Facts{}
	}
	st := d.state(s, f)
	return f, st, d.event(&f, s, st)
}

func drawScene(t *rapid.T, s *stage) (conversations.Facts, conversations.State, conversations.Event) {
	return rapidDice(t).scene(s)
}
