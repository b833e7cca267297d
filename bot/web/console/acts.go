package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// did is what an act did, in the name of a sentence (done.…), and where on the
// page it can be seen.
type did struct{ what, where string }

// fault is what a person can mend in a form: the key of its words (fault.…), and
// what there is to say about their own words.
type fault struct {
	key      string
	findings []templates.Finding
}

func (f *fault) Error() string { return "a form was refused: " + f.key }

func wrong(key string) error { return &fault{key: key} }

// doing is one act: who does it, for whom, and what was sent.
type doing struct {
	who    signin.Who
	client store.Client
	zone   *time.Location
	now    time.Time
	form   url.Values
	path   func(string) string
}

// An act changes something of one client.
type act func(context.Context, doing) (did, error)

// act lets a form be posted: the client must be one that the person sees, the
// role must allow changes, and it is written down who did what, for whom.
func (c *Console) act(do act) handler {
	return func(w http.ResponseWriter, r *http.Request, who signin.Who) error {
		client, err := c.clientOf(r, who)
		if err != nil {
			return err
		}
		if !who.May(signin.ChangeClients) {
			return errForbidden
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			return c.refused(w, r, who, client, wrong("fault.form"))
		}
		ctx := r.Context()
		name := strings.TrimPrefix(r.Pattern, "POST /clients/{client}/")
		if err := c.Audit(ctx, who, "client."+name, client.ID); err != nil {
			return err
		}
		done, err := do(ctx, doing{
			who: who, client: client, zone: zoneOf(client.Zone), now: c.Now(), form: r.PostForm, path: r.PathValue,
		})
		if err != nil {
			return c.refused(w, r, who, client, err)
		}
		if strings.Contains(r.Pattern, "{client}"+profile) {
			return seeOther(w, r, toProfile(client.ID, done.what, done.where))
		}
		return seeOther(w, r, to(client.ID, done.what, done.where))
	}
}

// refused shows the page again with what was wrong and what had been typed; what
// is no fault of the person's goes on as an error.
func (c *Console) refused(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, err error) error {
	f := faultOf(err, c.words)
	switch {
	case f == nil:
		return err
	case strings.HasSuffix(r.Pattern, "/correction"):
		return c.showReading(w, r, who, client, http.StatusUnprocessableEntity, f)
	case strings.Contains(r.Pattern, "{client}"+profile):
		return c.showProfile(w, r, who, client, http.StatusUnprocessableEntity, f)
	}
	return c.show(w, r, who, client, http.StatusUnprocessableEntity, f)
}

// acts lists every form by its path below the client's.
func (c *Console) acts() map[string]act {
	return map[string]act{
		"/reply":                               open(c.reply),
		"/flags/{flag}/close":                  c.closeFlag,
		"/alerts/{alert}/acknowledge":          c.acknowledge,
		"/alerts/{alert}/outcome":              c.outcome,
		"/messages/{message}/correction":       open(c.correct),
		"/appointments":                        open(c.book),
		"/appointments/{appointment}/agree":    open(c.agree),
		"/appointments/{appointment}/move":     open(c.move),
		"/appointments/{appointment}/cancel":   open(c.cancel),
		"/appointments/{appointment}/attended": open(c.attended),
		"/appointments/{appointment}/remind":   open(c.remind),
		"/tasks":                               open(c.addTask),
		"/tasks/{task}/status":                 open(c.setTask),
		"/tasks/{task}/ask":                    open(c.askTask),
		"/check-ins/{series}/ask":              open(c.askCheckIn),
		"/agreement":                           open(c.agreement),
		"/hold":                                open(c.plainly(conversations.EventHeld, did{"held", "standing"})),
		"/release":                             open(c.plainly(conversations.EventReleased, did{"released", "standing"})),
		"/settled":                             open(c.plainly(conversations.EventSettled, did{"settled", "waiting"})),
		"/ring":                                open(c.ring),
		"/circumstance":                        open(c.circumstance),
	}
}

// open refuses an act on a record that is closed.
func open(do act) act {
	return func(ctx context.Context, d doing) (did, error) {
		if !d.client.ClosedAt.IsZero() {
			return did{}, wrong("fault.closed")
		}
		return do(ctx, d)
	}
}

// happens takes an event of the client through its turn.
func (c *Console) happens(ctx context.Context, d doing, ev conversations.Event, done did) (did, error) {
	ev.At, ev.Client, ev.By = d.now, d.client.ID, by(d.who)
	return done, c.Event(ctx, ev)
}

func (c *Console) plainly(kind conversations.EventKind, done did) act {
	return func(ctx context.Context, d doing) (did, error) {
		return c.happens(ctx, d, conversations.Event{Kind: kind}, done)
	}
}

// reply sends a text in the person's own words, under their name, and settles
// what it answers. It goes within the hours of the client.
func (c *Console) reply(ctx context.Context, d doing) (did, error) {
	text := strings.TrimSpace(strings.ReplaceAll(d.form.Get("text"), "\r\n", "\n"))
	switch {
	case d.who.Specialist == "":
		return did{}, wrong("fault.unsigned")
	case text == "":
		return did{}, wrong("fault.no_text")
	}
	language := d.client.Language
	if language == "" {
		language = "en"
	}
	words := map[string]string{language: text}
	if stand := c.stand(words, d.form.Get("confirmed") != ""); len(stand) > 0 {
		return did{}, &fault{key: "fault.words", findings: stand}
	}
	id, err := c.Store.AddNudge(ctx, store.NewNudge{
		Nudge: conversations.Nudge{Words: words, Instead: language}, By: d.who.Specialist, Clients: []conversations.ClientID{d.client.ID},
		Once: d.form.Get("once"),
	})
	if err != nil {
		return did{}, err
	}
	done, t, err := c.sayNow(ctx, d, id)
	if err != nil {
		return did{}, err
	}
	if d.form.Get("settles") == "" {
		return done, nil
	}
	for _, f := range t.Flags {
		if answers(f) && !f.RaisedAt.After(d.now) {
			if err := c.Store.CloseFlag(ctx, f.ID, string(by(d.who)), d.now); err != nil {
				return did{}, err
			}
		}
	}
	return done, nil
}

func (c *Console) closeFlag(ctx context.Context, d doing) (did, error) {
	t, err := c.Store.Conversation(ctx, d.client.ID, "", 1)
	if err != nil {
		return did{}, err
	}
	id := d.path("flag")
	if !slices.ContainsFunc(t.Flags, func(f store.Flag) bool { return f.ID == id && (lead(d.who) || !f.ForLead()) }) {
		return did{"looked", "waiting"}, nil // Somebody else was quicker.
	}
	return did{"looked", "waiting"}, c.Store.CloseFlag(ctx, id, string(by(d.who)), d.now)
}

// standing are the open alerts of the client, the one that is meant first.
func (c *Console) standing(ctx context.Context, d doing) ([]store.Alert, error) {
	t, err := c.Store.Conversation(ctx, d.client.ID, "", 1)
	if err != nil {
		return nil, err
	}
	id := conversations.AlertID(d.path("alert"))
	i := slices.IndexFunc(t.Alerts, func(a store.Alert) bool { return a.ID == id })
	if i < 0 {
		return nil, wrong("fault.alert_closed")
	}
	list := []store.Alert{t.Alerts[i]}
	return append(list, slices.Delete(slices.Clone(t.Alerts), i, i+1)...), nil
}

// acknowledge says that a person is on it, for all that the client had written
// until now. It closes nothing.
func (c *Console) acknowledge(ctx context.Context, d doing) (did, error) {
	alerts, err := c.standing(ctx, d)
	for _, a := range alerts {
		if _, err := c.Store.AcknowledgeAlert(ctx, a.ID, by(d.who), d.now); err != nil {
			return did{}, err
		}
	}
	return did{"acknowledged", "alerts"}, err
}

// outcome ends an alert, and with it those of the client that somebody was on.
func (c *Console) outcome(ctx context.Context, d doing) (did, error) {
	said := strings.TrimSpace(d.form.Get("outcome"))
	if said == "" {
		return did{}, wrong("fault.no_outcome")
	}
	alerts, err := c.standing(ctx, d)
	for i, a := range alerts {
		if i > 0 && a.AcknowledgedAt.IsZero() {
			continue
		}
		_, err := c.Store.CloseAlert(ctx, a.ID, said, by(d.who), d.now)
		if refusals := store.Refusals(err); i > 0 && len(refusals) == 1 && refusals[0].Code == store.RefusedClosed {
			err = nil // Somebody else was quicker.
		}
		if err != nil {
			return did{}, err
		}
	}
	return did{"outcome", "standing"}, err
}

// at reads a day and a time of day where the client's clock runs; it must lie
// ahead, and not so far that it is a slip of the finger.
func (d doing) at() (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly+" 15:04", d.form.Get("date")+" "+d.form.Get("clock"), d.zone)
	switch {
	case err != nil:
		return at, wrong("fault.moment")
	case !at.After(d.now):
		return at, wrong("fault.past")
	case at.After(d.now.AddDate(2, 0, 0)):
		return at, wrong("fault.far")
	}
	return at.UTC(), nil
}

func itoa(n int) string { return strconv.Itoa(n) }
