package caseload

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"alongside/conversations"
)

// Workload is how much there is on one specialist's caseload just now.
type Workload struct {
	Specialist conversations.SpecialistID
	// Name is the first name that clients know.
	Name string
	// Clients counts those whose record is open.
	Clients int
	// Texts counts the texts that nobody has looked at or answered, Since is the
	// longest waiting of them; zero for none. Alerts counts the open alerts.
	Texts, Alerts int
	Since         time.Time
}

// Workloads reads how much there is on each caseload, in the order of the names,
// in one round trip. Texts for the lead count only where notForLead is false.
func (c *Caseload) Workloads(ctx context.Context, notForLead bool) (list []Workload, err error) {
	at := map[conversations.SpecialistID]int{}
	row := func(id conversations.SpecialistID) *Workload {
		if i, ok := at[id]; ok {
			return &list[i]
		}
		return &Workload{} // They came since the list was read.
	}
	lead := ""
	if notForLead {
		lead = " AND f.detail <> '" + forLead + "'"
	}
	var b batch
	b.query(func(scan scan) error {
		var w Workload
		err := scan(&w.Specialist, &w.Name, &w.Clients)
		at[w.Specialist] = len(list)
		list = append(list, w)
		return err
	}, `SELECT s.id, s.name, COUNT(c.id) FROM specialists s LEFT JOIN clients c ON c.specialist = s.id AND c.closed_at = 0
		WHERE s.id > '' GROUP BY s.id, s.name`)
	b.query(func(scan scan) error {
		var id conversations.SpecialistID
		var count int
		var since int64
		err := scan(&id, &count, &since)
		row(id).Texts, row(id).Since = count, instant(since)
		return err
		// Written so, SQLite does not take the index of the figures, which holds every
		// flag there ever was.
	}, "SELECT c.specialist, COUNT(*), MIN(f.raised_at) FROM flags f JOIN clients c ON c.id = f.peer WHERE f.settled_at = 0 AND f.message > ''"+
		lead+" GROUP BY c.specialist")
	b.query(func(scan scan) error {
		var id conversations.SpecialistID
		var count int
		err := scan(&id, &count)
		row(id).Alerts = count
		return err
	}, "SELECT c.specialist, COUNT(*) FROM alerts a JOIN clients c ON c.id = a.peer WHERE a.closed_at = 0 GROUP BY c.specialist")
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("count what is on each caseload: %w", err)
	}
	slices.SortStableFunc(list, func(a, b Workload) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// AbsencesSince lists the absences of all that end after a moment, the first to
// begin first, at most 200.
func (c *Caseload) AbsencesSince(ctx context.Context, moment time.Time) (list []Absence, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		a, err := absence(scan)
		list = append(list, a)
		return err
	}, "SELECT "+absenceColumns+` FROM specialists s JOIN absences x ON x.specialist = s.id AND x.until_at > $1
		WHERE s.id > '' ORDER BY x.from_at, x.id LIMIT $2`, millis(moment), mostLimit)
	if err != nil {
		return nil, fmt.Errorf("list who is away: %w", err)
	}
	return list, nil
}

// Stranger is an unknown sender with what stands of them.
type Stranger struct {
	UnknownSender
	// Waiting counts the flags that nobody has closed, Alerts the open alerts.
	Waiting, Alerts int
}

// Strangers is [Caseload.UnknownSenders] with what stands of each.
func (c *Caseload) Strangers(ctx context.Context, page Page) (list []Stranger, next string, err error) {
	senders, next, err := c.UnknownSenders(ctx, page)
	if err != nil || len(senders) == 0 {
		return nil, next, err
	}
	at := map[string]int{}
	var peers []string
	for i, s := range senders {
		at[s.Peer] = i
		peers = append(peers, s.Peer)
		list = append(list, Stranger{UnknownSender: s})
	}
	whose, args := in(nil, peers)
	var b batch
	b.query(func(scan scan) error {
		var peer string
		var count int
		err := scan(&peer, &count)
		list[at[peer]].Waiting = count
		return err
	}, "SELECT f.peer, COUNT(*) FROM flags f WHERE f.settled_at = 0 AND f.peer IN ("+whose+") GROUP BY f.peer", args...)
	b.query(func(scan scan) error {
		var peer string
		var count int
		err := scan(&peer, &count)
		list[at[peer]].Alerts = count
		return err
	}, "SELECT a.peer, COUNT(*) FROM alerts a WHERE a.closed_at = 0 AND a.peer IN ("+whose+") GROUP BY a.peer", args...)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, "", fmt.Errorf("read what stands of unknown senders: %w", err)
	}
	return list, next, nil
}

// Stranger returns one unknown sender by their peer, or [ErrNotFound].
func (c *Caseload) Stranger(ctx context.Context, peer string) (s UnknownSender, err error) {
	s.Peer = clean(peer)
	var address []byte
	var first, latest int64
	err = single(ctx, c.db.reader(), []any{&s.From.Channel, &address, &first, &latest},
		"SELECT channel, address, started_at, changed_at FROM conversations WHERE peer = $1 AND channel <> ''", s.Peer)
	if err != nil {
		return UnknownSender{}, fmt.Errorf("read an unknown sender: %w", missing(err))
	}
	if plain, err := c.opened(sealAddress, s.Peer, address); err == nil {
		s.From.Value = string(plain)
	}
	s.First, s.Latest = instant(first), instant(latest)
	return s, nil
}
