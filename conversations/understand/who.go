package understand

import (
	"slices"
	"strings"
)

// Writer is who a text says that it comes from.
type Writer string

// The writers.
const (
	WriterUnsaid Writer = ""     // the text does not say
	WriterClient Writer = "self" // the client, by their own name or "it's me"
	WriterElse   Writer = "else" // somebody else, by name or by what they are to the client
)

// Introduction is the part of a text that says who writes.
type Introduction struct {
	Writer Writer
	// ByName says that a name was given, and not only "me", "mum" or "his sister".
	ByName bool
	// Rest is the text without it; empty if nothing else was said.
	Rest string
}

// Introduced finds where a text says who writes it: "hi dave here", "his
// sister, can he …", "it's john". Whose names are the client's own stands in
// q.Names and whose the team's in q.Team: who greets those introduces nobody.
// Without q.Names no name is taken for anybody's. It takes nobody's word for
// anything: what follows from it is for the conversation.
//
// Such words begin a text, behind a greeting at most, or a part of it, and
// nothing may follow them but the end of that part or words that begin
// something new: "mum here" is mum, and "mum here with me" is not.
func (l *Lexicons) Introduced(q Query) Introduction {
	text := plainDigits(q.Text)
	raw := l.tokenise(text)
	l.nameTokens(q, text, raw)
	// Where several fit, the earliest, and of those the longest, is it.
	var in Introduction
	from, to := len(raw), 0
	look := func(b *book, w Writer) {
		b.match(raw, func(f found) {
			if !l.opens(raw, f.from) || !l.closes(raw, f.to) || l.kinIs(text, raw[f.from:f.to]) || f.from > from || f.from == from && f.to <= to {
				return
			}
			who, named := w, false
			if n := max(f.caps[slotName], f.caps[slotMaybeName]); b == &l.introducesName && n > 0 {
				if named = true; raw[n-1].called == calledOwn {
					who = WriterClient
				} else if len(q.Names) == 0 {
					return
				}
			}
			from, to, in = f.from, f.to, Introduction{Writer: who, ByName: named}
		})
	}
	look(&l.introducesName, WriterElse)
	look(&l.introducesSelf, WriterClient)
	look(&l.introducesElse, WriterElse)
	if in.Writer == WriterUnsaid {
		return in
	}
	before, behind := text[:raw[from].start], ""
	if to < len(raw) {
		behind = text[raw[to].start:]
	}
	in.Rest = strings.TrimSpace(strings.TrimRight(before, " ,;:-") + " " + behind)
	return in
}

// opens says whether a part of a text begins at a token: nothing but greetings
// and the team's names stand before it in its part.
func (l *Lexicons) opens(raw []token, at int) bool {
	for i := at; i > 0; i-- {
		if raw[i].before >= comma {
			return true
		}
		if t := &raw[i-1]; t.called != calledTeam && !l.in(t, "greeted") {
			return false
		}
	}
	return true
}

// closes says whether what ends before a token ends there. What is asked ("is
// dave here?") introduces nobody.
func (l *Lexicons) closes(raw []token, at int) bool {
	if raw[at-1].question {
		return false
	}
	if at == len(raw) {
		return true
	}
	t := &raw[at]
	return t.before >= comma || t.shape == emoji || t.shape == digits || l.in(t, "begins_anew")
}

// kinIs says whether one of some words is somebody of the client's with the
// ending of "is": "mums here" says who is in the house, and not who writes.
func (l *Lexicons) kinIs(text string, tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		w := fold(text[t.start:t.end])
		base := strings.TrimRight(strings.TrimSuffix(w, "s"), "'’")
		id, known := l.vocabulary[base]
		return base != w && known && slices.Contains(l.classes["kin"], id) && !slices.Contains(l.classes["kin"], l.vocabulary[w])
	})
}

// called is whose name a word is.
type called uint8

const (
	calledNothing called = iota
	calledOwn            // the client's
	calledTeam           // somebody's of the team
	calledSome           // a name that people have
	calledMaybe          // a name that is a word besides ("will"), or a word that is in no lexicon
)

// nameTokens marks the words of a text that are names, and those that are names
// with the ending of whose something is ("john's", "johns").
func (l *Lexicons) nameTokens(q Query, text string, raw []token) {
	for i := range raw {
		t := &raw[i]
		if t.shape != word || t.start >= t.end {
			continue
		}
		w := fold(text[t.start:t.end])
		if t.called = l.calledAs(q, w); t.called >= calledOwn && t.called <= calledSome {
			continue
		}
		if base := strings.TrimRight(strings.TrimSuffix(w, "s"), "'’"); base != w && len(base) > 2 {
			if as := l.calledAs(q, base); as == calledOwn || as == calledSome {
				t.whose, t.called = true, calledNothing
				continue
			}
		}
		if t.called == calledNothing && !t.known && !t.fuzzy {
			t.called = calledMaybe
		}
	}
}

// calledAs says whose name a word is, as people spell it.
func (l *Lexicons) calledAs(q Query, w string) called {
	is := func(name string) bool { return l.sameName(name, w) }
	switch {
	case slices.ContainsFunc(q.Names, is):
		return calledOwn
	case slices.ContainsFunc(q.Team, is):
		return calledTeam
	}
	return l.names[w]
}

// sameName says whether a word is a name or one of its short forms. Both may be
// short for the same: who is called Johnny in the record signs as Jon.
func (l *Lexicons) sameName(name, w string) bool {
	name = fold(name)
	return w == name || slices.ContainsFunc(l.shortNames[w], func(group int) bool { return slices.Contains(l.shortNames[name], group) })
}

// namesOf files the names that people have. They are no words of the
// vocabulary: a name stays an unknown word to everything else.
func (c *compiler) namesOf(lex *Lexicon) {
	file := func(words []string, as called) {
		for _, line := range words {
			for _, w := range strings.Fields(line) {
				w = fold(w)
				if have, ok := c.names[w]; !ok || as > have {
					c.names[w] = as // what is a word in one language is a word
				}
			}
		}
	}
	file(lex.Names, calledSome)
	file(lex.NamesAndWords, calledMaybe)
	for _, line := range lex.ShortNames {
		c.nameGroups++
		for _, w := range strings.Fields(line) {
			w = fold(w)
			c.shortNames[w] = append(c.shortNames[w], c.nameGroups)
			if _, ok := c.names[w]; !ok {
				c.names[w] = calledSome
			}
		}
	}
}
