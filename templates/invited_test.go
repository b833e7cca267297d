package templates

import (
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/locales"
)

// TestInvitedRepliesAreUnderstood: what a text tells a person to write is
// understood when they write it, whatever is open.
func TestInvitedRepliesAreUnderstood(t *testing.T) {
	t.Parallel()
	lexicons, err := locales.Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	w := load(t)
	for _, row := range []struct {
		tag, key, reply string
		want            understand.Intent
		asked           []understand.Asked
	}{
		{"en", "optin.question", "no more texts", understand.Stop, []understand.Asked{understand.AskedNone, understand.AskedOptin, understand.AskedAppointment}},
		{"cy", "optin.question", "dim mwy o negeseuon", understand.Stop, []understand.Asked{understand.AskedNone, understand.AskedOptin, understand.AskedAppointment}},
		{"en", "help", "call me", understand.CallMe, []understand.Asked{understand.AskedNone, understand.AskedAppointment}},
		{"cy", "help", "ffoniwch fi", understand.CallMe, []understand.Asked{understand.AskedNone, understand.AskedAppointment}},
		{"en", "low_answer.open", "call me", understand.CallMe, []understand.Asked{understand.AskedNone, understand.AskedAppointment}},
		{"cy", "low_answer.open", "ffoniwch fi", understand.CallMe, []understand.Asked{understand.AskedNone, understand.AskedAppointment}},
		{"en", "appointment.change_ask_again", "Friday 3pm", understand.Change, []understand.Asked{understand.AskedReschedule}},
		{"cy", "appointment.change_ask_again", "dydd Gwener 3pm", understand.Change, []understand.Asked{understand.AskedReschedule}},
	} {
		got, err := w.Render(request(find(t, w, row.key), row.tag, conversations.Telegram))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.Text, row.reply) {
			t.Errorf("%s in %s does not invite %q", row.key, row.tag, row.reply)
		}
		for _, asked := range row.asked {
			r := lexicons.Read(understand.Query{
				Text: row.reply, Lang: row.tag, Asked: asked, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, london),
			})
			intent := r.Intent
			if asked == understand.AskedOptin && intent == understand.OptinNo {
				// A no to the opt-in question ends the texts just as well.
				intent = understand.Stop
			}
			if intent != row.want || r.Intent == understand.Change && r.When.String() != "2026-11-27T15:00" {
				t.Errorf("%q with %s open is read as %s %s, want %s", row.reply, asked, r.Intent, r.When, row.want)
			}
		}
	}
}
