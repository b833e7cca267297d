package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"alongside/bot/web/signin"
)

// people says how long those of the team stay signed in.
type people struct {
	SessionIdle  time.Duration `default:"30m" env:"SESSION_IDLE" help:"Sign people out of the pages after so long without a click."`
	SessionLasts time.Duration `default:"12h" env:"SESSION_LASTS" help:"Sign people out of the pages so long after they signed in, whatever they do."`
}

func (p people) validate() error {
	var faults []error
	if p.SessionIdle < time.Minute {
		faults = append(faults, errors.New("SESSION_IDLE: must be a minute at the least, such as 30m"))
	}
	if p.SessionLasts < p.SessionIdle || p.SessionLasts > 7*24*time.Hour {
		faults = append(faults, errors.New("SESSION_LASTS: must be longer than SESSION_IDLE and a week at the most, such as 12h"))
	}
	return errors.Join(faults...)
}

// pages are what people of the team open, behind their sign-in.
func (a *app) pages(p people, at providers) (http.Handler, error) {
	c, err := a.newConsole(audited(a.store))
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	in := signin.New(signin.Config{
		Store: a.store, Render: c.Render, Now: a.now, Logger: a.log, Secure: overHTTPS(at.ConsoleURL), Idle: p.SessionIdle, Lasts: p.SessionLasts,
		Zone: a.rules.Pathway.Zone,
	})
	mux := http.NewServeMux()
	in.Routes(mux)
	c.Routes(mux, in.Require)
	mux.Handle("/", in.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Render(w, r, http.StatusNotFound, "missing", nil)
	})))
	return mux, nil
}

// overHTTPS says whether people open the pages over https.
func overHTTPS(consoleURL string) bool {
	u, err := url.Parse(consoleURL)
	return err == nil && strings.EqualFold(u.Scheme, "https")
}
