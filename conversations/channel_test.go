package conversations

import (
	"testing"

	"alongside/conversations/understand"

	"github.com/google/go-cmp/cmp"
)

func TestTelegramLink(t *testing.T) {
	t.Parallel()
	s := wishStep(Client{}, nil)
	s.rules.Pathway.TelegramBot, s.facts.FreshLink = "alongside_bot", "k7Q2"
	s.wish(understand.TopicChannelTelegram, limit{})
	made := false
	var said Say
	for _, e := range s.effects {
		switch e := e.(type) {
		case MakeLink:
			made = true
		case Say:
			said = e
		}
	}
	want := map[string]any{"chat": "https://t.me/alongside_bot?start=k7Q2", "bot": "@alongside_bot", "code": "k7Q2"}
	if diff := cmp.Diff(want, said.Vars); diff != "" || !made || said.Key != "telegram.link" {
		t.Errorf("link made: %t, said %s (-want +got):\n%s", made, said.Key, diff)
	}
}

// What is agreed on both channels changes sides by a text.
func TestPreferredChannel(t *testing.T) {
	t.Parallel()
	s := wishStep(Client{}, nil)
	s.rules.Pathway.TelegramBot = "alongside_bot"
	s.facts.Reach = append(s.facts.Reach, Reach{Channel: Telegram, Agreement: AgreementGiven})
	s.wish(understand.TopicChannelTelegram, limit{})
	if s.channel() != Telegram {
		t.Errorf("unasked texts go by %s", s.channel())
	}
	s.wish(understand.TopicChannelSMS, limit{})
	if s.channel() != SMS {
		t.Errorf("unasked texts go by %s", s.channel())
	}
	s.facts.Reach = []Reach{{Channel: Telegram, Agreement: AgreementGiven}, {Channel: SMS, Agreement: AgreementStopped}}
	s.effects = nil
	s.event.From.Channel = Telegram
	s.wish(understand.TopicChannelSMS, limit{})
	if diff := cmp.Diff(outcome{Said: []string{"sms_none.open"}, Flags: []FlagReason{FlagChannel}}, s.outcome()); diff != "" {
		t.Errorf("SMS that was stopped (-want +got):\n%s", diff)
	}
}
