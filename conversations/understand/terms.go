package understand

import (
	"slices"
	"strings"
)

// Terms is what somebody who is asked whether we may write says about what. The
// kinds are those of [Limit.Kind]; the zero value names none.
type Terms struct {
	// Without are the kinds that are not wanted, Only those that are wanted and no
	// other, With those that are named beside them.
	Without, Only, With []string
	// Before is what stands before the terms ("yes" of "yes but not jobs"), Behind
	// what stands behind the word that begins them, "but"; each may be empty.
	Before, Behind string
}

// IsZero says whether no kind is refused, nor wanted alone.
func (t Terms) IsZero() bool { return len(t.Without) == 0 && len(t.Only) == 0 }

// termKinds are, by kind, the classes of the words that name it where we ask
// whether we may write at all.
var termKinds = []struct {
	kind    string
	classes []string
}{
	{"leads", []string{"kind_leads", "alone_leads", "alone_lead"}},
	{"checkins", []string{"kind_checkins", "alone_checkins", "alone_checkin"}},
	{"tasks", []string{"kind_tasks", "alone_tasks", "alone_task"}},
	{"reminders", []string{"kind_reminders", "alone_reminders", "alone_reminder", "names_meeting"}},
}

// termReach is how many words may stand between a kind and the word that refuses
// it: "dont ask me how i feel".
const termReach = 5

// Terms finds the limits of a yes: "yes but not jobs", "only for appointments".
func (l *Lexicons) Terms(text string) Terms {
	raw := l.tokenise(plainDigits(text))
	var t Terms
	first := len(raw) // where the terms begin
	last := 0         // the polarity of the kind before: a list has one
	at := -1
	for i := range raw {
		kind := l.termKind(&raw[i])
		if kind == "" || i+1 < len(raw) && l.in(&raw[i+1], "every") {
			continue
		}
		polarity, from := l.polarity(raw, i)
		if polarity == unsaid && at >= 0 && (i-at == 1 || i-at <= 3 && l.joined(raw[at+1:i])) {
			polarity = last
		}
		at, last = i, polarity
		into := &t.With
		switch polarity {
		case refused:
			into = &t.Without
		case alone:
			into = &t.Only
		}
		if polarity != unsaid {
			first = min(first, from)
		}
		if !slices.Contains(*into, kind) {
			*into = append(*into, kind)
		}
	}
	named := func(list []string) func(string) bool {
		return func(k string) bool { return slices.Contains(list, k) }
	}
	t.With = slices.DeleteFunc(slices.DeleteFunc(t.With, named(t.Without)), named(t.Only))
	t.Only = slices.DeleteFunc(t.Only, named(t.Without))
	if but := slices.IndexFunc(raw, func(x token) bool { return l.in(&x, "except") }); but >= 0 && but <= first {
		first = but
		if but+1 < len(raw) {
			t.Behind = text[min(len(text), raw[but+1].start):]
		}
	}
	if first > 0 && first < len(raw) {
		t.Before = strings.TrimSpace(text[:min(len(text), raw[first-1].end)])
	}
	return t
}

// What is said of a kind.
const (
	unsaid = iota
	refused
	alone
)

func (l *Lexicons) termKind(t *token) string {
	if l.in(t, "unit_weeks") {
		return "" // "once a week" is how often
	}
	for _, k := range termKinds {
		if slices.ContainsFunc(k.classes, func(class string) bool { return l.in(t, class) }) {
			return k.kind
		}
	}
	return ""
}

// joined says whether the words between two kinds make one list of them.
func (l *Lexicons) joined(between []token) bool {
	return !slices.ContainsFunc(between, func(t token) bool {
		return !l.in(&t, "names_and") && !l.or.fits(&t) && !l.fillers.fits(&t) && t.shape != emoji
	}) &&
		!slices.ContainsFunc(between, func(t token) bool { return l.in(&t, "except") })
}

// polarity is what the words around the i-th token say of the kind that it
// names, and where they begin: before it as far as the clause goes, else right
// behind it ("jobs no").
func (l *Lexicons) polarity(raw []token, i int) (int, int) {
	for k := i - 1; k >= 0 && k >= i-termReach; k-- {
		t := &raw[k]
		switch {
		case raw[k+1].before == sentence:
			k = -1
		case l.in(t, "only") && k > 0 && l.refuses(&raw[k-1]):
			return unsaid, i // "not just the jobs"
		case l.in(t, "only"):
			return alone, k
		case l.in(t, "except") && k > 0 && l.refuses(&raw[k-1]):
			return alone, k - 1 // "nothing but", "dim ond"
		case l.refuses(t):
			return refused, k
		case l.in(t, "except") && !l.in(t, "terms_but"):
			return refused, k // "all except the jobs"
		case l.in(t, "except"), l.in(t, "terms_yes"), l.termKind(t) != "" && k < i-1:
			k = -1
		}
	}
	if n := i + 1; n < len(raw) && raw[n].before != sentence && l.termKind(&raw[n]) == "" {
		last := n+1 == len(raw) || l.termKind(&raw[n+1]) == ""
		switch {
		case l.in(&raw[n], "only"):
			return alone, i
		case l.refuses(&raw[n]) && last && (n+1 == len(raw) || l.courtesies.fits(&raw[n+1]) || l.in(&raw[n+1], "terms_but") || raw[n+1].before == sentence):
			return refused, i
		}
	}
	return unsaid, i
}

// refuses says whether a word refuses what it stands before, or behind.
func (l *Lexicons) refuses(t *token) bool { return l.negators.fits(t) || l.in(t, "terms_not") }
