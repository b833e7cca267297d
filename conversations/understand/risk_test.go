package understand_test

import (
	"testing"

	"alongside/conversations/understand"
)

// The rows of risk.tsv are labelled only by whether somebody is in danger:
// crisis, or other for look-alikes whatever they say. No native speaker of
// Welsh has read them yet.
func TestRisk(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	for _, lang := range []string{"en", "cy"} {
		var found, alarms understand.Tally
		for _, row := range readRows(t, "testdata/risk/risk.tsv") {
			if row.Lang != lang {
				continue
			}
			got := l.Read(understand.Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: labelledAppointment, Now: labelledNow})
			if row.Intent == understand.Crisis {
				found.All++
				if got.Intent == understand.Crisis {
					found.Right++
				} else {
					t.Logf("missed %s %s: %s", row.ID, row.Text, got.Why)
				}
				continue
			}
			alarms.All++
			if got.Intent == understand.Crisis {
				alarms.Right++
				t.Logf("false alarm %s %s: %s", row.ID, row.Text, got.Why)
			}
		}
		t.Logf("%s: found %d of %d, false alarms %d of %d", lang, found.Right, found.All, alarms.Right, alarms.All)
		if found.Share() < 0.96 || alarms.Share() > 0.08 {
			t.Errorf("%s: found %.3f, false alarms %.3f", lang, found.Share(), alarms.Share())
		}
	}
}

// The rows of plain.tsv are danger in the plainest words: it is found whatever
// was asked.
func TestPlainDangerWhateverWasAsked(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	asked := []understand.Asked{
		understand.AskedNone, understand.AskedAppointment, understand.AskedReschedule, understand.AskedLead, understand.AskedScale,
		understand.AskedTask, understand.AskedOptin, understand.AskedConfirmTime, understand.AskedWhich,
	}
	for _, row := range readRows(t, "testdata/risk/plain.tsv") {
		for _, a := range asked {
			got := l.Read(understand.Query{Text: row.Text, Lang: row.Lang, Asked: a, Appointment: labelledAppointment, Now: labelledNow})
			if got.Intent != understand.Crisis {
				t.Errorf("%s with %s open: read as %s, want crisis", row.ID, a, got.Intent)
			}
		}
	}
}
