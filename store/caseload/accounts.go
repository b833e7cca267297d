package caseload

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
)

// AccountID names an account: a person of the team who may come in.
type AccountID string

// Role says what an account may see and do; package signin knows what.
type Role string

// The roles.
const (
	RoleSpecialist    Role = "specialist"
	RoleLead          Role = "lead"
	RoleDuty          Role = "duty"
	RoleAdministrator Role = "administrator"
	RoleAuditor       Role = "auditor"
)

// Roles lists every role.
var Roles = []Role{RoleSpecialist, RoleLead, RoleDuty, RoleAdministrator, RoleAuditor}

// ErrLoginTaken says that another account has the login.
var ErrLoginTaken = errors.New("another account has this login")

// Account is a person of the team who may come in. Login is personal data.
type Account struct {
	ID AccountID
	// Login is the e-mail address that they sign in with, Name what the team
	// calls them.
	Login, Name string
	Role        Role
	// Specialist is whose caseload is theirs; empty for none.
	Specialist conversations.SpecialistID
	// Language is the tag of the language of their pages.
	Language string
	// CodeEnds is until when their one-time code holds; zero when there is none.
	CodeEnds time.Time
	// HasPassword and HasTwoStep say what they have set.
	HasPassword, HasTwoStep bool
	// EndedAt is zero as long as they may come in.
	CreatedAt, EndedAt time.Time
}

// NewAccount is an account to be added; everything is checked already.
type NewAccount struct {
	Login, Name string
	Role        Role
	Specialist  conversations.SpecialistID
	Language    string
}

// Secrets are what an account signs in with.
type Secrets struct {
	// Password is the hash of the password; empty before there is one.
	Password string
	// TwoStep is the shared secret in use, Next one that no code has confirmed
	// yet. Step is that of the newest code that was taken.
	TwoStep, Next string
	Step          int64
}

// loginKey is what the hash of a login is over: capitals are no difference.
func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// newOneTimeCode draws a code of 24^16 that a person can read out and type.
func newOneTimeCode() string { return newLinkCode() + newLinkCode() }

// NormalOneTime is a one-time or recovery code as it is hashed: in capitals,
// without spaces and dashes.
func NormalOneTime(typed string) string {
	if len(typed) > 100 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// AddAccount adds an account and makes its one-time code, which holds until
// codeEnds; only a keyed hash of the code is stored. [ErrLoginTaken] if another
// account has the login, also one that ended, and [ErrNotFound] for an unknown
// specialist.
func (c *Caseload) AddAccount(ctx context.Context, n NewAccount, codeEnds time.Time) (id AccountID, code string, err error) {
	now := c.now()
	id, code = AccountID(newID(now)), newOneTimeCode()
	login, err := c.sealed(sealLogin, string(id), []byte(n.Login))
	if err != nil {
		return "", "", fmt.Errorf("add account %s: %w", id, err)
	}
	err = c.db.write(ctx, func(tx transaction) error {
		if n.Specialist != "" {
			var found string
			if err := single(ctx, tx, []any{&found}, "SELECT id FROM specialists WHERE id = $1", clean(string(n.Specialist))); err != nil {
				return missing(err)
			}
		}
		// The hash of today's key is unique by its index; those of older keys are looked for.
		list, args := in(nil, c.seal.Hashes(hashLogin, loginKey(n.Login)))
		taken := false
		err := one(ctx, tx, func(scan) error { taken = true; return nil }, "SELECT id FROM accounts WHERE login_hash IN ("+list+")", args...)
		if err == nil && taken {
			err = ErrLoginTaken
		}
		if err != nil {
			return err
		}
		_, err = change(ctx, tx, `
			INSERT INTO accounts (id, login_hash, login, name, role, specialist, language, code_hash, code_ends, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			string(id), c.seal.Hash(hashLogin, loginKey(n.Login)), login, n.Name, string(n.Role), clean(string(n.Specialist)), n.Language,
			c.seal.Hash(hashOneTime, code), millis(codeEnds), millis(now))
		if err != nil && c.db.kind(err) == faultUnique {
			return ErrLoginTaken
		}
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("add account %s: %w", id, err)
	}
	return id, code, nil
}

const accountColumns = `a.id, a.login, a.name, a.role, a.specialist, a.language, a.code_ends,
	a.password IS NOT NULL, a.totp IS NOT NULL, a.created_at, a.ended_at`

// account reads the columns of an account, and those that follow them.
func (c *Caseload) account(scan scan, more ...any) (a Account, err error) {
	var login []byte
	var ends, created, ended int64
	into := append([]any{
		&a.ID, &login, &a.Name, &a.Role, &a.Specialist, &a.Language, &ends, &a.HasPassword, &a.HasTwoStep, &created, &ended,
	}, more...)
	if err := scan(into...); err != nil {
		return a, err
	}
	login, err = c.opened(sealLogin, string(a.ID), login)
	a.Login, a.CodeEnds, a.CreatedAt, a.EndedAt = string(login), instant(ends), instant(created), instant(ended)
	return a, err
}

// Account returns one account, or [ErrNotFound].
func (c *Caseload) Account(ctx context.Context, id AccountID) (Account, error) {
	a, err := c.accountBy(ctx, "a.id = $1", clean(string(id)))
	if err != nil {
		return Account{}, fmt.Errorf("read account %s: %w", id, err)
	}
	return a, nil
}

// AccountByLogin returns the account that signs in with an address, or
// [ErrNotFound].
func (c *Caseload) AccountByLogin(ctx context.Context, login string) (Account, error) {
	list, args := in(nil, c.seal.Hashes(hashLogin, loginKey(login)))
	a, err := c.accountBy(ctx, "a.login_hash IN ("+list+")", args...)
	if err != nil {
		return Account{}, fmt.Errorf("look up a login: %w", err)
	}
	return a, nil
}

func (c *Caseload) accountBy(ctx context.Context, where string, args ...any) (a Account, err error) {
	found := false
	err = one(ctx, c.db.reader(), func(scan scan) (err error) {
		found = true
		a, err = c.account(scan)
		return err
	}, "SELECT "+accountColumns+" FROM accounts a WHERE "+where, args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	return a, err
}

// Accounts returns a page of all accounts, also of those that ended, in the
// order in which they were added, and the cursor of the next page.
func (c *Caseload) Accounts(ctx context.Context, page Page) (list []Account, next string, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		a, err := c.account(scan)
		list = append(list, a)
		return err
	}, "SELECT "+accountColumns+" FROM accounts a WHERE a.id > $1 ORDER BY a.id LIMIT $2", clean(page.After), page.limit()+1)
	if err != nil {
		return nil, "", fmt.Errorf("list accounts: %w", err)
	}
	list, next = cut(list, page.limit(), func(a Account) string { return string(a.ID) })
	return list, next, nil
}

// Secrets returns what an account signs in with, or [ErrNotFound].
func (c *Caseload) Secrets(ctx context.Context, id AccountID) (s Secrets, err error) {
	var password, twoStep, next []byte
	err = single(ctx, c.db.reader(), []any{&password, &twoStep, &next, &s.Step},
		"SELECT password, totp, totp_next, totp_step FROM accounts WHERE id = $1", clean(string(id)))
	for _, each := range []struct {
		purpose string
		value   []byte
		into    *string
	}{{sealPassword, password, &s.Password}, {sealTwoStep, twoStep, &s.TwoStep}, {sealTwoStep, next, &s.Next}} {
		if err != nil {
			break
		}
		var plain []byte
		plain, err = c.opened(each.purpose, string(id), each.value)
		*each.into = string(plain)
	}
	if err != nil {
		return Secrets{}, fmt.Errorf("read the secrets of account %s: %w", id, missing(err))
	}
	return s, nil
}

// ResetAccount takes from an account all that it signs in with, ends its
// sessions and makes a one-time code, for somebody who lost their phone or
// forgot their password. [ErrNotFound] for one that is unknown or ended.
func (c *Caseload) ResetAccount(ctx context.Context, id AccountID, codeEnds time.Time) (code string, err error) {
	code = newOneTimeCode()
	err = c.accountChange(ctx, id, `code_hash = $2, code_ends = $3, password = NULL, totp = NULL, totp_next = NULL`,
		[]any{c.seal.Hash(hashOneTime, code), millis(codeEnds)},
		"DELETE FROM recovery_codes WHERE account = $1", "DELETE FROM sessions WHERE account = $1", "DELETE FROM known_browsers WHERE account = $1")
	if err != nil {
		return "", fmt.Errorf("reset account %s: %w", id, err)
	}
	return code, nil
}

// EndAccount ends an account with its sessions. Its row stays: the audit log
// names it. [ErrNotFound] for one that is unknown or ended.
func (c *Caseload) EndAccount(ctx context.Context, id AccountID) error {
	err := c.accountChange(ctx, id, "ended_at = $2, code_hash = NULL, code_ends = 0, password = NULL, totp = NULL, totp_next = NULL",
		[]any{millis(c.now())},
		"DELETE FROM recovery_codes WHERE account = $1", "DELETE FROM sessions WHERE account = $1", "DELETE FROM known_browsers WHERE account = $1")
	if err != nil {
		return fmt.Errorf("end account %s: %w", id, err)
	}
	return nil
}

// accountChange sets columns of an open account ($1 is its id), and runs the
// statements about it in the same transaction.
func (c *Caseload) accountChange(ctx context.Context, id AccountID, set string, args []any, also ...string) error {
	plain := clean(string(id))
	return c.db.write(ctx, func(tx transaction) error {
		changed, err := change(ctx, tx, "UPDATE accounts SET "+set+" WHERE id = $1 AND ended_at = 0", append([]any{plain}, args...)...)
		if err == nil && changed == 0 {
			err = ErrNotFound
		}
		if err != nil || len(also) == 0 {
			return err
		}
		var b batch
		for _, statement := range also {
			b.exec(nil, statement, plain)
		}
		return tx.run(ctx, &b)
	})
}

// SetLanguage sets the language of an account's pages.
func (c *Caseload) SetLanguage(ctx context.Context, id AccountID, tag string) error {
	if err := c.accountChange(ctx, id, "language = $2", []any{tag}); err != nil {
		return fmt.Errorf("set the language of account %s: %w", id, err)
	}
	return nil
}

// SetPassword sets the hash of an account's password.
func (c *Caseload) SetPassword(ctx context.Context, id AccountID, hash string) error {
	sealed, err := c.sealed(sealPassword, string(id), []byte(hash))
	if err == nil {
		err = c.accountChange(ctx, id, "password = $2", []any{sealed})
	}
	if err != nil {
		return fmt.Errorf("set the password of account %s: %w", id, err)
	}
	return nil
}

// UseOneTimeCode sets the hash of an account's password and the secret of its
// two-step sign-in to be confirmed, if the code is its own and still holds; the
// code is used up with it. Of two calls at once one is right.
func (c *Caseload) UseOneTimeCode(ctx context.Context, id AccountID, typed, hash, next string, now time.Time) (right bool, err error) {
	password, err := c.sealed(sealPassword, string(id), []byte(hash))
	var secret []byte
	if err == nil {
		secret, err = c.sealed(sealTwoStep, string(id), []byte(next))
	}
	if err == nil {
		var changed int64
		list, args := in([]any{clean(string(id)), password, secret, millis(now)}, c.seal.Hashes(hashOneTime, NormalOneTime(typed)))
		changed, err = change(ctx, c.db, `
			UPDATE accounts SET password = $2, totp_next = $3, totp = NULL, code_hash = NULL, code_ends = 0
			WHERE id = $1 AND ended_at = 0 AND code_ends > $4 AND code_hash IN (`+list+")", args...)
		right = changed == 1
	}
	if err != nil {
		return false, fmt.Errorf("use the one-time code of account %s: %w", id, err)
	}
	return right, nil
}

// SetNextTwoStep keeps a secret of a two-step sign-in until a code confirms it.
func (c *Caseload) SetNextTwoStep(ctx context.Context, id AccountID, secret string) error {
	sealed, err := c.sealed(sealTwoStep, string(id), []byte(secret))
	if err == nil {
		err = c.accountChange(ctx, id, "totp_next = $2", []any{sealed})
	}
	if err != nil {
		return fmt.Errorf("prepare the two-step sign-in of account %s: %w", id, err)
	}
	return nil
}

// ConfirmTwoStep puts the prepared secret in use, of whose codes the one of
// step was taken, and makes the recovery codes anew, which are returned.
// [ErrNotFound] where nothing was prepared.
func (c *Caseload) ConfirmTwoStep(ctx context.Context, id AccountID, step int64, count int) (codes []string, err error) {
	err = c.db.write(ctx, func(tx transaction) error {
		changed, err := change(ctx, tx, `
			UPDATE accounts SET totp = totp_next, totp_next = NULL, totp_step = $2 WHERE id = $1 AND ended_at = 0 AND totp_next IS NOT NULL`,
			clean(string(id)), step)
		if err == nil && changed == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		codes, err = c.makeRecoveryCodes(ctx, tx, id, count)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("confirm the two-step sign-in of account %s: %w", id, err)
	}
	return codes, nil
}

// NewRecoveryCodes makes an account's recovery codes anew.
func (c *Caseload) NewRecoveryCodes(ctx context.Context, id AccountID, count int) (codes []string, err error) {
	err = c.db.write(ctx, func(tx transaction) (err error) {
		codes, err = c.makeRecoveryCodes(ctx, tx, id, count)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make recovery codes for account %s: %w", id, err)
	}
	return codes, nil
}

// makeRecoveryCodes stores keyed hashes alone. A slow hash would add nothing:
// nobody guesses one of 24^16.
func (c *Caseload) makeRecoveryCodes(ctx context.Context, tx transaction, id AccountID, count int) (codes []string, err error) {
	var b batch
	b.exec(nil, "DELETE FROM recovery_codes WHERE account = $1", clean(string(id)))
	for range count {
		code := newOneTimeCode()
		codes = append(codes, code)
		b.exec(nil, "INSERT INTO recovery_codes (hash, account) VALUES ($1, $2)", c.seal.Hash(hashRecovery, string(id)+":"+code), clean(string(id)))
	}
	return codes, tx.run(ctx, &b)
}

// UseStep takes a code of the step: it is right once, and none of an earlier
// step afterwards.
func (c *Caseload) UseStep(ctx context.Context, id AccountID, step int64) (right bool, err error) {
	changed, err := change(ctx, c.db, "UPDATE accounts SET totp_step = $2 WHERE id = $1 AND ended_at = 0 AND totp_step < $2", clean(string(id)), step)
	if err != nil {
		return false, fmt.Errorf("take a code of account %s: %w", id, err)
	}
	return changed == 1, nil
}

// UseRecoveryCode takes a recovery code, which is right once.
func (c *Caseload) UseRecoveryCode(ctx context.Context, id AccountID, typed string, now time.Time) (right bool, err error) {
	list, args := in([]any{clean(string(id)), millis(now)}, c.seal.Hashes(hashRecovery, string(id)+":"+NormalOneTime(typed)))
	changed, err := change(ctx, c.db, "UPDATE recovery_codes SET used_at = $2 WHERE account = $1 AND used_at = 0 AND hash IN ("+list+")", args...)
	if err != nil {
		return false, fmt.Errorf("take a recovery code of account %s: %w", id, err)
	}
	return changed == 1, nil
}

// RecoveryCodesLeft counts what an account has not used yet.
func (c *Caseload) RecoveryCodesLeft(ctx context.Context, id AccountID) (left int, err error) {
	err = single(ctx, c.db.reader(), []any{&left}, "SELECT COUNT(*) FROM recovery_codes WHERE account = $1 AND used_at = 0", clean(string(id)))
	if err != nil {
		return 0, fmt.Errorf("count the recovery codes of account %s: %w", id, err)
	}
	return left, nil
}
