package conversations

import "time"

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
}

// IsZero says whether nothing is set.
func (s Settings) IsZero() bool {
	return s.Wakes == nil && s.Rests == nil && s.RestDays == nil && s.PausedUntil == nil && len(s.Stop) == 0 &&
		len(s.Allow) == 0 && s.Detail == nil && s.Guarded == nil && s.LeadsAWeek == nil
}

// set is a specialist setting what the client may set by text.
func (s *step) set(Settings) {}
