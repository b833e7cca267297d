package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"alongside/bot/email"
	"alongside/bot/outbox"
	"alongside/bot/schedule"
	"alongside/conversations"
	"alongside/store"
	"alongside/templates"
)

// team is how people of the team are reached when there is danger.
type team struct {
	mailer  *email.Mailer // nil: no e-mail
	console string        // CONSOLE_URL; empty: pages carry no link
}

// mailer reads SMTP_URL; nil without it.
func (p providers) mailer() (*email.Mailer, error) {
	if p.SMTPURL == "" {
		return nil, nil //nolint:nilnil // No e-mail is a plain choice, and its own value.
	}
	return email.New(p.SMTPURL)
}

// checkDuty refuses a pathway that serves real people and names nobody who
// could be told of danger at any hour, or whom this program could not reach.
func (p providers) checkDuty(way conversations.Pathway) error {
	if !way.Reviewed || p.AllowUnreviewed {
		return nil
	}
	var faults []error
	sms := p.TwilioAccount != ""
	switch duty := way.Duty; {
	case duty.Mobile == "" && duty.Email == "":
		faults = append(faults, fmt.Errorf("PATHWAY: %q names no duty person, so nobody would hear of danger while a specialist is away; "+
			"fill in duty: with a mobile number and an e-mail address", way.Name))
	case (duty.Mobile == "" || !sms) && (duty.Email == "" || p.SMTPURL == ""):
		faults = append(faults, errors.New("PATHWAY: its duty person cannot be reached: a mobile number needs Twilio's variables, an e-mail address SMTP_URL"))
	}
	if way.ClinicalRoute == "" {
		faults = append(faults, fmt.Errorf("PATHWAY: %q does not say what staff do with danger; fill in clinical_route", way.Name))
	}
	return errors.Join(faults...)
}

// page wires what tells the team of an alert into the schedule's configuration.
func (a *app) page(c *schedule.Config) {
	c.Pathway, c.PageText, c.Paged = a.rules.Pathway, a.pageText, a.metrics.page
	if a.sms != nil {
		c.Phones = a.sms
	}
	if mailer := a.team.mailer; mailer != nil {
		c.Mail = func(ctx context.Context, id, to, text string) outbox.Result {
			return mailer.Send(ctx, email.Letter{ID: id, To: to, Subject: pageSubject, Text: text})
		}
	}
}

// pageSubject says as little as the letter: mailboxes show it on any screen.
const pageSubject = "Alongside: please open the console"

// pageText puts a page into words. The team is written to in English.
func (a *app) pageText(kind conversations.PageKind, alert conversations.AlertID) (string, error) {
	link := "the console, alert " + string(alert)
	if a.team.console != "" {
		link = strings.TrimRight(a.team.console, "/") + "/alerts/" + string(alert)
	}
	said, err := a.words.Render(templates.Request{
		Key: string(kind), Vars: map[string]any{"link": link}, Language: "en", Channel: conversations.SMS,
	})
	return said.Text, err
}

// warnOfAlerts says plainly at start what would keep people from hearing of
// danger.
func (a *app) warnOfAlerts(ctx context.Context) {
	way := a.rules.Pathway
	reached := func(mobile, address string) bool {
		return mobile != "" && a.sms != nil || address != "" && a.team.mailer != nil
	}
	if a.team.console == "" {
		a.log.Warn("CONSOLE_URL is not set: what tells the team of danger carries no link to the console")
	}
	if a.team.mailer == nil {
		a.log.Warn("SMTP_URL is not set: the team is told of danger by SMS alone")
	}
	if reached(way.Duty.Mobile, way.Duty.Email) {
		return
	}
	a.log.Warn("nobody is on duty who could be told of danger: the pathway names no duty person whom this program can reach", "pathway", way.Name)
	if reached(way.Lead.Mobile, way.Lead.Email) {
		return
	}
	someone, err := a.anySpecialist(ctx, reached)
	if err != nil {
		a.log.Error("it could not be looked up whether any specialist can be told of danger", "error", err)
		return
	}
	if !someone {
		a.log.Error("NOBODY CAN BE TOLD OF DANGER: the pathway names no duty person and no lead, and no specialist has a phone or " +
			"an e-mail address that this program can reach; alerts stay in the console until somebody looks")
	}
}

// anySpecialist says whether one of the specialists can be reached.
func (a *app) anySpecialist(ctx context.Context, reached func(mobile, address string) bool) (bool, error) {
	page := store.Page{Limit: 200}
	for {
		list, next, err := a.store.Specialists(ctx, page)
		if err != nil {
			return false, err
		}
		for _, s := range list {
			if reached(s.Phone, s.Email) {
				return true, nil
			}
		}
		if next == "" {
			return false, nil
		}
		page.After = next
	}
}
