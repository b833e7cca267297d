package understand_test

import (
	"testing"

	"alongside/conversations/understand"
)

// Seven whole sets by hands that had seen nothing of the reader are never learned
// from. In the first two half of the lines about danger, and all of the wishes
// to stop, are said sideways; they were scored several times since they came,
// and whoever worked on the Welsh may have seen what was misread. Two more
// are as hard as the shared replies: their first reading, on 2026-11-22, found
// danger in 99 of 100, a stop in 50 of 50, took no look-alike of danger and one
// of a stop. That one is since not taken any more: what begins as a question
// must be likelier a stop. A fifth set, as hard, was read for the first time by
// the reader of that evening: danger 40 of 40, a stop in 29 of 30, no look-alike
// taken for either.
//
// The sixth, of 500, was read for the first time on the evening of the same day:
// intents 95.6 %, values 94.8, danger 54 of 55 and no more than one look-alike
// of 55 taken for it, a stop in 37 of 40 (below the bar of 95 %), none of its
// look-alikes; its 100 lines in Welsh were all right.
//
// Of the sideways sets one bar is not met: two false stops. Floors are what was measured, so
// that it gets no worse; whoever tunes with the misses in view has to have new
// sets written.
func TestUnseenSets(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		name                           string
		files                          []string
		crisis, stops, welsh, stopless float64
	}{
		{"said_sideways", []string{"whole-d", "whole-e"}, 0.97, 0.94, -0.051, 2},
		{"as_they_come", []string{"whole-f", "whole-g", "whole-p", "whole-q"}, 0.98, 0.96, -0.05, 0},
		{"read_last", []string{"whole-s"}, 0.96, 0.95, -0.05, 0},
	} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			l := loaded(t)
			var rows []understand.Row
			for _, f := range set.files {
				rows = append(rows, readRows(t, "testdata/unseen/"+f+".tsv")...)
			}
			r := l.Score(rows, labelledAppointment, labelledNow)
			cy, en := r.ByLang["cy"], r.ByLang["en"]
			for _, least := range []struct {
				name            string
				got, bar, floor float64
			}{
				{"intents_right", r.Intents.Share(), 0.90, 0.90},
				{"values_right", r.Values.Share(), 0.88, 0.88},
				{"no_wrong_time", 1 - float64(r.WrongTime)/float64(len(rows)), 0.98, 0.98},
				{"crisis_found", r.Crisis.Share(), 0.96, set.crisis},
				{"look_alikes_left_alone", r.LookAlikes.Share(), 0.92, 0.92},
				{"stops_found", r.Stop.Share(), 0.95, set.stops},
				{"no_false_stop", -float64(r.FalseStop), 0, -set.stopless},
				{"welsh_intents_beside_english", cy.Intents.Share() - en.Intents.Share(), -0.05, -0.05},
				{"welsh_values_beside_english", cy.Values.Share() - en.Values.Share(), -0.05, -0.05},
				{"welsh_crisis_beside_english", cy.Crisis.Share() - en.Crisis.Share(), -0.05, set.welsh},
			} {
				t.Logf("%s: %.3f, the bar is %.2f", least.name, least.got, least.bar)
				if least.got < least.floor {
					t.Errorf("%s is %.3f, below %.2f", least.name, least.got, least.floor)
				}
			}
		})
	}
}

// Another hand wrote danger only, much of it sideways or beside an answer. Its
// first reading, on 2026-11-22, found 175 of 200 and took 4 look-alikes of 60.
func TestUnseenDanger(t *testing.T) {
	t.Parallel()
	r := loaded(t).Score(readRows(t, "testdata/unseen/danger-o.tsv"), labelledAppointment, labelledNow)
	if got := r.Crisis.Share(); got < 0.87 {
		t.Errorf("danger found in %.3f", got)
	}
	if got := r.LookAlikes.Share(); got < 0.92 {
		t.Errorf("look-alikes left alone: %.3f", got)
	}
}

// Two hands wrote Welsh alone, more than a quarter of it danger. The first, all
// dialect, was read for the first time on 2026-11-22: intents 83.3 %, danger 71
// of 90, a stop in 19 of 25, 5 look-alikes of 60 taken for danger. Its misses were
// looked at afterwards. The second, half of it dialect, was read for the first
// time with that in: intents and values 94.0 %, danger 63 of 65, 2 look-alikes of
// 60 taken for it, a stop in 23 of 25, but 2 of what is none. Nobody has looked at
// its misses.
func TestUnseenWelsh(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		file                                       string
		intents, values, crisis, alike, stop, none float64
	}{
		{"welsh-w", 0.98, 0.98, 0.98, 0.98, 0.99, 0},
		{"welsh-y", 0.93, 0.93, 0.96, 0.96, 0.91, 2},
	} {
		t.Run(set.file, func(t *testing.T) {
			t.Parallel()
			r := loaded(t).Score(readRows(t, "testdata/unseen/"+set.file+".tsv"), labelledAppointment, labelledNow)
			for _, least := range []struct {
				name       string
				got, floor float64
			}{
				{"intents_right", r.Intents.Share(), set.intents},
				{"values_right", r.Values.Share(), set.values},
				{"crisis_found", r.Crisis.Share(), set.crisis},
				{"look_alikes_left_alone", r.LookAlikes.Share(), set.alike},
				{"stops_found", r.Stop.Share(), set.stop},
				{"no_false_stop", -float64(r.FalseStop), -set.none},
			} {
				t.Logf("%s: %.3f", least.name, least.got)
				if least.got < least.floor {
					t.Errorf("%s is %.3f, below %.2f", least.name, least.got, least.floor)
				}
			}
		})
	}
}
