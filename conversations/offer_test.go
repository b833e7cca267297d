package conversations

import (
	"slices"
	"testing"

	"alongside/conversations/understand"

	"github.com/google/go-cmp/cmp"
)

// What the reader does not tell apart yet is shown here on a step of its own:
// having applied, asking for jobs, wanting more or fewer, and why not.

type leadOutcome struct {
	outcome
	Offers []SetOffer
	Queue  []OfferID
}

func (s *step) leadOutcome() leadOutcome {
	o := leadOutcome{outcome: s.outcome()}
	for _, e := range s.effects {
		if set, ok := e.(SetOffer); ok {
			o.Offers = append(o.Offers, set)
		}
	}
	for _, q := range s.state.Queue {
		o.Queue = append(o.Queue, q.Offer)
	}
	return o
}

// leadStep is a wishStep with two leads that nobody has answered, the newer first.
func leadStep(c Client, open *Question) *step {
	s := wishStep(c, open)
	s.facts.Offers = []Offer{
		{ID: "o2", Status: OfferOpen, Lead: Lead{Title: "Bike repair"}}, {ID: "o1", Status: OfferOpen, Lead: Lead{Title: "Cafe assistant"}},
	}
	return s
}

func askedLead() *Question { return &Question{ID: "q1", Kind: AskLead, Offer: "o1", Shown: true} }

func TestTopicsOfLeads(t *testing.T) {
	t.Parallel()
	stop := []Matter{MatterLeads}
	settings := []FlagReason{FlagSettings}
	for _, row := range []struct {
		name   string
		client Client
		offers int
		open   *Question
		about  understand.Topic
		number int
		want   leadOutcome
	}{
		{
			"applied_for_the_one_asked_about",
			Client{},
			2, askedLead(), understand.TopicApplied, 0,
			leadOutcome{
				outcome: outcome{Said: []string{"lead.applied"}, Flags: []FlagReason{FlagApplied}},
				Offers:  []SetOffer{{ID: "o1", Status: OfferApplied}},
			},
		},
		{
			"applied_for_one_of_two",
			Client{},
			2, nil, understand.TopicApplied, 0,
			leadOutcome{outcome: outcome{Said: []string{"lead.applied"}, Flags: []FlagReason{FlagApplied}}},
		},
		{
			"jobs_one_at_a_time",
			Client{},
			2, nil, understand.TopicJobs, 0,
			leadOutcome{outcome: outcome{Said: []string{"lead.shown"}, Open: AskLead}, Queue: []OfferID{"o1"}},
		},
		{
			"no_jobs",
			Client{},
			0, nil, understand.TopicJobs, 0,
			leadOutcome{outcome: outcome{Said: []string{"lead_none.open"}, Flags: []FlagReason{FlagJobsAsked}}},
		},
		{
			"jobs_on_hold",
			Client{Held: true},
			2, nil, understand.TopicJobs, 0,
			leadOutcome{outcome: outcome{Said: []string{"message.open"}, Flags: []FlagReason{FlagJobsAsked}}},
		},
		{
			"fewer_than_three",
			Client{LeadsAWeek: 3},
			0, nil, understand.TopicFewerLeads, 0,
			leadOutcome{outcome: outcome{Set: []Settings{{LeadsAWeek: new(2)}}, Said: []string{"lead.weekly"}, Flags: settings}},
		},
		{
			"fewer_than_one_is_asked",
			Client{LeadsAWeek: 1},
			0, nil, understand.TopicFewerLeads, 0,
			leadOutcome{outcome: outcome{Said: []string{"kinds.ask"}, Open: AskStopKind}},
		},
		{
			"the_pathways_default_counts",
			Client{},
			0, nil, understand.TopicMoreLeads, 0,
			leadOutcome{outcome: outcome{Set: []Settings{{LeadsAWeek: new(2)}}, Said: []string{"lead.weekly"}, Flags: settings}},
		},
		{
			"a_number_was_named",
			Client{LeadsAWeek: 1},
			0, nil, understand.TopicMoreLeads, 3,
			leadOutcome{outcome: outcome{Set: []Settings{{LeadsAWeek: new(3)}}, Said: []string{"lead.weekly"}, Flags: settings}},
		},
		{
			"more_than_seven_are_seven",
			Client{LeadsAWeek: 7},
			0, nil, understand.TopicMoreLeads, 0,
			leadOutcome{outcome: outcome{Set: []Settings{{LeadsAWeek: new(7)}}, Said: []string{"lead.weekly"}, Flags: settings}},
		},
		{
			"more_after_none",
			Client{LeadsAWeek: 2, Stopped: stop},
			0, nil, understand.TopicMoreLeads, 0,
			leadOutcome{outcome: outcome{Set: []Settings{{LeadsAWeek: new(2), Allow: stop}}, Said: []string{"lead.weekly"}, Flags: settings}},
		},
		{
			"other_topics_are_not_theirs", Client{}, 2, nil, understand.TopicReaders, 0, leadOutcome{},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := leadStep(row.client, row.open)
			s.facts.Offers = s.facts.Offers[:row.offers]
			s.reading.Topic, s.reading.Number = row.about, row.number
			if did := s.leadTopic(); did != (row.about != understand.TopicReaders) {
				t.Fatalf("it was dealt with: %t", did)
			}
			if diff := cmp.Diff(row.want, s.leadOutcome(), cmp.AllowUnexported(leadOutcome{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPreferencesOfReasons(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]Preference{
		"far": PreferNearer, "people": PreferFewerPeople, "early": PreferLaterStart, "money": PreferBetterPay, "physical": PreferNoLifting,
		"hours": "", "": "",
	} {
		if got := preferenceOf(kind); got != want || got != "" && !slices.Contains(Preferences, got) {
			t.Errorf("%q: %q, want %q", kind, got, want)
		}
	}
	if got := preferences(understand.Reading{Topic: understand.TopicMoreHours}); !slices.Equal(got, []Preference{PreferMoreHours}) {
		t.Errorf("more hours: %v", got)
	}
}

// TestWhyNotTakesAnUnderstoodReason: the reason feeds the preferences, and no
// person has to read it.
func TestWhyNotTakesAnUnderstoodReason(t *testing.T) {
	t.Parallel()
	s := leadStep(Client{}, &Question{ID: "q1", Kind: AskWhyNot, Offer: "o1"})
	s.event.Text = "not enough hours"
	s.reading.Topic = understand.TopicMoreHours
	if !s.whyNot() {
		t.Fatal("it was not taken for a reason")
	}
	want := leadOutcome{
		outcome: outcome{Said: []string{"lead.noted"}},
		Offers:  []SetOffer{{ID: "o1", Status: OfferNotInterested, Why: []Preference{PreferMoreHours}}},
	}
	if diff := cmp.Diff(want, s.leadOutcome(), cmp.AllowUnexported(leadOutcome{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	about := [][]string{nameWords("Café assistant Kentish Town"), nameWords("PC repair assistant Camden"), nameWords("Bike repairs")}
	for name, row := range map[string]struct {
		text string
		want []int
	}{
		"one_word":                         {"yes to the cafe one", []int{0}},
		"capitals_count_however_short":     {"the pc thing pls", []int{1}},
		"a_plural_is_the_same_word":        {"love bikes me", []int{2}},
		"a_word_of_two_tells_nothing":      {"the assistant one", nil},
		"repair_is_repairs":                {"the repair one", nil},
		"two_are_two":                      {"the cafe one, not the bike one", []int{0, 2}},
		"a_place":                          {"the one in camden", []int{1}},
		"nothing":                          {"yes please", nil},
		"part_of_a_word_is_none":           {"cafeteria", nil},
		"no_text_names_nothing":            {"", nil},
		"numbers_and_punctuation_are_none": {"1!!", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := named(row.text, about); !slices.Equal(got, row.want) {
				t.Errorf("%q names %v, want %v", row.text, got, row.want)
			}
		})
	}
	if got := named("cafe", nil); got != nil {
		t.Errorf("of nothing %v", got)
	}
}

func TestBareNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"1": 1, " 4. ": 4, "9!": 9, "0": 0, "12": 0, "1 please": 0, "": 0, "one": 0, "x": 0} {
		if got := bareNumber(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}
