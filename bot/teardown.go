package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// teardown is what has to be undone, last in, first out, each step by its name.
type teardown struct {
	steps []teardownStep
	log   *slog.Logger
}

type teardownStep struct {
	name string
	do   func(context.Context) error
}

// later adds a step.
func (t *teardown) later(name string, do func(context.Context) error) {
	t.steps = append(t.steps, teardownStep{name, do})
}

// run takes every step, also after one that went wrong, within the grace.
func (t *teardown) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var errs []error
	for i := len(t.steps) - 1; i >= 0; i-- {
		step := t.steps[i]
		if err := step.do(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", step.name, err))
		}
		t.log.Debug("stopped", "part", step.name)
	}
	t.steps = nil
	return errors.Join(errs...)
}

// indent writes each line of an error as an item of a list, once.
func indent(err error) string {
	var b strings.Builder
	said := map[string]bool{}
	for _, line := range strings.Split(err.Error(), "\n") {
		if said[line] {
			continue
		}
		said[line] = true
		b.WriteString("  - " + line + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
