package conversations_test

import (
	"strings"
	"testing"

	"alongside/conversations"
)

// nudgeEvent reads "n1 bulk how_are_you", "n1 own en=Good luck today. | cy=Pob
// lwc heddiw. | instead=en" and "n1 taken_back".
func (s *stage) nudgeEvent(t *testing.T, rest string) conversations.Event {
	t.Helper()
	id, rest, _ := strings.Cut(rest, " ")
	n := conversations.Nudge{ID: conversations.NudgeID(id), Signed: "Sam"}
	rest, n.Bulk = strings.CutPrefix(rest, "bulk ")
	if rest == "taken_back" {
		return conversations.Event{Kind: conversations.EventDropped, Reason: conversations.NudgeStopped, Nudge: n}
	}
	words, own := strings.CutPrefix(rest, "own ")
	if !own {
		n.Template = "nudge." + rest
		return conversations.Event{Kind: conversations.EventNudge, Nudge: n, By: "s1"}
	}
	n.Words = map[string]string{}
	for part := range strings.SplitSeq(words, " | ") {
		tag, text, ok := strings.Cut(part, "=")
		switch {
		case !ok:
			t.Fatalf("nudge %q: want language=words", rest)
		case tag == "instead":
			n.Instead = text
		default:
			n.Words[tag] = text
		}
	}
	return conversations.Event{Kind: conversations.EventNudge, Nudge: n, By: "s1"}
}
