package understand

import (
	"slices"
	"strings"
)

// cuePick points at the number that is meant: "number 2", "call it a 4".
const cuePick = "pick"

// meaning says what a yes, a no and so on mean for each open question.
var meaning = map[Asked]map[string]Intent{
	AskedNone:        {cueYes: Social, cueNo: Other, cuePositive: Social, cueNegative: Other, cueQuestion: Other},
	AskedAppointment: {cueYes: Confirm, cueNo: Cannot, cuePositive: Confirm, cueNegative: Cannot, cueQuestion: AttendingQuestion},
	AskedReschedule:  {cueYes: Other, cueNo: Cannot, cuePositive: Social, cueNegative: Cannot, cueQuestion: AttendingQuestion},
	AskedLead:        {cueYes: Interested, cueNo: NotInterested, cuePositive: Interested, cueNegative: NotInterested, cueQuestion: MoreInfo},
	AskedScale:       {cueYes: Other, cueNo: Other, cuePositive: Other, cueNegative: Other, cueQuestion: Other},
	AskedTask:        {cueYes: Done, cueNo: NotYet, cuePositive: Done, cueNegative: NotYet, cueQuestion: WantHelp},
	AskedOptin:       {cueYes: OptinYes, cueNo: OptinNo, cuePositive: OptinYes, cueNegative: OptinNo, cueQuestion: Help},
	AskedConfirmTime: {cueYes: Confirm, cueNo: Change, cuePositive: Confirm, cueNegative: Change, cueQuestion: AttendingQuestion},
	AskedWhich:       {cueYes: Other, cueNo: Other, cuePositive: Other, cueNegative: Other, cueQuestion: Other},
}

// numbered says what each number means for each open question.
var numbered = map[Asked][]Intent{
	AskedAppointment: {Confirm, Change, Cannot},
	AskedLead:        {Interested, NotInterested, MoreInfo},
	AskedTask:        {Done, NotYet, WantHelp},
	AskedOptin:       {OptinYes, OptinNo},
	AskedConfirmTime: {Confirm, Change, Keep},
	AskedScale:       {Rating, Rating, Rating, Rating, Rating},
	AskedWhich:       {Choose, Choose, Choose, Choose, Choose, Choose, Choose, Choose, Choose},
}

// opposite is what a cue means behind a negator. An intent that is not here
// is dropped: "dont cancel" is not a wish for anything else.
var opposite = map[string]string{
	string(Confirm): string(Cannot), string(Interested): string(NotInterested), string(Done): string(NotYet),
	string(OptinYes): string(OptinNo), cuePositive: cueNegative, cueYes: cueNo,
}

// cueHit is a cue that counts.
type cueHit struct {
	found
	entry   *CueEntry
	name    string // its intent, turned round where it was negated
	negated bool
}

// matchCues finds every cue that fits a text, whatever was asked, longer and
// heavier ones first.
func (l *Lexicons) matchCues(abs []token) []cueHit {
	var all []cueHit
	l.cues.match(abs, func(f found) {
		e := &l.cueEntries[f.cue]
		if spelledByGuess(abs[f.from:f.to], f.words) && f.words == 1 && e.Weight > 6 {
			return
		}
		all = append(all, cueHit{found: f, entry: e, name: e.Intent})
	})
	slices.SortStableFunc(all, func(a, b cueHit) int {
		if d := b.words - a.words; d != 0 {
			return d
		}
		switch {
		case a.entry.Weight > b.entry.Weight:
			return -1
		case a.entry.Weight < b.entry.Weight:
			return 1
		}
		return a.from - b.from
	})
	return all
}

// readCues picks those that count for the open question. Longer ones hide shorter ones that they
// overlap ("cant wait" hides "cant"), then negators that are left turn round
// what follows them.
func (l *Lexicons) readCues(asked Asked, abs []token, matched []cueHit) []cueHit {
	all := make([]cueHit, 0, len(matched))
	for _, h := range matched {
		if len(h.entry.Asked) == 0 || slices.Contains(h.entry.Asked, asked) {
			all = append(all, h)
		}
	}
	covered := make([]bool, len(abs))
	kept := all[:0]
	for _, h := range all {
		overlaps := false
		for i := h.from; i < h.to && !overlaps; i++ {
			overlaps = covered[i]
		}
		if overlaps {
			continue
		}
		for i := h.from; i < h.to; i++ {
			covered[i] = true
		}
		kept = append(kept, h)
	}
	out := kept[:0]
	for _, h := range kept {
		if !h.entry.Firm && !l.negators.fits(&abs[h.from]) && l.negatedAt(abs, h.from, 3, covered) {
			turned, ok := opposite[h.name]
			if !ok {
				if drop[h.name] {
					continue
				}
			} else {
				h.name, h.negated = turned, true
			}
		}
		out = append(out, h)
	}
	return out
}

// drop lists the cues that say nothing behind a negator.
var drop = map[string]bool{
	string(Cannot): true, string(Change): true, string(Stop): true, string(Start): true, string(Late): true,
	string(WantHelp): true, string(CallMe): true, string(MoreInfo): true, cueQuestion: true, string(Distress): true,
	string(NotInterested): true, cueNegative: true,
}

// intentOf gives the intent a cue name stands for under the open question; timed
// says whether a day or a time of day is named.
func intentOf(name string, q Query, timed bool) Intent {
	switch {
	case q.Asked == AskedLead && name == string(Cannot) && !timed:
		return NotInterested // cannot do that job
	case q.Asked == AskedTask && name == string(Cannot) && !timed:
		return NotYet
	case q.Asked == AskedOptin && name == string(Stop):
		return OptinNo
	case q.Asked == AskedAppointment && name == string(NextAppointment):
		return AttendingQuestion
	}
	if in, ok := meaning[q.Asked][name]; ok {
		return in
	}
	return Intent(name)
}

// spell gives a pattern as it may be shown in Why: without its notation.
func (h *cueHit) show() string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '^', '$':
			return -1
		}
		return r
	}, h.source)
}

// besideGrief reports whether somebody writes for the client by other words
// than those that tell of a death: "my sister has died" is the client's own.
func (l *Lexicons) besideGrief(e *evidence) bool {
	fits := false
	l.thirdParty.match(e.raw, func(f found) {
		from, to := e.raw[f.from].start, e.raw[f.to-1].end
		fits = fits || !slices.ContainsFunc(e.cues, func(h cueHit) bool {
			return h.entry.Topic == TopicBereaved && h.to > h.from && e.abs[h.from].start <= from && to <= e.abs[h.to-1].end
		})
	})
	return fits
}
