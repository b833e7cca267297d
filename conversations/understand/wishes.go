package understand

import "slices"

// What narrows a stop or a yes: a while, a question, a doubt.

// saysWhile makes a pause of a wish to stop that is for a time only ("stop
// sending me stuff for a bit"): it would end all texts, reminders too. A low word
// beside it stays.
func (l *Lexicons) saysWhile(e *evidence, r *Reading) {
	stop := func(a Reading) bool { return a.Intent == Stop }
	likely := func(a Alternative) bool { return a.Intent == Stop }
	if r.Intent == Crisis || r.Intent == CallMe || !l.forAWhile(e) {
		return
	}
	if r.Intent != Stop && !slices.ContainsFunc(r.Also, stop) && !(r.Intent == Other && r.Topic == TopicNone && slices.ContainsFunc(r.Others, likely)) {
		return
	}
	if r.Topic == TopicNone && r.Intent == Other {
		r.Intent = Stop // it may be one, and is for a while
	}
	r.Also = slices.DeleteFunc(r.Also, stop)
	if r.Intent != Stop {
		return // what it is was read beside the stop
	}
	*r = Reading{
		Intent: Other, Topic: TopicPause, Sure: 90, Also: r.Also, Condition: r.Condition, ThirdParty: r.ThirdParty, Voices: r.Voices,
		Lang: r.Lang, Unreadable: r.Unreadable,
	}
}

// saysNight finds the complaint about a text at night, which names no time of a
// meeting and no limit of theirs. Where a time is asked for, it may be one. It
// reports whether it did.
func (l *Lexicons) saysNight(e *evidence, r *Reading) bool {
	switch e.q.Asked {
	case AskedConfirmTime, AskedWhich, AskedOptin:
		return false
	case AskedReschedule:
		if !l.hasClass(e.raw, string(NamesTexts)) && !l.hasClass(e.raw, "quiet_text") {
			return false
		}
	default:
	}
	if r.Intent == Crisis || r.Intent == Stop || r.Intent == Distress || r.Topic != TopicNone || !l.complainsOfNight(e.raw) {
		return false
	}
	*r = Reading{
		Intent: Other, Topic: TopicQuiet, Sure: 90, Condition: r.Condition, ThirdParty: r.ThirdParty, Voices: r.Voices, Threat: r.Threat,
		Lang: r.Lang, Unreadable: r.Unreadable,
	}
	return true
}

// endOfNight is the hour before which nobody wants a text.
const endOfNight = 8

// complainsOfNight says whether a text complains of a text at an hour of the
// night, or without an hour.
func (l *Lexicons) complainsOfNight(raw []token) bool {
	complains := false
	l.night.match(raw, func(f found) {
		n := max(f.caps[slotHour], f.caps[slotClock])
		complains = complains || n == 0 || raw[n-1].num < endOfNight
	})
	return complains
}

// forAWhile says whether the clause of a wish to stop names how long: "for a
// bit", "until the funeral". What stands in another clause is said of something
// else.
func (l *Lexicons) forAWhile(e *evidence) bool {
	hits := slices.DeleteFunc(slices.Clone(e.cues), func(h cueHit) bool { return h.name != string(Stop) })
	if len(hits) == 0 && len(e.abs) > 0 {
		hits = []cueHit{{found: found{to: 1}}} // no word of the lexicons says stop: the first clause
	}
	return slices.ContainsFunc(hits, func(h cueHit) bool {
		from, to := clause(e.abs, h.from, h.to)
		for i := from; i < to; i++ {
			switch t := &e.abs[i]; {
			case l.in(t, "quiet_until") && i > from && i+1 < to:
				return true
			case !l.in(t, "pause_while"):
			case slices.ContainsFunc(e.abs[max(from, i-3):i], func(t token) bool { return l.in(&t, "pause_for") }):
				return true
			}
		}
		return false
	})
}

// clause is where the clause around some tokens begins and ends.
func clause(tokens []token, from, to int) (begin, end int) {
	for from > 0 && tokens[from].before == space {
		from--
	}
	for to < len(tokens) && tokens[to].before == space {
		to++
	}
	return from, to
}

// asksHow says whether the clause around some tokens asks how it is done, or
// whether it can be ("how do i stop these"). "Can you stop" asks for it.
func (l *Lexicons) asksHow(e *evidence, from, to int) bool {
	from, to = clause(e.abs, from, to)
	for from < to-1 && l.courtesies.fits(&e.abs[from]) && !l.in(&e.abs[from], "asks_how") {
		from++
	}
	return from < to && l.in(&e.abs[from], "asks_how")
}

// doubtedYes is the most that a yes to being texted can be sure of, in percent,
// where it is asked, doubted, or said by no word: too little for an agreement.
const doubtedYes = 35

// plainYes says whether a yes to being texted is one beyond doubt. Who asks what
// it is, or is not sure, has not agreed yet.
func (l *Lexicons) plainYes(e *evidence, r *Reading) bool {
	if slices.ContainsFunc(r.Also, func(a Reading) bool { return a.Intent == Help }) {
		return false
	}
	for i := range e.raw {
		if i == 1 && e.raw[i].before == space && l.in(&e.raw[0], "yes_or_asks") && l.in(&e.raw[i], "asked_of") {
			return false // the verb of a question, which said alone is a yes
		}
		if t := &e.raw[i]; t.question || l.in(t, "asks_what") || l.in(t, "unsure") || i > 0 && l.in(t, "sure") && l.negators.fits(&e.raw[i-1]) {
			return false
		}
	}
	if r.Number > 0 {
		return true
	}
	if e.scores.by[OptinYes] <= 0 && e.scores.by[Confirm] <= 0 {
		return false
	}
	return len(e.abs) == 0 || !l.interrogative.fits(&e.abs[0]) || slices.ContainsFunc(e.cues, func(h cueHit) bool {
		return h.from == 0 && (h.to == len(e.abs) || h.words >= 2) && (h.name == string(OptinYes) || h.name == cueYes || h.name == cuePositive)
	})
}
