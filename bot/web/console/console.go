package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// Config is what the pages work with. All of it must be set but Findings,
// Changes and DeepLink.
type Config struct {
	Store *store.Store
	// Event takes one event through its conversation (turn.Run).
	Event func(context.Context, conversations.Event) error
	// Findings says what there is to say about words that somebody wrote
	// (templates.CheckFree); nil: nothing.
	Findings func(map[string]string) []templates.Finding
	// Preview says what an event would do, without doing it (turn.Preview), and
	// Rehearse what it would do to what was loaded for it (turn.Rehearse).
	Preview  func(context.Context, conversations.Event) (store.Turn, error)
	Rehearse func(store.Loaded, conversations.Event, time.Time) (store.Turn, error)
	// DeepLink is the address that opens Telegram with a link code, "" while it is
	// not known. Nil: there is no Telegram here.
	DeepLink func(code string) string
	// Audit writes down that somebody read or changed something of a client: ids
	// only. What cannot be written down is not shown.
	Audit func(ctx context.Context, who signin.Who, what string, client conversations.ClientID) error
	// Changes hands on what changes until ctx ends (store.Follow). Nil: open pages
	// hear nothing, and ask.
	Changes func(ctx context.Context, heard func([]store.Change), connected func(bool))
	// Now is the one clock of the program, NewID makes ids that sort by time.
	Now   func() time.Time
	NewID func() string
	// Pathway is the service's own, Route what its staff do with danger.
	Pathway conversations.Pathway
	Route   string
	// Logger is given ids and codes only.
	Logger *slog.Logger
}

// Console serves the pages. Make one with New.
type Console struct {
	Config
	words *templates.PageWords
	pages map[string]pages // by language
	// files are those that are the same for everybody, by the name under which
	// templates ask for their address.
	files    map[string]asset
	hub      *hub
	readings readings
	beat     time.Duration
}

// New puts the pages together. It returns every fault in them.
func New(c Config) (*Console, error) {
	words, err := templates.LoadPageWords()
	if err != nil {
		return nil, err
	}
	out := &Console{Config: c, words: words, pages: map[string]pages{}, hub: newHub(c.Now), beat: beat}
	if out.files, err = readAssets(); err != nil {
		return nil, err
	}
	for _, tag := range words.Languages() {
		if out.pages[tag], err = readPages(words, tag); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// work bounds the work for one page: less than the listener gives an answer.
const work = 20 * time.Second

// streams is the route of the open pages, which is no page.
const streams = "GET /live"

// Routes mounts the pages. The files that are the same for everybody need nobody
// to be signed in; require stands before everything else.
func (c *Console) Routes(mux *http.ServeMux, require func(http.Handler) http.Handler) {
	for _, file := range c.files {
		mux.HandleFunc("GET /static/"+file.name, file.serve)
	}
	mux.Handle(streams, c.live(require))
	for pattern, handle := range c.handlers() {
		mux.Handle(pattern, require(c.around(handle)))
	}
}

// Patterns lists every route that needs somebody to be signed in.
func (c *Console) Patterns() []string {
	list := []string{streams}
	for p := range c.handlers() {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

// handler is a page or an act; what it returns as an error becomes a page.
type handler func(http.ResponseWriter, *http.Request, signin.Who) error

func (c *Console) handlers() map[string]handler {
	all := map[string]handler{
		"GET /{$}":              home,
		"GET /today":            c.today,
		"GET /caseload":         c.caseload,
		"GET /audit":            c.audit,
		"GET /clients/{client}": c.client,
		"GET /clients/{client}/messages/{message}": c.reading,
	}
	for _, more := range []map[string]handler{c.manyRoutes(), c.againRoutes(), c.transcriptRoutes(), c.profileRoutes(), c.teamRoutes(), c.timesRoutes(), c.boardRoutes(), c.wordsRoutes(), c.figuresRoutes(), c.recordRoutes(), c.exportRoutes()} {
		maps.Copy(all, more)
	}
	for _, acts := range []map[string]act{c.acts(), c.againActs(), c.profileActs()} {
		for path, act := range acts {
			all["POST /clients/{client}"+path] = c.act(act)
		}
	}
	return all
}

// around bounds the work and turns errors into pages.
func (c *Console) around(handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := signin.From(r.Context())
		if !ok {
			// The wiring forgot who stands before this: nothing is shown.
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), work)
		defer cancel()
		r = r.WithContext(ctx)
		err := handle(w, r, who)
		switch {
		case err == nil:
		case errors.Is(err, errForbidden):
			c.Render(w, r, http.StatusForbidden, "sorry", "forbidden")
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrCursor):
			c.Render(w, r, http.StatusNotFound, "sorry", "not_found")
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			c.Logger.WarnContext(ctx, "a page took too long", "route", r.Pattern)
			c.Render(w, r, http.StatusServiceUnavailable, "sorry", "busy")
		default:
			c.Logger.ErrorContext(ctx, "a page failed", "route", r.Pattern, "err", err)
			c.Render(w, r, http.StatusInternalServerError, "sorry", "failed")
		}
	})
}

// errForbidden says that the person's role does not allow it.
var errForbidden = errors.New("the role does not allow this")

// home is where somebody's work begins: whoever reads no client has their account.
func home(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	if who.May(signin.ReadClients) {
		return seeOther(w, r, "/today")
	}
	return seeOther(w, r, "/account")
}

// seeOther sends the browser on with GET.
func seeOther(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// reads refuses who may not read clients at all.
func reads(who signin.Who) error {
	if !who.May(signin.ReadClients) {
		return errForbidden
	}
	return nil
}

// clientOf reads the client of a request. One whom the person does not see is
// not found: that somebody is a client is nobody else's business.
func (c *Console) clientOf(r *http.Request, who signin.Who) (store.Client, error) {
	if err := reads(who); err != nil {
		return store.Client{}, err
	}
	client, err := c.Store.Client(r.Context(), conversations.ClientID(r.PathValue("client")))
	if err != nil {
		return store.Client{}, err
	}
	if !who.Sees(client.Specialist) {
		return store.Client{}, fmt.Errorf("client %s: %w", client.ID, store.ErrNotFound)
	}
	return client, nil
}

// own are the specialists whose caseloads are somebody's to look after; chosen
// is what they asked for, if they may see it. Empty for who looks after none.
func own(who signin.Who, chosen conversations.SpecialistID) []conversations.SpecialistID {
	switch {
	case chosen != "" && who.Sees(chosen):
		return []conversations.SpecialistID{chosen}
	case who.Specialist != "":
		return append([]conversations.SpecialistID{who.Specialist}, who.Covers...)
	}
	return nil
}

// by is how an event names the person: a specialist's id, or the role of the
// pathway that they have.
func by(who signin.Who) conversations.SpecialistID {
	switch {
	case who.Specialist != "":
		return who.Specialist
	case who.Role == signin.Lead:
		return "lead"
	}
	return "duty"
}

// lead says whether what clients think of the service is for the person.
func lead(who signin.Who) bool { return who.Role == signin.Lead || who.Role == signin.Auditor }

// zoneOf is where a client's clock runs.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return time.UTC
}

// to is the address of a client's page, with what was done and where to look.
func to(client conversations.ClientID, done, anchor string) string {
	address := "/clients/" + url.PathEscape(string(client))
	if done != "" {
		address += "?done=" + url.QueryEscape(done)
	}
	if anchor != "" {
		address += "#" + anchor
	}
	return address
}
