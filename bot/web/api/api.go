// Package api is the way in for other programs: JSON below /api/v1, described
// by OpenAPI 3.1 that is made from the code.
//
// Whatever it changes in a conversation goes through the turn as an event, like
// a client's text; what it reads are the store's read models. It decides
// nothing about a conversation, keeps nothing, and never repeats in an error
// what was sent to it.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"alongside/bot/web/intake"
	"alongside/bot/web/problem"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// Prefix is the path below which the API lives.
const Prefix = "/api/v1"

// descriptionPath is the only route that needs no token: it says nothing about
// anybody, and whoever writes a client reads it first.
const descriptionPath = Prefix + "/openapi.json"

// workWithin bounds the work for one request. It is less than the listener
// gives an answer, so that the caller is told instead of cut off.
const workWithin = 20 * time.Second

// Config is what the API works with. Store, Event, Now, NewID and Logger must
// be set.
type Config struct {
	Store *store.Store
	// Event takes one event through its conversation (turn.Run).
	Event func(context.Context, conversations.Event) error
	// Preview says what an event would do, without doing it (turn.Preview).
	Preview func(context.Context, conversations.Event) (store.Turn, error)
	// Rehearse says what an event would do to what was loaded for it
	// (turn.Rehearse), and CheckWords what there is to say about words that somebody
	// wrote to clients (templates.CheckFree): both for previews of nudges.
	Rehearse   func(store.Loaded, conversations.Event, time.Time) (store.Turn, error)
	CheckWords func(map[string]string) []templates.Finding
	// Now is the one clock of the program.
	Now func() time.Time
	// NewID makes the id of an appointment; ids sort by the time they were made.
	NewID func() string
	// DeepLink is the address that opens Telegram with a link code, "" while it
	// is not known. Nil: there is no Telegram here.
	DeepLink func(code string) string
	// Import takes in a file of another system (intake.Config.Run).
	Import func(ctx context.Context, kind store.ImportKind, file []byte, check bool) (intake.Report, error)
	// PrivateHooks lets webhooks be inside the network.
	PrivateHooks bool
	// Route is what staff of the service do with danger, in its own words; it
	// stands with each alert. May be empty.
	Route string
	// Pathway is the service's own: its stages, its steps and how often people
	// meet. The zero value has none of them.
	Pathway conversations.Pathway
	// Logger is given ids and codes only.
	Logger *slog.Logger
	// Version is the program's, for the description.
	Version string
}

// API serves everything below Prefix. Make one with New.
type API struct {
	Config
	mux         *http.ServeMux
	huma        huma.API
	routes      map[string]route
	description []byte
}

// A route is what is asked of a request before it is looked at.
type route struct {
	// scope is what the token must have.
	scope scope
	// body says that the route takes one.
	body bool
}

// New puts the API together. It panics if two operations have the same route or
// an example does not fit: mistakes in the code, which every test meets.
func New(c Config) *API {
	a := &API{Config: c, mux: http.NewServeMux(), routes: map[string]route{}}
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Alongside", Version: c.Version, Description: about()},
			Servers: []*huma.Server{{URL: Prefix, Description: "This installation."}},
			Tags:    tags,
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "Made by the command `alongside token`."},
				},
			},
		},
		// Neither huma's pages, which load from another host, nor its schemas,
		// nor its forms of the description beside ours: every route is ours.
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.redact},
	}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, config)
	a.specialists()
	a.freeTimes()
	a.absences()
	a.fallbackContacts()
	a.clients()
	a.handovers()
	a.settings()
	a.agreements()
	a.appointments()
	a.way()
	a.leads()
	a.wishes()
	a.contacts()
	a.matches()
	a.offers()
	a.offerToMany()
	a.nudges()
	a.serviceWords()
	a.tasks()
	a.checkIns()
	a.feedback()
	a.conversation()
	a.calls()
	a.corrections()
	a.alerts()
	a.flags()
	a.records()
	a.figures()
	a.imports()
	a.calendars()
	a.webhooks()
	a.describe(registry)
	return a
}

// describe renders the description once, after every operation is in it.
func (a *API) describe(registry huma.Registry) {
	// What an error looks like is said by our own schema.
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
	body, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic("describe the API: " + err.Error())
	}
	a.description = append(body, '\n')
	a.mux.HandleFunc("GET "+descriptionPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(a.description)
	})
}

// Patterns lists every route that needs a token, as net/http writes them.
func (a *API) Patterns() []string {
	patterns := make([]string, 0, len(a.routes))
	for p := range a.routes {
		patterns = append(patterns, p)
	}
	return patterns
}

// An operation is one route with everything that is said about it.
type operation struct {
	id, method, path, tag string
	summary, description  string
	scope                 scope
	// status of the success; 0 means 200.
	status int
	// takes and gives are the examples of both bodies; nil where there is none.
	takes, gives any
	// as is what the success comes as, where it is not JSON.
	as string
	// refuses are the statuses that this operation may answer beside those that
	// every one may.
	refuses []int
}

// add registers an operation. What its handler returns as an error becomes a
// problem here, so that no text of an internal error can reach a caller.
func add[I, O any](a *API, op operation, handle func(context.Context, *I) (*O, error)) {
	status := op.status
	if status == 0 {
		status = http.StatusOK
	}
	h := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag},
		Summary: op.summary, Description: op.description, DefaultStatus: status,
		Security: []map[string][]string{{"token": {string(op.scope)}}},
		// Bodies are read and bounded before huma sees them.
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: -1,
		Responses: a.responses(op, status),
	}
	if op.takes != nil {
		h.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Example: plainJSON(op.takes)},
		}}
	}
	a.routes[op.method+" "+Prefix+op.path] = route{scope: op.scope, body: op.takes != nil}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, op.id, err)
		}
		return out, nil
	})
}

// always are the statuses that every operation may answer.
var always = []int{
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity,
	http.StatusInternalServerError, http.StatusServiceUnavailable,
}

// responses describes the success with its example, and every problem.
func (a *API) responses(op operation, status int) map[string]*huma.Response {
	success := &huma.Response{Description: http.StatusText(status)}
	if op.gives != nil {
		success.Content = map[string]*huma.MediaType{cmp.Or(op.as, "application/json"): {Example: plainJSON(op.gives)}}
		if op.as != "" {
			success.Content[op.as].Schema = &huma.Schema{Type: huma.TypeString}
		}
	}
	all := map[string]*huma.Response{statusText(status): success}
	schema := a.problemSchema()
	refuses := append([]int{}, always...)
	if op.takes != nil {
		refuses = append(refuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, s := range append(refuses, op.refuses...) {
		all[statusText(s)] = &huma.Response{
			Description: meaningOf(s),
			Content:     map[string]*huma.MediaType{problem.ContentType: {Schema: schema}},
		}
	}
	return all
}

// plainJSON turns an example into what it looks like on the wire.
func plainJSON(v any) any {
	body, err := json.Marshal(v)
	if err != nil {
		panic("render an example: " + err.Error())
	}
	var plain any
	if err := json.Unmarshal(body, &plain); err != nil {
		panic("read an example: " + err.Error())
	}
	return plain
}

// problem turns an error of a handler into what the caller is told. A failure of
// ours is logged here, once, and told to nobody.
func (a *API) problem(ctx context.Context, operation string, err error) *problem.Problem {
	if p := (*problem.Problem)(nil); errors.As(err, &p) {
		return p
	}
	if refusals := store.Refusals(err); len(refusals) > 0 {
		return refused(refusals)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound("There is nothing with this id on the caseload.")
	case errors.Is(err, store.ErrCursor):
		return invalid(problem.Fault{Field: "query", Message: "holds a cursor that no page gave out; take it as it is from the page before, or leave it out"})
	case errors.Is(err, store.ErrOffered):
		return alreadyOffered()
	case errors.Is(err, store.ErrConflict):
		return problem.New(http.StatusConflict, "conflict", "Somebody else changed this at the same moment. Read it again, then try again.")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		a.Logger.WarnContext(ctx, "an API request took too long", "operation", operation, "request", requestID(ctx))
		return problem.New(http.StatusServiceUnavailable, "busy", "This took too long and was given up. Nothing may have been changed: read first, then try again.")
	}
	a.Logger.ErrorContext(ctx, "an API request failed", "operation", operation, "request", requestID(ctx), "err", err)
	return problem.Internal()
}

func notFound(detail string) *problem.Problem {
	return problem.New(http.StatusNotFound, "not_found", detail)
}
