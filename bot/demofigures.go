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
	for m := range 4 {
		// Each client on four Fridays of a month, seven contacts of a kind at least.
		for i := range 24 + 3*(m%2) {
			n := store.Contact{
				Client: d.people[i/4%len(d.people)].client, With: figures.WithClient, Mechanism: conversations.Mechanisms[i%3], RecordedBy: d.desk.specialist,
				At: monday.AddDate(0, 0, -28*m-7*(i%4)-10).Add(time.Duration(9+i%8) * time.Hour),
			}
			if i >= 20 { // And a few employers.
				n.With, n.Mechanism = figures.WithEmployer, conversations.FaceToFace
			}
			if _, err := d.world.store.AddContact(ctx, n); err != nil {
				return fmt.Errorf("record a contact: %w", err)
			}
		}
	}
	return nil
}
