package store

import (
	"context"
	"errors"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Danger, and who was told of it; see package caseload for each.
type (
	// Alert is danger that a person has to read of now.
	Alert = caseload.Alert
	// AlertFilter says which alerts are wanted; the zero value is every one that
	// has no outcome.
	AlertFilter = caseload.AlertFilter
	// AlertPage is one telling of one alert to one person by one way.
	AlertPage = caseload.AlertPage
	// PageResult is what became of an attempt to send a page, or what the
	// provider reports of one.
	PageResult = caseload.PageResult
	// DueAlert is an alert with what deciding about it needs.
	DueAlert = caseload.DueAlert
)

// Alerts returns a page of the alerts that a filter asks for and the cursor of
// the next page, empty after the last. Those without an outcome come first, the
// longest waiting at the top; then, if the filter wants them, the closed ones,
// the latest at the top.
func (s *Store) Alerts(ctx context.Context, filter AlertFilter) (list []Alert, next string, err error) {
	return s.caseload.Alerts(ctx, filter)
}

// Alert returns one alert, or [ErrNotFound].
func (s *Store) Alert(ctx context.Context, id conversations.AlertID) (Alert, error) {
	return s.caseload.Alert(ctx, id)
}

// AcknowledgeAlert records that a person is on it, and returns the alert as it
// is now. It closes nothing; of several the first counts. By is a specialist's
// id, or duty or lead for the pathway's people, who are on no caseload: the
// caller has found out that there is such a person. [ErrNotFound] if there is
// none with the id.
func (s *Store) AcknowledgeAlert(ctx context.Context, id conversations.AlertID, by conversations.SpecialistID, now time.Time) (Alert, error) {
	a, err := s.caseload.AcknowledgeAlert(ctx, id, by, now)
	if err == nil {
		s.pages.client(a.Client)
	}
	return a, err
}

// longestOutcome bounds the outcome of an alert, in characters.
const longestOutcome = 2000

// CloseAlert records what became of an alert, which ends it, and returns it as
// it is now; who closes an alert that nobody had acknowledged acknowledges it.
// By is as in [Store.AcknowledgeAlert].
// An empty outcome is refused ([RefusedEmpty]), and so is a second one
// ([RefusedClosed]). [ErrNotFound] if there is none with the id.
func (s *Store) CloseAlert(
	ctx context.Context, id conversations.AlertID, outcome string, by conversations.SpecialistID, now time.Time,
) (Alert, error) {
	var c checks
	outcome = c.lines("outcome", outcome, true, longestOutcome)
	if err := c.err(); err != nil {
		return Alert{}, err
	}
	a, err := s.caseload.CloseAlert(ctx, id, outcome, by, now)
	if err == nil {
		s.pages.client(a.Client)
	}
	if errors.Is(err, caseload.ErrClosed) {
		err = &Refusal{Code: RefusedClosed, Field: "outcome", Text: "The outcome of this alert has been recorded already."}
	}
	return a, err
}

// Pages returns who was told of an alert, and how that went, in the order in
// which it was decided; none for an alert that is not there.
func (s *Store) Pages(ctx context.Context, alert conversations.AlertID) ([]AlertPage, error) {
	return s.caseload.Pages(ctx, alert)
}

// DueAlert returns what deciding about an alert needs, or [ErrNotFound]. An
// AlertArgs job whose Step is not DueAlert.Step is stale: another run has
// decided since.
func (s *Store) DueAlert(ctx context.Context, id conversations.AlertID) (DueAlert, error) {
	return s.caseload.DueAlert(ctx, id)
}

// AddPages writes down a decision: the pages to be sent now, each with a job
// that sends it (PageArgs), and when to decide again (a zero next means never),
// with a job for that (AlertArgs, with the next step). All of it or none.
//
// Step is DueAlert.Step, from which the decision was made. The error is
// [ErrConflict] if another decision came first or the alert was closed, and then
// there is nothing to do.
func (s *Store) AddPages(
	ctx context.Context, alert conversations.AlertID, step int, pages []conversations.Page, next, now time.Time,
) ([]AlertPage, error) {
	return s.caseload.AddPages(ctx, alert, step, pages, next, now)
}

// Page returns one page, or [ErrNotFound].
func (s *Store) Page(ctx context.Context, id string) (AlertPage, error) {
	return s.caseload.Page(ctx, id)
}

// RecordPage records what became of a page and returns it as it is now, or
// [ErrNotFound]. A report that would take the page back, as
// conversations.Delivery.After has it, changes nothing; Queued says that an
// attempt surely failed and is repeated.
//
// Where the page did not get through, as far as anybody can tell, the alert is
// decided about at once (an AlertArgs job, in the same transaction).
func (s *Store) RecordPage(ctx context.Context, id string, r PageResult, now time.Time) (AlertPage, error) {
	return s.caseload.RecordPage(ctx, id, r, now)
}
