package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Nudges, and what became of them; see package caseload for each.
type (
	// Nudge is a nudge as the team sees it.
	Nudge = caseload.Nudge
	// NudgeState is how far a nudge is.
	NudgeState = caseload.NudgeState
	// NudgeCount is how many clients of a nudge share what became of it.
	NudgeCount = caseload.NudgeCount
	// NudgeClient is what became of a nudge for one client.
	NudgeClient = caseload.NudgeClient
	// NudgeArgs works a nudge off.
	NudgeArgs = caseload.NudgeArgs
	// TakenBack is a message of a stopped nudge that never went.
	TakenBack = caseload.TakenBack
	// NudgeFate is what became of a nudge for one client, as the team is told.
	NudgeFate = caseload.NudgeFate
	// Audience says to whom a nudge goes.
	Audience = caseload.Audience
)

// The states of a nudge.
const (
	NudgePlanned   = caseload.NudgePlanned
	NudgeRunning   = caseload.NudgeRunning
	NudgeDone      = caseload.NudgeDone
	NudgeCancelled = caseload.NudgeCancelled
	NudgeStopped   = caseload.NudgeStopped
)

// NudgeStates lists every state.
var NudgeStates = caseload.NudgeStates

// What became of a nudge for one client.
const (
	FatePlanned = caseload.FatePlanned
	FateLater   = caseload.FateLater
	FateQueued  = caseload.FateQueued
	FateSent    = caseload.FateSent
	FateUnknown = caseload.FateUnknown
	FateFailed  = caseload.FateFailed
	FateDropped = caseload.FateDropped
	FateSkipped = caseload.FateSkipped
	FateStopped = caseload.FateStopped
)

// NudgeFates lists every fate.
var NudgeFates = caseload.NudgeFates

// longestNudge is how long words of a nudge may be, in characters: no carrier
// takes more of an SMS than 1,600, and a signature stands before them.
const longestNudge = 1500

// mostNudged is to how many clients one nudge goes at the most.
const mostNudged = 2000

// NewNudge is a nudge as a person entered it. Its ID and Signed are made here.
type NewNudge struct {
	conversations.Nudge
	By      conversations.SpecialistID
	Clients []conversations.ClientID
	// At is when it begins; the zero time is now.
	At time.Time
	// Once is what its maker calls it, so that a repeated request makes one; may be
	// empty.
	Once string
}

// CheckNudge refuses what AddNudge would refuse of what a nudge says and of its
// moment; the zero time is now. See [Refusals].
func (s *Store) CheckNudge(n conversations.Nudge, at time.Time) error {
	var c checks
	c.nudge(n.Template, n.Words, n.Instead)
	if !at.IsZero() {
		c.nudgeAt(at, s.now())
	}
	return c.err()
}

// AddNudge adds a nudge, and the job that begins it. The clients are those of a
// rehearsal. What was entered wrongly is refused: see [Refusals]. The same Once of
// the same maker twice is once: the nudge that is there is returned.
//
// A template of the service's own becomes its words: see [Store.NudgeWords].
func (s *Store) AddNudge(ctx context.Context, n NewNudge) (conversations.NudgeID, error) {
	var err error
	if n.Nudge, err = s.NudgeWords(ctx, n.Nudge); err != nil {
		return "", err
	}
	var c checks
	c.nudge(n.Template, n.Words, n.Instead)
	switch {
	case len(n.Clients) == 0:
		c.refuse("clients", RefusedEmpty, "There is nobody to send this to.")
	case len(n.Clients) > mostNudged:
		c.refuse("clients", RefusedLong, fmt.Sprintf("One nudge goes to %d clients at the most. Please choose fewer.", mostNudged))
	}
	if n.At.IsZero() {
		n.At = s.now()
	}
	c.nudgeAt(n.At, s.now())
	once := c.line("once", n.Once, false, longestName)
	if err := c.err(); err != nil {
		return "", err
	}
	id, err := s.caseload.AddNudge(ctx, caseload.NewNudge{Nudge: n.Nudge, By: n.By, Clients: n.Clients, At: n.At, Once: once})
	if errors.Is(err, ErrDuplicate) {
		err = nil
	}
	return id, err
}

// furthestNudge is how far ahead a nudge can be planned: what is meant kindly
// today may be wrong in a season.
const furthestNudge = 92 * 24 * time.Hour

func (c *checks) nudgeAt(at, now time.Time) {
	switch {
	case at.Before(now.Add(-time.Minute)):
		c.refuse("at", RefusedPast, "This moment is past. Please leave it empty to send it now.")
	case at.After(now.Add(furthestNudge)):
		c.refuse("at", RefusedValue, "A nudge is planned for three months ahead at the most.")
	}
}

// nudge checks what a nudge says: words from the list, or the specialist's own.
func (c *checks) nudge(template string, words map[string]string, instead string) {
	switch {
	case template != "" && len(words) > 0, template == "" && len(words) == 0:
		c.refuse("words", RefusedEmpty, "Please choose words from the list, or write some: one of the two.")
	case template != "" && !slices.Contains(conversations.NudgeTemplates, template):
		c.refuse("template", RefusedValue, "There are no such words in the list.")
	}
	for _, tag := range sortedKeys(words) {
		c.language(tag)
		c.lines("words", words[tag], true, longestNudge)
	}
	if instead != "" && words[instead] == "" {
		c.refuse("instead", RefusedValue, "There are no words in this language.")
	}
}

func sortedKeys(words map[string]string) []string {
	keys := make([]string, 0, len(words))
	for k := range words {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Nudge returns one nudge, or [ErrNotFound].
func (s *Store) Nudge(ctx context.Context, id conversations.NudgeID) (Nudge, error) {
	return s.caseload.Nudge(ctx, id)
}

// Nudges returns a page of the nudges, the newest first, and the cursor of the
// next page, empty after the last.
func (s *Store) Nudges(ctx context.Context, page Page) (list []Nudge, next string, err error) {
	return s.caseload.Nudges(ctx, page)
}

// NudgesOf returns a page of what one specialist sent to many, or has planned,
// the newest first, and the cursor of the next page, empty after the last.
func (s *Store) NudgesOf(ctx context.Context, specialist conversations.SpecialistID, page Page) (list []Nudge, next string, err error) {
	return s.caseload.NudgesOf(ctx, specialist, page)
}

// NudgeChange is what a person changes about a nudge; what is nil stays.
type NudgeChange struct {
	At *time.Time
	// Says says that Template, Words and Instead change, together.
	Says     bool
	Template string
	Words    map[string]string
	Instead  string
}

// SetNudge changes a nudge that has not begun. What was entered wrongly is
// refused. The error is [ErrConflict] once it has begun, [ErrNotFound] if there
// is none.
func (s *Store) SetNudge(ctx context.Context, id conversations.NudgeID, change NudgeChange) error {
	var c checks
	checked := caseload.NudgeChange{At: change.At}
	if change.Says {
		n, err := s.NudgeWords(ctx, conversations.Nudge{Template: change.Template, Words: change.Words, Instead: change.Instead})
		if err != nil {
			return err
		}
		change.Template, change.Words = n.Template, n.Words
		c.nudge(change.Template, change.Words, change.Instead)
		checked.Template, checked.Words, checked.Instead = &change.Template, change.Words, change.Instead
	}
	if change.At != nil {
		c.nudgeAt(*change.At, s.now())
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.SetNudge(ctx, id, checked)
}

// CancelNudge ends a nudge that has not begun: [ErrConflict] once it has.
func (s *Store) CancelNudge(ctx context.Context, id conversations.NudgeID) error {
	return s.caseload.CancelNudge(ctx, id)
}

// StopNudge ends a nudge wherever it is, and takes back what no carrier has been
// handed: [ErrConflict] if it was cancelled or stopped before.
func (s *Store) StopNudge(ctx context.Context, id conversations.NudgeID) error {
	return s.caseload.StopNudge(ctx, id)
}

// NudgeCounts says what became of a nudge so far.
func (s *Store) NudgeCounts(ctx context.Context, id conversations.NudgeID) ([]NudgeCount, error) {
	return s.caseload.NudgeCounts(ctx, id)
}

// NudgeClients returns a page of what became of a nudge for each client.
func (s *Store) NudgeClients(ctx context.Context, id conversations.NudgeID, page Page) (list []NudgeClient, next string, err error) {
	return s.caseload.NudgeClients(ctx, id, page)
}

// LoadMany reads what an unasked turn of each client of an audience would start
// from, for a rehearsal: nothing of it is committed. It reads at most 2,000.
func (s *Store) LoadMany(ctx context.Context, who Audience) ([]Loaded, error) {
	if who.Most <= 0 || who.Most > mostNudged+1 {
		who.Most = mostNudged + 1
	}
	return s.caseload.LoadMany(ctx, who, s.now())
}

// BeginNudge is for the job that works a nudge off, as NudgeDue, SkipNudge and
// GoOnNudge are; NudgeTakenBack and ToldTakenBack are for the one that follows its
// stop. See package caseload for each.
func (s *Store) BeginNudge(ctx context.Context, id conversations.NudgeID, step int) (Nudge, error) {
	return s.caseload.BeginNudge(ctx, id, step)
}

// NudgeDue returns clients to whom a nudge is still to be said, after the one given.
func (s *Store) NudgeDue(ctx context.Context, id conversations.NudgeID, after conversations.ClientID, most int) ([]conversations.ClientID, error) {
	return s.caseload.NudgeDue(ctx, id, after, most)
}

// SkipNudge leaves a client out to whom a nudge could not be said.
func (s *Store) SkipNudge(ctx context.Context, id conversations.NudgeID, client conversations.ClientID, reason string) error {
	return s.caseload.SkipNudge(ctx, id, client, reason)
}

// GoOnNudge ends one job of a nudge: with a next one, or the nudge is done.
func (s *Store) GoOnNudge(ctx context.Context, id conversations.NudgeID, step int) error {
	return s.caseload.GoOnNudge(ctx, id, step)
}

// NudgeTakenBack returns messages of a stopped nudge of which the conversations
// do not know yet that they were taken back.
func (s *Store) NudgeTakenBack(ctx context.Context, id conversations.NudgeID, most int) ([]TakenBack, error) {
	return s.caseload.NudgeTakenBack(ctx, id, most)
}

// ToldTakenBack notes that a client's conversation knows.
func (s *Store) ToldTakenBack(ctx context.Context, id conversations.NudgeID, client conversations.ClientID) error {
	return s.caseload.ToldTakenBack(ctx, id, client)
}
