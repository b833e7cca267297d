package conversations_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// absent reads what is known of silence and of who stands in.
func (s *stage) absent(t *testing.T, word, rest string) bool {
	t.Helper()
	fields := strings.Fields(rest)
	switch word {
	case "unanswered":
		// "2 7": so many questions, so many days.
		questions, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		days, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		s.rules.Pathway.Unanswered = conversations.Unanswered{Questions: questions, Days: days}
	case "cover":
		// "none"; "s2 Maria Mon 2026-12-07 00:00"; "lead - Mon …".
		s.facts.Cover = conversations.Cover{}
		if rest == "none" {
			return true
		}
		s.facts.Cover = conversations.Cover{Absence: "absence1", Until: s.time(t, strings.Join(fields[2:], " "))}
		if fields[0] != "lead" {
			s.facts.Cover.ID, s.facts.Cover.Name = conversations.SpecialistID(fields[0]), fields[1]
		}
	case "lead_person":
		s.rules.Pathway.Lead.Name = rest
	case "by":
		s.by = conversations.SpecialistID(strings.TrimPrefix(rest, "-"))
	default:
		return false
	}
	return true
}

// silence reads "silence" (its timer), or "silence Mon 2026-11-30 09:00": the one of another moment.
func (s *stage) silence(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	if word != "silence" {
		return conversations.Event{}, false
	}
	e := conversations.Event{Kind: conversations.EventSilence}
	switch {
	case rest != "":
		e.Due = s.time(t, rest)
	case s.state.Silence != nil:
		e.Due = time.UnixMilli(s.state.Silence.Due)
	}
	return e, true
}

// silence draws what was asked of a client who has not written since.
func (d dice) silence(s *stage) *conversations.Silence {
	w := conversations.Silence{Since: s.now.Add(-time.Duration(d("silent for", 300)) * time.Hour).UnixMilli()}
	if w.Told = d("told of silence", 3) == 0; w.Told {
		return &w
	}
	for i := range 1 + d("unheard", 3) {
		w.Asked = append(w.Asked, conversations.Unheard{
			Question: conversations.QuestionID("q" + strconv.Itoa(1+i)), At: w.Since + int64(i)*time.Hour.Milliseconds(),
		})
	}
	w.Due = s.now.Add(time.Duration(d("silence due", 100)-50) * time.Hour).UnixMilli()
	return &w
}
