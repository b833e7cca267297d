package store_test

import (
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var workshop = store.Work{
	Job: conversations.Job{
		Starts: 11 * 60, Times: []conversations.Times{conversations.TimesAfternoons}, Area: "NG9", Traits: []conversations.Trait{conversations.TraitCrowds},
		Duties:     []conversations.Duty{{Text: "repair"}, {Text: "serve", Traits: []conversations.Trait{conversations.TraitPublic}}},
		Permanence: conversations.Permanent,
	},
	Employer: "Beeston Computers", Place: "behind the shop", Travel: "tram", Environment: "a radio",
}

func TestTheWorkBehindALead(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		closes := f.now.Add(96 * time.Hour)
		id, err := f.store.AddLead(f.Context(), store.NewLead{Title: "PC repair", Area: "Beeston", Hours: 12, Work: workshop, Closes: closes, SayClosing: f.now.Add(time.Hour)})
		if err != nil {
			f.Fatal(err)
		}
		l, err := f.store.Lead(f.Context(), id)
		if diff := cmp.Diff(workshop, l.Work); err != nil || diff != "" {
			f.Errorf("work (-want +got): %v\n%s", err, diff)
		}
		want := workshop.Job
		want.Hours = 12
		if diff := cmp.Diff(want, l.Job()); diff != "" {
			f.Errorf("job (-want +got):\n%s", diff)
		}
		hours := 14
		if l, err = f.store.SetLead(f.Context(), id, store.LeadChange{Hours: &hours, Work: &store.Work{Employer: "Others"}}); err != nil || l.Job().Hours != 14 || l.Job().Area != "Beeston" || l.Work.Employer != "Others" {
			f.Errorf("changed: %+v, %v", l, err)
		}
		bad := store.Work{Job: conversations.Job{Starts: 1440, Times: []conversations.Times{"dawn"}, Permanence: "ever", Duties: []conversations.Duty{{}}}}
		if _, err := f.store.SetLead(f.Context(), id, store.LeadChange{Work: &bad}); len(store.Refusals(err)) != 4 {
			f.Errorf("refused: %v", err)
		}
	})
}

// What counts is what a person wrote and what the client answered since; an
// answer that is taken back disappears by itself.
func TestWishesAreWrittenAndAnswered(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, at := f.client()
		other, _ := f.client()
		id, err := f.store.AddLead(f.Context(), store.NewLead{Title: "PC repair", Hours: 12, Work: workshop})
		if err != nil {
			f.Fatal(err)
		}
		l, err := f.store.Lead(f.Context(), id)
		if err != nil {
			f.Fatal(err)
		}
		read := func() store.Wishes {
			f.Helper()
			w, err := f.store.Wishes(f.Context(), client)
			if err != nil {
				f.Fatal(err)
			}
			all, err := f.store.WishesOf(f.Context(), f.sam)
			if err != nil {
				f.Fatal(err)
			}
			if _, others := all[other]; others {
				f.Error("the other client has wishes")
			}
			if diff := cmp.Diff(w.Counts, all[client].Counts, cmpopts.EquateEmpty()); diff != "" {
				f.Errorf("read alone and with others (-alone +with):\n%s", diff)
			}
			return w
		}
		if w := read(); !w.At.IsZero() || len(w.Answers) != 0 {
			f.Errorf("nothing is known yet: %+v", w)
		}
		written := conversations.Wishes{
			Below: 16, AtLeast: 4, NotBefore: 660, NotAt: []conversations.Times{conversations.TimesNights}, Areas: []string{"NG9"},
			Likes: []conversations.Trait{conversations.TraitRoutine}, Avoids: []conversations.Trait{conversations.TraitTill},
			Permanence: []conversations.Permanence{conversations.Permanent}, Said: []conversations.Preference{conversations.PreferBetterPay},
		}
		if err := f.store.SetWishes(f.Context(), client, written, f.sam); err != nil {
			f.Fatal(err)
		}
		w := read()
		if diff := cmp.Diff(written, w.Written); diff != "" || w.By != f.sam || !w.At.Equal(f.now) {
			f.Errorf("written by %s at %s (-want +got):\n%s", w.By, w.At, diff)
		}

		f.tick()
		f.offer(client, "o1", l.Lead)
		f.tick()
		f.do(f.text(at, "not for me too many people"), conversations.SetOffer{
			ID: "o1", Status: conversations.OfferNotInterested, Why: []conversations.Preference{conversations.PreferFewerPeople, conversations.PreferFewerHours},
		})
		w = read()
		want := written.After(conversations.PreferFewerHours, l.Job()).After(conversations.PreferFewerPeople, l.Job())
		if diff := cmp.Diff(want, w.Counts); diff != "" || want.Below != 12 {
			f.Errorf("what counts (-want +got):\n%s", diff)
		}
		if len(w.Answers) != 2 || w.Answers[1].Preference != conversations.PreferFewerPeople || w.Answers[1].Text != "not for me too many people" ||
			w.Answers[1].Offer != "o1" || w.Answers[1].Title != "PC repair" || !w.Answers[1].Counts {
			f.Errorf("answers: %+v", w.Answers)
		}

		// Written anew with the answer before them: it is in what they wrote, or not.
		f.tick()
		if err := f.store.SetWishes(f.Context(), client, written, f.sam); err != nil {
			f.Fatal(err)
		}
		if w = read(); !cmp.Equal(w.Counts, written) || len(w.Answers) != 2 || w.Answers[0].Counts {
			f.Errorf("written anew: %+v", w)
		}
		f.tick()
		f.do(f.text(at, "oh go on then"), conversations.SetOffer{ID: "o1", Status: conversations.OfferInterested})
		if w = read(); len(w.Answers) != 0 {
			f.Errorf("after a change of mind: %+v", w.Answers)
		}
		if err := f.store.SetWishes(f.Context(), client, conversations.Wishes{Below: 8, AtLeast: 9, Avoids: []conversations.Trait{"rain"}}, f.sam); len(store.Refusals(err)) != 2 {
			f.Errorf("refused: %v", err)
		}
	})
}

// Only yes is yes, the latest holds, and a name is one however it is written.
func TestAnEmployerMayBeSpokenTo(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		other, _ := f.client()
		say := func(employer string, c conversations.EmployerContact, words string) {
			f.Helper()
			f.tick()
			err := f.store.SetEmployerContact(f.Context(), client, store.EmployerContact{Employer: employer, Permitted: c, Words: words, On: "2026-11-20", RecordedBy: f.sam})
			if err != nil {
				f.Fatal(err)
			}
		}
		say("Beeston Computers", conversations.ContactYes, "that I like repairing")
		say("Hafan Cafe", conversations.ContactNo, "")
		say(" beeston  COMPUTERS", conversations.ContactMaybe, "ask me first")
		list, err := f.store.EmployerContacts(f.Context(), client)
		if err != nil || len(list) != 2 || list[0].Permitted != conversations.ContactMaybe || list[0].Permitted.Permits() || list[0].Words != "ask me first" || list[1].Employer != "Hafan Cafe" {
			f.Errorf("contacts: %+v, %v", list, err)
		}
		with, err := f.store.ContactsWith(f.Context(), "Beeston computers ")
		if _, others := with[other]; err != nil || others || len(with) != 1 || with[client].Permitted != conversations.ContactMaybe {
			f.Errorf("with one employer: %+v, %v", with, err)
		}
		if with, err = f.store.ContactsWith(f.Context(), " "); err != nil || len(with) != 0 {
			f.Errorf("with nobody: %+v, %v", with, err)
		}
		if err := f.store.SetEmployerContact(f.Context(), client, store.EmployerContact{Permitted: "perhaps", On: "soon"}); len(store.Refusals(err)) != 3 {
			f.Errorf("refused: %v", err)
		}
	})
}
