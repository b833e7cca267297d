package conversations_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"alongside/conversations"
)

// FuzzNext plays a text, and then events drawn by the seed, against a drawn
// state, the facts kept in step as the caseload would: no promise of Next may
// break, and nothing may panic.
func FuzzNext(f *testing.F) {
	for i, text := range drawnTexts {
		f.Add(text, uint64(i))
	}
	for _, text := range []string{
		strings.Repeat("ok ", 300), "\x00", "\u202eabc", "9999999999999999999999", "1.5", "31/02 at 25:61", "٣", "Ｓtop", "st\u00adop", "👩‍👩‍👧‍👦",
		"yes\nno\nmaybe", "iawn but cant", "q1:confirm", "{{.name}}", "%s%n", "am pm am pm 3 3 3",
	} {
		f.Add(text, uint64(len(text)))
	}
	base := newStage(f, loadLexicons(f))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > conversations.MaxText {
			t.Skip("the doors let neither in")
		}
		r := rand.New(rand.NewPCG(seed, 1))
		d := dice(func(_ string, n int) int { return r.IntN(n) })
		s := *base
		facts, state, event := d.scene(&s)
		event.Kind, event.Text = conversations.EventText, text
		s.facts = facts
		for turn := range 6 {
			done, err := take(s.rules, s.facts, state, event, s.now)
			if err != nil {
				t.Fatalf("turn %d, %s: %v", turn, event.Kind, err)
			}
			s.keepText(event)
			for _, e := range done.effects {
				s.apply(e)
			}
			state = done.after
			s.facts.Corrected = nil
			s.now = s.now.Add(time.Duration(d("later", 30*60)) * time.Minute)
			s.forget()
			event = d.event(&s.facts, &s, state)
		}
	})
}

// forget leaves out of the facts what the caseload would not tell any more.
func (s *stage) forget() {
	var ahead []conversations.Appointment
	for _, a := range s.facts.Appointments {
		if a.At.After(s.now.Add(-4*time.Hour)) && a.Status != conversations.Cancelled {
			ahead = append(ahead, a)
		}
	}
	s.facts.Appointments = ahead
	var open []conversations.Task
	for _, k := range s.facts.Tasks {
		if k.Status != conversations.TaskDone && k.Status != conversations.TaskDropped {
			open = append(open, k)
		}
	}
	s.facts.Tasks = open
}
