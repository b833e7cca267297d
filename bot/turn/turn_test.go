package turn_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alongside/bot/turn"
	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
	"alongside/store/storetest"
	"alongside/templates"
)

// desk is a caseload with one client who has agreed, and a runner at work.
type desk struct {
	t      *testing.T
	store  *store.Store
	runner *turn.Runner
	client conversations.ClientID
	now    time.Time
	offers atomic.Int64
	ids    atomic.Int64
}

const johnsNumber = "+447700900123"

// lexicon is the least that these tests need: what a text means is not theirs.
func lexicons(t *testing.T) *understand.Lexicons {
	t.Helper()
	l, err := understand.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newDesk(t *testing.T, db storetest.DB) *desk {
	t.Helper()
	keys, err := seal.Parse(seal.New())
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, zone)}
	d.store, err = store.Open(t.Context(), store.Config{
		DatabaseURL: db.URL, Keys: keys, Owner: "test", Now: func() time.Time { return d.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.store.Close() })
	d.runner = d.newRunner(lexicons(t), "en", "cy")
	specialist, err := d.store.AddSpecialist(t.Context(), store.NewSpecialist{Name: "Sam"})
	if err != nil {
		t.Fatal(err)
	}
	d.client, err = d.store.AddClient(t.Context(), store.NewClient{
		Specialist: specialist, FullName: "John Example", Name: "John", Language: "en", Mobile: johnsNumber,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.run(conversations.Event{
		Kind: conversations.EventAgreement, Client: d.client, Channel: conversations.SMS,
		Agreement: conversations.AgreementGiven, How: "in person",
	})
	return d
}

func (d *desk) newRunner(l *understand.Lexicons, languages ...string) *turn.Runner {
	d.t.Helper()
	words, err := templates.LoadEmbedded()
	if err != nil {
		d.t.Fatal(err)
	}
	way, err := templates.Pathway("ips")
	if err != nil {
		d.t.Fatal(err)
	}
	way.Languages = languages
	return turn.New(turn.Config{
		Store: d.store, Words: words, Rules: conversations.Rules{Pathway: way, Lexicons: l},
		Now:   func() time.Time { return d.now },
		NewID: func() string { return fmt.Sprintf("m%06d", d.ids.Add(1)) },
		Offer: func(sends []store.Send, _ bool) { d.offers.Add(int64(len(sends))) },
	})
}

func (d *desk) run(e conversations.Event) {
	d.t.Helper()
	if err := d.runner.Run(d.t.Context(), e); err != nil {
		d.t.Fatalf("%s: %v", e.Kind, err)
	}
}

func text(id, words string) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventText, ProviderID: id, Text: words,
		From: conversations.Address{Channel: conversations.SMS, Value: johnsNumber},
	}
}

func (d *desk) thread() store.ConversationPage {
	d.t.Helper()
	page, err := d.store.Conversation(context.Background(), d.client, "", 200)
	if err != nil {
		d.t.Fatal(err)
	}
	return page
}

// count is how many messages came in and went out.
func count(page store.ConversationPage) (in, out int) {
	for _, m := range page.Messages {
		if m.In {
			in++
		} else {
			out++
		}
	}
	return in, out
}

func flagged(page store.ConversationPage, r conversations.FlagReason) int {
	n := 0
	for _, f := range page.Flags {
		if f.Reason == r {
			n++
		}
	}
	return n
}

func TestTheSameTextTwiceIsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		d := newDesk(t, db)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { d.run(text("SM1", "hello there")) })
		}
		all.Wait()
		if in, out := count(d.thread()); in != 1 || out != 2 {
			t.Errorf("%d in, %d out; want 1, and the welcome with one answer", in, out)
		}
	})
}

// Twenty texts of one person at once: each is a turn of its own, none is lost.
func TestOnePersonOneTurnAtATime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		d := newDesk(t, db)
		before := d.thread().Revision
		const texts = 20
		var all sync.WaitGroup
		for i := range texts {
			all.Go(func() { d.run(text(fmt.Sprintf("SM%d", i), "something to read")) })
		}
		all.Wait()
		page := d.thread()
		in, out := count(page)
		if in != texts || page.Revision != before+texts {
			t.Errorf("%d texts on the caseload, revision %d; want %d and %d", in, page.Revision, texts, before+texts)
		}
		if parked := flagged(page, conversations.FlagTurnFailed); out != texts+1-parked {
			t.Errorf("%d messages out, %d parked", out, parked)
		}
	})
}

// A bug in a turn: the text is kept whole, a person is shown it, and once the
// bug is mended the retry answers it, once.
func TestABrokenTurnKeepsTheText(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, code string
		broken     func(d *desk) *turn.Runner
	}{
		{"it_panics", "panic", func(d *desk) *turn.Runner { return d.newRunner(nil, "en", "cy") }},
		{"a_word_is_missing", "render", func(d *desk) *turn.Runner { return d.newRunner(lexicons(d.t), "fr") }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db storetest.DB) {
				d := newDesk(t, db)
				sound := d.runner
				d.runner = row.broken(d)
				d.run(text("SM1", "hello there"))
				d.run(text("SM1", "hello there")) // The provider repeats it.
				page := d.thread()
				in, out := count(page)
				if in != 1 || out != 1 || flagged(page, conversations.FlagTurnFailed) != 1 {
					t.Fatalf("%d in, %d out, flags %v", in, out, page.Flags)
				}
				kept := page.Messages[len(page.Messages)-1]
				if kept.Text != "hello there" || kept.Unhandled != row.code {
					t.Fatalf("kept %q, unhandled because of %q", kept.Text, kept.Unhandled)
				}
				d.runner = sound
				event, _, err := d.store.Parked(t.Context(), kept.ID)
				if err != nil {
					t.Fatal(err)
				}
				d.run(event)
				d.run(event)
				page = d.thread()
				in, out = count(page)
				if in != 1 || out != 2 || flagged(page, conversations.FlagTurnFailed) != 0 {
					t.Errorf("after the retry: %d in, %d out, flags %v", in, out, page.Flags)
				}
			})
		})
	}
}

// Nothing can be stored: the provider is told, so that it tries again.
func TestWithoutADatabaseTheProviderTriesAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, storetest.SQLite(t))
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.runner.Run(t.Context(), text("SM1", "hello there")); err == nil {
		t.Error("a text was taken that nobody keeps")
	}
}

// A report about a message that nobody sent is taken and does nothing.
func TestAReportForNobodysMessage(t *testing.T) {
	t.Parallel()
	d := newDesk(t, storetest.SQLite(t))
	before := d.thread().Revision
	d.run(conversations.Event{
		Kind: conversations.EventDelivery, Channel: conversations.SMS, Message: "nobodys", Delivery: conversations.Delivered,
	})
	if after := d.thread().Revision; after != before {
		t.Errorf("revision %d, then %d", before, after)
	}
}

// What was committed and claimed is offered to the outbox, once.
func TestWhatIsCommittedIsOffered(t *testing.T) {
	t.Parallel()
	d := newDesk(t, storetest.SQLite(t))
	d.run(text("SM1", "hello there"))
	_, out := count(d.thread())
	if got := d.offers.Load(); got != 1 {
		// The welcome is unfinished, so that the answer overtakes nothing and waits
		// for the sweep; only one of the two was claimed at once.
		t.Errorf("%d of %d messages were offered", got, out)
	}
}
