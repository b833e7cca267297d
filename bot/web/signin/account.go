package signin

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"alongside/store"
)

// ownAccount is what somebody's own page shows.
type ownAccount struct {
	Fault       string
	Name, Login string
	// Role is the key of its name.
	Role     string
	Language string
	// CodesLeft counts the recovery codes that were not used yet.
	CodesLeft int
	Sessions  []shownSession
	// Manages and Audits say where else they may go.
	Manages, Audits bool
}

// shownSession is a session as a page shows it.
type shownSession struct {
	Since, Seen string
	// Here says that it is the one that looks.
	Here bool
}

func (s *SignIn) showAccount(w http.ResponseWriter, r *http.Request) {
	s.renderAccount(w, r, http.StatusOK, "")
}

func (s *SignIn) renderAccount(w http.ResponseWriter, r *http.Request, status int, fault string) {
	session := sessionOf(r.Context())
	who, _ := From(r.Context())
	left, err := s.Store.RecoveryCodesLeft(r.Context(), who.Account)
	var sessions []store.Session
	if err == nil {
		sessions, err = s.Store.Sessions(r.Context(), who.Account, s.Idle)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	page := ownAccount{
		Fault: fault, Name: who.Name, Login: session.Account.Login, Role: roleKey(who.Role), Language: Language(r), CodesLeft: left,
		Manages: who.May(ManageAccounts), Audits: who.May(ReadAudit), Sessions: shown(sessions, session.ID),
	}
	s.Render(w, r, status, "account", page)
}

func shown(sessions []store.Session, here string) (list []shownSession) {
	for _, each := range sessions {
		list = append(list, shownSession{Since: when(each.CreatedAt), Seen: when(each.SeenAt), Here: each.ID == here})
	}
	return list
}

// roleKey is the key of a role's name.
func roleKey(r Role) string { return "role." + string(r) }

func (s *SignIn) changeLanguage(w http.ResponseWriter, r *http.Request) {
	who, _ := From(r.Context())
	tag := r.PostFormValue("language")
	if !slices.Contains(Languages(), tag) {
		s.renderAccount(w, r, http.StatusUnprocessableEntity, "account.fault_language")
		return
	}
	if err := s.Store.SetLanguage(r.Context(), who.Account, tag); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
}

// passwordAgain asks for the password once more before what matters: a phone
// left open on a table is not enough. It has answered already when it says no.
func (s *SignIn) passwordAgain(w http.ResponseWriter, r *http.Request) bool {
	who, _ := From(r.Context())
	key := "again:" + string(who.Account)
	wait, err := s.Store.Try(r.Context(), key, pause)
	if err == nil && wait > 0 {
		s.renderAccount(w, r, http.StatusTooManyRequests, faultWait)
		return false
	}
	var secrets store.Secrets
	if err == nil {
		secrets, err = s.Store.Secrets(r.Context(), who.Account)
	}
	right := false
	if password := r.PostFormValue("password"); err == nil && len(password) <= 4*longestPassword {
		right, err = s.hasher.right(r.Context(), password, secrets.Password, true)
	}
	if err == nil && right {
		err = s.Store.Right(r.Context(), key)
	}
	switch {
	case err != nil:
		s.broken(w, r, err)
	case !right:
		s.renderAccount(w, r, http.StatusUnauthorized, "account.fault_password")
	}
	return err == nil && right
}

// changePassword sets another password and ends the other sessions: whoever
// changes it may be afraid that somebody knows the old one.
func (s *SignIn) changePassword(w http.ResponseWriter, r *http.Request) {
	session := sessionOf(r.Context())
	who, _ := From(r.Context())
	fresh := r.PostFormValue("new")
	if fault := passwordFault(fresh, r.PostFormValue("again"), session.Account.Login, who.Name); fault != "" {
		s.renderAccount(w, r, http.StatusUnprocessableEntity, "sign_in.fault_"+fault)
		return
	}
	if !s.passwordAgain(w, r) {
		return
	}
	hash, err := s.hasher.hash(r.Context(), fresh, true)
	if err == nil {
		err = s.Store.SetPassword(r.Context(), who.Account, hash)
	}
	if err == nil {
		err = s.Store.EndSessions(r.Context(), who.Account, session.ID)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r.Context(), who.Account, "password_set", string(who.Account))
	http.Redirect(w, r, "/account", http.StatusSeeOther)
}

func (s *SignIn) newRecoveryCodes(w http.ResponseWriter, r *http.Request) {
	if !s.passwordAgain(w, r) {
		return
	}
	who, _ := From(r.Context())
	codes, err := s.Store.NewRecoveryCodes(r.Context(), who.Account)
	if err == nil {
		err = s.Store.Show(r.Context(), sessionOf(r.Context()).ID, strings.Join(codes, "\n"))
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r.Context(), who.Account, "recovery_codes_made", string(who.Account))
	http.Redirect(w, r, "/account/codes", http.StatusSeeOther)
}

// shownCodes is what the page of the recovery codes shows.
type shownCodes struct{ Codes []string }

// showCodes shows the recovery codes until they were put away.
func (s *SignIn) showCodes(w http.ResponseWriter, r *http.Request) {
	shows := sessionOf(r.Context()).Shows
	if shows == "" || strings.HasPrefix(shows, invitedMark) {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return
	}
	var page shownCodes
	for _, code := range strings.Split(shows, "\n") {
		page.Codes = append(page.Codes, grouped(code))
	}
	s.Render(w, r, http.StatusOK, "account_codes", page)
}

func (s *SignIn) putCodesAway(w http.ResponseWriter, r *http.Request) {
	if err := s.Store.Show(r.Context(), sessionOf(r.Context()).ID, ""); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// newPhone prepares a two-step sign-in with another phone. The one in use stays
// until a code of the new one was taken.
func (s *SignIn) newPhone(w http.ResponseWriter, r *http.Request) {
	if !s.passwordAgain(w, r) {
		return
	}
	who, _ := From(r.Context())
	secret, err := newSecret()
	if err == nil {
		err = s.Store.SetNextTwoStep(r.Context(), who.Account, secret)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/account/two-step", http.StatusSeeOther)
}

func (s *SignIn) showNewTwoStep(w http.ResponseWriter, r *http.Request) {
	s.renderTwoStep(w, r, http.StatusOK, "account_two_step", "")
}

// newTwoStep takes the first code of the new phone. The other sessions end: the
// phone that is replaced may be in somebody else's hands.
func (s *SignIn) newTwoStep(w http.ResponseWriter, r *http.Request) {
	codes := s.confirm(w, r, "account_two_step")
	if codes == nil {
		return
	}
	session := sessionOf(r.Context())
	err := errors.Join(s.Store.Show(r.Context(), session.ID, strings.Join(codes, "\n")), s.Store.EndSessions(r.Context(), session.Account.ID, session.ID))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/account/codes", http.StatusSeeOther)
}

// signOutEverywhere ends every session of the account, this one too.
func (s *SignIn) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	who, _ := From(r.Context())
	if err := s.Store.EndSessions(r.Context(), who.Account, ""); err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r.Context(), who.Account, "sessions_ended", string(who.Account))
	s.forget(w)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
