package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// A slip is a form that was not taken: what was wrong, by field, and what had been
// typed. The zero value is a form that nobody has filled in yet. Pages embed it.
type slip struct {
	// Fault is the key of what is wrong with the whole; empty for nothing.
	Fault string
	// wrong are codes of what is wrong with one field.
	wrong map[string]string
	// Findings are what there is to say about words that somebody wrote.
	Findings []templates.Finding
	form     url.Values
}

// slipError is a slip on its way to the page.
type slipError struct{ slip }

func (e *slipError) Error() string { return "a form was not taken: " + e.Fault }

// At is what is wrong with a field, for words of the list "wrong"; empty for
// nothing.
func (s slip) At(field string) string { return s.wrong[field] }

// Typed is what was typed into a field, or what stands there otherwise.
func (s slip) Typed(field, otherwise string) string {
	if s.form == nil {
		return otherwise
	}
	return s.form.Get(field)
}

// Ticked says whether a box was ticked, or is otherwise.
func (s slip) Ticked(field, value string, otherwise bool) bool {
	if s.form == nil {
		return otherwise
	}
	for _, v := range s.form[field] {
		if v == value {
			return true
		}
	}
	return false
}

// wrongField is a slip about one field.
func wrongField(name, code string) error {
	return &slipError{slip{Fault: "fault.team_fields", wrong: map[string]string{name: code}}}
}

// slipOf makes a slip of an error that whoever filled in the form can mend; false
// for any other.
func (c *Console) slipOf(err error) (*slip, bool) {
	var e *slipError
	if errors.As(err, &e) {
		return &e.slip, true
	}
	var f *fault
	if errors.As(err, &f) {
		return &slip{Fault: f.key, Findings: f.findings}, true
	}
	if refusals := store.Refusals(err); len(refusals) > 0 {
		s := &slip{Fault: "fault.team_fields", wrong: map[string]string{}}
		for _, r := range refusals {
			code := r.Field + "_" + r.Code
			if !c.words.Has("wrong." + code) {
				code = r.Code
			}
			if !c.words.Has("wrong." + code) {
				code = "form"
			}
			s.wrong[r.Field] = code
		}
		return s, true
	}
	if errors.Is(err, store.ErrConflict) {
		return &slip{Fault: "fault.conflict"}, true
	}
	return nil, false
}

// A deed is a form that is about no single client, or about several.
type deed struct {
	// What is its name in the audit log, which holds the value of the path that
	// Subject names beside it.
	what, subject string
	// may says who may do it.
	may func(signin.Who, *http.Request) error
	// do does it, and says where to look.
	do func(ctx context.Context, r *http.Request, who signin.Who) (to string, err error)
	// again shows the page with what was wrong.
	again func(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error
}

// managesTeam, managesSettings and changesClients refuse who may not.
func managesTeam(who signin.Who, _ *http.Request) error {
	return allowed(who, signin.ManageTeam)
}

func managesSettings(who signin.Who, _ *http.Request) error {
	return allowed(who, signin.ManageSettings)
}

func changesClients(who signin.Who, _ *http.Request) error {
	return allowed(who, signin.ChangeClients)
}

func allowed(who signin.Who, a signin.Action) error {
	if !who.May(a) {
		return errForbidden
	}
	return nil
}

// posted lets the form of a deed be posted: it is written down who did what, and
// answered 303, or with the page again.
func (c *Console) posted(d deed) handler {
	return func(w http.ResponseWriter, r *http.Request, who signin.Who) error {
		if err := d.may(who, r); err != nil {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			return d.again(w, r, who, http.StatusUnprocessableEntity, slip{Fault: "fault.form"})
		}
		if err := c.noted(r.Context(), who, d.what, r.PathValue(d.subject)); err != nil {
			return err
		}
		to, err := d.do(r.Context(), r, who)
		if err == nil {
			return seeOther(w, r, to)
		}
		s, mendable := c.slipOf(err)
		if !mendable {
			return err
		}
		s.form = r.PostForm
		return d.again(w, r, who, http.StatusUnprocessableEntity, *s)
	}
}

// noted writes down who read or did something that is about no client, or about
// several: by the id of what it is about.
func (c *Console) noted(ctx context.Context, who signin.Who, what, subject string) error {
	return c.Audit(ctx, who, what, conversations.ClientID(subject))
}
