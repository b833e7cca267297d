package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
)

// Who may come in; see package caseload for each.
type (
	// AccountID names an account.
	AccountID = caseload.AccountID
	// Account is a person of the team who may come in.
	Account = caseload.Account
	// Role says what an account may see and do.
	Role = caseload.Role
	// Secrets are what an account signs in with.
	Secrets = caseload.Secrets
	// Session is one browser in which an account signs in or is signed in.
	Session = caseload.Session
	// NewSession is a session to begin.
	NewSession = caseload.NewSession
	// Stage says how far a sign-in has come.
	Stage = caseload.Stage
	// AuditEntry is one line of the audit log.
	AuditEntry = caseload.AuditEntry
	// AuditFilter says which lines of the audit log are wanted.
	AuditFilter = caseload.AuditFilter
)

// The roles.
const (
	RoleSpecialist    = caseload.RoleSpecialist
	RoleLead          = caseload.RoleLead
	RoleDuty          = caseload.RoleDuty
	RoleAdministrator = caseload.RoleAdministrator
	RoleAuditor       = caseload.RoleAuditor
)

// The stages of a session.
const (
	StageCode    = caseload.StageCode
	StageTwoStep = caseload.StageTwoStep
	StageOpen    = caseload.StageOpen
)

// Roles lists every role.
func Roles() []Role { return slices.Clone(caseload.Roles) }

// OneTimeCodeLasts is how long the one-time code of an account holds: over a
// long weekend.
const OneTimeCodeLasts = 4 * 24 * time.Hour

// NewAccount is an account to be added, as a person entered it.
type NewAccount struct {
	// Login is the e-mail address that they sign in with, Name what the team
	// calls them.
	Login, Name string
	Role        Role
	// Specialist is whose caseload is theirs: needed for a specialist, none for
	// an administrator or auditor.
	Specialist conversations.SpecialistID
	// Language is a tag ("en", "cy"); empty means English.
	Language string
}

// AddAccount adds an account and returns its one-time code, with which they set
// a password at their first sign-in. What was entered wrongly is refused, all of
// it at once: see [Refusals].
func (s *Store) AddAccount(ctx context.Context, n NewAccount) (id AccountID, code string, err error) {
	var c checks
	checked := caseload.NewAccount{
		Login: c.email(n.Login), Name: c.line("name", n.Name, true, longestName), Role: n.Role, Specialist: n.Specialist, Language: c.language(n.Language),
	}
	if n.Login == "" {
		c.refuse("email", RefusedEmpty, "Please fill in an e-mail address: it is what they sign in with.")
	}
	if checked.Language == "" {
		checked.Language = "en"
	}
	c.role(n.Role, n.Specialist)
	if err := c.err(); err != nil {
		return "", "", err
	}
	id, code, err = s.caseload.AddAccount(ctx, checked, s.now().Add(OneTimeCodeLasts))
	switch {
	case errors.Is(err, caseload.ErrLoginTaken):
		c.refuse("email", RefusedTaken, "There is an account with this address already.")
		return "", "", c.err()
	case errors.Is(err, caseload.ErrNotFound):
		c.refuse("specialist", RefusedUnknown, "There is no such specialist on the caseload.")
		return "", "", c.err()
	}
	return id, code, err
}

// role checks a role with the caseload that goes with it.
func (c *checks) role(role Role, specialist conversations.SpecialistID) {
	switch {
	case !slices.Contains(caseload.Roles, role):
		c.refuse("role", RefusedValue, "The role is one of: specialist, lead, duty, administrator, auditor.")
	case role == RoleSpecialist && specialist == "":
		c.refuse("specialist", RefusedEmpty, "Please say whose caseload is theirs.")
	case (role == RoleAdministrator || role == RoleAuditor) && specialist != "":
		c.refuse("specialist", RefusedValue, "An administrator or auditor has no caseload.")
	}
}

// SetRole gives an account another role and caseload, checked as in
// [Store.AddAccount], and ends its sessions: who may do less than before may not
// go on in an old one. [ErrNotFound] for one that is unknown or ended.
func (s *Store) SetRole(ctx context.Context, id AccountID, role Role, specialist conversations.SpecialistID) error {
	var c checks
	if c.role(role, specialist); c.err() != nil {
		return c.err()
	}
	err := s.caseload.SetRole(ctx, id, role, specialist)
	if errors.Is(err, caseload.ErrNoCaseload) {
		c.refuse("specialist", RefusedUnknown, "There is no such specialist on the caseload.")
		return c.err()
	}
	return err
}

// AuditOf returns a page of the lines of a filter, and the cursor of the next page.
func (s *Store) AuditOf(ctx context.Context, filter AuditFilter, page Page) ([]AuditEntry, string, error) {
	return s.caseload.AuditOf(ctx, filter, page)
}

// Account returns one account, or [ErrNotFound].
func (s *Store) Account(ctx context.Context, id AccountID) (Account, error) {
	return s.caseload.Account(ctx, id)
}

// AccountByLogin returns the account that signs in with an address, also one
// that ended, or [ErrNotFound].
func (s *Store) AccountByLogin(ctx context.Context, login string) (Account, error) {
	return s.caseload.AccountByLogin(ctx, login)
}

// Accounts returns a page of all accounts, also of those that ended, in the
// order in which they were added, and the cursor of the next page.
func (s *Store) Accounts(ctx context.Context, page Page) ([]Account, string, error) {
	return s.caseload.Accounts(ctx, page)
}

// Secrets returns what an account signs in with, or [ErrNotFound].
func (s *Store) Secrets(ctx context.Context, id AccountID) (Secrets, error) {
	return s.caseload.Secrets(ctx, id)
}

// ResetAccount takes from an account all that it signs in with, ends its
// sessions and returns a new one-time code. [ErrNotFound] for one that is
// unknown or ended.
func (s *Store) ResetAccount(ctx context.Context, id AccountID) (code string, err error) {
	return s.caseload.ResetAccount(ctx, id, s.now().Add(OneTimeCodeLasts))
}

// EndAccount ends an account with its sessions. [ErrNotFound] for one that is
// unknown or ended.
func (s *Store) EndAccount(ctx context.Context, id AccountID) error {
	return s.caseload.EndAccount(ctx, id)
}

// SetLanguage sets the language of an account's pages; a tag that is none is
// refused.
func (s *Store) SetLanguage(ctx context.Context, id AccountID, tag string) error {
	var c checks
	if c.language(tag); tag == "" {
		c.refuse("language", RefusedEmpty, "Please choose a language.")
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.caseload.SetLanguage(ctx, id, tag)
}

// SetPassword sets the hash of an account's password.
func (s *Store) SetPassword(ctx context.Context, id AccountID, hash string) error {
	return s.caseload.SetPassword(ctx, id, hash)
}

// UseOneTimeCode sets the hash of an account's password and prepares the secret
// of its two-step sign-in, if the code is its own and still holds: once.
func (s *Store) UseOneTimeCode(ctx context.Context, id AccountID, typed, hash, secret string) (right bool, err error) {
	return s.caseload.UseOneTimeCode(ctx, id, typed, hash, secret, s.now())
}

// SetNextTwoStep keeps a secret of a two-step sign-in until a code confirms it.
func (s *Store) SetNextTwoStep(ctx context.Context, id AccountID, secret string) error {
	return s.caseload.SetNextTwoStep(ctx, id, secret)
}

// RecoveryCodes is how many recovery codes are made at once.
const RecoveryCodes = 10

// ConfirmTwoStep puts the prepared secret in use, of whose codes the one of step
// was taken, and returns new recovery codes. [ErrNotFound] where nothing was
// prepared.
func (s *Store) ConfirmTwoStep(ctx context.Context, id AccountID, step int64) (codes []string, err error) {
	return s.caseload.ConfirmTwoStep(ctx, id, step, RecoveryCodes)
}

// NewRecoveryCodes makes an account's recovery codes anew.
func (s *Store) NewRecoveryCodes(ctx context.Context, id AccountID) (codes []string, err error) {
	return s.caseload.NewRecoveryCodes(ctx, id, RecoveryCodes)
}

// UseStep takes a code of the step: it is right once, and none of an earlier
// step afterwards.
func (s *Store) UseStep(ctx context.Context, id AccountID, step int64) (right bool, err error) {
	return s.caseload.UseStep(ctx, id, step)
}

// UseRecoveryCode takes a recovery code, which is right once.
func (s *Store) UseRecoveryCode(ctx context.Context, id AccountID, typed string) (right bool, err error) {
	return s.caseload.UseRecoveryCode(ctx, id, typed, s.now())
}

// RecoveryCodesLeft counts the recovery codes that an account has not used yet.
func (s *Store) RecoveryCodesLeft(ctx context.Context, id AccountID) (int, error) {
	return s.caseload.RecoveryCodesLeft(ctx, id)
}

// AddSession begins a session and returns the token that opens it, of which only
// a keyed hash is stored. [ErrNotFound] if the session that it replaces is gone.
func (s *Store) AddSession(ctx context.Context, n NewSession) (token string, err error) {
	return s.caseload.AddSession(ctx, n)
}

// Session returns the session that a token opens and notes that it was seen;
// [ErrNotFound] if there is none, it or its account has ended, or it was idle
// for longer than idle.
func (s *Store) Session(ctx context.Context, token string, idle time.Duration) (Session, error) {
	return s.caseload.Session(ctx, token, idle, s.now())
}

// FindSession is [Store.Session] for what nobody clicked: it does not keep a
// session from ending for want of use.
func (s *Store) FindSession(ctx context.Context, token string, idle time.Duration) (Session, error) {
	return s.caseload.FindSession(ctx, token, idle, s.now())
}

// Sessions returns the open sessions of an account (empty: of all) that hold
// now, the one that ends last first, at most 200.
func (s *Store) Sessions(ctx context.Context, of AccountID, idle time.Duration) ([]Session, error) {
	return s.caseload.Sessions(ctx, of, idle, s.now())
}

// Show keeps what a session's person is to see once; empty puts it away.
func (s *Store) Show(ctx context.Context, session, shows string) error {
	return s.caseload.Show(ctx, session, shows)
}

// EndSession ends one session. To end one that is gone changes nothing.
func (s *Store) EndSession(ctx context.Context, id string) error {
	return s.caseload.EndSession(ctx, id)
}

// EndSessions ends the sessions of an account but one (empty: all), and forgets
// the browsers that it signed in with.
func (s *Store) EndSessions(ctx context.Context, of AccountID, but string) error {
	return s.caseload.EndSessions(ctx, of, but)
}

// KnowBrowser remembers that an account signed in with a browser, and returns
// the token for it to keep: the one that it holds already, if it is known.
func (s *Store) KnowBrowser(ctx context.Context, of AccountID, token string) (string, error) {
	return s.caseload.KnowBrowser(ctx, of, token)
}

// KnownBrowser says whether an account signed in with the browser of the token.
func (s *Store) KnownBrowser(ctx context.Context, of AccountID, token string) (bool, error) {
	return s.caseload.KnownBrowser(ctx, of, token)
}

// Try counts a try of what may be guessed before it is looked at, and says how
// long it has to wait instead. Pause says how long the n-th wrong try in a row
// keeps the next waiting.
func (s *Store) Try(ctx context.Context, what string, pause func(n int) time.Duration) (wait time.Duration, err error) {
	return s.caseload.Try(ctx, what, pause, s.now())
}

// Right forgets the tries of what was right in the end.
func (s *Store) Right(ctx context.Context, what string) error { return s.caseload.Right(ctx, what) }

// Audit writes a line to the audit log; the time is now.
func (s *Store) Audit(ctx context.Context, by AccountID, what, subject string) error {
	return s.caseload.AddAudit(ctx, AuditEntry{At: s.now(), Account: by, What: what, Subject: subject})
}

// AuditLog returns a page of the audit log, oldest first, about one subject or
// (empty) about all, and the cursor of the next page.
func (s *Store) AuditLog(ctx context.Context, subject string, page Page) ([]AuditEntry, string, error) {
	return s.caseload.Audit(ctx, subject, page)
}

// CaredBy lists the specialists whose clients are just now those of one: that
// one first, and those for whom they stand in.
func (s *Store) CaredBy(ctx context.Context, of conversations.SpecialistID) ([]conversations.SpecialistID, error) {
	return s.caseload.CaredBy(ctx, of)
}
