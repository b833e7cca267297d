package main

import (
	"context"
	"fmt"

	"alongside/conversations"
)

// others are the rest of Sam's caseload in a demo: no phone on the page is theirs,
// but whoever nudges ten people has ten people to nudge.
func others() []*person {
	var list []*person
	for i, name := range []string{"Bilal", "Carys", "Dean", "Ewa", "Femi", "Grace", "Hamid", "Iris", "Kofi"} {
		language := "en"
		if name == "Carys" {
			language = "cy"
		}
		list = append(list, &person{
			fullName: name + " Example", name: name, language: language, number: fmt.Sprintf("+4477009001%02d", 30+i), agreed: conversations.AgreementGiven,
		})
	}
	return list
}

// addOthers puts them on the caseload.
func (d *demo) addOthers(ctx context.Context, desk *desk) error {
	for _, p := range others() {
		if err := d.world.add(ctx, desk.specialist, p); err != nil {
			return err
		}
	}
	return nil
}
