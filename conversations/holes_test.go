package conversations

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations/understand"
	"alongside/locales"
)

// No text falls into a hole: whatever is understood of it, whatever is open and
// whatever was agreed, it ends with a change or a flag that a person sees, with
// a question that is shown to a person if nobody answers it, or with one of the
// few answers and silences that are listed here with their reasons.

// answered lists what may be answered without being shown to a person, because
// the caseload knows the answer.
var answered = map[understand.Intent]string{
	understand.NextAppointment: "the diary knows",
	understand.Help:            "what this is, and how to reach a person",
	understand.Start:           "already agreed: what this is",
	understand.MoreInfo:        "the lead says",
	understand.Keep:            "the appointment stays as it is",
	understand.Social:          "a hello, to which nobody need do anything",
}

// answeredTopics is the same for what a text is about.
var answeredTopics = map[understand.Topic]string{
	understand.TopicReaders: "who reads: the names of the team",
	"robot":                 "what this is",
	"who":                   "what this is, and how to reach a person",
	"private":               "who reads, and where it is kept",
	"source":                "where the number is from",
	"who_else":              "the diary knows, and the client wants names told",
	"where":                 "the diary knows",
	"when":                  "the diary knows",
	"howlong":               "the diary knows",
	"specialist":            "who is a person, and who is not",
	"jobs":                  "the lead that is open is shown again",
	"question":              "what the open question is for; it stays open",
}

// silent lists what may end in nothing at all.
var silent = map[understand.Intent]string{
	understand.Social:   "thanks, ok, bye: two who thank each other never end",
	understand.OptinYes: "a yes to nothing from somebody who has agreed",
}

// topics lists the topics of package understand, as they stand in its code.
func topics(t *testing.T) []understand.Topic {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "understand/understand.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var list []understand.Topic
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if !strings.HasPrefix(name.Name, "Topic") || i >= len(spec.Values) {
				continue
			}
			if lit, ok := spec.Values[i].(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(lit.Value)
				list = append(list, understand.Topic(text))
			}
		}
		return true
	})
	if len(list) < 7 {
		t.Fatalf("found only %d topics", len(list))
	}
	return list
}

// hole is one case: what was understood, what is open and what was agreed.
type hole struct {
	intent    understand.Intent
	topic     understand.Topic
	open      QuestionKind
	agreement Agreement
	language  string
	sure      int
	free      bool
	// detail says that the client wants to be told everything; alerted that an
	// alert is open.
	detail, alerted bool
}

// step sets the case up: John with everything that one can have.
func (h hole) step(l *understand.Lexicons, zone *time.Location) *step {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, zone)
	a := Appointment{
		ID: "a1", Kind: Regular, At: now.AddDate(0, 0, 3), Status: Booked, Place: "Cafe Nero", With: "Ann Price", Minutes: 30,
	}
	f := Facts{
		Client:     Client{ID: "c1", Name: "John", Language: h.language, Zone: zone, Detail: h.detail},
		Specialist: Specialist{ID: "s1", Name: "Sam"},
		Reach:      []Reach{{Channel: SMS, Agreement: h.agreement}}, Appointments: []Appointment{a},
		Offers:   []Offer{{ID: "o1", Lead: Lead{ID: "l1", Title: "PC repair"}, Status: OfferOpen, At: now.Add(-time.Hour)}},
		Tasks:    []Task{{ID: "k1", What: "look up job descriptions", Status: TaskOpen}},
		CheckIns: []CheckIn{{ID: "s1", Kind: CheckInWeek}},
	}
	f.Alerted = h.alerted
	if h.alerted {
		f.CrisisSaid = now.Add(-time.Hour)
	}
	if h.free {
		f.Free = []time.Time{now.AddDate(0, 0, 5), now.AddDate(0, 0, 6)}
	}
	st := State{Version: StateVersion, Asked: 3}
	if h.open != "" {
		q := Question{ID: "q3", Kind: h.open, Put: 1, AskedAt: now.Add(-time.Hour).UnixMilli(), Shown: true}
		switch h.open {
		case AskAppointment, AskReschedule, AskTime:
			q.Appointment, q.Stands = a.ID, a.At.UnixMilli()
			q.Date, q.Clock = "", ""
			if h.open == AskTime {
				q.Date, q.Clock = "2026-12-01", "15:00"
			}
			for _, at := range f.Free {
				q.Free = append(q.Free, at.UnixMilli())
			}
		case AskLead, AskWhyNot:
			q.Offer = "o1"
		case AskScale, AskFollowUp:
			q.CheckIn, q.Number = "s1", 2
		case AskTask:
			q.Task = "k1"
		case AskWhich:
			q.Stands = a.At.UnixMilli()
			q.Readings = []Meaning{{Intent: understand.Confirm, Appointment: "a1"}, {Intent: understand.Cannot, Appointment: "a1"}}
		case AskOptIn:
			q.Channel = SMS
		case AskFeedback, AskPause, AskQuiet, AskStopKind:
		}
		st.Open = &q
	}
	s := &step{
		rules: Rules{Lexicons: l, Pathway: Pathway{
			Languages: []string{"en", "cy"}, Zone: zone, Sending: Hours{From: 600, To: 1080}, Reading: Hours{From: 540, To: 1020},
			AnswerWithin: 24 * 60, Service: "the team", LeadsAWeek: 1, TelegramBot: "alongside_bot",
		}},
		facts: f, state: st, now: now,
		event: Event{Kind: EventText, From: Address{Channel: SMS, Value: "x"}, Text: "xqzt"},
	}
	s.reading = understand.Reading{Intent: h.intent, Topic: h.topic, Sure: h.sure, Lang: h.language}
	switch h.intent {
	case understand.Rating:
		s.reading.Number = 2
	case understand.Choose:
		s.reading.Number = 1
	case understand.Change:
		s.reading.When = understand.When{Date: "2026-12-01", Clock: "15:00"}
	case understand.Language:
		s.reading.Language = "cy"
	case understand.Crisis:
		s.reading.Danger = understand.DangerSelf
	default:
	}
	return s
}

// shown says whether the effects leave something that a person of the team sees.
func (h hole) shown(effects []Effect, state State) bool {
	return slices.ContainsFunc(effects, func(e Effect) bool {
		switch e := e.(type) {
		case RaiseFlag, RaiseAlert, SetAppointment, SetAgreement, SetOffer, SetTask, RecordAnswer, RecordFeedback, Set, SetLanguage,
			EndCheckIn, MakeLink, PreferChannel:
			return true
		case Say:
			// What is asked is shown to a person if nobody answers it.
			return e.Question != "" && state.Open != nil && state.Open.ID == e.Question && missed(state.Open.Kind)
		}
		return false
	})
}

func TestNoTextFallsIntoAHole(t *testing.T) {
	t.Parallel()
	lexicons, err := locales.Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	all, bad := 0, map[string]int{}
	check := func(h hole) {
		all++
		s := h.step(lexicons, zone)
		s.do(Understood{Reading: s.reading})
		s.respond()
		said := slices.ContainsFunc(s.effects, func(e Effect) bool { _, is := e.(Say); return is })
		switch {
		case h.shown(s.effects, s.state):
		case said && h.agreement == AgreementAsked && h.intent == understand.Help:
			// What this is, before they agree to it; the question stays open.
		case said && h.agreement == AgreementGiven && (answered[h.intent] != "" || answeredTopics[h.topic] != ""):
		case !said && silent[h.intent] != "" && (h.agreement == AgreementGiven || h.agreement == AgreementAsked):
		default:
			what := "silent"
			if said {
				what = "only answered"
			}
			bad[fmt.Sprintf("%s %s on %s, agreement %s: %s", h.intent, h.topic, h.open, h.agreement, what)]++
		}
	}
	kinds := append([]QuestionKind{""}, QuestionKinds...)
	for _, intent := range understand.Intents {
		for _, kind := range kinds {
			for _, language := range []string{"en", "cy"} {
				for _, sure := range []int{10, 50, 90} {
					for _, agreement := range Agreements {
						check(hole{intent: intent, open: kind, agreement: agreement, language: language, sure: sure})
					}
					for _, topic := range topics(t) {
						check(hole{intent: intent, topic: topic, open: kind, agreement: AgreementGiven, language: language, sure: sure, detail: sure == 50})
					}
					check(hole{intent: intent, open: kind, agreement: AgreementGiven, language: language, sure: sure, free: true})
					check(hole{intent: intent, open: kind, agreement: AgreementGiven, language: language, sure: sure, alerted: true})
				}
			}
		}
	}
	for what, n := range bad {
		t.Errorf("%s (%d times)", what, n)
	}
	t.Logf("%d cases", all)
}
