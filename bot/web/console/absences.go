package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"alongside/bot/web/signin"
	"alongside/conversations"
	"alongside/store"
)

func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }

// absences reads those that hold, come, or ended a short while ago: of everybody
// for who looks after everybody, else one's own and those that one covers.
func (c *Console) absences(ctx context.Context, who signin.Who, specialists []store.Specialist) (list []away, err error) {
	now := c.Now()
	all, err := c.Store.AbsencesSince(ctx, now.Add(-summaryKept))
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if !oversees(who) && a.Specialist != who.Specialist && a.Cover != who.Specialist && !who.Sees(a.Specialist) {
			continue
		}
		one, err := c.awayOf(ctx, who, a, specialists)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (c *Console) awayOf(ctx context.Context, who signin.Who, a store.Absence, specialists []store.Specialist) (away, error) {
	now, zone := c.Now(), c.clockZone()
	v := away{
		Absence: a, Name: nameOf(specialists, a.Specialist), CoverName: nameOf(specialists, a.Cover), First: a.From.In(zone),
		Last: a.Until.In(zone).Add(-time.Millisecond), State: "now", May: c.mayBeAway(who, a.Specialist) == nil,
	}
	switch {
	case !a.Until.After(now):
		v.State = "over"
	case a.From.After(now):
		v.State = "coming"
	default:
		cover, err := c.Store.Cover(ctx, a.Specialist, now)
		if err != nil {
			return v, err
		}
		if v.Lead = cover.ID == ""; cover.ID != a.Cover {
			v.StandsIn = cover.Name
		}
	}
	return v, nil
}

// mayBeAway lets those who look after the team write down any absence, and a
// specialist their own.
func (c *Console) mayBeAway(who signin.Who, of conversations.SpecialistID) error {
	if who.May(signin.ManageTeam) || who.May(signin.ChangeClients) && of != "" && of == who.Specialist {
		return nil
	}
	return errForbidden
}

// absenceFrom reads the days of a form on the service's own clock.
func (c *Console) absenceFrom(form url.Values) (store.Absence, error) {
	zone := c.clockZone()
	from, err := time.ParseInLocation(time.DateOnly, form.Get("from"), zone)
	if err != nil {
		return store.Absence{}, wrongField("from", "day")
	}
	until, err := time.ParseInLocation(time.DateOnly, form.Get("until"), zone)
	if err != nil {
		return store.Absence{}, wrongField("until", "day")
	}
	y, m, d := until.Date()
	return store.Absence{
		Cover: conversations.SpecialistID(form.Get("cover")), From: from, Until: time.Date(y, m, d+1, 0, 0, 0, 0, zone),
	}, nil
}

func (c *Console) addAbsence() deed {
	of := func(who signin.Who, r *http.Request) conversations.SpecialistID {
		if who.May(signin.ManageTeam) {
			return conversations.SpecialistID(r.PostFormValue("specialist"))
		}
		return who.Specialist
	}
	return deed{
		what: "team.absence_added", may: changesClients, again: c.showTeam,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			id := of(who, r)
			if err := c.mayBeAway(who, id); err != nil {
				return "", err
			}
			if _, err := c.colleague(ctx, "specialist", string(id)); err != nil {
				return "", err
			}
			n, err := c.absenceFrom(r.PostForm)
			if err != nil {
				return "", err
			}
			n.Specialist = id
			_, err = c.Store.SetAbsence(ctx, n, by(who), c.Now())
			return "/team?done=team_absence#away", err
		},
	}
}

// absencePage is one absence: what happened meanwhile, and how to change it.
type absencePage struct {
	slip
	Absence     away
	Specialists []store.Specialist
	Summary     []meanwhile
	// Begun says that there is a summary.
	Begun bool
}

// meanwhile is what happened with one client.
type meanwhile struct {
	store.Meanwhile
	Name string
	// Here says that the reader sees the client.
	Here bool
}

func (c *Console) absence(w http.ResponseWriter, r *http.Request, who signin.Who) error {
	return c.showAbsence(w, r, who, http.StatusOK, slip{})
}

// absenceOf reads the absence of a request: one that the reader has to do with.
func (c *Console) absenceOf(r *http.Request, who signin.Who) (store.Absence, error) {
	if err := reads(who); err != nil {
		return store.Absence{}, err
	}
	a, err := c.Store.Absence(r.Context(), conversations.AbsenceID(r.PathValue("absence")))
	if err == nil && !oversees(who) && a.Specialist != who.Specialist && a.Cover != who.Specialist && !who.Sees(a.Specialist) {
		err = store.ErrNotFound
	}
	return a, err
}

func (c *Console) showAbsence(w http.ResponseWriter, r *http.Request, who signin.Who, status int, s slip) error {
	a, err := c.absenceOf(r, who)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := absencePage{slip: s, Begun: !a.From.After(c.Now())}
	if p.Specialists, err = c.everySpecialist(ctx); err != nil {
		return err
	}
	if p.Absence, err = c.awayOf(ctx, who, a, p.Specialists); err != nil {
		return err
	}
	// What happened is for those whose clients they are, and for who sees all.
	if p.Begun && who.Sees(a.Specialist) {
		if err := c.noted(ctx, who, "team.absence_read", string(a.ID)); err != nil {
			return err
		}
		_, list, err := c.Store.Meanwhile(ctx, a.ID, lead(who), c.Now())
		if err != nil {
			return err
		}
		rows, err := c.Store.Rows(ctx, []conversations.SpecialistID{a.Specialist}, true)
		if err != nil {
			return err
		}
		names := map[conversations.ClientID]string{}
		for _, row := range rows {
			names[row.ID] = row.FullName
		}
		for _, m := range list {
			p.Summary = append(p.Summary, meanwhile{Meanwhile: m, Name: names[m.Client], Here: names[m.Client] != ""})
		}
	}
	c.Render(w, r, status, "absence", p)
	return nil
}

// mayChangeAbsence lets those change an absence who may write it down.
func (c *Console) mayChangeAbsence(who signin.Who, r *http.Request) error {
	if !who.May(signin.ChangeClients) {
		return errForbidden
	}
	a, err := c.absenceOf(r, who)
	if err != nil {
		return err
	}
	return c.mayBeAway(who, a.Specialist)
}

func (c *Console) changeAbsence() deed {
	return deed{
		what: "team.absence_changed", subject: "absence", may: c.mayChangeAbsence, again: c.showAbsence,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			n, err := c.absenceFrom(r.PostForm)
			if err != nil {
				return "", err
			}
			n.ID = conversations.AbsenceID(r.PathValue("absence"))
			_, err = c.Store.SetAbsence(ctx, n, by(who), c.Now())
			return "/team?done=team_absence#away", err
		},
	}
}

func (c *Console) endAbsence() deed {
	return deed{
		what: "team.absence_ended", subject: "absence", may: c.mayChangeAbsence, again: c.showAbsence,
		do: func(ctx context.Context, r *http.Request, who signin.Who) (string, error) {
			a, err := c.absenceOf(r, who)
			if err != nil {
				return "", err
			}
			if err := c.Store.EndAbsence(ctx, a.ID, by(who)); err != nil {
				return "", err
			}
			if a.From.After(c.Now()) { // It was taken back, so there is no page of it.
				return "/team?done=team_taken_back#away", nil
			}
			return "/team/absences/" + url.PathEscape(string(a.ID)) + "?done=team_back", nil
		},
	}
}
