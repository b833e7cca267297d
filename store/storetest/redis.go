package storetest

import (
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"alongside/store/live"
)

// RedisServer is a Redis of a test's own.
type RedisServer struct {
	// Client is connected to it. Its limits are those of production.
	Client redis.UniversalClient
	// URL is what REDIS_URL would say; empty for the one inside the process,
	// which no other process can use.
	URL string
	// Stop ends it before the test does.
	Stop func()
}

// Redis gives the test a Redis: a real one where it is installed, otherwise the
// one inside the process. It is empty, and nobody else's: a test may flush or
// stop it.
func Redis(t testing.TB) RedisServer {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		absent(t, "redis")
		return inProcess(t)
	}
	folder, err := privateFolder("")
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	server, err := start(folder, "", path, "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", "", "--appendonly", "no")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	url := "redis://127.0.0.1:" + port
	client, err := live.Connect(url)
	if err != nil {
		t.Fatalf("connect to Redis: %v", err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for range 500 {
		if err = client.Ping(t.Context()).Err(); err == nil {
			return RedisServer{Client: client, URL: url, Stop: server.stop}
		}
		time.Sleep(10 * time.Millisecond) //nolint:forbidigo // A real server takes real time, and there is no signal to wait for.
	}
	t.Fatalf("start Redis: %v: %s", err, server.log())
	return RedisServer{}
}

func inProcess(t testing.TB) RedisServer {
	t.Helper()
	client, stop, err := live.InProcess()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return RedisServer{Client: client, Stop: stop}
}

// freePort is one that nobody listens on just now.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It is closed at once.
	if err != nil {
		return "", fmt.Errorf("find a port: %w", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return "", err
	}
	return port, listener.Close()
}
