package templates

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"alongside/conversations"
)

// london is where the examples happen.
var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

// thursday is the moment of the examples.
var thursday = time.Date(2026, 11, 26, 14, 0, 0, 0, london)

// example gives a value to every variable of a message, those that may be left
// out and the name included.
// pageLink is the address of an alert, as long as they come.
const pageLink = "https://alongside.thrive.example.nhs.uk/alerts/01982c62-c5d0-7b64-83d9-20be6d8ca143"

func example(m Message) map[string]any {
	words := map[string]any{
		"chat": "https://t.me/alongside_bot?start=k7Q2v9_Xw4", "bot": "@alongside_bot", "code": "k7Q2v9_Xw4", "duty": "Priya",
		"called": "John", "specialist": "Sam", "cover": "Maria", "service": "Alongside", "link": pageLink, "with": "Ann Price", "former": "Priya", "signed": "Ann", "place": "The Hub, 3 High Street",
	}
	maps.Copy(words, leadExamples)
	vars := map[string]any{}
	for name, kind := range m.Vars {
		switch kind {
		case VarWhen:
			vars[name] = conversations.When(thursday)
			if name == "proposed" || name == "before" {
				vars[name] = conversations.When(thursday.AddDate(0, 0, 1).Add(30 * time.Minute))
			}
		case VarDay:
			vars[name] = conversations.Day(thursday.AddDate(0, 0, 4))
		case VarClock:
			vars[name] = conversations.Clock(thursday)
		case VarPiece:
			// "first" is filled by the first piece, "second" by the second.
			n := max(slices.Index([]string{"first", "second", "third"}, name), 0)
			vars[name] = part(m.Pieces[n%len(m.Pieces)])
		case VarWeekdays:
			vars[name] = conversations.Weekdays{time.Monday, time.Friday}
		case VarKinds:
			vars[name] = conversations.Kinds{conversations.MatterAppointments, conversations.MatterCheckIns}
		default:
			vars[name] = words[name]
		}
	}
	for name, value := range ownQuestion {
		if _, needed := m.Vars[name]; needed {
			vars[name] = value
		}
	}
	more := map[string]any{
		"minutes": 30, "days": conversations.Weekdays{time.Monday, time.Friday}, "kept": conversations.Kinds{conversations.MatterAppointments},
		"duty": words["duty"], "called": words["called"], "next": conversations.When(thursday), "paused": conversations.Day(thursday),
	}
	for name := range m.Adds {
		if vars[name] = more[name]; vars[name] == nil {
			vars[name] = words[name]
		}
	}
	if m.Greeted {
		vars["name"] = "John"
	}
	return vars
}

// entries are those of the embedded catalogue, for the variables of pieces.
var entries = sync.OnceValue(func() map[string]Message {
	all, err := readCatalogue(catalogue)
	if err != nil {
		panic(err)
	}
	return all
})

// part is a piece with its example.
func part(key string) conversations.Piece {
	return conversations.Piece{Key: key, Vars: example(entries()[key])}
}

// ownQuestion are the examples of a client's own question, of a number that
// answers one, and of the number that a phone shows.
var ownQuestion = map[string]any{"words": "Have you been outside today?", "number": 4, "phone": "07700 900456"}

// request asks for a message with its example, and with words of the pathway.
func request(m Message, tag string, channel conversations.Channel) Request {
	r := Request{
		Key: m.Key, Vars: example(m), Language: tag, Channel: channel, Options: m.Options,
		Crisis: map[string]conversations.CrisisRoutes{
			"en": {Self: "reviewed words, self", ByOthers: "reviewed words, by others", Other: "reviewed words, other"},
			"cy": {Self: "geiriau, self", ByOthers: "geiriau, by others", Other: "geiriau, other"},
			"pl": {Self: "słowa, self", ByOthers: "słowa, by others", Other: "słowa, other"},
			"ar": {Self: "كلمات, self", ByOthers: "كلمات, by others", Other: "كلمات, other"},
		},
	}
	if len(m.Options) > 0 {
		r.Question = "q7"
	}
	return r
}

// find gives one message of the catalogue.
func find(t testing.TB, w *Words, key string) Message {
	t.Helper()
	m, ok := w.messages[key]
	if !ok {
		t.Fatalf("no message %s", key)
	}
	return m
}

// longestValue is the longest that is still sensible for each variable: names
// from the longer half of the registers, the longest date there is, a place
// with its street. Letters beyond GSM 7-bit are left out on purpose: they cost
// the same in every text.
func longestValue(name string, kind VarType, tag string) any {
	september := time.Date(2026, 9, 30, 11, 45, 0, 0, london) // Wednesday
	if tag == "cy" {
		september = time.Date(2027, 7, 28, 11, 45, 0, 0, london) // dydd Mercher 28 Gorffennaf
	}
	switch kind {
	case VarWhen:
		return conversations.When(september)
	case VarDay:
		return conversations.Day(september)
	case VarClock:
		return conversations.Clock(september)
	case VarWeekdays:
		return conversations.Weekdays{time.Monday, time.Tuesday, time.Wednesday, time.Thursday}
	case VarKinds:
		return conversations.Kinds(conversations.Matters[:4])
	case VarInt:
		return 120
	case VarString, VarPiece:
	}
	switch name {
	case "words":
		return "Have you had a walk outside and something warm to eat today?"
	case "phone":
		return "07700 900456"
	}
	if text, ok := longestLeads[name]; ok {
		return text
	}
	return map[string]string{
		"name": "Christopher", "specialist": "Christopher", "cover": "Bartholomew", "service": "Alongside Vale", "link": pageLink,
		"place": "Central Library, 12 Queen Street", "with": "Christopher and Elizabeth", "called": "Christopher", "duty": "Christopher",
		"former": "Elizabeth", "signed": "Christopher",
		"chat": "https://t.me/alongside_cardiff_vale_bot?start=k7Q2v9_Xw4LmN8pRtYb", "bot": "@alongside_cardiff_vale_bot",
		"code": "k7Q2v9_Xw4LmN8pRtYb",
	}[name]
}

// longestPiece is the longest of the pieces that may fill a variable; the
// second variable gets the longest but one, because no piece stands there twice.
func longestPiece(t *testing.T, w *Words, m Message, name, tag string) conversations.Piece {
	t.Helper()
	list := make([]conversations.Piece, 0, len(m.Pieces))
	length := map[string]int{}
	for _, key := range m.Pieces {
		p := conversations.Piece{Key: key, Vars: map[string]any{}}
		for v, kind := range w.messages[key].Vars {
			p.Vars[v] = longestValue(v, kind, tag)
		}
		own, _, _, err := w.voices[tag].split(w.messages[key], w.messages, p.Vars)
		if err != nil {
			t.Fatal(err)
		}
		text, err := w.voices[tag].speak(key, own, nil)
		if err != nil {
			t.Fatal(err)
		}
		length[key] = len(text)
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b conversations.Piece) int { return length[b.Key] - length[a.Key] })
	return list[min(max(slices.Index([]string{"first", "second"}, name), 0), len(list)-1)]
}
