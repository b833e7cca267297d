package conversations

import (
	"time"

	"alongside/conversations/understand"
)

// Further things that are said to leads: a question after one particular, an
// answer to two at once, the other one, and second thoughts.

// tellKnown answers a question after the pay, the hours or the place of a lead
// with what the lead holds. How many hours it is, and in which area, may be less
// than what was asked: that is passed on as well. It reports whether the text
// asked after one that is known.
func (s *step) tellKnown(o Offer, q Question, waits bool) bool {
	known := map[understand.Topic]string{
		understand.TopicPay: "pay", understand.TopicHours: "hours", understand.TopicWhere: "area",
	}[s.reading.Topic]
	value, ok := s.leadVars(o)[known]
	if !ok || s.lent() {
		return false
	}
	m := Say{Key: "lead.known", Options: moreOptions, Offer: o.ID, Vars: map[string]any{known: value}}
	if known != "pay" {
		s.flagOffer(FlagLeadQuestion, o)
		m.Key, m.Vars["specialist"] = "lead.known_asked", s.facts.Specialist.Name
	}
	if !waits {
		q = s.newOffer(o)
		q.Shown = true
	}
	s.putAgain(q)
	m.Question = q.ID
	s.reply(m)
	return true
}

// otherLead is the wish for the other of two leads that wait, with or without a
// no to the one that was asked about last: the other is shown. It reports whether
// it dealt with the text.
func (s *step) otherLead(waiting []Offer) bool {
	q, asked := s.waiting(AskLead)
	if s.lent() || !asked {
		return false
	}
	if len(waiting) != 2 {
		if s.reading.Intent == understand.NotInterested {
			return false
		}
		// Which other one they mean, the specialist knows.
		s.do(RaiseFlag{Reason: FlagLeadQuestion, Offer: q.Offer, Message: s.event.Message})
		s.read("lead_question")
		return true
	}
	this, other := waiting[0], waiting[1]
	if this.ID != q.Offer {
		this, other = other, this
	}
	if !other.standing(s.now) {
		return false
	}
	if s.reading.Intent == understand.NotInterested {
		s.setOffer(&this, OfferNotInterested, preferences(s.reading))
		s.answeredOffer(this)
		s.closeOffer(this.ID, ChooseNotForMe)
	}
	s.do(DropQueued{Offer: other.ID, Reason: "asked_for"})
	s.showOffer(other)
	return true
}

// bothLeads is "both" or "none of them" to two leads that wait; the second is
// said of one as well. It reports whether the text was that.
func (s *step) bothLeads() bool {
	q, waits := s.waiting(AskLead)
	if o := s.state.Open; !waits || o != nil && o.ID != q.ID || !q.Shown || s.borrowed() || s.reading.Number > 0 || s.words() > pickWords || s.reading.Topic != understand.TopicNone || urgent(s.reading) {
		return false
	}
	waiting, says := s.leadsWaiting(), understand.Interested
	switch s.rules.Lexicons.Both(s.event.Text) {
	case 1:
		if s.reading.Intent == understand.NotInterested || s.reading.Intent == understand.MoreInfo {
			return false
		}
	case -1:
		if says = understand.NotInterested; len(waiting) == 1 && s.words() <= aFewWords {
			s.reading.Intent = says
			s.notForMe(waiting[0])
			return true
		}
	default:
		return false
	}
	if len(waiting) != 2 || !waiting[0].standing(s.now) || !waiting[1].standing(s.now) {
		return false
	}
	s.answerTwo([]half{{waiting[0], says}, {waiting[1], says}})
	return true
}

// rethinksLead is a second thought about the lead that was answered last, a
// short while ago: "actually go on then" after a no, "actually not for me" after
// a yes. A maybe after a no shows the lead once more, and asks. It reports
// whether the text was that.
func (s *step) rethinksLead() bool {
	open, r := s.state.Open, s.reading
	if len(s.state.Closed) == 0 || s.borrowed() || s.lent() || open != nil && open.Kind != AskWhyNot || s.words() > pickWords || r.Number > 0 || urgent(r) {
		return false
	}
	c := s.state.Closed[0]
	o, ok := s.findOffer(c.Offer)
	if !ok || c.Kind != AskLead || !o.standing(s.now) || open == nil && s.now.Sub(time.UnixMilli(c.At)) >= rethinking {
		return false
	}
	if r.Topic != understand.TopicNone && r.Topic != understand.TopicUnsure {
		return false
	}
	again := s.readAs(understand.AskedLead)
	plain := again.Sure >= clearly && s.words() > 1 && len(preferences(again)) == 0
	switch {
	case o.Status == OfferNotInterested && r.Topic == understand.TopicUnsure:
		s.flagOffer(FlagMessage, o)
		s.showOffer(o)
	case o.Status == OfferNotInterested && again.Intent == understand.Interested && plain:
		s.interested(o)
	case o.Status == OfferInterested && again.Intent == understand.NotInterested && (plain || open == nil && again.Sure >= plainly && s.words() == 1):
		s.notForMe(o)
	default:
		return false
	}
	return true
}
