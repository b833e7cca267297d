package store_test

import (
	"testing"

	"alongside/conversations"
	"alongside/conversations/understand"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

func TestCorrected(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		undo := conversations.Undo{
			Appointments: []conversations.AppointmentUndo{{ID: "a1", Was: conversations.Booked, Now: conversations.Cannot}},
			Flags:        []conversations.FlagReason{conversations.FlagCannot},
			Open:         &conversations.Question{ID: "q1", Kind: conversations.AskAppointment, Appointment: "a1"},
		}
		turn := f.turn(f.load(f.text(at, "cant wait")), conversations.Understood{Reading: understand.Reading{Intent: understand.Cannot}},
			conversations.RaiseFlag{Reason: conversations.FlagCannot, Appointment: "a1"},
			conversations.RaiseFlag{Reason: conversations.FlagMessage}, conversations.Undoable{Undo: undo})
		f.commit(turn)
		event := conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: turn.Inbound, By: f.sam}
		want := conversations.Corrected{Message: turn.Inbound, Channel: conversations.SMS, Was: understand.Cannot, Undo: undo, Open: undo.Open}
		loaded := f.load(event)
		if diff := cmp.Diff(&want, loaded.Facts.Corrected); diff != "" {
			f.Errorf("corrected (-want +got):\n%s", diff)
		}
		meaning := conversations.Meaning{Intent: understand.Confirm}
		next := conversations.Undo{Appointments: []conversations.AppointmentUndo{{ID: "a1", Was: conversations.Booked, Now: conversations.Confirmed}}}
		f.commit(f.turn(loaded, conversations.SettleFlags{Reason: conversations.FlagCannot, Message: turn.Inbound},
			conversations.Undoable{Undo: next}, conversations.Correct{Message: turn.Inbound, Meaning: meaning, By: f.sam}))
		want.Done, want.Now, want.Undo = true, meaning, next
		if diff := cmp.Diff(&want, f.load(event).Facts.Corrected); diff != "" {
			f.Errorf("corrected once (-want +got):\n%s", diff)
		}
		f.tick()
		late := conversations.Meaning{Intent: understand.Late}
		f.do(event, conversations.Correct{Message: turn.Inbound, Meaning: late, By: "lead"})

		reading, err := f.store.ReadingOf(f.Context(), turn.Inbound)
		if err != nil {
			f.Fatal(err)
		}
		wantReading := store.TextReading{
			Message: turn.Inbound, Client: client, Peer: string(client), Kind: conversations.EventText, Channel: conversations.SMS,
			At: turn.Now, Text: "cant wait", Understood: &understand.Reading{Intent: understand.Cannot},
			Corrections: []store.Correction{
				{Message: turn.Inbound, Meaning: meaning, By: f.sam, At: turn.Now}, {Message: turn.Inbound, Meaning: late, By: "lead", At: f.now},
			},
		}
		if diff := cmp.Diff(wantReading, reading); diff != "" {
			f.Errorf("reading (-want +got):\n%s", diff)
		}
		page, err := f.store.Conversation(f.Context(), client, "", 0)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff(&wantReading.Corrections[1], page.Messages[0].Correction); diff != "" {
			f.Errorf("the thread's correction (-want +got):\n%s", diff)
		}
		if len(page.Flags) != 1 || page.Flags[0].Reason != conversations.FlagMessage {
			f.Errorf("flags %+v, want the one that was not settled", page.Flags)
		}
		other, _ := f.client()
		event.Client = other
		if got := f.load(event).Facts.Corrected; got != nil {
			f.Errorf("somebody else's text is %+v", got)
		}
		_, err = f.store.ReadingOf(f.Context(), "no such text")
		f.wantErr(err, store.ErrNotFound)
	})
}

// What an unknown sender wrote can be put right, too: it may have been danger.
func TestAStrangersTextCorrected(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		turn := f.turn(f.load(f.text(number(700), "help")), conversations.Understood{Reading: understand.Reading{Intent: understand.Help}})
		f.commit(turn)
		event := conversations.Event{Kind: conversations.EventCorrected, Message: turn.Inbound, By: f.sam}
		loaded := f.load(event)
		if got := loaded.Facts.Corrected; got == nil || got.Was != understand.Help || got.Done {
			f.Fatalf("corrected %+v", got)
		}
		f.commit(f.turn(loaded, conversations.RaiseAlert{Danger: understand.DangerSelf},
			conversations.Correct{Message: turn.Inbound, Meaning: conversations.Meaning{Intent: understand.Crisis}, By: f.sam}))
		alerts, _, err := f.store.Alerts(f.Context(), store.AlertFilter{})
		if err != nil || len(alerts) != 1 || alerts[0].Message != turn.Inbound || alerts[0].Client != "" {
			f.Errorf("alerts %+v (%v)", alerts, err)
		}
		if got := f.load(event).Facts.Corrected; !got.Done {
			f.Errorf("corrected %+v, want it done", got)
		}
	})
}

// The caller may name a text before it is stored; that makes it no retry.
func TestATextThatKnowsItsID(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		_, at := f.client()
		ev := f.text(at, "yes")
		ev.Message = f.id("in")
		turn := f.turn(f.load(ev))
		turn.Inbound = ev.Message
		f.commit(turn)
		_, err := f.store.Load(f.Context(), ev, f.now)
		f.wantErr(err, store.ErrDuplicate)
	})
}

// The question that was open when a text came is kept, also where the text did
// nothing; and what a correction has put back is not put back again by the next.
func TestCorrectedTwice(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		open := conversations.Question{ID: "q1", Kind: conversations.AskAppointment, Appointment: "a1", Stands: 7}
		asked := f.turn(f.load(f.text(at, "hi")))
		asked.State.Open = &open
		f.commit(asked)
		text := f.turn(f.load(f.text(at, "blue bicycle")), conversations.Understood{Reading: understand.Reading{Intent: understand.Other}},
			conversations.RaiseFlag{Reason: conversations.FlagNotUnderstood})
		f.commit(text)
		event := conversations.Event{Kind: conversations.EventCorrected, Client: client, Message: text.Inbound, By: f.sam}
		want := conversations.Corrected{Message: text.Inbound, Channel: conversations.SMS, Was: understand.Other, Open: &open}
		stands := func(step string) {
			f.Helper()
			if diff := cmp.Diff(&want, f.load(event).Facts.Corrected); diff != "" {
				f.Errorf("%s (-want +got):\n%s", step, diff)
			}
		}
		stands("as it came")
		undo := conversations.Undo{Flags: []conversations.FlagReason{conversations.FlagCannot}, Open: &open}
		cannot, social := conversations.Meaning{Intent: understand.Cannot}, conversations.Meaning{Intent: understand.Social}
		f.do(event, conversations.Undoable{Undo: undo}, conversations.Correct{Message: text.Inbound, Meaning: cannot, By: f.sam})
		want.Done, want.Now, want.Undo = true, cannot, undo
		stands("put right")
		f.tick()
		f.do(event, conversations.SettleFlags{Reason: conversations.FlagCannot, Message: text.Inbound},
			conversations.Correct{Message: text.Inbound, Meaning: social, By: f.sam})
		want.Now, want.Undo = social, conversations.Undo{}
		stands("put right again, to what replaces nothing")
	})
}
