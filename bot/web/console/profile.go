package console

import (
	"net/http"
	"net/url"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

const profile = "/profile"

func (c *Console) profileRoutes() map[string]handler { return nil }

func (c *Console) profileActs() map[string]act { return nil }

func (c *Console) showProfile(w http.ResponseWriter, r *http.Request, who signin.Who, client store.Client, status int, f *fault) error {
	return nil
}

// toProfile is the address of a client's profile, with what was done and where to look.
func toProfile(client conversations.ClientID, done, anchor string) string {
	return "/clients/" + url.PathEscape(string(client)) + profile + "?done=" + url.QueryEscape(done) + "#" + anchor
}
