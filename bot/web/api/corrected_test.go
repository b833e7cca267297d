package api_test

import (
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// TestATextIsPutRightTwice has a yes put right to no, and back to yes: each
// time what the reading before had done is undone, and nothing else.
func TestATextIsPutRightTwice(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		sam := f.sam()
		john := f.detailed(sam, 481)
		at := time.Date(2026, time.November, 26, 14, 0, 0, 0, time.UTC)
		meeting := f.booked(john, at)
		f.arrives(conversations.Event{
			Kind: conversations.EventReminder, Client: conversations.ClientID(john), Before: 1440,
			Appointment: conversations.Appointment{ID: conversations.AppointmentID(meeting), At: at},
		})
		f.texts("+447700900481", "SM1", "i will be there")
		text := ""
		for _, m := range f.conversationOf(john).Messages {
			if m.Direction == "in" {
				text = m.ID
			}
		}
		said := len(f.conversationOf(john).Messages)
		stands := func(step, status string, cannot bool, told ...string) {
			f.Helper()
			thread := f.conversationOf(john)
			if got := thread.Appointments[0].Status; got != status {
				t.Errorf("%s: the appointment is %s, want %s", step, got, status)
			}
			if thread.has("cannot") != cannot || thread.has("not_undone") {
				t.Errorf("%s: flags %+v", step, thread.Flags)
			}
			var got []string
			for _, m := range thread.Messages[said:] {
				got = append(got, m.Words)
			}
			if strings.Join(got, " ") != strings.Join(told, " ") {
				t.Errorf("%s: the client was told %q, want %q", step, got, told)
			}
			said = len(thread.Messages)
		}
		put := func(intent string) {
			f.Helper()
			f.advance(time.Minute)
			f.do("POST", "/api/v1/clients/"+john+"/messages/"+text+"/correction", map[string]any{"intent": intent, "by": sam}).is(200)
		}
		stands("as it was read", "confirmed", false)
		put("cannot")
		stands("put right", "cannot", true, "correction.cannot")
		put("confirm")
		stands("put right again", "confirmed", false, "correction.confirmed")
		put("confirm")
		stands("the same once more", "confirmed", false)
		put("social")
		stands("it said nothing of the appointment", "booked", false, "correction.stands")
		put("confirm")
		stands("and yes after all: nothing wrong was said", "confirmed", false)
	})
}
