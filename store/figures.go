package store

import (
	"context"
	"sync"
	"time"

	"alongside/conversations/figures"
	"alongside/store/caseload"
)

// FiguresFilter says what is counted; see package caseload.
type FiguresFilter = caseload.FiguresFilter

// What takes long to count is kept for a while: the figures of a whole large
// service. It says when it was counted. Whatever is small is counted anew.
const (
	keepFigures = 10 * time.Minute
	worthIt     = 20_000 // rows that were counted
	mostKept    = 64
)

// keptFigures are what was counted lately, for everybody.
type keptFigures struct {
	mu   sync.Mutex
	kept map[keptKey]figures.Counted
}

type keptKey struct {
	period   string
	feedback bool
}

// Figures counts a period for package figures: aggregates and rows without whose
// they are. Those of a large service may be up to ten minutes old: see Counted.At.
func (s *Store) Figures(ctx context.Context, filter FiguresFilter) (figures.Counted, error) {
	if !filter.Everybody {
		return s.caseload.Figures(ctx, filter)
	}
	// Whoever asks while they are being counted waits for them, and counts nothing.
	s.figures.mu.Lock()
	defer s.figures.mu.Unlock()
	key := keptKey{filter.Period.Name, filter.Feedback}
	if k, ok := s.figures.kept[key]; ok && s.now().Sub(k.At) < keepFigures {
		return k, nil
	}
	c, err := s.caseload.Figures(ctx, filter)
	if err != nil || c.Size() < worthIt {
		return c, err
	}
	if s.figures.kept == nil || len(s.figures.kept) >= mostKept {
		s.figures.kept = map[keptKey]figures.Counted{}
	}
	s.figures.kept[key] = c
	return c, nil
}
