// Package feed is a specialist's diary for the calendars that other programs show:
// iCalendar (RFC 5545) at a secret address.
//
// Whoever has the address reads it without another key, and other companies keep
// what they read: it tells initials and times, never a name, a number or what an
// appointment is for, and a place only where that says nothing about anybody. It
// changes nothing, and the address stands in no log.
package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
)

// Pattern is the route; the secret is no part of it.
const Pattern = "GET /calendar/{file}"

// Path is where a diary is, below the address that people open.
func Path(secret string) string { return "/calendar/" + secret + ".ics" }

// back is how far a diary reaches into the past: what is longer ago, calendars
// have from before.
const back = 60 * 24 * time.Hour

// work bounds the work for one diary.
const work = 10 * time.Second

// Feed serves diaries.
type Feed struct {
	Store interface {
		CalendarOf(ctx context.Context, secret string) (store.Calendar, error)
		Diary(ctx context.Context, of conversations.SpecialistID, from time.Time) ([]store.Entry, error)
	}
	// Now is the one clock of the program.
	Now func() time.Time
	// Logger is given ids only.
	Logger *slog.Logger
}

// ServeHTTP answers with the diary of whoever the secret belongs to. What no
// secret opens is not found, whatever it looks like.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), work)
	defer cancel()
	secret, is := strings.CutSuffix(r.PathValue("file"), ".ics")
	missing := problem.New(http.StatusNotFound, "not_found", "There is no calendar at this address, or it was ended. Make another one, and give your calendar that address.")
	if !is || len(secret) < 20 || len(secret) > 60 || strings.ContainsFunc(secret, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		missing.Write(w)
		return
	}
	k, err := f.Store.CalendarOf(ctx, secret)
	if errors.Is(err, store.ErrNotFound) {
		missing.Write(w)
		return
	}
	var entries []store.Entry
	if err == nil {
		// From the beginning of a day, so that the same diary is the same all day.
		entries, err = f.Store.Diary(ctx, k.Specialist, f.Now().UTC().Truncate(24*time.Hour).Add(-back))
	}
	if err != nil {
		f.Logger.ErrorContext(ctx, "a diary could not be read", "request", w.Header().Get(problem.RequestHeader), "err", err)
		problem.Internal().Write(w)
		return
	}
	body := Write(entries)
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="alongside.ics"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// Write is the diary as iCalendar. The same entries give the same bytes.
func Write(entries []store.Entry) []byte {
	var b writer
	b.line("BEGIN:VCALENDAR")
	b.line("VERSION:2.0")
	b.line("PRODID:-//Alongside//Diary//EN")
	b.line("CALSCALE:GREGORIAN")
	b.line("METHOD:PUBLISH")
	b.line("X-WR-CALNAME:Alongside")
	b.line("REFRESH-INTERVAL;VALUE=DURATION:PT15M")
	b.line("X-PUBLISHED-TTL:PT15M")
	for _, e := range entries {
		b.entry(e)
	}
	b.line("END:VCALENDAR")
	return b.Bytes()
}

// writer writes content lines.
type writer struct{ bytes.Buffer }

// longest is how many bytes a line may have without its end (RFC 5545, 3.1).
const longest = 75

// line writes a content line, folded between characters where it is too long.
func (w *writer) line(text string) {
	room := longest
	for len(text) > room {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		w.WriteString(text[:cut] + "\r\n ")
		text, room = text[cut:], longest-1
	}
	w.WriteString(text + "\r\n")
}

// stamp is a moment in UTC.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// statuses are the words of RFC 5545 for what is known of an appointment.
var statuses = map[conversations.AppointmentStatus]string{
	conversations.Booked:      "TENTATIVE",
	conversations.ChangeAsked: "TENTATIVE",
	conversations.Confirmed:   "CONFIRMED",
	conversations.Cannot:      "CANCELLED",
	conversations.Cancelled:   "CANCELLED",
}

func (w *writer) entry(e store.Entry) {
	status := statuses[e.Status]
	w.line("BEGIN:VEVENT")
	w.line("UID:" + string(e.ID) + "@alongside")
	w.line("DTSTAMP:" + stamp(e.ChangedAt))
	w.line("CREATED:" + stamp(e.CreatedAt))
	w.line("LAST-MODIFIED:" + stamp(e.ChangedAt))
	w.line("SEQUENCE:" + strconv.FormatInt(e.Sequence, 10))
	w.line("DTSTART:" + stamp(e.At))
	if e.Minutes > 0 {
		w.line(fmt.Sprintf("DURATION:PT%dM", e.Minutes))
	}
	w.line("SUMMARY:" + escape(Initials(e.FullName)))
	if place := placeOf(e); place != "" {
		w.line("LOCATION:" + escape(place))
	}
	w.line("STATUS:" + status)
	w.line("CLASS:PRIVATE")
	if status == "CANCELLED" {
		w.line("TRANSP:TRANSPARENT")
	} else {
		w.line("TRANSP:OPAQUE")
	}
	w.line("END:VEVENT")
}

// placeOf is the place, where it says nothing about anybody: the place of an
// interview names an employer, that of an assessment a benefit or a clinic, and
// whoever is watched must not be found.
func placeOf(e store.Entry) string {
	if e.Guarded {
		return ""
	}
	switch e.Kind {
	case conversations.InformalChat, conversations.First, conversations.Regular, conversations.Review, conversations.Exit:
		return e.Place
	case conversations.Interview, conversations.FirstDay, conversations.Assessment, conversations.EmployerReview:
	}
	return ""
}

// Initials are the first letters of a name: J. M.
func Initials(name string) string {
	var out []string
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }) {
		if r, _ := utf8.DecodeRuneInString(part); unicode.IsLetter(r) {
			out = append(out, string(unicode.ToUpper(r))+".")
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return strings.Join(out, " ")
}

// escape is text as a value (RFC 5545, 3.3.11).
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(text)
}
