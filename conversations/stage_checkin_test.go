package conversations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"alongside/conversations"
)

// checkIn reads "s1 wellbeing Have you been outside today?".
func (s *stage) checkIn(t *testing.T, text string) {
	t.Helper()
	f := strings.Fields(text)
	if len(f) < 2 || !slices.Contains(conversations.CheckInKinds, conversations.CheckInKind(f[1])) {
		t.Fatalf("checkin %q: want id and kind", text)
	}
	s.facts.CheckIns = append(s.facts.CheckIns, conversations.CheckIn{
		ID: conversations.CheckInID(f[0]), Kind: conversations.CheckInKind(f[1]), Words: strings.Join(f[2:], " "),
	})
}

// personEvent reads the events of check-ins, feedback, calls and people.
func (s *stage) personEvent(t *testing.T, word, rest string) (conversations.Event, bool) {
	t.Helper()
	switch word {
	case "another_time":
		// "a1 Thu 2026-11-26 14:00", signed by whoever stands behind it.
		return conversations.Event{
			Kind: conversations.EventAttendance, Attendance: conversations.Missed, AnotherTime: true, By: "s1",
			Appointment: s.appointment(t, strings.Join(strings.Fields(rest)[:4], " ")), Signed: strings.Join(strings.Fields(rest)[4:], " "),
		}, true
	case "night":
		// "a1 Thu 2026-11-26 14:00": a message about it could not go within its hours.
		return conversations.Event{
			Kind: conversations.EventDropped, Channel: conversations.SMS, Message: "m1", Reason: "quiet_hours",
			Appointment: s.appointment(t, rest),
		}, true
	case "check_in":
		return conversations.Event{Kind: conversations.EventCheckIn, CheckIn: conversations.CheckInID(rest)}, true
	case "feedback":
		return conversations.Event{Kind: conversations.EventFeedback}, true
	case "ring":
		from, at, _ := strings.Cut(rest, " ")
		return conversations.Event{
			Kind: conversations.EventRing, Ring: s.time(t, at), RingFrom: strings.TrimPrefix(from, "-"), By: "s1",
		}, true
	case "settled":
		return conversations.Event{Kind: conversations.EventSettled, Channel: conversations.Channel(rest), By: "s1"}, true
	}
	return conversations.Event{}, false
}

// applyCheckIn does to the stage what the store does with answers.
func (s *stage) applyCheckIn(e conversations.Effect) string {
	switch e := e.(type) {
	case conversations.RecordAnswer:
		text := fmt.Sprintf("answer %s: %d", e.CheckIn, e.Number)
		if e.Again {
			text += " in place of the last"
		}
		return text
	case conversations.EndCheckIn:
		s.facts.CheckIns = slices.DeleteFunc(s.facts.CheckIns, func(c conversations.CheckIn) bool {
			return e.ID == "" || c.ID == e.ID
		})
		return strings.TrimSpace("check-ins ended " + string(e.ID))
	case conversations.RecordFeedback:
		return strings.TrimSpace(fmt.Sprintf("feedback: %d %s", e.Number, e.Message))
	}
	return ""
}
