package figures

import (
	"time"

	"alongside/conversations"
)

// contacts are the direct contacts by month and kind: attended, and face to face,
// by telephone or by video (CPFT: direct contacts per month; MHSDS: consultation
// mechanisms 01, 02 and 11, attended). A text or a message counts nowhere (MHSDS:
// 09 and 10 are no access; rule 11). With employers it counts in the same way (IPS
// fidelity scale: frequent contact with employers).
func contacts(d *draft, name string, held []Held, p Period, now time.Time) {
	f := d.figure(name, Columns, "face_to_face", "telephone", "video", total)
	months := p.Months()
	begins := months[:len(months)-1]
	table := make([][3]int, len(begins))
	for _, h := range held {
		for k, m := range conversations.Mechanisms {
			if m == h.Mechanism && h.Month >= 0 && h.Month < len(table) {
				table[h.Month][k] += h.N
			}
		}
	}
	var columns [3][]id
	var totals []id
	for m, at := range begins {
		var parts []id
		for k := range columns {
			i := d.put(table[m][k])
			parts, columns[k] = append(parts, i), append(columns[k], i)
		}
		sum := d.sum(parts...)
		totals = append(totals, sum)
		if at.After(now) {
			d.row(f, Row{Month: at}, none, none, none, none)
			continue
		}
		d.row(f, Row{Month: at}, d.count(parts[0]), d.count(parts[1]), d.count(parts[2]), d.count(sum))
	}
	var below []id
	for k := range columns {
		below = append(below, d.sum(columns[k]...))
	}
	all := d.sum(below...)
	d.same(all, d.sum(totals...))
	d.row(f, Row{Name: total, Total: true}, d.count(below[0]), d.count(below[1]), d.count(below[2]), d.count(all))
	f.Empty = d.cells[all].n == 0
}
