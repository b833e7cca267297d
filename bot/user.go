package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"alongside/conversations"
	"alongside/store"
)

// userCommand looks after who may sign in.
type userCommand struct {
	Add   userAdd   `cmd:"" help:"Add a person; prints a one-time code to hand to them."`
	List  userList  `cmd:"" help:"List the accounts."`
	Reset userReset `cmd:"" help:"Give a new one-time code to somebody who lost their phone or forgot their password."`
	End   userEnd   `cmd:"" help:"End an account, at once and with every session."`
}

// Help teaches.
func (userCommand) Help() string {
	return `Who may sign in to the pages, and in which role. Begin with an administrator, who can add the others in the browser:

  alongside user add --role administrator --name "Kim Example" kim@service.example

It prints a one-time code. Hand it over in person or by phone: with it they set a password at /sign-in/first and then
their phone as the second step. The code works once and ends after four days.

The roles:
  specialist      sees their own caseload and those they stand in for (--specialist says whose it is)
  lead            sees every caseload, cover and hand-over, figures, the audit log
  duty            sees every caseload and what nobody has answered
  administrator   people, roles and settings; no client and no text
  auditor         reads everything and changes nothing

It needs DATABASE_URL and SECRET_KEYS, and may run beside serve.`
}

// opened opens the caseload for a command that does one thing.
func (s stores) opened(ctx context.Context, at settings) (*store.Store, error) {
	keys, err := s.keys()
	if err := wrongConfig(err); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, store.Config{DatabaseURL: s.DatabaseURL, Keys: keys, Owner: newID(), Now: at.now, Logger: at.log})
	if err != nil {
		return nil, fmt.Errorf("open the caseload: %w", err)
	}
	return st, nil
}

// enteredError is what a person entered wrongly; the exit code is 2.
type enteredError struct{ faults error }

func (e *enteredError) Error() string {
	return fmt.Sprintf("alongside: nothing was changed:\n%s\n", indent(e.faults))
}

type userAdd struct {
	stores
	Login      string `arg:"" name:"e-mail" help:"The address that they sign in with."`
	Name       string `required:"" help:"What the team calls them."`
	Role       string `required:"" enum:"specialist,lead,duty,administrator,auditor" help:"One of: specialist, lead, duty, administrator, auditor."`
	Specialist string `help:"For a specialist: the id of the one whose caseload is theirs (GET /api/v1/specialists)."`
	Language   string `default:"en" enum:"en,cy" help:"The language of their pages: en or cy."`
}

// Run adds the account.
func (c userAdd) Run(ctx context.Context, s settings) error {
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	id, code, err := st.AddAccount(ctx, store.NewAccount{
		Login: c.Login, Name: c.Name, Role: store.Role(c.Role), Specialist: conversations.SpecialistID(c.Specialist), Language: c.Language,
	})
	if refused := store.Refusals(err); len(refused) > 0 {
		var faults []error
		for _, each := range refused {
			faults = append(faults, fmt.Errorf("%s: %s", flagOf(each.Field), each.Text))
		}
		return &enteredError{errors.Join(faults...)}
	}
	if err != nil {
		return err
	}
	return told(ctx, s, st, id, "account_added", code)
}

// flagOf is what a field is called on the command line.
func flagOf(field string) string {
	if field == "email" {
		return "e-mail"
	}
	return "--" + field
}

// told notes what was done to an account and prints its one-time code.
func told(ctx context.Context, s settings, st *store.Store, id store.AccountID, what, code string) error {
	if err := st.Audit(ctx, "", what, string(id)); err != nil {
		return err
	}
	s.say("%s", strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, " "))
	fmt.Fprintf(s.errs, "Account %s. This one-time code is not shown again, and ends after %d days.\n"+
		"Hand it over in person or by phone; they set their password with it at /sign-in/first.\n", id, int(store.OneTimeCodeLasts.Hours()/24))
	return nil
}

type userList struct{ stores }

// Run lists the accounts, one a line, with tabs between the columns.
func (c userList) Run(ctx context.Context, s settings) error {
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	s.say("account\te-mail\tname\trole\tspecialist\tstate")
	for after := ""; ; {
		list, next, err := st.Accounts(ctx, store.Page{After: after, Limit: 200})
		if err != nil {
			return err
		}
		for _, a := range list {
			s.say("%s\t%s\t%s\t%s\t%s\t%s", a.ID, a.Login, a.Name, a.Role, a.Specialist, stateOf(a, s.now()))
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// stateOf says where an account stands.
func stateOf(a store.Account, now time.Time) string {
	switch {
	case !a.EndedAt.IsZero():
		return "ended"
	case a.HasPassword && a.HasTwoStep:
		return "active"
	case !a.HasPassword && a.CodeEnds.Before(now):
		return "code ended"
	}
	return "invited"
}

type userReset struct {
	stores
	Login string `arg:"" name:"e-mail" help:"The address that they sign in with."`
}

// Run resets the account.
func (c userReset) Run(ctx context.Context, s settings) error {
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	a, err := openAccount(ctx, st, c.Login)
	if err != nil {
		return err
	}
	code, err := st.ResetAccount(ctx, a.ID)
	if err != nil {
		return err
	}
	return told(ctx, s, st, a.ID, "account_reset", code)
}

type userEnd struct {
	stores
	Login string `arg:"" name:"e-mail" help:"The address that they sign in with."`
}

// Run ends the account.
func (c userEnd) Run(ctx context.Context, s settings) error {
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	a, err := openAccount(ctx, st, c.Login)
	if err != nil {
		return err
	}
	if err := st.EndAccount(ctx, a.ID); err != nil {
		return err
	}
	if err := st.Audit(ctx, "", "account_ended", string(a.ID)); err != nil {
		return err
	}
	s.say("Account %s has ended, and all its sessions with it.", a.ID)
	return nil
}

// openAccount finds an open account by its login.
func openAccount(ctx context.Context, st *store.Store, login string) (store.Account, error) {
	a, err := st.AccountByLogin(ctx, login)
	if errors.Is(err, store.ErrNotFound) || err == nil && !a.EndedAt.IsZero() {
		return a, &enteredError{errors.New("e-mail: there is no open account with this address; alongside user list shows them all")}
	}
	return a, err
}
