package conversations

import (
	"slices"
	"time"
)

// keepUndo keeps what the effects from the index from on replaced of the facts
// before them, and the question that was open and is not any more. Nothing is
// kept where nothing was replaced.
func (s *step) keepUndo(before Facts, open *Question, from int) {
	u := s.replaced(before, s.effects[from:])
	if open != nil && (s.state.Open == nil || s.state.Open.ID != open.ID) {
		q := *open
		u.Open = &q
	}
	if !u.isZero() {
		s.do(Undoable{Undo: u})
	}
}

func (u Undo) isZero() bool {
	return !u.told() && len(u.Flags) == 0 && len(u.Agreements) == 0 && u.Open == nil && !u.Lasting
}

// told says whether it changed something that the client was told of.
func (u Undo) told() bool {
	spoken := slices.ContainsFunc(u.Agreements, func(a AgreementUndo) bool { return a.Now != AgreementStopped })
	return spoken || len(u.Appointments) > 0 || len(u.Offers) > 0 || len(u.Tasks) > 0 || len(u.Answers) > 0 ||
		u.Settings != nil || u.Language != nil || u.Prefers != ""
}

// replaced says what effects replaced of the facts before them. What is as it
// was in the end is left out.
func (s *step) replaced(f Facts, effects []Effect) Undo {
	var u Undo
	var set Settings
	for _, e := range effects {
		switch e := e.(type) {
		case SetAppointment:
			u.appointment(f, e)
		case SetOffer:
			u.offer(f, e)
		case SetTask:
			u.task(f, e)
		case SetAgreement:
			for _, r := range f.Reach {
				if e.Channel == "" || e.Channel == r.Channel {
					u.agreement(r, e.Agreement)
				}
			}
		case Set:
			set = set.with(e.Settings)
		case SetLanguage:
			was := f.Client.Language
			u.Language, u.NowLanguage = &was, e.Language
		case PreferChannel:
			if len(f.Reach) > 0 {
				u.Prefers, u.NowPrefers = f.Reach[0].Channel, e.Channel
			}
		case RaiseFlag:
			if (e.Message == "" || e.Message == s.event.Message) && !slices.Contains(u.Flags, e.Reason) {
				u.Flags = append(u.Flags, e.Reason)
			}
		case RecordAnswer:
			if !slices.Contains(u.Answers, e.CheckIn) {
				u.Answers = append(u.Answers, e.CheckIn)
			}
		case EndCheckIn, RecordFeedback:
			u.Lasting = true
		}
	}
	u.same()
	if !set.IsZero() {
		u.Settings, u.Set = f.Client.settingsBefore(set)
	}
	return u
}

func (u *Undo) appointment(f Facts, e SetAppointment) {
	a, ok := f.Appointment(e.ID)
	if !ok {
		return
	}
	i := slices.IndexFunc(u.Appointments, func(x AppointmentUndo) bool { return x.ID == e.ID })
	if i < 0 {
		i = len(u.Appointments)
		u.Appointments = append(u.Appointments, AppointmentUndo{ID: e.ID, Was: a.Status, Proposed: millis(a.Proposed), Stands: millis(a.At)})
	}
	u.Appointments[i].Now, u.Appointments[i].NowAsked = e.Status, millis(e.Proposed)
}

func (u *Undo) offer(f Facts, e SetOffer) {
	n := slices.IndexFunc(f.Offers, func(o Offer) bool { return o.ID == e.ID })
	if n < 0 {
		return
	}
	i := slices.IndexFunc(u.Offers, func(x OfferUndo) bool { return x.ID == e.ID })
	if i < 0 {
		i = len(u.Offers)
		u.Offers = append(u.Offers, OfferUndo{ID: e.ID, Was: f.Offers[n].Status})
	}
	u.Offers[i].Now = e.Status
}

func (u *Undo) task(f Facts, e SetTask) {
	n := slices.IndexFunc(f.Tasks, func(t Task) bool { return t.ID == e.ID })
	if n < 0 {
		return
	}
	i := slices.IndexFunc(u.Tasks, func(x TaskUndo) bool { return x.ID == e.ID })
	if i < 0 {
		i = len(u.Tasks)
		u.Tasks = append(u.Tasks, TaskUndo{ID: e.ID, Was: f.Tasks[n].Status})
	}
	u.Tasks[i].Now = e.Status
}

func (u *Undo) agreement(r Reach, now Agreement) {
	i := slices.IndexFunc(u.Agreements, func(x AgreementUndo) bool { return x.Channel == r.Channel })
	if i < 0 {
		i = len(u.Agreements)
		u.Agreements = append(u.Agreements, AgreementUndo{Channel: r.Channel, Was: r.Agreement})
	}
	u.Agreements[i].Now = now
}

// same leaves out what is as it was.
func (u *Undo) same() {
	u.Appointments = slices.DeleteFunc(u.Appointments, func(x AppointmentUndo) bool { return x.Was == x.Now && x.Proposed == x.NowAsked })
	u.Offers = slices.DeleteFunc(u.Offers, func(x OfferUndo) bool { return x.Was == x.Now })
	u.Tasks = slices.DeleteFunc(u.Tasks, func(x TaskUndo) bool { return x.Was == x.Now })
	u.Agreements = slices.DeleteFunc(u.Agreements, func(x AgreementUndo) bool { return x.Was == x.Now })
	if u.Language != nil && *u.Language == u.NowLanguage {
		u.Language, u.NowLanguage = nil, ""
	}
	if u.Prefers == u.NowPrefers {
		u.Prefers, u.NowPrefers = "", ""
	}
}

// millis is a moment in Unix milliseconds; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// with lays what other sets over the settings.
func (s Settings) with(other Settings) Settings {
	over := func(a, b *int) *int {
		if b != nil {
			return b
		}
		return a
	}
	s.Wakes, s.Rests, s.LeadsAWeek = over(s.Wakes, other.Wakes), over(s.Rests, other.Rests), over(s.LeadsAWeek, other.LeadsAWeek)
	if other.RestDays != nil {
		s.RestDays = other.RestDays
	}
	if other.PausedUntil != nil {
		s.PausedUntil = other.PausedUntil
	}
	if other.Detail != nil {
		s.Detail = other.Detail
	}
	if other.Guarded != nil {
		s.Guarded = other.Guarded
	}
	s.Stop = slices.Concat(s.Stop, other.Stop)
	s.Allow = slices.Concat(s.Allow, other.Allow)
	return s
}

// settingsBefore compares the client with what is set: undo puts back what it
// changes, did is what it changes. Both are nil where it changes nothing.
func (c Client) settingsBefore(set Settings) (undo, did *Settings) {
	var u, d Settings
	after := c.With(set)
	number := func(was, now int, to, done **int) {
		if now != was {
			*to, *done = &was, &now
		}
	}
	number(c.Wakes, after.Wakes, &u.Wakes, &d.Wakes)
	number(c.Rests, after.Rests, &u.Rests, &d.Rests)
	number(c.LeadsAWeek, after.LeadsAWeek, &u.LeadsAWeek, &d.LeadsAWeek)
	if !slices.Equal(c.RestDays, after.RestDays) {
		// Empty and not nil: in JSON, nil would be no change.
		was, now := append([]time.Weekday{}, c.RestDays...), append([]time.Weekday{}, after.RestDays...)
		u.RestDays, d.RestDays = &was, &now
	}
	if !c.PausedUntil.Equal(after.PausedUntil) {
		u.PausedUntil, d.PausedUntil = &c.PausedUntil, &after.PausedUntil
	}
	flag := func(was, now bool, to, done **bool) {
		if now != was {
			*to, *done = &was, &now
		}
	}
	flag(c.Detail, after.Detail, &u.Detail, &d.Detail)
	flag(c.Guarded, after.Guarded, &u.Guarded, &d.Guarded)
	for _, m := range after.Stopped {
		if !slices.Contains(c.Stopped, m) {
			u.Allow, d.Stop = append(u.Allow, m), append(d.Stop, m)
		}
	}
	for _, m := range c.Stopped {
		if !slices.Contains(after.Stopped, m) {
			u.Stop, d.Allow = append(u.Stop, m), append(d.Allow, m)
		}
	}
	if d.IsZero() {
		return nil, nil
	}
	return &u, &d
}

// stillSo is the part of undo whose settings are still what did made of them,
// and whether that is all of it.
func (c Client) stillSo(undo, did Settings) (part Settings, all bool) {
	all = true
	number := func(is int, made, back *int, to **int) {
		switch {
		case made == nil:
		case is == *made:
			*to = back
		default:
			all = false
		}
	}
	number(c.Wakes, did.Wakes, undo.Wakes, &part.Wakes)
	number(c.Rests, did.Rests, undo.Rests, &part.Rests)
	number(c.LeadsAWeek, did.LeadsAWeek, undo.LeadsAWeek, &part.LeadsAWeek)
	flag := func(is bool, made, back *bool, to **bool) {
		switch {
		case made == nil:
		case is == *made:
			*to = back
		default:
			all = false
		}
	}
	flag(c.Detail, did.Detail, undo.Detail, &part.Detail)
	flag(c.Guarded, did.Guarded, undo.Guarded, &part.Guarded)
	if did.RestDays != nil {
		if slices.Equal(c.RestDays, *did.RestDays) {
			part.RestDays = undo.RestDays
		} else {
			all = false
		}
	}
	if did.PausedUntil != nil {
		if c.PausedUntil.Equal(*did.PausedUntil) {
			part.PausedUntil = undo.PausedUntil
		} else {
			all = false
		}
	}
	for _, m := range did.Stop {
		if slices.Contains(c.Stopped, m) {
			part.Allow = append(part.Allow, m)
		} else {
			all = false
		}
	}
	for _, m := range did.Allow {
		if !slices.Contains(c.Stopped, m) {
			part.Stop = append(part.Stop, m)
		} else {
			all = false
		}
	}
	return part, all
}
