package live

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// InProcess starts a Redis inside this process, for demo, tests and small
// installations of one process, and returns a client of it. It keeps nothing
// across a restart, which costs nothing: the caseload rebuilds every state.
//
// It listens on a loopback port that wants a password made at the start. stop
// closes the client and the server and may be called twice.
func InProcess() (client redis.UniversalClient, stop func(), err error) {
	server := miniredis.NewMiniRedis()
	password := rand.Text()
	server.RequireAuth(password)
	if err := server.Start(); err != nil {
		return nil, nil, fmt.Errorf("start the in-process Redis: %w", err)
	}
	options, err := parse("redis://:" + password + "@" + server.Addr())
	if err != nil {
		server.Close()
		return nil, nil, fmt.Errorf("reach the in-process Redis: %w", err)
	}
	client = open(options)

	done := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		ticker := time.NewTicker(step)
		defer ticker.Stop()
		passTime(server, ticker.C, done)
	})
	var once sync.Once
	stop = func() {
		once.Do(func() {
			close(done)
			ended.Wait()
			_ = client.Close()
			server.Close()
		})
	}
	return client, stop, nil
}

// step is how exact the in-process Redis is about times to live.
const step = time.Second

// passTime tells the server at every tick that a step of time has passed: its
// times to live do not pass by themselves.
func passTime(server *miniredis.Miniredis, ticks <-chan time.Time, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-ticks:
			server.FastForward(step)
		}
	}
}
