package templates

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // A pathway names its zone, and the image has no zone files.
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"alongside/conversations"
	"alongside/locales"
)

// Pathway loads the pathway that comes with the program under that name
// ("ips"), or else the file at that path. A name holds neither a separator nor
// an ending. It is strict: every fault is reported, all joined, each with file
// and line: an unknown key, a missing value, words that a lock screen must not
// show, a language without crisis words.
//
// Crisis words that nobody has reviewed are no fault here: Reviewed is false
// then, and serve decides.
func Pathway(nameOrFile string) (conversations.Pathway, error) {
	file, raw, err := readPathway(nameOrFile)
	if err != nil {
		return conversations.Pathway{}, err
	}
	rules, err := readWording(catalogue)
	if err != nil {
		return conversations.Pathway{}, err
	}
	return parsePathway(file, raw, rules)
}

// PathwayNames lists the pathways that come with the program, sorted.
func PathwayNames() []string {
	files, _ := fs.Glob(pathways, "pathways/*.yaml") // The pattern is well formed: no other error exists.
	var list []string
	for _, file := range files {
		list = append(list, strings.TrimSuffix(path.Base(file), ".yaml"))
	}
	return list
}

// longestPathway is how large a pathway file may be, in bytes: a hundred times
// the largest that comes with the program.
const longestPathway = 1 << 20

// readPathway finds the file that is meant.
func readPathway(nameOrFile string) (file string, raw []byte, err error) {
	if !strings.ContainsAny(nameOrFile, `/\.`) {
		if !slices.Contains(PathwayNames(), nameOrFile) {
			return "", nil, fmt.Errorf("pathway %q: there is none of that name (there are: %s); a file of your own needs its path, as in ./%s.yaml",
				nameOrFile, strings.Join(PathwayNames(), ", "), nameOrFile)
		}
		file = "pathways/" + nameOrFile + ".yaml"
		raw, err = fs.ReadFile(pathways, file)
		return file, raw, err
	}
	info, err := os.Stat(nameOrFile)
	if err != nil {
		return "", nil, fmt.Errorf("pathway: %w", err)
	}
	if info.IsDir() || info.Size() > longestPathway {
		return "", nil, fmt.Errorf("pathway %s: want a file of at most %d bytes", nameOrFile, longestPathway)
	}
	raw, err = os.ReadFile(nameOrFile)
	return nameOrFile, raw, err
}

// pathwayFile is a pathway as it is written. Each value keeps its line, so
// that a fault can name it.
type pathwayFile struct {
	Name         at[string]             `yaml:"name"`
	Service      at[string]             `yaml:"service"`
	Languages    at[[]string]           `yaml:"languages"`
	Zone         at[string]             `yaml:"zone"`
	Sending      hoursFile              `yaml:"sending"`
	Reading      hoursFile              `yaml:"reading"`
	Holidays     holidaysFile           `yaml:"holidays"`
	Reminders    at[[]int]              `yaml:"reminders"`
	AnswerWithin at[int]                `yaml:"answer_within"`
	Crisis       map[string]crisisRoute `yaml:"crisis"`
	teamFile     `yaml:",inline"`
	planFile     `yaml:",inline"`
	limitsFile   `yaml:",inline"`
}

type hoursFile struct {
	From at[string] `yaml:"from"`
	To   at[string] `yaml:"to"`
}

type holidaysFile struct {
	List   at[string]   `yaml:"list"`
	Closed []at[isoDay] `yaml:"closed"`
	Open   []at[isoDay] `yaml:"open"`
}

type crisisRoute struct {
	ReviewedBy at[string] `yaml:"reviewed_by"`
	CheckedOn  at[isoDay] `yaml:"checked_on"`
	Self       at[string] `yaml:"self"`
	Overdose   at[string] `yaml:"overdose"`
	Voices     at[string] `yaml:"voices"`
	ByOthers   at[string] `yaml:"by_others"`
	Other      at[string] `yaml:"other"`
	// SomeoneElse may be left out: Other is said then.
	SomeoneElse at[string] `yaml:"someone_else"`
}

// at is a value and the line it stands on; line 0 means that it is not there.
type at[T any] struct {
	value T
	line  int
}

// UnmarshalYAML keeps the line of the node.
func (a *at[T]) UnmarshalYAML(node *yaml.Node) error {
	a.line = node.Line
	return node.Decode(&a.value)
}

// isoDay is a date as it is written. YAML would read a bare one as an instant.
type isoDay string

// UnmarshalYAML takes the date as text.
func (d *isoDay) UnmarshalYAML(node *yaml.Node) error {
	*d = isoDay(node.Value)
	return nil
}

// parsePathway reads and checks one pathway.
func parsePathway(file string, raw []byte, rules wording) (conversations.Pathway, error) {
	var p pathwayFile
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	var faults []error
	if err := decoder.Decode(&p); err != nil {
		var several *yaml.TypeError
		if !errors.As(err, &several) {
			return conversations.Pathway{}, fmt.Errorf("%s: %w", file, err)
		}
		for _, fault := range several.Errors {
			faults = append(faults, fmt.Errorf("%s: %s", file, fault))
		}
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		faults = append(faults, fmt.Errorf("%s: more than one document", file))
	}
	c := pathwayCheck{file: file, wording: rules, faults: faults}
	out := c.pathway(p)
	if err := errors.Join(c.faults...); err != nil {
		return conversations.Pathway{}, err
	}
	return out, nil
}

// pathwayCheck collects the faults of one file.
type pathwayCheck struct {
	file    string
	wording wording
	faults  []error
}

// fault notes one fault; line 0 means that something is not there at all.
func (c *pathwayCheck) fault(line int, key, format string, args ...any) {
	where := c.file
	if line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	c.faults = append(c.faults, fmt.Errorf("%s: %s: %s", where, key, fmt.Sprintf(format, args...)))
}

// present notes a fault when the line is 0.
func (c *pathwayCheck) present(line int, key string) bool {
	if line == 0 {
		c.fault(0, key, "is missing")
	}
	return line > 0
}

// namePattern is what a pathway may be called: it is a file's name.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// longestService is how many characters a service's name may have: it stands
// in texts that are counted in parts.
const longestService = 30

// pathway checks each value and gives the pathway in the domain's own types.
func (c *pathwayCheck) pathway(p pathwayFile) conversations.Pathway {
	out := conversations.Pathway{
		Name: p.Name.value, Service: strings.TrimSpace(p.Service.value), Languages: p.Languages.value,
		Reminders: p.Reminders.value, AnswerWithin: p.AnswerWithin.value,
		Sending: c.hours("sending", p.Sending), Reading: c.hours("reading", p.Reading),
	}
	if base := strings.TrimSuffix(filepath.Base(c.file), filepath.Ext(c.file)); c.present(p.Name.line, "name") &&
		(p.Name.value != base || !namePattern.MatchString(p.Name.value)) {
		c.fault(p.Name.line, "name", "want the file's own name, %s, in small letters, digits and hyphens", base)
	}
	if c.present(p.Service.line, "service") {
		c.service(p.Service)
	}
	if c.present(p.Zone.line, "zone") {
		zone, err := time.LoadLocation(p.Zone.value)
		if err != nil || p.Zone.value == "" || p.Zone.value == "Local" {
			c.fault(p.Zone.line, "zone", "%q is no zone (want one like Europe/London)", p.Zone.value)
		}
		out.Zone = zone
	}
	c.languages(p.Languages)
	out.Holidays = c.holidays(p.Holidays)
	c.minutes(p)
	out.Crisis, out.Reviewed = c.crisis(p)
	c.team(p.teamFile, &out)
	c.plan(p.planFile, out.Languages, &out)
	c.limits(p.limitsFile, &out)
	return out
}

// service checks the name that stands in texts and on lock screens.
func (c *pathwayCheck) service(s at[string]) {
	if strings.TrimSpace(s.value) == "" || utf8.RuneCountInString(s.value) > longestService || strings.ContainsAny(s.value, "\n{}") {
		c.fault(s.line, "service", "want one line of 1 to %d characters", longestService)
	}
	for _, fault := range c.wording.forbidden(s.value) {
		c.fault(s.line, "service", "%v", fault)
	}
	for _, fault := range c.wording.invited(s.value, true) {
		c.fault(s.line, "service", "%v", fault)
	}
}

// languages checks that there are words in each.
func (c *pathwayCheck) languages(l at[[]string]) {
	if !c.present(l.line, "languages") {
		return
	}
	if len(l.value) == 0 {
		c.fault(l.line, "languages", "want at least one")
	}
	for i, tag := range l.value {
		if _, err := fs.Stat(locales.Active, "active."+tag+".toml"); err != nil {
			c.fault(l.line, "languages", "there are no words in %q (no locales/active.%s.toml)", tag, tag)
		} else if _, err := locales.Unsigned(tag); err != nil {
			c.fault(l.line, "languages", "%v", err)
		}
		if slices.Contains(l.value[:i], tag) {
			c.fault(l.line, "languages", "%q is there twice", tag)
		}
	}
}

// hours reads two times of day.
func (c *pathwayCheck) hours(key string, h hoursFile) conversations.Hours {
	out := conversations.Hours{From: c.clock(key+": from", h.From), To: c.clock(key+": to", h.To)}
	if h.From.line > 0 && h.To.line > 0 && out.From >= 0 && out.To >= 0 && out.From >= out.To {
		c.fault(h.To.line, key, "ends before it begins")
	}
	return out
}

// clock reads "HH:MM" as minutes after midnight, up to "24:00"; -1 after a fault.
func (c *pathwayCheck) clock(key string, v at[string]) int {
	if !c.present(v.line, key) {
		return -1
	}
	if v.value == "24:00" {
		return 24 * 60
	}
	t, err := time.Parse("15:04", v.value)
	if err != nil || len(v.value) != len("15:04") {
		c.fault(v.line, key, "%q is no time of day (want \"HH:MM\", in quotes)", v.value)
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

// longestAhead bounds what is given in minutes: 60 days.
const longestAhead = 60 * 24 * 60

// minutes checks reminders and how long a question stays open.
func (c *pathwayCheck) minutes(p pathwayFile) {
	if c.present(p.Reminders.line, "reminders") {
		for i, m := range p.Reminders.value {
			if m < 1 || m > longestAhead {
				c.fault(p.Reminders.line, "reminders", "%d: want minutes from 1 to %d", m, longestAhead)
			}
			if i > 0 && m >= p.Reminders.value[i-1] {
				c.fault(p.Reminders.line, "reminders", "want the longest first and none twice")
			}
		}
	}
	if c.present(p.AnswerWithin.line, "answer_within") && (p.AnswerWithin.value < 1 || p.AnswerWithin.value > longestAhead) {
		c.fault(p.AnswerWithin.line, "answer_within", "%d: want minutes from 1 to %d", p.AnswerWithin.value, longestAhead)
	}
}

// crisis checks the words for danger in each language; the second result says
// whether somebody vouches for all of them.
func (c *pathwayCheck) crisis(p pathwayFile) (map[string]conversations.CrisisRoutes, bool) {
	out, reviewed := map[string]conversations.CrisisRoutes{}, true
	for _, tag := range p.Languages.value {
		if _, ok := p.Crisis[tag]; !ok {
			c.fault(0, "crisis", "no words in %q, a language of this pathway", tag)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(p.Crisis)) {
		r := p.Crisis[tag]
		key := "crisis: " + tag + ": "
		if !slices.Contains(p.Languages.value, tag) {
			c.fault(r.Self.line, "crisis", "words in %q, which is no language of this pathway", tag)
		}
		out[tag] = conversations.CrisisRoutes{
			Self:     c.crisisText(key+"self", r.Self),
			ByOthers: c.crisisText(key+"by_others", r.ByOthers),
			Other:    c.crisisText(key+"other", r.Other),
			Overdose: c.ownWords(key+"overdose", r.Overdose),
			Voices:   c.ownWords(key+"voices", r.Voices),

			SomeoneElse: c.ownWords(key+"someone_else", r.SomeoneElse),
			// A name of blanks vouches for nothing.
			ReviewedBy: strings.TrimSpace(r.ReviewedBy.value),
			CheckedOn:  string(r.CheckedOn.value),
		}
		c.present(r.ReviewedBy.line, key+"reviewed_by")
		if c.present(r.CheckedOn.line, key+"checked_on") {
			c.date(key+"checked_on", r.CheckedOn)
		}
		reviewed = reviewed && out[tag].ReviewedBy != ""
	}
	return out, reviewed && len(out) > 0
}

// crisisText checks one text: it fits into one message of every channel, and
// what a lock screen shows of it is neutral.
func (c *pathwayCheck) crisisText(key string, v at[string]) string {
	if !c.present(v.line, key) {
		return ""
	}
	text := strings.TrimSpace(v.value)
	if text == "" {
		c.fault(v.line, key, "is blank")
	}
	if n := utf8.RuneCountInString(text); n > longestSMS {
		c.fault(v.line, key, "%d characters, and an SMS takes %d", n, longestSMS)
	}
	for _, fault := range c.wording.alarming(text) {
		c.fault(v.line, key, "%v", fault)
	}
	for _, fault := range c.wording.invited(text, false) {
		c.fault(v.line, key, "%v", fault)
	}
	return text
}

// ownWords checks a text that a pathway may leave out.
func (c *pathwayCheck) ownWords(key string, v at[string]) string {
	if v.line == 0 {
		return ""
	}
	return c.crisisText(key, v)
}

// date checks a day written YYYY-MM-DD.
func (c *pathwayCheck) date(key string, v at[isoDay]) bool {
	if _, err := time.Parse(time.DateOnly, string(v.value)); err != nil {
		c.fault(v.line, key, "%q is no date (want YYYY-MM-DD)", string(v.value))
		return false
	}
	return true
}
