package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"alongside/conversations"
)

// Message is one entry of the catalogue: a message that can be sent, or a
// piece that only stands inside others.
type Message struct {
	// Key names it, in conversations.Say.Key and in the translations.
	Key string `toml:"-"`
	// File is the file of the catalogue that describes it.
	File string `toml:"-"`
	// Purpose is one sentence: why it goes.
	Purpose string `toml:"purpose"`
	// Vars are the variables that it needs, each with its type. A variable
	// "name" need not be declared: see Greeted.
	Vars map[string]VarType `toml:"vars"`
	// Adds are variables that may be left out. Where one is there, the piece
	// named here is added on a line of its own.
	Adds map[string]string `toml:"adds"`
	// Pieces are the pieces that may fill its variables of type piece.
	Pieces []string `toml:"pieces"`
	// Options are the answers it asks for, in the order of their numbers.
	Options []conversations.Choice `toml:"options"`
	// Tail is the key of the piece that says the numbers; SMS only.
	Tail string `toml:"tail"`
	// Greeted says that it may begin with the client's name: it does so where
	// the variables hold "name".
	Greeted bool `toml:"greeted"`
	// Signed says that it stands behind the name of who wrote or chose its words
	// (the variable specialist), which is why it comes.
	Signed bool `toml:"signed"`
	// Unasked says that it may go without the client having just written. Such
	// a text says why it comes.
	Unasked bool `toml:"unasked"`
	// Longest is how many SMS parts it may take, per language, with the longest
	// values that are still sensible. Languages differ: a Welsh text that needs
	// ŵ or â holds 70 characters where an English one holds 160. See LongestIn
	// for languages that are not named here.
	Longest map[string]int `toml:"longest"`
	// Piece says that it is never sent by itself.
	Piece bool `toml:"piece"`
	// Plural names the variable that chooses the plural form; only pieces have one.
	Plural string `toml:"plural"`
	// FromPathway says that its words are the pathway's reviewed crisis words,
	// sent as they stand: it has no translation.
	FromPathway bool `toml:"from_pathway"`
}

// LongestIn is how many SMS parts the message may take in a language: what
// Longest says, and for a language that no message counts three times what
// English takes. A joined part holds 153 letters of the GSM alphabet and 67 of
// any other (TS 23.040), which is 2.3 times as many parts for the same text; the
// rest is for languages that need more letters than English.
func (m Message) LongestIn(tag string) int {
	if n, ok := m.Longest[tag]; ok {
		return n
	}
	return 3 * m.Longest["en"]
}

// VarType says what a variable is.
type VarType string

// The types of variables and the Go types that fill them.
const (
	VarString VarType = "string" // string: names, places; not blank
	VarInt    VarType = "int"    // int
	VarWhen   VarType = "when"   // conversations.When: weekday, date and time
	VarDay    VarType = "day"    // conversations.Day: weekday and date
	VarClock  VarType = "clock"  // conversations.Clock: time of day
	VarPiece  VarType = "piece"  // conversations.Piece: one of the message's Pieces, with its own variables
	// VarWeekdays is conversations.Weekdays, VarKinds conversations.Kinds: lists.
	VarWeekdays VarType = "weekdays"
	VarKinds    VarType = "kinds"
)

// varTypes lists every type of a variable.
var varTypes = []VarType{VarString, VarInt, VarWhen, VarDay, VarClock, VarPiece, VarWeekdays, VarKinds}

// The pieces that the renderer asks for by name. Every other piece is reached
// through a message's tail or adds.
const (
	pieceGreeting  = "greeting"
	varName        = "name"
	pieceSignature = "signature"
	varSpecialist  = "specialist"
)

// builtIn lists the pieces that the renderer itself uses.
func builtIn() []string {
	keys := []string{
		pieceGreeting, pieceSignature, pieceWeekdays, pieceMonths,
		"calendar.when", "calendar.when_on", "calendar.day", "calendar.day_on", "calendar.clock_on",
		"calendar.hour_am", "calendar.hour_pm", "calendar.minute_am", "calendar.minute_pm",
		"calendar.midday", "calendar.midnight",
	}
	for _, c := range conversations.Choices {
		keys = append(keys, choiceKey(c))
	}
	for _, m := range conversations.Matters {
		keys = append(keys, matterKey(m))
	}
	return keys
}

// choiceKey is the key of a choice's label.
func choiceKey(c conversations.Choice) string { return "choice." + string(c) }

// readCatalogue reads messages/*.toml strictly and checks each entry by
// itself and against the others. All faults come back joined.
func readCatalogue(fsys fs.FS) (map[string]Message, error) {
	files, err := fs.Glob(fsys, "messages/*.toml")
	if err != nil || len(files) == 0 {
		return nil, errors.New("messages: no catalogue file (*.toml)")
	}
	all := map[string]Message{}
	var faults []error
	for _, file := range files {
		raw, err := fs.ReadFile(fsys, file)
		if err != nil {
			faults = append(faults, fmt.Errorf("read %s: %w", file, err))
			continue
		}
		entries := map[string]Message{}
		md, err := toml.Decode(string(raw), &entries)
		if err != nil {
			faults = append(faults, tomlFault(file, err))
			continue
		}
		for _, key := range md.Undecoded() {
			faults = append(faults, fmt.Errorf("%s: %s: unknown field", file, keyPath(key)))
		}
		for key, m := range entries {
			if before, twice := all[key]; twice {
				faults = append(faults, fmt.Errorf("%s: %s: is already in %s", file, key, before.File))
			}
			m.Key, m.File = key, file
			all[key] = m
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		faults = append(faults, all[key].check(all)...)
	}
	faults = append(faults, checkReached(all)...)
	return all, errors.Join(faults...)
}

// check reports the faults of one entry.
func (m Message) check(all map[string]Message) []error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s: %s", m.File, m.Key, fmt.Sprintf(format, args...)))
	}
	if strings.TrimSpace(m.Purpose) == "" {
		fault("purpose is missing")
	}
	for name, kind := range m.Vars {
		if !slices.Contains(varTypes, kind) {
			fault("variable %s: unknown type %q (known: %v)", name, kind, varTypes)
		}
		if name == varName && m.Key != pieceGreeting {
			fault("variable name: write greeted = true instead")
		}
	}
	for name, key := range m.Adds {
		piece, ok := all[key]
		switch {
		case !ok || !piece.Piece:
			fault("adds %s: there is no piece %q", name, key)
		case len(piece.Vars) != 1 || piece.Vars[name] == "":
			fault("adds %s: the piece %s must have that variable and no other", name, key)
		}
		if _, both := m.Vars[name]; both {
			fault("adds %s: is also among vars", name)
		}
	}
	filled := slices.Contains(slices.Collect(maps.Values(m.Vars)), VarPiece)
	if filled != (len(m.Pieces) > 0) {
		fault("pieces and a variable of type piece belong together")
	}
	for _, key := range m.Pieces {
		if piece, ok := all[key]; !ok || !piece.Piece {
			fault("pieces: there is no piece %q", key)
		}
	}
	for _, o := range m.Options {
		if !slices.Contains(conversations.Choices, o) {
			fault("options: unknown choice %q (known: %v)", o, conversations.Choices)
		}
	}
	if (len(m.Options) > 0) != (m.Tail != "") {
		fault("options and tail belong together")
	}
	if piece, ok := all[m.Tail]; m.Tail != "" && (!ok || !piece.Piece || len(piece.Vars) > 0) {
		fault("tail: there is no piece %q without variables", m.Tail)
	}
	switch {
	case m.Piece && (m.Greeted || m.Unasked || m.FromPathway || len(m.Options) > 0 || len(m.Adds) > 0 || len(m.Longest) > 0 || filled):
		fault("a piece has only purpose, vars and plural")
	case m.FromPathway && (len(m.Vars) > 0 || len(m.Adds) > 0 || len(m.Options) > 0 || m.Greeted):
		fault("the pathway's words are sent as they stand: no vars, adds, options or greeting")
	case !m.Piece && !m.FromPathway && len(m.Longest) == 0:
		fault("longest is missing")
	}
	if m.Signed && (m.Piece || m.FromPathway || m.Vars[varSpecialist] != VarString) {
		fault("signed: want a message with the variable specialist")
	}
	if m.Plural != "" && (!m.Piece || m.Vars[m.Plural] != VarInt) {
		fault("plural: want a piece and the name of one of its int variables")
	}
	return faults
}

// checkReached reports pieces that the renderer needs and cannot find, and
// pieces that nothing leads to.
func checkReached(all map[string]Message) []error {
	var faults []error
	reached := map[string]bool{}
	for _, key := range builtIn() {
		reached[key] = true
		if !all[key].Piece {
			faults = append(faults, fmt.Errorf("messages: %s: this piece is missing", key))
		}
	}
	for _, m := range all {
		reached[m.Tail] = true
		for _, key := range m.Adds {
			reached[key] = true
		}
		for _, key := range m.Pieces {
			reached[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key].Piece && !reached[key] {
			faults = append(faults, fmt.Errorf("%s: %s: no message uses this piece", all[key].File, key))
		}
	}
	return faults
}

// tomlFault puts file and line before a fault of the TOML reader.
func tomlFault(file string, err error) error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s:%d: %s: %s", file, parse.Position.Line, parse.LastKey, parse.Message)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// keyPath writes a TOML key without the quotes that a dotted name needs.
func keyPath(key toml.Key) string { return strings.Join(key, ": ") }

// languageOf gives the tag in the name of a translation file, "active.cy.toml".
func languageOf(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "active."), ".toml")
}
