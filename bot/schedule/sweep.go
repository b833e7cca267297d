package schedule

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"alongside/conversations"
	"alongside/store"

	"github.com/riverqueue/river/rivertype"
)

const (
	// sweepEvery is how often what should have run is looked at: alerts, and jobs
	// whose process died.
	sweepEvery = 15 * time.Second
	// sweepLease keeps the others of several processes from doing the same.
	sweepLease = 2 * sweepEvery
	// sweepMost is how many open alerts are read at a time.
	sweepMost = 200
)

// underWay are the pages that this process is sending.
type underWay struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (u *underWay) begin(id string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ids[id] {
		return false
	}
	if u.ids == nil {
		u.ids = map[string]bool{}
	}
	u.ids[id] = true
	return true
}

func (u *underWay) end(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.ids, id)
}

// sweep finds what the jobs of a process that ended have left behind, from the
// start on and every few seconds.
func (s *Schedule) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			s.c.Logger.Error("what was left behind could not be looked at; tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Schedule) sweepOnce(ctx context.Context) error {
	//nolint:forbidigo // A lease is held between machines, and goes by their clock: a demo's may be moved.
	held, err := s.c.Store.Lease(ctx, "alert_sweep", sweepLease, time.Now())
	if err != nil || !held {
		return err
	}
	faults := []error{s.rescue(ctx)}
	for page := (store.Page{Limit: sweepMost}); ; {
		open, next, err := s.c.Store.Alerts(ctx, store.AlertFilter{Page: page})
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, a := range open {
			faults = append(faults, s.catchUp(ctx, a))
		}
		if page.After = next; next == "" {
			return errors.Join(faults...)
		}
	}
}

// rescue lets the jobs of a process that died, or stands still, be worked again. A
// job that is worked twice by that does no harm: whether it is stale is for the
// turn to know.
func (s *Schedule) rescue(ctx context.Context) error {
	now := s.c.Now()
	since := now.Add(-2 * jobTimeout)
	list, err := s.c.Store.StuckJobs(ctx, since, sweepMost)
	if err != nil {
		return err
	}
	patience := s.register().patience
	list = slices.DeleteFunc(list, func(j *rivertype.JobRow) bool {
		return j.AttemptedAt == nil || now.Sub(*j.AttemptedAt) < patience[j.Kind]+jobTimeout
	})
	if len(list) > 0 {
		s.c.Logger.Warn("jobs that nobody works any more are taken up", "jobs", len(list))
	}
	return s.c.Store.RescueJobs(ctx, list, since, now)
}

// catchUp does what the jobs of one alert should have done by now. An alert
// without a time to decide has no job either: one of before people were told of
// alerts, or one of which everybody has been told. Which it is, the decision finds.
func (s *Schedule) catchUp(ctx context.Context, a store.Alert) error {
	list, err := s.c.Store.Pages(ctx, a.ID)
	if err != nil {
		return err
	}
	now := s.c.Now()
	var faults []error
	for _, p := range list {
		if p.Delivery == conversations.Queued && p.Tries == 0 && now.Sub(p.At) >= left {
			_, err := s.deliver(ctx, p.ID)
			faults = append(faults, err)
		}
	}
	if now.Sub(a.Due) >= left {
		faults = append(faults, s.decide(ctx, a.ID, a.Step))
	}
	return errors.Join(faults...)
}
