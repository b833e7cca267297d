package templates

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"alongside/conversations"
)

// Request says what is to be put into words.
type Request struct {
	// Key and Vars are those of conversations.Say. Vars hold string, int,
	// conversations.When, Day, Clock or Piece, exactly as the catalogue says; "name"
	// besides, where the message may greet.
	Key  string
	Vars map[string]any
	// Language is the tag to say it in ("en", "cy"); it must be there.
	Language string
	// Channel it goes to; an answer to an unknown sender goes to the channel
	// that the text came from.
	Channel conversations.Channel
	// Options are the numbered answers, as the catalogue has them; Question is
	// the one they answer. Both or neither.
	Options  []conversations.Choice
	Question conversations.QuestionID
	// Crisis are the pathway's reviewed words per language (Pathway.Crisis),
	// needed only for the keys that begin with "crisis.".
	Crisis map[string]conversations.CrisisRoutes
}

// Rendered is a message as it goes to the carrier.
type Rendered struct {
	Text string
	// Buttons stand under the text on Telegram; on SMS there are none, and the
	// text says the numbers instead.
	Buttons []Button
	// Parts is how many SMS the text takes; 1 on Telegram.
	Parts int
	// Language is the tag of the language it is in.
	Language string
}

// Button is one answer under a text.
type Button struct {
	// Label is what the client reads.
	Label string
	// Data is what comes back when it is pressed: question id ":" choice, at
	// most 64 bytes.
	Data string
}

// The limits of the carriers.
const (
	longestSMS      = 1600 // characters; Twilio refuses more (error 21617)
	longestTelegram = 4096 // UTF-16 code units; Telegram's sendMessage
	longestData     = 64   // bytes; Telegram's callback_data
)

// Render puts a message into words. It errs, and then nothing may be sent,
// when the key, a word, a variable or the language is missing, when there is a
// variable too many, when options are not those of the catalogue, or when the
// text is longer than the channel takes. Errors repeat no variable's value.
func (w *Words) Render(r Request) (Rendered, error) {
	m, ok := w.messages[r.Key]
	if !ok || m.Piece {
		return Rendered{}, fmt.Errorf("render %q: the catalogue has no such message", r.Key)
	}
	v, ok := w.voices[r.Language]
	if !ok {
		return Rendered{}, fmt.Errorf("render %s: no words in language %q", r.Key, r.Language)
	}
	if !slices.Contains(conversations.Channels, r.Channel) {
		return Rendered{}, fmt.Errorf("render %s: unknown channel %q", r.Key, r.Channel)
	}
	if !slices.Equal(r.Options, m.Options) {
		return Rendered{}, fmt.Errorf("render %s: options %v, but the catalogue has %v", r.Key, r.Options, m.Options)
	}
	if len(r.Options) > 0 && r.Question == "" {
		return Rendered{}, fmt.Errorf("render %s: options without the question that they answer", r.Key)
	}
	text, err := w.text(m, v, r)
	if err != nil {
		return Rendered{}, fmt.Errorf("render %s: %w", r.Key, err)
	}
	out := Rendered{Text: text, Parts: 1, Language: r.Language}
	switch r.Channel {
	case conversations.SMS:
		if n := utf8.RuneCountInString(text); n > longestSMS {
			return Rendered{}, fmt.Errorf("render %s: %d characters, and an SMS takes %d", r.Key, n, longestSMS)
		}
		out.Parts = Parts(text)
	case conversations.Telegram:
		if n := len(utf16.Encode([]rune(text))); n > longestTelegram {
			return Rendered{}, fmt.Errorf("render %s: %d characters, and Telegram takes %d", r.Key, n, longestTelegram)
		}
		if out.Buttons, err = v.buttons(r); err != nil {
			return Rendered{}, fmt.Errorf("render %s: %w", r.Key, err)
		}
	}
	return out, nil
}

// text puts greeting, words, additions and tail together.
func (w *Words) text(m Message, v voice, r Request) (string, error) {
	if m.FromPathway {
		if len(r.Vars) > 0 {
			return "", fmt.Errorf("the pathway's words take no variables, got %v", slices.Sorted(maps.Keys(r.Vars)))
		}
		return crisisWords(m.Key, r)
	}
	own, added, name, err := v.split(m, w.messages, r.Vars)
	if err != nil {
		return "", err
	}
	signature := own[varSpecialist]
	if m.Signed {
		delete(own, varSpecialist)
	}
	text, err := v.speak(m.Key, own, nil)
	if err != nil {
		return "", err
	}
	if name != "" {
		greeting, err := v.speak(pieceGreeting, map[string]any{varName: name}, nil)
		if err != nil {
			return "", err
		}
		text = greeting + " " + text
	}
	if m.Signed {
		signed, err := v.speak(pieceSignature, map[string]any{varSpecialist: signature}, nil)
		if err != nil {
			return "", err
		}
		text = signed + " " + text
	}
	for _, variable := range slices.Sorted(maps.Keys(added)) {
		piece := w.messages[m.Adds[variable]]
		vars := map[string]any{variable: added[variable]}
		more, err := v.speak(piece.Key, vars, vars[piece.Plural])
		if err != nil {
			return "", err
		}
		text += "\n" + more
	}
	if m.Tail != "" && r.Channel == conversations.SMS {
		tail, err := v.speak(m.Tail, nil, nil)
		if err != nil {
			return "", err
		}
		text += "\n" + tail
	}
	return text, nil
}

// split sorts the variables into the message's own, those that add a piece,
// and the name to greet, each put into words. Every variable must be known and
// every one of the message's own must be there.
func (v voice) split(m Message, all map[string]Message, vars map[string]any) (own, added map[string]any, name string, err error) {
	own, added = make(map[string]any, len(m.Vars)), map[string]any{}
	for key, value := range vars {
		if kind, ok := m.Vars[key]; ok && kind == VarPiece {
			own[key], err = v.piece(m, all, value)
		} else if ok {
			own[key], err = v.say(kind, value)
		} else if piece, ok := m.Adds[key]; ok {
			added[key], err = v.say(all[piece].Vars[key], value)
		} else if key == varName && m.Greeted {
			name, err = oneLine(value)
		} else {
			err = errors.New("it has no such variable")
		}
		if err != nil {
			return nil, nil, "", fmt.Errorf("variable %s: %w", key, err)
		}
	}
	for key := range m.Vars {
		if _, ok := own[key]; !ok {
			return nil, nil, "", fmt.Errorf("variable %s is missing", key)
		}
	}
	return own, added, name, nil
}

// piece puts a part of a message into words: one of those that the message names.
func (v voice) piece(m Message, all map[string]Message, value any) (any, error) {
	p, ok := value.(conversations.Piece)
	if !ok {
		return nil, fmt.Errorf("is a %T, and the catalogue says %s", value, VarPiece)
	}
	if !slices.Contains(m.Pieces, p.Key) {
		return nil, fmt.Errorf("is the piece %q, and the catalogue has %v", p.Key, m.Pieces)
	}
	part := all[p.Key]
	own, _, _, err := v.split(part, all, p.Vars)
	if err != nil {
		return nil, fmt.Errorf("piece %s: %w", p.Key, err)
	}
	return v.speak(p.Key, own, own[part.Plural])
}

// say puts one value into words: a string, an int, or a moment.
func (v voice) say(kind VarType, value any) (any, error) {
	switch value := value.(type) {
	case string:
		if kind == VarString {
			return oneLine(value)
		}
	case int:
		if kind == VarInt {
			return value, nil
		}
	case conversations.When:
		if kind == VarWhen {
			return v.moment(time.Time(value), v.sayWhen)
		}
	case conversations.Day:
		if kind == VarDay {
			return v.moment(time.Time(value), v.sayDay)
		}
	case conversations.Clock:
		if kind == VarClock {
			return v.moment(time.Time(value), v.sayClock)
		}
	case conversations.Weekdays:
		if kind == VarWeekdays {
			return v.sayWeekdays(value)
		}
	case conversations.Kinds:
		if kind == VarKinds {
			return v.sayKinds(value)
		}
	}
	return nil, fmt.Errorf("is a %T, and the catalogue says %s", value, kind)
}

// oneLine takes a string that is not blank. Line breaks and runs of space come
// from forms, not from meaning, so they become one space.
func oneLine(value any) (string, error) {
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("is a %T, and the catalogue says %s", value, VarString)
	}
	line := strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if line == "" {
		return "", errors.New("is blank")
	}
	return line, nil
}

// moment refuses the zero time: it is never meant, and it would be said in full.
func (v voice) moment(t time.Time, say func(time.Time) (said, error)) (any, error) {
	if t.IsZero() {
		return nil, errors.New("is the zero time")
	}
	return say(t)
}

// buttons gives the options their labels.
func (v voice) buttons(r Request) ([]Button, error) {
	var list []Button
	for _, o := range r.Options {
		label, err := v.speak(choiceKey(o), nil, nil)
		if err != nil {
			return nil, err
		}
		data := string(r.Question) + ":" + string(o)
		if len(data) > longestData {
			return nil, fmt.Errorf("button %s: data of %d bytes, and Telegram takes %d", o, len(data), longestData)
		}
		list = append(list, Button{Label: label, Data: data})
	}
	return list, nil
}

// crisisWords gives the pathway's reviewed words as they stand.
func crisisWords(key string, r Request) (string, error) {
	routes, ok := r.Crisis[r.Language]
	if !ok {
		return "", fmt.Errorf("the pathway has no crisis words in language %q", r.Language)
	}
	words := map[string]string{
		"crisis.self": routes.Self, "crisis.by_others": routes.ByOthers, "crisis.other": routes.Other,
		"crisis.overdose": cmp.Or(routes.Overdose, routes.Self), "crisis.voices": cmp.Or(routes.Voices, routes.Self),
		"crisis.someone_else": cmp.Or(routes.SomeoneElse, routes.Other),
	}[key]
	if strings.TrimSpace(words) == "" {
		return "", fmt.Errorf("the pathway has no such crisis words in language %q", r.Language)
	}
	return words, nil
}
