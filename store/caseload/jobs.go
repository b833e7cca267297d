package caseload

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"alongside/conversations"
)

// ReminderArgs is the job that turns into EventReminder. Jobs carry ids only.
type ReminderArgs struct {
	Client      conversations.ClientID      `json:"client"`
	Appointment conversations.AppointmentID `json:"appointment"`
	// StandsMs is the start that the reminder is for, in Unix milliseconds.
	StandsMs int64 `json:"stands_ms"`
	// Before is the offset in minutes.
	Before int `json:"before"`
}

// Kind names the job.
func (ReminderArgs) Kind() string { return "reminder" }

// TimeoutArgs is the job that turns into EventTimeout.
type TimeoutArgs struct {
	Client   conversations.ClientID   `json:"client"`
	Question conversations.QuestionID `json:"question"`
	// Revision is that of the conversation by the turn that set the timer.
	Revision int64 `json:"revision"`
}

// Kind names the job.
func (TimeoutArgs) Kind() string { return "question_timeout" }

// RetryTurnArgs is the job that runs a parked event again; see Park.
type RetryTurnArgs struct {
	Message conversations.MessageID `json:"message"`
}

// Kind names the job.
func (RetryTurnArgs) Kind() string { return "turn_retry" }

// AlertArgs is the job that decides who is told of an alert next. It is inserted
// with the alert, with each decision, and when a page did not get through; one
// whose Step is not the alert's any more is stale.
type AlertArgs struct {
	Alert conversations.AlertID `json:"alert"`
	Step  int                   `json:"step"`
}

// Kind names the job.
func (AlertArgs) Kind() string { return "alert" }

// PageArgs is the job that sends one page of an alert, and tries again until
// it is sent or surely cannot be.
type PageArgs struct {
	Page string `json:"page"`
}

// Kind names the job.
func (PageArgs) Kind() string { return "alert_page" }

// RecallArgs is the job that turns into EventHoldDue.
type RecallArgs struct {
	Client conversations.ClientID `json:"client"`
}

// Kind names the job.
func (RecallArgs) Kind() string { return "hold_due" }

// LeadClosingArgs is the job that says that a lead closes soon to those to whom
// it was offered. It is inserted when the last day is set; one for another
// moment than the lead's is stale.
type LeadClosingArgs struct {
	Lead conversations.LeadID `json:"lead"`
	// ClosesMs is the moment that the job is for, in Unix milliseconds.
	ClosesMs int64 `json:"closes_ms"`
}

// Kind names the job.
func (LeadClosingArgs) Kind() string { return "lead_closing" }

// CheckInArgs is the job that turns into EventCheckIn. DueMs is the moment that it was set for, in
// Unix milliseconds: where another stands beside the series by now, it is stale.
type CheckInArgs struct {
	Client  conversations.ClientID  `json:"client"`
	CheckIn conversations.CheckInID `json:"check_in"`
	DueMs   int64                   `json:"due_ms"`
}

// Kind names the job.
func (CheckInArgs) Kind() string { return "check_in" }

// TaskArgs is the job that turns into EventTask; see [CheckInArgs].
type TaskArgs struct {
	Client conversations.ClientID `json:"client"`
	Task   conversations.TaskID   `json:"task"`
	DueMs  int64                  `json:"due_ms"`
}

// Kind names the job.
func (TaskArgs) Kind() string { return "task" }

// FeedbackArgs is the job that turns into EventFeedback; see [CheckInArgs].
type FeedbackArgs struct {
	Client conversations.ClientID `json:"client"`
	DueMs  int64                  `json:"due_ms"`
}

// Kind names the job.
func (FeedbackArgs) Kind() string { return "feedback" }

// SilenceArgs is the job that turns into EventSilence. It is stale where the
// client has written since, or the silence is waited for until another moment.
type SilenceArgs struct {
	Client conversations.ClientID `json:"client"`
	DueMs  int64                  `json:"due_ms"`
}

// Kind names the job.
func (SilenceArgs) Kind() string { return "silence" }

// ReplanArgs is the job that plans the reminders of a client anew, because the
// offsets of their specialist were changed.
type ReplanArgs struct {
	Client conversations.ClientID `json:"client"`
}

// Kind names the job.
func (ReplanArgs) Kind() string { return "replan" }

// HoursArgs is the job that looks again at what waits for a client, because the
// hours in which they may be texted changed.
type HoursArgs struct {
	Client conversations.ClientID `json:"client"`
}

// Kind names the job.
func (HoursArgs) Kind() string { return "hours" }

// JobConfig is what working the jobs needs.
type JobConfig struct {
	Workers *river.Workers
	// Queues to work; nil means the default queue and that of deliveries to
	// other systems, with four workers each.
	Queues map[string]river.QueueConfig
	Logger *slog.Logger
}

const (
	// jobTimeout bounds one run of a job: a turn takes milliseconds.
	jobTimeout = 30 * time.Second
	// jobRescue is when a job whose process died is taken up by another: once it
	// can surely not be under way any more. River would wait an hour; a reminder
	// may not.
	jobRescue = 2 * jobTimeout
)

// StartJobs works jobs until stop is called, which lets those under way finish
// for as long as its context allows. The clock is the caseload's own.
func (c *Caseload) StartJobs(ctx context.Context, config JobConfig) (stop func(context.Context) error, err error) {
	queues := config.Queues
	if queues == nil {
		queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}, hookQueue: {MaxWorkers: 4}}
	}
	return c.db.startJobs(ctx, &river.Config{
		Logger:               quieter(config.Logger),
		Queues:               queues,
		Workers:              config.Workers,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: jobRescue,
		Test:                 river.TestConfig{Time: clock(c.now)},
	})
}
