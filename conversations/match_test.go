package conversations_test

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
)

// john are the preferences of the example referral (DOMAIN.md): under 16 hours,
// no public, no shifts or late work, no lifting, no till, on foot or by
// bicycle; he wakes at eleven.
var john = conversations.Wishes{
	Below: 16, NotBefore: 11 * 60, NotAt: []conversations.Times{conversations.TimesEvenings, conversations.TimesNights, conversations.TimesShifts},
	Areas: []string{"NG9", "NG7"}, Avoids: []conversations.Trait{conversations.TraitPublic, conversations.TraitLifting, conversations.TraitTill},
}

// forty reads the 40 jobs, each with what a careful person said of it for John:
// that it fits, that one duty should be asked about, that something is not
// known, or the first thing that speaks against it.
func forty(t *testing.T) (jobs []conversations.Job, titles, said []string) {
	t.Helper()
	f, err := os.Open("testdata/leads/forty.psv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	lines := bufio.NewScanner(f)
	for first := true; lines.Scan(); first = false {
		if first {
			continue
		}
		col := strings.Split(lines.Text(), "|")
		if len(col) != 8 {
			t.Fatalf("%q has %d columns", lines.Text(), len(col))
		}
		var j conversations.Job
		j.Hours, _ = strconv.Atoi(col[1])
		if at, err := time.Parse("15:04", col[2]); err == nil {
			j.Starts = at.Hour()*60 + at.Minute()
		}
		for _, w := range strings.Fields(col[3]) {
			if !slices.Contains(conversations.AllTimes, conversations.Times(w)) {
				t.Fatalf("%q is no time", w)
			}
			j.Times = append(j.Times, conversations.Times(w))
		}
		j.Area, j.Traits = col[4], traits(t, col[5])
		for d := range strings.SplitSeq(col[6], ";") {
			text, rest, _ := strings.Cut(d, ":")
			j.Duties = append(j.Duties, conversations.Duty{Text: text, Traits: traits(t, rest)})
		}
		jobs, titles, said = append(jobs, j), append(titles, col[0]), append(said, col[7])
	}
	if len(jobs) != 40 {
		t.Fatalf("%d jobs", len(jobs))
	}
	return jobs, titles, said
}

func traits(t *testing.T, words string) []conversations.Trait {
	t.Helper()
	var list []conversations.Trait
	for _, w := range strings.Fields(words) {
		if !slices.Contains(conversations.Traits, conversations.Trait(w)) {
			t.Fatalf("%q is no trait", w)
		}
		list = append(list, conversations.Trait(w))
	}
	return list
}

// From a list of 40 jobs John is offered only those under 16 hours, not facing
// the public, not at night and within reach, and each says why.
func TestJohnsLeads(t *testing.T) {
	t.Parallel()
	jobs, titles, said := forty(t)
	fitting := 0
	for i, j := range jobs {
		m := conversations.MatchJob(j, john)
		var against []string
		for _, r := range m.Against() {
			what := string(r.Aspect)
			if r.Aspect == conversations.AspectTrait {
				what = string(r.Trait)
			}
			against = append(against, what)
		}
		switch said[i] {
		case "fits":
			if !m.Fits() || len(m.Ask()) > 0 || len(m.For()) < 4 {
				t.Errorf("%s: should fit: %+v", titles[i], m.Reasons)
			}
		case "ask", "unknown":
			if !m.Fits() || len(m.Ask()) == 0 {
				t.Errorf("%s: should be asked about: %+v", titles[i], m.Reasons)
			}
		default:
			if !slices.Contains(against, said[i]) {
				t.Errorf("%s: %s should speak against it, and %v does", titles[i], said[i], against)
			}
		}
		if !m.Fits() {
			continue
		}
		fitting++
		if j.Hours >= 16 || slices.Contains(j.Traits, conversations.TraitPublic) || slices.Contains(j.Times, conversations.TimesNights) {
			t.Errorf("%s is among those that fit", titles[i])
		}
		if len(m.For()) == 0 {
			t.Errorf("%s fits and does not say why", titles[i])
		}
	}
	if fitting < 15 || fitting > 25 {
		t.Errorf("%d of 40 fit", fitting)
	}
}

func TestMatchSaysWhyInParts(t *testing.T) {
	t.Parallel()
	got := conversations.MatchJob(conversations.Job{
		Hours: 13, Times: []conversations.Times{conversations.TimesEvenings},
		Duties: []conversations.Duty{{Text: "repair"}, {Text: "serve", Traits: []conversations.Trait{conversations.TraitPublic}}},
	}, john)
	want := conversations.Match{Reasons: []conversations.Reason{
		{Side: "for", Aspect: "hours", Number: 13, Limit: 16},
		{Side: "ask", Aspect: "start", Limit: 660},
		{Side: "against", Aspect: "times", Times: "evenings"},
		{Side: "ask", Aspect: "area"},
		{Side: "ask", Aspect: "trait", Trait: "public", Duty: "serve"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if m := conversations.MatchJob(conversations.Job{}, conversations.Wishes{}); !m.Fits() || len(m.Reasons) != 0 {
		t.Errorf("to whom nothing matters: %+v", m)
	}
}

// "Not for me, too many people" changes what John gets next.
func TestWhatWasSaidChangesWhatComesNext(t *testing.T) {
	t.Parallel()
	open := conversations.Wishes{Below: 16, NotBefore: 11 * 60}
	turnedDown := conversations.Job{Hours: 15, Starts: 12 * 60, Times: []conversations.Times{conversations.TimesAfternoons}, Area: "NG9", Traits: []conversations.Trait{conversations.TraitCrowds}}
	if !conversations.MatchJob(turnedDown, open).Fits() {
		t.Fatal("it did not fit before")
	}
	next := open.After(conversations.PreferFewerPeople, turnedDown)
	if conversations.MatchJob(turnedDown, next).Fits() {
		t.Error("the same fits again")
	}
	jobs, titles, _ := forty(t)
	fewer := 0
	for i, j := range jobs {
		before, after := conversations.MatchJob(j, open), conversations.MatchJob(j, next)
		if !before.Fits() && after.Fits() {
			t.Errorf("%s fits now, and a reason only narrows", titles[i])
		}
		if before.Fits() && !after.Fits() {
			fewer++
		}
	}
	if fewer == 0 {
		t.Error("nothing has changed")
	}
	if slices.Contains(open.Avoids, conversations.TraitCrowds) {
		t.Error("the wishes of before were changed")
	}
	if got := open.After(conversations.PreferFewerHours, turnedDown).Below; got != 15 {
		t.Errorf("fewer hours than 15: below %d", got)
	}
	if got := open.After(conversations.PreferLaterStart, turnedDown).NotBefore; got != 750 {
		t.Errorf("later than 12:00: not before minute %d", got)
	}
	if got := (conversations.Wishes{Areas: []string{"NG9"}}).After(conversations.PreferNearer, turnedDown).Areas; len(got) != 1 {
		t.Errorf("the last area is left out: %v", got)
	}
	for _, p := range conversations.Preferences {
		w := open.After(p, turnedDown)
		if p != conversations.PreferNotNow && p != conversations.PreferNearer && cmp.Equal(w, open) {
			t.Errorf("%s changes nothing", p)
		}
	}
}
