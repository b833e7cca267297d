package caseload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"alongside/conversations"
)

// ErrOverlaps says that the specialist is away at some of that time already.
var ErrOverlaps = errors.New("another absence of the specialist lies within the same time")

// Absence is a time in which somebody stands in for a specialist.
type Absence struct {
	ID                conversations.AbsenceID
	Specialist, Cover conversations.SpecialistID
	// From and Until are its beginning and its end, which does not belong to it.
	From, Until          time.Time
	MadeBy, ChangedBy    conversations.SpecialistID
	CreatedAt, ChangedAt time.Time
}

const absenceColumns = "x.id, x.specialist, x.cover, x.from_at, x.until_at, x.made_by, x.changed_by, x.created_at, x.changed_at"

func absence(scan scan) (a Absence, err error) {
	var from, until, created, changed int64
	err = scan(&a.ID, &a.Specialist, &a.Cover, &from, &until, &a.MadeBy, &a.ChangedBy, &created, &changed)
	a.From, a.Until, a.CreatedAt, a.ChangedAt = instant(from), instant(until), instant(created), instant(changed)
	return a, err
}

// holding says that an absence holds at the moment of argument n.
func holding(alias string, n int) string {
	return fmt.Sprintf("%[1]s.from_at <= $%[2]d AND %[1]s.until_at > $%[2]d", alias, n)
}

// CaredBy lists the specialists whose clients are just now those of one: that one
// first, those for whom they stand in, and those for whom somebody stands in who
// is away and covered by them.
func (c *Caseload) CaredBy(ctx context.Context, of conversations.SpecialistID) (ids []conversations.SpecialistID, err error) {
	self, now := clean(string(of)), millis(c.now())
	ids = append(ids, conversations.SpecialistID(self))
	each := func(scan scan) error {
		var id conversations.SpecialistID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}
	var b batch
	b.query(each, "SELECT x.specialist FROM absences x WHERE x.cover = $1 AND "+holding("x", 2), self, now)
	b.query(each, "SELECT x.specialist FROM absences y JOIN absences x ON x.cover = y.specialist AND "+holding("x", 2)+
		" WHERE y.cover = $1 AND "+holding("y", 2), self, now)
	if err := c.db.reader().run(ctx, &b); err != nil {
		return nil, fmt.Errorf("list for whom specialist %s stands in: %w", of, err)
	}
	return ids, nil
}

// caredBy is [Caseload.CaredBy] as a list for IN, with args appended.
func (c *Caseload) caredBy(ctx context.Context, of conversations.SpecialistID, args ...any) (list string, all []any, err error) {
	ids, err := c.CaredBy(ctx, of)
	if err != nil {
		return "", nil, err
	}
	list, all = in(args, ids)
	return list, all, nil
}

// covering reads who stands in for a specialist (who, an expression) at the moment
// of argument n: the absence, its cover, the cover's absence and its cover, the
// end, whether that second cover is away too, and both names.
func covering(who string, n int) (columns, from string) {
	return "x.id, x.cover, COALESCE(y.id, ''), COALESCE(y.cover, ''), x.from_at, x.until_at, CASE WHEN z.id IS NULL THEN 0 ELSE 1 END, p.name, COALESCE(q.name, '')",
		fmt.Sprintf(`absences x JOIN specialists p ON p.id = x.cover
			LEFT JOIN absences y ON y.specialist = x.cover AND %[2]s LEFT JOIN specialists q ON q.id = y.cover
			LEFT JOIN absences z ON z.specialist = y.cover AND %[3]s WHERE x.specialist = %[4]s AND %[1]s`,
			holding("x", n), holding("y", n), holding("z", n), who)
}

// coverOf makes a cover of what [covering] reads. Where the cover is away, it is
// their cover; where that one is away as well, nobody on the caseload, and the
// lead stands in.
func coverOf(id, cover, second, next string, until time.Time, nextAway int, name, nextName string) conversations.Cover {
	c := conversations.Cover{Absence: conversations.AbsenceID(id), ID: conversations.SpecialistID(cover), Name: name, Until: until}
	if second != "" {
		c.ID, c.Name = conversations.SpecialistID(next), nextName
		if nextAway != 0 {
			c.ID, c.Name = "", ""
		}
	}
	return c
}

// Cover says who stands in for a specialist; the zero value if nobody does.
func (c *Caseload) Cover(ctx context.Context, specialist conversations.SpecialistID, now time.Time) (cover conversations.Cover, err error) {
	columns, from := covering("$1", 2)
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var id, first, second, next, name, nextName string
		var began, until int64
		var away int
		err := scan(&id, &first, &second, &next, &began, &until, &away, &name, &nextName)
		cover = coverOf(id, first, second, next, instant(until), away, name, nextName)
		return err
	}, "SELECT "+columns+" FROM "+from, clean(string(specialist)), millis(now))
	if err != nil {
		return conversations.Cover{}, fmt.Errorf("read the cover of specialist %s: %w", specialist, err)
	}
	return cover, nil
}

// SetAbsence writes an absence: a new one where it has no id. [ErrNotFound] if
// the specialist, the cover or the absence is not there, [ErrOverlaps] if the
// specialist is away at some of that time already, and [ErrClosed] for one that
// is over.
func (c *Caseload) SetAbsence(ctx context.Context, a Absence, by conversations.SpecialistID) (set Absence, err error) {
	now := c.now()
	err = c.db.write(ctx, func(tx transaction) error {
		specialist := clean(string(a.Specialist))
		if a.ID != "" {
			was, err := absenceBy(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			if !was.Until.After(now) {
				return ErrClosed
			}
			specialist = string(was.Specialist)
		}
		// Written first, so that two absences of one specialist come one after the other.
		for _, id := range []string{specialist, clean(string(a.Cover))} {
			known, err := change(ctx, tx, "UPDATE specialists SET away_until = away_until WHERE id = $1", id)
			if err == nil && known == 0 {
				err = ErrNotFound
			}
			if err != nil {
				return err
			}
		}
		var other string
		err := single(ctx, tx, []any{&other}, "SELECT x.id FROM absences x WHERE x.specialist = $1 AND x.id <> $2 AND x.from_at < $4 AND x.until_at > $3 LIMIT 1",
			specialist, clean(string(a.ID)), millis(a.From), millis(a.Until))
		if err == nil {
			return ErrOverlaps
		}
		if !errors.Is(err, errNoRow) {
			return err
		}
		id := clean(string(a.ID))
		if id == "" {
			id = newID(now)
			_, err = change(ctx, tx, `INSERT INTO absences (id, specialist, cover, from_at, until_at, made_by, created_at, changed_at, changed_by)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $6)`,
				id, specialist, clean(string(a.Cover)), millis(a.From), millis(a.Until), clean(string(by)), millis(now))
		} else {
			_, err = change(ctx, tx, "UPDATE absences SET cover = $2, from_at = $3, until_at = $4, changed_at = $5, changed_by = $6 WHERE id = $1",
				id, clean(string(a.Cover)), millis(a.From), millis(a.Until), millis(now), clean(string(by)))
		}
		if err == nil {
			err = noteAway(ctx, tx, specialist)
		}
		if err == nil {
			set, err = absenceBy(ctx, tx, conversations.AbsenceID(id))
		}
		return err
	})
	if err != nil {
		return Absence{}, fmt.Errorf("write an absence of specialist %s: %w", a.Specialist, err)
	}
	return set, nil
}

// EndAbsence ends an absence now, or, if it has not begun, takes it back. One
// that is over is left as it is. [ErrNotFound] if there is none with the id.
func (c *Caseload) EndAbsence(ctx context.Context, id conversations.AbsenceID, by conversations.SpecialistID) error {
	now := c.now()
	err := c.db.write(ctx, func(tx transaction) error {
		a, err := absenceBy(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !a.Until.After(now):
			return nil
		case a.From.Before(now):
			_, err = change(ctx, tx, "UPDATE absences SET until_at = $2, changed_at = $2, changed_by = $3 WHERE id = $1",
				string(a.ID), millis(now), clean(string(by)))
		default:
			_, err = change(ctx, tx, "DELETE FROM absences WHERE id = $1", string(a.ID))
		}
		if err == nil {
			err = noteAway(ctx, tx, string(a.Specialist))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("end absence %s: %w", id, err)
	}
	return nil
}

func noteAway(ctx context.Context, tx transaction, specialist string) error {
	_, err := change(ctx, tx, "UPDATE specialists SET away_until = (SELECT COALESCE(MAX(x.until_at), 0) FROM absences x WHERE x.specialist = $1) WHERE id = $1", specialist)
	return err
}

func absenceBy(ctx context.Context, q querier, id conversations.AbsenceID) (a Absence, err error) {
	found := false
	err = one(ctx, q, func(scan scan) (err error) {
		found = true
		a, err = absence(scan)
		return err
	}, "SELECT "+absenceColumns+" FROM absences x WHERE x.id = $1", clean(string(id)))
	if err == nil && !found {
		err = ErrNotFound
	}
	return a, err
}

// Absence returns one absence, or [ErrNotFound].
func (c *Caseload) Absence(ctx context.Context, id conversations.AbsenceID) (Absence, error) {
	a, err := absenceBy(ctx, c.db.reader(), id)
	if err != nil {
		return Absence{}, fmt.Errorf("read absence %s: %w", id, err)
	}
	return a, nil
}

// Absences lists those of a specialist, the latest first, at most 200.
func (c *Caseload) Absences(ctx context.Context, specialist conversations.SpecialistID) (list []Absence, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		a, err := absence(scan)
		list = append(list, a)
		return err
	}, "SELECT "+absenceColumns+" FROM absences x WHERE x.specialist = $1 ORDER BY x.from_at DESC, x.id LIMIT $2", clean(string(specialist)), mostLimit)
	if err != nil {
		return nil, fmt.Errorf("list the absences of specialist %s: %w", specialist, err)
	}
	return list, nil
}
