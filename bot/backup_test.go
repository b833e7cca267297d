package main_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// A service is backed up while it goes on, all of its stores are lost, and it
// goes on from the backup on a database that was never migrated: what was said is
// there, and is not said again.
func TestAServiceComesBackFromItsBackup(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, redis storetest.RedisServer) {
		s := serve(t, database, redis.URL)
		john := s.john()
		s.heard(johnsNumber, 1)
		s.text(johnsNumber, "yh thats fine see u then")
		s.heard(johnsNumber, 2)
		before := s.conversation(john)
		file := filepath.Join(t.TempDir(), "alongside.backup")
		if said, err := s.run("backup", file); err != nil || !strings.Contains(said, "was read back") {
			t.Fatalf("%v: %q", err, said)
		}
		s.text(johnsNumber, "where is it?") // Nobody will have heard of it.
		s.heard(johnsNumber, 3)
		s.stop()

		at := slices.IndexFunc(s.env, func(e string) bool { return strings.HasPrefix(e, "DATABASE_URL=") })
		s.env[at] = "DATABASE_URL=" + unmigrated(t, database)
		said, err := s.run("restore", file)
		if err != nil || !strings.Contains(said, "The caseload is as it was on") {
			t.Fatalf("%v: %q", err, said)
		}
		if _, err := s.run("restore", file); err == nil || strings.Contains(err.Error(), johnsNumber) {
			t.Errorf("restored over what was there: %v", err)
		}
		s.start()
		if diff := cmp.Diff(before.texts(), s.conversation(john).texts()); diff != "" {
			t.Errorf("the conversation (-before +after):\n%s", diff)
		}
		s.text(johnsNumber, "when is it again?")
		if heard := s.heard(johnsNumber, 4); len(heard) != 4 {
			t.Errorf("%d messages were sent, want 4: one was said again", len(heard))
		}
		if code := s.call(http.MethodGet, "/clients/"+john, nil, nil); code != http.StatusOK {
			t.Errorf("the token that was in the backup: %d", code)
		}
	})
}

// texts are the words of a conversation.
func (c conversation) texts() (list []string) {
	for _, m := range c.Messages {
		list = append(list, m.Direction+" "+m.Text)
	}
	return list
}

// unmigrated is an address of the same kind where nothing is yet.
func unmigrated(t *testing.T, like string) string {
	t.Helper()
	if strings.HasPrefix(like, "sqlite:") {
		return "sqlite:" + filepath.Join(t.TempDir(), "back.db")
	}
	return storetest.EmptyPostgres(t)
}
