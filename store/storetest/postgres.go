package storetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"alongside/store/caseload"
)

// cluster is the PostgreSQL of this test process.
type cluster struct {
	server *child
	folder string
	// mu: databases are copied one at a time, because the template must have
	// no connections meanwhile.
	mu    sync.Mutex
	count atomic.Int64
}

const (
	role     = "alongside"
	template = "migrated"
)

// theCluster starts it at the first use.
var theCluster = sync.OnceValues(startCluster)

// programs finds PostgreSQL's own, which Debian keeps off the PATH.
func program(name string) (string, bool) {
	if path, err := exec.LookPath(name); err == nil {
		return path, true
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", false
	}
	return found[len(found)-1], true
}

func postgresInstalled() bool {
	_, one := program("initdb")
	_, other := program("postgres")
	return one && other
}

// Postgres gives the test a database of its own on the PostgreSQL of this test
// process. ok is false where PostgreSQL is not installed.
func Postgres(t testing.TB) (databaseURL string, ok bool) {
	t.Helper()
	if !postgresInstalled() {
		absent(t, "postgres")
		return "", false
	}
	return postgresFrom(t, template), true
}

// EmptyPostgres is a database of the test's own in which nothing is, not even the
// tables. PostgreSQL must be installed.
func EmptyPostgres(t testing.TB) (databaseURL string) {
	t.Helper()
	return postgresFrom(t, "template0")
}

func postgresFrom(t testing.TB, template string) string {
	t.Helper()
	c, err := theCluster()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test%d", c.count.Add(1))
	if err := c.admin("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return c.url(name)
}

func (c *cluster) url(database string) string {
	return (&url.URL{
		Scheme: "postgres", Path: "/" + database,
		RawQuery: url.Values{"host": {c.folder}, "user": {role}}.Encode(),
	}).String()
}

// admin runs one statement beside the databases.
func (c *cluster) admin(sql string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

func startCluster() (*cluster, error) {
	const as = "postgres" // It refuses to run as root.
	initdb, _ := program("initdb")
	postgres, _ := program("postgres")
	folder, err := privateFolder(as)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	initArgs := append(runAs(as), initdb, "-D", data, "-A", "trust", "-U", role, "-E", "UTF8", "--locale=C", "--no-sync")
	initialise := exec.Command(initArgs[0], initArgs[1:]...) //nolint:gosec,noctx // Constant words, and it ends by itself.
	initialise.Dir = folder                                  // The user may not enter ours.
	if out, err := initialise.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	durable := "off" // Nothing of a test has to outlive a power cut.
	if bench := flag.Lookup("test.bench"); bench != nil && bench.Value.String() != "" {
		durable = "on" // A figure has to be that of production.
	}
	server, err := start(folder, as, postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "max_connections=300",
		"-c", "fsync="+durable, "-c", "synchronous_commit="+durable, "-c", "full_page_writes="+durable)
	if err != nil {
		return nil, err
	}
	c := &cluster{server: server, folder: folder}
	if err := c.await(); err != nil {
		log := server.log()
		server.stop()
		return nil, fmt.Errorf("%w: %s", err, log)
	}
	if err := c.admin("CREATE DATABASE " + template); err != nil {
		return nil, err
	}
	return c, caseload.Migrate(context.Background(), c.url(template), slog.New(slog.DiscardHandler))
}

// await waits until the server takes connections.
func (c *cluster) await() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := c.admin("SELECT 1")
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // There is no signal to wait for.
	}
}
