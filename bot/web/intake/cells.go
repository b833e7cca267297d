package intake

import (
	"strconv"
	"strings"
	"time"
)

// yes reads a cell that is yes or no; empty is no.
func (p *plan) yes(r row, name string) bool {
	switch strings.ToLower(r.get(name)) {
	case "", "no", "n", "false", "0", "na", "nage":
		return false
	case "yes", "y", "true", "1", "ie", "ydy":
		return true
	}
	p.fault(r.number, name, "This is neither yes nor no.")
	return false
}

// day reads a day, at its beginning in a zone; zero for an empty cell.
func (p *plan) day(r row, name string, zone *time.Location) time.Time {
	text := r.get(name)
	if text == "" {
		return time.Time{}
	}
	for _, form := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t
		}
	}
	p.fault(r.number, name, "This is no day. Write it as 2026-11-26 or 26/11/2026.")
	return time.Time{}
}

// clock reads a time of day in minutes after midnight; 0 for an empty cell.
func (p *plan) clock(r row, name string) (minutes int) {
	text := r.get(name)
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, text); err == nil && t.Second() == 0 {
			return t.Hour()*60 + t.Minute()
		}
	}
	if text != "" {
		p.fault(r.number, name, "This is no time of day. Write it with 24 hours, as 14:00.")
	}
	return 0
}

// number reads a whole number from 0 to most; an empty cell is 0.
func (p *plan) number(r row, name string, most int) int {
	text := r.get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		p.fault(r.number, name, "This is no whole number from 0 to "+strconv.Itoa(most)+".")
		return 0
	}
	return n
}
