package figures

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Period is a span of whole months for which figures are counted: a financial
// year, one of its quarters, or a month. The zero value is none.
type Period struct {
	// Name is how it is asked for: "2026" (the financial year that begins on
	// 1 April 2026), "2026-q3", "2026-11".
	Name string
	// From is its first moment, Until the first moment after it, both in the zone
	// of the service.
	From, Until time.Time
}

// yearBegins is the month in which the financial year of public services begins.
const yearBegins = time.April

// ParsePeriod reads the name of a period; false for anything else.
func ParsePeriod(name string, zone *time.Location) (Period, bool) {
	first, rest, parted := strings.Cut(name, "-")
	year, err := strconv.Atoi(first)
	if err != nil || len(first) != 4 || year < 2000 || year > 2199 {
		return Period{}, false
	}
	if !parted {
		return span(name, year, yearBegins, 12, zone), true
	}
	if quarter, ok := strings.CutPrefix(rest, "q"); ok {
		n, err := strconv.Atoi(quarter)
		if err != nil || strconv.Itoa(n) != quarter || n < 1 || n > 4 {
			return Period{}, false
		}
		return span(name, year, yearBegins+time.Month(3*(n-1)), 3, zone), true
	}
	month, err := strconv.Atoi(rest)
	if err != nil || fmt.Sprintf("%02d", month) != rest || month < 1 || month > 12 {
		return Period{}, false
	}
	return span(name, year, time.Month(month), 1, zone), true
}

// YearOf is the financial year in which a moment lies.
func YearOf(t time.Time) Period {
	year := t.Year()
	if t.Month() < yearBegins {
		year--
	}
	return span(strconv.Itoa(year), year, yearBegins, 12, t.Location())
}

func span(name string, year int, month time.Month, months int, zone *time.Location) Period {
	return Period{Name: name, From: first(year, month, zone), Until: first(year, month+time.Month(months), zone)}
}

func first(year int, month time.Month, zone *time.Location) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, zone)
}

// Year is the financial year that holds the period, Before the one before that.
func (p Period) Year() Period { return YearOf(p.From) }

// Before is the financial year before the period's own.
func (p Period) Before() Period {
	y := p.Year().From
	return span(strconv.Itoa(y.Year()-1), y.Year()-1, yearBegins, 12, y.Location())
}

// Months are the first moments of the period's months, and its end behind them.
func (p Period) Months() []time.Time {
	var list []time.Time
	for at := p.From; !at.After(p.Until); at = first(at.Year(), at.Month()+1, at.Location()) {
		list = append(list, at)
	}
	return list
}

// Kind is year, quarter or month.
func (p Period) Kind() string {
	switch len(p.Months()) - 1 {
	case 12:
		return "year"
	case 3:
		return "quarter"
	}
	return "month"
}

// Quarter is the number of the quarter in which the period begins, from 1.
func (p Period) Quarter() int { return (int(p.From.Month())-int(yearBegins)+12)%12/3 + 1 }

// Periods lists what can be chosen at a moment, the latest first: the financial
// year and the one before it, with their quarters and months that have begun.
func Periods(now time.Time) []Period {
	var list []Period
	this := YearOf(now)
	for _, y := range []Period{this, this.Before()} {
		list = append(list, y)
		year := y.From.Year()
		var parts []Period
		for q := range 4 {
			parts = append(parts, span(fmt.Sprintf("%d-q%d", year, q+1), year, yearBegins+time.Month(3*q), 3, now.Location()))
		}
		for m := range 12 {
			at := first(year, yearBegins+time.Month(m), now.Location())
			parts = append(parts, span(at.Format("2006-01"), at.Year(), at.Month(), 1, now.Location()))
		}
		parts = slices.DeleteFunc(parts, func(p Period) bool { return p.From.After(now) })
		quarters := slices.IndexFunc(parts, func(p Period) bool { return p.Kind() == "month" })
		slices.Reverse(parts[:quarters])
		slices.Reverse(parts[quarters:])
		list = append(list, parts...)
	}
	return list
}
