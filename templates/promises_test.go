package templates

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
)

// What the services have promised (DOMAIN.md), each by its own name. The rows
// say what is recorded of a client, and what stands on the specialist's list at
// noon of a day; "late" follows a step whose day is over.
func TestPromises(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, pathway string
		stage         conversations.Stage
		reached       string // "accepted 2026-12-14, …"
		met           string // "first 2026-12-18, …"
		ahead         string
		now           string
		want          string // every due step, in order
	}{
		{"first_appointment_within_10_working_days", "wethrive", "accepted", "accepted 2026-12-14", "", "", "2026-12-15", "first_appointment by 2026-12-30"},
		{"first_appointment_on_its_last_day", "wethrive", "accepted", "accepted 2026-12-14", "", "", "2026-12-30", "first_appointment by 2026-12-30"},
		{"first_appointment_late", "wethrive", "accepted", "accepted 2026-12-14", "", "", "2026-12-31", "first_appointment by 2026-12-30 late"},
		{"first_appointment_met", "wethrive", "accepted", "accepted 2026-12-14", "first 2026-12-18", "", "2026-12-31", ""},
		{"a_text_is_no_first_appointment", "wethrive", "accepted", "accepted 2026-12-14", "", "", "2026-12-18", "first_appointment by 2026-12-30"},
		{"one_that_was_booked_does_not_meet_it", "wethrive", "accepted", "accepted 2026-12-14", "", "2026-12-21", "2026-12-18", "first_appointment by 2026-12-30"},

		{"weekly_in_month_1", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "first 2026-11-02", "", "2026-11-04", "meeting by 2026-11-09"},
		{"weekly_and_booked", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "first 2026-11-02", "2026-11-09", "2026-11-04", ""},
		{"weekly_and_booked_too_late", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "first 2026-11-02", "2026-11-12", "2026-11-10", "meeting by 2026-11-09 late"},
		{"fortnightly_in_month_2", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "regular 2026-12-03", "", "2026-12-04", "meeting by 2026-12-17"},
		{"fortnightly_stays_in_month_3", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "regular 2027-01-04", "", "2027-01-05", "meeting by 2027-01-18"},
		{"monthly_from_month_4", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "regular 2027-02-03, review 2027-02-03", "", "2027-02-04", "meeting by 2027-03-03"},

		{"4_weeks_to_an_employer", "wethrive", "active", "started 2026-11-02", "first 2026-11-02", "2026-11-09", "2026-11-04", "first_employer_contact by 2026-11-30"},
		{"4_weeks_to_an_employer_are_over", "wethrive", "active", "started 2026-11-02", "regular 2026-11-30", "2026-12-07", "2026-12-01", "first_employer_contact by 2026-11-30 late"},
		{"mid_way_review_is_not_shown_early", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "regular 2027-02-03", "2027-03-01", "2027-02-08", ""},
		{"mid_way_review", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "regular 2027-02-03", "2027-03-01", "2027-02-09", "midway_review by 2027-03-02"},
		{"mid_way_review_met", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "review 2027-02-24", "2027-03-24", "2027-03-05", ""},
		{"exit_interview_in_month_9", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03", "review 2027-02-24, regular 2027-07-01", "2027-07-20", "2027-07-05", "exit_interview by 2027-08-02"},
		{"better_off_at_any_job_offer", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03, job_offer 2026-12-18", "regular 2026-12-17", "2026-12-30", "2026-12-18", "better_off by 2026-12-29"},
		{"better_off_at_the_second_offer_too", "wethrive", "active", "started 2026-11-02, employer_contact 2026-11-03, benefits_advice 2026-11-20, job_offer 2026-12-18", "regular 2026-12-17", "2026-12-30", "2026-12-18", "better_off by 2026-12-29"},
		{"nine_months_again_after_a_return", "wethrive", "accepted", "started 2025-11-03, employer_contact 2025-11-20, exited 2026-08-03, accepted 2026-11-16", "first 2025-11-03, exit 2026-08-03", "2026-11-20", "2026-11-17", "first_appointment by 2026-11-30"},

		{"informal_chat_before_any_commitment", "nottingham", "informal_chat", "referred 2026-11-02", "", "", "2026-11-03", "informal_chat by 2026-11-16"},
		{"risk_assessment_is_asked_for", "nottingham", "accepted", "referred 2026-11-02, accepted 2026-11-09", "informal_chat 2026-11-05", "", "2026-11-10", "risk_assessment by 2026-12-07"},
		{"employer_follow_up_is_the_specialists", "nottingham", "in_work", "started 2026-09-01, employer_contact 2026-09-10, risk_assessed 2026-09-03, job_start 2026-11-02", "regular 2026-11-04", "2026-11-11", "2026-11-05", "employer_follow_up by 2026-11-16"},

		{"more_than_6_weeks", "camden", "in_work", "started 2026-06-01, employer_contact 2026-06-10, job_start 2026-10-05", "regular 2026-11-09", "2026-11-20", "2026-11-12", "kept_more_than_6_weeks by 2026-11-17"},
		{"retention_at_13_weeks", "camden", "in_work", "started 2026-06-01, employer_contact 2026-06-10, job_start 2026-08-03", "regular 2026-10-26", "2026-11-20", "2026-10-28", "kept_more_than_6_weeks by 2026-09-15 late; retention_13_weeks by 2026-11-02"},
		{"it_steps_down_and_never_ends", "camden", "in_work", "started 2024-06-03, employer_contact 2024-06-10, job_start 2025-06-02", "regular 2026-09-01", "", "2026-11-12", "kept_more_than_6_weeks by 2025-07-15 late; retention_13_weeks by 2025-09-01 late; retention_26_weeks by 2025-12-01 late; meeting by 2026-12-01"},
		{"between_jobs_ends_what_is_asked_of_work", "camden", "between_jobs", "started 2026-06-01, employer_contact 2026-06-10, job_start 2026-08-03, job_end 2026-09-01", "regular 2026-11-10", "2026-11-20", "2026-11-12", ""},
		{"weekly_in_the_first_month_of_work", "ips", "in_work", "started 2026-06-01, employer_contact 2026-06-10, job_start 2026-11-02", "regular 2026-11-03", "", "2026-11-04", "meeting by 2026-11-10"},
		{"nobody_is_asked_for_after_the_exit", "cpft", "exited", "started 2026-06-01, exited 2026-11-02", "", "", "2026-11-12", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := loadPathway(t, c.pathway)
			on := func(iso string) time.Time {
				at, err := time.ParseInLocation(time.DateOnly, iso, p.Zone)
				if err != nil {
					t.Fatal(err)
				}
				return at.Add(12 * time.Hour)
			}
			got := conversations.Progress{Stage: c.stage, Reached: map[conversations.Milestone]time.Time{}}
			for entry := range strings.SplitSeq(c.reached, ", ") {
				what, iso, _ := strings.Cut(entry, " ")
				if !slices.Contains(conversations.Milestones, conversations.Milestone(what)) {
					t.Fatalf("there is no milestone %q", what)
				}
				got.Reached[conversations.Milestone(what)] = on(iso)
			}
			for entry := range strings.SplitSeq(c.met, ", ") {
				if what, iso, ok := strings.Cut(entry, " "); ok {
					got.Met = append(got.Met, conversations.Met{Kind: conversations.AppointmentKind(what), At: on(iso)})
				}
			}
			for iso := range strings.SplitSeq(c.ahead, ", ") {
				if iso != "" {
					got.Ahead = append(got.Ahead, on(iso))
				}
			}
			var list []string
			for _, d := range p.Dues(got, on(c.now)) {
				line := d.Step + " by " + d.By.Format(time.DateOnly)
				if d.Late {
					line += " late"
				}
				list = append(list, line)
			}
			if s := strings.Join(list, "; "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// No work before the risk assessment (Nottingham): the stage cannot be entered.
func TestRiskAssessmentGatesWork(t *testing.T) {
	t.Parallel()
	p := loadPathway(t, "nottingham")
	if lacks := p.Lacks(conversations.StageInWork, nil); !slices.Equal(lacks, []conversations.Milestone{conversations.MilestoneRiskAssessed}) {
		t.Errorf("without it: %v", lacks)
	}
	if lacks := p.Lacks(conversations.StageInWork, map[conversations.Milestone]time.Time{conversations.MilestoneRiskAssessed: time.Now()}); len(lacks) > 0 {
		t.Errorf("with it: %v", lacks)
	}
}

// Every pathway says what its own service says, and nothing of work goes out at
// a stage without work.
func TestStagesOfEveryPathway(t *testing.T) {
	t.Parallel()
	if got := PathwayNames(); !slices.Equal(got, []string{"camden", "cpft", "ips", "nottingham", "wethrive"}) {
		t.Errorf("pathways: %v", got)
	}
	for _, name := range PathwayNames() {
		p := loadPathway(t, name)
		for _, r := range p.Stages {
			if r.InWork != (r.Stage == conversations.StageInWork) {
				t.Errorf("%s: %s: check-ins about work in hand: %t", name, r.Stage, r.InWork)
			}
			if r.Stage == conversations.StageExited && len(r.Sends) > 0 {
				t.Errorf("%s: something unasked goes to who has left", name)
			}
		}
		if p.Rule(conversations.StageBetweenJobs).Stage == "" || p.Rule(conversations.StageBetweenJobs).Draft == nil {
			t.Errorf("%s: losing a job is no step of it", name)
		}
		for _, st := range p.Steps {
			if tags := slices.Sorted(maps.Keys(st.Text)); len(tags) != len(p.Languages) {
				t.Errorf("%s: %s: words in %v", name, st.Name, tags)
			}
		}
	}
	if p := loadPathway(t, "wethrive"); len(p.BarredVenues) != 2 || p.Languages[0] != "cy" {
		t.Errorf("wethrive bars %v and writes %v", p.BarredVenues, p.Languages)
	}
	if p := loadPathway(t, "nottingham"); p.Rule(conversations.StageInformalChat).Stage == "" || len(p.BarredVenues) != 0 {
		t.Error("nottingham: no informal chat, or a venue is barred")
	}
}
