package signin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"alongside/store"
)

// entering is what the pages of the sign-in show.
type entering struct {
	// Fault is the key of what was wrong with what was typed; empty at first.
	Fault string
	// Next is the page to come to.
	Next string
	// Login is what was typed.
	Login string
	// Lang is the language that was asked for in the address; empty for none.
	Lang string
}

// asked is the language that was asked for in the address.
func asked(r *http.Request) string {
	if tag := r.URL.Query().Get("lang"); slices.Contains(Languages(), tag) {
		return tag
	}
	return ""
}

// The keys of what may be wrong.
const (
	faultWrong   = "sign_in.fault_wrong"
	faultWait    = "sign_in.fault_wait"
	faultCode    = "sign_in.fault_code"
	faultOneTime = "sign_in.fault_one_time"
)

// nobody is the id of the account that does not exist, so that one that does
// not exist is looked up as one that does.
const nobody = store.AccountID("nobody")

func (s *SignIn) showSignIn(w http.ResponseWriter, r *http.Request) {
	if session, err := s.session(r); err == nil && session.Stage == store.StageOpen {
		//nolint:gosec // G710: local lets no address through that leads elsewhere.
		http.Redirect(w, r, local(r.URL.Query().Get("next")), http.StatusSeeOther)
		return
	}
	s.Render(w, r, http.StatusOK, "sign_in", entering{Next: local(r.URL.Query().Get("next")), Lang: asked(r)})
}

// signIn takes login and password. An unknown login, one that has ended or has
// no password yet, and a wrong password are one and the same from outside: same
// answer, same work, same waiting.
func (s *SignIn) signIn(w http.ResponseWriter, r *http.Request) {
	login, password := strings.TrimSpace(r.PostFormValue("login")), r.PostFormValue("password")
	page := entering{Next: local(r.PostFormValue("next")), Login: short(login), Lang: asked(r)}
	account, secrets, err := s.byLogin(r, login)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	key, known, err := s.key(r, "login", account.ID, login)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if wait, err := s.Store.Try(r.Context(), key, pause); err != nil || wait > 0 {
		s.refuseTry(w, r, "sign_in", page, err)
		return
	}
	right := false
	if len(password) <= 4*longestPassword {
		if right, err = s.hasher.right(r.Context(), password, secrets.Password, known); err != nil {
			s.broken(w, r, err)
			return
		}
	}
	if !right {
		s.note(r.Context(), existing(account.ID), "sign_in_failed", "")
		page.Fault = faultWrong
		s.Render(w, r, http.StatusUnauthorized, "sign_in", page)
		return
	}
	n, lasts, to := store.NewSession{Account: account.ID, Stage: store.StageCode}, codeWithin, "/sign-in/code"
	if !account.HasTwoStep {
		n.Stage, lasts, to = store.StageTwoStep, twoStepWithin, "/sign-in/two-step"
		if err := s.prepare(r, account.ID, secrets); err != nil {
			s.broken(w, r, err)
			return
		}
	}
	if err := errors.Join(s.Store.Right(r.Context(), key), s.begin(w, r, n, lasts)); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, onward(to, page.Next), http.StatusSeeOther)
}

// byLogin finds the account that may sign in with a login; nobody's, with as
// much work, if there is none.
func (s *SignIn) byLogin(r *http.Request, login string) (store.Account, store.Secrets, error) {
	account, err := s.Store.AccountByLogin(r.Context(), login)
	if errors.Is(err, store.ErrNotFound) || err == nil && !account.EndedAt.IsZero() {
		account, err = store.Account{ID: nobody}, nil
	}
	if err != nil {
		return account, store.Secrets{}, err
	}
	secrets, err := s.Store.Secrets(r.Context(), account.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return account, secrets, err
}

// existing is an account's id; none for nobody's.
func existing(id store.AccountID) store.AccountID {
	if id == nobody {
		return ""
	}
	return id
}

// key is under what tries are counted: for the login, whether or not it exists;
// and from a browser in which the account has signed in before for that browser
// alone.
func (s *SignIn) key(r *http.Request, what string, of store.AccountID, login string) (key string, known bool, err error) {
	browser := s.browser(r)
	known, err = s.Store.KnownBrowser(r.Context(), of, browser)
	if known {
		return what + ":browser:" + string(of) + ":" + browser, true, err
	}
	return what + ":" + strings.ToLower(strings.TrimSpace(login)), false, err
}

// refuseTry answers a try that came too soon after wrong ones, or that could not
// be counted.
func (s *SignIn) refuseTry(w http.ResponseWriter, r *http.Request, name string, page entering, err error) {
	if err != nil {
		s.broken(w, r, err)
		return
	}
	page.Fault = faultWait
	s.Render(w, r, http.StatusTooManyRequests, name, page)
}

// short bounds what a page repeats.
func short(text string) string {
	const most = 254
	if len(text) > most {
		return ""
	}
	return text
}

// onward is an address with the page to come to after it.
func onward(to, next string) string {
	if next == "/" || next == "" {
		return to
	}
	return to + "?next=" + url.QueryEscape(next)
}

func (s *SignIn) showCode(w http.ResponseWriter, r *http.Request) {
	s.Render(w, r, http.StatusOK, "sign_in_code", entering{Next: local(r.URL.Query().Get("next"))})
}

// code takes the code of the second step, or a recovery code in its place.
func (s *SignIn) code(w http.ResponseWriter, r *http.Request) {
	pending := sessionOf(r.Context())
	page := entering{Next: local(r.PostFormValue("next"))}
	key, _, err := s.key(r, "code", pending.Account.ID, pending.Account.Login)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if wait, err := s.Store.Try(r.Context(), key, pause); err != nil || wait > 0 {
		s.refuseTry(w, r, "sign_in_code", page, err)
		return
	}
	right, err := s.codeIsRight(r, pending.Account.ID, r.PostFormValue("code"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if !right {
		s.note(r.Context(), pending.Account.ID, "code_failed", "")
		page.Fault = faultCode
		s.Render(w, r, http.StatusUnauthorized, "sign_in_code", page)
		return
	}
	if err := errors.Join(s.Store.Right(r.Context(), key), s.open(w, r, pending, "")); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, page.Next, http.StatusSeeOther)
}

// codeIsRight takes a code of the account's phone, or one of its recovery codes.
func (s *SignIn) codeIsRight(r *http.Request, of store.AccountID, typed string) (bool, error) {
	digits, ok := digitsOf(typed)
	if !ok {
		right, err := s.Store.UseRecoveryCode(r.Context(), of, typed)
		if right {
			s.note(r.Context(), of, "recovery_code_used", "")
		}
		return right, err
	}
	secrets, err := s.Store.Secrets(r.Context(), of)
	if err != nil || secrets.TwoStep == "" {
		return false, err
	}
	step, right := stepOf(secrets.TwoStep, digits, s.Now(), secrets.Step)
	if !right {
		return false, nil
	}
	// Of two that come with one code at the same moment, one is let in.
	return s.Store.UseStep(r.Context(), of, step)
}

func (s *SignIn) showFirst(w http.ResponseWriter, r *http.Request) {
	s.Render(w, r, http.StatusOK, "sign_in_first", entering{Lang: asked(r)})
}

// first takes the one-time code of an account and sets its password.
func (s *SignIn) first(w http.ResponseWriter, r *http.Request) {
	login, password := strings.TrimSpace(r.PostFormValue("login")), r.PostFormValue("password")
	page := entering{Login: short(login), Lang: asked(r)}
	account, _, err := s.byLogin(r, login)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	// Without the account's name, which an unknown login has not.
	if fault := passwordFault(password, r.PostFormValue("again"), login, ""); fault != "" {
		page.Fault = "sign_in.fault_" + fault
		s.Render(w, r, http.StatusUnprocessableEntity, "sign_in_first", page)
		return
	}
	key, known, err := s.key(r, "first", account.ID, login)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if wait, err := s.Store.Try(r.Context(), key, pause); err != nil || wait > 0 {
		s.refuseTry(w, r, "sign_in_first", page, err)
		return
	}
	hash, err := s.hasher.hash(r.Context(), password, known)
	var secret string
	if err == nil {
		secret, err = newSecret()
	}
	right := false
	if err == nil {
		right, err = s.Store.UseOneTimeCode(r.Context(), account.ID, r.PostFormValue("code"), hash, secret)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if !right {
		s.note(r.Context(), existing(account.ID), "first_sign_in_failed", "")
		page.Fault = faultOneTime
		s.Render(w, r, http.StatusUnauthorized, "sign_in_first", page)
		return
	}
	s.note(r.Context(), account.ID, "password_set", string(account.ID))
	n := store.NewSession{Account: account.ID, Stage: store.StageTwoStep}
	if err := errors.Join(s.Store.Right(r.Context(), key), s.begin(w, r, n, twoStepWithin)); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in/two-step", http.StatusSeeOther)
}

// prepare makes the secret of a two-step sign-in that is still to be set up.
func (s *SignIn) prepare(r *http.Request, of store.AccountID, secrets store.Secrets) error {
	if secrets.Next != "" {
		return nil
	}
	secret, err := newSecret()
	if err != nil {
		return err
	}
	return s.Store.SetNextTwoStep(r.Context(), of, secret)
}

// settingUp is what the pages show on which the second step is set up.
type settingUp struct {
	Fault string
	// Secret is what an authenticator app takes where it cannot read the picture.
	Secret string
}

func (s *SignIn) showTwoStep(w http.ResponseWriter, r *http.Request) {
	s.renderTwoStep(w, r, http.StatusOK, "sign_in_two_step", "")
}

// renderTwoStep shows the secret that no code has confirmed yet.
func (s *SignIn) renderTwoStep(w http.ResponseWriter, r *http.Request, status int, page, fault string) {
	account := sessionOf(r.Context()).Account
	secrets, err := s.Store.Secrets(r.Context(), account.ID)
	if err != nil {
		s.broken(w, r, err)
		return
	}
	if secrets.Next == "" {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return
	}
	s.Render(w, r, status, page, settingUp{Fault: fault, Secret: grouped(secrets.Next)})
}

// showPicture is the secret that no code has confirmed yet, for a phone's camera.
func (s *SignIn) showPicture(w http.ResponseWriter, r *http.Request) {
	account := sessionOf(r.Context()).Account
	secrets, err := s.Store.Secrets(r.Context(), account.ID)
	if err == nil && secrets.Next == "" {
		http.NotFound(w, r)
		return
	}
	var drawn []byte
	if err == nil {
		drawn, err = picture(secrets.Next, s.Service, account.Login)
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(drawn)
}

// twoStep takes the first code of a new phone, and signs in.
func (s *SignIn) twoStep(w http.ResponseWriter, r *http.Request) {
	pending := sessionOf(r.Context())
	codes := s.confirm(w, r, "sign_in_two_step")
	if codes == nil {
		return
	}
	if err := s.open(w, r, pending, strings.Join(codes, "\n")); err != nil {
		s.broken(w, r, err)
		return
	}
	http.Redirect(w, r, "/account/codes", http.StatusSeeOther)
}

// confirm takes a code of the secret that was prepared and puts it in use; nil
// when it has answered already, because the code was wrong or something failed.
func (s *SignIn) confirm(w http.ResponseWriter, r *http.Request, page string) (recovery []string) {
	account := sessionOf(r.Context()).Account
	wait, err := s.Store.Try(r.Context(), "confirm:"+string(account.ID), pause)
	if err != nil {
		s.broken(w, r, err)
		return nil
	}
	if wait > 0 {
		s.renderTwoStep(w, r, http.StatusTooManyRequests, page, faultWait)
		return nil
	}
	secrets, err := s.Store.Secrets(r.Context(), account.ID)
	if err != nil {
		s.broken(w, r, err)
		return nil
	}
	digits, ok := digitsOf(r.PostFormValue("code"))
	step, right := int64(0), false
	if ok && secrets.Next != "" {
		step, right = stepOf(secrets.Next, digits, s.Now(), 0)
	}
	if !right {
		s.renderTwoStep(w, r, http.StatusUnauthorized, page, faultCode)
		return nil
	}
	recovery, err = s.Store.ConfirmTwoStep(r.Context(), account.ID, step)
	if err == nil {
		err = s.Store.Right(r.Context(), "confirm:"+string(account.ID))
	}
	if err != nil {
		s.broken(w, r, err)
		return nil
	}
	s.note(r.Context(), account.ID, "two_step_set", string(account.ID))
	return recovery
}

func (s *SignIn) signOut(w http.ResponseWriter, r *http.Request) {
	session := sessionOf(r.Context())
	if err := s.Store.EndSession(r.Context(), session.ID); err != nil {
		s.broken(w, r, err)
		return
	}
	s.note(r.Context(), session.Account.ID, "sign_out", "")
	s.forget(w)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// when is a moment as the pages of the sign-in show it: in figures, which are
// the same in both languages.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		zone = time.UTC
	}
	return t.In(zone).Format("02/01/2006 15:04")
}
