package main_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alongside/store/storetest"
)

// The description of the API, read by what others made: testdata/openapi names
// each package with its hash.

// TestOthersReadTheDescription lets an independent validator accept the
// description, and a client that a public generator makes of it book an
// appointment with the real server.
func TestOthersReadTheDescription(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(program string, args ...string) (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Dir = dir
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	without := func(why string) {
		if storetest.Required("openapi") {
			t.Fatal(why)
		}
		t.Logf("the description was read by nobody else: %s", why)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		without("npm is not installed")
		return
	}
	// The generator asks for Node 20; Debian 12 has 18.
	version, _ := run("node", "--version")
	if major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), "."); len(major) < 2 || major < "20" {
		without("Node is older than 20: " + version)
		return
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "openapi"))); err != nil {
		t.Fatal(err)
	}
	if said, err := run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"); err != nil {
		without("the packages cannot be fetched: " + said)
		return
	}
	s := serve(t, sqliteFile(t), "")
	resp, err := http.Get(s.console + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	description, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), description, 0o600); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join("node_modules", ".bin")
	if said, err := run(filepath.Join(bin, "validate-api"), "openapi.json"); err != nil || !strings.Contains(said, `"valid": true`) {
		t.Fatalf("the description is not valid (%v): %s", err, said)
	}
	if said, err := run(filepath.Join(bin, "openapi-ts"), "-i", "./openapi.json", "-o", "made", "-c", "@hey-api/client-fetch"); err != nil {
		t.Fatalf("no client was made of it: %v: %s", err, said)
	}
	if err := os.Rename(filepath.Join(dir, "book.ts"), filepath.Join(dir, "made", "book.ts")); err != nil {
		t.Fatal(err)
	}
	if said, err := run(filepath.Join(bin, "tsc"), "--outDir", "out", "--rootDir", "made", "--module", "commonjs", "--moduleResolution", "node10",
		"--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--strict", "--skipLibCheck", "made/book.ts"); err != nil {
		t.Fatalf("what it says of its types is not true: %v: %s", err, said)
	}
	at := s.now().Add(72 * time.Hour).UTC().Truncate(time.Minute)
	said, err := run("node", filepath.Join("out", "book.js"), s.console+"/api/v1", s.token, at.Format(time.RFC3339))
	if err != nil {
		t.Fatalf("the client books nothing: %v: %s", err, said)
	}
	var booked struct {
		At            time.Time
		Place, Status string
	}
	if err := json.Unmarshal([]byte(said), &booked); err != nil || !booked.At.Equal(at) || booked.Place != "the library cafe" || booked.Status != "booked" {
		t.Errorf("booked: %s (%v)", said, err)
	}
}
