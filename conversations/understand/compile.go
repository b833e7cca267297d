package understand

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Lexicons are compiled lexicons, ready to read texts. They are safe for use
// by several goroutines at once.
type Lexicons struct {
	vocabulary map[string]int32
	words_     []string  // by id; 0 is no word
	canon      [][]int32 // by id: the words it is a way of writing
	languages  []uint8   // by id: bit n for the n-th lexicon
	tags       []string
	variants   map[string][]int32
	splits     map[string][]int32
	joins      map[int32][]joined
	deletes    map[string][]int32

	numbers, ordinals map[int32]int
	ordinalEnding     map[string]bool
	weekdays, months  map[int32]int8
	plural            map[int32]bool
	classes           map[string][]int32
	concepts          map[int32][]string // by id, sorted
	languageNames     map[int32]string
	prefixes          []prefix // the longest first
	mutations         []change // of the letters that words begin with, the longest first
	endings           []change // of the letters that words end with, the longest first
	// scripts are those beyond Latin that a lexicon has words in.
	scripts []*unicode.RangeTable

	fillers, lone, or, units, courtesies, negators, jokes, interrogative, hourLead, hourTail, conclusions, interjections, conditional elem

	numbersAlone map[int32]int

	times, judges, cues, risks, safe, signs, conditions, promises, night, after, said, thirdParty, corrections book
	introducesName, introducesSelf, introducesElse                                                             book

	names      map[string]called // those that people have
	shortNames map[string][]int  // by name: the numbers of the groups that it is short in

	timeEntries  []timePhrase
	judgeEntries []int
	cueEntries   []CueEntry
	riskEntries  []RiskEntry
	signNames    []string
	afterMeans   []Aftermath
	saidMeans    []Said

	learned *Learned // nil: the patterns alone decide
}

// prefix is one entry of Lexicon.Prefixes, with the bit of its language.
type prefix struct {
	letters  string
	language uint8
}

type joined struct {
	words []int32
	id    int32
}

var (
	weekdayNames = map[string]int8{"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}
	monthNames   = map[string]int8{
		"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
		"august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	}
)

var (
	timeMakes  = []string{"clock", "weekday", "nth", "weekday_after", "date", "day", "from_appointment", "same_day", "same_clock", "shift", "part", "vague", "open", "none"}
	askedNames = []Asked{AskedNone, AskedAppointment, AskedReschedule, AskedLead, AskedScale, AskedTask, AskedOptin, AskedConfirmTime, AskedWhich}
	dangers    = []Danger{DangerSelf, DangerOverdose, DangerOthers, DangerByOthers, DangerSomeoneElse, DangerVoices}
	settledBy  = []string{"", "clock", "hour", "day", "date", "any"}
	roles      = map[string]int{"propose": int(propose), "refuse": int(refuse), "reason": int(reason), "constraint": judgeConstraint}
)

// The intents that only cues have: what they mean depends on the question.
const (
	cueYes      = "yes"
	cueNo       = "no"
	cuePositive = "positive"
	cueNegative = "negative"
	cueQuestion = "question"
)

// Compile checks lexicons and makes them ready. The order does not matter.
// The error names every fault, each with the language and the key it is in.
func Compile(list []Lexicon) (*Lexicons, error) {
	l := &Lexicons{
		vocabulary: map[string]int32{}, words_: []string{""}, canon: [][]int32{nil}, languages: []uint8{0},
		variants: map[string][]int32{}, splits: map[string][]int32{}, joins: map[int32][]joined{}, deletes: map[string][]int32{},
		numbers: map[int32]int{}, ordinals: map[int32]int{}, ordinalEnding: map[string]bool{},
		weekdays: map[int32]int8{}, months: map[int32]int8{}, plural: map[int32]bool{}, numbersAlone: map[int32]int{},
		classes: map[string][]int32{}, concepts: map[int32][]string{}, languageNames: map[int32]string{},
		names: map[string]called{}, shortNames: map[string][]int{},
	}
	l.risks.acrossSentences, l.safe.acrossSentences, l.signs.acrossSentences = true, true, true // people in danger do not punctuate
	c := &compiler{Lexicons: l}
	if len(list) > 8 {
		return nil, errors.New("compile lexicons: more than 8 languages")
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Lexicon) int { return strings.Compare(a.Language, b.Language) })
	for i := range list {
		if list[i].Language == "" || i > 0 && list[i].Language == list[i-1].Language {
			return nil, fmt.Errorf("compile lexicons: language %q is missing or there twice", list[i].Language)
		}
		l.tags = append(l.tags, list[i].Language)
	}
	// Words first, of all languages: a pattern of one may use a class that
	// another has added to.
	for i := range list {
		c.begin(i)
		c.vocabularyOf(&list[i])
		c.namesOf(&list[i])
	}
	for i := range list {
		c.begin(i)
		c.patternsOf(&list[i])
	}
	for i := range list {
		c.begin(i)
		c.mutatedOf()
	}
	for i := range list {
		c.begin(i)
		c.conceptsOf(&list[i])
	}
	l.interrogative, l.hourLead = newSet(l.classes["interrogative"]), newSet(l.classes["hourlead"])
	l.hourTail, l.conclusions = newSet(l.classes["hourtail"]), newSet(l.classes["conclusion"])
	l.interjections, l.conditional = newSet(l.classes["interjection"]), newSet(l.classes["conditional"])
	for i, w := range l.words_ {
		if i > 0 {
			l.addDeletes(int32(i), w)
			l.addScripts(w)
		}
	}
	slices.SortStableFunc(l.prefixes, func(a, b prefix) int { return len(b.letters) - len(a.letters) })
	slices.SortStableFunc(l.mutations, longestChange)
	slices.SortStableFunc(l.endings, longestChange)
	if len(c.faults) > 0 {
		return nil, fmt.Errorf("compile lexicons: %w", errors.Join(c.faults...))
	}
	return l, nil
}

// compiler gathers faults while it fills the lexicons.
type compiler struct {
	*Lexicons
	bit    uint8
	tag    string
	faults []error
	// nameGroups counts the lines of ShortNames of all languages.
	nameGroups int
}

func (c *compiler) begin(n int) { c.bit, c.tag = 1<<n, c.tags[n] }

func (c *compiler) fault(key, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("lexicon.%s.toml: %s: %s", c.tag, key, fmt.Sprintf(format, args...)))
}

// intern gives a word its id.
func (l *Lexicons) intern(w string) int32 {
	if id, ok := l.vocabulary[w]; ok {
		return id
	}
	id := int32(len(l.words_))
	l.vocabulary[w] = id
	l.words_ = append(l.words_, w)
	l.canon = append(l.canon, nil)
	l.languages = append(l.languages, 0)
	return id
}

// addScripts notes what scripts beyond Latin a word is written in, so that
// texts in them are not taken for ones that nobody here can read.
func (l *Lexicons) addScripts(w string) {
	for _, r := range w {
		if r <= lastLatin || !unicode.IsLetter(r) || unicode.In(r, l.scripts...) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(unicode.Scripts)) {
			if table := unicode.Scripts[name]; unicode.Is(table, r) {
				l.scripts = append(l.scripts, table)
			}
		}
	}
}

// word interns one word of the language at hand.
func (c *compiler) word(key, w string) int32 {
	f := fold(w)
	if f == "" || strings.ContainsAny(f, " \t") {
		c.fault(key, "%q is not one word", w)
		return 0
	}
	id := c.intern(f)
	c.languages[id] |= c.bit
	return id
}

func (c *compiler) list(key string, words []string) []int32 {
	if len(words) == 0 {
		c.fault(key, "is empty")
	}
	var ids []int32
	for _, w := range words {
		id := c.word(key, w)
		if slices.Contains(ids, id) {
			c.fault(key, "%q is there twice", w)
		}
		ids = append(ids, id)
	}
	return ids
}

func (c *compiler) vocabularyOf(lex *Lexicon) {
	for _, line := range lex.Ordinary {
		for _, w := range strings.Fields(line) {
			c.word("ordinary", w)
		}
	}
	for _, canon := range slices.Sorted(maps.Keys(lex.Spelling)) {
		id := c.word("spelling."+canon, canon)
		for _, v := range c.list("spelling."+canon, lex.Spelling[canon]) {
			c.canon[v] = append(c.canon[v], id)
			c.variants[c.words_[v]] = append(c.variants[c.words_[v]], id)
		}
	}
	for _, w := range slices.Sorted(maps.Keys(lex.Splits)) {
		var parts []int32
		for _, p := range strings.Fields(lex.Splits[w]) {
			parts = append(parts, c.word("splits."+w, p))
		}
		if len(parts) < 2 {
			c.fault("splits."+w, "must stand for several words")
		}
		c.Lexicons.splits[fold(w)] = parts
		c.variants[fold(w)] = parts
	}
	for _, phrase := range slices.Sorted(maps.Keys(lex.Joins)) {
		var parts []int32
		for _, p := range strings.Fields(phrase) {
			parts = append(parts, c.word("joins."+phrase, p))
		}
		if len(parts) < 2 {
			c.fault("joins."+phrase, "must be several words")
			continue
		}
		c.Lexicons.joins[parts[0]] = append(c.Lexicons.joins[parts[0]], joined{words: parts, id: c.word("joins."+phrase, lex.Joins[phrase])})
	}
	c.mutations = append(c.mutations, changes(lex.Mutations, c.bit)...)
	c.endings = append(c.endings, changes(lex.Endings, c.bit)...)
	for _, p := range lex.Prefixes {
		c.Lexicons.prefixes = append(c.Lexicons.prefixes, prefix{fold(p), c.bit})
	}
	numbers := func(section string, from map[string][]string, into map[int32]int, highest int) {
		for _, n := range slices.Sorted(maps.Keys(from)) {
			key := section + "." + n
			value, err := strconv.Atoi(n)
			if err != nil || value < 0 || value > highest {
				c.fault(key, "is not a number up to %d", highest)
				continue
			}
			for _, id := range c.list(key, from[n]) {
				if have, ok := into[id]; ok && have != value {
					c.fault(key, "%q already means %d", c.words_[id], have)
				}
				into[id] = value
			}
		}
	}
	numbers("numbers", lex.Numbers, c.Lexicons.numbers, 100)
	numbers("ordinals", lex.Ordinals, c.Lexicons.ordinals, 31)
	numbers("numbers_alone", lex.NumbersAlone, c.Lexicons.numbersAlone, 5)
	for _, s := range lex.OrdinalEndings {
		c.ordinalEnding[fold(s)] = true
	}
	named := func(section string, from map[string][]string, names map[string]int8, into map[int32]int8) {
		for _, name := range slices.Sorted(maps.Keys(from)) {
			value, ok := names[name]
			if !ok {
				c.fault(section+"."+name, "is not one of the English names")
				continue
			}
			for _, id := range c.list(section+"."+name, from[name]) {
				if have, ok := into[id]; ok && have != value {
					c.fault(section+"."+name, "%q is already another", c.words_[id])
				}
				into[id] = value
			}
		}
	}
	named("weekdays", lex.Weekdays, weekdayNames, c.Lexicons.weekdays)
	named("months", lex.Months, monthNames, c.Lexicons.months)
	for _, w := range lex.WeekdayPlurals {
		c.plural[c.word("weekday_plurals", w)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(lex.Classes)) {
		if _, ok := slots[name]; ok {
			c.fault("classes."+name, "is the name of a built-in class")
		}
		c.Lexicons.classes[name] = append(c.Lexicons.classes[name], c.list("classes."+name, lex.Classes[name])...)
	}
	for _, tag := range slices.Sorted(maps.Keys(lex.Languages)) {
		for _, id := range c.list("languages."+tag, lex.Languages[tag]) {
			c.languageNames[id] = tag
			c.Lexicons.classes["language"] = append(c.Lexicons.classes["language"], id)
		}
	}
	set := func(key string, words []string, into *elem) {
		*into = newSet(append(into.all(), c.list(key, words)...))
	}
	set("fillers", lex.Fillers, &c.fillers)
	if len(lex.Lone) > 0 {
		set("lone", lex.Lone, &c.lone)
	}
	set("or", lex.Or, &c.or)
	set("units", lex.Units, &c.units)
	set("courtesies", lex.Courtesies, &c.courtesies)
	set("negators", lex.Negators, &c.negators)
	set("jokes", lex.Jokes, &c.jokes)
}

// conceptsOf files words, and what becomes of them by mutation, under the
// concepts that they belong to. A mutated form that is a word of another
// language is left to that language.
func (c *compiler) conceptsOf(lex *Lexicon) {
	file := func(id int32, name string) {
		if at, have := slices.BinarySearch(c.concepts[id], name); !have {
			c.concepts[id] = slices.Insert(c.concepts[id], at, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lex.Concepts)) {
		for _, id := range c.list("concepts."+name, lex.Concepts[name]) {
			file(id, name)
			w := c.words_[id]
			for _, from := range slices.Sorted(maps.Keys(lex.Mutations)) {
				rest, ok := strings.CutPrefix(w, from)
				if !ok || len(rest) < 2 || len(from) == 1 && lex.Mutations[w[:2]] != nil {
					continue
				}
				for _, to := range lex.Mutations[from] {
					mutated := to + rest
					have, ok := c.vocabulary[mutated]
					if ok && c.languages[have]&c.bit == 0 {
						continue
					}
					of := c.intern(mutated)
					c.languages[of] |= c.bit
					if !ok {
						c.canon[of] = c.rooted(id)
					}
					file(of, name)
				}
			}
		}
	}
}

func (c *compiler) patternsOf(lex *Lexicon) {
	before := len(c.words_)
	add := func(key string, b *book, patterns []string, cue int) {
		if len(patterns) == 0 {
			c.fault(key, "has no patterns")
		}
		for _, p := range patterns {
			if err := b.add(c.Lexicons, p, cue); err != nil {
				c.fault(key, "%v", err)
			}
		}
	}
	for i, e := range lex.Time {
		key := fmt.Sprintf("time[%d] %s", i, e.Make)
		if !slices.Contains(timeMakes, e.Make) {
			c.fault(key, "make is not known")
		}
		if !slices.Contains(settledBy, e.Narrows) {
			c.fault(key, "narrows is not known")
		}
		add(key, &c.times, e.Patterns, len(c.timeEntries))
		c.timeEntries = append(c.timeEntries, timePhrase{TimeEntry: e})
	}
	for i, e := range lex.Judge {
		key := fmt.Sprintf("judge[%d] %s", i, e.Role)
		if _, ok := roles[e.Role]; !ok {
			c.fault(key, "role is not known")
		}
		add(key, &c.judges, e.Patterns, len(c.judgeEntries))
		c.judgeEntries = append(c.judgeEntries, roles[e.Role])
	}
	for i, e := range lex.Cue {
		key := fmt.Sprintf("cue[%d] %s", i, e.Intent)
		if !slices.Contains(Intents, Intent(e.Intent)) && !slices.Contains([]string{cueYes, cueNo, cuePositive, cueNegative, cueQuestion, cuePick}, e.Intent) {
			c.fault(key, "intent is not known")
		}
		if e.Weight <= 0 || e.Weight > 10 {
			c.fault(key, "weight must be above 0 and at most 10")
		}
		for _, a := range e.Asked {
			if !slices.Contains(askedNames, a) {
				c.fault(key, "asked %q is not known", a)
			}
		}
		add(key, &c.cues, e.Patterns, len(c.cueEntries))
		c.cueEntries = append(c.cueEntries, e)
	}
	for i, e := range lex.Risk {
		key := fmt.Sprintf("risk[%d] %s", i, e.Danger)
		if !slices.Contains(dangers, e.Danger) {
			c.fault(key, "danger is not known")
		}
		for _, a := range e.Asked {
			if !slices.Contains(askedNames, a) {
				c.fault(key, "asked %q is not known", a)
			}
		}
		add(key, &c.risks, e.Patterns, len(c.riskEntries))
		c.riskEntries = append(c.riskEntries, e)
	}
	for i, e := range lex.Sign {
		key := fmt.Sprintf("sign[%d] %s", i, e.Name)
		if e.Name == "" {
			c.fault(key, "has no name")
		}
		add(key, &c.signs, e.Patterns, len(c.signNames))
		c.signNames = append(c.signNames, e.Name)
	}
	if len(lex.Safe) > 0 {
		add("safe", &c.safe, lex.Safe, 0)
	}
	if len(lex.Conditions) > 0 {
		add("conditions", &c.Lexicons.conditions, lex.Conditions, 0)
	}
	if len(lex.Promises) > 0 {
		add("promises", &c.Lexicons.promises, lex.Promises, 0)
	}
	if len(lex.Night) > 0 {
		add("night", &c.Lexicons.night, lex.Night, 0)
	}
	for i, e := range lex.After {
		key := fmt.Sprintf("after[%d] %s", i, e.Means)
		if !slices.Contains(Aftermaths, e.Means) {
			c.fault(key, "means is not known")
		}
		add(key, &c.after, e.Patterns, len(c.afterMeans))
		c.afterMeans = append(c.afterMeans, e.Means)
	}
	for i, e := range lex.Said {
		key := fmt.Sprintf("said[%d] %s", i, e.Means)
		if !slices.Contains(Saids, e.Means) {
			c.fault(key, "means is not known")
		}
		add(key, &c.said, e.Patterns, len(c.saidMeans))
		c.saidMeans = append(c.saidMeans, e.Means)
	}
	if len(lex.ThirdParty) > 0 {
		add("third_party", &c.Lexicons.thirdParty, lex.ThirdParty, 0)
	}
	if len(lex.IntroducesName) > 0 {
		add("introduces_name", &c.introducesName, lex.IntroducesName, 0)
	}
	if len(lex.IntroducesSelf) > 0 {
		add("introduces_self", &c.introducesSelf, lex.IntroducesSelf, 0)
	}
	if len(lex.IntroducesElse) > 0 {
		add("introduces_else", &c.introducesElse, lex.IntroducesElse, 0)
	}
	if len(lex.Corrections) > 0 {
		add("corrections", &c.Lexicons.corrections, lex.Corrections, 0)
	}
	// Words that stand only in patterns belong to this language.
	for id := before; id < len(c.words_); id++ {
		c.languages[id] |= c.bit
	}
}
