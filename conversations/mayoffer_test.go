package conversations_test

import (
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/policy"

	"pgregory.net/rapid"
)

// Asked beforehand, the policy says what then happens: now, at the same later
// moment, or not, for the same reason.
func TestMayOfferSaysWhatHappens(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawScene(t, &s)
		if !facts.Known() {
			return
		}
		d := rapidDice(t)
		if d.coin("bounded") {
			s.rules.Pathway.Budget = conversations.Budget{ADay: 1, AWeek: 3, Leads: 1, CheckIns: 1}
			for range d("spent", 4) {
				at := s.now.Add(time.Duration(d("went", 200)-150) * time.Hour)
				state.Spent = append(state.Spent, conversations.Spent{At: at.UnixMilli(), Matter: oneOf(d, "spent on", conversations.Matters)})
			}
		}
		event.Kind, event.Offer = conversations.EventOffered, d.offer("o77", s.now)
		event.Offer.Lead.Filled = false
		v := conversations.MayOffer(s.rules, facts, state, event.Offer.Lead, s.now)
		_, effects := conversations.Next(s.rules, facts, state, event, s.now)
		for _, e := range effects {
			switch e := e.(type) {
			case conversations.Say:
				if !strings.HasPrefix(e.Key, "lead.offer") {
					continue
				}
				if e.NotBefore.IsZero() != (v.Decision == policy.Now) || !e.NotBefore.IsZero() && (v.Decision != policy.Later || !e.NotBefore.Equal(v.At) || e.Held != string(v.Reason)) {
					t.Fatalf("it says %+v and does %+v", v, e)
				}
				return
			case conversations.Skip:
				if v.Decision != policy.Never || e.Reason != string(v.Reason) {
					t.Fatalf("it says %+v and does %+v", v, e)
				}
				return
			}
		}
		// It waits its turn: whether it goes then is said for then.
		if v.Decision == policy.Now {
			t.Fatalf("it says now, and nothing went: %+v", effects)
		}
	})
}

func TestSaysClosing(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	p := conversations.Pathway{
		Zone: london, Sending: conversations.Hours{From: 10 * 60, To: 18 * 60},
		Holidays: map[string]bool{"2026-12-25": true, "2026-12-28": true},
	}
	for name, row := range map[string]struct{ closes, want string }{
		"friday":               {"2026-12-04 17:00", "2026-12-02 10:00"},
		"monday":               {"2026-11-30 09:00", "2026-11-26 10:00"},
		"sunday":               {"2026-11-29 23:59", "2026-11-26 10:00"},
		"after_christmas":      {"2026-12-29 12:00", "2026-12-23 10:00"},
		"after_a_clock_change": {"2026-10-26 12:00", "2026-10-22 10:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closes, err := time.ParseInLocation("2006-01-02 15:04", row.closes, london)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.SaysClosing(closes).In(london).Format("2006-01-02 15:04"); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
	if !p.SaysClosing(time.Time{}).IsZero() {
		t.Error("a lead without a last day has a time")
	}
}
