package understand_test

import (
	"testing"

	"alongside/conversations/understand"
	"alongside/locales"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	t.Parallel()
	l, err := locales.Lexicons()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, text string
		what       understand.Named
		want       bool
	}{
		{"texts", "stop txting me", understand.NamesTexts, true},
		{"texts_in_welsh", "peidiwch â thecstio fi", understand.NamesTexts, true},
		{"no_texts", "make it stop", understand.NamesTexts, false},
		{"meeting", "cant do the appt", understand.NamesMeeting, true},
		{"mutated_meeting", "fy nghyfarfod i", understand.NamesMeeting, true},
		{"no_meeting", "cant do it", understand.NamesMeeting, false},
		{"place", "wheres it at", understand.NamesPlaceOrTime, true},
		{"no_place", "does it hurt", understand.NamesPlaceOrTime, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := l.Names(row.text, row.what); got != row.want {
				t.Errorf("%q: %v, want %v", row.text, got, row.want)
			}
		})
	}
	got := l.Clauses("dwi isio marw a peidiwch â tecstio, ok & bye")
	if diff := cmp.Diff([]string{"dwi isio marw", "peidiwch â tecstio", "ok", "bye"}, got); diff != "" {
		t.Errorf("clauses (-want +got):\n%s", diff)
	}
}
