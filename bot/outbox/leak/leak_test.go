package leak

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	const secret = "+447700900001/token"
	rows := map[string]struct {
		show func(w *Watch)
		want int
	}{
		"nothing":        {func(*Watch) {}, 0},
		"an_id":          {func(w *Watch) { w.Logger().Info("sent", "message_id", "m1") }, 0},
		"in_a_log":       {func(w *Watch) { w.Logger().Debug("sent", "receiver", secret) }, 1},
		"in_an_address":  {func(w *Watch) { w.Logger().Debug("get", "address", "/x?To="+url.QueryEscape(secret)) }, 1},
		"in_an_error":    {func(w *Watch) { w.Show(fmt.Errorf("send: %w", errors.New(secret))) }, 1},
		"in_a_struct":    {func(w *Watch) { w.Show(struct{ Code string }{secret}) }, 1},
		"in_a_log_twice": {func(w *Watch) { w.Show(secret, secret) }, 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &Watch{secrets: []string{secret}}
			row.show(w)
			if got := w.Faults(); len(got) != row.want {
				t.Errorf("faults %q, want %d", got, row.want)
			}
		})
	}
}
