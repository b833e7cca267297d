package main_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"alongside/store/seal"
	"alongside/store/storetest"
)

// A key is replaced while the service goes on: with the new one alone John is
// known by his number, what he wrote before can be read, and the old token opens
// nothing any more.
func TestAKeyIsReplacedWhileTheServiceGoesOn(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		john := s.john()
		s.heard(johnsNumber, 1)
		s.text(johnsNumber, "yh thats fine see u then")
		s.heard(johnsNumber, 2)
		at := slices.IndexFunc(s.env, func(e string) bool { return strings.HasPrefix(e, "SECRET_KEYS=") })
		older, newer := strings.TrimPrefix(s.env[at], "SECRET_KEYS="), seal.New()
		keys := func(list string) {
			s.stop()
			s.env[at] = "SECRET_KEYS=" + list
			s.start()
		}

		keys(newer + "," + older)
		said, err := s.run("reseal")
		if err != nil || !strings.Contains(said, "Everything is sealed under the first key now.") || !strings.Contains(said, "1  tokens of the API") {
			t.Errorf("%v: %q", err, said)
		}
		keys(newer)
		if code := s.call(http.MethodGet, "/clients/"+john, nil, nil); code != http.StatusUnauthorized {
			t.Errorf("the old token: %d", code)
		}
		if s.token, err = s.run("token", "anew"); err != nil {
			t.Fatal(err)
		}
		s.text(johnsNumber, "when is it again?")
		s.heard(johnsNumber, 3)
		var texts []string
		for _, m := range s.conversation(john).Messages {
			if m.Direction == "in" {
				texts = append(texts, m.Text)
			}
		}
		if want := []string{"yh thats fine see u then", "when is it again?"}; !slices.Equal(texts, want) {
			t.Errorf("John wrote %q, want %q", texts, want)
		}

		// Without the old key nothing is pretended where there is something left.
		s.env[at] = "SECRET_KEYS=" + seal.New()
		if said, err := s.run("reseal"); err == nil || !strings.Contains(err.Error(), "open with none of the secret keys") {
			t.Errorf("with a strange key: %v, %q", err, said)
		}
	})
}
