package api

import (
	"context"
	"net/http"
	"time"

	"alongside/store"
)

// serviceWords are words that the service wrote for its specialists to send.
type serviceWords struct {
	Template  string            `json:"template" example:"service.01982c66-1a20-7b31-8c42-5d6e7f8091a2" doc:"What a nudge names to say them."`
	Name      string            `json:"name" example:"A coffee" doc:"What specialists choose them by."`
	Words     map[string]string `json:"words" nullable:"false" example:"{\"en\":\"Would you like a coffee some time?\"}" doc:"What clients read, by language, behind the specialist's name."`
	Version   int               `json:"version" example:"2" doc:"Counts the changes, from 1."`
	ChangedAt time.Time         `json:"changed_at" example:"2026-11-23T10:15:00Z"`
}

func (a *API) serviceWords() {
	add(a, operation{
		id: "list-service-words", method: http.MethodGet, path: "/service-words", tag: "Nudges",
		summary:     "List the service's own words",
		description: "What the service wrote for its specialists to send, beside the reviewed list that comes with the program; at most 200. They are written and checked on the service's pages.",
		scope:       scopeRead,
		gives: list[serviceWords]{Items: []serviceWords{{
			Template: "service.01982c66-1a20-7b31-8c42-5d6e7f8091a2", Name: "A coffee", Version: 2, ChangedAt: exampleNow,
			Words: map[string]string{"en": "Would you like a coffee some time?"},
		}}},
	}, func(ctx context.Context, _ *struct{}) (*body[list[serviceWords]], error) {
		all, err := a.Store.ServiceWordsList(ctx)
		return &body[list[serviceWords]]{Body: listOf(all, "", func(w store.ServiceWords) serviceWords {
			return serviceWords{
				Template: store.ServiceTemplate + w.ID, Name: w.Name, Words: w.Words, Version: w.Version, ChangedAt: w.At.Truncate(time.Second),
			}
		})}, err
	})
}
