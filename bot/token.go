package main

import (
	"context"
	"fmt"
	"strings"

	"alongside/store"
)

// tokenCommand makes a bearer token for the API.
type tokenCommand struct {
	stores
	Name   string `arg:"" help:"What the token is for, so that it can be told from others later."`
	Scopes string `default:"read,write" help:"What it may do: read, write."`
}

// Run makes the token and prints it once; the caseload keeps only its hash.
func (c tokenCommand) Run(ctx context.Context, s settings) error {
	keys, err := c.keys()
	if err := wrongConfig(err); err != nil {
		return err
	}
	st, err := store.Open(ctx, store.Config{DatabaseURL: c.DatabaseURL, Keys: keys, Owner: newID(), Now: s.now, Logger: s.log})
	if err != nil {
		return fmt.Errorf("open the caseload: %w", err)
	}
	defer func() { _ = st.Close() }()
	token, err := st.CreateToken(ctx, c.Name, split(strings.ReplaceAll(c.Scopes, " ", ",")), s.now())
	if err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	s.say("%s", token)
	fmt.Fprintln(s.errs, "Keep it somewhere safe: it is not shown again. Use it as: Authorization: Bearer <token>")
	return nil
}
