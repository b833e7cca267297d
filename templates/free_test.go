package templates

import (
	"testing"

	"alongside/conversations/understand"
	"alongside/locales"

	"github.com/google/go-cmp/cmp"
)

// TestCheckFree: what a person wrote to clients is held against what no text may
// say; the rest is asked about.
func TestCheckFree(t *testing.T) {
	t.Parallel()
	w := load(t)
	lexicons, err := locales.Lexicons("en", "cy")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, tag, text string
		want            []Finding
	}{
		{"plain", "en", "Hope today goes well. When does it start?", nil},
		{"welsh", "cy", "Gobeithio bod popeth yn mynd yn dda heddiw.", nil},
		{"empty", "en", "  ", []Finding{{Code: FindingEmpty, Refused: true}}},
		{"diagnosis", "en", "How is the depression?", []Finding{{Code: FindingPrivate, Found: "depress*", Refused: true}}},
		{"medicine", "en", "Did you get your new medication?", []Finding{{Code: FindingPrivate, Found: "medication*", Refused: true}, {Code: FindingLockScreen, Found: "medic*"}}},
		{"welsh_service_mutated", "cy", "Neges gan y tîm iechyd meddwl.", []Finding{
			{Code: FindingPrivate, Found: "iechyd meddwl", Refused: true}, {Code: FindingLockScreen, Found: "meddwl*"}, {Code: FindingLockScreen, Found: "iechyd*"},
		}},
		{"interview_is_asked_about", "en", "Good luck with the interview.", []Finding{{Code: FindingLockScreen, Found: "interview*"}}},
		{"reserved_in_capitals", "en", "Text STOP to end these.", []Finding{{Code: FindingReserved, Found: "stop", Refused: true}}},
		{"reserved_invited", "en", "Just reply yes if that is fine.", []Finding{{Code: FindingReserved, Found: "yes", Refused: true}}},
		{"reserved_alone", "en", "Cancel", []Finding{{Code: FindingReserved, Found: "cancel", Refused: true}}},
		{"reserved_in_passing", "en", "That was a good start, and no end of help.", nil},
		{"link", "en", "Look at bit.ly/3xYz please", []Finding{{Code: FindingLink, Found: "bit.ly/3xYz", Refused: true}}},
		{"phone", "en", "My number is 07700 900123.", []Finding{{Code: FindingPhone, Found: "07700 900123"}}},
		{"date_is_no_phone", "en", "See you on 26.11.2026 at 14.00", nil},
		{"blame", "en", "You missed us on Monday.", []Finding{{Code: FindingBlame, Found: "missed"}}},
		{"english_for_welsh", "cy", "I hope that your week is going well, see you soon.", []Finding{{Code: FindingLanguage, Found: "en"}}},
		{"welsh_for_english", "en", "Gobeithio bod popeth yn mynd yn dda, wela i di wythnos nesaf.", []Finding{{Code: FindingLanguage, Found: "cy"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for i := range row.want {
				row.want[i].Language = row.tag
			}
			if diff := cmp.Diff(row.want, w.CheckFree(map[string]string{row.tag: row.text}, lexicons)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	long := make([]byte, longestFree+1)
	for i := range long {
		long[i] = 'x'
	}
	got := w.CheckFree(map[string]string{"en": string(long)}, &understand.Lexicons{})
	if len(got) != 2 || got[0].Code != FindingLong || !got[0].Refused || got[1].Code != FindingParts || got[1].Refused {
		t.Errorf("too long: %+v", got)
	}
}
