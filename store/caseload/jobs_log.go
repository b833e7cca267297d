package caseload

import (
	"context"
	"log/slog"
)

// retried lowers the queue's own errors to warnings. River does each of these
// again by itself (an election, a sweep, a lease given back at the end): on a
// busy machine one of them runs into its time limit of a second now and then,
// and an engineer must not be woken for it. A job of ours that fails for good
// is logged by its worker, through the program's own logger.
type retried struct{ slog.Handler }

func (h retried) Enabled(ctx context.Context, l slog.Level) bool {
	return h.Handler.Enabled(ctx, min(l, slog.LevelWarn))
}

func (h retried) Handle(ctx context.Context, r slog.Record) error {
	r.Level = min(r.Level, slog.LevelWarn)
	return h.Handler.Handle(ctx, r)
}

func (h retried) WithAttrs(attrs []slog.Attr) slog.Handler {
	return retried{h.Handler.WithAttrs(attrs)}
}

func (h retried) WithGroup(name string) slog.Handler { return retried{h.Handler.WithGroup(name)} }

// quieter is a logger for the queue; nil stays nil.
func quieter(l *slog.Logger) *slog.Logger {
	if l == nil {
		return nil
	}
	return slog.New(retried{l.Handler()})
}
