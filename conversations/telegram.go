package conversations

import "slices"

// Telegram instead of SMS, and back. A bot cannot write first, so that the
// client opens it with a link of their own; using the link is the agreement.

// wantTelegram gives the client a link to the service's bot.
func (s *step) wantTelegram() {
	bot := s.rules.Pathway.TelegramBot
	switch r := s.reach(Telegram); {
	case bot == "":
		s.flag(FlagChannel, "")
		s.read("telegram_none")
	case r.Agreement == AgreementGiven && !r.Blocked:
		s.prefer(Telegram)
		s.answer("telegram.set", nil)
	case s.facts.FreshLink == "" || s.borrowed():
		// Nobody but the client may have the link: whoever uses it gets the texts.
		s.flag(FlagChannel, "")
		s.read("telegram_none")
	default:
		s.do(MakeLink{})
		s.flag(FlagChannel, "")
		s.answer("telegram.link", map[string]any{
			"chat": "https://t.me/" + bot + "?start=" + s.facts.FreshLink, "bot": "@" + bot, "code": s.facts.FreshLink,
		})
	}
}

// wantSMS goes back to SMS, where that was agreed; otherwise a person asks.
func (s *step) wantSMS() {
	if r := s.reach(SMS); r.Agreement != AgreementGiven || r.Blocked {
		s.flag(FlagChannel, "")
		s.read("sms_none")
		return
	}
	s.prefer(SMS)
	s.answer("sms.set", nil)
}

// prefer makes a channel the preferred one, and keeps the facts in step.
func (s *step) prefer(c Channel) {
	s.do(PreferChannel{Channel: c})
	s.flag(FlagChannel, "")
	first := s.reach(c)
	s.facts.Reach = append([]Reach{first}, slices.DeleteFunc(slices.Clone(s.facts.Reach), func(r Reach) bool { return r.Channel == c })...)
}
