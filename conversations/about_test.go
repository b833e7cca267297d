package conversations

import (
	"testing"

	"alongside/conversations/understand"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestQuestionsAboutUs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		client  Client
		channel Channel
		about   understand.Topic
		want    outcome
	}{
		{"robot", Client{}, SMS, understand.TopicRobot, outcome{Said: []string{"robot"}}},
		{"source_of_a_number", Client{}, SMS, understand.TopicSource, outcome{Said: []string{"source.agreed"}, Flags: []FlagReason{FlagQuestion}}},
		{"source_of_an_account", Client{}, Telegram, understand.TopicSource, outcome{Said: []string{"source.telegram"}, Flags: []FlagReason{FlagQuestion}}},
		{"known", Client{}, SMS, understand.TopicKnown, outcome{Said: []string{"known"}, Flags: []FlagReason{FlagKnown}}},
		{"known_on_a_guarded_phone", Client{Guarded: true}, SMS, understand.TopicKnown, outcome{Said: []string{"message.open"}, Flags: []FlagReason{FlagKnown}}},
		{"confidential", Client{}, SMS, understand.TopicPrivate, outcome{Said: []string{"private.open"}, Flags: []FlagReason{FlagQuestion}}},
		{"insult", Client{}, SMS, topicInsult, outcome{Said: []string{"insulted"}, Flags: []FlagReason{FlagMessage}}},
		{"readers", Client{}, SMS, understand.TopicReaders, outcome{Said: []string{"readers.open"}, Flags: []FlagReason{FlagMessage}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := wishStep(tt.client, nil)
			s.facts.Reach = []Reach{{Channel: tt.channel, Agreement: AgreementGiven}}
			s.event.From.Channel = tt.channel
			s.reading.Topic = tt.about
			if !s.askedAboutUs() {
				t.Fatal("it was not taken for a question about us")
			}
			if diff := cmp.Diff(tt.want, s.outcome()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is kept is said in full only to who wants detail and holds the phone alone.
func TestKnownSaysNoMoreThanIsWanted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Client{Name: "John", Detail: rapid.Bool().Draw(t, "detail"), Guarded: rapid.Bool().Draw(t, "guarded")}
		s := wishStep(c, nil)
		s.reading.ThirdParty = rapid.Bool().Draw(t, "third party")
		s.known()
		for _, e := range s.effects {
			m, ok := e.(Say)
			if !ok {
				continue
			}
			_, named := m.Vars["called"]
			_, dated := m.Vars["next"]
			if want := c.Detail && !c.Guarded && !s.reading.ThirdParty; named != want || dated != want {
				t.Fatalf("%s says the name: %t, the appointment: %t; want both %t", m.Key, named, dated, want)
			}
		}
	})
}
