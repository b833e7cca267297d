package store

import (
	"context"

	"alongside/store/caseload"
)

// The jobs. They are inserted in the transaction of the turn that caused them,
// carry ids only, and are worked by the schedule.
type (
	// ReminderArgs becomes conversations.EventReminder.
	ReminderArgs = caseload.ReminderArgs
	// SilenceArgs becomes a conversations.EventSilence.
	SilenceArgs = caseload.SilenceArgs
	// ReplanArgs becomes a conversations.EventSettings that plans reminders anew.
	ReplanArgs = caseload.ReplanArgs
	// HoursArgs looks again at what waits for a client; see [Store.Waiting].
	HoursArgs = caseload.HoursArgs
	// TimeoutArgs becomes conversations.EventTimeout.
	TimeoutArgs = caseload.TimeoutArgs
	// RetryTurnArgs runs a parked event again; see [Store.Park].
	RetryTurnArgs = caseload.RetryTurnArgs
	// AlertArgs decides who is told of an alert next; see [Store.DueAlert].
	AlertArgs = caseload.AlertArgs
	// PageArgs sends one page; see [Store.Page].
	PageArgs = caseload.PageArgs
	// RecallArgs becomes conversations.EventHoldDue.
	RecallArgs = caseload.RecallArgs
	// LeadClosingArgs says that a lead closes soon; see [Store.Lead].
	LeadClosingArgs = caseload.LeadClosingArgs
	// CheckInArgs becomes conversations.EventCheckIn, with the moment that it was
	// set for.
	CheckInArgs = caseload.CheckInArgs
	// TaskArgs becomes conversations.EventTask, likewise.
	TaskArgs = caseload.TaskArgs
	// FeedbackArgs becomes conversations.EventFeedback, likewise.
	FeedbackArgs = caseload.FeedbackArgs
	// JobConfig is what working the jobs needs.
	JobConfig = caseload.JobConfig
)

// StartJobs works jobs until stop is called, which lets those under way finish
// for as long as its context allows. On PostgreSQL it has connections of its
// own. The clock is the store's. A job may run more than once.
func (s *Store) StartJobs(ctx context.Context, config JobConfig) (stop func(context.Context) error, err error) {
	return s.caseload.StartJobs(ctx, config)
}
