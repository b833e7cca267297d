package figures

import (
	"slices"
	"time"
)

// outcomes are the people of the period: each once in a row, whatever number of
// jobs they had.
//
// Into work: a new paid job began (IPS: a job start counts after 4 paid hours;
// supported into work is unique people). Volunteering, moved towards goals (CPFT;
// here: somebody did a task of their action plan), a job kept that was at risk,
// and a job gone back to (Camden: retention and return).
func outcomes(d *draft, c Counted, p Period) {
	who := map[string]map[int]bool{"into_work": {}, "volunteering": {}, "retained": {}, "returned": {}}
	for _, j := range c.Jobs {
		if !begins(j, p) {
			continue
		}
		switch {
		case j.Work == Volunteering:
			who["volunteering"][j.Person] = true
		case j.Way == Retained:
			who["retained"][j.Person] = true
		case j.Way == Returned:
			who["returned"][j.Person] = true
		default:
			who["into_work"][j.Person] = true
		}
	}
	f := d.figure("outcomes", Bars, people)
	some := c.Moved > 0
	for _, name := range []string{"into_work", "volunteering", "moved", "retained", "returned"} {
		n := len(who[name])
		if name == "moved" {
			n = c.Moved
		}
		some = some || n > 0
		d.row(f, Row{Name: name}, d.count(d.put(n)))
	}
	f.Empty = !some
}

func begins(j Job, p Period) bool { return !j.Started.Before(p.From) && j.Started.Before(p.Until) }

// employment is how many of the people whose support began in the period, and who
// were out of work then, have started a paid job since (IPS: 40 %). A young period
// has had little time.
func employment(d *draft, c Counted) {
	in := 0
	for _, w := range c.Supported {
		if !w.Met.IsZero() {
			in++
		}
	}
	f := d.figure("employment", "", people, share)
	all := d.put(len(c.Supported))
	d.cells[all].total = true
	working := d.among(in, all)
	d.row(f, Row{Name: "supported", Total: true}, d.count(all), none)
	d.row(f, Row{Name: "in_work"}, d.count(working), d.share(working, all))
	f.Notes = append(f.Notes, Note{Name: "benchmark", N: workBenchmark})
	f.Empty = len(c.Supported) == 0
}

// jobs are the job starts of the period by type and by hours, and how many lasted.
//
// Of one type there should not be more than 30 % (IPS fidelity scale); the hours are
// parted at 15 and 29 a week (NHS England's dashboards). A job lasted 6 weeks if
// the post was kept for longer than that (Camden), 26 weeks if it was kept for as
// long. Sustained at 13 weeks is a person who worked for 13 weeks of the first 16,
// in one job or in several, in jobs of at least 7 hours a week (IPS in primary care);
// hours that nobody recorded are taken to be enough. Only starts for which that time
// is over are counted.
func jobs(d *draft, c Counted, p Period, now time.Time) {
	var starts []Job
	for _, j := range c.Jobs {
		if j.Work != Volunteering && (j.Way == NewJob || j.Way == "") && begins(j, p) {
			starts = append(starts, j)
		}
	}
	types := map[JobType]int{}
	hours := [4]int{}
	for _, j := range starts {
		kind := j.Type
		if !slices.Contains(JobTypes, kind) {
			kind = ""
		}
		types[kind]++
		switch {
		case j.Hours == 0:
			hours[3]++
		case j.Hours <= 15:
			hours[0]++
		case j.Hours <= 29:
			hours[1]++
		default:
			hours[2]++
		}
	}
	kinds := d.figure("job_types", Bars, "jobs", share)
	var names []string
	var counts []int
	for _, t := range JobTypes {
		names, counts = append(names, string(t)), append(counts, types[t])
	}
	parts, all := d.list(kinds, append(names, "not_recorded"), append(counts, types[""]))
	d.later = append(d.later, func() { tooAlike(d, kinds, parts[:len(JobTypes)], all) })

	f := d.figure("job_hours", Bars, "jobs", share)
	_, again := d.list(f, []string{"hours_15", "hours_29", "hours_more", "not_recorded"}, hours[:])
	d.same(all, again)

	f = d.figure("lasted", "", "begun", "lasted", share)
	for _, row := range []struct {
		name    string
		over    int // weeks after which it can be told
		lasting func(Job) bool
	}{
		{"weeks_6", 6, func(j Job) bool { return kept(j, 6) }},
		{"weeks_13", 16, func(j Job) bool { return sustained(j, c.Jobs, now) }},
		{"weeks_26", 26, func(j Job) bool { return kept(j, 26) }},
	} {
		n, lasting := 0, 0
		for _, j := range starts {
			if j.Started.AddDate(0, 0, 7*row.over).After(now) {
				continue
			}
			n++
			if row.lasting(j) {
				lasting++
			}
		}
		of := d.put(n)
		d.cells[of].total = true
		part := d.among(lasting, of)
		d.row(f, Row{Name: row.name}, d.count(of), d.count(part), d.share(part, of))
	}
	f.Empty = len(starts) == 0
}

// tooAlike warns where one type is more than its share of the jobs that have one.
func tooAlike(d *draft, f *Figure, parts []id, all id) {
	known := 0
	for _, i := range parts {
		known += d.cells[i].n
	}
	for k, i := range parts {
		if n := d.cells[i]; !n.hidden && !d.cells[all].hidden && known > 0 && n.n*100 > known*alike {
			f.Notes = append(f.Notes, Note{Name: "alike", Which: string(JobTypes[k]), N: alike})
		}
	}
}

// kept says whether a post was kept for some weeks.
func kept(j Job, weeks int) bool {
	return j.Ended.IsZero() || !j.Ended.Before(j.Started.AddDate(0, 0, 7*weeks))
}

// leastHours is how much a week a job has to be to count as sustained.
const leastHours = 7

// sustained says whether somebody worked for 13 weeks of the 16 after a start.
func sustained(start Job, all []Job, now time.Time) bool {
	from, until := start.Started, start.Started.AddDate(0, 0, 16*7)
	if until.After(now) {
		until = now
	}
	type spell struct{ from, until time.Time }
	var spells []spell
	for _, j := range all {
		if j.Person != start.Person || j.Work == Volunteering || j.Hours > 0 && j.Hours < leastHours {
			continue
		}
		s := spell{j.Started, j.Ended}
		if s.until.IsZero() || s.until.After(until) {
			s.until = until
		}
		if s.from.Before(from) {
			s.from = from
		}
		if s.from.Before(s.until) {
			spells = append(spells, s)
		}
	}
	slices.SortFunc(spells, func(a, b spell) int { return a.from.Compare(b.from) })
	worked, at := time.Duration(0), from
	for _, s := range spells { // Two jobs at once are one week, not two.
		if s.from.After(at) {
			at = s.from
		}
		if s.until.After(at) {
			worked += s.until.Sub(at)
			at = s.until
		}
	}
	return worked >= 13*7*24*time.Hour-time.Hour // A clock change is no missing hour.
}
