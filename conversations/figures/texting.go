package figures

import "alongside/conversations"

// texting is what texting does: how many texts came and how long those waited that
// needed a person (every text is shown to one within a working day); what was said
// to reminders; and whether meetings happened with a reminder and a yes and without.
// None of it is a contact.
func texting(d *draft, c Counted) {
	waited := c.Answers.Waiting
	for _, n := range c.Answers.Within {
		waited += n
	}
	f := d.figure("texts", "", "texts", share)
	all := d.put(c.Texts)
	d.cells[all].total = true
	person := d.among(min(waited, c.Texts), all)
	d.row(f, Row{Name: "received", Total: true}, d.count(all), none)
	d.row(f, Row{Name: "for_a_person"}, d.count(person), d.share(person, all))
	f.Empty = c.Texts == 0

	f = d.figure("answers", Bars, "texts", share)
	counts := append(c.Answers.Within[:], c.Answers.Waiting)
	_, sum := d.list(f, []string{"hour", "hours_4", "day", "days_3", "longer", "waiting"}, counts)
	if waited <= c.Texts {
		d.same(person, sum)
	}

	confirmations(d, c)
	attendance(d, c)
}

// confirmations are the meetings of the period whose time has come and that nobody
// called off, by what the client had said by then.
func confirmations(d *draft, c Counted) {
	var counts [4]int
	for _, m := range c.Meetings {
		switch m.Status {
		case conversations.Confirmed:
			counts[0] += m.N
		case conversations.ChangeAsked:
			counts[1] += m.N
		case conversations.Cannot:
			counts[2] += m.N
		case conversations.Booked:
			counts[3] += m.N
		case conversations.Cancelled:
		}
	}
	f := d.figure("confirmations", Bars, "meetings", share)
	d.list(f, []string{"confirmed", "change_asked", "cannot", "no_answer"}, counts[:])
}

// attendance is whether meetings happened: those that were confirmed, those of which
// a reminder went, and those without; only where somebody recorded it. That it
// differs does not say why.
func attendance(d *draft, c Counted) {
	var table [3][3]int
	for _, m := range c.Meetings {
		row := 2
		switch {
		case m.Status == conversations.Confirmed:
			row = 0
		case m.Reminded:
			row = 1
		}
		switch m.Attendance {
		case conversations.Attended:
			table[row][0] += m.N
		case conversations.Missed:
			table[row][1] += m.N
		case conversations.Excused:
			table[row][2] += m.N
		}
	}
	f := d.figure("attendance", "", "attended", "missed", "excused", total, "attended_share")
	var columns [3][]id
	var totals []id
	for r, name := range []string{"with_yes", "with_reminder", "without"} {
		var parts []id
		for k := range columns {
			i := d.put(table[r][k])
			parts, columns[k] = append(parts, i), append(columns[k], i)
		}
		sum := d.sum(parts...)
		totals = append(totals, sum)
		d.row(f, Row{Name: name}, d.count(parts[0]), d.count(parts[1]), d.count(parts[2]), d.count(sum), d.share(parts[0], sum))
	}
	var below []id
	for k := range columns {
		below = append(below, d.sum(columns[k]...))
	}
	all := d.sum(below...)
	d.same(all, d.sum(totals...))
	d.row(f, Row{Name: total, Total: true}, d.count(below[0]), d.count(below[1]), d.count(below[2]), d.count(all), d.share(below[0], all))
	f.Empty = d.cells[all].n == 0
}

// feedback is what clients think of the service, from 1 to 5 (CPFT: feedback from
// clients). It is for the lead.
func feedback(d *draft, c Counted) {
	if !c.HasFeedback {
		return
	}
	f := d.figure("feedback", Bars, "answers", share)
	given, sum := 0, 0
	for n := 1; n <= 5; n++ {
		given += c.Feedback[n]
		sum += n * c.Feedback[n]
	}
	d.list(f, []string{"number_5", "number_4", "number_3", "number_2", "number_1", "words_alone"}, []int{
		c.Feedback[5], c.Feedback[4], c.Feedback[3], c.Feedback[2], c.Feedback[1], c.Feedback[0],
	})
	tenths := 0
	if given > 0 {
		tenths = (20*sum + given) / (2 * given)
	}
	d.row(f, Row{Name: "mean"}, d.about(Tenths, tenths, d.imply(given)), none)
}
