package api

import (
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"alongside/bot/web/problem"
	"alongside/store"
)

// redact turns what huma says about a request into a problem of ours. Huma
// repeats the value that it refuses, and the names of fields that it does not
// know: both may be a person's. It is the one way out for every answer, and
// gives each problem the id of its request.
func (a *API) redact(ctx huma.Context, _ string, v any) (any, error) {
	_, w := humago.Unwrap(ctx)
	switch said := v.(type) {
	case *problem.Problem:
		return said.For(w), nil
	case *huma.ErrorModel:
		return a.plain(said).For(w), nil
	}
	return v, nil
}

// plain says in our words what huma found.
func (a *API) plain(said *huma.ErrorModel) *problem.Problem {
	if said.Status != http.StatusUnprocessableEntity && said.Status != http.StatusBadRequest {
		// Huma's other statuses cannot come: bodies are read before it, and handlers
		// return problems.
		return problem.Internal()
	}
	p := invalid()
	for _, e := range said.Errors {
		p.Errors = append(p.Errors, a.fault(e))
	}
	return p
}

// invalid is a request with faults that are listed.
func invalid(faults ...problem.Fault) *problem.Problem {
	return problem.New(http.StatusUnprocessableEntity, "invalid",
		"Nothing was changed: something in the request is not right. Put right what is listed under errors, and send it again.", faults...)
}

// fault says one thing that huma found. Only what comes from our own schemas is
// repeated: names of known fields, limits, lists of values.
func (a *API) fault(e *huma.ErrorDetail) problem.Fault {
	known := a.knownFields()
	var place []string
	for _, part := range strings.Split(e.Location, ".") {
		if name, _, _ := strings.Cut(part, "["); !known[name] {
			break
		}
		place = append(place, part)
	}
	where := strings.Join(place, ".")
	if where == "" {
		where = "request"
	}
	switch e.Message {
	case "unexpected property":
		return problem.Fault{Field: where, Message: "holds a field that is not known here; check its spelling"}
	case "unknown query parameter":
		return problem.Fault{Field: "query", Message: "holds a parameter that is not known here; check its spelling"}
	}
	if m := required.FindStringSubmatch(e.Message); m != nil && known[m[1]] {
		return problem.Fault{Field: where + "." + m[1], Message: "is missing"}
	}
	for _, say := range sayings {
		if m := say.says.FindStringSubmatch(e.Message); m != nil {
			return problem.Fault{Field: where, Message: strings.NewReplacer("$1", last(m)).Replace(say.plain)}
		}
	}
	return problem.Fault{Field: where, Message: "is not what this field takes"}
}

func last(m []string) string { return m[len(m)-1] }

var required = regexp.MustCompile(`^expected required property ([a-z_]+) to be present$`)

// sayings are the messages of huma that can come, in our words. Each must match
// whole, so that nothing is carried along.
var sayings = []struct {
	says  *regexp.Regexp
	plain string
}{
	{regexp.MustCompile(`^required .* parameter is missing$`), "is missing"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time$`), "must be a date and time with its offset (RFC 3339), such as 2026-11-26T14:00:00Z"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date$`), "must be a day, such as 2026-11-26"},
	{regexp.MustCompile(`^expected value to be one of "([a-z_, "]+)"$`), "must be one of: $1"},
	{regexp.MustCompile(`^expected length >= ([0-9]+)$`), "must have at least $1 character(s)"},
	{regexp.MustCompile(`^expected length <= ([0-9]+)$`), "must have at most $1 characters"},
	{regexp.MustCompile(`^expected number >= ([0-9]+)$`), "must be at least $1"},
	{regexp.MustCompile(`^expected number <= ([0-9]+)$`), "must be at most $1"},
	{regexp.MustCompile(`^expected string to be ([^%]{1,80})$`), "must be $1"}, // Our own patternDescription.
	{regexp.MustCompile(`^expected (?:integer|number)$`), "must be a whole number"},
	{regexp.MustCompile(`^invalid integer$`), "must be a whole number"},
	{regexp.MustCompile(`^expected boolean$`), "must be true or false"},
	{regexp.MustCompile(`^invalid boolean$`), "must be true or false"},
	{regexp.MustCompile(`^expected string$`), "must be a string"},
	{regexp.MustCompile(`^expected object$`), "must be an object"},
	{regexp.MustCompile(`^expected array$`), "must be a list"},
}

// knownFields are the names that may be repeated in an error: those of our own
// description.
func (a *API) knownFields() map[string]bool {
	known := map[string]bool{"body": true, "path": true, "query": true, "header": true}
	for _, schema := range a.huma.OpenAPI().Components.Schemas.Map() {
		for name := range schema.Properties {
			known[name] = true
		}
	}
	for _, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, param := range op.Parameters {
				known[param.Name] = true
			}
		}
	}
	return known
}

// refused says what the store refused, in its own sentences: they are written
// for people and hold nobody's data.
func refused(refusals []*store.Refusal) *problem.Problem {
	p := invalid()
	if len(refusals) == 1 {
		p.Code, p.Detail = refusals[0].Code, refusals[0].Text
	}
	for _, r := range refusals {
		if r.Code == store.RefusedTaken || r.Code == store.RefusedClosed || r.Code == store.RefusedOverlaps {
			p.Status, p.Title = http.StatusConflict, http.StatusText(http.StatusConflict)
		}
		p.Errors = append(p.Errors, problem.Fault{Field: "body." + r.Field, Message: r.Text})
	}
	return p
}

// problemSchema describes a problem, once for all operations.
func (a *API) problemSchema() *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[problem.Problem](), true, "Problem")
}

func statusText(status int) string { return strconv.Itoa(status) }

// meaningOf says what a status means here.
func meaningOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request cannot be read: not JSON, not UTF-8, or cut off."
	case http.StatusUnauthorized:
		return "The token is missing or not valid."
	case http.StatusForbidden:
		return "The token does not have the scope that this needs."
	case http.StatusNotFound:
		return "There is nothing with this id on the caseload."
	case http.StatusConflict:
		return "It does not fit what is on the caseload: a number that is taken, a closed record, an appointment that was cancelled."
	case http.StatusRequestEntityTooLarge:
		return "The body is longer than 1 MiB."
	case http.StatusUnsupportedMediaType:
		return "The body is not sent as application/json."
	case http.StatusUnprocessableEntity:
		return "Something in the request is not right; each fault is listed. Nothing was changed."
	case http.StatusServiceUnavailable:
		return "Not now: try again."
	}
	return "Something went wrong on our side; it was logged under the request's id."
}
