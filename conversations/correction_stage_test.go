package conversations_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// correctable is what the caseload keeps with each text, so that a person can
// put its reading right: t1 is the first text (or press) of the dialogue.
type correctable struct {
	conversations.Corrected
}

// keepText notes a text as it comes in.
func (s *stage) keepText(e conversations.Event) {
	if e.Kind != conversations.EventText && e.Kind != conversations.EventButton {
		return
	}
	s.texts = append(s.texts, correctable{conversations.Corrected{
		Message: conversations.MessageID(fmt.Sprintf("t%d", len(s.texts)+1)), Channel: e.From.Channel, Open: s.state.Open,
	}})
}

// text is the one that an event is about.
func (s *stage) text(id conversations.MessageID) *correctable {
	for i := range s.texts {
		if s.texts[i].Message == id || id == "" && i == len(s.texts)-1 {
			return &s.texts[i]
		}
	}
	return nil
}

// applyCorrection does what the caseload does with the effects of corrections.
func (s *stage) applyCorrection(e conversations.Effect) (string, bool) {
	switch e := e.(type) {
	case conversations.Undoable:
		// It goes with nearly every text; the corrections show what was in it.
		if t := s.text(s.about); t != nil {
			t.Undo = e.Undo
		}
		return "", true
	case conversations.Correct:
		if t := s.text(e.Message); t != nil {
			t.Done, t.Now = true, e.Meaning
		}
		return fmt.Sprintf("%s is put right: %s", e.Message, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Meaning.Intent, e.Meaning.Date, e.Meaning.Clock))), true
	case conversations.ForgetAnswer:
		return fmt.Sprintf("answer to %s in %s forgotten", e.CheckIn, e.Message), true
	case conversations.SettleFlags:
		if e.Message == "" {
			return "", true
		}
		return fmt.Sprintf("flag %s of %s taken down", e.Reason, e.Message), true
	}
	return "", false
}

// correct reads "t2 change 2026-11-27 15:00 by=s2": what the second text meant.
func (s *stage) correct(t *testing.T, rest string) conversations.Event {
	t.Helper()
	f := strings.Fields(rest)
	e := conversations.Event{
		Kind: conversations.EventCorrected, Message: conversations.MessageID(f[0]), By: "s1",
		Meaning: conversations.Meaning{Intent: understand.Intent(f[1])},
	}
	for _, part := range f[2:] {
		if by, ok := strings.CutPrefix(part, "by="); ok {
			e.By = conversations.SpecialistID(by)
		} else if n, ok := strings.CutPrefix(part, "number="); ok {
			_, _ = fmt.Sscan(n, &e.Meaning.Number)
		} else if d, ok := strings.CutPrefix(part, "danger="); ok {
			e.Meaning.Danger = understand.Danger(d)
		} else if _, err := time.Parse(time.DateOnly, part); err == nil {
			e.Meaning.Date = part
		} else {
			e.Meaning.Clock = part
		}
	}
	text := s.text(e.Message)
	if text == nil {
		t.Fatalf("correct %q: there is no such text yet", rest)
	}
	c := text.Corrected
	s.facts.Corrected = &c
	return e
}

// free reads "free Thu 2026-12-03 11:00, Fri 2026-12-04 10:00"; "free none".
func (s *stage) free(t *testing.T, rest string) {
	t.Helper()
	s.facts.Free = nil
	for part := range strings.SplitSeq(rest, ",") {
		if part = strings.TrimSpace(part); part != "none" {
			s.facts.Free = append(s.facts.Free, s.time(t, part))
		}
	}
}

// with reads "with a1 Ann Price": who else will be there.
func (s *stage) with(rest string) {
	id, who, _ := strings.Cut(rest, " ")
	for i := range s.facts.Appointments {
		if s.facts.Appointments[i].ID == conversations.AppointmentID(id) {
			s.facts.Appointments[i].With = who
		}
	}
}

// lasts sets how long an appointment takes, in minutes.
func (s *stage) lasts(t *testing.T, fields []string) {
	t.Helper()
	minutes, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.facts.Appointments {
		if s.facts.Appointments[i].ID == conversations.AppointmentID(fields[0]) {
			s.facts.Appointments[i].Minutes = minutes
		}
	}
}
