package live

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

func TestInProcessLetsTimePass(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	if err := server.Set("key", "value"); err != nil {
		t.Fatal(err)
	}
	server.SetTTL("key", 2*step)

	ticks, done, ended := make(chan time.Time), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		passTime(server, ticks, done)
	}()
	ticks <- time.Time{}
	if !server.Exists("key") {
		t.Error("the key went before its time")
	}
	ticks <- time.Time{}
	close(done)
	<-ended
	if server.Exists("key") {
		t.Error("the key outlived its time")
	}
}

func TestInProcessWantsItsPassword(t *testing.T) {
	t.Parallel()
	client, stop, err := InProcess()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatalf("its own client: %v", err)
	}
	single, ok := client.(*redis.Client)
	if !ok {
		t.Fatalf("the client is a %T", client)
	}
	stranger := redis.NewClient(&redis.Options{Addr: single.Options().Addr, MaxRetries: -1})
	defer func() { _ = stranger.Close() }()
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("another program on this machine may read the states")
	}
	stop()
	stop()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("it answers after its end")
	}
}
