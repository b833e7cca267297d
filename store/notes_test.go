package store_test

import (
	"errors"
	"testing"

	"alongside/conversations"
	"alongside/store"

	"github.com/google/go-cmp/cmp"
)

// A note is only added: struck out, it is still there, with who did.
func TestNotesAreKeptAndStruckOut(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		client, _ := f.client()
		other, _ := f.client()
		if _, err := f.store.AddNote(f.Context(), client, store.Note{Kind: "opinion", Words: " "}); len(store.Refusals(err)) != 2 {
			f.Errorf("refused: %v", err)
		}
		if _, err := f.store.AddNote(f.Context(), "nobody", store.Note{Kind: store.NotePlain, Words: "x"}); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("an unknown client: %v", err)
		}
		first, err := f.store.AddNote(f.Context(), client, store.Note{
			Kind: store.NoteAccess, Words: " Large print.\r\nNo phone calls. ", By: "lead", Author: "Ann", Account: "a1",
		})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := f.store.AddNote(f.Context(), client, store.Note{Kind: store.NotePlain, Words: "Likes to walk.", By: "s1", Author: "Sam"}); err != nil {
			f.Fatal(err)
		}
		if err := f.store.StrikeNote(f.Context(), other, first, "Sam"); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("another client's note: %v", err)
		}
		for _, by := range []string{"Sam", "Ann"} { // The second finds it done.
			if err := f.store.StrikeNote(f.Context(), client, first, by); err != nil {
				f.Fatal(err)
			}
		}
		got, err := f.store.Notes(f.Context(), client)
		if err != nil || len(got) != 2 {
			f.Fatalf("%d notes, %v", len(got), err)
		}
		if got[0].ID == first { // The clock stands still: neither is the newer one.
			got[0], got[1] = got[1], got[0]
		}
		want := store.Note{
			ID: first, Kind: store.NoteAccess, Words: "Large print.\nNo phone calls.", By: "lead", Author: "Ann", Account: "a1",
			WrittenAt: got[1].WrittenAt, StruckBy: "Sam", StruckAt: got[1].StruckAt,
		}
		if diff := cmp.Diff(want, got[1]); diff != "" || want.StruckAt.IsZero() || got[0].Words != "Likes to walk." || !got[0].StruckAt.IsZero() {
			f.Errorf("notes (-want +got):\n%s", diff)
		}
		several, err := f.store.SeveralClients(f.Context(), []conversations.ClientID{other, client, "nobody", client})
		if err != nil || len(several) != 2 {
			f.Errorf("%d clients, %v", len(several), err)
		}
	})
}
