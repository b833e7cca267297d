package carrier_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alongside/bot/carrier"
)

// TestDemoDesk hands on what somebody at the page does for the specialist, and
// refuses it where there is none.
func TestDemoDesk(t *testing.T) {
	t.Parallel()
	type done struct {
		Phone string
		carrier.DeskDone
	}
	var all []done
	_, base := demo(t, carrier.Config{Desk: func(_ context.Context, phone string, d carrier.DeskDone) (string, error) {
		all = append(all, done{phone, d})
		if d.Do == "fly" {
			return "", errors.New("nobody can")
		}
		return "Done.", nil
	}})
	if status := act(t, base, `{"phone":"Gwen","do":"desk_correct","on":"m1","intent":"change","text":" fri 3pm "}`); status != 200 {
		t.Errorf("HTTP %d", status)
	}
	for _, body := range []string{`{"phone":"john","do":"desk_fly"}`, `{"phone":"nobody","do":"desk_offer"}`} {
		if status := act(t, base, body); status != 400 {
			t.Errorf("%s: HTTP %d", body, status)
		}
	}
	if diff := cmp.Diff([]done{
		{"Gwen", carrier.DeskDone{Do: "correct", Value: "fri 3pm", Message: "m1", Intent: "change"}},
		{"john", carrier.DeskDone{Do: "fly"}},
	}, all); diff != "" {
		t.Errorf("handed on (-want +got):\n%s", diff)
	}
	_, alone := demo(t, carrier.Config{})
	if status := act(t, alone, `{"phone":"john","do":"desk_offer"}`); status != 400 {
		t.Errorf("without a specialist: HTTP %d", status)
	}
}
