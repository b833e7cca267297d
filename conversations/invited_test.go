package conversations_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// What our own texts invite people to write must do what the text says, in
// every state and in every language that we speak.

// invitation finds the words that a text invites: those behind "write:", "for
// example:" and their Welsh. What a specialist "asked me to write:" is no
// invitation.
var invitation = regexp.MustCompile(`(asked me to )?(?:(?:write|ysgrifennwch): ([a-z][a-z ]+[a-z])|(?:example|enghraifft): ([^."]+))`)

// invited says what each of these words does; the value reports whether it did.
var invited = map[string]struct {
	did func(effects []conversations.Effect, after conversations.State) bool
	// only limits the words to some questions: an example answers what is asked.
	only func(q *conversations.Question) bool
}{
	"no more texts": {did: stopped}, "dim mwy o negeseuon": {did: stopped},
	"call me": {did: wantsCall}, "ffoniwch fi": {did: wantsCall},
	"no more questions": {did: endsCheckIns}, "dim mwy o gwestiynau": {did: endsCheckIns},
	"wrong number": {did: doubts}, "rhif anghywir": {did: doubts},
	"text me again": {did: textsAgain}, "tecstiwch fi eto": {did: textsAgain},
	"not before 11am": {setsHours, asks(conversations.AskQuiet)}, "ddim cyn 11am": {setsHours, asks(conversations.AskQuiet)},
	"11am": {setsHours, asksSide(1)}, "5pm": {setsHours, asksSide(2)},
	"Friday 3pm": {readsBack, asks(conversations.AskReschedule)}, "dydd Gwener 3pm": {readsBack, asks(conversations.AskReschedule)},
}

func stopped(effects []conversations.Effect, _ conversations.State) bool {
	return slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		a, ok := e.(conversations.SetAgreement)
		return ok && a.Agreement == conversations.AgreementStopped
	})
}

func doubts(effects []conversations.Effect, _ conversations.State) bool {
	return slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		a, ok := e.(conversations.SetAgreement)
		return ok && a.Agreement == conversations.AgreementDoubted
	})
}

func wantsCall(effects []conversations.Effect, _ conversations.State) bool {
	return slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		f, ok := e.(conversations.RaiseFlag)
		return ok && f.Reason == conversations.FlagCallMe
	})
}

func endsCheckIns(effects []conversations.Effect, after conversations.State) bool {
	ended := slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		if set, ok := e.(conversations.Set); ok {
			return slices.Equal(set.Settings.Stop, []conversations.Matter{conversations.MatterCheckIns})
		}
		_, ok := e.(conversations.EndCheckIn)
		return ok
	})
	return ended && !stopped(effects, after)
}

func textsAgain(effects []conversations.Effect, _ conversations.State) bool {
	return slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		set, ok := e.(conversations.Set)
		return ok && set.Settings.PausedUntil != nil && set.Settings.PausedUntil.IsZero()
	})
}

func setsHours(effects []conversations.Effect, _ conversations.State) bool {
	return slices.ContainsFunc(effects, func(e conversations.Effect) bool {
		set, ok := e.(conversations.Set)
		return ok && (set.Settings.Wakes != nil && *set.Settings.Wakes == 11*60 || set.Settings.Rests != nil && *set.Settings.Rests == 17*60)
	})
}

func readsBack(_ []conversations.Effect, after conversations.State) bool {
	return after.Open != nil && after.Open.Kind == conversations.AskTime && after.Open.Clock == "15:00"
}

func asks(k conversations.QuestionKind) func(*conversations.Question) bool {
	return func(q *conversations.Question) bool { return q != nil && q.Kind == k }
}

func asksSide(side int) func(*conversations.Question) bool {
	return func(q *conversations.Question) bool {
		return q != nil && q.Kind == conversations.AskQuiet && q.Number == side
	}
}

func TestWhatIsInvitedIsDone(t *testing.T) {
	t.Parallel()
	rules := testRules(loadLexicons(t), time.UTC)
	now := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	at := now.AddDate(0, 0, 2)
	// One question of every kind, and none.
	states := []conversations.State{{}}
	for _, k := range conversations.QuestionKinds {
		if k == conversations.AskOptIn {
			continue // before there is an agreement: see the dialogues
		}
		for side := range 3 {
			if side > 0 && k != conversations.AskQuiet {
				continue
			}
			q := conversations.Question{
				ID: "q1", Kind: k, Put: 1, AskedAt: now.Add(-10 * time.Minute).UnixMilli(), Appointment: "a1", Stands: at.UnixMilli(), Number: side,
			}
			switch k {
			case conversations.AskLead, conversations.AskWhyNot:
				q.Appointment, q.Stands, q.Offer, q.Shown = "", 0, "o1", true
			case conversations.AskTask:
				q.Appointment, q.Stands, q.Task, q.Shown = "", 0, "k1", true
			case conversations.AskScale, conversations.AskFollowUp:
				q.Appointment, q.Stands, q.CheckIn, q.Shown = "", 0, "s1", true
			case conversations.AskTime:
				q.Date, q.Clock = "2026-11-27", "10:00"
			case conversations.AskWhich:
				q.Readings = []conversations.Meaning{
					{Intent: understand.Confirm, Appointment: "a1"}, {Intent: understand.Cannot, Appointment: "a1"},
				}
			case conversations.AskStopKind:
				q.Matter = conversations.MatterAppointments
			default:
			}
			states = append(states, conversations.State{Asked: 1, Open: &q})
		}
	}
	for _, lang := range []string{"en", "cy"} {
		file, err := os.ReadFile("../locales/active." + lang + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, m := range invitation.FindAllStringSubmatch(string(file), -1) {
			if words := m[2] + m[3]; words != "" && m[1] == "" && words != "I will text you here again" {
				found[words] = true
			}
		}
		if len(found) < 7 {
			t.Errorf("%s: only %v are invited", lang, found)
		}
		for words := range found {
			want, known := invited[words]
			if !known {
				t.Errorf("%s: %q is invited, and nothing says what it does", lang, words)
				continue
			}
			tried := 0
			for _, st := range states {
				if want.only != nil && !want.only(st.Open) {
					continue
				}
				tried++
				facts := conversations.Facts{
					Client:       conversations.Client{ID: "c1", Name: "John", Language: lang, Zone: time.UTC},
					Specialist:   conversations.Specialist{ID: "s1", Name: "Sam"},
					Reach:        []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}},
					Appointments: []conversations.Appointment{{ID: "a1", At: at, Status: conversations.Booked}},
					Offers:       []conversations.Offer{{ID: "o1", Lead: conversations.Lead{ID: "l1", Title: "PC repair assistant"}, Status: conversations.OfferOpen}},
					Tasks:        []conversations.Task{{ID: "k1", What: "update your CV", Status: conversations.TaskOpen}},
					CheckIns:     []conversations.CheckIn{{ID: "s1", Kind: conversations.CheckInWeek}},
				}
				if words == "text me again" || words == "tecstiwch fi eto" {
					facts.Client.PausedUntil = now.AddDate(0, 0, 7)
				}
				event := conversations.Event{
					Kind: conversations.EventText, Message: "t1", Client: "c1", Text: words,
					From: conversations.Address{Channel: conversations.SMS, Value: "+447700900123"},
				}
				after, effects := conversations.Next(rules, facts, st, event, now)
				if !want.did(effects, after) {
					open := conversations.QuestionKind("nothing")
					if st.Open != nil {
						open = st.Open.Kind
					}
					t.Errorf("%s: %q, with %s open, did %v", lang, words, open, effects)
				}
			}
			if tried == 0 {
				t.Errorf("%s: %q answers no question", lang, words)
			}
		}
	}
}

// What only sounds like a stop ends nothing by itself, whatever is open: neither
// all texts, nor the reminders.
func TestWhatIsNearAStopEndsNothing(t *testing.T) {
	t.Parallel()
	rules := testRules(loadLexicons(t), time.UTC)
	now := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	at := now.AddDate(0, 0, 2)
	for _, text := range []string{
		"no more questions", "any more jobs", "u text too much", "didnt get ur text", "please dont text me about jobs",
		"stop asking me that", "dont text me today", "stop it lol", "text me only on wednesdays", "dont text, ring me",
		"dim mwy o gwestiynau", "peidiwch tecstio fi heddiw",
	} {
		for _, open := range []*conversations.Question{
			nil,
			{ID: "q1", Kind: conversations.AskAppointment, Put: 1, AskedAt: now.UnixMilli(), Appointment: "a1", Stands: at.UnixMilli()},
			{ID: "q1", Kind: conversations.AskLead, Put: 1, AskedAt: now.UnixMilli(), Offer: "o1", Shown: true},
			{ID: "q1", Kind: conversations.AskScale, Put: 1, AskedAt: now.UnixMilli(), CheckIn: "s1", Shown: true},
		} {
			facts := conversations.Facts{
				Client:       conversations.Client{ID: "c1", Name: "John", Language: "en", Zone: time.UTC},
				Specialist:   conversations.Specialist{ID: "s1", Name: "Sam"},
				Reach:        []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}},
				Appointments: []conversations.Appointment{{ID: "a1", At: at, Status: conversations.Booked}},
				Offers:       []conversations.Offer{{ID: "o1", Lead: conversations.Lead{ID: "l1", Title: "PC repair assistant"}, Status: conversations.OfferOpen}},
				CheckIns:     []conversations.CheckIn{{ID: "s1", Kind: conversations.CheckInWeek}},
			}
			event := conversations.Event{
				Kind: conversations.EventText, Message: "t1", Client: "c1", Text: text,
				From: conversations.Address{Channel: conversations.SMS, Value: "+447700900123"},
			}
			after, effects := conversations.Next(rules, facts, conversations.State{Asked: 1, Open: open}, event, now)
			reminders := slices.ContainsFunc(effects, func(e conversations.Effect) bool {
				set, ok := e.(conversations.Set)
				return ok && slices.Contains(set.Settings.Stop, conversations.MatterAppointments)
			})
			if stopped(effects, after) || reminders {
				t.Errorf("%q ended texts: %v", text, effects)
			}
		}
	}
}
