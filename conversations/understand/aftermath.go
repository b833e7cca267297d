package understand

import "slices"

// Aftermath is what somebody writes behind danger, once the words for it were
// said: each needs an answer of its own. Empty is anything else.
type Aftermath string

// The aftermaths.
const (
	AfterBetter  Aftermath = "better"  // is all right again, is sorry, was joking
	AfterThere   Aftermath = "there"   // is anybody there, who reads, is this a person
	AfterUntold  Aftermath = "untold"  // do not tell the specialist, or anybody
	AfterNumbers Aftermath = "numbers" // what were the numbers, or nobody answers there
	AfterNext    Aftermath = "next"    // what happens now, will somebody come, do not send anybody
	AfterPlea    Aftermath = "plea"    // help me

	AfterHospital Aftermath = "hospital" // whether to go to hospital, or to ring for an ambulance
	AfterKnown    Aftermath = "known"    // whether anybody has it
	AfterStands   Aftermath = "stands"   // whether the appointment stands
	AfterSent     Aftermath = "sent"     // whether the police, or an ambulance, will be sent
	AfterUnable   Aftermath = "unable"   // cannot ring, or talk
	AfterAnew     Aftermath = "anew"     // it was done after all, or an ambulance is wanted: danger anew
	AfterWorse    Aftermath = "worse"    // how much was taken, drowsy or being sick: behind an overdose, danger anew
)

// Aftermaths lists every aftermath.
var Aftermaths = []Aftermath{
	AfterBetter, AfterThere, AfterUntold, AfterNumbers, AfterNext, AfterPlea, AfterHospital, AfterKnown, AfterStands, AfterSent, AfterUnable, AfterAnew, AfterWorse,
}

// After says which aftermath a text is, by the pattern that names the most of
// its words, and whether it says nothing else. Only an open alert gives the words
// this meaning: "im fine now" is said of a cold as well.
func (l *Lexicons) After(text string) (means Aftermath, whole bool) {
	raw := l.tokenise(text)
	best := 0
	l.after.match(raw, func(f found) {
		if f.words < best {
			return
		}
		best, means, whole = f.words, l.afterMeans[f.cue], l.nothingElse(raw, f)
	})
	return means, whole
}

// nothingElse says whether a text holds courtesies at the most beside what was
// found in it.
func (l *Lexicons) nothingElse(raw []token, f found) bool {
	return !slices.ContainsFunc(slices.Concat(raw[:f.from], raw[f.to:]), func(t token) bool { return t.shape != emoji && !l.courtesies.fits(&t) })
}
