package caseload

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// Stage says how far a sign-in has come.
type Stage string

// The stages of a session.
const (
	// StageCode: the password was right, and a code is still to come.
	StageCode Stage = "code"
	// StageTwoStep: the password was set; the two-step sign-in is to be set up.
	StageTwoStep Stage = "two_step"
	// StageOpen: signed in.
	StageOpen Stage = "open"
)

// Session is one browser in which an account signs in or is signed in. Its ID
// opens nothing.
type Session struct {
	ID      string
	Account Account
	Stage   Stage
	// Shows is what they are to see once: it stays until it was put away, so
	// that a page that was loaded again has lost nothing.
	Shows string
	// SeenAt is to the minute; EndsAt is when it ends whatever happens.
	CreatedAt, SeenAt, EndsAt time.Time
}

// NewSession is a session to begin.
type NewSession struct {
	Account AccountID
	Stage   Stage
	Shows   string
	EndsAt  time.Time
	// Replaces is the session that it follows, which must still be there and
	// ends with it; empty for none.
	Replaces string
}

// seenExactly is how exact a session's last use is: writing it with every page
// would make every read a write.
const seenExactly = time.Minute

// AddSession begins a session and returns the token that opens it; only a keyed
// hash of it is stored. [ErrNotFound] if the session that it replaces is gone.
func (c *Caseload) AddSession(ctx context.Context, n NewSession) (token string, err error) {
	now := c.now()
	id := newID(now)
	token = rand.Text()
	shows, err := c.sealed(sealShows, id, []byte(n.Shows))
	if err != nil {
		return "", fmt.Errorf("begin session %s: %w", id, err)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		var b batch
		b.exec(nil, "DELETE FROM sessions WHERE ends_at <= $1", millis(now))
		if n.Replaces != "" {
			b.exec(func(rows int64) error {
				if rows == 0 {
					return ErrNotFound
				}
				return nil
			}, "DELETE FROM sessions WHERE id = $1 AND account = $2", clean(n.Replaces), clean(string(n.Account)))
		}
		b.exec(nil, `INSERT INTO sessions (id, hash, account, stage, shows, created_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
			id, c.seal.Hash(hashSession, token), clean(string(n.Account)), string(n.Stage), shows, millis(now), millis(n.EndsAt))
		return tx.run(ctx, &b)
	})
	if err != nil {
		return "", fmt.Errorf("begin session %s: %w", id, err)
	}
	return token, nil
}

const sessionColumns = "s.id, s.stage, s.shows, s.created_at, s.seen_at, s.ends_at"

func (c *Caseload) session(scan scan) (s Session, err error) {
	var shows []byte
	var created, seen, ends int64
	s.Account, err = c.account(scan, &s.ID, &s.Stage, &shows, &created, &seen, &ends)
	if err != nil {
		return s, err
	}
	shows, err = c.opened(sealShows, s.ID, shows)
	s.Shows, s.CreatedAt, s.SeenAt, s.EndsAt = string(shows), instant(created), instant(seen), instant(ends)
	return s, err
}

// alive says that a session holds at the moment $n-1, with an idle limit that
// makes $n the oldest moment at which it may have been seen last.
const alive = "s.ends_at > $1 AND s.seen_at > $2 AND a.ended_at = 0"

// Session returns the session that a token opens, with its account as it is
// now, and notes that it was seen; [ErrNotFound] if there is none, it has ended,
// was idle for longer than idle, or its account has ended.
func (c *Caseload) Session(ctx context.Context, token string, idle time.Duration, now time.Time) (s Session, err error) {
	if s, err = c.FindSession(ctx, token, idle, now); err != nil {
		return s, err
	}
	if now.Sub(s.SeenAt) >= seenExactly {
		if _, err := change(ctx, c.db, "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2", s.ID, millis(now)); err != nil {
			// The page is shown whether or not its time could be noted.
			c.log.WarnContext(ctx, "the use of a session was not noted", "session_id", s.ID, "error", err)
		}
	}
	return s, nil
}

// FindSession is [Caseload.Session] for what nobody clicked: that it was seen is
// not noted.
func (c *Caseload) FindSession(ctx context.Context, token string, idle time.Duration, now time.Time) (s Session, err error) {
	list, args := in([]any{millis(now), millis(now.Add(-idle))}, c.seal.Hashes(hashSession, token))
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		s, err = c.session(scan)
		return err
	}, "SELECT "+accountColumns+", "+sessionColumns+" FROM sessions s JOIN accounts a ON a.id = s.account WHERE s.hash IN ("+list+") AND "+alive, args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return Session{}, fmt.Errorf("look up a session: %w", err)
	}
	return s, nil
}

// Sessions returns the open sessions of an account (empty: of all) that hold
// now, whose end is latest first, at most 200.
func (c *Caseload) Sessions(ctx context.Context, of AccountID, idle time.Duration, now time.Time) (list []Session, err error) {
	where, args := alive+" AND s.stage = 'open'", []any{millis(now), millis(now.Add(-idle))}
	if of != "" {
		where, args = where+" AND s.account = $3", append(args, clean(string(of)))
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		s, err := c.session(scan)
		list = append(list, s)
		return err
	}, "SELECT "+accountColumns+", "+sessionColumns+" FROM sessions s JOIN accounts a ON a.id = s.account WHERE "+where+
		fmt.Sprintf(" ORDER BY s.ends_at DESC, s.id DESC LIMIT %d", mostLimit), args...)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// Show keeps what a session's person is to see once; empty puts it away.
func (c *Caseload) Show(ctx context.Context, session, shows string) error {
	sealed, err := c.sealed(sealShows, session, []byte(shows))
	if err == nil {
		_, err = change(ctx, c.db, "UPDATE sessions SET shows = $2 WHERE id = $1", clean(session), sealed)
	}
	if err != nil {
		return fmt.Errorf("keep what session %s shows: %w", session, err)
	}
	return nil
}

// EndSession ends one session. To end one that is gone changes nothing.
func (c *Caseload) EndSession(ctx context.Context, id string) error {
	if _, err := change(ctx, c.db, "DELETE FROM sessions WHERE id = $1", clean(id)); err != nil {
		return fmt.Errorf("end session %s: %w", id, err)
	}
	return nil
}

// EndSessions ends the sessions of an account but one (empty: all), and forgets
// the browsers that it signed in with.
func (c *Caseload) EndSessions(ctx context.Context, of AccountID, but string) error {
	err := c.db.write(ctx, func(tx transaction) error {
		var b batch
		b.exec(nil, "DELETE FROM sessions WHERE account = $1 AND id <> $2", clean(string(of)), clean(but))
		b.exec(nil, "DELETE FROM known_browsers WHERE account = $1", clean(string(of)))
		return tx.run(ctx, &b)
	})
	if err != nil {
		return fmt.Errorf("end the sessions of account %s: %w", of, err)
	}
	return nil
}

// browserKept is how long a browser is known after the last sign-in with it.
const browserKept = 90 * 24 * time.Hour

// KnowBrowser remembers that an account signed in with the browser that will
// hold the token; a token that is known for it already stays.
func (c *Caseload) KnowBrowser(ctx context.Context, of AccountID, token string) (kept string, err error) {
	now := c.now()
	known, err := c.KnownBrowser(ctx, of, token)
	if err != nil {
		return "", err
	}
	if !known {
		token = rand.Text()
	}
	var b batch
	b.exec(nil, "DELETE FROM known_browsers WHERE account = $1 AND seen_at < $2", clean(string(of)), millis(now.Add(-browserKept)))
	b.exec(nil, `INSERT INTO known_browsers (hash, account, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET seen_at = excluded.seen_at`, c.seal.Hash(hashBrowser, token), clean(string(of)), millis(now))
	if err := c.db.run(ctx, &b); err != nil {
		return "", fmt.Errorf("remember a browser of account %s: %w", of, err)
	}
	return token, nil
}

// KnownBrowser says whether an account signed in with the browser of the token.
func (c *Caseload) KnownBrowser(ctx context.Context, of AccountID, token string) (known bool, err error) {
	if of == "" || token == "" {
		return false, nil
	}
	list, args := in([]any{clean(string(of)), millis(c.now().Add(-browserKept))}, c.seal.Hashes(hashBrowser, token))
	err = one(ctx, c.db.reader(), func(scan) error { known = true; return nil },
		"SELECT account FROM known_browsers WHERE account = $1 AND seen_at > $2 AND hash IN ("+list+")", args...)
	if err != nil {
		return false, fmt.Errorf("look up a browser of account %s: %w", of, err)
	}
	return known, nil
}

// triesKept is after how long without a try nothing is known of it any more.
const triesKept = 24 * time.Hour

// Try counts a try of what may be guessed, before it is looked at: of many at
// once each is counted. wait is how long the next may not be looked at; what
// comes within it is not counted. Pause says how long the n-th wrong try in a
// row keeps the next waiting.
func (c *Caseload) Try(ctx context.Context, what string, pause func(n int) time.Duration, now time.Time) (wait time.Duration, err error) {
	hash := c.seal.Hash(hashTries, what)
	err = c.db.write(ctx, func(tx transaction) error {
		var tries int
		var until, at int64
		// The row is locked by being written.
		err := single(ctx, tx, []any{&tries, &until, &at}, `
			INSERT INTO sign_in_tries (hash, tries, at) VALUES ($1, 0, $2)
			ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash RETURNING tries, locked_until, at`, hash, millis(now))
		if err != nil {
			return err
		}
		if wait = instant(until).Sub(now); until > 0 && wait > 0 {
			return nil
		}
		wait = 0
		if now.Sub(instant(at)) > triesKept {
			tries = 0
		}
		tries++
		until = 0
		if pause := pause(tries); pause > 0 {
			until = millis(now.Add(pause))
		}
		_, err = change(ctx, tx, "UPDATE sign_in_tries SET tries = $2, locked_until = $3, at = $4 WHERE hash = $1", hash, tries, until, millis(now))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count a try to sign in: %w", err)
	}
	if _, err := change(ctx, c.db, "DELETE FROM sign_in_tries WHERE at < $1", millis(now.Add(-triesKept))); err != nil {
		c.log.WarnContext(ctx, "tries to sign in of long ago were not cleared away", "error", err)
	}
	return wait, nil
}

// Right forgets the tries of what was right in the end.
func (c *Caseload) Right(ctx context.Context, what string) error {
	if _, err := change(ctx, c.db, "DELETE FROM sign_in_tries WHERE hash = $1", c.seal.Hash(hashTries, what)); err != nil {
		return fmt.Errorf("forget the tries to sign in: %w", err)
	}
	return nil
}
