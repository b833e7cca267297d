package caseload_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alongside/conversations"
	"alongside/store/caseload"
	"alongside/store/seal"
	"alongside/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// empty is another database of the same kind, without anything in it.
func empty(t *testing.T, like storetest.DB) string {
	t.Helper()
	if like.Name == "sqlite" {
		return "sqlite:" + filepath.Join(t.TempDir(), "restored.db")
	}
	url, ok := storetest.Postgres(t)
	if !ok {
		t.Fatal("there is no PostgreSQL")
	}
	return url
}

// TestABackupIsRestored compares every value of every table.
func TestABackupIsRestored(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		keys := seal.New()
		c := open(t, db.URL, keys)
		client := fill(t, c)
		tables := must(c.Tables(t.Context()))(t)
		want := must(c.Contents(t.Context(), tables))(t)
		file := filepath.Join(t.TempDir(), "caseload.backup")
		m := must(caseload.Backup(t.Context(), db.URL, file, noon))(t)
		if m.Kind != db.Name || !m.At.Equal(noon) || m.Migration == 0 {
			t.Errorf("%+v", m)
		}
		if about := must(os.Stat(file))(t); about.Mode().Perm() != 0o600 {
			t.Errorf("others may read it: %v", about.Mode())
		}
		if left := must(filepath.Glob(filepath.Join(filepath.Dir(file), ".backup-*")))(t); len(left) > 0 {
			t.Errorf("it left %q behind", left)
		}
		if _, err := caseload.Backup(t.Context(), db.URL, file, noon); err == nil {
			t.Error("a backup was written over")
		}

		url := empty(t, db)
		must(caseload.Restore(t.Context(), url, file))(t)
		restored := open(t, url, keys)
		got := must(restored.Contents(t.Context(), tables))(t)
		if len(got["messages"]) < 4 || len(got["river_job"]) == 0 {
			t.Errorf("%d messages, %d jobs", len(got["messages"]), len(got["river_job"]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("restored (-before +after):\n%s", diff)
		}
		// What counts up goes on behind what is there.
		ev := text("SM7", "still there?")
		commit(t, restored, ev, "m7")
		if list := must(restored.Thread(t.Context(), string(client), "", 50))(t); len(list.Messages) < 4 {
			t.Errorf("%d messages in the thread", len(list.Messages))
		}
		if _, err := caseload.Restore(t.Context(), url, file); !errors.Is(err, caseload.ErrBackup) {
			t.Errorf("into a database that is not empty: %v", err)
		}
	})
}

// TestAfterARestoreNothingIsSaidTwice settles what nobody knows the end of.
func TestAfterARestoreNothingIsSaidTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db storetest.DB) {
		c := open(t, db.URL, seal.New())
		fill(t, c) // m1-answer is queued, a nudge is planned
		commit(t, c, text("SM4", "ok"), "m4",
			conversations.Remind{Appointment: "a1", Stands: noon.Add(time.Hour), Before: 60, At: noon.Add(-time.Minute)},
			conversations.Remind{Appointment: "a1", Stands: noon.Add(time.Hour), Before: 30, At: noon.Add(time.Minute)},
		)
		waiting := len(must(c.NextJobs(t.Context(), 100))(t))
		r := must(c.AfterRestore(t.Context(), noon))(t)
		if r.Unsure != 2 || r.Past != 2 {
			t.Errorf("%+v: want the two answers, and a nudge and a reminder", r)
		}
		if left := len(must(c.NextJobs(t.Context(), 100))(t)); left != waiting-2 {
			t.Errorf("%d jobs of %d are left", left, waiting)
		}
		if sends := must(c.Claim(t.Context(), noon, 10))(t); len(sends) != 0 {
			t.Errorf("%d messages would be sent again", len(sends))
		}
		if asked := must(c.Unknowns(t.Context(), noon, 10))(t); len(asked) != 2 {
			t.Errorf("the provider is asked about %d messages", len(asked))
		}
		if again := must(c.AfterRestore(t.Context(), noon))(t); again != (caseload.Restored{}) {
			t.Errorf("a second time: %+v", again)
		}
	})
}

// TestAWrongBackupIsRefused says why, and leaves nothing behind.
func TestAWrongBackupIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	c := open(t, db.URL, seal.New())
	fill(t, c)
	folder := t.TempDir()
	good := filepath.Join(folder, "good")
	must(caseload.Backup(t.Context(), db.URL, good, noon))(t)
	whole := must(os.ReadFile(good))(t)
	spoiled := append([]byte(nil), whole...)
	spoiled[len(spoiled)/2] ^= 1
	for name, row := range map[string]struct {
		bytes []byte
		url   string
		says  string
	}{
		"cut":           {whole[:len(whole)/2], "", "a part of one"},
		"changed":       {spoiled, "", "damaged"},
		"another_thing": {[]byte("no backup at all"), "", "no backup"},
		"another_kind":  {whole, "postgres://alongside@127.0.0.1:1/none", "the database is postgresql"},
	} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, row.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name+".db")
		url := row.url
		if url == "" {
			url = "sqlite:" + path
		}
		_, err := caseload.Restore(t.Context(), url, file)
		if !errors.Is(err, caseload.ErrBackup) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", name, err)
		}
		if left := must(filepath.Glob(path + "*"))(t); len(left) > 0 {
			t.Errorf("%s left %q behind", name, left)
		}
	}
	if _, err := caseload.Backup(t.Context(), "sqlite:"+filepath.Join(folder, "nothing.db"), filepath.Join(folder, "x"), noon); err == nil {
		t.Error("a database that is not there was backed up")
	}
	if left := must(filepath.Glob(filepath.Join(folder, ".*")))(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
