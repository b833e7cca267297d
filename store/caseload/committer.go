package caseload

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// mostTurns is how many turns share a transaction: as many as one statement
// takes rows.
const mostTurns = mostRows

// errClosed is the answer to a turn that comes after Close.
var errClosed = errors.New("the caseload is closed")

// committer commits the turns that wait together. It never waits for more:
// while one group is written, the next one gathers.
type committer struct {
	caseload *Caseload
	wake     chan struct{} // holds one: there is something to do
	ended    chan struct{}

	mu      sync.Mutex
	waiting []*work
	closed  bool
}

func newCommitter(c *Caseload) *committer {
	k := &committer{caseload: c, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go k.loop()
	return k
}

// commit waits until the turn is committed or has failed. A context that ends
// takes back a turn that is still waiting; one that is being written is waited
// for, so that the caller knows.
func (k *committer) commit(ctx context.Context, w *work) (Committed, error) {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return Committed{}, errClosed
	}
	k.waiting = append(k.waiting, w)
	k.mu.Unlock()
	k.signal()
	select {
	case a := <-w.answer:
		return a.done, a.err
	case <-ctx.Done():
	}
	if k.takeBack(w) {
		return Committed{}, ctx.Err()
	}
	a := <-w.answer
	return a.done, a.err
}

func (k *committer) signal() {
	select {
	case k.wake <- struct{}{}:
	default: // It is awake already.
	}
}

func (k *committer) takeBack(w *work) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.Index(k.waiting, w)
	if i < 0 {
		return false
	}
	k.waiting = slices.Delete(k.waiting, i, i+1)
	return true
}

func (k *committer) loop() {
	defer close(k.ended)
	for range k.wake {
		for {
			group, closed := k.take()
			if len(group) == 0 {
				if closed {
					return
				}
				break
			}
			k.commitGroup(group)
		}
	}
}

func (k *committer) commitGroup(group []*work) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	k.caseload.commitGroup(ctx, group)
}

// take removes the next group: the oldest turns, at most one per peer.
func (k *committer) take() (group []*work, closed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	taken := make(map[string]bool, min(len(k.waiting), mostTurns))
	k.waiting = slices.DeleteFunc(k.waiting, func(w *work) bool {
		if len(group) == mostTurns || taken[w.peer] {
			return false
		}
		taken[w.peer] = true
		group = append(group, w)
		return true
	})
	return group, k.closed
}

// stop commits what is waiting and takes no more.
func (k *committer) stop() {
	k.mu.Lock()
	already := k.closed
	k.closed = true
	k.mu.Unlock()
	if !already {
		k.signal()
	}
	<-k.ended
}
