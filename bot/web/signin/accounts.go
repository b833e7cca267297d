package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"alongside/conversations"
	"alongside/store"
)

// invitedMark begins what an administrator's session shows of a one-time code:
// the account's id and the code follow it.
const invitedMark = "invited "

// shownAccounts is what the list of accounts shows.
type shownAccounts struct {
	// Faults are what was wrong with an account to be added, in whole sentences.
	Faults   []string
	Accounts []shownAccount
	// Next is the cursor of the next page; empty after the last.
	Next string
	// Roles and Specialists are what there is to choose from.
	Roles       []choice
	Specialists []choice
	// Added is what was typed, to be put right.
	Added store.NewAccount
}

// A choice is one entry of a list to choose from; Name is the key of its name
// where it is a role.
type choice struct {
	Value, Name string
	Chosen      bool
}

// shownAccount is an account as a page shows it.
type shownAccount struct {
	ID          store.AccountID
	Name, Login string
	Role, State string // Keys.
	// Self says that it is the account of whoever looks.
	Self, Ended bool
	Sessions    []shownSession
	// Code is the one-time code to hand over; empty where there is none to show.
	Code, CodeEnds string
	// Roles and Specialists are what there is to choose from for another role;
	// Faults are what was wrong with the choice.
	Roles, Specialists []choice
	Faults             []string
}

func (s *SignIn) showAccounts(w http.ResponseWriter, r *http.Request) {
	s.renderAccounts(w, r, http.StatusOK, store.NewAccount{Role: Specialist}, nil)
}

func (s *SignIn) renderAccounts(w http.ResponseWriter, r *http.Request, status int, added store.NewAccount, faults []string) {
	page := shownAccounts{Faults: faults, Added: added}
	accounts, next, err := s.Store.Accounts(r.Context(), store.Page{After: r.URL.Query().Get("after")})
	if err != nil {
		s.broken(w, r, err)
		return
	}
	page.Next = next
	for _, each := range accounts {
		page.Accounts = append(page.Accounts, s.shownAccount(r, each))
	}
	if page.Roles, page.Specialists, err = s.choices(r.Context(), added.Role, added.Specialist); err != nil {
		s.broken(w, r, err)
		return
	}
	s.Render(w, r, status, "accounts", page)
}

// choices are the roles and the caseloads that somebody can have, with those that
// are chosen.
func (s *SignIn) choices(ctx context.Context, role Role, of conversations.SpecialistID) (roles, specialists []choice, err error) {
	for _, each := range store.Roles() {
		roles = append(roles, choice{string(each), roleKey(each), each == role})
	}
	for after := ""; ; {
		list, next, err := s.Store.Specialists(ctx, store.Page{After: after, Limit: 200})
		if err != nil {
			return nil, nil, err
		}
		for _, each := range list {
			specialists = append(specialists, choice{string(each.ID), each.Name, each.ID == of})
		}
		if after = next; next == "" {
			return roles, specialists, nil
		}
	}
}

func (s *SignIn) shownAccount(r *http.Request, a store.Account) shownAccount {
	who, _ := From(r.Context())
	state := "accounts.state_active"
	switch {
	case !a.EndedAt.IsZero():
		state = "accounts.state_ended"
	case !a.HasPassword && a.CodeEnds.Before(s.Now()):
		state = "accounts.state_code_ended"
	case !a.HasPassword || !a.HasTwoStep:
		state = "accounts.state_invited"
	}
	return shownAccount{
		ID: a.ID, Name: a.Name, Login: a.Login, Role: roleKey(a.Role), State: state, Self: a.ID == who.Account, Ended: !a.EndedAt.IsZero(),
	}
}

// addAccount adds an account and shows its one-time code to the administrator.
func (s *SignIn) addAccount(w http.ResponseWriter, r *http.Request) {
	n := store.NewAccount{
		Login: r.PostFormValue("login"), Name: r.PostFormValue("name"), Role: Role(r.PostFormValue("role")),
		Specialist: conversations.SpecialistID(r.PostFormValue("specialist")), Language: r.PostFormValue("language"),
	}
	id, code, err := s.Store.AddAccount(r.Context(), n)
	if refused := store.Refusals(err); len(refused) > 0 {
		var faults []string
		for _, each := range refused {
			faults = append(faults, each.Text)
		}
		s.renderAccounts(w, r, http.StatusUnprocessableEntity, n, faults)
		return
	}
	s.invited(w, r, id, code, "account_added", err)
}

// invited notes what was done to an account, and shows its one-time code.
func (s *SignIn) invited(w http.ResponseWriter, r *http.Request, id store.AccountID, code, what string, err error) {
	who, _ := From(r.Context())
	if err == nil {
		s.note(r.Context(), who.Account, what, string(id))
		err = s.Store.Show(r.Context(), sessionOf(r.Context()).ID, invitedMark+string(id)+" "+code)
	}
	s.toOne(w, r, id, err)
}

// toOne goes to the page of an account after something was done to it.
func (s *SignIn) toOne(w http.ResponseWriter, r *http.Request, id store.AccountID, err error) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.Render(w, r, http.StatusNotFound, "missing", nil)
	case err != nil:
		s.broken(w, r, err)
	default:
		http.Redirect(w, r, "/accounts/"+url.PathEscape(string(id)), http.StatusSeeOther)
	}
}

func (s *SignIn) showOne(w http.ResponseWriter, r *http.Request) {
	s.renderOne(w, r, http.StatusOK, nil, nil)
}

// renderOne shows an account; with faults as it is after another role was refused,
// with what had been chosen.
func (s *SignIn) renderOne(w http.ResponseWriter, r *http.Request, status int, chosen *store.Account, faults []string) {
	a, err := s.Store.Account(r.Context(), store.AccountID(r.PathValue("account")))
	if errors.Is(err, store.ErrNotFound) {
		s.Render(w, r, http.StatusNotFound, "missing", nil)
		return
	}
	var sessions []store.Session
	if err == nil {
		sessions, err = s.Store.Sessions(r.Context(), a.ID, s.Idle)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	page := s.shownAccount(r, a)
	if chosen == nil {
		chosen = &a
	}
	page.Faults = faults
	if page.Roles, page.Specialists, err = s.choices(r.Context(), chosen.Role, chosen.Specialist); err != nil {
		s.broken(w, r, err)
		return
	}
	page.Sessions = shown(sessions, sessionOf(r.Context()).ID)
	if told, ok := strings.CutPrefix(sessionOf(r.Context()).Shows, invitedMark); ok {
		if of, code, _ := strings.Cut(told, " "); of == string(a.ID) && !a.CodeEnds.IsZero() {
			page.Code, page.CodeEnds = grouped(code), when(a.CodeEnds)
		}
	}
	s.Render(w, r, status, "account_of", page)
}

// another is the account that an administrator does something to; their own is
// refused, so that nobody shuts themselves out. It has answered already when ok
// is false.
func (s *SignIn) another(w http.ResponseWriter, r *http.Request) (who Who, id store.AccountID, ok bool) {
	who, _ = From(r.Context())
	id = store.AccountID(r.PathValue("account"))
	if id == who.Account {
		s.Render(w, r, http.StatusForbidden, "refused", nil)
		return who, id, false
	}
	return who, id, true
}

func (s *SignIn) resetAccount(w http.ResponseWriter, r *http.Request) {
	_, id, ok := s.another(w, r)
	if !ok {
		return
	}
	code, err := s.Store.ResetAccount(r.Context(), id)
	s.invited(w, r, id, code, "account_reset", err)
}

// changeRole gives an account another role and caseload; its sessions end.
func (s *SignIn) changeRole(w http.ResponseWriter, r *http.Request) {
	who, id, ok := s.another(w, r)
	if !ok {
		return
	}
	role, of := Role(r.PostFormValue("role")), conversations.SpecialistID(r.PostFormValue("specialist"))
	err := s.Store.SetRole(r.Context(), id, role, of)
	if refused := store.Refusals(err); len(refused) > 0 {
		var faults []string
		for _, each := range refused {
			faults = append(faults, each.Text)
		}
		s.renderOne(w, r, http.StatusUnprocessableEntity, &store.Account{Role: role, Specialist: of}, faults)
		return
	}
	if err == nil {
		s.note(r.Context(), who.Account, "role_changed."+string(role), string(id))
	}
	s.toOne(w, r, id, err)
}

func (s *SignIn) signOutAccount(w http.ResponseWriter, r *http.Request) {
	who, id, ok := s.another(w, r)
	if !ok {
		return
	}
	err := s.Store.EndSessions(r.Context(), id, "")
	if err == nil {
		s.note(r.Context(), who.Account, "sessions_ended", string(id))
	}
	s.toOne(w, r, id, err)
}

func (s *SignIn) endAccount(w http.ResponseWriter, r *http.Request) {
	who, id, ok := s.another(w, r)
	if !ok {
		return
	}
	err := s.Store.EndAccount(r.Context(), id)
	if err == nil {
		s.note(r.Context(), who.Account, "account_ended", string(id))
	}
	s.toOne(w, r, id, err)
}
