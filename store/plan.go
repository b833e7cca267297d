package store

import (
	"context"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Tasks of the action plan, check-ins and what clients think of the service;
// see package caseload for each.
type (
	// Task is a task of a client's action plan, as the team sees it.
	Task = caseload.Task
	// CheckIn is a series of check-ins that a client chose, as the team sees it.
	CheckIn = caseload.CheckIn
	// Answer is one answer to a check-in: a point of a plot, and not a measure of
	// health.
	Answer = caseload.Answer
	// Feedback is what a client thinks of the service. It is for the lead, not
	// for the specialist.
	Feedback = caseload.Feedback
)

// longestWords bounds what stands in the middle of a text of ours: a task
// behind "Did you get to", or a client's own question.
const longestWords = 80

// NewTask is a task to be added, as a person entered it.
type NewTask struct {
	Client conversations.ClientID
	// What is to be done, in a few words that fit behind "Did you get to".
	What string
	// Due is the day by which; zero if none was agreed.
	Due time.Time
	// Unasked says that the client does not want to be asked after it on its day;
	// Ask is the moment at which they are (see conversations.TaskAsk), zero for
	// never.
	Unasked bool
	Ask     time.Time
}

// AddTask adds a task that was agreed with the client. What was entered wrongly
// is refused, all of it at once: see [Refusals].
func (s *Store) AddTask(ctx context.Context, n NewTask) (conversations.TaskID, error) {
	var c checks
	checked := caseload.NewTask{Client: n.Client, What: c.line("what", n.What, true, longestWords), Due: n.Due, Unasked: n.Unasked, Ask: n.Ask}
	if err := c.err(); err != nil {
		return "", err
	}
	id, err := s.caseload.AddTask(ctx, checked)
	return id, knownClient(err)
}

// Tasks returns the tasks of a client, those that are done included, in the
// order in which they were added; of very many the latest 200. None for a client
// who is not on the caseload.
func (s *Store) Tasks(ctx context.Context, client conversations.ClientID) ([]Task, error) {
	return s.caseload.Tasks(ctx, client)
}

// TaskChange is what a person changes about a task; what is empty or nil stays.
type TaskChange struct {
	What   string
	Due    *time.Time // the zero time takes the day away
	Status conversations.TaskStatus
	// Remind says whether the client is asked after it on its day; Ask is the
	// moment, the zero time for never.
	Remind *bool
	Ask    *time.Time
}

// SetTask changes a task of the client and returns it as it is now. The error
// is a [Refusal], or [ErrNotFound] if the client has no such task.
func (s *Store) SetTask(ctx context.Context, client conversations.ClientID, id conversations.TaskID, change TaskChange) (Task, error) {
	var c checks
	checked := caseload.TaskChange{What: c.line("what", change.What, false, longestWords), Due: change.Due, Status: change.Status, Remind: change.Remind, Ask: change.Ask}
	if change.Status != "" && !slices.Contains(conversations.TaskStatuses, change.Status) {
		c.refuse("status", RefusedValue, "A task is open, done, not_yet, want_help or dropped.")
	}
	if err := c.err(); err != nil {
		return Task{}, err
	}
	return s.caseload.SetTask(ctx, client, id, checked)
}

// NewCheckIn is a series of check-ins that a client chose, as a person entered
// it.
type NewCheckIn struct {
	Client conversations.ClientID
	Kind   conversations.CheckInKind
	// Words are the client's own question, agreed with them; needed for
	// wellbeing and empty for every other kind.
	Words string
	// Rhythm is when it is asked by the clock; zero where only a person asks.
	Rhythm conversations.Rhythm
}

// Chosen checks a series that a client chose and gives it an id: whole as
// conversations.EventSettings takes it, whose turn writes it with its first
// moment. What was entered wrongly is refused, all of it at once: see [Refusals].
func (s *Store) Chosen(n NewCheckIn) (conversations.CheckIn, error) {
	words, err := n.checked()
	return conversations.CheckIn{ID: s.caseload.NewCheckInID(), Kind: n.Kind, Words: words, Rhythm: n.Rhythm}, err
}

// CheckRhythm refuses a rhythm that was entered wrongly; see [Refusals].
func CheckRhythm(r conversations.Rhythm) error {
	var c checks
	c.rhythm(r)
	return c.err()
}

func (c *checks) rhythm(r conversations.Rhythm) {
	part, says := r.Fault()
	switch {
	case says == "":
	case part == "":
		c.refuse("rhythm", RefusedValue, "The rhythm "+says+".")
	default:
		c.refuse("rhythm."+part, RefusedValue, "This part of the rhythm "+says+".")
	}
}

// AddCheckIn adds a series of check-ins that only a person asks: it has no
// rhythm. What was entered wrongly is refused, all of it at once: see [Refusals].
func (s *Store) AddCheckIn(ctx context.Context, n NewCheckIn) (conversations.CheckInID, error) {
	n.Rhythm = conversations.Rhythm{}
	words, err := n.checked()
	if err != nil {
		return "", err
	}
	id, err := s.caseload.AddCheckIn(ctx, caseload.NewCheckIn{Client: n.Client, Kind: n.Kind, Words: words})
	return id, knownClient(err)
}

// checked is the words of a series, if all of it is right.
func (n NewCheckIn) checked() (string, error) {
	var c checks
	own := n.Kind == conversations.CheckInWellbeing
	words := c.line("words", n.Words, own, longestWords)
	c.rhythm(n.Rhythm)
	if !slices.Contains(conversations.CheckInKinds, n.Kind) {
		c.refuse("kind", RefusedValue, "A check-in is of the kind week, wellbeing, first_day, busy_day, payday or hours.")
	} else if !own && n.Words != "" {
		c.refuse("words", RefusedValue, "Only a wellbeing check-in has words of the client's own. Please leave this empty.")
	}
	return words, c.err()
}

// CheckIns returns the series of a client, ended ones included, in the order in
// which they were added; none for a client who is not on the caseload.
func (s *Store) CheckIns(ctx context.Context, client conversations.ClientID) ([]CheckIn, error) {
	return s.caseload.CheckIns(ctx, client)
}

// EndCheckIn ends a series of the client; one that has ended stays as it is.
// By is the person of the team. [ErrNotFound] if the client has no such series.
func (s *Store) EndCheckIn(
	ctx context.Context, client conversations.ClientID, id conversations.CheckInID, by conversations.SpecialistID,
) error {
	return s.caseload.EndCheckIn(ctx, client, id, by)
}

// Answers returns a client's answers to check-ins since a moment, over all
// series, oldest first; of very many the latest 1,000. Those that a person found
// to be none are left out.
func (s *Store) Answers(ctx context.Context, client conversations.ClientID, since time.Time) ([]Answer, error) {
	return s.caseload.Answers(ctx, client, since)
}

// Feedback returns a page of what clients think of the service, the newest
// first, and the cursor of the next page, empty after the last.
func (s *Store) Feedback(ctx context.Context, page Page) (list []Feedback, next string, err error) {
	return s.caseload.Feedback(ctx, page)
}
