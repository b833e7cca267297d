package figures

import "time"

// benchmarks of the field.
const (
	// workBenchmark is the share of out-of-work clients who find work in a good
	// service, in percent (IPS: 40 %).
	workBenchmark = 40
	// alike is the most of all job starts, in percent, that should be of one type (IPS
	// fidelity scale, diversity of jobs).
	alike = 30
)

// referrals are the referrals of the financial year, month on month, beside those
// of the year before (CPFT: cumulative referrals, year on year); and who referred
// the people of the period, with the share of primary care (IPS in primary care).
func referrals(d *draft, c Counted, p Period, now time.Time) {
	f := d.figure("referrals", Lines, "this_year", "last_year")
	year := p.Year()
	begun := 0
	for _, at := range year.Months()[:12] {
		if !at.After(now) {
			begun++
		}
	}
	this, all := d.running(c.Referred, begun)
	last, _ := d.running(c.ReferredBefore, 12)
	for m, at := range year.Months()[:12] {
		row := Row{Month: at}
		if at.After(now) {
			d.row(f, row, none, d.count(last[m]))
			continue
		}
		d.row(f, row, d.count(this[m]), d.count(last[m]))
	}
	f.Empty = d.cells[all].n == 0 && d.cells[last[11]].n == 0

	f = d.figure("sources", Bars, people, share)
	var names []string
	var counts []int
	for _, s := range Sources {
		names, counts = append(names, string(s)), append(counts, c.Sources[s])
	}
	unknown := 0
	for s, n := range c.Sources {
		if !knownSource(s) {
			unknown += n
		}
	}
	parts, sum := d.list(f, append(names, "not_recorded"), append(counts, unknown))
	var of []id
	for i, s := range Sources {
		if s.Primary() {
			of = append(of, parts[i])
		}
	}
	care := d.sum(of...)
	d.row(f, Row{Name: "of_primary_care"}, d.count(care), d.share(care, sum))
	if p.Name == year.Name {
		d.same(all, sum) // The year's referrals are those of its months.
	}
}

// running are the running totals of some months. What came in a month stands
// nowhere, but can be told from two totals that do: both are looked after. Of the
// months that have not begun everybody knows that nothing came.
func (d *draft) running(months [12]int, begun int) (list []id, last id) {
	at := d.put(months[0])
	list = append(list, at)
	for m, n := range months[1:] {
		if m+1 < begun {
			at = d.sum(at, d.imply(n))
		}
		list = append(list, at)
	}
	// A total of some months may go before that of the year does.
	for _, i := range list {
		d.cells[i].total = i == at
	}
	return list, at
}
