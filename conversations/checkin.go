package conversations

// CheckIn is a series of check-ins that the client chose, with wording that the
// client agreed, and that the client may end by a text (rule 12). Nothing in it
// comes from an employer, a relative or a clinician.
type CheckIn struct {
	ID   CheckInID
	Kind CheckInKind
	// Words are the client's own question where the kind has none of its own
	// (wellbeing: "Have you been outside today?"); empty otherwise.
	Words string
}

// CheckInKind says what a check-in asks about.
type CheckInKind string

// The kinds of check-in.
const (
	// CheckInWeek: how has your week been?
	CheckInWeek CheckInKind = "week"
	// CheckInWellbeing: an item of the client's wellbeing plan, in their words.
	CheckInWellbeing CheckInKind = "wellbeing"
	// CheckInFirstDay: how was the first day?
	CheckInFirstDay CheckInKind = "first_day"
	// CheckInBusyDay: before a day that the client finds hard ("Tuesday's backlog").
	CheckInBusyDay CheckInKind = "busy_day"
	// CheckInPayday: is everything well before payday?
	CheckInPayday CheckInKind = "payday"
	// CheckInHours: are the hours right?
	CheckInHours CheckInKind = "hours"
)

// CheckInKinds lists every kind.
var CheckInKinds = []CheckInKind{CheckInWeek, CheckInWellbeing, CheckInFirstDay, CheckInBusyDay, CheckInPayday, CheckInHours}

// checkInDue puts a check-in that the client chose.
func (s *step) checkInDue() {}

// putCheckIn puts a check-in that had to wait.
func (s *step) putCheckIn(Question) {}

// rated is the number that answers a check-in.
func (s *step) rated() { s.handOver(FlagNotUnderstood) }

// followedUp takes what followed a check-in's answer.
func (s *step) followedUp() bool { return false }

// chooseNumber is a press under a check-in or the question about the service.
func (s *step) chooseNumber(Question, Choice) {}
