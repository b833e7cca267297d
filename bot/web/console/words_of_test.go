package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

// TestTheServiceWritesWords: they are checked before they are kept, each version
// stays, and a nudge that names them says what they say now.
func TestTheServiceWritesWords(t *testing.T) {
	t.Parallel()
	onEach(t, func(f *fixture) {
		f.has("/templates", "has written none yet")
		f.as(signin.Lead, "")
		form := url.Values{"name": {"A coffee"}, "words.en": {"Would you like a coffee before your psychiatrist?"}}
		status, body, _ := f.post("/templates/check", form)
		if status != http.StatusOK || !strings.Contains(body, "Has to be changed") || !strings.Contains(body, "Would you like a coffee") || !strings.Contains(body, "SMS it takes, with a name before it: 1") {
			f.Fatalf("the check says nothing: %d", status)
		}
		if status, _, _ := f.post("/templates", form); status != http.StatusUnprocessableEntity {
			f.Errorf("words that nobody may send were kept: %d", status)
		}
		form.Set("words.en", "Would you like a coffee {when}?")
		if status, body, _ := f.post("/templates", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "without them") {
			f.Errorf("braces were kept: %d", status)
		}
		form.Set("words.en", "Would you like a coffee some time?")
		form.Set("words.cy", "Hoffech chi goffi rywbryd?")
		f.done("/templates", form, "words_saved")
		list := must(f.store.ServiceWordsList(f.Context()))(f.T)
		if len(list) != 1 || list[0].Version != 1 || list[0].By != "account-1" {
			f.Fatalf("the list is %+v", list)
		}
		page := "/templates/" + list[0].ID
		f.has("/templates", "Would you like a coffee some time?", "Hoffech chi goffi rywbryd?")

		// Another version; a form that was opened before it is not taken.
		form.Set("version", "1")
		form.Set("words.en", "Shall we have a coffee some time?")
		f.done(page, form, "words_saved")
		if status, _, _ := f.post(page, form); status != http.StatusUnprocessableEntity {
			f.Errorf("a version was written over another: %d", status)
		}
		f.has(page, "Version 1", "Version 2", "Would you like a coffee some time?")

		nudge := store.NewNudge{
			Nudge: conversations.Nudge{Template: store.ServiceTemplate + list[0].ID}, By: f.sam, Clients: []conversations.ClientID{f.john}, At: theDay.Add(time.Hour),
		}
		id := must(f.store.AddNudge(f.Context(), nudge))(f.T)
		n := must(f.store.Nudge(f.Context(), id))(f.T)
		if n.Template != "" || n.Words["en"] != "Shall we have a coffee some time?" || n.Words["cy"] == "" {
			f.Errorf("the nudge says %q %+v", n.Template, n.Words)
		}
		f.done(page+"/end", nil, "words_ended")
		if _, err := f.store.AddNudge(f.Context(), nudge); len(store.Refusals(err)) == 0 {
			f.Errorf("words that are off the list were taken: %v", err)
		}
		f.done(page+"/back", nil, "words_saved")

		f.as(signin.Specialist, f.sam)
		if body := f.has(page, "Shall we have a coffee"); strings.Contains(body, "<textarea") {
			f.Error("a specialist may change the service's words")
		}
		if status, _, _ := f.post(page, form); status != http.StatusForbidden {
			f.Errorf("a specialist changed the service's words: %d", status)
		}
	})
}

// TestTheAuditLogIsRead: with a filter, the latest first, and with the names of
// clients for nobody who may not know them.
func TestTheAuditLogIsRead(t *testing.T) {
	t.Parallel()
	f := once(t)
	id, _, err := f.store.AddAccount(t.Context(), store.NewAccount{Login: "sam@service.example", Name: "Sam Fictional", Role: store.RoleLead})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"client.read", "client.reply", "client.read"} {
		must(0, f.store.Audit(t.Context(), id, what, string(f.john)))(t)
	}
	f.as(signin.Lead, "")
	f.has("/audit", "Sam Fictional", "John Example", "read a client&#39;s page", "answered a client", `href="/audit.csv"`)
	body := f.has("/audit?what=client.reply&account="+string(id)+"&from=2026-11-23&to=2026-11-23", "answered a client", "what=client.reply")
	if strings.Contains(body, "<strong>read a client") {
		t.Error("the filter lets another line through")
	}
	f.has("/audit?from=2026-11-24", "No line matches")
	f.as(signin.Administrator, "")
	if body := f.has("/audit", string(f.john)); strings.Contains(body, "John Example") {
		t.Error("an administrator learns the name of a client")
	}
	f.as(signin.Specialist, f.sam)
	if status, _, _ := f.get("/audit"); status != http.StatusForbidden {
		t.Errorf("a specialist reads the audit log: %d", status)
	}
}
