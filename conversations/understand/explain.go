package understand

import (
	"strings"
	"time"
)

// explain writes Why: the intent, its value in words, and the lexicon phrases
// that spoke for it, at most three, then words of the lexicons by which
// examples spoke for it. Nothing else of the text is repeated.
func (l *Lexicons) explain(e *evidence, r *Reading, learned []string) {
	s := &e.scores
	var b strings.Builder
	b.WriteString("read as ")
	b.WriteString(string(r.Intent))
	if r.Intent == Change || r.Intent == CallMe {
		switch {
		case r.When.Ambiguous:
			b.WriteString(", a time that must be asked back")
		case r.When.Date != "":
			if day, err := time.Parse("2006-01-02", r.When.Date); err == nil {
				b.WriteString(day.Format(", Monday 2 January"))
			}
			if r.When.Clock != "" {
				b.WriteString(" " + r.When.Clock)
			}
		case r.When.Clock != "":
			b.WriteString(", " + r.When.Clock)
		}
	} else if v := r.Value(); v != "" {
		b.WriteString(" " + v)
	}
	var because []string
	if e.number.number > 0 && slicesContains(numbered[e.q.Asked], r.Intent) {
		because = append(because, "a number that answers the question")
	}
	for i, h := range s.hits {
		if s.of[i] == r.Intent && len(because) < 3 {
			phrase := "'" + h.show() + "'"
			if h.negated {
				phrase = "not " + phrase
			}
			because = append(because, phrase)
		}
	}
	if !r.When.IsZero() && !r.When.Ambiguous {
		because = append(because, "words for a time")
	}
	for _, words := range learned {
		if len(because) < 4 {
			because = append(because, "examples with '"+words+"'")
		}
	}
	if len(because) == 0 {
		because = append(because, "nothing was recognised")
	}
	b.WriteString(": ")
	b.WriteString(strings.Join(because, " + "))
	r.Why = b.String()
}

func slicesContains(list []Intent, in Intent) bool {
	for _, have := range list {
		if have == in {
			return true
		}
	}
	return false
}
