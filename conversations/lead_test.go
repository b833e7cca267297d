package conversations_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"alongside/conversations"

	"pgregory.net/rapid"
)

// What holds of leads and tasks whatever the state and the event.

func drawLeads(t *rapid.T, now time.Time) []conversations.Offer {
	titles := []string{"PC repair assistant", "Cafe assistant", "Bike repair"}
	var out []conversations.Offer
	for i := range rapid.IntRange(0, 3).Draw(t, "offers") {
		o := conversations.Offer{
			ID: conversations.OfferID(fmt.Sprintf("o%d", i+1)), At: now.Add(-48 * time.Hour),
			Status: rapid.SampledFrom(conversations.OfferStatuses).Draw(t, "offer status"),
			Lead:   conversations.Lead{Title: titles[i], Area: "Camden", Filled: rapid.IntRange(0, 4).Draw(t, "filled") == 0},
		}
		if rapid.Bool().Draw(t, "more is known") {
			o.Lead.More = "No till."
		}
		if rapid.Bool().Draw(t, "closes") {
			o.Lead.Closes = now.Add(time.Duration(rapid.IntRange(-24, 400).Draw(t, "in")) * time.Hour)
		}
		out = append(out, o)
	}
	return out
}

func drawTasks(t *rapid.T) []conversations.Task {
	what := []string{"update your CV", "ring the college"}
	var out []conversations.Task
	for i := range rapid.IntRange(0, 2).Draw(t, "tasks") {
		out = append(out, conversations.Task{
			ID: conversations.TaskID(fmt.Sprintf("t%d", i+1)), What: what[i],
			Status: rapid.SampledFrom([]conversations.TaskStatus{
				conversations.TaskOpen, conversations.TaskNotYet, conversations.TaskHelp,
			}).Draw(t, "task status"),
		})
	}
	return out
}

func drawLeadQuestion(t *rapid.T, s *stage, f conversations.Facts, n int) conversations.Question {
	q := conversations.Question{
		ID:      conversations.QuestionID(fmt.Sprintf("q%d", n)),
		Put:     rapid.IntRange(0, 2).Draw(t, "put"),
		Shown:   rapid.Bool().Draw(t, "shown"),
		AskedAt: s.now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "asked")) * time.Hour).UnixMilli(),
		Kind: rapid.SampledFrom([]conversations.QuestionKind{
			conversations.AskLead, conversations.AskWhyNot, conversations.AskTask, conversations.AskAppointment,
		}).Draw(t, "kind"),
	}
	switch q.Kind {
	case conversations.AskLead, conversations.AskWhyNot:
		q.Offer = rapid.SampledFrom([]conversations.OfferID{"o1", "o2", "o3"}).Draw(t, "about offer")
	case conversations.AskTask:
		q.Task = rapid.SampledFrom([]conversations.TaskID{"t1", "t2"}).Draw(t, "about task")
		q.Number = rapid.SampledFrom([]int{0, 2}).Draw(t, "help offered")
	default:
		if len(f.Appointments) > 0 {
			q.Appointment, q.Stands = f.Appointments[0].ID, f.Appointments[0].At.UnixMilli()
		}
	}
	return q
}

var leadTexts = []string{
	"1", "2", "3", "4", "yes", "ok", "no", "not for me ta", "right up my street that", "what days is it", "tell me more", "ive done the cv",
	"not yet", "help me", "done", "two buses each way, too far", "yes to the cafe one please", "the pc one isnt for me",
	"yes thursday is fine and yes to the job", "yes and ive done the cv", "actually yes id like that one", "ta x", "its the travel tbh",
	"i cant do weekends", "its his mum, he says yes please", "ring me", "any jobs?", "ie plis", "dim diolch", "ddim eto", "the cat ate it",
}

func drawLeadEvent(t *rapid.T, s *stage, f conversations.Facts) conversations.Event {
	e := conversations.Event{
		From: conversations.Address{Channel: conversations.SMS, Value: "x"},
		Text: rapid.SampledFrom(leadTexts).Draw(t, "text"),
		Kind: rapid.SampledFrom([]conversations.EventKind{
			conversations.EventText, conversations.EventText, conversations.EventText, conversations.EventButton,
			conversations.EventOffered, conversations.EventLeadChanged, conversations.EventTask, conversations.EventTimeout,
		}).Draw(t, "event"),
		Question: conversations.QuestionID(rapid.SampledFrom([]string{"q1", "q2", "q3"}).Draw(t, "question")),
		Task:     conversations.TaskID(rapid.SampledFrom([]string{"t1", "t2", "t9"}).Draw(t, "task")),
	}
	e.Button = string(e.Question) + ":" + string(rapid.SampledFrom(conversations.Choices).Draw(t, "choice"))
	e.Offer = conversations.Offer{ID: "o9", Lead: conversations.Lead{Title: "Warehouse packer", Filled: rapid.Bool().Draw(t, "filled now")}}
	if len(f.Offers) > 0 && rapid.Bool().Draw(t, "known offer") {
		filled := e.Offer.Lead.Filled
		e.Offer = rapid.SampledFrom(f.Offers).Draw(t, "offer")
		e.Offer.Lead.Filled, e.Offer.Lead.Closes = filled, s.now.Add(48*time.Hour)
	}
	return e
}

func drawLeadScene(t *rapid.T, s *stage) (conversations.Facts, conversations.State, conversations.Event) {
	s.now = time.Date(2026, 11, 23, 0, 0, 0, 0, s.zone).Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "now")) * time.Minute)
	f := s.facts
	f.Client.Detail = rapid.Bool().Draw(t, "detail")
	f.Client.Guarded = rapid.IntRange(0, 3).Draw(t, "guarded") == 0
	f.Client.Held = rapid.IntRange(0, 3).Draw(t, "held") == 0
	f.Client.LeadsAWeek = rapid.IntRange(0, 7).Draw(t, "a week")
	for _, m := range []conversations.Matter{conversations.MatterLeads, conversations.MatterTasks} {
		if rapid.IntRange(0, 3).Draw(t, "stopped") == 0 {
			f.Client.Stopped = append(f.Client.Stopped, m)
		}
	}
	f.Reach = []conversations.Reach{{Channel: conversations.SMS, Agreement: conversations.AgreementGiven}}
	f.Appointments, f.Offers, f.Tasks = rapidDice(t).appointments(s.now), drawLeads(t, s.now), drawTasks(t)
	st := conversations.State{Version: conversations.StateVersion, Asked: 9}
	if rapid.Bool().Draw(t, "open") {
		q := drawLeadQuestion(t, s, f, 1)
		q.Put = max(q.Put, 1)
		st.Open = &q
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "queue") {
		st.Queue = append(st.Queue, drawLeadQuestion(t, s, f, i+2))
	}
	if rapid.Bool().Draw(t, "closed") {
		q := drawLeadQuestion(t, s, f, 8)
		st.Closed = append(st.Closed, conversations.ClosedQuestion{
			ID: "q3", Kind: q.Kind, Offer: q.Offer, Task: q.Task, Appointment: q.Appointment, Stands: q.Stands,
			Choice: rapid.SampledFrom([]conversations.Choice{"", conversations.ChooseInterested, conversations.ChooseDone}).Draw(t, "chosen"),
		})
	}
	if rapid.IntRange(0, 3).Draw(t, "borrowed") == 0 {
		st.Borrowed = s.now.Add(-time.Hour).UnixMilli()
	}
	return f, st, drawLeadEvent(t, s, f)
}

// telling are the variables that say what a lead or a task is.
var telling = []string{"title", "area", "more", "task", "pay", "hours"}

func TestLeadsAndTasksHoldTheirPromises(t *testing.T) {
	t.Parallel()
	base := newStage(t, loadLexicons(t))
	rapid.Check(t, func(t *rapid.T) {
		s := *base
		facts, state, event := drawLeadScene(t, &s)
		after, effects := conversations.Next(s.rules, facts, state, event, s.now)
		if q := after.Open; q != nil && (q.Put < 1 || q.Put > 2) {
			t.Fatalf("the open question %s was put %d times", q.Kind, q.Put)
		}
		ids := map[conversations.QuestionID]bool{}
		for _, q := range after.Queue {
			if ids[q.ID] || after.Open != nil && after.Open.ID == q.ID {
				t.Fatalf("%s is there twice", q.ID)
			}
			ids[q.ID] = true
		}
		asked := 0
		for _, m := range says(effects) {
			named := slices.ContainsFunc(telling, func(v string) bool { return m.Vars[v] != nil })
			if m.Question != "" {
				asked++
				if after.Open == nil || after.Open.ID != m.Question {
					t.Fatalf("%s puts %s, which is not open", m.Key, m.Question)
				}
			}
			if m.Urgency == conversations.Prompt {
				if named && (!facts.Client.Detail || facts.Client.Guarded || after.Borrowed != 0) {
					t.Fatalf("%s names what it is about unasked", m.Key)
				}
				if m.Matter != conversations.MatterAppointments && m.Matter != "" && (facts.Client.Held || slices.Contains(facts.Client.Stopped, m.Matter)) {
					t.Fatalf("%s was said although it is on hold or stopped", m.Key)
				}
			}
			if named && after.Borrowed != 0 {
				t.Fatalf("%s tells somebody else what it is about", m.Key)
			}
		}
		if asked > 1 {
			t.Fatalf("%d questions in one turn", asked)
		}
		checkOffers(t, facts, effects)
	})
}

// checkOffers: only offers and tasks that are there are written, what is gone
// stays gone, and a yes always reaches a person.
func checkOffers(t *rapid.T, f conversations.Facts, effects []conversations.Effect) {
	flagged := map[conversations.FlagReason]bool{}
	for _, e := range effects {
		if r, ok := e.(conversations.RaiseFlag); ok {
			flagged[r.Reason] = true
		}
	}
	for _, e := range effects {
		switch e := e.(type) {
		case conversations.SetOffer:
			i := slices.IndexFunc(f.Offers, func(o conversations.Offer) bool { return o.ID == e.ID })
			if i < 0 {
				t.Fatalf("%s is no offer of this client", e.ID)
			}
			if e.Status == conversations.OfferInterested && (f.Offers[i].Lead.Filled || f.Offers[i].Status == conversations.OfferWithdrawn || !flagged[conversations.FlagInterested]) {
				t.Fatal("a yes to a lead that is gone, or that nobody hears of")
			}
		case conversations.SetTask:
			if e.Status == conversations.TaskHelp && !flagged[conversations.FlagTaskHelp] {
				t.Fatal("help is wanted, and nobody hears of it")
			}
		case conversations.Set:
			if n := e.Settings.LeadsAWeek; n != nil && (*n < 1 || *n > 7) {
				t.Fatalf("%d leads a week", *n)
			}
		}
	}
}
