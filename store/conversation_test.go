package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/store/seal"
)

// story is a conversation that a test tells turn by turn, a minute each.
type story struct {
	*testing.T
	store  *store.Store
	client conversations.ClientID
	now    time.Time
	turns  int
}

// tell takes the next turn; change completes what is committed.
func (s *story) tell(ev conversations.Event, change func(*store.Turn)) store.Committed {
	s.Helper()
	s.turns++
	s.now = s.now.Add(time.Minute)
	loaded, err := s.store.Load(s.Context(), ev, s.now)
	if err != nil {
		s.Fatalf("load %s: %v", ev.Kind, err)
	}
	turn := store.Turn{Loaded: loaded, State: loaded.State, Now: s.now}
	change(&turn)
	done, err := s.store.Commit(s.Context(), turn)
	if err != nil {
		s.Fatalf("commit %s: %v", ev.Kind, err)
	}
	return done
}

// hears is a text from an address.
func (s *story) hears(from conversations.Address, text string) conversations.Event {
	return conversations.Event{
		Kind: conversations.EventText, At: s.now.Add(time.Minute), From: from, Text: text, ProviderID: fmt.Sprintf("SM%d", s.turns),
	}
}

func johnsPhone() conversations.Address {
	return conversations.Address{Channel: conversations.SMS, Value: "+447700900123"}
}

// later is when the messages of a story must not arrive any more.
const later = 8 * time.Hour

// tellAll tells how an appointment is booked, reminded of and confirmed.
func tellAll(t *testing.T, s *store.Store) *story {
	t.Helper()
	told := &story{T: t, store: s, client: addClient(t, s, newJohn(addSam(t, s))), now: noon}
	told.tell(conversations.Event{Kind: conversations.EventAgreement, Client: told.client}, func(turn *store.Turn) {
		turn.Effects = []conversations.Effect{conversations.SetAgreement{
			Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person",
		}}
	})
	appointment := conversations.Appointment{
		ID: "a1", Kind: conversations.First, At: noon.Add(72 * time.Hour), Minutes: 45, Place: "the café", Status: conversations.Booked,
	}
	told.tell(conversations.Event{Kind: conversations.EventBooked, Client: told.client, Appointment: appointment}, func(turn *store.Turn) {
		turn.Effects = []conversations.Effect{conversations.Book{Appointment: appointment}}
	})
	told.tell(conversations.Event{Kind: conversations.EventReminder, Client: told.client}, func(turn *store.Turn) {
		turn.State = conversations.State{
			Version: conversations.StateVersion, Asked: 1,
			Open:  &conversations.Question{ID: "q1", Kind: conversations.AskAppointment, Appointment: "a1", Put: 1},
			Queue: []conversations.Question{{ID: "q2", Kind: conversations.AskOptIn}},
		}
		turn.Messages = []store.Message{{
			ID: "out1", Channel: conversations.SMS, Key: "appointment.reminder", Urgency: conversations.Prompt,
			Text: "Hi John, 1 2 or 3?", Buttons: []store.Button{{Label: "I will come", Data: "q1:confirm"}}, Parts: 2, Language: "en",
			Question: "q1", Appointment: "a1", Until: told.now.Add(later),
		}}
	})
	told.tell(told.hears(johnsPhone(), "ok unless mum's ill"), func(turn *store.Turn) {
		turn.Inbound = "in1"
		turn.Effects = []conversations.Effect{
			conversations.Understood{Reading: understand.Reading{Intent: understand.Confirm, Sure: 80, Why: "read as: confirm"}},
			conversations.SetAppointment{ID: "a1", Status: conversations.Confirmed},
			conversations.RaiseFlag{Reason: conversations.FlagCondition, Appointment: "a1", Condition: "unless mum's ill"},
		}
		turn.Messages = []store.Message{{
			ID: "out2", Channel: conversations.SMS, Key: "appointment.confirmed", Urgency: conversations.Answer, Text: "See you then.",
			Parts: 1, Language: "en", Until: told.now.Add(later), NotBefore: told.now.Add(time.Hour), Held: "quiet_hours",
		}}
	})
	told.tell(conversations.Event{
		Kind: conversations.EventButton, From: johnsPhone(), ProviderID: "SM-button", Button: "q1:confirm",
		Media: []conversations.Media{{Kind: conversations.Picture, Type: "image/jpeg", Ref: "https://carrier.example/1"}},
	}, func(turn *store.Turn) {
		turn.Inbound = "in2"
		turn.Effects = []conversations.Effect{
			conversations.RaiseAlert{Danger: understand.DangerSelf},
			conversations.RaiseFlag{Reason: conversations.FlagLate, Detail: "ten_minutes"},
		}
	})
	told.tell(conversations.Event{Kind: conversations.EventMoved, Client: told.client}, func(turn *store.Turn) {
		turn.Effects = []conversations.Effect{conversations.SettleFlags{Reason: conversations.FlagLate}}
	})
	return told
}

func read(t *testing.T, s *store.Store, client conversations.ClientID, before string, limit int) store.ConversationPage {
	t.Helper()
	page, err := s.Conversation(t.Context(), client, before, limit)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestConversation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		page := read(t, s, told.client, "", 0)
		minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

		wantMessages := []store.ThreadMessage{
			{
				ID: "out1", Channel: conversations.SMS, At: minute(3), Revision: 3, Text: "Hi John, 1 2 or 3?",
				Key: "appointment.reminder", Language: "en", Urgency: conversations.Prompt, Parts: 2, Buttons: []string{"I will come"},
				Question: "q1", Appointment: "a1", Delivery: conversations.Sending, Until: minute(3).Add(later),
			},
			{
				ID: "in1", In: true, Channel: conversations.SMS, At: minute(4), Revision: 4, Text: "ok unless mum's ill",
				Kind:       conversations.EventText,
				Understood: &understand.Reading{Intent: understand.Confirm, Sure: 80, Why: "read as: confirm"},
			},
			{
				ID: "out2", Channel: conversations.SMS, At: minute(4), Revision: 4, Text: "See you then.", Key: "appointment.confirmed",
				Language: "en", Urgency: conversations.Answer, Parts: 1, Held: "quiet_hours", Delivery: conversations.Queued,
				NotBefore: minute(64), Until: minute(4).Add(later),
			},
			{
				ID: "in2", In: true, Channel: conversations.SMS, At: minute(5), Revision: 5, Kind: conversations.EventButton,
				Choice: "q1:confirm",
				Media:  []conversations.Media{{Kind: conversations.Picture, Type: "image/jpeg", Ref: "https://carrier.example/1"}},
			},
		}
		if diff := cmp.Diff(wantMessages, page.Messages); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}

		var events []string
		for _, event := range page.Events {
			if !json.Valid(event.Detail) {
				t.Errorf("the detail of revision %d is no JSON", event.Revision)
			}
			events = append(events, fmt.Sprint(event.Revision, " ", event.Kind, " ", event.Message, " ", event.At.Format("15:04")))
		}
		wantEvents := []string{
			"1 agreement  12:01", "2 appointment_booked  12:02", "3 reminder  12:03", "4 text in1 12:04", "5 button in2 12:05",
			"6 appointment_moved  12:06",
		}
		if diff := cmp.Diff(wantEvents, events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}

		if page.Client != told.client || page.Revision != 6 || page.Before != "" {
			t.Errorf("client %q, revision %d, before %q", page.Client, page.Revision, page.Before)
		}
		if page.Open == nil || page.Open.ID != "q1" || len(page.Queued) != 1 || page.Queued[0].ID != "q2" {
			t.Errorf("open %+v, queued %+v", page.Open, page.Queued)
		}
		if len(page.Flags) != 1 || page.Flags[0].Reason != conversations.FlagCondition || page.Flags[0].Condition != "unless mum's ill" ||
			page.Flags[0].Client != told.client || page.Flags[0].Message != "in1" || page.Flags[0].Appointment != "a1" {
			t.Errorf("flags %+v", page.Flags)
		}
		if len(page.Alerts) != 1 || page.Alerts[0].Danger != understand.DangerSelf || page.Alerts[0].Message != "in2" {
			t.Errorf("alerts %+v", page.Alerts)
		}
		if len(page.Reach) != 1 || page.Reach[0].Agreement != conversations.AgreementGiven || page.Reach[0].Address != johnsPhone().Value {
			t.Errorf("reach %+v", page.Reach)
		}
		wantLedger := []store.AgreementEntry{{
			Channel: conversations.SMS, Agreement: conversations.AgreementGiven, How: "in person", At: minute(1),
		}}
		if diff := cmp.Diff(wantLedger, page.Agreements); diff != "" {
			t.Errorf("ledger (-want +got):\n%s", diff)
		}
		if len(page.Appointments) != 1 || page.Appointments[0].Status != conversations.Confirmed {
			t.Errorf("appointments %+v", page.Appointments)
		}
	})
}

// TestConversationInParts: whatever the size of a part, the parts together are
// the whole, once and in order.
func TestConversationInParts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		for i := range 7 { // Turns with two messages, one and none, so that parts end in every place.
			told.tell(told.hears(johnsPhone(), fmt.Sprint("text ", i)), func(turn *store.Turn) {
				if i%3 == 0 {
					return
				}
				turn.Inbound = conversations.MessageID(fmt.Sprint("more-in", i))
				if i%3 == 1 {
					turn.Messages = []store.Message{{
						ID: conversations.MessageID(fmt.Sprint("more-out", i)), Channel: conversations.SMS, Key: "k",
						Urgency: conversations.Answer, Text: "ok", Language: "en",
					}}
				}
			})
		}
		whole := read(t, s, told.client, "", 0)
		if len(whole.Messages) < 10 || len(whole.Events) != 13 {
			t.Fatalf("the whole has %d messages and %d events", len(whole.Messages), len(whole.Events))
		}
		for limit := 1; limit <= len(whole.Messages)+1; limit++ {
			var messages []store.ThreadMessage
			var events []store.ThreadEvent
			before, parts := "", 0
			for {
				part := read(t, s, told.client, before, limit)
				if len(part.Messages) > limit {
					t.Errorf("limit %d: a part has %d messages", limit, len(part.Messages))
				}
				if part.Before != "" && len(part.Events) > 0 && part.Events[0].Revision < part.Messages[0].Revision {
					t.Errorf("limit %d: revision %d is shown before its time", limit, part.Events[0].Revision)
				}
				messages = append(slices.Clone(part.Messages), messages...)
				events = append(slices.Clone(part.Events), events...)
				if before = part.Before; before == "" || parts > 100 {
					break
				}
				parts++
			}
			if diff := cmp.Diff(whole.Messages, messages); diff != "" {
				t.Errorf("limit %d: messages (-whole +parts):\n%s", limit, diff)
			}
			if diff := cmp.Diff(whole.Events, events); diff != "" {
				t.Errorf("limit %d: events (-whole +parts):\n%s", limit, diff)
			}
		}
		for _, cursor := range []string{"x", "1", "1.", ".1", "9999999999999999999.1", "1.1.1", "\x00"} {
			if _, err := s.Conversation(t.Context(), told.client, cursor, 0); !errors.Is(err, store.ErrCursor) {
				t.Errorf("cursor %q: %v, want %v", cursor, err, store.ErrCursor)
			}
		}
		for _, nobody := range []conversations.ClientID{"", "nobody", "no\x00body", "\xff", "?nobody"} {
			if _, err := s.Conversation(t.Context(), nobody, "", 0); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the conversation of nobody: %v", err)
			}
		}
	})
}

// TestWhatNoKeyOpens: a key that was taken out too early hides what it sealed,
// says so, and hides nothing else.
func TestWhatNoKeyOpens(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		oldKey, newKey := seal.New(), seal.New()
		told := tellAll(t, open(t, "one", atNoon, newKeys(t, oldKey)))
		told.store = open(t, "two", atNoon, newKeys(t, newKey, oldKey))
		phone := conversations.Address{Channel: conversations.SMS, Value: "+447700900124"}
		told.tell(conversations.Event{Kind: conversations.EventNumberChanged, Client: told.client, From: phone}, func(turn *store.Turn) {
			turn.Effects = []conversations.Effect{conversations.SetAddress{}}
		})
		told.tell(told.hears(phone, "still here"), func(turn *store.Turn) { turn.Inbound = "in3" })

		unreadable := func(page store.ConversationPage) (ids []conversations.MessageID) {
			for _, message := range page.Messages {
				if message.Unreadable {
					ids = append(ids, message.ID)
				}
			}
			return ids
		}
		both := read(t, told.store, told.client, "", 0)
		if ids := unreadable(both); ids != nil || both.Unreadable || both.Flags[0].Unreadable || both.Appointments[0].Unreadable {
			t.Errorf("with both keys not everything opens: %v", ids)
		}
		page := read(t, open(t, "three", atNoon, newKeys(t, newKey)), told.client, "", 0)
		if diff := cmp.Diff([]conversations.MessageID{"out1", "in1", "out2", "in2"}, unreadable(page)); diff != "" {
			t.Errorf("unreadable (-want +got):\n%s", diff)
		}
		if latest := page.Messages[len(page.Messages)-1]; latest.Text != "still here" {
			t.Errorf("the text sealed with the newer key is %q", latest.Text)
		}
		if !page.Flags[0].Unreadable || !page.Appointments[0].Unreadable || page.Appointments[0].At.IsZero() {
			t.Errorf("flag and appointment: %+v, %+v", page.Flags[0], page.Appointments[0])
		}
		if page.Unreadable || page.Open == nil || page.Reach[0].Address != phone.Value {
			t.Errorf("what the newer key sealed does not open: %+v", page)
		}
		before := read(t, open(t, "four", atNoon, newKeys(t, seal.New())), told.client, "", 0)
		if !before.Unreadable || before.Open != nil || !before.Reach[0].Unreadable {
			t.Errorf("with a stranger's key: %+v", before)
		}
	})
}

func TestWhatBecameOfAMessage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		sent, delivered := told.now.Add(time.Second), told.now.Add(time.Minute)
		if err := s.WriteResults(t.Context(), []store.SendResult{{ID: "out1", Delivery: conversations.Sent, ProviderID: "SM-out1"}}, sent); err != nil {
			t.Fatal(err)
		}
		want := func(delivery conversations.Delivery, code string, settled time.Time) {
			t.Helper()
			got := read(t, s, told.client, "", 0).Messages[0]
			if got.Delivery != delivery || got.Code != code || !got.SentAt.Equal(sent) || !got.SettledAt.Equal(settled) {
				t.Errorf("%s, code %q, sent %v, settled %v; want %s, %q, %v, %v",
					got.Delivery, got.Code, got.SentAt, got.SettledAt, delivery, code, sent, settled)
			}
		}
		want(conversations.Sent, "", sent)
		if _, err := s.RecordDelivery(t.Context(), "out1", conversations.SMS, "SM-out1", conversations.Undelivered, "30005", delivered); err != nil {
			t.Fatal(err)
		}
		want(conversations.Undelivered, "30005", delivered)
	})
}

func TestATextWhoseTurnFailed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		ev := told.hears(johnsPhone(), "poison")
		loaded, err := s.Load(t.Context(), ev, told.now)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Park(t.Context(), ev, loaded, "parked", "panic", told.now); err != nil {
			t.Fatal(err)
		}
		page := read(t, s, told.client, "", 0)
		latest := page.Messages[len(page.Messages)-1]
		if latest.ID != "parked" || latest.Text != "poison" || latest.Unhandled != "panic" {
			t.Errorf("the text is shown as %+v", latest)
		}
		if counts, err := s.Counts(t.Context(), told.now); err != nil || counts.Parked != 1 {
			t.Errorf("%d are parked (%v), want 1", counts.Parked, err)
		}
		if flags, _, err := s.Flags(t.Context(), store.FlagFilter{Client: told.client}); err != nil ||
			!slices.ContainsFunc(flags, func(f store.Flag) bool { return f.Reason == conversations.FlagTurnFailed && f.Message == "parked" }) {
			t.Errorf("no person is shown it: %+v, %v", flags, err)
		}
	})
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		proposed := noon.Add(240 * 24 * time.Hour) // In summer time.
		book := func(id conversations.AppointmentID, in time.Duration) {
			appointment := conversations.Appointment{ID: id, Kind: conversations.Regular, At: noon.Add(in)}
			told.tell(conversations.Event{Kind: conversations.EventBooked, Client: told.client, Appointment: appointment}, func(turn *store.Turn) {
				turn.Effects = []conversations.Effect{conversations.Book{Appointment: appointment}}
			})
		}
		book("a3", 96*time.Hour)
		book("a0", -1000*time.Hour)
		told.tell(conversations.Event{Kind: conversations.EventCancelled, Client: told.client}, func(turn *store.Turn) {
			turn.Effects = []conversations.Effect{
				conversations.SetAppointment{ID: "a0", Status: conversations.Cancelled},
				conversations.SetAppointment{ID: "a3", Status: conversations.ChangeAsked, Proposed: proposed},
			}
		})
		list, err := s.Appointments(t.Context(), told.client)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range list {
			got = append(got, fmt.Sprint(a.ID, " ", a.Status, " ", a.Client == told.client, " ", a.At.Location()))
		}
		want := []string{"a0 cancelled true Europe/London", "a1 confirmed true Europe/London", "a3 change_asked true Europe/London"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("appointments (-want +got):\n%s", diff)
		}
		one, err := s.Appointment(t.Context(), "a1")
		if err != nil {
			t.Fatal(err)
		}
		if one.Place != "the café" || one.Minutes != 45 || one.Kind != conversations.First || !one.At.Equal(noon.Add(72*time.Hour)) || !one.Proposed.IsZero() {
			t.Errorf("the appointment is %+v", one)
		}
		moved, err := s.Appointment(t.Context(), "a3")
		if err != nil || moved.Proposed.Format(time.RFC3339) != proposed.In(london).Format(time.RFC3339) {
			t.Errorf("proposed %v (%v), want %v", moved.Proposed, err, proposed.In(london))
		}
		for _, nothing := range []conversations.AppointmentID{"", "nothing", "a1\x00x", "\xff"} {
			if _, err := s.Appointment(t.Context(), nothing); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an appointment that is not there: %v", err)
			}
		}
		if list, err := s.Appointments(t.Context(), "nobody"); err != nil || len(list) != 0 {
			t.Errorf("the appointments of nobody: %d, %v", len(list), err)
		}
	})
}

func TestUnknownSenders(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s)
		phones := []string{"+447700900201", "+447700900202", "+447700900203"}
		for i, phone := range phones {
			told.tell(told.hears(conversations.Address{Channel: conversations.SMS, Value: phone}, "who is this"), func(turn *store.Turn) {
				turn.Inbound = conversations.MessageID(fmt.Sprint("stranger", i))
				turn.Effects = []conversations.Effect{conversations.RaiseFlag{Reason: conversations.FlagUnknownSender}}
			})
		}
		var got []string
		page := store.Page{Limit: 2}
		for {
			list, next, err := s.UnknownSenders(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for _, sender := range list {
				got = append(got, sender.From.Value)
				if sender.From.Channel != conversations.SMS || sender.First.IsZero() || sender.Latest.Before(sender.First) {
					t.Errorf("channel %q, from %v to %v", sender.From.Channel, sender.First, sender.Latest)
				}
				thread, err := s.UnknownConversation(t.Context(), sender.Peer, "", 0)
				if err != nil {
					t.Fatal(err)
				}
				if thread.Client != "" || len(thread.Messages) != 1 || thread.Messages[0].Text != "who is this" || len(thread.Flags) != 1 ||
					thread.Flags[0].Peer != sender.Peer || thread.Flags[0].Client != "" {
					t.Errorf("the conversation is %+v", thread)
				}
			}
			if page.After = next; next == "" {
				break
			}
		}
		slices.Reverse(phones)
		if diff := cmp.Diff(phones, got); diff != "" {
			t.Errorf("whoever wrote last is not first (-want +got):\n%s", diff)
		}
		for _, cursor := range []string{"x", "-1"} {
			if _, _, err := s.UnknownSenders(t.Context(), store.Page{After: cursor}); !errors.Is(err, store.ErrCursor) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}

func TestFlags(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		told := tellAll(t, s) // One flag stands, one was settled.
		client, err := s.Client(t.Context(), told.client)
		if err != nil {
			t.Fatal(err)
		}
		told.tell(told.hears(conversations.Address{Channel: conversations.SMS, Value: "+447700900201"}, "hi"), func(turn *store.Turn) {
			turn.Effects = []conversations.Effect{
				conversations.RaiseFlag{Reason: conversations.FlagUnknownSender}, conversations.RaiseFlag{Reason: conversations.FlagMessage},
			}
		})
		list := func(filter store.FlagFilter) (reasons []string, flags []store.Flag) {
			t.Helper()
			filter.Limit = 1
			for {
				part, next, err := s.Flags(t.Context(), filter)
				if err != nil {
					t.Fatal(err)
				}
				for _, flag := range part {
					reasons, flags = append(reasons, string(flag.Reason)), append(flags, flag)
				}
				if filter.After = next; next == "" {
					slices.Sort(reasons[min(1, len(reasons)):]) // The last two were raised in one moment.
					return reasons, flags
				}
			}
		}
		all, flags := list(store.FlagFilter{})
		if diff := cmp.Diff([]string{"condition", "message", "unknown_sender"}, all); diff != "" {
			t.Errorf("all that stand (-want +got):\n%s", diff)
		}
		for name, row := range map[string]struct {
			filter store.FlagFilter
			want   []string
		}{
			"of_the_client":          {store.FlagFilter{Client: told.client}, []string{"condition"}},
			"of_the_client_ever":     {store.FlagFilter{Client: told.client, Settled: true}, []string{"condition", "late"}},
			"of_the_specialist":      {store.FlagFilter{Specialist: client.Specialist}, []string{"condition"}},
			"of_nobody":              {store.FlagFilter{Client: "nobody"}, nil},
			"of_no_specialist":       {store.FlagFilter{Specialist: "no\x00body"}, nil},
			"of_the_unknown_by_peer": {store.FlagFilter{Client: conversations.ClientID(flags[1].Peer)}, []string{"message", "unknown_sender"}},
		} {
			got, _ := list(row.filter)
			slices.Sort(got)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if _, _, err := s.Flags(t.Context(), store.FlagFilter{Page: store.Page{After: "x"}}); !errors.Is(err, store.ErrCursor) {
			t.Errorf("a cursor that is none: %v", err)
		}

		for i, by := range []string{"sam", "alex"} { // The first who looked counts.
			if err := s.CloseFlag(t.Context(), flags[0].ID, by, noon.Add(time.Duration(i+1)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		_, closed := list(store.FlagFilter{Client: told.client, Settled: true})
		if closed[0].SettledBy != "sam" || !closed[0].SettledAt.Equal(noon.Add(time.Hour)) || closed[1].SettledBy != "turn" {
			t.Errorf("closed by %q at %v, and by %q", closed[0].SettledBy, closed[0].SettledAt, closed[1].SettledBy)
		}
		if left, _ := list(store.FlagFilter{Client: told.client}); len(left) != 0 {
			t.Errorf("%v stand after they were closed", left)
		}
		if err := s.CloseFlag(t.Context(), "nothing", "sam", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("closing nothing: %v", err)
		}
	})
}

func TestCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, open opener) {
		s := open(t, "one", atNoon, newKeys(t))
		if got, err := s.Counts(t.Context(), noon); err != nil || got != (store.Counts{}) {
			t.Errorf("an empty caseload counts %+v, %v", got, err)
		}
		tellAll(t, s)
		minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
		want := store.Counts{
			Queued: 1, Sending: 1, OpenFlags: 1, OpenAlerts: 1, OldestFlag: minute(4), OldestAlert: minute(5),
		}
		if got, err := s.Counts(t.Context(), minute(10)); err != nil || got != want {
			t.Errorf("%+v (%v), want %+v", got, err, want)
		}
		want.OldestQueued = minute(64)
		if got, err := s.Counts(t.Context(), minute(70)); err != nil || got != want {
			t.Errorf("when it is due: %+v (%v), want %+v", got, err, want)
		}
	})
}
