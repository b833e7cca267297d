package api

import (
	"encoding/json"
	"time"

	"alongside/store"
)

// PageQuery asks for one page of a list.
type PageQuery struct {
	Cursor string `query:"cursor" maxLength:"100" example:"01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"The next of the page before; leave it out for the first."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" example:"50" doc:"The most entries wanted."`
}

func (q PageQuery) page() store.Page { return store.Page{After: q.Cursor, Limit: q.Limit} }

// list is one page of a list.
type list[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"The entries of this page."`
	Next  string `json:"next" example:"" doc:"The cursor of the next page; empty at the end."`
}

// mostOnAPage is how many entries a page of the store has at the most.
const mostOnAPage = 200

// listOf converts a page of the store.
func listOf[S, T any](from []S, next string, convert func(S) T) list[T] {
	return list[T]{Items: each(from, convert), Next: next}
}

// body wraps what an operation answers.
type body[T any] struct{ Body T }

// created is a body with the address of what was made.
type created[T any] struct {
	Location string `header:"Location" example:"/api/v1/clients/01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c" doc:"Where what was made can be read."`
	Body     T
}

// instant gives a time on the wire: whole seconds, in its own zone; nil for the
// zero time, so that it is left out.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Second)
	return &t
}

// The ids of the examples.
const (
	exampleSpecialist  = "01982c5e-8f00-7d2a-9b1c-3f5a7e9d1b2c"
	exampleClient      = "01982c5f-1a40-7c11-8d3e-6b0f2a4c8e10"
	exampleAppointment = "01982c60-5be0-7e42-a1f7-0d9c4b6a8f21"
	exampleMessage     = "01982c61-90c8-7a53-b2e8-1fad5c7b9032"
	exampleFlag        = "01982c62-c5d0-7b64-83d9-20be6d8ca143"
	exampleLead        = "01982c63-1b20-7c3d-9e4f-5a6b7c8d9e0f"
	exampleOffer       = "01982c63-5c41-7a8b-8d2e-1f3a5b7c9d0e"
	exampleTask        = "01982c64-0d10-7b21-8c32-4d5e6f708192"
	exampleCheckIn     = "01982c64-7b90-7d41-9a52-6c7d8e9fa0b1"
)

// exampleNow is the moment of the examples.
var exampleNow = time.Date(2026, time.November, 23, 10, 15, 0, 0, time.UTC)

// each converts a list, and gives an empty one for none.
func each[S, T any](from []S, convert func(S) T) []T {
	to := make([]T, 0, len(from))
	for _, s := range from {
		to = append(to, convert(s))
	}
	return to
}

// objectOf reads a small JSON object of the store's; nil if it is empty.
func objectOf(raw json.RawMessage) map[string]any {
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || len(object) == 0 {
		return nil
	}
	return object
}
