package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthCommand asks a running service whether it is alive: the image has no
// other program that could.
type healthCommand struct {
	ConsoleAddr string `default:"127.0.0.1:8080" env:"CONSOLE_ADDR" help:"Where the service listens." placeholder:"HOST:PORT"`
	Ready       bool   `help:"Ask whether it can serve (its database is there), not only whether it lives."`
}

// Run asks; an error means no.
func (c healthCommand) Run(ctx context.Context, s settings) error {
	host, port, err := net.SplitHostPort(c.ConsoleAddr)
	if err != nil {
		return wrongConfig(fmt.Errorf("CONSOLE_ADDR: must be host:port or :port"))
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return err
	}
	answer, err := new(http.Client).Do(r)
	if err != nil {
		return fmt.Errorf("no answer from the service: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4096))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	s.say("%s", body)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the service answered %d", answer.StatusCode)
	}
	return nil
}
