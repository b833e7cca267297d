package understand

// Said is what a text says of something that was said before it. The words alone
// do not tell: only who knows what was said may ask for it.
type Said string

// What is looked for behind something that was said.
const (
	SaidUnmeant    Said = "unmeant"    // what was just written was not meant, or is taken back
	SaidMeant      Said = "meant"      // something else was meant, which the text names
	SaidNoPause    Said = "no_pause"   // no pause is wanted after all
	SaidEverything Said = "everything" // all of it, and not a part
	SaidBefore     Said = "before"     // the time that the appointment had before is wanted
	SaidStays      Said = "stays"      // it is to stay: as it is, or as it was before it moved
	SaidWhyMoved   Said = "why_moved"  // asks why the appointment was moved
	SaidThese      Said = "these"      // those that were spoken of, and no others
	SaidAccident   Said = "accident"   // what was sent was sent by accident, or by a child
)

// Saids lists all that is looked for.
var Saids = []Said{SaidUnmeant, SaidMeant, SaidNoPause, SaidEverything, SaidBefore, SaidStays, SaidWhyMoved, SaidThese, SaidAccident}

// Says says whether a text says such a thing, whatever else it says.
func (l *Lexicons) Says(q Query, what Said) bool {
	raw := l.tokenise(plainDigits(q.Text))
	_, abs := l.findTimes(q, raw)
	says := false
	see := func(f found) { says = says || l.saidMeans[f.cue] == what }
	l.said.match(abs, see)
	if !says {
		// "The same time" is one token where times are, and words here.
		l.said.match(raw, see)
	}
	return says
}
