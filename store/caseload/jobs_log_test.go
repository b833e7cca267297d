package caseload

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTheQueuesOwnErrorsAreWarnings(t *testing.T) {
	t.Parallel()
	var all, errs bytes.Buffer
	quieter(slog.New(slog.NewTextHandler(&all, nil))).With("client_id", "c").WithGroup("g").Error("resign", "attempt", 1)
	if got := all.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "client_id=c g.attempt=1") {
		t.Errorf("logged %q", got)
	}
	quieter(slog.New(slog.NewTextHandler(&errs, &slog.HandlerOptions{Level: slog.LevelError}))).Error("resign")
	if errs.Len() > 0 {
		t.Errorf("an engineer who wants errors only is shown %q", errs.String())
	}
	if quieter(nil) != nil {
		t.Error("no logger became one")
	}
}
