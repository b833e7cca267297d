package store

import (
	"context"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// A specialist's diary for calendars outside; see package caseload for each.
type (
	// Calendar is one secret address at which a diary can be read.
	Calendar = caseload.Calendar
	// Entry is an appointment as a calendar outside needs it.
	Entry = caseload.Entry
)

// AddCalendar makes a secret address for a specialist's diary. The secret is
// returned once. [ErrNotFound] for an unknown specialist.
func (s *Store) AddCalendar(ctx context.Context, of conversations.SpecialistID) (id, secret string, err error) {
	return s.caseload.AddCalendar(ctx, of)
}

// Calendars lists the addresses of a specialist's diary that are in force.
func (s *Store) Calendars(ctx context.Context, of conversations.SpecialistID) ([]Calendar, error) {
	return s.caseload.Calendars(ctx, of)
}

// CalendarOf returns the calendar that a secret opens, or [ErrNotFound].
func (s *Store) CalendarOf(ctx context.Context, secret string) (Calendar, error) {
	return s.caseload.CalendarOf(ctx, secret)
}

// EndCalendar ends an address of a specialist's diary, or (empty) of anybody's;
// [ErrNotFound] if there is none in force with the id.
func (s *Store) EndCalendar(ctx context.Context, id string, of conversations.SpecialistID) error {
	return s.caseload.EndCalendar(ctx, id, of)
}

// Diary reads the appointments of a specialist's own clients from a moment on.
func (s *Store) Diary(ctx context.Context, of conversations.SpecialistID, from time.Time) ([]Entry, error) {
	return s.caseload.Diary(ctx, of, from)
}
