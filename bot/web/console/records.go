package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"alongside/bot/web/record"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/store"
)

// recordPage is what is written down of a client for the figures, or the contacts
// with employers that were about nobody.
type recordPage struct {
	// Client is empty for the page of employers. To is where the forms go.
	Client    store.Client
	Known     bool
	To        string
	May       bool
	Zone      *time.Location
	Referrals []store.Referral
	Contacts  []store.Contact
	Jobs      []store.Job
	// What the forms offer, and what was typed where one was refused: Fault says why,
	// At is the form.
	Mechanisms []conversations.Mechanism
	Sources    []figures.Source
	Types      []figures.JobType
	Works      []figures.Work
	Ways       []figures.Way
	Form       url.Values
	Fault      string
	At         string
	Today      string
	Clock      string
}

// Typed is what stands in a field of a form.
func (p recordPage) Typed(form, field, otherwise string) string {
	if p.At != form {
		return otherwise
	}
	return p.Form.Get(field)
}

// latest is how many contacts are shown at once: what was just recorded, to take a
// slip back.
const latest = 5

// Latest are those; Earlier the others.
func (p recordPage) Latest() []store.Contact { return p.Contacts[:min(latest, len(p.Contacts))] }

// Earlier see [recordPage.Latest].
func (p recordPage) Earlier() []store.Contact { return p.Contacts[min(latest, len(p.Contacts)):] }

// Faulty says whether a form was refused.
func (p recordPage) Faulty(form string) bool { return p.At == form && p.Fault != "" }

// A recording is one form of the page.
type recording func(context.Context, doing) (did, error)

func (c *Console) recordRoutes() map[string]handler {
	all := map[string]handler{
		"GET /clients/{client}/record": c.records,
		"GET /record":                  c.employers,
	}
	for path, do := range map[string]recording{
		"/contact":                c.recordContact,
		"/contact/{contact}/back": c.takeBack,
		"/referral":               c.recordReferral,
		"/job":                    c.recordJob,
		"/job/{job}/end":          c.endJob,
	} {
		all["POST /clients/{client}/record"+path] = c.recording(do)
	}
	all["POST /record/contact"] = c.recording(c.recordContact)
	all["POST /record/contact/{contact}/back"] = c.recording(c.takeBack)
	return all
}

func (c *Console) records(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	client, err := c.clientOf(r, who)
	if err != nil {
		return err
	}
	if err := c.Audit(r.Context(), who, "client.read", client.ID); err != nil {
		return err
	}
	return c.showRecords(w, r, who, client, http.StatusOK, "", nil)
}

// employers is the page of a specialist's contacts with employers about nobody.
func (c *Console) employers(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if err := reads(who); err != nil {
		return err
	}
	if who.Specialist == "" {
		return errForbidden
	}
	return c.showRecords(w, r, who, store.Client{}, http.StatusOK, "", nil)
}

func (c *Console) showRecords(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, status int, form string, f *fault) (err error) {
	ctx := r.Context()
	p := recordPage{
		Client: client, Known: client.ID != "", To: "/record", May: who.May(signin.ChangeClients) && client.ClosedAt.IsZero(), Zone: c.zone(),
		Mechanisms: conversations.Mechanisms, Sources: figures.Sources, Types: figures.JobTypes, Works: figures.Works, Ways: figures.Ways,
		Form: url.Values{}, At: form,
	}
	if p.Known {
		p.To, p.Zone = "/clients/"+url.PathEscape(string(client.ID))+"/record", zoneOf(client.Zone)
	}
	now := c.Now().In(p.Zone)
	p.Today, p.Clock = now.Format(time.DateOnly), now.Format("15:04")
	if f != nil {
		p.Fault, p.Form = f.key, r.PostForm
	}
	if p.Contacts, err = c.Store.Contacts(ctx, client.ID, who.Specialist); err != nil {
		return err
	}
	for i := range p.Contacts {
		p.Contacts[i].At = p.Contacts[i].At.In(p.Zone)
	}
	if p.Known {
		if p.Referrals, err = c.Store.Referrals(ctx, client.ID); err != nil {
			return err
		}
		if p.Jobs, err = c.Store.Jobs(ctx, client.ID); err != nil {
			return err
		}
		for i := range p.Referrals {
			p.Referrals[i].At = p.Referrals[i].At.In(p.Zone)
		}
		for i := range p.Jobs {
			p.Jobs[i].Started = p.Jobs[i].Started.In(p.Zone)
			if !p.Jobs[i].Ended.IsZero() {
				p.Jobs[i].Ended = p.Jobs[i].Ended.In(p.Zone)
			}
		}
	}
	c.Render(w, r, status, "record", p)
	return nil
}

// recording lets a form of the page be posted, as acts of a client's page are.
func (c *Console) recording(do recording) handler {
	return func(w http.ResponseWriter, r *http.Request, who signin.Who) error {
		var client store.Client
		var err error
		if r.PathValue("client") != "" {
			client, err = c.clientOf(r, who)
		} else {
			err = reads(who)
		}
		switch {
		case err != nil:
			return err
		case !who.May(signin.ChangeClients), client.ID == "" && who.Specialist == "":
			return errForbidden
		}
		ctx := r.Context()
		_, path, _ := strings.Cut(r.Pattern, "/record/")
		form, _, _ := strings.Cut(path, "/")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			return c.showRecords(w, r, who, client, http.StatusUnprocessableEntity, form, &fault{key: "fault.form"})
		}
		if client.ID != "" {
			if err := c.Audit(ctx, who, "client.record/"+path, client.ID); err != nil {
				return err
			}
		}
		d := doing{who: who, client: client, zone: c.zone(), now: c.Now(), form: r.PostForm, path: r.PathValue}
		to := "/record"
		if client.ID != "" {
			d.zone, to = zoneOf(client.Zone), "/clients/"+url.PathEscape(string(client.ID))+"/record"
		}
		done, err := did{}, wrong("fault.closed")
		if client.ClosedAt.IsZero() {
			done, err = do(ctx, d)
		}
		if err == nil {
			return seeOther(w, r, to+"?done="+url.QueryEscape(done.what)+"#"+done.where)
		}
		var f *fault
		switch refusals := store.Refusals(err); {
		case errors.As(err, &f):
		case len(refusals) > 0:
			f = &fault{key: "fault.record_" + refusals[0].Field}
			if !c.words.Has(f.key) {
				f.key = "fault.form"
			}
		default:
			return err
		}
		return c.showRecords(w, r, who, client, http.StatusUnprocessableEntity, form, f)
	}
}

func (c *Console) recorder() record.Recorder { return record.Recorder{Store: c.Store, Event: c.Event} }

func (c *Console) recordContact(ctx context.Context, d doing) (did, error) {
	at, err := time.ParseInLocation(time.DateOnly+" 15:04", d.form.Get("date")+" "+d.form.Get("clock"), d.zone)
	if err != nil {
		return did{}, wrong("fault.record_at")
	}
	n := store.Contact{
		Client: d.client.ID, Specialist: d.who.Specialist, With: figures.WithEmployer, Mechanism: conversations.Mechanism(d.form.Get("mechanism")),
		At: at.UTC(), RecordedBy: by(d.who),
	}
	if d.client.ID != "" {
		n.With = figures.Party(d.form.Get("with"))
	}
	_, err = c.recorder().Contact(ctx, n)
	return did{"recorded", "contacts"}, err
}

func (c *Console) takeBack(ctx context.Context, d doing) (did, error) {
	list, err := c.Store.Contacts(ctx, d.client.ID, d.who.Specialist)
	if err != nil {
		return did{}, err
	}
	id := d.path("contact")
	if !slices.ContainsFunc(list, func(x store.Contact) bool { return x.ID == id }) {
		return did{}, fmt.Errorf("contact %s: %w", id, store.ErrNotFound)
	}
	return did{"taken_back", "contacts"}, c.Store.TakeBackContact(ctx, d.client.ID, id)
}

// day reads a day in the client's zone: its first moment.
func (d doing) day() (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, d.form.Get("date"), d.zone)
	if err != nil {
		return at, wrong("fault.record_on")
	}
	return at.UTC(), nil
}

func (c *Console) recordReferral(ctx context.Context, d doing) (did, error) {
	at, err := d.day()
	if err != nil {
		return did{}, err
	}
	return did{"recorded", "referrals"}, c.recorder().Referral(ctx, d.client, at, figures.Source(d.form.Get("source")), by(d.who))
}

func (c *Console) recordJob(ctx context.Context, d doing) (did, error) {
	at, err := d.day()
	if err != nil {
		return did{}, err
	}
	hours := 0
	if typed := strings.TrimSpace(d.form.Get("hours")); typed != "" {
		if hours, err = strconv.Atoi(typed); err != nil {
			return did{}, wrong("fault.record_hours")
		}
	}
	_, err = c.recorder().Job(ctx, store.Job{
		Client: d.client.ID, Work: figures.Work(d.form.Get("work")), Way: figures.Way(d.form.Get("way")), Type: figures.JobType(d.form.Get("type")),
		Title: d.form.Get("title"), Hours: hours, Started: at, RecordedBy: by(d.who),
	})
	return did{"recorded", "jobs"}, err
}

func (c *Console) endJob(ctx context.Context, d doing) (did, error) {
	at, err := d.day()
	if err != nil {
		return did{}, err
	}
	return did{"recorded", "jobs"}, c.recorder().EndJob(ctx, d.client.ID, d.path("job"), at, by(d.who))
}
