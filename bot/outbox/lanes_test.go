package outbox

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func smsJob(id, client string, u conversations.Urgency) job {
	return job{Send: store.Send{
		ID: conversations.MessageID(id), Client: conversations.ClientID(client), Urgency: u,
		To: conversations.Address{Channel: conversations.SMS, Value: "+447700900001"},
	}}
}

func jobIDs(jobs []job) []string {
	var ids []string
	for _, j := range jobs {
		ids = append(ids, string(j.ID))
	}
	return ids
}

// starts takes everything that may start, without ending any of it.
func starts(ls *lanes) (ids []string) {
	for {
		_, j, ok := ls.next()
		if !ok {
			return ids
		}
		ids = append(ids, string(j.ID))
	}
}

func TestLanesUrgentFirst(t *testing.T) {
	t.Parallel()
	ls := newLanes(8)
	ls.add([]job{
		smsJob("prompt", "john", conversations.Prompt),
		smsJob("answer", "amina", conversations.Answer),
		smsJob("crisis", "owen", conversations.Crisis),
		smsJob("no_urgency", "beth", 0),
		smsJob("second_answer", "carys", conversations.Answer),
	}, 100)
	want := []string{"crisis", "no_urgency", "answer", "second_answer", "prompt"}
	if diff := cmp.Diff(want, starts(ls)); diff != "" {
		t.Error(diff)
	}
}

func TestLanesPromptsLeaveRoomForAnswers(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	for i := range 10 {
		ls.add([]job{smsJob(fmt.Sprint("prompt", i), fmt.Sprint("client", i), conversations.Prompt)}, 100)
	}
	if got := starts(ls); len(got) != 3 {
		t.Fatalf("%d prompts started, want 3 of 4 workers", len(got))
	}
	ls.add([]job{smsJob("answer", "john", conversations.Answer)}, 100)
	if diff := cmp.Diff([]string{"answer"}, starts(ls)); diff != "" {
		t.Error(diff)
	}
}

func TestLanesStrangersAreTheirAddress(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	a, b, again := smsJob("a", "", 2), smsJob("b", "", 2), smsJob("again", "", 2)
	b.To.Value = "+447700900002"
	ls.add([]job{a, b, again}, 100)
	if diff := cmp.Diff([]string{"a", "b"}, starts(ls)); diff != "" {
		t.Error(diff)
	}
}

func TestLanesTakeAllOrNone(t *testing.T) {
	t.Parallel()
	ls := newLanes(1)
	if !ls.add([]job{smsJob("a", "john", 2), smsJob("b", "john", 2)}, 2) {
		t.Fatal("two messages were refused with room for two")
	}
	if ls.add([]job{smsJob("c", "amina", 2)}, 2) {
		t.Error("a third message was taken with room for two")
	}
	ls.close()
	if ls.add([]job{smsJob("d", "amina", 2)}, 100) {
		t.Error("a message was taken after the end")
	}
}

func TestLanesSameMessageTwiceIsOne(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	ls.add([]job{smsJob("a", "john", 2)}, 100)
	ls.add([]job{smsJob("a", "john", 2)}, 100)
	l, j, _ := ls.next()
	ls.done(l, false)
	ls.leave(j)
	if got := starts(ls); got != nil {
		t.Errorf("%v started again", got)
	}
}

func TestLanesWaitingIsToldWhenAllIsWritten(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	ls.add([]job{smsJob("a", "john", 2), smsJob("b", "john", 2)}, 100)
	if ls.await([]conversations.ClientID{"john"}) {
		t.Error("a message behind another one was said to be free")
	}
	if !ls.await([]conversations.ClientID{"john", "amina"}) {
		t.Error("a message behind nothing was not said to be free")
	}
	l, j, _ := ls.next()
	ls.done(l, false)
	ls.leave(j)
	if ls.written(l, 1) {
		t.Error("told while another message of the lane waits")
	}
	l, j, _ = ls.next()
	ls.done(l, false)
	ls.leave(j)
	if !ls.written(l, 1) {
		t.Error("not told when the lane was done")
	}
	if len(ls.byLine) != 0 {
		t.Errorf("%d lanes are left", len(ls.byLine))
	}
}

func TestLanesGiveBackWhatStandsBehind(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	ls.add([]job{smsJob("a", "john", 2), smsJob("b", "john", 2), smsJob("c", "john", 2)}, 100)
	l, _, _ := ls.next()
	if diff := cmp.Diff([]string{"b", "c"}, jobIDs(ls.done(l, true))); diff != "" {
		t.Error(diff)
	}
	if got := starts(ls); got != nil {
		t.Errorf("%v started", got)
	}
	ls.written(l, 3)
	if len(ls.byLine) != 0 {
		t.Errorf("%d lanes are left", len(ls.byLine))
	}
}

func TestLanesHeldChannel(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	ls.add([]job{smsJob("a", "john", 2), smsJob("b", "john", 2)}, 100)
	l, j, _ := ls.next()
	if ls.again(l, j) {
		t.Fatal("a message waited for a channel that is not held")
	}
	short, isNew := ls.keepBack(conversations.SMS, noon.Add(time.Second))
	if !isNew {
		t.Fatal("the first hold is not new")
	}
	if !ls.again(l, j) {
		t.Fatal("a message did not wait for its channel")
	}
	ls.add([]job{smsJob("c", "john", 2)}, 100)
	if got := starts(ls); got != nil {
		t.Fatalf("%v started behind a message that waits for its channel", got)
	}
	long, _ := ls.keepBack(conversations.SMS, noon.Add(time.Minute))
	if _, isNew := ls.keepBack(conversations.SMS, noon); isNew {
		t.Error("a shorter hold took the place of a longer one")
	}
	ls.free(conversations.SMS, short)
	if got := starts(ls); got != nil {
		t.Fatalf("%v started at the end of a hold that was made longer", got)
	}
	ls.free(conversations.SMS, long)
	var order []string
	for {
		l, j, ok := ls.next()
		if !ok {
			break
		}
		order = append(order, string(j.ID))
		ls.done(l, false)
		ls.leave(j)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, order); diff != "" {
		t.Error(diff)
	}
}

func TestLanesCloseGivesBackWhatWasNotBegun(t *testing.T) {
	t.Parallel()
	ls := newLanes(4)
	ls.add([]job{smsJob("under_way", "john", 2), smsJob("behind", "john", 2)}, 100)
	l, j, _ := ls.next()
	ls.add([]job{smsJob("other", "amina", 2)}, 100)
	var back []string
	for _, jobs := range ls.close() {
		back = append(back, jobIDs(jobs)...)
	}
	slices.Sort(back)
	if diff := cmp.Diff([]string{"behind", "other"}, back); diff != "" {
		t.Error(diff)
	}
	if ls.idle() {
		t.Error("idle with an attempt under way")
	}
	ls.done(l, false)
	if ls.idle() {
		t.Error("idle before the worker left")
	}
	ls.leave(j)
	if !ls.idle() {
		t.Error("not idle when all is done")
	}
}

// Whatever happens in whatever order: never two attempts at once on one line,
// never more than there are workers, in the order in which they came, and
// nothing is left behind.
func TestLanesKeepOrder(t *testing.T) {
	t.Parallel()
	type attempt struct {
		l *lane
		j job
	}
	rapid.Check(t, func(t *rapid.T) {
		workers := rapid.IntRange(1, 5).Draw(t, "workers")
		ls := newLanes(workers)
		var under []attempt
		var h *hold
		came := map[line][]string{}
		went := map[line][]string{}
		n := 0
		end := func(i int) {
			a := under[i]
			under = slices.Delete(under, i, i+1)
			went[a.l.line] = append(went[a.l.line], string(a.j.ID))
			ls.done(a.l, false)
			ls.leave(a.j)
			ls.written(a.l, 1)
		}
		begin := func() bool {
			l, j, ok := ls.next()
			if !ok {
				return false
			}
			if ls.again(l, j) {
				return true
			}
			for _, a := range under {
				if a.l.line == l.line {
					t.Fatalf("two attempts at once on %v", l.line)
				}
			}
			if under = append(under, attempt{l, j}); len(under) > workers {
				t.Fatalf("%d attempts at once with %d workers", len(under), workers)
			}
			return true
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n++
				j := smsJob(fmt.Sprint(n), rapid.SampledFrom([]string{"john", "amina", "owen", ""}).Draw(t, "client"),
					conversations.Urgency(rapid.IntRange(1, 3).Draw(t, "urgency")))
				if ls.add([]job{j}, 1000) {
					came[lineOf(j.Send)] = append(came[lineOf(j.Send)], string(j.ID))
				}
			},
			"begin": func(*rapid.T) { begin() },
			"end": func(t *rapid.T) {
				if len(under) > 0 {
					end(rapid.IntRange(0, len(under)-1).Draw(t, "which"))
				}
			},
			"hold": func(*rapid.T) {
				if h == nil {
					h, _ = ls.keepBack(conversations.SMS, noon)
				}
			},
			"free": func(*rapid.T) {
				if h != nil {
					ls.free(conversations.SMS, h)
					h = nil
				}
			},
		})
		if h != nil {
			ls.free(conversations.SMS, h)
		}
		for begin() || len(under) > 0 {
			if len(under) > 0 {
				end(0)
			}
		}
		if diff := cmp.Diff(came, went); diff != "" {
			t.Fatal(diff)
		}
		if len(ls.byLine) != 0 || ls.queued != 0 || ls.running != 0 || ls.runningPrompts != 0 {
			t.Fatalf("left behind: %d lanes, %d queued, %d running, %d prompts",
				len(ls.byLine), ls.queued, ls.running, ls.runningPrompts)
		}
	})
}
