package understand

// Lexicon holds the words of one language as they are in its file,
// locales/lexicon.<tag>.toml. Adding a language is adding such a file: no word
// of any language is in the code. The zero value is an empty lexicon.
//
// All words are compared folded (see fold), so files may be written with
// capitals, apostrophes and accents as they should be.
type Lexicon struct {
	// Language is the tag: en, cy.
	Language string `toml:"language"`
	// ReadByNativeSpeaker is false until a native speaker has read the file.
	ReadByNativeSpeaker bool `toml:"read_by_native_speaker"`
	// ReadByClinician is false until a clinician has read the risk section.
	ReadByClinician bool `toml:"read_by_clinician"`
	// Ordinary lists everyday words, several to a line, that stand in no
	// pattern. They tell the language and keep spelling tolerance away.
	Ordinary []string `toml:"ordinary"`
	// Spelling gives for a word the ways people write it: tomorrow = ["2moro"].
	Spelling map[string][]string `toml:"spelling"`
	// Splits gives for one written word the several it stands for: wanna = "want to".
	Splits map[string]string `toml:"splits"`
	// Joins gives for words written apart the one word they are: "can not" = "cant".
	Joins map[string]string `toml:"joins"`
	// Classes are lists of words that patterns name as <class>. A class of
	// the same name in several lexicons is one class.
	Classes map[string][]string `toml:"classes"`
	// Concepts are lists of words that are about the same, for what is learned
	// from examples: a word that no example has speaks through the others. The
	// names are the same in every language. A word may be of several.
	Concepts map[string][]string `toml:"concepts"`
	// Mutations give for the letters that a word begins with those that may
	// stand in their place: c = ["g", "ch", "ngh"]. A word that is in no lexicon
	// is read as the one it is a mutation of.
	Mutations map[string][]string `toml:"mutations"`
	// Endings give for the letters that a word ends with what people write in
	// their place, as they say it: au = ["a", "e"]. They are used as Mutations are.
	Endings map[string][]string `toml:"endings"`
	// Prefixes are what the language writes together with the word behind it
	// and other languages write apart: the Arabic "and", "the" and "to". A word
	// that is in no lexicon is read without them.
	Prefixes []string `toml:"prefixes"`
	// Numbers and Ordinals give the words for a number: 1 = ["one"].
	Numbers  map[string][]string `toml:"numbers"`
	Ordinals map[string][]string `toml:"ordinals"`
	// OrdinalEndings are what is written behind a figure: th, st.
	OrdinalEndings []string `toml:"ordinal_endings"`
	// Weekdays and Months are by their English names, in lower case.
	Weekdays map[string][]string `toml:"weekdays"`
	Months   map[string][]string `toml:"months"`
	// WeekdayPlurals say that somebody means every such day.
	WeekdayPlurals []string `toml:"weekday_plurals"`
	// Fillers may stand between the parts of one time ("at", "on the").
	Fillers []string `toml:"fillers"`
	// Lone are short forms that stand for what they are a spelling of at the
	// beginning or the end of a sentence only: "y" is yes, and in the middle of a
	// Welsh text it is the.
	Lone []string `toml:"lone"`
	// Or are the words between alternatives.
	Or []string `toml:"or"`
	// Units are what is counted: a bare number before one is no answer.
	Units []string `toml:"units"`
	// Courtesies may stand behind a bare answer without changing it.
	Courtesies []string `toml:"courtesies"`
	// Negators turn what follows them into its opposite.
	Negators []string `toml:"negators"`
	// Jokes mark a text as not meant in earnest. They cancel only those risk
	// entries that say so.
	Jokes []string `toml:"jokes"`
	// Conditions are patterns that begin a condition: "unless".
	Conditions []string `toml:"conditions"`
	// Promises are patterns of texts that say no more than that something will be
	// done, or is being done: "im going to do it". What it is stands in what was
	// asked before.
	Promises []string `toml:"promises"`
	// Night are patterns of complaints about texts at night, with the hour as it is
	// written: "its 6 in the morning". The hour is none of a meeting.
	Night []string `toml:"night"`
	// After are patterns of what somebody writes behind danger, once the words for
	// it were said. They count only while an alert is open.
	After []AfterEntry `toml:"after"`
	// Said are patterns of what a text says of something that was said before it.
	// They count only where the conversation knows of that.
	Said []SaidEntry `toml:"said"`
	// ThirdParty are patterns of somebody who writes for the client.
	ThirdParty []string `toml:"third_party"`
	// IntroducesName are patterns by which somebody says their name, as <name> or,
	// where the words around it leave no doubt, <maybename>; IntroducesSelf those
	// by which the client says that it is them, without a name ("its me again");
	// IntroducesElse those of what somebody is to the client ("mum here", "his
	// sister"; <whose> is "johns"). Only greetings may stand before them (the class
	// greeted), and behind them only the end of a part of the text or words of the
	// class begins_anew.
	IntroducesName []string `toml:"introduces_name"`
	IntroducesSelf []string `toml:"introduces_self"`
	IntroducesElse []string `toml:"introduces_else"`
	// Names are first names that people have, several to a line; NamesAndWords
	// those that are words besides ("will", "grace"); each line of ShortNames has
	// those that may be short for one another. No name becomes a word of the
	// vocabulary by this.
	Names         []string `toml:"names"`
	NamesAndWords []string `toml:"names_and_words"`
	ShortNames    []string `toml:"short_names"`
	// Corrections are patterns by which somebody takes back what stands before
	// them: "no wait", "make that".
	Corrections []string `toml:"corrections"`
	// NumbersAlone gives for a number what is written for it by ear or by slip.
	// They are numbers only where one is asked for and nothing else is said:
	// "for" is a four then, and no other time.
	NumbersAlone map[string][]string `toml:"numbers_alone"`
	// Languages gives for a language tag the names it is asked for by.
	Languages map[string][]string `toml:"languages"`

	Time  []TimeEntry  `toml:"time"`
	Judge []JudgeEntry `toml:"judge"`
	Cue   []CueEntry   `toml:"cue"`
	Risk  []RiskEntry  `toml:"risk"`
	// Safe are patterns that look like risk and are not.
	Safe []string    `toml:"safe"`
	Sign []SignEntry `toml:"sign"`
}

// TimeEntry says what some time patterns mean. Make is one of
//
//	clock             a time of day, from {h}, {clk}, {hhmm} or Hour, with Minutes or {m} (subtracted if Before)
//	weekday           the next {weekday} after today, and Weeks later, times {n} if there is one; After says that today's is not meant,
//	                  NextWeek that it is that of the week from next Monday on (on a Sunday nobody can tell which week that is)
//	nth               the {ord} {weekday} of {month}, or of this month; with Days -1 the last of it, a {weekday} or a day
//	weekday_after     the first {weekday} after the open appointment, or after the {since} that is named, or after
//	                  a day that was named before it; with After nothing may follow that it may be after
//	date              {date}, or {ord} or {dom} with or without {month} and {weekday}
//	day               Days from today, times {n} if there is one; with Weeks, Days and {n} times as many weeks
//	from_appointment  Days from the open appointment, times {n} if there is one, with Clock at its time of day too
//	same_day          the day of the open appointment
//	same_clock        the time of day of the open appointment
//	shift             Minutes from the time of the open appointment, times {n} if there is one
//	part              a part of the day: Half is am or pm
//	vague             about time, but to be asked back; Narrows says beside what it says nothing more, Either that its
//	                  {weekday} is the next one or the one a week later
//	open              any time will do
//	none              a number that is no time: a duration
type TimeEntry struct {
	Make     string   `toml:"make"`
	Patterns []string `toml:"patterns"`
	Hour     int      `toml:"hour"`
	Minutes  int      `toml:"minutes"`
	Before   bool     `toml:"before"`
	Half     string   `toml:"half"`
	Days     int      `toml:"days"`
	Weeks    int      `toml:"weeks"`
	Clock    bool     `toml:"clock"`
	After    bool     `toml:"after"` // "after 3": good enough for a call, not for a meeting
	Weak     bool     `toml:"weak"`  // not read where a number is asked for
	NextWeek bool     `toml:"next_week"`
	Either   bool     `toml:"either"`
	// Narrows is clock, day or date for a vague phrase that is settled by such a
	// one: "dinner time, 12.30", "end of the week, so friday", "next month, the
	// 4th"; hour for one that is settled by any time of day ("a bit later, like 3");
	// any for one that is settled by each of them, and is only read where a time
	// was asked for: "after my exams".
	Narrows string `toml:"narrows"`
}

// JudgeEntry says what a time phrase inside its patterns does: Role is
// propose, refuse or reason, or constraint for words that only narrow
// ("not too early") and name no time.
type JudgeEntry struct {
	Role     string   `toml:"role"`
	Patterns []string `toml:"patterns"`
}

// CueEntry gives patterns that speak for an intent. Besides the names of the
// intents, Intent may be yes, no, positive, negative or question, which mean
// what the open question makes of them.
type CueEntry struct {
	Intent string `toml:"intent"`
	// Asked limits the entry to some open questions; empty means all.
	Asked []Asked `toml:"asked"`
	// Weight is how strongly a match speaks: 1 a hint, 4 plain words, 8 beyond doubt.
	Weight   float64  `toml:"weight"`
	Patterns []string `toml:"patterns"`
	// Number is the rating that a phrase stands for ("middling"); -1 takes it
	// from the <number> of the pattern.
	Number int `toml:"number"`
	// Firm entries are not turned round by a negator before them.
	Firm bool `toml:"firm"`
	// Voices marks hearing voices or feeling watched, without danger.
	Voices bool `toml:"voices"`
	// Topic names what a match is about where the intent alone does not say it.
	Topic Topic `toml:"topic"`
}

// RiskEntry gives patterns of danger.
type RiskEntry struct {
	Danger   Danger   `toml:"danger"`
	Patterns []string `toml:"patterns"`
	// Asked limits the entry to some open questions; empty means all: "i cant
	// anymore" is a no to an appointment.
	Asked []Asked `toml:"asked"`
	// UnlessJoking entries do not count in a text that is marked as a joke.
	UnlessJoking bool `toml:"unless_joking"`
	// UnlessNegated entries with a negator before them are read as distress.
	UnlessNegated bool `toml:"unless_negated"`
	// Threat marks a threat to staff.
	Threat bool `toml:"threat"`
	// Firm entries are danger whatever was learned from examples: words for
	// which there are none.
	Firm bool `toml:"firm"`
	// Low entries count only of somebody who was low or in danger a short while
	// ago: "im going to do it" is said of a form as well.
	Low bool `toml:"low"`
	// Night entries count only from 23:00 to 6:00: "sat on the platform" is said
	// by day of a train that is late.
	Night bool `toml:"night"`
}

// AfterEntry gives patterns of one [Aftermath].
type AfterEntry struct {
	Means    Aftermath `toml:"means"`
	Patterns []string  `toml:"patterns"`
}

// SignEntry gives patterns that danger is often said with, or that speak
// against it. None of them decides: examples say what each weighs. The names
// are the same in every language.
type SignEntry struct {
	Name     string   `toml:"name"`
	Patterns []string `toml:"patterns"`
}

// SaidEntry gives patterns of one [Said].
type SaidEntry struct {
	Means    Said     `toml:"means"`
	Patterns []string `toml:"patterns"`
}
