package outbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"alongside/conversations"
)

// A nudge to 500 clients waits in memory, and the provider is slow: whoever texts
// meanwhile is answered before any of it that has not begun.
func TestAnswersOvertakeANudgeToMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const nudged, wrote = 500, 20
		p := newPhone(conversations.SMS)
		p.answer = func(_ context.Context, m Message, _ int) Result {
			<-time.After(time.Second)
			return accepted(m)
		}
		b := newBench(t, newTable(), "a", Config{Every: time.Hour}, p)
		b.run(t)
		for i := range nudged {
			s := sms(fmt.Sprint("nudge", i))
			s.Client, s.Urgency = conversations.ClientID(fmt.Sprint("client", i)), conversations.Prompt
			s.To.Value = fmt.Sprintf("+4477009%05d", i)
			b.offer(s)
		}
		synctest.Wait()
		begun := len(p.ids())
		for i := range wrote {
			s := sms(fmt.Sprint("answer", i))
			s.Client, s.Urgency = conversations.ClientID(fmt.Sprint("writes", i)), conversations.Answer
			s.To.Value = fmt.Sprintf("+4477009%05d", nudged+i)
			b.offer(s)
		}
		pass(time.Minute)
		if begun == 0 || begun >= DefaultWorkers {
			t.Errorf("%d of the nudge were begun at once, with %d workers", begun, DefaultWorkers)
		}
		for i, id := range p.ids() {
			// Those that go at the same moment have no order among them.
			if answer := strings.HasPrefix(id, "answer"); answer && (i < begun || i >= begun+DefaultWorkers) {
				t.Fatalf("%s went as number %d; %d of the nudge had begun before the %d answers", id, i, begun, wrote)
			}
		}
		if got := len(p.ids()); got != nudged+wrote {
			t.Errorf("%d went, of %d", got, nudged+wrote)
		}
		p.noneTwice(t)
		b.end(t)
	})
}
