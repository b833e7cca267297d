package templates

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"alongside/conversations"
)

// planFile is what a pathway says of the way itself: its stages, what it has
// promised by when, and how often people meet.
type planFile struct {
	Specialist at[map[string]string] `yaml:"specialist"`
	Stages     []stageFile           `yaml:"stages"`
	Steps      []stepFile            `yaml:"steps"`
	Cadence    []cadenceFile         `yaml:"cadence"`
	Barred     at[[]string]          `yaml:"barred_venues"`
}

type stageFile struct {
	Stage at[string]            `yaml:"stage"`
	Sends at[[]string]          `yaml:"sends"`
	Work  bool                  `yaml:"in_work"`
	Needs at[[]string]          `yaml:"needs"`
	Draft at[map[string]string] `yaml:"draft"`
}

type stepFile struct {
	Step   at[string]            `yaml:"step"`
	From   at[string]            `yaml:"from"`
	Within at[spanFile]          `yaml:"within"`
	Opens  at[spanFile]          `yaml:"opens_before"`
	Stages at[[]string]          `yaml:"stages"`
	Met    at[[]string]          `yaml:"met_by_appointment"`
	By     at[string]            `yaml:"met_by_milestone"`
	Text   at[map[string]string] `yaml:"text"`
}

type cadenceFile struct {
	From  at[string]   `yaml:"from"`
	Since at[spanFile] `yaml:"since"`
	Every at[spanFile] `yaml:"every"`
}

// spanFile is a span as it is written: "10 working days", "4 weeks", "1 month".
type spanFile conversations.Span

var spanPattern = regexp.MustCompile(`^([1-9][0-9]{0,2}) (working day|day|week|month)s?$`)

// UnmarshalYAML keeps what it cannot read as no span: the check names it.
func (p *spanFile) UnmarshalYAML(node *yaml.Node) error {
	m := spanPattern.FindStringSubmatch(node.Value)
	if m == nil {
		return nil
	}
	n := 0
	for _, digit := range m[1] {
		n = 10*n + int(digit-'0')
	}
	switch m[2] {
	case "working day":
		p.WorkingDays = n
	case "day":
		p.Days = n
	case "week":
		p.Weeks = n
	default:
		p.Months = n
	}
	return nil
}

// longestListed is how many characters a step's text has at most: it is one
// line of a list that is read on a phone. longestTitle bounds what a specialist
// is called on pages and letters (never on a lock screen), longestDraft what a person
// sends as one text.
const (
	longestListed = 80
	longestDraft  = 320
	longestTitle  = 40
)

// stepPattern is what a step may be called: it stands in the caseload.
var stepPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// plan checks the way itself.
func (c *pathwayCheck) plan(p planFile, languages []string, out *conversations.Pathway) {
	out.Specialist = c.inEach("specialist", p.Specialist, languages, longestTitle, false)
	out.BarredVenues = oneOf(c, "barred_venues", p.Barred, conversations.Venues)
	if len(p.Stages) == 0 {
		c.fault(0, "stages", "is missing: want at least one, the first of them where a new client stands")
	}
	for _, f := range p.Stages {
		out.Stages = append(out.Stages, c.stage(f, languages, out.Stages))
	}
	for _, f := range p.Steps {
		st := c.step(f, languages, out.Stages)
		if slices.ContainsFunc(out.Steps, func(other conversations.Step) bool { return other.Name == st.Name }) {
			c.fault(f.Step.line, "steps: step", "%q is there twice", st.Name)
		}
		out.Steps = append(out.Steps, st)
	}
	for _, f := range p.Cadence {
		r := conversations.Cadence{
			From:  oneName(c, "cadence: from", f.From, conversations.Milestones),
			Every: c.span("cadence: every", f.Every),
		}
		if f.Since.line > 0 {
			r.Since = c.span("cadence: since", f.Since)
		}
		out.Cadence = append(out.Cadence, r)
	}
}

func (c *pathwayCheck) stage(f stageFile, languages []string, before []conversations.StageRule) conversations.StageRule {
	r := conversations.StageRule{
		Stage: oneName(c, "stages: stage", f.Stage, conversations.Stages), InWork: f.Work,
		Sends: oneOf(c, "stages: sends", f.Sends, conversations.Matters),
		Needs: oneOf(c, "stages: needs", f.Needs, conversations.Milestones),
	}
	if slices.ContainsFunc(before, func(o conversations.StageRule) bool { return o.Stage == r.Stage }) {
		c.fault(f.Stage.line, "stages: stage", "%q is there twice", f.Stage.value)
	}
	if f.Draft.line > 0 {
		r.Draft = c.inEach("stages: draft", f.Draft, languages, longestDraft, true)
	}
	return r
}

func (c *pathwayCheck) step(f stepFile, languages []string, stages []conversations.StageRule) conversations.Step {
	st := conversations.Step{
		Name: f.Step.value, From: oneName(c, "steps: from", f.From, conversations.Milestones),
		Within: c.span("steps: within", f.Within),
		Stages: oneOf(c, "steps: stages", f.Stages, conversations.Stages),
		Kinds:  oneOf(c, "steps: met_by_appointment", f.Met, conversations.AppointmentKinds),
		Text:   c.inEach("steps: text", f.Text, languages, longestListed, false),
	}
	if c.present(f.Step.line, "steps: step") && (!stepPattern.MatchString(st.Name) || st.Name == conversations.StepMeeting) {
		c.fault(f.Step.line, "steps: step", "%q: want a name of its own in small letters, digits and _, and not %q", st.Name, conversations.StepMeeting)
	}
	if f.Opens.line > 0 {
		st.Opens = c.span("steps: opens_before", f.Opens)
	}
	if f.By.line > 0 {
		st.By = oneName(c, "steps: met_by_milestone", f.By, conversations.Milestones)
	}
	for _, name := range st.Stages {
		if !slices.ContainsFunc(stages, func(r conversations.StageRule) bool { return r.Stage == name }) {
			c.fault(f.Stages.line, "steps: stages", "this pathway has no stage %q", string(name))
		}
	}
	return st
}

// span checks that a span could be read.
func (c *pathwayCheck) span(key string, f at[spanFile]) conversations.Span {
	p := conversations.Span(f.value)
	if c.present(f.line, key) && p.IsZero() {
		c.fault(f.line, key, `want a number and a unit: "10 working days", "3 days", "4 weeks", "9 months"`)
	}
	return p
}

// inEach checks words that have to be there in each of the service's languages.
// Texts is for what a client may be sent: there nothing may stand that a lock
// screen must not show, or that a carrier acts on.
func (c *pathwayCheck) inEach(key string, f at[map[string]string], languages []string, longest int, texts bool) map[string]string {
	if !c.present(f.line, key) {
		return nil
	}
	out := map[string]string{}
	for _, tag := range languages {
		text := strings.TrimSpace(f.value[tag])
		if text == "" {
			c.fault(f.line, key, "no words in %q, a language of this pathway", tag)
		}
		out[tag] = text
	}
	for _, tag := range slices.Sorted(maps.Keys(f.value)) {
		if !slices.Contains(languages, tag) {
			c.fault(f.line, key, "words in %q, which is no language of this pathway", tag)
		}
		text := f.value[tag]
		if n := utf8.RuneCountInString(text); n > longest {
			c.fault(f.line, key, "%d characters in %q, want at most %d", n, tag, longest)
		}
		if !texts {
			continue
		}
		for _, fault := range slices.Concat(c.wording.forbidden(text), c.wording.invited(text, false)) {
			c.fault(f.line, key, "%v", fault)
		}
	}
	return out
}

// oneName checks one word of a closed list.
func oneName[T ~string](c *pathwayCheck, key string, f at[string], known []T) T {
	if c.present(f.line, key) && !slices.Contains(known, T(f.value)) {
		c.fault(f.line, key, "there is no %q (there are: %s)", f.value, listed(known))
	}
	return T(f.value)
}

// oneOf checks a list of words of a closed list; it may be left out.
func oneOf[T ~string](c *pathwayCheck, key string, f at[[]string], known []T) []T {
	var out []T
	for _, word := range f.value {
		if !slices.Contains(known, T(word)) {
			c.fault(f.line, key, "there is no %q (there are: %s)", word, listed(known))
		}
		if slices.Contains(out, T(word)) {
			c.fault(f.line, key, "%q is there twice", word)
		}
		out = append(out, T(word))
	}
	return out
}

func listed[T ~string](known []T) string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}
