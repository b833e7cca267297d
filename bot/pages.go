package main

import (
	"context"
	"net/http"

	"alongside/bot/web/console"
	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// newConsole puts the specialists' pages together. Audit writes down who read
// and changed what.
func (a *app) newConsole(audit func(context.Context, signin.Who, string, conversations.ClientID) error) (*console.Console, error) {
	return console.New(console.Config{
		Store: a.store, Event: a.turn.Run, Audit: audit, Now: a.now, NewID: newID, Logger: a.log,
		Findings: func(words map[string]string) []templates.Finding { return a.words.CheckFree(words, a.rules.Lexicons) },
		Pathway:  a.rules.Pathway, Route: a.rules.Pathway.ClinicalRoute,
	})
}

// audited writes down in the audit log, by ids alone, who read or changed what of
// a client.
func audited(s *store.Store) func(context.Context, signin.Who, string, conversations.ClientID) error {
	return func(ctx context.Context, who signin.Who, what string, client conversations.ClientID) error {
		return s.Audit(ctx, who.Account, what, string(client))
	}
}

// asSam stands before the pages of a demo, in which whoever looks is Sam: there
// is nobody to sign in.
func (d *demo) asSam(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := signin.Who{Name: "Sam", Role: signin.Specialist}
		if d.desk != nil {
			who.Specialist = d.desk.specialist
		}
		next.ServeHTTP(w, r.WithContext(signin.With(r.Context(), who)))
	})
}

// pages are the demo's two phones, with the specialist's pages beside them.
func (d *demo) pages(w *world, phones http.Handler) (http.Handler, error) {
	c, err := w.newConsole(func(context.Context, signin.Who, string, conversations.ClientID) error { return nil })
	if err != nil {
		return nil, err
	}
	own := http.NewServeMux()
	c.Routes(own, d.asSam)
	mux := http.NewServeMux()
	mux.Handle("/", phones)
	for _, path := range []string{"/today", "/caseload", "/clients/", "/clients.csv", "/static/"} {
		mux.Handle(path, own)
	}
	return mux, nil
}
