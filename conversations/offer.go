package conversations

import (
	"slices"
	"strings"

	"alongside/conversations/understand"
)

// What a client says to a lead, in words, by number or by button.

// aboutLead is what a client says to an offer.
func (s *step) aboutLead() {
	if q := s.state.Open; q != nil && q.Kind == AskTask && s.reading.Intent == understand.MoreInfo {
		s.showTask(*q)
		return
	}
	o, ok := s.meantOffer()
	switch {
	case !ok && len(s.facts.Offers) == 0 && s.state.Open != nil:
		s.handOver(FlagNotUnderstood)
	case !ok:
		s.flag(FlagLeadQuestion, "")
		s.read("message")
	case s.reading.Intent == understand.NotInterested && len(s.namedOffers()) != 1 && (s.unseenOffer(o.ID) || s.noToNothing(o)):
		// A no to what nobody has shown them yet, or to nothing that was asked, is a
		// no to something else.
		s.flag(FlagLeadQuestion, "")
		s.read("message")
	case s.numberOfNothing(o):
		// Under what was only announced stands a 1 and no other number.
		s.flagOffer(FlagLeadQuestion, o)
		s.read("message")
	case s.unseenOffer(o.ID) && s.reading.Intent != understand.NotInterested:
		// They heard of it some other way: what it is comes before any yes.
		s.do(DropQueued{Offer: o.ID, Reason: "asked_for"})
		s.showOffer(o)
	case s.reading.Intent == understand.Interested:
		s.wantsOffer(o, ChooseInterested)
	case s.reading.Intent == understand.NotInterested:
		s.notForMe(o)
	default:
		s.wantsOffer(o, ChooseMore)
	}
}

// unseenOffer says whether an offer still waits for its hour, or for its turn.
func (s *step) unseenOffer(id OfferID) bool {
	waits := func(q Question) bool { return q.Offer == id && q.Kind == AskLead && (q.Put == 0 || s.unseen(q)) }
	return s.state.Open != nil && waits(*s.state.Open) || slices.ContainsFunc(s.state.Queue, waits)
}

// numberOfNothing says whether a text is a 2 or a 3 to a lead that was only
// announced while something was said of a meeting since then: it may be meant
// for that.
func (s *step) numberOfNothing(o Offer) bool {
	q, waits := s.waitingFor(o.ID)
	return waits && !q.Shown && s.event.Kind == EventText && s.reading.Number > len(announced) && s.state.Told != 0 && s.state.Told >= q.AskedAt
}

// noToNothing says whether the text is a no and no more, to an offer whose
// question neither waits nor was answered just before.
func (s *step) noToNothing(o Offer) bool {
	if _, waits := s.waitingFor(o.ID); waits || s.event.Kind != EventText || s.reading.Number > 0 || s.words() > aFewWords {
		return false
	}
	if q := s.state.Open; q != nil && q.Offer == o.ID || len(s.state.Closed) > 0 && s.state.Closed[0].Offer == o.ID {
		return false
	}
	return s.asIf(understand.AskedOptin).Intent == understand.OptinNo
}

// meantOffer is the offer that a text is about: the one that it names, else
// the one that was asked about last, else the only one. Where several could be
// meant there is none, and a person reads the text.
func (s *step) meantOffer() (Offer, bool) {
	named := s.namedOffers()
	switch len(named) {
	case 0:
	case 1:
		return named[0], true
	default:
		return Offer{}, false
	}
	if q, ok := s.waiting(AskLead); ok {
		return s.findOffer(q.Offer)
	}
	if q := s.state.Open; q != nil && q.Kind == AskWhyNot {
		return s.findOffer(q.Offer)
	}
	var open []Offer
	for _, o := range s.facts.Offers {
		if o.Status == OfferOpen {
			open = append(open, o)
		}
	}
	if len(open) > 0 {
		return open[0], len(open) == 1
	}
	for _, c := range s.state.Closed {
		if o, ok := s.findOffer(c.Offer); ok {
			return o, true
		}
	}
	if len(s.facts.Offers) == 1 {
		return s.facts.Offers[0], true
	}
	return Offer{}, false
}

// wantsOffer is a yes to a lead, or the wish to hear more of it. To one that
// was only announced both mean: show it.
func (s *step) wantsOffer(o Offer, c Choice) {
	q, waits := s.waitingFor(o.ID)
	switch {
	case !o.standing(s.now):
		// It is gone. A person tells them, in words of their own.
		s.flagOffer(FlagLeadQuestion, o)
		s.read("message")
	case waits && !q.Shown:
		s.showOffer(o)
	case c == ChooseMore:
		s.tellMore(o, q, waits)
	default:
		s.interested(o)
	}
}

// onlyAnnounced says whether the last question about an offer that is over only
// announced it: the one number under it showed the lead, and still does.
func (s *step) onlyAnnounced(o Offer) bool {
	i := slices.IndexFunc(s.state.Closed, func(c ClosedQuestion) bool { return c.Kind == AskLead && c.Offer == o.ID })
	return i >= 0 && !s.state.Closed[i].Shown
}

// showOffer shows a lead in full to who asked to see it, and puts the question.
func (s *step) showOffer(o Offer) {
	if s.lent() {
		if !s.borrowed() {
			s.flagOffer(FlagThirdParty, o)
		}
		s.answer("third_party", s.withSpecialist())
		return
	}
	q := s.newOffer(o)
	q.Shown = true
	s.open(q)
	s.reply(Say{Key: "lead.shown", Vars: s.leadVars(o), Question: q.ID, Options: leadOptions, Offer: o.ID})
}

// interested passes a yes on, and says what happens next. Nobody but the
// specialist is told.
func (s *step) interested(o Offer) {
	_, asked := s.waitingFor(o.ID)
	several := s.severalOffers(o) || !asked && s.event.Kind == EventText && s.reading.Number == 0
	if o.Status != OfferInterested {
		s.setOffer(&o, OfferInterested, nil)
		s.flagOffer(FlagInterested, o)
		s.answeredOffer(o)
	}
	s.closeOffer(o.ID, ChooseInterested)
	if several && !s.facts.Client.Guarded {
		// The name lets them see which one was taken to be meant: several wait, or
		// none does.
		s.readWith("lead_interested_in", map[string]any{"title": o.Lead.Title})
		return
	}
	s.read("lead_interested")
}

// severalOffers says whether another lead could have been meant.
func (s *step) severalOffers(o Offer) bool {
	return slices.ContainsFunc(s.facts.Offers, func(other Offer) bool {
		_, waits := s.waitingFor(other.ID)
		return other.ID != o.ID && waits
	})
}

// answeredOffer takes back what was still to be said about an offer.
func (s *step) answeredOffer(o Offer) { s.do(DropQueued{Offer: o.ID, Reason: "answered"}) }

// notForMe takes a no with thanks. Why is asked once, needs no answer, and is
// not asked of who has said it with the no, or while something else waits.
func (s *step) notForMe(o Offer) {
	why := preferences(s.reading)
	was := o.Status
	s.setOffer(&o, OfferNotInterested, why)
	s.answeredOffer(o)
	s.closeOffer(o.ID, ChooseNotForMe)
	said := s.event.Kind == EventText && s.reading.Number == 0 && words(s.event.Text) >= reasonWords
	if was == OfferInterested || was == OfferApplied || said && len(why) == 0 {
		s.flagOffer(FlagMessage, o)
	}
	switch {
	case len(why) > 0:
		s.answer("lead.noted", s.withSpecialist())
	case said:
		s.answer("lead.not_for_me_passed", s.withSpecialist())
	case s.state.Open != nil || s.othersWait() || s.lent() || s.reading.Also != nil || was == OfferNotInterested:
		s.answer("lead.not_for_me_plain", nil)
	default:
		q := s.newQuestion(AskWhyNot, Appointment{})
		q.Offer = o.ID
		s.open(q)
		s.reply(Say{Key: "lead.not_for_me", Question: q.ID})
	}
}

// reasonWords is how many words a no has, at the least, that says why.
const reasonWords = 5

func words(text string) int { return len(strings.Fields(text)) }

// othersWait says whether a question still waits to be put for the first time.
func (s *step) othersWait() bool {
	return slices.ContainsFunc(s.state.Queue, func(q Question) bool { return q.Put == 0 })
}

// whyNot takes the reason why a lead is not for them. It reports whether the
// text was one; what plainly is something else goes its own way.
func (s *step) whyNot() bool {
	q := *s.state.Open
	o, ok := s.findOffer(q.Offer)
	if !ok {
		s.closeQuestion("")
		return false
	}
	if s.skips() || s.rethinksLead() {
		return true
	}
	if bareNumber(s.event.Text) == 1 && o.standing(s.now) && s.onlyAnnounced(o) {
		s.showOffer(o)
		return true
	}
	if n := bareNumber(s.event.Text); n > 0 && n <= len(leadOptions) {
		// The number again, or another one: that is about the lead itself.
		s.chooseLead(Question{ID: q.ID, Kind: AskLead, Offer: o.ID, Shown: true}, leadOptions[n-1])
		return true
	}
	r := s.reading
	switch r.Intent {
	case understand.Social:
		// "Ok thanks" ends it: nobody has to say why.
		s.closeQuestion("")
		return false
	case understand.Cannot, understand.Change:
		// "I can't do weekends" is a reason here, unless a reminder is open too.
		if _, reminder := s.waiting(AskAppointment); reminder || s.now.Sub(q.AskedTime()) >= patience {
			return false
		}
	case understand.Other:
		if r.Topic != understand.TopicNone && r.Topic != understand.TopicUnsure && !reason(r) {
			return false
		}
	case understand.NotInterested:
		if r.Topic != understand.TopicNone && !reason(r) {
			return false
		}
	default:
		return false
	}
	s.closeQuestion("")
	if why := preferences(r); len(why) > 0 {
		s.setOffer(&o, OfferNotInterested, why)
		s.answer("lead.noted", s.withSpecialist())
		return true
	}
	s.flagOffer(FlagMessage, o)
	s.read("message")
	return true
}

// tellMore tells what else is known. A question in words is passed on as well,
// because what is known may not answer it.
func (s *step) tellMore(o Offer, q Question, waits bool) {
	inWords := s.event.Kind == EventText && s.reading.Number == 0
	if inWords && s.tellKnown(o, q, waits) {
		return
	}
	if inWords || o.Lead.More == "" || waits && q.Put >= 2 || s.lent() {
		s.flagOffer(FlagLeadQuestion, o)
	}
	if o.Lead.More == "" || waits && q.Put >= 2 || s.lent() {
		s.read("lead_question")
		return
	}
	if !waits {
		q = s.newOffer(o)
		q.Shown = true
	}
	s.putAgain(q)
	m := Say{
		Key: "lead.more", Question: q.ID, Options: moreOptions, Offer: o.ID, Vars: map[string]any{"more": o.Lead.More},
	}
	if inWords {
		m.Key = "lead.more_asked"
		m.Vars["specialist"] = s.facts.Specialist.Name
	}
	s.reply(m)
}

// applied is a client who has applied by themselves.
func (s *step) applied() {
	o, ok := s.meantOffer()
	if !ok {
		s.flag(FlagApplied, "")
		s.answer("lead.applied", s.withSpecialist())
		return
	}
	if o.Status != OfferApplied {
		s.setOffer(&o, OfferApplied, nil)
		s.flagOffer(FlagApplied, o)
		s.answeredOffer(o)
	}
	s.closeOffer(o.ID, ChooseInterested)
	s.answer("lead.applied", s.withSpecialist())
}

// anyJobs answers who asks for leads: with those that are open, one at a time,
// else truly, and the specialist hears that they asked.
func (s *step) anyJobs() {
	open := slices.DeleteFunc(slices.Clone(s.facts.Offers), func(o Offer) bool {
		return o.Status != OfferOpen || !o.standing(s.now)
	})
	if s.lent() || s.facts.Client.Held {
		s.flag(FlagJobsAsked, "")
		s.read("message")
		return
	}
	if len(open) == 0 {
		s.flag(FlagJobsAsked, "")
		s.read("lead_none")
		return
	}
	// What waits for the morning is said now.
	s.do(DropQueued{Offer: open[0].ID, Reason: "asked_for"})
	s.showOffer(open[0])
	for _, o := range open[1:] {
		if slices.ContainsFunc(s.state.Queue, func(q Question) bool { return q.Offer == o.ID && s.unseen(q) }) {
			// It takes its turn after this one, with words of its own.
			s.do(DropQueued{Offer: o.ID, Reason: "asked_for"})
		}
		s.state.Queue = slices.DeleteFunc(s.state.Queue, func(q Question) bool { return q.Offer == o.ID })
		s.state.Queue = append(s.state.Queue, s.newOffer(o))
	}
}

// mostLeads is how many leads a week anybody can wish for.
const mostLeads = 7

// leadsAWeek takes the wish for more leads, or for fewer: one more or less a
// week than until now, or the number that was named. Fewer than one is asked back.
func (s *step) leadsAWeek(by int) {
	now := s.facts.Client.LeadsAWeek
	if now == 0 {
		now = max(s.rules.Pathway.LeadsAWeek, 1)
	}
	stopped := slices.Contains(s.facts.Client.Stopped, MatterLeads)
	want := now + by
	if n := s.reading.Number; n > 0 {
		want = n
	} else if stopped && by > 0 {
		want = now
	}
	want = min(want, mostLeads)
	if want < 1 && !stopped {
		// Less than one a week would be none: that is asked.
		s.askStopKind(MatterLeads)
		return
	}
	if stopped && by < 0 {
		s.stopKinds([]Matter{MatterLeads})
		return
	}
	set := Settings{LeadsAWeek: &want}
	if stopped {
		set.Allow = []Matter{MatterLeads}
	}
	s.setByText(set, FlagSettings)
	s.answer("lead.weekly", map[string]any{"specialist": s.facts.Specialist.Name, "number": want})
}

// chooseLead is a press under an offer.
func (s *step) chooseLead(q Question, c Choice) {
	o, ok := s.findOffer(q.Offer)
	if !ok || !o.standing(s.now) {
		// It is gone: a second press under it does nothing.
		s.closeOne(q.ID, "")
	}
	if !ok {
		s.flag(FlagLeadQuestion, "")
		s.read("message")
		return
	}
	switch c {
	case ChooseShow:
		w, waits := s.waitingFor(o.ID)
		switch {
		case !o.standing(s.now):
			s.wantsOffer(o, ChooseMore)
		case o.Status == OfferOpen && !(waits && w.Shown):
			s.showOffer(o)
		}
	case ChooseInterested, ChooseMore:
		s.wantsOffer(o, c)
	case ChooseNotForMe:
		s.notForMe(o)
	default:
	}
}
