package conversations

import (
	"slices"
	"time"

	"alongside/conversations/policy"
	"alongside/conversations/understand"
)

// Matter is what a message is about, in the terms in which a client stops one
// kind and keeps another.
type Matter string

// The matters.
const (
	MatterAppointments Matter = "appointments"
	MatterLeads        Matter = "leads"
	MatterCheckIns     Matter = "check_ins"
	MatterTasks        Matter = "tasks"
	MatterNudges       Matter = "nudges"
)

// Matters lists every matter.
var Matters = []Matter{MatterAppointments, MatterLeads, MatterCheckIns, MatterTasks, MatterNudges}

// Settings are what a client chooses by text, or a specialist sets for them.
// What is nil stays as it is.
type Settings struct {
	// Wakes and Rests are minutes after midnight; 0 takes the limit away.
	Wakes *int `json:"wakes,omitempty"`
	Rests *int `json:"rests,omitempty"`
	// RestDays replaces the days without unasked texts; empty means none.
	RestDays *[]time.Weekday `json:"rest_days,omitempty"`
	// PausedUntil begins or ends (zero time) a pause.
	PausedUntil *time.Time `json:"paused_until,omitempty"`
	// Stop and Allow name matters to stop, or to have again.
	Stop  []Matter `json:"stop,omitempty"`
	Allow []Matter `json:"allow,omitempty"`
	// Detail and Guarded are the wording; see [Client].
	Detail  *bool `json:"detail,omitempty"`
	Guarded *bool `json:"guarded,omitempty"`
	// LeadsAWeek is the client's wish; 0 means the pathway's default.
	LeadsAWeek *int `json:"leads_a_week,omitempty"`
	// Reminders are the client's own offsets ([Client.Reminders]); an empty list
	// takes them away.
	Reminders *[]int `json:"reminders,omitempty"`
	// Replan sets nothing: the offsets of the client's specialist were changed, and
	// the reminders that are ahead are planned anew.
	Replan bool `json:"replan,omitempty"`
}

// IsZero says whether nothing is set.
func (s Settings) IsZero() bool {
	return s.Wakes == nil && s.Rests == nil && s.RestDays == nil && s.PausedUntil == nil && len(s.Stop) == 0 &&
		len(s.Allow) == 0 && s.Detail == nil && s.Guarded == nil && s.LeadsAWeek == nil && s.Reminders == nil && !s.Replan
}

// With returns the client as the settings make them; c stays as it is. Who is
// guarded has no detail, whatever was set before. A matter that is both stopped
// and allowed is allowed.
func (c Client) With(x Settings) Client {
	if x.Wakes != nil {
		c.Wakes = *x.Wakes
	}
	if x.Rests != nil {
		c.Rests = *x.Rests
	}
	if x.RestDays != nil {
		c.RestDays = slices.Clone(*x.RestDays)
	}
	if x.PausedUntil != nil {
		c.PausedUntil = *x.PausedUntil
	}
	stopped := slices.Clone(c.Stopped)
	for _, m := range x.Stop {
		if !slices.Contains(stopped, m) {
			stopped = append(stopped, m)
		}
	}
	c.Stopped = slices.DeleteFunc(stopped, func(m Matter) bool { return slices.Contains(x.Allow, m) })
	if x.Detail != nil {
		c.Detail = *x.Detail
	}
	if x.Guarded != nil {
		c.Guarded = *x.Guarded
	}
	if c.Guarded {
		c.Detail = false
	}
	if x.LeadsAWeek != nil {
		c.LeadsAWeek = *x.LeadsAWeek
	}
	if x.Reminders != nil {
		c.Reminders = slices.Clone(*x.Reminders)
	}
	return c
}

// set is a specialist setting what the client may set by text. Nothing is sent:
// the two have spoken about it.
func (s *step) set(x Settings) {
	if x.IsZero() || !s.facts.Known() {
		return
	}
	s.apply(x)
	if x.Guarded != nil && !*x.Guarded {
		s.do(SettleFlags{Reason: FlagGuarded})
	}
}

// setByText sets what the client chose by text, and shows it to the specialist.
// What it replaced is kept for a while: "forget that" puts it back, and what
// follows may say more of the same.
func (s *step) setByText(x Settings, show FlagReason) {
	undo, did := s.facts.Client.settingsBefore(x)
	s.apply(x)
	s.flag(show, "")
	chose := Chose{At: s.now.UnixMilli(), Quiet: x.Wakes != nil || x.Rests != nil || x.RestDays != nil}
	if undo != nil {
		chose.Undo, chose.Did = *undo, *did
	}
	s.state.Chose = &chose
}

// Chose is what the client last set by text.
type Chose struct {
	// At is when, in Unix milliseconds.
	At int64 `json:"at"`
	// Undo puts back what Did changed; both are zero where nothing changed.
	Undo Settings `json:"undo,omitzero"`
	Did  Settings `json:"did,omitzero"`
	// Quiet says that it was about the hours and days with texts.
	Quiet bool `json:"quiet,omitempty"`
}

// choosing is how long after a setting what follows may be about it.
const choosing = time.Hour

// chose is what the client set last, if nothing was asked since; nil otherwise.
func (s *step) chose() *Chose {
	c := s.state.Chose
	if c == nil || s.borrowed() || s.now.Sub(time.UnixMilli(c.At)) >= choosing || s.state.Open != nil && s.state.Open.AskedAt >= c.At {
		return nil
	}
	return c
}

// takesBack is "forget that" behind a setting: it is put back, as far as nobody
// has changed it since. It reports whether the text was that.
func (s *step) takesBack() bool {
	c := s.chose()
	if c == nil || c.Undo.IsZero() || s.reading.Intent != understand.Keep {
		return false
	}
	undo, _ := s.facts.Client.stillSo(c.Undo, c.Did)
	s.state.Chose = nil
	s.flag(FlagSettings, "")
	if undo.IsZero() {
		s.read("message")
		return true
	}
	s.apply(undo)
	s.answer("settings.undone", nil)
	return true
}

// takenBack says whether the text is a short "forget that".
func (s *step) takenBack() bool {
	return s.reading.Number == 0 && s.words() <= takingBack && s.asIf(understand.AskedConfirmTime).Intent == understand.Keep
}

// takingBack is how many words a text may have that takes a setting back.
const takingBack = 6

// apply writes a setting to the caseload and lets the rest of the turn act on
// it. What waits in the outbox is taken back when a pause begins; when one ends,
// the reminders that fell into it are planned anew.
func (s *step) apply(x Settings) {
	was := s.paused()
	s.do(Set{Settings: x})
	s.facts.Client = s.facts.Client.With(x)
	switch is := s.paused(); {
	case is && !was:
		s.do(DropQueued{Reason: string(policy.Paused)})
	case was && !is, x.Reminders != nil, x.Replan:
		s.remindAll()
	}
}

func (s *step) paused() bool { return s.now.Before(s.facts.Client.PausedUntil) }

// detailed says whether texts may say the place, names and what else a lock
// screen should not show.
func (s *step) detailed() bool { return s.facts.Client.Detail && !s.facts.Client.Guarded }
