package templates

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alongside/conversations"
)

// rawIPS is the general model as it is written.
func rawIPS(t testing.TB) string {
	t.Helper()
	raw, err := fs.ReadFile(pathways, "pathways/ips.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func loadPathway(t testing.TB, nameOrFile string) conversations.Pathway {
	t.Helper()
	p, err := Pathway(nameOrFile)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryPathwayLoadsAndIsSpoken(t *testing.T) {
	t.Parallel()
	w := load(t)
	for _, name := range PathwayNames() {
		p := loadPathway(t, name)
		for _, tag := range p.Languages {
			for _, key := range []string{"crisis.self", "crisis.overdose", "crisis.voices", "crisis.by_others", "crisis.other", "crisis.someone_else"} {
				for _, channel := range conversations.Channels {
					got, err := w.Render(Request{Key: key, Language: tag, Channel: channel, Crisis: p.Crisis})
					if err != nil {
						t.Fatal(err)
					}
					// More parts than this arrive one by one and out of order on
					// some phones (own judgement; no source).
					if got.Parts > 4 {
						t.Errorf("%s: %s in %s takes %d parts", name, key, tag, got.Parts)
					}
				}
			}
		}
	}
}

func TestGeneralModel(t *testing.T) {
	t.Parallel()
	got := loadPathway(t, "ips")
	want := conversations.Pathway{
		Name: "ips", Service: "Alongside", Languages: []string{"en", "cy"}, Reviewed: false,
		Sending: conversations.Hours{From: 600, To: 1080}, Reading: conversations.Hours{From: 540, To: 1020},
		Reminders: []int{4320, 1440}, AnswerWithin: 1440, LeadsAWeek: 1, AcknowledgeWithin: 15,
		Budget:     conversations.Budget{ADay: 1, AWeek: 3, Leads: 1, CheckIns: 1},
		Unanswered: conversations.Unanswered{Questions: 2, Days: 7},
		Basis:      "UK GDPR Articles 6(1)(e) and 9(2)(h). Agreeing to texts is a choice, and not the basis.",
		Keep:       conversations.Span{Months: 96},
	}
	if got.Zone.String() != "Europe/London" {
		t.Errorf("zone %s", got.Zone)
	}
	holidays, crisis := got.Holidays, got.Crisis
	got.Zone, got.Holidays, got.Crisis = nil, nil, nil
	// The way itself is held to its promises in pathway_plan_test.go.
	got.Specialist, got.Stages, got.Steps, got.Cadence, got.CheckIns, got.Feedback = nil, nil, nil, nil, nil, conversations.FeedbackRule{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, tag := range []string{"en", "cy"} {
		if c := crisis[tag]; c.ReviewedBy != "" || c.CheckedOn != "2026-11-22" {
			t.Errorf("%s: reviewed by %q, checked on %q", tag, c.ReviewedBy, c.CheckedOn)
		}
	}
	// GOV.UK, England and Wales.
	want3 := strings.Fields(`2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
		2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
		2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26`)
	var found []string
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		if iso := day.Format(time.DateOnly); holidays[iso] {
			found = append(found, iso)
		}
	}
	if diff := cmp.Diff(want3, found); diff != "" {
		t.Errorf("holidays (-want +got)\n%s", diff)
	}
}

// TestCrisisWordsGiveWhatTheyMust holds the reviewed words to DOMAIN.md: text
// routes before numbers, and nothing that a person who harms might read.
func TestCrisisWordsGiveWhatTheyMust(t *testing.T) {
	t.Parallel()
	for _, name := range PathwayNames() {
		for tag, c := range loadPathway(t, name).Crisis {
			for kind, text := range map[string]string{"self": c.Self, "voices": c.Voices, "by_others": c.ByOthers, "other": c.Other} {
				routes := strings.Index(text, "85258")
				if routes < 0 || routes > strings.Index(text, "999") || routes > strings.Index(text, "111") {
					t.Errorf("%s: %s: %s: a text route comes first, then 999 and 111", name, tag, kind)
				}
			}
			// Too much has been taken: nothing comes before 999.
			if i := strings.Index(c.Overdose, "999"); i < 0 || strings.Contains(c.Overdose[:i], "85258") || strings.Contains(c.Overdose[:i], "111") {
				t.Errorf("%s: %s: overdose: 999 comes first", name, tag)
			}
			rules, err := readWording(catalogue)
			if err != nil {
				t.Fatal(err)
			}
			// As if the person reads it who harms: no word of harm anywhere.
			for _, word := range []string{"harm", "hurt", "abuse", "safe", "police", "danger", "partner", "niwed", "brifo", "trais", "diogel", "heddlu", "perygl"} {
				if strings.Contains(strings.ToLower(c.ByOthers), word) {
					t.Errorf("%s: %s: by_others says %q", name, tag, word)
				}
			}
			if faults := rules.alarming(c.ByOthers); len(faults) > 0 {
				t.Errorf("%s: %s: %v", name, tag, faults)
			}
		}
	}
}

// TestPathwayRefuses spoils one place of the general model at a time.
func TestPathwayRefuses(t *testing.T) {
	t.Parallel()
	rules, err := readWording(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct{ from, to, want string }{
		"an_unknown_key":                   {"zone: Europe/London", "zoen: Europe/London", "field zoen not found"},
		"an_unknown_key_below":             {`to: "18:00" }`, `until: "18:00" }`, "field until not found"},
		"a_key_twice":                      {"zone: Europe/London", "zone: Europe/London\nzone: Europe/London", `mapping key "zone" already defined`},
		"no_yaml":                          {"name: ips", "name: [", "yaml"},
		"another_name":                     {"name: ips", "name: spi", "name: want the file's own name, ips"},
		"no_name":                          {"name: ips", "", "name: is missing"},
		"no_service":                       {"service: Alongside", "", "service: is missing"},
		"an_empty_service":                 {"service: Alongside", `service: " "`, "service: want one line of 1 to 30 characters"},
		"a_service_that_gives_itself_away": {"service: Alongside", "service: NHS Job Team", `service: "nhs" gives the service away`},
		"a_service_of_two_lines":           {"service: Alongside", `service: "A\nB"`, "service: want one line"},
		"a_service_that_is_a_list":         {"service: Alongside", "service: [a]", "cannot unmarshal"},
		"an_unknown_language":              {"[en, cy]", "[en, cy, gd]", `languages: there are no words in "gd"`},
		"a_language_twice":                 {"[en, cy]", "[en, cy, cy]", `languages: "cy" is there twice`},
		"no_language":                      {"[en, cy]", "[]", "languages: want at least one"},
		"a_language_without_crisis_words":  {"  cy:\n    reviewed_by", "  pl:\n    reviewed_by", `crisis: no words in "cy", a language of this pathway`},
		"crisis_words_in_another_language": {"[en, cy]", "[en]", `crisis: words in "cy", which is no language of this pathway`},
		"an_unknown_zone":                  {"Europe/London", "Europe/Camelot", `zone: "Europe/Camelot" is no zone`},
		"the_zone_of_the_machine":          {"Europe/London", "Local", `zone: "Local" is no zone`},
		"a_time_that_is_none":              {`"10:00"`, `"25:00"`, `sending: from: "25:00" is no time of day`},
		"a_time_without_its_quotes":        {`"10:00"`, `10`, `sending: from: "10" is no time of day`},
		"a_time_without_its_nought":        {`"09:00"`, `"9:00"`, `reading: from: "9:00" is no time of day`},
		"hours_that_end_before_they_begin": {`"18:00"`, `"09:00"`, "sending: ends before it begins"},
		"hours_without_an_end":             {`, to: "18:00" }`, " }", "sending: to: is missing"},
		"an_unknown_list_of_holidays":      {"list: england_and_wales", "list: narnia", `holidays: list: there is no list "narnia"`},
		"a_closed_day_that_is_none":        {"closed: []", "closed: [2026-02-30]", `holidays: closed: "2026-02-30" is no date`},
		"an_open_day_that_is_no_holiday":   {"open: []", "open: [2026-11-24]", "holidays: open: 2026-11-24 is no holiday on the list"},
		"a_reminder_of_nothing":            {"[4320, 1440]", "[4320, 0]", "reminders: 0: want minutes from 1 to 86400"},
		"reminders_in_another_order":       {"[4320, 1440]", "[1440, 4320]", "reminders: want the longest first"},
		"a_reminder_that_is_a_word":        {"[4320, 1440]", "[day]", "cannot unmarshal !!str `day` into int"},
		"no_time_to_answer":                {"answer_within: 1440", "answer_within: 0", "answer_within: 0: want minutes"},
		"no_reviewer":                      {"    reviewed_by: \"\"\n", "", "crisis: en: reviewed_by: is missing"},
		"no_day_of_the_check":              {"    checked_on: 2026-11-22\n", "", "crisis: en: checked_on: is missing"},
		"a_day_of_the_check_that_is_none":  {"checked_on: 2026-11-22", "checked_on: soon", `crisis: en: checked_on: "soon" is no date`},
		"blank_words":                      {"    by_others: |\n      Thank", "    by_others: \" \"\n    other2: |\n      Thank", "crisis: en: by_others: is blank"},
		"words_that_alarm_a_lock_screen":   {"Thank you for writing to me. Please", "If your life is at risk, please", `crisis: en: self: "risk" stands in the first 60 characters`},
		"words_that_a_carrier_acts_on":     {"try the word SHOUT", "try the word STOP", "STOP: a carrier acts on this word"},
		"words_that_are_too_long":          {"I am sorry that", strings.Repeat("I am sorry ", 200) + "that", "characters, and an SMS takes 1600"},
		"no_stages":                        {"stages:\n  - stage: referred\n    sends: [appointments]\n", "stages: []\nold:\n", "stages: is missing"},
		"an_unknown_stage":                 {"stage: referred", "stage: asked", `stages: stage: there is no "asked" (there are: referred, informal_chat,`},
		"a_stage_twice":                    {"stage: waiting", "stage: referred", `stages: stage: "referred" is there twice`},
		"an_unknown_matter":                {"sends: [appointments]", "sends: [gossip]", `stages: sends: there is no "gossip"`},
		"a_draft_in_one_language":          {"      cy: \"Helo, [eich enw] sydd yma. Mae eich ffurflen", "      de: \"Helo, [eich enw] sydd yma. Mae eich ffurflen", `stages: draft: no words in "cy"`},
		"a_draft_that_gives_itself_away":   {"Good news: there is a place", "Good news: your benefits adviser has a place", "stages: draft:"},
		"a_draft_that_invites_a_carrier":   {"Good news: there is a place", "Reply STOP for no. There is a place", "STOP: a carrier acts on this word"},
		"a_step_without_a_name":            {"step: better_off", "step: Better Off", `steps: step: "Better Off": want a name of its own`},
		"a_step_of_the_cadences_name":      {"step: better_off", "step: meeting", `steps: step: "meeting": want a name of its own`},
		"a_step_twice":                     {"step: better_off", "step: first_employer_contact", `steps: step: "first_employer_contact" is there twice`},
		"a_step_from_nothing":              {"from: job_offer", "from: the_start", `steps: from: there is no "the_start"`},
		"a_span_that_is_none":              {"within: 5 working days", "within: a fortnight", "steps: within: want a number and a unit"},
		"a_span_of_nothing":                {"within: 5 working days", "within: 0 days", "steps: within: want a number and a unit"},
		"a_step_at_a_stage_it_has_not":     {"stages: [active]", "stages: [informal_chat]", `steps: stages: this pathway has no stage "informal_chat"`},
		"a_step_text_too_long":             {"Advice on benefits", strings.Repeat("Advice ", 20), `in "en", want at most 80`},
		"a_cadence_without_a_rhythm":       {"{ from: started, every: 2 weeks }", "{ from: started }", "cadence: every: is missing"},
		"a_budget_below_nothing":           {"a_week: 3", "a_week: -1", "budget: a_week: -1: want a number from 0 to 20"},
		"a_check_in_every_hour":            {"FREQ=WEEKLY;BYDAY=FR", "FREQ=HOURLY", "check_ins: rule: nobody is asked more often than FREQ=DAILY"},
		"a_rule_that_is_none":              {"FREQ=WEEKLY;BYDAY=FR", "every Friday", "is no recurrence rule (RFC 5545)"},
		"a_check_in_of_two_kinds":          {"{ kind: first_day, from: job_start", `{ kind: first_day, rule: "FREQ=DAILY", from: job_start`, "check_ins: from: want either a rule or a milestone"},
		"an_unknown_check_in":              {"kind: payday", "kind: mood", `check_ins: kind: there is no "mood"`},
		"an_unknown_venue":                 {"\nstages:", "\nbarred_venues: [moon]\nstages:", `barred_venues: there is no "moon"`},
		"two_documents":                    {"answer_within: 1440", "answer_within: 1440\n---\n", "more than one document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := rawIPS(t)
			if !strings.Contains(raw, row.from) {
				t.Fatalf("the file does not hold %q", row.from)
			}
			_, err := parsePathway("dir/ips.yaml", []byte(strings.Replace(raw, row.from, row.to, 1)), rules)
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "dir/ips.yaml") {
				t.Errorf("error %v\nwant one that holds %q", err, row.want)
			}
		})
	}
}

func TestPathwayReportsAllFaultsAtOnceWithTheirLines(t *testing.T) {
	t.Parallel()
	raw := rawIPS(t)
	var want []string
	for _, row := range [][3]string{
		{"service: Alongside", "service: Job Team", "service: "},
		{"zone: Europe/London", "zone: Nowhere", "zone: "},
		{"[4320, 1440]", "[1, 2]", "reminders: "},
	} {
		line := strings.Count(raw[:strings.Index(raw, row[0])], "\n") + 1
		want = append(want, fmt.Sprintf("ips.yaml:%d: %s", line, row[2]))
		raw = strings.Replace(raw, row[0], row[1], 1)
	}
	raw += "more: 1\n"
	file := filepath.Join(t.TempDir(), "ips.yaml")
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Pathway(file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range append(want, fmt.Sprintf("line %d: field more not found", strings.Count(raw, "\n"))) {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant one that holds %q", err, want)
		}
	}
}

func TestPathwayOfItsOwnFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "valley.yaml")
	raw := strings.NewReplacer(
		"name: ips", "name: valley", `reviewed_by: ""`, `reviewed_by: Dr A. Example`,
		"closed: []", "closed: [2026-12-24]", "open: []", "open: [2026-12-28]", `to: "18:00"`, `to: "24:00"`,
	).Replace(rawIPS(t))
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	p := loadPathway(t, file)
	if p.Name != "valley" || !p.Reviewed || p.Sending.To != 1440 {
		t.Errorf("name %q, reviewed %t, sending %v", p.Name, p.Reviewed, p.Sending)
	}
	if !p.Holidays["2026-12-24"] || !p.Holidays["2026-12-25"] || p.Holidays["2026-12-28"] {
		t.Error("closed and open days are not those of the file")
	}
}

func TestPathwayIsReviewedOnlyInAllLanguages(t *testing.T) {
	t.Parallel()
	rules, err := readWording(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		en, cy string
		want   bool
	}{
		"nobody": {"", "", false}, "one_language": {"Dr A. Example", "", false}, "blanks": {"Dr A. Example", " ", false}, "both": {"Dr A. Example", "Dr B. Example", true},
	} {
		raw := strings.Replace(rawIPS(t), `reviewed_by: ""`, fmt.Sprintf("reviewed_by: %q", row.en), 1)
		if row.cy != "" {
			raw = strings.Replace(raw, "  cy:\n    reviewed_by: \"\"", fmt.Sprintf("  cy:\n    reviewed_by: %q", row.cy), 1)
		}
		p, err := parsePathway("ips.yaml", []byte(raw), rules)
		if err != nil || p.Reviewed != row.want {
			t.Errorf("%s: reviewed %t, %v; want %t", name, p.Reviewed, err, row.want)
		}
	}
}

func TestPathwayThatIsNotThere(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ nameOrFile, want string }{
		"a_name":      {"valley", "there are: camden, cpft, ips, nottingham, wethrive"},
		"no_name":     {"", "there is none of that name"},
		"a_file":      {"./valley.yaml", "no such file"},
		"a_folder":    {"../templates", "want a file"},
		"an_embedded": {"pathways/none.yaml", "no such file"},
	} {
		if _, err := Pathway(row.nameOrFile); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want one that holds %q", name, err, row.want)
		}
	}
}

// TestPathwayNeverPanics feeds the reader the general model with lines cut,
// doubled and replaced.
func TestPathwayNeverPanics(t *testing.T) {
	t.Parallel()
	rules, err := readWording(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(rawIPS(t), "\n")
	rapid.Check(t, func(t *rapid.T) {
		spoilt := make([]string, 0, len(lines))
		from := rapid.IntRange(0, len(lines)-1).Draw(t, "from")
		for i, line := range lines {
			if i >= from && i < from+4 {
				line = rapid.SampledFrom([]string{"", "- x", "x: &a [*a]", "  : ", "\t", "crisis: null", "name:", "!!binary x", line + line}).Draw(t, "line")
			}
			spoilt = append(spoilt, line)
		}
		_, _ = parsePathway("ips.yaml", []byte(strings.Join(spoilt, "\n")), rules)
	})
}

// TestTeamOfAPathway: who is told of danger, and what is wrong with it. No
// fault repeats a number or an address.
func TestTeamOfAPathway(t *testing.T) {
	t.Parallel()
	rules, err := readWording(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	with := func(from, to string) (conversations.Pathway, error) {
		raw := rawIPS(t)
		if !strings.Contains(raw, from) {
			t.Fatalf("the general model has no %q", from)
		}
		return parsePathway("pathways/ips.yaml", []byte(strings.Replace(raw, from, to, 1)), rules)
	}
	const nobody = `duty: { name: "", mobile: "", email: "" }`
	p, err := with(nobody, `duty: { name: Dee, mobile: "+44 7700 900555", email: duty@example.org }`)
	if want := (conversations.Staff{Name: "Dee", Mobile: "+447700900555", Email: "duty@example.org"}); err != nil || p.Duty != want {
		t.Errorf("%+v, %v", p.Duty, err)
	}
	for name, tt := range map[string]struct{ from, to, want string }{
		"no_country_code":    {nobody, `duty: { name: Dee, mobile: "07700 900555" }`, "duty: mobile"},
		"no_address":         {nobody, `duty: { name: Dee, email: "Dee 07700 900555" }`, "duty: email"},
		"nowhere_to_be_told": {nobody, `duty: { name: Dee }`, "duty: has a name"},
		"too_patient":        {"acknowledge_within: 15", "acknowledge_within: 600", "acknowledge_within"},
		"never":              {"acknowledge_within: 15", "acknowledge_within: 0", "acknowledge_within"},
		"a_flood_of_leads":   {"leads_a_week: 1", "leads_a_week: 50", "leads_a_week"},
		"no_bots_name":       {`telegram_bot: ""`, `telegram_bot: "x y"`, "telegram_bot"},
		"a_novel":            {`clinical_route: ""`, `clinical_route: "` + strings.Repeat("a", 1001) + `"`, "clinical_route"},
		"a_key_too_many":     {nobody, `duty: { pager: "1" }`, "pager"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := with(tt.from, tt.to); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "900555") {
				t.Errorf("%v", err)
			}
		})
	}
}

// GOV.UK's three lists, with their substitute days.
func TestHolidayLists(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"scotland": `2027-01-01 2027-01-04 2027-03-26 2027-05-03 2027-05-31 2027-08-02 2027-11-30 2027-12-27 2027-12-28
			2028-01-03 2028-01-04 2028-04-14 2028-05-01 2028-05-29 2028-08-07 2028-11-30 2028-12-25 2028-12-26`,
		"northern_ireland": `2027-01-01 2027-03-17 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-07-12 2027-08-30 2027-12-27 2027-12-28
			2028-01-03 2028-03-17 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-07-12 2028-08-28 2028-12-25 2028-12-26`,
	} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			p, err := parsePathway("ips.yaml", []byte(strings.Replace(rawIPS(t), "list: england_and_wales", "list: "+list, 1)), wording{})
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
				if iso := day.Format(time.DateOnly); p.Holidays[iso] {
					found = append(found, iso)
				}
			}
			if diff := cmp.Diff(strings.Fields(want), found); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
