package conversations

import (
	"slices"
	"time"

	"alongside/conversations/understand"
)

// What a text says about when, how and whether texts come, and what is done
// about it. Somebody else who holds the phone settles nothing of it.

// limit is what such a text names, as far as it was understood. The zero value
// names nothing: it is asked once, and then a person takes over.
type limit struct {
	// from and until are the hours between which texts may come, in minutes after
	// midnight, 0 for no limit; nil if not named. side says which of them was
	// meant but not understood.
	from, until *int
	side        int
	// days are days without texts; only says that they are the days with texts,
	// and again that texts may come on them again.
	days        []time.Weekday
	only, again bool
	// anyTime takes all limits of the day and the week away.
	anyTime bool
	// end is the day on which a pause ends; back says that it is over now.
	end  time.Time
	back bool
	// stop and allow are the matters that are to end, or to come again; alone is
	// the one that is wanted and no other.
	stop, allow []Matter
	alone       Matter
}

// chosenSetting does what a text says about when, how and whether texts come. It
// reports whether the text says such a thing.
func (s *step) chosenSetting() bool {
	switch s.reading.Intent {
	case understand.Other, understand.Help:
		return s.wish(s.reading.Topic, s.limit())
	default:
		return false
	}
}

// limit puts what the reading names into the terms of the settings.
func (s *step) limit() limit {
	r := s.reading.Limit
	l := limit{from: minutesOf(r.NotBefore), until: minutesOf(r.NotAfter), days: r.NotOn, anyTime: r.AnyTime}
	switch {
	case len(r.OnlyOn) > 0:
		l.days, l.only = r.OnlyOn, true
	case len(r.On) > 0:
		l.days, l.again = r.On, true
	}
	if r.AnyBefore {
		l.from = new(0)
	}
	if r.AnyAfter {
		l.until = new(0)
	}
	if r.Days > 0 {
		l.end = s.now.AddDate(0, 0, r.Days)
	}
	if m, ok := matterNames[r.Kind]; ok {
		l.stop = []Matter{m}
	}
	if len(l.stop) > 0 && l.stop[0] == MatterCheckIns && len(s.facts.CheckIns) == 0 && s.matterAtHand() == MatterTasks {
		l.stop[0] = MatterTasks // "no more questions", where only tasks are asked about
	}
	if len(l.stop) > 0 && l.stop[0] == MatterCheckIns && s.rules.Lexicons.Names(s.event.Text, understand.NamesAsking) && len(s.namedTasks()) > 0 {
		l.stop[0] = MatterTasks // "stop asking if i rang the college"
	}
	if m, ok := matterNames[r.Allow]; ok {
		l.allow = []Matter{m}
	}
	l.alone = matterNames[r.Only]
	return l
}

// matterNames are the kinds of texts as the reader names them.
var matterNames = map[string]Matter{
	"leads": MatterLeads, "checkins": MatterCheckIns, "tasks": MatterTasks, "reminders": MatterAppointments,
}

// minutesOf reads HH:MM as minutes after midnight; nil for anything else.
func minutesOf(clock string) *int {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return nil
	}
	return new(at.Hour()*60 + at.Minute())
}

// wish does one such thing.
func (s *step) wish(about understand.Topic, l limit) bool {
	if isSetting(about) && s.borrowed() {
		s.flag(FlagMessage, "")
		s.read("message")
		return true
	}
	switch about {
	case understand.TopicLimits:
		return s.wishLess(l)
	case understand.TopicQuiet:
		s.wishQuiet(l)
	case understand.TopicPause:
		return s.wishPause(l)
	case understand.TopicStopKind:
		s.wishKinds(l)
	case understand.TopicWordingPlain:
		s.wording(false)
	case understand.TopicWordingDetail:
		s.wording(true)
	case understand.TopicPrivacy:
		s.guard()
	case understand.TopicChannelTelegram:
		s.wantTelegram()
	case understand.TopicChannelSMS:
		s.wantSMS()
	default:
		return false
	}
	return true
}

// wishLess is a wish for fewer texts that names a length or an hour after all.
// Without one a person sets it.
func (s *step) wishLess(l limit) bool {
	switch {
	case s.borrowed():
		return false
	case !l.end.IsZero():
		s.pause(l.end)
	case l.from != nil || l.until != nil || len(l.days) > 0 || l.anyTime:
		s.wishQuiet(l)
	default:
		return false
	}
	return true
}

func isSetting(about understand.Topic) bool {
	switch about {
	case understand.TopicQuiet, understand.TopicPause, understand.TopicStopKind, understand.TopicWordingPlain, understand.TopicWordingDetail, understand.TopicPrivacy, understand.TopicChannelTelegram, understand.TopicChannelSMS:
		return true
	default:
		return false
	}
}

func (s *step) wishQuiet(l limit) {
	x := Settings{Wakes: l.from, Rests: l.until}
	if len(l.days) > 0 {
		x.RestDays = new(restDays(s.facts.Client.RestDays, l))
	}
	if l.anyTime {
		x = Settings{Wakes: new(0), Rests: new(0), RestDays: &[]time.Weekday{}}
	}
	if x.IsZero() {
		s.askQuiet(l.side)
		return
	}
	s.quietTimes(x, l)
}

// restDays adds days of rest to those there are, or takes them away; "only on
// Fridays" makes a day of rest of every other one.
func restDays(rest []time.Weekday, l limit) []time.Weekday {
	var out []time.Weekday
	for d := time.Sunday; d <= time.Saturday; d++ {
		named := slices.Contains(l.days, d)
		rests := named || slices.Contains(rest, d)
		switch {
		case l.only:
			rests = !named
		case l.again:
			rests = !named && slices.Contains(rest, d)
		}
		if rests {
			out = append(out, d)
		}
	}
	return out
}

// wishPause begins or ends a pause. Who is back and was not away says something
// else.
func (s *step) wishPause(l limit) bool {
	switch {
	case l.back:
		return s.endPause()
	case l.end.IsZero():
		s.askPause()
	default:
		s.pause(l.end)
	}
	return true
}

func (s *step) wishKinds(l limit) {
	switch {
	case l.alone != "":
		s.keepKind(l.alone)
	case len(l.allow) > 0:
		s.allowKinds(l.allow)
	case len(l.stop) > 0:
		s.stopKinds(l.stop)
	default:
		s.askStopKind(s.matterAtHand())
	}
}

// callsFine is leave to be rung, after none or before any: no wish for a call just
// now, but the specialist is told. It reports whether the text was that.
func (s *step) callsFine() bool {
	r := s.reading
	if r.Topic != understand.TopicCallsFine || r.Intent != understand.CallMe || !r.When.IsZero() || s.borrowed() {
		return false
	}
	s.do(RaiseFlag{Reason: FlagSettings, Message: s.event.Message, Detail: string(understand.TopicCallsFine)})
	s.keepRating()
	s.answer("calls_fine", s.withSpecialist())
	return true
}

// settingAnswered takes a text for the answer to an open question about a
// setting. It reports whether it was one; anything else is left to its own flow.
func (s *step) settingAnswered() bool {
	q, r := *s.state.Open, s.reading
	if q.Kind == AskQuiet {
		return s.quietAnswered()
	}
	options := pauseOptions
	if q.Kind == AskStopKind {
		options = kindOptions
		if q.Matter == "" {
			options = allOptions
		}
	}
	if !s.borrowed() && s.takenBack() {
		s.closeQuestion(ChooseAsIs)
		s.answer("kinds.as_is", nil)
		return true
	}
	if q.Kind == AskStopKind && !s.borrowed() && s.stopKindInWords(q) {
		return true
	}
	n := r.Number
	if q.Kind == AskPause && n == 4 {
		n = 3 // The third answer is four weeks, and some write what they mean.
	}
	if q.Kind == AskPause && r.Intent != understand.Choose && !s.borrowed() && s.words() <= aFewWords {
		if days := s.rules.Lexicons.PauseDays(s.query()); days > 0 {
			s.pause(s.now.AddDate(0, 0, days))
			return true
		}
	}
	if r.Intent != understand.Choose || n < 1 || n > len(options) || s.borrowed() {
		return false
	}
	if q.Kind == AskPause {
		s.choosePause(options[n-1])
	} else {
		s.chooseKind(q, options[n-1])
	}
	return true
}
