package understand_test

import (
	"testing"

	"alongside/conversations/understand"
)

// Each row stands for a class of phrasing; the words are nobody's.
func TestTimes(t *testing.T) {
	t.Parallel()
	const (
		appointment = understand.AskedAppointment
		reschedule  = understand.AskedReschedule
	)
	for _, row := range []struct {
		name  string
		asked understand.Asked
		text  string
		want  string
	}{
		// What is corrected is not what is meant.
		{"hour_corrected", reschedule, "tuesday at 10, no wait make it 11", "2026-11-24T11:00"},
		{"hour_corrected_by_sorry", reschedule, "weds at 1, sorry 2", "2026-11-25T14:00"},
		{"half_of_the_day_stays", reschedule, "friday 9am no 10", "2026-11-27T10:00"},
		{"day_corrected_hour_stays", reschedule, "monday at 2, actually tuesday", "2026-11-24T14:00"},
		{"both_corrected", reschedule, "monday 11. scrap that, weds half 2", "2026-11-25T14:30"},
		{"corrected_by_a_bare_no", reschedule, "mon 1pm. no, tues 3pm", "2026-11-24T15:00"},
		{"a_day_that_is_not_and_a_joke", reschedule, "30th of feb haha. no tuesday at 2", "2026-11-24T14:00"},
		{"no_correction_asks", reschedule, "monday at 2 tuesday at 3", "ambiguous"},
		{"a_sorry_for_something_else", reschedule, "sorry for the mess, tuesday at 2", "2026-11-24T14:00"},
		{"welsh_day_corrected", reschedule, "dydd Mawrth am dri, na sori, dydd Mercher", "2026-11-25T15:00"},
		// The same time, the same day, and moves from them.
		{"keep_the_hour", reschedule, "tuesday, but keep the same time please", "2026-11-24T14:00"},
		{"usual_hour", appointment, "could it be friday, usual time", "2026-11-27T14:00"},
		{"the_weekday_after", appointment, "could we do the tuesday after, same time", "2026-12-01T14:00"},
		{"the_weekday_after_that_day", reschedule, "the wednesday after thursday at 10", "2026-12-02T10:00"},
		{"a_weekday_after_without_the", reschedule, "tues after at 10", "2026-12-01T10:00"},
		{"a_weekday_after_the_day_named_before", reschedule, "cant do friday 4th dec so monday after at 1", "2026-12-07T13:00"},
		{"a_weekday_after_friday", reschedule, "friday, so monday after at 1", "2026-11-30T13:00"},
		{"after_what_somebody_does", reschedule, "tuesday after i take the dog out so say 10", "2026-11-24T10:00"},
		{"a_weekday_after_and_a_please", reschedule, "friday after pls", "2026-11-27"},
		{"after_an_hour", reschedule, "tuesday after 1", "ambiguous"},
		{"a_week_on_a_weekday", reschedule, "a week on thursday at 11", "2026-12-03T11:00"},
		{"a_weekday_week", reschedule, "thurs week, half 2", "2026-12-03T14:30"},
		{"next_weekday_may_be_either", reschedule, "next thurs at 2", "ambiguous"},
		{"welsh_weekday_after", reschedule, "llun ar ol am 1", "2026-11-30T13:00"},
		{"welsh_weekday_after_the_day_named", reschedule, "methu gwener, felly y dydd llun wedyn am 1", "2026-11-30T13:00"},
		{"the_one_after", reschedule, "not this thursday, the one after please", "2026-12-03"},
		{"a_weekday_after_something_else", reschedule, "the friday after mosque", "2026-11-27"},
		{"pushed_back_a_week", appointment, "can you push it back by a week", "2026-12-03T14:00"},
		{"half_an_hour_later_than_that", appointment, "could we start half an hour later than that", "T14:30"},
		{"brought_forward", appointment, "can you bring it forward by half an hour", "T13:30"},
		{"that_day_is_the_day_named", reschedule, "i work til 12 on tues, 3 that day is good", "2026-11-24T15:00"},
		{"welsh_same_day", appointment, "yr un diwrnod ond am bedwar", "2026-11-26T16:00"},
		// A refusal and a proposal.
		{"hour_against_hour", appointment, "can we do 11 not 2", "T11:00"},
		{"hour_refused_hour_proposed", appointment, "2pm doesnt work for me, 4 would", "T16:00"},
		{"day_refused_with_a_reason", reschedule, "not monday because of the vets, tues 1pm is ok", "2026-11-24T13:00"},
		{"days_refused_in_a_list", reschedule, "cant do mon, tues or weds, so friday at 2", "2026-11-27T14:00"},
		{"day_refused_and_an_hour_alone", reschedule, "not thursday, 3", "ambiguous"},
		{"refused_without_another", reschedule, "anything but tuesday", "ambiguous"},
		// Reasons are no proposals, and what follows from them is.
		{"reason_then_conclusion", reschedule, "im shattered til 11 on these tablets so tues at 1", "2026-11-24T13:00"},
		{"reasons_for_every_other_day", reschedule, "monday my mum has the car. tuesday is the dentist. so it will have to be friday at 1", "2026-11-27T13:00"},
		{"reason_behind_the_proposal", reschedule, "weds 1pm. tuesday is my grans funeral", "2026-11-25T13:00"},
		{"until_is_no_proposal", appointment, "lesson runs until 2:15. could we meet at 3?", "T15:00"},
		{"asked_at_the_end", appointment, "2pm is rough, quarter to 4?", "T15:45"},
		{"put_down_by_others", appointment, "another day please, they put me in at 2", ""},
		{"a_so_that_concludes_nothing", reschedule, "right so monday is the food bank and tuesday the nurse, so it has to be friday at 2", "2026-11-27T14:00"},
		{"work_ends_and_then", appointment, "im working til 3 on thursday so half 3", "2026-11-26T15:30"},
		{"asked_in_another_clause", appointment, "leave the job for now, can thursday be at 3", "2026-11-26T15:00"},
		// Days counted within weeks and months.
		{"two_weeks_tomorrow", reschedule, "two weeks tomorrow at 1", "2026-12-07T13:00"},
		{"two_weeks_on_a_weekday", reschedule, "2 weeks on monday at 11", "2026-12-07T11:00"},
		{"first_weekday_of_a_month", reschedule, "the first tuesday in december at 2", "2026-12-01T14:00"},
		{"last_weekday_of_the_month", reschedule, "last friday of this month, 3pm", "2026-11-27T15:00"},
		{"end_of_the_week_made_exact", reschedule, "end of the week, say fri at 3", "2026-11-27T15:00"},
		{"dinner_time_made_exact", reschedule, "weds dinner time, 12.30", "2026-11-25T12:30"},
		{"dinner_time_keeps_its_day", reschedule, "weds dinner time", "2026-11-25"},
		{"lunchtime_alone", reschedule, "lunchtime", "ambiguous"},
		{"not_this_one_but_the_next", reschedule, "not this thursday next thursday", "2026-12-03"},
		// Written otherwise.
		{"year_first", reschedule, "2026-12-03 at 13:00", "2026-12-03T13:00"},
		{"dashes", reschedule, "4-12-2026 3pm", "2026-12-04T15:00"},
		{"a_dotted_date_beside_a_clock", reschedule, "8.12 at 13:00", "2026-12-08T13:00"},
		{"a_dotted_pair_alone", reschedule, "7.12", "ambiguous"},
		{"hour_glued_to_at", reschedule, "wednesday at10", "2026-11-25T10:00"},
		{"h_between_hour_and_minutes", reschedule, "friday 10h30", "2026-11-27T10:30"},
		{"half_spelled_by_ear", reschedule, "tuesday haf past 10 in the mornin", "2026-11-24T10:30"},
		{"and_a_half", reschedule, "tuesday at three and a half", "2026-11-24T15:30"},
		{"quarter_after", reschedule, "friday at quarter after two", "2026-11-27T14:15"},
		{"weekday_with_a_slip", reschedule, "frdiay at 2", "2026-11-27T14:00"},
		{"welsh_eighteenth", reschedule, "Rhagfyr un deg wyth am ddau", "2026-12-18T14:00"},
		{"welsh_tuesday_with_its_date", reschedule, "Mawrth 24 am 2", "2026-11-24T14:00"},
		{"a_day_of_the_month_alone", reschedule, "25 at 3", "2026-11-25T15:00"},
		{"first_of_something_else", reschedule, "the first option, monday at 3", "2026-11-23T15:00"},
		{"a_number_that_is_no_hour", reschedule, "room 4 on friday at 2", "2026-11-27T14:00"},
		{"a_bit_later_made_exact", appointment, "a bit later, say 3.30", "T15:30"},
		{"welsh_short_ordinal", reschedule, "y 5ed o Ragfyr am ddau", "2026-12-05T14:00"},
		// To be asked back.
		{"from_one_hour_to_the_next", reschedule, "tuesday, 1 to 2 would be ok", "ambiguous"},
		{"two_days_free", reschedule, "im free mon and tues at 2", "ambiguous"},
		{"the_week_of_a_day", reschedule, "week commencing 7 december", "ambiguous"},
		{"one_or_if_not_another", reschedule, "tues 1 or if not tues 3", "ambiguous"},
		{"a_dashed_pair_and_an_hour", reschedule, "7-12 2pm", "ambiguous"},
		{"taken_back_and_nothing_instead", reschedule, "tuesday at 2, no hang on", "ambiguous"},
		{"after_a_day", reschedule, "after wednesday", "ambiguous"},
		{"before_a_day", reschedule, "before thursday", "ambiguous"},
		{"after_what_nobody_knows", reschedule, "after my exams", "ambiguous"},
		{"earlier", appointment, "could it be earlier", "ambiguous"},
		{"between_two_hours", reschedule, "between 2 and 3", "ambiguous"},
		{"one_hour_or_another", reschedule, "fri at 10 or 11", "ambiguous"},
		{"one_day_or_another", reschedule, "mon or tues", "ambiguous"},
		{"any_time_after", reschedule, "any time after 1", "ambiguous"},
		{"any_time_after_on_a_day", reschedule, "any time after 1 on tuesday", "2026-11-24"},
		{"a_day_that_is_not", reschedule, "32nd december at 2", "ambiguous"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row.asked, row.text)
			if got.Intent != understand.Change || got.Value() != row.want {
				t.Errorf("got %s %q (%s), want %q", got.Intent, got.Value(), got.Why, row.want)
			}
		})
	}
}

func TestNumbersAndLanguages(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		asked  understand.Asked
		text   string
		intent understand.Intent
		want   string
	}{
		{"corrected", understand.AskedScale, "2 no wait 4", understand.Rating, "4"},
		{"corrected_by_a_bare_no", understand.AskedScale, "4 no 3", understand.Rating, "3"},
		{"corrected_as_a_joke", understand.AskedScale, "1 jk 4", understand.Rating, "4"},
		{"one_or_another_and_then_one", understand.AskedScale, "3 or 4... no, 4", understand.Rating, "4"},
		{"answer_put_right", understand.AskedAppointment, "3 no wait 1", understand.Confirm, ""},
		{"stars", understand.AskedScale, "⭐⭐⭐", understand.Rating, "3"},
		{"by_ear", understand.AskedScale, "fore", understand.Rating, "4"},
		{"by_ear_with_thanks", understand.AskedScale, "thre thanks", understand.Rating, "3"},
		{"concluded", understand.AskedScale, "2 on monday, better since, so 4", understand.Rating, "4"},
		{"told_something_besides", understand.AskedScale, "sorry was asleep, 4", understand.Rating, "4"},
		{"out_of_five", understand.AskedScale, "2/5", understand.Rating, "2"},
		{"not_that_language", understand.AskedNone, "dont need the welsh, english is fine", understand.Language, "en"},
		{"no_more_of_that_language", understand.AskedNone, "no more welsh please, just english", understand.Language, "en"},
		{"the_language_spoken_badly", understand.AskedNone, "romanian please, i speak only little english", understand.Language, "ro"},
		{"welsh_not_that_language", understand.AskedNone, "dim Saesneg plis, Cymraeg", understand.Language, "cy"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row.asked, row.text)
			if got.Intent != row.intent || got.Value() != row.want {
				t.Errorf("got %s %q (%s), want %s %q", got.Intent, got.Value(), got.Why, row.intent, row.want)
			}
		})
	}
}

// The words for the places are taken out, whatever stands first.
func TestParts(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	for _, row := range []struct{ name, text, first, second string }{
		{"answers_before_the_places", "yes to the first no to the second", "yes", "no"},
		{"first_one_and_the_other", "yes to first one, no to the other", "yes", "no"},
		{"answers_behind_the_places", "first yes second no", "yes", "no"},
		{"second_before_first", "no to the second, yes to the first", "yes", "no"},
		{"welsh", "na i'r cyntaf, ie i'r ail", "na i'r", "ie i'r"},
		{"one_place", "yes to the first", "", ""},
		{"three_places", "first yes second no third no", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			first, second, ok := l.Parts(row.text)
			if ok != (row.first != "") || first != row.first || second != row.second {
				t.Errorf("%q: got %q and %q (%v), want %q and %q", row.text, first, second, ok, row.first, row.second)
			}
		})
	}
}
