package conversations

import (
	"cmp"
	"slices"
	"strings"

	"alongside/conversations/understand"
)

// Several leads at once: one of them picked in a few words, or two of them
// answered in one text.

// pickWords is how many words a text may have that only points at a lead.
const pickWords = 5

// picksLead is a few words that point at one of the leads that wait ("the pc
// one", "2nd"), and say neither yes nor no to it: it is shown, and asked about.
// It reports whether the text was that.
func (s *step) picksLead() bool {
	if s.borrowed() || s.words() > pickWords || s.reading.Number > 0 || s.reading.Unreadable || urgent(s.reading) {
		return false
	}
	waiting := s.leadsWaiting()
	o, ok := s.pointedAt(waiting)
	if !ok || !o.standing(s.now) || s.lent() {
		return false
	}
	s.do(DropQueued{Offer: o.ID, Reason: "asked_for"})
	s.showOffer(o)
	return true
}

// pointedAt is the lead that the text points at by its place among those that
// wait, or by its name and nothing else.
func (s *step) pointedAt(waiting []Offer) (Offer, bool) {
	if n := s.rules.Lexicons.Place(s.event.Text); n != 0 {
		if n < 0 {
			n = len(waiting)
		}
		if n < 1 || n > len(waiting) {
			return Offer{}, false
		}
		return waiting[n-1], true
	}
	named := s.namedOffers()
	if len(named) != 1 || len(waiting) < 2 || !slices.ContainsFunc(waiting, func(o Offer) bool { return o.ID == named[0].ID }) {
		return Offer{}, false
	}
	words := nameWords(named[0].Lead.Title + " " + named[0].Lead.Area)
	var rest []string
	for _, w := range strings.Fields(s.event.Text) {
		if !slices.Contains(words, nameForm(strings.Trim(w, ".,!?"))) {
			rest = append(rest, w)
		}
	}
	r := s.rules.Lexicons.Read(understand.Query{
		Text: strings.Join(rest, " "), Lang: s.ownLanguage(), Asked: understand.AskedLead, Now: s.now,
	})
	says := (r.Intent == understand.Interested || r.Intent == understand.NotInterested) && r.Sure >= sureEnough
	return named[0], !says && r.Topic == understand.TopicNone
}

// leadsWaiting are the leads that wait for an answer, in the order in which they
// were offered; those that were not put yet come last.
func (s *step) leadsWaiting() []Offer {
	var asked []Question
	for _, q := range s.state.Queue {
		if q.Kind == AskLead {
			asked = append(asked, q)
		}
	}
	if q := s.state.Open; q != nil && q.Kind == AskLead {
		asked = append(asked, *q)
	}
	slices.SortStableFunc(asked, func(a, b Question) int {
		first, _ := s.findOffer(a.Offer)
		second, _ := s.findOffer(b.Offer)
		return cmp.Or(cmp.Compare(min(b.Put, 1), min(a.Put, 1)), first.At.Compare(second.At))
	})
	var out []Offer
	for _, q := range asked {
		if o, ok := s.findOffer(q.Offer); ok && o.Status == OfferOpen && !s.unseen(q) {
			out = append(out, o)
		}
	}
	return out
}

// eachLead is a text that answers two leads by their names ("yes to the pc one,
// no to the cafe"). It reports whether the text was that.
func (s *step) eachLead() bool {
	named := s.namedOffers()
	if len(named) != 2 || s.borrowed() || s.words() > manyWords {
		return false
	}
	parts, ok := s.halves(named)
	if !ok {
		return false
	}
	notes := map[string]any{}
	for i, p := range parts {
		o := p.offer
		name := []string{"first", "second"}[i]
		vars := map[string]any{"title": o.Lead.Title, "specialist": s.facts.Specialist.Name}
		if p.says == understand.Interested {
			s.setOffer(&o, OfferInterested, nil)
			s.flagOffer(FlagInterested, o)
			s.closeOffer(o.ID, ChooseInterested)
			notes[name] = Piece{Key: "noted.interested_in", Vars: vars}
		} else {
			s.setOffer(&o, OfferNotInterested, nil)
			s.closeOffer(o.ID, ChooseNotForMe)
			delete(vars, "specialist")
			notes[name] = Piece{Key: "noted.not_for_me", Vars: vars}
		}
		s.answeredOffer(o)
	}
	if s.facts.Client.Guarded {
		s.read("message")
		return true
	}
	s.answer("two_answers.both", notes)
	return true
}

// half is the part of a text that answers one lead.
type half struct {
	offer Offer
	says  understand.Intent
	sure  int
}

// halves cuts a text between the names of two leads where both parts are the
// plainest answers.
func (s *step) halves(two []Offer) ([]half, bool) {
	words := strings.Fields(s.event.Text)
	var best []half
	for cut := 1; cut < len(words); cut++ {
		var parts []half
		for _, part := range []string{strings.Join(words[:cut], " "), strings.Join(words[cut:], " ")} {
			about := s.namedIn(part, two)
			r := s.rules.Lexicons.Read(understand.Query{Text: part, Lang: s.ownLanguage(), Asked: understand.AskedLead, Now: s.now})
			if len(about) == 1 && about[0].standing(s.now) && r.Sure >= sureOfAnother && (r.Intent == understand.Interested || r.Intent == understand.NotInterested) {
				parts = append(parts, half{about[0], r.Intent, r.Sure})
			}
		}
		if len(parts) == 2 && parts[0].offer.ID != parts[1].offer.ID && (best == nil || parts[0].sure+parts[1].sure > best[0].sure+best[1].sure) {
			best = parts
		}
	}
	return best, best != nil
}

// namedIn are those of two leads that a part of the text names by a word of
// their own.
func (s *step) namedIn(part string, two []Offer) []Offer {
	about := make([][]string, len(two))
	for i, o := range two {
		about[i] = nameWords(o.Lead.Title + " " + o.Lead.Area)
	}
	var in []Offer
	for _, i := range named(part, about) {
		in = append(in, two[i])
	}
	return in
}
