package main

import (
	"context"
	"fmt"
	"time"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// recordPast gives the demo's caseload contacts of the months before, so that its
// figures show something. Of people there are three: their number is rightly hidden.
func (d *demo) recordPast(ctx context.Context, monday time.Time) error {
	ways := conversations.Mechanisms
	for m := range 5 {
		for i := range 14 + 3*(m%3) {
			n := store.Contact{
				Client: d.people[i%len(d.people)].client, With: figures.WithClient, Mechanism: ways[i*i%len(ways)], RecordedBy: d.desk.specialist,
				At: monday.AddDate(0, -m, -4-i).Add(14 * time.Hour),
			}
			if i%2 == 1 && i < 12 {
				n.With, n.Mechanism = figures.WithEmployer, conversations.FaceToFace
			}
			if _, err := d.world.store.AddContact(ctx, n); err != nil {
				return fmt.Errorf("record a contact: %w", err)
			}
		}
	}
	return nil
}
