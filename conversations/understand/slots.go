package understand

// slot is a part of a pattern that is not a fixed word: a number, a weekday,
// a time phrase.
type slot uint8

const (
	slotHour           slot = iota + 1 // {h}: a bare number from 0 to 24
	slotMinute                         // {m}: a bare number from 0 to 59
	slotNumber                         // {n}: any bare number
	slotClock                          // {clk}: 2.30
	slotDate                           // {date}: 1/12
	slotDotted                         // {dotted}: 10.12, which is a date only beside another time of day
	slotOrdinal                        // {ord}: 24th, first
	slotDom                            // {dom}: a bare number from 1 to 31
	slotLateDom                        // {latedom}: a bare number from 13 to 31, too great to be an hour
	slotWeekday                        // {weekday}
	slotMonth                          // {month}
	slotSince                          // {since}: a second weekday of the same phrase
	slotHHMM                           // {hhmm}: 1430
	slotMany                           // {many}: a number of nine and more, too many for a dose
	slotHourWord                       // {hword}: an hour from one to twelve in words
	slotMinuteWord                     // {mword}: minutes from ten to fifty-five in words
	slotTime                           // <time>: a phrase for a day, a time of day or both
	slotDay                            // <day>: a phrase for a day
	slotTimeOfDay                      // <clock>: a phrase for a time of day
	slotAnyNumber                      // <number>
	slotAppointmentDay                 // <appointment>: a phrase for the day of the open appointment
	slotOtherDay                       // <otherday>: a phrase for another day than that
	slotUnknown                        // <unknown>: a word in no lexicon, such as a name
	slotEdge                           // <edge>: a phrase that only bounds a time: "before 11"
	slotAnyTime                        // <anytime>: a phrase for any time
	slotName                           // <name>: a name that people have, the client's own too; see Introduced
	slotMaybeName                      // <maybename>: that, or a word that may be one
	slotWhose                          // <whose>: "johns"
	slotCount
)

var slots = map[string]slot{
	"h": slotHour, "m": slotMinute, "n": slotNumber, "clk": slotClock, "date": slotDate, "dotted": slotDotted,
	"ord": slotOrdinal, "dom": slotDom, "latedom": slotLateDom, "weekday": slotWeekday, "since": slotSince, "month": slotMonth, "hhmm": slotHHMM, "many": slotMany, "hword": slotHourWord, "mword": slotMinuteWord,
	"time": slotTime, "day": slotDay, "clock": slotTimeOfDay, "number": slotAnyNumber,
	"appointment": slotAppointmentDay, "otherday": slotOtherDay, "unknown": slotUnknown, "edge": slotEdge, "anytime": slotAnyTime,
	"name": slotName, "maybename": slotMaybeName, "whose": slotWhose,
}

// captures holds, by slot, the index of the token that filled it plus one.
type captures [slotCount]int16

// Mention bits, as the abstract tokens carry them in minute.
const (
	bitDay = 1 << iota
	bitClock
	bitAppointment
	bitToday // a day, and it is today
	bitEdge  // before or after some time of day
	bitOpen  // any time
)

func (c *captures) take(s slot, t *token, i int) bool {
	ok := false
	bare := t.num >= 0 && (t.shape == digits || t.shape == word)
	switch s {
	case slotHour:
		ok = bare && t.num <= 24
	case slotMinute:
		ok = bare && t.num <= 59
	case slotNumber:
		ok = bare
	case slotClock:
		ok = t.shape == clockNum
	case slotDate:
		ok = t.shape == dateNum
	case slotDotted:
		ok = t.shape == clockNum && t.num >= 1 && t.num <= 31 && t.minute >= 1 && t.minute <= 12
	case slotOrdinal:
		ok = t.ord > 0
	case slotDom:
		ok = bare && t.num >= 1 && t.num <= 31
	case slotLateDom:
		ok = bare && t.num >= 13 && t.num <= 31
	case slotWeekday, slotSince:
		ok = t.shape == word && t.day >= 0
	case slotMonth:
		ok = t.shape == word && t.month > 0
	case slotMany:
		ok = bare && t.num >= 9
	case slotHourWord:
		ok = t.shape == word && t.num >= 1 && t.num <= 12
		if ok {
			c[slotHour] = int16(i + 1)
		}
	case slotMinuteWord:
		ok = t.shape == word && t.num >= 10 && t.num <= 55
		if ok {
			c[slotMinute] = int16(i + 1)
		}
	case slotHHMM:
		ok = t.shape == digits && t.end-t.start == 4 && t.num%100 < 60 && t.num < 2400
	case slotTime:
		ok = t.shape == mention
	case slotDay:
		ok = t.shape == mention && t.minute&bitDay != 0
	case slotTimeOfDay:
		ok = t.shape == mention && t.minute&bitClock != 0
	case slotAppointmentDay:
		ok = t.shape == mention && t.minute&bitAppointment != 0
	case slotOtherDay:
		ok = t.shape == mention && t.minute&bitDay != 0 && t.minute&(bitAppointment|bitToday) == 0
	case slotEdge:
		ok = t.shape == mention && t.minute&bitEdge != 0
	case slotAnyTime:
		ok = t.shape == mention && t.minute&bitOpen != 0
	case slotUnknown:
		ok = t.shape == word && (!t.known && !t.fuzzy || t.called == calledOwn)
	case slotAnyNumber:
		ok = bare || outOfFive(t)
	case slotName:
		ok = t.called == calledOwn || t.called == calledSome
	case slotMaybeName:
		ok = t.called == calledOwn || t.called == calledSome || t.called == calledMaybe
	case slotWhose:
		ok = t.whose
	case slotCount:
		// Not a slot: it counts them.
	}
	if ok {
		c[s] = int16(i + 1)
	}
	return ok
}

// outOfFive reports whether a token is a mark such as 4/5.
func outOfFive(t *token) bool {
	return t.shape == dateNum && t.minute == 5 && t.year == 0 && t.num >= 1 && t.num <= 5
}
