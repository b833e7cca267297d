package conversations

import (
	"slices"
	"time"

	"alongside/conversations/understand"
)

// Quiet times and pauses: when nothing unasked goes. Each is said back in full,
// so that a misreading shows, and each is undone by a text.

// leastOpen is how many minutes of a week have to stay open for unasked texts.
// Below it a person asks what was meant: it would be a stop by another name, and
// reminders would end without anybody having said so.
const leastOpen = 60

// quietTimes sets the hours and days without unasked texts, and says them back
// as they were said: the days that l names, by which there are texts or none.
func (s *step) quietTimes(x Settings, l limit) {
	was := s.facts.Client
	s.facts.Client = was.With(x)
	h := s.hours()
	s.facts.Client = was
	if h.OpenAWeek() < leastOpen {
		s.flag(FlagSettings, "")
		s.closeSetting(AskQuiet, "")
		s.read("quiet_none")
		return
	}
	s.setByText(x, FlagSettings)
	s.closeSetting(AskQuiet, ChooseYes)
	from, to := h.Window()
	vars := map[string]any{"from": s.clock(from), "to": s.clock(to)}
	rest, open := workdays(h.RestDays)
	if l.only || len(l.days) == 0 && len(open) < len(rest) {
		vars["days"] = open
		s.answer("quiet.set_only", vars)
		return
	}
	for _, d := range []time.Weekday{time.Saturday, time.Sunday} {
		// There would be none anyway; who named the day wants to read it.
		if slices.Contains(l.days, d) && slices.Contains(h.RestDays, d) {
			rest = append(rest, d)
		}
	}
	if len(rest) > 0 {
		vars["days"] = rest
	}
	s.answer("quiet.set", vars)
}

// wishesTexts finds what a text says of when texts come where the words alone do
// not say that it is about texts: "and nothing after 6" behind such an answer,
// or "weekends" where that was asked; and the end of a pause in words that mean
// something else to a question.
func (s *step) wishesTexts(q understand.Query, r understand.Reading) understand.Reading {
	if !s.facts.Known() || r.Unreadable || urgent(r) || r.Intent == understand.CallMe || slices.ContainsFunc(r.Also, urgent) {
		return r
	}
	o, c := s.state.Open, s.chose()
	if o != nil && o.Kind == AskQuiet || c != nil && c.Quiet {
		if l, ok := s.rules.Lexicons.Further(q); ok {
			return understand.Reading{
				Intent: understand.Other, Topic: understand.TopicQuiet, Limit: l, Sure: 80, Lang: r.Lang, ThirdParty: r.ThirdParty,
				Why: "read as more about when texts may come",
			}
		}
	}
	if c != nil && !c.Undo.IsZero() && r.Number == 0 && s.takenBack() {
		return understand.Reading{Intent: understand.Keep, Sure: 80, Lang: r.Lang, Why: "read as taking back what was set just before"}
	}
	if s.paused() && r.Number == 0 && s.words() <= inPassing {
		q.Asked = understand.AskedNone
		if alone := s.rules.Lexicons.Read(q); alone.Intent == understand.Start && alone.Sure >= sureEnoughToAsk {
			return alone
		}
	}
	return r
}

// clock says minutes after midnight.
func (s *step) clock(minutes int) Clock {
	return Clock(time.Date(s.now.Year(), s.now.Month(), s.now.Day(), minutes/60, minutes%60, 0, 0, time.UTC))
}

// workdays lists the days of rest on which there would be texts otherwise, and
// the others of the week that are left, each from Monday on.
func workdays(rest []time.Weekday) (without, with Weekdays) {
	for d := time.Monday; d <= time.Friday; d++ {
		if slices.Contains(rest, d) {
			without = append(without, d)
		} else {
			with = append(with, d)
		}
	}
	return without, with
}

// The sides of a day that a question about quiet times asks for, kept in
// Question.Number.
const (
	sideUnknown = iota
	sideFrom    // from what time on texts may come
	sideUntil   // until what time
)

// askQuiet asks once for a time that was not understood; the second time a
// person takes over.
func (s *step) askQuiet(side int) {
	if q := s.state.Open; q != nil && q.Kind == AskQuiet {
		s.closeQuestion("")
		s.handOver(FlagSettings)
		return
	}
	q := s.newQuestion(AskQuiet, Appointment{})
	q.Number = side
	s.open(q)
	key := "quiet.ask"
	switch side {
	case sideFrom:
		key = "quiet.ask_from"
	case sideUntil:
		key = "quiet.ask_until"
	}
	s.reply(Say{Key: key, Question: q.ID})
}

// quietAnswered takes the time of day that answers a question about quiet
// times. It reports whether the text was such an answer.
func (s *step) quietAnswered() bool {
	q, at := s.state.Open, s.reading.When
	if at.Clock == "" || at.Date != "" || s.borrowed() {
		return false
	}
	minutes := minutesOf(at.Clock)
	side := q.Number
	if side == sideUnknown && minutes != nil {
		side = sideOf(*minutes)
	}
	switch {
	case minutes == nil:
		return false
	case side == sideFrom:
		s.quietTimes(Settings{Wakes: minutes}, limit{})
	case side == sideUntil:
		s.quietTimes(Settings{Rests: minutes}, limit{})
	default:
		return false
	}
	return true
}

// sideOf is what a bare time of day means to "when should I not text you?": one
// in the morning is the first that suits, one late in the day the last. Both are
// said back. In between it could be either.
func sideOf(minutes int) int {
	switch {
	case minutes <= 12*60:
		return sideFrom
	case minutes >= 15*60:
		return sideUntil
	default:
		return sideUnknown
	}
}

// longestPause is how far ahead a pause may end. What is longer is a wish to
// leave, or a slip: it is asked back.
const longestPause = 366 * 24 * time.Hour

// pauseOptions are the lengths that a question about a pause offers.
var pauseOptions = []Choice{ChooseOneWeek, ChooseTwoWeeks, ChooseFourWeeks}

// pause begins a pause that ends when the day begins on which texts may come
// again. A day that is past or too far away was not understood.
func (s *step) pause(until time.Time) {
	y, m, d := until.In(s.now.Location()).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, s.now.Location())
	if !day.After(s.now) || day.Sub(s.now) > longestPause {
		s.askPause()
		return
	}
	s.setByText(Settings{PausedUntil: &day}, FlagSettings)
	s.closeSetting(AskPause, ChooseYes)
	s.answer("pause.set", map[string]any{"day": Day(day), "specialist": s.facts.Specialist.Name})
}

// pauseWeeks pauses for whole weeks from today.
func (s *step) pauseWeeks(n int) { s.pause(s.now.AddDate(0, 0, 7*n)) }

// askPause asks once how long; the second time a person takes over.
func (s *step) askPause() {
	if q := s.state.Open; q != nil && q.Kind == AskPause {
		s.closeQuestion("")
		s.handOver(FlagSettings)
		return
	}
	q := s.newQuestion(AskPause, Appointment{})
	s.open(q)
	s.reply(Say{Key: "pause.ask", Question: q.ID, Options: pauseOptions})
}

// choosePause is the number, or the press, that answers how long.
func (s *step) choosePause(c Choice) {
	switch c {
	case ChooseOneWeek:
		s.pauseWeeks(1)
	case ChooseTwoWeeks:
		s.pauseWeeks(2)
	case ChooseFourWeeks:
		s.pauseWeeks(4)
	default:
	}
}

// endPause is the client being back before the pause is over. It reports
// whether there was a pause.
func (s *step) endPause() bool {
	if !s.paused() {
		return false
	}
	over := time.Time{}
	s.setByText(Settings{PausedUntil: &over}, FlagSettings)
	s.answer("pause.over", s.withSpecialist())
	return true
}

// closeSetting closes the open question of a kind, if that is what is open.
func (s *step) closeSetting(k QuestionKind, c Choice) {
	if q := s.state.Open; q != nil && q.Kind == k {
		s.closeQuestion(c)
	}
}
