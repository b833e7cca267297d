package conversations

// Job is what is known of the work behind a lead. It is for the people who
// match it with a client; none of it is sent to anybody by itself.
type Job struct {
	// Hours a week; 0 if not known. Starts is the earliest time of day at which
	// somebody has to be there, in minutes after midnight; 0 if not known.
	Hours, Starts int
	// Times are the times at which it is done; none if not known.
	Times []Times
	// Area is where it is, in the terms in which clients say what they can reach:
	// a district or the first half of a postcode. Empty if not known.
	Area string
	// Traits are those of the work as a whole, Duties what somebody does there,
	// each with the traits that it alone brings.
	Traits []Trait
	Duties []Duty
	// Permanence is how long it lasts; empty if not known.
	Permanence Permanence
}

// Duty is one thing that somebody does at work.
type Duty struct {
	Text   string
	Traits []Trait
}

// Trait is something about work that suits one person and not another, in the
// terms of the vocational profile (IPS workbook: preferences for work).
type Trait string

// The traits.
const (
	TraitPublic   Trait = "public"   // meeting customers
	TraitCrowds   Trait = "crowds"   // many people about
	TraitAlone    Trait = "alone"    // mostly alone
	TraitTeam     Trait = "team"     // with others
	TraitIndoors  Trait = "indoors"  // in a building
	TraitOutdoors Trait = "outdoors" // in all weathers
	TraitMess     Trait = "mess"     // dirt, smells
	TraitLifting  Trait = "lifting"  // heavy things
	TraitTill     Trait = "till"     // taking money
	TraitPressure Trait = "pressure" // deadlines, targets
	TraitChange   Trait = "change"   // no two days alike
	TraitRoutine  Trait = "routine"  // each day like the one before
	TraitNoise    Trait = "noise"
	TraitDriving  Trait = "driving"
	TraitPhone    Trait = "phone" // speaking on the telephone
)

// Traits lists every trait.
var Traits = []Trait{
	TraitPublic, TraitCrowds, TraitAlone, TraitTeam, TraitIndoors, TraitOutdoors, TraitMess, TraitLifting, TraitTill,
	TraitPressure, TraitChange, TraitRoutine, TraitNoise, TraitDriving, TraitPhone,
}

// Times is a part of the week at which work is done.
type Times string

// The times.
const (
	TimesMornings   Times = "mornings"
	TimesAfternoons Times = "afternoons"
	TimesEvenings   Times = "evenings"
	TimesNights     Times = "nights"
	TimesWeekends   Times = "weekends"
	TimesShifts     Times = "shifts" // they change from week to week
)

// AllTimes lists every time.
var AllTimes = []Times{TimesMornings, TimesAfternoons, TimesEvenings, TimesNights, TimesWeekends, TimesShifts}

// Permanence is how long a job lasts.
type Permanence string

// The permanences.
const (
	Permanent Permanence = "permanent"
	FixedTerm Permanence = "fixed_term"
	Seasonal  Permanence = "seasonal"
	ZeroHours Permanence = "zero_hours"
)

// Permanences lists every permanence.
var Permanences = []Permanence{Permanent, FixedTerm, Seasonal, ZeroHours}

// Wishes are a client's preferences for work, as they said them. The zero value
// is somebody to whom nothing matters: every lead fits.
type Wishes struct {
	// Below and AtLeast bound the hours a week: fewer than Below, not fewer than
	// AtLeast. 0 sets no bound.
	Below, AtLeast int
	// NotBefore is the earliest start of a day, in minutes after midnight; 0 sets none.
	NotBefore int
	// NotAt are the times at which they do not want to work.
	NotAt []Times
	// Areas are where they can get to (walking, cycling, by bus, as they say);
	// none sets no bound.
	Areas []string
	// Likes and Avoids are traits.
	Likes, Avoids []Trait
	// Permanence are the kinds they would take; none: any.
	Permanence []Permanence
	// Said are reasons that they gave against earlier leads and that nothing above
	// can hold ("better pay", "other work"): a person reads them beside a match.
	Said []Preference
}
