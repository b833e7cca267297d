package caseload

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/conversations"

	"github.com/riverqueue/river"
)

// What a client may choose, as it is stored: words with spaces between them.

// weekdayWords are the days as they are stored, from Sunday on.
var weekdayWords = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// weekdays reads days; words that are none are left out.
func weekdays(words string) (days []time.Weekday) {
	for word := range strings.FieldsSeq(words) {
		if i := slices.Index(weekdayWords, word); i >= 0 {
			days = append(days, time.Weekday(i))
		}
	}
	return days
}

func weekdaysText(days []time.Weekday) string {
	words := make([]string, 0, len(days))
	for _, d := range days {
		words = append(words, weekdayWords[d%7])
	}
	return strings.Join(words, " ")
}

// matters reads matters.
func matters(words string) (list []conversations.Matter) {
	for word := range strings.FieldsSeq(words) {
		list = append(list, conversations.Matter(word))
	}
	return list
}

func mattersText(list []conversations.Matter) string {
	words := make([]string, 0, len(list))
	for _, m := range list {
		words = append(words, string(m))
	}
	return strings.Join(words, " ")
}

// offsets reads minutes; words that are none are left out.
func offsets(words string) (list []int) {
	for word := range strings.FieldsSeq(words) {
		if m, err := strconv.Atoi(word); err == nil {
			list = append(list, m)
		}
	}
	return list
}

func offsetsText(list []int) string {
	words := make([]string, 0, len(list))
	for _, m := range list {
		words = append(words, strconv.Itoa(m))
	}
	return strings.Join(words, " ")
}

// set changes what the client may choose. The matters that are stopped are
// written as a whole: nothing but a turn changes them, and its revision holds.
func set(w *work, s conversations.Settings) {
	put := func(column string, value any) {
		w.detail.Set = append(w.detail.Set, column)
		w.effects.exec(nil, "UPDATE clients SET "+column+" = $2 WHERE id = $1", w.peer, value)
	}
	if s.Wakes != nil {
		put("wakes", *s.Wakes)
	}
	if s.Rests != nil {
		put("rests", *s.Rests)
	}
	if s.RestDays != nil {
		put("rest_days", weekdaysText(*s.RestDays))
	}
	if s.Wakes != nil || s.Rests != nil || s.RestDays != nil {
		// What waits already was planned for the old hours.
		w.job(HoursArgs{Client: conversations.ClientID(w.peer)}, &river.InsertOpts{ScheduledAt: w.turn.Now})
	}
	if s.PausedUntil != nil {
		put("paused_until", millis(*s.PausedUntil))
	}
	if len(s.Stop)+len(s.Allow) > 0 {
		if !w.setsMatters {
			w.stopped, w.setsMatters = slices.Clone(w.turn.Loaded.Facts.Client.Stopped), true
		}
		w.stopped = slices.DeleteFunc(w.stopped, func(m conversations.Matter) bool {
			return slices.Contains(s.Allow, m) || slices.Contains(s.Stop, m)
		})
		w.stopped = append(w.stopped, s.Stop...)
		put("stopped", mattersText(w.stopped))
	}
	if s.Detail != nil {
		put("detail", *s.Detail)
	}
	if s.Guarded != nil {
		put("guarded", *s.Guarded)
	}
	if s.LeadsAWeek != nil {
		put("leads_a_week", *s.LeadsAWeek)
	}
	if s.Reminders != nil {
		put("reminders", offsetsText(*s.Reminders))
	}
}
