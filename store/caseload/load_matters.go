package caseload

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"slices"
	"sync/atomic"
	"time"

	"alongside/conversations"
	"alongside/conversations/understand"
)

// answeredOffers is for how long an offer that was answered is among the facts.
const answeredOffers = 60 * 24 * time.Hour

// The kinds of matter, as the statements number them.
const (
	matterAppointment = 1
	matterOffer       = 2
	matterTask        = 3
	matterCheckIn     = 4
	matterFree        = 5
	matterReached     = 6
	matterCover       = 7
)

// hints remember for which addresses and clients there was more to read than
// appointments, so that the next load asks for all of it in one round trip, and
// that of everybody else for no more than they have. Two that share a place
// share the hint: the price of a wrong one is a needless statement, or a second
// round trip.
type hints [1 << 12]atomic.Bool

func (h *hints) of(ev conversations.Event) *atomic.Bool {
	key := string(ev.Client)
	if key == "" {
		key = ev.From.Value
	}
	return &h[maphash.String(hintSeed, key)%uint64(len(h))]
}

var hintSeed = maphash.MakeSeed()

// queueMatters reads what a client can talk about beside appointments, in one
// statement. who is the client, in terms of args. The order comes from
// [reading.order].
func (r *reading) queueMatters(b *batch, who string, args []any) {
	n := len(args)
	with, client := "", who
	if who != "$1" {
		with, client = "WITH who AS "+who+" ", "(SELECT client FROM who)"
	}
	_, away := covering("(SELECT specialist FROM clients WHERE id = "+client+")", n+3)
	b.query(r.matter, fmt.Sprintf(with+`SELECT 2 AS matter, o.id, l.id AS other, CASE WHEN l.filled_at > 0 THEN 'filled' ELSE '' END AS kind,
				o.status, o.at, l.closes AS ends, l.hours AS number, CAST(NULL AS BYTEA) AS words, l.more, l.title, l.area, l.pay
			FROM offers o JOIN leads l ON l.id = o.lead WHERE o.client = %[1]s AND (o.status = 'offered' OR o.changed_at >= $%[2]d)
		UNION ALL SELECT 3, id, '', '', status, due, ask, 0, what, NULL, '', '', ''
			FROM tasks WHERE client = %[1]s AND status IN ('open', 'not_yet', 'want_help')
		UNION ALL SELECT 4, id, '', kind, '', due, 0, 0, words, NULL, rhythm, '', ''
			FROM check_ins WHERE client = %[1]s AND ended_at = 0
		UNION ALL SELECT 6, '', '', milestone, '', MAX(at), 0, 0, CAST(NULL AS BYTEA), CAST(NULL AS BYTEA), '', '', ''
			FROM milestones WHERE client = %[1]s AND at >= (SELECT returned_at FROM clients WHERE id = %[1]s) GROUP BY milestone
		UNION ALL SELECT 7, x.id, x.cover, COALESCE(y.id, ''), COALESCE(y.cover, ''), x.from_at, x.until_at,
				CASE WHEN z.id IS NULL THEN 0 ELSE 1 END, CAST(NULL AS BYTEA), CAST(NULL AS BYTEA), p.name, COALESCE(q.name, ''), '' FROM %[4]s
		UNION ALL SELECT * FROM (SELECT 5, '', '', '', '', at, 0, 0, CAST(NULL AS BYTEA), CAST(NULL AS BYTEA), '', '', '' FROM free_times
			WHERE specialist = (SELECT specialist FROM clients WHERE id = %[1]s) AND at >= $%[3]d ORDER BY at LIMIT 3) AS free`,
		client, n+1, n+2, away),
		append(args[:n:n], millis(r.now.Add(-answeredOffers)), millis(afterNotice(r.now)), millis(r.now))...)
}

// matter reads one row of them.
func (r *reading) matter(scan scan) error {
	facts := &r.loaded.Facts
	var what, number int
	var id, other, kind, status, title, area, pay string
	var at, ends int64
	var words, more []byte
	if err := scan(&what, &id, &other, &kind, &status, &at, &ends, &number, &words, &more, &title, &area, &pay); err != nil {
		return err
	}
	switch what {
	case matterAppointment:
		place, err := r.c.opened(sealPlace, id, words)
		if err != nil {
			return err
		}
		with, err := r.c.opened(sealWith, id, more)
		facts.Appointments = append(facts.Appointments, conversations.Appointment{
			ID: conversations.AppointmentID(id), Kind: conversations.AppointmentKind(kind), At: r.local(at), Minutes: number,
			Place: string(place), With: string(with), Status: conversations.AppointmentStatus(status), Proposed: r.local(ends),
		})
		return err
	case matterOffer:
		plain, err := r.c.opened(sealMore, other, more)
		facts.Offers = append(facts.Offers, conversations.Offer{
			ID: conversations.OfferID(id), Status: conversations.OfferStatus(status), At: r.local(at),
			Lead: conversations.Lead{
				ID: conversations.LeadID(other), Title: title, Area: area, Pay: pay, Hours: number, More: string(plain),
				Closes: r.local(ends), Filled: kind != "",
			},
		})
		return err
	case matterTask:
		plain, err := r.c.opened(sealTask, id, words)
		facts.Tasks = append(facts.Tasks, conversations.Task{
			ID: conversations.TaskID(id), What: string(plain), Due: r.local(at), Status: conversations.TaskStatus(status), Ask: r.local(ends),
		})
		return err
	case matterCheckIn:
		plain, err := r.c.opened(sealCheckIn, id, words)
		if err != nil {
			return err
		}
		rhythm, err := rhythmOf(title)
		facts.CheckIns = append(facts.CheckIns, conversations.CheckIn{
			ID: conversations.CheckInID(id), Kind: conversations.CheckInKind(kind), Words: string(plain), Rhythm: rhythm, Due: r.local(at),
		})
		return err
	case matterReached:
		if facts.Reached == nil {
			facts.Reached = map[conversations.Milestone]time.Time{}
		}
		facts.Reached[conversations.Milestone(kind)] = r.local(at)
	case matterCover:
		facts.Cover = coverOf(id, other, kind, status, r.local(ends), number, title, area)
	case matterFree:
		facts.Free = append(facts.Free, r.local(at))
	}
	return nil
}

// local is a stored instant on the client's clock, whose row was read before.
func (r *reading) local(ms int64) time.Time {
	at := instant(ms)
	if zone := r.loaded.Facts.Client.Zone; zone != nil && ms != 0 {
		at = at.In(zone)
	}
	return at
}

// order brings what came in one statement into the order that is promised of them.
func (r *reading) order() {
	facts := &r.loaded.Facts
	slices.SortFunc(facts.Offers, func(a, b conversations.Offer) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	slices.SortFunc(facts.Tasks, func(a, b conversations.Task) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return b.Due.Compare(a.Due) // Without a day: after all that have one.
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(facts.CheckIns, func(a, b conversations.CheckIn) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(facts.Free, time.Time.Compare)
}

// queueCorrected reads the text that a correction is about.
func (r *reading) queueCorrected(b *batch, which string, args ...any) {
	b.query(func(scan scan) error {
		var corrected conversations.Corrected
		var kept keptUndo
		var understood, undo, meaning []byte
		var correction string
		if err := scan(&corrected.Message, &corrected.Channel, &understood, &undo, &correction, &meaning); err != nil {
			return err
		}
		var reading understand.Reading
		for _, part := range []struct {
			purpose, row string
			sealed       []byte
			into         any
		}{
			{sealUnderstood, string(corrected.Message), understood, &reading},
			{sealUndo, string(corrected.Message), undo, &kept},
			{sealMeaning, correction, meaning, &corrected.Now},
		} {
			plain, err := r.c.opened(part.purpose, part.row, part.sealed)
			if err != nil {
				return err
			}
			if plain != nil && json.Unmarshal(plain, part.into) != nil {
				// The parser's error repeats what it read.
				return fmt.Errorf("message %s: its %s cannot be read", corrected.Message, part.purpose)
			}
		}
		corrected.Was, corrected.Undo, corrected.Done = reading.Intent, kept.Undo, correction != ""
		// Rows of earlier versions hold no more than the question that was answered.
		if corrected.Open = kept.Came; corrected.Open == nil {
			corrected.Open = kept.Undo.Open
		}
		r.loaded.Facts.Corrected = &corrected // Of several corrections the last holds.
		return nil
	}, `SELECT m.id, m.channel, m.understood, m.undo, COALESCE(k.id, ''), k.meaning
		FROM messages m LEFT JOIN corrections k ON k.peer = m.peer AND k.message = m.id
		WHERE m.direction = 'in' AND `+which+" ORDER BY k.id", args...)
}
