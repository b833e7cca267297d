package understand_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations/understand"
)

// What is said of when texts may come: which side of a time is meant, and
// whether it is a limit or the end of one.
func TestLimits(t *testing.T) {
	t.Parallel()
	type limit = understand.Limit
	mon, tue, wed, fri := time.Monday, time.Tuesday, time.Wednesday, time.Friday
	weekend := []time.Weekday{time.Sunday, time.Saturday}
	for _, row := range []struct {
		text  string
		topic understand.Topic
		limit limit
	}{
		{"text me after 11", understand.TopicQuiet, limit{NotBefore: "11:00"}},
		{"only text me after 12", understand.TopicQuiet, limit{NotBefore: "12:00"}},
		{"dont text me after 6", understand.TopicQuiet, limit{NotAfter: "18:00"}},
		{"only between 2 and 4 pls", understand.TopicQuiet, limit{NotBefore: "14:00", NotAfter: "16:00"}},
		{"text me between 1 and 3", understand.TopicQuiet, limit{NotBefore: "13:00", NotAfter: "15:00"}},
		{"text me from 11 to 4", understand.TopicQuiet, limit{NotBefore: "11:00", NotAfter: "16:00"}},
		{"dont text me before 11", understand.TopicQuiet, limit{NotBefore: "11:00"}},
		{"dont text me before 11 or after 4", understand.TopicQuiet, limit{NotBefore: "11:00", NotAfter: "16:00"}},
		{"only text me in the mornings", understand.TopicQuiet, limit{NotAfter: "12:00"}},
		{"no texts on mondays or tuesdays", understand.TopicQuiet, limit{NotOn: []time.Weekday{mon, tue}}},
		{"text me only on wednesdays", understand.TopicQuiet, limit{OnlyOn: []time.Weekday{wed}}},
		{"only text me on wednesdays after 12", understand.TopicQuiet, limit{OnlyOn: []time.Weekday{wed}, NotBefore: "12:00"}},
		{"only on weds and fri pls", understand.TopicQuiet, limit{OnlyOn: []time.Weekday{wed, fri}}},
		{"dont text me on wednesdays", understand.TopicQuiet, limit{NotOn: []time.Weekday{wed}}},
		{"no texts except on wednesdays", understand.TopicQuiet, limit{OnlyOn: []time.Weekday{wed}}},
		{"im asleep till 12", understand.TopicQuiet, limit{NotBefore: "12:00"}},
		{"u can text me any time", understand.TopicQuiet, limit{AnyTime: true}},
		{"text any time", understand.TopicQuiet, limit{AnyTime: true}},
		{"no texts after 8pm", understand.TopicQuiet, limit{NotAfter: "20:00"}},
		{"dont text me at weekends", understand.TopicQuiet, limit{NotOn: weekend}},

		{"pause 2 weeks pls", understand.TopicPause, limit{Days: 14}},
		{"leave me alone till monday", understand.TopicPause, limit{Days: 1}},
		{"no more texts until after xmas", understand.TopicPause, limit{Days: 35}},
		{"no texts till after christmas please", understand.TopicPause, limit{Days: 35}},
		{"no texts until new year", understand.TopicPause, limit{Days: 40}},
		{"pause until january", understand.TopicPause, limit{Days: 40}},
		{"not this week", understand.TopicPause, limit{Days: 1}},
		{"dont text me this week", understand.TopicPause, limit{Days: 1}},
		{"dont text me today", understand.TopicPause, limit{Days: 1}},
		{"no texts til after the weekend", understand.TopicPause, limit{Days: 1}},

		{"yh shud be ok and dont txt me b4 12", understand.TopicQuiet, limit{NotBefore: "12:00"}},
		{"dont ring after 4 tho", understand.TopicMessage, limit{}},
		{"please dont text me about jobs", understand.TopicStopKind, limit{Kind: "leads"}},
		{"u can send jobs again", understand.TopicStopKind, limit{Allow: "leads"}},
		{"u text too much", understand.TopicLimits, limit{}},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			got := read(t, understand.AskedNone, row.text)
			if got.Intent != understand.Other || got.Topic != row.topic {
				t.Errorf("got %s %q (%s), want other %q", got.Intent, got.Topic, got.Why, row.topic)
			}
			if diff := cmp.Diff(row.limit, got.Limit); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// More of the same behind an answer about quiet times, and what is none of it.
func TestFurtherLimits(t *testing.T) {
	t.Parallel()
	type limit = understand.Limit
	l, now := loaded(t), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		text  string
		limit limit
		ok    bool
	}{
		{"and nothing after 6", limit{NotAfter: "18:00"}, true},
		{"not at weekends", limit{NotOn: []time.Weekday{time.Sunday, time.Saturday}}, true},
		{"actually before 10 is fine", limit{AnyBefore: true}, true},
		{"after 6 is ok too", limit{AnyAfter: true}, true},
		{"not on mondays either", limit{NotOn: []time.Weekday{time.Monday}}, true},
		{"wednesdays are fine now", limit{On: []time.Weekday{time.Wednesday}}, true},
		{"mornings are ok again", limit{AnyBefore: true}, true},
		{"wednesdays as well", limit{On: []time.Weekday{time.Wednesday}}, true},
		{"make it 12 not before", limit{}, false},
		{"any time is fine", limit{AnyTime: true}, true},
		{"a dim ar ôl 6", limit{NotAfter: "18:00"}, true},
		{"can we make it friday", limit{}, false},
		{"friday at 3", limit{}, false},
		{"not monday im at the dentist", limit{}, false},
		{"ok thanks", limit{}, false},
		{"can i come after 3 on thursday", limit{}, false},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			got, ok := l.Further(understand.Query{Text: row.text, Lang: "en", Now: now})
			if diff := cmp.Diff(row.limit, got); ok != row.ok || ok && diff != "" {
				t.Error(ok, got, diff)
			}
		})
	}
}
