package templates

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
)

// The years for which holidays are worked out when a pathway is loaded. A
// conversation never looks further ahead than a year, and what a government
// proclaims later has to be added by hand anyhow.
const (
	firstHolidays = 2026
	lastHolidays  = 2040
)

// The days that the library does not know, with their substitutes on GOV.UK's
// lists: a day off that falls on a weekend is the Monday after, and 2 January in
// Scotland gives way to the substitute of New Year's Day.
var (
	weekendToMonday = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}

	secondOfJanuary = &cal.Holiday{
		Name: "2nd January", Type: cal.ObservanceBank, Month: time.January, Day: 2, Func: cal.CalcDayOfMonth,
		Observed: []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 2}, {Day: time.Monday, Offset: 1}},
	}
	saintAndrew = &cal.Holiday{
		Name: "St Andrew's Day", Type: cal.ObservanceBank, Month: time.November, Day: 30, Func: cal.CalcDayOfMonth, Observed: weekendToMonday,
	}
	saintPatrick = &cal.Holiday{
		Name: "St Patrick's Day", Type: cal.ObservanceBank, Month: time.March, Day: 17, Func: cal.CalcDayOfMonth, Observed: weekendToMonday,
	}
	battleOfTheBoyne = &cal.Holiday{
		Name: "Battle of the Boyne", Type: cal.ObservanceBank, Month: time.July, Day: 12, Func: cal.CalcDayOfMonth, Observed: weekendToMonday,
	}
)

// holidayLists are the lists of public holidays that a pathway can name: the
// three of the United Kingdom, and none.
var holidayLists = map[string][]*cal.Holiday{
	"none":              nil,
	"england_and_wales": gb.Holidays,
	"scotland": {
		gb.NewYear, secondOfJanuary, gb.GoodFriday, gb.EarlyMay, gb.SpringHoliday, gb.SummerHolidayScotland, saintAndrew,
		gb.ChristmasDay, gb.BoxingDay,
	},
	"northern_ireland": append(slices.Clone(gb.Holidays), saintPatrick, battleOfTheBoyne),
}

// proclaimed are days that differ from the rules of a list: true is a holiday,
// false is none. Until now no such day is known from 2026 on (GOV.UK, November
// 2026); a service that closes on other days says so in its own file.
var proclaimed = map[string]map[string]bool{"england_and_wales": {}}

// holidays works out the days that count as no weekday.
func (c *pathwayCheck) holidays(h holidaysFile) map[string]bool {
	days := map[string]bool{}
	if c.present(h.List.line, "holidays: list") {
		list, ok := holidayLists[h.List.value]
		if !ok {
			c.fault(h.List.line, "holidays: list", "there is no list %q (there are: %s)", h.List.value,
				strings.Join(slices.Sorted(maps.Keys(holidayLists)), ", "))
		}
		for year := firstHolidays; year <= lastHolidays; year++ {
			for _, holiday := range list {
				// The day off is the observed one: a Christmas on a Saturday
				// moves to Monday, and the Saturday is no weekday anyhow.
				if _, observed := holiday.Calc(year); !observed.IsZero() {
					days[observed.Format(time.DateOnly)] = true
				}
			}
		}
		for day, holiday := range proclaimed[h.List.value] {
			set(days, day, holiday)
		}
	}
	for _, day := range h.Closed {
		if c.date("holidays: closed", day) {
			set(days, string(day.value), true)
		}
	}
	for _, day := range h.Open {
		if c.date("holidays: open", day) && !days[string(day.value)] {
			c.fault(day.line, "holidays: open", "%s is no holiday on the list", string(day.value))
			continue
		}
		set(days, string(day.value), false)
	}
	return days
}

// set keeps only the days that are holidays in the map.
func set(days map[string]bool, day string, holiday bool) {
	if holiday {
		days[day] = true
	} else {
		delete(days, day)
	}
}
