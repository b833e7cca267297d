package understand

import "slices"

// "Just appointments pls" wants one kind of texts and no other: the opposite of
// "no appointments". It is read only of texts in which every word speaks of
// that, because the same words stand in much else ("just had the meeting").

// aloneClasses are, by kind, the words that name it when it is wanted alone;
// aloneSingly those that name it only beside a word for texts: "just the
// meeting" is said of a day.
var (
	aloneClasses = map[string]string{"leads": "alone_leads", "checkins": "alone_checkins", "tasks": "alone_tasks", "reminders": "alone_reminders"}
	aloneSingly  = map[string]string{"leads": "alone_lead", "checkins": "alone_checkin", "tasks": "alone_task", "reminders": "alone_reminder"}
	aloneWords   = []string{"only", "except", "else", "alone_words", "quiet_text", "quiet_words"}
)

// kindAlone is the kind of texts that a text wants alone; empty if it says anything
// else.
func (l *Lexicons) kindAlone(e *evidence) string {
	if n := l.deniedBefore(e.raw); n > 0 {
		rest := *e
		rest.raw = e.raw[n:]
		return l.kindAlone(&rest)
	}
	kind := l.kindNamed(e)
	if kind != "" && !l.endsOnly(e.raw) && (l.onlyThat(e.raw) || l.nothingBut(e.raw) || l.keepsThat(e.raw)) {
		return kind
	}
	return ""
}

// kindEnded is the kind of texts that a text ends alone: "stop the messages for
// jobs only".
func (l *Lexicons) kindEnded(e *evidence) string {
	if !l.endsOnly(e.raw) {
		return ""
	}
	return l.kindNamed(e)
}

// kindNamed is the one kind of texts that a text names, in which every word speaks
// of that.
func (l *Lexicons) kindNamed(e *evidence) string {
	texts := l.hasClass(e.raw, "quiet_text")
	// "Only text me about" the worker is said of what they meet for.
	meets := texts && l.hasClass(e.raw, "worker") && l.hasClass(e.raw, "about")
	kind, besides := "", false
	for name, class := range aloneClasses {
		besides = besides || !texts && l.hasClass(e.raw, aloneSingly[name])
		if !l.hasClass(e.raw, class) && !(texts && l.hasClass(e.raw, aloneSingly[name])) && !(meets && name == "reminders") {
			continue
		}
		if kind != "" {
			return "" // two kinds are named: which is meant is for the rest to say
		}
		kind = name
	}
	switch {
	case kind == "" || besides || !l.allAlone(e.raw):
		return ""
	case texts || e.q.Asked == AskedNone || kind == "reminders" && e.q.Asked != AskedWhich && e.q.Asked != AskedConfirmTime:
	default:
		return "" // "only the job" behind a lead is no word about texts
	}
	return kind
}

// allAlone says whether every word of a text is one that such a wish is made of.
func (l *Lexicons) allAlone(raw []token) bool {
	for i := range raw {
		t := &raw[i]
		switch {
		case l.interrogative.fits(t) && !l.in(t, "alone_words"):
			return false // "is it just reminders you send"
		case l.of(t, aloneWords), t.shape == emoji, l.in(t, "keeping"), l.in(t, "worker"):
		case l.courtesies.fits(t), l.negators.fits(t), l.fillers.fits(t), l.in(t, "quiet_not"):
		default:
			if !slices.ContainsFunc(kinds[TopicStopKind], func(k string) bool { return l.in(t, aloneClasses[k]) || l.in(t, aloneSingly[k]) }) {
				return false
			}
		}
	}
	return true
}

// onlyThat says whether a text says "only", and no word against it: "not just
// reminders" and "just stop the reminders" are something else, "only reminders,
// nothing else" and "no texts, just reminders" are not.
func (l *Lexicons) onlyThat(raw []token) bool {
	only := slices.IndexFunc(raw, func(t token) bool { return l.in(&t, "only") })
	if only < 0 {
		return false
	}
	for i := range raw {
		if !l.saysNot(&raw[i]) {
			continue
		}
		from, to := i+1, min(len(raw), i+4)
		class := "else"
		if i < only {
			class, to = "quiet_text", only
		}
		if from > to || !slices.ContainsFunc(raw[from:to], func(t token) bool { return l.in(&t, class) }) {
			return false
		}
	}
	return true
}

// deniedBefore is how many words say before an "only" what is not wanted, and
// nothing else: "no jobs no questions just appointments".
func (l *Lexicons) deniedBefore(raw []token) int {
	denied, not := 0, false
	for i := range raw {
		t := &raw[i]
		switch {
		case l.in(t, "only") && denied > 0:
			return i
		case l.saysNot(t) && i+1 < len(raw):
			not = true
		case l.fillers.fits(t), l.courtesies.fits(t), l.in(t, "names_and"), l.in(t, "quiet_text"):
		case not && slices.ContainsFunc(deniedKinds, func(class string) bool { return l.in(t, class) }):
			denied++
		default:
			return 0
		}
	}
	return 0
}

// deniedKinds are the classes of what a text may say that it does not want.
var deniedKinds = []string{"kind_leads", "kind_questions", "kind_checkins", "kind_tasks", "kind_asking"}

// endsOnly says whether a text ends with "only" behind a word against texts and
// what they are about: "stop the messages for jobs only" ends those alone.
func (l *Lexicons) endsOnly(raw []token) bool {
	only := len(raw) - 1 - l.courteous(raw)
	if only < 3 || !l.in(&raw[only], "only") {
		return false
	}
	not := slices.IndexFunc(raw[:only], func(t token) bool { return l.saysNot(&t) })
	if not < 0 {
		return false
	}
	about := slices.IndexFunc(raw[not:only], func(t token) bool { return l.in(&t, "about_kind") })
	return about > 0 && slices.ContainsFunc(raw[not:not+about], func(t token) bool { return l.in(&t, "quiet_text") })
}

// courteous counts the courtesies at the end of a text.
func (l *Lexicons) courteous(raw []token) int {
	n := 0
	for n < len(raw) && (l.courtesies.fits(&raw[len(raw)-1-n]) || raw[len(raw)-1-n].shape == emoji) {
		n++
	}
	return n
}

// notOnly says whether a text denies an "only": "dont just text me about jobs".
// What it wants instead is for a person.
func (l *Lexicons) notOnly(raw []token) bool {
	for i := 1; i < len(raw); i++ {
		if l.in(&raw[i], "only") && l.negators.fits(&raw[i-1]) {
			return true
		}
	}
	return false
}

// nothingBut says whether a text says "nothing but" or "no texts except": one
// word against, and then the exception.
func (l *Lexicons) nothingBut(raw []token) bool {
	except := slices.IndexFunc(raw, func(t token) bool { return l.in(&t, "except") })
	if except < 1 {
		return false
	}
	n := 0
	for i := range raw {
		switch {
		case !l.saysNot(&raw[i]):
		case i > except:
			return false
		default:
			n++
		}
	}
	return n == 1
}

// keepsThat says whether a text keeps one kind and ends "the rest".
func (l *Lexicons) keepsThat(raw []token) bool {
	keeps := false
	for i := range raw {
		switch {
		case l.in(&raw[i], "keeping"):
			keeps = true
		case l.saysNot(&raw[i]) && slices.ContainsFunc(raw[i+1:min(len(raw), i+4)], func(t token) bool { return l.in(&t, "else") }):
			return keeps || slices.ContainsFunc(raw[i:], func(t token) bool { return l.in(&t, "keeping") })
		}
	}
	return false
}

func (l *Lexicons) saysNot(t *token) bool { return l.negators.fits(t) || l.in(t, "quiet_not") }

// saysAlone makes of a text that wants one kind of texts alone what it is,
// whatever it was taken for: an end of all texts is the worst of it.
func (l *Lexicons) saysAlone(e *evidence, r *Reading) {
	if r.Intent == Crisis || r.Intent == CallMe || l.kindAlone(e) == "" && l.kindEnded(e) == "" {
		return
	}
	*r = Reading{
		Intent: Other, Topic: TopicStopKind, Sure: 90, Condition: r.Condition, ThirdParty: r.ThirdParty, Voices: r.Voices,
		Lang: r.Lang, Unreadable: r.Unreadable,
	}
}
